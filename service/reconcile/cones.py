"""Of which cells does an account say anything, and in which steps do its floors rise there?

What an account says of a cell it says of everything that holds it: the cone of its cells. There parts are
added up to their wholes, the smallest first. This depends on the cells alone, so it is worked out once for
all accounts that speak of the same places and slices. This module does not know what anybody says.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from service.reconcile.columns import Whole
from service.reconcile.grid import Block, Places

MOST_CHOICES = 4096
"""So many choices of disjoint place sets inside one are tried; the best of them is a true floor anyway."""
CHOICES_AT_ONCE = 256
Sum = tuple[int, Sequence[int]]
"""A whole, and disjoint parts of it."""


@dataclasses.dataclass(frozen=True)
class Step:
    """Sums of ``parts``, which lie side by side from ``first`` on; ``wholes`` are raised to the highest of
    the sums from ``of`` on."""

    wholes: Whole
    parts: Whole
    first: Whole
    of: Whole


@dataclasses.dataclass(frozen=True, eq=False)
class Cone:
    """The places and slices that hold some of a block's: ``row`` (slices, places) numbers these pairs from 0,
    -1 for all others; ``steps`` raise their floors, one after the other."""

    row: Whole
    size: int
    steps: tuple[Step, ...]


def cone_of(block: Block, places: Iterable[int], slices: Iterable[int]) -> Cone:
    """Return the cone of an account that speaks of these places and slices of a block."""
    own = tuple(sorted(places)), tuple(sorted(slices))
    if own not in block.cones:
        block.cones[own] = _cone(block, *own)
    found: Cone = block.cones[own]
    return found


def _cone(block: Block, own_places: tuple[int, ...], own_slices: tuple[int, ...]) -> Cone:
    every, slices = block.places, block.slices
    places = sorted({holder for place in own_places for holder in every.holders[place]})
    held = sorted({holder for own in own_slices for holder in slices.holder_numbers[own]})
    at = {place: n for n, place in enumerate(places)}
    row_of = {slice_no: n * len(places) for n, slice_no in enumerate(held)}
    rows, every_place = list(row_of.values()), list(at.values())
    sums = [(row_of[w], [row_of[p] for p in parts if p in row_of]) for w, parts in slices.sums if w in row_of]
    sums = [(whole, parts) for whole, parts in sums if parts]
    later = [(row_of[whole], [row_of[part]]) for whole, part in slices.later if part in row_of]
    steps = [_product(layer, every_place) for layer in (*_layers(later), *_layers(sums))]
    if all(len(parts) == 1 for _, parts in sums):
        sums = []  # a whole of one part stays above it: places are added up alike for both
    layers, levels = list(_layers(sums)), list(_levels(every, at))
    if not layers:
        levels = list(_layers([each for level in levels for each in level]))
    for level in levels:
        steps.append(_product(level, rows))
        steps += [_product(layer, sorted({whole for whole, _ in level})) for layer in layers]
    for alike in _choices(every, places, own_places):
        sums = [(at[place], [at[part] for part in choice]) for place, choice in alike]
        for start in range(0, len(sums), CHOICES_AT_ONCE):
            steps.append(_product(sums[start : start + CHOICES_AT_ONCE], rows))
        steps += [_product(layer, sorted({whole for whole, _ in sums})) for layer in layers]
    row = np.full((len(slices.all), len(every.sets)), -1)
    row[np.ix_(held, places)] = np.arange(len(held) * len(places)).reshape(len(held), -1)
    return Cone(row, len(held) * len(places), tuple(steps))


def _product(sums: Sequence[Sum], along: Sequence[int]) -> Step:
    """The step that takes sums of rows at each of some distances: over slices at several places, or over
    places in several slices. Sums of one whole lie side by side."""
    wholes = [whole for n, (whole, _) in enumerate(sums) if not n or whole != sums[n - 1][0]]
    begins = [n for n, (whole, _) in enumerate(sums) if not n or whole != sums[n - 1][0]]
    parts = [part + off for off in along for _, parts in sums for part in parts]
    return Step(
        np.array([whole + off for off in along for whole in wholes]),
        np.array(parts),
        np.cumsum([0, *([len(parts) for _, parts in sums] * len(along))][:-1]),
        np.array([begin + n * len(sums) for n in range(len(along)) for begin in begins]),
    )


def _layers(sums: Sequence[Sum]) -> Iterator[list[Sum]]:
    """Sums to be taken one after the other, as few layers of such as may be taken together.

    A whole of one part that was raised itself is raised to what that was raised to: so a chain is one layer.
    """
    layers: list[dict[int, list[Sequence[int]]]] = []
    written: dict[int, int] = {}
    read: dict[int, int] = {}
    for whole, parts in sums:
        is_lift = len(parts) == 1
        ready = max(written.get(part, -1) + (0 if is_lift else 1) for part in parts)
        at = max(ready, written.get(whole, 0), read.get(whole, 0), 0)
        if at == len(layers):
            layers.append({})
        passed_on = layers[at].get(parts[0], []) if is_lift else []
        layers[at].setdefault(whole, []).extend([parts, *passed_on])
        written[whole] = at
        read |= {part: max(at, read.get(part, 0)) for part in parts}
    for layer in layers:
        yield [(whole, parts) for whole, each in layer.items() for parts in each]


def _levels(places: Places, at: Mapping[int, int]) -> Iterator[list[Sum]]:
    """From the lowest parents of the tree up: the parents of a level, each with its children, ``at`` their
    places in the cone."""
    for children, parents in places.levels:
        inside: dict[int, list[int]] = {}
        for child, parent in zip(children.tolist(), parents.tolist(), strict=True):
            if child in at:
                inside.setdefault(at[parent], []).append(at[child])
        if inside:
            yield list(inside.items())


def _choices(
    every: Places, places: Sequence[int], own: Iterable[int]
) -> Iterator[list[tuple[int, list[int]]]]:
    """The places that place sets lie among, each with every choice of disjoint parts of it: those together
    of which none holds another, the smallest first."""
    known, sets = set(places), [place for place in own if not every.is_single[place]]
    touched = {place for place in places if not every.is_single[place]}
    if touched:
        touched |= {holder for place in sets for holder in every.holders[place]} & known
    alike: dict[tuple[int, int], list[tuple[int, list[int]]]] = {}
    for place in sorted(touched, key=lambda p: (-len(every.holders[p]), p)):
        size = len(every.holders[place])
        is_alone = any(place in every.holders[other] for other in every.holders[place] if other != place)
        chosen = [(place, choice) for choice in _choices_of(every, known, sets, place)]
        alike.setdefault((-size, place if is_alone else -1), []).extend(chosen)
    yield from filter(None, alike.values())


def _choices_of(every: Places, known: set[int], sets: Sequence[int], place: int) -> Iterator[list[int]]:
    """Every choice of disjoint parts of a place: of the place sets in it, and what these leave of its
    children."""
    children = [child for child in every.children[place] if child in known]
    among = [
        s for s in sets
        if s != place and every.holds(place, s) and not any(every.holds(child, s) for child in children)
    ]  # fmt: skip
    for chosen in itertools.islice(_disjoint_choices(every, among), MOST_CHOICES):
        left = (part for child in children for part in _left(every, known, child, chosen))
        if choice := [*chosen, *left]:
            yield choice


def _disjoint_choices(places: Places, among: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every choice of some of the place sets of which no two overlap, the empty one first."""
    yield ()
    for number, one in enumerate(among):
        apart = [other for other in among[number + 1 :] if places.are_disjoint(one, other)]
        for rest in _disjoint_choices(places, apart):
            yield (one, *rest)


def _left(places: Places, known: set[int], place: int, chosen: Sequence[int]) -> list[int]:
    """What a single area adds where the chosen place sets are counted already: itself or parts of it."""
    if any(places.holds(s, place) for s in chosen):
        return []
    if all(places.are_disjoint(place, s) for s in chosen):
        return [place]
    children = (child for child in places.children[place] if child in known)
    return [part for child in children for part in _left(places, known, child, chosen)]
