"""Which figures of a batch would make a careful reader look again?

Pure functions over Arrow tables: they compare the reports of a batch with each other and with earlier reports
of the same sources, and return findings. A check never changes a figure and never holds a row back. The kinds
of error are those of the published errata of the Johns Hopkins COVID-19 counts.
"""

from __future__ import annotations

import numpy as np
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
    "second_count": "a source begins to count anew where its count before had ended",
    "gone_from_table": "a place that the table of a source had before is not in it",
}
"""What each check notices, by the code of its findings."""


REPEATED = "duplicate_row"
"""The finding that depends on rows of one document alone, and on none that come later in it."""


def find_repeats(batch: pa.Table, reference: Reference) -> tuple[Finding, ...]:
    """Return the REPEATED findings among those that ``check_batch`` would return."""
    from service.ingest.checks.statements import Statements
    from service.ingest.checks.twins import find_duplicates

    return tuple(find_duplicates(Statements(batch, batch.slice(0, 0), reference)))


def _first_of_each(batch: pa.Table) -> pa.Table:
    """Return the batch without rows that are the same report as an earlier one of it: of these the first is
    kept in the ledger, so the findings are about it."""
    ids = batch["report_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.unique(ids, return_index=True)[1]
    return batch if len(first) == len(ids) else batch.take(pa.array(np.sort(first)))


def check_batch(batch: pa.Table, earlier: pa.Table, reference: Reference) -> tuple[Finding, ...]:
    """Return the findings about the rows of a batch, in the order of the rows.

    ``batch`` has the columns of BATCH_REPORT; ``earlier``, what the ledger holds, those of REPORT or
    LEDGER_REPORT. Withdrawn reports and those of other sources are ignored.
    """
    from service.ingest.checks.counters import find_digit_slips, find_falls, find_repetitions
    from service.ingest.checks.gone_rows import find_gone_rows
    from service.ingest.checks.parts import find_wrong_sums
    from service.ingest.checks.periods import compare_steps, find_overlaps
    from service.ingest.checks.restarts import find_restarts
    from service.ingest.checks.statements import Statements, lay_out_counters
    from service.ingest.checks.twins import find_copied_columns, find_duplicates, find_exchanged_units

    if not batch.num_rows:
        return ()
    firsts = _first_of_each(batch)
    statements = Statements(firsts, earlier, reference)
    repeats = find_duplicates(
        statements if firsts is batch else Statements(batch, batch.slice(0, 0), reference)
    )
    totals = lay_out_counters(statements, totals=True)
    increments = lay_out_counters(statements, totals=False)
    step_findings, is_confirmed = compare_steps(statements, totals)
    unit_findings, is_swap = find_exchanged_units(statements, totals, is_confirmed)
    slip_findings, is_slip = find_digit_slips(statements, totals, is_swap)
    findings = [
        *unit_findings,
        *find_exchanged_units(statements, increments, is_confirmed)[0],
        *slip_findings,
        *find_falls(statements, totals, is_swap | is_slip),
        *find_repetitions(statements, totals, increments, is_confirmed),
        *find_overlaps(statements),
        *step_findings,
        *repeats,
        *find_copied_columns(statements, totals, is_confirmed, Containment.of(reference)),
        *find_copied_columns(statements, increments, is_confirmed, Containment.of(reference)),
        *find_wrong_sums(statements, reference),
        *find_gone_rows(statements),
        *find_restarts(statements, totals),
    ]
    return tuple(sorted(findings, key=lambda finding: (finding.row or 0, finding.code, finding.message)))
