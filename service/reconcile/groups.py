"""What do the figures of a crisis, taken together, say about each of them?

The people a crisis has killed fall into groups that its cells tell apart: who died in the district, was a
woman, was counted as a civilian. A cell's toll is the sum of its groups, and figures add up exactly if some
number of people in each group, none negative, gives them all. A linear program over the groups (HiGHS) finds
where they do not, and how few and how many any cell can hold, with the figures that leave no more room.

This module knows no reports. Source of the form: the bounds of Fréchet for tables of counts from their margins,
as linear programs (Dobra and Fienberg, PNAS 2000).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from service.reconcile.lattice import Gauge, Part

Numbers = npt.NDArray[np.float64]
MISSED = 1e-7
"""By how much a figure may be missed in the arithmetic of the program."""


@dataclasses.dataclass(frozen=True)
class Groups:
    """The groups that ``cells`` tell apart: ``holds`` (cells × groups) says which cell counts which group."""

    cells: tuple[tuple[str, Part], ...]
    holds: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, cells: Sequence[tuple[str, Part]], gauge: Gauge) -> Groups:
        places = {place: gauge.codes(place) for place, _ in cells}
        codes = sorted(frozenset().union(*places.values()))
        lies = np.array([[code in places[place] for code in codes] for place, _ in cells])
        kinds = list(_kinds([part for _, part in cells], gauge))
        counts = np.array([[_counts(part, kind) for kind in kinds] for _, part in cells])
        lies, counts = np.unique(lies, axis=1), np.unique(counts, axis=1)
        holds = (lies[:, :, np.newaxis] & counts[:, np.newaxis, :]).reshape(len(cells), -1)
        holds = np.unique(holds, axis=1)
        return cls(tuple(cells), holds[:, holds.any(axis=0)])

    def open(self) -> Program:
        """A program over these groups, to be asked again and again."""
        return Program(self.holds)


@dataclasses.dataclass(frozen=True)
class _Kind:
    """People of the same populations, killed by the same party in the same stretch of days."""

    populations: frozenset[str]
    party: str
    since: object


def _kinds(parts: Sequence[Part], gauge: Gauge) -> Iterator[_Kind]:
    wanted = {population for part in parts for population in gauge.ancestors(part.population)}
    parties = sorted({part.attributed_to for part in parts} | {""})
    for root in sorted(population for population in wanted if not gauge.parents.get(population)):
        for populations in _mixtures(root, wanted, gauge):
            for party in parties:
                for since in {part.start for part in parts}:
                    yield _Kind(populations, party, since)


def _mixtures(population: str, wanted: set[str], gauge: Gauge) -> list[frozenset[str]]:
    """Every set of populations that one person of ``population`` can belong to: one of each split, or none."""
    splits: dict[str, list[str]] = {}
    for child in sorted(wanted):
        if gauge.parents.get(child) == population:
            splits.setdefault(gauge.splits.get(child) or f" {child}", []).append(child)
    choices = [
        [frozenset(), *(mixture for child in children for mixture in _mixtures(child, wanted, gauge))]
        for children in splits.values()
    ]
    return [frozenset({population}).union(*chosen) for chosen in itertools.product(*choices)]


def _counts(part: Part, kind: _Kind) -> bool:
    if part.start is None or kind.since is None:
        begun = part.start is kind.since
    else:
        begun = kind.since >= part.start  # type: ignore[operator]
    return begun and part.population in kind.populations and part.attributed_to in ("", kind.party)


@dataclasses.dataclass(frozen=True)
class Contradiction:
    """Figures that no people could give: ``lower`` and ``upper`` weigh cells (by number), and the weighted lows
    of the first exceed the weighted highs of the second."""

    lower: dict[int, float]
    upper: dict[int, float]


class Program:
    """One linear program: a variable for each group, and the shortfall of each cell's low."""

    def __init__(self, holds: npt.NDArray[np.bool_]) -> None:
        import highspy

        self._holds = holds
        self._cells, self._groups = holds.shape
        model = highspy.HighsLp()
        model.num_col_ = self._groups + self._cells
        model.num_row_ = 2 * self._cells
        model.col_cost_ = np.concatenate([np.zeros(self._groups), np.ones(self._cells)])
        model.col_lower_ = np.zeros(model.num_col_)
        model.col_upper_ = np.full(model.num_col_, np.inf)
        model.row_lower_ = np.full(model.num_row_, -np.inf)
        model.row_upper_ = np.full(model.num_row_, np.inf)
        rows, columns = np.nonzero(holds)
        # a row for the low of each cell, with its shortfall, then one for its high
        row = np.concatenate([rows, np.arange(self._cells), rows + self._cells])
        column = np.concatenate([columns, np.arange(self._cells) + self._groups, columns])
        order = np.lexsort((column, row))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.searchsorted(row[order], np.arange(model.num_row_ + 1))
        model.a_matrix_.index_ = column[order]
        model.a_matrix_.value_ = np.ones(len(row))
        self._solver = highspy.Highs()
        self._solver.silent()
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("presolve", "off")
        self._solver.passModel(model)

    def contradictions(self, low: Numbers, high: Numbers) -> Iterator[Contradiction]:
        """Why no people can give every cell at least its ``low`` and at most its ``high``; none if some can.

        One for each set of cells that share people: their shadow prices say which figures leave no room.
        """
        self._bound(low, high)
        self._solver.run()
        if self._solver.getInfo().objective_function_value <= MISSED:
            return
        prices = np.array(self._solver.getSolution().row_dual).reshape(2, self._cells) * [[1.0], [-1.0]]
        for cells in self._sharing(np.nonzero((prices > MISSED).any(axis=0))[0]):
            lower, upper = ({c: round(float(side[c]), 6) for c in cells if side[c] > MISSED} for side in prices)
            if sum(n * low[c] for c, n in lower.items()) > sum(n * high[c] for c, n in upper.items()) + MISSED:
                yield Contradiction(lower, upper)

    def _sharing(self, cells: npt.NDArray[np.int64]) -> Iterator[list[int]]:
        """``cells`` parted into sets that have groups in common."""
        apart = [([int(cell)], self._holds[cell]) for cell in cells]
        while apart:
            together, groups = apart.pop()
            while joined := [one for one in apart if (one[1] & groups).any()]:
                apart = [one for one in apart if not (one[1] & groups).any()]
                for others, more in joined:
                    together, groups = together + others, groups | more
            yield sorted(together)

    def _bound(self, low: Numbers, high: Numbers) -> None:
        rows = np.arange(2 * self._cells, dtype=np.int32)
        bottoms = np.concatenate([low, np.full(self._cells, -np.inf)])
        tops = np.concatenate([np.full(self._cells, np.inf), high])
        self._solver.changeRowsBounds(len(rows), rows, bottoms, tops)
