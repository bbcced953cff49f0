"""Does a source begin to count anew where its count before had ended?

The two then share nobody, and the figure since the first beginning is at least both together; that of the
second alone is a row of its own. Whoever hands the first figure of the second count in is told so, once.
"""

from __future__ import annotations

import numpy as np

from service.ingest.checks.statements import CELL, UNKNOWN, Counters, Statements
from service.schema.records import Finding
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
            f"a second count runs since {since} ({totals.value[at]}); that since {earlier} ended on {ended} "
            f"at {totals.value[last]}. The figure since {earlier} is both together, "
            f"{totals.value[at] + totals.value[last]} or more.",
            f"Nothing, if it began anew; ask for period_start = {since} to see the second count alone.",
            Severity.INFO,
        )
    return findings
