"""What of that which is handed in is new?

Turns a batch, a registration, a withdrawal or a correction into the entry that the journal is to keep, or
into None where the ledger knows it all already. Reads the index inside the writer's transaction; writes
nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from service.errors import NotFound, QueryError, UnknownName
from service.ledger.entry import RESOLUTION, WITHDRAWAL, Entry, plain
from service.ledger.index import query, sql
from service.ledger.journal import EMPTY
from service.ledger.quarantine import kept_aside
from service.schema.records import Batch, Receipt
from service.schema.tables import AREA_SEPARATOR, BATCH_REPORT, REFERENCE_KEYS, REFERENCE_SCHEMAS
from service.vocabulary import Verdict


def admit(
    cursor: duckdb.DuckDBPyConnection,
    batch: Batch,
    moment: dt.datetime,
    met: pa.Array | None = None,
    *,
    brief: bool = False,
) -> tuple[Entry | None, Receipt]:
    """The entry that keeps what is new in ``batch`` (None: nothing is), and the answer to who sent it.

    ``met``: further report ids that are to be taken for known. A ``brief`` answer names only the rows that
    were not accepted.
    """
    if batch.rows != batch.reports.num_rows + batch.held.num_rows:
        raise ValueError(f"{batch.document}: every row is either a report or held aside")
    reports = plain(_in_order(batch.reports), BATCH_REPORT)
    is_new = _is_new(cursor, reports, met)
    became = pa.table(
        [
            reports["row"],
            pc.if_else(is_new, str(Verdict.ACCEPTED), str(Verdict.DUPLICATE)),
            reports["report_id"],
        ],
        schema=RESOLUTION,
    )
    receipt = _receipt(batch, became, brief)
    aside, findings = kept_aside(cursor, batch, became)
    tables = {
        "report": reports if receipt.accepted == reports.num_rows else reports.filter(is_new),
        **aside,
        **{name: _unknown(cursor, name, rows) for name, rows in batch.register.items()},
    }
    tables = {name: rows for name, rows in tables.items() if rows.num_rows}
    if not tables:
        return None, receipt
    tables["finding"] = findings
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
    known = _known(cursor, pa.array(ids, pa.string()))
    rows: list[tuple[str, str | None, str]] = [(name, None, "") for name in ids if known.get(name)]
    if stands and ids:
        rows.append((report_id, reason, AREA_SEPARATOR.join(ids)))
    if not rows:
        return entry, receipt
    words = entry.words() if entry else _tallies(batch, receipt, moment)
    tables = {**(entry.tables if entry else {}), "withdrawal": _withdrawals(rows)}
    return Entry(**{**words, "kind": "correction"}, tables=tables), receipt


def _is_new(cursor: duckdb.DuckDBPyConnection, reports: pa.Table, met: pa.Array | None) -> pa.Array:
    """Which reports neither the ledger nor ``met`` holds; of equal ones the first."""
    ids = reports["report_id"].combine_chunks()
    coded = ids.dictionary_encode()
    days = reports["counted_to"]
    ends = {} if days.null_count else pc.min_max(days).as_py()
    known = pa.array(list(_known(cursor, coded.dictionary, ends.get("min"), ends.get("max"))), pa.string())
    if met is not None:
        known = pa.concat_arrays([known, met])
    highest = pc.cumulative_max(coded.indices)
    before = pa.concat_arrays([pa.array([-1], highest.type), highest.slice(0, max(len(ids) - 1, 0))])
    is_first = pc.greater(coded.indices, before.slice(0, len(ids)))
    if not len(known):
        return is_first
    return pc.and_not(is_first, pc.is_in(coded.dictionary, value_set=known).take(coded.indices))


def _in_order(rows: pa.Table) -> pa.Table:
    """The rows by their number."""
    numbers = rows["row"].combine_chunks()
    ordered = pc.all(pc.less(numbers.slice(0, max(len(numbers) - 1, 0)), numbers.slice(1))).as_py()
    return rows if ordered in (True, None) else rows.sort_by("row")


def _receipt(batch: Batch, became: pa.Table, brief: bool) -> Receipt:
    """The answer for rows that are reports (``became``: RESOLUTION) and those held aside."""
    tally = dict.fromkeys(map(str, Verdict), 0)
    for column in (became["verdict"], batch.held["verdict"]):
        tally.update({each["values"]: each["counts"] for each in column.value_counts().to_pylist()})
    told = became.filter(pc.not_equal(became["verdict"], str(Verdict.ACCEPTED))) if brief else became
    verdicts = list(zip(*(told[name].to_pylist() for name in RESOLUTION.names), strict=True))
    if batch.held.num_rows:
        held = zip(batch.held["row"].to_pylist(), batch.held["verdict"].to_pylist(), strict=True)
        verdicts = sorted([*verdicts, *((row, verdict, "") for row, verdict in held)])
    return Receipt(**tally, head=EMPTY, findings=batch.findings, verdicts=tuple(verdicts))


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


def _known(
    cursor: duckdb.DuckDBPyConnection,
    ids: pa.Array,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> dict[str, bool]:
    """The ids among ``ids`` that the ledger holds, and whether each is withdrawn; they are of reports that
    count up to days between ``first`` and ``last``."""
    cursor.register("incoming", pa.table({"report_id": ids}))
    found = cursor.execute(sql("known"), {"first": first, "last": last}).fetchall()
    cursor.unregister("incoming")
    return dict(found)


def _stands(cursor: duckdb.DuckDBPyConnection, report_id: str, reason: str) -> bool:
    """Whether a report is in force; raises NotFound for an unknown id and QueryError for no reason."""
    if not reason.strip():
        raise QueryError("A report is taken back for a reason.", fix="Say why; it is shown with the report.")
    known = _known(cursor, pa.array([report_id], pa.string()))
    if report_id not in known:
        raise NotFound(
            f"There is no report {report_id!r}.", fix="Its id is in /v1/reports and in every evidence row."
        )
    return not known[report_id]


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
