"""Numbers that fall as well as rise: the missing, the displaced, the detained.

Drawn as tables, and beside an oracle: a day of a stock comes to what a running total comes to of which all
that stands on that day, worked out one statement at a time, had been said on it.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Mapping
from typing import Any

import pytest

from service.reconcile import Asked, Reconciled, reconcile
from service.schema.records import report_id
from tests.spec.drawn import METHOD, estimates, ledger_reports, roles, tidy
from tests.spec.histories import (
    AS_OF,
    CELL,
    NAMED,
    START,
    WORLD,
    Row,
    draw_cells,
    draw_report,
    has_rounding,
    small_world,
)
from tests.spec.oracle import Statement

IS_SEARCHING = os.environ.get("HYPOTHESIS_PROFILE") == "searching"
SEED = random.SystemRandom().randrange(10**9) if IS_SEARCHING else 4
HISTORIES, BATCHES = 30, 100 if IS_SEARCHING else 10
FIGURE = ("low", "best", "high", "grade", "is_raised")

SPEC = {
    "a later, lower number takes nothing back": (
        """
        8 sohr 900
        12 sohr 300
        """,
        """
        08 900 900 900 single_source
        12 300 300 300 single_source
        """,
    ),
    "a number that comes back counts anew": (
        """
        8 sohr 100
        10 sohr 80
        12 sohr 100
        """,
        """
        08 100 100 100 single_source
        10 80 80 80 single_source
        12 100 100 100 single_source
        """,
    ),
    "what another of at least half the weight counts on a later day takes its place": (
        """
        8 sohr 900
        12 snhr 300
        """,
        """
        08 900 900 900 single_source
        12 300 300 300 single_source
        """,
    ),
    "what one of less weight counts stands beside it": (
        """
        8 sohr 900
        12 afp 300
        """,
        """
        08 900 900 900 single_source
        12 300 900 900 single_source
        """,
    ),
    "two who count on one day are reconciled as ever": (
        """
        8 sohr 900
        8 snhr 920
        """,
        "08 900 900 920 corroborated",
    ),
    "a bound ends nobody's count, and a count ends a bound": (
        """
        8 sohr 900
        10 snhr more than 500
        12 sohr 400
        14 snhr 410
        """,
        """
        08 900 900 900 single_source
        10 501 900 900 single_source
        12 400 400 400 single_source
        14 410 410 410 single_source
        """,
    ),
    "a number without any day is heard where nobody who gives one states the same": (
        """
        8 sohr 300
        none snhr 900 pub=none
        """,
        "08 300 300 300 single_source",
    ),
    "else it stands on the newest day that anything is told of": (
        """
        8 sohr 30 area=SY10
        none snhr 900 pub=none
        """,
        "08 900 900 900 single_source",
    ),
    "a part that its origin counted before it counted fewer in the whole is outdated": (
        """
        8 sohr 900
        12 sohr 500 area=SY
        """,
        """
        08 900 900 900 single_source
        12 - - 500 inferred
        """,
    ),
    "a copy that comes late, of no day of its own, does not bring a number back": (
        """
        8 sohr 900
        10 sohr 700
        none afp<sohr 900 pub=14
        """,
        """
        08 900 900 900 single_source
        10 700 700 700 single_source
        """,
    ),
    "nor does one that bears only the day by which it was public": (
        """
        8 reuters<sohr 900
        10 sohr 700
        none afp<sohr 900 pub=none public=14
        """,
        """
        08 900 900 900 single_source
        10 700 700 700 single_source
        """,
    ),
    "nor has it a say in how the number is worded": (
        """
        8 reuters<sohr at least 900
        none afp<sohr 900 pub=14
        """,
        "08 900 - - single_source",
    ),
    "what an origin itself publishes counts anew, also without a day counted to": (
        """
        none sohr 900 pub=8
        none sohr 700 pub=10
        none sohr 900 pub=14
        """,
        """
        08 900 900 900 single_source
        10 700 700 700 single_source
        14 900 900 900 single_source
        """,
    ),
    "a loose number counts anew what its origin has counted otherwise since": (
        """
        7 sohr 295
        8 sohr about 180
        9 sohr about 300
        """,
        """
        07 295 295 295 single_source
        08 162 180 198 single_source
        09 270 300 330 single_source
        """,
    ),
    "and is another wording of the last exact number that it lies around": (
        """
        7 sohr 900
        8 sohr 300
        9 sohr about 310
        10 sohr about 290
        """,
        """
        07 900 900 900 single_source
        08 300 300 300 single_source
        """,
    ),
    "nobody in particular is heard where no named origin speaks on any day": (
        """
        6 anonymous 900
        8 sohr 5
        """,
        "08 5 5 5 single_source",
    ),
    "a count takes in the events of its own day": (
        """
        8 sohr 560 event=e1
        8 sohr 5
        """,
        "08 5 5 5 single_source",
    ),
    "those of single days add up anew once they have been counted": (
        """
        8 sohr 20 basis=increment from=8
        10 sohr 35000
        12 sohr 10000
        12 sohr 500 basis=increment from=12
        13 sohr 700 basis=increment from=13
        """,
        """
        08 20 - - single_source
        10 35000 35000 35000 single_source
        12 10000 10000 10000 single_source
        """,
    ),
    "also in the whole, and by others": (
        """
        8 sohr 560 basis=increment from=8
        10 sohr 5 area=SY
        12 sohr 7 basis=increment from=12
        14 snhr 4
        15 sohr 2 basis=increment from=15
        """,
        """
        08 560 - - single_source
        10 - - 5 inferred
        12 7 - - single_source
        14 4 4 4 single_source
        15 2 4 4 single_source
        """,
    ),
    "more in single days than were counted before are so many at least": (
        """
        12 sohr 5
        14 sohr 7 basis=increment from=14
        """,
        """
        12 5 5 5 single_source
        14 7 - - single_source
        """,
    ),
    "days without a gap end no count": (
        """
        6 sohr 20 basis=increment from=6
        8 sohr 50
        7 sohr 20 basis=increment from=7
        8 sohr 20 basis=increment from=8
        9 sohr 20 basis=increment from=9
        """,
        """
        06 20 20 20 single_source
        07 40 40 40 single_source
        08 50 50 50 single_source
        """,
    ),
    "who comes back on a day was missing until then": (
        """
        8 sohr 70 basis=increment from=8
        9 sohr -18 basis=increment from=9
        """,
        """
        08 70 - - single_source
        09 52 - - single_source
        """,
    ),
    "those of single days come to a floor, which takes no place of a count that keeps to it": (
        """
        8 sohr 20 basis=increment from=8
        12 sohr 560
        14 sohr 30 basis=increment from=14
        """,
        """
        08 20 - - single_source
        12 560 560 560 single_source
        """,
    ),
    "an event stands until its origin counts anew, of the same place": (
        """
        8 sohr 560 event=e1
        9 sohr 3 event=e2
        12 sohr 5
        """,
        """
        08 560 560 560 single_source
        09 563 563 563 single_source
        12 5 5 5 single_source
        """,
    ),
    "or of a whole of it": (
        """
        8 sohr 560 event=e1
        12 sohr 5 area=SY
        """,
        """
        08 560 560 560 single_source
        12 - - 5 inferred
        """,
    ),
    "or until another of at least half its weight counts the same place": (
        """
        8 sohr 560 event=e1
        10 afp 7
        12 snhr 5
        """,
        """
        08 560 560 560 single_source
        10 7 560 560 single_source
        12 5 5 5 single_source
        """,
    ),
    "a count of a part leaves an event of the whole, and what is listed after a count adds to none": (
        """
        8 sohr 560 event=e1
        10 sohr 5 area=SY0600
        12 sohr 570
        14 sohr 7 event=e2
        """,
        """
        08 560 560 560 single_source
        12 570 570 570 single_source
        """,
    ),
    "at least more than its days come to is news, for they leave room for it": (
        """
        6 sohr 111 basis=increment from=6
        10 sohr at least 335
        """,
        """
        06 111 111 111 single_source
        10 335 - - single_source
        """,
    ),
    "and so is how many there are at most": (
        """
        6 sohr 74 basis=increment from=6
        9 sohr up to 685
        10 snhr at least 80
        """,
        """
        06 74 74 74 single_source
        10 80 - 685 single_source
        """,
    ),
    "a bound that says nothing new ends the one before it on its own day": (
        """
        6 sohr at least 281
        6 sohr 24 basis=increment from=6
        7 sohr 170 basis=increment from=7
        9 sohr at least 29
        """,
        """
        06 281 - - single_source
        09 194 194 194 single_source
        """,
    ),
    "who takes back more than it has counted tells of no count from that day on": (
        """
        6 sohr 8 basis=increment from=6
        8 sohr -30 basis=increment from=8
        """,
        """
        06 8 8 8 single_source
        08 - - - single_source
        """,
    ),
    "those newly displaced of single days still add up": (
        """
        8 sohr 20 basis=increment from=8
        9 sohr 30 basis=increment from=9
        """,
        """
        08 20 - - single_source
        09 50 - - single_source
        """,
    ),
}


def of_missing(drawing: str) -> str:
    return "\n".join(f"{line} measure=missing" for line in drawing.strip().splitlines())


@pytest.mark.parametrize(("drawing", "expected"), SPEC.values(), ids=SPEC)
def test_each_day_of_a_stock_stands_alone(drawing: str, expected: str) -> None:
    assert estimates(of_missing(drawing)) == tidy(expected)


def test_the_evidence_says_what_took_the_place_of_a_number_and_what_has_no_day() -> None:
    drawing = of_missing("8 sohr 900\n10 sohr 700\n12 snhr 300\nnone reuters 950 pub=none")
    assert roles(drawing, on="8") == {"sohr 900": "counted"}
    assert roles(drawing, on="11") == {"sohr 900": "superseded", "sohr 700": "counted"}
    assert roles(drawing, on="12") == {
        "sohr 900": "superseded",
        "sohr 700": "superseded",
        "snhr 300": "counted",
        "reuters 950": "bound",
    }


def test_the_evidence_says_until_when_a_count_of_a_day_stands() -> None:
    days = "8 sohr 20 basis=increment from=8\n9 sohr 30 basis=increment from=9"
    drawing = of_missing(f"{days}\n12 sohr 45\n13 sohr 3 basis=increment from=13")
    assert roles(drawing, on="8") == {"sohr 20": "bound"}
    assert roles(drawing, on="9") == {"sohr 20": "bound", "sohr 30": "bound"}
    since = {"sohr 20": "superseded", "sohr 30": "superseded", "sohr 45": "counted"}
    assert roles(drawing, on="12") == since
    assert roles(drawing, on="13") == since | {"sohr 3": "stale"}


def test_the_evidence_says_until_when_an_event_of_a_stock_stands() -> None:
    drawing = of_missing("8 sohr 560 event=e1\n8 sohr 3 event=e2\n12 sohr 5\n12 snhr 4")
    assert roles(drawing, on="9") == {"sohr 560": "counted", "sohr 3": "bound"}
    since = {"sohr 560": "superseded", "sohr 3": "superseded", "sohr 5": "counted", "snhr 4": "counted"}
    assert roles(drawing, on="12") == since


# --- beside an oracle ---------------------------------------------------------------------------------------


def draw_stock(rng: random.Random) -> list[Row]:
    """Return what named origins say of a stock, each of a cell once a day at most, and events that they list;
    they may contradict themselves, and no number is near another, which might be a copy of it."""
    cells, origins = draw_cells(rng), rng.sample(NAMED, rng.randint(1, 4))
    rows: list[Row] = []
    numbers: set[int] = set()
    for _ in range(rng.randint(1, 14)):
        row = draw_report(rng, "", cells, rng.choice(origins))
        row |= {"measure": "missing", "counted_to": row["published_on"]}
        if rng.random() < 0.3:
            row |= {"basis": "increment", "event": f"e{len(rows)}", "period_start": row["counted_to"]}
        own = {row[name] for name in ("low", "best", "high", "number") if row[name] is not None}
        same = ("origin_id", *CELL, "counted_to")
        is_twice = any(all(row[name] == other[name] for name in same) for other in rows)
        if not is_twice and not own & numbers and not has_rounding([*rows, row]):
            numbers |= {number + off for number in own for off in (-1, 0, 1)}
            rows.append(row)
    return rows


def stand_on(day: dt.date, rows: list[Row]) -> list[Row]:
    """Return what stands on a day, worked out one statement at a time."""
    said = {row["report_id"]: Statement.of(row | {"period_start": cell_of(row)[3]}) for row in rows}
    totals = [said[row["report_id"]] for row in rows if not row.get("event")]
    left = _not_ended(day, totals)
    stay = [one for one in left if not any(_outdates(one, other) for other in left)]
    listed = [one for one in said.values() if one not in totals and one.day <= day]
    stay += [one for one in listed if not any(_counts_anew(one, other, day) for other in totals)]
    return [row for row in rows if said[row["report_id"]] in stay]


def cell_of(row: Row) -> tuple[Any, ...]:
    """Return the cell of a report; an event counts for that since the crisis began."""
    return (*(row[name] for name in CELL[:3]), START if row.get("event") else row["period_start"])


def _counts_anew(event: Statement, other: Statement, day: dt.date) -> bool:
    """Whether what counts its cell, or a whole of it, takes the place of an event by a day."""
    if other.count is None or not event.day <= other.day <= day:
        return False
    if other.origin == event.origin:
        return WORLD.holds(other.cell, event.cell)
    is_later = other.day > event.day
    return (
        is_later and other.cell == event.cell and 2 * WORLD.weight(other.origin) >= WORLD.weight(event.origin)
    )


def _not_ended(day: dt.date, said: list[Statement]) -> list[Statement]:
    known = [one for one in said if one.day <= day]
    left = [one for one in known if not any(_ends(one, other) for other in known)]
    return [one for one in left if one.count is not None or not _is_kept_to(one, said)]


def _is_kept_to(bound: Statement, said: list[Statement]) -> bool:
    """Whether its origin's count, which stood on its day, keeps to a bound."""
    counts = [
        one for one in said if one.count is not None and one.day < bound.day and _is_of_one(one, bound)
    ]  # fmt: skip
    stood = _not_ended(bound.day, [one for one in said if one != bound])
    return any(one in stood and one.low <= bound.high and bound.low <= one.high for one in counts)


def _is_of_one(one: Statement, other: Statement) -> bool:
    return one.origin == other.origin and one.cell == other.cell


def _ends(one: Statement, other: Statement) -> bool:
    """Whether a later statement of the same cell takes the place of one."""
    if other.cell != one.cell or other.day <= one.day:
        return False
    if other.origin == one.origin:
        breaks = other.low > one.high or other.high < one.low
        return other.count is not None or one.count is None or breaks
    return other.count is not None and 2 * WORLD.weight(other.origin) >= WORLD.weight(one.origin)


def _outdates(one: Statement, other: Statement) -> bool:
    """Whether a later statement of the same origin, of a whole or a part, leaves no room for one."""
    if other.origin != one.origin or other.day <= one.day:
        return False
    is_too_low = WORLD.holds(one.cell, other.cell) and other.low > one.high
    is_too_high = WORLD.holds(other.cell, one.cell) and one.low > other.high
    return is_too_low or is_too_high


def reconciled(of_crisis: Mapping[str, list[Row]], asked: list[Asked]) -> Reconciled:
    rows = [row | {"crisis_id": crisis} for crisis, own in of_crisis.items() for row in own]
    table = ledger_reports([row | {"report_id": report_id(row)} for row in rows])
    return reconcile(table, small_world(len(of_crisis)), as_of=AS_OF, method=METHOD, asked=asked)


Series = dict[tuple[Any, ...], list[Row]]
"""The rows of each crisis and cell, by their days."""


def series(found: Reconciled) -> Series:
    rows: Series = {}
    for row in found.estimates.to_pylist():
        rows.setdefault((row["crisis_id"], *(row[name] for name in CELL)), []).append(row)
    return rows


def figure(found: Series, crisis: str, cell: tuple[Any, ...], day: dt.date) -> tuple[Any, ...] | None:
    """Return the figure of a cell on a day; None where nothing is said of it."""
    until = [row for row in found.get((crisis, *cell), []) if row["date"] <= day]
    last = tuple(until[-1][name] for name in FIGURE) if until else None
    return None if last is None or last[:3] == (None, None, None) else last


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_day_of_a_stock_is_a_total_of_what_stands_on_it(batch: int) -> None:
    drawn = [draw_stock(random.Random(f"{SEED} {batch} {number}")) for number in range(HISTORIES)]
    histories = {f"crisis-{number:04}": rows for number, rows in enumerate(drawn)}
    days = [(crisis, day) for crisis, rows in histories.items() for day in sorted({*map(day_of, rows)})]
    crisis_of = {at: f"crisis-{number:04}" for number, at in enumerate(days)}
    alone = {
        crisis_of[crisis, day]: [
            row | {"measure": "killed", "counted_to": day, "published_on": day}
            for row in stand_on(day, histories[crisis])
        ]
        for crisis, day in days
    }
    cells = {crisis: sorted({cell_of(row) for row in rows}) for crisis, rows in histories.items()}
    asked = [
        Asked(crisis_of[crisis, day], cell[0], "killed", *cell[1:])
        for crisis, day in days
        for cell in cells[crisis]
    ]
    stock, totals = series(reconciled(histories, [])), series(reconciled(alone, asked))
    for crisis, day in days:
        for cell in cells[crisis]:
            if cell[3] <= day:
                found = figure(stock, crisis, cell, day), figure(totals, crisis_of[crisis, day], cell, day)
                assert found[0] == found[1], (SEED, batch, crisis, day, cell, found)


def day_of(row: Row) -> dt.date:
    day: dt.date = row["counted_to"]
    return day
