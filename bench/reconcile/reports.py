"""Reports of any number, shaped like those of the first crisis, drawn column by column.

A crisis has about a hundred reports of 14 cells: a region, two governorates and four districts, for civilians
and for all, the larger places far more often. Six origins (two monitors, a government body, two agencies, a
party) count at their own rate; four in ten reports are the origin's own, the rest carried by forty outlets.
One report in five is worded as a floor, one in twenty carries an earlier day's figure, one in fifty a wrong
number. Carriers of one origin's figure of one day and cell carry the same number.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from bench.accuracy.gazetteer import Places, reference
from bench.accuracy.worlds import World
from service.schema.records import Reference
from service.schema.tables import LEDGER_REPORT

START = dt.date(2031, 1, 1)
PER_CRISIS = 100
AREAS = ("x-whole", "G1", "G2", "G1D1", "G1D2", "G2D1", "G2D2")
SHARE = np.array([0.40, 0.18, 0.14, 0.10, 0.08, 0.06, 0.04])
SIZE = np.array([1.0, 0.55, 0.4, 0.25, 0.2, 0.2, 0.1])
POPULATIONS = ("civilians", "all")
ORIGINS = ("monitor-1", "monitor-2", "government-1", "media-1", "media-2", "party-1")
RATE = np.array([1.0, 0.9, 0.75, 0.95, 0.8, 1.3])
OUTLETS = 40
DAYS = 30


def draw(rows: int, seed: int = 0) -> tuple[pa.Table, Reference]:
    """``rows`` LEDGER_REPORT rows and the reference data they need; equal arguments, equal tables."""
    rng = np.random.default_rng([seed, rows])
    crises = -(-rows // PER_CRISIS)
    crisis = np.arange(rows) // PER_CRISIS
    area = rng.choice(len(AREAS), rows, p=SHARE)
    civilians = rng.random(rows) < 0.7
    origin = rng.choice(len(ORIGINS), rows, p=[0.35, 0.2, 0.12, 0.13, 0.1, 0.1])
    day = np.minimum(rng.exponential(7, rows), DAYS - 1).astype(int)
    toll = (300 * np.exp(rng.standard_normal(crises)))[crisis]
    counted = np.where(rng.random(rows) < 0.05, np.maximum(day - 3, 0), day)
    number = (
        toll * SIZE[area] * np.where(civilians, 0.8, 1.0) * RATE[origin] * (1 - np.exp(-(counted + 1) / 6))
    )
    number = np.where(rng.random(rows) < 0.02, number * rng.choice([0.1, 0.5, 10], rows), number)
    number = np.maximum(number.astype(np.int64), 1)
    own = rng.random(rows) < 0.4
    outlet = rng.integers(0, OUTLETS, rows)
    dated = own | (rng.random(rows) < 0.7)
    published = day + np.where(own, 0, rng.integers(0, 4, rows))
    floor = rng.random(rows) < 0.2
    start = (START - dt.date(1970, 1, 1)).days
    exact = pa.array(number, mask=floor)
    published_on = _dates(start + published)
    names = (*ORIGINS, *(f"outlet-{n}" for n in range(OUTLETS)))
    columns = {
        "report_id": _texts(np.arange(rows), [f"b{n:08}" for n in range(rows)]),
        "crisis_id": _texts(crisis, [f"crisis-{n:06}" for n in range(crises)]),
        "source_id": _texts(np.where(own, origin, len(ORIGINS) + outlet), names),
        "origin_id": _texts(origin, ORIGINS),
        "published_on": published_on,
        "counted_to": _dates(start + np.where(dated, day, published)),
        "counted_to_inferred": pa.array(~dated),
        "period_start": _dates(np.full(rows, start)),
        "areas": _texts(area, AREAS),
        "measure": _texts(np.zeros(rows, int), ("killed",)),
        "population": _texts(np.where(civilians, 0, 1), POPULATIONS),
        "basis": _texts(np.zeros(rows, int), ("cumulative",)),
        "low": pa.array(number),
        "best": exact,
        "high": exact,
        "number": pa.array(number),
        "standard": _texts(origin, ("documented", "documented", "official", *["unverified"] * 3)),
        "known_on": published_on,
        "recorded_at": pa.array(np.zeros(rows, "datetime64[us]")),
        "seq": pa.array(np.ones(rows, np.int64)),
        "row": pa.array(np.arange(1, rows + 1)),
    }
    blank = _texts(np.zeros(rows, int), ("",))
    arrays = [
        columns.get(field.name, pa.nulls(rows, field.type) if field.nullable else blank)
        for field in LEDGER_REPORT
    ]
    return pa.Table.from_arrays(arrays, schema=LEDGER_REPORT), _reference(crises)


def _reference(crises: int) -> Reference:
    world = World("speed", governorates=2, districts=2, monitors=2, officials=1, media=2, parties=1)
    place = Places("x-whole", ("G1", "G2"), ("G1D1", "G1D2", "G2D1", "G2D2"), ())
    return reference(world, place, [f"crisis-{n:06}" for n in range(crises)], START)


def _texts(codes: np.ndarray, words: tuple[str, ...] | list[str]) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(codes))


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())
