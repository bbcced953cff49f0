"""Which rows of a document that were not accepted are new, and what was noticed about them?

A document is known by its content, and a row of it by its number. The newest word about a row counts: it is
held (quarantined or rejected), or it has become a report since. Reads the index inside the writer's
transaction; writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from service.ledger.entry import RESOLUTION, plain
from service.ledger.statements import query, sql
from service.schema.records import Batch, findings_table
from service.schema.tables import FINDING, HELD
from service.vocabulary import Severity

_SAME = [name for name in FINDING.names if name != "terms"]
"""By what two findings are the same: those of earlier versions lack the parts of their sentences."""
Errors = frozenset[tuple[str, str, str]]
"""The findings that keep a row from being a report: code, column, value."""


def new_held_rows(
    cursor: duckdb.DuckDBPyConnection, batch: Batch, rows: pa.Table
) -> tuple[dict[str, pa.Table], pa.Table]:
    """Return the rows to add to the tables ``held`` and ``resolution``, and the new findings.

    ``rows`` (RESOLUTION) are those of the batch that are reports. A row is held once for each set of errors
    found in it, so that the same document twice adds nothing.
    """
    held = plain(batch.held, HELD).sort_by("row")
    findings = plain(findings_table(batch.findings), FINDING)
    if not _is_document_known(cursor, batch.sha256):
        return {"held": held, "resolution": RESOLUTION.empty_table()}, findings
    numbers = pa.concat_arrays(
        [table["row"].combine_chunks() for table in (held, rows, findings) if table.num_rows]
        or [pa.array([], pa.int64())]
    )
    same = {"document": None, "sha256": batch.sha256, "recorded_by": None}
    stored_rows = _about(query(cursor, sql("held_rows"), **same), numbers)
    stored_findings = _about(query(cursor, sql("findings"), held=None, **same), numbers)
    stored_errors, errors = _errors(stored_findings, "seq", "row"), _errors(findings, "row")
    known_rows = {
        (row["row"], row["verdict"], row["raw"], stored_errors[row["seq"], row["row"]])
        for row in stored_rows.to_pylist()
    }
    is_new = [
        (row["row"], row["verdict"], row["raw"], errors[row["row"],]) not in known_rows
        for row in held.to_pylist()
    ]
    held = held.filter(pa.array(is_new, pa.bool_()))
    waiting = stored_rows.filter(pc.not_equal(stored_rows["status"], "resolved"))["row"]
    resolved = rows.filter(pc.is_in(rows["row"], value_set=waiting.combine_chunks()))
    new_numbers = set(held["row"].to_pylist())
    known_findings = {tuple(finding.values()) for finding in stored_findings.select(_SAME).to_pylist()}
    is_new = [
        finding["row"] in new_numbers or tuple(finding.values()) not in known_findings
        for finding in findings.select(_SAME).to_pylist()
    ]
    return {"held": held, "resolution": resolved}, findings.filter(pa.array(is_new, pa.bool_()))


def _is_document_known(cursor: duckdb.DuckDBPyConnection, sha256: str) -> bool:
    """Return whether the document was submitted before; of a new one nothing can be stored."""
    return bool(cursor.execute(sql("is_document_known"), {"sha256": sha256}).fetchall()[0][0])


def _about(stored: pa.Table, numbers: pa.Array) -> pa.Table:
    """Return the stored rows that are about no row of the document, or about one between ``numbers``."""
    if not stored.num_rows or not len(numbers):
        return stored
    ends = pc.min_max(numbers)
    is_between = pc.and_(
        pc.greater_equal(stored["row"], ends["min"]), pc.less_equal(stored["row"], ends["max"])
    )
    return stored.filter(pc.or_kleene(pc.is_null(stored["row"]), is_between))


def _errors(findings: pa.Table, *names: str) -> Mapping[tuple[Any, ...], Errors]:
    """Return the errors among ``findings`` by the columns ``names``; none for any other key."""
    errors: defaultdict[tuple[Any, ...], Errors] = defaultdict(frozenset)
    for finding in findings.filter(pc.equal(findings["severity"], str(Severity.ERROR))).to_pylist():
        key = tuple(finding[name] for name in names)
        errors[key] |= {(finding["code"], finding["column"], finding["value"])}
    return errors
