"""What do the counts of an origin come to that it ended and began anew?

Where its last count of a cell ends before its count of the same people with a later beginning starts, the two
share nobody: the earlier cell has at least both together. This module must not know of other origins.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from service.reconcile.columns import NONE, Whole
from service.reconcile.grid import Grid
from service.reconcile.kept import BLANK, BOUNDLESS, OF_COUNTS, Kept

Said = list[tuple[int, int, int]]
"""Of one cell (day, at least so many, row of the statement)."""


def restarts(grid: Grid, kept: Kept) -> Kept:
    """Return the sums of counts that ended and of those that began anew after that, as floors of the cell
    with the earlier beginning; each stands on the statement of the later count."""
    if not any(block.slices.later and not block.slices.is_crowded for block in grid.blocks):
        return kept.take(np.zeros(0, np.int64))
    chains: dict[tuple[int, ...], dict[int, Said]] = defaultdict(lambda: defaultdict(list))
    chain_of = _chains(grid)
    is_crowded = np.array([block.slices.is_crowded for block in grid.blocks])
    chained = np.flatnonzero((chain_of[kept.cell] >= 0) & ~is_crowded[grid.block[kept.cell]])
    for row, cell, origin, day, low in zip(
        chained.tolist(),
        *(values[chained].tolist() for values in (kept.cell, kept.origin, kept.day, kept.low)),
        strict=True,
    ):
        chains[int(chain_of[cell]), origin][cell].append((day, low, row))
    found = [floor for said in chains.values() for floor in _joined(grid, said)]
    cell, day, low, row = np.array(found, np.int64).reshape(-1, 4).T
    sums = kept.take(row)
    sums.cell[:], sums.day[:], sums.low[:], sums.least[:], sums.widest[:] = cell, day, low, low, low
    sums.high[:], sums.count[:], sums.is_verified[:], sums.made_of[:] = BOUNDLESS, BLANK, False, OF_COUNTS
    return sums


def find_second_counts(grid: Grid, kept: Kept) -> Whole:
    """Return for each of these sums, among all that is ``kept``, the cell of the count that was begun anew;
    NONE for all else."""
    found = np.full(len(kept.cell), NONE)
    sums = np.flatnonzero(kept.made_of == OF_COUNTS)
    if not len(sums):
        return found
    stated = np.flatnonzero((kept.made_of != OF_COUNTS) & np.isin(kept.claim, kept.claim[sums]))
    chain_of = _chains(grid)
    cell_of = {
        (int(kept.claim[row]), int(chain_of[kept.cell[row]])): int(kept.cell[row]) for row in stated.tolist()
    }
    found[sums] = [cell_of[int(kept.claim[row]), int(chain_of[kept.cell[row]])] for row in sums.tolist()]
    return found


def _chains(grid: Grid) -> Whole:
    """A number for the cells of one crisis that differ in their beginning only, -1 for cells that stand
    alone."""
    slices = [block.slices.all for block in grid.blocks]
    names = [
        (block, place, *slices[block][number][:2])
        for block, place, number in zip(
            grid.block.tolist(), grid.place.tolist(), grid.slice_no.tolist(), strict=True
        )
    ]
    chain_of = {name: n for n, name in enumerate(dict.fromkeys(names))}
    chain = np.array([chain_of[name] for name in names], np.int64)
    return np.where(np.bincount(chain, minlength=len(chain_of))[chain] > 1, chain, -1)


def _begin(grid: Grid, cell: int) -> int:
    begin: int = grid.blocks[int(grid.block[cell])].slices.all[int(grid.slice_no[cell])][2]
    return begin


def _joined(grid: Grid, said: dict[int, Said]) -> list[tuple[int, int, int, int]]:
    """Return (cell, day, floor, row) of each cell whose count ended before the next one began; ``said`` is
    what one origin states of cells that differ in their beginning only."""
    found: list[tuple[int, int, int, int]] = []
    later: Said = []
    begins = NONE
    for cell in sorted(said, key=lambda cell: -_begin(grid, cell)):
        begin = _begin(grid, cell)
        if begin == NONE:
            break
        own = said[cell]
        ended = int(grid.date(cell, max(day for day, _, _ in own)))
        if later and ended < begins:
            before = max(low for _, low, _ in own)
            both = [(day, before + low, row) for day, low, row in later]
            found += [(cell, *each) for each in both]
            own = own + both
        later, begins = own, begin
    return found
