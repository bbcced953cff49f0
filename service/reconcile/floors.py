"""How many does an origin's account say at least, for every cell and day?

The most it has said, counted to that day or before, of the cell, of anything inside it, or of disjoint parts
of it together. Sums are exact over places, over the populations of one split, and over parties, each inside
the other; overlapping sets are never added. This module does not know of ceilings or of other origins.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from service.reconcile.columns import Whole
from service.reconcile.grid import Grid

MOST_CHOICES = 4096
"""So many choices of disjoint place sets inside one are tried; the best of them is a true floor anyway."""


@dataclasses.dataclass(frozen=True)
class Floors:
    """An origin's floors: ``table[slice, place, day]``, of the slices and places that ``row`` numbers."""

    table: Whole
    slice_row: dict[int, int]
    place_row: dict[int, int]

    def of(self, grid: Grid, cells: Whole) -> Whole:
        """The floors of some cells, a row each; 0 where the account says nothing."""
        found = np.zeros((len(cells), self.table.shape[2]), np.int64)
        for row, cell in enumerate(cells.tolist()):
            at, where = (
                self.slice_row.get(int(grid.slice_no[cell])),
                self.place_row.get(int(grid.place[cell])),
            )
            if at is not None and where is not None:
                found[row] = self.table[at, where]
        return found


def account_floors(grid: Grid, cell: Whole, day: Whole, low: Whole) -> Floors:
    """Return the floors that an origin's statements give: of ``cell``, counted to ``day`` (a place in the
    grid's days), at least ``low`` people."""
    places, slices = grid.places, grid.slices
    own_places, own_slices = np.unique(grid.place[cell]).tolist(), np.unique(grid.slice_no[cell]).tolist()
    place_row = {p: n for n, p in enumerate(sorted({h for p in own_places for h in places.holders[p]}))}
    wanted = {slices.number[h] for s in own_slices for h in slices.holders(slices.all[s])}
    slice_row = {s: n for n, s in enumerate(sorted(wanted))}
    table = np.zeros((len(slice_row), len(place_row), len(grid.days)), np.int64)
    at = np.array([slice_row[s] for s in grid.slice_no[cell].tolist()], np.intp)
    where = np.array([place_row[p] for p in grid.place[cell].tolist()], np.intp)
    np.maximum.at(table, (at, where, day), low)
    np.maximum.accumulate(table, axis=2, out=table)
    for holding, later in slices.later:
        if later in slice_row:
            np.maximum(table[slice_row[holding]], table[slice_row[later]], out=table[slice_row[holding]])
    sums = [
        (slice_row[whole], [slice_row[part] for part in parts if part in slice_row])
        for whole, parts in slices.sums
        if whole in slice_row
    ]
    sums = [(whole, parts) for whole, parts in sums if parts]
    floors = Floors(table, slice_row, place_row)
    _add_up(floors, sums, slice(None))
    if all(len(parts) == 1 for _, parts in sums):
        sums = []  # a whole of one part stays above it: places are added up alike for both
    for children, parents in places.levels:
        known = [
            (place_row[c], place_row[p])
            for c, p in zip(children.tolist(), parents.tolist(), strict=True)
            if c in place_row
        ]
        if not known:
            continue
        inside, above = np.array(known, np.intp).T
        first = np.flatnonzero(np.append(True, above[1:] != above[:-1]))
        together = np.add.reduceat(table[:, inside], first, axis=1)
        wholes = above[first]
        table[:, wholes] = np.maximum(table[:, wholes], together)
        _add_up(floors, sums, wholes)
    stated = {p for p in own_places if not places.is_single[p]}
    irregular = {p for p in place_row if not places.is_single[p]}
    if irregular:
        touched = irregular | {h for p in stated for h in places.holders[p] if h in place_row}
        for place in sorted(touched, key=lambda p: (-len(places.holders[p]), p)):
            if _pack(grid, floors, place, stated):
                _add_up(floors, sums, slice(place_row[place], place_row[place] + 1))
    return floors


def _add_up(floors: Floors, sums: Sequence[tuple[int, list[int]]], places: slice | Whole) -> None:
    """Raise the wholes among slices to the sum of their disjoint parts, at some places."""
    table = floors.table
    for whole, parts in sums:
        together = table[parts[0], places]
        for part in parts[1:]:
            together = together + table[part, places]
        table[whole, places] = np.maximum(table[whole, places], together)


def _pack(grid: Grid, floors: Floors, place: int, stated: set[int]) -> bool:
    """Raise a place to the heaviest disjoint parts of it where place sets lie among these; return whether
    that made a difference."""
    places, row = grid.places, floors.place_row
    children = [child for child in places.children[place] if child in row]
    among = [
        s for s in sorted(stated)
        if s != place and places.holds(place, s) and not any(places.holds(child, s) for child in children)
    ]  # fmt: skip
    own = floors.table[:, row[place]]
    best = own.copy()
    for chosen in itertools.islice(_disjoint_choices(grid, among), MOST_CHOICES):
        together = sum((floors.table[:, row[s]] for s in chosen), np.zeros_like(own))
        for child in children:
            together = together + _left(grid, floors, child, chosen)
        np.maximum(best, together, out=best)
    is_raised = bool((best > own).any())
    own[...] = best
    return is_raised


def _disjoint_choices(grid: Grid, among: list[int]) -> Iterator[tuple[int, ...]]:
    """Every choice of some of the place sets of which no two overlap, the empty one first."""
    yield ()
    for number, one in enumerate(among):
        apart = [other for other in among[number + 1 :] if grid.places.are_disjoint(one, other)]
        for rest in _disjoint_choices(grid, apart):
            yield (one, *rest)


def _left(grid: Grid, floors: Floors, place: int, chosen: tuple[int, ...]) -> Whole:
    """What a single area adds where the chosen place sets are counted already."""
    places = grid.places
    if any(places.holds(s, place) for s in chosen):
        return np.zeros(floors.table.shape[::2], np.int64)
    if all(places.are_disjoint(place, s) for s in chosen):
        found: Whole = floors.table[:, floors.place_row[place]]
        return found
    parts = [
        _left(grid, floors, child, chosen) for child in places.children[place] if child in floors.place_row
    ]
    return sum(parts, np.zeros(floors.table.shape[::2], np.int64))
