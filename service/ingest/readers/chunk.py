"""What passes from the readers of files to the reading of reports?

A ``Chunk`` is some consecutive rows of one sheet, as text under column names; every format becomes a stream
of them, so that a document larger than memory is read in pieces. A row that is no row (too long, not an
object) is ``Spoiled`` and keeps what stood there. Nothing is interpreted here: no number, no day, no name.

>>> chunk_of("", 1, ("source", "count"), [["SOHR", "745"]]).table.to_pylist()
[{'source': 'SOHR', 'count': '745'}]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from service.ingest.cell_text import as_text, column_name
from service.ingest.cells import excerpt
from service.schema.records import Finding
from service.vocabulary import Severity

TEXT = pa.dictionary(pa.int32(), pa.string())
"""How a column of text is held: most columns repeat a few texts."""

EXTRA_CELLS = "extra_cells"
"""The name under which a row held aside keeps the cells that no column stands over."""

_DEEPEST = 8


class RejectedRow(NamedTuple):
    """A row that cannot be read at all: its number, what stood there as a JSON object, and why."""

    number: int
    raw: str
    finding: Finding


class Chunk(NamedTuple):
    """Rows of one sheet. ``numbers`` are those of the rows of ``table``, counted in the sheet from 1;
    ``notices`` are findings about the document, said once."""

    sheet: str
    numbers: pa.Array
    table: pa.Table
    rejected: tuple[RejectedRow, ...] = ()
    notices: tuple[Finding, ...] = ()


def text_column(values: Iterable[str]) -> pa.DictionaryArray:
    """A column of texts."""
    return pa.array(values, pa.string()).dictionary_encode()


def cells_as_json(cells: Mapping[str, object], extra: Sequence[str] = ()) -> str:
    """A row as a JSON object, with the cells that no column stands over."""
    return json.dumps({**cells, EXTRA_CELLS: list(extra)} if extra else dict(cells), ensure_ascii=False)


def chunk_of_records(
    sheet: str, first: int, columns: Sequence[str], records: Sequence[Sequence[str]], *, pad: bool = False
) -> Chunk:
    """Records under their columns, the first of them numbered ``first``.

    A record of another length is spoiled; with ``pad`` one that is only shorter has blanks at its end, as the
    rows of a spreadsheet do.
    """
    width = len(columns)
    sound: list[Sequence[str]] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for number, record in enumerate(records, first):
        if len(record) == width:
            sound.append(record)
            numbers.append(number)
        elif pad and len(record) < width:
            sound.append([*record, *[""] * (width - len(record))])
            numbers.append(number)
        elif pad and not any(cell.strip() for cell in record[width:]):
            sound.append(record[:width])
            numbers.append(number)
        else:
            cells = cells_as_json(dict(zip(columns, record, strict=False)), record[width:])
            rejected.append(RejectedRow(number, cells, _length(number, record, columns)))
    table = pa.table([text_column(cells) for cells in zip(*sound, strict=True)] if sound else
                     [text_column(()) for _ in columns], names=list(columns))  # fmt: skip
    return Chunk(sheet, pa.array(numbers, pa.int64()), table, tuple(rejected))


def _length(number: int, record: Sequence[str], columns: Sequence[str]) -> Finding:
    code, word = ("row_too_long", "more") if len(record) > len(columns) else ("row_too_short", "fewer")
    return Finding(
        code,
        Severity.ERROR,
        f"The row has {len(record)} cells, {word} than the {len(columns)} columns.",
        "Put a cell that holds the separator in double quotes, and keep blank cells.",
        row=number,
        column=columns[min(len(record), len(columns)) - 1],
        value=excerpt(record[-1]),
    )


class Named(dict[str, Any]):
    """A mapping that knows which of its names were given twice."""

    twice: tuple[str, ...] = ()


def chunk_of_objects(sheet: str, first: int, given: Iterable[object]) -> Chunk:
    """Rows with named values. A column is there if any of them names it; what a row does not name is blank.

    Objects within a row are laid out under dotted names, ``verified.killed_cum``.
    """
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for number, each in enumerate(given, first):
        cells = _cells(number, each)
        if isinstance(cells, RejectedRow):
            rejected.append(cells)
        else:
            rows.append(cells)
            numbers.append(number)
    columns = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: text_column([row.get(name, "") for row in rows]) for name in columns})
    return Chunk(sheet, pa.array(numbers, pa.int64()), table, tuple(rejected))


def _cells(number: int, given: object) -> dict[str, str] | RejectedRow:
    if not isinstance(given, Mapping):
        text = as_text(given)
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
    twice = _lay_out(given, "", 0, cells)
    if not twice:
        return cells
    finding = Finding(
        "name_twice",
        Severity.ERROR,
        f"The row has more than one value named {excerpt(twice)}.",
        "Keep one of them.",
        row=number,
        column=excerpt(twice),
        value=excerpt(cells[twice]),
    )
    return RejectedRow(
        number, cells_as_json({as_text(name): as_text(value) for name, value in given.items()}), finding
    )


def _lay_out(given: Mapping[Any, object], prefix: str, depth: int, cells: dict[str, str]) -> str:
    """Adds the values of an object to ``cells``; the first name that stands there twice, if one does."""
    twice = next((column_name(as_text(name)) for name in getattr(given, "twice", ())), "")
    for name, value in given.items():
        column = column_name(f"{prefix}{as_text(name)}")
        if isinstance(value, Mapping) and value and depth < _DEEPEST:
            twice = _lay_out(value, f"{prefix}{as_text(name)}.", depth + 1, cells) or twice
            continue
        if column in cells:
            twice = twice or column
        cells[column] = as_text(value)
    if twice:
        cells.setdefault(twice, "")
    return twice
