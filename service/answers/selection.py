"""Which rows does a question keep?

``RULES`` says it once for each filter, whatever table is filtered: figures, evidence, series, reports. What
is looked up by place (``answers.published``) and what the ledger reads (``ledger/sql/report_filter.sql``)
keeps the same rows; tests compare them. It must not know where the rows come from.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Mapping
from functools import reduce
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from service.answers.filters import ANY
from service.answers.query import Query

Mask: TypeAlias = "pa.ChunkedArray"
"""Whether each row is kept."""


def _from(column: pa.ChunkedArray, day: dt.date) -> Mask:
    return pc.greater_equal(column, pa.scalar(day, pa.date32()))


def _to(column: pa.ChunkedArray, day: dt.date) -> Mask:
    return pc.less_equal(column, pa.scalar(day, pa.date32()))


def _among(column: pa.ChunkedArray, values: Collection[str]) -> Mask:
    return pc.is_in(column, pa.array(values, pa.string()))


@dataclasses.dataclass(frozen=True)
class Rule:
    """What one filter keeps: the rows in which one of ``columns``, of those that the table has, passes
    ``test`` with the filter's value."""

    columns: tuple[str, ...]
    test: Callable[[pa.ChunkedArray, Any], Mask]

    def mask(self, rows: pa.Table, value: object) -> Mask:
        columns = [name for name in self.columns if name in rows.column_names]
        return reduce(pc.or_, [self.test(rows.column(name), value) for name in columns])


RULES: Mapping[str, Rule] = {
    "crisis": Rule(("crisis_id", "crisis"), pc.equal),
    "areas": Rule(("areas", "area_code"), _among),
    "measure": Rule(("measure",), pc.equal),
    "population": Rule(("population",), pc.equal),
    "attributed_to": Rule(("attributed_to",), pc.equal),
    "source": Rule(("source_id", "origin_id"), pc.equal),
    "date_from": Rule(("date", "counted_to"), _from),
    "date_to": Rule(("date", "counted_to"), _to),
}
"""The rule of each filter that keeps rows by what stands in them, by its name in a ``Query``.

The beginning of running totals depends on the crisis: see ``begins_as_asked``; for the day of knowledge see
``schema.report_rules``."""

WHO = ("measure", "population", "attributed_to")
CELL = ("crisis", "areas", *WHO)
DAYS = ("date_from", "date_to")


def is_given(query: Query, name: str) -> bool:
    """Return whether the query has a value for one of the ``RULES``: without one, every row is kept."""
    value = getattr(query, name)
    return value is not None and value != ()


def kept(rows: pa.Table, query: Query, names: Collection[str]) -> Mask:
    """Return which rows the filters called ``names`` keep."""
    every = pa.chunked_array([pa.repeat(pa.scalar(True), rows.num_rows)])
    masks = (RULES[name].mask(rows, getattr(query, name)) for name in names if is_given(query, name))
    return reduce(pc.and_, masks, every)


def select(rows: pa.Table, query: Query, names: Collection[str] = tuple(RULES)) -> pa.Table:
    """Return the rows that the filters called ``names`` keep, in their order."""
    return rows.filter(kept(rows, query, names))


# --- the beginning of running totals ----------------------------------------------------------------------


def begins_on(rows: pa.Table, start: dt.date | None) -> Mask:
    """Return which rows count from the day ``start``; None: from a beginning that nobody knows."""
    return _is_same(rows.column("period_start"), pa.scalar(start, pa.date32()))


def begins_as_asked(rows: pa.Table, starts: pa.Array, query: Query) -> Mask:
    """Return which rows (ESTIMATE or EVIDENCE) count from the beginning asked for: by default that of their
    crisis, which ``starts`` has of each row."""
    if query.period_start == ANY:
        return kept(rows, query, ())
    if isinstance(query.period_start, dt.date):
        return begins_on(rows, query.period_start)
    return _is_same(rows.column("period_start"), pa.chunked_array([starts]))


def asked_cells(rows: pa.Table, starts: pa.Array, query: Query) -> Mask:
    """Return which rows (ESTIMATE or EVIDENCE, or cells alone) are of a cell that the query is about;
    ``starts`` is the day from which the crisis of each row counts."""
    return pc.and_(kept(rows, query, CELL), begins_as_asked(rows, starts, query))


def looked_up(column: pa.ChunkedArray, find: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """Return what ``find`` has for each text of a column; it is asked once for each that differs."""
    coded = column.combine_chunks().dictionary_encode()
    return pa.array([find(text) for text in coded.dictionary.to_pylist()], kind).take(coded.indices)


def _is_same(one: pa.ChunkedArray, other: pa.ChunkedArray | pa.Scalar) -> Mask:
    """Whether two days are the same, or both unknown."""
    both_unknown = pc.and_(pc.is_null(one), pc.is_null(other))
    return pc.or_(pc.fill_null(pc.equal(one, other), False), both_unknown)
