"""Does a running total fall, start again, stand still or contain a slip of the pen?

A running total should never fall. Where one does, the figures before and after it tell what happened: a wrong
digit, a new beginning, or a drop that only the source can explain. A slip also explains the drop beside it,
so each place has one finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from service.ingest.checks.statements import CELL, UNKNOWN, Counters, Flags, Statements
from service.schema.records import Finding
from service.sentence import Listed, Sentence, Value, listed, message, sentence, span_of
from service.vocabulary import Measure

RESET_BELOW = 0.3
"""A total that falls below this share of the one before, and stays there, is a new count."""
MIN_PEOPLE = 10
"""People; with fewer, one or two of them change any ratio."""
MIN_EQUAL_TOTALS = 5
"""How many equal totals in a row are worth a question."""
MIN_OTHER_RISES = 3
"""How often other counters must have risen in the meantime."""
MIN_LONG_RUN = 9
"""Steps after which a place stands still longer than a quiet week lets it."""
MIN_EQUAL_INCREMENTS = 4
"""How many equal increments in a row (of MIN_PEOPLE or more) are worth a question."""


def list_repairs(value: int) -> Iterator[tuple[int, int, str]]:
    """Yield what ``value`` may stand for if it is a slip: the smallest and largest reading, and the slip.

    >>> [low for low, _, slip in list_repairs(1338) if slip == "two digits exchanged"]
    [3138, 1383]
    """
    digits = str(value)
    if value % 10 == 0:
        yield value // 10, value // 10, message("a zero too many")
    yield value * 10, value * 10 + 9, message("a digit missing at the end")
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1] and (at or digits[at + 1] != "0"):
            swap = int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
            yield swap, swap, message("two digits exchanged")
    for at in range(len(digits)):
        if len(digits) > 1 and not (at == len(digits) - 1 and value % 10 == 0):
            shorter = int(digits[:at] + digits[at + 1 :])
            yield shorter, shorter, message("a digit too many")


def _repair(value: int, floor: int, ceiling: int) -> tuple[Value, Sentence] | None:
    """Return the first reading that fits between floor and ceiling, and its slip; None if none does."""
    for low, high, slip in list_repairs(value):
        if low <= ceiling and high >= floor and high > 0:
            fits = max(low, floor), min(high, ceiling)
            return span_of(*fits), sentence(slip)
    return None


def find_digit_slips(
    statements: Statements, totals: Counters, is_explained: Flags
) -> tuple[list[Finding], Flags]:
    """Return findings about totals that one slip of the pen explains, and the flags of those totals.

    Totals that another check has explained (``is_explained``), and their neighbours, are skipped.
    """
    findings: list[Finding] = []
    is_slip = np.zeros(len(totals), bool)
    value, n = totals.value, len(totals)
    before = np.where(totals.follows, np.roll(value, 1), 0)
    after = np.where(totals.goes_on, np.roll(value, -1), -1)
    between = totals.follows & totals.goes_on & (before <= after) & ((value < before) | (value > after))
    first = ~totals.follows & totals.goes_on & (value > 5 * after) & (after >= MIN_PEOPLE)
    last = totals.follows & ~totals.goes_on & (before >= MIN_PEOPLE)
    last &= (value < before) | (value > 5 * before)
    beside = is_explained | (np.roll(is_explained, 1) & totals.follows)
    for i in np.flatnonzero((between | first | last) & ~beside).tolist():
        if i and is_slip[i - 1] and totals.follows[i]:
            continue
        floor, ceiling = _limits(int(before[i]), int(after[i]))
        repair = _repair(int(value[i]), max(floor, _least_said(statements, totals, i)), ceiling)
        if not repair:
            continue
        is_slip[i] = True
        neighbours = [
            int(totals.at[j]) for j in (i, i - 1, i + 1) if 0 <= j < n and _is_same_counter(totals, i, j)
        ]
        reading, slip = repair
        findings += statements.findings(
            "digit_slip",
            neighbours,
            sentence(
                "the total %(value)s lies outside its neighbours (%(neighbours)s); %(reading)s "
                "would fit, so it may be %(slip)s.",
                value=int(value[i]),
                neighbours=_name_neighbours(int(before[i]), int(after[i])),
                reading=reading,
                slip=slip,
            ),
            sentence("Look at the source; if it says %(reading)s, correct the row.", reading=reading),
            about=int(totals.at[i]),
        )
    return findings, is_slip


def _least_said(statements: Statements, totals: Counters, i: int) -> int:
    """Return the greatest lower bound that its source gave of a total, to its day or before, else 0."""
    counter = statements.group(*CELL, "start", rows=np.arange(len(statements.row)))
    is_floor = statements.is_total & ~statements.is_event & (statements.value == UNKNOWN)
    is_floor &= (statements.day != UNKNOWN) & (statements.day <= totals.day[i])
    return int(statements.low[is_floor & (counter == counter[totals.at[i]])].max(initial=0))


def _is_same_counter(totals: Counters, i: int, j: int) -> bool:
    return bool(totals.counter[i] == totals.counter[j])


def _limits(before: int, after: int) -> tuple[int, int]:
    """Return the least and most that a total may be; after the last one, up to 1.5 times the one before."""
    if after < 0:
        return before, before * 3 // 2
    return (before, after) if before else (after // 2, after)


def _name_neighbours(before: int, after: int) -> Listed:
    said = [sentence("%(number)s before", number=before)] * (before > 0)
    return listed([*said, *[sentence("%(number)s after", number=after)] * (after >= 0)])


def find_falls(statements: Statements, totals: Counters, is_explained: Flags) -> list[Finding]:
    """Return findings about falling totals: a new count where they stay far below, else a drop. A stock may
    fall: the missing are found."""
    findings: list[Finding] = []
    before = np.roll(totals.value, 1)
    stocks = [statements.has_text("measure", term)[totals.at] for term in Measure if term.is_stock]
    beside = is_explained | (np.roll(is_explained, 1) & totals.follows) | np.logical_or.reduce(stocks)
    for i in np.flatnonzero(totals.follows & (totals.value < before) & ~beside):
        value, high = int(totals.value[i]), int(before[i])
        after = int(totals.value[i + 1]) if totals.goes_on[i] else value
        candidates = [int(totals.at[i]), int(totals.at[i - 1])]
        if high >= MIN_PEOPLE and value <= RESET_BELOW * high and value <= after < high:
            findings += statements.findings(
                "counter_reset",
                candidates,
                sentence(
                    "the running total starts again at %(value)s after %(high)s.", value=value, high=high
                ),
                "Give the new count its own period_start, so that the two are not one counter.",
            )
        else:
            findings += statements.findings(
                "counter_drop",
                candidates,
                sentence("the running total falls from %(high)s to %(value)s.", high=high, value=value),
                "Leave the count out where the source gives none: 0 says that there was nobody."
                if value == 0
                else "Look at the source: a revision is kept as it is, a slip is corrected, and another"
                " definition is another population or period.",
            )
    return findings


def find_repetitions(
    statements: Statements, totals: Counters, increments: Counters, is_confirmed: Flags
) -> list[Finding]:
    """Return findings about totals that stand still without a reason, and increments that repeat themselves.

    A total is suspect if other counters of its source rose in the meantime: of the same place, or, through a
    long run, most of those of the same people elsewhere; and if it then catches up in one step or never
    moves again. A quiet week does neither.
    """
    findings: list[Finding] = []
    do_others_move = _movement(statements, totals)
    for first, last in _runs(totals, MIN_EQUAL_TOTALS):
        steps = last - first
        missed = _pace(totals, first) * steps
        catches_up = not totals.goes_on[last] or totals.value[last + 1] - totals.value[last] >= missed / 2
        if missed >= MIN_PEOPLE and catches_up and do_others_move(first, last):
            findings += _repetition(statements, totals, first, last)
    for first, last in _runs(increments, MIN_EQUAL_INCREMENTS):
        is_in_steps = is_confirmed[increments.at[first : last + 1]]
        if increments.value[first] >= MIN_PEOPLE and not is_in_steps.all():
            findings += _repetition(statements, increments, first, last)
    return findings


def _repetition(statements: Statements, counters: Counters, first: int, last: int) -> list[Finding]:
    begin, end = (np.datetime64(int(counters.day[at]), "D") for at in (first, last))
    return statements.findings(
        "stuck_value",
        (int(counters.at[i]) for i in range(last, first, -1)),
        sentence(
            "%(value)s is given %(number)s times in a row, from %(begin)s to %(end)s.",
            value=int(counters.value[first]),
            number=last - first + 1,
            begin=str(begin),
            end=str(end),
        ),
        "Look whether the source went on counting; leave out the days on which it did not report.",
    )


def _runs(counters: Counters, at_least: int) -> list[tuple[int, int]]:
    """Return the first and last position of each run of at least so many equal figures."""
    if not len(counters):
        return []
    firsts = np.flatnonzero(~counters.follows | (counters.value != np.roll(counters.value, 1)))
    lasts = np.append(firsts[1:], len(counters)) - 1
    long = lasts - firsts + 1 >= at_least
    return list(zip(firsts[long].tolist(), lasts[long].tolist(), strict=True))


def _pace(totals: Counters, at: int) -> float:
    """Return the rise per step in the seven figures before, 0 where fewer than three steps are known."""
    begin = max(at - 7, int(np.searchsorted(totals.counter, totals.counter[at])))
    steps = at - begin
    return float(totals.value[at] - totals.value[begin]) / steps if steps >= 3 else 0.0


def _movement(statements: Statements, totals: Counters) -> Callable[[int, int], bool]:
    """Return a function that says whether other counters of its source moved during a run: any of its place,
    MIN_OTHER_RISES times, or through MIN_LONG_RUN steps at least half of those that the source gave of the
    same people elsewhere."""
    speaker = ("crisis_id", "source_id", "origin_id")
    place = statements.group(*speaker, "areas", rows=totals.at)
    people = statements.group(*speaker, "measure", "population", "attributed_to", rows=totals.at)
    rose = totals.follows & (totals.value > np.roll(totals.value, 1))

    @cache
    def by_day(which: str, *, only_rises: bool) -> Counter[tuple[int, int]]:
        group = place if which == "place" else people
        among = totals.follows & rose if only_rises else totals.follows
        return Counter(zip(group[among].tolist(), totals.day[among].tolist(), strict=True))

    def do_others_move(first: int, last: int) -> bool:
        days = totals.day[first + 1 : last + 1].tolist()
        beside = by_day("place", only_rises=True)
        if sum(beside[int(place[first]), day] for day in days) >= MIN_OTHER_RISES:
            return True
        if len(days) < MIN_LONG_RUN:
            return False
        rises, all_steps = (
            sum(by_day("people", only_rises=only)[int(people[first]), day] for day in days)
            for only in (True, False)
        )
        return rises >= MIN_OTHER_RISES and 2 * rises >= all_steps - len(days)

    return do_others_move
