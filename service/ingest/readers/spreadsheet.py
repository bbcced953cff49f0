"""Which rows does a spreadsheet (XLSX) hold?

Those of every sheet that is not hidden, or of those that are named; of a workbook that this service wrote,
the sheet of its rows. A cell with a formula has the value that was last computed for it, else the formula as
text; each row under a merged cell has what that cell holds. The size that a sheet claims is not believed.
"""

from __future__ import annotations

import fnmatch
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol, TypedDict, Unpack, cast
from xml.etree.ElementTree import ParseError

from service.errors import UnreadableDocument
from service.ingest.cell_text import as_text, closest_match
from service.ingest.readers.chunk import MOST_COLUMNS, Chunk, chunk_of_records
from service.ingest.readers.delimited import heading
from service.ingest.readers.hxl_tags import HEADINGS
from service.ingest.readers.sheet_xml import (
    FilledRow,
    WithoutBlanks,
    fill_merged,
    hidden_rows_notice,
    hidden_sheet_notice,
    mark_shared_figures,
    scan_sheet,
)
from service.ingest.readers.table_heading import SheetRow, find_heading, title_notices
from service.schema.records import Finding
from service.sentence import did_you_mean, join_sentences, listed, sentence
from service.vocabulary import Severity

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_ROWS = 1_048_576
MOST_UNPACKED_BYTES = 1 << 29
"""Bytes that a workbook may unpack to."""
OWN_SHEETS = ["rows", "meta"]
"""The sheets of a workbook that this service wrote: only the first of them holds rows of a table."""
_ROWS_AT_ONCE = 5_000


class _Worksheet(Protocol):
    """The part of openpyxl's read-only sheets that is used here."""

    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, values_only: bool) -> Iterator[tuple[object, ...]]: ...

    _get_source: Callable[[], IO[bytes]]


class TableOptions(TypedDict, total=False):
    """Where the tables stand in a workbook: see ``formats.Options``."""

    sheets: Sequence[str]
    header: int
    wanted: Sequence[str]
    figures: Sequence[str]


def read_xlsx(
    file: BinaryIO, document: str, *, sheet: str | None = None, **table: Unpack[TableOptions]
) -> Iterator[Chunk]:
    """Yield the rows of the sheets that are not hidden, or of those that are named.

    Raises UnreadableDocument where it is no workbook, unpacks to too much, or has no sheet of that name.
    """
    try:
        check_unpacked(file, document, MOST_UNPACKED_BYTES)
        yield from _read(file, document, sheet, table)
    except (
        zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
        OSError, OverflowError, RuntimeError, zlib.error,
    ) as error:  # fmt: skip
        raise UnreadableDocument(
            sentence(
                "%(document)s is no sound XLSX file: %(reason)s.", document=document, reason=_reason(error)
            ),
            fix="Open it in a spreadsheet program, save it anew as .xlsx or as CSV UTF-8, and hand that in.",
        ) from error


def check_unpacked(file: BinaryIO, document: str, most: int) -> None:
    """Raise UnreadableDocument where an archive claims to unpack to more than ``most`` bytes."""
    with zipfile.ZipFile(file) as archive:
        size = sum(part.file_size for part in archive.infolist())
    file.seek(0)
    if size > most:
        raise UnreadableDocument(
            sentence(
                "%(document)s unpacks to %(size)s MB; %(most)s MB are allowed.",
                document=document,
                size=size >> 20,
                most=most >> 20,
            ),
            fix="Hand in the table as CSV, which may be of any size.",
        )


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def _read(file: BinaryIO, document: str, sheet: str | None, table: TableOptions) -> Iterator[Chunk]:
    values, formulas = _open_workbook(file, data_only=True), _open_workbook(file, data_only=False)
    names = [worksheet.title for worksheet in values.worksheets]
    if sheet is None and names == OWN_SHEETS:
        sheet = OWN_SHEETS[0]
    patterns = table.get("sheets", ())
    wanted = [sheet] if sheet is not None else _matching_sheets(names, patterns, document)
    named = {sheet, *patterns}  # a pattern that a hidden sheet happens to fit does not ask for it
    if sheet is not None and sheet not in names:
        match = closest_match(sheet, names)
        raise UnreadableDocument(
            sentence("%(document)s has no sheet “%(sheet)s”.", document=document, sheet=sheet),
            fix=join_sentences(
                did_you_mean((f"“{match}”",) if match else ()),
                sentence("Its sheets are %(names)s.", names=listed(names)),
            ),
        )
    for worksheet, with_formulas in zip(values.worksheets, formulas.worksheets, strict=True):
        label = worksheet.title if sheet is None and len(names) > 1 else ""
        if wanted is not None and worksheet.title not in wanted:
            continue
        if worksheet.sheet_state != "visible" and worksheet.title not in named:
            notices = (hidden_sheet_notice(worksheet.title),)
            yield chunk_of_records(label, 1, (), [])._replace(notices=notices)
        else:
            yield from _read_sheet(
                cast(_Worksheet, worksheet), cast(_Worksheet, with_formulas), document, label, table
            )


def _open_workbook(file: BinaryIO, *, data_only: bool) -> Workbook:
    """Return the workbook, of which no sheet has been read yet.

    openpyxl looks for the size that a sheet claims, and reads all of one that claims none, once for each time
    that it is opened. It is not believed here (``reset_dimensions``), so it is not looked for.
    """
    import openpyxl
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    ReadOnlyWorksheet._get_size = lambda _: None  # type: ignore[attr-defined]
    return openpyxl.load_workbook(file, read_only=True, data_only=data_only, keep_links=False)


def _matching_sheets(names: list[str], patterns: Sequence[str], document: str) -> list[str] | None:
    """Return the sheets whose names fit a pattern, None where there is no pattern. Raises UnreadableDocument
    where a pattern fits none."""
    if not patterns:
        return None
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            raise UnreadableDocument(
                sentence(
                    "%(document)s has no sheet “%(pattern)s”, which the mapping reads.",
                    document=document,
                    pattern=pattern,
                ),
                fix=sentence(
                    "Correct sheets in the mapping; those of the file are %(names)s.", names=listed(names)
                ),
            )
    return [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def _read_sheet(
    values: _Worksheet, formulas: _Worksheet, document: str, label: str, table: TableOptions
) -> Iterator[Chunk]:
    with values._get_source() as part:
        xml = scan_sheet(part, document)
    if xml.is_placed:
        for each in (values, formulas):
            each._get_source = partial(_open_without_blanks, each._get_source)
    stored = (
        _fill_formulas(_rows(values, document), _rows(formulas, document))
        if xml.has_formulas
        else ([as_text(cell) for cell in row] for row in _rows(values, document))
    )
    filled: Iterator[FilledRow] = (
        row for row in fill_merged(stored, xml.merged) if any(cell.strip() for cell in row.cells)
    )
    first_rows = list(islice(filled, HEADINGS))
    if not first_rows:
        return
    name = f"{document} ({label})" if label else document
    sheet_rows = [SheetRow(row.number, _drop_blank_end(row.cells)) for row in first_rows]
    titles = find_heading(sheet_rows, name, wanted=table.get("wanted", ()), header=table.get("header", 0))
    columns = heading(sheet_rows[titles].cells, name)
    figures = [at for at, column in enumerate(columns) if column in set(table.get("figures", ()))]
    rows = (
        (row.number, mark_shared_figures(row, figures)) for row in chain(first_rows[titles + 1 :], filled)
    )
    notices = (
        *title_notices(sheet_rows[:titles], label),
        *((_formula_notice(label),) if xml.has_formulas else ()),
        *hidden_rows_notice(xml.hidden, label),
    )
    written = tuple(sheet_rows[titles].cells)
    yield chunk_of_records(label, 1, columns, [])._replace(notices=notices, headings=written)
    number = 1
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        begins, records = zip(*batch, strict=True)
        yield chunk_of_records(label, number, columns, records, pad=True, begins=begins)
        number += len(batch)


def _open_without_blanks(get_source: Callable[[], IO[bytes]]) -> IO[bytes]:
    return cast(IO[bytes], WithoutBlanks(get_source()))


def _drop_blank_end(record: list[str]) -> list[str]:
    """Return the cells up to the last one that is not blank."""
    return record[: max(at for at, cell in enumerate(record, 1) if cell.strip())]


def _rows(sheet: _Worksheet, document: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows that a sheet stores, whatever size it claims. Raises UnreadableDocument beyond Excel's
    limits."""
    sheet.reset_dimensions()
    for count, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if count > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise UnreadableDocument(
                sentence(
                    "%(document)s has a cell beyond row %(most_rows)s or column %(most_columns)s.",
                    document=document,
                    most_rows=MOST_ROWS,
                    most_columns=MOST_COLUMNS,
                ),
                fix="No spreadsheet is larger; save it anew.",
            )
        yield row


def _fill_formulas(
    values: Iterator[tuple[object, ...]], formulas: Iterator[tuple[object, ...]]
) -> Iterator[list[str]]:
    """Yield the rows as text, with the formula where a cell has no value."""
    for row, formula_row in zip(values, formulas, strict=True):
        yield [
            as_text(getattr(formula, "text", formula) if cell is None else cell)
            for cell, formula in zip(row, formula_row, strict=True)
        ]


def _formula_notice(label: str) -> Finding:
    return Finding(
        "formula_cells",
        Severity.INFO,
        sentence(
            "The sheet “%(sheet)s” has formulas; the values last computed for them were read.", sheet=label
        )
        if label
        else "The sheet has formulas; the values last computed for them were read.",
        "Put the figures as the source states them in place of formulas.",
        value=label,
    )
