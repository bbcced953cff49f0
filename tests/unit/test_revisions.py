"""How far first figures moved: by source, from what became known day by day."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from service import effort
from service.answers.figure_history import replay_figures
from service.answers.query import Query
from service.answers.revisions import revisions
from service.reconcile.claims import Claims, read_claims
from service.reconcile.columns import NONE
from service.reconcile.day_counts import read_day_counts
from service.reconcile.events import STANDS, read_events
from service.reconcile.known import Known
from service.reconcile.portions import ROWS_A_PORTION
from service.reconcile.statements import HEARD, decode_origin, group_statements
from service.schema.report_rules import cut_as_of
from tests.builders import reference, report
from tests.spec.drawn import LONG_AFTER, ledger_reports, reports
from tests.spec.histories import small_world

MARCH = dt.date(2025, 3, 1)

SPEC = {
    "a figure that is never given otherwise is not revised": (
        """
        7 sohr 237
        8 sohr 311
        """,
        {"stated": 2, "revised": 0, "net_revision": 0.0, "settle_days": None, "delay_days": 0},
    ),
    "the same day given otherwise later is revised, and settles on the day it last moved": (
        """
        8 sohr 100
        8 sohr 120 pub=10
        8 sohr 125 pub=14
        9 sohr 130
        """,
        {
            "stated": 2,
            "revised": 1,
            "revised_up": 1,
            "revision": 25.0,
            "settle_days": 6,
            "net_revision": 10.9,
        },
    ),
    "of two numbers of one day of publication the higher is the first": (
        """
        8 sohr 100
        8 sohr 120
        8 sohr 90 pub=12
        """,
        {"stated": 1, "revised": 1, "revised_up": 0, "revision": -25.0},
    ),
    "an event published anew replaces its number, wherever it lies": (
        """
        7 sohr 9 event=e1
        7 sohr 5 event=e1 pub=20 area=SY10
        7 sohr 3 event=e2
        """,
        {"stated": 2, "revised": 1, "revision": -44.4, "settle_days": 13, "net_revision": -33.3},
    ),
    "days counted alone are restated by the newest publication": (
        """
        7 sohr 10 basis=increment from=7
        7 sohr 6 basis=increment from=7 pub=9
        """,
        {"stated": 1, "revised": 1, "revision": -40.0, "settle_days": 2},
    ),
    "what the origin itself publishes comes before what others carry": (
        """
        8 afp<sohr 300
        8 sohr 250 pub=9
        8 reuters<sohr 300 pub=10
        8 dpa<sohr 300 pub=11
        """,
        {"stated": 1, "revised": 1, "revision": -16.7, "settle_days": 1},
    ),
    "a figure that its origin disowns, and gives no other for, is taken back": (
        """
        8 afp<sohr 11,300
        8 sohr 11,300 basis=retraction pub=12
        9 sohr 700
        """,
        {"stated": 2, "taken_back": 1, "revised": 0},
    ),
    "a day that was inferred from publication says of no day what it was": (
        """
        none sohr 500 pub=8
        9 sohr 700
        """,
        {"stated": 1, "revised": 0},
    ),
    "nobody in particular is no source, and leaves others alone": (
        """
        8 anonymous 500
        8 sohr 700
        """,
        {"stated": 1, "alone": 1},
    ),
    "an outlet's number that copies a monitor's is none of its own": (
        """
        8 sohr 683
        9 afp 683
        9 afp 50 area=SY10
        """,
        {"stated": 1, "revised": 0, "alone": 1},
    ),
    "whoever else stated the place and people on any day, it does not stand alone": (
        """
        8 sohr 700
        12 snhr 800
        """,
        {"stated": 1, "alone": 0},
    ),
    "a running total grows from its first number to its last, and comes within a tenth of it": (
        """
        7 sohr 100
        8 sohr 480
        10 sohr 500
        12 sohr 505
        """,
        {"totals": 1, "growth": 5.05, "growth_days": 1, "revised": 0},
    ),
    "days until publication count from the last day that is counted": (
        "8 sohr 100 pub=17",
        {"delay_days": 9, "delay_days_high": 9},
    ),
}


def asked(**fields: Any) -> Query:
    return dataclasses.replace(Query(as_of=LONG_AFTER), **fields)


def row_of(table: pa.Table, source: str = "sohr") -> dict[str, Any]:
    return next(row for row in table.to_pylist() if row["source_id"] == source)


@pytest.mark.parametrize("name", SPEC)
def test_revisions_as_drawn(name: str) -> None:
    drawing, expected = SPEC[name]
    row = row_of(revisions(reports(drawing), reference(), asked()))
    assert {column: row[column] for column in expected} == expected


def test_what_may_fall_is_no_running_total_that_grows() -> None:
    drawn = "8 sohr 900 measure=missing\n12 sohr 300 measure=missing"
    known = Known.of(reference(), ())
    figures, totals = replay_figures(read_claims(reports(drawn), reference().crisis, known))
    assert (len(figures.first), len(totals.first)) == (2, 0)


def test_of_no_reports_there_are_no_revisions() -> None:
    assert revisions(reports("8 sohr 1").slice(0, 0), reference(), asked()).num_rows == 0


def test_an_outlet_that_only_copies_has_no_figures_of_its_own() -> None:
    table = revisions(reports("8 sohr 683\n9 afp 683\n9 afp 50 area=SY10"), reference(), asked())
    assert [(row["source_id"], row["stated"]) for row in table.to_pylist()] == [("afp", 1), ("sohr", 1)]


def test_one_source_is_told_as_among_all() -> None:
    table = reports("8 sohr 700\n8 snhr 800\n9 snhr 810")
    everybody = revisions(table, reference(), asked())
    assert revisions(table, reference(), asked(source="snhr")).to_pylist() == [row_of(everybody, "snhr")]


def test_rows_do_not_depend_on_the_order_of_reports_nor_on_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    table, world = histories(40, seed=3)
    expected = revisions(table, world, asked())
    shuffled = table.take(pa.array(np.random.default_rng(1).permutation(len(table))))
    monkeypatch.setattr("service.reconcile.portions.ROWS_A_PORTION", 25)
    assert len(table) > 25 < ROWS_A_PORTION
    assert revisions(shuffled, world, asked()).equals(expected)


def test_more_than_may_be_worked_out_is_refused_before_it_begins() -> None:
    allowed = effort.Allowed(places=1, waiting=1, following=1, seconds=1e-9, memory=1 << 30, budget=60)
    with effort.Workshop(allowed).work(), pytest.raises(effort.TooMuch):
        revisions(reports("8 sohr 700"), reference(), asked())


def histories(crises: int, seed: int) -> tuple[pa.Table, Any]:
    """Reports of a few days, dates and numbers in each of many crises: own ones and carried ones."""
    draw = random.Random(seed)
    rows = []
    for crisis in range(crises):
        basis = draw.choice(("cumulative", "increment", "event"))
        for number in range(draw.randint(2, 9)):
            origin = draw.choice(("monitor", "network"))
            day = MARCH + dt.timedelta(draw.randint(6, 8))
            # a number of its own for each day: the same one for two days is one statement, of the first
            said = draw.choice((40, 55, 70, 90)) + 100 * day.day
            is_floor = said % 100 == 90
            rows.append(
                report(
                    crisis_id=f"crisis-{crisis:04}",
                    source_id=draw.choice((origin, "agency", "outlet")),
                    origin_id=origin,
                    url=f"https://example.org/{crisis}",
                    counted_to=day,
                    published_on=day + dt.timedelta(draw.randint(0, 9)),
                    period_start=MARCH if basis == "cumulative" else day,
                    areas="C1",
                    count=said,
                    **({"best": None, "high": None} if is_floor else {}),
                    basis="cumulative" if basis == "cumulative" else "increment",
                    event="e1" if basis == "event" else None,
                    note=f"{number}",
                )
            )
    table = ledger_reports(rows)
    ids = {row["report_id"]: place for place, row in enumerate(table.to_pylist())}
    return table.take(pa.array(sorted(ids.values()))), small_world(crises)


def heard(claims: Claims) -> dict[tuple[Any, ...], int]:
    """The number that reconciliation hears of each figure."""
    cells = claims.cells.named["crisis"]
    crisis = [cells.words[n] for n in cells.numbers.tolist()]
    source = claims.speakers.source_id.to_pylist()
    found: dict[tuple[Any, ...], int] = {}
    statements = group_statements(claims)
    for row in np.flatnonzero(statements.status == HEARD).tolist():
        origin = source[decode_origin(statements.origin)[row]]
        found[crisis[statements.cell[row]], origin, int(statements.day[row])] = int(statements.number[row])
    days = read_day_counts(claims)
    for row in range(len(days)):
        name = (crisis[days.cell_id[row] - 1], source[days.origin_no[row]], int(days.day[row]))
        found[name] = int(claims.rows["said"][days.claim[row]])
    events = read_events(claims)
    for row in np.flatnonzero(events.fate == STANDS).tolist():
        name = (crisis[events.cell[row]], source[events.origin[row]], 0)
        found[name] = int(claims.rows["said"][events.claim[row]])
    return found


@pytest.mark.parametrize("seed", range(3))
def test_first_and_last_numbers_are_those_that_reconciliation_hears_as_of_these_days(seed: int) -> None:
    table, world = histories(150, seed)
    known = Known.of(world, ())
    replay: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
    for day in range(25):
        part = cut_as_of(table, MARCH + dt.timedelta(day))
        if part.num_rows:
            for name, number in heard(read_claims(part, world.crisis, known)).items():
                replay.setdefault(name, []).append((day, number))
    claims = read_claims(table, world.crisis, known)
    figures, _ = replay_figures(claims)
    crisis, source = claims.cells.named["crisis"].words, claims.speakers.source_id.to_pylist()
    day_of = {row["crisis_id"]: row["event"] for row in table.to_pylist()}
    start = (MARCH - dt.date(1970, 1, 1)).days
    told = {}
    for row in range(len(figures.origin)):
        name = (crisis[figures.crisis[row]], source[figures.origin[row]])
        day = 0 if day_of[name[0]] else figures.day[row]
        told[*name, int(day)] = tuple(
            int(column[row]) for column in (figures.first, figures.last, figures.first_on, figures.settled_on)
        )
    expected = {
        name: (steps[0][1], steps[-1][1], start + steps[0][0], start + _settled(steps))
        for name, steps in replay.items()
    }
    assert told == expected
    assert any(first != last for first, last, *_ in told.values())
    assert NONE not in {value for values in told.values() for value in values}


def _settled(steps: list[tuple[int, int]]) -> int:
    """The day since which the number has not moved."""
    day, last = steps[0]
    for on, number in steps:
        if number != last:
            day, last = on, number
    return day


def test_crises_of_a_source_are_those_in_which_it_counts() -> None:
    assert row_of(revisions(reports("8 sohr 700"), reference(), asked()))["crises"] == 1
