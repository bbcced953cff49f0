"""What of that which is handed in is new?

Turns a batch, a registration, a withdrawal or a correction into the entry that the journal is to keep, or
into None where the ledger knows it all already. Reads the index inside the writer's transaction; writes
nothing.
"""

from __future__ import annotations

import collections
import datetime as dt
from typing import Any

import duckdb
import pyarrow as pa

from service.errors import NotFound, QueryError, UnknownName
from service.ledger.entry import WITHDRAWAL, Entry, plain
from service.ledger.index import query, sql
from service.ledger.journal import EMPTY
from service.model import (
    AREA_SEPARATOR,
    BATCH_REPORT,
    FINDING,
    HELD,
    REFERENCE_KEYS,
    REFERENCE_SCHEMAS,
    Batch,
    Receipt,
    findings_table,
)
from service.vocabulary import Verdict


def admit(
    cursor: duckdb.DuckDBPyConnection, batch: Batch, moment: dt.datetime
) -> tuple[Entry | None, Receipt]:
    """The entry that keeps what is new in ``batch`` (None: nothing is), and the answer to who sent it."""
    if batch.rows != batch.reports.num_rows + batch.held.num_rows:
        raise ValueError(f"{batch.document}: every row is either a report or held aside")
    reports = plain(batch.reports, BATCH_REPORT).sort_by("row")
    ids = reports["report_id"].to_pylist()
    seen = set(_known(cursor, ids))
    is_new = []
    for report in ids:
        is_new.append(report not in seen)
        seen.add(report)
    receipt = _receipt(batch, reports["row"].to_pylist(), ids, is_new)
    tables = {
        "report": reports.filter(pa.array(is_new, pa.bool_())),
        "held": _unsaid(cursor, "held", batch.sha256, plain(batch.held, HELD).sort_by("row")),
        **{name: _unknown(cursor, name, rows) for name, rows in batch.register.items()},
    }
    tables = {name: rows for name, rows in tables.items() if rows.num_rows}
    if not tables:
        return None, receipt
    tables["finding"] = _unsaid(
        cursor, "findings", batch.sha256, plain(findings_table(batch.findings), FINDING)
    )
    entry = Entry(
        "reports", moment, batch.document, batch.sha256, batch.rows,
        receipt.accepted, receipt.duplicate, receipt.quarantined, receipt.rejected, tables,
    )  # fmt: skip
    return entry, receipt


def enrol(
    cursor: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, moment: dt.datetime
) -> tuple[Entry | None, int]:
    """The entry that keeps the new and the changed reference rows, and how many they are."""
    if table not in REFERENCE_KEYS:
        raise UnknownName(f"There is no reference table {table!r}.", suggestions=tuple(REFERENCE_KEYS))
    current = _current(cursor, table)
    newest = {_key(table, row): row for row in plain(rows, REFERENCE_SCHEMAS[table]).to_pylist()}
    changed = [row for key, row in newest.items() if current.get(key) != row]
    if not changed:
        return None, 0
    entry = Entry(
        "register", moment, document=table, rows=rows.num_rows,
        accepted=len(changed), duplicate=rows.num_rows - len(changed),
        tables={table: pa.Table.from_pylist(changed, schema=REFERENCE_SCHEMAS[table])},
    )  # fmt: skip
    return entry, len(changed)


def take_back(
    cursor: duckdb.DuckDBPyConnection, report_id: str, reason: str, moment: dt.datetime
) -> tuple[Entry | None, None]:
    """The entry that withdraws a report; None where it is withdrawn already."""
    if _stands(cursor, report_id, reason):
        rows = _withdrawals([(report_id, reason, "")])
        return Entry("withdrawal", moment, tables={"withdrawal": rows}), None
    return None, None


def put_right(
    cursor: duckdb.DuckDBPyConnection, report_id: str, batch: Batch, reason: str, moment: dt.datetime
) -> tuple[Entry | None, Receipt]:
    """The entry that puts the reports of ``batch`` in the place of ``report_id``.

    The old report is withdrawn only if there is another to take its place: a batch whose rows are all held
    aside takes nothing back. A replacement that had itself been withdrawn stands again.
    """
    stands = _stands(cursor, report_id, reason)
    entry, receipt = admit(cursor, batch, moment)
    ids = [name for name in dict.fromkeys(batch.reports["report_id"].to_pylist()) if name != report_id]
    known = _known(cursor, ids)
    rows: list[tuple[str, str | None, str]] = [(name, None, "") for name in ids if known.get(name)]
    if stands and ids:
        rows.append((report_id, reason, AREA_SEPARATOR.join(ids)))
    if not rows:
        return entry, receipt
    words = entry.words() if entry else _tallies(batch, receipt, moment)
    tables = {**(entry.tables if entry else {}), "withdrawal": _withdrawals(rows)}
    return Entry(**{**words, "kind": "correction"}, tables=tables), receipt


def _receipt(batch: Batch, rows: list[int], ids: list[str], is_new: list[bool]) -> Receipt:
    known, unknown = str(Verdict.DUPLICATE), str(Verdict.ACCEPTED)
    verdicts = [
        (row, unknown if new else known, name) for row, name, new in zip(rows, ids, is_new, strict=True)
    ]
    held = zip(batch.held["row"].to_pylist(), batch.held["verdict"].to_pylist(), strict=True)
    verdicts.extend((row, verdict, "") for row, verdict in held)
    tally = collections.Counter(verdict for _, verdict, _ in verdicts)
    return Receipt(
        accepted=tally[Verdict.ACCEPTED],
        duplicate=tally[Verdict.DUPLICATE],
        quarantined=tally[Verdict.QUARANTINED],
        rejected=tally[Verdict.REJECTED],
        head=EMPTY,
        findings=batch.findings,
        verdicts=tuple(sorted(verdicts)),
    )


def _tallies(batch: Batch, receipt: Receipt, moment: dt.datetime) -> dict[str, Any]:
    return {
        "recorded_at": moment,
        "document": batch.document,
        "sha256": batch.sha256,
        "rows": batch.rows,
        "duplicate": receipt.duplicate,
        "quarantined": receipt.quarantined,
        "rejected": receipt.rejected,
    }


def _known(cursor: duckdb.DuckDBPyConnection, ids: list[str]) -> dict[str, bool]:
    """The ids among ``ids`` that the ledger holds, and whether each is withdrawn."""
    cursor.register("incoming", pa.table({"report_id": pa.array(ids, pa.string())}))
    found = cursor.execute(sql("known")).fetchall()
    cursor.unregister("incoming")
    return dict(found)


def _stands(cursor: duckdb.DuckDBPyConnection, report_id: str, reason: str) -> bool:
    """Whether a report is in force; raises NotFound for an unknown id and QueryError for no reason."""
    if not reason.strip():
        raise QueryError("A report is taken back for a reason.", fix="Say why; it is shown with the report.")
    known = _known(cursor, [report_id])
    if report_id not in known:
        raise NotFound(
            f"There is no report {report_id!r}.", fix="Its id is in /v1/reports and in every evidence row."
        )
    return not known[report_id]


def _unsaid(cursor: duckdb.DuckDBPyConnection, name: str, sha256: str, rows: pa.Table) -> pa.Table:
    """The rows that the same document has not brought before."""
    if not rows.num_rows:
        return rows
    stored = query(cursor, sql(name), document=None, sha256=sha256, recorded_by=None).select(
        rows.schema.names
    )
    said = {tuple(row.values()) for row in stored.to_pylist()}
    return rows.filter(pa.array([tuple(row.values()) not in said for row in rows.to_pylist()], pa.bool_()))


def _unknown(cursor: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> pa.Table:
    """The reference rows met on the way whose key is not known: what is registered already is better."""
    current = _current(cursor, table)
    first = {_key(table, row): row for row in reversed(plain(rows, REFERENCE_SCHEMAS[table]).to_pylist())}
    new = [row for key, row in first.items() if key not in current]
    return pa.Table.from_pylist(new[::-1], schema=REFERENCE_SCHEMAS[table])


def _current(cursor: duckdb.DuckDBPyConnection, table: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    key = ", ".join(f'"{column}"' for column in REFERENCE_KEYS[table])
    rows = query(cursor, sql("reference").format(table=table, key=key), recorded_by=None)
    return {_key(table, row): row for row in rows.select(REFERENCE_SCHEMAS[table].names).to_pylist()}


def _key(table: str, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column] for column in REFERENCE_KEYS[table])


def _withdrawals(rows: list[tuple[str, str | None, str]]) -> pa.Table:
    return pa.Table.from_pylist(
        [dict(zip(WITHDRAWAL.names, row, strict=True)) for row in rows], schema=WITHDRAWAL
    )
