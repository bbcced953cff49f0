"""Which parts was a figure raised to, on which days?

A figure is raised to a part of it that stands higher, or to disjoint parts of it that together do; it is
raised where it stands above all that was stated of the cell itself by then. The rows found here are both the
evidence of that and the mark of the series (``is_raised``), so that these cannot disagree. This module does
not know why the order was closed, nor how evidence is written.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.columns import Marks, Whole, key, order
from service.reconcile.figures import Figures
from service.reconcile.kept import BLANK, Kept
from service.reconcile.sums import Sums


@dataclasses.dataclass(frozen=True)
class Raises:
    """A row for each span of days in which a ``part`` of a ``cell``, at the same ``value``, holds its figure
    up: alone, or as one of several (``is_sum``). ``day`` and ``end`` are places in the grid's days, the day
    of the end left out; ``claim`` stands for the part's value."""

    cell: Whole
    part: Whole
    day: Whole
    end: Whole
    value: Whole
    is_sum: Marks
    claim: Whole

    def marks(self, shape: tuple[int, int]) -> Marks:
        """The cells and days on which anything holds the figure up, as a table of that ``shape``."""
        steps = np.zeros((shape[0], shape[1] + 1), np.int32)
        np.add.at(steps, (self.cell, self.day), 1)
        np.add.at(steps, (self.cell, self.end), -1)
        is_held: Marks = np.cumsum(steps, axis=1)[:, :-1] > 0
        return is_held


def standing(figures: Figures) -> Whole:
    """The figure of each cell by each day as far as somebody has stated the cell: best, or low where there is
    no best, carried forward; BLANK where there is none."""
    figure = np.where(figures.best != BLANK, figures.best, figures.low)
    found: Whole = np.maximum.accumulate(np.where(figures.is_stated, figure, BLANK), axis=1)
    return found


def raises_of(own: Whole, figures: Figures, sums: Sums, kept: Kept) -> Raises:
    """Return what raised the figures above their ``own``, how they were ``standing`` before they were closed.

    ``kept`` is sorted by cell. Parts that nobody states leave no row.
    """
    says = np.maximum(figures.best, figures.low)
    stands = standing(figures)
    is_above = figures.is_stated & (stands > np.maximum(own, figures.ceiling))
    together = sums.raises
    summed = together.marks(len(says))
    is_one = is_above & (figures.lifted_from != BLANK)
    is_one &= ~summed | (np.take_along_axis(says, np.maximum(figures.lifted_from, 0), axis=0) == stands)
    alone = _raised_to_one(figures, says, is_one)
    is_sum = is_above & ~is_one
    holds = together.days & is_sum[together.whole] & (says[together.part] > 0)
    several = _spans(together.whole, together.part, holds, says)
    cell, part, day, end = (np.concatenate(columns) for columns in zip(alone, several, strict=True))
    value = says[part, day]
    claim = _claims_for(kept, part, day, value)
    rows = Raises(cell, part, day, end, value, np.arange(len(cell)) >= len(alone[0]), claim)
    known = claim != BLANK
    return Raises(**{field.name: getattr(rows, field.name)[known] for field in dataclasses.fields(rows)})


def _raised_to_one(figures: Figures, says: Whole, is_one: Marks) -> tuple[Whole, Whole, Whole, Whole]:
    """The spans in which a figure was lifted to one part of it: cell, part, day, end."""
    cell, day = np.nonzero(is_one)
    part = figures.lifted_from[cell, day]
    value = says[part, day]
    follows = np.zeros(len(cell), np.bool_)
    follows[1:] = (cell[1:] == cell[:-1]) & (part[1:] == part[:-1]) & (value[1:] == value[:-1])
    follows[1:] &= day[1:] == day[:-1] + 1
    first = np.flatnonzero(~follows)
    last = np.append(first[1:], len(cell))[: len(first)] - 1
    return cell[first], part[first], day[first], day[last] + 1


def _spans(cell: Whole, part: Whole, holds: Marks, says: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    """The spans of days in which each part ``holds`` its cell up at the same value: cell, part, day, end."""
    days = holds.shape[1]
    value = np.where(holds, says[part], BLANK)
    begins = np.ones(holds.shape, np.bool_)
    begins[:, 1:] = value[:, 1:] != value[:, :-1]
    row, day = np.nonzero(begins)
    end = np.append(day[1:], days)[: len(day)]
    end[np.append(row[1:] != row[:-1], True)[: len(row)]] = days
    is_held = value[row, day] != BLANK
    row, day, end = row[is_held], day[is_held], end[is_held]
    return cell[row], part[row], day, end


def _claims_for(kept: Kept, cell: Whole, day: Whole, value: Whole) -> Whole:
    """The claim that says so much of each cell; else its latest by that day; BLANK where nobody states it."""
    if not len(kept.cell):
        return np.full(len(cell), BLANK)
    shift = np.int64(1) << 40
    says = kept.cell * shift + np.clip(np.maximum(kept.count, kept.low), 0, shift - 1)
    by_value = order(says)
    wanted = cell * shift + np.clip(value, 0, shift - 1)
    exact = by_value[np.minimum(np.searchsorted(says[by_value], wanted), len(says) - 1)]
    by_day = order(key(kept.cell, kept.day))
    ends = np.searchsorted(key(kept.cell, kept.day)[by_day], key(cell, day), side="right") - 1
    latest = by_day[np.maximum(ends, 0)]
    stated = np.where((ends >= 0) & (kept.cell[latest] == cell), kept.claim[latest], BLANK)
    return np.where(says[exact] == wanted, kept.claim[exact], stated)
