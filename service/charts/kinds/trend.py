"""How did the toll grow, place by place? One panel for each series of figures, with the reports behind it.

Two bands are drawn and named apart: what the origins say, and where the toll is expected to settle.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from service.charts.alt import describe
from service.charts.looks import Look as OriginLook
from service.charts.marks import Bounds, Mark, is_first_hand
from service.charts.picture import (
    Band,
    Corner,
    Dot,
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
from service.charts.plan import (
    NEAR,
    Drawable,
    Plan,
    Step,
    draw_up,
    has_best,
    has_range,
    is_bare_ceiling,
    is_bare_floor,
    is_open_above,
    is_open_below,
    runs,
)
from service.charts.plan import Panel as Cell
from service.charts.style import BAND, EXPECTED_BAND, EXPECTED_EDGE, LINE, MUTED, TAIL_BAND
from service.charts.text import NO_FIGURE, Words
from service.language import message

OTHERS = "others"
BEST, BOUND, TAIL = Look(LINE, 2.2), Look(LINE, 1.6, "2 3"), Look(MUTED, 1.1, "7 5")
EXPECTED = Look(EXPECTED_EDGE, 1.0, "1 3")


def trend(series: Drawable, words: Words, *, is_shared: bool = False, is_log: bool = False) -> Picture:
    """Return the picture of a ``Series``; ``is_shared``: one vertical axis for all panels."""
    plan = draw_up(series)
    panels = [_panel(cell, plan, words, is_log=is_log) for cell in plan.panels]
    if is_shared and panels:
        top = max(panel.top for panel in panels)
        panels = [dataclasses.replace(panel, top=top) for panel in panels]
    notes = words.notes(plan) if panels else []
    if len(panels) > 1:
        notes.insert(0, words.axes(is_shared=is_shared))
    return Picture(
        heading=words.heading(plan),
        knowledge=words.knowledge(plan),
        panels=tuple(panels),
        start=at(plan.start),
        end=at(plan.end),
        is_log=is_log,
        context=tuple((at(day.on), day.label) for day in plan.context),
        key=tuple(_key(plan, words)) if panels else (),
        notes=tuple(notes),
        said=describe(plan, words),
    )


def _panel(cell: Cell, plan: Plan, words: Words, *, is_log: bool) -> Panel:
    title = words.title(cell, plan)
    if cell.subject is None:
        return Panel(title, words.say(NO_FIGURE))
    subject, last = cell.subject, cell.steps[-1]
    sources = {source for step in cell.steps if (source := cell.source(step))}
    tail = plan.tail(cell)
    rest = dataclasses.replace(last, start=tail[0], end=tail[1]) if tail else None
    spots = (
        Spot(at(step.start), at(step.end), step.bounds.level,
             f"{words.estimate(step, subject)} · {words.support(step)} · {explain_step(step, cell, words)}")
        for step in cell.steps if step.bounds.numbers
    )  # fmt: skip
    return Panel(
        title=title,
        standing=f"{words.count(last.bounds, words.people(subject))} · {words.standing(last)}",
        bands=tuple(_bands(cell.steps, rest)),
        strokes=tuple(_strokes(cell, rest, words)),
        dots=tuple(
            dot(mark, plan.origins[mark.origin_id].colour, plan.origins[mark.origin_id].symbol,
                words.statement(mark, subject), is_source=mark in sources,
                apart=words.apart(mark) if _is_off(mark, cell) else "")
            for mark in cell.marks
        ),
        signs=(*_signs(cell, words), *(() if is_log else _beyond(cell, rest, plan, words))),
        spots=tuple(spots),
        top=cell.top if is_log else cell.shown_top,
    )  # fmt: skip


def explain_step(step: Step, cell: Cell, words: Words) -> str:
    """Return where the figure of a step comes from: whose count it is, or what raised it."""
    if step.bounds.best is None:
        return words.say("no count stands here, only bounds")
    source = cell.source(step)
    if source is not None:
        return words.say(
            "the count that %(origin)s gave for %(day)s", origin=source.origin_name, day=words.day(source.on)
        )
    if step.is_raised:
        return words.say("raised to a part of it or to the sum of its parts")
    return words.say("between the counts of its origins")


def _is_off(mark: Mark, cell: Cell) -> bool:
    """Whether a mark lies well outside the figure and its range of its day."""
    step = next((step for step in cell.steps if step.start <= mark.on < step.end), cell.steps[-1])
    level, near = mark.bounds.level, NEAR * cell.reported_top
    numbers = step.bounds.numbers or (level,)
    return not min(numbers) - near <= level <= max(numbers) + near


def dot(mark: Mark, colour: str, symbol: str, said: str, *, is_source: bool = False, apart: str = "") -> Dot:
    """Return a mark as a dot: shown where it was used itself, or where the figure is its count."""
    shape, is_filled = mark.shape(symbol)
    is_shown = is_first_hand(mark) or is_source
    low, high = mark.bounds.low, mark.bounds.high
    return Dot(
        at(mark.on), mark.bounds.level, said, colour, shape, is_filled,
        mark.origin_id if is_shown else OTHERS, mark.report_id, low, high, is_shown, apart=apart,
    )  # fmt: skip


def _bands(steps: Sequence[Step], rest: Step | None) -> Iterator[Band]:
    """What origins say, paler where no newer count has come; and where the toll is expected to settle."""
    for run in runs(steps, has_range):
        yield Band(_sides(run, lambda step: step.bounds), BAND, "range")
    if rest and has_range(rest.bounds):
        yield Band(_sides([rest], lambda step: step.bounds), TAIL_BAND, "range")
    open_run: list[Step] = []
    for step in [*steps, *([rest] if rest else []), None]:
        if step and has_range(step.expected):
            open_run.append(step)
            continue
        if open_run:
            corners = _sides(open_run, lambda step: step.expected)
            yield Band(corners, EXPECTED_BAND, "expected", EXPECTED)
        open_run = []


def _sides(run: Sequence[Step], bounds_of: Callable[[Step], Bounds]) -> tuple[Corner, ...]:
    bounds = [bounds_of(step) for step in run]
    return outline(
        [(at(s.start), at(s.end), b.low or 0, b.high or 0) for s, b in zip(run, bounds, strict=True)]
    )


def _strokes(cell: Cell, rest: Step | None, words: Words) -> Iterator[Stroke]:
    last = cell.steps[-1]
    label = words.number(last.bounds.level) if last.bounds.best is not None else ""
    if rest:
        level = rest.bounds.level
        yield Stroke(((at(rest.start), level), (at(rest.end), level)), TAIL, "tail", label)
    for keep, value in ((is_bare_floor, _low), (is_bare_ceiling, _high)):
        for run in runs(cell.steps, keep):
            yield Stroke(_stairs(run, value), BOUND, "bound")
    for run in runs(cell.steps, has_best):
        yield Stroke(_stairs(run, _level), BEST, "best", label if run[-1] is last and not rest else "")


def _stairs(run: Sequence[Step], value: Callable[[Bounds], int]) -> tuple[Corner, ...]:
    return stairs([(at(step.start), at(step.end), value(step.bounds)) for step in run])


_BETWEEN = message("between counts")


def _signs(cell: Cell, words: Words) -> Iterator[Sign]:
    """Arrows where no origin says anything beyond a bound, in the middle of each stretch of it; words where a
    figure is no count that is drawn."""
    before = ""
    for step in cell.steps:
        is_explained = step.bounds.best is None or cell.source(step) is not None
        word = "" if is_explained else words.say("raised" if step.is_raised else _BETWEEN)
        if word and word != before:
            yield Sign(at(step.start), step.bounds.level, word, is_below=True, anchor="start")
        before = word
    for keep, value, arrow in ((is_open_above, _low, "↑"), (is_open_below, _high, "↓")):
        for run in runs(cell.steps, keep):
            longest = max(run, key=lambda step: step.end - step.start)
            middle = (at(longest.start) + at(longest.end)) / 2
            yield Sign(middle, value(longest.bounds), arrow, is_below=arrow == "↓")


def _beyond(cell: Cell, rest: Step | None, plan: Plan, words: Words) -> Iterator[Sign]:
    """Where the expected range leaves the picture: up to which number it goes."""
    far = [step for step in cell.steps if (step.expected.high or 0) > cell.shown_top]
    if far:
        text = words.say("expected up to %(number)s ↑", number=words.number(far[-1].expected.high or 0))
        is_last = rest is not None and far[-1] is cell.steps[-1]
        end = rest.end if rest and is_last else far[-1].end
        yield Sign(min(at(end), at(plan.end)), cell.shown_top, text, anchor="end")


def _level(bounds: Bounds) -> int:
    return bounds.level


def _low(bounds: Bounds) -> int:
    return bounds.low or 0


def _high(bounds: Bounds) -> int:
    return bounds.high or 0


def _key(plan: Plan, words: Words) -> Iterator[Entry]:
    """One entry for each thing that is drawn, whatever panel it is drawn in."""
    steps = [step for panel in plan.panels for step in panel.steps]
    bounds = [step.bounds for step in steps]
    if any(map(has_best, bounds)):
        yield Entry(words.say("Best figure"), "best", Sample.LINE, BEST)
    if any(map(has_range, bounds)):
        yield Entry(words.say("What origins say, low to high"), "range", Sample.BAND, fill=BAND)
    if any(has_range(step.expected) for step in steps):
        label = words.say("Where it is expected to settle")
        yield Entry(label, "expected", Sample.BAND, EXPECTED, fill=EXPECTED_BAND)
    if any(is_bare_floor(b) or is_bare_ceiling(b) for b in bounds):
        yield Entry(words.say("Bound, open beyond"), "bound", Sample.LINE, BOUND)
    if any(plan.tail(panel) for panel in plan.panels):
        yield Entry(words.say("No newer count"), "tail", Sample.LINE, TAIL)
    for origin, shape, is_filled in plan.key():
        yield origin_entry(origin.origin_id, origin.name, (origin.colour, shape), is_filled=is_filled)
    if any(not is_first_hand(mark) for panel in plan.panels for mark in panel.marks):
        yield Entry(
            words.say("Copies, overtaken and partial figures"), OTHERS, Sample.MARKER, Look(MUTED),
            shape="circle", is_filled=False, is_shown=False,
        )  # fmt: skip


def origin_entry(group: str, name: str, look: OriginLook, *, is_filled: bool = True) -> Entry:
    colour, shape = look
    return Entry(name, group, Sample.MARKER, Look(colour), shape=shape, is_filled=is_filled)
