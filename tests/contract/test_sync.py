"""A copy that is brought up by what has moved stays equal to the ledger, whatever becomes of its reports.

Reconciliation never crosses a crisis, so the crises of one ledger are as many histories at once, five hundred
in all and a thousand in ``make nightly``: each its own random course of reports, withdrawals, corrections,
reports that stand again, and changed names. All is real: journal and DuckDB, the server, the client.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from service import connect
from service.api import Ledger
from service.client.protocol import Copy
from service.client.sync import RemoteLedger
from service.ledger import Store
from service.schema.records import Head
from service.schema.tables import CRISIS
from service.web.api import plain
from tests.builders import areas, batch, day, moment, reference, report
from tests.serving import serving

ROOT = Path(__file__).parents[2]
HISTORIES = 250
LEDGERS = 4 if os.environ.get("HYPOTHESIS_PROFILE") == "searching" else 1
TURNS = 3
START = moment("2025-04-01T00:00")
SOURCES = ("sohr", "snhr", "afp", "ohchr", "anonymous")
PLACES = ("SY06", "SY10", "SY0602", "SY06|SY10", "x-coast")
FILTERS: tuple[dict[str, Any], ...] = ({}, {"area": ["SY06", "SY10"], "population": "civilians"})


class Course:
    """The random course of many histories in one ledger."""

    def __init__(self, ledger: Ledger, seed: int, histories: int = HISTORIES) -> None:
        self.ledger = ledger
        self.histories = histories
        self.chance = random.Random(seed)
        self.standing: list[dict[str, Any]] = []
        self.gone: list[dict[str, Any]] = []
        self.at = START
        rows = [crisis(number) for number in range(histories)]
        ledger.store.register("crisis", pa.Table.from_pylist(rows, schema=CRISIS), recorded_at=START)

    def go_on(self) -> None:
        """One more turn for every history: reports for most, and for some that they are taken back or put
        right; now and then a place gets another name."""
        self.at += dt.timedelta(hours=self.chance.randint(1, 30))
        rows = [self.report() for _ in range(self.histories)]
        self.submit(rows)
        chosen = self.chance.sample(self.standing, self.histories // 8)
        with ThreadPoolExecutor(8) as hands:  # what arrives together is written together
            list(hands.map(lambda do: do(), [self.mending(old) for old in chosen]))
        if self.chance.random() < 0.3:
            renamed = {"area_code": "SY10", "name": f"Tartus {self.chance.randint(2, 99)}"}
            table = areas({"level": "governorate", "parent_code": "SY", **renamed})
            self.ledger.store.register("area", table, recorded_at=self.at)

    def submit(self, rows: list[dict[str, Any]]) -> None:
        self.ledger.store.submit(batch(*rows), recorded_at=self.at)
        self.standing += rows

    def report(self, **fields: Any) -> dict[str, Any]:
        chance = self.chance
        published = day("2025-03-06") + dt.timedelta(chance.randrange(24))
        said: dict[str, Any] = {
            "crisis_id": f"crisis-{chance.randrange(self.histories)}",
            "published_on": published,
            "counted_to": published - dt.timedelta(chance.randrange(3)),
            "source_id": chance.choice(SOURCES),
            "origin_id": chance.choice(SOURCES),
            "areas": chance.choice(PLACES),
            "population": chance.choice(("civilians", "all", "women")),
            "count": chance.randint(1, 60) * 10,
        }
        return report(**{**said, **fields})

    def mending(self, old: dict[str, Any]) -> Any:
        """A withdrawal, a correction, or a correction by a report that had been taken back, to be done."""
        kind = self.chance.choice(("withdraw", "correct", "restore"))
        store, at, name = self.ledger.store, self.at, old["report_id"]
        same = [each for each in self.gone if each["crisis_id"] == old["crisis_id"]]
        self.standing.remove(old)
        self.gone.append(old)
        if kind == "withdraw":
            return lambda: store.withdraw(name, reason="wrong", recorded_at=at)
        new = (
            self.chance.choice(same)
            if kind == "restore" and same
            else self.report(crisis_id=old["crisis_id"])
        )
        self.standing.append(new)
        return lambda: store.correct(name, batch(new), reason="typing error", recorded_at=at)


def crisis(number: int) -> dict[str, Any]:
    """A crisis with its own beginning."""
    blank = {field.name: None if field.nullable else "" for field in CRISIS}
    told = {"crisis_id": f"crisis-{number}", "name": f"Crisis {number}", "period_start": day("2025-03-06")}
    return {**blank, **told}


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.moment = moment("2025-06-01T00:00")

    def __call__(self) -> dt.datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A ledger that knows places and sources and holds no report yet."""
    with Store.open(tmp_path / "data") as store:
        for name in ("area", "source", "population", "crisis", "weight"):
            store.register(name, getattr(reference(), name), recorded_at=moment("2025-03-01T00:00"))
        yield Ledger(store, clock=clock)


@pytest.fixture
def remote(ledger: Ledger) -> Iterator[RemoteLedger]:
    with serving(ledger, prepares=False) as address, connect(address) as opened:
        assert isinstance(opened, RemoteLedger)
        yield opened


def is_equal(held: Copy, ledger: Ledger) -> bool:
    return held.head == str(ledger.head) and held.table == ledger.series(arrow=True, **held.filters)


def moves(before: pa.Table, after: pa.Table) -> set[str]:
    """In which ways the rows of a series have moved."""
    keys = ("crisis", "area_code", "population", "date")
    old, new = (
        {tuple(row[key] for key in keys): row for row in table.to_pylist()} for table in (before, after)
    )
    kinds = {"added": new.keys() - old.keys(), "removed": old.keys() - new.keys()}
    kinds["moved"] = {key for key in old.keys() & new.keys() if old[key] != new[key]}
    return {kind for kind, keys in kinds.items() if keys}


@pytest.mark.parametrize("seed", range(LEDGERS))
def test_a_copy_of_hundreds_of_histories_stays_equal(ledger: Ledger, remote: RemoteLedger, seed: int) -> None:
    course = Course(ledger, seed)
    copies = [remote.copy(**filters) for filters in FILTERS]
    moved = set()
    for turn in range(TURNS):
        course.go_on()
        which = turn % len(copies)  # each falls behind while the other is brought up
        before = copies[which]
        copies[which] = remote.bring_up_to_date(before)
        assert is_equal(copies[which], ledger), (seed, turn)
        moved |= moves(before.table, copies[which].table)
    assert moved == {"added", "moved", "removed"}, "the histories must move in every way"


def test_a_copy_is_read_anew_on_another_day_of_knowledge(
    ledger: Ledger, remote: RemoteLedger, clock: Clock
) -> None:
    """Grades depend on the day: a figure that was provisional settles without any entry."""
    ledger.store.submit(batch(report(), report(count=690, source_id="snhr")), recorded_at=START)
    clock.moment = moment("2025-03-14T00:00")
    held = remote.copy()
    clock.moment = moment("2025-04-14T00:00")
    later = remote.bring_up_to_date(held)
    assert is_equal(later, ledger)
    assert later.as_of == "2025-04-14" != held.as_of
    assert later.table != held.table


def test_a_copy_that_is_pinned_to_a_day_keeps_up_on_any_other(
    ledger: Ledger, remote: RemoteLedger, clock: Clock
) -> None:
    held = remote.copy(as_of="2025-03-20")
    ledger.store.submit(batch(report()), recorded_at=START)
    clock.moment = moment("2026-01-01T00:00")
    held = remote.bring_up_to_date(held)
    assert is_equal(held, ledger)
    assert held.frame()["best"].tolist() == [683]


def test_a_copy_is_read_anew_where_the_ledger_does_not_know_its_state(
    ledger: Ledger, remote: RemoteLedger
) -> None:
    """The ledger was put back from a backup, and has gone on otherwise."""
    ledger.store.submit(batch(report()), recorded_at=START)
    held = Copy({}, ledger.series(arrow=True), str(Head(99, "f" * 64)), "2025-06-01")
    assert is_equal(remote.bring_up_to_date(held), ledger)


RECIPES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "keeping-a-copy.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("recipe", RECIPES, ids=["client", "any language"])
def test_the_recipes_on_the_page_keep_a_copy_equal(
    ledger: Ledger, remote: RemoteLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recipe: str
) -> None:
    monkeypatch.chdir(tmp_path)
    course, held = Course(ledger, 5, histories=40), {}
    for _ in range(2):
        course.go_on()
        exec(recipe.replace("http://localhost:8000", remote.address), held)
    expected = ledger.series(arrow=True, area=["SY06"])
    if "copy" in held:
        assert held["copy"].table == expected
    else:
        assert sorted(map(str, held["rows"].values())) == sorted(map(str, plain(expected.to_pylist())))


def test_nothing_is_missed_while_reports_come_in(ledger: Ledger, remote: RemoteLedger) -> None:
    course = Course(ledger, 3, histories=20)
    writer = threading.Thread(target=lambda: [course.submit([course.report()]) for _ in range(60)])
    held = remote.copy()
    writer.start()
    while writer.is_alive():
        held = remote.bring_up_to_date(held)
    assert is_equal(remote.bring_up_to_date(held), ledger)
