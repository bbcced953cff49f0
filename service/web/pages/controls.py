"""What can a reader choose on the home page?

The options of its form and the days of knowledge to step through, each limited to what reports about the
places can answer. It computes no figure.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import parse_qsl

import pyarrow as pa
import pyarrow.compute as pc

from service.answers.query import Query
from service.answers.series import Series
from service.reference.labels import Labels
from service.schema.records import Reference
from service.vocabulary import Measure
from service.web.pages.explorer import Explorer

FORM_FIELDS = frozenset({"measure", "population", "as_of"})
"""The filters that have a control in the form. Another crisis is opened by a form of its own, which carries
nothing along: its places, populations and days are others."""

MOST_COMPARED = 16
"""How many origins a reader can choose from, the chosen and the heaviest first."""


@dataclasses.dataclass(frozen=True)
class Choice:
    """One option of a control."""

    value: str
    label: str
    is_chosen: bool


@dataclasses.dataclass(frozen=True)
class KnowledgeDays:
    """The days on which a report about the places became known, and where ``as_of`` stands among them."""

    days: tuple[dt.date, ...]
    as_of: dt.date
    today: dt.date

    @property
    def position(self) -> int:
        """The index of the last day of knowledge that is not after ``as_of``; 0 if all are."""
        return max(0, sum(day <= self.as_of for day in self.days) - 1)

    @property
    def earlier(self) -> dt.date | None:
        return max((day for day in self.days if day < self.as_of), default=None)

    @property
    def later(self) -> dt.date | None:
        return min((day for day in self.days if day > self.as_of), default=None)


def crisis_choices(labels: Labels, reference: Reference, crisis_id: str) -> tuple[Choice, ...]:
    """Return every crisis by name; ``crisis_id`` is the chosen one."""
    rows: list[dict[str, Any]] = sorted(reference.crisis.to_pylist(), key=lambda row: str(row["name"]))
    ids = [row["crisis_id"] for row in rows]
    return tuple(Choice(each, labels.crisis(each), each == crisis_id) for each in ids)


def measure_choices(reports: pa.Table, chosen: str, labels: Labels) -> tuple[Choice, ...]:
    """Return the measures of ``reports`` and the chosen one, in the order of the vocabulary."""
    used = {*pc.unique(reports.column("measure")).to_pylist(), chosen} - {""}
    return tuple(
        Choice(measure.value, labels.measure(measure), measure == chosen)
        for measure in Measure
        if measure in used
    )


def population_choices(reports: pa.Table, query: Query, labels: Labels) -> tuple[Choice, ...]:
    """Return the populations that ``reports`` count by the measure of ``query``, in the taxonomy's order."""
    same_measure = reports.filter(pc.equal(reports.column("measure"), query.measure))
    used = {*pc.unique(same_measure.column("population")).to_pylist(), query.population}
    names = labels.populations.items()
    return tuple(Choice(name, label, name == query.population) for name, label in names if name in used)


def knowledge_days(reports: pa.Table, query: Query, today: dt.date) -> KnowledgeDays:
    """Return the days on which one of ``reports`` of the same measure and population became known."""
    is_same = pc.and_(
        pc.equal(reports.column("measure"), query.measure),
        pc.equal(reports.column("population"), query.population),
    )
    days = sorted(pc.unique(reports.filter(is_same).column("known_on")).to_pylist())
    return KnowledgeDays(tuple(days), query.as_of, today)


def compare_choices(explorer: Explorer, series: Series, crises: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return what the chart can set side by side: the origins that are heard, else the other crises."""
    chosen = set(explorer.options.get("compare") or ())
    if explorer.kind.name == "against":
        return tuple(
            Choice(choice.value, choice.label, choice.value in chosen)
            for choice in crises
            if not choice.is_chosen
        )
    if explorer.kind.name != "origins":
        return ()
    columns = (series.points.column(name).to_pylist() for name in ("origin_id", "origin_name", "weight"))
    heaviest: dict[tuple[str, str], int] = {}
    for origin, name, weight in zip(*columns, strict=True):
        if weight > 0 or origin in chosen:
            heaviest[origin, name] = max(weight, heaviest.get((origin, name), 0))
    order = sorted(heaviest, key=lambda each: (each[0] not in chosen, -heaviest[each], each))
    return tuple(Choice(origin, name, origin in chosen) for origin, name in order[:MOST_COMPARED])


def hidden_filters(
    explorer: Explorer, areas: Sequence[str], *, shown: Collection[str] = FORM_FIELDS
) -> tuple[tuple[str, str], ...]:
    """Return the filters of the page that a form does not show, as name and value: it carries them along."""
    query_string = explorer.address("", area=areas).removeprefix("?")
    return tuple((name, value) for name, value in parse_qsl(query_string) if name not in shown)


def option_fields(explorer: Explorer) -> frozenset[str]:
    """Return the options of the chart that have a control of their own; days of knowledge are added to."""
    added = {"compare"} if explorer.kind.name == "known" else set()
    return frozenset(row.name for row in explorer.kind.options) - added
