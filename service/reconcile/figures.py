"""Which figure do the accounts support, and from how many to how many do those who state the cell itself say?

The figure is the greatest count that a named origin stated for the cell itself, not above the weighted median
of the ends of all accounts. Where all ends of one question are at least those of another, so is the median:
it never falls with the day nor from part to whole. This module does not know reports, grades, or how sums are
closed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from service.reconcile.accounts import Accounts
from service.reconcile.columns import (
    Column,
    Marks,
    Whole,
    by_size,
    first_with_most,
    firsts,
    groups,
    key,
    least_of_groups,
    most_of_groups,
    order,
    put_most,
)
from service.reconcile.grid import Grid
from service.reconcile.kept import BLANK, BOUNDLESS, Kept
from service.reconcile.own_days import portions

OUTER_PERCENT = 10
"""The range leaves out a tenth of the weight at either end."""


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
    for cells, rows in cells_by_size(accounts.cell, shape[1]):
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
    counted = own.cell[own.count != BLANK]
    for point in (median, upper):
        point[counted] = np.where(point[counted] == BLANK, 0, point[counted])
    is_reported = np.zeros(shape[0], np.bool_)
    is_reported[own.cell] = True
    best = _counts_supported(own, median, upper)
    low, high, floor = _ranges(own, median)
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


def cells_by_size(cell: Whole, days: int) -> Iterator[tuple[Whole, Whole]]:
    """Sorted rows by how many of them a cell has: some cells, and their rows as (cells, rows of each)."""
    first = firsts(cell)
    for some, rows in by_size(first, len(cell), days):
        yield cell[first[some]], rows


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
    start = np.maximum(_first_day_of(median, cell, count), own.day[rows])
    put_most(found, cell, start, count)
    return np.maximum.accumulate(found[:, :days], axis=1)


def _first_day_of(median: Whole, cell: Whole, number: Whole) -> Whole:
    """Return the first day on which the median of each ``cell``, which only grows, is no less than a number;
    the number of days where it never is."""
    days = median.shape[1]
    first, end = np.zeros(len(cell), np.int64), np.full(len(cell), days)
    for _ in range(days.bit_length()):
        middle = (first + end) // 2
        is_below = (first < end) & (median[cell, np.minimum(middle, days - 1)] < number)
        first, end = np.where(is_below, middle + 1, first), np.where(is_below, end, middle)
    return first


def _ranges(own: Kept, median: Whole) -> tuple[Whole, Whole, Whole]:
    """The 10 % point of counts and served floors, the 90 % point of counts, and the highest served floor."""
    cells, days = median.shape
    low, high, served, least_cap, most_cap = (np.full((cells, days), BLANK) for _ in range(5))
    first = firsts(own.cell, own.origin)
    if not len(first):
        return low, high, served
    of = groups(first, len(own.cell))
    latest, verified = (np.full((len(first), days), BLANK) for _ in range(2))
    floor = np.full((len(first), days + 1), BLANK)
    is_count = own.count != BLANK
    put_most(latest, of[is_count], own.day[is_count], own.count[is_count])
    is_floor = ~is_count & (own.low > 0)
    # a floor is served from the first day on which it is not above the median
    reached = _first_day_of(median, own.cell[is_floor], own.low[is_floor])
    put_most(floor, of[is_floor], np.maximum(reached, own.day[is_floor]), own.low[is_floor])
    is_minimum = is_floor & own.is_verified
    put_most(verified, of[is_minimum], own.day[is_minimum], own.low[is_minimum])
    tables = (latest, floor[:, :days], verified)
    latest, floor, verified = (np.maximum.accumulate(table, axis=1) for table in tables)
    cell, weight = own.cell[first], own.weight[first]
    least, widest, is_closed = _widths(own, of, latest)
    heaviest = np.zeros((cells, days), np.int64)
    put_most(heaviest, cell, np.minimum.reduceat(own.day, first), weight)
    heaviest = np.maximum.accumulate(heaviest, axis=1)
    is_heavy = 2 * weight[:, np.newaxis] >= heaviest[cell]
    is_heavy &= ~_are_outweighed(floor, latest, cell, weight)
    # a floor once served stands: whoever says less of the cell later does not oppose it
    floor = np.maximum(np.maximum.accumulate(np.where(is_heavy, floor, BLANK), axis=1), verified)
    point = np.where(latest >= floor, least, floor)
    for which, rows in cells_by_size(cell, days):
        low[which] = _point(point[rows], weight[rows], OUTER_PERCENT)
        high[which] = _point(widest[rows], weight[rows], 100 - OUTER_PERCENT)
        caps = is_closed[rows]
        least_cap[which] = _point(np.where(caps, least[rows], BLANK), weight[rows], OUTER_PERCENT)
        most_cap[which] = _point(np.where(caps, widest[rows], BLANK), weight[rows], 100 - OUTER_PERCENT)
        served[which] = floor[rows].max(axis=1)
    return _capped(low, least_cap), _capped(high, most_cap), served


def _are_outweighed(floor: Whole, count: Whole, cell: Whole, weight: Whole) -> Marks:
    """Whether an origin of more than twice the weight counts fewer than a floor, to that day or later; all by
    (origin of a cell, day), ``cell`` in order."""
    found = np.zeros(floor.shape, np.bool_)
    later = np.where(count != BLANK, count, BOUNDLESS)[:, ::-1]
    cap = np.minimum.accumulate(later, axis=1)[:, ::-1]
    every = np.unique(np.concatenate([weight, 2 * weight]))
    lightness, twice = (len(every) - np.searchsorted(every, each) for each in (weight, 2 * weight))
    heaviest_first = order(cell, lightness)
    keys = key(cell, lightness)[heaviest_first]
    heavier = np.searchsorted(keys, key(cell, twice)) - np.searchsorted(cell, cell)
    for _, rows in cells_by_size(cell, floor.shape[1]):
        least = np.minimum.accumulate(cap[heaviest_first[rows]], axis=1)
        last = np.maximum(heavier[rows] - 1, 0)[:, :, np.newaxis]
        is_above = np.take_along_axis(least, last, axis=1) < floor[rows]
        found[rows] = is_above & (heavier[rows] > 0)[:, :, np.newaxis]
    return found


def _capped(values: Whole, counted: Whole) -> Whole:
    """Return values, none of them above what is ``counted`` to its day or later: that caps what can have been
    before, as it does within an account."""
    least = np.where(counted != BLANK, counted, BOUNDLESS)
    found: Whole = np.minimum(values, np.minimum.accumulate(least[:, ::-1], axis=1)[:, ::-1])
    return found


def _widths(own: Kept, of: Whole, latest: Whole) -> tuple[Whole, Whole, Marks]:
    """The ends of the wording of each origin's latest count: 630 and 770 of "about 700"; BLANK without a
    count. And whether that count leaves no room above: events added up and numbers without a date do."""
    statement = np.full(latest.shape, BLANK)
    is_count = np.flatnonzero(own.count != BLANK)
    put_most(statement, of[is_count], own.day[is_count], is_count)
    statement = np.maximum.accumulate(statement, axis=1)
    has_one = statement != BLANK
    least, widest = own.least[statement], own.widest[statement]
    widest = np.where(widest < BOUNDLESS, np.maximum(widest, latest), latest)
    is_closed = has_one & (own.high[statement] < BOUNDLESS)
    return np.where(has_one, np.minimum(least, latest), BLANK), np.where(has_one, widest, BLANK), is_closed


def _point(values: Whole, weight: Whole, percent: int) -> Whole:
    """The weighted point below which ``percent`` of the weight lies, of the values that are not BLANK."""
    sequence = np.argsort(values, axis=1, kind="stable")
    values = np.take_along_axis(values, sequence, axis=1)
    heavy = np.take_along_axis(np.broadcast_to(weight[:, :, np.newaxis], values.shape), sequence, axis=1)
    passed = np.cumsum(np.where(values == BLANK, 0, heavy), axis=1)
    total = passed[:, -1]
    at = np.argmax((100 * passed >= percent * total[:, np.newaxis]) & (values != BLANK), axis=1)
    found = np.take_along_axis(values, at[:, np.newaxis, :], axis=1)[:, 0]
    return np.where(total > 0, found, BLANK)


def close_order(grid: Grid, figures: Figures) -> None:
    """Close the order of low, best and high over days and from part to whole, in place.

    A row lifted so names the cell it was lifted from. Nameless claims are carried to nameless ones alone.
    What nobody has stated by a day is no ground for lifting what somebody has: it is kept below it instead,
    so that no figure depends on what is inferred, or on which other cells are looked at.
    """
    stated = figures.is_stated
    inferred_low, inferred_high = figures.low, figures.high
    figures.low, figures.high = (np.where(stated, values, BLANK) for values in (inferred_low, inferred_high))
    _close_stated(grid, figures)
    figures.low = np.where(stated, figures.low, inferred_low)
    figures.high = np.where(stated, figures.high, inferred_high)
    is_reported = _rows_with(stated)
    _close_inferred(grid, figures, is_reported[:, np.newaxis] & ~stated, is_reported, stated)
    if not is_reported.all():
        everyone = np.ones(len(grid), np.bool_)
        asked = np.broadcast_to(~is_reported[:, np.newaxis], stated.shape)
        _close_inferred(grid, figures, asked, everyone, ~asked)
    # an inferred low stands on where those who then state the cell give none: it was not too high before
    figures.low = np.where(figures.low == BLANK, np.maximum.accumulate(figures.low, axis=1), figures.low)


def _close_stated(grid: Grid, figures: Figures) -> None:
    """Close the order of what is stated; low and high are BLANK on all other days."""
    is_carried = ~figures.is_nameless[grid.inner] | figures.is_nameless[grid.outer]
    carried = is_carried & (grid.inner != grid.outer)
    inner, outer = grid.inner[carried], grid.outer[carried]
    _carry_forward(figures)
    if len(inner):
        first = firsts(outer)
        wholes = outer[first]
        stated = figures.is_stated[wholes]
        most = most_of_groups(figures.best, inner, first)
        has_best = figures.best[wholes] != BLANK
        raised = has_best & (most > figures.best[wholes])
        figures.best[wholes] = np.where(raised, most, figures.best[wholes])
        least = np.maximum(most_of_groups(figures.low, inner, first), most)
        lifted = stated & (least > figures.low[wholes])
        figures.low[wholes] = np.where(lifted, least, figures.low[wholes])
        source = first_with_most(np.maximum(figures.low, figures.best), inner, first)
        figures.lifted_from[wholes] = np.where(raised | lifted, source, figures.lifted_from[wholes])
    _carry_forward(figures)
    figures.best[figures.low > figures.best] = BLANK
    # high holds best before it is carried: else it could fall after a day on which it was raised
    figures.high = _high_above(figures.low, np.maximum(figures.high, figures.best), figures.high != BLANK)
    _carry_forward(figures)
    if len(inner):
        highest = most_of_groups(figures.high, inner, first)
        has_high = figures.high[wholes] != BLANK
        figures.high[wholes] = np.where(has_high, np.maximum(highest, figures.high[wholes]), BLANK)
        _carry_forward(figures)


def _high_above(low: Whole, high: Whole, closed: Marks) -> Whole:
    """Return, where ``closed``, the least high of the day or a later one that is not below the low of its own
    day; else BLANK: a low lifted above all that is said at most is open above, for it is nobody's ceiling."""
    least = np.where(closed & (high != BLANK) & (low <= high), high, BOUNDLESS)
    least = np.minimum.accumulate(least[:, ::-1], axis=1)[:, ::-1]
    found: Whole = np.where(closed & (least < BOUNDLESS), least, BLANK)
    return found


def _close_inferred(grid: Grid, figures: Figures, asked: Marks, lifting: Marks, firm: Marks) -> None:
    """Close the order of the rows ``asked`` (cells, days): lifted to the cells ``lifting`` inside them, kept
    at or below what their own cell and its wholes come to on that day or later where that is ``firm``."""
    wanted = _rows_with(asked)
    is_firm = _rows_with(firm)
    if not wanted.any():
        return
    is_carried = ~figures.is_nameless[grid.inner] | figures.is_nameless[grid.outer]
    is_own = grid.inner == grid.outer
    lifts = is_carried & lifting[grid.inner] & wanted[grid.outer] & ~is_own
    inner, outer = grid.inner[lifts], grid.outer[lifts]
    is_held = (is_carried | is_own) & wanted[grid.inner] & is_firm[grid.outer]
    holds = grid.by_inner[is_held[grid.by_inner]]
    part, whole = grid.inner[holds], grid.outer[holds]
    room_above = np.full(figures.high.shape, BOUNDLESS)
    for values, lifted_to in (
        (figures.low, np.maximum(figures.low, figures.best)),
        (figures.high, figures.high),
    ):
        if len(inner):
            first = firsts(outer)
            wholes = outer[first]
            most = np.maximum(values[wholes], most_of_groups(lifted_to, inner, first))
            may_rise = asked[wholes] & ((values[wholes] != BLANK) | (values is figures.low))
            values[wholes] = np.where(may_rise, most, values[wholes])
        carried = np.maximum.accumulate(np.where(asked, values, BLANK), axis=1)
        may_rise = asked & ((values != BLANK) | (values is figures.low))
        values[...] = np.where(may_rise, carried, values)
        if len(part):
            room = np.where(firm & (values != BLANK), values, np.iinfo(np.int64).max)
            room = np.minimum.accumulate(room[:, ::-1], axis=1)[:, ::-1]
            first = firsts(part)
            least = least_of_groups(room, whole, first)
            parts = part[first]
            values[parts] = np.where(asked[parts], np.minimum(values[parts], least), values[parts])
            if values is figures.high:
                room_above[parts] = least
    is_other = part != whole
    if is_other.any():
        # a whole that those who state it give no low leaves its parts none either
        has_none = firm & (figures.low == BLANK)
        has_none = np.logical_or.accumulate(has_none[:, ::-1], axis=1)[:, ::-1]
        part, whole = part[is_other], whole[is_other]
        first = firsts(part)
        parts = part[first]
        is_none = np.logical_or.reduceat(has_none[whole], first, axis=0) & asked[parts]
        figures.low[parts] = np.where(is_none, BLANK, figures.low[parts])
    is_closed = asked & (figures.high != BLANK)
    # the high of a later day stands no higher than the wholes of this one
    high = np.minimum(_high_above(figures.low, figures.high, is_closed), room_above)
    figures.high = np.where(asked, high, figures.high)


def _rows_with(marks: Marks) -> Marks:
    """The rows of a table in which anything is marked."""
    found: Marks = np.logical_or.reduce(marks, axis=1)
    return found


def _carry_forward(figures: Figures) -> None:
    """Carry what is said forward in days: best where there is one, low, and high where there is one."""
    figures.low = np.maximum.accumulate(figures.low, axis=1)
    figures.best = np.where(figures.best != BLANK, np.maximum.accumulate(figures.best, axis=1), BLANK)
    figures.high = np.where(figures.high != BLANK, np.maximum.accumulate(figures.high, axis=1), BLANK)
