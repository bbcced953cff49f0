"""Which crises and measures go through the steps together?

Every step costs about as much for one small crisis as for a hundred, so crises of like length go together; a
large one whose places have nothing to do with each other is parted. No figure depends on it. This module does
not know what the steps are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from service.errors import QueryError
from service.reconcile.columns import Marks, Whole, firsts, key, order, ranks
from service.reconcile.grid import Block, Cell, Grid, Places
from service.reconcile.known import Known

MOST_DAYS = 1.25
"""A crisis goes with others that have up to so many times its days: its tables are as long as theirs."""
FEW_FIGURES, MOST_FIGURES = 1 << 15, 1 << 18
"""Up to so many cells times days go together however long the crises are; and no more than so many, unless
one crisis alone has more."""
KEPT_BLOCKS = 256
LARGE = 256
"""Cells from which on it is looked whether a crisis parts."""
MOST_OF_ONE = 1 << 25
"""So many cells times days of one crisis are reconciled at most: about four gigabytes."""


@dataclasses.dataclass(frozen=True)
class Told:
    """Rows that say something, by number: the ``cell`` of each, and the ``day`` it is counted to."""

    row: Whole
    cell: Whole
    day: Whole

    def take(self, rows: Whole | Marks) -> Told:
        return Told(self.row[rows], self.cell[rows], self.day[rows])

    def beside(self, other: Told) -> Told:
        """These and others."""
        return Told(*(
            np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in dataclasses.fields(self)
        ))  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Batch:
    """The ``cells`` of some crises and measures, their ``grid``, and which statements, sums and events are
    about them, and sums ``held`` in them of events inside; the cells of all these are those of the grid."""

    cells: Whole
    grid: Grid
    statements: Told
    sums: Told
    events: Told
    held: Told


def batches(
    group: Whole,
    cells: Sequence[Cell],
    is_answered: Marks,
    told: Sequence[Told],
    *,
    newest: Whole,
    known: Known,
) -> Iterator[Batch]:
    """Yield the crises and measures of which anything is told, in batches.

    ``group`` numbers those of all ``cells`` that are reconciled together; ``told`` are the statements, the
    sums, the events and the sums held that are heard; ``newest`` is the day of each cell that no date is
    shown behind (NONE: not known).
    """
    days = np.unique(np.concatenate([key(group[each.cell], each.day) for each in told]))
    groups = int(group.max(initial=-1)) + 1
    days_of = np.bincount((days + (1 << 31)) >> 32, minlength=groups)
    batch_of = _batch_of(days_of, np.bincount(group[is_answered], minlength=groups))
    in_order = order(group)
    in_order = in_order[is_answered[in_order]]
    local = np.zeros(len(group), np.int64)
    for number in range(int(batch_of.max(initial=-1)) + 1):
        own = in_order[batch_of[group[in_order]] == number]
        local[own] = np.arange(len(own))
        about = [each.take(batch_of[group[each.cell]] == number) for each in told]
        about = [dataclasses.replace(each, cell=local[each.cell]) for each in about]
        grid = grid_of(group[own], [cells[cell] for cell in own.tolist()], about, newest[own], known)
        yield Batch(own, grid, *about)


def part_groups(group: Whole, cells: Sequence[Cell], known: Known) -> Whole:
    """Return the groups, of one crisis and measure each, with large ones parted where no place of the one
    part has to do with one of the other: nothing that is said of the one tells of the other, and each has
    days of its own."""
    found = group.copy()
    number = int(group.max(initial=-1)) + 1
    in_order = order(group)
    for own in np.split(in_order, firsts(group[in_order])[1:]):
        if len(own) < LARGE:
            continue
        sets = sorted({cells[cell][0] for cell in own.tolist()})
        of = dict(zip(sets, _connected(Places(sets, known.containment).holders), strict=True))
        found[own] = number + np.array([of[cells[cell][0]] for cell in own.tolist()])
        number += len(sets)
    return ranks(found)


def _connected(holders: Sequence[Sequence[int]]) -> list[int]:
    """Return a number for each place, the same for places of which one holds the other, or a third both."""
    root = list(range(len(holders)))

    def find(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for place, around in enumerate(holders):
        for holder in around:
            root[find(holder)] = find(place)
    return [find(place) for place in range(len(holders))]


def _batch_of(days: Whole, cells: Whole) -> Whole:
    """Return the batch that each group goes with, given how many days and cells it has; -1 without days."""
    largest = int((days * cells).max(initial=0))
    if largest > MOST_OF_ONE:
        at = int((days * cells).argmax())
        raise QueryError(
            f"A crisis with {cells[at]:,} places and groups over {days[at]:,} days is more than can be "
            f"reconciled here (at most {MOST_OF_ONE:,} of them, multiplied).",
            fix="Hand it in as several crises, by region or by year.",
        )
    batch_of = np.full(len(days), -1)
    by_days = order(days)
    number, least, size = -1, 0, 0
    for group in by_days[days[by_days] > 0].tolist():
        own, length = int(cells[group]), int(days[group])
        most = MOST_FIGURES if length <= MOST_DAYS * least else FEW_FIGURES
        if number < 0 or (size + own) * length > most:
            number, least, size = number + 1, length, 0
        batch_of[group] = number
        size += own
    return batch_of


def grid_of(group: Whole, cells: Sequence[Cell], told: Sequence[Told], newest: Whole, known: Known) -> Grid:
    """The grid of cells, sorted by their group, with the days on which anything is told of them."""
    first = firsts(group)
    blocks = [
        _block(tuple(cells[start:end]), known)
        for start, end in zip(first.tolist(), [*first[1:].tolist(), len(cells)], strict=True)
    ]
    block = np.repeat(np.arange(len(first)), np.diff(first, append=len(cells)))
    of = np.concatenate([block[each.cell] for each in told])
    days = np.concatenate([each.day for each in told])
    return Grid.of(blocks, of, days, np.maximum.reduceat(newest, first))


@lru_cache(maxsize=KEPT_BLOCKS)
def _block(cells: tuple[Cell, ...], known: Known) -> Block:
    return Block.of(cells, known.containment)
