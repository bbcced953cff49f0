"""What is counted: which cells do the claims name, and which lie inside which?

A cell is a crisis, a place set, a measure, a population, an attribution and a beginning. Cells are numbered
from 1 in the order of these, numbers of words standing for words. This module must not know who says what.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from service.reconcile.columns import LAST, NONE, Whole, array, firsts, groups, key, matches, order
from service.reconcile.known import Known
from service.reconcile.words import Numbered
from service.reference.labels import Labels
from service.schema.tables import AREA_SEPARATOR

NAMED = ("crisis", "areas", "measure", "population", "attributed_to")
"""What a cell is named by, each a column of words; and by its beginning."""
SHOWN_AS = {"areas": "place_name", "population": "population_name", "attributed_to": "attribution_name"}
"""The columns that say in a reader's words what a cell is about."""


@dataclasses.dataclass(frozen=True)
class Cells:
    """The cells, a row each.

    ``begins`` is the day from which they count (NONE: not known); ``outer`` and ``inner`` are the numbers of
    the cells of which one lies inside the other, in order.
    """

    named: Mapping[str, Numbered]
    begins: Whole
    known: Known
    outer: Whole
    inner: Whole

    @classmethod
    def of(cls, named: dict[str, Numbered], begins: Whole, known: Known) -> tuple[Cells, Whole]:
        """The cells of some rows, and the number of each row's."""
        keys = [*(named[name].numbers for name in NAMED), np.where(begins == NONE, LAST, begins)]
        places = order(*keys)
        first = firsts(*(column[places] for column in keys))
        number = np.empty(len(places), np.int64)
        number[places] = groups(first, len(places)) + 1
        at = places[first]
        found = {name: Numbered(named[name].numbers[at], named[name].words) for name in NAMED}
        return cls(found, begins[at], known, *_inside(found, begins[at], known)), number

    def __len__(self) -> int:
        return len(self.begins)

    @cached_property
    def table(self) -> pa.Table:
        """The cells in words, with ``cell_id`` and what a reader calls place, population and party."""
        columns = {"cell_id": pa.array(np.arange(1, len(self) + 1), pa.int32())}
        columns |= {name: self.named[name].array() for name in NAMED}
        columns["period_start"] = array(self.begins, pa.date32())
        labels = Labels.of(self.known.reference)
        names = {"areas": labels.places, "population": labels.population, "attributed_to": labels.attribution}
        for name, shown in SHOWN_AS.items():
            words = self.named[name]
            columns[shown] = Numbered(words.numbers, tuple(map(names[name], words.words))).array()
        return pa.table(columns).rename_columns({"crisis": "crisis_id"})


def _inside(named: Mapping[str, Numbered], begins: Whole, known: Known) -> tuple[Whole, Whole]:
    """Which cells lie inside which: the same measure, begun no earlier, and every place, the population and
    the attribution inside the other's."""
    crisis, place, measure, population, party = (named[name].numbers for name in NAMED)
    inner, areas = _outer(place, _place_sets(named["areas"].words, known))
    again, populations = _outer(population[inner], _populations(named["population"].words, known))
    inner, areas = inner[again], areas[again]
    sizes = [len(named[name].words) for name in NAMED]
    own = _together(crisis, place, measure, population, sizes)
    wanted = _together(crisis[inner], areas, measure[inner], populations, sizes)
    row, outer = matches(wanted, own)
    inner = inner[row]
    is_kept = (outer != inner) & (begins[inner] >= begins[outer])
    is_kept &= (begins[outer] != NONE) | (begins[inner] == NONE)
    is_kept &= (party[outer] == party[inner]) | (party[outer] == named["attributed_to"].number(""))
    pairs = np.sort(key(outer[is_kept] + 1, inner[is_kept] + 1))
    return pairs >> 32, pairs & LAST


def _together(crisis: Whole, areas: Whole, measure: Whole, population: Whole, sizes: list[int]) -> Whole:
    """One number for four, in their order."""
    _, all_areas, measures, populations, _ = sizes
    return ((crisis * all_areas + areas) * measures + measure) * populations + population


def _outer(inner: Whole, pairs: Sequence[tuple[int, int]]) -> tuple[Whole, Whole]:
    """Of each row with a word that lies inside others: the row, and each of those."""
    inside, outside = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
    row, place = matches(inner, inside)
    return row, outside[place]


def _place_sets(sets: Sequence[str], known: Known) -> list[tuple[int, int]]:
    """Which place set lies inside which: each of its areas in one of the other's."""
    having: dict[str, set[int]] = defaultdict(set)
    codes = [areas.split(AREA_SEPARATOR) for areas in sets]
    for number, own in enumerate(codes):
        for code in own:
            having[code].add(number)
    return [
        (inner, outer)
        for inner, own in enumerate(codes)
        for outer in set.intersection(
            *(set().union(*(having.get(holder, ()) for holder in known.holding(code))) for code in own)
        )
    ]


def _populations(populations: Sequence[str], known: Known) -> list[tuple[int, int]]:
    """Which population lies inside which."""
    number = {population: n for n, population in enumerate(populations)}
    return [
        (inner, number[outer])
        for population, inner in number.items()
        for outer in known.populations(population)
        if outer in number
    ]
