"""What do the figures of a crisis, taken together, say about each of them?

The people a crisis has killed fall into groups that its cells tell apart: who died in the district, was a
woman, was counted as a civilian. A cell's toll is the sum of its groups, and figures add up exactly if some
number of people in each group, none negative, gives them all. A linear program over the groups finds where
they do not, and how few and how many any cell can hold, with the figures that leave no more room.

This module knows no reports. Source of the form: bounds for the cells of a table of counts from its margins
(Dobra and Fienberg, PNAS 2000).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from service.reconcile.lattice import Gauge, Part
from service.reconcile.solver import Numbers, Table

MISSED = 1e-7
"""By how much a figure may be missed in the arithmetic of the program."""


@dataclasses.dataclass(frozen=True)
class Groups:
    """The groups that ``cells`` tell apart: ``holds`` (cells × groups) says which cell counts which group."""

    cells: tuple[tuple[str, Part], ...]
    holds: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, cells: Sequence[tuple[str, Part]], gauge: Gauge) -> Groups:
        inside = {place: gauge.codes(place) for place, _ in cells}
        places = list(inside)
        parts = list(dict.fromkeys(part for _, part in cells))
        codes = sorted(frozenset().union(*inside.values()))
        kinds = list(_kinds(parts, gauge))
        lies = np.array([[code in inside[place] for code in codes] for place in places])
        counts = np.array([[_counts(part, kind) for kind in kinds] for part in parts])
        lies = np.unique(lies[[places.index(place) for place, _ in cells]], axis=1)
        counts = np.unique(counts[[parts.index(part) for _, part in cells]], axis=1)
        holds = (lies[:, :, np.newaxis] & counts[:, np.newaxis, :]).reshape(len(cells), -1)
        holds = np.unique(holds, axis=1)
        return cls(tuple(cells), holds[:, holds.any(axis=0)])


@dataclasses.dataclass(frozen=True)
class _Kind:
    """People of the same populations, killed by the same party in the same stretch of days."""

    populations: frozenset[str]
    party: str
    since: dt.date | None


def _kinds(parts: Sequence[Part], gauge: Gauge) -> Iterator[_Kind]:
    wanted = {population for part in parts for population in gauge.ancestors(part.population)}
    parties = sorted({part.attributed_to for part in parts} | {""})
    beginnings = sorted({part.start for part in parts}, key=str)
    for root in sorted(population for population in wanted if not gauge.parents.get(population)):
        for populations in _mixtures(root, wanted, gauge):
            for party, since in itertools.product(parties, beginnings):
                yield _Kind(populations, party, since)


def _mixtures(population: str, wanted: set[str], gauge: Gauge) -> list[frozenset[str]]:
    """Every set of populations that a person of ``population`` can belong to: of each split one or none."""
    splits: dict[str, list[str]] = {}
    for child in sorted(wanted):
        if gauge.parents.get(child) == population:
            splits.setdefault(gauge.splits.get(child) or f"{child} or not", []).append(child)
    choices = [
        [frozenset[str](), *(mixture for child in children for mixture in _mixtures(child, wanted, gauge))]
        for children in splits.values()
    ]
    return [frozenset({population}).union(*chosen) for chosen in itertools.product(*choices)]


def _counts(part: Part, kind: _Kind) -> bool:
    begun = part.start is None or kind.since is None or kind.since >= part.start
    alike = (part.start is None) == (kind.since is None)
    return begun and alike and part.population in kind.populations and part.attributed_to in ("", kind.party)


@dataclasses.dataclass(frozen=True)
class Contradiction:
    """Figures that no people could give: the lows of the cells in ``lower``, each so many times, come to more
    than the highs of those in ``upper``. Cells go by their number."""

    lower: dict[int, float]
    upper: dict[int, float]


class Adding:
    """Asks of groups, as often as wanted, whether their cells' bounds can all be kept."""

    def __init__(self, groups: Groups) -> None:
        self._holds = groups.holds
        self._table = Table(groups.holds)

    def contradictions(self, low: Numbers, high: Numbers) -> Iterator[Contradiction]:
        """Why no people can give every cell at least its ``low`` and at most its ``high``; none if some can.

        One for each set of cells that share people: their shadow prices say which figures leave no room.
        """
        missed, lows, highs = self._table.shortfall(low, high)
        if missed <= MISSED:
            return
        for cells in self._sharing(np.nonzero((lows > MISSED) | (highs > MISSED))[0]):
            lower, upper = (
                {cell: round(float(prices[cell]), 6) for cell in cells if prices[cell] > MISSED}
                for prices in (lows, highs)
            )
            least, most = ((lower, low), (upper, high))
            if _total(*least) > _total(*most) + MISSED:
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


def _total(times: dict[int, float], figures: Numbers) -> float:
    return float(sum(n * figures[cell] for cell, n in times.items()))
