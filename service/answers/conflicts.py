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
from service.vocabulary import Role, spell_out

CONFLICT = pa.schema(
    [
        *(SERIES.field(name) for name in ("crisis", "area_code", "area_name", "measure", "population")),
        *(SERIES.field(name) for name in ("attributed_to", "period_start", "date")),
        pa.field("people", pa.int64(), nullable=False),
        *(SERIES.field(name) for name in ("low", "best", "high", "grade", "method", "as_of")),
        pa.field("says", pa.string(), nullable=False),
    ]
)
"""``people`` is how far the accounts of two origins lie apart: from the floor of one down to the ceiling of
another. Slight voices are listed but do not set it. ``says`` is who says what, lowest first; those who speak
through a part or a whole name it."""

SLIGHT = 10
"""An account of less than a tenth of the heaviest one's weight is slight."""


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
    """Return the figure with the disagreement of the accounts behind it, or None where all of them meet."""
    accounts = [point for point in behind if point["weight"] > 0]
    heaviest = max((point["weight"] for point in accounts), default=0)
    heard = [point for point in accounts if point["weight"] * SLIGHT >= heaviest]
    floors = [point["account_low"] or 0 for point in heard]
    ceilings = [point["account_high"] for point in heard if point["account_high"] is not None]
    if not ceilings or max(floors) <= min(ceilings):
        return None
    lowest, highest = min(ceilings), max(floors)
    speaking = [
        point
        for point in accounts
        if _states(point) or (point["account_low"] or 0) > lowest or _ceiling(point) < highest
    ]
    speaking.sort(key=lambda point: (point["account_low"] or 0, point["origin_id"], point["report_id"]))
    says = "; ".join(_says(point, names) for point in speaking)
    return {**figure, "people": highest - lowest, "says": says}


def _ceiling(point: dict[str, Any]) -> float:
    return float("inf") if point["account_high"] is None else float(point["account_high"])


def _states(point: dict[str, Any]) -> bool:
    """Whether a report is about the cell itself, not a part or a whole of it."""
    return (
        bool(point["areas"] == point["area_code"] and point["population_stated"] == point["population"])
        or point["role"] == Role.COUNTED
    )


def _says(point: dict[str, Any], names: Mapping[str, str]) -> str:
    """Return what an origin says, in words: ``SOHR 683 to 2025-03-12``."""
    people = names.get(point["population_stated"], spell_out(point["population_stated"]))
    about = "" if _states(point) else f" ({people}, {point['area_stated']})"
    day = "on no stated day" if point["is_undated"] else f"to {point['counted_to']}"
    return f"{point['origin_name']} {point['count_stated']}{about} {day}"
