"""How did one crisis grow beside another? Two curves aligned on the first day of each crisis."""

from __future__ import annotations

import dataclasses
import datetime as dt

from service.charts.picture import (
    Along,
    Band,
    Entry,
    Look,
    Panel,
    Picture,
    Sample,
    Spot,
    Stroke,
    outline,
    stairs,
)
from service.charts.plan import DAY, Drawable, Plan, draw_up, has_best, has_range, is_bare_floor, runs
from service.charts.plan import Panel as Cell
from service.charts.style import BAND, COLOURS, tint
from service.charts.text import Words

LINES = (Look(COLOURS[0], 2.2), Look(COLOURS[5], 2.2, "7 5"))
"""Told apart by colour and by dash."""
SHARE = "0.14"
MOST_DAYS = 365


@dataclasses.dataclass(frozen=True)
class Side:
    """One crisis: its answer, its name, and its first day (None: that of its first figure)."""

    series: Drawable
    name: str
    began: dt.date | None


def against(sides: tuple[Side, Side], words: Words, *, is_log: bool = False) -> Picture:
    """Return two crises over the days since each began, a curve for each place of them."""
    plans = [draw_up(side.series) for side in sides]
    curves = [
        (side, plan, cell, n)
        for n, (side, plan) in enumerate(zip(sides, plans, strict=True))
        for cell in plan.panels if cell.subject and cell.steps
    ]  # fmt: skip
    if len({n for *_, n in curves}) < 2:
        lacking = next(side.name for n, side in enumerate(sides) if n not in {m for *_, m in curves})
        heading = words.say(
            "No figure of %(crisis)s for this question as of %(day)s",
            crisis=lacking, day=words.day(plans[0].as_of),
        )  # fmt: skip
        return Picture(heading, words.knowledge(plans[0]), (), 0, 1, along=Along.SINCE, said=f"{heading}.")
    panel, end = _panel(curves, words)
    subject = curves[0][2].subject
    heading = words.say("Two crises from their first day")
    if subject is None or curves[-1][2].subject == subject:
        heading = words.say("%(heading)s: two crises from their first day", heading=words.heading(plans[0]))
    names = dict.fromkeys(origin.name for plan in plans for origin in plan.origins.values())
    began = words.say("; ").join(
        words.say("%(crisis)s: day 0 is %(day)s", crisis=side.name, day=words.day(_began(side, plan)))
        for side, plan in zip(sides, plans, strict=True)
    )
    return Picture(
        heading=heading,
        knowledge=words.knowledge(plans[0]),
        panels=(panel,),
        start=0,
        end=end,
        along=Along.SINCE,
        is_log=is_log,
        key=(
            *(Entry(side.name, str(n), Sample.LINE, LINES[n]) for n, side in enumerate(sides)),
            Entry(words.say("What origins say, low to high"), "range", Sample.BAND, fill=BAND),
        ),
        notes=(words.say("Days since each crisis began. Two crises differ in more than their tolls."),
               f"{began}.",
               words.say_many(
                   "The first %(num)s day of each; the figures named are those of the last day drawn.",
                   "The first %(num)s days of each; the figures named are those of the last day drawn.",
                   MOST_DAYS,
               ),
               *words.provenance(names, plans[0].as_of, plans[0].method, plans[0].head)),
        said=f"{heading}. {panel.standing}.",
    )  # fmt: skip


def _began(side: Side, plan: Plan) -> dt.date:
    first = min((cell.steps[0].start for cell in plan.panels if cell.steps), default=plan.start)
    return side.began or first


def _panel(curves: list[tuple[Side, Plan, Cell, int]], words: Words) -> tuple[Panel, float]:
    bands, strokes, spots, told = [], [], [], []
    top, end = 1, 1.0
    for side, plan, cell, n in curves:
        began = _began(side, plan)
        steps = [step for step in cell.steps if began <= step.start <= began + DAY * MOST_DAYS]
        if not steps or cell.subject is None:
            continue
        look = LINES[n]
        end = max(end, (steps[-1].end - began).days)
        top = max(top, *(number for step in steps for number in step.bounds.numbers))
        for run in runs(steps, has_range):
            sides = [((s.start - began).days, (s.end - began).days, s.bounds.low or 0, s.bounds.high or 0)
                     for s in run]  # fmt: skip
            bands.append(Band(outline([(float(a), float(b), c, d) for a, b, c, d in sides]),
                              tint(look.colour, SHARE), "range"))  # fmt: skip
        for keep, width in ((has_best, look.width), (is_bare_floor, 1.2)):
            for run in runs(steps, keep):
                corners = stairs([(float((s.start - began).days), float((s.end - began).days),
                                   s.bounds.best if keep is has_best and s.bounds.best else s.bounds.low or 0)
                                  for s in run])  # fmt: skip
                is_end = keep is has_best and run[-1] is steps[-1]
                label = words.number(steps[-1].bounds.level) if is_end else ""
                strokes.append(Stroke(corners, dataclasses.replace(look, width=width), str(n), label))
        for step in steps:
            if step.bounds.numbers:
                said = f"{cell.area_name}: {words.estimate(step, cell.subject)}"
                x0, x1 = float((step.start - began).days), float((step.end - began).days)
                spots.append(Spot(x0, x1, step.bounds.level, said))
        told.append(f"{cell.area_name}: {words.count(steps[-1].bounds, words.people(cell.subject))}")
    return Panel(words.say("Days since the beginning"), words.say("; ").join(told), tuple(bands),
                 tuple(strokes), spots=tuple(spots), top=top), end * 1.04 + 1  # fmt: skip
