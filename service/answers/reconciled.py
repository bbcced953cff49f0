"""What comes out of a crisis, reconciled as of a day, without doing the same work twice?

A reconciled crisis is a pure function of the ledger's entries about it, so it is kept until an entry touches
it. Threads that ask for the same crisis wait for one making of it. It must not know what is made of the
result, HTTP, files or the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from service import deadline, effort
from service.answers.bounded_cache import BoundedCache
from service.answers.published import Sheet
from service.answers.query import DEFAULT_METHOD, Query
from service.effort import Run, run_here
from service.ledger import Questions, State
from service.reconcile import Asked, Reconciled, combine, reconcile
from service.reconcile.claims import READ
from service.reference.weights import Weights
from service.schema.records import Reference
from service.schema.tables import ESTIMATE, EVIDENCE, FINDING, LEDGER_REPORT
from service.vocabulary import Dates

KEPT_REFERENCES = 8
FEW = 1_000
"""Crises up to which it is looked how many reports they have; of more, how many there are at all."""
KEPT_SECONDS = 10_000
"""Of so many large crises it is remembered what they take."""
CRISES_A_RUN = 20
REPORTS_A_RUN = 1_000
"""A run takes so many crises, or more of them while they have no more reports than that between them: a run
takes as long as a hundred small crises do in it."""

Key = tuple[str, dt.date, Dates, dt.datetime | None, str, Weights]
"""What a reconciliation is of: crisis, as_of, dates, recorded_by (None: as the ledger stands), method,
weights."""


class LedgerMoved(Exception):
    """The ledger moved while it was being read: what was read belongs to another state than asked about."""


@dataclasses.dataclass(frozen=True)
class ReconciledCrisis:
    """One crisis reconciled: the last entry it rests on, the result, and the reports that went in."""

    key: Key
    entry: int
    result: Reconciled
    reports: pa.Table
    query: Query
    reference: Reference

    @property
    def crisis_id(self) -> str:
        return self.key[0]

    @cached_property
    def sheet(self) -> Sheet:
        return Sheet(self.crisis_id, self.result, self.query, self.reference)

    @property
    def nbytes(self) -> int:
        """The bytes that it holds."""
        result = self.result
        tables = (self.reports, result.estimates, result.evidence, result.findings)
        return sum(int(table.nbytes) for table in tables)


class ReconciledCrises:
    """The crises of one store, reconciled and kept. Safe to use from several threads at once."""

    def __init__(self, store: Questions, *, kept_bytes: int) -> None:
        """Keep at most so many bytes of reports, figures and evidence, of what was asked about last."""
        self._store = store
        self.run: Run = run_here
        """How a reconciliation is run."""
        self._kept = BoundedCache[Key, ReconciledCrisis](kept_bytes)
        self._seconds: dict[str, float] = {}
        self._references: OrderedDict[tuple[int, dt.datetime | None], Reference] = OrderedDict()
        self._under_way: dict[tuple[Key, int], threading.Event] = {}
        self._lock = threading.RLock()
        self._many_at_a_time = threading.Lock()

    def reference(self, state: State, recorded_by: dt.datetime | None) -> Reference:
        """Return the reference data of a state. Raises LedgerMoved."""
        recorded_by = _unless_settled(recorded_by, state.reference.recorded_at)
        key = (state.reference.head.seq, recorded_by)
        with self._lock:
            if key in self._references:
                return self._references[key]
        reference = self._store.reference(recorded_by=recorded_by)
        if self._store.state.reference != state.reference:
            raise LedgerMoved
        with self._lock:
            self._references[key] = reference
            while len(self._references) > KEPT_REFERENCES:
                self._references.popitem(last=False)
        return reference

    def get(self, crises: Collection[str], query: Query, state: State) -> list[ReconciledCrisis]:
        """Return these crises, reconciled as of the query's day, in order. Raises LedgerMoved."""
        deadline.will_take_time()
        reconciled = self._find(crises, query, state)
        if len(reconciled) < len(crises):
            absent = [each for each in crises if each not in reconciled]
            effort.expect(self.seconds(absent))
            if not self._are_under_way(absent, query, state):
                self._store.take_place_to_read(absent if len(absent) <= FEW else None, query.as_of)
            is_one = len(crises) - len(reconciled) == 1
            with nullcontext() if is_one else effort.turn(self._many_at_a_time):
                reconciled = self._find(crises, query, state)
                missing = [crisis for crisis in crises if crisis not in reconciled]
                reconciled |= self.make(missing, query, state)
        return [reconciled[crisis] for crisis in crises]

    def make(self, missing: Sequence[str], query: Query, state: State) -> dict[str, ReconciledCrisis]:
        """Reconcile these crises, some at a time: who asks for one waits for a few of many at most.

        Raises LedgerMoved where an entry has touched one of them since; the others are kept.
        """
        made: dict[str, ReconciledCrisis] = {}
        reports = _by_crisis(self._read(query)) if len(missing) > CRISES_A_RUN else None
        changed = {
            crisis for crisis in missing if self._store.crisis_entry(crisis) != state.crisis_head(crisis).seq
        }
        unchanged = [crisis for crisis in missing if crisis not in changed]
        for run in runs(unchanged, reports or {}):
            made |= self._make_run(run, reports, query, state)
        if changed:
            raise LedgerMoved
        return made

    def _make_run(
        self, crises: Sequence[str], reports: Mapping[str, pa.Table] | None, query: Query, state: State
    ) -> dict[str, ReconciledCrisis]:
        """Reconcile these crises in one run; those that another thread is at are waited for."""
        while True:
            effort.check()
            done = threading.Event()
            with self._lock:
                made = self._find(crises, query, state)
                absent = {
                    crisis: (key_of(crisis, query, state), state.crisis_head(crisis).seq)
                    for crisis in crises
                    if crisis not in made
                }
                elsewhere = {self._under_way[key] for key in absent.values() if key in self._under_way}
                mine = {crisis: key for crisis, key in absent.items() if key not in self._under_way}
                self._under_way |= dict.fromkeys(mine.values(), done)
            try:
                if mine:
                    fresh = self._reconcile(list(mine), reports, query, state)
                    self._keep(fresh)
                    made |= fresh
            finally:
                with self._lock:
                    for key in mine.values():
                        del self._under_way[key]
                done.set()
            if not elsewhere:
                return made
            for event in elsewhere:
                effort.wait(event)

    def _are_under_way(self, crises: Iterable[str], query: Query, state: State) -> bool:
        """Return whether other threads are making all of these, so that whoever asks need only wait."""
        keys = [(key_of(crisis, query, state), state.crisis_head(crisis).seq) for crisis in crises]
        with self._lock:
            return all(key in self._under_way for key in keys)

    def _find(self, crises: Iterable[str], query: Query, state: State) -> dict[str, ReconciledCrisis]:
        keys = {crisis: key_of(crisis, query, state) for crisis in crises}
        kept = {crisis: self._kept.get(key) for crisis, key in keys.items()}
        return {
            crisis: each
            for crisis, each in kept.items()
            if each is not None and each.entry == state.crisis_head(crisis).seq
        }

    def _keep(self, fresh: Mapping[str, ReconciledCrisis]) -> None:
        for crisis in fresh.values():
            self._kept.keep(crisis.key, crisis, crisis.nbytes)

    def _read(self, query: Query, crisis: str | None = None) -> pa.Table:
        return self._store.reports(
            crisis_id=crisis, as_of=query.as_of, recorded_by=query.recorded_by, dates=query.dates
        )

    def _reconcile(
        self, crises: Sequence[str], reports: Mapping[str, pa.Table] | None, query: Query, state: State
    ) -> dict[str, ReconciledCrisis]:
        """Reconcile these crises in one run from their reports (None: read here).

        Raises LedgerMoved where an entry has touched one of them since.
        """
        reference = self.reference(state, query.recorded_by)
        if reports is None:
            reports = {crisis: self._read(query, crisis) for crisis in crises}
            if any(self._store.crisis_entry(crisis) != state.crisis_head(crisis).seq for crisis in crises):
                raise LedgerMoved
        results = self._published(crises, query, state)
        absent = [crisis for crisis in crises if crisis not in results]
        if absent:
            results |= self._work_out(absent, reports, query, reference)
        return {
            crisis: ReconciledCrisis(
                key=key_of(crisis, query, state),
                entry=state.crisis_head(crisis).seq,
                result=results.get(crisis) or combine([]),
                reports=reports.get(crisis, LEDGER_REPORT.empty_table()),
                query=query,
                reference=reference,
            )
            for crisis in crises
        }

    def _published(self, crises: Sequence[str], query: Query, state: State) -> dict[str, Reconciled]:
        """Return what the store has of these crises that was worked out before, by the same function."""
        is_plain = (query.dates, query.method, query.weights) == (Dates.ALL, DEFAULT_METHOD, ())
        plain = [crisis for crisis in crises if is_plain and key_of(crisis, query, state)[3] is None]
        figures = self._store.published_figures(plain, state.head, query.as_of) if plain else {}
        return {
            crisis: Reconciled(own.estimates, own.evidence, own.findings, {crisis: own.start})
            for crisis, own in figures.items()
        }

    def _work_out(
        self, crises: Sequence[str], reports: Mapping[str, pa.Table], query: Query, reference: Reference
    ) -> dict[str, Reconciled]:
        """Reconcile these crises in one run, and remember what each takes."""
        rows = pa.concat_tables(
            [LEDGER_REPORT.empty_table(), *(reports[crisis] for crisis in crises if crisis in reports)]
        )
        counted = effort.counted()
        result = self.reconcile(rows, query, reference)
        self._remember_seconds(reports, crises, effort.counted() - counted)
        return {crises[0]: result} if len(crises) == 1 else _split(result, rows)

    def reconcile(
        self, reports: pa.Table, query: Query, reference: Reference, *, asked: Sequence[Asked] = ()
    ) -> Reconciled:
        """Reconcile reports (LEDGER_REPORT, public by the query's day), as ``run`` says; nothing is kept.

        ``asked`` are cells that are answered though nobody reported them.
        """
        return self.run(
            len(reports), reconcile, reports.select(READ), reference,
            as_of=query.as_of, method=query.method, weights=query.weights, asked=asked,
        )  # fmt: skip

    def seconds(self, crises: Iterable[str]) -> float:
        """Return how many seconds reconciling these crises was last thought to take, as far as is known."""
        return sum(self._seconds.get(crisis, 0.0) for crisis in crises)

    def _remember_seconds(
        self, reports: Mapping[str, pa.Table], crises: Sequence[str], seconds: float
    ) -> None:
        """Keep what each crisis takes, by its share of the reports, so that the next question about it is
        judged before it costs anything."""
        sizes = {crisis: len(reports[crisis]) for crisis in crises if crisis in reports}
        with self._lock:
            for crisis, size in sizes.items():
                own = seconds * size / max(1, sum(sizes.values()))
                if own > effort.SMALL:
                    self._seconds[crisis] = own
            while len(self._seconds) > KEPT_SECONDS:
                del self._seconds[next(iter(self._seconds))]


def runs(crises: Iterable[str], reports: Mapping[str, pa.Table]) -> Iterator[list[str]]:
    """Yield the crises run by run, in their order."""
    run: list[str] = []
    rows = 0
    for crisis in crises:
        size = len(reports[crisis]) if crisis in reports else 0
        if len(run) >= CRISES_A_RUN and rows + size > REPORTS_A_RUN:
            yield run
            run, rows = [], 0
        run.append(crisis)
        rows += size
    if run:
        yield run


def key_of(crisis: str, query: Query, state: State) -> Key:
    """Return the name of what the query asks of a crisis."""
    recorded_by = _unless_settled(query.recorded_by, state.crisis_recorded_at(crisis))
    return (crisis, query.as_of, query.dates, recorded_by, query.method, query.weights)


def _unless_settled(recorded_by: dt.datetime | None, changed_at: dt.datetime) -> dt.datetime | None:
    """None, for the present, where nothing has changed after ``recorded_by``; else ``recorded_by``."""
    return None if recorded_by is None or recorded_by >= changed_at else recorded_by


def _by_crisis(table: pa.Table) -> dict[str, pa.Table]:
    """The rows of each crisis, in their order."""
    table = table.take(pc.sort_indices(table.column("crisis_id"))) if table.num_rows else table
    parts, start = {}, 0
    for group in pc.value_counts(table.column("crisis_id")).to_pylist():
        parts[group["values"]] = table.slice(start, group["counts"])
        start += group["counts"]
    return parts


def _split(result: Reconciled, reports: pa.Table) -> dict[str, Reconciled]:
    """The part of ``result`` about each crisis; a finding belongs to that of the report it is about."""
    about = pc.index_in(result.findings.column("subject"), value_set=reports.column("report_id"))
    crisis = reports.column("crisis_id").take(about)
    estimates, evidence, findings = (
        _by_crisis(table)
        for table in (result.estimates, result.evidence, result.findings.append_column("crisis_id", crisis))
    )
    return {
        crisis: Reconciled(
            estimates=estimates.get(crisis, ESTIMATE.empty_table()),
            evidence=evidence.get(crisis, EVIDENCE.empty_table()),
            findings=findings[crisis].select(FINDING.names) if crisis in findings else FINDING.empty_table(),
            starts={crisis: start},
        )
        for crisis, start in result.starts.items()
    }
