"""How is a figure told, in sentences?

The figure, who it rests on, and what stood beside it, from the row of a series and the points behind it. It
must not know how figures are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from service.vocabulary import Basis, Grade, Role, counts_people, spell_grade, spell_out

SET_ASIDE = (Role.MISPLACED, Role.SLIP, Role.STALE, Role.REVISED, Role.DISOWNED)
"""What reports did that contradict their own origin or were taken back by it."""


MOST_REASONS = 3
"""How many reasons are told of why there is no figure."""


def tell_figure(row: dict[str, Any], points: pa.Table, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a person would be told first of a row (SERIES) with its ``points`` (POINT); ``names`` are
    those of populations."""
    by_role: dict[str, list[dict[str, Any]]] = {role: [] for role in Role}
    for point in points.to_pylist():
        by_role[point["role"]].append(point)
    people = names.get(row["population"], spell_out(row["population"]))
    who = f", {people}" if counts_people(row["measure"]) else ""
    lines = [
        f"{row['area_name']}, {spell_out(row['measure'])}{who}, counted to {row['date']}: "
        f"{_headline(row)} ({tell_range(row)}), {spell_grade(row['grade'], row['is_raised'])}."
    ]
    if row["grade"] == Grade.SINGLE_SOURCE and (row["origins"] or 0) > 1:
        lines.append(f"{row['origins']} origins state the cell; {Grade.SINGLE_SOURCE.meaning}.")
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
        said = point["count_stated"] or "what was said before"
        lines.append(f"Taken back by {point['source_name']}: {said} of {point['origin_name']}.")
    unfit = [point for role in SET_ASIDE for point in by_role[role]]
    lines.append(
        f"Beside them: {_count_of(by_role[Role.ECHO], 'copy', 'copies')} of figures already counted, "
        f"{_count_of(by_role[Role.SUPERSEDED], 'superseded figure', 'superseded figures')}, "
        f"{_count_of(unfit, 'figure set aside', 'figures set aside')}."
    )
    return tuple(lines)


def tell_range(row: Mapping[str, Any]) -> str:
    """Return the range of a row (SERIES) in words, as pages and sentences have it."""
    low, best, high = row["low"], row["best"], row["high"]
    if low is None and high is None:
        return "range unknown"
    if best is None:
        return "no best figure, open above" if high is None else f"no best figure; at most {high:,}"
    if high is None:
        return f"{low:,} or more, open above"
    if low is None:
        return f"at most {high:,}"
    return f"no range: every bound is {low:,}" if low == high else f"range {low:,} to {high:,}"


def tell_absence(points: pa.Table) -> str:
    """Return why nothing stands where reports have been: what became of those of ``points`` (POINT); "" where
    there are none."""
    reasons = dict.fromkeys(f"{point['origin_name']}: {point['reason']}" for point in points.to_pylist())
    told = list(reasons)[:MOST_REASONS]
    return f"{'; '.join(told)}{' …' if len(reasons) > len(told) else '.'}" if told else ""


def _headline(row: Mapping[str, Any]) -> str:
    """Return the figure of a row: its best, else the least that it may be."""
    if row["best"] is not None:
        return f"{row['best']:,}"
    return "unknown" if row["low"] is None else f"at least {row['low']:,}"


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
