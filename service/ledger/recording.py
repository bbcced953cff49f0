"""What can be recorded in the ledger, and what does whoever records it get back?

Each verb is one entry, or none where nothing is new; ``admission.py`` says which. ``recorded_at`` is when it
comes in, and ``key_id`` names the API key of the writer, where one is needed. An entry that is public as it
stands, such as the shipped ones, is not ``salted``: so it has the same hash on every machine.
"""

from __future__ import annotations

import abc
import dataclasses
import datetime as dt
from collections.abc import Collection
from typing import TypeVar

import duckdb
import pyarrow as pa

from service.ledger import admission, free_text
from service.ledger.entry import Entry
from service.ledger.free_text import Find
from service.ledger.full_release import admit_release
from service.ledger.write_queue import Plan
from service.schema.records import Batch, FullList, Head, Receipt, Redaction

T = TypeVar("T")


class Recording(abc.ABC):
    """What takes entries in."""

    @abc.abstractmethod
    def _write(
        self, plan: Plan[T], recorded_at: dt.datetime, key_id: str = "", *, salted: bool = True
    ) -> tuple[T, Head]:
        """Return the answer of ``plan`` and the head after it, once its entry is durable."""

    @abc.abstractmethod
    def _redact(self, find: Find, reason: str, recorded_at: dt.datetime, key_id: str) -> Redaction:
        """Take out what ``find`` finds, and return what that was."""

    def submit(
        self,
        batch: Batch,
        *,
        recorded_at: dt.datetime,
        key_id: str = "",
        brief: bool = False,
        salted: bool = True,
    ) -> Receipt:
        """Record what is new in a document, and return its receipt; if nothing is new, write nothing.

        The receipt has the verdict of every row; a ``brief`` one only of the rows that were not accepted.
        """
        receipt, head = self._write(
            lambda cursor, at: admission.admit_batch(cursor, batch, at, brief=brief),
            recorded_at,
            key_id,
            salted=salted,
        )
        return dataclasses.replace(receipt, head=head)

    def register(self, table: str, rows: pa.Table, *, recorded_at: dt.datetime, key_id: str = "") -> int:
        """Record the reference rows that are new or changed, and return how many they were."""
        changed, _ = self._write(
            lambda cursor, at: admission.register_rows(cursor, table, rows, at), recorded_at, key_id
        )
        return changed

    def add_mapping(self, row: pa.Table, *, recorded_at: dt.datetime, key_id: str = "") -> bool:
        """Record a mapping (one row of MAPPING) as the newest of its name; return whether it was not yet."""
        added, _ = self._write(lambda cursor, at: admission.add_mapping(cursor, row, at), recorded_at, key_id)
        return added

    def withdraw(
        self,
        report_id: str,
        *,
        reason: str,
        recorded_at: dt.datetime,
        key_id: str = "",
        seen: Head | None = None,
    ) -> Head:
        """Withdraw a report and return the head; a second time changes nothing. Raises NotFound, and
        ChangedSince where the report has changed after the head ``seen``."""
        plan = _unless_changed(
            lambda cursor, at: admission.withdraw_report(cursor, report_id, reason, at), report_id, seen
        )
        return self._write(plan, recorded_at, key_id)[1]

    def reinstate(
        self,
        report_id: str,
        *,
        reason: str,
        recorded_at: dt.datetime,
        key_id: str = "",
        seen: Head | None = None,
    ) -> Head:
        """Let a withdrawn report stand again and return the head; a second time changes nothing. Raises as
        ``withdraw``."""
        plan = _unless_changed(
            lambda cursor, at: admission.reinstate_report(cursor, report_id, reason, at), report_id, seen
        )
        return self._write(plan, recorded_at, key_id)[1]

    def submit_release(
        self,
        batch: Batch,
        full: FullList,
        *,
        recorded_at: dt.datetime,
        key_id: str = "",
        brief: bool = False,
    ) -> tuple[Receipt, pa.Table]:
        """Record the last batch of a full release and take back, from its day on, the reports about events
        that it no longer lists, in one entry; return the receipt and these reports. What it lists again
        stands again."""
        (receipt, gone), head = self._write(
            lambda cursor, at: admit_release(cursor, batch, full, at, brief=brief), recorded_at, key_id
        )
        return dataclasses.replace(receipt, head=head), gone

    def correct(
        self,
        report_id: str,
        batch: Batch,
        *,
        reason: str,
        recorded_at: dt.datetime,
        key_id: str = "",
        salted: bool = True,
        seen: Head | None = None,
    ) -> Receipt:
        """Replace ``report_id`` by the reports of ``batch``: it is withdrawn and points at them.

        Where no row of the batch is a report, the old one stands. Raises as ``withdraw``.
        """
        plan = _unless_changed(
            lambda cursor, at: admission.correct_report(cursor, report_id, batch, reason, at), report_id, seen
        )
        receipt, head = self._write(plan, recorded_at, key_id, salted=salted)
        return dataclasses.replace(receipt, head=head)

    def redact(
        self,
        report_id: str,
        columns: Collection[str],
        *,
        reason: str,
        recorded_at: dt.datetime,
        key_id: str = "",
    ) -> Redaction:
        """Take texts of a report (``free_text.REDACTABLE``) out of journal and index; a second time changes
        nothing. Raises NotFound, QueryError."""
        return self._redact(
            lambda cursor, names: free_text.of_report(cursor, report_id, columns, names),
            reason, recorded_at, key_id,
        )  # fmt: skip

    def redact_held_row(
        self,
        document: str,
        row: int,
        columns: Collection[str] = (),
        *,
        reason: str,
        recorded_at: dt.datetime,
        key_id: str = "",
    ) -> Redaction:
        """Take cells (default: all) of a row that was held, in each version, out of journal and index.

        ``document`` is its name or the SHA-256 of its content. Raises NotFound, QueryError.
        """
        return self._redact(
            lambda cursor, names: free_text.of_held_row(cursor, document, row, columns, names),
            reason, recorded_at, key_id,
        )  # fmt: skip

    def redact_mapping(
        self, name: str, *, reason: str, recorded_at: dt.datetime, key_id: str = ""
    ) -> Redaction:
        """Take the texts of a mapping out of journal and index, in each of its versions; with its hash behind
        the name, of that one. Raises NotFound."""
        return self._redact(
            lambda cursor, names: free_text.of_mapping(cursor, name, names), reason, recorded_at, key_id
        )


def _unless_changed(plan: Plan[T], report_id: str, seen: Head | None) -> Plan[T]:
    """Return the plan of a decision on a report that raises ChangedSince where the report has changed after
    ``seen`` (None: however it is); in the transaction of the write, so that of two who decide at once one is
    told."""
    if seen is None:
        return plan

    def compare_first(cursor: duckdb.DuckDBPyConnection, at: dt.datetime) -> tuple[Entry | None, T]:
        admission.refuse_if_changed(cursor, report_id, seen)
        return plan(cursor, at)

    return compare_first
