"""The name of a line can be read: it stands near the line's end, meets no other name, and is not cut off."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from service.answers.chart_kinds import ChartFormat
from service.answers.pictures import chart_file
from service.charts.line_labels import Place, Room, place_name
from service.charts.pen import WIDE

ROOM = Room(50, 350, 10, 180)
WISHED = Place(100, 60, 60)
NAME = re.compile(r'<text x="([\d.]+)" y="([\d.]+)" font-size="11"[^>]*font-weight="bold"[^>]*>([^<]+)<')
UNSEEN = re.compile("[\u200e\u200f\u2066-\u2069]")


def test_a_name_stands_where_it_is_wished_where_nothing_is_in_its_way():
    assert place_name(WISHED, [], [], ROOM) == WISHED


def test_a_name_that_meets_another_stands_below_it_or_beside_it():
    second = place_name(WISHED, [WISHED], [], ROOM)
    assert not second.meets(WISHED)
    assert second.y >= WISHED.y
    third = place_name(WISHED, [WISHED, second], [], ROOM)
    assert not third.meets(WISHED)
    assert not third.meets(second)


def test_a_name_goes_to_the_right_of_a_line_that_rises_through_it():
    line = (120.0, 10.0, 120.0, 180.0)
    assert WISHED.is_crossed(line)
    place = place_name(WISHED, [], [line], ROOM)
    assert not place.is_crossed(line)
    assert place.x >= 120
    assert place.y == WISHED.y


def test_a_name_is_not_cut_off_at_the_edge_and_stands_above_the_axis():
    assert place_name(Place(340, 200, 60), [], [], ROOM) == Place(290, 180, 60)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("area", ["SY06", "SY0602", "x-syrian-coast"])
def test_no_name_meets_another_in_what_was_known_when_on_a_telephone(ledger, language, area):
    svg = chart_file(
        ledger, ChartFormat.SVG, kind="known", language=language, width=360,
        crisis="syria-coast-2025-03", area=area, measure="killed", population="civilians",
    ).decode()  # fmt: skip
    names = [
        Place(float(x), float(y), len(UNSEEN.sub("", text)) * 11 * WIDE) for x, y, text in NAME.findall(svg)
    ]
    assert len(names) > 3
    assert [pair for pair in combinations(names, 2) if pair[0].meets(pair[1])] == []
    assert max(name.x + name.width for name in names) <= 360
