"""Which rows of a table are no figures of their own: lines of text below it, and sums of its rows?

Such a row is rejected with no more than a note: nothing needs mending, and a sum that was taken in would
count its rows twice. A total becomes a figure where a mapping says which place it is about. This module must
not know what a cell means beyond that.

>>> is_total("Grand total:")
True
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.cells import excerpt
from service.ingest.readers.chunk import Chunk, RejectedRow, is_text, note_finding, row_as_json
from service.reference.names import normalise
from service.schema.records import Finding
from service.sentence import sentence
from service.vocabulary import Severity

TOTALS = frozenset(
    normalise(words)
    for words in (
        "total", "totals", "grand total", "sub total", "subtotal", "overall total", "total général",
        "total general", "totaux", "gesamt", "summe", "insgesamt", "toplam", "genel toplam", "المجموع",
        "المجموع الكلي", "الإجمالي", "الاجمالي", "إجمالي", "مجموع",
    )
)  # fmt: skip
"""How a row is named that sums up others, in the languages whose counts are read."""


def is_total(text: str, totals: Collection[str] = TOTALS) -> bool:
    """Return whether a cell names a sum of other rows."""
    return len(text) <= 60 and normalise(text) in totals


def set_aside_side_rows(
    chunk: Chunk,
    *,
    places: Sequence[str],
    figures: Sequence[str],
    totals: Collection[str] = TOTALS,
    known_places: Collection[str] = (),
    is_place_a_row: bool = False,
) -> Chunk:
    """Return the chunk with its lines of text and its totals among the rejected rows.

    ``places`` and ``figures`` are the columns that hold names of places and counts; a name among
    ``known_places`` is that of a place, whatever it sounds like. ``is_place_a_row``: a place without a figure
    is a row that states none, and no line of text.
    """
    table = chunk.table
    if not table.num_rows or len(table.column_names) < 2:
        return chunk
    blanks = {name: _is_blank(table, name) for name in _columns_to_look_at(table, places, figures)}
    total = _total_rows(table, places, blanks, totals, known_places)
    note = _note_rows(table, (*figures, *places) if is_place_a_row else figures, blanks)
    aside = pc.or_(total, note)
    if not pc.any(aside).as_py():
        return chunk
    rejected = list(chunk.rejected)
    for index in pc.indices_nonzero(aside).to_pylist():
        number = chunk.numbers[index].as_py()
        finding = (
            _total_finding(number, _first_text(table, index))
            if total[index].as_py()
            else note_finding(number, _first_text(table, index))
        )
        rejected.append(RejectedRow(number, row_as_json(table, index), finding))
    stays = pc.invert(aside)
    return chunk._replace(
        table=table.filter(stays).combine_chunks(),
        numbers=chunk.numbers.filter(stays),
        rejected=tuple(sorted(rejected, key=lambda row: row.number)),
    )


def _columns_to_look_at(table: pa.Table, places: Sequence[str], figures: Sequence[str]) -> list[str]:
    names = table.column_names
    return [name for name in dict.fromkeys([names[0], *places, *figures]) if name in names]


def _is_blank(table: pa.Table, name: str) -> pa.Array:
    """Return for each row whether a column is blank there."""
    column = table.column(name).combine_chunks()
    blank = pa.array([not text.strip() for text in column.dictionary.to_pylist()], pa.bool_())
    return blank.take(column.indices)


def _total_rows(
    table: pa.Table,
    places: Sequence[str],
    blanks: dict[str, pa.Array],
    totals: Collection[str],
    known_places: Collection[str],
) -> pa.Array:
    """Return the rows whose place, or whose first cell where they name no place, is a word for a total."""
    nothing = pa.repeat(pa.scalar(False), table.num_rows)
    named = [name for name in places if name in blanks]
    total = nothing
    for name in named:
        total = pc.or_(total, _says_total(table, name, totals, known_places))
    no_place = reduce(pc.and_, (blanks[name] for name in named), pa.repeat(pa.scalar(True), table.num_rows))
    first = table.column_names[0]
    if first in named:
        return total
    return pc.or_(total, pc.and_(no_place, _says_total(table, first, totals, known_places)))


def _says_total(
    table: pa.Table, name: str, totals: Collection[str], known_places: Collection[str]
) -> pa.Array:
    column = table.column(name).combine_chunks()
    says = [
        is_total(text, totals) and text.strip() not in known_places for text in column.dictionary.to_pylist()
    ]
    return pa.array(says, pa.bool_()).take(column.indices)


def _note_rows(table: pa.Table, others: Sequence[str], blanks: dict[str, pa.Array]) -> pa.Array:
    """Return the rows that hold a text in their first column, if that is none of ``others``, and nothing
    else."""
    first = table.column_names[0]
    if first in others:
        return pa.repeat(pa.scalar(False), table.num_rows)
    column = table.column(first).combine_chunks()
    says = pa.array([is_text(text) for text in column.dictionary.to_pylist()], pa.bool_())
    note = says.take(column.indices)
    for name in table.column_names[1:]:
        if not pc.any(note).as_py():
            break
        note = pc.and_(note, blanks.get(name) if name in blanks else _is_blank(table, name))
    return note


def _first_text(table: pa.Table, index: int) -> str:
    (cells,) = table.slice(index, 1).to_pylist()
    return next((text for text in cells.values() if text.strip()), "")


def _total_finding(number: int, text: str) -> Finding:
    return Finding(
        "total_row",
        Severity.INFO,
        sentence("“%(text)s” sums up other rows; it was not counted as well.", text=excerpt(text.strip())),
        "Nothing, if the rows are in the file; else name the place it is about, or say so in a mapping "
        "(words).",
        row=number,
        value=excerpt(text.strip()),
    )
