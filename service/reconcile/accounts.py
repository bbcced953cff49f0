"""What does one origin say of a crisis, taken together: which interval for every cell and day?

An account's floor and its ceiling only grow with the day, and both are at least as large for a whole as for
its part. This module does not know which figure is made of the accounts.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.ceilings import account_ceilings, stated_ceilings
from service.reconcile.columns import Marks, Whole, firsts, order
from service.reconcile.floors import Floors, account_floors
from service.reconcile.grid import Grid
from service.reconcile.kept import BOUNDLESS, Kept


@dataclasses.dataclass(frozen=True)
class Accounts:
    """A row per (cell, origin) of which the origin says anything, sorted by cell: ``low`` and ``high`` have a
    column per day of the grid, BOUNDLESS where there is no ceiling."""

    cell: Whole
    origin: Whole
    weight: Whole
    is_nameless: Marks
    low: Whole
    high: Whole

    def take(self, rows: Whole | Marks) -> Accounts:
        return Accounts(**{field.name: getattr(self, field.name)[rows] for field in dataclasses.fields(self)})


def accounts_of(grid: Grid, kept: Kept) -> Accounts:
    """Return the accounts that statements amount to; ``kept`` is sorted by origin, cell and day."""
    days = len(grid.days)
    first = firsts(kept.origin)
    stop = np.append(first[1:], len(kept.origin))[: len(first)]
    own_floor = np.zeros(((kept.high < BOUNDLESS).sum(), days), np.int64)
    cells, origins, lows, filled = [], [], [], 0
    holders = grid.holders
    for begin, end in zip(first.tolist(), stop.tolist(), strict=True):
        rows = np.arange(begin, end)
        floors = account_floors(grid, kept.cell[rows], kept.day[rows], kept.low[rows])
        closed = rows[kept.high[rows] < BOUNDLESS]
        own_floor[filled : filled + len(closed)] = _floor_rows(grid, floors, kept.cell[closed])
        filled += len(closed)
        above = np.unique(np.concatenate([holders[cell] for cell in np.unique(kept.cell[rows]).tolist()]))
        cells.append(above)
        origins.append(np.full(len(above), kept.origin[begin]))
        lows.append(floors.of(grid, above))
    ceilings = account_ceilings(grid, stated_ceilings(grid, kept, own_floor))
    cell = np.concatenate([*cells, ceilings.cell])
    origin = np.concatenate([*origins, ceilings.origin])
    sequence = order(cell, origin)
    head = firsts(cell[sequence], origin[sequence])
    number = np.empty(len(cell), np.int64)
    number[sequence] = np.repeat(np.arange(len(head)), np.diff(head, append=len(cell)))
    low = np.zeros((len(head), days), np.int64)
    high = np.full((len(head), days), BOUNDLESS)
    from_floors = sum(map(len, cells))
    if from_floors:
        low[number[:from_floors]] = np.concatenate(lows)
    high[number[from_floors:]] = ceilings.table
    at = sequence[head]
    by_origin = dict(zip(kept.origin[first].tolist(), first.tolist(), strict=True))
    statement = np.array([by_origin[o] for o in origin[at].tolist()], np.intp)
    found = Accounts(
        cell[at], origin[at], kept.weight[statement], kept.is_nameless[statement], low, np.maximum(low, high)
    )
    return found.take((found.low[:, -1] > 0) | (found.high[:, 0] < BOUNDLESS))


def _floor_rows(grid: Grid, floors: Floors, cell: Whole) -> Whole:
    """The floors of the cells of some statements, sorted by cell."""
    if not len(cell):
        return np.zeros((0, len(grid.days)), np.int64)
    first = firsts(cell)
    return np.repeat(floors.of(grid, cell[first]), np.diff(first, append=len(cell)), axis=0)
