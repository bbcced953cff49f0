"""Does a figure stand where another belongs?

Compares what one source says on one day about one place, which shows rows that occur twice, columns copied
into another, and killed exchanged with injured.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from service.ingest.checks.statements import CELL, OPEN, SPEAKER, UNKNOWN, Counters, Flags, Ints, Statements
from service.reference.containment import Containment
from service.schema.records import Finding
from service.sentence import sentence
from service.vocabulary import Measure, Severity

MIN_PEOPLE = 10
"""Smaller figures are often equal by chance."""
MIN_DISTANCE = 0.1
"""Two counters differ if they were further apart than this share of the larger a day before."""
MIN_RATIO = 1.5
"""How many times the one must usually outnumber the other for an exchange to show."""
MIN_NEIGHBOURS = 4
"""How many figures around it are needed to say what is usual."""
REACH = 3
"""How many figures before and after another are its neighbours."""

PEOPLE = {str(measure) for measure in (
    Measure.KILLED, Measure.INJURED, Measure.MISSING, Measure.DISPLACED, Measure.DETAINED, Measure.ABDUCTED,
)}  # fmt: skip
"""Measures of which two are rarely equal; bodies recovered may well be as many as people killed."""


def find_duplicates(statements: Statements) -> list[Finding]:
    """Return findings about rows of one document that give the same figure for the same cell and days."""
    rows = np.flatnonzero((statements.row > 0) & (statements.value != UNKNOWN))
    names = (*CELL, "basis", "event", "day", "start", "period_end", "published_on", "published_by")
    group = statements.group(*names, rows=rows)
    ordered = np.sort(group)
    if (ordered[1:] != ordered[:-1]).all():
        return []
    order = np.lexsort((statements.row[rows], statements.value[rows], group))
    rows, group = rows[order], group[order]
    is_repeated = np.zeros(len(rows), bool)
    is_repeated[1:] = (group[1:] == group[:-1]) & (statements.value[rows[1:]] == statements.value[rows[:-1]])
    first = np.maximum.accumulate(np.where(is_repeated, 0, np.arange(len(rows))))
    findings: list[Finding] = []
    for i in np.flatnonzero(is_repeated):
        at, earlier = int(rows[i]), int(rows[first[i]])
        findings += statements.findings(
            "duplicate_row",
            [at],
            sentence("row %(row)s says the same of the same days.", row=int(statements.row[earlier])),
            "Keep one of them, unless they are two pages of the source.",
            Severity.INFO if statements.is_total[at] else Severity.WARNING,
        )
    return findings


def find_copied_columns(
    statements: Statements, counters: Counters, is_confirmed: Flags, containment: Containment
) -> list[Finding]:
    """Return findings about two different subjects that have one figure, though they differed the day before.

    An increment that the totals confirm (``is_confirmed``), or that is like its neighbours, is no copy.
    """
    before = np.roll(counters.value, 1)
    near = _neighbours(counters)
    is_usual = (near.least <= counters.value) & (counters.value <= near.most)
    is_sound = is_confirmed[counters.at] | (~statements.is_total[counters.at] & is_usual)
    findings: list[Finding] = []
    for i, j in zip(*_equal_pairs(statements, counters), strict=True):
        one, other = (
            (statements.text("measure", at), statements.text("population", at))
            for at in (counters.at[i], counters.at[j])
        )
        if not _different(one, other, containment):
            continue
        copy, original = (i, j) if _jump(counters, i) >= _jump(counters, j) else (j, i)
        if is_sound[copy]:
            continue
        findings += statements.findings(
            "copied_column",
            (int(counters.at[copy]), int(counters.at[original])),
            sentence(
                "%(value)s is the same figure as for %(other)s, a day after %(before)s and %(other_before)s.",
                value=int(counters.value[i]),
                other=" ".join(other if copy == i else one),
                before=int(before[i]),
                other_before=int(before[j]),
            ),
            "Look whether one column was copied into the other.",
        )
    return findings


def _equal_pairs(statements: Statements, counters: Counters) -> tuple[list[int], list[int]]:
    """Return pairs of equal figures of one source, place and day that differed the day before."""
    group = statements.group(*SPEAKER, "areas", "attributed_to", "day", "start", rows=counters.at)
    order = np.lexsort((counters.value, group))
    a, b = order[:-1], order[1:]
    equal = (
        (group[a] == group[b]) & (counters.value[a] == counters.value[b]) & (counters.value[a] >= MIN_PEOPLE)
    )
    equal &= counters.follows[a] & counters.follows[b]
    a, b = a[equal], b[equal]
    one, other = counters.value[a - 1], counters.value[b - 1]
    apart = np.abs(one - other) > MIN_DISTANCE * np.maximum(one, other)
    return a[apart].tolist(), b[apart].tolist()


def _jump(counters: Counters, i: int) -> float:
    """Return the change of a figure as a share of the one before."""
    before = int(counters.value[i - 1])
    return abs(int(counters.value[i]) - before) / max(1, before)


def _different(one: tuple[str, str], other: tuple[str, str], containment: Containment) -> bool:
    """Return whether two (measure, population) are unlikely to share a figure.

    They are two measures of one population, or two populations of which neither contains the other.
    """
    if one[0] != other[0]:
        return one[1] == other[1] and {one[0], other[0]} <= PEOPLE
    holds = containment.population_holds
    return not holds(one[1], other[1]) and not holds(other[1], one[1])


def find_exchanged_units(
    statements: Statements, counters: Counters, is_confirmed: Flags
) -> tuple[list[Finding], Flags]:
    """Return findings about killed and injured that fit only each other's counter, and their flags.

    Increments that the totals confirm (``is_confirmed``) are left out.
    """
    is_swap = np.zeros(len(counters), bool)
    findings: list[Finding] = []
    killed, injured = _killed_and_injured(statements, counters)
    judge = _fits_exchanged if statements.is_total[counters.at].all() else _outweighs_exchanged
    fits = judge(counters, killed, injured)
    fits &= ~is_confirmed[counters.at[killed]] & ~is_confirmed[counters.at[injured]]
    fits &= counters.value[killed] != counters.value[injured]
    for k, j in zip(killed[fits].tolist(), injured[fits].tolist(), strict=True):
        if k and is_swap[k - 1] and counters.follows[k]:
            continue
        is_swap[[k, j]] = True
        findings += statements.findings(
            "unit_swap",
            (int(counters.at[k]), int(counters.at[j])),
            sentence(
                "%(killed)s killed and %(injured)s injured fit their counters only exchanged.",
                killed=int(counters.value[k]),
                injured=int(counters.value[j]),
            ),
            "Look whether the two columns were exchanged.",
        )
    return findings, is_swap


def _killed_and_injured(statements: Statements, counters: Counters) -> tuple[Ints, Ints]:
    """Return the positions of killed and injured where one source gives both at once."""
    group = statements.group(
        *SPEAKER, "areas", "population", "attributed_to", "day", "start", rows=counters.at
    )
    killed, injured = (
        np.flatnonzero(statements.has_text("measure", str(term))[counters.at])
        for term in (Measure.KILLED, Measure.INJURED)
    )
    _, one, other = np.intersect1d(group[killed], group[injured], assume_unique=True, return_indices=True)
    order = np.argsort(killed[one])
    return killed[one][order], injured[other][order]


def _fits_exchanged(counters: Counters, k: Ints, j: Ints) -> Flags:
    """Return which running totals fall, but not if they are exchanged."""
    killed, injured = counters.value[k], counters.value[j]
    killed_before, injured_before = counters.value[k - 1], counters.value[j - 1]
    falls = (injured < injured_before) | (killed < killed_before)
    fits = (injured >= killed_before) & (killed >= injured_before)
    after = np.roll(counters.value, -1)
    goes_on = counters.goes_on[k] & counters.goes_on[j]
    fits &= ~goes_on | ((injured <= after[k]) & (killed <= after[j]))
    both: Flags = counters.follows[k] & counters.follows[j] & falls & fits
    return both


def _outweighs_exchanged(counters: Counters, k: Ints, j: Ints) -> Flags:
    """Return which increments are unlike their neighbours, but like the other's.

    One of the two usually outnumbers the other, and on this day it is the other way round.
    """
    near = _neighbours(counters)
    is_fewer = near.total[k] < near.total[j]
    few, many = np.where(is_fewer, k, j), np.where(is_fewer, j, k)
    is_clear = np.minimum(near.size[k], near.size[j]) >= MIN_NEIGHBOURS
    is_clear &= np.maximum(counters.value[k], counters.value[j]) >= MIN_PEOPLE
    is_clear &= near.total[many] * near.size[few] >= MIN_RATIO * near.total[few] * near.size[many]
    is_clear &= counters.value[few] > near.most[few]
    is_clear &= counters.value[many] < near.least[many]
    return is_clear


class _Neighbours(NamedTuple):
    """The figures around each figure: their number, sum, least and most."""

    size: Ints
    total: Ints
    least: Ints
    most: Ints


def _neighbours(counters: Counters) -> _Neighbours:
    """Return the neighbours of each figure in its counter, up to REACH before and after it."""
    size = len(counters)
    near = _Neighbours(*(np.full(size, value, np.int64) for value in (0, 0, OPEN, UNKNOWN)))
    for step in range(1, min(REACH, size - 1) + 1):
        same = counters.counter[step:] == counters.counter[:-step]
        for here, there in ((slice(step, None), slice(None, -step)), (slice(None, -step), slice(step, None))):
            value = counters.value[there]
            near.size[here] += same
            near.total[here] += np.where(same, value, 0)
            near.least[here] = np.minimum(near.least[here], np.where(same, value, OPEN))
            near.most[here] = np.maximum(near.most[here], np.where(same, value, UNKNOWN))
    return near
