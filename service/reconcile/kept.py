"""What is left of what each origin said, once its contradictions are set aside?

Statements and the sums of single days, side by side, as all later steps read them. This module does not know
what was set aside, nor what is made of the rest.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.columns import Marks, Whole, order
from service.reconcile.own_days import Portion

BOUNDLESS = 1 << 60
"""Stands for what has no ceiling: high enough, and it can still be doubled."""
STATED, OF_DAYS, OF_EVENTS, OF_COUNTS = range(4)
"""What a row is: a statement, or a sum of days that were counted alone, of events, or of a count that ended
and one that began anew."""
BLANK = -1
"""Stands for no count."""


@dataclasses.dataclass(frozen=True)
class Kept:
    """Statements about the cells of a grid, and sums; ``made_of`` says of what (STATED: it is none).

    ``day`` is a place in the grid's days; ``low`` the floor, ``high`` the ceiling (BOUNDLESS: none);
    ``count`` the number it votes for (BLANK: only a bound); ``least`` and ``widest`` the ends of its wording;
    ``weight`` its origin's; ``is_verified`` marks verified minima; ``claim`` is the claim that stands for it.
    """

    cell: Whole
    origin: Whole
    day: Whole
    low: Whole
    high: Whole
    count: Whole
    least: Whole
    widest: Whole
    weight: Whole
    is_nameless: Marks
    is_verified: Marks
    made_of: Whole
    claim: Whole

    @property
    def is_sum(self) -> Marks:
        """Which are sums that nobody states."""
        found: Marks = self.made_of != STATED
        return found

    def beside(self, other: Kept) -> Kept:
        """These and others."""
        return Kept(**{
            f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)])
            for f in dataclasses.fields(self)
        })  # fmt: skip

    def take(self, rows: Whole | Marks) -> Kept:
        return Kept(**{field.name: getattr(self, field.name)[rows] for field in dataclasses.fields(self)})

    def of_portion(self, some: Portion, start: Whole) -> Kept:
        """Return the rows of some cells, numbered from 0, and their places in the cells' own days."""
        local, row = some.rows(start)
        return dataclasses.replace(self.take(row), cell=local, day=some.place[local, self.day[row]])

    def by_origin(self) -> Kept:
        """Sorted by origin, cell and day."""
        return self.take(order(self.origin, self.cell, self.day))

    def by_cell(self) -> Kept:
        """Sorted by cell, origin and day; of one day a sum before a total."""
        return self.take(order(self.cell, self.origin, self.day, ~self.is_sum))
