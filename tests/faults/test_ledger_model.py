"""Whatever is done to a ledger, in whatever order, does it hold what a list of it would?

A machine of Hypothesis hands in, corrects, withdraws, lets stand again, adds the place that rows were held
for, closes and opens the ledger, loses its index; after each step the reports, as of any day and as recorded
by any moment, are those of ``Model``, which keeps everything in one list. Four runs of thirty steps; two
hundred with HYPOTHESIS_PROFILE=searching (``make nightly``).
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from service.api import Ledger
from service.ledger import Store
from service.schema.records import Receipt
from service.schema.tables import REFERENCE_SCHEMAS
from tests.builders import CRISIS_ID, day, moment, reference

RUNS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "searching" else 4
HOUR = dt.timedelta(hours=1)
HEADER = "crisis,source,published_on,areas,measure,population,count\n"
KNOWN, UNKNOWN = ("Latakia", "Jableh", "Banias"), ("Ayn Safra", "Wadi Tal")

Row = tuple[str, dt.date, int]
"""The place as spelled, the day of publication and the count: the model knows a report by them."""
ROWS = st.tuples(
    st.sampled_from((*KNOWN, *UNKNOWN)),
    st.integers(0, 9).map(lambda n: day("2025-03-06") + dt.timedelta(n)),
    st.integers(1, 6),
)


class Model:
    """Everything that was done, in the order in which it was done."""

    def __init__(self) -> None:
        self.came: dict[Row, dt.datetime] = {}
        self.taken_back: list[tuple[dt.datetime, Row, bool]] = []
        """From which moment on a report is withdrawn, or stands again."""
        self.waiting: set[Row] = set()
        self.places = set(KNOWN)

    def take(self, rows: list[Row], now: dt.datetime) -> tuple[int, int, int]:
        """How many of the rows are accepted, known already and held."""
        sound = [row for row in rows if row[0] in self.places]
        held = [row for row in rows if row[0] not in self.places]
        new = {row: now for row in sound if row not in self.came}
        self.came |= new
        self.waiting |= {*held}
        return len(new), len(sound) - len(new), len(held)

    def add_place(self, name: str, now: dt.datetime) -> None:
        self.places.add(name)
        freed = {row for row in self.waiting if row[0] == name}
        self.waiting -= freed
        self.came |= {row: now for row in freed if row not in self.came}

    def stands(self, row: Row, by: dt.datetime) -> bool:
        said = [is_gone for at, one, is_gone in self.taken_back if one == row and at <= by]
        return not (said and said[-1])

    def turn(self, row: Row, now: dt.datetime, *, is_gone: bool) -> None:
        if self.stands(row, now) == is_gone:
            self.taken_back.append((now, row, is_gone))

    def correct(self, row: Row, new: Row, now: dt.datetime) -> None:
        if new[0] not in self.places:
            self.waiting.add(new)
            return
        self.came.setdefault(new, now)
        if new != row:
            self.turn(new, now, is_gone=False)
            self.turn(row, now, is_gone=True)

    def reports(self, as_of: dt.date, by: dt.datetime) -> dict[Row, bool]:
        """Of each report that was public and recorded by then, whether it stands."""
        return {row: self.stands(row, by) for row, at in self.came.items() if at <= by and row[1] <= as_of}


class LedgerMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-model-"))
        self.now = moment("2025-06-01T00:00")
        self.model = Model()
        self.open()
        known = reference()
        for name in REFERENCE_SCHEMAS:
            self.ledger.store.register(name, getattr(known, name), recorded_at=self.now)

    def open(self) -> None:
        self.store = Store.open(self.folder)
        self.ledger = Ledger(self.store, clock=lambda: self.now)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    def document(self, rows: list[Row]) -> bytes:
        lines = [f"{CRISIS_ID},sohr,{on},{place},killed,civilians,{count}\n" for place, on, count in rows]
        return (HEADER + "".join(lines)).encode()

    def id_of(self, row: Row) -> str:
        (found,) = [name for one, (name, _) in self.held_in(self.store).items() if one == row]
        return found

    @staticmethod
    def held_in(store: Store, **when: object) -> dict[Row, tuple[str, bool]]:
        columns = ("area_stated", "published_on", "best", "report_id", "withdrawn")
        rows = store.reports(**when).select(columns).to_pylist()
        return {
            (row["area_stated"], row["published_on"], row["best"]): (
                row["report_id"],
                row["withdrawn"] is None,
            )
            for row in rows
        }

    @rule(rows=st.lists(ROWS, min_size=1, max_size=4))
    def hand_in(self, rows: list[Row]) -> None:
        self.now += HOUR
        receipt: Receipt = self.ledger.ingest(self.document(rows), name=f"{self.now:%d-%H}.csv")
        told = (receipt.accepted, receipt.duplicate, receipt.quarantined)
        assert told == self.model.take(rows, self.now)
        assert receipt.rejected == 0

    @rule(rows=st.lists(ROWS, min_size=1, max_size=3))
    def rehearse(self, rows: list[Row]) -> None:
        before = self.store.head
        self.ledger.ingest(self.document(rows), name="rehearsed.csv", dry_run=True)
        assert self.store.head == before

    @rule(data=st.data(), is_gone=st.booleans())
    def withdraw_or_reinstate(self, data: st.DataObject, is_gone: bool) -> None:
        if not self.model.came:
            return
        row = data.draw(st.sampled_from(sorted(self.model.came)))
        self.now += HOUR
        change = self.ledger.withdraw if is_gone else self.ledger.reinstate
        change(self.id_of(row), reason="looked at again")
        self.model.turn(row, self.now, is_gone=is_gone)

    @rule(data=st.data(), new=ROWS)
    def correct(self, data: st.DataObject, new: Row) -> None:
        if not self.model.came:
            return
        row = data.draw(st.sampled_from(sorted(self.model.came)))
        self.now += HOUR
        self.ledger.correct(self.id_of(row), self.document([new]), reason="misread", name="mended.csv")
        self.model.correct(row, new, self.now)

    @rule(name=st.sampled_from(UNKNOWN))
    def add_place(self, name: str) -> None:
        if name not in self.model.places:
            self.now += HOUR
            self.ledger.add_area(name, level="village", parent="SY06")
            self.model.add_place(name, self.now)

    @rule(what=st.sampled_from(("close", "lose the index", "rebuild")))
    def come_back(self, what: str) -> None:
        before = self.store.head
        if what == "rebuild":
            self.ledger.rebuild()
        else:
            self.store.close()
            if what == "lose the index":
                for file in self.folder.glob("casualty.duckdb*"):
                    file.unlink()
            self.open()
        assert self.store.head == before
        assert self.ledger.verify() == []

    @rule(data=st.data())
    def ask_of_another_time(self, data: st.DataObject) -> None:
        as_of = data.draw(st.sampled_from([day("2025-03-05") + dt.timedelta(n) for n in range(12)]))
        since = int((self.now - moment("2025-06-01T00:00")) / HOUR)
        by = self.now - data.draw(st.integers(0, since)) * HOUR
        self.compare(as_of, by)

    @invariant()
    def the_reports_are_those_of_the_model(self) -> None:
        if hasattr(self, "store"):
            self.compare(day("2025-06-30"), self.now)

    def compare(self, as_of: dt.date, by: dt.datetime) -> None:
        # moments of one hour differ by microseconds, so that each entry has its own
        found = self.held_in(self.store, as_of=as_of, recorded_by=by + HOUR / 2)
        assert {row: stands for row, (_, stands) in found.items()} == self.model.reports(as_of, by)
        held = {row["row"] for row in self.store.held_rows().to_pylist() if row["status"] != "resolved"}
        assert bool(held) == bool(self.model.waiting)


TestLedgerModel = LedgerMachine.TestCase
TestLedgerModel.settings = settings(
    max_examples=RUNS, stateful_step_count=30, deadline=None, suppress_health_check=[*HealthCheck]
)
