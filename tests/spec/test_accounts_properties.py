"""What holds for every history of reports, beside an oracle that works figures out the slow way.

The oracle speaks of running totals of named origins that never contradict themselves; of those the median and
``best`` of every cell and day are compared before the order is closed over parts and sums. Left to the
properties below, which take every kind of report: what is set aside, echoes, nameless claims, models,
increments, undated reports, sums, and the order of the final figures. Each run takes many histories, a crisis
each. HYPOTHESIS_PROFILE=searching takes ten times as many, new ones every time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from service.reconcile import Asked, Reconciled, crisis, engine, reconcile
from service.reconcile.crisis import figure
from service.reference.labels import Labels
from service.schema.records import Reference, report_id
from service.schema.tables import CRISIS, LEDGER_REPORT, SOURCE
from service.vocabulary import Role
from tests.spec.drawn import ledger_reports
from tests.spec.histories import (
    AS_OF,
    NAMED,
    START,
    WORLD,
    Row,
    any_history,
    any_measure,
    plain_history,
    small_world,
)
from tests.spec.oracle import Oracle, Statement
from tests.spec.world import Cell

IS_SEARCHING = os.environ.get("HYPOTHESIS_PROFILE") == "searching"
SEED = random.SystemRandom().randrange(10**9) if IS_SEARCHING else 6
BATCH = 100
"""So many histories go through the engine together."""
TIMES = 10 if IS_SEARCHING else 1
EPOCH = dt.date(1970, 1, 1)
KEY = ("crisis_id", "areas", "population", "attributed_to", "period_start")
FIGURES = ("low", "best", "high")
NAMED_BY = ("crisis", "areas", "population", "attributed_to")
EXPECTED = ("expected_low", "expected", "expected_high")


def histories(draw: Callable[[random.Random, str], list[Row]], batch: int) -> list[list[Row]]:
    return [draw(random.Random(f"{SEED} {batch} {number}"), f"crisis-{number:04}") for number in range(BATCH)]


def ledger(batch: list[list[Row]]) -> pa.Table:
    return ledger_reports([row for rows in batch for row in rows])


def answer(
    reports: pa.Table, world: Reference | None = None, as_of: dt.date = AS_OF, **more: Any
) -> Reconciled:
    return reconcile(reports, world or small_world(BATCH), as_of=as_of, method="least-disagreement/2", **more)


def batches(thousands: float) -> Any:
    return pytest.mark.parametrize("batch", range(max(1, int(thousands * 1000 * TIMES / BATCH))))


# --- beside the oracle --------------------------------------------------------------------------------------


@batches(1)
def test_median_and_best_are_those_of_the_oracle(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [rows for rows in histories(plain_history, batch) if rows]
    kept, batches = [], engine._Run._batches

    def keep(grid: Any, *rest: Any) -> Any:
        figures = figure(grid, *rest)
        kept.append((figures.median.copy(), figures.best.copy()))
        return figures

    def name(run: Any, *asked: Any) -> Any:
        for cells, until, crises in batches(run, *asked):
            words = [[run.words[column][cell] for column in NAMED_BY] for cell in cells.tolist()]
            begins = map(day_of, run.begins[cells])
            kept[-1] += (words, list(begins), crises.grid.dates[crises.grid.block])
            yield cells, until, crises

    monkeypatch.setattr(crisis, "figure", keep)
    monkeypatch.setattr(engine._Run, "_batches", name)
    answer(ledger(drawn))
    of_crisis = {rows[0]["crisis_id"]: (rows, Oracle(map(Statement.of, rows), WORLD)) for rows in drawn}
    seen = set()
    for figures in kept:
        for median, best, (crisis_id, *words), begin, dates in zip(*figures, strict=True):
            (rows, oracle), cell = of_crisis[crisis_id], (*words, begin)
            seen.add(crisis_id)
            for day, middle, count in zip(map(day_of, dates), median.tolist(), best.tolist(), strict=True):
                found = max(middle, 0), None if count < 0 else count
                assert found == (oracle.median(cell, day), oracle.best(cell, day)), story(rows, cell, day)
    assert seen == set(of_crisis)


def day_of(number: int) -> dt.date:
    return EPOCH + dt.timedelta(int(number))


def story(rows: list[Row], *about: Any) -> str:
    """Return a history in lines, for whoever has to find out what went wrong."""
    lines = [
        f"{row['counted_to']} {row['source_id']}<{row['origin_id']} {row['count_stated']!r} "
        f"{row['areas']} {row['population']} by={row['attributed_to']} from={row['period_start']} "
        f"{row['basis']} {row['standard']} pub={row['published_on']}"
        for row in rows
    ]  # fmt: skip
    return "\n".join([f"seed {SEED}: {about}", *lines])


# --- what is raised -----------------------------------------------------------------------------------------


@batches(1)
def test_a_row_is_marked_as_raised_where_the_evidence_names_the_parts_and_nowhere_else(batch: int) -> None:
    drawn = [rows for rows in histories(any_history, batch) if rows]
    found = answer(ledger(drawn))
    raising = defaultdict(list)
    for span in found.evidence.to_pylist():
        if span["role"] == Role.RAISED:
            raising[tuple(span[name] for name in KEY)].append(span)
    seen = set()
    for row in found.estimates.to_pylist():
        spans = [
            span
            for span in raising[tuple(row[name] for name in KEY)]
            if span["date"] <= row["date"] and (span["until"] is None or row["date"] < span["until"])
        ]
        assert row["is_raised"] == bool(spans), row
        seen.add(row["is_raised"])
        if spans:
            stands = row["low"] if row["best"] is None else row["best"]
            assert stands >= max(span["low"] for span in spans), row
    assert seen == {True, False}


@batches(0.2)
def test_no_figure_has_a_day_later_than_the_newest_that_a_report_names(batch: int) -> None:
    drawn = [rows for rows in histories(any_measure, batch) if any(map(_day, rows))]
    found = answer(ledger(drawn))
    newest = {rows[0]["crisis_id"]: max(filter(None, map(_day, rows))) for rows in drawn}
    served = found.estimates.to_pylist()
    assert all(row["date"] <= newest[row["crisis_id"]] for row in served)
    keys = [(*(row[name] for name in KEY), row["date"]) for row in served]
    assert len(set(keys)) == len(keys), "one row a day"
    assert all(
        span["until"] is None or span["date"] < span["until"] <= newest[span["crisis_id"]]
        for span in found.evidence.to_pylist()
    )


def _day(row: Row) -> dt.date | None:
    """The day a report counts to, or by which it was public; None where nobody knows either."""
    return row["counted_to"] or row["published_on"]


# --- the order of the figures -------------------------------------------------------------------------------


def wider_cells(batch: list[list[Row]]) -> list[Asked]:
    """Return, for each crisis, a few cells around and inside what it reports."""
    return [
        Asked(rows[0]["crisis_id"], areas, "killed", population, "", START)
        for rows in batch
        if rows
        for areas, population in (("C", "all"), ("C1", "civilians"), ("C11", "women"))
        if not any((areas, population, "", START) == tuple(row[name] for name in KEY[1:]) for row in rows)
    ]


def curves(found: Reconciled) -> dict[str, dict[Cell, list[Row]]]:
    """Return the rows of each cell of each crisis, by day."""
    of: dict[str, dict[Cell, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in found.estimates.to_pylist():
        cell = tuple(row[name] for name in KEY[1:])
        of[row["crisis_id"]][cell].append(row)
    return of


def named_cells(found: Reconciled, batch: list[list[Row]]) -> set[tuple[Any, ...]]:
    """Return the cells in whose figures a named origin has a part: nameless claims are never carried."""
    named = {
        row["report_id"]
        for rows in batch
        for row in rows
        if row["origin_id"] in NAMED and row["standard"] != "estimate"
    }
    evidence = found.evidence.select([*KEY, "report_id", "weight"]).to_pylist()
    return {
        tuple(row[name] for name in KEY) for row in evidence if row["weight"] and row["report_id"] in named
    }


def nameless_cells(found: Reconciled, batch: list[list[Row]]) -> set[tuple[Any, ...]]:
    """Return the cells of whom, and of whose parts and wholes, only nobody in particular speaks."""
    said = {
        rows[0]["crisis_id"]: {
            tuple(row[name] for name in KEY[1:]) for row in rows if row["origin_id"] in NAMED
        }
        for rows in batch
        if rows
    }
    return {
        (crisis, *cell)
        for crisis, *cell in {tuple(row[name] for name in KEY) for row in found.estimates.to_pylist()}
        if not any(
            WORLD.holds(tuple(cell), other) or WORLD.holds(other, tuple(cell)) for other in said[crisis]
        )
    }


@batches(0.2)
def test_no_part_of_a_stock_is_above_its_whole(batch: int) -> None:
    drawn = [[row | {"measure": "missing"} for row in rows] for rows in histories(any_history, batch)]
    drawn = [[row | {"report_id": report_id(row)} for row in rows] for rows in drawn]
    found = answer(ledger(drawn))
    cells, named, nameless = curves(found), named_cells(found, drawn), nameless_cells(found, drawn)
    falls = 0
    for rows in drawn:
        for what, about in faults(cells[rows[0]["crisis_id"]], named, nameless):
            assert what in ("low falls", "best falls", "high falls", "low vanishes"), story(rows, what, about)
            falls += what == "best falls"
    assert falls


def faults(
    cells: dict[Cell, list[Row]], named: set[tuple[Any, ...]], nameless: set[tuple[Any, ...]]
) -> Iterator[tuple[str, Any]]:
    """Yield what is out of order among the figures of one crisis; of cells ``named`` and ``nameless`` it is
    known who speaks: what nobody in particular says is carried to such cells alone."""
    for cell, rows in cells.items():
        for name in (*FIGURES, *EXPECTED):
            values = [row[name] for row in rows if row[name] is not None]
            if values != sorted(values):
                yield f"{name} falls", (cell, values)
        lows = [row["low"] for row in rows]
        if None in lows[next((at for at, low in enumerate(lows) if low is not None), len(lows)) :]:
            yield "low vanishes", (cell, lows)
        for row in rows:
            for names in (FIGURES, EXPECTED):
                values = [row[name] for name in names if row[name] is not None]
                if values != sorted(values):
                    yield f"{names} out of order", row
            is_said = row["best"] is not None or (row["low"] or 0) > 0
            if not is_said and any(row[name] is not None for name in EXPECTED):
                yield "expected of what nobody counts, nor says at least", row
    for whole, around in cells.items():
        for part, inside in cells.items():
            crisis = inside[0]["crisis_id"]
            is_carried = (crisis, *part) in named or (crisis, *whole) in nameless
            if part != whole and is_carried and WORLD.holds(whole, part):
                yield from (
                    ("part above whole", (name, part, whole, *both)) for name, *both in above(inside, around)
                )


def above(inside: list[Row], around: list[Row]) -> Iterator[tuple[str, Row, Row]]:
    """Yield the days on which a part says more than its whole."""
    for day in sorted({row["date"] for row in (*inside, *around)}):
        part, whole = (
            next((row for row in reversed(rows) if row["date"] <= day), None) for rows in (inside, around)
        )
        if part is None:
            continue
        if whole is None:
            if part["low"] is not None:
                yield "whole without a row", part, {}
            continue
        for name in FIGURES:
            if part[name] is not None and whole[name] is not None and part[name] > whole[name]:
                yield name, part, whole
        if (part["low"] or 0) > (whole["low"] or 0) or (part["best"] or 0) > (whole["low"] or 0):
            yield "low of the whole", part, whole


@batches(1.2)
def test_figures_never_fall_and_no_part_is_above_its_whole(batch: int) -> None:
    drawn = histories(any_history, batch)
    found = answer(ledger(drawn), asked=wider_cells(drawn))
    cells, named, nameless = curves(found), named_cells(found, drawn), nameless_cells(found, drawn)
    for rows in drawn:
        for fault in faults(cells[rows[0]["crisis_id"]], named, nameless):
            raise AssertionError(story(rows, fault))


@batches(0.4)
def test_no_sum_of_cells_that_share_nobody_is_above_their_whole_untold(batch: int) -> None:
    drawn = [rows for rows in histories(plain_history, batch) if rows]
    world = small_world(BATCH)
    found, labels = answer(ledger(drawn), world), Labels(world)
    crisis_of = {row["report_id"]: row["crisis_id"] for rows in drawn for row in rows}
    told = defaultdict(str)
    for finding in found.findings.to_pylist():
        if finding["code"] == "more_than_its_whole":
            told[crisis_of[finding["subject"]]] += f"\n{finding['message']}"
    named, cells = named_cells(found, drawn), curves(found)
    for rows in drawn:
        crisis, reported = rows[0]["crisis_id"], {tuple(row[name] for name in KEY[1:]) for row in rows}
        latest = {cell: at_least(each[-1]) for cell, each in cells[crisis].items()}
        for whole, own in latest.items():
            inside = {part for part in latest if part != whole and WORLD.holds(whole, part)}
            parts = {part for part in inside & reported if (crisis, *part) in named}
            together = heaviest([(part, latest[part] or 0) for part in parts])
            if own is not None and together > max([own, *(latest[part] or 0 for part in parts)]):
                areas, population, party, _ = whole
                whose = f", attributed to {labels.attribution(party)}" if party else ""
                name = f"\n{labels.places(areas)} ({labels.population(population)}{whose}) stood at"
                assert name in told[crisis], story(rows, whole, own, together)


def at_least(row: Row) -> int | None:
    """Return the figure of a row; where it has none, its low."""
    return row["low"] if row["best"] is None else row["best"]


def heaviest(parts: list[tuple[Cell, int]]) -> int:
    """Return the most that some of the cells come to of which no two share anybody."""
    if not parts:
        return 0
    (first, count), *rest = parts
    with_first = count + heaviest([part for part in rest if WORLD.are_disjoint(first, part[0])])
    return max(with_first, heaviest(rest))


# --- what must not matter -----------------------------------------------------------------------------------


def same(one: pa.Table, other: pa.Table, batch: list[list[Row]], aside: tuple[str, ...] = ()) -> None:
    """Check that two answers have the same rows, whatever stands in some columns."""
    by_crisis = []
    for table in (one, other):
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in table.drop_columns(list(aside)).to_pylist():
            rows[row["crisis_id"]].append(row)
        by_crisis.append(rows)
    for rows in batch:
        crisis_id = rows[0]["crisis_id"] if rows else ""
        first, second = (found.get(crisis_id, []) for found in by_crisis)
        differing = [pair for pair in zip(first, second, strict=False) if pair[0] != pair[1]]
        assert first == second, story(rows, *differing[:2], len(first), len(second))


def renamed(row: Row, names: dict[str, str]) -> Row:
    row = row | {who: names.get(row[who], row[who]) for who in ("source_id", "origin_id")}
    return row | {"report_id": report_id(row)}


@batches(0.2)
def test_names_of_sources_do_not_matter(batch: int) -> None:
    drawn = histories(any_measure, batch)
    new = [f"s{number}" for number in range(len(NAMED))]
    random.Random(batch).shuffle(new)
    names = dict(zip(NAMED, new, strict=True))
    world = small_world(BATCH)
    sources = [
        row | {"source_id": names.get(row["source_id"], row["source_id"])} for row in world.source.to_pylist()
    ]
    other = dataclasses.replace(world, source=pa.Table.from_pylist(sources, schema=SOURCE))
    again = [[renamed(row, names) for row in rows] for rows in drawn]
    same(answer(ledger(drawn)).estimates, answer(ledger(again), other).estimates, drawn)


@batches(0.2)
def test_order_and_submission_of_rows_do_not_matter(batch: int) -> None:
    drawn, rng = histories(any_measure, batch), random.Random(batch)
    table = ledger(drawn)
    rows = [row | {"seq": rng.randrange(99), "row": rng.randrange(99)} for row in table.to_pylist()]
    rng.shuffle(rows)
    one, other = answer(table), answer(pa.Table.from_pylist(rows, schema=LEDGER_REPORT))
    same(one.estimates, other.estimates, drawn)
    same(one.evidence, other.evidence, drawn)
    assert one.findings == other.findings


@batches(0.2)
def test_another_copy_by_the_same_outlet_does_not_matter(batch: int) -> None:
    drawn, rng = histories(any_measure, batch), random.Random(batch)
    copied = []
    for rows in drawn:
        row = rng.choice(rows)
        if row["basis"] == "cumulative":
            row = row | {"url": "https://example.org/again"}
            copied.append([*rows, row | {"report_id": report_id(row)}])
        else:
            copied.append(rows)
    same(answer(ledger(drawn)).estimates, answer(ledger(copied)).estimates, drawn, aside=("reports",))


@batches(0.2)
def test_what_else_is_asked_does_not_matter(batch: int) -> None:
    drawn = histories(any_measure, batch)
    asked = answer(ledger(drawn), asked=wider_cells(drawn))
    own = {tuple(row[name] for name in KEY) for row in answer(ledger(drawn)).estimates.to_pylist()}
    is_own = [tuple(row[name] for name in KEY) in own for row in asked.estimates.to_pylist()]
    same(answer(ledger(drawn)).estimates, asked.estimates.filter(pa.array(is_own, pa.bool_())), drawn)


@batches(0.2)
def test_a_lower_floor_of_an_origin_does_not_matter_where_its_higher_one_is_served(batch: int) -> None:
    drawn = [rows for rows in histories(plain_history, batch) if rows]
    before = answer(ledger(drawn))
    served = curves(before)
    more = []
    for rows in drawn:
        numbers = {row["number"] for row in rows} | {row["low"] for row in rows}
        floors = [
            row
            for row in rows
            if row["high"] is None and row["low"] > 1 and row["low"] - 1 not in numbers
            and any(
                each["date"] == row["counted_to"] and (each["low"] or 0) >= row["low"]
                for each in served[row["crisis_id"]][tuple(row[name] for name in KEY[1:])]
            )
        ]  # fmt: skip
        lower = [
            row | {"low": row["low"] - 1, "number": row["low"] - 1, "count_stated": "lower"} for row in floors
        ]
        more.append([*rows, *(row | {"report_id": report_id(row)} for row in lower)])
    same(before.estimates, answer(ledger(more)).estimates, more, aside=("reports", *EXPECTED))


@batches(0.2)
def test_a_withdrawn_report_was_never_handed_in(batch: int) -> None:
    drawn, rng = histories(any_measure, batch), random.Random(batch)
    table = ledger(drawn).to_pylist()
    kept = [row for row in table if rng.random() < 0.8]
    ids = {row["report_id"] for row in kept}
    all_rows = [row | {"withdrawn": None if row["report_id"] in ids else "an error"} for row in table]
    without, withdrawn = (
        answer(pa.Table.from_pylist(rows, schema=LEDGER_REPORT)) for rows in (kept, all_rows)
    )
    same(without.estimates, withdrawn.estimates, drawn)
    still = np.array(
        [role != "withdrawn" for role in withdrawn.evidence.column("role").to_pylist()], np.bool_
    )
    same(without.evidence, withdrawn.evidence.filter(pa.array(still)), drawn)


def figure_of(row: Row) -> tuple[Any, ...]:
    """What a retraction names: whose figure of what, and the number."""
    number = next(row[name] for name in ("number", "best", "low", "high") if row[name] is not None)
    named = ("areas", "population", "attributed_to", "origin_id")
    return *(row[name] for name in named), row.get("event"), number


@batches(0.2)
def test_a_figure_taken_back_was_never_handed_in(batch: int) -> None:
    drawn, rng = histories(any_measure, batch), random.Random(batch)
    with_retraction, without = [], []
    for rows in drawn:
        back = rng.choice([row for row in rows if row["standard"] != "estimate"] or rows)
        retraction = back | {
            "basis": "retraction", "source_id": rng.choice(NAMED), "period_end": None,
            "published_on": AS_OF, "counted_to": AS_OF, "counted_to_inferred": True,
        }  # fmt: skip
        with_retraction.append([*rows, retraction | {"report_id": report_id(retraction)}])
        without.append([row for row in rows if figure_of(row) != figure_of(back)])
    taken_back = answer(ledger(with_retraction))
    role, named = (taken_back.evidence.column(name).to_pylist() for name in ("role", "report_id"))
    echoes = {name for name, what in zip(named, role, strict=True) if what == "disowned"}
    never = [[row for row in rows if row["report_id"] not in echoes] for rows in without]
    same(taken_back.estimates, answer(ledger(never)).estimates, drawn)


@batches(0.2)
def test_a_figure_that_its_carrier_removed_was_never_carried_by_it_and_nobody_else_loses_it(
    batch: int,
) -> None:
    drawn, rng = histories(any_history, batch), random.Random(batch)
    with_removal, without = [], []
    for rows in drawn:
        back = rng.choice([row for row in rows if row["source_id"] != row["origin_id"]] or rows)
        removal = back | {
            "basis": "removal", "published_on": AS_OF, "counted_to": AS_OF, "counted_to_inferred": True,
        }  # fmt: skip
        with_removal.append([*rows, removal | {"report_id": report_id(removal)}])
        removed = (back["source_id"], *figure_of(back))
        without.append([row for row in rows if (row["source_id"], *figure_of(row)) != removed])
    same(answer(ledger(with_removal)).estimates, answer(ledger(without)).estimates, drawn)


@batches(0.2)
def test_dates_that_all_shift_together_do_not_matter(batch: int) -> None:
    drawn, later = histories(any_measure, batch), dt.timedelta(17)

    def shifted(table: pa.Table) -> pa.Table:
        rows = [
            {name: value + later if isinstance(value, dt.date) else value for name, value in row.items()}
            for row in table.to_pylist()
        ]
        return pa.Table.from_pylist(rows, schema=table.schema)

    world = small_world(BATCH)
    other = dataclasses.replace(world, crisis=shifted(world.crisis).cast(CRISIS))
    reports = ledger(drawn)
    found = answer(shifted(reports), other, AS_OF + later)
    same(shifted(answer(reports).estimates), found.estimates, drawn)
