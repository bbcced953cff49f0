"""Reports of any number, drawn column by column, in three shapes.

**Many small crises** (``draw``), like the first crisis: about a hundred reports each, of 14 cells: a
region, two governorates and four districts, for civilians and for all, the larger places far more often.
**One giant crisis** (``draw_giant``): 500 areas (a region of 20 governorates of districts), 365 days, five
populations. In both six origins (two monitors, a government body, two agencies, a party) count at their own
rate; four in ten reports are the origin's own, the rest carried by forty outlets. One report in five is
worded as a floor, one in twenty carries an earlier day's figure, one in fifty a wrong number. Carriers of
one origin's figure of one day and cell carry the same number. **One small number** (``draw_relayed``): one
outlet relays a monitor's "3" for 500 districts, day after day. **As many voices as reports**
(``draw_voices``): each counts one district once. **A list of incidents** (``draw_events``) of one origin, one
a day for as many days as there are reports.
"""

from __future__ import annotations

import dataclasses
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


GIANT_GOVERNORATES, GIANT_AREAS, GIANT_DAYS = 20, 500, 365
GIANT_POPULATIONS = ("all", "civilians", "women", "children", "combatants")
GIANT_SHARES = np.array([1.0, 0.8, 0.2, 0.15, 0.2])
DISTRICTS = 500


@dataclasses.dataclass(frozen=True)
class Shape:
    """What tells crises of a kind apart: their places (with how many reports and people each has a share of),
    populations and days; the mean day of a report (``pace``, None: any) and of a death (``growth``)."""

    areas: tuple[str, ...]
    share: np.ndarray
    size: np.ndarray
    populations: tuple[str, ...]
    part: np.ndarray
    of_population: np.ndarray
    days: int
    pace: float | None
    growth: float


SMALL = Shape(
    AREAS, SHARE, SIZE, POPULATIONS, np.array([0.8, 1.0]), np.array([0.7, 0.3]), DAYS, pace=7, growth=6
)


def giant() -> Shape:
    """Return the shape of the giant crisis: places of all sizes, reports spread over the whole year."""
    governorates = tuple(f"G{n:02}" for n in range(1, GIANT_GOVERNORATES + 1))
    districts = tuple(f"{g}D{n:02}" for n in range(1, 25) for g in governorates)
    areas = ("x-whole", *governorates, *districts)[:GIANT_AREAS]
    size = np.array([1.0, *[1 / 20] * GIANT_GOVERNORATES, *[1 / 500] * GIANT_AREAS])[:GIANT_AREAS]
    share = np.full(GIANT_AREAS, 1 / GIANT_AREAS)
    return Shape(
        areas,
        share,
        100 * size,
        GIANT_POPULATIONS,
        GIANT_SHARES,
        np.full(5, 0.2),
        GIANT_DAYS,
        400,
        growth=150,
    )


def draw(rows: int, seed: int = 0, per_crisis: int = PER_CRISIS) -> tuple[pa.Table, Reference]:
    """``rows`` LEDGER_REPORT rows of small crises and the reference data they need; equal arguments, equal
    tables."""
    place = Places("x-whole", ("G1", "G2"), ("G1D1", "G1D2", "G2D1", "G2D2"), ())
    reports = _draw(SMALL, rows, seed, per_crisis)
    return reports, _reference(place, -(-rows // per_crisis))


def draw_giant(rows: int, seed: int = 0) -> tuple[pa.Table, Reference]:
    """``rows`` LEDGER_REPORT rows of the giant crisis and the reference data they need."""
    shape = giant()
    governorates = shape.areas[1 : 1 + GIANT_GOVERNORATES]
    place = Places("x-whole", governorates, shape.areas[1 + GIANT_GOVERNORATES :], ())
    return _draw(shape, rows, seed, rows), _reference(place, 1)


def draw_relayed(rows: int) -> tuple[pa.Table, Reference]:
    """``rows`` LEDGER_REPORT rows of one outlet that relays one small number, district by district and day by
    day, and the reference data they need."""
    districts = tuple(f"G1D{n:03}" for n in range(DISTRICTS))
    n = np.arange(rows)
    day, zeros = n // DISTRICTS, np.zeros(rows, int)
    reports = _table(
        rows,
        crisis=zeros, source=np.full(rows, len(ORIGINS)), origin=zeros, published=day, day=day,
        dated=np.ones(rows, bool), area=n % DISTRICTS, areas=districts, population=zeros,
        populations=("civilians",), number=np.full(rows, 3), floor=np.zeros(rows, bool),
    )  # fmt: skip
    return reports, _reference(Places("x-whole", ("G1",), districts, ()), 1)


def draw_voices(rows: int) -> tuple[pa.Table, Reference]:
    """``rows`` LEDGER_REPORT rows of one district on thirty days, each by an origin of its own that counts as
    it will, and the reference data they need."""
    rng, zeros = np.random.default_rng(9), np.zeros(rows, int)
    day = rng.integers(0, DAYS, rows)
    reports = _table(
        rows,
        crisis=zeros, source=zeros, origin=zeros, published=day, day=day, dated=np.ones(rows, bool),
        area=zeros, areas=("G1D1",), population=zeros, populations=("civilians",),
        number=rng.integers(100, 200, rows), floor=np.zeros(rows, bool),
    )  # fmt: skip
    voices = pa.array([f"voice-{n:06}" for n in range(rows)])
    for name in ("source_id", "origin_id"):
        reports = reports.set_column(reports.schema.get_field_index(name), name, voices)
    return reports, _reference(Places("x-whole", ("G1",), ("G1D1",), ()), 1)


def draw_events(rows: int) -> tuple[pa.Table, Reference]:
    """``rows`` LEDGER_REPORT rows of one origin that lists an incident a day, in two districts and in their
    governorate, and the reference data they need."""
    n, zeros = np.arange(rows), np.zeros(rows, int)
    places = ("G1", "G1D1", "G1D2")
    reports = _table(
        rows,
        crisis=zeros, source=zeros, origin=zeros, published=n, day=n, dated=np.ones(rows, bool),
        area=n % len(places), areas=places, population=zeros, populations=("civilians",),
        number=n % 7 + 1, floor=np.zeros(rows, bool),
    )  # fmt: skip
    own = {
        "event": pa.array([f"e{number}" for number in range(rows)], pa.string()),
        "basis": pa.array(["increment"] * rows, pa.string()),
        "period_start": reports["counted_to"],
    }
    for name, values in own.items():
        at = reports.schema.get_field_index(name)
        reports = reports.set_column(at, reports.schema.field(at), values.cast(reports.schema.field(at).type))
    return reports, _reference(Places("x-whole", places[:1], places[1:], ()), 1)


def _draw(shape: Shape, rows: int, seed: int, per_crisis: int) -> pa.Table:
    rng = np.random.default_rng([seed, rows])
    crisis = np.arange(rows) // per_crisis
    area = rng.choice(len(shape.areas), rows, p=shape.share)
    population = np.searchsorted(np.cumsum(shape.of_population), rng.random(rows), side="right")
    population = np.minimum(population, len(shape.populations) - 1)
    origin = rng.choice(len(ORIGINS), rows, p=[0.35, 0.2, 0.12, 0.13, 0.1, 0.1])
    if shape.pace is None:
        day = rng.integers(0, shape.days, rows)
    else:
        day = np.minimum(rng.exponential(shape.pace, rows), shape.days - 1).astype(int)
    toll = (300 * np.exp(rng.standard_normal(int(crisis[-1]) + 1 if rows else 0)))[crisis]
    counted = np.where(rng.random(rows) < 0.05, np.maximum(day - 3, 0), day)
    so_far = 1 - np.exp(-(counted + 1) / shape.growth)
    number = toll * shape.size[area] * shape.part[population] * RATE[origin] * so_far
    number = np.where(rng.random(rows) < 0.02, number * rng.choice([0.1, 0.5, 10], rows), number)
    own = rng.random(rows) < 0.4
    outlet = rng.integers(0, OUTLETS, rows)
    return _table(
        rows,
        crisis=crisis, source=np.where(own, origin, len(ORIGINS) + outlet), origin=origin,
        dated=own | (rng.random(rows) < 0.7), day=day,
        published=day + np.where(own, 0, rng.integers(0, 4, rows)), area=area, areas=shape.areas,
        population=population, populations=shape.populations,
        number=np.maximum(number.astype(np.int64), 1), floor=rng.random(rows) < 0.2,
    )  # fmt: skip


def _table(
    rows: int,
    *,
    crisis: np.ndarray,
    source: np.ndarray,
    origin: np.ndarray,
    published: np.ndarray,
    day: np.ndarray,
    dated: np.ndarray,
    area: np.ndarray,
    areas: tuple[str, ...],
    population: np.ndarray,
    populations: tuple[str, ...],
    number: np.ndarray,
    floor: np.ndarray,
) -> pa.Table:
    """LEDGER_REPORT rows from columns of numbers; sources are ORIGINS, then outlets."""
    start = (START - dt.date(1970, 1, 1)).days
    exact = pa.array(number, mask=floor)
    published_on = _dates(start + published)
    names = (*ORIGINS, *(f"outlet-{n}" for n in range(OUTLETS)))
    zeros = np.zeros(rows, int)
    columns = {
        "report_id": _texts(np.arange(rows), [f"b{n:08}" for n in range(rows)]),
        "crisis_id": _texts(crisis, [f"crisis-{n:06}" for n in range(int(crisis.max(initial=0)) + 1)]),
        "source_id": _texts(source, names),
        "origin_id": _texts(origin, ORIGINS),
        "published_on": published_on,
        "counted_to": _dates(start + np.where(dated, day, published)),
        "counted_to_inferred": pa.array(~dated),
        "period_start": _dates(start + zeros),
        "areas": _texts(area, areas),
        "measure": _texts(zeros, ("killed",)),
        "population": _texts(population, populations),
        "basis": _texts(zeros, ("cumulative",)),
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
    blank = _texts(zeros, ("",))
    arrays = [
        columns.get(field.name, pa.nulls(rows, field.type) if field.nullable else blank)
        for field in LEDGER_REPORT
    ]
    return pa.Table.from_arrays(arrays, schema=LEDGER_REPORT)


def _reference(place: Places, crises: int) -> Reference:
    world = World("speed", monitors=2, officials=1, media=2, parties=1)
    return reference(world, place, [f"crisis-{n:06}" for n in range(crises)], START)


def _texts(codes: np.ndarray, words: tuple[str, ...] | list[str]) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(codes))


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())
