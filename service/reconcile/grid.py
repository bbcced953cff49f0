"""Which cells of one crisis and measure lie inside which, and which parts are disjoint?

A cell is a place set and a slice: a population, an attribution and a beginning. This module does not know
what anybody said of them.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from service.reconcile.columns import NONE, Whole
from service.reference.containment import Containment

Slice = tuple[str, str, int]
"""Population, attribution, beginning (NONE: not known)."""


class Places:
    """The place sets of a grid, by number: which holds which, and how they part into a tree.

    A single area has at most one parent: the nearest of the other single areas that hold it. A place set or a
    region is irregular: it may overlap others, so it has no parent.
    """

    def __init__(self, sets: Sequence[str], containment: Containment) -> None:
        self.sets = tuple(sets)
        self._containment = containment
        self.is_single = [containment.is_single(areas) for areas in sets]

    @cached_property
    def holders(self) -> list[list[int]]:
        """Of each place set all that hold it, itself too."""
        return self._containment.holders(self.sets)

    @cached_property
    def parent(self) -> list[int]:
        """Of each single area the nearest single area that holds it; -1 for roots and irregular sets."""
        found = []
        for number, holders in enumerate(self.holders):
            above = [h for h in holders if h != number and self.is_single[h]]
            nearest = max(above, key=lambda h: (len(self.holders[h]), h), default=-1)
            found.append(nearest if self.is_single[number] else -1)
        return found

    @cached_property
    def children(self) -> list[list[int]]:
        """Of each place set its largest single parts: disjoint, all of its singles inside them."""
        inside: list[list[int]] = [[] for _ in self.sets]
        for number, holders in enumerate(self.holders):
            if self.is_single[number]:
                for holder in holders:
                    if holder != number:
                        inside[holder].append(number)
        return [
            [part for part in parts if self.parent[part] not in set(parts)]
            if not self.is_single[number]
            else [part for part in parts if self.parent[part] == number]
            for number, parts in enumerate(inside)
        ]

    def holds(self, whole: int, part: int) -> bool:
        return whole in self._holder_sets[part]

    @cached_property
    def _holder_sets(self) -> list[frozenset[int]]:
        return [frozenset(holders) for holders in self.holders]

    def are_disjoint(self, one: int, other: int) -> bool:
        """Whether nobody is in both."""
        return self._containment.are_disjoint(self.sets[one], self.sets[other])

    @cached_property
    def levels(self) -> list[tuple[Whole, Whole]]:
        """From the lowest parents of the tree up: the children of a level, sorted by parent, and their
        parents."""
        height = [0] * len(self.sets)
        for number in sorted(range(len(self.sets)), key=lambda n: -len(self.holders[n])):
            if self.parent[number] >= 0:
                height[self.parent[number]] = max(height[self.parent[number]], height[number] + 1)
        by_height: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, parent in enumerate(self.parent):
            if parent >= 0:
                by_height[height[parent]].append((parent, number))
        return [
            (np.array([c for _, c in sorted(pairs)]), np.array([p for p, _ in sorted(pairs)]))
            for _, pairs in sorted(by_height.items())
        ]


class Slices:
    """Slices of a grid, by number, closed upwards: with every slice those that hold it."""

    def __init__(self, stated: Iterable[Slice], containment: Containment, beginnings: Sequence[int]) -> None:
        self._containment = containment
        self._beginnings = sorted(b for b in beginnings if b != NONE)
        every = {above for each in set(stated) for above in self.holders(each)}
        self.all = sorted(every)
        self.number = {each: n for n, each in enumerate(self.all)}

    def holders(self, own: Slice) -> Iterator[Slice]:
        """Every slice that holds one, itself too: populations above it, any party, earlier beginnings."""
        population, party, begin = own
        earlier = [b for b in self._beginnings if b < begin] if begin != NONE else []
        for whole in (population, *self._containment.population_ancestors(population)):
            for whose in {party, ""}:
                for since in (begin, *earlier):
                    yield whole, whose, since

    @cached_property
    def later(self) -> list[tuple[int, int]]:
        """(slice, the same slice begun next), the latest first: the first holds the second."""
        chains: dict[tuple[str, str], list[int]] = defaultdict(list)
        for population, party, begin in self.all:
            if begin != NONE:
                chains[population, party].append(begin)
        return [
            (self.number[(*key, one)], self.number[(*key, then)])
            for key, begins in sorted(chains.items())
            for one, then in reversed(list(itertools.pairwise(sorted(begins))))
        ]

    @cached_property
    def sums(self) -> list[tuple[int, list[int]]]:
        """(whole, disjoint parts of it), so ordered that every part comes before its whole is a part.

        The parts are one population inside, the populations of one split, or the parties held responsible.
        """
        found: list[tuple[int, list[int]]] = []
        groups: dict[tuple[str, int], list[str]] = defaultdict(list)
        for population, party, begin in self.all:
            groups[party, begin].append(population)
        for (party, begin), populations in sorted(groups.items(), key=lambda g: (g[0][0] == "", g[0])):
            for population in sorted(populations, key=self._depth, reverse=True):
                whole = self.number[population, party, begin]
                parts: dict[str, list[int]] = defaultdict(list)
                for part in populations:
                    if self._containment.population_parent(part) == population:
                        parts[self._containment.split(part)].append(self.number[part, party, begin])
                for split, same in sorted(parts.items()):
                    found += [(whole, same)] if split else [(whole, [one]) for one in same]
                if not party:
                    whose = [
                        self.number[population, other, begin]
                        for other, since in sorted(groups)
                        if other and since == begin and (population, other, begin) in self.number
                    ]
                    found += [(whole, whose)] if whose else []
        return found

    def _depth(self, population: str) -> tuple[int, str]:
        return len(self._containment.population_ancestors(population)), population


@dataclasses.dataclass(frozen=True)
class Grid:
    """The cells of one crisis and measure.

    ``place`` and ``slice_no`` are those of each cell; ``inner`` and ``outer`` are the cells of which one lies
    inside the other, itself included, sorted by outer; ``days`` are the days on which anything is counted to.
    """

    places: Places
    slices: Slices
    place: Whole
    slice_no: Whole
    inner: Whole
    outer: Whole
    days: Whole

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def by_inner(self) -> Whole:
        """The order of the pairs ``inner`` and ``outer`` by the cell inside; pairs of one stay by outer."""
        return np.argsort(self.inner, kind="stable")

    @cached_property
    def holders(self) -> list[Whole]:
        """Of each cell every cell that holds it, itself too."""
        first = np.searchsorted(self.inner[self.by_inner], np.arange(1, len(self)))
        return np.split(self.outer[self.by_inner], first)

    @classmethod
    def of(
        cls, cells: Mapping[str, Sequence[str]], begins: Sequence[int], days: Whole, containment: Containment
    ) -> Grid:
        """The grid of cells given by columns: areas, population, attributed_to; and their beginnings."""
        sets = sorted(set(cells["areas"]))
        places = Places(sets, containment)
        at = {areas: n for n, areas in enumerate(sets)}
        own = list(zip(cells["population"], cells["attributed_to"], begins, strict=True))
        slices = Slices(own, containment, sorted(set(begins)))
        place = np.array([at[areas] for areas in cells["areas"]], np.int64)
        slice_no = np.array([slices.number[each] for each in own], np.int64)
        number = {pair: n for n, pair in enumerate(zip(place.tolist(), slice_no.tolist(), strict=True))}
        above = {each: [slices.number[s] for s in slices.holders(each)] for each in set(own)}
        pairs = [
            (outer, inner)
            for inner, (p, each) in enumerate(zip(place.tolist(), own, strict=True))
            for holder in places.holders[p]
            for s in above[each]
            if (outer := number.get((holder, s))) is not None
        ]
        wholes, parts = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
        return cls(places, slices, place, slice_no, parts, wholes, days)
