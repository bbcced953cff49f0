"""How is a question answered from one state of the ledger, without reckoning twice?

The reports a query draws on, reconciled crisis by crisis and put together as a ``Series``: as they stand, as
they stood after so many entries, or day by day as knowledge grew. What has been reckoned is kept until an
entry touches its crisis. Safe to use from several threads at once; it must not know HTTP, files or the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from service.changes import as_held, entries_since, head_at, recorded_since
from service.changes import changes as moved
from service.ledger import Store
from service.model import LEDGER_REPORT, Head, Reference
from service.query import Query
from service.reconcile import Reconciled, combine, reconcile, reconcile_days
from service.selection import select
from service.series import Series, assemble
from service.vintages import days_of_knowledge

Key = tuple[object, ...]
CACHED_ANSWERS = 256
CACHED_REFERENCES = 8


class Reckoner:
    """The answers that one store gives."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._answers: OrderedDict[Key, tuple[Reconciled, pa.Table]] = OrderedDict()
        self._references: OrderedDict[Key, Reference] = OrderedDict()
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def answer(self, query: Query) -> Series:
        """The ``Series`` for a query already understood, all of it from one state of the ledger."""
        while True:
            head = self._store.head
            answer, reports = self.reconciled(query)
            reference = self.reference(query.recorded_by)
            state = self.state(query)
            if head == self._store.head:
                return assemble(query, answer, reports, reference, str(state))

    def state(self, query: Query) -> Head:
        """The state of the ledger that answers a query: the head, or what was the head at ``recorded_by``.

        Where a crisis is named, the state in which what is known about it came to be what it is.
        """
        if query.recorded_by is None:
            return self._store.head_about(query.crisis) if query.crisis else self._store.head
        submissions = self._store.submissions()
        return head_at(submissions, entries_since(submissions, query.recorded_by))

    def changes(self, since: str | dt.date | Head | None, query: Query) -> tuple[pa.Table, Head]:
        """CHANGE rows for a query already understood, and the head they start from."""
        while True:
            head = self._store.head
            submissions = self._store.submissions()
            seq = entries_since(submissions, since)
            then, reports = self.as_it_stood(query, submissions, seq)
            now = self.answer(query)
            fresh = recorded_since(reports, self.known(query))
            if head == self._store.head:
                return moved(then, now, fresh), head_at(submissions, seq)

    def reference(self, recorded_by: dt.datetime | None = None) -> Reference:
        """The reference data as they stand, or as they stood at ``recorded_by``."""
        key = (self._store.head, recorded_by)
        with self._lock:
            if key in self._references:
                return self._references[key]
        found = self._store.reference(recorded_by=recorded_by)
        with self._lock:
            self._references[key] = found
            while len(self._references) > CACHED_REFERENCES:
                self._references.popitem(last=False)
        return found

    def reconciled(self, query: Query) -> tuple[Reconciled, pa.Table]:
        """Every crisis the query touches, reconciled as of its day, with the reports that went in.

        A reconciled crisis is a pure function of the ledger's entries about it, so the last entry that
        touched it is all its cache key needs. Those not kept are reconciled together, in one run.
        """
        crises = [query.crisis] if query.crisis else self.reference().crisis.column("crisis_id").to_pylist()
        keys: dict[str, Key] = {
            crisis: (crisis, self._store.touched(crisis), query.as_of, query.recorded_by, query.method)
            for crisis in sorted(crises)
        }
        found = self._kept(keys)
        if len(found) < len(keys):
            with self._making:  # who asks for the same at once waits for one making of it
                found = self._kept(keys)
                missing = [crisis for crisis in keys if crisis not in found]
                found |= self._reconcile(missing, query) if missing else {}
                self._keep({keys[crisis]: found[crisis] for crisis in missing})
        answers = [found[crisis] for crisis in keys]
        return combine([answer for answer, _ in answers]), pa.concat_tables(
            [LEDGER_REPORT.empty_table(), *(reports for _, reports in answers)]
        )

    def _kept(self, keys: dict[str, Key]) -> dict[str, tuple[Reconciled, pa.Table]]:
        with self._lock:
            found = {crisis: self._answers[key] for crisis, key in keys.items() if key in self._answers}
            for crisis in found:
                self._answers.move_to_end(keys[crisis])
            return found

    def _keep(self, fresh: dict[Key, tuple[Reconciled, pa.Table]]) -> None:
        with self._lock:
            self._answers |= fresh
            while len(self._answers) > CACHED_ANSWERS:
                self._answers.popitem(last=False)

    def _reconcile(self, crises: Sequence[str], query: Query) -> dict[str, tuple[Reconciled, pa.Table]]:
        reports = {
            crisis: self._store.reports(crisis_id=crisis, as_of=query.as_of, recorded_by=query.recorded_by)
            for crisis in crises
        }
        together = pa.concat_tables(list(reports.values()))
        reference = self.reference(query.recorded_by)
        answer = reconcile(together, reference, as_of=query.as_of, method=query.method)
        return {crisis: (answer.of(crisis, reports[crisis]), reports[crisis]) for crisis in crises}

    def known(self, query: Query, submissions_held: int | None = None) -> pa.Table:
        """The reports a query draws on (LEDGER_REPORT), as they stood after so many entries (or all)."""
        reports = self._store.reports(
            crisis_id=query.crisis, as_of=query.as_of, recorded_by=query.recorded_by
        )
        if submissions_held is None or submissions_held >= self._store.head.seq:
            return reports
        return as_held(reports, self._store.withdrawals(), submissions_held)

    def as_it_stood(self, query: Query, submissions: pa.Table, seq: int) -> tuple[Series, pa.Table]:
        """The answer after ``seq`` entries of the ledger, and the reports it rests on."""
        reports = self.known(query, seq)
        recorded = submissions.column("recorded_at")[seq - 1].as_py() if seq else None
        reference = self.reference(min(filter(None, (recorded, query.recorded_by)), default=None))
        answer = reconcile(reports, reference, as_of=query.as_of, method=query.method)
        # a place asked for may not have been in the gazetteer yet
        everywhere = dataclasses.replace(query, areas=())
        found = assemble(everywhere, answer, reports, reference, str(head_at(submissions, seq)))
        if query.areas:
            asked = pc.is_in(found.table.column("area_code"), pa.array(query.areas, pa.string()))
            found = dataclasses.replace(found, table=found.table.filter(asked))
        return found, reports

    def day_by_day(self, query: Query) -> list[Series]:
        """The answer as of each day on which something about these people and this measure became known."""
        while True:
            head = self._store.head
            days = days_of_knowledge(select(self.known(query), dataclasses.replace(query, areas=()))) or [
                query.as_of
            ]
            reports = self.known(query)
            reference = self.reference(query.recorded_by)
            answers = reconcile_days(reports, reference, days=days, method=query.method)
            if head == self._store.head:
                return [
                    assemble(dataclasses.replace(query, as_of=day), answer, reports, reference, str(head))
                    for day, answer in answers
                ]
