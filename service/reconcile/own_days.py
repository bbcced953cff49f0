"""On which days does anything of a cell change?

What is worked out of a cell alone is worked out on its own days; on all days between it is what it was on the
last of them. A crisis is told of on hundreds of days, one of its places on a few. This module does not know
what is worked out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from service.reconcile.columns import NUMBERS_AT_ONCE, Column, Marks, Whole, order, spread


@dataclasses.dataclass(frozen=True)
class Portion:
    """Some cells, by their ``cell``, and their own days: ``day`` are places in the grid's days, (cells, own
    days), the last one repeated where others have more; ``place`` says which own day stands for each day of
    the grid, (cells, days)."""

    cell: Whole
    day: Whole
    place: Whole

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.cell), self.day.shape[1]

    def rows(self, start: Whole) -> tuple[Whole, Whole]:
        """Return the rows of these cells in a table sorted by cell, in which that of cell n begins at
        ``start[n]`` and ends at ``start[n + 1]``: which of these cells, from 0, and the row."""
        return spread(start[self.cell], start[self.cell + 1])

    def on_own_days(self, table: Column, row: Whole, local: Whole) -> Column:
        """Return ``row`` of a table with a column for each day of the grid, each on its ``local`` cell's own
        days."""
        found: Column = table[row[:, np.newaxis], self.day[local]]
        return found

    def on_all_days(self, table: Column) -> Column:
        """Return a table of own days as one with a column for each day of the grid."""
        return np.take_along_axis(table, self.place, axis=1)


def portions(changes: Marks, rows: Whole) -> Iterator[Portion]:
    """Yield cells with about as many own days, some at a time: what is worked out of them stays within the
    processor's cache. ``changes`` marks their own days, (cells, days), the first of which is always one;
    ``rows`` is how many rows each has in the tables at hand."""
    count = changes.sum(axis=1)
    sequence = order(count)
    number = np.cumsum((rows[sequence] + 1) * count[sequence]) // NUMBERS_AT_ONCE
    cuts = np.flatnonzero(np.diff(number)) + 1
    for some in np.split(sequence, cuts) if len(sequence) else ():
        cells = np.sort(some)
        mine, width = changes[cells], int(count[some[-1]])
        place = np.cumsum(mine, axis=1) - 1
        local, day = np.nonzero(mine)
        own = np.zeros((len(cells), width), np.int64)
        own[local, place[local, day]] = day
        yield Portion(cells, np.maximum.accumulate(own, axis=1), place)


def days_of_change(tables: tuple[Column, ...], cell: Whole, cells: int) -> Marks:
    """Mark the first day of each of so many cells, and those on which a row of its own differs from the day
    before in any of the ``tables``."""
    days = tables[0].shape[1]
    found = np.zeros((cells, days), np.bool_)
    found[:, 0] = True
    for table in tables:
        row, day = np.nonzero(table[:, 1:] != table[:, :-1])
        found[cell[row], day + 1] = True
    return found
