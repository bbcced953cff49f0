"""What do the readers of files hand on?

A ``Chunk`` is some consecutive rows of one sheet, as text under column names. Every format becomes a stream
of chunks, so that a document larger than memory is read in pieces. A row that cannot be read is a
``RejectedRow``. Nothing is interpreted here: no number, no day, no name.

>>> chunk_of_records("", 1, ("source", "count"), [["SOHR", "745"]]).table.to_pylist()
[{'source': 'SOHR', 'count': '745'}]
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from service.errors import DocumentTooLarge, UnreadableDocument
from service.ingest.cell_text import as_text, column_name
from service.ingest.cells import excerpt
from service.schema.records import Finding
from service.sentence import message, sentence
from service.vocabulary import Severity

TEXT = pa.dictionary(pa.int32(), pa.string())
"""The type of every column: most repeat a few texts."""

EXTRA_CELLS = "extra_cells"
"""The key under which a rejected row keeps the cells beyond its last column."""

MOST_COLUMNS = 16_384
"""Columns of the widest table: no spreadsheet program has more."""
LONGEST_NAME = 1_000
"""Letters in the name of a column."""
MOST_CELLS = 4_000_000
"""Cells of the table that rows with named values make, blanks included."""
_DEEPEST = 8
_NOTE = re.compile(r"\s*(?:[*†‡]|(?:sources?|notes?|remarks?|المصدر|ملاحظة)\s*[:：])", re.IGNORECASE)
"""How a line of text below a table begins, though it may hold the mark between cells."""


def check_width(document: str, columns: int) -> None:
    """Raise UnreadableDocument for a table that is too wide to be one."""
    if columns > MOST_COLUMNS:
        raise UnreadableDocument(
            sentence(
                "%(document)s has %(columns)s columns; at most %(most)s are read.",
                document=document,
                columns=f"{columns:,}",
                most=f"{MOST_COLUMNS:,}",
            ),
            fix="Hand in the columns that hold figures, or a table with a row for each figure.",
        )


class RejectedRow(NamedTuple):
    """A row that cannot be read: its number, its cells as a JSON object, and the finding that says why."""

    number: int
    raw: str
    finding: Finding


class Chunk(NamedTuple):
    """Rows of one sheet. ``numbers`` are the row numbers of ``table``, counted in the sheet from 1;
    ``notices`` are findings about the document, and ``headings`` the names of its columns as it writes them,
    in the chunk where they are first known."""

    sheet: str
    numbers: pa.Array
    table: pa.Table
    rejected: tuple[RejectedRow, ...] = ()
    notices: tuple[Finding, ...] = ()
    headings: tuple[str, ...] = ()


def text_column(values: Iterable[str]) -> pa.DictionaryArray:
    """Return a column of these texts."""
    return pa.array(values, pa.string()).dictionary_encode()


def cells_as_json(cells: Mapping[str, object], extra: Sequence[str] = ()) -> str:
    """Return a row as a JSON object, with the cells beyond its last column under EXTRA_CELLS."""
    return json.dumps({**cells, EXTRA_CELLS: list(extra)} if extra else dict(cells), ensure_ascii=False)


def chunk_of_records(
    sheet: str,
    first: int,
    columns: Sequence[str],
    records: Sequence[Sequence[str]],
    *,
    pad: bool = False,
    begins: Sequence[int] = (),
) -> Chunk:
    """Return records under their columns, numbered from ``first``.

    A record of another length than the columns is rejected; with ``pad`` one that is shorter gets blanks at
    its end, as the rows of a spreadsheet do. A line of text below a table is rejected with no more than a
    note. ``begins`` are the lines of a text, or the rows of a sheet, in which the records begin.
    """
    width = len(columns)
    readable: list[Sequence[str]] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for number, record in enumerate(records, first):
        if len(record) == width:
            readable.append(record)
            numbers.append(number)
        elif pad and len(record) < width:
            readable.append([*record, *[""] * (width - len(record))])
            numbers.append(number)
        elif pad and not any(cell.strip() for cell in record[width:]):
            readable.append(record[:width])
            numbers.append(number)
        else:
            cells = cells_as_json(dict(zip(columns, record, strict=False)), record[width:])
            is_note = len(record) < width and _is_note(record)
            if is_note:
                finding = note_finding(number, record[0])
            else:
                place = _place(begins[number - first], is_sheet=pad) if begins else sentence("The row")
                finding = _wrong_length(number, place, record, columns)
            rejected.append(RejectedRow(number, cells, finding))
    table = pa.table([text_column(cells) for cells in zip(*readable, strict=True)] if readable else
                     [text_column(()) for _ in columns], names=list(columns))  # fmt: skip
    return Chunk(sheet, pa.array(numbers, pa.int64()), table, tuple(rejected))


def _is_note(record: Sequence[str]) -> bool:
    """Return whether a record that is too short is a line of text below the table."""
    filled = [cell for cell in record if cell.strip()]
    return bool(_NOTE.match(record[0])) or (len(filled) == 1 and is_text(record[0]))


def is_text(cell: str) -> bool:
    """Return whether a cell holds words, and no number alone."""
    return any(char.isalpha() for char in cell)


def note_finding(number: int, text: str) -> Finding:
    """Return the finding about a row that holds a line of text and no figure."""
    return Finding(
        "note_row",
        Severity.INFO,
        sentence("The row is a line of text, not a figure: “%(text)s”.", text=excerpt(text.strip())),
        "Nothing; what matters of it belongs into note.",
        row=number,
        value=excerpt(text.strip()),
    )


def _place(line: int, *, is_sheet: bool) -> str:
    """Return where a program that opens the file shows a record."""
    if is_sheet:
        return sentence("Row %(number)s of the sheet", number=line)
    return sentence("The row that begins in line %(line)s", line=line)


def _wrong_length(number: int, place: str, record: Sequence[str], columns: Sequence[str]) -> Finding:
    is_long = len(record) > len(columns)
    said = (
        message("%(place)s has %(cells)s cells, more than the %(columns)s columns.")
        if is_long
        else message("%(place)s has %(cells)s cells, fewer than the %(columns)s columns.")
    )
    return Finding(
        "row_too_long" if is_long else "row_too_short",
        Severity.ERROR,
        sentence(said, place=place, cells=len(record), columns=len(columns)),
        "Put a cell that holds the separator in double quotes, and keep blank cells.",
        row=number,
        column=columns[min(len(record), len(columns)) - 1],
        value=excerpt(record[-1]),
    )


class JsonObject(dict[str, Any]):
    """A JSON object, and the names that stand in it more than once."""

    duplicates: tuple[str, ...] = ()


def chunk_of_objects(sheet: str, first: int, objects: Iterable[object]) -> Chunk:
    """Return rows with named values, numbered from ``first``.

    The columns are all names that any row has; what a row does not name is blank. An object within a row
    becomes columns with dotted names, ``verified.killed_cum``. What is not an object is rejected. Raises
    DocumentTooLarge for very many different names.
    """
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for number, value in enumerate(objects, first):
        cells = _cells(number, value)
        if isinstance(cells, RejectedRow):
            rejected.append(cells)
        else:
            rows.append(cells)
            numbers.append(number)
    columns = dict.fromkeys(name for row in rows for name in row)
    _require_few_cells(len(rows), columns)
    table = pa.table({name: text_column([row.get(name, "") for row in rows]) for name in columns})
    return Chunk(sheet, pa.array(numbers, pa.int64()), table, tuple(rejected))


def _require_few_cells(rows: int, columns: Collection[str]) -> None:
    """Raise DocumentTooLarge where rows name so many different columns that most of their table is blank."""
    if rows * len(columns) > MOST_CELLS or len(columns) > MOST_COLUMNS:
        raise DocumentTooLarge(
            sentence(
                "%(rows)s rows have %(columns)s different names for their values.",
                rows=f"{rows:,}",
                columns=f"{len(columns):,}",
            ),
            fix="Give all rows the same names; what has no column of its own belongs into note.",
        )
    longest = max(map(len, columns), default=0)
    if longest > LONGEST_NAME:
        raise UnreadableDocument(
            sentence("A value has a name of %(longest)s letters.", longest=f"{longest:,}"),
            fix=sentence(
                "Give each value a name of at most %(most)s letters.",
                most=f"{LONGEST_NAME:,}",
            ),
        )


def _cells(number: int, row: object) -> dict[str, str] | RejectedRow:
    if not isinstance(row, Mapping):
        text = as_text(row)
        finding = Finding(
            "not_a_row",
            Severity.ERROR,
            "The row is not an object with named values.",
            'Write it as {"source": "…", "count": "…", …}.',
            row=number,
            value=excerpt(text),
        )
        return RejectedRow(number, cells_as_json({}, [text]), finding)
    cells: dict[str, str] = {}
    duplicate = _flatten(row, "", 0, cells)
    if not duplicate:
        return cells
    finding = Finding(
        "name_twice",
        Severity.ERROR,
        sentence("The row has more than one value named %(duplicate)s.", duplicate=excerpt(duplicate)),
        "Keep one of them.",
        row=number,
        column=excerpt(duplicate),
        value=excerpt(cells[duplicate]),
    )
    return RejectedRow(
        number, cells_as_json({as_text(name): as_text(value) for name, value in row.items()}), finding
    )


def _flatten(values: Mapping[Any, object], prefix: str, depth: int, cells: dict[str, str]) -> str:
    """Add the values of an object to ``cells``; return a name that stands there twice, or ""."""
    duplicate = next((column_name(as_text(name)) for name in getattr(values, "duplicates", ())), "")
    for name, value in values.items():
        column = column_name(f"{prefix}{as_text(name)}")
        if isinstance(value, Mapping) and value and depth < _DEEPEST:
            duplicate = _flatten(value, f"{prefix}{as_text(name)}.", depth + 1, cells) or duplicate
            continue
        if column in cells:
            duplicate = duplicate or column
        cells[column] = as_text(value)
    if duplicate:
        cells.setdefault(duplicate, "")
    return duplicate


def row_as_json(originals: pa.Table, index: int) -> str:
    """Return the cells of one row as a JSON object, as they are kept with a row that is not accepted."""
    return cells_as_json(next(iter(originals.slice(index, 1).to_pylist()), {}))
