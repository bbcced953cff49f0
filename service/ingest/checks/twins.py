"""Does a figure stand where another belongs?

The same row twice, one column copied into another, killed and injured exchanged: each shows by comparing what
one source says on one day about one place.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa

from service.ingest.checks.statements import CELL, TELLER, UNKNOWN, Flags, Ints, Line, Statements
from service.model import Finding
from service.vocabulary import Measure, Severity

LEAST = 10
"""Smaller figures are equal by chance every day."""
APART = 0.1
"""Two counters are different ones if they were further apart than this a day before."""
DOMINANT = 1.5
"""Injured outnumber killed (or the other way round) by this much on every other day."""
DAYS_TO_KNOW = 4

PEOPLE = {str(each) for each in (
    Measure.KILLED, Measure.INJURED, Measure.MISSING, Measure.DISPLACED, Measure.DETAINED, Measure.ABDUCTED,
)}  # fmt: skip
"""Measures that nobody is counted in twice; bodies recovered may well be as many as people killed."""


def duplicates(said: Statements) -> list[Finding]:
    """Rows of one document that say the same of the same days, whatever their address and wording."""
    rows = np.flatnonzero((said.row > 0) & (said.value != UNKNOWN))
    names = (*CELL, "basis", "day", "start", "period_end", "published_on")
    group = np.unique(said.group(*names, rows=rows), return_inverse=True)[1].astype(np.int64)
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


@dataclasses.dataclass(frozen=True)
class _Days:
    """One source's figures of one basis, side by side: ``sheet`` numbers the (place, days) they are about."""

    over: Line
    sheet: Ints
    order: Ints

    def before(self, i: int) -> int | None:
        return int(self.over.value[i - 1]) if self.over.follows[i] else None

    def after(self, i: int) -> int | None:
        return int(self.over.value[i + 1]) if self.over.goes_on[i] else None


def _side_by_side(said: Statements, over: Line) -> _Days:
    names = (*TELLER, "areas", "attributed_to", "day", "start")
    sheet = np.unique(said.group(*names, rows=over.at), return_inverse=True)[1].astype(np.int64)
    return _Days(over, sheet, np.lexsort((over.value, sheet)))


def copied_columns(said: Statements, over: Line, confirmed: Flags, population: pa.Table) -> list[Finding]:
    """Two different things given as one number, though they were apart before. An increment that is confirmed
    by the totals, or is like those around it, is no copy."""
    days = _side_by_side(said, over)
    a, b = days.order[:-1], days.order[1:]
    equal = (days.sheet[a] == days.sheet[b]) & (over.value[a] == over.value[b]) & (over.value[a] >= LEAST)
    kin = _kin(population)
    findings: list[Finding] = []
    for i, j in zip(a[equal].tolist(), b[equal].tolist(), strict=True):
        one, other = (
            (said.text("measure", at), said.text("population", at)) for at in (over.at[i], over.at[j])
        )
        if not _different(one, other, kin):
            continue
        before, also = days.before(i), days.before(j)
        if before is None or also is None or abs(before - also) <= APART * max(before, also):
            continue
        culprit, kept = (i, j) if _jump(days, i) >= _jump(days, j) else (j, i)
        at = over.at[culprit]
        if confirmed[at] or (not said.is_total[at] and _is_usual(over, culprit)):
            continue
        finding = said.finding(
            "copied_column",
            (int(at), int(over.at[kept])),
            f"{over.value[i]} is the same figure as for {' '.join(other if culprit == i else one)},"
            f" a day after {before} and {also}.",
            "Look whether one column was copied into the other.",
        )
        findings += [finding] if finding else []
    return findings


def _is_usual(over: Line, i: int) -> bool:
    """That an increment is like those around it."""
    near = around(over, i)
    return bool(near) and min(near) <= over.value[i] <= max(near)


def _jump(days: _Days, i: int) -> float:
    """By how much a figure changed from the one before."""
    before = days.before(i) or 0
    return abs(int(days.over.value[i]) - before) / max(1, before)


def _kin(population: pa.Table) -> dict[str, set[str]]:
    """Every population with those that it is a part of."""
    parents = dict(zip(population["population"].to_pylist(), population["parent"].to_pylist(), strict=True))
    kin: dict[str, set[str]] = {}
    for name in parents:
        chain = [name]
        while (parent := parents.get(chain[-1], "")) and parent not in chain:
            chain.append(parent)
        kin[name] = set(chain)
    return kin


def _different(one: tuple[str, str], other: tuple[str, str], kin: dict[str, set[str]]) -> bool:
    """That two (measure, population) cannot well be one figure: two measures of people for one population,
    or two populations neither of which holds the other."""
    if one[0] != other[0]:
        return one[1] == other[1] and {one[0], other[0]} <= PEOPLE
    return other[1] not in kin.get(one[1], {one[1]}) and one[1] not in kin.get(other[1], {other[1]})


def exchanged(said: Statements, over: Line, confirmed: Flags) -> tuple[list[Finding], Flags]:
    """Killed and injured that fit each other's counter and not their own; and where they stand. Increments
    that the totals confirm are what they say."""
    marked = np.zeros(len(over), bool)
    findings: list[Finding] = []
    for k, j in sorted(_killed_and_injured(said, over)):
        if k and marked[k - 1] and over.follows[k]:
            continue
        at, other = int(over.at[k]), int(over.at[j])
        fits = _fits_exchanged if said.is_total[at] else _outweighs_exchanged
        if confirmed[at] or confirmed[other] or over.value[k] == over.value[j] or not fits(over, k, j):
            continue
        marked[[k, j]] = True
        finding = said.finding(
            "unit_swap",
            (at, other),
            f"{over.value[k]} killed and {over.value[j]} injured fit their counters only exchanged.",
            "Look whether the two columns were exchanged.",
        )
        findings += [finding] if finding else []
    return findings, marked


def _killed_and_injured(said: Statements, over: Line) -> list[tuple[int, int]]:
    """Places of the two figures that one source gives for one place, day and population."""
    if not len(over):
        return []
    names = (*TELLER, "areas", "population", "attributed_to", "day", "start")
    group = np.unique(said.group(*names, rows=over.at), return_inverse=True)[1]
    words = said.table["measure"].combine_chunks().dictionary_encode()
    number = {word: code for code, word in enumerate(words.dictionary.to_pylist())}
    measure = np.asarray(words.indices)[over.at]
    places = []
    for term in (Measure.KILLED, Measure.INJURED):
        at = np.flatnonzero(measure == number.get(str(term), UNKNOWN))
        places.append(dict(zip(group[at].tolist(), at.tolist(), strict=True)))
    killed, injured = places
    return [(at, injured[key]) for key, at in killed.items() if key in injured]


def _fits_exchanged(over: Line, k: int, j: int) -> bool:
    """For running totals: one of the two falls, and exchanged neither does, before or after."""
    if not (over.follows[k] and over.follows[j]):
        return False
    killed, injured = int(over.value[k]), int(over.value[j])
    killed_before, injured_before = int(over.value[k - 1]), int(over.value[j - 1])
    falls = injured < injured_before or killed < killed_before
    fits = injured >= killed_before and killed >= injured_before
    if over.goes_on[k] and over.goes_on[j]:
        fits &= injured <= int(over.value[k + 1]) and killed <= int(over.value[j + 1])
    return falls and fits


def _outweighs_exchanged(over: Line, k: int, j: int) -> bool:
    """For increments: one usually outnumbers the other, and on this day both are unlike their neighbours, the
    many as few and the few as many."""
    killed, injured = around(over, k), around(over, j)
    if min(len(killed), len(injured)) < DAYS_TO_KNOW or max(over.value[k], over.value[j]) < LEAST:
        return False
    few, many = (killed, injured) if sum(killed) < sum(injured) else (injured, killed)
    in_few, in_many = (k, j) if few is killed else (j, k)
    usually = sum(many) * len(few) >= DOMINANT * sum(few) * len(many)
    return usually and bool(over.value[in_few] > max(few) and over.value[in_many] < min(many))


def around(over: Line, i: int) -> list[int]:
    """The figures of the same counter up to three places before and after."""
    places = (i + step for step in (-3, -2, -1, 1, 2, 3))
    return [
        int(over.value[at]) for at in places if 0 <= at < len(over) and over.counter[at] == over.counter[i]
    ]
