"""Which figures stand, ready to be asked for?

A ``Sheet`` is the series of one crisis, as of one day of knowledge: sorted, with the rows of each area and of
each single series known by where they lie, so that a question takes slices instead of looking through all.
It gives the very rows that ``series.assemble`` gives. It must not know about the ledger, HTTP or the clock.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.model import AREA_SEPARATOR, SERIES, Reference
from service.query import Query, related
from service.reconcile import Reconciled
from service.series import tabulate

Span = tuple[int, int]
MENTIONED = ("crisis_id", "areas")
LOOKED_UP = ("area_code", "measure", "population", "attributed_to")


class Sheet:
    """The series of one crisis."""

    def __init__(self, crisis: str, answer: Reconciled, query: Query, reference: Reference) -> None:
        every = tabulate(answer.estimates, query, reference).combine_chunks()
        rows = reference.crisis.filter(pc.equal(reference.crisis.column("crisis_id"), crisis))
        start = rows.column("period_start").to_pylist()
        self._every = _Slices(every)
        self._own = _Slices(every.filter(_begins(every, start[0] if start else None)).combine_chunks())

    @property
    def size(self) -> int:
        """How many rows it holds, and one for itself."""
        return self._every.size + 1

    def rows(self, query: Query) -> list[pa.Table]:
        """The rows that the query takes in, in their order; its crisis, day and method are the sheet's."""
        slices = self._own if query.period_start is None else self._every
        found = slices.asked(query)
        if isinstance(query.period_start, dt.date):
            start = query.period_start
            found = [rows.filter(_begins(rows, start)) for rows in found]
        return found


class _Slices:
    """Rows in the order of SERIES_ORDER, and where among them each place and each series lies."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._series: dict[tuple[str | None, ...], Span] = {}
        self._areas: dict[str, Span] = {}
        self._dates: list[dt.date] = table.column("date").to_pylist()
        keys = zip(*(table.column(name).to_pylist() for name in LOOKED_UP), strict=True)
        end = 0
        for key, same in groupby(keys):
            begin, end = end, end + sum(1 for _ in same)
            self._series[key] = (begin, end)
            self._areas[key[0]] = (self._areas.get(key[0], (begin, end))[0], end)

    @property
    def size(self) -> int:
        return int(self._table.num_rows)

    def asked(self, query: Query) -> list[pa.Table]:
        """The slices of the places asked for, without the rows that another filter leaves out."""
        wanted = (query.measure, query.population, query.attributed_to)
        if query.areas and None not in wanted:
            keys = ((area, *wanted) for area in sorted(query.areas))
            found = [self._between(self._series[key], query) for key in keys if key in self._series]
            if query.period_start is None:  # then each is one series, its days in order
                return found
            wanted = (None, None, None)
        elif query.areas:
            found = [self._slice(self._areas[area]) for area in sorted(query.areas) if area in self._areas]
        else:
            found = [self._table]
        return [_kept(rows, wanted, query) for rows in found]

    def _between(self, span: Span, query: Query) -> pa.Table:
        """The rows of one series inside the days asked for; of several, all."""
        begin, end = span
        if query.period_start is None and query.date_from:
            begin = bisect_left(self._dates, query.date_from, begin, end)
        if query.period_start is None and query.date_to:
            end = bisect_right(self._dates, query.date_to, begin, end)
        return self._slice((begin, end))

    def _slice(self, span: Span) -> pa.Table:
        return self._table.slice(span[0], span[1] - span[0])


def _kept(rows: pa.Table, wanted: tuple[str | None, ...], query: Query) -> pa.Table:
    """The rows of these LOOKED_UP values (None: any), inside the days asked for."""
    tests: list[Any] = [
        pc.equal(rows.column(name), value)
        for name, value in zip(LOOKED_UP[1:], wanted, strict=True)
        if value is not None
    ]
    date = rows.column("date")
    if query.date_from:
        tests.append(pc.greater_equal(date, pa.scalar(query.date_from, pa.date32())))
    if query.date_to:
        tests.append(pc.less_equal(date, pa.scalar(query.date_to, pa.date32())))
    for keep in tests[1:]:
        tests[0] = pc.and_(tests[0], keep)
    return rows.filter(tests[0]) if tests else rows


def _begins(rows: pa.Table, start: dt.date | None) -> Any:  # noqa: ANN401 - an Arrow array
    begins = rows.column("period_start")
    if start is None:
        return pc.is_null(begins)
    return pc.fill_null(pc.equal(begins, pa.scalar(start, pa.date32())), False)


class Places:
    """Which crises may be about a place: those with a report that mentions it, one that it lies in, or one
    that lies in it. Reports are never taken out of a ledger, so it only learns. For one thread at a time."""

    def __init__(self) -> None:
        self.entries = 0
        self._crises: dict[str, set[str]] = {}

    def learn(self, mentioned: pa.Table, entries: int) -> None:
        """What the reports (crisis_id, areas) of the entries up to that one mention."""
        for crisis, areas in zip(*(mentioned.column(name).to_pylist() for name in MENTIONED), strict=True):
            for area in areas.split(AREA_SEPARATOR):
                self._crises.setdefault(area, set()).add(crisis)
        self.entries = entries

    def crises(self, areas: Iterable[str], reference: Reference) -> list[str]:
        """The crises that may be about one of these place sets, in order."""
        near = (related(reference, area) for each in areas for area in each.split(AREA_SEPARATOR))
        return sorted({crisis for codes in near for code in codes for crisis in self._crises.get(code, ())})


def together(parts: list[pa.Table]) -> pa.Table:
    """The rows of several sheets as one table (SERIES)."""
    return parts[0] if len(parts) == 1 else pa.concat_tables([SERIES.empty_table(), *parts])
