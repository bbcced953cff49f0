"""How wide must a range be to hold the later settled figure nine times in ten, and what does a count miss?

The factors were learnt by ``python -m bench.accuracy.calibrate`` from crises whose end is known: those of
ranges stand in ``calibration.csv``, those of single counts in ``completion.csv``. What the ranges then
covered in crises they were not learnt on stands in ``ranges.csv``. All belong to a version: changed factors
are a new range method, or a new ``nowcast``. This module must not know how they are applied (``ranges``,
``sql/6_expected.sql``).

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
        pa.field("above", pa.float64(), nullable=False),
        pa.field("cases", pa.int64(), nullable=False),
    ]
)
"""A row per stage (days from the beginning of the count) and size of the figure, ends included. With x + 1
for x, so that a small count has room: the settled figure lay above ``below`` times the figure in 19 settled
cases of 20 and under ``above`` times in 19 of 20; ``cases`` is how many."""

COMPLETION = pa.schema(
    [
        pa.field("stage_from", pa.int64(), nullable=False),
        pa.field("stage_to", pa.int64(), nullable=False),
        pa.field("age_from", pa.int64(), nullable=False),
        pa.field("age_to", pa.int64(), nullable=False),
        pa.field("best_from", pa.int64(), nullable=False),
        pa.field("best_to", pa.int64(), nullable=False),
        pa.field("lift", pa.float64(), nullable=False),
        pa.field("off", pa.float64(), nullable=False),
        pa.field("cases", pa.int64(), nullable=False),
    ]
)
"""A row per stage (days from the beginning to the day counted to), age (days since then) and size of one
origin's count: in half of the settled cases the toll was above ``lift`` times the count, and in half it lay
within a factor ``off`` of that."""

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


@dataclasses.dataclass(frozen=True)
class Factors:
    """What settled cases teach: ``range`` (CALIBRATION), ``completion`` (COMPLETION); by default nothing."""

    range: pa.Table = dataclasses.field(default_factory=CALIBRATION.empty_table)
    completion: pa.Table = dataclasses.field(default_factory=COMPLETION.empty_table)


@cache
def shipped() -> Factors:
    """The factors in force."""
    return Factors(
        **{
            part: pa.table(
                {
                    f.name: pa.array([float(row[f.name]) for row in rows], pa.float64()).cast(f.type)
                    for f in schema
                },
                schema=schema,
            )
            for part, schema, rows in (
                ("range", CALIBRATION, _rows("calibration.csv")),
                ("completion", COMPLETION, _rows("completion.csv")),
            )
        }
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
