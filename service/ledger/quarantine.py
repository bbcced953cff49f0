"""What is new about the rows of a document that are no reports?

A document is known by its content, and a row of it by its number. The newest word about a row counts: it is
kept aside, or it has become a report since. Reads the index inside the writer's transaction; writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from service.ledger.entry import RESOLUTION, plain
from service.ledger.index import query, sql
from service.schema.records import Batch, findings_table
from service.schema.tables import FINDING, HELD
from service.vocabulary import Severity


def kept_aside(
    cursor: duckdb.DuckDBPyConnection, batch: Batch, rows: pa.Table
) -> tuple[dict[str, pa.Table], pa.Table]:
    """The rows to add to ``held`` and to ``resolution``, and the findings that were not noted before.

    ``rows`` are those of the batch that are reports: row, verdict, report_id. A row is kept aside once for
    each thing that is said about it, so that the same document twice adds nothing.
    """
    held = plain(batch.held, HELD).sort_by("row")
    findings = plain(findings_table(batch.findings), FINDING)
    if not _came_before(cursor, batch.sha256):
        return {"held": held, "resolution": RESOLUTION.empty_table()}, findings
    numbers = pa.concat_arrays(
        [each["row"].combine_chunks() for each in (held, rows.select(["row"])) if each.num_rows]
        or [pa.array([], pa.int64())]
    )
    before = _stored(cursor, "held", batch.sha256, numbers)
    noted = _stored(cursor, "findings", batch.sha256, numbers)
    then, now = _faults(noted, "seq", "row"), _faults(findings, "row")
    said = {
        (each["row"], each["verdict"], each["raw"], then[each["seq"], each["row"]])
        for each in before.to_pylist()
    }
    is_new = [
        (each["row"], each["verdict"], each["raw"], now[each["row"],]) not in said
        for each in held.to_pylist()
    ]
    held = held.filter(pa.array(is_new, pa.bool_()))
    waiting = before.filter(pc.not_equal(before["status"], "resolved"))["row"]
    settled = rows.filter(pc.is_in(rows["row"], value_set=waiting.combine_chunks()))
    anew = set(held["row"].to_pylist())
    told = {tuple(each.values()) for each in noted.select(FINDING.names).to_pylist()}
    kept = [each["row"] in anew or tuple(each.values()) not in told for each in findings.to_pylist()]
    return {"held": held, "resolution": settled}, findings.filter(pa.array(kept, pa.bool_()))


def _came_before(cursor: duckdb.DuckDBPyConnection, sha256: str) -> bool:
    """Whether the document is known: of a new one nothing can have been said."""
    return bool(cursor.execute(sql("came_before"), {"sha256": sha256}).fetchall()[0][0])


def _stored(cursor: duckdb.DuckDBPyConnection, name: str, sha256: str, numbers: pa.Array) -> pa.Table:
    """What is stored about the same document: about rows within these numbers, or about no row."""
    stored = query(cursor, sql(name), document=None, sha256=sha256, recorded_by=None)
    if not stored.num_rows or not len(numbers):
        return stored
    ends = pc.min_max(numbers)
    within = pc.and_(pc.greater_equal(stored["row"], ends["min"]), pc.less_equal(stored["row"], ends["max"]))
    return stored.filter(pc.or_kleene(pc.is_null(stored["row"]), within))


def _faults(findings: pa.Table, *names: str) -> Mapping[tuple[Any, ...], frozenset[tuple[str, ...]]]:
    """By the columns of these names: what keeps a row from being a report."""
    found: defaultdict[tuple[Any, ...], frozenset[tuple[str, ...]]] = defaultdict(frozenset)
    for each in findings.filter(pc.equal(findings["severity"], str(Severity.ERROR))).to_pylist():
        found[tuple(each[name] for name in names)] |= {(each["code"], each["column"], each["value"])}
    return found
