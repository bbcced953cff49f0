"""Into which sets of disjoint parts does each cell part, of the cells that count?

By its largest single places, by the populations of one split, by parties. This depends on the cells alone
and on which of them count, so it is worked out once for crises alike. This module does not know figures.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from service.reconcile.columns import Marks, Whole, order, spread
from service.reconcile.grid import Block, Grid


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

    def steps(self) -> Iterator[Partitions]:
        """Yield the partitions that may be looked at together, one step after the other."""
        sequence = order(self.level, self.turn, self.whole)
        moved = np.diff(self.level[sequence]).astype(np.bool_) | np.diff(self.turn[sequence]).astype(np.bool_)
        for rows in np.split(sequence, np.flatnonzero(moved) + 1):
            if len(rows):
                yield self.take(rows)


def partitions_of(grid: Grid, counts: Marks) -> Partitions:
    """Return each whole of a grid with each set of disjoint parts of it that ``counts`` marks."""
    found, before = [], np.searchsorted(grid.block, np.arange(len(grid.blocks) + 1)).tolist()
    for number, block in enumerate(grid.blocks):
        own = counts[before[number] : before[number + 1]]
        if (which := own.tobytes()) not in block.partitions:
            block.partitions[which] = _of_block(block, own)
        found.append(block.partitions[which])
    wholes, parts = (np.array([len(getattr(each, name)) for each in found]) for name in ("whole", "parts"))
    return Partitions(
        np.concatenate([each.whole for each in found]) + np.repeat(before[:-1], wholes),
        np.concatenate([each.level for each in found]),
        np.concatenate([each.turn for each in found]),
        np.concatenate([each.parts for each in found]) + np.repeat(before[:-1], parts),
        np.concatenate([each.first for each in found]) + np.repeat(np.cumsum(parts) - parts, wholes),
    )


def _of_block(block: Block, counts: Marks) -> Partitions:
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

    def _counted_within(place: int, part: int) -> list[int]:
        """The cell of a slice at a place where it counts, else those of its own parts that do."""
        cell = block.number.get((place, part))
        if cell is not None and counts[cell]:
            return [cell]
        return max((_all_within(place, split) for split in splits.get(part, [])), key=len, default=[])

    def _all_within(place: int, split: list[int]) -> list[int]:
        return [cell for part in split for cell in _counted_within(place, part)]

    wholes: list[int] = []
    turns: list[int] = []
    parts: list[list[int]] = []
    for cell in in_order:
        place, slice_no = own[cell]
        by_slice = [_all_within(place, split) for split in splits.get(slice_no, [])]
        several = [some for some in (by_place.get(cell, []), *by_slice) if len(some) > 1]
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
