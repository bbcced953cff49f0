"""What did the checks notice, and which of it is asked about?

Selects among the findings that the ledger keeps and those of reconciliation. It must not know how a check
works.
"""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnknownName
from service.reconcile import NOTICED
from service.schema.tables import FINDING
from service.sentence import did_you_mean, listed, sentence
from service.vocabulary import Severity, Verdict


def select_findings(
    findings: pa.Table,
    reports: pa.Table | None,
    *,
    crisis: str | None = None,
    severity: str | None = None,
    check: str | None = None,
) -> pa.Table:
    """Return the ``findings`` (STORED_FINDING) about a crisis, of a severity and of a check (its code).

    ``reports`` (LEDGER_REPORT) say what a crisis is about; they are needed with ``crisis`` only. Raises
    UnknownName for a severity or a code that no finding can have.
    """
    from service.ingest.checks import CODES  # with all that reads documents, which figures do without

    codes = {*CODES, *NOTICED, *pc.unique(findings.column("code")).to_pylist()}
    for column, value, known in (("severity", severity, set(Severity)), ("code", check, codes)):
        if value is not None:
            findings = findings.filter(pc.equal(findings.column(column), _one_of(column, value, known)))
    if crisis is None or reports is None:
        return findings
    return findings.filter(pa.array(_are_about(findings, reports, crisis), pa.bool_()))


def add_noticed(findings: pa.Table, noticed: pa.Table, reports: pa.Table, submissions: pa.Table) -> pa.Table:
    """Return ``findings`` (STORED_FINDING) with what reconciliation ``noticed`` (FINDING) among them, oldest
    first.

    Each has the entry, document and row of the report it is about (``reports``: LEDGER_REPORT,
    ``submissions``: SUBMISSION); it is open for as long as it is noticed, unless it is only good to know.
    """
    if not noticed.num_rows:
        return findings
    place = pc.index_in(noticed.column("subject"), value_set=reports.column("report_id"))
    noticed = noticed.filter(pc.is_valid(place))
    about = reports.select(["row", "seq", "recorded_at"]).take(place.drop_null())
    document = submissions.column("document").take(
        pc.index_in(about.column("seq"), value_set=submissions.column("seq"))
    )
    is_good_to_know = pc.equal(noticed.column("severity"), str(Severity.INFO))
    columns = {name: noticed.column(name) for name in FINDING.names} | {
        **dict(zip(about.column_names, about.columns, strict=True)),
        "document": document,
        "status": pc.if_else(is_good_to_know, "noted", "open"),
    }
    own = pa.table({name: columns[name] for name in findings.schema.names}).cast(findings.schema)
    together = pa.concat_tables([findings, own])
    return together.take(np.argsort(together.column("seq").to_numpy(), kind="stable"))


def aside(held: pa.Table) -> dict[str, int]:
    """How many rows (STORED_HELD) are held and wait for a decision, by verdict."""
    counted = Counter(row["verdict"] for row in held.to_pylist() if row["status"] == "open")
    return {str(verdict): counted[verdict] for verdict in (Verdict.QUARANTINED, Verdict.REJECTED)}


def _are_about(findings: pa.Table, reports: pa.Table, crisis: str) -> list[bool]:
    """Whether each finding is about the crisis: by the report it names, by its row, else by its document."""
    where = reports.select(["report_id", "seq", "row", "crisis_id"]).to_pylist()
    by_id = {row["report_id"]: row["crisis_id"] for row in where}
    by_row = {(row["seq"], row["row"]): row["crisis_id"] for row in where}
    documents = {row["seq"] for row in where if row["crisis_id"] == crisis}
    are_about = []
    for finding in findings.select(["subject", "seq", "row"]).to_pylist():
        of_one = by_id.get(finding["subject"]) or by_row.get((finding["seq"], finding["row"]))
        are_about.append(of_one == crisis if of_one else finding["seq"] in documents)
    return are_about


def _one_of(name: str, value: str, known: set[str] | set[Severity]) -> str:
    text = value.strip().lower()
    if text in known:
        return text
    near = tuple(get_close_matches(text, [str(each) for each in known], n=3))
    fix = did_you_mean(near) or sentence("Known are %(names)s.", names=listed(sorted(known)))
    raise UnknownName(
        sentence("%(name)s=%(value)s is not known here.", name=name, value=repr(value[:60])),
        fix=fix,
        suggestions=near,
    )
