"""Which cell lies in which, and what does an origin weigh, read from reference data the slow way?

For oracles: it shares nothing with ``service/reference`` or ``service/reconcile``.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import product

from service.schema.records import Reference

Cell = tuple[str, str, str, dt.date]
"""Areas, population, attribution, beginning."""


class World:
    """Which cell lies in which, and what an origin weighs."""

    def __init__(self, reference: Reference) -> None:
        self._areas = {row["area_code"]: row for row in reference.area.to_pylist()}
        self._populations = {row["population"]: row for row in reference.population.to_pylist()}
        self._sources = {row["source_id"]: row for row in reference.source.to_pylist()}
        self._weights = {
            (row["dimension"], row["term"]): row["weight"] for row in reference.weight.to_pylist()
        }
        self.holds, self.are_disjoint = cache(self._holds), cache(self._are_disjoint)

    def weight(self, origin: str) -> int:
        source = self._sources[origin]
        return self._weights["kind", source["kind"]] * self._weights["standard", source["usual_standard"]]

    def people_of(self, areas: str) -> frozenset[str]:
        """Return the codes whose own people, in no named part of them, a place set is made of."""
        found: set[str] = set()
        for code in areas.split("|"):
            if members := self._areas[code]["members"]:
                found |= self.people_of(members)
                continue
            inner = [a for a, row in self._areas.items() if row["parent_code"] == code and not row["members"]]
            found |= {code}.union(*map(self.people_of, inner))
        return frozenset(found)

    def _line(self, population: str) -> list[str]:
        return [population, *self._line(self._populations[population]["parent"])] if population else []

    def _holds(self, whole: Cell, part: Cell) -> bool:
        is_inside = self.people_of(part[0]) <= self.people_of(whole[0]) and whole[1] in self._line(part[1])
        return is_inside and whole[2] in ("", part[2]) and whole[3] <= part[3]

    def _are_disjoint(self, one: Cell, other: Cell) -> bool:
        lines = ([self._populations[name] for name in self._line(cell[1])] for cell in (one, other))
        pairs = [(a, b) for a, b in product(*lines) if a["split"] and a["split"] == b["split"]]
        is_other = any(a != b and a["parent"] == b["parent"] for a, b in pairs)
        is_elsewhere = self.people_of(one[0]).isdisjoint(self.people_of(other[0]))
        return is_elsewhere or is_other or bool(one[2] and other[2] and one[2] != other[2])
