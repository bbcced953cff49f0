"""Which place, population, party and beginning lies in which?

Only this module knows what holds what; it must not know any figure. A place is itself and every place that
lies in it; a region is its members and nothing else; a place set is its places together. A name without a row
in the reference data holds itself alone: a caller that quarantines such names does so first.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

import pyarrow as pa

from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR

KEPT_STATES = 8
"""How many states of the reference data keep their containment."""


class Containment:
    """What lies in what, as the AREA and POPULATION tables say.

    Areas are codes, place sets are codes joined by ``|``, populations are their identifiers.
    """

    def __init__(self, area: pa.Table, population: pa.Table | None = None) -> None:
        self._parent: dict[str, str] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        self._inner: dict[str, list[str]] = {}
        self._outer: dict[str, list[str]] = {}
        columns = ("area_code", "parent_code", "members")
        for code, parent, members in zip(*(area.column(name).to_pylist() for name in columns), strict=True):
            self._parent[code] = parent
            if parent:
                self._add_edge(code, parent)
            if members:
                self._members[code] = tuple(sorted(set(members.split(AREA_SEPARATOR))))
                for member in self._members[code]:
                    self._add_edge(member, code)
        self._populations: dict[str, tuple[str, str]] = {}
        if population is not None:
            names = ("population", "parent", "split")
            rows = zip(*(population.column(name).to_pylist() for name in names), strict=True)
            self._populations = {name: (parent, split) for name, parent, split in rows}
        self._leaves: dict[str, frozenset[str]] = {}
        self._largest_parts: dict[str, frozenset[str]] = {}

    @classmethod
    def of(cls, reference: Reference) -> Containment:
        """Return the containment of ``reference``, which is computed once per reference state."""
        return _containment_of(reference)

    def _add_edge(self, part: str, whole: str) -> None:
        self._inner.setdefault(whole, []).append(part)
        self._outer.setdefault(part, []).append(whole)

    def find_ring(self, places: Iterable[str], populations: Iterable[str] = ()) -> tuple[str, ...]:
        """Return a chain of areas or populations, each in the next, that leads from one back to itself.

        Only what some ``places`` and ``populations`` lie in is looked at; () where there is no such chain.
        """
        parents = {name: (parent,) for name, (parent, _) in self._populations.items() if parent}
        return _find_ring(places, self._outer) or _find_ring(populations, parents)

    # --- places ---------------------------------------------------------------------------------------------

    @property
    def areas(self) -> Iterable[str]:
        """Every area code that the reference data holds, in its order."""
        return self._parent.keys()

    def parent(self, area: str) -> str:
        """Return the area that an area lies in by its own row; "" for the root and for an unknown area."""
        return self._parent.get(area, "")

    def parents(self, area: str) -> tuple[str, ...]:
        """Return the parent of an area, its parent and so on, nearest first, without regions."""
        return _chain(area, self._parent)

    def children(self, area: str) -> tuple[str, ...]:
        """Return the areas directly in an area, sorted: those it is the parent of, and its members."""
        return tuple(sorted(set(self._inner.get(area, ()))))

    def members(self, areas: str) -> tuple[str, ...]:
        """Return the areas that a region or a place set is made of, sorted; none for any other place."""
        if areas in self._members:
            return self._members[areas]
        return tuple(sorted(set(areas.split(AREA_SEPARATOR)))) if AREA_SEPARATOR in areas else ()

    def ancestors(self, area: str) -> frozenset[str]:
        """Return every area that an area lies in, without itself: parents, regions, and what these lie in.

        Codes that are only named as a parent, and have no row of their own, are among them.
        """
        return _reach(area, self._outer) - {area}

    def descendants(self, area: str) -> frozenset[str]:
        """Return every area that lies in an area, without itself: children, and what lies in these."""
        return _reach(area, self._inner) - {area}

    def leaves(self, areas: str) -> frozenset[str]:
        """Return what a place set is made of, so that places are compared as sets.

        Each code stands for the people in that place and in no named part of it. A region has nobody beside
        its members, so that its own code is never one. Place sets with the same leaves are one place.
        """
        leaves = self._leaves.get(areas)
        if leaves is None:
            reached = frozenset().union(*(_reach(code, self._inner) for code in areas.split(AREA_SEPARATOR)))
            leaves = self._leaves[areas] = reached - self._made_of_others
        return leaves

    @cached_property
    def _made_of_others(self) -> frozenset[str]:
        """Every region, but for those that are only made of each other: they stand for themselves."""
        regions = self._members.keys()
        return frozenset(code for code in regions if _reach(code, self._inner) - regions)

    def largest_parts(self, areas: str) -> frozenset[str]:
        """Return the largest areas that a place set is made of: its own, those of a region in its place."""
        parts = self._largest_parts.get(areas)
        if parts is None:
            codes = areas.split(AREA_SEPARATOR)
            reached = frozenset().union(*(_reach(code, self._opened) for code in codes))
            parts = self._largest_parts[areas] = reached - self._made_of_others
        return parts

    @cached_property
    def _opened(self) -> Mapping[str, Sequence[str]]:
        """What each region is made of."""
        return {code: self._inner[code] for code in self._made_of_others}

    def is_single(self, areas: str) -> bool:
        """Whether a place set is one area, and no region that other areas make up."""
        return self.largest_parts(areas) == {areas}

    def holds(self, whole: str, part: str) -> bool:
        """Whether everyone in one place set is in another; a place holds itself."""
        return self.leaves(part) <= self.leaves(whole)

    def is_same(self, one: str, other: str) -> bool:
        """Whether two names stand for one place: a region and its members written out, for example."""
        return self.leaves(one) == self.leaves(other)

    def are_disjoint(self, one: str, other: str) -> bool:
        """Whether nobody is in both place sets."""
        return self.leaves(one).isdisjoint(self.leaves(other))

    def holders(self, sets: Sequence[str]) -> list[list[int]]:
        """Return, of each of some place sets, the numbers of those that hold it (see ``holds``), itself too.

        Many are compared at once: who holds an area is found by going up from it, however large they are.
        """
        having: dict[str, set[int]] = defaultdict(set)
        for number, areas in enumerate(sets):
            for code in self.largest_parts(areas):
                having[code].add(number)
        around: dict[str, set[int]] = {}
        for code in having:
            found = [having[outer] for outer in _reach(code, self._outer) if outer in having]
            around[code] = set().union(*found)
        return [
            sorted(set.intersection(*map(around.__getitem__, self.largest_parts(areas)))) for areas in sets
        ]

    @cached_property
    def regions(self) -> Mapping[str, str]:
        """The region of each place set that is exactly the members of one; a place stays itself, though a
        region is made of it alone."""
        regions: dict[str, str] = {}
        for code, members in sorted(self._members.items()):
            if len(members) > 1:
                regions.setdefault(AREA_SEPARATOR.join(members), code)
        return regions

    # --- populations ----------------------------------------------------------------------------------------

    @property
    def populations(self) -> Iterable[str]:
        """Every population that the reference data holds, in its order."""
        return self._populations.keys()

    def population_parent(self, population: str) -> str:
        """Return the population directly around one; "" for the widest and for an unknown one."""
        return self._populations.get(population, ("", ""))[0]

    def split(self, population: str) -> str:
        """Return the split that a population is part of; "" where its siblings may share people."""
        return self._populations.get(population, ("", ""))[1]

    def population_ancestors(self, population: str) -> tuple[str, ...]:
        """Return the populations that one is a part of, the narrowest first, without itself."""
        return _chain(population, self._population_parents)

    def population_holds(self, whole: str, part: str) -> bool:
        """Whether everyone of one population belongs to another; a population holds itself."""
        return whole == part or whole in self.population_ancestors(part)

    def populations_are_disjoint(self, one: str, other: str) -> bool:
        """Whether nobody is in both populations: they are in different parts of one split."""
        around = {(self.population_parent(name), self.split(name)): name for name in self._around(one)}
        return any(
            self.split(name) and around.get((self.population_parent(name), self.split(name)), name) != name
            for name in self._around(other)
        )

    def _around(self, population: str) -> tuple[str, ...]:
        return population, *self.population_ancestors(population)

    @cached_property
    def _population_parents(self) -> Mapping[str, str]:
        return {name: parent for name, (parent, _) in self._populations.items()}


# --- parties and beginnings, which no table orders ----------------------------------------------------------


def attribution_holds(whole: str, part: str) -> bool:
    """Whether a count of one attribution takes in another: blank holds every party."""
    return whole in ("", part)


def beginning_holds(whole: dt.date | None, part: dt.date | None) -> bool:
    """Whether a count from one day takes in a count from another: an earlier beginning holds every later one.

    An unknown beginning holds itself alone.
    """
    return whole == part or bool(whole and part and whole <= part)


_recent: deque[tuple[Reference, Containment]] = deque(maxlen=KEPT_STATES)
"""The last ones made, found by comparing tables. The ``lru_cache`` below finds the same ``Reference`` object
without a comparison; this list serves a new object whose areas and populations have not changed, as after a
source is registered."""


@lru_cache(maxsize=KEPT_STATES)
def _containment_of(reference: Reference) -> Containment:
    """Return the containment of a reference, shared by all with the same areas and populations."""
    for other, containment in tuple(_recent):
        if other.area.equals(reference.area) and other.population.equals(reference.population):
            return containment
    containment = Containment(reference.area, reference.population)
    _recent.append((reference, containment))
    return containment


def _chain(name: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is above a name, nearest first; a ring in the data ends the walk."""
    chain = [name]
    while (above := parents.get(chain[-1], "")) and above not in chain:
        chain.append(above)
    return tuple(chain[1:])


def _find_ring(names: Iterable[str], outer: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return a chain that leads back to its beginning among what ``names`` lie in; each is walked once."""
    done: set[str] = set()
    for name in names:
        path: dict[str, None] = {}
        steps = [(name, True)]
        while steps:
            here, is_new = steps.pop()
            if not is_new:
                del path[here]
                done.add(here)
            elif here in path:
                chain = list(path)
                return (*chain[chain.index(here) :], here)
            elif here not in done:
                path[here] = None
                steps += [(here, False), *((whole, True) for whole in outer.get(here, ()))]
    return ()


def _reach(code: str, beside: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return a code and all that can be reached from it."""
    found, ahead = {code}, [code]
    while ahead:
        for other in beside.get(ahead.pop(), ()):
            if other not in found:
                found.add(other)
                ahead.append(other)
    return frozenset(found)
