"""What is the toll made up of, place by place, over time? Parts on top of one another, below their whole.

Parts are stacked only on days on which they do not come to more than the whole; on other days nothing is
stacked and the picture says so. What lies in no named part is the room below the whole's line; what the
figures are, and what is known of elsewhere, is told as the verb ``parts`` has it, with range and grade.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from service.charts.marks import Bounds
from service.charts.picture import (
    Band,
    Entry,
    Look,
    Panel,
    Picture,
    Sample,
    Sign,
    Spot,
    Stroke,
    at,
    outline,
    stairs,
)
from service.charts.plan import Drawable, Plan, Step, draw_up
from service.charts.plan import Panel as Cell
from service.charts.style import BAND, COLOURS, LINE, tint
from service.charts.text import Words

SHARE = "0.35"
LEAST_NAMED = 0.1
"""The share of the height from which a part is named in the picture itself."""
WHOLE, FLOOR = Look(LINE, 2.2), Look(LINE, 1.6, "2 3")
MOST_PARTS = len(COLOURS) - 1
"""How many parts have a band of their own, the largest; the others share one: no colour stands for two."""
MOST_TOLD = 10
"""How many parts are told in words, the largest."""
OTHERS = "others"


def parts(series: Drawable, shares: Sequence[Mapping[str, Any]], words: Words) -> Picture:
    """Return the places of ``shares`` (PART rows: the whole, its parts from the largest, elsewhere) over
    time; ``series`` holds all of them."""
    plan = draw_up(series)
    cells = {cell.area_code: cell for cell in plan.panels if cell.steps}
    total = cells.get(shares[0]["area_code"])
    inner = dict.fromkeys(row["area_code"] for row in shares if row["share"] == "part")
    shown = [cells[code] for code in inner if code in cells]
    if total is None or total.subject is None or not shown:
        heading = words.say(
            "No parts that add up are known of this place as of %(day)s", day=words.day(plan.as_of)
        )
        return Picture(heading, words.knowledge(plan), (), 0, 1, said=f"{heading}.")
    stack = [*((cell.area_name, cell.area_code, [cell]) for cell in shown[:MOST_PARTS])]
    if len(shown) > MOST_PARTS:
        rest = shown[MOST_PARTS:]
        name = words.say_many("%(num)s other place", "%(num)s other places", len(rest))
        stack.append((name, OTHERS, rest))
    panel, left_out = _panel(total, stack, plan, words)
    panel = dataclasses.replace(
        panel, standing=_told(shares, {cell.area_code: cell.area_name for cell in shown}, words)
    )
    heading = words.say("%(heading)s: %(place)s, by part", heading=words.heading(plan), place=total.area_name)
    notes = [
        words.say(
            "What lies between the parts and the line of the whole is elsewhere in it, or told of no part."
        )
    ]
    if left_out:
        notes.append(
            words.say_many(
                "On %(num)s day the parts come to more than the whole or the whole has no figure: "
                "they are not stacked there.",
                "On %(num)s days the parts come to more than the whole or the whole has no figure: "
                "they are not stacked there.",
                left_out,
            )
        )
    names = (origin.name for origin in plan.origins.values())
    return Picture(
        heading=heading,
        knowledge=words.knowledge(plan),
        panels=(panel,),
        start=at(plan.start),
        end=at(plan.end),
        context=tuple((at(day.on), day.label) for day in plan.context),
        key=(
            Entry(words.say("The whole"), "whole", Sample.LINE, WHOLE),
            *_floor_entry(panel, words),
            *(Entry(name, code, Sample.BAND, fill=_fill(n)) for n, (name, code, _) in enumerate(stack)),
            Entry(words.say("Elsewhere"), "elsewhere", Sample.BAND, fill=BAND),
        ),
        notes=(*notes, *words.provenance(names, plan.as_of, plan.method, plan.head)),
        said=f"{heading}. {panel.standing}.",
    )  # fmt: skip


def _floor_entry(panel: Panel, words: Words) -> Iterator[Entry]:
    """What the dotted line is, where there is one."""
    if any(stroke.look is FLOOR for stroke in panel.strokes):
        yield Entry(words.say("Bound, open beyond"), "whole", Sample.LINE, FLOOR)


def _fill(n: int) -> str:
    return tint(COLOURS[n % len(COLOURS)], SHARE)


def _told(shares: Sequence[Mapping[str, Any]], names: Mapping[str, str], words: Words) -> str:
    """The latest figures of the whole, its largest parts and elsewhere, each with range and grade."""
    told, elsewhere = [], words.say("elsewhere")
    listed = [row for row in shares if row["share"] == "part"]
    for row in (*listed[:MOST_TOLD], *(row for row in shares if row["share"] not in ("whole", "part"))):
        name = names.get(row["area_code"], row["area_name"]) if row["share"] == "part" else elsewhere
        told.append(words.say("%(name)s %(figure)s", name=name, figure=_figure(row, words)))
    return words.say(
        "In all %(number)s: %(parts)s", number=_figure(shares[0], words), parts=words.say("; ").join(told)
    )


def _figure(row: Mapping[str, Any], words: Words) -> str:
    bounds = Bounds(row["low"], row["best"], row["high"])
    grade = words.grade(row["grade"], row["is_raised"])
    return words.say("%(figure)s, %(grade)s", figure=words.count(bounds, ""), grade=grade)


Part = tuple[str, str, Sequence[Cell]]
"""Its name, its code, the places in it."""
Side = tuple[float, float, float, float]
"""From x to x, and from the foot to the top of a part in the stack."""


def _stack(total: Cell, shown: Sequence[Part], end: float) -> tuple[list[list[Side]], int, int]:
    """The sides of each part, those of elsewhere last; the highest whole; on how many days there is none."""
    places = [cell for _, _, inside in shown for cell in inside]
    days = sorted({at(step.start) for cell in (total, *places) for step in cell.steps} | {end})
    sides: list[list[Side]] = [[] for _ in (*shown, total)]
    top, left_out = 1, 0
    for x0, x1 in pairwise(days):
        whole = _level(total, x0)
        levels = [sum(_level(cell, x0) or 0 for cell in inside) for _, _, inside in shown]
        top = max(top, whole or 0)
        if whole is None or sum(levels) > whole:
            left_out += int(x1 - x0)
            continue
        foot = 0
        for place, level in enumerate(levels):
            sides[place].append((x0, x1, foot, foot + level))
            foot += level
        sides[-1].append((x0, x1, foot, whole))
    return sides, top, left_out


def _panel(total: Cell, shown: Sequence[Part], plan: Plan, words: Words) -> tuple[Panel, int]:
    """The stack of parts, and on how many days there is none."""
    end = at(plan.end)
    sides, top, left_out = _stack(total, shown, end)
    fills = [*(_fill(n) for n in range(len(shown))), BAND]
    groups = [*(code for _, code, _ in shown), "elsewhere"]
    bands = [
        Band(outline([side]), fill, group)
        for of, fill, group in zip(sides, fills, groups, strict=True) for side in of if side[3] > side[2]
    ]  # fmt: skip
    spots: list[Spot] = []
    signs: list[Sign] = []
    # the whole comes first, so that its label stands above those of parts that end with it
    strokes = _line(total, end, words)
    for place, (name, code, _) in enumerate(shown):
        if not sides[place]:
            continue
        x0, x1, low, high = sides[place][-1]
        colour = COLOURS[place % len(COLOURS)]
        label = words.number(int(high - low)) if high > low else ""
        strokes.append(Stroke(((x0, high), (x1, high)), Look(colour, 1.0), code, label))
        wide = max(sides[place], key=lambda side: side[1] - side[0])
        if wide[3] - wide[2] > LEAST_NAMED * top:
            signs.append(Sign((wide[0] + wide[1]) / 2, (wide[2] + wide[3]) / 2 - 0.02 * top, name))
        spots += [
            Spot(a, b, (c + d) / 2, f"{name}: {words.number(int(d - c))}")
            for a, b, c, d in sides[place] if d > c
        ]  # fmt: skip
    return Panel(total.area_name, "", tuple(bands), tuple(strokes), signs=tuple(signs),
                 spots=tuple(spots), top=top), left_out  # fmt: skip


def _line(total: Cell, end: float, words: Words) -> list[Stroke]:
    """The line of the whole, each figure up to the next: its best, else its floor, dotted; nothing where only
    a ceiling is known. What stands last is written at its end."""
    starts = [*(at(step.start) for step in total.steps), end]
    strokes = []
    for look, run in groupby(
        zip(total.steps, pairwise(starts), strict=True), key=lambda part: _look(part[0])
    ):
        if look is not None:
            shown = list(run)
            corners = stairs([(x0, x1, step.bounds.level) for step, (x0, x1) in shown])
            label = _label(shown[-1][0].bounds, words) if shown[-1][0] is total.steps[-1] else ""
            strokes.append(Stroke(corners, look, "whole", label))
    return strokes


def _look(step: Step) -> Look | None:
    """How the whole is drawn where a step stands; None where it has neither a best nor a floor."""
    if step.bounds.best is not None:
        return WHOLE
    return None if step.bounds.low is None else FLOOR


def _label(bounds: Bounds, words: Words) -> str:
    number = words.number(bounds.level)
    return number if bounds.best is not None else words.say("at least %(count)s", count=number)


def _level(cell: Cell, x: float) -> int | None:
    """The figure that stands at x, or its floor; None before there is one."""
    step: Step | None = next((step for step in reversed(cell.steps) if at(step.start) <= x), None)
    if step is None:
        return None
    return step.bounds.best if step.bounds.best is not None else step.bounds.low
