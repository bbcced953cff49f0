"""What is the figure of a cell and day, with its range, its grade, and how much stands behind it?

The range goes from the lowest to the highest of the independent, named origins' current statements. This
module must not know how the figure was agreed on, nor how wide ranges are made.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from service.reconcile.agreement import Agreed
from service.reconcile.columns import NONE, OPEN, Marks, Rows, Whole, firsts, key, table
from service.reconcile.standing import Standing
from service.vocabulary import Grade

FIGURE = pa.schema(
    [
        pa.field("cell_id", pa.int32()),
        pa.field("date", pa.date32()),
        *((name, pa.int64()) for name in ("low", "best", "high", "origins", "reports", "verified_floor")),
        pa.field("is_settled", pa.bool_()),
    ]
)
"""A row per (cell, day) on which the figure, its spread or its support moved, with its ``grade``."""
_GRADES = (Grade.INFERRED, Grade.CONTESTED, Grade.CORROBORATED, Grade.SINGLE_SOURCE, Grade.PROVISIONAL)
INFERRED, CONTESTED, CORROBORATED, SINGLE_SOURCE, PROVISIONAL = range(len(_GRADES))
GRADES = pa.array([str(grade) for grade in _GRADES])
PROVISIONAL_DAYS = 7


def figures(standing: Standing, agreed: Agreed, new_after: Whole) -> Rows:
    """FIGURE rows, the grade as its place in GRADES; what is said of a cell after its day ``new_after`` is
    provisional."""
    at, middle = agreed.moment, agreed.best
    weighs, is_own, is_named = standing["weight"] > 0, ~standing["is_part"], ~standing["is_anonymous"]
    is_stated = is_own & standing["is_full"]
    in_full = is_stated & is_named
    lo, hi = standing["lo"], standing["hi"]
    stated, full_voices = standing.most(lo, is_own), standing.total(in_full)[at]
    is_inferred = (stated[at] == NONE) | ((standing.total(is_stated)[at] == 0) & (middle > stated[at]))
    named_floor = standing.most(lo, weighs & is_named)[at]
    met = np.minimum(standing.least(hi, in_full)[at], middle)
    high = np.maximum(np.maximum(standing.most(hi, in_full)[at], named_floor), middle)
    above = _Above(standing, standing["is_part"] & weighs & (lo > np.maximum(stated, -1)[standing.moment]))
    rows = {
        "cell_id": standing.cell[at],
        "date": standing.date[at],
        "low": np.minimum(standing.least(lo, in_full)[at], middle),
        "best": np.where(is_inferred | agreed.is_best_blank, NONE, middle),
        "high": np.where(full_voices > 0, high, OPEN),
        # the floor of somebody who is named lies more than a tenth above
        "grade": np.select(
            [is_inferred, (named_floor != NONE) & (10 * (named_floor - met) > met), full_voices >= 2],
            [INFERRED, CONTESTED, CORROBORATED],
            SINGLE_SOURCE,
        ),
        "origins": (standing.total(is_own) + above.origins)[at],
        "reports": (standing.total(np.where(is_own, standing["reports"], 0)) + above.reports)[at],
        "published_on": np.maximum(standing.most(standing["published_on"], is_own), above.published_on)[at],
        "verified_floor": standing.most(lo, weighs & standing["is_verified"])[at],
        "is_settled": standing.any(
            is_stated & standing["is_verified"] & (standing["said_on"] == standing["date"])
        )[at],
    }
    moved = firsts(*(rows[name] for name in ("cell_id", "low", "best", "high", "grade")))
    rows = {name: column[moved] for name, column in rows.items()}
    new = new_after[rows["cell_id"] - 1]
    is_new = (rows["grade"] >= CORROBORATED) & (rows["date"] > new) & (rows["published_on"] > new)
    return rows | {"grade": np.where(is_new, PROVISIONAL, rows["grade"])}


def graded(rows: Rows, schema: pa.Schema) -> pa.Table:
    """Rows as a table, with the words for their grades."""
    return table(rows, schema).append_column("grade", GRADES.take(pa.array(rows["grade"])))


class _Above:
    """The floors from parts that reach above all that is said of the cell itself, at each moment.

    (An origin that speaks for single days of a cell may also speak through its parts, and counts once.)
    """

    def __init__(self, standing: Standing, where: Marks) -> None:
        own, said = _own_days(standing, where)
        is_further = where & (
            (standing["part_id"] != standing["cell_id"]) | ~own | (said != standing["said"])
        )
        self.published_on = standing.most(standing["published_on"], where)
        self.origins = standing.total(where & ~own)
        self.reports = standing.total(np.where(is_further, standing["reports"], 0))


def _own_days(standing: Standing, where: Marks) -> tuple[Marks, Whole]:
    """Which of some rows speak beside their origin's own counts of single days, and what those say."""
    own, said = np.zeros(len(where), np.bool_), np.full(len(where), NONE)
    days = np.flatnonzero(standing["is_first_days"])
    if len(days):
        who = key(standing.moment, standing["origin_no"])
        days = days[np.argsort(who[days])]
        rows = np.flatnonzero(where)
        beside = days[np.minimum(np.searchsorted(who[days], who[rows]), len(days) - 1)]
        own[rows] = who[beside] == who[rows]
        said[rows] = standing["said"][beside]
    return own, said
