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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from functools import cached_property
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from service import deadline
from service.answers.changes import NEVER, entries_since, head_at, recorded_since
from service.answers.changes import changes as moved
from service.answers.filters import ANY
from service.answers.published import Published, Sheet, crises_about
from service.answers.query import Query, crises_of
from service.answers.read_state import Visible
from service.answers.selection import select
from service.answers.series import Series, assemble
from service.answers.vintages import days_of_knowledge
from service.ledger import State, Store
from service.reconcile import Asked, Reconciled, bounds, combine, reconcile, reconcile_days
from service.reference.weights import Weights
from service.schema.records import Finding, Head, Reference
from service.schema.tables import ESTIMATE, EVIDENCE, LEDGER_REPORT

KEPT_ROWS = 4_000_000
"""Rows of reports and evidence that are kept in memory, of the crises and days asked about last."""
SHOWN_ROWS = 4_000_000
"""Rows of series that are kept in memory beside them."""
KEPT_REFERENCES = 8
STARTS = ("crisis_id", "period_start")
CRISES_A_RUN = 20
REPORTS_A_RUN = 1_000
"""A run takes so many crises, or more of them while they have no more reports than that between them: a run
takes as long as a hundred small crises do in it."""

T = TypeVar("T")

Key = tuple[str, dt.date, dt.datetime | None, str, Weights]
"""What a reconciliation is of: crisis, as_of, recorded_by (None: as the ledger stands), method, weights."""


@dataclasses.dataclass(frozen=True)
class Reckoned:
    """One crisis reconciled: the entry it rests on, what came out, and the reports that went in."""

    key: Key
    touched: int
    answer: Reconciled
    reports: pa.Table
    query: Query
    reference: Reference

    @cached_property
    def sheet(self) -> Sheet:
        return Sheet(self.key[0], self.answer, self.query, self.reference)

    @property
    def size(self) -> int:
        return int(self.reports.num_rows + self.answer.evidence.num_rows) + 1


@dataclasses.dataclass(frozen=True)
class Shown:
    """The sheet of a crisis and the entry that it rests on."""

    touched: int
    sheet: Sheet


class Moved(Exception):
    """The ledger moved while it was being read: what was read belongs to another state than asked about."""


class Reckoner:
    """The answers that one store gives."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.visible = Visible(store)
        self._kept: OrderedDict[Key, Reckoned] = OrderedDict()
        self._size = 0
        self._shown: OrderedDict[Key, Shown] = OrderedDict()
        self._shown_rows = 0
        self._references: OrderedDict[tuple[int, dt.datetime | None], Reference] = OrderedDict()
        self._coming: dict[tuple[Key, int], threading.Event] = {}
        self._lock = threading.RLock()
        self._sweeping = threading.Lock()

    def published(self, query: Query) -> tuple[Published, Head]:
        """The rows of the ``Series`` for a query already understood, and the state that they belong to."""

        def found(state: State) -> tuple[Published, Head]:
            stretches = (each for sheet in self._sheets(query, state) for each in sheet.stretches(query))
            return Published(tuple(stretches)), self._state(query, state)

        return self._at_one_state(found)

    def answer(self, query: Query) -> Series:
        """The ``Series`` for a query already understood, all of it from one state of the ledger."""

        def found(state: State) -> Series:
            reckoned = self._reckoned(query, state)
            answer = combine([each.answer for each in reckoned])
            reports = pa.concat_tables([LEDGER_REPORT.empty_table(), *(each.reports for each in reckoned)])
            reference = self._reference(state, query.recorded_by)
            return assemble(query, answer, reports, reference, str(self._state(query, state)))

        return self._at_one_state(found)

    def bounds(self, query: Query) -> Series:
        """What the figures of others leave room for in the one cell asked about, in each crisis."""

        def found(state: State) -> Series:
            reckoned = self._reckoned(dataclasses.replace(query, areas=()), state)
            reference = self._reference(state, query.recorded_by)
            starts = dict(zip(*(reference.crisis.column(c).to_pylist() for c in STARTS), strict=True))
            bounded = []
            for each in reckoned:
                crisis = each.key[0]
                if crisis not in starts:  # not known yet at that moment
                    continue
                start = query.period_start if query.period_start != ANY else None
                cell = Asked(
                    crisis_id=crisis,
                    areas=query.areas[0],
                    measure=query.measure or "",
                    population=query.population or "",
                    attributed_to=query.attributed_to or "",
                    period_start=start or starts[crisis],
                )
                rows, behind = bounds(each.answer.estimates, each.answer.evidence, cell, reference)
                bounded.append(Reconciled(rows, behind, ()))
            reports = pa.concat_tables([LEDGER_REPORT.empty_table(), *(each.reports for each in reckoned)])
            head = str(self._state(query, state))
            return assemble(query, combine(bounded), reports, reference, head)

        return self._at_one_state(found)

    def prepare(self, query: Query, is_wanted: Callable[[], bool]) -> None:
        """Reckon what has changed of every crisis, some at a time, for as long as that is wanted.

        Readers see what an entry has changed when all of it is done.
        """
        state = self._store.state
        with suppress(Moved):  # what was reckoned by then is kept for the next time
            every = crises_of(self._reference(state, query.recorded_by))
            shown = self._current(every, query, state)
            missing = [each for each in every if each not in shown]
            for start in range(0, len(missing), CRISES_A_RUN):
                if not is_wanted():
                    return
                part = missing[start : start + CRISES_A_RUN]
                met = self._current(part, query, state)  # somebody may have asked meanwhile
                fresh = self._make([each for each in part if each not in met], query, state).values()
                for reckoned in fresh:
                    reckoned.sheet.write()
                for reckoned in fresh:
                    self._show(reckoned)
            for sheet in self._current(every, query, state).values():
                if not is_wanted():
                    return
                sheet.write()
            self.visible.ready(state)

    def _at_one_state(self, found: Callable[[State], T]) -> T:
        """What is found at the state that readers see, however the ledger moves meanwhile."""
        state = self.visible.state
        while True:
            deadline.check()
            try:
                return found(state)
            except Moved:  # only what had to be read anew is lost; what was reckoned is kept
                state = self.visible.latest()

    def state(self, query: Query) -> Head:
        """The state of the ledger that answers a query: the head, or what was the head at ``recorded_by``.

        Where a crisis is named, the state in which what is known about it came to be what it is.
        """
        return self._state(query, self.visible.state)

    def _state(self, query: Query, state: State) -> Head:
        if query.recorded_by is None:
            return state.crisis_head(query.crisis) if query.crisis else state.head
        submissions = self._store.submissions().slice(0, state.head.seq)
        return head_at(submissions, entries_since(submissions, query.recorded_by))

    def changes(self, since: str | dt.date | Head | None, query: Query) -> tuple[pa.Table, Head, Head]:
        """CHANGE rows for a query already understood, the head they start from and the one they lead to.

        Both ends are pinned to a moment, so that entries that come in meanwhile hold nothing up.
        """
        state = self.visible.state
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
        fresh = recorded_since(self.known(before), self.known(after))
        table = moved(self.answer(before), self.answer(after), fresh)
        return table, head_at(submissions, start), self._state(query, state)

    def reference(self, recorded_by: dt.datetime | None = None) -> Reference:
        """The reference data as they stand, or as they stood at ``recorded_by``."""
        return self._at_one_state(lambda state: self._reference(state, recorded_by))

    def _reference(self, state: State, recorded_by: dt.datetime | None) -> Reference:
        """The reference data of a state. Raises Moved."""
        recorded_by = _still_open(recorded_by, state.reference.recorded_at)
        key = (state.reference.head.seq, recorded_by)
        with self._lock:
            if key in self._references:
                return self._references[key]
        found = self._store.reference(recorded_by=recorded_by)
        if self._store.state.reference != state.reference:
            raise Moved
        with self._lock:
            self._references[key] = found
            while len(self._references) > KEPT_REFERENCES:
                self._references.popitem(last=False)
        return found

    def _reckoned(self, query: Query, state: State) -> list[Reckoned]:
        """Every crisis that the query may touch, reconciled as of its day, in order. Raises Moved.

        A reconciled crisis is a pure function of the ledger's entries about it, so it is kept until one
        touches it.
        """
        crises: Collection[str] = [query.crisis] if query.crisis else self._crises(query, state)
        return self._reckoned_of(crises, query, state)

    def _sheets(self, query: Query, state: State) -> list[Sheet]:
        """The sheet of every crisis that the query may touch, in order. Raises Moved.

        A sheet is small beside the reports and the evidence it was made from, and outlives them here.
        """
        crises: Collection[str] = [query.crisis] if query.crisis else self._crises(query, state)
        if len(crises) > CRISES_A_RUN:
            deadline.will_take_time()
        found = self._current(crises, query, state)
        missing = [each for each in crises if each not in found]
        for reckoned in self._reckoned_of(missing, query, state) if missing else ():
            found[reckoned.key[0]] = self._show(reckoned)
        return [found[crisis] for crisis in crises]

    def _current(self, crises: Iterable[str], query: Query, state: State) -> dict[str, Sheet]:
        """The sheets kept of crises that nothing has touched since."""
        with self._lock:
            kept = {each: self._shown.get(_key(each, query, state)) for each in crises}
        return {
            each: one.sheet
            for each, one in kept.items()
            if one and one.touched == state.crisis_head(each).seq
        }

    def _show(self, reckoned: Reckoned) -> Sheet:
        """The sheet of a crisis, kept; the first made go where there are too many rows."""
        sheet = reckoned.sheet
        with self._lock:
            before = self._shown.pop(reckoned.key, None)
            self._shown[reckoned.key] = Shown(reckoned.touched, sheet)
            self._shown_rows += sheet.size - (before.sheet.size if before else 0)
            while self._shown_rows > SHOWN_ROWS and len(self._shown) > 1:
                self._shown_rows -= self._shown.popitem(last=False)[1].sheet.size
        return sheet

    def _reckoned_of(self, crises: Collection[str], query: Query, state: State) -> list[Reckoned]:
        """These crises, reconciled as of the query's day, in order. Raises Moved."""
        deadline.will_take_time()
        found = self._find(crises, query, state)
        if len(found) < len(crises):
            alone = len(crises) - len(found) == 1
            with nullcontext() if alone else self._sweeping:
                found = self._find(crises, query, state)
                found |= self._make([each for each in crises if each not in found], query, state)
        return [found[crisis] for crisis in crises]

    def _make(self, missing: Sequence[str], query: Query, state: State) -> dict[str, Reckoned]:
        """These crises, reconciled some at a time, so that who asks for one waits for a few of many at most.

        Raises Moved where one of them has been touched since; the others are kept.
        """
        made: dict[str, Reckoned] = {}
        read = _by_crisis(self._read(query)) if len(missing) > CRISES_A_RUN else None
        changed = {each for each in missing if self._store.crisis_entry(each) != state.crisis_head(each).seq}
        standing = [each for each in missing if each not in changed]
        for part in runs(standing, read or {}):
            made |= self._some(part, read, query, state)
        if changed:
            raise Moved
        return made

    def _some(
        self,
        crises: Sequence[str],
        read: Mapping[str, pa.Table] | None,
        query: Query,
        state: State,
    ) -> dict[str, Reckoned]:
        """These crises, in one run but for those that another thread is at: its making is waited for."""
        while True:
            deadline.check()
            done = threading.Event()
            with self._lock:
                made = self._find(crises, query, state)
                absent = {
                    each: (_key(each, query, state), state.crisis_head(each).seq)
                    for each in crises
                    if each not in made
                }
                elsewhere = {self._coming[key] for key in absent.values() if key in self._coming}
                mine = {each: key for each, key in absent.items() if key not in self._coming}
                self._coming |= dict.fromkeys(mine.values(), done)
            try:
                if mine:
                    fresh = self._reconcile(list(mine), read, query, state)
                    self._keep(fresh)
                    made |= fresh
            finally:
                with self._lock:
                    for key in mine.values():
                        del self._coming[key]
                done.set()
            if not elsewhere:
                return made
            for each in elsewhere:
                each.wait()

    def _crises(self, query: Query, state: State) -> Collection[str]:
        """The crises that a query which names none may touch: where places are asked about, theirs."""
        reference = self._reference(state, query.recorded_by)
        if not query.areas:
            return crises_of(reference)
        return crises_about(state.crises, query.areas, reference)

    def _find(self, crises: Iterable[str], query: Query, state: State) -> dict[str, Reckoned]:
        with self._lock:
            found = {}
            for crisis in crises:
                key = _key(crisis, query, state)
                kept = self._kept.get(key)
                if kept is not None and kept.touched == state.crisis_head(crisis).seq:
                    self._kept.move_to_end(key)
                    found[crisis] = kept
            return found

    def _keep(self, fresh: Mapping[str, Reckoned]) -> None:
        with self._lock:
            for reckoned in fresh.values():
                before = self._kept.pop(reckoned.key, None)
                self._kept[reckoned.key] = reckoned
                self._size += reckoned.size - (before.size if before else 0)
            while self._size > KEPT_ROWS and len(self._kept) > len(fresh):
                self._size -= self._kept.popitem(last=False)[1].size

    def _read(self, query: Query, crisis: str | None = None) -> pa.Table:
        return self._store.reports(crisis_id=crisis, as_of=query.as_of, recorded_by=query.recorded_by)

    def _reconcile(
        self, crises: Sequence[str], read: Mapping[str, pa.Table] | None, query: Query, state: State
    ) -> dict[str, Reckoned]:
        """These crises, reconciled in one run from what was read of them (None: it is read here).

        Raises Moved where one of them has been touched since.
        """
        reference = self._reference(state, query.recorded_by)
        if read is None:
            read = {each: self._read(query, each) for each in crises}
            if any(self._store.crisis_entry(each) != state.crisis_head(each).seq for each in crises):
                raise Moved
        missing = pa.concat_tables(
            [LEDGER_REPORT.empty_table(), *(read[crisis] for crisis in crises if crisis in read)]
        )
        answer = reconcile(missing, reference, as_of=query.as_of, method=query.method, weights=query.weights)
        answers = _split(answer, missing)
        return {
            crisis: Reckoned(
                key=_key(crisis, query, state),
                touched=state.crisis_head(crisis).seq,
                answer=answers.get(crisis) or combine([]),
                reports=read.get(crisis, LEDGER_REPORT.empty_table()),
                query=query,
                reference=reference,
            )
            for crisis in crises
        }

    def known(self, query: Query) -> pa.Table:
        """The reports a query draws on (LEDGER_REPORT)."""
        return self._store.reports(crisis_id=query.crisis, as_of=query.as_of, recorded_by=query.recorded_by)

    def day_by_day(self, query: Query) -> list[Series]:
        """The answer as of each day on which something about these people and this measure became known."""

        def found(state: State) -> list[Series]:
            reports = self.known(query)
            reference = self._reference(state, query.recorded_by)
            if self._store.state is not state:
                raise Moved
            days = days_of_knowledge(select(reports, dataclasses.replace(query, areas=()))) or [query.as_of]
            answers = reconcile_days(
                reports, reference, days=days, method=query.method, weights=query.weights
            )
            return [
                assemble(dataclasses.replace(query, as_of=day), answer, reports, reference, str(state.head))
                for day, answer in answers
            ]

        return self._at_one_state(found)


def runs(crises: Iterable[str], read: Mapping[str, pa.Table]) -> Iterator[list[str]]:
    """The crises run by run, in their order."""
    run: list[str] = []
    reports = 0
    for each in crises:
        size = len(read[each]) if each in read else 0
        if len(run) >= CRISES_A_RUN and reports + size > REPORTS_A_RUN:
            yield run
            run, reports = [], 0
        run.append(each)
        reports += size
    if run:
        yield run


def _by_crisis(table: pa.Table) -> dict[str, pa.Table]:
    """The rows of each crisis, in their order."""
    table = table.take(pc.sort_indices(table.column("crisis_id"))) if table.num_rows else table
    parts, start = {}, 0
    for each in pc.value_counts(table.column("crisis_id")).to_pylist():
        parts[each["values"]] = table.slice(start, each["counts"])
        start += each["counts"]
    return parts


def _split(answer: Reconciled, reports: pa.Table) -> dict[str, Reconciled]:
    """The part of ``answer`` about each crisis; a finding belongs to that of the report it is about."""
    estimates, evidence = _by_crisis(answer.estimates), _by_crisis(answer.evidence)
    subjects = pa.array({finding.subject for finding in answer.findings}, pa.string())
    about = reports.filter(pc.is_in(reports.column("report_id"), subjects))
    ids = (about.column(name).to_pylist() for name in ("report_id", "crisis_id"))
    crisis_of = dict(zip(*ids, strict=True))
    findings: dict[str, list[Finding]] = {}
    for finding in answer.findings:
        if finding.subject in crisis_of:
            findings.setdefault(crisis_of[finding.subject], []).append(finding)
    return {
        crisis: Reconciled(
            estimates=estimates.get(crisis, ESTIMATE.empty_table()),
            evidence=evidence.get(crisis, EVIDENCE.empty_table()),
            findings=tuple(findings.get(crisis, ())),
        )
        for crisis in {*estimates, *evidence, *findings}
    }


def _key(crisis: str, query: Query, state: State) -> Key:
    """The name of what the query asks of a crisis."""
    recorded_by = _still_open(query.recorded_by, state.crisis_recorded_at(crisis))
    return (crisis, query.as_of, recorded_by, query.method, query.weights)


def _still_open(recorded_by: dt.datetime | None, since: dt.datetime) -> dt.datetime | None:
    """What was recorded by a moment is what stands (None), where nothing has changed ``since`` before it."""
    return None if recorded_by is None or recorded_by >= since else recorded_by
