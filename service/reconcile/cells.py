"""What is counted: which cells do the claims name?

A cell is a crisis, a place set, a measure, a population, an attribution and a beginning. Cells are numbered
from 1 in the order of these, numbers of words standing for words. This module must not know who says what.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from service.reconcile.columns import LAST, NONE, Whole, firsts, groups, order
from service.reconcile.words import Numbered

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

    def __len__(self) -> int:
        return len(self.begins)
