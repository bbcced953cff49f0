"""What does the ledger answer, at one state of it?

A view is one read transaction: everything asked of it belongs to the same head, however much is submitted
meanwhile. It knows the index, not the journal, and writes nothing.

>>> with store.view() as view:  # doctest: +SKIP
...     view.head, view.reports(as_of=dt.date(2025, 3, 12))
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypedDict

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from service.ledger.admission import admit
from service.ledger.entry import WITHDRAWAL
from service.ledger.index import SUBMISSION, query, read_latest, sql
from service.schema.records import Batch, Head, Receipt, Reference
from service.schema.tables import FINDING, HELD, LEDGER_REPORT, REFERENCE_KEYS, REFERENCE_SCHEMAS

_PLACE = [
    pa.field("recorded_at", pa.timestamp("us"), nullable=False),
    pa.field("seq", pa.int64(), nullable=False),
]
_DOCUMENT = pa.field("document", pa.string(), nullable=False)
_STATUS = pa.field("status", pa.string(), nullable=False)
STORED_FINDING = pa.schema([*FINDING, *_PLACE, _DOCUMENT, _STATUS])
"""A finding, where it was noticed, and whether it is ``open``, ``resolved`` or ``noted`` (findings.sql)."""
STORED_HELD = pa.schema([*HELD, *_PLACE, _DOCUMENT, pa.field("sha256", pa.string(), nullable=False), _STATUS])
"""A row kept aside, in which document (its name, its content), and whether it is ``open``, ``resolved`` or
``noted`` (held.sql)."""
STORED_WITHDRAWAL = pa.schema([*WITHDRAWAL, *_PLACE])
HISTORY = pa.schema(
    [
        SUBMISSION.field("seq"),
        SUBMISSION.field("recorded_at"),
        pa.field("event", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("replaced_by", pa.string(), nullable=False),  # report ids joined by |
        pa.field("replaces", pa.string(), nullable=False),  # report ids joined by |
        pa.field("code", pa.string(), nullable=False),
        pa.field("severity", pa.string(), nullable=False),
        *(SUBMISSION.field(name) for name in ("kind", "document", "key_id", "hash")),
    ]
)
"""What an entry did to a report: recorded, noticed (``code``, ``severity``; ``reason`` says what), replaces,
withdrawn, corrected or reinstated; in which entry, and with which key it was handed in."""


class Noted(TypedDict, total=False):
    """In which document something was noted, by its name or its content, and by which moment."""

    document: str | None
    sha256: str | None
    recorded_by: dt.datetime | None


class View:
    """The ledger at one head. Made by ``Store.view``; for the thread that opened it only."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, errors: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._cursor = cursor
        self._errors = errors
        self.head: Head = read_latest(cursor).head

    def reports(
        self,
        *,
        crisis_id: str | None = None,
        as_of: dt.date | None = None,
        recorded_by: dt.datetime | None = None,
    ) -> pa.Table:
        """LEDGER_REPORT rows in order of (seq, row): known by ``as_of``, recorded by ``recorded_by``.

        Withdrawn reports are among them and carry the reason, if they were withdrawn by ``recorded_by``.
        """
        if isinstance(as_of, dt.datetime):
            raise TypeError("as_of is a day, not a moment")
        rows = self.ask(sql("reports"), crisis_id=crisis_id, as_of=as_of, recorded_by=_moment(recorded_by))
        return _shaped(rows, LEDGER_REPORT)

    def nearest_reports(self, reports: pa.Table, most: int) -> pa.Table:
        """What stands of the tellers of ``reports``: the ``most`` statements nearest in time (beside.sql)."""
        tellers = reports.group_by(["crisis_id", "source_id", "origin_id"]).aggregate([])
        ends = pc.min_max(reports["counted_to"]).as_py()
        days = {"first": ends["min"], "last": ends["max"]}
        with self._errors():
            self._cursor.register("incoming", tellers)
            found = self._nearest(days, most)
            self._cursor.unregister("incoming")
        return found.cast(pa.schema([LEDGER_REPORT.field(name) for name in found.column_names]))

    def _nearest(self, days: dict[str, dt.date | None], most: int) -> pa.Table:
        """The rows of beside.sql, looked for ever further away, so that a long ledger is not read for few."""

        def near(reach: int | None) -> int:
            return int(query(self._cursor, sql("near"), reach=reach, **days)["reports"][0].as_py())

        everything = near(None)
        reach = 1 if days["first"] and everything > most else None
        while reach and (within := near(reach)) < everything:
            if within >= most:
                found = query(self._cursor, sql("beside"), reach=reach, most=most, **days)
                if found.num_rows == most:
                    return found
                reach *= 1 + most // (found.num_rows + 1)
            reach = min(2 * reach, dt.date.max.toordinal())
        return query(self._cursor, sql("beside"), reach=None, most=most, **days)

    def rehearse(self, batch: Batch, met: pa.Array | None = None, *, brief: bool = False) -> Receipt:
        """What a submission of ``batch`` would be answered, after reports with the ids ``met``."""
        never = dt.datetime.min  # noqa: DTZ901 - nothing is kept
        with self._errors():
            _, receipt = admit(self._cursor, batch, never, met, brief=brief)
        return dataclasses.replace(receipt, head=self.head)

    def reference(self, *, recorded_by: dt.datetime | None = None) -> Reference:
        """The reference rows in force, in order of their keys."""
        tables = {}
        for name, key in REFERENCE_KEYS.items():
            columns = ", ".join(f'"{column}"' for column in key)
            statement = sql("reference").format(table=name, key=columns)
            rows = self.ask(statement, recorded_by=_moment(recorded_by))
            tables[name] = _shaped(rows, REFERENCE_SCHEMAS[name])
        return Reference(**tables)

    def findings(
        self,
        *,
        document: str | None = None,
        sha256: str | None = None,
        recorded_by: dt.datetime | None = None,
    ) -> pa.Table:
        """STORED_FINDING rows: what the checks noticed, oldest first."""
        rows = self.ask(sql("findings"), document=document, sha256=sha256, recorded_by=_moment(recorded_by))
        return _shaped(rows, STORED_FINDING)

    def held_rows(
        self,
        *,
        document: str | None = None,
        sha256: str | None = None,
        recorded_by: dt.datetime | None = None,
    ) -> pa.Table:
        """STORED_HELD rows: those kept aside, oldest first."""
        rows = self.ask(sql("held"), document=document, sha256=sha256, recorded_by=_moment(recorded_by))
        return _shaped(rows, STORED_HELD)

    def submissions(self) -> pa.Table:
        """SUBMISSION rows: every entry of the ledger, oldest first."""
        return _shaped(self.ask(sql("submissions")), SUBMISSION)

    def withdrawals(self, report_id: str | None = None) -> pa.Table:
        """WITHDRAWAL rows with recorded_at and seq: who was taken back, why, replaced by what."""
        return _shaped(self.ask(sql("withdrawals"), report_id=report_id), STORED_WITHDRAWAL)

    def history(self, report_id: str, *, recorded_by: dt.datetime | None = None) -> pa.Table:
        """HISTORY rows: what became of a report, oldest first; none for a report that is not known."""
        rows = self.ask(sql("history"), report_id=report_id, recorded_by=_moment(recorded_by))
        return _shaped(rows, HISTORY)

    def ask(self, statement: str, **values: object) -> pa.Table:
        """The rows of one of the statements in ``sql``."""
        with self._errors():
            return query(self._cursor, statement, **values)


def utc(moment: dt.datetime) -> dt.datetime:
    """``moment`` as the ledger keeps time: UTC, no zone; raises TypeError for anything but a datetime."""
    if not isinstance(moment, dt.datetime):
        raise TypeError(f"a moment is a datetime, not {type(moment).__name__}")
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _moment(moment: dt.datetime | None) -> dt.datetime | None:
    return None if moment is None else utc(moment)


def _shaped(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    return rows.select(schema.names).cast(schema)
