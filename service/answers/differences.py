"""Why do two figures differ?

Two reports side by side: what each counts, where, whom, up to when, by whose account and by which standard.
An aspect in which they are alike says so; the sentences are what an editor would ask first. It must not know
HTTP, files or the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from service.reference.containment import Containment
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.report_rules import stated_day

DIFFERENCE = pa.schema(
    [
        pa.field("aspect", pa.string(), nullable=False),
        pa.field("is_different", pa.bool_(), nullable=False),
        pa.field("a", pa.string(), nullable=False),
        pa.field("b", pa.string(), nullable=False),
        pa.field("answer", pa.string(), nullable=False),
    ]
)
"""One row per aspect, those that differ first; ``a`` and ``b`` are what each report says ("": nothing)."""

Report = Mapping[str, Any]


def compare(a: Report, b: Report, reference: Reference) -> pa.Table:
    """Return DIFFERENCE rows for two reports (LEDGER_REPORT)."""
    labels, inside = Labels.of(reference), Containment.of(reference)
    rows = [
        _row("figure", a["count_stated"], b["count_stated"], lambda: _figures(a, b)),
        _row(
            "measure",
            labels.measure(a["measure"]),
            labels.measure(b["measure"]),
            lambda: "They count different things.",
        ),
        _row(
            "population",
            labels.population(a["population"]),
            labels.population(b["population"]),
            lambda: _people(a, b, labels, inside),
        ),
        _row(
            "attributed_to",
            labels.attributed_to(a["attributed_to"]) if a["attributed_to"] else "",
            labels.attributed_to(b["attributed_to"]) if b["attributed_to"] else "",
            lambda: "They do not hold the same party responsible, or only one of them splits by it.",
        ),
        _row(
            "place",
            labels.places(a["areas"]),
            labels.places(b["areas"]),
            lambda: _places(a, b, labels, inside),
        ),
        _row("from", _text(a["period_start"]), _text(b["period_start"]), lambda: _beginnings(a, b)),
        _row("counted_to", _text(stated_day(a)), _text(stated_day(b)), lambda: _ends(a, b)),
        _row("basis", a["basis"], b["basis"], lambda: "One is a running total, the other not."),
        _row(
            "origin",
            labels.source(a["origin_id"]),
            labels.source(b["origin_id"]),
            lambda: "Two bodies, each by its own count.",
        ),
        _row("standard", a["standard"], b["standard"], lambda: _standards(a, b)),
        _row("known_on", _text(a["known_on"]), _text(b["known_on"]), lambda: _knowledge(a, b)),
    ]
    rows.sort(key=lambda row: not row["is_different"])
    return pa.Table.from_pylist(rows, schema=DIFFERENCE)


def _row(aspect: str, a: str, b: str, tell: Callable[[], str]) -> dict[str, Any]:
    is_different = a != b
    says = tell() if is_different else f"Alike: {a or 'neither says'}."
    return {"aspect": aspect, "is_different": is_different, "a": a, "b": b, "answer": says}


def _figures(a: Report, b: Report) -> str:
    is_floor = [each["best"] is None and each["high"] is None and each["low"] is not None for each in (a, b)]
    if any(is_floor):
        which = "Both are" if all(is_floor) else f"{'a' if is_floor[0] else 'b'} is"
        return f"{which} a floor: the count may be higher, and no higher one contradicts it."
    if a["best"] is None or b["best"] is None:
        return "Not both give one number."
    return f"They are {abs(a['best'] - b['best']):,} apart."


def _people(a: Report, b: Report, labels: Labels, inside: Containment) -> str:
    for whole, part in ((a, b), (b, a)):
        if inside.population_holds(whole["population"], part["population"]):
            return (
                f"{labels.heading(part['population'])} are part of {labels.population(whole['population'])}: "
                "the first can be fewer without any contradiction."
            )
    return "They count different people; neither is part of the other."


def _places(a: Report, b: Report, labels: Labels, inside: Containment) -> str:
    for whole, part in ((a, b), (b, a)):
        if inside.holds(whole["areas"], part["areas"]):
            return f"{labels.places(part['areas'])} lies in {labels.places(whole['areas'])}: it can be fewer."
    if inside.are_disjoint(a["areas"], b["areas"]):
        return "They are places apart from each other."
    return "The places overlap, and neither holds the other."


def _beginnings(a: Report, b: Report) -> str:
    if a["period_start"] is None or b["period_start"] is None:
        return "One does not say from which day it counts."
    first = "a" if a["period_start"] < b["period_start"] else "b"
    return f"{first} begins to count earlier, so that it holds the days of both."


def _ends(a: Report, b: Report) -> str:
    one, other = stated_day(a), stated_day(b)
    if one is None or other is None:
        return "One does not say up to which day it counts."
    first, last = ("a", "b") if one < other else ("b", "a")
    days = abs((one - other).days)
    return f"{last} counts {days:,} {'day' if days == 1 else 'days'} longer than {first}."


def _standards(a: Report, b: Report) -> str:
    verified = [name for name, each in (("a", a), ("b", b)) if each["standard"] == "verified"]
    if verified:
        return f"{verified[0]} counts only what was verified, which is a minimum."
    return "They ask for different proof."


def _knowledge(a: Report, b: Report) -> str:
    first, last = ("a", "b") if a["known_on"] < b["known_on"] else ("b", "a")
    return f"{last} became public later, and may know what {first} could not."


def _text(value: object) -> str:
    return "" if value is None else str(value)
