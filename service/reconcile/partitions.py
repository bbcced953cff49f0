"""Into which sets of disjoint parts does each cell part, of the cells that count?

By its largest single places, by the populations of one split, by parties. This depends on the cells alone
and on which of them count, so it is worked out once for crises alike. This module does not know figures.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from service.reconcile.columns import NUMBERS_AT_ONCE, Marks, Whole, firsts, order, spread
from service.reconcile.grid import Block, Grid

MOST_SETS = 16
"""Of so many sets of places inside one every one is tried first, with those of them that share nobody with
it; of more, the first so many."""


@dataclasses.dataclass(frozen=True)
class Partitions:
    """Wholes, each with a set of disjoint parts of it, from ``first`` on in ``parts``.

    ``level`` rises from the smallest places up: no cell of a level holds another of it, and what is inside
    one is of a lower level. ``turn`` numbers the partitions of one whole.
    """

    whole: Whole
    level: Whole
    turn: Whole
    parts: Whole
    first: Whole

    def take(self, rows: Whole) -> Partitions:
        """Return some of the partitions, in the order of ``rows``."""
        size = np.diff(self.first, append=len(self.parts))[rows]
        _, at = spread(self.first[rows], self.first[rows] + size)
        return Partitions(
            self.whole[rows], self.level[rows], self.turn[rows], self.parts[at], np.cumsum(size) - size
        )

    @cached_property
    def steps(self) -> Sequence[Partitions]:
        """The partitions that may be raised together, one step after the other."""
        sequence = self._in_order
        first = firsts(self.level[sequence], self.turn[sequence])
        return [self.take(rows) for rows in np.split(sequence, first[1:]) if len(rows)]

    def portions(self, days: int) -> Iterator[Partitions]:
        """Yield the partitions in the order of their steps, as many as are best looked at together in tables
        of so many days."""
        sequence = self._in_order
        size = np.diff(self.first, append=len(self.parts))[sequence]
        number = np.cumsum(size) * days // NUMBERS_AT_ONCE
        for rows in np.split(sequence, np.flatnonzero(np.diff(number)) + 1):
            if len(rows):
                yield self.take(rows)

    @property
    def _in_order(self) -> Whole:
        return order(self.level, self.turn, self.whole)


def partitions_of(grid: Grid, counts: Marks, *, are_mixed: bool = False) -> Partitions:
    """Return each whole of a grid with each set of disjoint parts of it that ``counts`` marks; those whose
    parts ``are_mixed`` too: here a place, there the populations or places inside one that does not count."""
    found: list[Partitions] = []
    before = np.searchsorted(grid.block, np.arange(len(grid.blocks) + 1)).tolist()
    for number, block in enumerate(grid.blocks):
        own = counts[before[number] : before[number + 1]]
        if (which := (are_mixed, own.tobytes())) not in block.partitions:
            block.partitions[which] = partitions_of_block(block, own, are_mixed=are_mixed)
        found.append(block.partitions[which])
    if len(found) == 1:
        return found[0]
    wholes, parts = (np.array([len(getattr(each, name)) for each in found]) for name in ("whole", "parts"))
    return Partitions(
        np.concatenate([each.whole for each in found]) + np.repeat(before[:-1], wholes),
        np.concatenate([each.level for each in found]),
        np.concatenate([each.turn for each in found]),
        np.concatenate([each.parts for each in found]) + np.repeat(before[:-1], parts),
        np.concatenate([each.first for each in found]) + np.repeat(np.cumsum(parts) - parts, wholes),
    )


def partitions_of_block(block: Block, counts: Marks, *, are_mixed: bool) -> Partitions:
    """The partitions of one block, the smallest places first."""
    holders, own = block.places.holders, list(zip(block.place.tolist(), block.slice_no.tolist(), strict=True))
    depth = [len(each) for each in block.slices.holder_numbers]
    level = [-(len(holders[place]) << 16) - depth[slice_no] for place, slice_no in own]
    in_order = sorted(range(len(block)), key=lambda cell: (level[cell], cell))
    if len({tuple(each) for each in holders}) < len(holders):  # places that hold each other: one by one
        level = np.argsort(in_order).tolist()
    splits: dict[int, list[list[int]]] = {}
    for whole, split in block.slices.sums:
        splits.setdefault(whole, []).append(split)
    by_place = _single_parts(block, counts)

    inside = _Inside(block, counts, splits, are_mixed=are_mixed)
    wholes: list[int] = []
    turns: list[int] = []
    parts: list[tuple[int, ...]] = []
    for cell in in_order:
        place, slice_no = own[cell]
        apart = (tuple(by_place.get(cell, ())), *inside.parted(place, slice_no))
        several = [some for some in dict.fromkeys(apart) if len(some) > 1]
        wholes += [cell] * len(several)
        turns += range(len(several))
        parts += several
    size = np.array([len(each) for each in parts], np.int64)
    return Partitions(
        np.array(wholes, np.int64),
        np.array([level[whole] for whole in wholes], np.int64),
        np.array(turns, np.int64),
        np.array([cell for each in parts for cell in each], np.int64),
        np.cumsum(size) - size,
    )


class _Inside:
    """What counts inside a slice at a place, as sets of cells of which no two share anybody."""

    def __init__(
        self, block: Block, counts: Marks, splits: Mapping[int, list[list[int]]], *, are_mixed: bool
    ) -> None:
        self._places, self._are_mixed = block.places, are_mixed
        self._splits = splits
        self._cell = {pair: cell for pair, cell in block.number.items() if counts[cell]}
        self._later: dict[int, list[int]] = defaultdict(list)
        self._sets: dict[int, list[int]] = defaultdict(list)
        if are_mixed:
            for whole, part in block.slices.later:
                self._later[whole].append(part)
            for place in sorted({place for place, _ in self._cell if not self._places.is_single[place]}):
                for holder in self._places.holders[place]:
                    if not self._places.holds(
                        place, holder
                    ):  # "Town|its district" is no part of the district
                        self._sets[holder].append(place)
        self._found: dict[tuple[int, int], tuple[int, ...]] = {}

    def parted(self, place: int, part: int) -> Iterator[tuple[int, ...]]:
        """Yield the sets that a slice at a place parts into: by each of its splits; mixed ones by its
        largest places, with sets of places among them or without, and by its beginnings."""
        if self._are_mixed:
            yield self._of_places(self._places.children[place], part)
        for split in self._splits.get(part, []):
            yield tuple(cell for each in split for cell in self._most(place, each))
        for later in self._later[part]:
            yield self._most(place, later)
        counted = (each for each in self._sets[place] if self._most(each, part))
        sets = [*itertools.islice(counted, MOST_SETS)]
        for first in sets:
            chosen = [first]
            for other in sets:
                if all(self._places.are_disjoint(other, each) for each in chosen):
                    chosen.append(other)
            yield self._of_places([*chosen, *self._left(place, chosen)], part)

    def _most(self, place: int, part: int) -> tuple[int, ...]:
        """The cell of a slice at a place where it counts, else most of what does inside it."""
        if (place, part) in self._cell:
            return (self._cell[place, part],)
        if (place, part) not in self._found:
            self._found[place, part] = max(self.parted(place, part), key=len, default=())
        return self._found[place, part]

    def _of_places(self, places: Iterable[int], part: int) -> tuple[int, ...]:
        return tuple(cell for each in places for cell in self._most(each, part))

    def _left(self, place: int, chosen: Sequence[int]) -> Iterator[int]:
        """Yield the largest places inside one that share nobody with the sets of places ``chosen``."""
        for child in self._places.children[place]:
            if all(self._places.are_disjoint(child, each) for each in chosen):
                yield child
            elif not any(self._places.holds(each, child) for each in chosen):
                yield from self._left(child, chosen)


def _single_parts(block: Block, counts: Marks) -> dict[int, list[int]]:
    """Of each cell the largest single places inside it that are counted alike: of these no two overlap."""
    places = block.places
    found: dict[int, list[int]] = {}
    for part in np.flatnonzero(counts & np.array(places.is_single, np.bool_)[block.place]).tolist():
        own = int(block.slice_no[part])
        around = [block.number.get((holder, own)) for holder in places.holders[block.place[part]]]
        wholes = [whole for whole in around if whole is not None and whole != part]
        nearer = [whole for whole in wholes if counts[whole] and places.is_single[block.place[whole]]]
        for whole in wholes:
            if not any(
                n != whole and places.holds(int(block.place[whole]), int(block.place[n])) for n in nearer
            ):
                found.setdefault(whole, []).append(part)
    return found
