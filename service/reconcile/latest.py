"""What is left of an answer of which only the latest figures are wanted?

Whoever lays one day of knowledge beside another looks at the last figure of each cell and at what is behind
it; the words of all other rows would be written only to be dropped. No figure depends on it. This module does
not know how rows are found.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa

from service.reconcile.columns import FIRST, LAST, Column, Marks, Rows, Whole

EPOCH = dt.date(1970, 1, 1)
IsAsked = Callable[[pa.Table, pa.Array], pa.ChunkedArray]
"""Says which cells a question is about, by their words (CELL) and by the day from which the crisis of each
counts."""


@dataclasses.dataclass(frozen=True)
class Latest:
    """Of the cells that a question is about, the last figure dated within some days, and the evidence that
    holds on the last of these; of a cell without such a figure, all evidence."""

    is_asked: IsAsked
    date_from: dt.date | None = None
    date_to: dt.date | None = None

    def asked(self, cells: pa.Table, starts: Mapping[str, dt.date | None]) -> Marks:
        """Return which of all cells the question is about."""
        own = [starts[crisis] for crisis in cells.column("crisis_id").to_pylist()]
        found: Marks = self.is_asked(cells, pa.array(own, pa.date32())).to_numpy().astype(np.bool_)
        return found

    def figures(self, rows: Rows, asked: Marks) -> Whole:
        """Return the places of the figures to keep, of ``rows`` sorted by cell and date."""
        some = np.flatnonzero(asked[rows["cell"]] & (rows["date"] <= _number(self.date_to, LAST)))
        cell = rows["cell"][some]
        last = some[np.append(cell[1:] != cell[:-1], True)[: len(cell)]]
        found: Whole = last[rows["date"][last] >= _number(self.date_from, FIRST)]
        return found

    def evidence(self, rows: Rows, asked: Marks, figures: Column) -> Whole:
        """Return the places of the evidence to keep, where ``figures`` are the cells that have one."""
        day = _number(self.date_to, LAST)
        has_none = np.ones(len(asked), np.bool_)
        has_none[figures] = False
        holds = (rows["date"] <= day) & (rows["until"] > day)
        found: Whole = np.flatnonzero(asked[rows["cell"]] & (holds | has_none[rows["cell"]]))
        return found


def _number(day: dt.date | None, other: int) -> int:
    return other if day is None else (day - EPOCH).days
