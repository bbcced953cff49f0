"""How many does an origin's account say at most, for every cell and day?

The least it says of the cell or of anything that holds it, counted to that day or later. After its day a
count stays a ceiling until it is overtaken: wholly, from the day its own origin's floor for that cell exceeds
it by more than a tenth; loosely, from the day that floor exceeds it at all, or another named origin of at
least half its weight gives one above it, counted to a later day: then it leaves room for that. This module
does not know how figures are chosen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from service.reconcile.columns import (
    NUMBERS_AT_ONCE,
    Whole,
    by_size,
    firsts,
    fold,
    groups,
    key,
    least_of_groups,
    order,
    put_least,
    put_most,
)
from service.reconcile.grid import Grid
from service.reconcile.kept import BLANK, BOUNDLESS, STATED, Kept

TENTH = 10
"""An origin that says at least so many, and not a tenth more than it had counted, has not counted anew."""
LOOSE_TIMES, LOOSE_MORE = 2, 10
"""A count that is overtaken loosely allows for up to twice as many and ten more; for what others count, no
further than for that."""


@dataclasses.dataclass(frozen=True)
class Ceilings:
    """The ceilings that hold for each (origin, cell) where one is stated, a row each: ``table[row, day]``;
    ``standing`` without those that are overtaken, for what these leave room for nobody has said."""

    origin: Whole
    cell: Whole
    table: Whole
    standing: Whole


def stated_ceilings(grid: Grid, kept: Kept, floors: Whole, own: Whole) -> Ceilings:
    """Return the ceilings of the cells that origins counted.

    ``kept`` is sorted by origin and cell; ``own`` is for each statement the row of ``floors`` (rows, days)
    that is its origin's for the cell.
    """
    kept = dataclasses.replace(kept, high=_with_undated(kept, floors, own))
    counts = np.flatnonzero(kept.high < BOUNDLESS)
    days = grid.days
    count = kept.take(counts)
    says_more = _first_days_above(floors, own[counts], count.high)
    counts_anew = _first_days_above(floors, own[counts], count.high + count.high // TENTH)
    first = firsts(count.origin, count.cell)
    row = groups(first, len(counts))
    table = np.full((len(first), days + 1), BOUNDLESS)
    open_still = np.flatnonzero(says_more > count.day + 1)
    until = says_more.copy()
    for some, above in _overtaking(grid, kept, count.take(open_still)):
        is_loose = (above > 0) & (np.arange(days) < says_more[open_still[some], np.newaxis])
        loose = np.flatnonzero(is_loose.any(axis=1))
        rows, is_loose = open_still[some[loose]], is_loose[loose]
        until[rows] = is_loose.argmax(axis=1)
        loosened = np.minimum(above[loose], LOOSE_TIMES * count.high[rows, np.newaxis] + LOOSE_MORE)
        fold(np.minimum, table[:, 1:], row[rows], np.where(is_loose, loosened, BOUNDLESS))
    # a ceiling holds for every day before it is overtaken: put down on the last of these, carried backward
    put_least(table, row, until, count.high)
    standing = np.full(table.shape, BOUNDLESS)
    put_least(standing, row, until, count.high)
    still = np.flatnonzero(counts_anew > says_more)
    put_least(table, row[still], counts_anew[still], LOOSE_TIMES * count.high[still] + LOOSE_MORE)
    table, standing = (np.minimum.accumulate(t[:, ::-1], axis=1)[:, ::-1][:, 1:] for t in (table, standing))
    return Ceilings(count.origin[first], count.cell[first], table, standing)


def _with_undated(kept: Kept, floors: Whole, own: Whole) -> Whole:
    """Return the highest that each statement leaves room for, where a number without a date that overtakes
    its own origin's count stands in its place: it would else leave room for any number."""
    is_closed = kept.high < BOUNDLESS
    overtaken = _first_days_above(floors, own[is_closed], kept.high[is_closed])
    is_undated = ~is_closed & (kept.count != BLANK) & (kept.made_of == STATED)
    is_next = is_undated & np.isin(key(own, kept.day), key(own[is_closed], overtaken))
    return np.where(is_next, kept.count, kept.high)


def account_ceilings(grid: Grid, ceilings: Ceilings) -> Ceilings:
    """Return the ceilings of every cell that they hold for: those of anything that holds it."""
    row, inner = grid.parts(ceilings.cell)
    sequence = order(ceilings.origin[row], inner)
    row, inner = row[sequence], inner[sequence]
    origin = ceilings.origin[row]
    first = firsts(origin, inner)
    if not len(first):
        return Ceilings(origin, inner, ceilings.table[:0], ceilings.standing[:0])
    table = least_of_groups(ceilings.table, row, first)
    all_stand = ceilings.standing is ceilings.table
    standing = table if all_stand else least_of_groups(ceilings.standing, row, first)
    return Ceilings(origin[first], inner[first], table, standing)


def _first_days_above(values: Whole, row: Whole, count: Whole) -> Whole:
    """Return for each ``count`` the first day on which the rising values of its row exceed it; the number of
    days where none does."""
    found = np.empty(len(count), np.int64)
    at_once = NUMBERS_AT_ONCE // values.shape[1] + 1
    for start in range(0, len(count), at_once):
        some = slice(start, start + at_once)
        found[some] = (values[row[some]] <= count[some, np.newaxis]).sum(axis=1)
    return found


def _overtaking(grid: Grid, kept: Kept, count: Kept) -> Iterator[tuple[Whole, Whole]]:
    """Yield, a few counts at a time, which of them are overtaken by others, and what had overtaken each by
    each day (0: nothing yet): the highest floor above it, counted to a later day, that another named origin
    of at least half its weight gives for its cell or anything inside it.

    Its own origin's floors are among those looked at, and change nothing: until one of them exceeds a count
    none of them is above it, and from then on it leaves room for twice and ten, or for any number.
    """
    days = grid.days
    highest, row = _highest_floors(grid, kept, count)
    is_open = row >= 0
    is_open[is_open] = highest.max(axis=1)[row[is_open]] > count.high[is_open]
    open_still = np.flatnonzero(is_open)
    for some in np.array_split(open_still, len(open_still) * days // NUMBERS_AT_ONCE + 1):
        above = highest[row[some]]
        above[(above <= count.high[some, np.newaxis]) | (np.arange(days) <= count.day[some, np.newaxis])] = 0
        yield some, np.maximum.accumulate(above, axis=1, out=above)


def _highest_floors(grid: Grid, kept: Kept, count: Kept) -> tuple[Whole, Whole]:
    """Return a table (rows, days) of the highest floors that are given for a cell on each day by origins of
    some weight or more, and for each count the row of its cell and half its weight; -1 without any."""
    floors, table = _floors_inside(grid, kept, np.unique(count.cell))
    lightest_first = np.unique(np.concatenate([2 * floors.weight, count.weight]))
    lightness, needed = (
        len(lightest_first) - np.searchsorted(lightest_first, weight)
        for weight in (2 * floors.weight, count.weight)
    )
    heaviest_first = order(floors.cell, lightness)
    table = table[heaviest_first]
    cell = floors.cell[heaviest_first]
    for _, rows in by_size(firsts(cell), len(cell), grid.days):
        table[rows] = np.maximum.accumulate(table[rows], axis=1)
    row = np.searchsorted(key(cell, lightness[heaviest_first]), key(count.cell, needed), side="right") - 1
    has_any = (row >= 0) & (np.append(cell, BLANK)[row] == count.cell)
    return table, np.where(has_any, row, -1)


def _floors_inside(grid: Grid, kept: Kept, wanted: Whole) -> tuple[Kept, Whole]:
    """Return what each named origin says of the wanted cells and of anything inside them on each day: a row
    per (cell, origin), sorted, and a table of days."""
    is_wanted = np.zeros(len(grid), np.bool_)
    is_wanted[wanted] = True
    floors = kept.take(np.flatnonzero(~kept.is_nameless & (kept.low > 0)))
    row, whole = grid.wholes(floors.cell)
    row, whole = row[is_wanted[whole]], whole[is_wanted[whole]]
    sequence = order(whole, floors.origin[row])
    row, whole = row[sequence], whole[sequence]
    first = firsts(whole, floors.origin[row])
    table = np.zeros((len(first), grid.days), np.int64)
    put_most(table, groups(first, len(row)), floors.day[row], floors.low[row])
    return dataclasses.replace(floors.take(row[first]), cell=whole[first]), table
