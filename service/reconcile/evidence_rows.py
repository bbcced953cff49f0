"""How does a row of evidence stand in memory?

This module does not know what a report did.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.reconcile.columns import NONE, OPEN, Column, Whole
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
