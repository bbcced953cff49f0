"""Which rows does a JSON or NDJSON file hold?

An array of objects, an object whose ``data`` is one, a single object, or one object a line. It is read value
by value, so that the whole need not fit into memory; numbers keep their spelling. An array of arrays has no
column names, so it is read only where one of its first rows holds HXL hashtags.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

import pyarrow as pa

from service.errors import UnreadableDocument
from service.ingest.cell_text import as_text
from service.ingest.cells import excerpt
from service.ingest.readers.chunk import (
    Chunk,
    JsonObject,
    RejectedRow,
    cells_as_json,
    chunk_of_objects,
    chunk_of_records,
)
from service.ingest.readers.encoding import read_utf8_blocks
from service.ingest.readers.hxl_tags import HEADINGS, is_tag_row
from service.schema.records import Finding
from service.sentence import message, sentence
from service.vocabulary import Severity

ROWS = "data"
_ROWS_AT_ONCE = 5_000
_LONGEST_ROW = 1 << 26
_FIX = message('Write an array of objects, [{"source": "…", "count": "…"}], or {"data": [ … ]}.')


def _json_object(pairs: list[tuple[str, object]]) -> JsonObject:
    values = JsonObject(pairs)
    if len(values) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        values.duplicates = tuple(name for name, count in counts.items() if count > 1)
    return values


_DECODER = json.JSONDecoder(
    object_pairs_hook=_json_object,
    parse_int=str,
    parse_float=lambda number: as_text(float(number)),
    parse_constant=str,
)


def read_json(
    file: BinaryIO, document: str, *, encoding: str | None = None, sheet: str = ""
) -> Iterator[Chunk]:
    """Yield the rows of a JSON document. Raises UnreadableDocument where it is not JSON or holds no rows."""
    blocks, notices = read_utf8_blocks(file, document, encoding)
    rows = _JsonStream(blocks, document).rows()
    first = list(islice(rows, HEADINGS))
    rows = chain(first, rows)
    yield chunk_of_objects(sheet, 1, [])._replace(notices=notices)
    if any(isinstance(row, list) and is_tag_row([as_text(cell) for cell in row]) for row in first):
        yield from _read_arrays(rows, sheet)
        return
    number = 1
    while objects := list(islice(rows, _ROWS_AT_ONCE)):
        yield chunk_of_objects(sheet, number, objects)
        number += len(objects)


def _read_arrays(rows: Iterable[object], sheet: str) -> Iterator[Chunk]:
    """Yield rows that are arrays, one of which holds hashtags; the columns get numbers as names."""
    records = [[as_text(cell) for cell in row] if isinstance(row, list) else [as_text(row)] for row in rows]
    columns = [f"column_{at + 1}" for at in range(max(map(len, records)))]
    yield chunk_of_records(sheet, 1, columns, records, pad=True)


def read_ndjson(
    file: BinaryIO, document: str, *, encoding: str | None = None, sheet: str = ""
) -> Iterator[Chunk]:
    """Yield the rows of a file with one JSON object a line. Blank lines are no rows; a broken line is
    rejected."""
    blocks, notices = read_utf8_blocks(file, document, encoding)
    yield chunk_of_objects(sheet, 1, [])._replace(notices=notices)
    lines = ((place, line) for place, line in enumerate(_lines(blocks, document), 1) if line.strip())
    number = 1
    while batch := list(islice(lines, _ROWS_AT_ONCE)):
        rows: list[tuple[int, object]] = []
        rejected: list[RejectedRow] = []
        for at, (place, line) in enumerate(batch, number):
            try:
                rows.append((at, _DECODER.decode(line)))
            except (ValueError, RecursionError) as error:
                rejected.append(_reject_line(at, place, line, error))
        yield _chunk_of_numbered_objects(sheet, rows, rejected)
        number += len(batch)


def _chunk_of_numbered_objects(
    sheet: str, rows: list[tuple[int, object]], broken: list[RejectedRow]
) -> Chunk:
    """Return the chunk of rows that have numbers of their own, with the broken ones between them."""
    chunk = chunk_of_objects(sheet, 0, [row for _, row in rows])
    numbers = [number for number, _ in rows]
    rejected = [
        row._replace(
            number=numbers[row.number], finding=dataclasses.replace(row.finding, row=numbers[row.number])
        )
        for row in chunk.rejected
    ]
    return chunk._replace(
        numbers=pa.array([numbers[index] for index in chunk.numbers.to_pylist()], pa.int64()),
        rejected=tuple(sorted([*rejected, *broken], key=lambda row: row.number)),
    )


def _reject_line(number: int, place: int, line: str, error: Exception) -> RejectedRow:
    """Return the line at a place of the file as a rejected row, with the finding that says why."""
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    if isinstance(error, json.JSONDecodeError):  # its own text calls every line the first
        reason = f"{error.msg} at character {error.pos + 1}"
    finding = Finding(
        "broken_row",
        Severity.ERROR,
        sentence("Line %(line)s is not a JSON object: %(reason)s.", line=place, reason=reason),
        "Write one whole object a line.",
        row=number,
        value=excerpt(line),
    )
    return RejectedRow(number, cells_as_json({}, [line[:10_000]]), finding)


def _lines(blocks: Iterable[bytes], document: str) -> Iterator[str]:
    """Yield the lines of the blocks. Raises UnreadableDocument for a line that is too long."""
    pending = b""
    for block in blocks:
        *lines, pending = (pending + block).split(b"\n")
        for line in lines:
            yield line.decode()
        if len(pending) > _LONGEST_ROW:
            raise UnreadableDocument(
                sentence(
                    "%(document)s has a line longer than %(most)s MB.",
                    document=document,
                    most=_LONGEST_ROW >> 20,
                ),
                fix="Write one object a line.",
            )
    if pending:
        yield pending.decode()


class _JsonStream:
    """A JSON text, of which only as much is in memory as the next value needs."""

    def __init__(self, blocks: Iterator[bytes], document: str) -> None:
        self._blocks = blocks
        self._document = document
        self._text = ""
        self._at = 0
        self._offset = 0

    def rows(self) -> Iterator[object]:
        """Yield the elements of the array, or of the one under ``data``."""
        opening = self._peek()
        if opening == "[":
            yield from self._elements()
        elif opening == "{":
            yield from self._object()
        else:
            what = message("no list of rows") if opening else message("empty")
            raise UnreadableDocument(
                sentence("%(document)s is %(what)s.", document=self._document, what=sentence(what)), fix=_FIX
            )
        if self._peek():
            raise self._error("there is more after its end")

    def _object(self) -> Iterator[object]:
        """Yield the elements of the array ``data`` of an object, or the object where it has none."""
        self._take("{")
        has_rows = False
        others: list[tuple[str, object]] = []
        while self._peek() != "}":
            name = self._value()
            self._take(":")
            if name == ROWS and self._peek() == "[":
                if has_rows:
                    raise self._error(f"it has more than one “{ROWS}”")
                has_rows = True
                yield from self._elements()
            else:
                others.append((as_text(name), self._value()))
            if self._peek() != "}":
                self._take(",")
        self._take("}")
        if not has_rows:
            yield _json_object(others)

    def _elements(self) -> Iterator[object]:
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            yield self._value()
            if self._peek() == "]":
                self._take("]")
                return
            self._take(",")

    def _value(self) -> object:
        """Return the next value, reading on while the text ends within it."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._error("it is nested too deeply") from error
            except ValueError as error:
                if len(self._text) - self._at > _LONGEST_ROW or not self._read_more():
                    raise self._error(str(error).partition(":")[0]) from error
                continue
            if end == len(self._text) and self._read_more():
                continue  # a number may go on in the next block
            self._at = end
            return value

    def _take(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._error(f"{mark!r} is missing")
        self._at += 1

    def _peek(self) -> str:
        """Return the next character that is not space, without consuming it; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_more():
                return ""

    def _read_more(self) -> bool:
        """Read at least as much again as is pending, so that long values cost no more than short ones.

        Returns False at the end of the document.
        """
        pending = self._text[self._at :]
        wanted, length = max(len(pending), 1), 0
        blocks: list[str] = []
        while length < wanted and (block := next(self._blocks, None)) is not None:
            blocks.append(block.decode())  # blocks end between characters
            length += len(blocks[-1])
        self._offset += self._at
        self._text, self._at = "".join([pending, *blocks]), 0
        return bool(length)

    def _error(self, reason: str) -> UnreadableDocument:
        return UnreadableDocument(
            sentence(
                "%(document)s is no sound JSON near character %(offset)s: %(reason)s.",
                document=self._document,
                offset=self._offset + self._at + 1,
                reason=reason,
            ),
            fix=_FIX,
        )
