"""Which places, populations and sources does a simulated crisis have?

A region of governorates of districts; what falls in no named district is a leaf of its own, "elsewhere",
about which nobody reports by name. Source kinds and weights are the shipped ones, so that what is measured
is the service as it is.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from bench.accuracy.worlds import World
from service.schema.records import Reference
from service.schema.tables import REFERENCE_SCHEMAS

SEEDS = Path(__file__).parents[2] / "seeds"
OUTLETS = 40
STANDARDS = {
    "monitor": "documented",
    "government": "official",
    "media": "unverified",
    "party": "unverified",
    "un": "verified",
}
"""The standard of proof that each kind of source works to."""


@dataclasses.dataclass(frozen=True)
class Places:
    """The places of a world; ``holds`` says which leaves lie in a place set."""

    whole: str
    governorates: tuple[str, ...]
    districts: tuple[str, ...]
    leaves: tuple[tuple[str, str], ...]
    """(governorate, district or "" for elsewhere)."""

    def holds(self, areas: str) -> np.ndarray:
        """1 for each leaf inside the place set, else 0."""
        wanted = set(areas.split("|"))
        return np.array([int(bool(wanted & {self.whole, g, d} - {""})) for g, d in self.leaves])


def places(world: World) -> Places:
    """The same codes in every crisis of a world."""
    governorates = tuple(f"G{g}" for g in range(1, world.governorates + 1))
    districts = tuple(f"{g}D{d}" for g in governorates for d in range(1, world.districts + 1))
    leaves = [(d.partition("D")[0], d) for d in districts] + [(g, "") for g in governorates]
    return Places("x-whole", governorates, districts, tuple(leaves))


def reference(
    world: World,
    place: Places,
    crises: list[str],
    start: dt.date,
    about: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Reference:
    """Reference data for ``reconcile``: these places and sources, the shipped populations and weights;
    ``about`` is what is known of some crises besides their beginning."""
    area = [{"area_code": g, "name": g, "level": "governorate"} for g in place.governorates]
    area += [
        {"area_code": d, "name": d, "level": "district", "parent_code": d.partition("D")[0]}
        for d in place.districts
    ]
    whole = place.whole
    area += [{"area_code": whole, "name": whole, "level": "region", "members": "|".join(place.governorates)}]
    counting = {
        "monitor": world.monitors,
        "government": world.officials,
        "media": world.media,
        "party": world.parties,
        "un": world.verifiers,
    }
    source = [
        {"source_id": f"{kind}-{n}", "kind": kind, "usual_standard": STANDARDS[kind]}
        for kind, m in counting.items()
        for n in range(1, m + 1)
    ]
    source += [{"source_id": f"outlet-{n}", "kind": "media"} for n in range(OUTLETS)]
    source += [{"source_id": "nobody", "kind": "anonymous"}]
    population = [
        {"population": name, "parent": parent}
        for name, parent in (
            ("all", ""),
            ("civilians", "all"),
            ("women", "civilians"),
            ("children", "civilians"),
            ("combatants", "all"),
        )
    ]
    crisis = [
        {
            "crisis_id": c,
            "period_start": start,
            "baseline_from": start,
            "baseline_to": start,
            "whole_area": place.whole,
            **about.get(c, {}),
        }
        for c in crises
    ]
    return Reference(
        area=_rows("area", area),
        source=_rows("source", source),
        population=_rows("population", population),
        crisis=_rows("crisis", crisis),
        context=_rows("context", []),
        weight=_rows("weight", _weights()),
    )


def _weights() -> list[dict[str, Any]]:
    with (SEEDS / "weights.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "weight": int(row["weight"])} for row in csv.DictReader(file)]


def _rows(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = REFERENCE_SCHEMAS[table]
    blank = {field.name: None if field.nullable else "" for field in schema}
    return pa.Table.from_pylist([{**blank, **row} for row in rows], schema=schema)


def plain_reference(
    crises: list[str], sources: dict[str, str], kind: str, populations: tuple[str, ...]
) -> Reference:
    """Reference data of one place, sources of one kind (each with the standard of proof it works to), and
    sub-populations of the first population."""
    return dataclasses.replace(
        Reference.empty(),
        area=_rows("area", [{"area_code": "WB", "level": "region"}]),
        source=_rows(
            "source",
            [{"source_id": s, "kind": kind, "usual_standard": standard} for s, standard in sources.items()],
        ),
        population=_rows(
            "population",
            [{"population": p, "parent": populations[0] if n else ""} for n, p in enumerate(populations)],
        ),
        crisis=_rows("crisis", [{"crisis_id": c} for c in crises]),
        weight=_rows("weight", _weights()),
    )
