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
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from service.charts import scale
from service.charts.above import PlaceAbove, places_above
from service.charts.line_labels import Place, Room, place_name
from service.charts.pen import (
    SIZE,
    WIDE,
    draw_line,
    fill,
    isolated,
    letters,
    path,
    shorten,
    symbol,
    wrap,
    written,
)
from service.charts.picture import (
    Along,
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
)
from service.charts.style import FONT, GRID, INK, PAPER, RULE
from service.charts.text import Words

LEFT, RIGHT, PANEL, ROW, LINE_HEIGHT = 50, 50, 170, 24, 17
EDGE_ROW, EDGE_GAP = 14, 10
"""Pixels between the reports that stand at the upper edge, one below the other, and from the edge."""
LONGEST_WORD = 22
"""Letters that are said beside a mark."""
AXIS_DAYS, AXIS_TITLE = 36, 24
MARGIN, SAMPLE = 12.0, 18
"""Pixels before a line of text, and of the sample beside a name in the key."""
A_COUNT_WIDE, A_DAYS_LETTER, BETWEEN_DAYS = 58, 5.5, 10
"""Pixels that a number along the axis has, a letter of the name of a day, and the space between two names."""
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
    strip: float = 0.0
    """How high the strip above the axis is, in which stands what is higher than the axis."""

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
        for line in wrap(text, width - 24, size):
            y += size + 5
            parts.append(written(MARGIN, y, line, words, width, size=size, weight=weight))
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
        for line in wrap(text, width - 24, size) if text else []:
            y += size + 5
            parts.append(written(MARGIN, y, line, words, width, size=size, weight=weight))
    y += 10
    if picture.context and picture.along is not Along.COUNTS:
        y += 12
    height = ROW * len(panel.rows) if panel.rows else PANEL
    shown = [dot for dot in panel.dots if dot.is_shown and picture.shows(dot.x)]
    within = [dot for dot in shown if not picture.is_beyond(dot, panel)]
    beyond = [dot for dot in shown if picture.is_beyond(dot, panel)]
    frame = _frame(panel, picture, words, y, width=width, height=height)
    edge = places_above(beyond, words, frame.x, frame.x1)
    strip = (max(place.row for place in edge) + 1) * EDGE_ROW + EDGE_GAP if edge else 0
    frame = dataclasses.replace(frame, y0=frame.y0 + strip, y1=frame.y1 + strip, strip=strip)
    parts += _grid(panel, picture, words, frame)
    parts += [_band(band, frame) for band in panel.bands]
    parts += [draw_line(_at(stroke.corners, frame), stroke.look) for stroke in panel.strokes]
    parts += _labels(panel, picture, words, frame, width)
    parts += [_sign(sign, words, frame) for sign in panel.signs if picture.shows(sign.x)]
    if address is not None:
        parts += [_spot(spot, frame) for spot in panel.spots if spot.x0 < picture.end]
    parts += _words_beside(within, words, frame)
    parts += [_dot(dot, frame.x(dot.x), frame.y(dot.y), frame, address) for dot in within]
    for place in edge:
        parts += _above(place, frame, address)
    return parts, frame.y1 + (AXIS_DAYS if picture.along is Along.DAYS else AXIS_TITLE)


def _frame(panel: Panel, picture: Picture, words: Words, y: float, *, width: int, height: float) -> Frame:
    """Both margins are the same for all panels, so that days can be read one below the other."""
    highest = words.number(int(max(each.edge for each in picture.panels)))
    left = max(float(LEFT), len(highest) * 11 * WIDE + 14)
    longest_label = max((len(stroke.label) for each in picture.panels for stroke in each.strokes), default=0)
    right = width - max(RIGHT, min(longest_label * 11 * WIDE + 8, width * NAMES_WIDE))
    if panel.rows:
        longest = max(len(name) for each in picture.panels for name in each.rows) * 12 * WIDE
        left = 18 + min(longest, width * NAMES_WIDE)
        return Frame(left, right, y, y + height, picture.start, picture.end, len(panel.rows), 0, True)
    foot = panel.foot if picture.is_log else 0.0
    top = panel.edge if not foot else max(panel.top, foot * 10) * 1.3
    return Frame(left, right, y, y + height, picture.start, picture.end, top, foot)


def _grid(panel: Panel, picture: Picture, words: Words, frame: Frame) -> Iterator[str]:
    if panel.rows:
        room = max(4, int((frame.x0 - 18) / (11 * WIDE)))
        for n, name in enumerate(panel.rows):
            yield letters(frame.x0 - 8, frame.y(n) + 4, isolated(shorten(name, room), words),
                        size=11, anchor="end", colour=INK)  # fmt: skip
            yield draw_line([(frame.x0, frame.y(n)), (frame.x1, frame.y(n))], Look(GRID))
    else:
        ticks = scale.powers(frame.foot, frame.top) if frame.foot else scale.counts(int(frame.top))
        for count in ticks:
            y = frame.y(count)
            yield draw_line([(frame.x0, y), (frame.x1, y)], Look(RULE if count == ticks[0] else GRID))
            yield letters(frame.x0 - 6, y + 4, words.number(count), size=11, anchor="end")
    yield from _context(picture, frame)
    yield from _across(picture, words, frame)


def _context(picture: Picture, frame: Frame) -> Iterator[str]:
    """Dotted lines on dated days, numbered above; days that stand close together share a number's place."""
    numbered: list[tuple[float, list[int]]] = []
    for n, (day, _) in enumerate(picture.context, 1):
        x = frame.x(day)
        yield draw_line([(x, frame.y0 - frame.strip), (x, frame.y1)], Look(RULE, 1, "2 3"))
        if numbered and x - numbered[-1][0] < 16 + 6 * (len(numbered[-1][1]) > 1):
            numbered[-1][1].append(n)
        else:
            numbered.append((x, [n]))
    for x, ns in numbered:
        text = str(ns[0]) if len(ns) == 1 else f"{ns[0]}–{ns[-1]}"
        yield letters(x, frame.y0 - frame.strip - 4, text, size=10, anchor="middle")


def _across(picture: Picture, words: Words, frame: Frame) -> Iterator[str]:
    """What the horizontal axis names."""
    room = int((frame.x1 - frame.x0) // A_COUNT_WIDE)
    if picture.along is Along.DAYS:
        year = None
        first, last = _day(frame.start), _day(frame.end - 1)
        a_day = max(len(words.short_day(day)) for day in (first, last)) * A_DAYS_LETTER + BETWEEN_DAYS
        room = min(room, int((frame.x1 - frame.x0) // a_day))
        days = scale.days(first, last, most=max(2, min(9, room)))
        for day in days:
            x = frame.x(day.toordinal())
            yield draw_line([(x, frame.y1), (x, frame.y1 + 4)], Look(RULE))
            told = isolated(words.short_day(day), words)
            yield letters(x, frame.y1 + 16, told, size=11, anchor="middle")
            if day.year != year:
                yield letters(x, frame.y1 + 29, str(day.year), size=11, anchor="middle")
            year = day.year
        return
    for count in scale.counts(int(frame.end), most=max(3, room)):
        x = frame.x(count)
        yield draw_line([(x, frame.y1), (x, frame.y1 + 4)], Look(RULE))
        yield letters(x, frame.y1 + 16, words.number(count), size=11, anchor="middle")


def _labels(panel: Panel, picture: Picture, words: Words, frame: Frame, width: int) -> Iterator[str]:
    """What stands at the ends of lines: in the margin beside them, else below them, where no later line runs.

    From the highest line down, so that labels keep the order of their lines; each clear of the others and, as
    far as there is room, of the lines.
    """
    ends = [
        (next((corner for corner in stroke.corners if corner[0] > picture.end), stroke.corners[-1]), stroke)
        for stroke in panel.strokes
        if stroke.label
    ]
    lines = [
        (frame.x(x0), frame.y(y0), frame.x(x1), frame.y(y1))
        for stroke in panel.strokes
        for (x0, y0), (x1, y1) in pairwise(stroke.corners)
    ]
    room = Room(frame.x0 + 2, width - 2, frame.y0, frame.y1 - 3)
    placed: list[Place] = []
    for last, stroke in sorted(ends, key=lambda end: -end[0][1]):
        x, y = frame.x(last[0]) + 6, frame.y(last[1]) + 4
        if x < frame.x1 - 40 and y + 12 < frame.y1:
            y += 12
        place = place_name(Place(x, y, len(stroke.label) * 11 * WIDE), placed, lines, room)
        placed.append(place)
        label = isolated(stroke.label, words)
        yield letters(place.x, place.y, label, size=11, colour=stroke.look.colour, weight="bold")


def _sign(sign: Sign, words: Words, frame: Frame) -> str:
    """A few letters at a point; below a line they stand clear of it and of what rises at its end."""
    x, y = frame.x(sign.x) + 4 * (sign.anchor == "start"), frame.y(sign.y)
    is_below = sign.is_below and y + 14 < frame.y1
    return letters(x, y + (14 if is_below else -5), isolated(sign.text, words), size=11, anchor=sign.anchor)


def _words_beside(dots: Sequence[Dot], words: Words, frame: Frame) -> Iterator[str]:
    """Why a mark is not on its curve, right of it or left of it: where neither another mark nor another word
    stands. A mark without a word says it when it is pointed at."""
    taken = [(frame.x(dot.x) - 6, frame.y(dot.y), 12.0) for dot in dots]
    for dot in dots:
        if not dot.apart:
            continue
        told = shorten(dot.apart, LONGEST_WORD)
        x, y, wide = frame.x(dot.x), frame.y(dot.y), len(told) * 10 * WIDE
        for start, anchor in ((x + 8, "start"), (x - 8 - wide, "end")):
            is_free = not any(abs(y - b) < 11 and start < a + w and a < start + wide for a, b, w in taken)
            if is_free and start > frame.x0 and start + wide < frame.x1:
                taken.append((start, y, wide))
                at = start if anchor == "start" else start + wide
                yield letters(at, y + 3.5, isolated(told, words), size=10, anchor=anchor)
                break


def _above(place: PlaceAbove, frame: Frame, address: str | None) -> Iterator[str]:
    x, y = place.x, frame.y0 - frame.strip + EDGE_GAP + place.row * EDGE_ROW
    yield _dot(dataclasses.replace(place.dot, low=None, high=None), x, y, frame, address)
    yield letters(x - 9 if place.is_left else x + 9, y + 4, place.told, size=11,
                  anchor="end" if place.is_left else "start", colour=INK)  # fmt: skip


def _dot(dot: Dot, x: float, y: float, frame: Frame, address: str | None) -> str:
    pieces = []
    for end in {dot.low, dot.high} - {None, dot.y}:
        reach = frame.y(end or 0)
        pieces.append(draw_line([(x, y), (x, reach)], Look(dot.colour)))
        pieces.append(draw_line([(x - 3, reach), (x + 3, reach)], Look(dot.colour)))
    title = f"<title>{escape(dot.said)}</title>" if address is None else ""
    size = SIZE * (0.7 if dot.is_small else 1)
    pieces.append(symbol(dot.shape, x, y, dot.colour, is_filled=dot.is_filled, size=size, inside=title))
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
        lines = wrap(entry.name, width - 48, 12)
        wide = 24 + max(len(line) for line in lines) * 12 * WIDE + 14
        if x > MARGIN and x + wide > width - MARGIN:
            x, y = MARGIN, y + LINE_HEIGHT
        parts += _sample(entry, width - x - SAMPLE if words.language.is_rtl else x, y - 4)
        for line in lines:
            parts.append(written(x + 24, y, line, words, width, size=12, colour=INK))
            y += LINE_HEIGHT
        y -= LINE_HEIGHT
        x += wide
    y += 8 if picture.key else -LINE_HEIGHT
    dated = (
        f"{n}\u2002{_when(picture, words, day)}{label}" for n, (day, label) in enumerate(picture.context, 1)
    )
    for note in (*dated, *picture.notes):
        for n, line in enumerate(wrap(note, width - 32, 11.5)):
            y += LINE_HEIGHT - 2
            parts.append(written(MARGIN + 10 * bool(n), y, line, words, width, size=11.5))
    return parts, y


def _when(picture: Picture, words: Words, x: float) -> str:
    return f"{words.day(_day(x))}: " if picture.along is Along.DAYS else ""


def _sample(entry: Entry, x: float, y: float) -> Iterator[str]:
    if entry.sample is Sample.MARKER:
        yield symbol(entry.shape, x + 9, y, entry.look.colour, is_filled=entry.is_filled)
    elif entry.sample is Sample.LINE:
        yield draw_line([(x, y), (x + SAMPLE, y)], entry.look)
    else:
        edge = (
            f' stroke="{entry.look.colour}" stroke-dasharray="{entry.look.dash}"' if entry.look.dash else ""
        )
        yield f'<rect x="{x:g}" y="{y - 6:g}" width="{SAMPLE}" height="12" {fill(entry.fill)}{edge}/>'


def _day(x: float) -> dt.date:
    return dt.date.fromordinal(int(x))


def _at(corners: Iterable[Corner], frame: Frame) -> list[Corner]:
    return [(frame.x(x), frame.y(y)) for x, y in corners]


def _band(band: Band, frame: Frame) -> str:
    corners = f"{path(_at(band.corners, frame))}Z"
    edge = ""
    if band.edge:
        edge = f' stroke="{band.edge.colour}" stroke-width="{band.edge.width:g}"'
        edge += f' stroke-dasharray="{band.edge.dash}"' if band.edge.dash else ""
    return f'<path d="{corners}" {fill(band.fill)}{edge}/>'
