"""Which figures stand, ready to be asked for?

A ``Sheet`` is the series of one crisis, as of one day of knowledge: sorted, with the rows of each area and of
each single series known by where they lie, so that a question takes slices instead of looking through all;
once one has been asked for as JSON, all are written, so that the next is a stretch of text.
It gives the very rows that ``series.assemble`` gives. It must not know about the ledger, HTTP or the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from itertools import groupby

import pyarrow as pa

from service import deadline
from service.answers.query import Query, near_areas
from service.answers.selection import DAYS, WHO, begins_on, is_given, select
from service.answers.series import latest, tabulate
from service.formats.encode import PORTION, Objects, Portions
from service.reconcile import Reconciled
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR, SERIES

Span = tuple[int, int]
LOOKED_UP = ("area_code", *WHO)
EPOCH = dt.date(1970, 1, 1)
TEXT_A_ROW = 500
"""Bytes that a row takes as JSON, about, until they are counted."""
BYTES_A_SERIES = 800
"""Bytes by which a series is known: its place, its people and where its rows lie."""
AT_ONCE = 500
"""Rows up to which looking through them, writing or packing them takes a few milliseconds."""


@dataclasses.dataclass(frozen=True)
class Stretch:
    """Some rows of a sheet, cut out when they are needed. Where they lie together, ``ready`` gives them as
    JSON objects, written before; ``last`` is then the last of them, where they are one series."""

    rows: int
    cut: Callable[[], pa.Table]
    ready: Callable[[], bytes] | None = None
    last: Callable[[], Stretch] | None = None

    @classmethod
    def of(cls, table: pa.Table) -> Stretch:
        """Rows that do not lie together."""
        return cls(table.num_rows, lambda: table)


@dataclasses.dataclass(frozen=True)
class Published:
    """The rows of a series (SERIES, in their order), by the stretches of the sheets they lie in."""

    stretches: tuple[Stretch, ...]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.stretches)

    @property
    def table(self) -> pa.Table:
        if len(self.stretches) == 1:
            return self.stretches[0].cut()
        return pa.concat_tables([SERIES.empty_table(), *(each.cut() for each in self.stretches)])

    def latest(self) -> Published:
        """The last row of each series."""
        lasts = [each.last() for each in self.stretches if each.last is not None]
        if len(lasts) == len(self.stretches):
            return Published(tuple(lasts))
        return Published((Stretch.of(latest(self.table)),))

    def portions(self) -> Portions:
        """The rows, to be written: those of few stretches that are ready as they are."""
        ready = [each.ready for each in self.stretches if each.ready is not None]
        is_ready = len(ready) == len(self.stretches) and self.rows <= PORTION
        written = (lambda: (make() for make in ready)) if is_ready else None
        return Portions(SERIES, self.rows, lambda: Portions.of(self.table).each(), written)


class Sheet:
    """The series of one crisis."""

    def __init__(self, crisis: str, answer: Reconciled, query: Query, reference: Reference) -> None:
        every = tabulate(answer.estimates, query, reference).combine_chunks()
        self._every = _Slices(every)
        self._own = _Slices(every.filter(begins_on(every, answer.starts.get(crisis))).combine_chunks())

    @property
    def nbytes(self) -> int:
        """The bytes that it holds, the text of its rows included, whether or not it is written yet."""
        return self._every.nbytes + self._own.nbytes

    def write(self) -> None:
        """Have the rows ready as JSON that are asked for where no beginning is named."""
        self._own.write()

    def stretches(self, query: Query) -> list[Stretch]:
        """The rows that the query takes in, in their order; its crisis, day and method are the sheet's."""
        slices = self._own if query.period_start is None else self._every
        found = slices.stretches(query)
        if isinstance(query.period_start, dt.date):
            start = query.period_start
            tables = (each.cut() for each in found)
            found = [Stretch.of(table.filter(begins_on(table, start))) for table in tables]
        return [each for each in found if each.rows]


class _Slices:
    """Rows in the order of SERIES_ORDER, and where among them each place and each series lies."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._written: Objects | None = None
        self._series: dict[tuple[str | None, ...], Span] = {}
        self._areas: dict[str, Span] = {}
        self._dates = array("i", table.column("date").cast(pa.int32()).to_pylist())  # days since the epoch
        keys = zip(*(table.column(name).to_pylist() for name in LOOKED_UP), strict=True)
        end = 0
        for key, same in groupby(keys):
            begin, end = end, end + sum(1 for _ in same)
            self._series[key] = (begin, end)
            self._areas[key[0]] = (self._areas.get(key[0], (begin, end))[0], end)

    @property
    def size(self) -> int:
        return int(self._table.num_rows)

    @property
    def nbytes(self) -> int:
        """The bytes that it holds: rows, their text, written or to be written, and where each series lies."""
        written = self._written.nbytes if self._written is not None else TEXT_A_ROW * self.size
        return int(self._table.nbytes) + written + BYTES_A_SERIES * len(self._series)

    def write(self) -> Objects:
        """The rows as JSON objects: all of them, when some are first asked for."""
        if self._written is None:
            if self.size > AT_ONCE:
                deadline.will_take_time()
            self._written = Objects(self._table)
        return self._written

    def _objects(self, span: Span) -> bytes:
        return self.write().between(*span)

    def stretches(self, query: Query) -> list[Stretch]:
        """The slices of the places asked for, without the rows that another filter leaves out."""
        if query.areas and all(is_given(query, name) for name in WHO):
            who = [getattr(query, name) for name in WHO]
            keys = ((area, *who) for area in sorted(query.areas))
            spans = [self._series[key] for key in keys if key in self._series]
            if query.period_start is None:  # then each is one series, its days in order
                return [self._series_between(span, query) for span in spans]
            return [_narrow(self._stretch(span), query, DAYS) for span in spans]
        if query.areas:
            areas = (self._areas.get(area) for area in sorted(query.areas))
            found = [self._stretch(span) for span in areas if span is not None]
        else:
            found = [self._stretch((0, self.size))]
        return [_narrow(each, query, (*WHO, *DAYS)) for each in found]

    def _series_between(self, span: Span, query: Query) -> Stretch:
        """The days asked for of one series."""
        begin, end = span
        if query.date_from:
            begin = bisect_left(self._dates, (query.date_from - EPOCH).days, begin, end)
        if query.date_to:
            end = bisect_right(self._dates, (query.date_to - EPOCH).days, begin, end)
        last = partial(self._stretch, (end - 1, end)) if begin < end else None
        return dataclasses.replace(self._stretch((begin, end)), last=last)

    def _stretch(self, span: Span) -> Stretch:
        begin, end = span
        rows = max(end - begin, 0)
        return Stretch(rows, lambda: self._table.slice(begin, rows), partial(self._objects, span))


def _narrow(stretch: Stretch, query: Query, names: Collection[str]) -> Stretch:
    """The rows that the filters called ``names`` keep (see ``selection.RULES``)."""
    if not any(is_given(query, name) for name in names):
        return stretch
    if stretch.rows > AT_ONCE:
        deadline.will_take_time()
    return Stretch.of(select(stretch.cut(), query, names))


def crises_about(
    crises: Mapping[str, Collection[str]], areas: Iterable[str], reference: Reference
) -> list[str]:
    """The crises that may be about one of these place sets, in order: those with a report about a place, one
    that it lies in, or one that lies in it. ``crises`` are those with reports about each area."""
    near = (near_areas(reference, area) for each in areas for area in each.split(AREA_SEPARATOR))
    return sorted({crisis for codes in near for code in codes for crisis in crises.get(code, ())})
