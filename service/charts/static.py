"""The plan as a picture that needs no JavaScript: one self-contained, accessible SVG.

No script, no outside font, no style attribute (a strict content policy would drop it): presentation
attributes only. Every piece of text is escaped. ``title`` and ``desc`` say what the picture shows.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from service.charts import scale
from service.charts.alt import describe
from service.charts.marks import Bounds, Mark, is_first_hand
from service.charts.plan import (
    Drawable,
    Origin,
    Panel,
    Plan,
    Step,
    draw_up,
    has_best,
    has_range,
    is_bare_ceiling,
    is_bare_floor,
    runs,
)
from service.charts.style import BAND, FONT, GRID, INK, LINE, MUTED, PAPER, RULE, TAIL_BAND
from service.charts.symbols import outline
from service.charts.text import NO_FIGURE, Words

LEFT, RIGHT, TOP, PANEL, GAP, LINE_HEIGHT = 52, 20, 58, 150, 66, 17
SIZE = 4.5
WIDE = 0.56
"""How wide a letter is on average, as a share of its height."""


@dataclasses.dataclass(frozen=True)
class Frame:
    """Where days and counts of one panel stand, in pixels."""

    x0: float
    x1: float
    y0: float
    y1: float
    start: dt.date
    end: dt.date
    top: float

    def x(self, day: dt.date) -> float:
        """Days out of the picture stand at its edge."""
        share = (day - self.start).days / max(1, (self.end - self.start).days)
        return self.x0 + min(1.0, max(0.0, share)) * (self.x1 - self.x0)

    def y(self, count: float) -> float:
        return self.y1 - count / self.top * (self.y1 - self.y0)


def svg(series: Drawable, *, locale: str = "en", width: int = 720) -> str:
    """The series as one SVG document, ``width`` pixels wide. Raises QueryError for an unknown locale."""
    plan, words = draw_up(series), Words(locale)
    parts = [_text(LEFT, 24, words.heading(plan), size=17), _text(LEFT, 43, words.knowledge(plan))]
    bottom = TOP
    for n, panel in enumerate(plan.panels):
        y0 = TOP + 52 + n * (PANEL + GAP)
        bottom = y0 + PANEL
        frame = Frame(LEFT, width - RIGHT, y0, bottom, plan.start, plan.end, panel.top * 1.12)
        parts += _panel(panel, plan, words, frame)
        if panel is plan.panels[-1]:
            parts += _days(frame, words)
    notes, height = _notes(plan, words, width, bottom + 56) if plan.panels else ([], TOP + 20)
    body = "\n".join([*parts, *notes])
    name = "c" + hashlib.sha256(body.encode()).hexdigest()[:10]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}-t {name}-d" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family={quoteattr(FONT)}>\n'
        f'<title id="{name}-t">{escape(words.heading(plan))}</title>\n'
        f'<desc id="{name}-d">{escape(describe(plan, words))}</desc>\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n{body}\n</svg>'
    )


# --- a panel ---------------------------------------------------------------------------------------------


def _panel(panel: Panel, plan: Plan, words: Words, frame: Frame) -> Iterator[str]:
    title = words.title(panel, plan)
    yield _text(LEFT, frame.y0 - 32, title, size=13, weight="bold", colour=INK)
    last = panel.steps[-1] if panel.steps else None
    if last and panel.subject:
        figure = words.count(last.bounds, words.people(panel.subject))
        yield _text(LEFT, frame.y0 - 16, f"{figure} · {words.standing(last)}")
    else:
        yield _text(LEFT, frame.y0 - 16, NO_FIGURE)
    for count in scale.counts(int(frame.top)) if last else [0]:
        y = frame.y(count)
        yield _line([(frame.x0, y), (frame.x1, y)], RULE if count == 0 else GRID)
        yield _text(frame.x0 - 6, y + 4, words.number(count), size=11, anchor="end")
    for n, day in enumerate(plan.context, 1):
        x = frame.x(day.on)
        yield _line([(x, frame.y0), (x, frame.y1)], RULE, dash="2 3")
        if panel is plan.panels[0]:
            yield _text(x, frame.y0 - 3, str(n), size=10, anchor="middle")
    yield from _estimate(panel, plan, frame)
    for mark in panel.marks:
        if panel.subject and is_first_hand(mark) and plan.shows(mark.on):
            yield from _mark(mark, plan.origins[mark.origin_id], frame, words.statement(mark, panel.subject))


def _estimate(panel: Panel, plan: Plan, frame: Frame) -> Iterator[str]:
    tail = plan.tail(panel)
    if tail and tail[0] < frame.end:
        last = panel.steps[-1]
        rest = dataclasses.replace(last, start=tail[0], end=tail[1])
        if has_range(last.bounds):
            yield _band([rest], frame, TAIL_BAND)
        yield _steps([rest], _level, frame, MUTED, width=1.1, dash="7 5")
    for run in runs(panel.steps, has_range):
        yield _band(run, frame, BAND)
    for keep, value, sign in ((is_bare_floor, _low, "↑"), (is_bare_ceiling, _high, "↓")):
        for run in runs(panel.steps, keep):
            yield _steps(run, value, frame, LINE, width=1.6, dash="2 3")
            for step in run:
                middle = (frame.x(step.start) + frame.x(step.end)) / 2
                y = frame.y(value(step.bounds)) + (-4 if sign == "↑" else 14)
                yield _text(middle, y, sign, size=12, anchor="middle")
    for run in runs(panel.steps, has_best):
        yield _steps(run, _level, frame, LINE, width=2.2)


def _level(bounds: Bounds) -> int:
    return bounds.level


def _low(bounds: Bounds) -> int:
    return bounds.low or 0


def _high(bounds: Bounds) -> int:
    return bounds.high or 0


def _mark(mark: Mark, origin: Origin, frame: Frame, said: str) -> Iterator[str]:
    x, y = frame.x(mark.on), frame.y(mark.bounds.level)
    for end in {mark.bounds.low, mark.bounds.high} - {None, mark.bounds.level}:
        reach = frame.y(end or 0)
        yield _line([(x, y), (x, reach)], origin.colour)
        yield _line([(x - 3, reach), (x + 3, reach)], origin.colour)
    shape, filled = mark.shape(origin.symbol)
    yield _symbol(shape, x, y, origin.colour, filled=filled, said=said)


# --- below the panels ------------------------------------------------------------------------------------


def _days(frame: Frame, words: Words) -> Iterator[str]:
    year = None
    for day in scale.days(frame.start, frame.end):
        x = frame.x(day)
        yield _line([(x, frame.y1), (x, frame.y1 + 4)], RULE)
        yield _text(x, frame.y1 + 17, words.short_day(day), size=11, anchor="middle")
        if day.year != year:
            yield _text(x, frame.y1 + 31, str(day.year), size=11, anchor="middle")
        year = day.year


def _notes(plan: Plan, words: Words, width: int, y: float) -> tuple[list[str], int]:
    """Key and notes, and the height of the picture that holds them."""
    parts: list[str] = []
    x: float = LEFT
    for sample, name in _key(plan):
        long = 38 + len(name) * 12 * WIDE
        if x > LEFT and x + long > width - RIGHT:
            x, y = LEFT, y + LINE_HEIGHT + 3
        parts += [sample(x, y - 4), _text(x + 22, y, name, colour=INK)]
        x += long
    y += 10
    room = int((width - LEFT - RIGHT) / (11.5 * WIDE))
    for note in words.notes(plan):
        for n, line in enumerate(textwrap.wrap(note, room)):
            y += LINE_HEIGHT
            parts.append(_text(LEFT + (12 if n else 0), y, line, size=11.5))
    return parts, round(y + 14)


def _key(plan: Plan) -> Iterator[tuple[Callable[[float, float], str], str]]:
    """One sample and name for each thing that is drawn."""
    bounds = [step.bounds for panel in plan.panels for step in panel.steps]

    def line(colour: str, width: float, dash: str = "") -> Callable[[float, float], str]:
        return lambda x, y: _line([(x, y), (x + 17, y)], colour, width=width, dash=dash)

    def marker(shape: str, colour: str, filled: bool) -> Callable[[float, float], str]:
        return lambda x, y: _symbol(shape, x + 9, y, colour, filled=filled)

    if any(map(has_best, bounds)):
        yield line(LINE, 2.2), "Best figure"
    if any(map(has_range, bounds)):
        yield (
            lambda x, y: f'<rect x="{x:g}" y="{y - 6:g}" width="17" height="12" {_fill(BAND)}/>',
            "Range, low to high",
        )
    if any(is_bare_floor(b) or is_bare_ceiling(b) for b in bounds):
        yield line(LINE, 1.6, "2 3"), "Bound, open beyond"
    if any(plan.tail(panel) for panel in plan.panels):
        yield line(MUTED, 1.1, "7 5"), "No newer count"
    for origin, shape, filled in plan.key():
        yield marker(shape, origin.colour, filled), origin.name


# --- pen strokes -----------------------------------------------------------------------------------------


def _steps(
    run: Sequence[Step],
    value: Callable[[Bounds], int],
    frame: Frame,
    colour: str,
    *,
    width: float,
    dash: str = "",
) -> str:
    corners = [(frame.x(day), frame.y(value(step.bounds))) for step in run for day in (step.start, step.end)]
    return _line(corners, colour, width=width, dash=dash)


def _band(run: Sequence[Step], frame: Frame, colour: str) -> str:
    lower = [(frame.x(day), frame.y(_low(step.bounds))) for step in run for day in (step.start, step.end)]
    upper = [(frame.x(day), frame.y(_high(step.bounds))) for step in run for day in (step.start, step.end)]
    return f'<path d="{_path([*lower, *upper[::-1]])}Z" {_fill(colour)}/>'


def _line(corners: Iterable[tuple[float, float]], colour: str, *, width: float = 1, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{_path(corners)}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _path(corners: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)


def _symbol(shape: str, x: float, y: float, colour: str, *, filled: bool, said: str = "") -> str:
    fill, edge = (colour, PAPER) if filled else (PAPER, colour)
    corners = _path((x + dx * SIZE, y + dy * SIZE) for dx, dy in outline(shape))
    told = f"<title>{escape(said)}</title>" if said else ""
    return f'<path d="{corners}Z" fill="{fill}" stroke="{edge}" stroke-width="1.2">{told}</path>'


def _fill(rgba: str) -> str:
    """An ``rgba()`` colour as the two attributes every SVG reader knows."""
    red, green, blue, share = rgba.removeprefix("rgba(").removesuffix(")").split(",")
    return f'fill="rgb({red},{green},{blue})" fill-opacity="{share}"'


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: float = 12,
    anchor: str = "start",
    weight: str = "",
    colour: str = "",
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    fill = colour or (INK if size > 14 else MUTED)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"{bold}>'
        f"{escape(text)}</text>"
    )
