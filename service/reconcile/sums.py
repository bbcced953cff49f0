"""Do disjoint parts come to more than their whole, and which side gives way?

Where those who count the parts weigh at least half as much as those who hold the whole below their sum, the
whole is raised to the sum; where they weigh less, nothing is bent and the parts are marked. Either way it is
told. This module does not know reports or grades.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Sequence

import numpy as np

from service.reconcile.accounts import Accounts
from service.reconcile.columns import (
    OPEN,
    Marks,
    Whole,
    first_with_most,
    firsts,
    fold,
    groups,
    matches,
    most_of_groups,
    order,
)
from service.reconcile.figures import Figures
from service.reconcile.grid import Grid
from service.reconcile.kept import BLANK
from service.reconcile.partitions import Partitions, partitions_of

TENTH = 10
"""What differs by more than a tenth is contested."""


class Outcome(enum.Enum):
    """What became of a whole whose parts come to more."""

    RAISED = "the whole was raised to the sum"
    OUTWEIGHED = "those who hold the whole weigh more, so nothing was raised"
    INFERRED = "not all of these parts are counts that stand, so nothing was raised"
    """A part of it is inferred only, or was lifted after the sum was taken."""
    MIXED = "they are parts of different kinds, so nothing was raised"
    """Here a place, there some of the people of another one."""


@dataclasses.dataclass(frozen=True)
class Excess:
    """Parts that came to more than their whole: the sum and the whole's figure on the last such day."""

    whole: int
    parts: tuple[int, ...]
    day: int
    together: int
    figure: int
    outcome: Outcome


@dataclasses.dataclass(frozen=True)
class Raised:
    """Wholes that were raised to the sum of parts: a row for each of these, with a mark for each day."""

    whole: Whole
    part: Whole
    days: Marks

    @classmethod
    def none(cls, days: int) -> Raised:
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, days), np.bool_))

    def marks(self, cells: int) -> Marks:
        """The cells and days that were raised, of so many cells."""
        found = np.zeros((cells, self.days.shape[1]), np.bool_)
        fold(np.logical_or, found, self.whole, self.days)
        return found

    @classmethod
    def all_of(cls, raises: Sequence[Raised]) -> Raised:
        """Return several as one."""
        columns = zip(*((each.whole, each.part, each.days) for each in raises), strict=True)
        return cls(*map(np.concatenate, columns))


@dataclasses.dataclass(frozen=True)
class Sums:
    """``is_raised`` and ``is_at_odds`` (parts of more than their whole, and the whole where they come to more
    than a tenth more), both (cells, days); what was raised to what, and what was noticed."""

    is_raised: Marks
    is_at_odds: Marks
    raises: Raised
    noticed: tuple[Excess, ...]


@dataclasses.dataclass(frozen=True)
class _Compared:
    """Partitions beside their wholes, by day: the figures of the parts (a row each; where there is none, at
    least so many; 0 on days that do not count), their sum, the whole's figure, and the days on which two or
    more parts come to more."""

    value: Whole
    together: Whole
    own: Whole
    excess: Marks


def close_sums(grid: Grid, accounts: Accounts, figures: Figures) -> Sums:
    """Raise wholes to the sums of their parts, the smallest places first, or mark the parts, and lift lows to
    those of the parts together; figures change in place."""
    shape = figures.best.shape
    raised, at_odds = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    raises, lifts = [Raised.none(grid.days)], _Lifts(grid, figures)
    noticed: list[Excess] = []
    counts = figures.is_stated.any(axis=1) & ~figures.is_nameless
    for step in partitions_of(grid, counts).steps:
        lifts.up_to(int(step.level[0]))
        _lift_lows(grid, figures, step)
        some = step.take(np.flatnonzero(_compare(figures, step, figures.is_stated).excess.any(axis=1)))
        if not len(some.whole):
            continue
        found = _compare(figures, some, figures.is_stated)
        gives_way = found.excess & _gives_way(accounts, some, found)
        noticed += _notice(some, found, gives_way, Outcome.RAISED)
        noticed += _notice(some, found, found.excess & ~gives_way, Outcome.OUTWEIGHED)
        is_held = _raise(figures, some, found, gives_way)
        has_best = figures.best[some.whole] != BLANK
        raised[some.whole] |= is_held & has_best
        of = groups(some.first, len(some.parts))
        stays = found.excess & ~gives_way
        fold(np.logical_or, at_odds, some.parts, stays[of])
        fold(np.logical_or, at_odds, some.whole, stays & _is_far(found))
        is_whole = np.logical_or.reduce(is_held, axis=1)
        lifts.add(some.whole[is_whole], int(step.level[0]))
        is_part = is_whole[of]
        raises.append(Raised(some.whole[of[is_part]], some.parts[is_part], is_held[of[is_part]]))
        figures.best[some.whole] = np.where(
            has_best, np.maximum.accumulate(figures.best[some.whole], axis=1), BLANK
        )
        figures.low[some.whole] = np.maximum.accumulate(figures.low[some.whole], axis=1)
    lifts.up_to(OPEN)
    return Sums(raised, at_odds, Raised.all_of(raises), tuple(noticed))


def _lift_lows(grid: Grid, figures: Figures, some: Partitions) -> None:
    """Lift the low of wholes with a count to what places inside them have at least together, up to the count,
    in place: of the same people there can only be fewer where one of these places has fewer."""
    of = groups(some.first, len(some.parts))
    is_alike = grid.slice_no[some.parts] == grid.slice_no[some.whole[of]]
    some = some.take(np.flatnonzero(np.logical_and.reduceat(is_alike, some.first)))
    if not len(some.whole):
        return
    least = np.where(figures.is_stated[some.parts], np.maximum(figures.low[some.parts], 0), 0)
    best, low = figures.best[some.whole], figures.low[some.whole]
    together = np.minimum(np.add.reduceat(least, some.first, axis=0), best)
    figures.low[some.whole] = np.where(best != BLANK, np.maximum(low, together), low)


def _raise(figures: Figures, some: Partitions, found: _Compared, gives_way: Marks) -> Marks:
    """Raise wholes to their parts on the days on which they give way, in place; return the days on which the
    parts hold them up."""
    best, low = figures.best[some.whole], figures.low[some.whole]
    has_best = best != BLANK
    value = np.where(figures.is_stated[some.parts], np.maximum(figures.low[some.parts], 0), 0)
    least = np.add.reduceat(value, some.first, axis=0)
    best = np.where(gives_way & has_best, found.together, best)
    low = np.where(gives_way & ~has_best, np.maximum(least, low), low)
    figures.best[some.whole], figures.low[some.whole] = best, low
    stands = np.maximum.accumulate(np.where(has_best, best, low), axis=1)
    is_held: Marks = (stands > found.own) & np.maximum.accumulate(gives_way, axis=1)
    return is_held


class _Lifts:
    """What holds wholes that were raised is lifted before it is a part of other sums itself."""

    def __init__(self, grid: Grid, figures: Figures) -> None:
        self._grid = grid
        self._figures = figures
        self._counts: dict[int, Whole] = {}
        self._level = 0

    def add(self, wholes: Whole, level: int) -> None:
        """Keep in mind wholes of a level that were raised."""
        self._level = level
        self._counts |= zip(wholes.tolist(), self._figures.best[wholes], strict=True)

    def up_to(self, level: int) -> None:
        """Lift what holds the wholes raised so far, if they are of a lower level, in place."""
        if not self._counts or level == self._level:
            return
        figures, grid = self._figures, self._grid
        part = np.array(sorted(self._counts))
        count = np.array([self._counts[each] for each in part.tolist()])
        self._counts = {}
        row, around = grid.wholes(part)
        row, around = row[around != part[row]], around[around != part[row]]
        if not len(row):
            return
        sequence = order(around)
        row, around = row[sequence], around[sequence]
        first = firsts(around)
        most = most_of_groups(count, row, first)
        wholes = around[first]
        is_lifted = (figures.best[wholes] != BLANK) & (most > figures.best[wholes])
        source = part[first_with_most(count, row, first)]
        figures.best[wholes] = np.where(is_lifted, most, figures.best[wholes])
        figures.lifted_from[wholes] = np.where(is_lifted, source, figures.lifted_from[wholes])


def tell_the_rest(grid: Grid, accounts: Accounts, figures: Figures, sums: Sums, is_reported: Marks) -> Sums:
    """Notice, of final figures, the sums above their wholes that ``close_sums`` did not: of cells that were
    reported and are inferred all the same, since what was said of them is set aside; of cells without a
    figure, since those who hold the whole push below what is counted there; and of parts of different kinds,
    which are added up only here. They raise nothing."""
    counts = (is_reported | figures.is_stated.any(axis=1)) & ~figures.is_nameless
    floors = _floors_of_heavy(accounts, figures, is_reported)
    noticed = [_as_it_came_out(figures, excess) for excess in sums.noticed]
    for outcome in (Outcome.INFERRED, Outcome.MIXED):
        every = partitions_of(grid, counts, are_mixed=outcome is Outcome.MIXED)
        told = [excess.whole for excess in noticed]
        for some in every.take(np.flatnonzero(~np.isin(every.whole, told))).portions(grid.days):
            found = _compare(figures, some, True, floors)
            noticed += _notice(some, found, found.excess, outcome)
    return dataclasses.replace(sums, noticed=tuple(noticed))


def _as_it_came_out(figures: Figures, excess: Excess) -> Excess:
    """What is told of parts, where what holds their whole has kept this below their sum after all."""
    stands = max(figures.best[excess.whole, excess.day], figures.low[excess.whole, excess.day])
    is_undone = excess.outcome is Outcome.RAISED and stands < excess.together
    return dataclasses.replace(excess, outcome=Outcome.OUTWEIGHED) if is_undone else excess


def _floors_of_heavy(accounts: Accounts, figures: Figures, is_reported: Marks) -> Whole | None:
    """Return what is counted at least, on each day, in cells that were reported and have no figure, by an
    origin of at least half the weight of the heaviest that speaks of them; None where there are none."""
    is_blank = is_reported & (figures.best[:, -1] == BLANK)
    if not is_blank.any():
        return None
    heaviest = np.zeros(len(figures.best), np.int64)
    np.maximum.at(heaviest, accounts.cell, accounts.weight)
    rows = np.flatnonzero(
        is_blank[accounts.cell] & ~accounts.is_nameless & (2 * accounts.weight >= heaviest[accounts.cell])
    )
    floors = np.zeros(figures.best.shape, np.int64)
    fold(np.maximum, floors, accounts.cell[rows], accounts.low[rows])
    return floors


def _compare(
    figures: Figures, some: Partitions, counts: Marks | bool, floors: Whole | None = None
) -> _Compared:
    """Return partitions beside their wholes; ``counts`` marks the cells and days that count. A part without a
    figure has at least its ``low``, or what ``floors`` gives."""
    is_counted = counts if isinstance(counts, bool) else counts[some.parts]
    least = (
        figures.low[some.parts] if floors is None else np.maximum(figures.low[some.parts], floors[some.parts])
    )
    value = np.where(figures.best[some.parts] != BLANK, figures.best[some.parts], least)
    value = np.where(is_counted, np.maximum(value, 0), 0)
    together, several = (
        np.add.reduceat(each, some.first, axis=0, dtype=np.int64) for each in (value, value > 0)
    )
    own = np.where(figures.best[some.whole] != BLANK, figures.best[some.whole], figures.low[some.whole])
    return _Compared(value, together, own, (together > own) & (several > 1) & (own != BLANK))


def _notice(some: Partitions, found: _Compared, days: Marks, outcome: Outcome) -> Iterator[Excess]:
    """Yield what is to be told of partitions: each as it is on the last of the marked days."""
    end = np.append(some.first[1:], len(some.parts))
    for row in np.flatnonzero(days.any(axis=1)).tolist():
        day = int(np.flatnonzero(days[row])[-1])
        parts = tuple(some.parts[some.first[row] : end[row]].tolist())
        yield Excess(
            int(some.whole[row]), parts, day, int(found.together[row, day]), int(found.own[row, day]), outcome
        )


def _is_far(found: _Compared) -> Marks:
    """The days on which parts come to more than their whole by more than a tenth."""
    is_far: Marks = TENTH * (found.together - found.own) > found.own
    return is_far


def _gives_way(accounts: Accounts, some: Partitions, found: _Compared) -> Marks:
    """The days on which the lightest of the parts weighs at least half as much as those who hold the whole
    below the sum."""
    row, account = matches(some.whole, accounts.cell)
    against = np.zeros(found.together.shape, np.int64)
    holds = accounts.high[account] < found.together[row]
    fold(np.add, against, row, holds * accounts.weight[account, np.newaxis])
    row, account = matches(some.parts, accounts.cell)
    weight = np.zeros(found.value.shape, np.int64)
    counts = accounts.low[account] >= found.value[row]
    fold(np.add, weight, row, counts * accounts.weight[account, np.newaxis])
    weight = np.where(found.value > 0, weight, np.iinfo(np.int64).max)
    lightest = np.minimum.reduceat(weight, some.first, axis=0)
    return lightest >= against - lightest
