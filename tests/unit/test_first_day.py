"""On which day does a growing median reach a number, and what does it take to find out?"""

from __future__ import annotations

import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reconcile.columns import first_day_of


@settings(deadline=None)
@given(st.integers(1, 8), st.integers(1, 40), st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_first_day_is_as_many_days_as_lie_below(cells, days, rows, rng) -> None:
    steps = [rng.choice((0, 0, 1, 1 << 40)) for _ in range(cells * days)]
    median = np.cumsum(np.array(steps, np.int64).reshape(cells, days), axis=1) - 1
    cell = np.array([rng.randrange(cells) for _ in range(rows)], np.int64)
    number = np.array([rng.choice((-1, 0, 1, 3, 1 << 40, 1 << 60)) for _ in range(rows)], np.int64)
    below = (median[cell] < number[:, np.newaxis]).sum(axis=1)
    assert first_day_of(median, cell, number).tolist() == below.tolist()


def test_counts_of_one_place_on_thousands_of_days_take_no_table_of_both() -> None:
    many = np.arange(20_000)
    tracemalloc.start()
    try:
        found = first_day_of(many[np.newaxis], np.zeros(len(many), np.int64), many)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found == many).all()
    assert most < 20 << 20, "a table of days and counts would take 400 MB as marks alone"
