"""How wide must a range be to hold the later settled figure nine times in ten?

The factors were learnt by ``python -m bench.accuracy.calibrate`` from crises whose end is known, and stand in
``calibration.csv``; what they then covered in crises they were not learnt on stands in ``ranges.csv``. Both
belong to a version: changed factors are a new range method. This module must not know how a range is applied
(``sql/6_range.sql``).

>>> range_method("least-disagreement/1")
'conformal/1'
>>> range_method("median/1")
'lowest-highest/1'
"""

from __future__ import annotations

import csv
import dataclasses
from functools import cache
from importlib.resources import files

import pyarrow as pa

CALIBRATION = pa.schema(
    [
        pa.field("stage_from", pa.int64(), nullable=False),
        pa.field("stage_to", pa.int64(), nullable=False),
        pa.field("best_from", pa.int64(), nullable=False),
        pa.field("best_to", pa.int64(), nullable=False),
        pa.field("below", pa.float64(), nullable=False),
        pa.field("lift", pa.float64(), nullable=False),
        pa.field("above", pa.float64(), nullable=False),
        pa.field("cases", pa.int64(), nullable=False),
    ]
)
"""A row per stage (days from the beginning of the count) and size of the figure, ends included. With x + 1
for x, so that a small count has room: the settled figure lay above ``below`` times the figure in 19 settled
cases of 20, under ``above`` times in 19 of 20, and under ``lift`` times in half; ``cases`` is how many."""

CALIBRATED = "conformal/1"
SPREAD = "lowest-highest/1"
_CALIBRATED_METHODS = ("least-disagreement", "nowcast")


@dataclasses.dataclass(frozen=True)
class RangeMethod:
    """A way to a range, and what its ranges have held of settled figures so far."""

    name: str
    meaning: str
    nominal: float
    coverage: float
    """Share of figures in simulated crises, none of which it was learnt on, whose truth the range held."""
    figures: int


def range_method(method: str) -> str:
    """The versioned name of the ranges that a method of reconciliation gives."""
    return CALIBRATED if method.partition("/")[0] in _CALIBRATED_METHODS else SPREAD


@cache
def shipped() -> pa.Table:
    """The factors in force (CALIBRATION)."""
    rows = _rows("calibration.csv")
    return pa.table(
        {
            f.name: pa.array([float(row[f.name]) for row in rows], pa.float64()).cast(f.type)
            for f in CALIBRATION
        },
        schema=CALIBRATION,
    )


@cache
def range_methods() -> dict[str, RangeMethod]:
    """Every range method by its name, with its published coverage."""
    return {
        row["name"]: RangeMethod(
            row["name"], row["meaning"], float(row["nominal"]), float(row["coverage"]), int(row["figures"])
        )
        for row in _rows("ranges.csv")
    }


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("service.reconcile") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
