"""Which rows does a JSON or NDJSON file hold?

An array of objects, an object whose ``data`` is one, an object alone, or an object a line; read value by
value, so that the whole need not fit into memory. Numbers stay as they are written. Arrays of arrays are rows
without names, readable only where one of them holds hashtags.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

from service.errors import UnreadableDocument
from service.ingest.cell_text import as_text
from service.ingest.cells import excerpt
from service.ingest.readers.chunk import (
    Chunk,
    Named,
    RejectedRow,
    cells_as_json,
    chunk_of_objects,
    chunk_of_records,
)
from service.ingest.readers.encoding import read_utf8_blocks
from service.ingest.readers.hxl_tags import HEADINGS, is_tag_row
from service.schema.records import Finding
from service.vocabulary import Severity

ROWS = "data"
_AT_ONCE = 5_000
_LONGEST_ROW = 1 << 26
_FIX = 'Write an array of objects, [{"source": "…", "count": "…"}], or {"data": [ … ]}.'


def _named(pairs: list[tuple[str, object]]) -> Named:
    named = Named(pairs)
    if len(named) < len(pairs):
        named.twice = tuple(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
    return named


_DECODER = json.JSONDecoder(
    object_pairs_hook=_named,
    parse_int=str,
    parse_float=lambda number: as_text(float(number)),
    parse_constant=str,
)


def read_json(
    file: BinaryIO, document: str, *, encoding: str | None = None, sheet: str = ""
) -> Iterator[Chunk]:
    """The rows of a JSON document. Raises UnreadableDocument where it is not JSON or holds no rows."""
    blocks, notices = read_utf8_blocks(file, document, encoding)
    rows = _Json(blocks, document).rows()
    beginning = list(islice(rows, HEADINGS))
    rows = chain(beginning, rows)
    yield chunk_of_objects(sheet, 1, [])._replace(notices=notices)
    if any(isinstance(row, list) and is_tag_row([as_text(cell) for cell in row]) for row in beginning):
        yield from _tabular(rows, sheet)
        return
    number = 1
    while some := list(islice(rows, _AT_ONCE)):
        yield chunk_of_objects(sheet, number, some)
        number += len(some)


def _tabular(rows: Iterable[object], sheet: str) -> Iterator[Chunk]:
    """The rows of arrays of which one holds the hashtags; the columns are named by number until then."""
    records = [[as_text(cell) for cell in row] if isinstance(row, list) else [as_text(row)] for row in rows]
    columns = [f"column_{at + 1}" for at in range(max(map(len, records)))]
    yield chunk_of_records(sheet, 1, columns, records, pad=True)


def read_ndjson(
    file: BinaryIO, document: str, *, encoding: str | None = None, sheet: str = ""
) -> Iterator[Chunk]:
    """The rows of a file with one JSON object a line; blank lines are no rows, a broken line is spoiled."""
    blocks, notices = read_utf8_blocks(file, document, encoding)
    yield chunk_of_objects(sheet, 1, [])._replace(notices=notices)
    lines = (line for line in _lines(blocks, document) if line.strip())
    number = 1
    while some := list(islice(lines, _AT_ONCE)):
        rows: list[tuple[int, object]] = []
        rejected: list[RejectedRow] = []
        for at, line in enumerate(some, number):
            try:
                rows.append((at, _DECODER.decode(line)))
            except (ValueError, RecursionError) as error:
                rejected.append(_broken_line(at, line, error))
        yield _with_gaps(sheet, rows, rejected)
        number += len(some)


def _with_gaps(sheet: str, rows: list[tuple[int, object]], rejected: list[RejectedRow]) -> Chunk:
    """The chunk of rows that have numbers of their own."""
    import pyarrow as pa

    chunk = chunk_of_objects(sheet, 0, [row for _, row in rows])
    numbers = [number for number, _ in rows]
    told = [
        each._replace(number=numbers[each.number], finding=_at(each.finding, numbers[each.number]))
        for each in chunk.rejected
    ]
    return chunk._replace(
        numbers=pa.array([numbers[at] for at in chunk.numbers.to_pylist()], pa.int64()),
        rejected=tuple(sorted([*told, *rejected], key=lambda each: each.number)),
    )


def _at(finding: Finding, number: int) -> Finding:
    import dataclasses

    return dataclasses.replace(finding, row=number)


def _broken_line(number: int, line: str, error: Exception) -> RejectedRow:
    why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    finding = Finding(
        "broken_row",
        Severity.ERROR,
        f"The line is not a JSON object: {why}.",
        "Write one whole object a line.",
        row=number,
        value=excerpt(line),
    )
    return RejectedRow(number, cells_as_json({}, [line[:10_000]]), finding)


def _lines(blocks: Iterable[bytes], document: str) -> Iterator[str]:
    held = b""
    for block in blocks:
        *whole, held = (held + block).split(b"\n")
        for line in whole:
            yield line.decode()
        if len(held) > _LONGEST_ROW:
            raise UnreadableDocument(
                f"{document} has a line longer than {_LONGEST_ROW >> 20} MB.",
                fix="Write one object a line.",
            )
    if held:
        yield held.decode()


class _Json:
    """A JSON text read from the front, as much at a time as the next value needs."""

    def __init__(self, blocks: Iterator[bytes], document: str) -> None:
        self._blocks = blocks
        self._document = document
        self._text = ""
        self._at = 0
        self._before = 0

    def rows(self) -> Iterator[object]:
        """The elements of the array, or of the one under ``data``."""
        opening = self._peek()
        if opening == "[":
            yield from self._elements()
        elif opening == "{":
            yield from self._member()
        else:
            what = "no list of rows" if opening else "empty"
            raise UnreadableDocument(f"{self._document} is {what}.", fix=_FIX)
        if self._peek():
            raise self._broken("there is more after its end")

    def _member(self) -> Iterator[object]:
        """The elements of the member ``data`` of an object; the object itself where it has no such list."""
        self._take("{")
        found = False
        others: list[tuple[str, object]] = []
        while self._peek() != "}":
            name = self._value()
            self._take(":")
            if name == ROWS and self._peek() == "[":
                if found:
                    raise self._broken(f"it has more than one “{ROWS}”")
                found = True
                yield from self._elements()
            else:
                others.append((as_text(name), self._value()))
            if self._peek() != "}":
                self._take(",")
        self._take("}")
        if not found:
            yield _named(others)

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
        """The next value, reading on while the text ends within it."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._broken("it is nested too deeply") from error
            except ValueError as error:
                if len(self._text) - self._at > _LONGEST_ROW or not self._more():
                    raise self._broken(str(error).partition(":")[0]) from error
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on in the next block
            self._at = end
            return value

    def _take(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._broken(f"{mark!r} is missing")
        self._at += 1

    def _peek(self) -> str:
        """The next character that is not space, which stays; nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Reads on, at least as much again as is waiting: long values cost no more than short ones."""
        waiting = self._text[self._at :]
        wanted, got = max(len(waiting), 1), 0
        blocks: list[str] = []
        while got < wanted and (block := next(self._blocks, None)) is not None:
            blocks.append(block.decode())  # blocks end between characters
            got += len(blocks[-1])
        self._before += self._at
        self._text, self._at = "".join([waiting, *blocks]), 0
        return bool(got)

    def _broken(self, why: str) -> UnreadableDocument:
        return UnreadableDocument(
            f"{self._document} is no sound JSON near character {self._before + self._at + 1}: {why}.",
            fix=_FIX,
        )
