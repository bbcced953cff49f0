"""What does each origin say of a crisis, taken together: which interval for every cell and day?

An account's floor and its ceiling only grow with the day, and both are at least as large for a whole as for
its part. This module does not know which figure is made of the accounts.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.ceilings import account_ceilings, stated_ceilings
from service.reconcile.columns import Marks, Whole, firsts, groups, key, order
from service.reconcile.cost import begin_accounts
from service.reconcile.floors import StatedFloors, account_floors
from service.reconcile.grid import Grid
from service.reconcile.increments import IncrementSums
from service.reconcile.kept import BOUNDLESS, Kept
from service.reconcile.own_days import Portion


@dataclasses.dataclass(frozen=True)
class Accounts:
    """A row per (cell, origin) of which the origin says anything, sorted by cell: ``low``, ``high`` and
    ``standing`` (the ceilings that nobody has overtaken) have a column per day of the grid, BOUNDLESS where
    there is no ceiling."""

    cell: Whole
    origin: Whole
    weight: Whole
    is_nameless: Marks
    low: Whole
    high: Whole
    standing: Whole

    def take(self, rows: Whole | Marks) -> Accounts:
        return Accounts(**{field.name: getattr(self, field.name)[rows] for field in dataclasses.fields(self)})

    def of_portion(self, some: Portion, start: Whole) -> Accounts:
        """Return the rows of some cells, numbered from 0, on the cells' own days."""
        local, row = some.rows(start)
        return Accounts(
            local, self.origin[row], self.weight[row], self.is_nameless[row],
            some.on_own_days(self.low, row, local), some.on_own_days(self.high, row, local),
            some.on_own_days(self.standing, row, local),
        )  # fmt: skip


def accounts_of(grid: Grid, kept: Kept, held: IncrementSums) -> Accounts:
    """Return the accounts that statements amount to; ``kept`` is sorted by origin, cell and day. ``held`` are
    the sums of events in cells that hold these and that their origin does not state itself."""
    account = groups(firsts(kept.origin, grid.block[kept.cell]), len(kept.cell))
    own = firsts(account, kept.cell)
    row, above = grid.wholes(kept.cell[own])
    whose = account[own][row]
    sequence = order(whose, above)
    sequence = sequence[firsts(whose[sequence], above[sequence])]
    above, whose = above[sequence], whose[sequence]
    begin_accounts(len(above), len(grid), grid.days)
    floors = account_floors(grid, _floors_of(grid, kept, account, held), whose, above)
    own_row = np.searchsorted(key(whose, above), key(account, kept.cell))
    ceilings = account_ceilings(grid, stated_ceilings(grid, kept, floors, own_row))
    first = firsts(account)
    origin = kept.origin[first][whose]
    cell, origin = np.concatenate([above, ceilings.cell]), np.concatenate([origin, ceilings.origin])
    sequence = order(cell, origin)
    head = firsts(cell[sequence], origin[sequence])
    number = np.empty(len(cell), np.int64)
    number[sequence] = groups(head, len(cell))
    low = np.zeros((len(head), grid.days), np.int64)
    high, standing = (np.full((len(head), grid.days), BOUNDLESS) for _ in range(2))
    low[number[: len(above)]] = floors
    high[number[len(above) :]] = ceilings.table
    standing[number[len(above) :]] = ceilings.standing
    at = sequence[head]
    accounts = key(kept.origin[first], grid.block[kept.cell[first]])
    statement = first[np.searchsorted(accounts, key(origin[at], grid.block[cell[at]]))]
    found = Accounts(
        cell[at], origin[at], kept.weight[statement], kept.is_nameless[statement],
        low, np.maximum(low, high), np.maximum(low, standing),
    )  # fmt: skip
    says_any = (found.low[:, -1] > 0) | (found.high[:, 0] < BOUNDLESS)
    return found if says_any.all() else found.take(says_any)


def _floors_of(grid: Grid, kept: Kept, account: Whole, held: IncrementSums) -> StatedFloors:
    """The floors that ``kept`` states, each of an ``account``, and those of sums of events beside them."""
    own = StatedFloors(account, kept.cell, kept.day, kept.low)
    if not len(held.cell):
        return own
    first = firsts(account)
    whose = key(kept.origin[first], grid.block[kept.cell[first]])
    also = np.searchsorted(whose, key(held.origin, grid.block[held.cell]))
    beside = StatedFloors(also, held.cell, grid.day(held.cell, held.day), held.low)
    every = [
        np.concatenate([getattr(own, f.name), getattr(beside, f.name)])
        for f in dataclasses.fields(StatedFloors)
    ]
    sequence = order(every[0])
    return StatedFloors(*(values[sequence] for values in every))
