"""A made-up world in the layout of UCDP's Georeferenced Event Dataset: who could be killed where, and when.

350,000 events of 35 years in 130 countries and 900 conflicts. As in the data set, a few conflicts have most
of the events, most events are of one or two people, and later years have more. The events of the last two
years come first as candidates, month by month, a third of them with another number than the final release of
that year, which lists the same ids. No number here is anybody's; equal arguments give equal files.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pycountry

from service.reference.world import country_areas
from service.schema.tables import AREA

FIRST_YEAR, YEARS = 1990, 35
CANDIDATE_YEARS = 2
COUNTRIES, CONFLICTS = 130, 900
REVISED, CIVILIANS = 0.35, 0.3
"""The share of candidates that the final release gives otherwise, and of events that count civilians."""
KNOWN_TO_SEEDS = frozenset({"SY", "LB", "LY", "EG", "PS", "IL", "IQ", "RU", "MT"})
"""Countries of which an installation has places already."""
MAPPING = """# The made-up world: the layout of the GED, with two of its counts and the day of each release.
title = "Made-up events in the layout of the UCDP GED"

[fields]
crisis = "{conflict_name}"
source = "ucdp"
url = "https://example.org/events/{id}"
published_on = "{published_on}"
period_start = "{date_start}"
period_end = "{date_end}"
areas = { by = "where_prec", 4 = "{adm_1}", 6 = "{country}" }
place_precision = { by = "where_prec", 4 = "province", 6 = "country" }
measure = "killed"
basis = "increment"
event = "{id}"
standard = "documented"

[[figure]]
best = "{best}"
low = "{low}"
high = "{high}"
population = "all"

[[figure]]
count = "{deaths_civilians}"
population = "civilians"

[[register.source]]
source_id = "ucdp"
name = "A made-up event data set"
kind = "monitor"
usual_standard = "documented"
"""


@dataclasses.dataclass(frozen=True)
class World:
    """The countries (ISO codes), and files of events in the order in which they were published."""

    countries: tuple[str, ...]
    releases: tuple[tuple[str, pa.Table], ...]
    largest: str
    """The conflict with most events."""

    def write(self, place: Path) -> tuple[list[Path], Path, Path]:
        """Write a CSV file for each release into ``place``; return their paths, that of a file of the places
        and that of the mapping."""
        paths = []
        for name, events in self.releases:
            paths.append(place / f"{name}.csv")
            pyarrow.csv.write_csv(events, paths[-1])
        areas, mapping = place / "areas.csv", place / "world.toml"
        rows = [{**row, "lat": None, "lon": None} for code in self.countries for row in country_areas(code)]
        pyarrow.csv.write_csv(pa.Table.from_pylist(rows, schema=AREA), areas)
        mapping.write_text(MAPPING, encoding="utf-8")
        return paths, areas, mapping


def draw_world(events: int, seed: int = 0) -> World:
    """Return a world of so many events."""
    rng = np.random.default_rng([seed, events])
    places = _places()
    countries = tuple(places)
    conflict = rng.choice(CONFLICTS, events, p=_shares(CONFLICTS))
    home = rng.permutation(np.arange(CONFLICTS) % COUNTRIES)
    year = rng.choice(YEARS, events, p=np.linspace(1, 3, YEARS) / np.linspace(1, 3, YEARS).sum())
    start = np.array([np.datetime64(f"{FIRST_YEAR + y}-01-01") for y in range(YEARS)])[year]
    start = start + rng.integers(0, 360, events)
    best = np.maximum(1, np.rint(np.exp(rng.normal(0.4, 1.1, events)))).astype(int)
    at_country = rng.random(events) < 0.1
    codes = [places[countries[home[each]]] for each in range(CONFLICTS)]
    province = [
        codes[each][at % len(codes[each])]
        for each, at in zip(conflict, rng.integers(0, 1 << 30, events), strict=True)
    ]
    table = pa.table(
        {
            "id": np.arange(1, events + 1),
            "conflict_name": [f"Conflict {each:03}" for each in conflict],
            "date_start": start,
            "date_end": start + (rng.random(events) < 0.1) * rng.integers(0, 4, events),
            "country": [countries[home[each]] for each in conflict],
            "adm_1": province,
            "where_prec": np.where(at_country, 6, 4),
            "best": best,
            "low": best,
            "high": best + rng.integers(0, 3, events),
            "deaths_civilians": pa.array((best + 1) // 2, mask=rng.random(events) >= CIVILIANS),
        }
    )
    releases = [
        _release(
            f"{FIRST_YEAR + each}-final",
            table.filter(pa.array(year == each)),
            f"{FIRST_YEAR + each + 1}-06-01",
        )
        for each in range(YEARS)
    ]
    drafts = [
        draft
        for each in range(YEARS - CANDIDATE_YEARS, YEARS)
        for draft in _candidates(table.filter(pa.array(year == each)), FIRST_YEAR + each, rng)
    ]
    largest = f"Conflict {np.bincount(conflict).argmax():03}"
    ordered = sorted(
        [*releases, *drafts],
        key=lambda release: str(release[1]["published_on"][0]) if len(release[1]) else "",
    )
    return World(countries, tuple(each for each in ordered if len(each[1])), largest)


def _candidates(events: pa.Table, year: int, rng: np.random.Generator) -> list[tuple[str, pa.Table]]:
    """The monthly candidate releases of a year, each published three weeks after its month."""
    best = events["best"].to_numpy()
    is_other = rng.random(len(events)) < REVISED
    other = np.maximum(1, np.rint(best * np.exp(rng.normal(-0.2, 0.5, len(events))))).astype(int)
    best = np.where(is_other, other, best)
    at = events.column_names.index
    for name, values in (
        ("best", best),
        ("low", best),
        ("high", np.maximum(events["high"].to_numpy(), best)),
    ):
        events = events.set_column(at(name), name, pa.array(values))
    events = events.set_column(at("deaths_civilians"), "deaths_civilians", pa.nulls(len(events), pa.int64()))
    month = events["date_start"].to_numpy().astype("datetime64[M]").astype(int) % 12
    found = []
    for each in range(12):
        after = dt.date(year + each // 11, (each + 1) % 12 + 1, 21)
        found.append(
            _release(f"{year}-{each + 1:02}-candidate", events.filter(pa.array(month == each)), str(after))
        )
    return found


def _release(name: str, events: pa.Table, published_on: str) -> tuple[str, pa.Table]:
    return name, events.append_column("published_on", pa.array([published_on] * len(events), pa.string()))


def _shares(number: int) -> np.ndarray:
    """How many of the events each conflict has: Zipf's law, by which the first has about a seventh."""
    share = 1 / np.arange(1, number + 1)
    found: np.ndarray = share / share.sum()
    return found


def _places() -> dict[str, list[str]]:
    """The countries, in the order of their codes, and the codes of the divisions of each."""
    found: dict[str, list[str]] = {}
    for code in sorted(country.alpha_2 for country in pycountry.countries):
        divisions = (
            [row["area_code"] for row in country_areas(code)[1:]] if code not in KNOWN_TO_SEEDS else []
        )
        if len(divisions) >= 4:
            found[code] = divisions
        if len(found) == COUNTRIES:
            break
    return found
