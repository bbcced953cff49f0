"""From how many to how many do those say who state a cell itself?

The range leaves a tenth of the weight out at either end of what its origins count and of the floors that are
served. This module must not know accounts, nor which count is the figure.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.columns import (
    Marks,
    Whole,
    first_day_of,
    firsts,
    groups,
    key,
    keys_by_size,
    order,
    put_most,
)
from service.reconcile.kept import BLANK, BOUNDLESS, Kept

OUTER_PERCENT = 10
"""The range leaves out a tenth of the weight at either end."""


def said_range(own: Kept, median: Whole) -> tuple[Whole, Whole, Whole]:
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
    reached = first_day_of(median, own.cell[is_floor], own.low[is_floor])
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
    for which, rows in keys_by_size(cell, days):
        low[which] = _point(point[rows], weight[rows], OUTER_PERCENT)
        high[which] = _point(widest[rows], weight[rows], 100 - OUTER_PERCENT)
        caps = is_closed[rows]
        least_cap[which] = _point(np.where(caps, least[rows], BLANK), weight[rows], OUTER_PERCENT)
        most_cap[which] = _point(np.where(caps, widest[rows], BLANK), weight[rows], 100 - OUTER_PERCENT)
        served[which] = floor[rows].max(axis=1)
    is_counted = np.zeros((cells, days), np.bool_)
    is_closing = is_count & (own.high < BOUNDLESS)
    is_counted[own.cell[is_closing], own.day[is_closing]] = True
    least_cap, most_cap = (np.where(is_counted, cap, BLANK) for cap in (least_cap, most_cap))
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
    for _, rows in keys_by_size(cell, floor.shape[1]):
        least = np.minimum.accumulate(cap[heaviest_first[rows]], axis=1)
        last = np.maximum(heavier[rows] - 1, 0)[:, :, np.newaxis]
        is_above = np.take_along_axis(least, last, axis=1) < floor[rows]
        found[rows] = is_above & (heavier[rows] > 0)[:, :, np.newaxis]
    return found


def _capped(values: Whole, counted: Whole) -> Whole:
    """Return values, none of them above what is ``counted`` to a later day: that caps what can have been
    before, as it does within an account."""
    later = np.full_like(values, BOUNDLESS)
    later[:, :-1] = np.where(counted != BLANK, counted, BOUNDLESS)[:, 1:]
    found: Whole = np.minimum(values, np.minimum.accumulate(later[:, ::-1], axis=1)[:, ::-1])
    return found


def _widths(own: Kept, of: Whole, latest: Whole) -> tuple[Whole, Whole, Marks]:
    """The ends of the wording of each origin's latest count: 630 and 770 of "about 700"; BLANK without a
    count. And whether that count leaves no room above: events added up and numbers without a date do. Of a
    sum and what else its origin counts by then, only the higher has a say: no list is known to be complete.
    """
    statement, added = (np.full(latest.shape, BLANK) for _ in range(2))
    is_sum = own.is_sum & (own.count != BLANK)
    put_most(added, of[is_sum], own.day[is_sum], own.count[is_sum])
    added = np.maximum.accumulate(added, axis=1)
    most = np.where(own.is_sum, latest[of, own.day], added[of, own.day])
    is_count = np.flatnonzero((own.count != BLANK) & (own.count >= most))
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
