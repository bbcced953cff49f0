"""What do the reports behind a series show beside its steps?

One mark per statement of one origin, however many carried it, in the cell that it bears on. It must not know
how anything is drawn.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Basis, Role, spell_out

ROLES = (Role.COUNTED, Role.BOUND, Role.SUPERSEDED, Role.ECHO)
"""The roles that are drawn, the strongest first."""
CELL = ("crisis", "area_code", "measure", "population", "attributed_to", "period_start")
"""What tells one cell from another."""
_SAID = ("origin_id", "counted_to", "low", "best", "high", "role", "areas")


@dataclass(frozen=True)
class Bounds:
    """low ≤ best ≤ high; None is unknown."""

    low: int | None
    best: int | None
    high: int | None

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(number for number in (self.low, self.best, self.high) if number is not None)

    @property
    def level(self) -> int:
        """Where they stand in a picture: at the figure, else the floor, else the ceiling (one is given)."""
        return next(number for number in (self.best, self.low, self.high) if number is not None)


@dataclass(frozen=True)
class Mark:
    """One statement of one origin and those who carried it, first published first."""

    report_id: str
    """The report that stands for it: the one published first."""
    origin_id: str
    origin_name: str
    carriers: tuple[str, ...]
    """Names of the publishers other than the origin itself."""
    by_origin: bool
    """The origin published it itself."""
    on: dt.date
    published_on: dt.date | None
    published_by: dt.date | None
    """The day by which it was public, inferred where no page shows a date."""
    bounds: Bounds
    role: str
    later: tuple[str, dt.date] | None
    """What it became afterwards, and from which day on."""
    area_stated: str
    """The place it is about, where that is another than the panel's; else empty."""
    is_joint: bool
    """It is about several places together."""
    people_stated: str
    """What those it counts are called, where that is another population than the panel's; else empty."""
    is_increment: bool
    """It counts its own period alone, not all since the beginning."""
    reason: str
    """Why it did what it did, as evidence says."""
    is_undated: bool
    """It gives no day at all; ``on`` is the newest dated figure's, beside which it stands."""

    def shape(self, symbol: str) -> tuple[str, bool]:
        """The symbol to draw and whether to fill it: a bare floor or ceiling points at what is unknown, and
        what a sum takes in is counted as much as a total is."""
        if self.bounds.best is None:
            symbol = "triangle-down" if self.bounds.low is None else "triangle-up"
        return symbol, self.role == Role.COUNTED or (self.role == Role.BOUND and self.is_increment)


MarksByCell = dict[tuple[str, ...], list[tuple[Mark, dt.date]]]
"""The marks of each cell, each with the first day of its role."""


def is_whole(mark: Mark) -> bool:
    """The mark counts just what its panel counts, not a part of its place, people or days."""
    return not mark.area_stated and not mark.people_stated and not mark.is_increment


def is_first_hand(mark: Mark) -> bool:
    """The mark speaks of just what its panel counts, and was used: drawn without being asked for.

    The others are copies, figures overtaken before they came, and figures for a part of the place or period.
    """
    return mark.role == Role.COUNTED or (mark.role == Role.BOUND and is_whole(mark))


def name_people(population: str, names: Mapping[str, str]) -> str:
    """Return what a sentence calls a population; one without a name goes by its identifier."""
    return names.get(population) or spell_out(population)


def marks_of(points: pa.Table, names: Mapping[str, str], places: Mapping[str, str]) -> MarksByCell:
    """Return the marks of the reports behind a series (POINT), by cell and day; ``names`` of populations as a
    sentence has them, ``places`` the names of place sets by their codes."""
    rank = {str(role): n for n, role in enumerate(ROLES)}
    spans: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for point in points.to_pylist():
        spans[*(point[name] for name in CELL), point["report_id"]].append(point)
    statements: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for found in spans.values():
        found.sort(key=lambda point: point["date"])
        point = min(found, key=lambda span: rank.get(span["role"], len(rank)))
        if point["role"] not in rank or (point["low"], point["best"], point["high"]) == (None, None, None):
            continue
        last = found[-1]
        point["later"] = (last["role"], last["date"]) if last["role"] != point["role"] else None
        cell = tuple(point[name] for name in CELL)
        statements[cell, tuple(point[name] for name in _SAID)].append(point)
    marks: MarksByCell = defaultdict(list)
    for (cell, _), carried in statements.items():
        marks[cell].append((_mark(carried, names, places), min(point["date"] for point in carried)))
    for found_marks in marks.values():
        found_marks.sort(key=lambda pair: (pair[0].on, pair[0].origin_id, pair[0].bounds.level, pair[0].role))
    return marks


def _place(point: Mapping[str, Any], places: Mapping[str, str]) -> str:
    """What a picture calls the place that a report is about: many sources hand in a code."""
    return places.get(point["areas"]) or str(point["area_stated"])


def _mark(carried: list[dict[str, Any]], names: Mapping[str, str], places: Mapping[str, str]) -> Mark:
    """One mark for equal statements of one origin."""
    never = dt.date.max
    carried.sort(
        key=lambda p: (
            p["published_on"] or never, p["published_by"] or never, p["source_name"], p["report_id"],
        )
    )  # fmt: skip
    first = carried[0]
    same_people = first["population_stated"] == first["population"]
    is_part = first["role"] == Role.BOUND
    carriers = dict.fromkeys(p["source_name"] for p in carried if p["source_id"] != p["origin_id"])
    return Mark(
        report_id=first["report_id"],
        origin_id=first["origin_id"],
        origin_name=first["origin_name"],
        carriers=tuple(carriers),
        by_origin=any(p["source_id"] == p["origin_id"] for p in carried),
        on=first["date"] if first["is_undated"] else first["counted_to"],
        published_on=first["published_on"],
        published_by=first["published_by"],
        bounds=Bounds(first["low"], first["best"], first["high"]),
        role=first["role"],
        later=first["later"],
        area_stated="" if first["areas"] == first["area_code"] else _place(first, places),
        is_joint=AREA_SEPARATOR in first["areas"] and first["areas"] != first["area_code"],
        people_stated="" if not is_part or same_people else name_people(first["population_stated"], names),
        is_increment=first["basis"] == Basis.INCREMENT,
        reason=first["reason"],
        is_undated=first["is_undated"],
    )
