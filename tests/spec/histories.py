"""Random small crises: a few places, people, parties and beginnings, and what origins say of them over days.

``plain_history`` draws running totals of named origins that never contradict themselves; ``any_history``
draws everything that a report can be. Both need nothing but a random generator: a seed reproduces a failure.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from typing import Any

import pyarrow as pa

from service.ingest import parse_count
from service.schema.records import Reference, report_id
from service.schema.tables import CRISIS, WEIGHT
from tests.builders import areas, day, reference, report, sources
from tests.spec.oracle import Oracle, Statement
from tests.spec.world import World

START = day("2025-03-06")
LATER_START = day("2025-03-10")
DAYS = 12
AS_OF = dt.date(2025, 12, 31)
NAMED = ("office", "monitor", "network", "agency", "ministry", "outlet", "committee")
NAMELESS = ("anonymous", "unattributed")
PLACES = (
    "C",
    "C1",
    "C2",
    "C3",
    "C11",
    "C12",
    "C13",
    "C111",
    "C21",
    "C22",
    "C11|C21",
    "C1|C2",
    "C12|C22",
    "C11|C12|C3",
    "r-north",
    "r-east",
)
"""A country, three governorates, districts, a village; sets of places that overlap; regions that do."""
POPULATIONS = ("all", "civilians", "combatants", "women", "children", "alawite_civilians", "security_forces")
PARTIES = ("army", "militia")
CELL = ("areas", "population", "attributed_to", "period_start")
Row = dict[str, Any]


def small_world(crises: int) -> Reference:
    """Return the reference data of so many crises, ``crisis-0000`` and on."""
    place = {
        "C": "",
        "C1": "C",
        "C2": "C",
        "C3": "C",
        "C11": "C1",
        "C12": "C1",
        "C13": "C1",
        "C111": "C11",
        "C21": "C2",
        "C22": "C2",
    }
    kinds = {
        "office": ("un", "verified"),
        "monitor": ("monitor", "documented"),
        "network": ("monitor", "documented"),
        "agency": ("media", "official"),
        "ministry": ("media", "documented"),
        "outlet": ("media", "unverified"),
        "committee": ("un", "unverified"),
        "anonymous": ("anonymous", "unverified"),
        "unattributed": ("anonymous", "unverified"),
    }
    known = reference()
    crisis = known.crisis.to_pylist()[0] | {"whole_area": "C", "featured_areas": "C1"}
    return dataclasses.replace(
        known,
        area=areas(
            *(
                {"area_code": code, "name": code, "level": "district", "parent_code": above}
                for code, above in place.items()
            ),
            {
                "area_code": "r-north",
                "name": "North",
                "level": "region",
                "parent_code": "C",
                "members": "C1|C3",
            },
            {
                "area_code": "r-east",
                "name": "East",
                "level": "region",
                "parent_code": "C",
                "members": "C13|C2",
            },
        ),
        source=sources(
            *(
                {"source_id": who, "name": who, "kind": kind, "usual_standard": standard}
                for who, (kind, standard) in kinds.items()
            )
        ),
        crisis=pa.Table.from_pylist(
            [{**crisis, "crisis_id": f"crisis-{n:04}"} for n in range(crises)], schema=CRISIS
        ),
        weight=pa.Table.from_pylist(known.weight.to_pylist(), schema=WEIGHT),
    )


WORLD = World(small_world(1))
SIZE = {areas: len(WORLD.people_of(areas)) for areas in PLACES}
SHARE = {
    "all": 1.0,
    "civilians": 0.6,
    "combatants": 0.35,
    "women": 0.2,
    "children": 0.15,
    "alawite_civilians": 0.4,
    "security_forces": 0.2,
}


def draw_count(rng: random.Random, number: int) -> str:
    """Return a wording for about so many people."""
    wordings = [str(number)] * 5 + [
        f"at least {number}",
        f"over {number}",
        f"about {number}",
        f"up to {number + 1}",
        f"{number + 1}-{number + rng.randint(2, 2 + number)}",
    ]
    return rng.choice(wordings)


def exactly(number: int) -> Row:
    """Return the fields of an exact number."""
    return {"low": number, "best": number, "high": number, "number": number, "count_stated": str(number)}


def draw_report(
    rng: random.Random, crisis: str, cells: list[tuple[str, str, str, dt.date]], origin: str
) -> Row:
    """Return a running total that an origin gives of one of the cells, in its own publication."""
    place, population, party, begin = rng.choice(cells)
    on = rng.randrange((begin - START).days, DAYS)
    truth = SIZE[place] * SHARE[population] * (0.5 if party else 1) * (3 + on - (begin - START).days)
    stated = draw_count(rng, int(truth * rng.choice((0.3, 0.8, 1, 1, 1.2, 3))) + rng.randint(0, 3))
    return stated_report(
        crisis,
        stated,
        source_id=origin,
        areas=place,
        population=population,
        attributed_to=party,
        period_start=begin,
        published_on=START + dt.timedelta(on),
        standard=WORLD_STANDARD[origin],
    )


WORLD_STANDARD = {row["source_id"]: row["usual_standard"] for row in small_world(1).source.to_pylist()}


def stated_report(crisis: str, stated: str, **fields: Any) -> Row:
    """Return a report whose figure stands in words."""
    count = parse_count(stated)
    row = report(
        crisis_id=crisis,
        low=count.low,
        best=count.best,
        high=count.high,
        number=count.number,
        count_stated=stated,
        **fields,
    )
    return row | {"report_id": report_id(row)}


def draw_cells(rng: random.Random) -> list[tuple[str, str, str, dt.date]]:
    """Return a few cells that have much to do with each other."""
    places = rng.sample(PLACES, rng.randint(1, 5))
    populations = rng.sample(POPULATIONS, rng.randint(1, 3))
    parties = ["", *rng.sample(PARTIES, rng.randint(0, 2))]
    begins = [START, *rng.sample([LATER_START], rng.choice((0, 0, 1)))]
    every = [(a, p, b, s) for a in places for p in populations for b in parties for s in begins]
    return rng.sample(every, min(len(every), rng.randint(1, 6)))


def has_rounding(rows: list[Row]) -> bool:
    """Whether a loose number of an origin has an exact one of that day or before within its width."""
    same = ("origin_id", *CELL)
    return any(
        loose["low"] <= exact["number"] <= loose["high"]
        for exact in rows
        if exact["low"] == exact["high"]
        for loose in rows
        if None not in (loose["low"], loose["high"]) and loose["low"] < loose["high"]
        if exact["counted_to"] <= loose["counted_to"]
        if all(exact[name] == loose[name] for name in same)
    )


def plain_history(rng: random.Random, crisis: str) -> list[Row]:
    """Return running totals of named origins: none contradicts itself, speaks of a cell twice a day, rounds
    an exact count of its own, or comes so near a number given before that it might be a copy of it."""
    cells, origins = draw_cells(rng), rng.sample(NAMED, rng.randint(1, 4))
    rows: list[Row] = []
    numbers: set[int] = set()
    for _ in range(rng.randint(1, 14)):
        row = draw_report(rng, crisis, cells, rng.choice(origins))
        own = {row[name] for name in ("low", "best", "high", "number") if row[name] is not None}
        said = [*rows, row]
        twice = any(
            all(row[name] == other[name] for name in ("origin_id", *CELL, "counted_to")) for other in rows
        )
        if (
            twice
            or own & numbers
            or has_rounding(said)
            or not Oracle(map(Statement.of, said), WORLD).is_consistent()
        ):
            continue
        numbers |= {number + off for number in own for off in (-1, 0, 1)}
        rows = said
    return rows


def any_history(rng: random.Random, crisis: str) -> list[Row]:
    """Return reports of any kind: contradictions, copies, increments, events, undated and nameless claims,
    models."""
    cells, origins = draw_cells(rng), rng.sample((*NAMED, *NAMELESS), rng.randint(1, 5))
    rows: dict[str, Row] = {}
    for _ in range(rng.randint(1, 16)):
        row = draw_report(rng, crisis, cells, rng.choice(origins))
        if rng.random() < 0.3:
            row["source_id"] = rng.choice(NAMED)
        if rng.random() < 0.25:
            row["basis"] = "increment"
            row["period_start"] = row["period_end"] = row["counted_to"]
            if rng.random() < 0.4:
                row["event"] = rng.choice(("e1", "e2", "e3"))
            elif rng.random() < 0.1:
                row |= exactly(-rng.randint(1, 9))
            row["published_on"] += dt.timedelta(rng.choice((0, 0, 3)))
        if rng.random() < 0.1:
            row["standard"] = "estimate"
        if rng.random() < 0.1:
            row["counted_to"] = None
            row["published_on"] = rng.choice((None, row["published_on"]))
        if rng.random() < 0.2 and rows:
            row |= {name: rng.choice(list(rows.values()))[name] for name in ("source_id",)}
            copied = rng.choice(list(rows.values()))
            row |= {name: copied[name] for name in ("low", "best", "high", "number", "count_stated")}
        row["counted_to_inferred"] = row["counted_to"] is None
        row["report_id"] = report_id(row)
        rows[row["report_id"]] = row
    return list(rows.values())


def any_measure(rng: random.Random, crisis: str) -> list[Row]:
    """Return reports of any kind, of a running total or of a stock."""
    measure = rng.choice(("killed", "missing"))
    rows = [row | {"measure": measure} for row in any_history(rng, crisis)]
    return [row | {"report_id": report_id(row)} for row in rows]
