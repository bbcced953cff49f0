"""What do the days come to that an origin counted alone?

Days counted alone add up, for each origin: of stretches of days that overlap, the one with most people stands
(from the day on which it ends). Without a gap since the crisis began, the sum is a running total for as long
as the days last. People taken back on a day had not been there before either; but who is found was missing
until then, and the days of a stock add up anew once it has been counted. This module must not know of totals,
nor which count of a stretch stands.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from service.reconcile.columns import (
    LAST,
    NONE,
    OPEN,
    Marks,
    Whole,
    firsts,
    groups,
    key,
    order,
    sizes,
    spread,
)
from service.reconcile.day_counts import DayCounts
from service.reconcile.kept import BLANK, OF_DAYS


@dataclasses.dataclass(frozen=True)
class IncrementSums:
    """What an origin's increments come to: a row per (cell, origin, day) on which their sum moves, in order.

    ``cell`` counts from 0, ``day`` is a number of days; ``low`` is the floor, ``count`` the number that the
    sum votes for (BLANK: it leaves days out, or a part of it is no count), ``least`` and ``widest`` the
    ends of the wordings. ``made_of`` tells sums of events from those of days (see kept); ``reports`` is how
    many the sum grew by that day, ``claim`` the one that speaks for them.
    """

    cell: Whole
    origin: Whole
    day: Whole
    low: Whole
    count: Whole
    least: Whole
    widest: Whole
    is_nameless: Marks
    made_of: Whole
    reports: Whole
    claim: Whole

    @classmethod
    def none(cls) -> IncrementSums:
        """No sums at all."""
        names = [f.name for f in dataclasses.fields(cls)]
        blank: dict[str, Any] = {
            name: np.zeros(0, np.bool_ if name.startswith("is_") else np.int64) for name in names
        }
        return cls(**blank)

    def take(self, rows: Whole | Marks) -> IncrementSums:
        return IncrementSums(**{f.name: getattr(self, f.name)[rows] for f in dataclasses.fields(self)})

    def beside(self, other: IncrementSums) -> IncrementSums:
        """These and others."""
        return IncrementSums(**{
            f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)])
            for f in dataclasses.fields(self)
        })  # fmt: skip


def sum_days(counts: DayCounts, until: Whole, is_stock: Marks) -> IncrementSums:
    """Return what days that were counted alone come to; the claim is of the count that a sum grew by.

    Each count stands ``until`` a day (LAST: for good), and those that stand until the same day add up;
    ``is_stock`` marks those that a later one takes people from, and not the days before it.
    """
    outdone = _days_outdone(counts)
    falls = np.flatnonzero(outdone != OPEN)
    stretch = np.concatenate([np.arange(len(outdone)), falls])
    on = np.concatenate([counts.day, np.maximum(outdone, counts.day)[falls]])
    sign = np.repeat([1, -1], [len(outdone), len(falls)])
    # of those that a sum grows by on one day, the one with most people speaks, of equals the later begun
    keys = (counts.cell_id, counts.origin_no, until, counts.low, counts.first_day)
    cell, origin, end, low, first_day = (values[stretch] for values in keys)
    places = order(cell, origin, end, on, sign, low, first_day)
    return _sum_up(counts, (stretch[places], on[places], sign[places]), end[places], is_stock)


def _days_outdone(counts: DayCounts) -> Whole:
    """When a stretch with more people ends (or as many, and later) that overlaps with it; OPEN where none."""
    group = groups(firsts(counts.cell_id, counts.origin_no), len(counts))
    begins, ends = key(group, counts.first_day), key(group, counts.day)
    # in the order of beginnings, those that overlap lie between the first that ends and the last that begins
    # in time
    start = np.searchsorted(np.maximum.accumulate(ends), begins)
    row, other = spread(start, np.maximum(np.searchsorted(begins, ends, side="right"), start))
    lo, day, first_day = counts.low, counts.day, counts.first_day
    more = (lo[other] > lo[row]) | (
        (lo[other] == lo[row])
        & ((day[other] > day[row]) | ((day[other] == day[row]) & (first_day[other] > first_day[row])))
    )
    more &= ends[other] >= begins[row]
    found = np.full(len(day), OPEN)
    np.minimum.at(found, row[more], day[other[more]])
    return found


def _sum_up(
    counts: DayCounts, steps: tuple[Whole, Whole, Whole], until: Whole, is_stock: Marks
) -> IncrementSums:
    """What the stretches come to that begin to count and cease to (``steps``: the stretch, the day, and 1 or
    -1), up to the day ``until`` for each."""
    stretch, on, sign = steps
    cell, origin = counts.cell_id[stretch], counts.origin_no[stretch]
    first = firsts(cell, origin, until, on)
    last = first + sizes(first, len(on)) - 1
    grows = sign == 1
    begins = firsts(cell[first], origin[first], until[first])
    run = groups(begins, len(first))

    def sums(values: Whole) -> Whole:
        """After each day, from the origin's first on."""
        total: Whole = np.cumsum(np.add.reduceat(sign * values[stretch], first))
        before: Whole = np.append(0, total)[begins]
        return total - before[run]

    since = np.minimum.reduceat(np.where(grows, counts.first_day[stretch], LAST), first)
    since = LAST - (np.maximum.accumulate(key(run, LAST - since)) - key(run, 0))
    start = counts.begins[cell[first] - 1]
    is_running = (start == NONE) | (since <= start)
    is_running &= sums(counts.day - counts.first_day + 1) == on[first] - since + 1
    total = sums(counts.low)
    low = np.where(is_stock[stretch[first]], np.maximum(total, 0), _take_back(total, run))
    is_count = is_running & (sums(counts.is_floor.astype(np.int64)) == 0)
    # who takes back more than it has counted in days tells of no count, least of all of none
    is_enough = total >= 0
    is_count &= np.where(
        is_stock[stretch[first]], is_enough, _take_back(is_enough.astype(np.int64), run) == 1
    )
    return IncrementSums(
        cell=cell[last] - 1,
        origin=origin[last],
        day=on[first],
        low=low,
        count=np.where(is_count, low, BLANK),
        least=low,
        widest=low,
        is_nameless=counts.is_anonymous[stretch][last],
        made_of=np.full(len(first), OF_DAYS),
        reports=np.ones(len(first), np.int64),
        claim=counts.claim[stretch][last],
    ).take(grows[last])


def _take_back(sums: Whole, run: Whole) -> Whole:
    """The sums of each run where the origin took people back: it had counted no more of them before.

    >>> _take_back(np.array([70, 52, 57]), np.array([0, 0, 0])).tolist()
    [52, 52, 57]
    """
    room = np.int64(1) << 40
    limit = np.minimum.accumulate((np.clip(sums, 0, room - 1) + run * room)[::-1])[::-1]
    found: Whole = limit - run * room
    return found
