"""How is a question answered from one state of the ledger, without doing the same work twice?

It reconciles the crises a query touches, once, and gives rows or a ``Series``: as of now, after a given
entry, or day by day. A ``Sheet`` is the series of one crisis; a ``Stretch`` is a run of its rows that a query
takes in. Safe to use from several threads at once; it must not know HTTP, files or the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from service import deadline, effort
from service.answers.bounded_cache import BoundedCache
from service.answers.changes import NEVER, changed_reports, compare, entries_since, head_at
from service.answers.filters import ANY
from service.answers.findings import add_noticed, select_findings
from service.answers.mappings import list_mappings
from service.answers.published import Published, Sheet, crises_about
from service.answers.query import Query, crises_of, one_cell
from service.answers.read_state import ReadState
from service.answers.reconciled import (
    CRISES_A_RUN,
    Key,
    LedgerMoved,
    ReconciledCrises,
    ReconciledCrisis,
    key_of,
)
from service.answers.series import Series, assemble
from service.answers.vintages import days_of_knowledge, reports_that_matter, vintages
from service.effort import Run
from service.errors import NotFound
from service.ledger import START, Position, Questions, ReportFilter, ReportPages, State
from service.reconcile import SECONDS_A_REPORT, Asked, Reconciled, combine
from service.schema.records import Head, Reference
from service.schema.tables import CRISIS, LEDGER_REPORT
from service.sentence import sentence
from service.settings import CACHE_MEMORY

SERIES_SHARE, RECONCILED_SHARE, VINTAGES_SHARE = 0.5, 0.375, 0.0625
"""Of the memory that may be kept: series, which most answers are cut from; what they were reconciled from;
answers day by day. The rest is left to whoever keeps answers ready to be sent."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class AnswerCache:
    """The answers that one store gives."""

    def __init__(self, store: Questions, *, kept_bytes: int = CACHE_MEMORY) -> None:
        self._store = store
        self.read_state = ReadState(store)
        self._crises = ReconciledCrises(store, kept_bytes=int(RECONCILED_SHARE * kept_bytes))
        # each with its crisis's last entry
        self._sheets = BoundedCache[Key, tuple[int, Sheet]](int(SERIES_SHARE * kept_bytes))
        self._prepared: dict[Key, int] = {}  # likewise, of all that were, kept or not
        self._vintages = BoundedCache[tuple[Query, Head], pa.Table](int(VINTAGES_SHARE * kept_bytes))

    def work_by(self, run: Run) -> None:
        """Have what takes long run so: in this process (``effort.run_here``) unless told otherwise."""
        self._crises.run = run

    # --- figures -----------------------------------------------------------------------------------------

    def rows(self, query: Query) -> tuple[Published, Head]:
        """Return the rows of the ``Series`` for ``query``, and the state of the ledger they belong to."""

        def publish(state: State) -> tuple[Published, Head]:
            sheets = self._sheets_for(query, state)
            stretches = (stretch for sheet in sheets for stretch in sheet.stretches(query))
            return Published(tuple(stretches)), self._head_for(query, state)

        return self._at_one_state(publish)

    def series(self, query: Query) -> Series:
        """Return the ``Series`` for ``query``, all of it from one state of the ledger."""

        def assemble_series(state: State) -> Series:
            crises = self._crises.get(self._crises_of(query, state), query, state)
            return self._assemble(query, state, crises, [crisis.result for crisis in crises])

        return self._at_one_state(assemble_series)

    def bounds(self, query: Query) -> Series:
        """Return the series of the one cell asked about, in each crisis, whether or not anybody reported it.

        Raises QueryError where ``query`` names no single place, measure and population.
        """
        query = one_cell(query)

        def find_bounds(state: State) -> Series:
            everywhere = dataclasses.replace(query, areas=())
            crises = self._crises.get(self._crises_of(everywhere, state), everywhere, state)
            reference = self._crises.reference(state, query.recorded_by)
            known = {*crises_of(reference)}
            results = [
                self._bounds(query, crisis, reference)
                for crisis in crises
                if crisis.crisis_id in known  # else it was not known yet at that moment
            ]
            return self._assemble(query, state, crises, results)

        return self._at_one_state(find_bounds)

    def vintages(self, query: Query) -> tuple[pa.Table, Head]:
        """Return VINTAGE rows of the query, and the state of the ledger they belong to.

        They take a reconciliation for each day of knowledge, so the last ones are kept by their state: a page
        or another format of an answer is the same answer, whatever has come since.
        """

        def replay_once(state: State) -> tuple[pa.Table, Head]:
            key = (query, self._head_for(query, state))
            rows = self._vintages.get(key)
            if rows is None:
                rows = self._replay(query, state)
                self._vintages.keep(key, rows, rows.nbytes)
            return rows, key[1]

        return self._at_one_state(replay_once)

    def _replay(self, query: Query, state: State) -> pa.Table:
        """Return VINTAGE rows of a query. Raises LedgerMoved."""
        reports = self._reports(query)
        crises = pa.array(self._crises_of(query, state), pa.string())
        reports = reports.filter(pc.is_in(reports.column("crisis_id"), crises))
        reference = self._crises.reference(state, query.recorded_by)
        if self._store.state is not state:
            raise LedgerMoved
        reports = reports_that_matter(reports, query, reference)
        days = len(days_of_knowledge(reports))
        # what is known grows with the days: on average half of it
        effort.expect(days * max(self._crises.seconds(crises.to_pylist()), _least_seconds(reports)) / 2)
        return self._crises.run(days * len(reports) // 2, vintages, reports, query, reference)

    def changes(self, since: str | dt.date | Head | None, query: Query) -> tuple[pa.Table, Head, Head]:
        """Return CHANGE rows, the head they start from and the head they lead to.

        Both heads are fixed to a moment, so that an entry that comes in meanwhile makes nothing start again.
        """
        state = self.read_state.state
        submissions = self._store.submissions().slice(0, state.head.seq)
        end = state.head.seq
        if query.recorded_by is not None:
            end = entries_since(submissions, query.recorded_by)
        start = min(entries_since(submissions, since), end)
        moments = submissions.column("recorded_at")
        before, after = (
            dataclasses.replace(query, recorded_by=moments[entry - 1].as_py() if entry else NEVER)
            for entry in (start, end)
        )
        fresh = changed_reports(self._reports(before), self._reports(after))
        table = compare(self.rows(before)[0].table, self.series(after), fresh)
        return table, head_at(submissions, start), self._head_for(query, state)

    # --- reports and what is known of them ---------------------------------------------------------------

    def reports(
        self, query: Query, *, at: Head | str | None = None, after: Position = START, limit: int | None = None
    ) -> ReportPages:
        """Return the reports of a query, read page by page, that come after the position ``after``."""
        held = self.read_state.state.head.seq if at is None else entries_since(self._store.submissions(), at)
        wanted = ReportFilter(
            crisis_id=query.crisis,
            as_of=query.as_of,
            dates=query.dates,
            recorded_by=query.recorded_by,
            areas=query.areas or None,
            measure=query.measure,
            population=query.population,
            attributed_to=query.attributed_to,
            source_id=query.source,
            counted_from=query.date_from,
            counted_to=query.date_to,
        )
        return ReportPages(self._store, wanted, held=held, after=after, limit=limit)

    def findings(self, query: Query, *, severity: str | None = None, check: str | None = None) -> pa.Table:
        """Return what was noticed while reports were taken in and reconciled (STORED_FINDING), oldest
        first."""
        self.read_state.latest()  # the answer shows the newest entry, so readers must see it from now on

        def reconcile_all(state: State) -> list[ReconciledCrisis]:
            return self._crises.get(self._crises_of(query, state), query, state)

        crises = self._at_one_state(reconcile_all)
        if query.crisis:
            self._store.take_place_to_read()
        with self._store.view() as view:
            findings = view.findings(recorded_by=query.recorded_by)
            reports = view.reports(recorded_by=query.recorded_by) if query.crisis else None
            submissions = view.submissions()
        for crisis in crises:
            findings = add_noticed(findings, crisis.result.findings, crisis.reports, submissions)
        return select_findings(findings, reports, crisis=query.crisis, severity=severity, check=check)

    def history(self, report_id: str, recorded_by: dt.datetime | None = None) -> pa.Table:
        """Return the entries that touched a report (HISTORY), oldest first. Raises NotFound."""
        with self._store.view() as view:
            table = view.history(report_id, recorded_by=recorded_by)
        self.read_state.latest()  # the answer shows the newest entry, so readers must see it from now on
        if not table.num_rows:
            raise NotFound(
                sentence("There is no report %(report_id)s.", report_id=repr(report_id[:80])),
                fix="Report ids are in /v1/reports.",
            )
        return table

    def report(self, report_id: str, recorded_by: dt.datetime | None = None) -> dict[str, Any]:
        """Return a report (LEDGER_REPORT), withdrawn or not. Raises NotFound."""
        with self._store.view() as view:
            table = view.report(report_id, recorded_by=recorded_by)
        self.read_state.latest()  # the answer shows the newest entry, so readers must see it from now on
        if not table.num_rows:
            raise NotFound(
                sentence("There is no report %(report_id)s.", report_id=repr(report_id[:80])),
                fix="Report ids are in /v1/reports.",
            )
        return dict(table.to_pylist()[0])

    def mappings(self, recorded_by: dt.datetime | None = None) -> pa.Table:
        """Return the mappings that a document can be read by (LISTED_MAPPING)."""
        from service.ingest.mapping.library import shipped_rows  # with all that reads documents

        kept = self._store.mappings(recorded_by=recorded_by)
        self.read_state.latest()  # the answer shows the newest entry, so readers must see it from now on
        return list_mappings(shipped_rows(), kept)

    def crises(self, recorded_by: dt.datetime | None = None) -> pa.Table:
        """Return the crises (CRISIS); where nobody registered when one began, its reports say."""
        crises = self.reference(recorded_by).crisis
        unsaid = crises.filter(pc.is_null(crises["period_start"]))["crisis_id"]
        with self._store.view() as view:
            stated = view.stated_starts(unsaid, recorded_by=recorded_by)
        at = pc.index_in(crises["crisis_id"], value_set=stated["crisis_id"])
        starts = pc.coalesce(crises["period_start"], stated["period_start"].take(at))
        place = CRISIS.get_field_index("period_start")
        return crises.set_column(place, CRISIS.field(place), starts)

    def reference(self, recorded_by: dt.datetime | None = None) -> Reference:
        """Return the reference data as they stand, or as they stood at ``recorded_by``."""
        return self._at_one_state(lambda state: self._crises.reference(state, recorded_by))

    # --- states ------------------------------------------------------------------------------------------

    def head(self, query: Query) -> Head:
        """Return the state of the ledger that answers ``query``: now, or as it was at ``recorded_by``.

        Where a crisis is named, it is the state after the last entry that changed what is known about it.
        """
        return self._head_for(query, self.read_state.state)

    def moment(self, head: Head | str) -> dt.datetime:
        """Return when the entry that made ``head`` was recorded; every later entry has a later moment.

        Raises NotFound for a head that the ledger never had.
        """
        state = self.read_state.state
        if str(head) == str(state.head):
            return state.recorded_at
        submissions = self._store.submissions()
        seq = entries_since(submissions, head)
        recorded_at: dt.datetime = submissions.column("recorded_at")[seq - 1].as_py() if seq else NEVER
        return recorded_at

    def last_entry(self, crisis_id: str) -> int:
        """Return the number of the last entry that changed what is known about a crisis."""
        return self.read_state.state.crisis_head(crisis_id).seq

    def prepare(self, query: Query, is_wanted: Callable[[], bool]) -> None:
        """Reconcile every changed crisis, a few per run, until ``is_wanted()`` is false.

        Readers see the new entries once every crisis is reconciled.
        """
        state = self._store.state  # which readers need not see yet
        with suppress(LedgerMoved):  # the sheets made by then are kept for the next run
            crises = crises_of(self._crises.reference(state, query.recorded_by))
            missing = self._unprepared(crises, query, state)
            for start in range(0, len(missing), CRISES_A_RUN):
                if not is_wanted():
                    return
                self._prepare_each(missing[start : start + CRISES_A_RUN], query, state)
            for sheet in self._current_sheets(crises, query, state).values():
                if not is_wanted():
                    return
                sheet.write()
            self.read_state.ready(state)

    def _unprepared(self, crises: Iterable[str], query: Query, state: State) -> list[str]:
        """Return the crises that changed since they were prepared.

        One whose sheet had to make room for others is none: preparing it would drop another one's.
        """
        heads = {crisis: state.crisis_head(crisis).seq for crisis in crises}
        keys = {crisis: key_of(crisis, query, state) for crisis in heads}
        self._prepared = {key: self._prepared[key] for key in keys.values() if key in self._prepared}
        current = self._current_sheets(heads, query, state)
        return [
            crisis
            for crisis, head in heads.items()
            if crisis not in current and self._prepared.get(keys[crisis]) != head
        ]

    def _prepare_each(self, crises: Sequence[str], query: Query, state: State) -> None:
        """Prepare some crises; one that takes more than is allowed keeps no other from being prepared."""
        try:
            self._prepare_run(crises, query, state)
        except effort.TooMuch as error:
            if len(crises) == 1:
                _log.warning("The figures of %s are not worked out: %s", crises[0], error)
            for crisis in crises if len(crises) > 1 else ():
                self._prepare_each([crisis], query, state)

    def _prepare_run(self, crises: Sequence[str], query: Query, state: State) -> None:
        current = self._current_sheets(crises, query, state)  # somebody may have asked meanwhile
        missing = [crisis for crisis in crises if crisis not in current]
        fresh = self._crises.make(missing, query, state).values()
        for crisis in fresh:
            crisis.sheet.write()
        for crisis in fresh:
            self._keep_sheet(crisis)
            self._prepared[crisis.key] = crisis.entry

    def _bounds(self, query: Query, crisis: ReconciledCrisis, reference: Reference) -> Reconciled:
        """Return the figures of the query's cell in one crisis, as a running total since it began."""
        start = crisis.result.starts.get(crisis.crisis_id)
        cell = Asked(
            crisis_id=crisis.crisis_id,
            areas=query.areas[0],
            measure=query.measure or "",
            population=query.population or "",
            attributed_to=query.attributed_to or "",
            period_start=(query.period_start if query.period_start != ANY else None) or start,
        )
        return self._crises.reconcile(crisis.reports, query, reference, asked=[cell])

    # --- inside ------------------------------------------------------------------------------------------

    def _at_one_state(self, answer: Callable[[State], T]) -> T:
        """Return the answer from the state that readers see, however the ledger moves meanwhile."""
        state = self.read_state.state
        while True:
            effort.check()
            try:
                return answer(state)
            except LedgerMoved:  # what was reconciled is kept; only the reading is repeated
                state = self.read_state.latest()

    def _head_for(self, query: Query, state: State) -> Head:
        """Return the head that answers a query (see ``head``), no later than ``state``."""
        if query.recorded_by is None:
            return state.crisis_head(query.crisis) if query.crisis else state.head
        submissions = self._store.submissions().slice(0, state.head.seq)
        return head_at(submissions, entries_since(submissions, query.recorded_by))

    def _crises_of(self, query: Query, state: State) -> Collection[str]:
        """Return the crises that a query may touch: the one it names, else those of its places, else all."""
        if query.crisis:
            return [query.crisis]
        reference = self._crises.reference(state, query.recorded_by)
        if not query.areas:
            return crises_of(reference)
        return crises_about(state.crises, query.areas, reference)

    def _assemble(
        self, query: Query, state: State, crises: Iterable[ReconciledCrisis], results: Sequence[Reconciled]
    ) -> Series:
        reports = pa.concat_tables([LEDGER_REPORT.empty_table(), *(crisis.reports for crisis in crises)])
        reference = self._crises.reference(state, query.recorded_by)
        answer, head = combine(results), str(self._head_for(query, state))
        rows = len(answer.estimates) + len(answer.evidence)
        return self._crises.run(rows, assemble, query, answer, reports, reference, head)

    def _reports(self, query: Query) -> pa.Table:
        """Return the reports that a query draws on (LEDGER_REPORT)."""
        self._store.take_place_to_read([query.crisis] if query.crisis else None, query.as_of)
        return self._store.reports(
            crisis_id=query.crisis, as_of=query.as_of, recorded_by=query.recorded_by, dates=query.dates
        )

    def _sheets_for(self, query: Query, state: State) -> list[Sheet]:
        """Return the sheet of every crisis that the query may touch, in order. Raises LedgerMoved.

        A sheet is much smaller than the reports and evidence it was made from, so it is kept longer.
        """
        crises = self._crises_of(query, state)
        if len(crises) > CRISES_A_RUN:
            deadline.will_take_time()
        sheets = self._current_sheets(crises, query, state)
        missing = [crisis for crisis in crises if crisis not in sheets]
        for crisis in self._crises.get(missing, query, state) if missing else ():
            sheets[crisis.crisis_id] = self._keep_sheet(crisis)
        return [sheets[crisis] for crisis in crises]

    def _current_sheets(self, crises: Iterable[str], query: Query, state: State) -> dict[str, Sheet]:
        """Return the kept sheets of crises that no entry has touched since, by crisis."""
        kept = {crisis: self._sheets.get(key_of(crisis, query, state)) for crisis in crises}
        return {
            crisis: pair[1]
            for crisis, pair in kept.items()
            if pair and pair[0] == state.crisis_head(crisis).seq
        }

    def _keep_sheet(self, crisis: ReconciledCrisis) -> Sheet:
        """Keep the sheet of a crisis and return it."""
        sheet = crisis.sheet
        self._sheets.keep(crisis.key, (crisis.entry, sheet), sheet.nbytes)
        return sheet


def _least_seconds(reports: pa.Table) -> float:
    """Return the seconds that one reconciliation of these reports takes at least."""
    return len(reports) * SECONDS_A_REPORT
