"""Which columns of a table are days, and what does each of their cells count?

A wide table has a column for every day. Where a mapping declares how these are named (``M/d/yy``), each of
their cells becomes a row with two columns more: ``@day``, the day of its column, and ``@cell``, what it
holds. A column that comes tomorrow needs no other mapping.

>>> DayColumns("M/d/yy").find(["country", "3_13_20"])
{'3_13_20': '2020-03-13'}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.cells import Problem
from service.ingest.mapping.template import CELL, DAY, concatenate
from service.ingest.readers.chunk import Chunk
from service.ingest.wording.written_dates import Span, read_pattern
from service.reference.names import normalise

_CELLS_AT_ONCE = 100_000
"""How many cells of days are taken apart at a time: a wide table may have thousands in a row."""
_ISO = "yyyy MM dd"
"""How a column is named whose heading a spreadsheet holds as a day."""


def column_pattern(pattern: str) -> str:
    """Return a pattern of dates as the name of a column is written: words and numbers with one space between.

    >>> column_pattern("'Deaths on' dd.MM.yyyy")
    "'deaths on' dd MM yyyy"
    """
    parts = re.findall(r"'[^']*'|[^']+", pattern)
    words = [
        f"'{normalise(part)}'" if part.startswith("'") else " ".join(re.findall("[A-Za-z]+", part))
        for part in parts
    ]
    return " ".join(word for word in words if word not in ("", "''"))


class DayColumns:
    """The columns of days of the tables that a mapping reads; none where ``pattern`` is blank.
    Blank cells are rows too where ``keeps_blank``."""

    def __init__(
        self, pattern: str, locale: str = "", blanks: Sequence[str] = (), *, keeps_blank: bool = False
    ) -> None:
        self._patterns = (column_pattern(pattern), _ISO) if pattern else ()
        self._locale = locale
        self._blanks = frozenset(blanks)
        self._keeps_blank = keeps_blank

    def find(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the columns that are days, each with its day (or its month) as ISO 8601 has it."""
        days = {column: self._day(column) for column in columns} if self._patterns else {}
        return {column: day for column, day in days.items() if day}

    def _day(self, column: str) -> str:
        """Return the day or the month that a column is named by, "" where it is named by none."""
        name = column.replace("_", " ")
        try:
            spans = (read_pattern(name, pattern, self._locale) for pattern in self._patterns)
            span = next(filter(None, spans), None)
        except Problem:
            return ""
        return _as_iso(span) if span else ""

    def unfold(self, chunk: Chunk) -> Iterator[Chunk]:
        """Yield the chunk with a row for each cell of a day that is not blank, some rows at a time.

        A row whose cells are all blank stays one row, so that it is answered for.
        """
        days = self.find(chunk.table.column_names)
        if not days:
            yield chunk
            return
        rows_at_once = max(1, _CELLS_AT_ONCE // len(days))
        for at in range(0, max(chunk.table.num_rows, 1), rows_at_once):
            piece = chunk._replace(
                table=chunk.table.slice(at, rows_at_once), numbers=chunk.numbers.slice(at, rows_at_once)
            )
            yield self._unfold(piece if at == 0 else piece._replace(rejected=(), notices=()), days)

    def _unfold(self, chunk: Chunk, days: dict[str, str]) -> Chunk:
        table, count = chunk.table.combine_chunks(), len(days)
        order = pa.array(range(table.num_rows * count), pa.int64())
        row = pc.divide(order, count)
        day = pc.subtract(order, pc.multiply(row, count))
        cells = concatenate([table.column(name).combine_chunks() for name in days])
        cells = cells.take(pc.add(pc.multiply(day, table.num_rows), row))
        texts = (text.strip() for text in cells.dictionary.to_pylist())
        filled = [self._keeps_blank or (text != "" and text not in self._blanks) for text in texts]
        is_filled = pa.array(filled, pa.bool_()).take(cells.indices)
        has_a_cell = pc.is_in(row, value_set=pc.unique(row.filter(is_filled)))
        stays = pc.indices_nonzero(pc.or_(is_filled, pc.and_not(pc.equal(day, 0), has_a_cell)))
        rows, names = row.take(stays), [name for name in table.column_names if name not in days]
        day_texts = pa.DictionaryArray.from_arrays(
            day.take(stays).cast(pa.int32()), pa.array(list(days.values()), pa.string())
        )
        columns = {name: table.column(name).combine_chunks().take(rows) for name in names}
        return chunk._replace(
            table=pa.table({**columns, DAY: day_texts, CELL: cells.take(stays)}),
            numbers=chunk.numbers.take(rows),
        )


def _as_iso(span: Span) -> str:
    """Return a day, a month or a year as ISO 8601 writes it."""
    text = span.first.isoformat()
    if span.first == span.last:
        return text
    return text[: len("yyyy-MM")] if span.first.month == span.last.month else text[: len("yyyy")]
