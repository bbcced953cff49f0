"""The picture as one self-contained, accessible SVG that needs no JavaScript.

No script, no outside font, no style attribute (a strict content policy would drop it): presentation
attributes only. Every piece of text is escaped. ``title`` and ``desc`` say what the picture shows. On a page
every report is a link that says what it states, for the pointer, the keyboard and those who
listen; in a file there are none.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from service.charts import scale
from service.charts.picture import Along, Band, Corner, Dot, Entry, Look, Panel, Picture, Sample, Spot
from service.charts.style import FONT, GRID, INK, MUTED, PAPER, RULE
from service.charts.symbols import outline as symbol_outline
from service.charts.text import Words
from service.language.translator import END_ISOLATE, ISOLATE

LEFT, RIGHT, PANEL, ROW, LINE_HEIGHT = 50, 50, 170, 24, 17
SIZE = 4.5
WIDE = 0.6
"""How wide a letter is on average, as a share of its height."""
LABEL_GAP = 13
"""Pixels between two labels at the right edge."""
AXIS_DAYS, AXIS_TITLE = 36, 24
MARGIN, SAMPLE = 12.0, 18
"""Pixels before a line of text, and of the sample beside a name in the key."""
FROM_RIGHT = "\u2067"
"""Unicode's mark before text that runs from right to left whatever stands around it. With it, browsers and
resvg order Arabic and Latin words of a line alike; an attribute of SVG would do so in browsers alone."""
NAMES_WIDE = 0.3
"""The share of the width that names along y may take."""


@dataclasses.dataclass(frozen=True)
class Frame:
    """Where x and y of one panel stand, in pixels."""

    x0: float
    x1: float
    y0: float
    y1: float
    start: float
    end: float
    top: float
    foot: float = 0.0
    """Above 0 on a logarithmic axis."""
    is_reversed: bool = False

    def x(self, value: float) -> float:
        """What lies out of the picture stands at its edge."""
        share = (value - self.start) / ((self.end - self.start) or 1)
        return self.x0 + min(1.0, max(0.0, share)) * (self.x1 - self.x0)

    def y(self, value: float) -> float:
        if self.is_reversed:
            return self.y0 + (value + 0.5) / self.top * (self.y1 - self.y0)
        share = value / self.top
        if self.foot:
            whole = math.log(self.top / self.foot) or 1.0
            share = math.log(max(value, self.foot) / self.foot) / whole
        return self.y1 - min(1.0, share) * (self.y1 - self.y0)


def draw(picture: Picture, words: Words, *, width: int = 720, address: str | None = None) -> str:
    """Return the picture as an SVG document, ``width`` pixels wide.

    With an ``address`` (blank: the one of the page it stands in) it answers to pointer and keyboard, and each
    report leads to its page there.
    """
    parts: list[str] = []
    y = 6.0
    for text, size, weight in ((picture.heading, 17, "bold"), (picture.knowledge, 12, "")):
        for line in _wrap(text, width - 24, size):
            y += size + 5
            parts.append(_written(MARGIN, y, line, words, width, size=size, weight=weight))
    y += 8
    for n, panel in enumerate(picture.panels):
        is_last = n == len(picture.panels) - 1
        pieces, y = _panel(panel, picture, words, y, width=width, address=address)
        parts += pieces
        if not is_last:
            y += 6
    notes, y = _foot(picture, words, width, y)
    body = "\n".join([*parts, *notes])
    height = round(y + 8)
    name = "c" + hashlib.sha256(f"{width} {body}".encode()).hexdigest()[:10]
    role = "img" if address is None else "group"
    # whatever page it stands in: only then does text begin where it is put
    along = ' direction="ltr"' if words.language.is_rtl else ""
    extent = f'width="{width}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" aria-labelledby="{name}-t {name}-d" '
        f'viewBox="0 0 {width} {height}" {extent} font-family={quoteattr(FONT)}{along}>\n'
        f'<title id="{name}-t">{escape(picture.heading)}</title>\n'
        f'<desc id="{name}-d">{escape(picture.said)}</desc>\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n{body}\n</svg>'
    )


# --- a panel ---------------------------------------------------------------------------------------------


def _panel(
    panel: Panel, picture: Picture, words: Words, y: float, *, width: int, address: str | None
) -> tuple[list[str], float]:
    parts = []
    for text, size, weight in ((panel.title, 13, "bold"), (panel.standing, 12, "")):
        for line in _wrap(text, width - 24, size) if text else []:
            y += size + 5
            parts.append(_written(MARGIN, y, line, words, width, size=size, weight=weight))
    y += 10
    if picture.context and picture.along is not Along.COUNTS:
        y += 12
    height = ROW * len(panel.rows) if panel.rows else PANEL
    frame = _frame(panel, picture, words, y, width=width, height=height)
    parts += _grid(panel, picture, words, frame)
    parts += [_band(band, frame) for band in panel.bands]
    parts += [_line(_at(stroke.corners, frame), stroke.look) for stroke in panel.strokes]
    parts += _labels(panel, picture, words, frame)
    for sign in panel.signs:
        if picture.shows(sign.x):
            low = frame.y(sign.y) + (14 if sign.is_below else -4)
            told = _isolated(sign.text, words)
            parts.append(_text(frame.x(sign.x), low, told, size=11, anchor=sign.anchor))
    if address is not None:
        parts += [_spot(spot, frame) for spot in panel.spots if spot.x0 < picture.end]
    shown = [dot for dot in panel.dots if dot.is_shown and picture.shows(dot.x)]
    parts += [_dot(dot, frame, address) for dot in shown]
    return parts, frame.y1 + (AXIS_DAYS if picture.along is Along.DAYS else AXIS_TITLE)


def _frame(panel: Panel, picture: Picture, words: Words, y: float, *, width: int, height: float) -> Frame:
    """Both margins are the same for all panels, so that days can be read one below the other."""
    highest = words.number(int(max(each.top for each in picture.panels) * 1.12))
    left = max(float(LEFT), len(highest) * 11 * WIDE + 14)
    longest_label = max((len(stroke.label) for each in picture.panels for stroke in each.strokes), default=0)
    right = width - max(RIGHT, min(longest_label * 11 * WIDE + 8, width * NAMES_WIDE))
    if panel.rows:
        longest = max(len(name) for each in picture.panels for name in each.rows) * 12 * WIDE
        left = 18 + min(longest, width * NAMES_WIDE)
        return Frame(left, right, y, y + height, picture.start, picture.end, len(panel.rows), 0, True)
    foot = panel.foot if picture.is_log else 0.0
    top = panel.top * 1.12 if not foot else max(panel.top, foot * 10) * 1.3
    return Frame(left, right, y, y + height, picture.start, picture.end, top, foot)


def _grid(panel: Panel, picture: Picture, words: Words, frame: Frame) -> Iterator[str]:
    if panel.rows:
        room = max(4, int((frame.x0 - 18) / (11 * WIDE)))
        for n, name in enumerate(panel.rows):
            shown = name if len(name) <= room else f"{name[: room - 1].rstrip()}…"
            yield _text(frame.x0 - 8, frame.y(n) + 4, _isolated(shown, words),
                        size=11, anchor="end", colour=INK)  # fmt: skip
            yield _line([(frame.x0, frame.y(n)), (frame.x1, frame.y(n))], Look(GRID))
    else:
        ticks = scale.powers(frame.foot, frame.top) if frame.foot else scale.counts(int(frame.top))
        for count in ticks:
            y = frame.y(count)
            yield _line([(frame.x0, y), (frame.x1, y)], Look(RULE if count == ticks[0] else GRID))
            yield _text(frame.x0 - 6, y + 4, words.number(count), size=11, anchor="end")
    yield from _context(picture, frame)
    yield from _across(picture, words, frame)


def _context(picture: Picture, frame: Frame) -> Iterator[str]:
    """Dotted lines on dated days, numbered above; days that stand close together share a number's place."""
    numbered: list[tuple[float, list[int]]] = []
    for n, (day, _) in enumerate(picture.context, 1):
        x = frame.x(day)
        yield _line([(x, frame.y0), (x, frame.y1)], Look(RULE, 1, "2 3"))
        if numbered and x - numbered[-1][0] < 16 + 6 * (len(numbered[-1][1]) > 1):
            numbered[-1][1].append(n)
        else:
            numbered.append((x, [n]))
    for x, ns in numbered:
        text = str(ns[0]) if len(ns) == 1 else f"{ns[0]}–{ns[-1]}"
        yield _text(x, frame.y0 - 4, text, size=10, anchor="middle")


def _across(picture: Picture, words: Words, frame: Frame) -> Iterator[str]:
    """What the horizontal axis names."""
    room = int((frame.x1 - frame.x0) // 58)
    if picture.along is Along.DAYS:
        year = None
        days = scale.days(_day(frame.start), _day(frame.end), most=max(2, min(9, room)))
        for day in days:
            x = frame.x(day.toordinal())
            yield _line([(x, frame.y1), (x, frame.y1 + 4)], Look(RULE))
            told = _isolated(words.short_day(day), words)
            yield _text(x, frame.y1 + 16, told, size=11, anchor="middle")
            if day.year != year:
                yield _text(x, frame.y1 + 29, str(day.year), size=11, anchor="middle")
            year = day.year
        return
    for count in scale.counts(int(frame.end), most=max(3, room)):
        x = frame.x(count)
        yield _line([(x, frame.y1), (x, frame.y1 + 4)], Look(RULE))
        yield _text(x, frame.y1 + 16, words.number(count), size=11, anchor="middle")


def _labels(panel: Panel, picture: Picture, words: Words, frame: Frame) -> Iterator[str]:
    """What stands at the ends of lines: in the margin beside them, else below them, where no later line runs.

    From the highest line down, so that labels keep the order of their lines: one that would meet an earlier
    one moves down until it does not, or up where there is no room below.
    """
    placed: list[tuple[float, float, float]] = []
    ends = [
        (next((corner for corner in stroke.corners if corner[0] > picture.end), stroke.corners[-1]), stroke)
        for stroke in panel.strokes
        if stroke.label
    ]
    for last, stroke in sorted(ends, key=lambda end: -end[0][1]):
        x, y, width = frame.x(last[0]) + 6, frame.y(last[1]) + 4, len(stroke.label) * 11 * WIDE
        if x < frame.x1 - 40 and y + 12 < frame.y1:
            y += 12
        y = _free_place(x, y, width, placed, frame)
        placed.append((x, y, width))
        yield _text(x, y, _isolated(stroke.label, words), size=11, colour=stroke.look.colour, weight="bold")


def _free_place(
    x: float, y: float, width: float, placed: Sequence[tuple[float, float, float]], frame: Frame
) -> float:
    for step in (LABEL_GAP, -LABEL_GAP):
        here = y
        while any(abs(here - b) < LABEL_GAP and x < a + w and a < x + width for a, b, w in placed):
            here += step
        if frame.y0 <= here <= frame.y1 + 4:
            return here
    return y


def _dot(dot: Dot, frame: Frame, address: str | None) -> str:
    x, y = frame.x(dot.x), frame.y(dot.y)
    pieces = []
    for end in {dot.low, dot.high} - {None, dot.y}:
        reach = frame.y(end or 0)
        pieces.append(_line([(x, y), (x, reach)], Look(dot.colour)))
        pieces.append(_line([(x - 3, reach), (x + 3, reach)], Look(dot.colour)))
    title = f"<title>{escape(dot.said)}</title>" if address is None else ""
    size = SIZE * (0.7 if dot.is_small else 1)
    pieces.append(_symbol(dot.shape, x, y, dot.colour, is_filled=dot.is_filled, size=size, inside=title))
    if address is None:
        return "".join(pieces)
    where = f'data-x="{x:.1f}" data-y="{y:.1f}" aria-label={quoteattr(dot.said)}'
    if dot.report_id:
        page = quoteattr(f"{address}/report/{dot.report_id}")
        return f'<a class="datum" href={page} {where}>{"".join(pieces)}</a>'
    return f'<g class="datum" role="img" {where}>{"".join(pieces)}</g>'


def _spot(spot: Spot, frame: Frame) -> str:
    x0, x1, y = frame.x(spot.x0), frame.x(spot.x1), frame.y(spot.y)
    return (
        f'<path class="spot" d="M{x0:.1f} {y:.1f}H{x1:.1f}" fill="none" stroke="{PAPER}" stroke-opacity="0" '
        f'stroke-width="12" data-x="{(x0 + x1) / 2:.1f}" data-y="{y:.1f}" data-said={quoteattr(spot.said)}/>'
    )


# --- below the panels ------------------------------------------------------------------------------------


def _foot(picture: Picture, words: Words, width: int, y: float) -> tuple[list[str], float]:
    """The key, then the notes, in as many lines as they take."""
    parts: list[str] = []
    x, y = MARGIN, y + 14
    for entry in picture.key:
        if not entry.is_shown:
            continue
        lines = _wrap(entry.name, width - 48, 12)
        wide = 24 + max(len(line) for line in lines) * 12 * WIDE + 14
        if x > MARGIN and x + wide > width - MARGIN:
            x, y = MARGIN, y + LINE_HEIGHT
        parts += _sample(entry, width - x - SAMPLE if words.language.is_rtl else x, y - 4)
        for line in lines:
            parts.append(_written(x + 24, y, line, words, width, size=12, colour=INK))
            y += LINE_HEIGHT
        y -= LINE_HEIGHT
        x += wide
    y += 8 if picture.key else -LINE_HEIGHT
    dated = (
        f"{n}\u2002{_when(picture, words, day)}{label}" for n, (day, label) in enumerate(picture.context, 1)
    )
    for note in (*dated, *picture.notes):
        for n, line in enumerate(_wrap(note, width - 32, 11.5)):
            y += LINE_HEIGHT - 2
            parts.append(_written(MARGIN + 10 * bool(n), y, line, words, width, size=11.5))
    return parts, y


def _when(picture: Picture, words: Words, x: float) -> str:
    return f"{words.day(_day(x))}: " if picture.along is Along.DAYS else ""


def _sample(entry: Entry, x: float, y: float) -> Iterator[str]:
    if entry.sample is Sample.MARKER:
        yield _symbol(entry.shape, x + 9, y, entry.look.colour, is_filled=entry.is_filled)
    elif entry.sample is Sample.LINE:
        yield _line([(x, y), (x + SAMPLE, y)], entry.look)
    else:
        edge = (
            f' stroke="{entry.look.colour}" stroke-dasharray="{entry.look.dash}"' if entry.look.dash else ""
        )
        yield f'<rect x="{x:g}" y="{y - 6:g}" width="{SAMPLE}" height="12" {_fill(entry.fill)}{edge}/>'


# --- pen strokes -----------------------------------------------------------------------------------------


def _day(x: float) -> dt.date:
    return dt.date.fromordinal(int(x))


def _at(corners: Iterable[Corner], frame: Frame) -> list[Corner]:
    return [(frame.x(x), frame.y(y)) for x, y in corners]


def _band(band: Band, frame: Frame) -> str:
    corners = f"{_path(_at(band.corners, frame))}Z"
    edge = ""
    if band.edge:
        edge = f' stroke="{band.edge.colour}" stroke-width="{band.edge.width:g}"'
        edge += f' stroke-dasharray="{band.edge.dash}"' if band.edge.dash else ""
    return f'<path d="{corners}" {_fill(band.fill)}{edge}/>'


def _line(corners: Iterable[Corner], look: Look) -> str:
    dashed = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    stroke = f'stroke="{look.colour}" stroke-width="{look.width:g}"{dashed}'
    return f'<path d="{_path(corners)}" fill="none" {stroke}/>'


def _path(corners: Iterable[Corner]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)


def _symbol(
    shape: str, x: float, y: float, colour: str, *, is_filled: bool, size: float = SIZE, inside: str = ""
) -> str:
    fill, edge = (colour, PAPER) if is_filled else (PAPER, colour)
    corners = _path((x + dx * size, y + dy * size) for dx, dy in symbol_outline(shape))
    return f'<path d="{corners}Z" fill="{fill}" stroke="{edge}" stroke-width="1.2">{inside}</path>'


def _fill(rgba: str) -> str:
    """An ``rgba()`` colour as the two attributes every SVG reader knows."""
    red, green, blue, share = rgba.removeprefix("rgba(").removesuffix(")").split(",")
    return f'fill="rgb({red},{green},{blue})" fill-opacity="{share}"'


def _wrap(text: str, width: float, size: float) -> list[str]:
    lines = textwrap.wrap(text, max(12, int(width / (size * WIDE)))) or [""]
    return list(_closed(lines)) if ISOLATE in text else lines


def _closed(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines in which a name that goes on in the next one is marked in both."""
    before = ""
    for line in lines:
        marked = before + line
        is_open = marked.count(ISOLATE) > marked.count(END_ISOLATE)
        yield marked + END_ISOLATE * is_open
        before = ISOLATE * is_open


def _written(
    start: float, y: float, text: str, words: Words, width: int, *, size: float, weight: str = "",
    colour: str = "",
) -> str:  # fmt: skip
    """Return a line that begins ``start`` pixels from the edge where lines of the language begin."""
    colour = colour or (INK if weight else MUTED)
    if not words.language.is_rtl:
        return _text(start, y, text, size=size, weight=weight, colour=colour)
    told = _isolated(text, words)
    return _text(width - start, y, told, size=size, anchor="end", weight=weight, colour=colour)


def _isolated(text: str, words: Words) -> str:
    """Return text of the language as it keeps its order among words of another."""
    return f"{FROM_RIGHT}{text}{END_ISOLATE}" if words.language.is_rtl else text


def _text(
    x: float, y: float, text: str, *, size: float = 12, anchor: str = "start", weight: str = "",
    colour: str = MUTED,
) -> str:  # fmt: skip
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{bold}>'
        f"{escape(text)}</text>"
    )
