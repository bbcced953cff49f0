"""How many do origins' accounts say at least, for every cell and day?

The most an origin has said, counted to that day or before, of the cell, of anything inside it, or of disjoint
parts of it together. Sums are exact over places, over the populations of one split, and over parties, each
inside the other; overlapping sets are never added. This module does not know of ceilings, nor does one origin
know another.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from service import effort
from service.reconcile.columns import Whole, firsts, put_most, sum_of_groups
from service.reconcile.cones import Cone, Step, cone_of
from service.reconcile.grid import Grid

MOST_FLOORS = 1 << 22
"""So many floors are worked out together: memory then grows with what is asked of them."""


@dataclasses.dataclass(frozen=True)
class StatedFloors:
    """What accounts state, sorted by ``account`` (from 0): of a ``cell``, counted to ``day`` (a place in its
    days), at least so many."""

    account: Whole
    cell: Whole
    day: Whole
    low: Whole


def account_floors(grid: Grid, stated: StatedFloors, whose: Whole, cell: Whole) -> Whole:
    """Return the floors of each account ``whose`` for a ``cell`` that holds some it states: rows of days.
    ``whose`` is in order.
    """
    cones = _cones(grid, stated)
    found = np.zeros((len(cell), grid.days), np.int64)
    for some in _portions([cone.size * grid.days for cone in cones]):
        effort.check()
        said, asked = (slice(*np.searchsorted(of, (some.start, some.stop))) for of in (stated.account, whose))
        floors = _Floors(grid, cones[some])
        account = stated.account[said] - some.start
        floors.state(account, stated.cell[said], stated.day[said], stated.low[said])
        found[asked] = floors.of(whose[asked] - some.start, cell[asked])
    return found


def _cones(grid: Grid, stated: StatedFloors) -> list[Cone]:
    """The cone of each account."""
    own = firsts(stated.account, stated.cell)
    cells = stated.cell[own]
    rows = (each[cells].tolist() for each in (grid.block, grid.place, grid.slice_no))
    spoken: dict[int, tuple[int, set[int], set[int]]] = {}
    for number, block, place, slice_no in zip(stated.account[own].tolist(), *rows, strict=True):
        _, places, slices = spoken.setdefault(number, (block, set(), set()))
        places.add(place)
        slices.add(slice_no)
    return [cone_of(grid.blocks[block], places, slices) for block, places, slices in spoken.values()]


def _portions(sizes: Sequence[int]) -> Iterator[slice]:
    """The accounts whose floors are worked out together, given how many floors each has."""
    start, size = 0, 0
    for number, own in enumerate(sizes):
        if start < number and size + own > MOST_FLOORS:
            yield slice(start, number)
            start, size = number, 0
        size += own
    if sizes:
        yield slice(start, len(sizes))


class _Floors:
    """The floors of some accounts, numbered from 0."""

    def __init__(self, grid: Grid, cones: Sequence[Cone]) -> None:
        self._grid, self._cones = grid, cones
        size = np.array([cone.size for cone in cones])
        self._begin = np.cumsum(size) - size
        self._table = np.zeros((size.sum(), grid.days), np.int64)
        start, rows = {}, 0
        for cone in dict.fromkeys(cones):
            start[cone], rows = rows, rows + cone.row.size
        self._row = np.concatenate([cone.row.ravel() for cone in start])
        self._from = np.array([start[cone] for cone in cones])
        self._places = np.array([cone.row.shape[1] for cone in cones])

    def _rows(self, account: Whole, cell: Whole) -> Whole:
        grid = self._grid
        at = self._from[account] + grid.slice_no[cell] * self._places[account] + grid.place[cell]
        found: Whole = self._begin[account] + self._row[at]
        return found

    def of(self, account: Whole, cell: Whole) -> Whole:
        """Return the floors of accounts for cells of their cones, a row for each pair."""
        return self._table[self._rows(account, cell)]

    def state(self, account: Whole, cell: Whole, day: Whole, low: Whole) -> None:
        """Take in what accounts state: of a cell, counted to a day, at least so many."""
        table = self._table
        put_most(table, self._rows(account, cell), day, low)
        np.maximum.accumulate(table, axis=1, out=table)
        for step in self._steps():
            together = sum_of_groups(table, step.parts, step.first)
            if len(step.of) < len(together):
                together = np.maximum.reduceat(together, step.of)
            table[step.wholes] = np.maximum(table[step.wholes], together)

    def _steps(self) -> Iterator[Step]:
        """The steps of all cones, side by side."""
        for number in range(max(len(cone.steps) for cone in self._cones)):
            having = [account for account, cone in enumerate(self._cones) if number < len(cone.steps)]
            yield _side_by_side([self._cones[a].steps[number] for a in having], self._begin[having])


def _side_by_side(steps: Sequence[Step], begin: Whole) -> Step:
    """Steps as one, each for rows that begin at the number beside it."""
    wholes, parts, first = (
        np.array([len(getattr(step, name)) for step in steps]) for name in ("wholes", "parts", "first")
    )
    return Step(
        np.concatenate([step.wholes for step in steps]) + np.repeat(begin, wholes),
        np.concatenate([step.parts for step in steps]) + np.repeat(begin, parts),
        np.concatenate([step.first for step in steps]) + np.repeat(np.cumsum(parts) - parts, first),
        np.concatenate([step.of for step in steps]) + np.repeat(np.cumsum(first) - first, wholes),
    )
