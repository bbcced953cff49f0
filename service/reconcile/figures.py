"""Which figure do the accounts support?

The figure is the greatest count that a named origin stated for the cell itself, not above the weighted median
of the ends of all accounts. Where all ends of one question are at least those of another, so is the median:
it never falls with the day nor from part to whole. This module does not know reports, grades, or how the
order and the sums are closed.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.accounts import Accounts
from service.reconcile.columns import (
    Column,
    Marks,
    Whole,
    first_day_of,
    firsts,
    groups,
    keys_by_size,
    put_most,
)
from service.reconcile.grid import Grid
from service.reconcile.kept import BLANK, BOUNDLESS, Kept
from service.reconcile.own_days import portions
from service.reconcile.ranges import said_range


@dataclasses.dataclass
class Figures:
    """A row per cell, a column per day of the grid; BLANK where there is none.

    ``median`` is the least, ``upper`` the greatest point of least weighted distance to the accounts;
    ``lifted_from`` the cell that a row was lifted from to keep the order (BLANK: none); ``is_pushed``:
    origins that only hold the whole push below every count, or every floor, that was stated of the cell
    itself.
    """

    median: Whole
    upper: Whole
    best: Whole
    low: Whole
    high: Whole
    lifted_from: Whole
    is_pushed: Marks
    is_nameless: Marks
    """Cells of which only nobody in particular speaks."""
    is_stated: Marks
    """By cell and day, whether somebody has stated the cell by then: else its row is inferred."""
    ceiling: Whole
    """The highest "up to" that was stated of the cell itself by then; BLANK without any."""


def drop_nameless(grid: Grid, accounts: Accounts, own: Kept, is_named: Marks) -> tuple[Accounts, Kept, Marks]:
    """Leave nameless claims out wherever a named origin speaks of the cell, its parts or its wholes; return
    what is left and the cells of which only nobody in particular speaks. ``is_named`` marks cells of which it
    is known already that a named origin speaks, if on another day."""
    is_named = is_named.copy()
    is_named[own.cell[~own.is_nameless]] = True
    around = is_named.copy()
    np.logical_or.at(around, grid.outer, is_named[grid.inner])
    np.logical_or.at(around, grid.inner, is_named[grid.outer])
    return (
        accounts.take(~(accounts.is_nameless & around[accounts.cell])),
        own.take(~(own.is_nameless & around[own.cell])),
        ~around,
    )


def figure(grid: Grid, accounts: Accounts, own: Kept, is_nameless: Marks, changes: Marks) -> Figures:
    """Return the figures of all cells, each on its own: not yet closed over days, parts and sums.

    ``changes`` marks the days of each cell on which an account of it changes or somebody states it.
    """
    shape = (len(grid), grid.days)
    starts = np.arange(len(grid) + 1)
    account_start, own_start = (np.searchsorted(each.cell, starts) for each in (accounts, own))
    found: dict[str, Column] = {}
    for some in portions(changes, np.diff(account_start)):
        figures = _figure(
            some.shape,
            accounts.of_portion(some, account_start),
            own.of_portion(some, own_start),
            is_nameless[some.cell],
        )
        for field in dataclasses.fields(Figures):
            values = getattr(figures, field.name)
            if field.name not in found:
                found[field.name] = np.empty(shape[: values.ndim], values.dtype)
            found[field.name][some.cell] = some.on_all_days(values) if values.ndim > 1 else values
    return Figures(**found)


def _figure(shape: tuple[int, int], accounts: Accounts, own: Kept, is_nameless: Marks) -> Figures:
    """The figures of some cells, from 0; a table of them has that ``shape``."""
    median, upper, inferred_low, inferred_high, pushed_high = (np.full(shape, BLANK) for _ in range(5))
    for cells, rows in keys_by_size(accounts.cell, shape[1]):
        lows, highs, standing = accounts.low[rows], accounts.high[rows], accounts.standing[rows]
        lower, higher = weighted_medians(lows, highs, accounts.weight[rows])
        median[cells], upper[cells] = lower, higher
        # an inferred range too is what somebody says: the floor and the ceiling next to the median
        floors = np.where((lows > 0) & (lows <= lower[:, np.newaxis]), lows, BLANK)
        inferred_low[cells] = floors.max(axis=1)
        inferred_high[cells], pushed_high[cells] = (
            np.where(standing >= point[:, np.newaxis], standing, BOUNDLESS).min(axis=1)
            for point in (higher, lower)
        )
    # events and days that come to nobody are a count of 0, though an account without end says nothing
    counted = np.unique(own.cell[own.count != BLANK])
    for point in (median, upper):
        point[counted] = np.where(point[counted] == BLANK, 0, point[counted])
    is_reported = np.zeros(shape[0], np.bool_)
    is_reported[own.cell] = True
    best = _counts_supported(own, median, upper)
    low, high, floor = said_range(own, median)
    # origins that only hold the whole may push below every count of the cell itself
    is_pushed = (best == BLANK) & (high != BLANK)
    low = np.where(is_pushed, inferred_low, low)
    # a served floor above the count leaves only "at least"; above all counts, it is open above
    best = np.where(floor > best, BLANK, best)
    high = np.where(floor > high, BLANK, high)
    low = np.where(best != BLANK, np.minimum(np.where(low == BLANK, best, low), best), low)
    # of equal weight with the count are those who hold the whole: the range takes in how far they let it go
    low = np.where(best > median, np.minimum(low, median), low)
    low = np.maximum(low, floor)
    high = np.where((best != BLANK) & (high != BLANK), np.maximum(high, best), high)
    no_count = best == BLANK
    high = np.where(no_count & (high != BLANK), np.maximum(high, low), high)
    is_bare = no_count & (high == BLANK)
    floors = _most_stated(own, (own.count == BLANK) & (own.low > 0), own.low, shape)
    # of equal weights those who hold the whole decide, as the lower count does
    is_floor_pushed = is_bare & (low == BLANK) & (floors > median)
    at_most = np.where(is_floor_pushed, pushed_high, inferred_high)
    at_most = np.where(at_most < BOUNDLESS, at_most, BLANK)
    # "up to" is heard where nobody counts: the least that is said at most, of the cell or of what holds it
    ceiling = _most_stated(own, (own.count == BLANK) & (own.high < BOUNDLESS), own.high, shape)
    high = np.where(is_bare & (ceiling != BLANK) & (at_most >= low), at_most, high)
    # nobody states the cell: the account intervals themselves
    says_nothing = no_count & (low == BLANK) & (high == BLANK) & (ceiling == BLANK)
    is_stated = is_reported[:, np.newaxis] & ~says_nothing
    low = np.where(is_stated, low, inferred_low)
    high = np.where(~is_stated & (median != BLANK), at_most, high)
    is_pushed |= is_floor_pushed
    lifted_from = np.full(shape, BLANK)
    return Figures(
        median, upper, best, low, high, lifted_from, is_pushed, is_nameless, is_stated, ceiling
    )  # fmt: skip


def _most_stated(own: Kept, rows: Marks, values: Whole, shape: tuple[int, int]) -> Whole:
    """The most that any of the ``rows`` stated of each cell by each day, served or not; BLANK without."""
    found = np.full(shape, BLANK)
    put_most(found, own.cell[rows], own.day[rows], values[rows])
    return np.maximum.accumulate(found, axis=1)


def weighted_medians(low: Whole, high: Whole, weight: Whole) -> tuple[Whole, Whole]:
    """Return the least and the greatest point of least weighted distance to intervals: shapes (cells,
    origins, days) and weights (cells, origins); two arrays of (cells, days).

    >>> one = weighted_medians(np.array([[[5], [7]]]), np.array([[[5], [9]]]), np.array([[1, 1]]))
    >>> [each.tolist() for each in one]
    [[[5]], [[7]]]
    """
    ends = np.concatenate([low, high], axis=1).transpose(0, 2, 1)
    sequence = np.argsort(ends, axis=2, kind="stable")
    ends = np.take_along_axis(ends, sequence, axis=2)
    both = np.concatenate([weight, weight], axis=1)
    passed = np.cumsum(both[np.arange(len(both))[:, np.newaxis, np.newaxis], sequence], axis=2)
    half = weight.sum(axis=1)[:, np.newaxis, np.newaxis]  # each weight stands at two ends
    least, most = np.argmax(passed >= half, axis=2), np.argmax(passed > half, axis=2)
    return tuple(  # type: ignore[return-value]
        np.take_along_axis(ends, at[:, :, np.newaxis], axis=2)[:, :, 0] for at in (least, most)
    )


def _counts_supported(own: Kept, median: Whole, upper: Whole) -> Whole:
    """Return for each cell and day the count that the accounts support.

    It is the greatest that was ever stated and is not above the median. Where nobody gives that one any more,
    and those who count the cell weigh the same as those who only hold its whole, it is the least that
    somebody then gives, unless a later day comes to fewer.
    """
    below = _counts_below(own, median)
    first = firsts(own.cell, own.origin)
    if not len(first):
        return below
    of = groups(first, len(own.cell))
    given = np.full((len(first), median.shape[1]), BLANK)
    is_count = own.count != BLANK
    put_most(given, of[is_count], own.day[is_count], own.count[is_count])
    given = np.maximum.accumulate(given, axis=1)
    cell = own.cell[first]
    begin = firsts(cell)
    cells = cell[begin]
    is_level = (given > median[cell]) & (given <= upper[cell])
    level = np.minimum.reduceat(np.where(is_level, given, BOUNDLESS), begin, axis=0)
    stands = np.logical_or.reduceat((given == below[cell]) & (given != BLANK), begin, axis=0)
    least = np.full(len(cells), BOUNDLESS)
    for day in reversed(range(below.shape[1])):
        is_left = ~stands[:, day] & (level[:, day] < BOUNDLESS) & (level[:, day] <= least)
        chosen = np.where(is_left, level[:, day], below[cells, day])
        least = np.where(chosen != BLANK, np.minimum(least, chosen), least)
        below[cells, day] = chosen
    return below


def _counts_below(own: Kept, median: Whole) -> Whole:
    """The greatest count stated for each cell, to each day or before, not above the median."""
    days = median.shape[1]
    found = np.full((median.shape[0], days + 1), BLANK)
    rows = np.flatnonzero(own.count != BLANK)
    cell, count = own.cell[rows], own.count[rows]
    start = np.maximum(first_day_of(median, cell, count), own.day[rows])
    put_most(found, cell, start, count)
    return np.maximum.accumulate(found[:, :days], axis=1)
