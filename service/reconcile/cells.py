"""What is counted: which cells do the claims name?

A cell is a crisis, a place set, a measure, a population, an attribution and a beginning. Cells are numbered
from 1 in the order of these, numbers of words standing for words. This module must not know who says what.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from service.reconcile.columns import LAST, NONE, Marks, Whole, array, firsts, groups, order
from service.reconcile.words import Numbered
from service.reference.labels import Labels
from service.vocabulary import is_stock

NAMED = ("crisis", "areas", "measure", "population", "attributed_to")
"""What a cell is named by, each a column of words; and by its beginning."""


@dataclasses.dataclass(frozen=True)
class Cells:
    """The cells, a row each.

    ``begins`` is the day from which they count (NONE: not known).
    """

    named: Mapping[str, Numbered]
    begins: Whole

    @classmethod
    def of(cls, named: dict[str, Numbered], begins: Whole) -> tuple[Cells, Whole]:
        """The cells of some rows, and the number of each row's."""
        keys = [*(named[name].numbers for name in NAMED), np.where(begins == NONE, LAST, begins)]
        places = order(*keys)
        first = firsts(*(column[places] for column in keys))
        number = np.empty(len(places), np.int64)
        number[places] = groups(first, len(places)) + 1
        at = places[first]
        found = {name: Numbered(named[name].numbers[at], named[name].words) for name in NAMED}
        return cls(found, begins[at]), number

    @property
    def without_beginning(self) -> Whole:
        """A number for each cell, the same for cells that differ in their beginning only."""
        keys = [self.named[name].numbers for name in NAMED]
        places = order(*keys)
        number = np.empty(len(places), np.int64)
        number[places] = groups(firsts(*(column[places] for column in keys)), len(places))
        return number

    @property
    def are_of_stocks(self) -> Marks:
        """Which cells are about a number that may fall as well as rise."""
        measure = self.named["measure"]
        return np.array([is_stock(word) for word in measure.words], np.bool_)[measure.numbers]

    def __len__(self) -> int:
        return len(self.begins)


def cell_table(words: Mapping[str, Sequence[str]], begins: Whole, labels: Labels) -> pa.Table:
    """Return cells in words, with what a reader calls their place set, people and party.

    ``words`` has a column for each of NAMED, ``begins`` the day from which each cell counts.
    """
    columns = {
        ("crisis_id" if name == "crisis" else name): pa.array(words[name], pa.string()) for name in NAMED
    }
    columns["period_start"] = array(begins, pa.date32())
    for name, column, label in (
        ("place_name", "areas", labels.places),
        ("population_name", "population", labels.population),
        ("attribution_name", "attributed_to", labels.attribution),
    ):
        named = {word: label(word) for word in set(words[column])}
        columns[name] = pa.array([named[word] for word in words[column]], pa.string())
    return pa.table(columns)
