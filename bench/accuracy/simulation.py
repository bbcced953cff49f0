"""What would be published about a crisis whose true toll we know?

The generator, in full. ``simulate(world, seeds)`` gives one ``Simulated``: reports as the ledger would hand
them out (LEDGER_REPORT), the reference they need, and the true toll of every place set that is spoken
about, by population and day. A crisis is drawn in four steps, each from its own seed.

1. **Deaths.** The true total is log-normal around ``toll`` (sigma 0.7). Days: a gamma-shaped rise and fall
   over ``active_days``. Places: Dirichlet(0.8) over the leaves, which are the districts and, in each
   governorate, "elsewhere". Parts: men, women, children (civilians) and fighters, Dirichlet(8, 2.2, 1.8,
   5). Every (leaf, part, day) is Poisson. In a ``disaster`` nearly all die on the first day and nobody is a
   fighter; an ``ongoing`` crisis has waves over all days.
2. **Counting.** No origin ever learns of ``hidden`` of the deaths (the same ones for all). Of the others an
   origin counts a share drawn per leaf from Beta(p, 1-p; strength 30), p by kind: monitor ``detection``,
   official 0.9 of it, media 0.75, party 1.0, verifier 0.6; each counted death is counted after a geometric
   delay of mean ``delay`` days (media half as much again, verifiers four times, the ``missing`` ten times).
   Parties multiply what they count by 1.1-1.8. With chance ``revision`` an origin has 3-12 % too many until
   a day on which it corrects itself, with chance ``overcount`` a monitor or a government 20-150 % for
   weeks; with chance ``drift`` its "civilians" takes in 20-60 % of its fighters from some day on (two times
   in three) or leaves out 10-30 % of civilians.
3. **Speaking.** Each origin has a menu of place sets and populations: always the whole, some governorates,
   districts and sub-populations; ``joint`` of the menu are sets of two or three districts. On a day of the
   violence it speaks with chance ``pace``, halving every ten days afterwards (an ongoing crisis has no
   afterwards), and gives its running totals for that day: exact, "at least", "over" (rounded down to ten)
   or "about" (two digits), by ``floors`` and ``rounded``. Figures of zero are not published. What a
   verifier says is a minimum. With chance ``late`` an origin gives one last count of nearly all, two to
   seven months on.
4. **Carrying.** The origin publishes half of its statements itself. Poisson(``carriers``) outlets carry
   each one, within three days. A carrier may print the origin's previous figure (``stale``), slip in a
   digit (``slip``), give the figure to a smaller place or another population (``misplaced``), leave out the
   day counted to (``undated``: the day of publication is taken), or print it as its own (``unnamed``).
   Poisson(``outliers``) nameless claims of two to four times the toll go round, in five outlets each.

The kind of a crisis is known to the reference data four times in five, the end of one that ended three
times in four. What it leaves out: incident-level matching, bodies identified later, and collusion between
origins. Truth here is deaths up to the day, known to nobody.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from bench.accuracy.gazetteer import STANDARDS, Places, places, reference
from bench.accuracy.worlds import World
from service.schema.records import Reference
from service.schema.tables import LEDGER_REPORT

START = dt.date(2031, 1, 1)
DAYS = 90
PARTS = ("men", "women", "children", "fighters")
POPULATIONS = {
    "all": np.array([1, 1, 1, 1]),
    "civilians": np.array([1, 1, 1, 0]),
    "women": np.array([0, 1, 0, 0]),
    "children": np.array([0, 0, 1, 0]),
    "combatants": np.array([0, 0, 0, 1]),
}
KIND = {
    "monitor": (1.0, 1.0), "government": (0.9, 1.0), "media": (0.75, 1.5), "party": (1.0, 1.0),
    "un": (0.6, 4.0),
}  # fmt: skip
"""kind -> share of ``detection``, share of ``delay``."""
OUTLETS = 40
NOBODY = "nobody"
"""The origin of claims that have none."""
EPOCH = dt.date(1970, 1, 1)


@dataclasses.dataclass(frozen=True)
class Simulated:
    """Reports of many crises of one world, their reference data, and the truth nobody in them knows.

    Of an ongoing crisis nothing is known beyond the DAYS; all others have ended by then.
    """

    world: World
    reports: pa.Table
    reference: Reference
    truth: dict[tuple[str, str, str], np.ndarray]
    """(crisis, place set, population) -> true toll on each of the DAYS days."""


@dataclasses.dataclass(frozen=True)
class Statement:
    """One figure of one origin about one cell."""

    origin: str
    areas: str
    population: str
    day: int
    wording: str
    value: int


def simulate(world: World, seeds: Iterable[int]) -> Simulated:
    """One crisis a seed. Equal arguments give equal tables, byte for byte."""
    place = places(world)
    rows: list[dict[str, Any]] = []
    truth: dict[tuple[str, str, str], np.ndarray] = {}
    for seed in seeds:
        crisis = f"sim-{world.name.replace(' ', '-')}-{seed}"
        rng = [np.random.default_rng([seed, step]) for step in range(4)]
        deaths = draw_deaths(world, place, rng[0])
        origins = draw_origins(world)
        said = [
            statement
            for index, who in enumerate(origins)
            for statement in speak(world, place, deaths, who, np.random.default_rng([seed, 10, index]))
        ]
        rows += [{"crisis_id": crisis, **row} for row in carry(world, place, deaths, said, rng[3])]
        for areas in {str(row["areas"]) for row in rows if row["crisis_id"] == crisis}:
            for population, parts in POPULATIONS.items():
                daily = np.einsum("lpd,l,p->d", deaths, place.holds(areas), parts)
                truth[crisis, areas, population] = np.cumsum(daily)
    crises = sorted({key[0] for key in truth})
    about = {crisis: _known_of(world, crisis) for crisis in crises}
    return Simulated(world, _table(rows), reference(world, place, crises, START, about), truth)


def _known_of(world: World, crisis: str) -> dict[str, Any]:
    """What the reference data know of a crisis besides its beginning."""
    has_kind, has_end = np.random.default_rng([*crisis.encode()]).random(2) < (0.8, 0.75)
    known: dict[str, Any] = {"kind": world.kind} if has_kind else {}
    if has_end and world.kind == "sudden":
        known["ended_on"] = START + dt.timedelta(world.active_days - 1)
    return known


def draw_deaths(world: World, place: Places, rng: np.random.Generator) -> np.ndarray:
    """Step 1: true deaths by (leaf, part, day)."""
    total = world.toll * np.exp(0.7 * rng.standard_normal())
    when = (np.arange(world.active_days) + 0.5) / world.active_days * 6
    profile = when ** rng.uniform(0.3, 1.5) * np.exp(-when)
    if world.disaster:
        profile = 0.05 ** np.arange(world.active_days)
    day = np.zeros(DAYS)
    day[: world.active_days] = profile / profile.sum()
    if world.kind == "ongoing":
        waves = np.exp(np.convolve(rng.standard_normal(DAYS), np.exp(-np.arange(30) / 6))[:DAYS] * 0.3)
        day = waves / waves.sum()
    leaf = rng.dirichlet(np.full(len(place.leaves), 0.8))
    shares = [5, 5, 4, 0.05] if world.disaster else [8, 2.2, 1.8, 5]
    part = np.stack([rng.dirichlet(shares) for _ in place.leaves])
    return rng.poisson(total * leaf[:, None, None] * part[:, :, None] * day[None, None, :])


def draw_origins(world: World) -> list[tuple[str, str]]:
    """Who counts, with the kind of each. The same ids in every crisis of a world."""
    wanted = (("monitor", world.monitors), ("government", world.officials), ("media", world.media),
              ("party", world.parties), ("un", world.verifiers))  # fmt: skip
    return [(f"{kind}-{n}", kind) for kind, count in wanted for n in range(1, count + 1)]


def count(
    world: World, deaths: np.ndarray, kind: str, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Step 2: what the origin has counted by each day, by (leaf, part, day), and its double counts by day."""
    share, slowness = KIND[kind]
    p = np.clip(world.detection * share, 0.05, 0.99)
    leafwise = rng.beta(30 * p, 30 * (1 - p), size=deaths.shape[0])
    found = rng.binomial(deaths, (leafwise * (1 - world.hidden))[:, None, None])
    daily = 1 / (1 + world.delay * slowness)
    lost = rng.binomial(found, world.missing) if world.missing else np.zeros_like(found)
    counted = _count_slowly(found - lost, daily, rng)
    if world.missing:
        counted += _count_slowly(lost, daily / 10, rng)
    known = np.cumsum(counted, axis=2).astype(float)
    if kind == "party":
        known *= rng.uniform(1.1, 1.8)
    doubled = np.ones(DAYS)
    if rng.random() < world.revision:
        doubled[: rng.integers(4, 30)] = 1 + rng.uniform(0.03, 0.12)
    if kind in {"monitor", "government"} and world.overcount and rng.random() < world.overcount:
        doubled[: rng.integers(10, 45)] *= rng.uniform(1.2, 2.5)
    return known, doubled


def _count_slowly(found: np.ndarray, daily: float, rng: np.random.Generator) -> np.ndarray:
    """When each of those who are found is counted: every day with the same chance."""
    counted = np.zeros_like(found)
    for lag in range(DAYS):
        now = rng.binomial(found, daily)
        counted[:, :, lag:] += now[:, :, : DAYS - lag]
        found = found - now
    return counted


def speak(
    world: World, place: Places, deaths: np.ndarray, who: tuple[str, str], rng: np.random.Generator
) -> list[Statement]:
    """Step 3: the statements of an origin (id, kind), in the order of their days."""
    origin, kind = who
    known, doubled = count(world, deaths, kind, rng)
    drifts = rng.choice(3, p=[1 - world.drift, world.drift * 2 / 3, world.drift / 3])
    since, extent = int(rng.integers(2, 25)), rng.uniform(0.2, 0.6)
    menu = _menu(world, place, rng)
    said = []
    for day in range(DAYS):
        quiet = 0 if world.kind == "ongoing" else max(0, day - world.active_days)
        if rng.random() > world.pace * 0.5 ** (quiet / 10):
            continue
        for areas, population in menu:
            if rng.random() > 0.7:
                continue
            parts = POPULATIONS[population].astype(float)
            if population == "civilians" and day >= since and drifts:
                parts = (
                    parts * (1 - extent / 2) if drifts == 2 else parts + extent * POPULATIONS["combatants"]
                )
            value = int(doubled[day] * np.einsum("lp,l,p->", known[:, :, day], place.holds(areas), parts))
            wording = rng.choice(
                ["exact", "at least", "over", "about"],
                p=_chances(world.floors, world.floors / 2, world.rounded),
            )
            if value > 0:
                said.append(Statement(origin, areas, population, day, str(wording), value))
    return said + (_last_count(world, place, deaths, (origin, menu), rng) if world.late else [])


def _last_count(
    world: World, place: Places, deaths: np.ndarray, who: tuple[str, list[tuple[str, str]]],
    rng: np.random.Generator,
) -> list[Statement]:  # fmt: skip
    """One last count of nearly everyone who can be found, months later, or none."""
    origin, menu = who
    if rng.random() >= world.late or origin.startswith("un-"):
        return []
    day, share = int(rng.integers(60, 210)), (1 - world.hidden) * rng.uniform(0.93, 1.0)
    tolls = [
        int(share * np.einsum("lpd,l,p->", deaths, place.holds(areas), POPULATIONS[population]))
        for areas, population in menu
    ]
    return [
        Statement(origin, areas, population, day, "exact", toll)
        for (areas, population), toll in zip(menu, tolls, strict=True)
        if toll
    ]


def _chances(*others: float) -> list[float]:
    return [max(0.0, 1 - sum(others)), *(o / max(1.0, sum(others)) for o in others)]


def _menu(world: World, place: Places, rng: np.random.Generator) -> list[tuple[str, str]]:
    headline = "civilians" if rng.random() < 0.6 else "all"
    menu = [(place.whole, headline)]
    menu += [(place.whole, p) for p in POPULATIONS if p != headline and rng.random() < 0.35]
    menu += [(a, headline) for a in place.governorates if rng.random() < 0.6]
    menu += [(a, headline) for a in place.districts if rng.random() < 0.3]
    for _ in range(rng.binomial(len(menu), world.joint)):
        size = min(len(place.districts), int(rng.integers(2, 4)))
        menu.append(("|".join(sorted(rng.choice(place.districts, size=size, replace=False))), headline))
    return menu


def carry(
    world: World, place: Places, deaths: np.ndarray, said: list[Statement], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Step 4: the reports that reach the public, one row per carrier and statement."""
    rows = []
    before: dict[tuple[str, str, str], Statement] = {}
    for statement in said:
        key = (statement.origin, statement.areas, statement.population)
        if rng.random() < 0.5:
            rows.append(_row(statement, statement.origin, statement.origin, statement.day, dated=True))
        for outlet in rng.choice(OUTLETS, size=min(OUTLETS, rng.poisson(world.carriers)), replace=False):
            told = before.get(key, statement) if rng.random() < world.stale else statement
            told = _distorted(world, place, told, rng)
            source = f"outlet-{outlet}"
            origin = source if rng.random() < world.unnamed else statement.origin
            published = statement.day + int(rng.choice(4, p=[0.5, 0.3, 0.15, 0.05]))
            dated = told is not statement or rng.random() >= world.undated
            dated = dated and told.day == statement.day
            rows.append(_row(told, source, origin, published, dated=dated))
        before[key] = statement
    toll = np.cumsum(deaths.sum(axis=(0, 1)))
    for _ in range(rng.poisson(world.outliers)):
        day = int(rng.integers(2, 30))
        claim = Statement(NOBODY, place.whole, "all", day, "at least", int(toll[day] * rng.uniform(2, 4)) + 1)
        rows += [
            _row(claim, f"outlet-{o}", NOBODY, day + 1, dated=False) for o in rng.choice(OUTLETS, 5, False)
        ]
    return rows


def _distorted(world: World, place: Places, told: Statement, rng: np.random.Generator) -> Statement:
    """The statement as a careless carrier prints it, most often unchanged."""
    luck = rng.random()
    if luck < world.slip:
        digits = str(told.value)
        if len(digits) > 1 and rng.random() < 0.6:
            at = int(rng.integers(0, len(digits) - 1))
            digits = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        else:
            digits = digits + "0" if rng.random() < 0.5 else digits[:-1] or "1"
        return dataclasses.replace(told, value=max(1, int(digits)))
    if luck < world.slip + world.misplaced:
        if told.areas == place.whole and rng.random() < 0.6:
            return dataclasses.replace(told, areas=str(rng.choice(place.governorates)))
        other = {"civilians": "all", "all": "civilians"}.get(told.population, "civilians")
        return dataclasses.replace(told, population=other)
    return told


def _row(told: Statement, source: str, origin: str, published: int, *, dated: bool) -> dict[str, Any]:
    """A report row without its crisis and its place in the ledger."""
    value = told.value
    if told.wording == "about":
        unit = 10 ** max(0, len(str(value)) - 2)
        value = round(value / unit) * unit
    if told.wording == "over":
        value = value // 10 * 10 if value >= 20 else max(0, value - 1)
    low, best, high = {
        "exact": (value, value, value),
        "at least": (value, None, None),
        "over": (value + 1, None, None),
        "about": (int(np.ceil(0.9 * value)), value, int(1.1 * value)),
    }[told.wording]
    return {
        "source_id": source, "origin_id": origin, "published_on": published,
        "counted_to": told.day if dated else published, "counted_to_inferred": not dated,
        "areas": told.areas, "population": told.population, "low": low, "best": best, "high": high,
        "number": value, "count_stated": f"{told.wording} {value}",
        "standard": STANDARDS.get(origin.partition("-")[0], "unverified"),
    }  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    """LEDGER_REPORT rows, in order of publication."""
    rows = sorted(rows, key=lambda row: (row["crisis_id"], row["published_on"]))
    n = len(rows)
    start = (START - EPOCH).days
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("published_on", "counted_to"):
        columns[name] = pa.array(np.array(columns[name], dtype=np.int32) + start).cast(pa.date32())
    columns |= {
        "report_id": [f"s{place:08}" for place in range(n)],
        "known_on": columns["published_on"],
        "period_start": pa.array(np.full(n, start, dtype=np.int32)).cast(pa.date32()),
        "measure": ["killed"] * n,
        "basis": ["cumulative"] * n,
        "area_stated": columns["areas"],
        "recorded_at": pa.array([dt.datetime.combine(START, dt.time())] * n, pa.timestamp("us")),
        "seq": [1] * n,
        "row": list(range(1, n + 1)),
    }
    blank = {f.name: pa.nulls(n, f.type) if f.nullable else pa.array([""] * n) for f in LEDGER_REPORT
             if f.name not in columns}  # fmt: skip
    arrays = {**blank, **columns}
    return pa.table(
        {
            f.name: arrays[f.name]
            if isinstance(arrays[f.name], pa.Array)
            else pa.array(arrays[f.name], f.type)
            for f in LEDGER_REPORT
        },
        schema=LEDGER_REPORT,
    )
