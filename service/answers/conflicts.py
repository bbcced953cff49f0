"""Who disagrees, by how many people, and who says what?

One row per series whose latest figure rests on statements that do not meet, largest disagreement first. It is
drawn from the same ``Series`` that every way out shows. It must not know about HTTP, files or the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from service.answers.series import Series, behind_figures, key_of
from service.schema.tables import SERIES
from service.vocabulary import Basis, Role, spell_out

CONFLICT = pa.schema(
    [
        *(SERIES.field(name) for name in ("crisis", "area_code", "area_name", "measure", "population")),
        *(SERIES.field(name) for name in ("attributed_to", "period_start", "date")),
        pa.field("people", pa.int64(), nullable=False),
        *(SERIES.field(name) for name in ("low", "best", "high", "grade", "method", "as_of")),
        pa.field("says", pa.string(), nullable=False),
    ]
)
"""``people`` is the longest distance from a floor that an origin states down to the ceiling of another: of
one that speaks for the day in full, or of an older total, if the floor is no younger (a toll that grew since
is no disagreement). Slight voices are listed but do not set it. ``says`` is who says what, lowest first,
parts with their place."""

SLIGHT = 10
"""A voice of less than a tenth of the heaviest one's weight is slight."""


def conflicts(series: Series) -> pa.Table:
    """Return CONFLICT rows of the series' latest figures, the largest disagreement first."""
    behind, names = behind_figures(series.points), series.population_names
    figures = series.figures().to_pylist()
    rows = [row for figure in figures if (row := _conflict(figure, behind.get(key_of(figure), []), names))]
    rows.sort(key=lambda row: (-row["people"], *(str(row[name]) for name in CONFLICT.names[:8])))
    return pa.Table.from_pylist(rows, schema=CONFLICT)


def _conflict(
    figure: dict[str, Any], behind: list[dict[str, Any]], names: Mapping[str, str]
) -> dict[str, Any] | None:
    """The figure with its disagreement between the points behind it, or None where all statements meet."""
    points = [point for point in behind if _speaks(point)]
    heaviest = max((point["weight"] for point in points), default=0)
    heard = [point for point in points if point["weight"] * SLIGHT >= heaviest]
    apart = [
        (_floor(point) - other["high"], other["high"])
        for other in heard if _closes(other)
        for point in heard if other["role"] == Role.COUNTED or point["counted_to"] <= other["counted_to"]
    ]  # fmt: skip
    people, ceiling = max(apart, default=(0, 0))
    if people <= 0:
        return None
    said = [point for point in points if not _is_part(point) or _floor(point) > ceiling]
    said.sort(key=lambda point: (_floor(point), point["origin_id"], point["report_id"]))
    return {**figure, "people": people, "says": "; ".join(_says(point, names) for point in said)}


def _speaks(point: dict[str, Any]) -> bool:
    return point["role"] in (Role.COUNTED, Role.BOUND) and point["weight"] > 0


def _closes(point: dict[str, Any]) -> bool:
    """Whether a statement says how many there are at most."""
    if point["high"] is None or _is_part(point):
        return False
    return Role(point["role"]) is Role.COUNTED or (
        point["basis"] == Basis.CUMULATIVE and not point["is_undated"]
    )


def _floor(point: dict[str, Any]) -> int:
    return next((point[name] for name in ("low", "best") if point[name] is not None), 0)


def _is_part(point: dict[str, Any]) -> bool:
    whole = point["areas"] == point["area_code"] and point["population_stated"] == point["population"]
    return not whole and Role(point["role"]) is Role.BOUND


def _says(point: dict[str, Any], names: Mapping[str, str]) -> str:
    people = names.get(point["population_stated"], spell_out(point["population_stated"]))
    who = f"{people}, {point['area_stated']}"
    part = f" ({who})" if _is_part(point) else ""
    day = "on no stated day" if point["is_undated"] else f"to {point['counted_to']}"
    return f"{point['origin_name']} {point['count_stated']}{part} {day}"
