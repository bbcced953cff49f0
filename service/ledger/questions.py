"""What can be asked of any store of a ledger, that of a data directory or one that is only published?

Each question has a view of its own; several that must agree are asked of one ``View``. A store that nobody
writes to leaves the hooks of writers as they stand here.
"""

from __future__ import annotations

import abc
import dataclasses
import datetime as dt
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Unpack

import pyarrow as pa

from service import effort
from service.ledger.state import State
from service.ledger.view import DocumentFilter, View
from service.schema.records import Head, Reference
from service.vocabulary import Dates


@dataclasses.dataclass(frozen=True)
class PublishedFigures:
    """The published figures of one crisis: ESTIMATE, EVIDENCE and FINDING rows, and the day from which on it
    counts (None: nobody knows)."""

    estimates: pa.Table
    evidence: pa.Table
    findings: pa.Table
    start: dt.date | None


class Questions(abc.ABC):
    """What gives views, and answers single questions through one."""

    data_dir: Path
    """Where the server keeps what belongs to it: keys, answers to repeated requests."""

    @abc.abstractmethod
    def view(self) -> AbstractContextManager[View]:
        """Give the ledger at one head."""

    @property
    @abc.abstractmethod
    def state(self) -> State:
        """The head, and the last entry about each crisis and the reference data, all at one moment."""

    @abc.abstractmethod
    def submissions(self) -> pa.Table:
        """Return SUBMISSION rows: every entry, oldest first; kept until another entry comes."""

    @abc.abstractmethod
    def close(self) -> None:
        """Let go of the ledger, after readers have finished."""

    @abc.abstractmethod
    def watch_index(self, is_ending: threading.Event, rest: float) -> None:
        """See to it, until ``is_ending``, that the index says what it was made from; for a thread of its
        own."""

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be written, whoever asks."""
        return True

    @property
    def head(self) -> Head:
        """The state that is held."""
        return self.state.head

    def crisis_entry(self, crisis_id: str) -> int:
        """Return the number of the last entry that changed what is known about a crisis."""
        return self.state.crisis_head(crisis_id).seq

    def ready(self) -> Head:
        """Return the head, read from the index just now. Raises StoreError."""
        with self.view() as view:
            return view.head

    def announce(self, address: str) -> None:  # noqa: B027 - nobody else needs to be told
        """Tell other processes where this one serves the ledger."""

    def before_acknowledging(self, wait: Callable[[Head], None]) -> None:  # noqa: B027 - nothing is written
        """Call ``wait`` with the head of each new entry before the store answers its writer."""

    def published_figures(
        self,
        crises: Collection[str],  # noqa: ARG002 - nothing is published of any
        head: Head,  # noqa: ARG002
        as_of: dt.date,  # noqa: ARG002
    ) -> Mapping[str, PublishedFigures]:
        """Return what is published of the figures of some crises at a head, as of a day, by the default
        method; those that are not there have to be worked out."""
        return {}

    def take_place_to_read(self, crises: Collection[str] | None = None, as_of: dt.date | None = None) -> None:
        """Take a place (``effort``) if many reports are about to be read: whoever is to be refused is refused
        before it has cost anything. Raises as ``effort.take_place``."""
        if effort.terms() is not None:
            with self.view() as view:
                is_much = view.count_known(crises, as_of) >= effort.MANY
            if is_much:
                effort.take_place()

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
