"""Do the figures of a crisis add up, and if not, which give way?

The same least disagreement as for one cell, over all cells and days of a crisis and measure together: what is
paid for moving a figure away from its own cell's estimate is the disagreement with its voices, per person of
the figure. What has to hold: parts never exceed their whole, what makes up a region or a joint set reaches
it, a running total never falls, and some groups of people give all figures of a day.
Where nothing conflicts nothing is solved, and every figure stays as its cell has it.

Only figures of comparable freshness can conflict: a whole that was last counted before its parts is stale,
and gets a row of its own on the day they passed it, a floor that only parts support.

A linear program over the figures that conflict; relations that are broken are added until none is. Source of
the form: forecasts that add up (Wickramasuriya, Athanasopoulos and Hyndman, JASA 2019), here with least
absolute deviations and inequalities, since reports are censored and outliers abound.

This module must not know SQL, files or the clock. Invariants: whole numbers, never negative; the order of the
input never matters.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from service.reconcile.groups import Adding, Groups
from service.reconcile.lattice import Lattice
from service.reconcile.relations import Floors, Grid, Marks, Places, Relation, falls, moved, uncovered
from service.reconcile.solver import Numbers, Steps

STAY = 0.001
"""The price of moving any figure by its own size, besides its voices': it keeps figures where ties would let
them go, and the freshest ones longest."""
COMPARABLE = 0.5
"""The share of a stale total's weight that its parts need to raise it (methodology, rule 3)."""
SPLIT = 1e-3
"""How far from a whole number a figure may lie in the arithmetic of the program."""


@dataclasses.dataclass(frozen=True)
class Figures:
    """The figures of one crisis and measure, in any order.

    ``node`` (of the lattice), ``day`` (any whole numbers that grow with time), ``best`` (people), ``stated``
    (whether a full statement of the cell was counted to that very day); and the voices behind them: ``row``
    (place of the figure), ``low``, ``high`` (infinite: open) and ``weight``.
    """

    node: Places
    day: Places
    best: Numbers
    stated: Marks
    row: Places
    low: Numbers
    high: Numbers
    weight: Numbers


@dataclasses.dataclass(frozen=True)
class Coherent:
    """What came out: all figures, those given first, then those added for stale wholes.

    ``best``, ``node`` and ``day`` tell each; ``relations`` refer to the same numbering and all hold.
    """

    best: Places
    node: Places
    day: Places
    relations: tuple[Relation, ...]


def cohere(figures: Figures, over: Lattice, groups: Groups) -> Coherent:
    """The figures nearest to ``figures`` that add up. ``groups`` are those of the cells with figures."""
    crisis = _Crisis(figures, over, groups)
    relations: list[Relation] = []
    while fresh := crisis.broken():
        relations += fresh
        crisis.settle(fresh)
    return Coherent(
        best=np.rint(crisis.best).astype(np.int64),
        node=crisis.node,
        day=crisis.days[crisis.time],
        relations=tuple(relations),
    )


class _Crisis:
    """The figures as they stand while relations are added: a row each, given or added for a stale whole."""

    def __init__(self, figures: Figures, over: Lattice, groups: Groups) -> None:
        self._over = over
        self._cells = [over.number[cell] for cell in groups.cells]
        self._adding = Adding(groups)
        self.days, self.time = np.unique(figures.day, return_inverse=True)
        self.node = figures.node
        self.best = figures.best.copy()
        self._plain = figures.best
        self._stated = figures.stated
        self._speaker = np.arange(len(figures.best))
        """The row whose voices speak for a row: itself, or the one that an added row carries on."""
        order = np.argsort(figures.row, kind="stable")
        self._voices = np.stack([figures.low, figures.high, figures.weight])[:, order]
        self._first = np.searchsorted(figures.row[order], np.arange(len(figures.best) + 1))
        self._program = Steps()
        self._moves: dict[int, dict[int, range]] = {}
        self._mover: list[int] = []
        self._way: list[int] = []

    def broken(self) -> tuple[Relation, ...]:
        """What does not hold: relations by themselves first, then what only all together contradict."""
        found = tuple(dict.fromkeys(self._unrelated())) or tuple(dict.fromkeys(self._contradicted()))
        if not found and np.abs(self.best - np.rint(self.best)).max(initial=0.0) > SPLIT:
            self._program.in_whole_numbers()
            self.settle(())
            return self.broken()
        return found

    def _unrelated(self) -> Iterator[Relation]:
        """Broken relations of parts and wholes, and falls; a stale whole gets its row first."""
        grid = self._grid()
        floors = Floors(grid)
        latest = grid.latest(self._stated)
        added: list[tuple[int, int, int]] = []
        for n, t in zip(*(found.tolist() for found in np.nonzero(floors.exceeded())), strict=True):
            parts = list(floors.parts(n, t))
            stated, whole = int(latest[n, t]), int(grid.rows[n, t])
            if stated >= 0 and not (self.time[stated] < t and self._are_comparable(parts, stated)):
                whole = stated
            elif self.time[whole] < t:
                added.append((n, t, whole))
                whole = len(self.node) + len(added) - 1
            yield Relation.of(parts, [(whole, 1.0)])
        self._add(added)
        yield from falls(self.node, self.time, self.best)
        yield from uncovered(grid, floors)

    def _contradicted(self) -> Iterator[Relation]:
        """What no numbers of people could give, day by day."""
        grid = self._grid()
        rows, following = grid.rows[self._cells], grid.following[self._cells]
        lows, highs = grid.carried[self._cells], grid.ceilings[self._cells]
        for t in np.nonzero((moved(lows) | moved(highs)).any(axis=0))[0].tolist():
            for found in self._adding.contradictions(lows[:, t], highs[:, t]):
                yield Relation.of(
                    ((int(rows[cell, t]), times) for cell, times in found.lower.items() if lows[cell, t] > 0),
                    ((int(following[cell, t]), times) for cell, times in found.upper.items()),
                )

    def _grid(self) -> Grid:
        return Grid.of(self._over, node=self.node, day=self.time, best=self.best, stated=self._stated)

    def _are_comparable(self, parts: Sequence[tuple[int, float]], whole: int) -> bool:
        """Whether parts, on the average of their people, weigh enough to pass a whole counted before."""
        people = np.array([self.best[row] for row, _ in parts])
        weights = np.array([self._spoken(row)[2].sum() for row, _ in parts])
        _, high, weight = self._spoken(whole)
        full = weight[np.isfinite(high)].sum()
        return bool((weights * people).sum() >= COMPARABLE * full * people.sum())

    def _add(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Rows for nodes on days, each carrying on an earlier row of its node."""
        nodes, times, before = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        self.node = np.concatenate([self.node, nodes])
        self.time = np.concatenate([self.time, times])
        self.best = np.concatenate([self.best, self.best[before]])
        self._plain = np.concatenate([self._plain, self._plain[before]])
        self._stated = np.concatenate([self._stated, np.zeros(len(before), dtype=np.bool_)])
        self._speaker = np.concatenate([self._speaker, self._speaker[before]])

    def _spoken(self, row: int) -> Numbers:
        """The lows, highs and weights of the voices behind a figure."""
        speaker = self._speaker[row]
        return self._voices[:, self._first[speaker] : self._first[speaker + 1]]

    def settle(self, relations: Sequence[Relation]) -> None:
        """Move the figures as little as agrees best with the voices, so that these and all before hold."""
        for relation in relations:
            room = -float(np.dot(self._plain[list(relation.rows)], relation.signs))
            terms = [
                (step, sign * way)
                for row, sign in zip(relation.rows, relation.signs, strict=True)
                for way, steps in self._steps(row).items()
                for step in steps
            ]
            self._program.relate(terms, room)
        taken = self._program.solve() * self._way
        self.best = self._plain + np.bincount(self._mover, weights=taken, minlength=len(self._plain))

    def _steps(self, row: int) -> dict[int, range]:
        """The steps of the program that move a figure up (+1) and down (-1)."""
        if row not in self._moves:
            self._moves[row] = {way: self._program.add(self._segments(row, way)) for way in (-1, +1)}
            for way, steps in self._moves[row].items():
                self._mover += [row] * len(steps)
                self._way += [way] * len(steps)
        return self._moves[row]

    def _segments(self, row: int, way: int) -> list[tuple[float, float]]:
        """(people, price of each) for moving a figure up (+1) or down (-1), the cheapest first."""
        low, high, weight = self._spoken(row)
        start = float(self._plain[row])
        size = max(start, 1.0)
        stay = STAY * (1 + self.time[row] / len(self.days))
        if way > 0 and not self._stated[row]:
            return [(np.inf, stay / size)]  # its statements are floors by now
        ends = np.concatenate([low, high])
        ends = ends[np.isfinite(ends) & ((ends - start) * way > 0)]
        marks = [start, *np.unique(ends)[::way].tolist(), np.inf if way > 0 else 0.0]
        segments = []
        for near, far in itertools.pairwise(marks):
            behind, ahead = (high <= near, low >= far) if way > 0 else (low >= near, high <= far)
            price = max(0.0, float(weight[behind].sum() - weight[ahead].sum()))
            segments.append((abs(far - near), (price + stay) / size))
        return [(length, price) for length, price in segments if length > 0]
