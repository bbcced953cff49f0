"""How wide a range is, where factors are known, where days were verified later, and where neither is so."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from service.reconcile.calibration import CALIBRATION
from service.reconcile.columns import NONE, OPEN, Rows
from service.reconcile.ranges import VERIFIED_LATE, estimates, verified_late

NOTHING_LATE = {name: np.array([], np.int64) for name in VERIFIED_LATE.names}
FACTORS = pa.table(
    {
        "stage_from": [0, 5, 5],
        "stage_to": [2, 9, 9],
        "best_from": [0, 0, 100],
        "best_to": [999, 49, 999],
        "below": [0.5, 0.25, 0.75],
        "above": [4.0, 3.0, 2.0],
        "cases": [1, 1, 1],
    },
    schema=CALIBRATION,
)
"""Of the third and fourth day nothing is known, nor of 50 to 99 people afterwards."""


def ranged(
    *figures: tuple[int, int], late: Rows = NOTHING_LATE, factors: pa.Table = FACTORS
) -> list[tuple[int, int]]:
    """Each figure's range: a day and an exact count, each in a cell of its own that begins on day 0."""
    days, counts = np.array(figures).T
    rows = {"cell_id": np.arange(1, len(days) + 1), "date": days}
    rows |= dict.fromkeys(("low", "best", "high"), counts)
    rows |= {"verified_floor": np.full(len(days), NONE), "is_settled": np.zeros(len(days), np.bool_)}
    rows |= dict.fromkeys(("origins", "reports", "grade"), np.ones(len(days), np.int64))
    found = estimates(rows, np.zeros(len(days), np.int64), late, factors)
    return list(zip(found["low"].tolist(), found["high"].tolist(), strict=True))


def test_the_factors_of_a_figures_stage_and_size_make_its_range():
    assert ranged((2, 99), (5, 49), (9, 100)) == [(49, 399), (11, 149), (74, 201)]


def test_where_no_factors_are_known_the_range_is_that_of_the_statements():
    assert ranged((-1, 9), (3, 9), (5, 50), (10, 9), (0, 1000)) == [(n, n) for n in (9, 9, 50, 9, 1000)]
    assert ranged((0, 9), factors=CALIBRATION.empty_table()) == [(9, 9)]


def test_a_cells_own_margin_takes_the_place_of_the_factors():
    late = {"cell_id": np.array([2]), "lift": np.array([0]), "margin": np.array([3])}
    assert ranged((2, 99), (2, 99), late=late) == [(49, 399), (96, 102)]


def walked(*days: tuple[int, int, int]) -> Rows:
    """What one origin counted for each day and another verified: the day, both numbers."""
    rows = [(day, 0, count, False) for day, count, _ in days]
    rows += [(day, 1, count, True) for day, _, count in days]
    day, origin, best, is_verified = (np.array(column) for column in zip(*rows, strict=True))
    return {
        "cell_id": np.full(len(day), 7),
        "origin_no": origin,
        "day": day,
        "best": best,
        "hi": best,
        "weight": np.ones(len(day), np.int64),
        "is_verified": is_verified,
        "is_anonymous": np.zeros(len(day), np.bool_),
        "is_accepted": np.ones(len(day), np.bool_),
    }


def taught(rows: Rows) -> list[tuple[int, int, int]]:
    found = verified_late(rows)
    return list(zip(*(found[name].tolist() for name in VERIFIED_LATE.names), strict=True))


def test_nine_days_that_were_verified_later_teach_nothing_and_ten_do():
    days = [(day, 100, 100 + day) for day in range(1, 11)]
    assert taught(walked(*days[1:])) == []
    assert taught(walked(*days)) == [(7, 3, 10)]  # half of 5.5, and the widest of ten


def test_counts_that_were_too_high_are_lowered():
    assert taught(walked(*((day, 100, 100 - day) for day in range(1, 11)))) == [(7, -3, 10)]


def test_nine_gaps_in_ten_lie_within_the_margin():
    assert taught(walked(*((day, 100, 100 + day) for day in range(1, 31)))) == [(7, 13, 28)]


def test_only_the_last_hundred_days_are_remembered():
    forgotten = [(day, 0, 10_000) for day in range(50)]
    kept = [(day, 100, 100 + day % 2) for day in range(50, 150)]
    assert taught(walked(*forgotten, *kept)) == [(7, 0, 1)]


def test_of_two_who_counted_a_day_the_weightier_is_compared():
    rows = walked(*((day, 100, 104) for day in range(10)))
    heavier = {name: column[:10] for name, column in rows.items()} | {
        "origin_no": np.full(10, -1),
        "best": np.full(10, 96),
        "weight": np.full(10, 2),
    }
    assert taught({name: np.append(column, heavier[name]) for name, column in rows.items()}) == [(7, 4, 8)]


def test_who_is_nameless_or_open_or_not_accepted_is_not_compared():
    rows = walked(*((day, 100, 104) for day in range(10)))
    blank = {"is_anonymous": True, "hi": OPEN, "is_accepted": False}
    for name, value in blank.items():
        assert taught(rows | {name: np.where(rows["origin_no"] == 0, value, rows[name])}) == []
