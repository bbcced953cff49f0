"""Do the figures of a crisis add up, and if not, which give way?

The same least disagreement as for one cell, over all cells and days of a crisis and measure together: what is
paid for moving a figure away from its own cell's estimate is the disagreement with its voices, and what has to
hold is that parts of a whole never exceed it, that the members of a region or a joint set together reach it,
and that a running total never falls. Where nothing conflicts nothing is solved, and every figure stays as its
cell has it.

Only figures of comparable freshness can conflict: a whole that was last counted before its parts is stale,
and gets a row of its own on the day they passed it, a floor that only parts support.

A linear program (HiGHS) over the figures that conflict: relations that are broken are added until none is.
Source of the form: coherent forecasts by reconciliation (Wickramasuriya, Athanasopoulos and Hyndman, JASA 2019),
here with least absolute deviations and inequalities, since the reports are censored and outliers abound.

This module must not know SQL, files or the clock. Invariants: whole numbers, never negative; the order of the
input never matters.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from service.reconcile.groups import Groups
from service.reconcile.lattice import Lattice

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

STAY = 0.001
"""What moving any figure by one person costs besides its voices: it keeps figures where ties would let them go."""
SLACK = 1e-6
"""By how much a relation may be missed in the arithmetic of the program."""
COMPARABLE = 0.5
"""The share of a stale total's weight that parts need to raise it (methodology, rule 3)."""


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
    stated: npt.NDArray[np.bool_]
    row: Places
    low: Numbers
    high: Numbers
    weight: Numbers


@dataclasses.dataclass(frozen=True)
class Relation:
    """What must hold: the figures of ``rows``, each times its ``sign``, together do not exceed nothing.

    A sign above 0 stands with the figures that must not be more, below 0 with those that must not be less.
    """

    rows: tuple[int, ...]
    signs: tuple[float, ...]

    @classmethod
    def of(cls, lower: Iterable[tuple[int, float]], upper: Iterable[tuple[int, float]]) -> Relation:
        """That ``lower`` does not exceed ``upper``, both figures with how often they count."""
        signs: dict[int, float] = defaultdict(float)
        for row, times in lower:
            signs[row] += times
        for row, times in upper:
            signs[row] -= times
        rows = tuple(row for row in sorted(signs) if signs[row])
        return cls(rows, tuple(signs[row] for row in rows))


@dataclasses.dataclass(frozen=True)
class Coherent:
    """What came out: figures moved, figures added for stale wholes, and the relations that made them move.

    ``best`` holds all figures, those given first, then those added, of which ``node`` and ``day`` tell where
    they stand. ``relations`` refer to the same numbering.
    """

    best: Places
    node: Places
    day: Places
    relations: tuple[Relation, ...]


def cohere(figures: Figures, over: Lattice, groups: Groups) -> Coherent:
    """The figures nearest to ``figures`` that add up. ``groups`` are those of the lattice's cells."""
    block = _Block(figures, over)
    relations: list[Relation] = []
    while fresh := block.broken() or block.contradicted(groups) or block.split():
        relations += fresh
        block.settle(fresh)
    return Coherent(
        best=np.rint(block.best).astype(np.int64),
        node=block.node,
        day=block.days[block.time],
        relations=tuple(relations),
    )


class _Block:
    """The figures as they stand while relations are added: one row each, on a grid of nodes and days."""

    def __init__(self, figures: Figures, over: Lattice) -> None:
        self._lattice = over
        self.days, self.time = np.unique(figures.day, return_inverse=True)
        self.node = figures.node
        self.best = figures.best.copy()
        self._plain = figures.best
        self._stated = figures.stated
        self._stated_rows = np.nonzero(figures.stated)[0]
        self._source = np.arange(len(figures.best))
        """The row whose voices speak for a row: itself, or the one that an added row carries on."""
        order = np.argsort(figures.row, kind="stable")
        self._voices = np.stack([figures.low, figures.high, figures.weight])[:, order]
        self._first = np.searchsorted(figures.row[order], np.arange(len(figures.best) + 1))
        self._program = _Program()
        self._moving: dict[int, dict[int, range]] = {}
        self._mover: list[int] = []
        self._way: list[int] = []

    # --- which relations are broken

    def broken(self) -> tuple[Relation, ...]:
        """Relations that do not hold, each by itself."""
        return tuple(dict.fromkeys(self._broken()))

    def contradicted(self, groups: Groups) -> tuple[Relation, ...]:
        """What no numbers of people could give, where each relation by itself holds."""
        return tuple(dict.fromkeys(self._contradicted(groups)))

    def split(self) -> tuple[Relation, ...]:
        return ()

    def _broken(self) -> Iterator[Relation]:
        """Relations of parts and wholes that do not hold; a stale whole gets its row first."""
        rows = self._rows()
        carried = np.where(rows >= 0, self.best[rows], 0.0)
        floors, ways, inner = self._floors(carried)
        over = (rows >= 0) & (inner > carried + SLACK)
        over &= _moved(np.where(over, inner, -1.0)) | _moved(rows)
        at = self._at(over, rows)
        for n, t in zip(*np.nonzero(over), strict=True):
            family = self._lattice.families[n][ways[n, t]]
            lower = ((row, 1.0) for m in family for row in self._proof(m, t, rows, floors, carried, ways))
            yield Relation.of(lower, [(at[n, t], 1.0)])
        yield from self._falls()
        yield from self._uncovered(rows, carried, floors, ways)

    def _rows(self) -> Places:
        """The row that speaks for each node on each day; -1 before its first."""
        rows = np.full((len(self._lattice.nodes), len(self.days)), -1, dtype=np.int64)
        rows[self.node, self.time] = np.arange(len(self.node))
        latest = np.maximum.accumulate(np.where(rows >= 0, np.arange(len(self.days)), -1), axis=1)
        return np.where(latest >= 0, np.take_along_axis(rows, np.maximum(latest, 0), axis=1), -1)

    def _floors(self, carried: Numbers) -> tuple[Numbers, Places, Numbers]:
        """What each node must reach on each day: its own figure or a family's sum; which family; that sum."""
        floors = carried.copy()
        inner = np.zeros_like(carried)
        ways = np.zeros(carried.shape, dtype=np.int64)
        for n, families in enumerate(self._lattice.families):
            for k, family in enumerate(families):
                total = floors[list(family)].sum(axis=0) if len(family) > 1 else floors[family[0]]
                ways[n][total > inner[n]] = k
                np.maximum(inner[n], total, out=inner[n])
            np.maximum(floors[n], inner[n], out=floors[n])
        return floors, ways, inner

    def _proof(
        self, n: int, t: int, rows: Places, floors: Numbers, carried: Numbers, ways: Places
    ) -> Iterator[int]:
        """The rows that together make a node's floor on a day."""
        if floors[n, t] <= 0:
            return
        if carried[n, t] >= floors[n, t]:
            yield int(rows[n, t])
            return
        for m in self._lattice.families[n][ways[n, t]]:
            yield from self._proof(m, t, rows, floors, carried, ways)

    def _at(self, wanted: npt.NDArray[np.bool_], rows: Places) -> dict[tuple[int, int], int]:
        """The row of each node and day wanted; made where there is none, carrying on the one before."""
        nodes, times = np.nonzero(wanted)
        found = rows[nodes, times]
        lacking = self.time[found] != times
        new = np.arange(lacking.sum()) + len(self.node)
        before = found[lacking]
        found = found.copy()
        found[lacking] = new
        self.node = np.concatenate([self.node, nodes[lacking]])
        self.time = np.concatenate([self.time, times[lacking]])
        self.best = np.concatenate([self.best, self.best[before]])
        self._plain = np.concatenate([self._plain, self._plain[before]])
        self._stated = np.concatenate([self._stated, np.zeros(len(new), dtype=np.bool_)])
        self._source = np.concatenate([self._source, self._source[before]])
        return dict(zip(zip(nodes.tolist(), times.tolist(), strict=True), found.tolist(), strict=True))

    def _falls(self) -> Iterator[Relation]:
        """Each row that is less than the one before it in its node."""
        order = np.lexsort((self.time, self.node))
        before, after = order[:-1], order[1:]
        fell = (self.node[before] == self.node[after]) & (self.best[before] > self.best[after] + SLACK)
        for earlier, later in zip(before[fell].tolist(), after[fell].tolist(), strict=True):
            yield Relation.of([(earlier, 1.0)], [(later, 1.0)])

    def _uncovered(self, rows: Places, carried: Numbers, floors: Numbers, ways: Places) -> Iterator[Relation]:
        """Each floor above all that a cover, counted at least as late, reaches."""
        if not any(self._lattice.covers):
            return
        following = self._following()
        ceilings = np.where(following >= 0, self.best[following], np.inf)
        chosen = np.full(following.shape, -1, dtype=np.int64)
        for n, covers in enumerate(self._lattice.covers):
            for k, cover in enumerate(covers):
                reached = ceilings[list(cover)].sum(axis=0)
                broken = floors[n] > reached + SLACK
                broken &= _moved(np.where(broken, floors[n] - reached, -1.0)[np.newaxis])[0]
                for t in np.nonzero(broken)[0]:
                    lower = self._proof(n, t, rows, floors, carried, ways)
                    upper = self._reach(cover, t, following, chosen)
                    yield Relation.of(((row, 1.0) for row in lower), ((row, 1.0) for row in upper))
                chosen[n][reached < ceilings[n]] = k
                np.minimum(ceilings[n], reached, out=ceilings[n])

    def _following(self) -> Places:
        """The row of each node that was counted to a day or next after it; -1 where there is none."""
        size = len(self.days)
        stated = np.full((len(self._lattice.nodes), size), -1, dtype=np.int64)
        stated[self.node[self._stated_rows], self.time[self._stated_rows]] = self._stated_rows
        nearest = np.where(stated >= 0, np.arange(size), size)
        nearest = np.minimum.accumulate(nearest[:, ::-1], axis=1)[:, ::-1]
        found = np.take_along_axis(stated, np.minimum(nearest, size - 1), axis=1)
        return np.where(nearest < size, found, -1)

    def _reach(self, cover: tuple[int, ...], t: int, following: Places, chosen: Places) -> Iterator[int]:
        """The rows whose figures together are the ceiling that a cover gives on a day."""
        for n in cover:
            if chosen[n, t] < 0:
                yield int(following[n, t])
            else:
                yield from self._reach(self._lattice.covers[n][chosen[n, t]], t, following, chosen)

    def _contradicted(self, groups: Groups) -> Iterator[Relation]:
        nodes = [self._lattice.number[cell] for cell in groups.cells]
        rows, following = self._rows()[nodes], self._following()[nodes]
        lows = np.where(rows >= 0, self.best[rows], 0.0)
        highs = np.where(following >= 0, self.best[following], np.inf)
        program = groups.open()
        for t in range(len(self.days)):
            for found in program.contradictions(lows[:, t], highs[:, t]):
                yield Relation.of(
                    ((int(rows[cell, t]), times) for cell, times in found.lower.items()),
                    ((int(following[cell, t]), times) for cell, times in found.upper.items()),
                )

    # --- the linear program

    def settle(self, relations: Sequence[Relation]) -> None:
        """Move the figures as little as agrees best with the voices, so that these and all before hold."""
        for relation in relations:
            room = -float(np.dot(self._plain[list(relation.rows)], relation.signs))
            terms = [
                (column, sign * way)
                for row, sign in zip(relation.rows, relation.signs, strict=True)
                for way, columns in self._columns(row).items()
                for column in columns
            ]
            self._program.relation(terms, room)
        moves = self._program.solve() * self._way
        self.best = self._plain + np.bincount(self._mover, weights=moves, minlength=len(self._plain))

    def _columns(self, row: int) -> dict[int, range]:
        """The columns of the program that move a figure up (+1) and down (-1)."""
        if row not in self._moving:
            self._moving[row] = {}
            for way in (-1, +1):
                columns = self._program.steps(self._segments(row, way))
                self._moving[row][way] = columns
                self._mover += [row] * len(columns)
                self._way += [way] * len(columns)
        return self._moving[row]

    def _segments(self, row: int, way: int) -> list[tuple[float, float]]:
        """(people, price of each) for moving a row up (+1) or down (-1), the cheapest first."""
        source = self._source[row]
        low, high, weight = self._voices[:, self._first[source] : self._first[source + 1]]
        start = float(self._plain[row])
        age = STAY * (1 + self.time[row] / len(self.days)) / max(start, 1.0)
        weight = weight / max(start, 1.0)
        if way > 0 and not self._stated[row]:
            return [(np.inf, COMPARABLE * float(weight[np.isfinite(high)].sum()) + age)]
        ends = np.concatenate([low, high])
        last = np.inf if way > 0 else 0.0
        stops = np.unique(ends[(ends - start) * way > 0])[::way]
        stops = stops[np.isfinite(stops)]
        marks = [start, *stops[(stops - last) * way < 0].tolist(), last]
        segments = []
        for near, far in zip(marks[:-1], marks[1:], strict=True):
            if way > 0:
                price = weight[high <= near].sum() - weight[low >= far].sum()
            else:
                price = weight[low >= near].sum() - weight[high <= far].sum()
            segments.append((abs(far - near), max(0.0, float(price)) + age))
        return [segment for segment in segments if segment[0] > 0]


def _moved(grid: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Where a row of ``grid`` differs from the day before."""
    moved = np.ones(grid.shape, dtype=np.bool_)
    moved[:, 1:] = grid[:, 1:] != grid[:, :-1]
    return moved


class _Program:
    """A linear program of steps with prices, under relations that leave so much room; it grows and is solved anew
    from where it stood."""

    def __init__(self) -> None:
        import highspy

        self._solver = highspy.Highs()
        self._solver.silent()
        self._solver.setOptionValue("threads", 1)
        self._columns = 0
        self._length: list[float] = []
        self._price: list[float] = []
        self._room: list[float] = []
        self._start: list[int] = []
        self._column: list[int] = []
        self._sign: list[float] = []

    def steps(self, segments: Sequence[tuple[float, float]]) -> range:
        """The columns of one figure's moves in one direction."""
        first = self._columns
        self._columns += len(segments)
        self._length += [length for length, _ in segments]
        self._price += [price for _, price in segments]
        return range(first, self._columns)

    def relation(self, terms: Sequence[tuple[int, float]], room: float) -> None:
        self._start.append(len(self._column))
        self._column += [column for column, _ in terms]
        self._sign += [sign for _, sign in terms]
        self._room.append(room)

    def solve(self) -> Numbers:
        """How far each step is taken at least total price."""
        count = len(self._price)
        none = np.zeros(0)
        self._solver.addCols(
            count, np.array(self._price), np.zeros(count), np.array(self._length), 0, none, none, none
        )
        self._solver.addRows(
            len(self._room),
            np.full(len(self._room), -np.inf),
            np.array(self._room),
            len(self._column),
            np.array(self._start),
            np.array(self._column),
            np.array(self._sign),
        )
        for taken in (self._length, self._price, self._room, self._start, self._column, self._sign):
            taken.clear()
        self._solver.run()
        return np.array(self._solver.getSolution().col_value)

    def want_whole(self) -> None:
        """From here on in whole people, where the cheapest solution would split a person."""
        import highspy

        every = np.arange(self._columns, dtype=np.int32)
        kinds = np.full(self._columns, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self._solver.changeColsIntegrality(len(every), every, kinds)
