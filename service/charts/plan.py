"""What is to be drawn?

``draw_up`` turns a ``Series`` into a ``Plan``: panels of steps and marks, with the colour and symbol of each
origin and the span of days to show. The figure, the static picture and the text are made from it, so they
cannot differ. It must not know how anything is drawn.

Invariants: a panel holds one running total (one cell), so no line ever joins counts of different things.
Steps of a panel follow one another without overlap. A report is one mark at most in a panel.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import pyarrow as pa

from service.charts.looks import looks
from service.charts.marks import (
    CELL,
    Bounds,
    Mark,
    MarksByCell,
    is_first_hand,
    is_whole,
    marks_of,
    name_people,
)

ROOM_FOR_EXPECTED = 2
"""How many times as high as what is reported a panel may be, so that the expected range fits."""
FAR = 1.5
"""How many times as high as the figures and their ranges a report may be for the axis to reach up to it."""
NEAR = 0.04
"""How far from a curve a report still lies on it, as a share of the axis."""
DAY = dt.timedelta(days=1)


class Drawable(Protocol):
    """What a chart needs of a ``Series``."""

    @property
    def as_of(self) -> dt.date: ...
    @property
    def head(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def table(self) -> pa.Table: ...
    @property
    def points(self) -> pa.Table: ...
    @property
    def context(self) -> pa.Table: ...
    @property
    def area_order(self) -> tuple[str, ...]: ...
    @property
    def area_names(self) -> Mapping[str, str]: ...
    @property
    def population_names(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Step:
    """One estimate and the days it stands for: from ``start`` up to ``end``."""

    start: dt.date
    end: dt.date
    bounds: Bounds
    grade: str
    is_raised: bool
    origins: int
    reports: int
    expected: Bounds
    """Where it is expected to settle."""


@dataclass(frozen=True)
class Subject:
    """What a panel counts, and what a sentence calls the people and the party."""

    measure: str
    population: str
    attributed_to: str
    people: str
    attributed_to_name: str


@dataclass(frozen=True)
class Panel:
    area_code: str
    area_name: str
    subject: Subject | None
    """None where there is no figure at all."""
    crisis: str
    period_start: dt.date | None
    steps: tuple[Step, ...]
    marks: tuple[Mark, ...]

    @cached_property
    def top(self) -> int:
        """The highest number of the panel; 1 where there is none."""
        return max([self.reported_top, *self._expected, *self._reported])

    @cached_property
    def shown_top(self) -> int:
        """The highest number that a linear axis takes in: what is expected may not squash the rest."""
        return min(max([self.reported_top, *self._expected]), ROOM_FOR_EXPECTED * self.reported_top)

    @cached_property
    def reported_top(self) -> int:
        """The highest of the figures, their ranges and the reports that are not far beyond these; 1 where
        there is none."""
        figures = [number for step in self.steps for number in step.bounds.numbers]
        reported = self._reported
        highest = max(figures or reported, default=1)
        return max([highest, *(number for number in reported if number <= FAR * highest)])

    @cached_property
    def _reported(self) -> list[int]:
        return [number for mark in self.marks if is_first_hand(mark) for number in mark.bounds.numbers]

    @cached_property
    def _expected(self) -> list[int]:
        return [number for step in self.steps for number in step.expected.numbers]

    @cached_property
    def _by_number(self) -> dict[int, list[Mark]]:
        """The marks that may be what a figure is made of, by each of their numbers."""
        marks: dict[int, list[Mark]] = {}
        for mark in self.marks:
            if is_whole(mark) or is_first_hand(mark):
                for number in {*mark.bounds.numbers}:
                    marks.setdefault(number, []).append(mark)
        return marks

    def source(self, step: Step) -> Mark | None:
        """Return the mark whose count the figure of a step is: one used first-hand, else a copy."""
        named = self._by_number.get(step.bounds.best, []) if step.bounds.best is not None else []
        known = [mark for mark in named if mark.on <= step.start]
        return max(known, key=lambda mark: (is_first_hand(mark), mark.on), default=None)


@dataclass(frozen=True)
class Origin:
    """How an origin's marks look, everywhere in one chart."""

    origin_id: str
    name: str
    colour: str
    symbol: str


@dataclass(frozen=True)
class Context:
    """What happened on a day; several happenings of one day stand together."""

    on: dt.date
    label: str


@dataclass(frozen=True)
class Plan:
    panels: tuple[Panel, ...]
    origins: dict[str, Origin]
    context: tuple[Context, ...]
    start: dt.date
    end: dt.date
    """The days shown at first, up to the day before ``end``; the rest can be reached by zooming out."""
    as_of: dt.date
    method: str
    head: str

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What is counted in the chart, each once."""
        return tuple(dict.fromkeys(panel.subject for panel in self.panels if panel.subject))

    def shows(self, day: dt.date) -> bool:
        return self.start <= day <= self.end

    def key(self) -> list[tuple[Origin, str, bool]]:
        """The origins to name: each with its symbol, or with the one shape all its marks have here."""
        found = []
        for origin in self.origins.values():
            marks = (
                mark
                for panel in self.panels
                for mark in panel.marks
                if is_first_hand(mark) and self.shows(mark.on)
            )
            shapes = {mark.shape(origin.symbol) for mark in marks if mark.origin_id == origin.origin_id}
            if shapes:
                found.append((origin, *(shapes.pop() if len(shapes) == 1 else (origin.symbol, True))))
        return found

    def tail(self, panel: Panel) -> tuple[dt.date, dt.date] | None:
        """From the panel's last count to the day of knowledge: the days with no newer count."""
        if not panel.steps or not panel.steps[-1].bounds.numbers or panel.steps[-1].end >= self.as_of:
            return None
        return panel.steps[-1].end, self.as_of


def draw_up(series: Drawable) -> Plan:
    """The plan for a series: a panel for each series of figures, in the order of the areas asked."""
    rows: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in series.table.to_pylist():
        rows[tuple(row[name] for name in CELL)].append(row)
    names = series.population_names
    marks = marks_of(series.points, names, series.area_names)
    panels = [_panel(found, marks, names) for found in rows.values()]
    panels += [
        Panel(code, series.area_names.get(code, code), None, "", None, (), ())
        for code in series.area_order
        if code not in {key[1] for key in rows}
    ]
    place = {code: n for n, code in enumerate(series.area_order)}
    panels.sort(key=lambda panel: place.get(panel.area_code, len(place)))
    start, end = _span(panels, series.as_of)
    return Plan(
        panels=tuple(panels) if rows else (),
        origins=_origins(series.points, panels),
        context=_context(series.context, start, end),
        start=start,
        end=end,
        as_of=series.as_of,
        method=series.method,
        head=series.head,
    )


def runs(steps: Iterable[Step], keep: Callable[[Bounds], bool]) -> Iterator[list[Step]]:
    """Unbroken stretches of the steps whose bounds are kept: what one stroke of the pen can draw."""
    run: list[Step] = []
    for step in steps:
        if keep(step.bounds):
            run.append(step)
        elif run:
            yield run
            run = []
    if run:
        yield run


def has_best(bounds: Bounds) -> bool:
    return bounds.best is not None


def has_range(bounds: Bounds) -> bool:
    return bounds.low is not None and bounds.high is not None


def is_bare_floor(bounds: Bounds) -> bool:
    """The floor is all there is to draw, or nothing is known above it."""
    return bounds.low is not None and (bounds.best is None or bounds.high is None)


def is_open_above(bounds: Bounds) -> bool:
    """Somebody says at least so many, and nobody at most."""
    return bounds.low is not None and bounds.high is None


def is_open_below(bounds: Bounds) -> bool:
    return bounds.high is not None and bounds.low is None


def is_bare_ceiling(bounds: Bounds) -> bool:
    return bounds.high is not None and (bounds.best is None or bounds.low is None)


def _panel(rows: list[dict[str, Any]], marks: MarksByCell, names: Mapping[str, str]) -> Panel:
    first = rows[0]
    ends = [row["date"] for row in rows[1:]] + [rows[-1]["date"] + DAY]
    steps = tuple(
        Step(
            start=row["date"],
            end=end,
            bounds=Bounds(row["low"], row["best"], row["high"]),
            grade=row["grade"],
            is_raised=row["is_raised"],
            origins=row["origins"],
            reports=row["reports"],
            expected=Bounds(row["expected_low"], row["expected"], row["expected_high"]),
        )
        for row, end in zip(rows, ends, strict=True)
    )
    key = tuple(first[name] for name in CELL)
    return Panel(
        area_code=first["area_code"],
        area_name=first["area_name"],
        subject=_subject(first["measure"], first["population"], first["attributed_to"], names),
        crisis=first["crisis"],
        period_start=first["period_start"],
        steps=steps,
        marks=tuple(mark for mark, day in marks.get(key, []) if day >= steps[0].start),
    )


def _subject(measure: str, population: str, attributed_to: str, names: Mapping[str, str]) -> Subject:
    people, party = name_people(population, names), name_people(attributed_to, names)
    return Subject(measure, population, attributed_to, people, party)


def _origins(points: pa.Table, panels: Iterable[Panel]) -> dict[str, Origin]:
    """The origins and their looks, in the order of weight, then id: the heaviest always comes first."""
    shown = {mark.origin_id: mark.origin_name for panel in panels for mark in panel.marks}
    first_hand = {mark.origin_id for panel in panels for mark in panel.marks if is_first_hand(mark)}
    weights: dict[str, int] = defaultdict(int)
    columns = (points.column(name).to_pylist() for name in ("origin_id", "weight"))
    for origin, weight in zip(*columns, strict=True):
        weights[origin] = max(weights[origin], weight)
    order = sorted(shown, key=lambda origin: (origin not in first_hand, -weights[origin], origin))
    return {origin: Origin(origin, shown[origin], *look) for origin, look in looks(order).items()}


def _context(table: pa.Table, start: dt.date, end: dt.date) -> tuple[Context, ...]:
    labels: dict[dt.date, list[str]] = defaultdict(list)
    for row in table.to_pylist():
        if start <= row["on"] <= end:
            labels[row["on"]].append(row["label"])
    return tuple(Context(day, "; ".join(labels[day])) for day in sorted(labels))


def _span(panels: Iterable[Panel], as_of: dt.date) -> tuple[dt.date, dt.date]:
    """The days of the estimates, with a margin, but none after the day of knowledge: a late one may not
    squash them. The end is that of the last day, at which the next would begin.

    The beginning that the totals count from is shown too, where it is near.
    """
    days = [day for panel in panels for step in panel.steps for day in (step.start, step.end)]
    first, last = min(days, default=as_of), max(days, default=as_of)
    width = (last - first).days
    near = first - DAY * max(7, width // 4)
    first = min([first, *(p.period_start for p in panels if p.period_start and p.period_start >= near)])
    start, end = first - DAY * max(1, round(width * 0.03)), last + DAY * max(2, round(width * 0.08))
    return start, max(last, min(end, as_of + DAY))
