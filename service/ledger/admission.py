"""What is new in a submission?

Turns a batch, a registration, a withdrawal or a correction into the entry that the journal is to keep, or
into None where the ledger holds it all already. Reads the index inside the writer's transaction; writes
nothing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from service.errors import ChangedSince, NotFound, QueryError, UnknownName
from service.ledger.entry import RESOLUTION, WITHDRAWAL, Entry, plain
from service.ledger.frames import EMPTY
from service.ledger.quarantine import new_held_rows
from service.ledger.statements import query, sql
from service.schema.records import Batch, Finding, Head, Receipt, findings_table
from service.schema.tables import AREA_SEPARATOR, BATCH_REPORT, REFERENCE_KEYS, REFERENCE_SCHEMAS
from service.sentence import listed, sentence
from service.vocabulary import Severity, Verdict

NEW, CHANGED, KNOWN = "new", "changed", "known"
"""What a reference row is beside those that are registered."""
MAPPING_TABLE = "mapping"
"""The table of the mappings that documents were read by."""
FEW = 100
"""Ids that are asked about as values of a statement, and not as a table."""


def admit_batch(
    cursor: duckdb.DuckDBPyConnection,
    batch: Batch,
    moment: dt.datetime,
    earlier_ids: pa.Array | None = None,
    *,
    brief: bool = False,
) -> tuple[Entry | None, Receipt]:
    """Return the entry that records what is new in ``batch`` (None: nothing is), and the receipt.

    ``earlier_ids``: further report ids to treat as known. A ``brief`` receipt has only the verdicts of rows
    that were not accepted. Raises ValueError for a batch that has rows which are neither reports nor held.
    """
    if batch.rows != batch.reports.num_rows + batch.held.num_rows:
        raise ValueError(f"{batch.document}: every row is either a report or held")
    reports = plain(_in_order(batch.reports), BATCH_REPORT)
    is_new, withdrawn = _is_new(cursor, reports, earlier_ids)
    batch = dataclasses.replace(batch, findings=(*batch.findings, *_withdrawn_before(reports, withdrawn)))
    verdicts = pa.table(
        [
            reports["row"],
            pc.if_else(is_new, str(Verdict.ACCEPTED), str(Verdict.DUPLICATE)),
            reports["report_id"],
        ],
        schema=RESOLUTION,
    )
    receipt = _receipt(batch, verdicts, brief)
    held, findings = new_held_rows(cursor, batch, verdicts)
    accepted = reports if receipt.accepted == reports.num_rows else reports.filter(is_new)
    registered = {name: _new_rows(cursor, name, rows) for name, rows in batch.register.items()}
    tables = {"report": accepted, **held, **registered}
    tables = {name: rows for name, rows in tables.items() if rows.num_rows}
    if not tables:
        return None, receipt
    tables["finding"] = findings
    entry = Entry(
        "reports", moment, batch.document, batch.sha256, batch.rows,
        receipt.accepted, receipt.duplicate, receipt.quarantined, receipt.rejected, tables,
    )  # fmt: skip
    return entry, receipt


def register_rows(
    cursor: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, moment: dt.datetime
) -> tuple[Entry | None, int]:
    """Return the entry that records the new and the changed reference rows (None: all are known), and how
    many.

    Raises UnknownName for a table that holds no reference data.
    """
    changed = [row for row, verdict in compare_rows(cursor, table, rows) if verdict != KNOWN]
    if not changed:
        return None, 0
    entry = Entry(
        "register", moment, document=table, rows=rows.num_rows,
        accepted=len(changed), duplicate=rows.num_rows - len(changed),
        tables={table: pa.Table.from_pylist(changed, schema=REFERENCE_SCHEMAS[table])},
    )  # fmt: skip
    return entry, len(changed)


def compare_rows(
    cursor: duckdb.DuckDBPyConnection, table: str, rows: pa.Table
) -> list[tuple[dict[str, Any], str]]:
    """Return each reference row, and whether it is new, changed or known. Raises as ``register_rows``."""
    if table not in REFERENCE_KEYS:
        raise UnknownName(
            sentence("There is no reference table %(table)s.", table=repr(table)),
            fix=sentence("Use one of: %(tables)s.", tables=listed(REFERENCE_KEYS)),
            suggestions=tuple(REFERENCE_KEYS),
        )
    current = _reference_rows(cursor, table)
    newest = {_key(table, row): row for row in plain(rows, REFERENCE_SCHEMAS[table]).to_pylist()}
    return [
        (row, NEW if key not in current else KNOWN if current[key] == row else CHANGED)
        for key, row in newest.items()
    ]


def add_mapping(
    cursor: duckdb.DuckDBPyConnection, row: pa.Table, moment: dt.datetime
) -> tuple[Entry | None, bool]:
    """Return the entry that makes a mapping the newest of its name (None: it is), and whether there is
    one."""
    (mapping,) = row.to_pylist()
    kept = query(cursor, sql("mappings"), recorded_by=None)
    of_name = kept.filter(pc.equal(kept["name"], mapping["name"]))["mapping_id"].to_pylist()
    if of_name[-1:] == [mapping["mapping_id"]]:
        return None, False
    return Entry("mapping", moment, document=mapping["mapping_id"], tables={"mapping": row}), True


def withdraw_report(
    cursor: duckdb.DuckDBPyConnection, report_id: str, reason: str, moment: dt.datetime
) -> tuple[Entry | None, None]:
    """Return the entry that withdraws a report; None where it is withdrawn already.

    Raises NotFound for an unknown id and QueryError for an empty reason.
    """
    if _stands(cursor, report_id, reason):
        rows = withdrawals([(report_id, reason, "")])
        return Entry("withdrawal", moment, tables={"withdrawal": rows}), None
    return None, None


def reinstate_report(
    cursor: duckdb.DuckDBPyConnection, report_id: str, reason: str, moment: dt.datetime
) -> tuple[Entry | None, None]:
    """Return the entry that lets a withdrawn report stand again; None where it stands. Raises as
    ``withdraw_report``."""
    if _stands(cursor, report_id, reason):
        return None, None
    finding = Finding(
        "reinstated",
        Severity.INFO,
        sentence("The report stands again: %(reason)s", reason=reason),
        "Nothing.",
        subject=report_id,
    )
    tables = {"withdrawal": withdrawals([(report_id, None, "")]), "finding": findings_table([finding])}
    return Entry("withdrawal", moment, tables=tables), None


def correct_report(
    cursor: duckdb.DuckDBPyConnection, report_id: str, batch: Batch, reason: str, moment: dt.datetime
) -> tuple[Entry | None, Receipt]:
    """Return the entry that puts the reports of ``batch`` in the place of ``report_id``, and the receipt.

    The old report is withdrawn only if another takes its place: a batch without reports withdraws nothing. A
    replacement that had itself been withdrawn is reinstated. Raises as ``withdraw_report``.
    """
    stands = _stands(cursor, report_id, reason)
    entry, receipt = admit_batch(cursor, batch, moment)
    ids = [name for name in dict.fromkeys(batch.reports["report_id"].to_pylist()) if name != report_id]
    is_withdrawn = report_status(cursor, pa.array(ids, pa.string()))
    rows: list[tuple[str, str | None, str]] = [(name, None, "") for name in ids if is_withdrawn.get(name)]
    if stands and ids:
        rows.append((report_id, reason, AREA_SEPARATOR.join(ids)))
    if not rows:
        return entry, receipt
    words = entry.words() if entry else batch_words(batch, receipt, moment)
    tables = {**(entry.tables if entry else {}), "withdrawal": withdrawals(rows)}
    return Entry(**{**words, "kind": "correction"}, tables=tables), receipt


def _is_new(
    cursor: duckdb.DuckDBPyConnection, reports: pa.Table, earlier_ids: pa.Array | None
) -> tuple[pa.Array, list[str]]:
    """Return which reports neither the ledger nor ``earlier_ids`` holds; of equal ones only the first is
    new; and the ids of those that have been withdrawn."""
    ids = reports["report_id"].combine_chunks()
    coded = ids.dictionary_encode()
    days = reports["counted_to"]
    ends = {} if days.null_count else pc.min_max(days).as_py()
    held = report_status(cursor, coded.dictionary, ends.get("min"), ends.get("max"))
    known_ids = pa.array(list(held), pa.string())
    if earlier_ids is not None:
        known_ids = pa.concat_arrays([known_ids, earlier_ids])
    highest = pc.cumulative_max(coded.indices)
    before = pa.concat_arrays([pa.array([-1], highest.type), highest.slice(0, max(len(ids) - 1, 0))])
    is_first = pc.greater(coded.indices, before.slice(0, len(ids)))
    if not len(known_ids):
        return is_first, []
    is_known = pc.is_in(coded.dictionary, value_set=known_ids).take(coded.indices)
    return pc.and_not(is_first, is_known), [name for name, is_withdrawn in held.items() if is_withdrawn]


def _withdrawn_before(reports: pa.Table, withdrawn: list[str]) -> list[Finding]:
    """Return a finding for each report that is handed in again after it was taken back."""
    again = reports.filter(pc.is_in(reports["report_id"], value_set=pa.array(withdrawn, pa.string())))
    return [
        Finding(
            "withdrawn_before",
            Severity.WARNING,
            sentence(
                "The report %(report_id)s was taken back, or replaced by another; it is not counted again.",
                report_id=report_id,
            ),
            sentence(
                "What became of it stands on the page /report/%(report_id)s; if it stands after all, "
                "reinstate it there, or with casualty reinstate %(report_id)s.",
                report_id=report_id,
            ),
            row=row,
            subject=report_id,
        )
        for row, report_id in zip(again["row"].to_pylist(), again["report_id"].to_pylist(), strict=True)
    ]


def _in_order(rows: pa.Table) -> pa.Table:
    """Return the rows in the order of their numbers."""
    numbers = rows["row"].combine_chunks()
    is_ordered = pc.all(pc.less(numbers.slice(0, max(len(numbers) - 1, 0)), numbers.slice(1))).as_py()
    return rows if is_ordered in (True, None) else rows.sort_by("row")


def _receipt(batch: Batch, reports: pa.Table, brief: bool) -> Receipt:
    """Return the receipt for the rows that are reports (``reports``: RESOLUTION) and those that are held."""
    tally = dict.fromkeys(map(str, Verdict), 0)
    for column in (reports["verdict"], batch.held["verdict"]):
        tally.update({count["values"]: count["counts"] for count in column.value_counts().to_pylist()})
    if brief:
        reports = reports.filter(pc.not_equal(reports["verdict"], str(Verdict.ACCEPTED)))
    verdicts = list(zip(*(reports[name].to_pylist() for name in RESOLUTION.names), strict=True))
    if batch.held.num_rows:
        held = zip(batch.held["row"].to_pylist(), batch.held["verdict"].to_pylist(), strict=True)
        verdicts = sorted([*verdicts, *((row, verdict, "") for row, verdict in held)])
    return Receipt(**tally, head=EMPTY, findings=batch.findings, verdicts=tuple(verdicts))


def batch_words(batch: Batch, receipt: Receipt, moment: dt.datetime) -> dict[str, Any]:
    """Return the words of an entry for a batch in which nothing but its place is new."""
    return {
        "recorded_at": moment,
        "document": batch.document,
        "sha256": batch.sha256,
        "rows": batch.rows,
        "duplicate": receipt.duplicate,
        "quarantined": receipt.quarantined,
        "rejected": receipt.rejected,
    }


def report_status(
    cursor: duckdb.DuckDBPyConnection,
    ids: pa.Array,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> dict[str, bool]:
    """Return, for each of ``ids`` that the ledger holds, whether that report is withdrawn.

    Reports that count up to days before ``first`` or after ``last`` (None: no limit) are not looked at.
    """
    if len(ids) <= FEW:  # mostly new ones, of which there is nothing more to ask
        known = {"ids": ids.to_pylist(), "first": first, "last": last}
        ids = pa.array(
            [each for (each,) in cursor.execute(sql("known_reports"), known).fetchall()], pa.string()
        )
        if not len(ids):
            return {}
    cursor.register("incoming", pa.table({"report_id": ids}))
    parameters = {"first": first, "last": last, "held": None, "recorded_by": None}
    rows = cursor.execute(sql("report_status"), parameters).fetchall()
    cursor.unregister("incoming")
    return dict(rows)


def _stands(cursor: duckdb.DuckDBPyConnection, report_id: str, reason: str) -> bool:
    """Return whether a report is in force; raises NotFound for an unknown id, QueryError for an empty
    reason."""
    if not reason.strip():
        raise QueryError("A report is taken back for a reason.", fix="Say why; it is shown with the report.")
    is_withdrawn = report_status(cursor, pa.array([report_id], pa.string()))
    if report_id not in is_withdrawn:
        raise NotFound(
            sentence("There is no report %(report_id)s.", report_id=repr(report_id)),
            fix="Its id is in /v1/reports and in every evidence row.",
        )
    return not is_withdrawn[report_id]


def refuse_if_changed(cursor: duckdb.DuckDBPyConnection, report_id: str, seen: Head) -> None:
    """Raise ChangedSince where a report was withdrawn, corrected, reinstated or redacted after the head
    ``seen``, or where the ledger never had that head. An unknown id is left to whoever looks for it."""
    parameters = {"report_id": report_id, "seq": seen.seq}
    (row,) = cursor.execute(sql("last_change_of_report"), parameters).fetchall()
    digest, last = row
    fix = sentence(
        "Look at /v1/reports/%(report_id)s/history, decide again, and send the ETag of that answer along.",
        report_id=report_id,
    )
    if digest is None or not digest.startswith(seen.hash):
        raise ChangedSince(sentence("This ledger was never in the state %(head)s.", head=str(seen)), fix=fix)
    if last is not None and last > seen.seq:
        raise ChangedSince(
            sentence(
                "The report %(report_id)s has changed since %(head)s.", report_id=report_id, head=str(seen)
            ),
            fix=fix,
        )


def _new_rows(cursor: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> pa.Table:
    """Return the rows that a document brings beside its reports, as far as they are new."""
    if table != MAPPING_TABLE:
        return _new_reference_rows(cursor, table, rows)
    kept = query(cursor, sql("mappings"), recorded_by=None)["mapping_id"].combine_chunks()
    return rows.filter(pc.invert(pc.is_in(rows["mapping_id"], value_set=kept.cast(pa.string()))))


def _new_reference_rows(cursor: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> pa.Table:
    """Return the reference rows of a document whose keys are new: a row that is registered already is
    better."""
    current = _reference_rows(cursor, table)
    first = {_key(table, row): row for row in reversed(plain(rows, REFERENCE_SCHEMAS[table]).to_pylist())}
    new = [row for key, row in first.items() if key not in current]
    return pa.Table.from_pylist(new[::-1], schema=REFERENCE_SCHEMAS[table])


def _reference_rows(cursor: duckdb.DuckDBPyConnection, table: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the rows of a reference table that are in force, by key."""
    key = ", ".join(f'"{column}"' for column in REFERENCE_KEYS[table])
    rows = query(cursor, sql("reference_rows", table=table, key=key), recorded_by=None)
    return {_key(table, row): row for row in rows.select(REFERENCE_SCHEMAS[table].names).to_pylist()}


def _key(table: str, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column] for column in REFERENCE_KEYS[table])


def withdrawals(rows: list[tuple[str, str | None, str]]) -> pa.Table:
    """Return WITHDRAWAL rows from (report_id, reason, replaced_by)."""
    return pa.Table.from_pylist(
        [dict(zip(WITHDRAWAL.names, row, strict=True)) for row in rows], schema=WITHDRAWAL
    )
