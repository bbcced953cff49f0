"""Which relations between figures are broken?

Given figures on a grid of nodes and days, the relations of the lattice that do not hold: parts above their
whole, a whole above what makes it up, a running total below an earlier one. Each is told by the figures
themselves, parts of parts followed down to what was stated.

This module must not know how a broken relation is mended.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from service.reconcile.lattice import Lattice
from service.reconcile.solver import Numbers

Places = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
SLACK = 1e-6
"""By how much a relation may be missed in the arithmetic of a program."""


@dataclasses.dataclass(frozen=True)
class Relation:
    """What must hold: the figures of ``rows``, each times its sign, together come to no more than nothing.

    Above 0 the sign of a figure that must not be more, below 0 that of one that must not be less.
    """

    rows: tuple[int, ...]
    signs: tuple[float, ...]

    @classmethod
    def of(cls, lower: Iterable[tuple[int, float]], upper: Iterable[tuple[int, float]]) -> Relation:
        """That the ``lower`` figures, each so many times, do not exceed the ``upper`` ones."""
        signs: dict[int, float] = defaultdict(float)
        for row, times in lower:
            signs[row] += times
        for row, times in upper:
            signs[row] -= times
        rows = tuple(row for row in sorted(signs) if signs[row])
        return cls(rows, tuple(signs[row] for row in rows))


@dataclasses.dataclass(frozen=True)
class Grid:
    """Figures by node and day: ``rows`` says which row speaks for a node on a day (-1: none yet),
    ``following`` which was counted to that day or next after it (-1: none), ``best`` the figure of each.
    """

    over: Lattice
    best: Numbers
    rows: Places
    following: Places

    @classmethod
    def of(cls, over: Lattice, *, node: Places, day: Places, best: Numbers, stated: Marks) -> Grid:
        """The grid of rows that stand at ``node`` and ``day`` (numbered from 0), some of them ``stated``."""
        days = int(day.max()) + 1
        at = np.full((len(over.nodes), days), -1, dtype=np.int64)
        at[node, day] = np.arange(len(node))
        counted = np.full_like(at, -1)
        own = np.nonzero(stated)[0]
        counted[node[own], day[own]] = own
        latest = np.maximum.accumulate(np.where(at >= 0, np.arange(days), -1), axis=1)
        ahead = np.where(counted >= 0, np.arange(days), days)
        nearest = np.minimum.accumulate(ahead[:, ::-1], axis=1)[:, ::-1]
        return cls(over, best, _taken(at, latest), _taken(counted, np.where(nearest < days, nearest, -1)))

    def latest(self, stated: Marks) -> Places:
        """The last row of each node counted to a day or before it; -1 where there is none."""
        days = np.arange(self.rows.shape[1])
        own = np.where(self.rows >= 0, stated[self.rows], False) & moved(self.rows)
        return _taken(self.rows, np.maximum.accumulate(np.where(own, days, -1), axis=1))

    @property
    def carried(self) -> Numbers:
        """The figure of each node on each day; 0 before its first."""
        return np.where(self.rows >= 0, self.best[self.rows], 0.0)

    @property
    def ceilings(self) -> Numbers:
        """What the next count of each node says it had at most; infinite where none follows."""
        return np.where(self.following >= 0, self.best[self.following], np.inf)


def _taken(grid: Places, day: Places) -> Places:
    """The cell of ``grid`` at ``day`` of the same node; -1 where that is -1."""
    return np.where(day >= 0, np.take_along_axis(grid, np.maximum(day, 0), axis=1), -1)


def moved(grid: npt.NDArray[np.generic]) -> Marks:
    """Where the rows of ``grid`` differ from the day before; everywhere on the first day."""
    differs = np.ones(grid.shape, dtype=np.bool_)
    differs[:, 1:] = grid[:, 1:] != grid[:, :-1]
    return differs


class Floors:
    """What each node must reach on each day: its own figure, or what disjoint parts inside it sum to."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._carried = grid.carried
        self.reached = self._carried.copy()
        self.inside = np.zeros_like(self._carried)
        self._family = np.zeros(self._carried.shape, dtype=np.int64)
        for n, families in enumerate(grid.over.families):
            for k, family in enumerate(families):
                total = self.reached[list(family)].sum(axis=0) if len(family) > 1 else self.reached[family[0]]
                self._family[n][total > self.inside[n]] = k
                np.maximum(self.inside[n], total, out=self.inside[n])
            np.maximum(self.reached[n], self.inside[n], out=self.reached[n])

    def exceeded(self) -> Marks:
        """The nodes and days on which the parts newly come to more than the figure of the whole."""
        over = (self._grid.rows >= 0) & (self.inside > self._carried + SLACK)
        return over & (moved(np.where(over, self.inside, -1.0)) | moved(self._grid.rows))

    def parts(self, n: int, t: int) -> Iterator[tuple[int, float]]:
        """The rows whose figures are the sum inside a node."""
        for m in self._grid.over.families[n][self._family[n, t]]:
            yield from self.proof(m, t)

    def proof(self, n: int, t: int) -> Iterator[tuple[int, float]]:
        """The rows whose figures are what a node must reach."""
        if self._carried[n, t] >= self.reached[n, t] > 0:
            yield int(self._grid.rows[n, t]), 1.0
        elif self.reached[n, t] > 0:
            yield from self.parts(n, t)


def falls(node: Places, day: Places, best: Numbers) -> Iterator[Relation]:
    """Rows below the row before them in their node."""
    order = np.lexsort((day, node))
    before, after = order[:-1], order[1:]
    fell = (node[before] == node[after]) & (best[before] > best[after] + SLACK)
    for earlier, later in zip(before[fell].tolist(), after[fell].tolist(), strict=True):
        yield Relation.of([(earlier, 1.0)], [(later, 1.0)])


def uncovered(grid: Grid, floors: Floors) -> Iterator[Relation]:
    """What must be reached in a place, above all that a cover of it, counted at least as late, has."""
    if not any(grid.over.covers):
        return
    ceilings = grid.ceilings
    chosen = np.full(ceilings.shape, -1, dtype=np.int64)

    def reach(n: int, t: int) -> Iterator[tuple[int, float]]:
        if chosen[n, t] < 0:
            yield int(grid.following[n, t]), 1.0
        else:
            for m in grid.over.covers[n][chosen[n, t]]:
                yield from reach(m, t)

    for n, covers in enumerate(grid.over.covers):
        for k, cover in enumerate(covers):
            most = ceilings[list(cover)].sum(axis=0)
            broken = floors.reached[n] > most + SLACK
            broken &= moved(np.where(broken, floors.reached[n] - most, -1.0)[np.newaxis])[0]
            for t in np.nonzero(broken)[0].tolist():
                yield Relation.of(floors.proof(n, t), (row for m in cover for row in reach(m, t)))
            chosen[n][most < ceilings[n]] = k
            np.minimum(ceilings[n], most, out=ceilings[n])
