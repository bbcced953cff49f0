"""Does a running total fall, start again, stand still or carry a slip of the pen?

A running total never falls. Where it does, the figure before, the one itself and the one after tell what
happened: a digit too many or too few, two digits exchanged, a new beginning, or a drop that only the source
can explain. A slip explains the drop beside it, so each place has one finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from service.ingest.checks.statements import Flags, Line, Statements
from service.schema.records import Finding

RESET_BELOW = 0.3
"""A total that falls below this part of the one before, and stays there, has begun again."""
LEAST = 10
"""Below this, one or two people make any ratio."""
STILL = 5
"""How many equal totals in a row are worth asking about."""
OTHERS = 3
"""How often others must have risen meanwhile."""
SAME_INCREMENT = 4
"""How many equal increments in a row (of LEAST people or more) are worth asking about."""


def repairs(value: int) -> Iterator[tuple[int, int, str]]:
    """What a slip may have been meant as: the smallest and the largest reading, and the slip's name.

    >>> [low for low, _, slip in repairs(1338) if slip == "two digits exchanged"]
    [3138, 1383]
    """
    digits = str(value)
    if value % 10 == 0:
        yield value // 10, value // 10, "a zero too many"
    yield value * 10, value * 10 + 9, "a digit missing at the end"
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1] and (at or digits[at + 1] != "0"):
            swapped = int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
            yield swapped, swapped, "two digits exchanged"
    for at in range(len(digits)):
        if len(digits) > 1 and not (at == len(digits) - 1 and value % 10 == 0):
            shorter = int(digits[:at] + digits[at + 1 :])
            yield shorter, shorter, "a digit too many"


def _repair(value: int, floor: int, ceiling: int) -> tuple[str, str] | None:
    """The first reading that lies between floor and ceiling, and the slip that it undoes."""
    for low, high, slip in repairs(value):
        if low <= ceiling and high >= floor and high > 0:
            fits = max(low, floor), min(high, ceiling)
            return (f"{fits[0]}" if fits[0] == fits[1] else f"{fits[0]} to {fits[1]}"), slip
    return None


def digit_slips(said: Statements, totals: Line, explained: Flags) -> tuple[list[Finding], Flags]:
    """Totals out of order that one slip of the pen explains; and where they stand. What is explained already
    is passed over, with its neighbours."""
    findings: list[Finding] = []
    slipped = np.zeros(len(totals), bool)
    value, n = totals.value, len(totals)
    before = np.where(totals.follows, np.roll(value, 1), 0)
    after = np.where(totals.goes_on, np.roll(value, -1), -1)
    between = totals.follows & totals.goes_on & (before <= after) & ((value < before) | (value > after))
    first = ~totals.follows & totals.goes_on & (value > 5 * after) & (after >= LEAST)
    last = totals.follows & ~totals.goes_on & (before >= LEAST)
    last &= (value < before) | (value > 5 * before)
    beside = explained | (np.roll(explained, 1) & totals.follows)
    for i in np.flatnonzero((between | first | last) & ~beside).tolist():
        if i and slipped[i - 1] and totals.follows[i]:
            continue
        floor, ceiling = _corridor(int(before[i]), int(after[i]))
        found = _repair(int(value[i]), floor, ceiling)
        if not found:
            continue
        slipped[i] = True
        near = [int(totals.at[j]) for j in (i, i - 1, i + 1) if 0 <= j < n and _same(totals, i, j)]
        reading, slip = found
        finding = said.finding(
            "digit_slip",
            near,
            f"the total {value[i]} lies outside its neighbours"
            f" ({_neighbours(int(before[i]), int(after[i]))}); {reading} would fit, so it may be {slip}.",
            f"Look at the source; if it says {reading}, correct the row.",
        )
        findings += [finding] if finding else []
    return findings, slipped


def _same(totals: Line, i: int, j: int) -> bool:
    return bool(totals.counter[i] == totals.counter[j])


def _corridor(before: int, after: int) -> tuple[int, int]:
    """What a total between these may be; where there is no next one, half as much again as before."""
    if after < 0:
        return before, before * 3 // 2
    return (before, after) if before else (after // 2, after)


def _neighbours(before: int, after: int) -> str:
    return ", ".join([f"{before} before"] * (before > 0) + [f"{after} after"] * (after >= 0))


def falls(said: Statements, totals: Line, explained: Flags) -> list[Finding]:
    """Totals below the one before: a new beginning where they stay far below it, else a drop."""
    findings: list[Finding] = []
    before = np.roll(totals.value, 1)
    beside = explained | (np.roll(explained, 1) & totals.follows)
    for i in np.flatnonzero(totals.follows & (totals.value < before) & ~beside):
        value, high = int(totals.value[i]), int(before[i])
        after = int(totals.value[i + 1]) if totals.goes_on[i] else value
        about = [int(totals.at[i]), int(totals.at[i - 1])]
        if high >= LEAST and value <= RESET_BELOW * high and value <= after < high:
            finding = said.finding(
                "counter_reset",
                about,
                f"the running total starts again at {value} after {high}.",
                "Give the new count its own period_start, so that the two are not one counter.",
            )
        else:
            finding = said.finding(
                "counter_drop",
                about,
                f"the running total falls from {high} to {value}.",
                "Leave the count out where the source gives none: 0 says that there was nobody."
                if value == 0
                else "Look at the source: a revision is kept as it is, a slip is corrected, and another"
                " definition is another population or period.",
            )
        findings += [finding] if finding else []
    return findings


def stuck(said: Statements, totals: Line, increments: Line, confirmed: Flags) -> list[Finding]:
    """Totals that stand still for no reason of their own, and increments that repeat themselves.

    A total stood still if it catches up in one step afterwards; if it has not moved since, if others of its
    source and place did. A quiet week does neither.
    """
    findings: list[Finding] = []
    rises = _rises(said, totals)
    for first, last in _runs(totals, STILL):
        steps = last - first
        missed = _pace(totals, first) * steps
        caught_up = not totals.goes_on[last] or totals.value[last + 1] - totals.value[last] >= missed / 2
        if missed >= LEAST and caught_up and rises(first, last) >= OTHERS:
            findings += _stuck(said, totals, first, last)
    for first, last in _runs(increments, SAME_INCREMENT):
        given = confirmed[increments.at[first : last + 1]]
        if increments.value[first] >= LEAST and not given.all():
            findings += _stuck(said, increments, first, last)
    return findings


def _stuck(said: Statements, over: Line, first: int, last: int) -> list[Finding]:
    finding = said.finding(
        "stuck_value",
        (int(over.at[i]) for i in range(last, first, -1)),
        f"{over.value[first]} is given {last - first + 1} times in a row.",
        "Look whether the source went on counting; leave out the days on which it did not report.",
    )
    return [finding] if finding else []


def _runs(over: Line, at_least: int) -> list[tuple[int, int]]:
    """First and last place of each run of equal figures of that length."""
    if not len(over):
        return []
    firsts = np.flatnonzero(~over.follows | (over.value != np.roll(over.value, 1)))
    lasts = np.append(firsts[1:], len(over)) - 1
    long = lasts - firsts + 1 >= at_least
    return list(zip(firsts[long].tolist(), lasts[long].tolist(), strict=True))


def _pace(totals: Line, at: int) -> float:
    """How much the counter rose per step in the week before, 0 where less than three steps are known."""
    begin = max(at - 7, int(np.searchsorted(totals.counter, totals.counter[at])))
    steps = at - begin
    return float(totals.value[at] - totals.value[begin]) / steps if steps >= 3 else 0.0


def _rises(said: Statements, totals: Line) -> Callable[[int, int], int]:
    """How often other counters of the same source and place rose in the days of a run."""
    place = said.group("crisis_id", "source_id", "origin_id", "areas", rows=totals.at)
    rose = totals.follows & (totals.value > np.roll(totals.value, 1))

    @cache
    def by_place() -> Counter[tuple[int, int]]:
        return Counter(zip(place[rose].tolist(), totals.day[rose].tolist(), strict=True))

    def count(first: int, last: int) -> int:
        days = totals.day[first + 1 : last + 1].tolist()
        return sum(by_place()[int(place[first]), day] for day in days)

    return count
