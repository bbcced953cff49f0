"""Every cell of the shipped crisis, five days of knowledge: no fall, no part above its whole, one answer."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import httpx
import pytest

from service.api import Ledger
from service.client.sync import RemoteLedger
from service.reference.containment import Containment, attribution_holds, beginning_holds
from service.vocabulary import is_stock

DAYS = ("2025-03-10", "2025-03-12", "2025-04-15", "2025-07-30", "2026-11-22")
CELL = ("area_code", "measure", "population", "attributed_to", "period_start")
EVERYTHING = {"crisis": "syria-coast-2025-03", "attributed_to": "any", "period_start": "any"}
BOUNDS = ("low", "best", "high")
CELLS_A_DAY = 8
"""So many cells a day are asked about one by one, spread over all of them."""

Row = dict[str, Any]
Cells = dict[tuple[Any, ...], list[Row]]


def cells_of(rows: list[Row]) -> Cells:
    """The rows of each cell, in the order of days."""
    found: Cells = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in CELL)].append(row)
    return found


def at(rows: list[Row], day: dt.date) -> Row | None:
    """The row of a cell that stands on a day."""
    return next((row for row in reversed(rows) if row["date"] <= day), None)


@pytest.fixture(scope="module", params=DAYS)
def answered(request: pytest.FixtureRequest, ledger: Ledger) -> tuple[str, Cells]:
    rows = ledger.series(arrow=True, as_of=request.param, **EVERYTHING).to_pylist()
    return request.param, cells_of(rows)


def test_no_running_total_falls_from_one_day_to_the_next(answered: tuple[str, Cells]) -> None:
    totals = {cell: rows for cell, rows in answered[1].items() if not is_stock(cell[1])}
    assert totals
    for cell, rows in totals.items():
        for name in BOUNDS:
            values = [row[name] for row in rows if row[name] is not None]
            assert values == sorted(values), (cell, name)


def test_no_part_is_above_its_whole(answered: tuple[str, Cells], ledger: Ledger) -> None:
    day, cells = answered
    containment = Containment.of(ledger.reference())
    days = sorted({row["date"] for rows in cells.values() for row in rows})
    pairs = 0
    for part, part_rows in cells.items():
        for whole, whole_rows in cells.items():
            holds = (
                part != whole
                and part[1] == whole[1]
                and containment.holds(whole[0], part[0])
                and containment.population_holds(whole[2], part[2])
                and attribution_holds(whole[3], part[3])
                and beginning_holds(whole[4], part[4])
            )
            for on in days if holds else ():
                inner, outer = at(part_rows, on), at(whole_rows, on)
                if inner is None or outer is None:
                    continue
                for name in BOUNDS:
                    if inner[name] is not None and outer[name] is not None:
                        pairs += 1
                        assert inner[name] <= outer[name], (day, on, name, part, whole)
    assert pairs > 1000


def test_every_verb_says_the_same_of_a_cell(
    answered: tuple[str, Cells], ledger: Ledger, server: str, client: httpx.Client
) -> None:
    day, cells = answered
    named = sorted(cells, key=str)
    for cell in named[:: max(1, len(named) // CELLS_A_DAY)]:
        asked = {
            "crisis": EVERYTHING["crisis"], "as_of": day, "area": cell[0], "measure": cell[1],
            "population": cell[2], "attributed_to": cell[3],
            "period_start": cell[4] and cell[4].isoformat(),
        }  # fmt: skip
        rows = cells[cell]
        for verb in ("series", "bounds"):
            assert ledger.ask(verb, **asked).table.to_pylist() == rows, (verb, asked)
        assert ledger.figures(arrow=True, **asked).to_pylist() == rows[-1:]
        with RemoteLedger(server) as remote:
            assert remote.series(arrow=True, **asked).to_pylist() == rows
        over_http = client.get("/v1/series.json", params=asked).json()["data"]
        assert [tuple(row[name] for name in BOUNDS) for row in over_http] == [
            tuple(row[name] for name in BOUNDS) for row in rows
        ]
        if rows[-1]["best"] is not None:
            whole = ledger.parts(arrow=True, **asked).to_pylist()[0]
            assert tuple(whole[name] for name in BOUNDS) == tuple(rows[-1][name] for name in BOUNDS)
