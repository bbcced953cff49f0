"""Do the increments fit each other and the running totals?

The increments of one counter should cover days that do not overlap, and each should be the step between the
totals at its two ends. Otherwise people are counted twice, or a figure is not what it says it is.
"""

from __future__ import annotations

import numpy as np

from service.ingest.checks.statements import CELL, UNKNOWN, Counters, Flags, Ints, Statements
from service.schema.records import Finding
from service.sentence import Value, sentence, span_of

_DAYS = 1 << 20
"""More days than lie between 1970 and any report, so that a (cell, day) fits one number."""


def _increments(statements: Statements) -> tuple[Ints, Ints, Ints, Ints]:
    """Return position, cell, first and last day of each increment of days, by cell and first day: events add
    up, whichever days they have."""
    is_increment = ~statements.is_total & ~statements.is_event
    rows = np.flatnonzero(is_increment & (statements.low >= 0) & (statements.day != UNKNOWN))
    cell = np.unique(statements.group(*CELL, rows=rows), return_inverse=True)[1].astype(np.int64)
    last = np.where(statements.end[rows] == UNKNOWN, statements.day[rows], statements.end[rows])
    first = np.where(statements.start[rows] == UNKNOWN, last, statements.start[rows])
    order = np.lexsort((rows, last, first, cell))
    return rows[order], cell[order], first[order], last[order]


def find_overlaps(statements: Statements) -> list[Finding]:
    """Return findings about increments that begin before an earlier one of their cell ends.

    The finding is about the longer of the two, once. Equal periods are left out: a second figure for the same
    days is no overlap.
    """
    rows, cell, first, last = _increments(statements)
    reach = np.maximum.accumulate(cell * _DAYS + last) if len(rows) else last
    is_overlap = np.zeros(len(rows), bool)
    is_overlap[1:] = (cell[1:] == cell[:-1]) & (cell[1:] * _DAYS + first[1:] <= reach[:-1])
    is_overlap[1:] &= (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    clashes: dict[int, int] = {}
    for i in np.flatnonzero(is_overlap).tolist():
        until = int(reach[i - 1] - cell[i] * _DAYS)
        j = int(np.flatnonzero((cell[:i] == cell[i]) & (last[:i] == until))[-1])
        longer, shorter = (i, j) if last[i] - first[i] > last[j] - first[j] else (j, i)
        clashes.setdefault(longer, shorter)
    findings: list[Finding] = []
    for i, j in clashes.items():
        findings += statements.findings(
            "period_overlap",
            (int(rows[i]), int(rows[j])),
            sentence(
                "the increment of %(days)s overlaps that of %(other_days)s.",
                days=_name_days(int(first[i]), int(last[i])),
                other_days=_name_days(int(first[j]), int(last[j])),
            ),
            "Correct period_start or period_end, or hand the sum in as a running total.",
        )
    return findings


def _name_days(first: int, last: int) -> Value:
    return span_of(*(np.datetime64(day, "D").item() for day in (first, last)))


def compare_steps(statements: Statements, totals: Counters) -> tuple[list[Finding], Flags]:
    """Return findings about increments that differ from the step between the totals around their period.

    Also returns which statements are increments that equal their step, alone or with a backlog: increments of
    earlier days that were published between the two totals. Cells with two running totals of different
    beginnings on one day are skipped: either may be meant.
    """
    rows, cell, first, last = _increments(statements)
    exact = statements.value[rows] != UNKNOWN
    rows, cell, first, last = rows[exact], cell[exact], first[exact], last[exact]
    if not len(rows):
        return [], np.zeros(len(statements.value), bool)
    eve, end = _totals_around(statements, totals, rows, first, last)
    is_confirmed = np.zeros(len(statements.value), bool)
    findings: list[Finding] = []
    backlog = _backlog(statements, rows, cell, first, last)
    has_both = (eve >= 0) & (end >= 0)
    has_both[has_both] = totals.counter[eve[has_both]] == totals.counter[end[has_both]]
    for i in np.flatnonzero(has_both).tolist():
        before, after = int(totals.value[eve[i]]), int(totals.value[end[i]])
        value = int(statements.value[rows[i]])
        if after - before in (value, value + backlog[i]):
            is_confirmed[rows[i]] = True
            continue
        findings += statements.findings(
            "step_mismatch",
            (int(rows[i]), int(totals.at[end[i]]), int(totals.at[eve[i]])),
            sentence(
                "%(value)s in %(days)s, but the totals %(before)s and %(after)s are %(step)s apart.",
                value=value,
                days=_name_days(int(first[i]), int(last[i])),
                before=before,
                after=after,
                step=after - before,
            ),
            "Look at the source: one of the three figures, or the period, is another one.",
        )
    return findings, is_confirmed


def _backlog(statements: Statements, rows: Ints, cell: Ints, first: Ints, last: Ints) -> Ints:
    """Return for each increment how many people of earlier days of its cell were published on its last day or
    the day after it."""
    published = statements.published[rows]
    found = np.zeros(len(rows), np.int64)
    in_order = np.lexsort((published, cell))
    keys = cell[in_order] * _DAYS + published[in_order]
    start = np.searchsorted(keys, cell * _DAYS + last)
    stop = np.searchsorted(keys, cell * _DAYS + last + 1, side="right")
    for i in np.flatnonzero(stop - start > 1).tolist():
        beside = in_order[start[i] : stop[i]]
        beside = beside[last[beside] < first[i]]
        found[i] = int(statements.value[rows[beside]].sum())
    return found


def _totals_around(
    statements: Statements, totals: Counters, rows: Ints, first: Ints, last: Ints
) -> tuple[Ints, Ints]:
    """Return where in ``totals`` the eve and the last day of each increment are, -1 where nowhere."""
    cell = statements.group(*CELL, rows=np.concatenate([rows, totals.at]))
    cell = np.unique(cell, return_inverse=True)[1].astype(np.int64)
    key = cell[len(rows) :] * _DAYS + totals.day
    order = np.argsort(key, kind="stable")
    key = key[order]
    is_twice = np.zeros(len(key), bool)
    is_twice[1:] = key[1:] == key[:-1]
    is_twice[:-1] |= is_twice[1:]
    eve, end = (_find(key, is_twice, cell[: len(rows)] * _DAYS + day) for day in (first - 1, last))
    if not len(key):
        return eve, end
    return np.where(eve >= 0, order[eve], -1), np.where(end >= 0, order[end], -1)


def _find(key: Ints, is_twice: Flags, keys: Ints) -> Ints:
    """Return the position of each of ``keys``, -1 where it is missing or occurs twice."""
    if not len(key):
        return np.full(len(keys), -1, np.int64)
    at = np.minimum(np.searchsorted(key, keys), len(key) - 1)
    return np.where((key[at] == keys) & ~is_twice[at], at, -1)
