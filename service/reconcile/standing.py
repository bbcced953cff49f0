"""Who stands for a cell on each day on which something changes in it?

The days of change of all cells are numbered in the order of cells and days (moments); the rows of those who
stand at one lie side by side, the freshest last, so that what they come to takes one pass over a column.
This module must not know how they are agreed on. Invariant: a moment has at least one row.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from service.reconcile.columns import (
    LAST,
    NONE,
    OPEN,
    Column,
    Marks,
    Rows,
    Whole,
    firsts,
    groups,
    key,
    spread,
    table,
)

ACTIVE = pa.schema(
    [
        *((name, pa.int32()) for name in ("cell_id", "part_id", "origin_no")),
        *((name, pa.date32()) for name in ("date", "said_on", "published_on")),
        *((name, pa.int64()) for name in ("said", "lo", "hi", "best", "weight", "reports")),
        *(
            (name, pa.bool_())
            for name in ("is_full", "is_part", "is_anonymous", "is_verified", "is_first_days")
        ),
    ]
)
"""A row per (cell, day of change, voice): what the voice stands for on that day."""


class Standing:
    """The columns of ACTIVE, and the moments that the rows belong to."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        cell, date = rows["cell_id"], rows["date"]
        self.first = firsts(cell, date)
        """The first row of each moment."""
        self.moment = groups(self.first, len(cell))
        """The moment of each row."""
        self.cell, self.date = cell[self.first], date[self.first]

    def __getitem__(self, name: str) -> Column:
        return self.rows[name]

    def most(self, values: Whole, where: Marks) -> Whole:
        """The highest of some rows' values at each moment, or NONE."""
        return np.maximum.reduceat(np.where(where, values, NONE), self.first)

    def least(self, values: Whole, where: Marks) -> Whole:
        """The lowest of some rows' values at each moment, or OPEN."""
        return np.minimum.reduceat(np.where(where, values, OPEN), self.first)

    def total(self, values: Column) -> Whole:
        """The sum at each moment; of marks, how many."""
        return np.add.reduceat(values, self.first, dtype=np.int64)

    def any(self, where: Marks) -> Marks:
        """Whether a row of the moment is marked."""
        return np.logical_or.reduceat(where, self.first)

    def only(self, moments: Marks) -> Standing:
        """Some of the moments."""
        kept = moments[self.moment]
        return Standing({name: column[kept] for name, column in self.rows.items()})

    def at(self, cell: Column, date: Column) -> Whole:
        """The moments of some cells' days."""
        return np.searchsorted(key(self.cell, self.date), key(cell, date))

    def table(self) -> pa.Table:
        """ACTIVE rows."""
        return table(self.rows, ACTIVE)


def stand(voices: Rows) -> Standing:
    """Which of the voices (in order) stand at which moment: each from its day until it is replaced.

    Once a total is overtaken it is a floor, with a loose ceiling: what has been counted once is not taken to
    have more than doubled (and ten) since, unless more voices say so.
    """
    cell, until, hi = voices["cell_id"], voices["until"], voices["hi"]
    start, stop = key(cell, voices["said_on"]), key(cell, np.minimum(until, LAST))
    changes = np.sort(np.concatenate([start, stop[until != OPEN]]), kind="stable")
    changes = changes[firsts(changes)]
    begin, end = np.searchsorted(changes, start), np.searchsorted(changes, stop)
    row, moment = spread(begin, np.where(voices["is_heard"], end, begin))
    order = np.argsort(moment, kind="stable")
    row, moment = row[order], moment[order]
    rows = picked({name: voices[name] for name in ACTIVE.names if name in voices}, row)
    rows["date"] = changes.astype(np.int32).astype(np.int64)[moment]
    rows["is_full"] = rows["date"] < np.where(hi == OPEN, NONE, voices["overtaken_on"])[row]
    loose = np.flatnonzero(~rows["is_full"] & (rows["hi"] != OPEN))
    rows["hi"][loose] = 2 * rows["hi"][loose] + 10
    return Standing(rows)


def picked(rows: Rows, at: Whole) -> dict[str, Column]:
    """The rows ``at`` some places, the numbers side by side in one piece of memory: to ask the system for one
    large piece takes a fraction of the time of asking for many small ones."""
    numbers = [name for name, column in rows.items() if column.dtype == np.int64]
    room = np.empty((len(numbers), len(at)), np.int64)
    for name, place in zip(numbers, room, strict=True):
        np.take(rows[name], at, out=place, mode="clip")  # (checked places would be copied twice)
    found = dict(zip(numbers, room, strict=True))
    return {name: found[name] if name in found else column[at] for name, column in rows.items()}
