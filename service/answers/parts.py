"""What is a figure made up of, place by place?

The latest figures of a whole and of the widest named places inside it that share nobody, and what of the
whole lies in none of them: "elsewhere". It is drawn from the same ``Series`` that every way out shows. It
must not know about HTTP, files or the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from service.answers.series import Series
from service.errors import NotFound
from service.reference.containment import Containment
from service.schema.records import Reference
from service.schema.tables import SERIES
from service.sentence import sentence
from service.vocabulary import Grade

PART = pa.schema([pa.field("share", pa.string(), nullable=False), *SERIES])
"""A series row and its ``share`` in the answer: the ``whole``, a ``part`` of it, or ``elsewhere``, whose area
code is that of the whole with ``-elsewhere`` and whose low and high hold whatever the others' ranges hold."""
ELSEWHERE = "elsewhere"


def parts(series: Series, whole: str, reference: Reference) -> pa.Table:
    """Return PART rows, for each crisis and attribution: the whole, its parts from the largest, elsewhere.

    ``series`` holds every place of one measure and population. Raises NotFound where it has no figure for
    ``whole``.
    """
    latest = series.figures().to_pylist()
    wholes = [row for row in latest if row["area_code"] == whole]
    if not wholes:
        name = series.area_names.get(whole, whole)
        raise NotFound(
            sentence("No figure for %(name)s as of %(as_of)s.", name=name, as_of=series.as_of),
            fix="Ask for a place that has a figure; bounds says what others leave room for.",
        )
    containment = Containment.of(reference)
    rows = [row for figure in wholes for row in _shares(figure, latest, containment)]
    return pa.Table.from_pylist(rows, schema=PART)


def _shares(
    whole: dict[str, Any], latest: list[dict[str, Any]], containment: Containment
) -> Iterator[dict[str, Any]]:
    """Return the whole, its parts and elsewhere."""
    rows = {row["area_code"]: row for row in latest if _key(row) == _key(whole)}
    inner = sorted(
        (rows[area] for area in widest_parts(whole["area_code"], rows, containment)),
        key=lambda row: (-(row["best"] or row["low"] or 0), row["area_code"]),
    )
    yield {"share": "whole", **whole}
    yield from ({"share": "part", **row} for row in inner)
    yield {"share": ELSEWHERE, **_elsewhere(whole, inner)}


def widest_parts(whole: str, areas: Iterator[str] | dict[str, Any], containment: Containment) -> list[str]:
    """Return the widest of some areas inside a whole that share nobody; single areas come before sets of
    them."""
    inside = [
        area for area in areas if containment.holds(whole, area) and not containment.is_same(whole, area)
    ]
    inside.sort(key=lambda area: (bool(containment.members(area)), -len(containment.leaves(area)), area))
    chosen: list[str] = []
    for area in inside:
        if all(containment.are_disjoint(area, other) for other in chosen):
            chosen.append(area)
    return chosen


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("crisis", "measure", "population", "attributed_to", "period_start"))


def _elsewhere(whole: dict[str, Any], inner: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what of the whole lies in none of the parts, on the whole's own day or that of the latest part.

    Where the parts come to more than the whole there is no best: a finding names both sides.
    """
    best = [row["best"] for row in (whole, *inner)]
    left = None if None in best else best[0] - sum(best[1:])
    tops = [row["high"] for row in inner]
    low = 0 if None in tops else max(0, (whole["low"] or 0) - sum(tops))
    high = None if whole["high"] is None else max(0, whole["high"] - sum(row["low"] or 0 for row in inner))
    return {
        **whole,
        "area_code": f"{whole['area_code']}-{ELSEWHERE}",
        "area_name": f"Elsewhere in {whole['area_name']}",
        "date": max(row["date"] for row in (whole, *inner)),
        "low": low,
        "best": left if left is not None and left >= 0 else None,
        "high": high,
        "expected_low": None,
        "expected": None,
        "expected_high": None,
        "grade": Grade.INFERRED,
        "is_raised": False,
        "origins": 0,
        "reports": 0,
    }
