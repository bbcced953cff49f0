"""Which cells of some crises lie inside which, and which parts are disjoint?

A cell is a place set and a slice: a population, an attribution and a beginning. This module does not know
what anybody said of them.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from service.reconcile.columns import FIRST, LAST, NONE, Whole, key, order, spread
from service.reference.containment import Containment

MOST_BEGINNINGS = 64
"""Up to so many beginnings hold one another."""
Slice = tuple[str, str, int]
"""Population, attribution, beginning (NONE: not known)."""
Cell = tuple[str, str, str, int]
"""Areas, population, attribution, beginning."""


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
    """Slices of a grid, by number, closed upwards: with every slice those that hold it.

    Where a file gives each day a beginning of its own, there are too many to hold each other: then the
    earliest holds all others, and these do not hold one another.
    """

    def __init__(self, stated: Iterable[Slice], containment: Containment, beginnings: Sequence[int]) -> None:
        self._containment = containment
        self._beginnings = sorted(b for b in beginnings if b != NONE)
        self.is_crowded = len(self._beginnings) > MOST_BEGINNINGS
        every = {above for each in set(stated) for above in self.holders(each)}
        self.all = sorted(every)
        self.number = {each: n for n, each in enumerate(self.all)}

    def holders(self, own: Slice) -> Iterator[Slice]:
        """Every slice that holds one, itself too: populations above it, any party, earlier beginnings."""
        population, party, begin = own
        among = self._beginnings[:1] if self.is_crowded else self._beginnings
        earlier = [b for b in among if b < begin] if begin != NONE else []
        for whole in (population, *self._containment.population_ancestors(population)):
            for whose in {party, ""}:
                for since in (begin, *earlier):
                    yield whole, whose, since

    @cached_property
    def holder_numbers(self) -> list[list[int]]:
        """Of each slice the numbers of all that hold it, itself too."""
        return [[self.number[holder] for holder in self.holders(each)] for each in self.all]

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
            for one, then in self._pairs(sorted(begins))
        ]

    def _pairs(self, begins: list[int]) -> list[tuple[int, int]]:
        if not self.is_crowded:
            return [*reversed(list(itertools.pairwise(begins)))]
        return [(begins[0], begin) for begin in reversed(begins[1:]) if begins[0] == self._beginnings[0]]

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


@dataclasses.dataclass(frozen=True, eq=False)
class Block:
    """The cells of one crisis and measure.

    ``place`` and ``slice_no`` are those of each cell; ``inner`` and ``outer`` are the cells of which one lies
    inside the other, itself included, sorted by outer.
    """

    places: Places
    slices: Slices
    place: Whole
    slice_no: Whole
    inner: Whole
    outer: Whole

    def __len__(self) -> int:
        return len(self.place)

    @classmethod
    def of(cls, cells: Sequence[Cell], containment: Containment) -> Block:
        """Return the block of some cells, in their order."""
        sets = sorted({areas for areas, *_ in cells})
        at = {areas: n for n, areas in enumerate(sets)}
        places = Places(sets, containment)
        own = [(population, party, begin) for _, population, party, begin in cells]
        slices = Slices(own, containment, sorted({begin for *_, begin in own}))
        place = np.array([at[areas] for areas, *_ in cells], np.int64)
        slice_no = np.array([slices.number[each] for each in own], np.int64)
        number = np.full((len(sets), len(slices.all)), -1)
        number[place, slice_no] = np.arange(len(cells))
        inner, outer = _pairs(place, slice_no, number, places.holders, slices.holder_numbers)
        return cls(places, slices, place, slice_no, inner, outer)

    @cached_property
    def by_inner(self) -> Whole:
        """The order of the pairs ``inner`` and ``outer`` by the cell inside; pairs of one stay by outer."""
        return order(self.inner)

    @cached_property
    def number(self) -> dict[tuple[int, int], int]:
        """The cell of a place and a slice."""
        pairs = zip(self.place.tolist(), self.slice_no.tolist(), strict=True)
        return {pair: cell for cell, pair in enumerate(pairs)}

    @cached_property
    def cones(self) -> dict[tuple[tuple[int, ...], tuple[int, ...]], Any]:
        """What ``floors`` has worked out of the order of its cells."""
        return {}

    @cached_property
    def partitions(self) -> dict[tuple[bool, bytes], Any]:
        """What ``sums`` has worked out of the order of its cells."""
        return {}


def _pairs(
    place: Whole, slice_no: Whole, number: Whole, of_place: list[list[int]], of_slice: list[list[int]]
) -> tuple[Whole, Whole]:
    """The cells of which one lies inside the other, sorted by the outer one: each cell with those whose place
    and slice hold its own."""
    whole, place_start = _end_to_end(of_place)
    above, slice_start = _end_to_end(of_slice)
    cell, at = spread(place_start[place], place_start[place + 1])
    row, then = spread(slice_start[slice_no[cell]], slice_start[slice_no[cell] + 1])
    inner, outer = cell[row], number[whole[at[row]], above[then]]
    is_known = outer >= 0
    inner, outer = inner[is_known], outer[is_known]
    sequence = order(outer, inner)
    return inner[sequence], outer[sequence]


def _end_to_end(lists: list[list[int]]) -> tuple[Whole, Whole]:
    """Lists one after the other, and where each begins and the last one ends."""
    start = np.cumsum([0, *map(len, lists)])
    return np.fromiter(itertools.chain.from_iterable(lists), np.int64, start[-1]), start


@dataclasses.dataclass(frozen=True)
class Grid:
    """The cells of some crises and measures, block after block: no cell of one holds a cell of another.

    ``block`` is that of each cell, ``place`` and ``slice_no`` are numbers of the block; ``inner`` and
    ``outer`` are as in the blocks. ``dates`` (blocks, days) are the days on which anything of a block is
    counted to. A block with fewer of them than another repeats its last one: nothing changes on it any more.
    What was counted on no day that anybody knows has a place of its own behind the newest day, and that date.
    """

    blocks: tuple[Block, ...]
    block: Whole
    place: Whole
    slice_no: Whole
    inner: Whole
    outer: Whole
    by_inner: Whole
    dates: Whole
    keys: Whole
    """Blocks and their dates in order, a number for each pair."""

    def __len__(self) -> int:
        return len(self.block)

    @classmethod
    def of(cls, blocks: Sequence[Block], block: Whole, dates: Whole, newest: Whole) -> Grid:
        """Return the grid of some blocks; ``dates`` are days that something is counted to, each of a
        ``block``, and no date is shown that is later than the ``newest`` of its block (NONE: not known)."""
        size = np.array([len(each) for each in blocks])
        pairs = np.array([len(each.inner) for each in blocks])
        from_cell, from_pair = np.cumsum(size) - size, np.cumsum(pairs) - pairs
        cells, pair_cells = np.repeat(from_cell, pairs), np.repeat(from_pair, pairs)
        keys = np.unique(key(block, dates))
        start = np.searchsorted(keys, key(np.arange(len(blocks)), FIRST))
        count = np.diff(start, append=len(keys))
        at = start[:, np.newaxis] + np.minimum(np.arange(count.max()), count[:, np.newaxis] - 1)
        return cls(
            tuple(blocks),
            np.repeat(np.arange(len(blocks)), size),
            np.concatenate([each.place for each in blocks]),
            np.concatenate([each.slice_no for each in blocks]),
            np.concatenate([each.inner for each in blocks]) + cells,
            np.concatenate([each.outer for each in blocks]) + cells,
            np.concatenate([each.by_inner for each in blocks]) + pair_cells,
            np.minimum(
                keys[at] - key(np.arange(len(blocks)), 0)[:, np.newaxis],
                np.where(newest == NONE, LAST, newest)[:, np.newaxis],
            ),
            keys,
        )

    @property
    def days(self) -> int:
        return int(self.dates.shape[1])

    def date(self, cell: Whole | int, day: Whole | int) -> Whole:
        """Return the dates at some places in the days of some cells."""
        found: Whole = self.dates[self.block[cell], day]
        return found

    def day(self, cell: Whole, date: Whole) -> Whole:
        """Return the places of dates in the days of some cells."""
        block = self.block[cell]
        return np.searchsorted(self.keys, key(block, date)) - self._start[block]

    def first_cell(self, cell: Whole) -> Whole:
        """Return where the block of each cell begins."""
        return np.searchsorted(self.block, self.block[cell])

    def wholes(self, cell: Whole) -> tuple[Whole, Whole]:
        """Return the rows of some cells, each with every cell that holds its own, itself too."""
        row, at = spread(self._above[cell], self._above[cell + 1])
        return row, self.outer[self.by_inner[at]]

    def parts(self, cell: Whole) -> tuple[Whole, Whole]:
        """Return the rows of some cells, each with every cell that lies inside its own, itself too."""
        row, at = spread(self._below[cell], self._below[cell + 1])
        return row, self.inner[at]

    def around(self, cell: int) -> Whole:
        """Return every cell that holds one, itself too."""
        return self.outer[self.by_inner[self._above[cell] : self._above[cell + 1]]]

    @cached_property
    def _start(self) -> Whole:
        """Where the dates of each block begin among the keys."""
        return np.searchsorted(self.keys, key(np.arange(len(self.blocks)), FIRST))

    @cached_property
    def _above(self) -> Whole:
        """Where the pairs of each cell inside begin and end in ``by_inner``."""
        return np.append(0, np.cumsum(np.bincount(self.inner, minlength=len(self))))

    @cached_property
    def _below(self) -> Whole:
        """Where the pairs of each cell outside begin and end."""
        return np.append(0, np.cumsum(np.bincount(self.outer, minlength=len(self))))
