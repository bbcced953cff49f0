"""Which statements stand on which day, where a number may fall as well as rise?

The missing, the displaced and the detained are a stock: who is found is missing no more, and a later, lower
number takes nothing back. So each day of such a measure is reconciled by itself, from what stands on it: its
cells are cells of their own, with one day. This module does not know what is made of the statements.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.errors import QueryError
from service.reconcile.batches import MOST_OF_ONE, Told
from service.reconcile.claims import Claims
from service.reconcile.columns import (
    FIRST,
    LAST,
    NONE,
    OPEN,
    Column,
    Marks,
    Whole,
    key,
    numbered,
    order,
    spread,
)
from service.reconcile.counted_anew import StockCounts, next_day
from service.reconcile.increments import IncrementSums
from service.reconcile.kept import BLANK
from service.reconcile.statements import Statements, decode_origin


@dataclasses.dataclass(frozen=True)
class Layout:
    """The cells as they are reconciled: those of running totals as they are, those of stocks once for each
    day on which anything of their crisis and measure is told.

    ``cell`` is the cell that each one is, ``group`` numbers those that are reconciled together, ``until`` is
    the next such day (OPEN: none, or a running total); ``told`` are the statements, the sums, the events of
    running totals, and the sums held by cells that hold events.
    """

    cell: Whole
    group: Whole
    until: Whole
    is_answered: Marks
    told: tuple[Told, Told, Told, Told]


@dataclasses.dataclass(frozen=True)
class Stated:
    """Statements and sums about stocks, a row each: ``row`` is the place among the statements, or among the
    sums where it ``is_sum``.

    ``low`` and ``high`` are the floor and the ceiling (OPEN: none), ``is_count`` says whether it counts;
    ``counted_anew`` is the day from which what is added up no longer stands (LAST: it does, or is no sum).
    """

    row: Whole
    is_sum: Marks
    cell: Whole
    day: Whole
    origin: Whole
    weight: Whole
    low: Whole
    high: Whole
    is_count: Marks
    counted_anew: Whole


@dataclasses.dataclass(frozen=True)
class Standing:
    """How long statements and sums stand: from ``day`` until before the day ``until`` (LAST: still; that very
    day: on none).

    ``is_own`` marks those whose own origin has since stated the cell anew; a bound is ``kept_to`` by a count
    of its origin (a row; NONE: by none).
    """

    stated: Stated
    day: Whole
    until: Whole
    is_own: Marks
    kept_to: Whole


def read_standing(
    claims: Claims,
    statements: Statements,
    added: IncrementSums,
    counts: StockCounts,
    told: tuple[Told, Told, Told],
) -> Standing:
    """Return how long each of the statements and sums stands that are ``told`` about stocks."""
    own, sums, _ = (each.take(claims.cells.are_of_stocks[each.cell]) for each in told)
    row, origin = own.row, np.append(statements.origin[own.row], added.origin[sums.row])
    is_named = ~np.append(statements.is_nameless[row], added.is_nameless[sums.row])
    is_count = statements.count[row] != NONE
    some = added.take(sums.row)
    anew, _ = counts.until(some.cell, some.origin, some.day, some.is_nameless)
    is_sum = np.repeat([False, True], [len(row), len(sums.row)])
    stated = Stated(
        row=np.append(row, sums.row),
        is_sum=is_sum,
        cell=np.append(own.cell, sums.cell),
        day=np.append(own.day, sums.day),
        origin=origin,
        weight=np.where(is_named, counts.weight[decode_origin(origin)], 0),
        low=np.append(statements.low[row], added.low[sums.row]),
        high=np.append(statements.high[row], np.full(len(sums.row), OPEN)),
        is_count=np.append(is_count, added.count[sums.row] != BLANK),
        counted_anew=np.append(np.full(len(row), LAST), anew),
    )
    return find_standing(stated, counts, claims.newest)


def find_standing(stated: Stated, counts: StockCounts, newest: Whole) -> Standing:
    """Return how long each of the statements and sums about stocks stands; ``newest`` is by cell.

    It stands until a later day for which its origin counts the same cell, or bounds it anew, or another of at
    least half its weight counts it. A bound that its origin's count keeps to says nothing new and does not
    stand. What has no date stands on the newest day, where nothing about its cell has one, else on none.
    """
    cell, day, weight = stated.cell, stated.day, stated.weight
    is_dated = (newest[cell] == NONE) | (day <= newest[cell])
    by_origin = numbered(cell, stated.origin)
    of_like = 2 * by_origin + stated.is_sum
    own = np.where(
        stated.is_count & ~stated.is_sum,
        next_day(of_like, day, is_dated & stated.is_count),
        next_day(of_like, day, is_dated),
    )
    bound, count = _counts_before(stated, by_origin)
    breaks = (stated.low[bound] > stated.high[count]) | (stated.high[bound] < stated.low[count])
    np.minimum.at(own, count[breaks], day[bound[breaks]])
    others = np.where(stated.is_sum, stated.counted_anew, counts.by_others(cell, day, weight))
    until = np.minimum(own, others)
    # a sum leaves room for more: a floor above it is news, and so is how many there are at most
    leaves_room = (stated.low[bound] > stated.low[count]) | (stated.high[bound] < OPEN)
    is_news = breaks | (stated.is_sum[count] & leaves_room)
    is_kept_to = ~is_news & (until[count] > day[bound])
    kept_to = np.full(len(cell), NONE)
    kept_to[bound[is_kept_to]] = count[is_kept_to]
    never = (kept_to != NONE) | (~is_dated & np.isin(cell, cell[is_dated]))
    day = np.where(is_dated, day, newest[cell])
    return Standing(stated, day, np.where(never, day, until), own == until, kept_to)


def _counts_before(stated: Stated, by_origin: Whole) -> tuple[Whole, Whole]:
    """Return the bounds that their origin has counted the same cell before, and the last such count of
    each."""
    counts, bounds = np.flatnonzero(stated.is_count), np.flatnonzero(~stated.is_count)
    counts = counts[order(by_origin[counts], stated.day[counts])]
    keys = key(by_origin[counts], stated.day[counts])
    at = np.searchsorted(keys, key(by_origin[bounds], stated.day[bounds])) - 1
    count = np.append(counts, -1)[at]
    has_one = (at >= 0) & (by_origin[count] == by_origin[bounds])
    return bounds[has_one], count[has_one]


def lay_out(
    group: Whole,
    is_stock: Marks,
    is_answered: Marks,
    told: tuple[Told, Told, Told],
    *,
    stand: Standing,
    listed: tuple[tuple[Told, Whole], tuple[Told, Whole]],
) -> Layout:
    """Return the cells as they are reconciled; ``group``, ``is_stock`` and ``is_answered`` are by cell.

    ``stand`` says how long the statements and the sums ``told`` about stocks stand; what their events come to
    is ``listed``, in their own cells and in those that hold these, each with the days until which it stands.
    """
    stated, cells = stand.stated, np.arange(len(group))
    statements, sums, events = (each.take(~is_stock[each.cell]) for each in told)
    own, held = listed
    if not len(stated.row) and not len(own[0].row):
        totals = (statements, sums, events, held[0])
        return Layout(cells, group, np.full(len(group), OPEN), is_answered, totals)
    stands = stand.day < stand.until
    ends = stands & (stand.until < LAST)
    calendar = _Calendar.of(
        group,
        is_stock & is_answered,
        np.concatenate([stated.cell[stands], stated.cell[ends], own[0].cell]),
        np.concatenate([stand.day[stands], stand.until[ends], own[0].day]),
    )
    of_days = [
        calendar.each_day(stated.row[some], stated.cell[some], stand.day[some], stand.until[some])
        for some in (~stated.is_sum, stated.is_sum)
    ]
    of_own, of_held = (calendar.each_day(each.row, each.cell, each.day, until) for each, until in listed)
    return Layout(
        np.concatenate([cells, calendar.cell]),
        np.concatenate([group, len(group) + calendar.on]),
        np.concatenate([np.full(len(group), OPEN), calendar.following[calendar.on]]),
        np.concatenate([is_answered & ~is_stock, np.ones(len(calendar.on), np.bool_)]),
        (statements.beside(of_days[0]), sums.beside(of_days[1]).beside(of_own), events, of_held),
    )


@dataclasses.dataclass(frozen=True)
class _Calendar:
    """The days of each group (``days``: a key of both, in order), and its cells on each of them: the
    ``cell``, and the place ``on`` of its day. ``first`` is how far the number that a cell is laid out under
    lies above the place of the day."""

    group: Whole
    days: Whole
    cell: Whole
    on: Whole
    first: Whole

    @classmethod
    def of(cls, group: Whole, is_laid_out: Marks, cell: Whole, day: Whole) -> _Calendar:
        """Return the days on which anything of a group is told or ends (``cell``, ``day``), for the cells
        marked.

        Raises QueryError for more than are reconciled at once.
        """
        days = np.unique(key(group[cell], day))
        cells = np.flatnonzero(is_laid_out)
        begin, end = (np.searchsorted(days, key(group[cells], limit)) for limit in (FIRST, LAST))
        row, on = spread(begin, end)
        if len(on) > MOST_OF_ONE:
            raise QueryError(
                f"A crisis with {len(cells):,} places and groups, which have {len(on):,} days together, is "
                f"more than can be reconciled here (at most {MOST_OF_ONE:,} days).",
                fix="Hand it in as several crises, by region or by year.",
            )
        first = np.zeros(len(group), np.int64)
        first[cells] = len(group) + np.cumsum(end - begin) - end
        return cls(group, days, cells[row], on, first)

    def each_day(self, row: Whole, cell: Whole, since: Whole, until: Whole) -> Told:
        """Return rows on each of the days on which they stand."""
        start, stop = (np.searchsorted(self.days, key(self.group[cell], day)) for day in (since, until))
        of, on = spread(start, stop)
        return Told(row[of], self.first[cell][of] + on, self.days[on] - key(self.group[cell][of], 0))

    @property
    def following(self) -> Whole:
        """The next day of each one's group; OPEN after its last."""
        group = (self.days - FIRST) >> 32
        is_last = np.append(group[1:] != group[:-1], True)
        return np.where(is_last, OPEN, np.append(self.days[1:], 0) - (group << 32))


def drop_repeats(rows: dict[str, Column], is_stock: Marks) -> dict[str, Column]:
    """Of figures sorted by cell and date leave those of stocks out that say what stood the day before; and of
    a cell those that say nothing, before the first that does. ``is_stock`` is by cell."""
    said = [values for name, values in rows.items() if name not in ("date", "origins", "reports")]
    is_same = np.zeros(len(rows["cell"]), np.bool_)
    is_same[1:] = np.logical_and.reduce([values[1:] == values[:-1] for values in said])
    ends = ("low", "best", "high")
    says_any = np.logical_or.reduce([rows[name] != NONE for name in ends])
    before = np.zeros(len(is_same), np.bool_)
    before[1:] = (rows["cell"][1:] == rows["cell"][:-1]) & says_any[:-1]
    stays = ~is_stock[rows["cell"]] | (~is_same & (says_any | before))
    return {name: values[stays] for name, values in rows.items()}
