"""Do disjoint parts come to more than their whole, and which side gives way?

Where those who count the parts weigh at least half as much as those who hold the whole below their sum, the
whole is raised to the sum; where they weigh less, nothing is bent and the parts are marked. Either way it is
told. This module does not know reports or grades.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from service.reconcile.accounts import Accounts
from service.reconcile.columns import Marks, Whole
from service.reconcile.figures import Figures
from service.reconcile.grid import Grid
from service.reconcile.kept import BLANK


@dataclasses.dataclass(frozen=True)
class Excess:
    """Parts that came to more than their whole: the sum and the whole's figure on the last such day."""

    whole: int
    parts: tuple[int, ...]
    day: int
    together: int
    figure: int
    is_raised: bool
    is_inferred: bool = False
    """A part of it is inferred only, or was lifted after the sum was taken: that raises nothing."""


@dataclasses.dataclass(frozen=True)
class Sums:
    """``is_raised`` and ``is_exceeding`` (a part of more than its whole), both (cells, days); ``raises``:
    each whole with the parts it was raised to and a mark for each day; what was noticed."""

    is_raised: Marks
    is_exceeding: Marks
    raises: tuple[tuple[int, Whole, Marks], ...]
    noticed: tuple[Excess, ...]


def close_sums(grid: Grid, accounts: Accounts, figures: Figures) -> Sums:
    """Raise wholes to the sums of their parts, the smallest places first, or mark the parts; figures change
    in place."""
    shape = figures.best.shape
    raised, exceeding = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    raises, noticed = [], []
    for whole, parts in _partitions(grid, figures.is_stated.any(axis=1) & ~figures.is_nameless):
        value, together, own, excess = _excess(figures, whole, parts, figures.is_stated[parts])
        if not excess.any():
            continue
        holds, counts = _weights(accounts, whole, parts, value, together)
        gives_way = excess & (counts >= holds - counts)
        for days, is_raised in ((gives_way, True), (excess & ~gives_way, False)):
            if days.any():
                last = int(np.flatnonzero(days)[-1])
                noticed.append(
                    Excess(whole, tuple(parts), last, int(together[last]), int(own[last]), is_raised)
                )
        has_best = figures.best[whole] != BLANK
        figures.best[whole] = np.where(gives_way & has_best, together, figures.best[whole])
        least = np.where(figures.is_stated[parts], np.maximum(figures.low[parts], 0), 0).sum(axis=0)
        figures.low[whole] = np.where(
            gives_way & ~has_best, np.maximum(least, figures.low[whole]), figures.low[whole]
        )
        first = int(np.argmax(gives_way)) if gives_way.any() else shape[1]
        stands = np.maximum.accumulate(np.where(has_best, figures.best[whole], figures.low[whole]))
        is_held = (stands > own) & (np.arange(shape[1]) >= first)
        raised[whole] |= is_held & has_best
        if is_held.any():
            raises.append((whole, np.array(parts), is_held))
            _lift_around(grid, figures, whole)
        exceeding[np.ix_(np.array(parts), np.flatnonzero(excess & ~gives_way))] = True
        figures.best[whole] = np.where(has_best, np.maximum.accumulate(figures.best[whole]), BLANK)
        figures.low[whole] = np.maximum.accumulate(figures.low[whole])
    return Sums(raised, exceeding, tuple(raises), tuple(noticed))


def _lift_around(grid: Grid, figures: Figures, part: int) -> None:
    """Lift what holds a part that was raised, before it is a part of other sums itself."""
    around = grid.holders[part]
    around = around[around != part]
    count = figures.best[part]
    is_lifted = (figures.best[around] != BLANK) & (count > figures.best[around])
    figures.best[around] = np.where(is_lifted, count, figures.best[around])
    figures.lifted_from[around] = np.where(is_lifted, part, figures.lifted_from[around])


def tell_the_rest(grid: Grid, figures: Figures, sums: Sums, is_reported: Marks) -> Sums:
    """Notice, of final figures, the sums above their wholes that ``close_sums`` did not: of cells that were
    reported and are inferred all the same, since what was said of them is set aside. They raise nothing."""
    told = {excess.whole for excess in sums.noticed}
    noticed = []
    counts = (is_reported | figures.is_stated.any(axis=1)) & ~figures.is_nameless
    for whole, parts in _partitions(grid, counts):
        if whole in told:
            continue
        _, together, own, excess = _excess(figures, whole, parts, True)
        if excess.any():
            last = int(np.flatnonzero(excess)[-1])
            noticed.append(
                Excess(whole, tuple(parts), last, int(together[last]), int(own[last]), False, True)
            )
    return dataclasses.replace(sums, noticed=(*sums.noticed, *noticed))


def _excess(
    figures: Figures, whole: int, parts: list[int], counts: Marks | bool
) -> tuple[Whole, Whole, Whole, Marks]:
    """The figures of the parts (where there is none, at least so many; 0 on days that do not count) and their
    sum, that of the whole, and the days on which two or more parts come to more."""
    value = np.where(figures.best[parts] != BLANK, figures.best[parts], figures.low[parts])
    value = np.where(counts, np.maximum(value, 0), 0)
    together = value.sum(axis=0)
    own = np.where(figures.best[whole] != BLANK, figures.best[whole], figures.low[whole])
    return value, together, own, (together > own) & ((value > 0).sum(axis=0) > 1) & (own != BLANK)


def _partitions(grid: Grid, counts: Marks) -> Iterator[tuple[int, list[int]]]:
    """Each whole with each set of disjoint parts of it that ``counts`` marks, the smallest places first."""
    number = {pair: n for n, pair in enumerate(zip(grid.place.tolist(), grid.slice_no.tolist(), strict=True))}
    sums: dict[int, list[list[int]]] = {}
    for whole, split in grid.slices.sums:
        sums.setdefault(whole, []).append(split)
    depth = [len(list(grid.slices.holders(each))) for each in grid.slices.all]
    cells = sorted(
        range(len(grid)),
        key=lambda c: (-len(grid.places.holders[grid.place[c]]), -depth[grid.slice_no[c]], c),
    )
    by_place = _single_parts(grid, counts, number)

    def _counted_within(place: int, part: int) -> list[int]:
        """The cell of a slice at a place where it counts, else those of its own parts that do."""
        cell = number.get((place, part))
        if cell is not None and counts[cell]:
            return [cell]
        splits = ([c for each in split for c in _counted_within(place, each)] for split in sums.get(part, []))
        return max(splits, key=len, default=[])

    for cell in cells:
        place, own = int(grid.place[cell]), int(grid.slice_no[cell])
        by_slice = [
            [cell for part in split for cell in _counted_within(place, part)] for split in sums.get(own, [])
        ]
        for parts in (by_place.get(cell, []), *by_slice):
            if len(parts) > 1:
                yield cell, parts


def _single_parts(grid: Grid, counts: Marks, number: dict[tuple[int, int], int]) -> dict[int, list[int]]:
    """Of each cell the largest single places inside it that are counted alike: of these no two overlap."""
    places = grid.places
    found: dict[int, list[int]] = {}
    for part in np.flatnonzero(counts & np.array(places.is_single, np.bool_)[grid.place]).tolist():
        own = int(grid.slice_no[part])
        around = [number.get((holder, own)) for holder in places.holders[grid.place[part]]]
        wholes = [whole for whole in around if whole is not None and whole != part]
        nearer = [whole for whole in wholes if counts[whole] and places.is_single[grid.place[whole]]]
        for whole in wholes:
            if not any(
                n != whole and places.holds(int(grid.place[whole]), int(grid.place[n])) for n in nearer
            ):
                found.setdefault(whole, []).append(part)
    return found


def _weights(
    accounts: Accounts, whole: int, parts: list[int], value: Whole, together: Whole
) -> tuple[Whole, Whole]:
    """On each day the weight of those who hold the whole below the sum, and of the lightest part."""
    rows = _rows(accounts, whole)
    holds = ((accounts.high[rows] < together) * accounts.weight[rows, np.newaxis]).sum(axis=0)
    counts = np.full(len(together), np.iinfo(np.int64).max)
    for part, count in zip(parts, value, strict=True):
        rows = _rows(accounts, part)
        weight = ((accounts.low[rows] >= count) * accounts.weight[rows, np.newaxis]).sum(axis=0)
        counts = np.where(count > 0, np.minimum(counts, weight), counts)
    return holds, counts


def _rows(accounts: Accounts, cell: int) -> Whole:
    start, stop = (np.searchsorted(accounts.cell, cell, side=side) for side in ("left", "right"))
    return np.arange(start, stop)
