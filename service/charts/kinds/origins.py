"""Who says what? Each origin's account as its own curve and interval, side by side on one vertical axis.

The account of an origin is an interval on every day: the least and the most that all its statements together
leave room for. What it said of the place itself is told as its own word; what follows from its words about
others is not. Its counts, and the copies that others carried, stand beside it as points; the reconciled
figure lies behind all of them as one thin line.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from service.charts.kinds.trend import dot, origin_entry
from service.charts.looks import looks
from service.charts.marks import CELL, Bounds, Mark, is_first_hand
from service.charts.picture import (
    Band,
    Dot,
    Entry,
    Look,
    Panel,
    Picture,
    Sample,
    Stroke,
    at,
    outline,
    stairs,
)
from service.charts.plan import FAR, NEAR, Drawable, Plan, draw_up, has_best, runs
from service.charts.plan import Panel as Cell
from service.charts.style import GREY, MUTED, tint
from service.charts.text import Words
from service.vocabulary import Role

MOST_ORIGINS, MOST_BESIDE = 6, 3
"""How many origins of a place are shown, the heaviest first, where nobody names them: of those that state it,
and together with others, whose words only leave room for some."""
FIGURE, CEILING = Look(MUTED, 1.2), "7 5"
SHARE = "0.16"
"""How much of an origin's colour its interval takes."""

Span = tuple[float, float, int | None, int | None]
"""From x to x: the least and the most an account leaves room for."""


def origins(series: Drawable, words: Words, *, wanted: Sequence[str] = (), is_log: bool = False) -> Picture:
    """Return the accounts behind a series; ``wanted`` are the ids of the origins to show."""
    plan = draw_up(series)
    accounts, weights, names, stated = _accounts(series, plan)
    panels: list[Panel] = []
    is_alone = len({cell.area_code for cell in plan.panels}) == 1
    left_out: set[str] = set()
    shown: set[str] = set()
    for cell in plan.panels:
        key = _key(cell)
        said = stated.get(key, {})
        order = sorted(accounts.get(key, {}), key=lambda o: (o not in said, -weights[o], o))
        most = min(MOST_ORIGINS, max(MOST_BESIDE, sum(origin in said for origin in order)))
        chosen = [origin for origin in order if origin in wanted] if wanted else order[:most]
        left_out |= {*order} - {*chosen}
        shown |= {*chosen}
        cells = [
            _panel(
                cell,
                (origin, names[origin]),
                accounts[key][origin],
                said.get(origin),
                words,
                is_alone=is_alone,
            )
            for origin in chosen
        ]
        panels += _with_one_axis(cells)
    notes = [words.say("All panels of a place share one vertical axis.")] if len(panels) > 1 else []
    if left_out - shown:
        told = words.join(sorted(names[origin] for origin in left_out - shown))
        notes.append(words.say("Not shown: %(names)s.", names=told))
    if silent := sorted(names[origin] for origin in wanted if origin in names and origin not in shown):
        notes.append(
            words.say(
                "Nothing to draw of %(names)s: no count, and at least 0, for these places.",
                names=words.join(silent),
            )
        )
    notes += words.provenance(
        (names[origin] for origin in sorted(shown, key=lambda o: (-weights[o], o))),
        plan.as_of, plan.method, plan.head,
    )  # fmt: skip
    look = looks(sorted(shown, key=lambda o: (-weights[o], o)))
    heading = words.heading(plan)
    if panels:
        heading = words.say("%(heading)s: who says what", heading=heading)
    return Picture(
        heading=heading,
        knowledge=words.knowledge(plan),
        panels=tuple(panels),
        start=at(plan.start),
        end=at(plan.end),
        is_log=is_log,
        context=tuple((at(day.on), day.label) for day in plan.context),
        key=tuple(_entries(look, names, panels, words)) if panels else (),
        notes=tuple(notes),
        said=" ".join([f"{heading}.", *(f"{panel.title}: {panel.standing}." for panel in panels)]),
    )


def _accounts(
    series: Drawable, plan: Plan
) -> tuple[
    dict[tuple[Any, ...], dict[str, list[Span]]], dict[str, int], dict[str, str],
    dict[tuple[Any, ...], dict[str, dict[str, Any]]],
]:  # fmt: skip
    """The account of each origin in each cell, the weight and the name of each origin that is heard, and the
    last thing (a POINT) that each said of a cell itself."""
    heard: dict[tuple[Any, ...], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    weights: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {}
    stated: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = defaultdict(dict)
    for point in series.points.to_pylist():
        if point["weight"] <= 0:
            continue
        origin = point["origin_id"]
        weights[origin] = max(weights[origin], point["weight"])
        names[origin] = point["origin_name"]
        cell = tuple(point[name] for name in CELL)
        heard[cell][origin].append(point)
        before = stated[cell].get(origin)
        if point["role"] == Role.COUNTED and (before is None or point["date"] >= before["date"]):
            stated[cell][origin] = point
    end = at(plan.end)
    accounts = {
        cell: {origin: spans for origin, points in of.items() if (spans := list(_spans(points, end)))}
        for cell, of in heard.items()
    }
    return accounts, weights, names, stated


def _spans(points: Iterable[dict[str, Any]], end: float) -> Iterator[Span]:
    """The interval of one origin from each day on which it changes, once it says more than nothing."""
    rows = [
        (at(p["date"]), at(p["until"]) if p["until"] else end + 1, p["account_low"], p["account_high"])
        for p in points
    ]
    days = sorted({x for x0, x1, _, _ in rows for x in (x0, x1)})
    before: Span | None = None
    for x0, x1 in pairwise(days):
        lows = [low for a, b, low, _ in rows if a <= x0 < b and low is not None]
        highs = [high for a, b, _, high in rows if a <= x0 < b and high is not None]
        if not lows or max(lows) == 0:
            continue
        low, high = max(lows), min(highs, default=None)
        high = None if high is None else max(low, high)
        is_same = before is not None and before[1:] == (x0, low, high)
        if before and not is_same:
            yield before
        before = (before[0] if before and is_same else x0, x1, low, high)
    if before:
        yield before


def _key(cell: Cell) -> tuple[Any, ...]:
    subject = cell.subject
    if subject is None:
        return ()
    return (cell.crisis, cell.area_code, subject.measure, subject.population, subject.attributed_to,
            cell.period_start)  # fmt: skip


def _panel(
    cell: Cell,
    who: tuple[str, str],
    spans: list[Span],
    said_last: Mapping[str, Any] | None,
    words: Words,
    *,
    is_alone: bool,
) -> Panel:
    origin, name = who
    colour, symbol = looks([origin])[origin]
    subject = cell.subject
    marks = [mark for mark in cell.marks if mark.origin_id == origin]
    dots: list[Dot] = []
    for mark in marks:
        said = words.statement(mark, subject) if subject else ""
        made = dot(mark, colour, symbol, said)
        apart = words.apart(mark) if _is_off(mark, spans, cell.reported_top) else ""
        dots.append(
            dataclasses.replace(
                made, is_shown=True, is_small=not is_first_hand(mark), group=origin, apart=apart
            )
        )
    low = spans[-1][2] or 0
    sides = [(x0, x1, a or 0, b) for x0, x1, a, b in spans if b is not None]
    floor = stairs([(x0, x1, a or 0) for x0, x1, a, _ in spans])
    high = max((side[3] for side in sides), default=0)
    fit = max(low, high, cell.reported_top)
    strokes = [
        *(Stroke(stairs([(at(s.start), at(s.end), s.bounds.level) for s in run]), FIGURE, "figure")
          for run in runs(cell.steps, has_best)),
        Stroke(floor, Look(colour, 2.0), origin, words.number(low)),
        *(Stroke(stairs([side]), Look(colour, 1.0, CEILING), origin)
          for side in ((x0, x1, b) for x0, x1, a, b in sides if b > a)),
    ]  # fmt: skip
    return Panel(
        title=name if is_alone else words.join([name, cell.area_name]),
        standing=_standing(said_last, spans[-1], words),
        bands=tuple(
            Band(outline([side]), tint(colour, SHARE), origin) for side in sides if side[3] > side[2]
        ),
        strokes=tuple(strokes),
        dots=tuple(dots),
        top=max([fit, *(dot.y for dot in dots if dot.y <= FAR * fit)]),
    )


def _is_off(mark: Mark, spans: Iterable[Span], top: int) -> bool:
    """Whether a mark lies well outside what its origin's account leaves room for on its day."""
    room = next(((low, high) for x0, x1, low, high in spans if x0 <= at(mark.on) < x1), None)
    if room is None:
        return False
    low, high = room
    level, near = mark.bounds.level, NEAR * top
    return level < (low or 0) - near or (high is not None and level > high + near)


def _standing(said: Mapping[str, Any] | None, last: Span, words: Words) -> str:
    """What an origin said of the place itself, and what all its words leave room for where that is more."""
    low, high = last[2] or 0, last[3]
    room = words.say(
        "leaves room for %(count)s", count=words.count(Bounds(low, low if low == high else None, high), "")
    )
    if said is None:
        return room
    count = words.count(Bounds(said["low"], said["best"], said["high"]), "")
    day = said["counted_to"]
    told = (
        words.say("says %(count)s, counted to %(day)s", count=count, day=words.day(day))
        if day
        else words.say("says %(count)s, counted to no stated day", count=count)
    )
    is_same = (said["low"], said["high"]) == (low, high)
    return told if is_same else words.say("; ").join([told, room])


def _with_one_axis(panels: list[Panel]) -> list[Panel]:
    top = max((panel.top for panel in panels), default=1)
    return [dataclasses.replace(panel, top=top) for panel in panels]


def _entries(
    look: Iterable[str], names: Mapping[str, str], panels: Sequence[Panel], words: Words
) -> Iterator[Entry]:
    yield Entry(words.say("Reconciled figure"), "figure", Sample.LINE, FIGURE)
    yield Entry(words.say("Least that an origin leaves room for"), "least", Sample.LINE, Look(GREY, 2.0))
    ceiling = Look(GREY, 1.0, CEILING)
    yield Entry(words.say("Most that it leaves room for"), "most", Sample.LINE, ceiling)
    for origin in look:
        colour, symbol = looks([origin])[origin]
        shapes = {dot.shape for panel in panels for dot in panel.dots if dot.group == origin}
        shape = shapes.pop() if len(shapes) == 1 else symbol
        yield origin_entry(origin, names[origin], (colour, shape), is_filled=shape == symbol)
