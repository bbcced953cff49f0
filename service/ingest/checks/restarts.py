"""Does a source begin to count anew where its count before had ended?

The two then share nobody, and the figure since the first beginning is at least both together; that of the
second alone is a row of its own. Whoever hands the first figure of the second count in is told so, once.
"""

from __future__ import annotations

import numpy as np

from service.ingest.checks.statements import CELL, UNKNOWN, Counters, Statements
from service.schema.records import Finding
from service.sentence import sentence
from service.vocabulary import Severity


def find_restarts(statements: Statements, totals: Counters) -> list[Finding]:
    """Return a finding for each count that begins behind the last day of the one before, in the same cell."""
    if not len(totals):
        return []
    cell, start = statements.group(*CELL, rows=totals.at), statements.start[totals.at]
    first = np.flatnonzero(~totals.follows & (start != UNKNOWN))
    first = first[
        first > 0
    ]  # counters of a cell stand in the order of their beginnings, each in that of days
    before = first - 1
    begins_anew = (cell[first] == cell[before]) & (start[before] != UNKNOWN)
    begins_anew &= totals.day[before] < start[first]
    findings: list[Finding] = []
    for at, last in zip(first[begins_anew].tolist(), before[begins_anew].tolist(), strict=True):
        since, earlier, ended = (
            np.datetime64(int(day), "D") for day in (start[at], start[last], totals.day[last])
        )
        findings += statements.findings(
            "second_count",
            [int(totals.at[at])],
            sentence(
                "a second count runs since %(since)s (%(value)s); that since %(earlier)s ended on "
                "%(ended)s at %(value_before)s. The figure since %(earlier)s is both together, "
                "%(together)s or more.",
                since=since.item(),
                value=int(totals.value[at]),
                earlier=earlier.item(),
                ended=ended.item(),
                value_before=int(totals.value[last]),
                together=int(totals.value[at] + totals.value[last]),
            ),
            sentence(
                "Nothing, if it began anew; ask for period_start = %(since)s to see the second count alone.",
                since=since.item(),
            ),
            Severity.INFO,
        )
    return findings
