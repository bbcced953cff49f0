"""Can anyone work out a figure again from its evidence alone?

For every row of the shipped crises whose grade is not ``inferred``: the rows of evidence with a weight are
the accounts, their weighted median is the most that the figure may be, and the figure is the greatest count
among those that the cell itself was given (``counted`` or, of a running total, ``superseded``). A row that
was lifted to a part or raised to the sum of its parts is contested and stands above that: parts of it say
why.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from service.intake.seeding import fill_from_seeds
from service.ledger import Store
from service.reconcile import reconcile
from service.reference.containment import Containment, attribution_holds, beginning_holds
from service.schema.records import Reference
from service.schema.tables import CELL
from service.vocabulary import is_stock

DAYS = ("2025-03-09", "2025-03-12", "2026-11-22")
Row = dict[str, Any]
Shipped = tuple[Reference, dict[str, pa.Table]]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    with Store.open(tmp_path_factory.mktemp("explained") / "data") as store:
        fill_from_seeds(store, Path("seeds"))
        yield store.reference(), {day: store.reports(as_of=dt.date.fromisoformat(day)) for day in DAYS}


def cell_of(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in CELL)


def stands(row: Row, day: dt.date) -> bool:
    return bool(row["date"] <= day and (row["until"] is None or day < row["until"]))


def medians(heard: list[Row]) -> list[int]:
    """Return the ends of least weighted distance to the intervals of some evidence, in their order."""

    intervals = [
        (row["weight"], row["low"] or 0, float("inf") if row["high"] is None else row["high"])
        for row in heard
    ]

    def distance(x: int) -> float:
        return sum(weight * (max(low - x, 0) + max(x - high, 0)) for weight, low, high in intervals)

    ends = {
        0,
        *(row["low"] or 0 for row in heard),
        *(row["high"] for row in heard if row["high"] is not None),
    }
    least = min(distance(end) for end in ends)
    return sorted(end for end in ends if distance(end) == least)


def explained(evidence: list[Row], later: int | None) -> int | None:
    """Return the count of a cell that its evidence of one day supports: the greatest that is not above the
    median. Where nobody gives that one any more, and a count and those who only hold the whole weigh the
    same, the least of such counts, unless a ``later`` day comes to fewer."""
    most, *level = medians([row for row in evidence if row["weight"] > 0])
    may_fall = any(is_stock(row["measure"]) for row in evidence)
    roles = ("counted",) if may_fall else ("counted", "superseded")
    counts = [
        (row["best"], row["role"]) for row in evidence if row["role"] in roles and row["best"] is not None
    ]
    below = max((count for count, _ in counts if count <= most), default=None)
    given = [count for count, role in counts if role == "counted"]
    least = min((count for count in given if most < count <= max(level, default=0)), default=None)
    is_left = below not in given and least is not None and (later is None or least <= later)
    return least if is_left else below


def lifted(row: Row, estimates: dict[tuple[Any, ...], list[Row]], containment: Containment) -> bool:
    """Whether a contested row is that of a part of it, or the sum of parts of it that share nobody."""
    parts = []
    for cell, rows in estimates.items():
        crisis, areas, measure, population, party, begin = cell
        is_part = (
            (crisis, measure) == (row["crisis_id"], row["measure"])
            and cell != cell_of(row)
            and containment.holds(row["areas"], areas)
            and containment.population_holds(row["population"], population)
            and attribution_holds(row["attributed_to"], party)
            and beginning_holds(row["period_start"], begin)
        )
        until = [each for each in rows if each["date"] <= row["date"]]
        if is_part and until:
            parts.append(until[-1])
    figures = {part[name] for part in parts for name in ("best", "low")}
    others = ("population", "attributed_to", "period_start")
    for group in (
        [part for part in parts if part["areas"] == row["areas"]],
        [part for part in parts if all(part[name] == row[name] for name in others)],
    ):
        sums = {0}
        for part in group:
            count = part["low"] if part["best"] is None else part["best"]
            sums |= {each + (count or 0) for each in sums}
        figures |= sums
    return row["grade"] == "contested" and row["best"] in figures


@pytest.mark.parametrize("day", DAYS)
def test_every_figure_follows_from_its_evidence(day: str, shipped: Shipped) -> None:
    reference, reports = shipped
    found = reconcile(
        reports[day], reference, as_of=dt.date.fromisoformat(day), method="least-disagreement/2"
    )
    evidence, estimates = defaultdict(list), defaultdict(list)
    for row in found.evidence.to_pylist():
        evidence[cell_of(row)].append(row)
    for row in found.estimates.to_pylist():
        estimates[cell_of(row)].append(row)
    containment, kinds, unexplained = Containment.of(reference), Counter(), []
    for cell, rows in estimates.items():
        lifted_to: set[int] = set()  # what a row was lifted to stands on later days, though its parts grow
        supported: dict[dt.date, int | None] = {}
        for row in reversed(rows):
            later = min((count for count in supported.values() if count is not None), default=None)
            heard = [each for each in evidence[cell] if stands(each, row["date"])]
            supported[row["date"]] = explained(heard, later)
        for row in rows:
            if row["grade"] == "inferred":
                continue
            best = supported[row["date"]]
            if row["best"] == best:
                kinds["as explained"] += 1
            elif row["best"] is None and best is not None and row["low"] > best:
                kinds["at least"] += 1
            elif (
                row["best"] is not None
                and row["best"] > (best or 0)
                and (row["best"] in lifted_to or lifted(row, estimates, containment))
            ):
                lifted_to.add(row["best"])
                kinds["lifted"] += 1
            else:
                unexplained.append((row, best))
    assert not unexplained, (
        len(unexplained),
        kinds,
        [(r["date"], r["low"], r["best"], r["grade"], b) for r, b in unexplained[:3]],
    )
    assert kinds["as explained"] > kinds["at least"] + kinds["lifted"], kinds
