"""What is sorted once by several columns, whatever they hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.reconcile.columns import NONE, OPEN, first_with_most, firsts, fold, matches, order

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


@given(st.lists(st.tuples(st.integers(0, 4), FEW, FEW), max_size=9))
def test_rows_are_folded_into_a_table_one_after_the_other(rows):
    table = np.zeros((5, 2), np.int64)
    wanted = table.copy()
    for row, *values in rows:
        wanted[row] = np.maximum(wanted[row], values)
    told = np.array(rows, np.int64).reshape(-1, 3)
    fold(np.maximum, table, told[:, 0], told[:, 1:])
    assert table.tolist() == wanted.tolist()


@given(st.lists(st.tuples(st.integers(0, 3), FEW, FEW), min_size=1, max_size=9).map(sorted))
def test_of_each_group_the_first_row_with_most_is_named_column_by_column(rows):
    group, *values = np.array(rows, np.int64).T
    found = first_with_most(np.column_stack(values), np.arange(len(rows)), firsts(group))
    for number, name in enumerate(np.unique(group).tolist()):
        members = np.flatnonzero(group == name)
        assert found[number].tolist() == [int(members[column[members].argmax()]) for column in values]
