"""What was known when? The curve as it stood on several days of knowledge, one over the other: a fan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from service.charts.kinds.trend import BEST, BOUND
from service.charts.marks import Bounds
from service.charts.picture import (
    Band,
    Entry,
    Look,
    Panel,
    Picture,
    Sample,
    Spot,
    Stroke,
    at,
    outline,
    stairs,
)
from service.charts.plan import Drawable, Plan, draw_up, has_best, has_range, is_bare_floor, runs
from service.charts.plan import Panel as Cell
from service.charts.style import BAND, LINE
from service.charts.text import NO_FIGURE, Words

PALEST = 0.42
"""How strongly the first day of knowledge is drawn; the last is drawn in full."""


def known(answers: Sequence[Drawable], words: Words, *, is_log: bool = False) -> Picture:
    """Return the same question as answered on several days of knowledge, the earliest first."""
    plans = sorted((draw_up(answer) for answer in answers), key=lambda plan: plan.as_of)
    latest = plans[-1]
    panels = [_panel(cell, plans, words) for cell in latest.panels]
    days = words.join([words.day(plan.as_of) for plan in plans])
    heading = words.heading(latest)
    if panels:
        heading = words.say("%(heading)s: what was known when", heading=heading)
    names = dict.fromkeys(origin.name for plan in plans[::-1] for origin in plan.origins.values())
    notes = [
        words.say(
            "Each curve is the figure as it stood on the day of knowledge at its end; dotted: at least."
        ),
        *words.provenance(names, latest.as_of, latest.method, latest.head),
    ]
    return Picture(
        heading=heading,
        knowledge=words.say("As known on %(day)s", day=days),
        panels=tuple(panels),
        start=min(at(plan.start) for plan in plans if plan.panels) if panels else 0,
        end=max(at(plan.end) for plan in plans if plan.panels) if panels else 1,
        is_log=is_log,
        context=tuple((at(day.on), day.label) for day in latest.context),
        key=tuple(_entries(plans, words)) if panels else (),
        notes=tuple(notes) if panels else (),
        said=" ".join([f"{heading}.", *(f"{panel.title}: {panel.standing}." for panel in panels)]),
    )


def _same(cell: Cell, other: Cell) -> bool:
    keys: list[Any] = [(c.area_code, c.crisis, c.subject, c.period_start) for c in (cell, other)]
    return bool(keys[0] == keys[1])


def _panel(cell: Cell, plans: Sequence[Plan], words: Words) -> Panel:
    title = words.title(cell, plans[-1])
    if cell.subject is None:
        return Panel(title, words.say(NO_FIGURE))
    strokes: list[Stroke] = []
    bands: list[Band] = []
    spots: list[Spot] = []
    told: list[str] = []
    top, labels = 1, _labels(plans, words)
    for place, plan in enumerate(plans):
        earlier = next((other for other in plan.panels if _same(cell, other) and other.steps), None)
        if earlier is None:
            told.append(words.say("nothing on %(day)s", day=labels[place]))
            continue
        strength, is_last = _strength(place, len(plans)), plan is plans[-1]
        last = earlier.steps[-1]
        top = max(top, *(number for step in earlier.steps for number in step.bounds.numbers), 1)
        told.append(
            words.say(
                "%(figure)s on %(day)s (%(grade)s)",
                figure=words.count(last.bounds, ""), day=labels[place],
                grade=words.grade(last.grade, last.is_raised),
            )
        )  # fmt: skip
        if is_last:
            bands = [
                Band(outline([(at(s.start), at(s.end), s.bounds.low or 0, s.bounds.high or 0) for s in run]),
                     BAND, "range")
                for run in runs(earlier.steps, has_range)
            ]  # fmt: skip
        strokes += _curves(earlier, strength, labels[place], is_last=is_last)
        for step in earlier.steps:
            if step.bounds.numbers:
                said = words.say(
                    "as known on %(day)s: %(figure)s",
                    day=words.day(plan.as_of), figure=words.estimate(step, cell.subject),
                )  # fmt: skip
                spots.append(Spot(at(step.start), at(step.end), step.bounds.level, said))
    return Panel(title, words.say("; ").join(told), tuple(bands), tuple(strokes), spots=tuple(spots), top=top)


def _curves(cell: Cell, strength: float, label: str, *, is_last: bool) -> Iterator[Stroke]:
    width = BEST.width if is_last else 1.5
    end = cell.steps[-1].end
    for keep, dash in ((has_best, ""), (_is_floor_alone, BOUND.dash)):
        for run in runs(cell.steps, keep):
            corners = stairs([(at(s.start), at(s.end), s.bounds.level) for s in run])
            yield Stroke(
                corners, Look(LINE, width, dash, strength), label, label if run[-1].end == end else ""
            )


def _is_floor_alone(bounds: Bounds) -> bool:
    return bounds.best is None and is_bare_floor(bounds)


def _labels(plans: Sequence[Plan], words: Words) -> list[str]:
    """Short days, with their years where there are several."""
    several = len({plan.as_of.year for plan in plans}) > 1
    if several and not words.language.is_english:
        return [words.day(plan.as_of) for plan in plans]
    return [words.short_day(plan.as_of) + (f" ’{plan.as_of:%y}" if several else "") for plan in plans]


def _strength(place: int, number: int) -> float:
    return round(PALEST + (1 - PALEST) * place / max(1, number - 1), 2)


def _entries(plans: Sequence[Plan], words: Words) -> Iterator[Entry]:
    for place, plan in enumerate(plans):
        look = Look(LINE, BEST.width if plan is plans[-1] else 1.5, "", _strength(place, len(plans)))
        yield Entry(words.day(plan.as_of), _labels(plans, words)[place], Sample.LINE, look)
    label = words.say("What origins say on the last day, low to high")
    yield Entry(label, "range", Sample.BAND, fill=BAND)
