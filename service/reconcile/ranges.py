"""From how many to how many, so that the range holds the later settled figure as often as it says?

By what settled cases teach: how far figures of that stage (days from the beginning of the count) and size lay
from the settled ones; and where days of the cell itself were first counted and later verified, by how much
the counts were off. Else the lowest and highest of the origins' statements stand as the range. This module
must not know how the figure was agreed on, nor where factors come from. Invariant: a range holds its figure
and the spread of the statements.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from service.reconcile.cells import Cells
from service.reconcile.columns import (
    NONE,
    OPEN,
    Column,
    Marks,
    Rows,
    Whole,
    firsts,
    key,
    order,
    sizes,
    spread,
    table,
)
from service.reconcile.walk import highest_before

ESTIMATED = pa.schema(
    [
        pa.field("cell_id", pa.int32()),
        pa.field("date", pa.date32()),
        *((name, pa.int64()) for name in ("low", "best", "high", "origins", "reports")),
    ]
)
"""A row per (cell, day) on which the figure, its spread or its support moved, with its ``grade``."""
BEGUN = pa.schema([("cell_id", pa.int32()), ("since", pa.date32())])
VERIFIED_LATE = pa.schema([("cell_id", pa.int32()), ("lift", pa.int64()), ("margin", pa.int64())])
ENOUGH, LATEST, REMEMBERED = 10, 10, 100
"""So many days of a cell must have been verified later before they teach; the latest of them say in which
direction counts are off, all that are remembered say how far."""


def estimates(figures: Rows, since: Whole, late: Rows, calibration: pa.Table) -> Rows:
    """ESTIMATED rows: the figures with ranges as far as settled ones lay from such figures.

    ``since`` says from which day each cell counts, ``late`` is VERIFIED_LATE, ``calibration`` CALIBRATION.
    """
    cell, best, low, high = (figures[name] for name in ("cell_id", "best", "low", "high"))
    days = figures["date"] - since[cell - 1]
    is_ranged = ~figures["is_settled"] & (best != NONE)
    count = np.where(is_ranged, best, 0)
    below, above = _factors(calibration, days, count)
    margin = _margins(late, cell)
    is_taught = margin >= 0
    least = np.where(is_taught, count - margin, np.floor((count + 1) * below).astype(np.int64) - 1)
    most = np.where(is_taught, count + margin, np.ceil((count + 1) * above).astype(np.int64) - 1)
    low = np.where(is_ranged, np.minimum(low, least), low)
    floor = np.maximum(np.maximum(low, figures["verified_floor"]), 0)
    is_closed = high != OPEN
    ceiling = _lowest_from(np.where(is_closed & is_ranged, np.maximum(high, most), high), firsts(cell))
    return _told(figures) | {
        "low": np.minimum(floor, np.where(best != NONE, best, low)),
        "high": np.where(is_closed, np.maximum(np.maximum(high, ceiling), best), OPEN),
    }


def lowest_to_highest(figures: Rows) -> Rows:
    """ESTIMATED rows: the figures with the lowest and highest of the origins' statements for a range."""
    return _told(figures) | {"low": figures["low"], "high": figures["high"]}


def _told(figures: Rows) -> dict[str, Column]:
    return {name: figures[name] for name in ("cell_id", "date", "best", "origins", "reports", "grade")}


def begun(figures: Rows, cells: Cells) -> Whole:
    """From which day each cell counts: where nobody knows, from that of its first figure (or NONE)."""
    since = cells.begins.copy()
    first = firsts(figures["cell_id"])
    cell = figures["cell_id"][first] - 1
    since[cell] = np.where(since[cell] == NONE, figures["date"][first], since[cell])
    return since


def verified_late(walked: Rows) -> Rows:
    """VERIFIED_LATE rows, by cell: of cells with days that were first counted and later verified, by how much
    to ``lift`` a count (half the middle gap of the latest days) and a ``margin`` that held nine gaps in ten.
    """
    cell, gap = _gaps(walked)
    first = firsts(cell)
    last = first + sizes(first, len(cell))
    is_enough = last - first >= ENOUGH
    first, last = np.maximum(first, last - REMEMBERED)[is_enough], last[is_enough]
    latest = np.sort(gap[last[:, np.newaxis] - np.arange(1, LATEST + 1)])
    twice_middle = latest[:, (LATEST - 1) // 2] + latest[:, LATEST // 2]
    of, row = spread(first, last)
    off = np.abs(gap[row])
    off = off[order(of, off)]
    days = last - first
    held = np.minimum(days, -(-9 * (days + 1) // 10))
    return {
        "cell_id": cell[first],
        "lift": np.sign(twice_middle) * ((np.abs(twice_middle) + 2) // 4),
        "margin": off[np.cumsum(days) - days + held - 1],
    }


def _gaps(walked: Rows) -> tuple[Whole, Whole]:
    """The cells of the days that were first counted and later verified, in order, and by how much the counts
    were off."""
    is_full = walked["is_accepted"] & (walked["hi"] != OPEN)
    verified = _weightiest(walked, is_full & walked["is_verified"])
    counted = _weightiest(walked, is_full & ~walked["is_verified"] & ~walked["is_anonymous"])
    one, other = (key(walked["cell_id"][rows], walked["day"][rows]) for rows in (verified, counted))
    _, again, before = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    verified, counted = verified[again], counted[before]
    return walked["cell_id"][verified], walked["best"][verified] - walked["best"][counted]


def _weightiest(walked: Rows, among: Marks) -> Whole:
    """Of each cell and day the weightiest of some figures, in order."""
    rows = np.flatnonzero(among)
    rows = rows[order(*(walked[name][rows] for name in ("cell_id", "day", "weight", "origin_no")))]
    first = firsts(walked["cell_id"][rows], walked["day"][rows])
    weightiest: Whole = rows[first + sizes(first, len(rows)) - 1]
    return weightiest


def _margins(late: Rows, cell: Whole) -> Whole:
    """The margins of the cells, or -1."""
    known, margin = np.append(late["cell_id"], OPEN), np.append(late["margin"], -1)
    at = np.searchsorted(known, cell)
    return np.where(known[at] == cell, margin[at], -1)


def _factors(calibration: pa.Table, days: Whole, count: Whole) -> tuple[Column, Column]:
    """How far below and above some counts, so many days after the beginning, settled figures lay: how many
    times as high; once where none are known.

    The classes of stage and size lie on a grid, in which the last row and column are outside of all.
    """
    of = {
        name: column.to_numpy()
        for name, column in zip(calibration.column_names, calibration.columns, strict=True)
    }
    stages, counts = (np.unique([of[f"{name}_from"], of[f"{name}_to"] + 1]) for name in ("stage", "best"))
    grid = np.full((len(stages) + 1, len(counts) + 1), len(calibration))
    inside = [
        (of[f"{name}_from"] <= edges[:, np.newaxis]) & (edges[:, np.newaxis] <= of[f"{name}_to"])
        for name, edges in (("stage", stages), ("best", counts))
    ]
    stage, size, number = np.nonzero(inside[0][:, np.newaxis] & inside[1])
    grid[stage, size] = number
    found = grid[
        np.searchsorted(stages, days, side="right") - 1, np.searchsorted(counts, count, side="right") - 1
    ]
    return np.append(of["below"], 1.0)[found], np.append(of["above"], 1.0)[found]


def _lowest_from(values: Whole, first: Whole) -> Whole:
    """The lowest of each row's value and those after it, in groups that begin at ``first``: the toll of a day
    is no higher than that of a later one.

    >>> _lowest_from(np.array([3, 5, 4, 7]), np.array([0, 1])).tolist()
    [3, 4, 4, 7]
    """
    ends = len(values) - (first + sizes(first, len(values)))
    falling = -values[::-1]
    return -np.maximum(falling, highest_before(falling, ends[::-1]))[::-1]


def begun_table(since: Whole) -> pa.Table:
    """BEGUN rows, of the cells whose beginning is known."""
    cell = np.flatnonzero(since != NONE)
    return table({"cell_id": cell + 1, "since": since[cell]}, BEGUN)
