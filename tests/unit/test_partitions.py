"""Into how many sets of parts a cell parts is bounded, however many places are reported together."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from service.reconcile.grid import Block
from service.reconcile.partitions import MOST_SETS, partitions_of_block
from service.reference.containment import Containment
from tests.builders import areas, reference

COUNTRY = {"area_code": "C", "name": "C", "level": "country"}


@pytest.mark.parametrize("sets", [3, 60])
def test_of_many_sets_of_places_so_many_are_tried_first_and_no_more(sets: int) -> None:
    codes = [f"C{number}" for number in range(2 * sets)]
    parts = ({"area_code": code, "name": code, "level": "district", "parent_code": "C"} for code in codes)
    world = dataclasses.replace(reference(), area=areas(COUNTRY, *parts))
    pairs = [f"{one}|{other}" for one, other in zip(codes[::2], codes[1::2], strict=True)]
    cells = [(place, "all", "", 0) for place in ("C", *pairs)]
    block = Block.of(cells, Containment.of(world))
    found = partitions_of_block(block, np.ones(len(block), np.bool_), are_mixed=True)
    assert 1 <= len(found.whole) <= MOST_SETS
    first = found.parts[: int(np.diff(found.first, append=len(found.parts))[0])]
    assert len(first) == min(sets, MOST_SETS)


@pytest.mark.parametrize("counted", range(1 << 4))
def test_a_place_reported_together_with_a_part_of_it_is_no_part_of_itself(counted: int) -> None:
    part = {"area_code": "C1", "name": "C1", "level": "district", "parent_code": "C"}
    world = dataclasses.replace(reference(), area=areas(COUNTRY, part))
    cells = [("C", "all"), ("C|C1", "all"), ("C|C1", "civilians"), ("C1", "all")]
    block = Block.of([(place, people, "", 0) for place, people in cells], Containment.of(world))
    counts = np.array([bool(counted >> cell & 1) for cell in range(len(block))])
    found = partitions_of_block(block, counts, are_mixed=True)
    ends = np.append(found.first, len(found.parts))[1:]
    for whole, first, last in zip(found.whole, found.first, ends, strict=True):
        parts = found.parts[first:last]
        places = block.place[parts]
        assert whole not in parts
        assert not any(block.places.holds(int(a), int(b)) for a in places for b in places if a != b)
