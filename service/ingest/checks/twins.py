"""Does a figure stand where another belongs?

The same row twice, one column copied into another, killed and injured exchanged: each shows by comparing what
one source says on one day about one place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from service.ingest.checks.statements import CELL, OPEN, TELLER, UNKNOWN, Flags, Ints, Line, Statements
from service.reference.containment import Containment
from service.schema.records import Finding
from service.vocabulary import Measure, Severity

LEAST = 10
"""Smaller figures are equal by chance every day."""
APART = 0.1
"""Two counters are different ones if they were further apart than this a day before."""
DOMINANT = 1.5
"""Injured outnumber killed (or the other way round) by this much on every other day."""
DAYS_TO_KNOW = 4
NEAR = 3
"""How many places before and after a figure show what is usual."""

PEOPLE = {str(each) for each in (
    Measure.KILLED, Measure.INJURED, Measure.MISSING, Measure.DISPLACED, Measure.DETAINED, Measure.ABDUCTED,
)}  # fmt: skip
"""Measures that nobody is counted in twice; bodies recovered may well be as many as people killed."""


def duplicates(said: Statements) -> list[Finding]:
    """Rows of one document that say the same of the same days, whatever their address and wording."""
    rows = np.flatnonzero((said.row > 0) & (said.value != UNKNOWN))
    names = (*CELL, "basis", "day", "start", "period_end", "published_on")
    group = said.group(*names, rows=rows)
    ordered = np.sort(group)
    if (ordered[1:] != ordered[:-1]).all():
        return []
    order = np.lexsort((said.row[rows], said.value[rows], group))
    rows, group = rows[order], group[order]
    again = np.zeros(len(rows), bool)
    again[1:] = (group[1:] == group[:-1]) & (said.value[rows[1:]] == said.value[rows[:-1]])
    findings: list[Finding] = []
    for i in np.flatnonzero(again):
        at, earlier = int(rows[i]), int(rows[i - 1])
        finding = said.finding(
            "duplicate_row",
            [at],
            f"row {said.row[earlier]} says the same of the same days.",
            "Keep one of them, unless they are two pages of the source.",
            Severity.INFO if said.is_total[at] else Severity.WARNING,
        )
        findings += [finding] if finding else []
    return findings


def copied_columns(said: Statements, over: Line, confirmed: Flags, containment: Containment) -> list[Finding]:
    """Two different things given as one number, though they were apart before. An increment that is confirmed
    by the totals, or is like those around it, is no copy."""
    before = np.roll(over.value, 1)
    near = _near(over)
    is_usual = (near.least <= over.value) & (over.value <= near.most)
    is_sound = confirmed[over.at] | (~said.is_total[over.at] & is_usual)
    findings: list[Finding] = []
    for i, j in zip(*_met(said, over), strict=True):
        one, other = (
            (said.text("measure", at), said.text("population", at)) for at in (over.at[i], over.at[j])
        )
        if not _different(one, other, containment):
            continue
        culprit, kept = (i, j) if _jump(over, i) >= _jump(over, j) else (j, i)
        if is_sound[culprit]:
            continue
        finding = said.finding(
            "copied_column",
            (int(over.at[culprit]), int(over.at[kept])),
            f"{over.value[i]} is the same figure as for {' '.join(other if culprit == i else one)},"
            f" a day after {before[i]} and {before[j]}.",
            "Look whether one column was copied into the other.",
        )
        findings += [finding] if finding else []
    return findings


def _met(said: Statements, over: Line) -> tuple[list[int], list[int]]:
    """Pairs of equal figures that one source gives for one place and day, and that were apart before."""
    sheet = said.group(*TELLER, "areas", "attributed_to", "day", "start", rows=over.at)
    order = np.lexsort((over.value, sheet))
    a, b = order[:-1], order[1:]
    equal = (sheet[a] == sheet[b]) & (over.value[a] == over.value[b]) & (over.value[a] >= LEAST)
    equal &= over.follows[a] & over.follows[b]
    a, b = a[equal], b[equal]
    one, other = over.value[a - 1], over.value[b - 1]
    apart = np.abs(one - other) > APART * np.maximum(one, other)
    return a[apart].tolist(), b[apart].tolist()


def _jump(over: Line, i: int) -> float:
    """By how much a figure changed from the one before."""
    before = int(over.value[i - 1])
    return abs(int(over.value[i]) - before) / max(1, before)


def _different(one: tuple[str, str], other: tuple[str, str], containment: Containment) -> bool:
    """That two (measure, population) cannot well be one figure: two measures of people for one population,
    or two populations neither of which holds the other."""
    if one[0] != other[0]:
        return one[1] == other[1] and {one[0], other[0]} <= PEOPLE
    holds = containment.population_holds
    return not holds(one[1], other[1]) and not holds(other[1], one[1])


def exchanged(said: Statements, over: Line, confirmed: Flags) -> tuple[list[Finding], Flags]:
    """Killed and injured that fit each other's counter and not their own; and where they stand. Increments
    that the totals confirm are what they say."""
    marked = np.zeros(len(over), bool)
    findings: list[Finding] = []
    killed, injured = _killed_and_injured(said, over)
    judged = _fits_exchanged if said.is_total[over.at].all() else _outweighs_exchanged
    fits = judged(over, killed, injured)
    fits &= ~confirmed[over.at[killed]] & ~confirmed[over.at[injured]]
    fits &= over.value[killed] != over.value[injured]
    for k, j in zip(killed[fits].tolist(), injured[fits].tolist(), strict=True):
        if k and marked[k - 1] and over.follows[k]:
            continue
        marked[[k, j]] = True
        finding = said.finding(
            "unit_swap",
            (int(over.at[k]), int(over.at[j])),
            f"{over.value[k]} killed and {over.value[j]} injured fit their counters only exchanged.",
            "Look whether the two columns were exchanged.",
        )
        findings += [finding] if finding else []
    return findings, marked


def _killed_and_injured(said: Statements, over: Line) -> tuple[Ints, Ints]:
    """Places of the two figures that one source gives for one place, day and population, in order."""
    group = said.group(*TELLER, "areas", "population", "attributed_to", "day", "start", rows=over.at)
    killed, injured = (
        np.flatnonzero(said.holds("measure", str(term))[over.at])
        for term in (Measure.KILLED, Measure.INJURED)
    )
    _, one, other = np.intersect1d(group[killed], group[injured], assume_unique=True, return_indices=True)
    order = np.argsort(killed[one])
    return killed[one][order], injured[other][order]


def _fits_exchanged(over: Line, k: Ints, j: Ints) -> Flags:
    """For running totals: one of the two falls, and exchanged neither does, before or after."""
    killed, injured = over.value[k], over.value[j]
    killed_before, injured_before = over.value[k - 1], over.value[j - 1]
    falls = (injured < injured_before) | (killed < killed_before)
    fits = (injured >= killed_before) & (killed >= injured_before)
    after = np.roll(over.value, -1)
    goes_on = over.goes_on[k] & over.goes_on[j]
    fits &= ~goes_on | ((injured <= after[k]) & (killed <= after[j]))
    both: Flags = over.follows[k] & over.follows[j] & falls & fits
    return both


def _outweighs_exchanged(over: Line, k: Ints, j: Ints) -> Flags:
    """For increments: one usually outnumbers the other, and on this day both are unlike their neighbours, the
    many as few and the few as many."""
    near = _near(over)
    is_fewer = near.total[k] < near.total[j]
    few, many = np.where(is_fewer, k, j), np.where(is_fewer, j, k)
    is_known = np.minimum(near.known[k], near.known[j]) >= DAYS_TO_KNOW
    is_known &= np.maximum(over.value[k], over.value[j]) >= LEAST
    usually = near.total[many] * near.known[few] >= DOMINANT * near.total[few] * near.known[many]
    both: Flags = (
        is_known & usually & (over.value[few] > near.most[few]) & (over.value[many] < near.least[many])
    )
    return both


class _Near(NamedTuple):
    """The figures around each: how many are known, their sum, the least and the most of them."""

    known: Ints
    total: Ints
    least: Ints
    most: Ints


def _near(over: Line) -> _Near:
    """The figures of the same counter up to three places before and after each."""
    size = len(over)
    near = _Near(*(np.full(size, value, np.int64) for value in (0, 0, OPEN, UNKNOWN)))
    for step in range(1, min(NEAR, size - 1) + 1):
        same = over.counter[step:] == over.counter[:-step]
        for here, there in ((slice(step, None), slice(None, -step)), (slice(None, -step), slice(step, None))):
            value = over.value[there]
            near.known[here] += same
            near.total[here] += np.where(same, value, 0)
            near.least[here] = np.minimum(near.least[here], np.where(same, value, OPEN))
            near.most[here] = np.maximum(near.most[here], np.where(same, value, UNKNOWN))
    return near
