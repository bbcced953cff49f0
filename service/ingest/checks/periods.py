"""Do the increments fit each other and the running totals?

Increments of one counter cover days that do not overlap, and each is the step between the totals at its two
ends. Where they do not, people are counted twice or a figure is another one than it says.
"""

from __future__ import annotations

import numpy as np

from service.ingest.checks.statements import CELL, UNKNOWN, Flags, Ints, Line, Statements
from service.schema.records import Finding

_DAYS = 1 << 20
"""More than the days from 1970 to any report, so that (counter, day) is one number."""


def _increments(said: Statements) -> tuple[Ints, Ints, Ints, Ints]:
    """Place, cell, first and last day of each increment with a figure, by cell and first day."""
    rows = np.flatnonzero(~said.is_total & (said.low >= 0) & (said.day != UNKNOWN))
    cell = np.unique(said.group(*CELL, rows=rows), return_inverse=True)[1].astype(np.int64)
    last = np.where(said.end[rows] == UNKNOWN, said.day[rows], said.end[rows])
    first = np.where(said.start[rows] == UNKNOWN, last, said.start[rows])
    order = np.lexsort((rows, last, first, cell))
    return rows[order], cell[order], first[order], last[order]


def overlaps(said: Statements) -> list[Finding]:
    """Increments that begin before an earlier one of their counter ends; of two the longer is named, once.
    Equal periods are another matter: a second figure for the same days."""
    rows, cell, first, last = _increments(said)
    reach = np.maximum.accumulate(cell * _DAYS + last) if len(rows) else last
    over = np.zeros(len(rows), bool)
    over[1:] = (cell[1:] == cell[:-1]) & (cell[1:] * _DAYS + first[1:] <= reach[:-1])
    over[1:] &= (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    clashes: dict[int, int] = {}
    for i in np.flatnonzero(over).tolist():
        until = int(reach[i - 1] - cell[i] * _DAYS)
        j = int(np.flatnonzero((cell[:i] == cell[i]) & (last[:i] == until))[-1])
        longer, shorter = (i, j) if last[i] - first[i] > last[j] - first[j] else (j, i)
        clashes.setdefault(longer, shorter)
    findings: list[Finding] = []
    for i, j in clashes.items():
        finding = said.finding(
            "period_overlap",
            (int(rows[i]), int(rows[j])),
            f"the increment of {_days(int(first[i]), int(last[i]))} overlaps that of"
            f" {_days(int(first[j]), int(last[j]))}.",
            "Correct period_start or period_end, or hand the sum in as a running total.",
        )
        findings += [finding] if finding else []
    return findings


def _days(first: int, last: int) -> str:
    start, end = (str(np.datetime64(day, "D")) for day in (first, last))
    return start if first == last else f"{start} to {end}"


def steps(said: Statements, totals: Line) -> tuple[list[Finding], Flags]:
    """Increments that are not the step between the totals on the eve and at the end of their period; and
    which of the statements are increments that are.

    Cells with two running totals of different beginnings on one day are passed over: either may be meant.
    """
    rows, _, first, last = _increments(said)
    exact = said.value[rows] != UNKNOWN
    rows, first, last = rows[exact], first[exact], last[exact]
    if not len(rows):
        return [], np.zeros(len(said.value), bool)
    eve, end = _totals_around(said, totals, rows, first, last)
    confirmed = np.zeros(len(said.value), bool)
    findings: list[Finding] = []
    known = (eve >= 0) & (end >= 0)
    known[known] = totals.counter[eve[known]] == totals.counter[end[known]]
    for i in np.flatnonzero(known).tolist():
        before, after = int(totals.value[eve[i]]), int(totals.value[end[i]])
        value = int(said.value[rows[i]])
        if after - before == value:
            confirmed[rows[i]] = True
            continue
        finding = said.finding(
            "step_mismatch",
            (int(rows[i]), int(totals.at[end[i]]), int(totals.at[eve[i]])),
            f"{value} in {_days(int(first[i]), int(last[i]))}, but the totals"
            f" {before} and {after} are {after - before} apart.",
            "Look at the source: one of the three figures, or the period, is another one.",
        )
        findings += [finding] if finding else []
    return findings, confirmed


def _totals_around(said: Statements, totals: Line, rows: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """The places in ``totals`` of the eve and of the last day of each increment, -1 where there is none."""
    cell = said.group(*CELL, rows=np.concatenate([rows, totals.at]))
    cell = np.unique(cell, return_inverse=True)[1].astype(np.int64)
    key = cell[len(rows) :] * _DAYS + totals.day
    order = np.argsort(key, kind="stable")
    key = key[order]
    twice = np.zeros(len(key), bool)
    twice[1:] = key[1:] == key[:-1]
    twice[:-1] |= twice[1:]
    eve, end = (_find(key, twice, cell[: len(rows)] * _DAYS + day) for day in (first - 1, last))
    if not len(key):
        return eve, end
    return np.where(eve >= 0, order[eve], -1), np.where(end >= 0, order[end], -1)


def _find(key: Ints, twice: Flags, wanted: Ints) -> Ints:
    """Where each wanted key stands, -1 where it does not or stands twice."""
    if not len(key):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where((key[at] == wanted) & ~twice[at], at, -1)
