"""What would a careful reader want to be told about the lineage of the figures?

Copies that lost their place, their origin or their day, slips, and totals that an origin took back. This
module must not know how reports were judged, nor how findings are shown.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.columns import NONE, Whole, array
from service.reconcile.evidence import ECHO, OUT_OF_SCOPE, OUTLIER, STALE, Evidence
from service.reconcile.lineage import Lineage
from service.schema.records import Finding
from service.vocabulary import Severity

NOTICED = pa.schema(
    [*((name, pa.string()) for name in ("code", "message", "fix")), pa.field("subject", pa.int32())]
)
"""A row per thing noticed; ``subject`` is the number of the report that it is about."""
_ADVICE = {
    OUT_OF_SCOPE: ("distorted_copy", "Correct the place set of the report if its source says otherwise."),
    ECHO: ("suspected_echo", "Name the origin if the page does."),
    OUTLIER: ("slip", "Correct the figure of the report if its page says otherwise."),
    STALE: ("stale_copy", "Nothing to mend in the ledger: the copy is old."),
}
"""Of each role that is worth a word, its code and what to do."""
_CODE, _FIX = (
    pa.array([_ADVICE.get(role, ("", ""))[part] for role in range(max(_ADVICE) + 1)]) for part in (0, 1)
)
_REVISED = ("revised_down", "Both values are kept; check which definition changed.")


def noticed(lineage: Lineage, evidence: Evidence) -> pa.Table:
    """NOTICED rows, in no order."""
    return pa.concat_tables([_misgivings(lineage, evidence), _revisions(lineage)])


def findings(found: pa.Table, reports: pa.ChunkedArray) -> tuple[Finding, ...]:
    """NOTICED rows as findings about some of the ``reports``, which go by their place."""
    codes, messages, fixes = (found.column(name).to_pylist() for name in ("code", "message", "fix"))
    subjects = reports.take(found.column("subject")).to_pylist()
    severity = Severity.WARNING  # looked up once: a member of an enumeration takes as long as a finding
    return tuple(
        Finding(code=code, severity=severity, message=message, fix=fix, subject=subject)
        for code, message, fix, subject in zip(codes, messages, fixes, subjects, strict=True)
    )


def in_order(finding: Finding) -> tuple[str, str, str, str]:
    """What findings are sorted by."""
    return finding.code, finding.message, finding.fix, finding.subject


def _misgivings(lineage: Lineage, evidence: Evidence) -> pa.Table:
    """What is odd about single reports: their role and its reason."""
    claims, role = lineage.claims, evidence.rows["role"]
    reports, speakers = claims.rows["report_no"], claims.speakers.name
    odd = np.flatnonzero(np.isin(role, list(_ADVICE)))
    by_report = np.zeros(reports.max(initial=0) + 1, np.int64)
    by_report[reports] = np.arange(len(reports))
    claim = by_report[evidence.rows["report_no"][odd]]
    is_suspected = lineage.echo_of[claims.statement[claim]] != NONE
    is_told = (role[odd] != ECHO) | is_suspected  # other echoes are as they should be
    odd, claim = odd[is_told], claim[is_told]
    origin, carrier = (speakers.take(pa.array(claims.rows[who][claim])) for who in ("origin_no", "source_no"))
    reason = evidence.reasons.take(pa.array(evidence.rows["reason"][odd]))
    message = pc.binary_join_element_wise(origin, " as carried by ", carrier, ": ", reason, ".", "")
    roles = pa.array(role[odd])
    return _table(_CODE.take(roles), message, _FIX.take(roles), reports[claim])


def _revisions(lineage: Lineage) -> pa.Table:
    """Where an origin itself, or several carriers, lowered its total."""
    walked, claims = lineage.walked.rows, lineage.claims
    of = np.flatnonzero(walked["is_anchor"] & (walked["lo"] < walked["highest"]))
    row = {name: walked[name][of] for name in ("cell_id", "origin_no", "day", "said", "highest", "statement")}
    cell = claims.cells.table.take(pa.array(row["cell_id"] - 1))
    message = pc.binary_join_element_wise(
        claims.speakers.name.take(pa.array(row["origin_no"])),
        " went down from ", _text(row["highest"]), " to ", _text(row["said"]),
        " on ", array(row["day"], pa.date32()).cast(pa.string()),
        " (", cell.column("place_name"), ", ", cell.column("measure"), ", ",
        cell.column("population_name"), ").", "",
    )  # fmt: skip
    code, fix = (pa.repeat(text, len(of)) for text in _REVISED)
    first_report = np.minimum.reduceat(claims.rows["report_no"], claims.first)
    return _table(code, message.combine_chunks(), fix, first_report[row["statement"]])


def _text(numbers: Whole) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _table(code: pa.Array, message: pa.Array, fix: pa.Array, subject: Whole) -> pa.Table:
    return pa.table([code, message, fix, array(subject, pa.int32())], schema=NOTICED)
