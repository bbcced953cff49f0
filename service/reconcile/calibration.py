"""What do settled crises teach about where a figure settles, and what was that worth?

The factors were learnt by ``python -m bench.accuracy.calibrate`` from crises whose end is known and stand in
``calibration.csv``. How often the ranges then held in crises they were not learnt on stands in
``ranges.csv``. Both belong to a version: changed factors are a new range method. This module does not know
how factors are applied (``expected``).

>>> range_method("least-disagreement/2")
'settling/7'
>>> range_method("median/2")
'lowest-highest/2'
"""

from __future__ import annotations

import csv
import dataclasses
from functools import cache
from importlib.resources import files

import pyarrow as pa

CLASSES = ("stage", "age", "size", "apart")
_CLASSES = tuple(f"{name}_{end}" for name in CLASSES for end in ("from", "to"))
EARLIER, LATEST, ENDED = "earlier", "latest", "ended"
"""What stands on a row: a later one of its cell; nothing; nothing, and the crisis is known to have ended."""
MEASURE_LEARNT = "killed"
"""What the settled crises count. How the missing or the displaced go on, they do not teach."""
FLOOR = " floor"
"""Ends the standing of a row without a figure, of which only "at least so many" is said."""
ALONE = -1
"""``apart`` of a count that no other origin counts beside."""
_FACTORS = ("low", "middle", "high")
SETTLING = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("standing", pa.string(), nullable=False),
        *(pa.field(name, pa.int64(), nullable=False) for name in _CLASSES),
        *(pa.field(name, pa.float64(), nullable=False) for name in _FACTORS),
        pa.field("cases", pa.int64(), nullable=False),
        pa.field("crises", pa.int64(), nullable=False),
    ]
)
"""A row per class of like figures, ends included: the kind of crisis ("": of all kinds, for those whose kind
is not known), how the row stands (EARLIER, LATEST, ENDED; with FLOOR where it has no figure), its stage (days
from the beginning of the count to its day), its age (days from its day to the day of knowledge), its size
(the figure, with FLOOR the lower bound), and by how many percent the origins go above it (ALONE: one speaks
alone). Where the crisis has ended, stage and age are counted from its end: to the row's day, and to the day
of knowledge. With x + 1 for x, so that a small count has room: the error in people was least at ``middle``
times the size, and the settled toll lay from ``low`` times (never below the row's own low) to ``high`` times
in nine of ten, ``high`` being raised to a power that was learnt in settings that had been left out; ``cases``
and ``crises`` is how many there were. The settled toll of a latest figure is that of the day of knowledge, of
an earlier one that of its own day. There is no row beyond what was learnt."""

SETTLED = "settling/7"
SPREAD = "lowest-highest/2"


@dataclasses.dataclass(frozen=True)
class RangeMethod:
    """A way to a range, and what its ranges have held of settled figures so far."""

    name: str
    meaning: str
    nominal: float
    coverage: float
    """Share of figures in simulated crises, none of which it was learnt on, whose truth the range held."""
    coverage_low: float
    coverage_high: float
    """The 95 % interval of that share, a crisis taken as the unit."""
    figures: int


def range_method(method: str) -> str:
    """Return the versioned name of the ranges that a method of reconciliation gives."""
    return SETTLED if method.partition("/")[0] == "least-disagreement" else SPREAD


@dataclasses.dataclass(frozen=True, eq=False)
class Factors:
    """What settled cases teach: ``settling`` (SETTLING); by default nothing.

    Equal to itself alone, so that what is worked out from it can be kept beside it.
    """

    settling: pa.Table = dataclasses.field(default_factory=SETTLING.empty_table)


@cache
def shipped() -> Factors:
    """Return the factors in force."""
    heading, *rows = _cells("calibration.csv")
    columns = dict(zip(heading, zip(*rows, strict=True), strict=True))
    columns = {field.name: pa.array(columns[field.name], pa.string()).cast(field.type) for field in SETTLING}
    return Factors(pa.table(columns, schema=SETTLING))


@cache
def range_methods() -> dict[str, RangeMethod]:
    """Return every range method by its name, with its published coverage over all kinds and stages."""
    heading, *rows = _cells("ranges.csv")
    return {
        row["name"]: RangeMethod(
            row["name"], row["meaning"], float(row["nominal"]), float(row["coverage"]),
            float(row["coverage_low"]), float(row["coverage_high"]), int(row["figures"]),
        )
        for row in (dict(zip(heading, row, strict=True)) for row in rows)
        if row["kind"] == row["stage"] == row["standing"] == "all"
    }  # fmt: skip


@cache
def coverage_of_latest(kind: str, *, is_over: bool) -> float | None:
    """Return the share that ranges of latest figures held in simulated crises of a kind ("": not known),
    after their end or before; None where that was not measured.

    >>> 0.86 < coverage_of_latest("sudden", is_over=True) < 0.94
    True
    >>> coverage_of_latest("flood", is_over=True) is None
    True
    """
    heading, *rows = _cells("ranges.csv")
    asked = (SETTLED, kind or "not known", "all", "ended" if is_over else "open")
    for row in (dict(zip(heading, row, strict=True)) for row in rows):
        if (row["name"], row["kind"], row["stage"], row["standing"]) == asked:
            return float(row["coverage"])
    return None


def _cells(name: str) -> list[list[str]]:
    """The heading and the rows of a shipped table."""
    return list(csv.reader((files("service.reconcile") / name).read_text(encoding="utf-8").splitlines()))
