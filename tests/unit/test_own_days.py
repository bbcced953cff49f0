"""Are the days between a cell's own days what the last own day was?"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reconcile.own_days import days_of_change, portions


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 20), st.integers(0, 4), st.randoms(use_true_random=False))
def test_a_table_on_own_days_says_all_that_it_says_on_all_days(cells, days, most_rows, rng) -> None:
    cell = np.array([n for n in range(cells) for _ in range(rng.randint(0, most_rows))], np.int64)
    steps = [rng.randint(0, 3) // 3 for _ in range(len(cell) * days)]
    table = np.cumsum(np.array(steps, np.int64).reshape(len(cell), days), axis=1)
    start = np.searchsorted(cell, np.arange(cells + 1))
    seen, found = [], np.full_like(table, -1)
    for some in portions(days_of_change((table,), cell, cells), np.diff(start)):
        local, row = some.rows(start)
        assert (some.cell[local] == cell[row]).all()
        own = some.on_own_days(table, row, local)
        assert own.shape[1] <= days
        found[row] = np.take_along_axis(own, some.place[local], axis=1)
        seen += some.cell.tolist()
    assert sorted(seen) == list(range(cells))
    assert (found == table).all()
