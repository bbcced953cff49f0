"""How does a row of evidence stand in memory?

This module does not know what a report did.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.reconcile.columns import NONE, OPEN, Column, Marks, Whole, firsts, order
from service.reconcile.kept import BLANK, BOUNDLESS

COLUMNS = (
    "cell",
    "date",
    "until",
    "claim",
    "kind",
    "weight",
    "low",
    "best",
    "high",
    "number",
    "origin",
    "about",
)
"""What a row of evidence consists of: ``claim`` is the place of the report's claim, ``kind`` that of its
reason; ``number``, ``origin`` and ``about`` (a cell) are what the reason names, NONE where nothing."""


def open_ended(high: Whole) -> Whole:
    """Return ceilings with OPEN for those that are none."""
    return np.where(high < BOUNDLESS, high, OPEN)


def evidence_rows(cell: Whole, date: Whole, **given: Column | int) -> dict[str, Column]:
    """Rows of evidence; what is not given is blank."""
    blank = {"until": OPEN, "weight": 0, "number": NONE, "origin": NONE, "about": NONE, "best": NONE}
    found = {"cell": cell, "date": date} | {
        name: np.broadcast_to(np.asarray(value), len(cell)).copy() for name, value in (blank | given).items()
    }
    found["best"] = np.where(found["best"] == BLANK, NONE, found["best"])
    return found


def concatenate(pieces: Sequence[dict[str, Column]]) -> dict[str, Column]:
    """Pieces of evidence as one, in no order."""
    return {
        name: np.concatenate([piece[name] for piece in pieces]) if pieces else np.zeros(0, np.int64)
        for name in COLUMNS
    }


def that_hold(rows: dict[str, Column]) -> dict[str, Column]:
    """Rows without those that end on the date of their beginning: a figure without any date overtook them."""
    holds = rows["until"] > rows["date"]
    return {name: values[holds] for name, values in rows.items()}


def join_days(rows: dict[str, Column], is_stock: Marks) -> dict[str, Column]:
    """Return rows about stocks, which are found day by day, as one from the day on which they begin to hold
    to that on which they cease to; ``is_stock`` is by cell."""
    of_stocks = np.flatnonzero(is_stock[rows["cell"]])
    if not len(of_stocks):
        return rows
    names = [name for name in COLUMNS if name not in ("date", "until")]
    sequence = of_stocks[order(*(rows[name][of_stocks] for name in (*names, "date")))]
    in_order = {name: values[sequence] for name, values in rows.items()}
    begins = np.append(True, in_order["date"][1:] > in_order["until"][:-1])
    begins[firsts(*(in_order[name] for name in names))] = True
    start = np.flatnonzero(begins)
    runs = {name: values[start] for name, values in in_order.items()}
    runs["until"] = np.maximum.reduceat(in_order["until"], start)
    others = np.flatnonzero(~is_stock[rows["cell"]])
    return {name: np.concatenate([values[others], runs[name]]) for name, values in rows.items()}
