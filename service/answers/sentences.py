"""How is a figure told, in sentences?

The figure, who it rests on, and what stood beside it, from the row of a series and the points behind it. It
must not know how figures are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from service.vocabulary import Basis, Role, counts_people, spell_grade, spell_out

SET_ASIDE = (Role.MISPLACED, Role.SLIP, Role.STALE, Role.REVISED, Role.DISOWNED)
"""What reports did that contradict their own origin or were taken back by it."""


def tell_figure(row: dict[str, Any], points: pa.Table, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a person would be told first of a row (SERIES) with its ``points`` (POINT); ``names`` are
    those of populations."""
    by_role: dict[str, list[dict[str, Any]]] = {role: [] for role in Role}
    for point in points.to_pylist():
        by_role[point["role"]].append(point)
    figure = "no best figure, only bounds" if row["best"] is None else f"{row['best']:,}"
    above = "open above" if row["high"] is None else f"{row['high']:,}"
    below = "unknown" if row["low"] is None else f"{row['low']:,}"
    people = names.get(row["population"], spell_out(row["population"]))
    who = f", {people}" if counts_people(row["measure"]) else ""
    lines = [
        f"{row['area_name']}, {spell_out(row['measure'])}{who}, counted to {row['date']}: {figure} "
        f"(range {below} to {above}), {spell_grade(row['grade'], row['is_raised'])}."
    ]
    for point in by_role[Role.COUNTED]:
        via = "" if point["source_id"] == point["origin_id"] else f", carried by {point['source_name']}"
        said = f"{_stated(point)}, counted to {point['counted_to']}"
        if point["published_on"] is None and point["published_by"] is not None:
            said += f" (dated by inference: public by {point['published_by']} at the latest)"
        lines.append(f"Counted: {point['origin_name']}{via}: {said}.")
    bounds = [point for point in by_role[Role.BOUND] if point["weight"] > 0]
    if bounds:
        said = "; ".join(f"{point['origin_name']} {_interval(point)}" for point in bounds[:5])
        lines.append(f"What others say leaves room for: {said}{' …' if len(bounds) > 5 else ''}.")
    raised = {point["reason"].rpartition(": ")[2]: point for point in by_role[Role.RAISED]}
    if raised:
        lines.append(f"Raised to what its parts say: {'; '.join(sorted(raised))}.")
    for point in by_role[Role.RETRACTION]:
        lines.append(
            f"Taken back by {point['source_name']}: {point['count_stated']} of {point['origin_name']}."
        )
    unfit = [point for role in SET_ASIDE for point in by_role[role]]
    lines.append(
        f"Beside them: {_count_of(by_role[Role.ECHO], 'copy', 'copies')} of figures already counted, "
        f"{_count_of(by_role[Role.SUPERSEDED], 'superseded figure', 'superseded figures')}, "
        f"{_count_of(unfit, 'figure set aside', 'figures set aside')}."
    )
    return tuple(lines)


def _stated(point: dict[str, Any]) -> str:
    """Return what a counted report says; of one that stands for a sum, what the sum comes to."""
    if point["basis"] != Basis.INCREMENT:
        return str(point["count_stated"])
    return f"{point['account_low'] or 0:,} ({point['reason']})"


def _interval(point: dict[str, Any]) -> str:
    """Return the interval of an account in words: ``at least 31``, ``at most 1,616``, ``67 to 658``."""
    low, high = point["account_low"] or 0, point["account_high"]
    if high is None:
        return f"at least {low:,}"
    return f"{low:,} to {high:,}" if low else f"at most {high:,}"


def _count_of(things: list[dict[str, Any]], one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"
