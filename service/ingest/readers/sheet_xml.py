"""What does the XML of a sheet say that its cells do not: formulas, merged cells, hidden rows?

The XML is read in blocks and never as a whole. ``fill_merged`` gives each row under a merged cell what that
cell holds; a number is not given to several rows, since one figure for several places is nobody's share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import IO, NamedTuple

from service.errors import UnreadableDocument
from service.ingest.readers.chunk import MOST_COLUMNS
from service.schema.records import Finding
from service.sentence import Value, listed, sentence
from service.vocabulary import Severity

MOST_MERGED_CELLS = MOST_UNPLACED_BLANKS = 100_000
"""A sheet with more merged cells than this is no table. Nor is one with more blank cells that do not say
where they stand; those that do are passed over."""
_BLOCK = 1 << 16
_LONGEST_TAG = 1 << 12
_FORMULAS = (b"<f>", b"<f ", b":f>", b"<f/")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_PLACE = re.compile(rb'<(?:\w+:)?(?:row|c)(?=[\s>/])(?![^<>]*\sr=["\'][A-Z]{0,3}\d{1,7}["\'])')
"""A row or cell that does not say where it stands: it stands behind the one before it."""
_BLANK_CELL = re.compile(
    rb"<(?:\w+:)?c(?:\s[^<>]*)?(?:/>|>(?:<(?:\w+:)?v(?:/>|></(?:\w+:)?v>))?</(?:\w+:)?c>)"
)
_BLANK_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*(?:/>|>\s*</(?:\w+:)?row>)")


class MergedCell(NamedTuple):
    """A cell over several rows: its column (from 0) and its first and last row (from 1)."""

    column: int
    first: int
    last: int


class SheetXml(NamedTuple):
    """``merged`` holds the cells over several rows, by first row; ``hidden`` the numbers of hidden rows;
    ``is_placed`` says that each row and cell says where it stands."""

    has_formulas: bool
    is_placed: bool
    merged: tuple[MergedCell, ...]
    hidden: tuple[int, ...]


def scan_sheet(part: IO[bytes], document: str) -> SheetXml:
    """Return what the XML of a sheet says. Raises UnreadableDocument for too many merged or blank cells."""
    has_formulas, is_placed, blanks = False, True, 0
    merged: list[MergedCell] = []
    hidden: list[int] = []
    pending = b""
    while block := part.read(_BLOCK):
        text = pending + block
        has_formulas = has_formulas or any(tag in text for tag in _FORMULAS)
        end = text.rfind(b"<")
        whole = text[:end] if end > 0 else b""
        pending = text[len(whole) :][-_LONGEST_TAG:]
        is_placed = is_placed and not _PLACE.search(whole) and b"<![CDATA[" not in text
        blanks += sum(1 for _ in _BLANK_CELL.finditer(whole))
        if blanks > MOST_UNPLACED_BLANKS and not is_placed:
            raise UnreadableDocument(
                sentence(
                    "%(document)s has more than %(most)s blank cells.",
                    document=document,
                    most=f"{MOST_UNPLACED_BLANKS:,}",
                ),
                fix="Delete the blank rows and columns and save it anew, or hand the table in as CSV.",
            )
        _add_merged(whole, merged)
        _add_hidden(whole, hidden)
        if len(merged) > MOST_MERGED_CELLS:
            raise UnreadableDocument(
                sentence(
                    "%(document)s has more than %(most)s merged cells.",
                    document=document,
                    most=f"{MOST_MERGED_CELLS:,}",
                ),
                fix="Unmerge them, or hand the table in as CSV.",
            )
    _add_merged(pending, merged)
    return SheetXml(
        has_formulas, is_placed, tuple(sorted(merged, key=lambda cell: cell.first)), tuple(hidden)
    )


class WithoutBlanks:
    """The XML of a sheet without its cells and rows that hold nothing, to be read like a file.

    A workbook whose columns are formatted to the end may have a million such cells in a few hundred
    kilobytes, and the parser takes 10 microseconds for each. Only for a sheet that ``is_placed``.
    """

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._pending = b""

    def read(self, _size: int = -1) -> bytes:
        """Return some of what is left, however much was asked for; nothing at the end."""
        while block := self._part.read(_BLOCK):
            text = _BLANK_ROW.sub(b"", _BLANK_CELL.sub(b"", self._pending + block))
            end = text.rfind(b"<")  # a tag may go on in the next block
            if len(text) - end > _LONGEST_TAG:
                end = len(text)
            ready, self._pending = text[:end], text[end:]
            if ready:
                return ready
        ready, self._pending = self._pending, b""
        return ready

    def __enter__(self) -> WithoutBlanks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._part.close()


def _add_merged(text: bytes, merged: list[MergedCell]) -> None:
    for match in _MERGED.finditer(text):
        first, last = int(match[2]), int(match[3])
        column = _column_number(match[1])
        if last > first and column < MOST_COLUMNS:
            merged.append(MergedCell(column, first, last))


def _add_hidden(text: bytes, hidden: list[int]) -> None:
    if b"hidden=" not in text:
        return
    for match in _ROW.finditer(text):
        number = _NUMBER.search(match[1])
        if number and _HIDDEN.search(match[1]):
            hidden.append(int(number[1]))


def _column_number(letters: bytes) -> int:
    """Return the number of a column, from 0.

    >>> _column_number(b"A"), _column_number(b"AB")
    (0, 27)
    """
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number - 1


class FilledRow(NamedTuple):
    """A row with its number, and by column the rows of each merged cell that covers it, in words."""

    number: int
    cells: list[str]
    spans: dict[int, str]


def fill_merged(rows: Iterator[list[str]], merged: Sequence[MergedCell]) -> Iterator[FilledRow]:
    """Yield the rows, numbered from 1, each blank cell under a merged one filled with what that one holds."""
    waiting = list(reversed(merged))
    covering: dict[int, tuple[MergedCell, str]] = {}
    for number, cells in enumerate(rows, 1):
        while waiting and waiting[-1].first <= number:
            cell = waiting.pop()
            text = cells[cell.column] if cell.column < len(cells) else ""
            if cell.first == number and text.strip():
                covering[cell.column] = cell, text
        spans: dict[int, str] = {}
        for column, (cell, text) in list(covering.items()):
            if cell.last < number:
                del covering[column]
                continue
            spans[column] = f"rows {cell.first} to {cell.last}"
            if column >= len(cells):
                cells.extend([""] * (column + 1 - len(cells)))
            if not cells[column].strip():
                cells[column] = text
        yield FilledRow(number, cells, spans)


def mark_shared_figures(row: FilledRow, figures: Sequence[int]) -> list[str]:
    """Return the cells of a row, where a count in a merged cell says that it stands for several rows.

    So its row is quarantined: nobody has said how many belong to each of them.
    """
    for column in figures:
        if column in row.spans and column < len(row.cells):
            row.cells[column] = f"{row.cells[column]} (one cell for {row.spans[column]})"
    return row.cells


def _hidden_rows(rows: Value, sheet: str, *, is_one: bool) -> str:
    """Return that some rows are hidden, in a sheet where it has a name."""
    if sheet and is_one:
        return sentence(
            "In the sheet “%(sheet)s”, row %(rows)s is hidden; it was read like the others.",
            sheet=sheet, rows=rows,
        )  # fmt: skip
    if sheet:
        return sentence(
            "In the sheet “%(sheet)s”, rows %(rows)s are hidden; they were read like the others.",
            sheet=sheet, rows=rows,
        )  # fmt: skip
    if is_one:
        return sentence("Row %(rows)s is hidden; it was read like the others.", rows=rows)
    return sentence("Rows %(rows)s are hidden; they were read like the others.", rows=rows)


def hidden_rows_notice(hidden: Sequence[int], sheet: str) -> tuple[Finding, ...]:
    """Return the finding that some rows of a sheet are hidden, or nothing where none are."""
    if not hidden:
        return ()
    rows: Value = listed(hidden[:10])
    if len(hidden) > 10:
        rows = sentence("%(names)s and %(number)s more", names=rows, number=len(hidden) - 10)
    return (
        Finding(
            "hidden_rows",
            Severity.WARNING,
            _hidden_rows(rows, sheet, is_one=len(hidden) == 1),
            "Delete from the file what is not meant, and withdraw the reports of these rows.",
            value=sheet,
        ),
    )


def hidden_sheet_notice(sheet: str) -> Finding:
    """Return the finding that a hidden sheet was left out."""
    return Finding(
        "hidden_sheet",
        Severity.WARNING,
        sentence("The sheet “%(sheet)s” is hidden; it was left out.", sheet=sheet),
        sentence("Name it (--sheet '%(sheet)s', or sheets in a mapping) if its rows are meant.", sheet=sheet),
        value=sheet,
    )
