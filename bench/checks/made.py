"""What would a source publish day by day, and what goes wrong in it?

``clean`` makes a season of one source's bulletins: running totals and daily increments of people killed and
injured in four governorates, the totals of their region, quiet weeks and backlogs included. ``FAULTS`` spoils
such a season in one place, each in the way its name says. Everything follows from the seed.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from service.schema.records import report_id
from service.schema.tables import BATCH_REPORT

Row = dict[str, Any]
Fault = Callable[[list[Row], random.Random], list[Row]]

PLACES = ("SY04", "SY05", "SY06", "SY10")
REGION = "x-syrian-coast"
DAYS = 70
BEGIN = dt.date(2025, 3, 6)


def _poisson(rate: float, chance: random.Random) -> int:
    if rate > 50:
        return max(0, round(chance.gauss(rate, math.sqrt(rate))))
    limit, count, product = math.exp(-rate), 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count


def _row(day: dt.date, areas: str, measure: str, count: int, *, is_total: bool) -> Row:
    return {
        "crisis_id": "c", "source_id": "bulletin", "origin_id": "bulletin", "url": "https://example.org/bulletin",
        "published_on": day, "counted_to": day, "counted_to_inferred": False,
        "period_start": BEGIN if is_total else day, "period_end": None if is_total else day,
        "areas": areas, "area_stated": areas, "measure": measure, "population": "all", "attributed_to": "",
        "basis": "cumulative" if is_total else "increment", "low": count, "best": count, "high": count,
        "number": count, "count_stated": str(count), "standard": "documented", "note": "",
    }  # fmt: skip


def clean(chance: random.Random) -> list[Row]:
    """A season in which everything adds up."""
    rows: list[Row] = []
    totals = dict.fromkeys([(place, measure) for place in PLACES for measure in ("killed", "injured")], 0)
    rates = {place: chance.uniform(2, 25) for place in PLACES}
    quiet = chance.randrange(DAYS - 12)
    for number in range(DAYS):
        day = BEGIN + dt.timedelta(days=number)
        for place in PLACES:
            rates[place] = min(60, max(0.5, rates[place] * chance.lognormvariate(0, 0.25)))
            calm = 0.05 if quiet <= number < quiet + 8 and place in PLACES[:2] else 1
            backlog = 8 if chance.random() < 0.01 else 1
            for measure, share in (("killed", 1.0), ("injured", 2.6)):
                count = _poisson(rates[place] * share * calm * backlog, chance)
                totals[place, measure] += count
                rows.append(_row(day, place, measure, count, is_total=False))
                rows.append(_row(day, place, measure, totals[place, measure], is_total=True))
        for measure in ("killed", "injured"):
            whole = sum(totals[place, measure] for place in PLACES)
            rows.append(_row(day, REGION, measure, whole, is_total=True))
    return rows


def set_count(row: Row, count: int) -> None:
    """Give a row another figure."""
    row |= {"low": count, "best": count, "high": count, "number": count, "count_stated": str(count)}


def table(rows: list[Row]) -> pa.Table:
    """The rows as a batch, numbered in their order."""
    placed = [{**row, "report_id": report_id(row), "row": number} for number, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(placed, schema=BATCH_REPORT)


def _pick(
    rows: list[Row], chance: random.Random, *, is_total: bool, at_least: int = 0
) -> tuple[list[Row], int]:
    """One counter of a governorate in the order of its days, and a place in it with days on both sides."""
    wanted = "cumulative" if is_total else "increment"
    place, measure = chance.choice(PLACES), chance.choice(["killed", "injured"])
    series = [r for r in rows if r["areas"] == place and r["measure"] == measure and r["basis"] == wanted]
    inside = [at for at in range(10, DAYS - 12) if series[at]["best"] >= at_least]
    return series, chance.choice(inside or [20])


def _restarts(rows: list[Row], chance: random.Random) -> list[Row]:
    series, at = _pick(rows, chance, is_total=True)
    base = series[at - 1]["best"]
    for row in series[at:]:
        set_count(row, row["best"] - base)
    return [series[at]]


def _falls(rows: list[Row], chance: random.Random) -> list[Row]:
    series, at = _pick(rows, chance, is_total=True, at_least=40)
    less = (
        series[at]["best"]
        - series[at - 1]["best"]
        + max(1, round(series[at]["best"] * chance.uniform(0.02, 0.3)))
    )
    for row in series[at:]:
        set_count(row, max(0, row["best"] - less))
    return [series[at]]


def _slips(rows: list[Row], chance: random.Random) -> list[Row]:
    series, at = _pick(rows, chance, is_total=True, at_least=30)
    value = series[at]["best"]
    digits = str(value)
    pairs = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1] and (i or digits[1] != "0")]
    forms = [value * 10, value // 10]
    if pairs:
        i = chance.choice(pairs)
        forms.append(int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]))
    set_count(series[at], chance.choice(forms))
    return [series[at]]


def _stands_still(rows: list[Row], chance: random.Random) -> list[Row]:
    series, at = _pick(rows, chance, is_total=True, at_least=20)
    held = series[at]["best"]
    spoiled = series[at + 1 : at + 1 + chance.randint(5, 9)]
    for row in spoiled:
        set_count(row, held)
    return spoiled


def _overlaps(rows: list[Row], chance: random.Random) -> list[Row]:
    series, at = _pick(rows, chance, is_total=False)
    series[at]["period_start"] -= dt.timedelta(days=chance.randint(1, 3))
    return [series[at]]


def _missteps(rows: list[Row], chance: random.Random) -> list[Row]:
    series, at = _pick(rows, chance, is_total=False)
    set_count(series[at], series[at]["best"] + chance.randint(1, 9))
    return [series[at]]


def _stands_twice(rows: list[Row], chance: random.Random) -> list[Row]:
    series, at = _pick(rows, chance, is_total=False)
    again = {**series[at], "url": "https://example.org/bulletin?copy"}
    rows.append(again)
    return [again]


def _is_copied(rows: list[Row], chance: random.Random) -> list[Row]:
    is_total = chance.random() < 0.5
    series, at = _pick(rows, chance, is_total=is_total, at_least=12)
    other = _other_measure(rows, series[at])
    set_count(other, series[at]["best"])
    return [series[at], other]


def _is_exchanged(rows: list[Row], chance: random.Random) -> list[Row]:
    is_total = chance.random() < 0.5
    series, at = _pick(rows, chance, is_total=is_total, at_least=12)
    other = _other_measure(rows, series[at])
    one, two = series[at]["best"], other["best"]
    set_count(series[at], two)
    set_count(other, one)
    return [series[at], other]


def _other_measure(rows: list[Row], row: Row) -> Row:
    """The row of the same place, day and basis about the other measure."""
    same = ("areas", "counted_to", "basis")
    return next(r for r in rows if all(r[n] == row[n] for n in same) and r["measure"] != row["measure"])


def _misadds(rows: list[Row], chance: random.Random) -> list[Row]:
    day = BEGIN + dt.timedelta(days=chance.randrange(5, DAYS - 5))
    row = next(r for r in rows if r["areas"] == REGION and r["counted_to"] == day)
    set_count(row, row["best"] + chance.choice([-3, -2, -1, 1, 2, 3]))
    return [row]


FAULTS: dict[str, Fault] = {
    "counter_reset": _restarts,
    "counter_drop": _falls,
    "digit_slip": _slips,
    "stuck_value": _stands_still,
    "period_overlap": _overlaps,
    "step_mismatch": _missteps,
    "duplicate_row": _stands_twice,
    "copied_column": _is_copied,
    "unit_swap": _is_exchanged,
    "sum_mismatch": _misadds,
}
"""What goes wrong, by the code of the check that should say so. Each gives back the rows it spoiled."""
