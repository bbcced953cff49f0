"""Crises to be made to add up: a large one that is drawn, and the first one, as shipped.

The large one: a country with 9 provinces and 50 districts, four populations, 200 days. In every place people
die at a rate of its own (a Poisson process whose rate is gamma distributed); 20,000 times a cell and a day
are drawn at random and their true running total is reported with a log-normal error and a weight of 1 to 9.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa

from service.api import connect
from service.reconcile.coherence import Figures
from service.reconcile.groups import Groups
from service.reconcile.lattice import Gauge, Lattice, Part, lattice
from service.schema.records import Reference

PARENTS = {"all": "", "civilians": "all", "combatants": "all", "children": "civilians"}
SPLITS = {"all": "", "civilians": "status", "combatants": "status", "children": ""}
PROVINCES = 9


def large(
    seed: int, *, places: int = 60, days: int = 200, claims: int = 20_000, error: float = 0.05
) -> tuple[Figures, Lattice, Groups]:
    """The large crisis, ready for ``cohere``."""
    random = np.random.default_rng(seed)
    provinces = [f"p{n}" for n in range(PROVINCES)]
    districts = {f"d{n}": provinces[n % PROVINCES] for n in range(places - PROVINCES - 1)}
    inside = {
        province: frozenset({province, *(d for d, p in districts.items() if p == province)})
        for province in provinces
    }
    inside |= {district: frozenset({district}) for district in districts}
    inside["country"] = frozenset({"country", *provinces, *districts})
    gauge = Gauge(inside=inside, members={}, parents=PARENTS, splits=SPLITS)
    cells = [(place, Part(population, "", None)) for place in inside for population in PARENTS]
    over = lattice(cells, gauge)
    totals = _totals(random, inside, days)
    drawn = zip(
        random.integers(0, len(cells), claims).tolist(),
        random.integers(0, days, claims).tolist(),
        strict=True,
    )
    told = np.array(sorted(set(drawn)))
    true = np.array([totals[cells[cell]][day] for cell, day in told])
    best = np.rint(true * np.exp(random.normal(0, error, len(told))))
    figures = Figures(
        node=np.array([over.number[cells[cell]] for cell, _ in told]),
        day=told[:, 1],
        best=best,
        stated=np.ones(len(told), dtype=np.bool_),
        row=np.arange(len(told)),
        low=best,
        high=best,
        weight=random.integers(1, 10, len(told)).astype(float),
    )
    return figures, over, Groups.of(cells, gauge)


def _totals(
    random: np.random.Generator, inside: dict[str, frozenset[str]], days: int
) -> dict[tuple[str, Part], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The true running total of each place and population."""
    rates = {place: random.gamma(0.5, 2.0, size=(3, 1)) for place in inside}
    dead = {
        place: random.poisson(np.repeat(rate, days, axis=1)).cumsum(axis=1) for place, rate in rates.items()
    }
    totals = {}
    for place, within in inside.items():
        children, adults, combatants = np.sum([dead[inner] for inner in sorted(within)], axis=0)
        counted = {
            "children": children,
            "civilians": children + adults,
            "combatants": combatants,
            "all": children + adults + combatants,
        }
        for population, total in counted.items():
            totals[place, Part(population, "", None)] = total
    return totals


def first(folder: Path, as_of: dt.date) -> tuple[pa.Table, Reference]:
    """The reports of the first crisis as known on a day, and the reference data."""
    with connect(folder) as ledger:
        crisis = ledger.store.reports(crisis_id="syria-coast-2025-03", as_of=as_of)
        return crisis, ledger.reference()
