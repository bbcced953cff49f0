"""How do columns of numbers stand in memory?

As NumPy arrays of one length, those of a table in a mapping by name; blanks as OPEN or NONE, dates as numbers
of days. What is sorted once by some keys needs no join and no second sort: rows with the same keys lie side
by side, and a key goes by the number of its first row. This module must not know what the columns mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Column = npt.NDArray[Any]
Whole = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Rows = Mapping[str, Column]

OPEN = int(np.iinfo(np.int64).max)
"""Stands for what has no end: a ceiling, the days that a figure stands."""
NONE = int(np.iinfo(np.int64).min)
"""Stands for what is not there: a floor, a count, a day."""
BLANKS = dict.fromkeys(("until", "overtaken_on", "hi", "high"), OPEN)
"""What stands for a blank in a column; NONE in all others."""
NUMBERS_AT_ONCE = 1 << 17
"""About so many numbers of a table are worked on together: they stay within the processor's cache."""
FEW_ROWS = 2048
"""Up to so many rows are worked on in one go: portions cost more than they save."""
FIRST, LAST = -(1 << 31), (1 << 31) - 1
"""The first and the last of days."""


def key(first: Column, then: Column | int) -> Whole:
    """One number for two, in their order; the second takes no more than half of it."""
    return (first << 32) + then


def firsts(*keys: Column) -> Whole:
    """Where in sorted columns a new key begins."""
    is_first = np.ones(len(keys[0]), np.bool_)
    is_first[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(is_first)


def order(*keys: Column) -> Whole:
    """The places of rows sorted by several columns, the first one first; equal rows keep their order.

    >>> order(np.array([2, 1, 2]), np.array([True, True, False])).tolist()
    [1, 2, 0]
    """
    together, bits = np.zeros(len(keys[0]), np.int64), 0
    for column in keys:
        values, room = _from_nothing(column)
        if bits + room > 63:  # more than a number holds
            together, bits = _from_nothing(ranks(together))
        if bits + room > 63:
            values, room = _from_nothing(ranks(values))
        together, bits = (together << room) | values, bits + room
    return _places_in_order(together, bits)


def _places_in_order(values: Whole, bits: int) -> Whole:
    """The places of numbers from 0, of so many bits, in their order; equal ones keep theirs.

    Numbers with their places behind them are sorted many times faster than places by their numbers; stably,
    for that is quick where rows come in runs, as they mostly do.
    """
    if (values[1:] >= values[:-1]).all():
        return np.arange(len(values))
    room = len(values).bit_length()
    if bits + room > 63:
        return np.argsort(values, kind="stable")
    placed = np.sort((values << room) | np.arange(len(values)), kind="stable")
    found: Whole = placed & ((1 << room) - 1)
    return found


def _from_nothing(values: Column) -> tuple[Whole, int]:
    """Numbers from 0 in the order of the values, and how many bits they take."""
    least, most = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    if (most - least).bit_length() > 62:
        return _from_nothing(ranks(values))
    return values.astype(np.int64) - least, (most - least).bit_length()


def ranks(values: Column) -> Whole:
    """The place of each value among all that occur."""
    found: Whole = np.unique(values, return_inverse=True)[1]
    return found


def numbered(*columns: Column) -> Whole:
    """For each row a number for what the columns say together: from 0, in their order, without gaps.

    >>> numbered(np.array([2, 1, 2]), np.array([5, 5, 5])).tolist()
    [1, 0, 1]
    """
    places = order(*columns)
    found = np.empty(len(places), np.int64)
    found[places] = groups(firsts(*(column[places] for column in columns)), len(places))
    return found


def spread(start: Whole, stop: Whole) -> tuple[Whole, Whole]:
    """Of each row all numbers from its ``start`` to before its ``stop``: the row, and the number.

    >>> [found.tolist() for found in spread(np.array([3, 0]), np.array([5, 1]))]
    [[0, 0, 1], [3, 4, 0]]
    """
    room = stop - start
    row = np.repeat(np.arange(len(room)), room)
    return row, np.arange(len(row)) - (np.cumsum(room) - stop)[row]


def matches(keys: Whole, among: Whole) -> tuple[Whole, Whole]:
    """Every row of ``keys`` with every place at which the sorted ``among`` has its key."""
    return spread(np.searchsorted(among, keys), np.searchsorted(among, keys, side="right"))


def sizes(first: Whole, rows: int) -> Whole:
    """How many rows the groups have that begin at ``first``."""
    return np.diff(first, append=rows)


def groups(first: Whole, rows: int) -> Whole:
    """The number of each row's group, of those that begin at ``first``."""
    return np.repeat(np.arange(len(first)), sizes(first, rows))


def put_most(into: Whole, row: Column, column: Column, values: Column) -> None:
    """Raise cells of a table to values, in place; a cell may be named more than once.

    >>> table = np.zeros((2, 2), np.int64)
    >>> put_most(table, np.array([1, 1]), np.array([0, 0]), np.array([3, 2]))
    >>> table.tolist()
    [[0, 0], [3, 0]]
    """
    np.maximum.at(into.reshape(-1), row * into.shape[1] + column, values)


def put_least(into: Whole, row: Column, column: Column, values: Column) -> None:
    """Lower cells of a table to values, in place; a cell may be named more than once."""
    np.minimum.at(into.reshape(-1), row * into.shape[1] + column, values)


def by_size(first: Whole, rows: int, width: int) -> Iterator[tuple[Whole, Whole]]:
    """Groups that begin at ``first``, a few of one size at a time: their numbers, and their rows as (groups,
    rows); each row is as wide as that."""
    room = sizes(first, rows)
    for size in np.unique(room).tolist():
        groups_of_size = np.flatnonzero(room == size)
        portion = max(1, NUMBERS_AT_ONCE // (size * width))
        for start in range(0, len(groups_of_size), portion):
            some = groups_of_size[start : start + portion]
            yield some, first[some][:, np.newaxis] + np.arange(size)


def keys_by_size(keys: Whole, width: int) -> Iterator[tuple[Whole, Whole]]:
    """Return sorted keys by how many rows they have: some keys, and their rows as (keys, rows of each), as
    ``by_size`` does."""
    first = firsts(keys)
    for some, rows in by_size(first, len(keys), width):
        yield keys[first[some]], rows


def first_day_of(rising: Whole, row: Whole, number: Whole) -> Whole:
    """Return the first column of each ``row`` of a table, whose rows only grow, that is no less than a
    number; how many there are where none is."""
    days = rising.shape[1]
    first, end = np.zeros(len(row), np.int64), np.full(len(row), days)
    for _ in range(days.bit_length()):
        middle = (first + end) // 2
        is_below = (first < end) & (rising[row, np.minimum(middle, days - 1)] < number)
        first, end = np.where(is_below, middle + 1, first), np.where(is_below, end, middle)
    return first


def most_of_groups(values: Whole, rows: Whole, first: Whole) -> Whole:
    """The most of the table's ``rows`` in each group, column by column; groups begin at ``first``."""
    return _of_groups(np.maximum, values, rows, first)


def least_of_groups(values: Whole, rows: Whole, first: Whole) -> Whole:
    """The least of the table's ``rows`` in each group, column by column; groups begin at ``first``."""
    return _of_groups(np.minimum, values, rows, first)


def sum_of_groups(values: Whole, rows: Whole, first: Whole) -> Whole:
    """The sum of the table's ``rows`` in each group, column by column; groups begin at ``first``."""
    return _of_groups(np.add, values, rows, first)


def first_with_most(values: Whole, rows: Whole, first: Whole) -> Whole:
    """The first of the table's ``rows`` in each group that has the most of it, column by column."""
    found = np.empty((len(first), values.shape[1]), np.int64)
    for some, members in by_size(first, len(rows), values.shape[1]):
        these = rows[members]
        found[some] = np.take_along_axis(these, values[these].argmax(axis=1), axis=1)
    return found


def fold(together: np.ufunc, into: Column, row: Whole, values: Column) -> None:
    """Put rows together with those of a table, in place; a row may be named more than once."""
    sequence = order(row)
    first = firsts(row[sequence])
    if len(first):
        rows = row[sequence[first]]
        into[rows] = together(into[rows], together.reduceat(values[sequence], first, axis=0))


def _of_groups(together: np.ufunc, values: Whole, rows: Whole, first: Whole) -> Whole:
    if 0 < len(rows) <= FEW_ROWS:
        return together.reduceat(values[rows], first, axis=0)
    found = np.empty((len(first), values.shape[1]), values.dtype)
    for some, members in by_size(first, len(rows), values.shape[1]):
        found[some] = together.reduce(values[rows[members]], axis=1)
    return found


def columns(found: pa.Table) -> dict[str, Column]:
    """The columns of a table, days as numbers of days; blanks as OPEN or NONE."""
    return {name: _column(found.column(name), BLANKS.get(name, NONE)) for name in found.column_names}


def _column(values: pa.ChunkedArray, blank: int) -> Column:
    if not pa.types.is_boolean(values.type):
        values = (values.cast(pa.int32()) if pa.types.is_date(values.type) else values).cast(pa.int64())
        values = values.fill_null(blank)
    column: Column = values.to_numpy()
    return column


def table(rows: Mapping[str, Column], schema: pa.Schema) -> pa.Table:
    """Columns as a table, OPEN and NONE as blanks."""
    return pa.table([array(rows[field.name], field.type) for field in schema], schema=schema)


def array(values: Column, kind: pa.DataType | None = None) -> pa.Array:
    """A column for a table, OPEN and NONE as blanks."""
    if not np.issubdtype(values.dtype, np.integer):
        return pa.array(values, kind)
    is_blank = (values == NONE) | (values == OPEN)
    if kind == pa.date32():
        return pa.array(values.astype(np.int32), pa.int32(), mask=is_blank).view(kind)
    found = pa.array(values, pa.int64(), mask=is_blank)
    return found.cast(kind) if kind else found


def texts(words: Sequence[str]) -> pa.Array:
    """Return words as an array made of its bytes: ``pa.array`` of a list would load all of pandas, only to
    see that it is none of its columns.

    >>> texts(["killed", "", "é"]).to_pylist()
    ['killed', '', 'é']
    """
    encoded = [word.encode() for word in words]
    ends = np.cumsum([0, *(len(word) for word in encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(words), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))
