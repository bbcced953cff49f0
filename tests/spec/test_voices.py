"""Who speaks for a place, through which of its parts, and how long as more than a floor."""

from __future__ import annotations

import numpy as np

from service.reconcile.columns import OPEN
from service.reconcile.standing import stand
from tests.spec.drawn import reconciled, roles

WHOLE = "12 ohchr 5"
"""Somebody who is heard about the place itself."""


def test_of_equal_floors_from_two_parts_the_weightier_one_speaks():
    said = roles(
        f"""
        {WHOLE}
        12 snhr 90 area=SY0602 std=unverified
        12 snhr at least 90 pop=alawite_civilians std=verified
        """,
        on="12",
    )
    assert said == {"ohchr 5": "counted", "snhr at least 90": "bound"}


def test_of_equally_weighty_floors_the_one_of_the_first_part_speaks():
    said = roles(f"{WHOLE}\n12 snhr over 89 area=SY0602\n12 snhr 90 pop=alawite_civilians", on="12")
    assert said == {"ohchr 5": "counted", "snhr 90": "bound"}


def test_a_part_with_nobody_in_it_says_nothing_of_the_whole():
    assert roles(f"{WHOLE}\n12 snhr 0 area=SY0602", on="12") == {"ohchr 5": "counted"}


def test_a_part_speaks_anew_only_where_it_says_more():
    drawing = f"""
        {WHOLE}
        12 snhr 90 area=SY0602
        13 snhr at least 90 pop=alawite_civilians
        14 snhr 91 area=SY0602
    """
    assert roles(drawing, on="13") == {"ohchr 5": "counted", "snhr 90": "bound"}
    assert roles(drawing, on="14") == {"ohchr 5": "bound", "snhr 91": "bound"}


def test_a_nameless_claim_about_a_part_is_shown_and_has_no_weight():
    found = reconciled(f"{WHOLE}\n12 anonymous 4,000 area=SY0602").evidence.to_pylist()
    assert [row["weight"] for row in found if row["areas"] == "SY06" and row["low"] == 4000] == [0]


OLDER = """
8 ohchr 100
9 snhr at least 50
10 snhr at least 60
12 snhr at least 100
"""


def test_floors_that_reach_no_higher_leave_an_older_total_standing():
    assert roles(OLDER, on="13")["ohchr 100"] == "counted"


def test_the_first_floor_above_an_older_total_makes_it_a_floor():
    drawing = OLDER + "13 snhr over 100\n14 snhr over 120"
    assert roles(drawing, on="12")["ohchr 100"] == "counted"
    assert roles(drawing, on="13")["ohchr 100"] == "bound"


def test_half_the_weight_is_enough_to_make_an_older_total_a_floor():
    assert roles("12 snhr 683\n20 reuters 400", on="20") == {"snhr 683": "bound", "reuters 400": "counted"}


def test_a_total_without_any_date_makes_no_older_one_a_floor():
    drawing = "8 ohchr 100\n12 anonymous 90\nnone snhr 120 pub=none"
    assert roles(drawing, on="13")["ohchr 100"] == "counted"


def test_an_overtaken_total_stands_from_that_day_up_to_double_and_ten():
    voice = {
        "cell_id": [1, 1, 1], "origin_no": [0, 1, 2], "said_on": [5, 6, 7], "until": [8, OPEN, OPEN],
        "hi": [30, OPEN, 9], "overtaken_on": [7, OPEN, OPEN], "is_heard": [True, True, False],
    }  # fmt: skip
    found = stand({name: np.array(column) for name, column in voice.items()})
    names = ("date", "origin_no", "hi", "is_full")
    rows = zip(*(found[name].tolist() for name in names), strict=True)
    assert list(rows) == [
        (5, 0, 30, True),
        (6, 0, 30, True),
        (6, 1, OPEN, False),
        (7, 0, 70, False),
        (7, 1, OPEN, False),
        (8, 1, OPEN, False),
    ]
