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
    columns,
    firsts,
    key,
    table,
)  # fmt: skip

FRESHEST_LAST = "weight, origin_no, NOT is_part, part_id, said"
VOICES = f"SELECT * RENAME (day AS said_on) FROM voice ORDER BY cell_id, day, {FRESHEST_LAST}"
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
        self.moment = np.repeat(np.arange(len(self.first)), np.diff(self.first, append=len(cell)))
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


def stand(voices: pa.Table) -> Standing:
    """Which of the VOICES stand at which moment: each from its day until the day on which it is replaced."""
    voice = columns(voices)
    said_on, until = voice["said_on"], voice["until"]
    start, stop = key(voice["cell_id"], said_on), key(voice["cell_id"], np.minimum(until, LAST))
    changes = np.sort(np.concatenate([start, stop[until != OPEN]]), kind="stable")
    changes = changes[firsts(changes)]
    begin = np.searchsorted(changes, start)
    days = np.where(voice["is_heard"], np.searchsorted(changes, stop) - begin, 0)
    row = np.repeat(np.arange(len(days)), days)
    moment = np.arange(len(row)) + np.repeat(begin - np.cumsum(days) + days, days)
    order = np.argsort(moment, kind="stable")
    row, moment = row[order], moment[order]
    date = changes[moment] - key(voice["cell_id"][row], 0)
    rows = {name: voice[name][row] for name in ACTIVE.names if name in voice} | {"date": date}
    is_overtaken = (voice["overtaken_on"][row] <= date) & (rows["hi"] != OPEN)
    rows["is_full"] = (rows["hi"] != OPEN) & ~is_overtaken
    rows["hi"] = np.where(is_overtaken, 2 * rows["hi"] + 10, rows["hi"])
    return Standing(rows)
