"""The rules about what is counted alone, drawn: events that add up, and days."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
from collections import defaultdict
from typing import Any

import pytest

from service.reconcile import Asked, reconcile
from service.schema.records import report_id
from tests.builders import report
from tests.spec.drawn import (
    LONG_AFTER,
    METHOD,
    estimates,
    ledger_reports,
    march,
    noticed,
    reconciled,
    roles,
    tidy,
)
from tests.spec.histories import PLACES, POPULATIONS, START, WORLD, Row, exactly, small_world

SPEC = {
    "different events of one place and day add up": (
        """
        7 sohr 5 event=e1
        7 sohr 3 event=e2
        9 sohr 2 event=e3
        """,
        """
        07 8 8 8 single_source
        09 10 10 10 single_source
        """,
    ),
    "an event of which only a ceiling is known is no count of nobody": (
        "7 sohr up to 27 event=e1",
        "",
    ),
    "an event that killed nobody is a count of nobody": (
        "7 sohr 0 event=e1",
        "07 0 0 0 single_source",
    ),
    "so is a day counted alone on which nobody was killed": (
        "6 sohr 0 basis=increment from=6",
        "06 0 0 0 single_source",
    ),
    "what events come to is in the range though another counts fewer on that day": (
        """
        7 sohr 17
        7 snhr 174 event=e1
        """,
        "07 17 17 174 contested",
    ),
    "and what is counted to a later day caps it": (
        """
        7 sohr 17
        9 snhr 174 event=e1
        10 sohr 18
        """,
        """
        07 17 17 17 single_source
        09 17 17 18 contested
        10 18 18 174 contested
        """,
    ),
    "a loose total that is below what its origin's events come to widens no range either": (
        """
        7 sohr 126 event=e1
        7 sohr about 120
        """,
        "07 126 126 126 single_source",
    ),
    "events that come to fewer than the days of their origin widen no range": (
        """
        6 sohr 87 basis=increment from=6
        6 sohr 60 event=e1
        """,
        "06 87 87 87 single_source",
    ),
    "beside it the others are a floor": (
        """
        7 sohr up to 27 event=e1
        7 sohr 4 event=e2
        """,
        "07 4 - - single_source",
    ),
    "who takes back more than it counted in days tells of no count, least of all of none": (
        """
        6 sohr 5 basis=increment from=6
        7 sohr -8 basis=increment from=7
        """,
        "",
    ),
    "what it counts after that is a count again": (
        """
        6 sohr 5 basis=increment from=6
        7 sohr -8 basis=increment from=7
        8 sohr 10 basis=increment from=8
        """,
        "08 7 7 7 single_source",
    ),
    "events of one number are not copies of each other": (
        """
        7 sohr 5 event=e1
        7 sohr 5 event=e2
        """,
        "07 10 10 10 single_source",
    ),
    "whoever carries an event, it is one": (
        """
        7 sohr 5 event=e1
        7 afp<sohr 5 event=e1
        7 reuters<sohr 5 event=e1
        """,
        "07 5 5 5 single_source",
    ),
    "the same event published later takes the place of the earlier row, downward too": (
        """
        7 sohr 9 event=e1 pub=10
        8 sohr 3 event=e2 pub=10
        7 sohr 5 event=e1 pub=20
        """,
        """
        07 5 5 5 single_source
        08 8 8 8 single_source
        """,
    ),
    "until then the earlier row stood": (
        """
        7 sohr 9 event=e1 pub=10
        8 sohr 3 event=e2 pub=10
        7 sohr 5 event=e1 pub=20
        """,
        """
        07 9 9 9 single_source
        08 12 12 12 single_source
        """,
        {"as_of": march("18")},
    ),
    "an event that moves to another day counts on that day alone": (
        """
        7 sohr 9 event=e1 pub=10
        9 sohr 9 event=e1 pub=20
        """,
        "09 9 9 9 single_source",
    ),
    "an event that moves to another place leaves nothing behind": (
        """
        7 sohr 9 event=e1 pub=10
        7 sohr 2 event=e2 pub=10
        7 sohr 9 event=e1 pub=20 area=SY10
        """,
        "07 2 2 2 single_source",
    ),
    "a list that carries an event of another with an earlier day moves it there": (
        """
        9 afp<sohr 9 event=e1 pub=10
        7 afp<sohr 9 event=e1 pub=20
        """,
        "07 9 9 9 single_source",
    ),
    "until then its first day stood": (
        """
        9 afp<sohr 9 event=e1 pub=10
        7 afp<sohr 9 event=e1 pub=20
        """,
        "09 9 9 9 single_source",
        {"as_of": march("19")},
    ),
    "a list that comes back to the first place of an event is heard again": (
        """
        7 afp<sohr 9 event=e1 pub=10
        7 afp<sohr 9 event=e1 pub=20 area=SY10
        7 afp<sohr 9 event=e1 pub=25
        """,
        "07 9 9 9 single_source",
    ),
    "and to its first number": (
        """
        7 afp<sohr 9 event=e1 pub=10
        7 afp<sohr 5 event=e1 pub=20
        7 afp<sohr 9 event=e1 pub=25
        """,
        "07 9 9 9 single_source",
    ),
    "another outlet's late copy of what was replaced is no news": (
        """
        9 afp<sohr 9 event=e1 pub=10
        7 afp<sohr 9 event=e1 pub=20
        9 reuters<sohr 9 event=e1 pub=25
        """,
        "07 9 9 9 single_source",
    ),
    "an outlet that gives no day moves no event": (
        """
        7 afp<sohr 9 event=e1 pub=10
        none reuters<sohr 9 event=e1 pub=20 from=7
        """,
        "07 9 9 9 single_source",
    ),
    "of two days in one publication the one of the number that stands is the event's": (
        """
        7 sohr 9 event=e1 pub=20
        9 sohr 5 event=e1 pub=20
        """,
        "07 9 9 9 single_source",
    ),
    "what others carry later of an event does not replace what its origin published": (
        """
        7 sohr 5 event=e1 pub=20
        7 afp<sohr 9 event=e1 pub=25
        """,
        "07 5 5 5 single_source",
    ),
    "a whole has the events of its parts beside its own": (
        """
        7 sohr 5 event=e1 area=SY0602
        8 sohr 4 event=e2 area=SY0602
        7 sohr 2 event=e3
        """,
        """
        07 7 7 7 single_source
        08 11 11 11 single_source
        """,
    ),
    "a place of which no event is listed itself has at least those inside it": (
        """
        7 sohr 5 event=e1
        7 sohr 2 event=e2 area=SY10
        8 snhr at least 1 area=x-coast
        """,
        "07 7 - - inferred\n08 7 - - contested",
        {"area": "x-coast"},
    ),
    "of the people of one event parts are not added to the whole": (
        """
        7 sohr 5 event=e1
        7 sohr 2 event=e1 pop=children
        7 sohr 3 event=e2 pop=children
        """,
        "07 8 - - single_source",
    ),
    "the ends of the estimates of events add up, as their best do": (
        """
        7 sohr 5–8 event=e1
        8 sohr 3–4 event=e2
        """,
        """
        07 5 5 8 single_source
        08 8 8 12 single_source
        """,
    ),
    "one event of at least so many leaves at least so many together": (
        """
        7 sohr 5 event=e1
        8 sohr at least 3 event=e2
        """,
        """
        07 5 5 5 single_source
        08 8 - - single_source
        """,
    ),
    "verified events are a verified minimum": (
        """
        7 sohr 5 event=e1 std=verified
        """,
        "07 5 - - single_source",
    ),
    "a total that takes the events in is not added to them": (
        """
        7 sohr 5 event=e1
        8 sohr 3 event=e2
        8 sohr 20
        """,
        """
        07 5 5 5 single_source
        08 20 20 20 single_source
        """,
    ),
    "events and counts of single days of one origin are not added to each other": (
        """
        6 sohr 5 event=e1
        6 sohr 7 basis=increment from=6
        """,
        "06 7 7 7 single_source",
    ),
    "an event that is taken back leaves the sum": (
        """
        7 sohr 5 event=e1
        8 sohr 3 event=e2
        9 sohr 3 event=e2 basis=retraction
        """,
        "07 5 5 5 single_source",
    ),
    "a withdrawn event leaves the sum": (
        """
        7 sohr 5 event=e1
        8 sohr 3 event=e2 withdrawn=mistake
        """,
        "07 5 5 5 single_source",
    ),
    "a later publication restates a day, downward too": (
        """
        6 sohr 90 basis=increment from=6 pub=7
        7 sohr 10 basis=increment from=7 pub=8
        6 sohr 60 basis=increment from=6 pub=10
        """,
        """
        06 60 60 60 single_source
        07 70 70 70 single_source
        """,
    ),
    "people taken back on a day were not there before it either": (
        """
        6 sohr 70 basis=increment from=6
        7 sohr -18 basis=increment from=7
        8 sohr 5 basis=increment from=8
        """,
        """
        06 52 52 52 single_source
        08 57 57 57 single_source
        """,
    ),
    "two numbers for a day, published at two addresses on one day, are two incidents": (
        """
        6 sohr 5 basis=increment from=6 pub=7 url=https://e.org/1
        6 sohr 3 basis=increment from=6 pub=7 url=https://e.org/2
        """,
        "06 8 8 8 single_source",
    ),
    "at one address they are one, and the higher stands": (
        """
        6 sohr 5 basis=increment from=6 pub=7 url=https://e.org/1
        6 sohr 3 basis=increment from=6 pub=7 url=https://e.org/1
        """,
        "06 5 5 5 single_source",
    ),
    "of days without keys a whole has at least what a part of it has, though it is told that it has fewer": (
        """
        6 sohr 5 basis=increment from=6 area=SY0602
        7 sohr 4 basis=increment from=7 area=SY0602
        6 sohr 2 basis=increment from=6
        """,
        """
        06 5 5 5 contested
        07 9 9 9 contested
        """,
    ),
    "the same number at two addresses is one": (
        """
        6 sohr 5 basis=increment from=6 pub=7 url=https://e.org/1
        6 sohr 5 basis=increment from=6 pub=7 url=https://e.org/ar/1
        """,
        "06 5 5 5 single_source",
    ),
}


@pytest.mark.parametrize("case", SPEC.values(), ids=SPEC)
def test_what_is_counted_alone_adds_up(case):
    drawing, expected, *asked = case
    assert estimates(drawing, **(asked[0] if asked else {})) == tidy(expected)


ROLES = {
    "events that add up": (
        "7 sohr 5 event=e1\n7 sohr 3 event=e2",
        {"sohr 5": "counted", "sohr 3": "bound"},
    ),
    "an event restated": (
        "7 sohr 9 event=e1 pub=10\n7 sohr 5 event=e1 pub=20",
        {"sohr 9": "superseded", "sohr 5": "counted"},
    ),
    "a carrier's copy of an event": (
        "7 sohr 9 event=e1\n7 afp<sohr 9 event=e1",
        {"sohr 9": "counted", "afp 9": "echo"},
    ),
    "a day restated": (
        "6 sohr 90 basis=increment from=6 pub=7\n6 sohr 60 basis=increment from=6 pub=10",
        {"sohr 90": "revised", "sohr 60": "counted"},
    ),
}


@pytest.mark.parametrize("case", ROLES.values(), ids=ROLES)
def test_a_report_that_is_counted_alone_has_its_role(case):
    drawing, expected = case
    assert roles(drawing, on="12") == expected


SOHR = "Syrian Observatory for Human Rights"
ALSO = "its origin gave {} as well, published the same day: the higher one stands."
FOUND = {
    "an event with another number": (
        "7 sohr 9 event=e1 pub=10\n7 sohr 5 event=e1 pub=20",
        [("event_revised", f"{SOHR}: its origin later gave 5 for this event.")],
    ),
    "an event at another place": (
        "7 sohr 9 event=e1 pub=10\n7 sohr 9 event=e1 pub=20 area=SY10",
        [("event_revised", f"{SOHR}: its origin later gave another place or day for this event.")],
    ),
    "an event published again as it was": ("7 sohr 9 event=e1 pub=10\n7 sohr 9 event=e1 pub=20", []),
    "two values of an event in one publication": (
        "7 sohr 9 event=e1\n7 sohr 5 event=e1",
        [
            (
                "two_values",
                f"{SOHR}: its origin gave 9 as well, published the same day: the higher one stands.",
            )
        ],
    ),
    "two running totals of one day": (
        "6 sohr 60\n6 sohr 90",
        [
            (
                "two_values",
                f"{SOHR}: its origin gave 90 as well, published the same day, and that one is heard.",
            )
        ],
    ),
    "a running total that a later bulletin lowers": (
        "6 sohr 90 clock=08:00Z\n6 sohr 60 clock=20:00Z",
        [("revised_down", f"{SOHR}: its origin later gave the lower 60.")],
    ),
    "a day with fewer": (
        "6 sohr 90 basis=increment from=6 pub=7\n6 sohr 60 basis=increment from=6 pub=10",
        [("revised_down", f"{SOHR}: its origin later gave 60 for these days.")],
    ),
    "a day with more": (
        "6 sohr 60 basis=increment from=6 pub=7\n6 sohr 90 basis=increment from=6 pub=10",
        [],
    ),
    "two values of a day at one address": (
        "6 sohr 60 basis=increment from=6\n6 sohr 90 basis=increment from=6",
        [
            (
                "two_values",
                f"{SOHR}: its origin gave 90 as well, published the same day: the higher one stands.",
            )
        ],
    ),
    "two values of a day at two addresses": (
        "6 sohr 60 basis=increment from=6 url=https://e.org/1\n"
        "6 sohr 90 basis=increment from=6 url=https://e.org/2",
        [
            (
                "two_values",
                f"{SOHR}: its origin gave 90 as well for these days, at another address: taken for another "
                "incident, and added.",
            )
        ],
    ),
    "people taken back": (
        "6 sohr 70 basis=increment from=6\n7 sohr -18 basis=increment from=7",
        [
            (
                "revised_down",
                f"{SOHR} took 18 back on 2025-03-07 of what it had counted for Latakia (civilians): "
                "no day before it has more than is left.",
            )
        ],
    ),
}


@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND)
def test_what_is_restated_is_found(case):
    drawing, expected = case
    findings = noticed(drawing)
    assert [(finding.code, finding.message) for finding in findings] == expected
    assert all(finding.fix and finding.subject for finding in findings)


IS_SEARCHING = os.environ.get("HYPOTHESIS_PROFILE") == "searching"


def test_of_events_of_one_number_the_same_one_speaks_whichever_row_came_first():
    lines = ["8 sohr 6 event=e3", "8 sohr 6 event=e1"]
    one, other = ("\n".join(lines) for lines in (lines, lines[::-1]))
    assert reconciled(one).evidence.equals(reconciled(other).evidence)


# --- beside an oracle ---------------------------------------------------------------------------------------


def draw_events(rng: random.Random, source: str = "monitor") -> list[Row]:
    """Return the events of one origin in a few places, for whole or parts of the people, some published
    anew by a source: with another number, day or place."""
    places, keys = rng.sample(PLACES, 4), [f"e{number}" for number in range(rng.randint(1, 6))]
    rows = []
    for key in keys:
        for publication in range(rng.choice((1, 1, 2, 3))):
            place, on = rng.choice(places), rng.randrange(6)
            for population in rng.sample(POPULATIONS, rng.randint(1, 3)):
                row = report(
                    crisis_id="crisis-0000", source_id=source, origin_id="monitor", areas=place,
                    population=population, event=key, basis="increment", period_start=START, period_end=None,
                    counted_to=START + dt.timedelta(on),
                    published_on=START + dt.timedelta(10 + publication), **exactly(rng.randrange(9)),
                )  # fmt: skip
                rows.append(row | {"report_id": report_id(row)})
    return rows


def summed(rows: list[Row], cell: tuple[str, str], day: dt.date) -> int:
    """Return what the events inside a cell come to by a day, worked out one event at a time."""
    total = 0
    events: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        events[row["event"]].append(row)
    for about in events.values():
        newest = max(row["published_on"] for row in about)
        (place, on), *_ = {
            (row["areas"], row["counted_to"]) for row in about if row["published_on"] == newest
        }
        of_people: dict[str, Row] = {}
        for row in sorted(about, key=lambda row: row["published_on"]):
            of_people[row["population"]] = row
        inside = tuple(
            ((row["areas"], people, "", START), row["low"])
            for people, row in of_people.items()
            if row["areas"] == place and WORLD.holds((*cell, "", START), (place, people, "", START))
        )
        if on <= day:
            total += heaviest(inside)
    return total


def heaviest(parts: tuple[tuple[Any, int], ...]) -> int:
    """Return the most that disjoint ones of the parts come to."""
    if not parts:
        return 0
    (first, count), *rest = parts
    apart = tuple(part for part in rest if WORLD.are_disjoint(first, part[0]))
    return max(count + heaviest(apart), heaviest(tuple(rest)))


@pytest.mark.parametrize("source", ["monitor", "outlet"])
def test_events_come_to_what_the_oracle_adds_up_in_every_cell_that_holds_them(source):
    seeds = range(3_000 if IS_SEARCHING else 150)
    histories = {f"crisis-{seed:04}": draw_events(random.Random(seed), source) for seed in seeds}
    rows = [row | {"crisis_id": crisis} for crisis, own in histories.items() for row in own]
    table = ledger_reports([row | {"report_id": report_id(row)} for row in rows])
    cells = [(areas, population) for areas in PLACES for population in POPULATIONS]
    asked = [
        Asked(crisis, areas, "killed", population, "", START)
        for crisis in histories
        for areas, population in cells
    ]
    world = small_world(len(histories))
    found = reconcile(table, world, as_of=LONG_AFTER, method=METHOD, asked=asked).estimates.to_pylist()
    lows = {
        (row["crisis_id"], row["areas"], row["population"]): row["low"] for row in found
    }  # the last day's
    for crisis, own in histories.items():
        last = max(row["counted_to"] for row in own)
        for cell in cells:
            assert (lows.get((crisis, *cell)) or 0) == summed(own, cell, last), (crisis, cell)


def test_a_sum_of_many_events_is_the_same_whichever_way_it_is_portioned(monkeypatch):
    from service.reconcile import event_sums

    rows = [row for seed in range(9) for row in draw_events(random.Random(seed))]
    rows = [row | {"event": f"{row['event']}-{number % 50}"} for number, row in enumerate(rows)]
    table = ledger_reports([row | {"report_id": report_id(row)} for row in rows])
    whole = reconcile(table, small_world(1), as_of=LONG_AFTER, method=METHOD)
    monkeypatch.setattr(event_sums, "EVENTS_AT_ONCE", 3)
    portioned = reconcile(table, small_world(1), as_of=LONG_AFTER, method=METHOD)
    assert dataclasses.astuple(whole) == dataclasses.astuple(portioned)
