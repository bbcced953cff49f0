"""Which place, region, place set, population, party and beginning holds which, as tables of examples."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest import load_seeds
from service.reconcile.grid import Places
from service.reference.containment import (
    Containment,
    attribution_holds,
    beginning_holds,
)
from service.schema.records import Reference
from service.schema.tables import AREA, POPULATION

ROOT = Path(__file__).parents[2]

AREAS = {
    # code: (parent, members)
    "SY": ("", ""),
    "SY06": ("SY", ""),
    "SY0600": ("SY06", ""),
    "SY0602": ("SY06", ""),
    "x-jableh-city": ("SY0602", ""),
    "SY10": ("SY", ""),
    "SY1002": ("SY10", ""),
    "SY05": ("SY", ""),
    "x-coast": ("SY", "SY06|SY10"),
    "x-coast-and-hama": ("SY", "SY05|x-coast"),
    "x-northwest": ("SY", ""),  # a region whose members nobody has listed
    "x-nowhere": ("XX", ""),  # its parent has no row
    "x-ring-a": ("x-ring-b", ""),
    "x-ring-b": ("x-ring-a", ""),
}
POPULATIONS = {
    # population: (parent, split)
    "all": ("", ""),
    "civilians": ("all", "status"),
    "combatants": ("all", "status"),
    "women": ("all", "age and sex"),
    "children": ("all", "age and sex"),
    "protected": ("all", ""),
    "alawite_civilians": ("civilians", ""),
    "security_forces": ("combatants", ""),
}


def _containment(areas: dict[str, tuple[str, str]] = AREAS) -> Containment:
    rows = [
        {"area_code": code, "name": code, "name_ar": "", "level": "", "parent_code": parent,
         "members": members, "aliases": "", "lat": None, "lon": None}
        for code, (parent, members) in areas.items()
    ]  # fmt: skip
    people = [
        {"population": name, "parent": parent, "split": split, "label": "", "label_ar": "", "definition": ""}
        for name, (parent, split) in POPULATIONS.items()
    ]
    return Containment(
        pa.Table.from_pylist(rows, schema=AREA), pa.Table.from_pylist(people, schema=POPULATION)
    )


WITHIN = _containment()


@pytest.mark.parametrize(
    ("whole", "part", "holds"),
    [
        ("SY06", "SY06", True),
        ("SY06", "SY0602", True),
        ("SY", "x-jableh-city", True),
        ("SY0602", "SY06", False),
        ("x-coast", "SY06", True),
        ("x-coast", "x-jableh-city", True),
        ("SY", "x-coast", True),
        ("x-coast-and-hama", "x-coast", True),
        ("x-coast", "SY05", False),
        # a region is its members and nothing else
        ("SY06|SY10", "x-coast", True),
        ("x-coast", "SY06|SY10", True),
        ("SY05|SY06|SY10", "x-coast-and-hama", True),
        # a place may have people in no named part of it
        ("SY0600|SY0602", "SY06", False),
        ("SY06|SY10", "SY0602|SY1002", True),
        ("SY06", "SY0602|SY1002", False),
        # a region of unknown members holds nothing that is named
        ("x-northwest", "SY05", False),
        ("SY", "x-northwest", True),
        # an unknown code holds itself
        ("x-unknown", "x-unknown", True),
        ("SY", "x-unknown", False),
    ],
)
def test_which_place_holds_which(whole, part, holds):
    assert WITHIN.holds(whole, part) is holds


@pytest.mark.parametrize(
    ("one", "other", "disjoint"),
    [
        ("SY06", "SY10", True),
        ("SY06", "SY0602", False),
        ("x-coast", "SY05", True),
        ("x-coast", "SY1002", False),
        ("SY06|SY05", "SY05|SY10", False),
        ("x-unknown", "SY", True),
        ("x-unknown", "x-unknown", False),
    ],
)
def test_which_places_share_nobody(one, other, disjoint):
    assert WITHIN.are_disjoint(one, other) is disjoint
    assert WITHIN.are_disjoint(other, one) is disjoint


def test_a_region_and_its_members_written_out_are_one_place():
    assert WITHIN.is_same("x-coast", "SY06|SY10")
    assert WITHIN.is_same("x-coast-and-hama", "SY05|SY06|SY10")
    assert not WITHIN.is_same("SY06", "SY0600|SY0602")


def test_a_place_that_a_region_is_made_of_alone_stays_itself():
    alone = _containment({"SY06": ("", ""), "x-latakia-region": ("", "SY06")})
    assert alone.regions == {}
    assert alone.is_same("SY06", "x-latakia-region")


def test_ancestors_are_parents_and_regions_and_what_they_lie_in():
    assert WITHIN.ancestors("x-jableh-city") == {"SY0602", "SY06", "SY", "x-coast", "x-coast-and-hama"}
    assert WITHIN.parents("x-jableh-city") == ("SY0602", "SY06", "SY")
    assert WITHIN.ancestors("SY") == frozenset()
    assert WITHIN.ancestors("x-unknown") == frozenset()
    assert WITHIN.parent("x-unknown") == WITHIN.parent("SY") == ""


def test_children_are_those_of_the_parent_column_and_the_members_of_a_region():
    assert WITHIN.children("SY06") == ("SY0600", "SY0602")
    assert WITHIN.children("x-coast") == WITHIN.members("x-coast") == ("SY06", "SY10")
    assert WITHIN.members("SY10|SY06") == ("SY06", "SY10")
    assert WITHIN.members("SY06") == ()
    assert WITHIN.descendants("x-coast") == {"SY06", "SY0600", "SY0602", "x-jableh-city", "SY10", "SY1002"}


def test_a_ring_of_parents_ends():
    assert WITHIN.parents("x-ring-a") == ("x-ring-b",)
    assert WITHIN.ancestors("x-ring-a") == {"x-ring-b"}
    assert WITHIN.leaves("x-ring-a") == {"x-ring-a", "x-ring-b"}


def test_a_parent_without_a_row_is_an_ancestor_all_the_same():
    assert WITHIN.ancestors("x-nowhere") == {"XX"}
    assert WITHIN.holds("XX", "x-nowhere")


@pytest.mark.parametrize(
    ("whole", "part", "holds"),
    [
        ("all", "all", True),
        ("all", "alawite_civilians", True),
        ("civilians", "alawite_civilians", True),
        ("combatants", "alawite_civilians", False),
        ("civilians", "women", False),
        ("women", "all", False),
        ("unknown", "unknown", True),
        ("all", "unknown", False),
    ],
)
def test_which_population_holds_which(whole, part, holds):
    assert WITHIN.population_holds(whole, part) is holds


def test_the_ancestors_of_a_population_come_narrowest_first():
    assert WITHIN.population_ancestors("alawite_civilians") == ("civilians", "all")


def test_a_blank_attribution_holds_every_party():
    assert attribution_holds("", "government") and attribution_holds("government", "government")
    assert not attribution_holds("government", "") and not attribution_holds("government", "rebels")


def test_an_earlier_beginning_holds_a_later_one():
    early, late = dt.date(2025, 3, 6), dt.date(2025, 3, 8)
    assert beginning_holds(early, late) and beginning_holds(early, early) and beginning_holds(None, None)
    assert not beginning_holds(late, early)
    assert not beginning_holds(None, late) and not beginning_holds(early, None)


@st.composite
def hierarchies(draw) -> tuple[Containment, list[str]]:
    """Random places in places, with regions of some of them, and every place and pair of places.

    A region may lie in one place and its members in another; regions may be made of each other.
    """
    size = draw(st.integers(2, 8))
    codes = [f"a{n}" for n in range(size)]
    regions = [f"r{n}" for n in range(draw(st.integers(0, 3)))]
    areas = {}
    for n, code in enumerate(codes):
        areas[code] = (draw(st.sampled_from(["", *codes[:n], *regions[:1]])), "")
    for region in regions:
        members = draw(st.sets(st.sampled_from([*codes, *regions]), min_size=1, max_size=3))
        areas[region] = (draw(st.sampled_from(["", *codes])), "|".join(sorted(members)))
    pairs = ["|".join(pair) for pair in itertools.combinations(sorted(areas), 2)]
    return _containment(areas), [*areas, *pairs]


@given(hierarchies(), st.data())
def test_holding_is_an_order_and_disjointness_goes_down(hierarchy, data):
    within, sets = hierarchy
    a, b, c = (data.draw(st.sampled_from(sets)) for _ in range(3))
    if within.holds(a, b) and within.holds(b, c):
        assert within.holds(a, c)
    if within.holds(a, b) and within.holds(b, a):
        assert within.is_same(a, b)
    if within.are_disjoint(a, b) and within.holds(b, c):
        assert within.are_disjoint(a, c)
    if within.holds(a, b):
        assert not within.are_disjoint(a, b)


@given(hierarchies())
def test_many_place_sets_at_once_hold_each_other_as_two_do(hierarchy):
    within, sets = hierarchy
    for part, holders in zip(sets, within.holders(sets), strict=True):
        assert holders == [number for number, whole in enumerate(sets) if within.holds(whole, part)]


@given(hierarchies())
def test_the_places_of_a_grid_lie_in_each_other_as_the_reference_data_say(hierarchy):
    within, sets = hierarchy
    places = Places(sets, within)
    for (one, a), (other, b) in itertools.product(enumerate(sets), repeat=2):
        assert places.holds(one, other) is within.holds(a, b)
        assert places.are_disjoint(one, other) is within.are_disjoint(a, b)


def test_a_region_in_one_place_with_a_member_in_another_shares_people_with_both():
    within = _containment({"A": ("", ""), "B": ("", ""), "B1": ("B", ""), "border": ("A", "B1")})
    assert within.holds("A", "border") and within.holds("B", "border")
    assert not within.are_disjoint("A", "B")


@given(hierarchies())
def test_the_largest_parts_of_a_place_set_are_all_of_it(hierarchy):
    within, sets = hierarchy
    for areas in sets:
        parts = within.largest_parts(areas)
        assert within.is_same(areas, "|".join(sorted(parts)))
        assert parts <= within.leaves(areas)
        assert within.is_single(areas) == (parts == {areas})


@given(hierarchies())
def test_an_ancestor_holds_what_lies_in_it(hierarchy):
    within, _ = hierarchy
    for code in within.areas:
        assert all(within.holds(outer, code) for outer in within.ancestors(code))
        assert all(within.holds(code, inner) for inner in within.descendants(code))
        assert all(code in within.descendants(outer) for outer in within.ancestors(code))


def test_the_shipped_places_and_populations():
    within = Containment.of(Reference(**load_seeds(ROOT / "seeds").reference))
    assert within.holds("x-syrian-coast", "SY0602")
    assert within.holds("SY06", "SY0602") and within.are_disjoint("SY0602", "SY1002")
    assert within.is_same("x-syrian-coast", "SY04|SY05|SY06|SY10")
    assert within.population_holds("civilians", "alawite_civilians")


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdefg"), max_size=6))
def test_a_ring_is_found_where_and_only_where_a_place_lies_in_itself(parents: dict[str, str]) -> None:
    rows = [{"area_code": code, "parent_code": parent, "members": ""} for code, parent in parents.items()]
    full = [{**dict.fromkeys(AREA.names, ""), "lat": None, "lon": None, **row} for row in rows]
    ring = Containment(pa.Table.from_pylist(full, schema=AREA)).find_ring(parents)

    def comes_back(code: str) -> bool:
        here = code
        for _ in parents:
            here = parents.get(here, "")
            if here == code:
                return True
        return False

    assert bool(ring) == any(map(comes_back, parents))
    assert all(parents[part] == whole for part, whole in itertools.pairwise(ring))
    assert not ring or ring[0] == ring[-1]
