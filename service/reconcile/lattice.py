"""Which figures of a crisis must add up with which?

Every cell of one measure is a node: a place set and a part (population, attribution, beginning). For a node
the lattice tells its *families*: sets of other nodes that lie inside it and share no person, so that their
tolls together cannot exceed its own; and its *cover*: nodes that together hold all of it, so that its toll
cannot exceed theirs. What lies in no named child stays free, so parts may add up to less than the whole.

This module knows areas and populations, and no counts.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pyarrow as pa

from service.reference.containment import Containment
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR


@dataclasses.dataclass(frozen=True, order=True)
class Part:
    """Whom a figure counts and from when: ``start`` is None where no beginning is known."""

    population: str
    attributed_to: str
    start: dt.date | None


@dataclasses.dataclass(frozen=True)
class Gauge:
    """Places and populations, as far as containment goes: made once for a state of the reference data.

    ``inside`` holds the leaves of each area; ``parents`` the parent of each population;
    ``splits`` the split of each population among its siblings ("" where siblings may share people).
    """

    inside: Mapping[str, frozenset[str]]
    members: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, str]
    splits: Mapping[str, str]

    @classmethod
    def of(cls, reference: Reference) -> Gauge:
        containment = Containment.of(reference)
        return cls(
            inside={code: containment.leaves(code) for code in containment.areas},
            members={c: containment.members(c) for c in containment.areas if containment.is_region(c)},
            parents={name: containment.population_parent(name) for name in containment.populations},
            splits={name: containment.split(name) for name in containment.populations},
        )

    def ancestors(self, population: str) -> tuple[str, ...]:
        """The population itself and all that hold it, the narrowest first."""
        chain = [population]
        while parent := self.parents.get(chain[-1], ""):
            chain.append(parent)
        return tuple(chain)

    def codes(self, place: str) -> frozenset[str]:
        """Every area that lies inside a place set."""
        own = place.split(AREA_SEPARATOR)
        return frozenset().union(*(self.inside.get(code, frozenset((code,))) for code in own))


@dataclasses.dataclass(frozen=True)
class Lattice:
    """The nodes of one crisis and measure, the inner before the outer; ``place`` and ``part`` of each.

    ``families[n]`` and ``covers[n]`` hold tuples of node numbers. A node that holds nothing has no family.
    """

    nodes: tuple[tuple[str, Part], ...]
    families: tuple[tuple[tuple[int, ...], ...], ...]
    covers: tuple[tuple[tuple[int, ...], ...], ...]

    @cached_property
    def number(self) -> dict[tuple[str, Part], int]:
        return {node: n for n, node in enumerate(self.nodes)}


def lattice(cells: Iterable[tuple[str, Part]], gauge: Gauge) -> Lattice:
    """The lattice over ``cells``, each a place set and a part.

    Nodes are the cells and what is needed between them: places of cells in the parts of other cells, and the
    wider populations of each part, as far as they hold a cell.
    """
    cells = set(cells)
    places = _Places(sorted({place for place, _ in cells}), gauge)
    parts = _Parts(sorted({part for _, part in cells}, key=_rank), gauge)
    nodes: dict[tuple[str, Part], int] = {}
    families: list[tuple[tuple[int, ...], ...]] = []
    for part in parts.ordered:
        for place in places.ordered:
            within = [[(inner, part) for inner in family] for family in places.families[place]]
            among = [[(place, inner) for inner in family] for family in parts.families[part]]
            # a node that holds no cell adds nothing to a sum
            found = [tuple(nodes[node] for node in family if node in nodes) for family in within + among]
            distinct = tuple(dict.fromkeys(family for family in found if family))
            if distinct or (place, part) in cells:
                nodes[place, part] = len(nodes)
                families.append(distinct)
    covers = []
    for place, part in nodes:
        wholes = [[(member, part) for member in cover] for cover in places.covers[place]]
        covers.append(
            tuple(
                tuple(nodes[node] for node in whole)
                for whole in wholes
                if all(node in nodes for node in whole)
            )
        )
    return Lattice(tuple(nodes), tuple(families), tuple(covers))


def _rank(part: Part) -> tuple[str, str, dt.date]:
    return part.population, part.attributed_to, part.start or dt.date.min


class _Places:
    """Place sets, the inner before the outer, with their families of disjoint places and their covers."""

    def __init__(self, places: Sequence[str], gauge: Gauge) -> None:
        self._codes = {place: gauge.codes(place) for place in places}
        self._plain = [p for p in places if AREA_SEPARATOR not in p and p not in gauge.members]
        self.ordered = sorted(places, key=self._order)
        self.families = {place: self._families(place) for place in places}
        self.covers = {place: self._covers(place, gauge) for place in places}

    def _is_same(self, one: str, other: str) -> bool:
        return one != other and self._codes[one] == self._codes[other]

    def _holds(self, outer: str, inner: str) -> bool:
        """Whether ``inner`` lies inside; of two names for one place the earlier in order is the inner."""
        if self._is_same(outer, inner):
            return self._order(inner) < self._order(outer)
        return self._codes[inner] < self._codes[outer]

    def _order(self, place: str) -> tuple[int, bool, str]:
        return len(self._codes[place]), place not in self._plain, place

    def _families(self, outer: str) -> tuple[tuple[str, ...], ...]:
        """The widest plain places inside; each joint set inside, with plain places it does not touch."""
        plain = self._widest([p for p in self._plain if self._holds(outer, p)])
        found = [plain] if plain else []
        for joint in self.ordered:
            if joint not in self._plain and self._holds(outer, joint):
                apart = [p for p in plain if not self._codes[p] & self._codes[joint]]
                found.append([joint, *apart])
        return tuple(tuple(family) for family in found)

    def _widest(self, places: list[str]) -> list[str]:
        return [p for p in places if not any(self._holds(other, p) for other in places)]

    def _covers(self, place: str, gauge: Gauge) -> tuple[tuple[str, ...], ...]:
        """What makes up a joint set or a region, if all of it is known; and other names of a place."""
        codes = gauge.members.get(place, tuple(place.split(AREA_SEPARATOR)))
        own = {code: gauge.codes(code) for code in codes}
        widest = tuple(c for c in codes if not any(own[c] < own[other] for other in codes))
        found = {(one,) for one in self.ordered if self._holds(place, one) and self._is_same(place, one)}
        whole = [widest] if all(one in self._codes and self._holds(place, one) for one in widest) else []
        return (*sorted(found), *whole)


class _Parts:
    """Parts, the inner before the outer, with their families of parts that share no person."""

    def __init__(self, parts: Sequence[Part], gauge: Gauge) -> None:
        self._gauge = gauge
        wider = {
            Part(population, attributed_to, part.start)
            for part in parts
            for population in gauge.ancestors(part.population)
            for attributed_to in (part.attributed_to, "")
        }
        self.ordered = sorted(wider, key=lambda part: (self._depth(part), _rank(part)))
        self.families = {part: self._families(part) for part in wider}

    def _depth(self, part: Part) -> tuple[int, int, int]:
        """Less for an inner part than for any that holds it."""
        begun = part.start.toordinal() if part.start else 0
        return -len(self._gauge.ancestors(part.population)), not part.attributed_to, -begun

    def _holds(self, outer: Part, inner: Part) -> bool:
        begun = inner.start == outer.start or bool(inner.start and outer.start and inner.start > outer.start)
        return (
            inner != outer
            and begun
            and outer.attributed_to in ("", inner.attributed_to)
            and outer.population in self._gauge.ancestors(inner.population)
        )

    def _families(self, outer: Part) -> tuple[tuple[Part, ...], ...]:
        """Each part inside alone; the populations of a split; those whom each party killed."""
        inside = [part for part in self.ordered if self._holds(outer, part)]
        apart: dict[str, list[Part]] = {}
        for part in inside:
            if part.start != outer.start:
                continue
            split = self._gauge.splits.get(part.population, "")
            is_child = self._gauge.parents.get(part.population) == outer.population
            if split and is_child and part.attributed_to == outer.attributed_to:
                apart.setdefault(f"people {split}", []).append(part)
            if part.population == outer.population:
                apart.setdefault("parties", []).append(part)
        sums = [tuple(parts) for parts in apart.values() if len(parts) > 1]
        return (*((part,) for part in inside), *sums)


def parts_of(cells: pa.Table) -> list[tuple[str, Part]]:
    """The place set and part of each row of ``cells`` (the CELL columns), in their order."""
    columns = ("areas", "population", "attributed_to", "period_start")
    return [
        (areas, Part(population, attributed_to, start))
        for areas, population, attributed_to, start in zip(
            *(cells.column(name).to_pylist() for name in columns), strict=True
        )
    ]
