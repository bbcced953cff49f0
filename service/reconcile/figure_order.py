"""In which order do low, best and high stand over days and from part to whole?

They never fall with the day, and no part is above its whole. This module does not know how a figure is found.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.columns import Marks, Whole, first_with_most, firsts, least_of_groups, most_of_groups
from service.reconcile.figures import Figures
from service.reconcile.grid import Grid
from service.reconcile.kept import BLANK, BOUNDLESS


def close_order(grid: Grid, figures: Figures) -> None:
    """Close the order of low, best and high over days and from part to whole, in place.

    A row lifted so names the cell it was lifted from. Nameless claims are carried to nameless ones alone.
    What nobody has stated by a day is no ground for lifting what somebody has: it is kept below it instead,
    so that no figure depends on what is inferred, or on which other cells are looked at.
    """
    stated = figures.is_stated
    inferred_low, inferred_high = figures.low, figures.high
    figures.low, figures.high = (np.where(stated, values, BLANK) for values in (inferred_low, inferred_high))
    _close_stated(grid, figures)
    figures.low = np.where(stated, figures.low, inferred_low)
    figures.high = np.where(stated, figures.high, inferred_high)
    is_reported = _rows_with(stated)
    _close_inferred(grid, figures, is_reported[:, np.newaxis] & ~stated, is_reported, stated)
    if not is_reported.all():
        everyone = np.ones(len(grid), np.bool_)
        asked = np.broadcast_to(~is_reported[:, np.newaxis], stated.shape)
        _close_inferred(grid, figures, asked, everyone, ~asked)
    # an inferred low stands on where those who then state the cell give none: it was not too high before
    figures.low = np.where(figures.low == BLANK, np.maximum.accumulate(figures.low, axis=1), figures.low)


def _close_stated(grid: Grid, figures: Figures) -> None:
    """Close the order of what is stated; low and high are BLANK on all other days."""
    is_carried = ~figures.is_nameless[grid.inner] | figures.is_nameless[grid.outer]
    carried = is_carried & (grid.inner != grid.outer)
    inner, outer = grid.inner[carried], grid.outer[carried]
    _carry_forward(figures)
    if len(inner):
        first = firsts(outer)
        wholes = outer[first]
        stated = figures.is_stated[wholes]
        most = most_of_groups(figures.best, inner, first)
        has_best = figures.best[wholes] != BLANK
        raised = has_best & (most > figures.best[wholes])
        figures.best[wholes] = np.where(raised, most, figures.best[wholes])
        least = np.maximum(most_of_groups(figures.low, inner, first), most)
        lifted = stated & (least > figures.low[wholes])
        figures.low[wholes] = np.where(lifted, least, figures.low[wholes])
        source = first_with_most(np.maximum(figures.low, figures.best), inner, first)
        figures.lifted_from[wholes] = np.where(raised | lifted, source, figures.lifted_from[wholes])
    _carry_forward(figures)
    figures.best[figures.low > figures.best] = BLANK
    # high holds best before it is carried: else it could fall after a day on which it was raised
    figures.high = _high_above(figures.low, np.maximum(figures.high, figures.best), figures.high != BLANK)
    _carry_forward(figures)
    if len(inner):
        highest = most_of_groups(figures.high, inner, first)
        has_high = figures.high[wholes] != BLANK
        figures.high[wholes] = np.where(has_high, np.maximum(highest, figures.high[wholes]), BLANK)
        _carry_forward(figures)


def _high_above(low: Whole, high: Whole, closed: Marks) -> Whole:
    """Return, where ``closed``, the least high of the day or a later one that is not below the low of its own
    day; else BLANK: a low lifted above all that is said at most is open above, for it is nobody's ceiling."""
    least = np.where(closed & (high != BLANK) & (low <= high), high, BOUNDLESS)
    least = np.minimum.accumulate(least[:, ::-1], axis=1)[:, ::-1]
    found: Whole = np.where(closed & (least < BOUNDLESS), least, BLANK)
    return found


def _close_inferred(grid: Grid, figures: Figures, asked: Marks, lifting: Marks, firm: Marks) -> None:
    """Close the order of the rows ``asked`` (cells, days): lifted to the cells ``lifting`` inside them, kept
    at or below what their own cell and its wholes come to on that day or later where that is ``firm``."""
    wanted = _rows_with(asked)
    is_firm = _rows_with(firm)
    if not wanted.any():
        return
    is_carried = ~figures.is_nameless[grid.inner] | figures.is_nameless[grid.outer]
    is_own = grid.inner == grid.outer
    lifts = is_carried & lifting[grid.inner] & wanted[grid.outer] & ~is_own
    inner, outer = grid.inner[lifts], grid.outer[lifts]
    is_held = (is_carried | is_own) & wanted[grid.inner] & is_firm[grid.outer]
    holds = grid.by_inner[is_held[grid.by_inner]]
    part, whole = grid.inner[holds], grid.outer[holds]
    room_above = np.full(figures.high.shape, BOUNDLESS)
    for values, lifted_to in (
        (figures.low, np.maximum(figures.low, figures.best)),
        (figures.high, figures.high),
    ):
        if len(inner):
            first = firsts(outer)
            wholes = outer[first]
            most = np.maximum(values[wholes], most_of_groups(lifted_to, inner, first))
            may_rise = asked[wholes] & ((values[wholes] != BLANK) | (values is figures.low))
            values[wholes] = np.where(may_rise, most, values[wholes])
        carried = np.maximum.accumulate(np.where(asked, values, BLANK), axis=1)
        may_rise = asked & ((values != BLANK) | (values is figures.low))
        values[...] = np.where(may_rise, carried, values)
        if len(part):
            room = np.where(firm & (values != BLANK), values, np.iinfo(np.int64).max)
            room = np.minimum.accumulate(room[:, ::-1], axis=1)[:, ::-1]
            first = firsts(part)
            least = least_of_groups(room, whole, first)
            parts = part[first]
            values[parts] = np.where(asked[parts], np.minimum(values[parts], least), values[parts])
            if values is figures.high:
                room_above[parts] = least
    is_other = part != whole
    if is_other.any():
        # a whole that those who state it give no low leaves its parts none either
        has_none = firm & (figures.low == BLANK)
        has_none = np.logical_or.accumulate(has_none[:, ::-1], axis=1)[:, ::-1]
        part, whole = part[is_other], whole[is_other]
        first = firsts(part)
        parts = part[first]
        is_none = np.logical_or.reduceat(has_none[whole], first, axis=0) & asked[parts]
        figures.low[parts] = np.where(is_none, BLANK, figures.low[parts])
    is_closed = asked & (figures.high != BLANK)
    # the high of a later day stands no higher than the wholes of this one
    high = np.minimum(_high_above(figures.low, figures.high, is_closed), room_above)
    figures.high = np.where(asked, high, figures.high)


def _rows_with(marks: Marks) -> Marks:
    """The rows of a table in which anything is marked."""
    found: Marks = np.logical_or.reduce(marks, axis=1)
    return found


def _carry_forward(figures: Figures) -> None:
    """Carry what is said forward in days: best where there is one, low, and high where there is one."""
    figures.low = np.maximum.accumulate(figures.low, axis=1)
    figures.best = np.where(figures.best != BLANK, np.maximum.accumulate(figures.best, axis=1), BLANK)
    figures.high = np.where(figures.high != BLANK, np.maximum.accumulate(figures.high, axis=1), BLANK)
