"""Which rows does a CSV or TSV file hold?

It is read in pieces that end between records. Arrow parses a piece that is regular: every quote opens or
closes a whole cell, and every row is as long as the heading. Python's strict reader parses any other and says
what is wrong and where. Both give the same rows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain, islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import DocumentTooLarge, UnreadableDocument
from service.ingest.cell_text import column_name
from service.ingest.cells import excerpt
from service.ingest.readers.bounds import check_names
from service.ingest.readers.chunk import TEXT, Chunk, check_width, chunk_of_records
from service.ingest.readers.encoding import BLOCK, read_utf8_blocks
from service.ingest.readers.hxl_tags import HEADINGS, is_tag_row
from service.ingest.readers.table_heading import SheetRow, count_names, find_heading, title_notices
from service.schema.records import Finding
from service.sentence import message, sentence
from service.vocabulary import Severity

DELIMITERS = ",;\t|"
LONGEST_CELL = 131_072
"""Bytes of a cell; a longer one is a sign of a quote that was never closed."""
_LONGEST_PIECE = 4 * BLOCK
_ROWS_AT_ONCE = 5_000
_GUARDED = r"^'('*[=+@\t\r\n-])"
"""A text that ``formats.encode`` wrote so that no spreadsheet runs it."""
_QUOTING_FIX = message(
    "Put a cell that holds quotes or separators in double quotes, and double the quotes in it."
)


def read_delimited(
    file: BinaryIO,
    document: str,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str = "",
    header: int = 0,
    wanted: Sequence[str] = (),
) -> Iterator[Chunk]:
    """Yield the rows under the heading, chunk by chunk; blank lines are no rows.

    ``header`` is the row of the heading where that is declared, ``wanted`` the names by which it is known. A
    row of another length than the heading is rejected. Raises UnreadableDocument where the bytes are not of
    the encoding, the quoting is broken, there is no heading, or two columns have the same one.
    """
    blocks, notices = read_utf8_blocks(file, document, encoding)
    lines = _Lines(blocks)
    if delimiter is None:
        delimiter, findings = _detect_delimiter(lines.peek(), wanted)
        notices += findings
    first_rows = _first_rows(lines.peek(), delimiter)
    titles = find_heading(first_rows, document, wanted=wanted, header=header)
    notices += title_notices(first_rows[:titles])
    records = _records(lines, document, delimiter)
    _, cells = next(islice(records, titles, None), (0, None))
    if cells is None:
        raise UnreadableDocument(
            sentence("%(document)s is empty.", document=document), fix="The first line names the columns."
        )
    columns = heading(cells, document, delimiter)
    yield chunk_of_records(sheet, 1, columns, [])._replace(notices=notices, headings=tuple(cells))
    number = 1
    for chunk in _chunks(lines.rest(), document, delimiter, columns, lines.count + 1):
        yield chunk._replace(
            sheet=sheet,
            table=_without_guards(chunk.table),
            numbers=pc.add(chunk.numbers, number - 1),
            rejected=tuple(row._replace(number=row.number + number - 1) for row in chunk.rejected),
        )
        number += chunk.table.num_rows + len(chunk.rejected)


def find_row_lines(
    data: bytes, document: str, *, delimiter: str | None, wanted: Sequence[str]
) -> tuple[int, list[int]]:
    """Return how many lines of a text (UTF-8) stand above its rows, and the line in which each begins.

    Raises UnreadableDocument as ``read_delimited`` does, and DocumentTooLarge where it has hashtags.
    """
    lines = _Lines([data])
    if delimiter is None:
        delimiter, _ = _detect_delimiter(lines.peek(), wanted)
    first_rows = _first_rows(lines.peek(), delimiter)
    if any(is_tag_row(row.cells) for row in first_rows[:HEADINGS]):
        raise DocumentTooLarge(
            sentence("%(document)s has a row of hashtags, and is not parted.", document=document),
            fix="Hand it in with the columns of a report file, or cut it into files of its own.",
        )
    titles = find_heading(first_rows, document, wanted=wanted)
    records = _records(lines, document, delimiter)
    next(islice(records, titles, None), None)
    above = lines.count
    return above, [line for line, _ in records]


def _without_guards(table: pa.Table) -> pa.Table:
    """Return the table with texts as they were before they were kept from running as formulas: an apostrophe
    in front of such a text is taken off, so that an exported file comes in again as it was."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        cells = column.combine_chunks()
        if pc.any(pc.match_substring_regex(cells.dictionary, _GUARDED)).as_py():
            texts = pc.replace_substring_regex(cells.dictionary, _GUARDED, r"\1")
            cells = pa.DictionaryArray.from_arrays(cells.indices, texts).cast(pa.string()).dictionary_encode()
        columns[name] = cells
    return pa.table(columns) if columns else table


def heading(cells: Sequence[str], document: str, delimiter: str = "") -> list[str]:
    """Return the names of the columns.

    Raises UnreadableDocument where two have the same name, all seem to stand in one cell, or there are too
    many.
    """
    check_width(document, len(cells))
    names = [column_name(cell) or f"column_{at}" for at, cell in enumerate(cells, 1)]
    check_names(names, document)
    others = [mark for mark in DELIMITERS if delimiter and mark != delimiter and mark in cells[0]]
    if len(cells) == 1 and others:
        raise UnreadableDocument(
            sentence(
                "%(document)s has one column only, “%(heading)s”.",
                document=document,
                heading=excerpt(cells[0]),
            ),
            fix=sentence(
                "Its cells seem to be parted by %(found)s: save it with %(delimiter)s, or name that one.",
                found=repr(others[0]),
                delimiter=repr(delimiter),
            ),
        )
    return names


def _detect_delimiter(sample: str, wanted: Sequence[str]) -> tuple[str, tuple[Finding, ...]]:
    """Return the delimiter that occurs most often in the line of tags, else in the one with most of the names
    that are looked for; and the finding that it was chosen, unless it is a comma."""
    lines = [line for line in StringIO(sample, newline="") if line.strip()][:HEADINGS]
    tagged = (line for line in lines if line.lstrip(',;\t|" ').startswith("#"))
    named = max(
        lines, key=lambda line: count_names(re.split(f"[{DELIMITERS}]", line.replace('"', "")), wanted),
        default="",
    )  # fmt: skip
    line = next(tagged, named)
    unquoted = re.sub('"[^"]*"', "", line)
    chosen = max(DELIMITERS, key=lambda mark: (unquoted.count(mark), mark == ","))
    if chosen == "," or not unquoted.count(chosen):
        return ",", ()
    name = {"\t": message("tabs"), ";": message("semicolons"), "|": message("bars")}[chosen]
    return chosen, (
        Finding(
            "delimiter_detected",
            Severity.INFO,
            sentence("The cells are parted by %(name)s, not by commas.", name=sentence(name)),
            "Name the delimiter if the columns are wrong.",
            value=chosen,
        ),
    )


def _first_rows(sample: str, delimiter: str) -> list[SheetRow]:
    """Return the rows of a sample that are not blank, as far as their quoting is sound."""
    rows: list[SheetRow] = []
    try:
        for number, record in enumerate(csv.reader(StringIO(sample, newline=""), delimiter=delimiter), 1):
            if any(cell.strip() for cell in record):
                rows.append(SheetRow(number, record))
    except csv.Error:
        return rows
    return rows


class _Lines:
    """The lines of blocks of bytes, as text with their line ends, ``count`` of which were read. ``rest``
    gives the blocks not yet read."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._ready: list[bytes] = []
        self._at = 0
        self.count = 0

    def peek(self) -> str:
        """Return the next lines, at most 50, without reading them."""
        self._fill()
        return b"".join(islice(self._ready, self._at, self._at + 50)).decode("utf-8", "replace")

    def rest(self) -> Iterator[bytes]:
        """Return what was not read yet, as blocks."""
        return chain([b"".join(self._ready[self._at :])], self._blocks)

    def _fill(self) -> None:
        """Read more blocks while there is only one line, which may go on in the next block."""
        if len(self._ready) - self._at > 1:
            return
        pending = b"".join(self._ready[self._at :])
        for block in self._blocks:
            pending += block
            self._ready = pending.splitlines(keepends=True)
            self._at = 0
            if len(self._ready) > 1 or len(pending) > _LONGEST_PIECE:
                return

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self._fill()
        if self._at == len(self._ready):
            raise StopIteration
        line = self._ready[self._at]
        self._at += 1
        self.count += 1
        return line.decode()


def _records(
    lines: Iterable[str], document: str, delimiter: str, first: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of CSV lines that are not blank, each with the line of the file in which it begins.

    ``first`` is the line in which the first one does. Raises UnreadableDocument for broken quoting.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = first
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield line, record
            line = first + reader.line_num
    except csv.Error as error:
        if "field limit" in str(error):
            raise UnreadableDocument(
                sentence(
                    "%(document)s has a cell of more than %(most)s characters in the row that begins in line "
                    "%(line)s.",
                    document=document,
                    most=csv.field_size_limit(),
                    line=line,
                ),
                fix="Shorten it. If no cell is that long, a double quote was opened there and never closed.",
            ) from error
        raise UnreadableDocument(
            sentence(
                "%(document)s is broken in the row that begins in line %(line)s: %(error)s.",
                document=document,
                line=line,
                error=str(error),
            ),
            fix=_QUOTING_FIX,
        ) from error


def _chunks(
    blocks: Iterator[bytes], document: str, delimiter: str, columns: Sequence[str], line: int
) -> Iterator[Chunk]:
    """Yield the records of blocks that begin at a record, in a ``line`` of the file; each chunk counts its
    own rows from 1."""
    pieces = _pieces(blocks)
    for piece in pieces:
        if _is_regular(piece, delimiter):
            chunk = _parse_regular(piece, delimiter, columns)
            if chunk is not None:
                yield chunk
                line += _count_lines(piece)
                continue
            lines = _Lines([piece])
        else:
            lines = _Lines(chain([piece], pieces))
        records = _records(lines, document, delimiter, line)
        while rows := list(islice(records, _ROWS_AT_ONCE)):
            begins, cells = zip(*rows, strict=True)
            yield chunk_of_records("", 1, columns, cells, begins=begins)
        line += lines.count


def _count_lines(piece: bytes) -> int:
    """Return how many lines end in a piece, as a text editor counts them."""
    ends = piece.count(b"\n")
    return ends + piece.count(b"\r") - piece.count(b"\r\n") if b"\r" in piece else ends


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of the blocks, cut after line ends with an even number of quotes before them."""
    pending = b""
    for block in blocks:
        pending += block
        if end := _end_of_last_record(pending):
            yield pending[:end]
            pending = pending[end:]
        elif len(pending) > _LONGEST_PIECE:
            yield pending
            pending = b""
    if pending:
        yield pending


def _end_of_last_record(data: bytes) -> int:
    """Return where the last whole record ends, 0 where there is none."""
    mark = b"\n" if b"\n" in data else b"\r"
    end = data.rfind(mark, 0, len(data) if mark == b"\n" else -1)  # the \n of a last \r may be in the next
    quotes = data.count(b'"', 0, end + 1)
    while end >= 0 and quotes % 2:
        before = data.rfind(b'"', 0, end)
        end = data.rfind(mark, 0, before)
        quotes = data.count(b'"', 0, end + 1)
    return end + 1


def _is_regular(piece: bytes, delimiter: str) -> bool:
    """Return whether every quote opens or closes a whole cell, so that no two readers differ about it."""
    if b'"' not in piece:
        return True
    if b'""' not in piece:
        return _stand_at_edges(piece, delimiter.encode())
    end = f"[{re.escape(delimiter)}\\r\\n]"
    cell = f'(?:"(?:[^"]|"")*"|[^"{end[1:]}*)'
    return bool(pc.match_substring_regex(pa.array([piece]), f"\\A(?:{cell}{end})*{cell}\\z")[0].as_py())


def _stand_at_edges(piece: bytes, delimiter: bytes) -> bool:
    """Return whether the quotes of a piece that doubles none open and close whole cells, in pairs.

    What is within them is left out, so that the quotes that stand for it can be counted by their neighbours:
    a third of the time of a pattern.
    """
    parts = piece.split(b'"')
    if len(parts) % 2 == 0:
        return False
    outside = b'"'.join(parts[::2])
    pairs = len(parts) // 2
    edges = (delimiter, b"\r", b"\n")
    before = sum(outside.count(edge + b'"') for edge in edges) + outside.startswith(b'"')
    after = sum(outside.count(b'"' + edge) for edge in edges) + outside.endswith(b'"')
    return before == after == pairs


def _parse_regular(piece: bytes, delimiter: str, columns: Sequence[str]) -> Chunk | None:
    """Return the rows of a regular piece, or None where a row is not as long as the heading or a cell is too
    long."""
    import pyarrow.csv as arrow_csv

    has_irregular = False

    def skip(_: object) -> str:
        nonlocal has_irregular
        has_irregular = True
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(piece),
            read_options=arrow_csv.ReadOptions(
                column_names=list(columns), use_threads=False, block_size=len(piece) + 1
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, TEXT),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if has_irregular or any(_longest_text(column) > LONGEST_CELL for column in table.itercolumns()):
        return None
    is_blank = _blank_rows(table)
    if pc.any(is_blank).as_py():
        table = table.filter(pc.invert(is_blank))
    numbers = pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), table.num_rows))
    return Chunk("", numbers, table.combine_chunks())


def _longest_text(column: pa.ChunkedArray) -> int:
    """Return the bytes of the longest text of a column."""
    return pc.max(pc.binary_length(column.combine_chunks().dictionary)).as_py() or 0


def _blank_rows(table: pa.Table) -> pa.Array:
    """Return for each row whether it has nothing but space in every cell."""
    is_blank: pa.Array | None = None
    for column in table.itercolumns():
        cells = column.combine_chunks()
        blank_texts = pa.array([not text.strip() for text in cells.dictionary.to_pylist()], pa.bool_())
        blank_cells = blank_texts.take(cells.indices)
        is_blank = blank_cells if is_blank is None else pc.and_(is_blank, blank_cells)
        if not pc.any(is_blank).as_py():
            break
    return is_blank
