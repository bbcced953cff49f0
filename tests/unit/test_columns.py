"""What is sorted once by several columns, whatever they hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.reconcile.columns import NONE, OPEN, matches, order

FEW = st.integers(-3, 3)
ANY = st.sampled_from([NONE, OPEN, 0, 1 << 40, -(1 << 40)])


@given(st.lists(st.tuples(FEW, st.integers(), FEW, st.booleans(), ANY, ANY), max_size=30))
def test_rows_are_sorted_by_the_first_column_then_the_next_and_equal_ones_keep_their_order(rows):
    rows = [(a, b % (1 << 61), c, d, e, f) for a, b, c, d, e, f in rows]
    kinds = (np.int64, np.int64, np.int64, np.bool_, np.int64, np.int64)
    keys = [np.array([row[n] for row in rows], kind) for n, kind in enumerate(kinds)]
    assert order(*keys).tolist() == sorted(range(len(rows)), key=lambda place: rows[place])


@given(st.lists(FEW, max_size=9), st.lists(FEW, max_size=9))
def test_every_row_is_matched_with_every_place_that_has_its_key(keys, among):
    among = sorted(among)
    found = matches(np.array(keys, np.int64), np.array(among, np.int64))
    pairs = [(row, place) for row, key in enumerate(keys) for place, one in enumerate(among) if one == key]
    assert list(zip(*(column.tolist() for column in found), strict=True)) == pairs
