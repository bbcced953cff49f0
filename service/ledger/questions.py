"""How is one question asked of the ledger by itself?

Each has a view of its own; several that must agree are asked of one ``View``.
"""

from __future__ import annotations

import abc
import datetime as dt
from contextlib import AbstractContextManager
from typing import Unpack

import pyarrow as pa

from service.ledger.view import DocumentFilter, View
from service.schema.records import Reference
from service.vocabulary import Dates


class Questions(abc.ABC):
    """What gives views, and answers single questions through one."""

    @abc.abstractmethod
    def view(self) -> AbstractContextManager[View]:
        """Give the ledger at one head."""

    def reports(
        self,
        *,
        crisis_id: str | None = None,
        as_of: dt.date | None = None,
        recorded_by: dt.datetime | None = None,
        dates: Dates = Dates.ALL,
    ) -> pa.Table:
        """Return LEDGER_REPORT rows; see ``View.reports``."""
        with self.view() as view:
            return view.reports(crisis_id=crisis_id, as_of=as_of, recorded_by=recorded_by, dates=dates)

    def reference(self, *, recorded_by: dt.datetime | None = None) -> Reference:
        """Return the reference rows in force."""
        with self.view() as view:
            return view.reference(recorded_by=recorded_by)

    def findings(self, **filters: Unpack[DocumentFilter]) -> pa.Table:
        """Return STORED_FINDING rows: what the checks noticed, oldest first."""
        with self.view() as view:
            return view.findings(**filters)

    def held_rows(self, **filters: Unpack[DocumentFilter]) -> pa.Table:
        """Return STORED_HELD rows: those quarantined or rejected, oldest first."""
        with self.view() as view:
            return view.held_rows(**filters)

    def counted_cells(self) -> pa.Table:
        """Return what the reports that stand are about; see ``View.counted_cells``."""
        with self.view() as view:
            return view.counted_cells()

    def mappings(self, *, recorded_by: dt.datetime | None = None) -> pa.Table:
        """Return STORED_MAPPING rows: every mapping that the ledger keeps, oldest first."""
        with self.view() as view:
            return view.mappings(recorded_by=recorded_by)

    def withdrawals(self, report_id: str | None = None) -> pa.Table:
        """Return STORED_WITHDRAWAL rows: every withdrawal, or those of one report."""
        with self.view() as view:
            return view.withdrawals(report_id)
