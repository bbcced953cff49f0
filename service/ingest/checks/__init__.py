"""What in these figures would make a careful reader look again?

Pure functions over Arrow tables: the reports of a batch, and what the ledger already knows of the same
sources, become findings. The classes are those of the published errata of the Johns Hopkins COVID-19 counts:
counters that restart, fall or stand still, slips of digits, rows and columns that stand twice or in each
other's place, periods that overlap, steps and sums that do not add up. A check never changes a figure and
never holds a row; what is published stays as it was published.
"""

from __future__ import annotations

import pyarrow as pa

from service.reference.containment import Containment
from service.schema.records import Finding, Reference

CODES = {
    "counter_reset": "a running total starts again near nothing and stays there",
    "counter_drop": "a running total falls",
    "digit_slip": "a total out of order that a zero, a digit or two exchanged digits explain",
    "stuck_value": "a figure repeats itself while others of its source move",
    "period_overlap": "increments of one counter cover the same days",
    "step_mismatch": "an increment is not the step between the totals around it",
    "duplicate_row": "two rows of a document say the same of the same days",
    "copied_column": "two things that were apart have one figure",
    "unit_swap": "killed and injured fit their counters only the other way round",
    "sum_mismatch": "a total is not the sum of its parts",
}
"""The checks by the code of their findings."""


def check_batch(batch: pa.Table, known: pa.Table, reference: Reference) -> tuple[Finding, ...]:
    """The findings about the rows of a batch, by row.

    ``batch`` has the columns of BATCH_REPORT, ``known`` those of REPORT or LEDGER_REPORT; of the latter only
    the reports of the batch's sources matter, and withdrawn ones do not.
    """
    from service.ingest.checks.counters import digit_slips, falls, stuck
    from service.ingest.checks.parts import sums
    from service.ingest.checks.periods import overlaps, steps
    from service.ingest.checks.statements import Statements, line
    from service.ingest.checks.twins import copied_columns, duplicates, exchanged

    if not batch.num_rows:
        return ()
    said = Statements(batch, known)
    totals, increments = line(said, totals=True), line(said, totals=False)
    missteps, confirmed = steps(said, totals)
    swaps, swapped = exchanged(said, totals, confirmed)
    slips, slipped = digit_slips(said, totals, swapped)
    findings = [
        *swaps,
        *exchanged(said, increments, confirmed)[0],
        *slips,
        *falls(said, totals, swapped | slipped),
        *stuck(said, totals, increments, confirmed),
        *overlaps(said),
        *missteps,
        *duplicates(said),
        *copied_columns(said, totals, confirmed, Containment.of(reference)),
        *copied_columns(said, increments, confirmed, Containment.of(reference)),
        *sums(said, reference),
    ]
    return tuple(sorted(findings, key=lambda finding: (finding.row or 0, finding.code, finding.message)))
