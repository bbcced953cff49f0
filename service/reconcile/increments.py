"""What do the days come to that an origin counted alone?

Days counted alone add up, for each origin: of stretches of days that overlap, the one with most people stands
(from the day on which it ends). Without a gap since the crisis began, the sum is a running total for as long
as the days last. This module must not know of totals.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.claims import Claims
from service.reconcile.columns import (
    LAST,
    NONE,
    OPEN,
    Column,
    Rows,
    Whole,
    firsts,
    groups,
    key,
    order,
    sizes,
    spread,
)

SUM_COLUMNS = ("cell_id", "origin_no", "is_anonymous", "statement")
"""What a sum takes over from the count that it grew by."""
STRETCH = ("cell_id", "origin_no", "first_day", "day")


def sum_days(claims: Claims) -> Rows:
    """A row per (cell, origin, day) on which the sum of an origin's days moves, in order.

    ``lo`` is the sum; ``is_anonymous`` and ``statement`` are of the count that it grew by;
    ``is_running`` says whether it leaves no day out.
    """
    told = _stretches(claims)
    outdone = _days_outdone(told)
    falls = np.flatnonzero(outdone != OPEN)
    stretch = np.concatenate([np.arange(len(outdone)), falls])
    step = {name: column[stretch] for name, column in told.items()}
    step["sign"] = np.repeat([1, -1], [len(outdone), len(falls)])
    step["on"] = np.concatenate([told["day"], np.maximum(outdone, told["day"])[falls]])
    # of those that a sum grows by on one day, the one with most people speaks, of equals the later begun
    places = order(*(step[name] for name in ("cell_id", "origin_no", "on", "sign", "lo", "first_day")))
    return _sum_up({name: column[places] for name, column in step.items()}, claims)


def _stretches(claims: Claims) -> dict[str, Column]:
    """What is heard of each origin's stretch of days: its own publication, else what two or more carry, else
    the highest."""
    among = np.flatnonzero(claims.rows["is_increment"] & (claims.disowned_by == NONE))
    claim = {name: column[among] for name, column in claims.rows.items()} | {
        "statement": claims.statement[among]
    }
    places = order(*(claim[name] for name in (*STRETCH, "said", "source_no")))
    claim = {name: column[places] for name, column in claim.items()}
    first = firsts(*(claim[name] for name in (*STRETCH, "said")))
    is_other = np.zeros(len(places), np.bool_)
    is_other[firsts(*(claim[name] for name in (*STRETCH, "said", "source_no")))] = True
    told = {name: claim[name][first] for name in (*STRETCH, "said", "is_anonymous", "statement")} | {
        "lo": np.maximum.reduceat(claim["lo"], first),
    }
    best_last = order(
        *(told[name] for name in STRETCH),
        np.logical_or.reduceat(claim["is_own"], first),
        np.add.reduceat(is_other, first, dtype=np.int64) >= 2,
        told["said"],
    )
    stretch = firsts(*(told[name][best_last] for name in STRETCH))
    heard = best_last[stretch + sizes(stretch, len(best_last)) - 1]
    return {name: column[heard] for name, column in told.items()}


def _days_outdone(told: Rows) -> Whole:
    """When a stretch with more people ends (or as many, and later) that overlaps with it; OPEN where none."""
    group = groups(firsts(told["cell_id"], told["origin_no"]), len(told["day"]))
    begins, ends = key(group, told["first_day"]), key(group, told["day"])
    # in the order of beginnings, those that overlap lie between the first that ends and the last that begins
    # in time
    start = np.searchsorted(np.maximum.accumulate(ends), begins)
    row, other = spread(start, np.maximum(np.searchsorted(begins, ends, side="right"), start))
    lo, day, first_day = told["lo"], told["day"], told["first_day"]
    more = (lo[other] > lo[row]) | (
        (lo[other] == lo[row])
        & ((day[other] > day[row]) | ((day[other] == day[row]) & (first_day[other] > first_day[row])))
    )
    more &= ends[other] >= begins[row]
    found = np.full(len(day), OPEN)
    np.minimum.at(found, row[more], day[other[more]])
    return found


def _sum_up(step: Rows, claims: Claims) -> Rows:
    """What the stretches that begin to count and cease to (``sign``), on each day ``on``, come to."""
    first = firsts(step["cell_id"], step["origin_no"], step["on"])
    last = first + sizes(first, len(step["on"])) - 1
    sign, grows = step["sign"], step["sign"] == 1
    begins = firsts(step["cell_id"][first], step["origin_no"][first])
    origin = groups(begins, len(first))

    def sums(values: Whole) -> Whole:
        """After each day, from the origin's first on."""
        total: Whole = np.cumsum(np.add.reduceat(sign * values, first))
        before: Whole = np.append(0, total)[begins]
        return total - before[origin]

    since = np.minimum.reduceat(np.where(grows, step["first_day"], LAST), first)
    since = LAST - (np.maximum.accumulate(key(origin, LAST - since)) - key(origin, 0))
    start = claims.cells.begins[step["cell_id"][first] - 1]
    is_running = (start == NONE) | (since <= start)
    is_running &= sums(step["day"] - step["first_day"] + 1) == step["on"][first] - since + 1
    found = {name: step[name][last] for name in SUM_COLUMNS} | {
        "day": step["on"][first],
        "lo": sums(step["lo"]),
        "is_running": is_running,
    }
    return {name: column[grows[last]] for name, column in found.items()}
