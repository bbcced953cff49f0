"""The strokes of the pen: lines, symbols and letters as SVG has them.

Presentation attributes only, every colour a light one; text is escaped. It must not know what is drawn.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from unicodedata import bidirectional
from xml.sax.saxutils import escape

from service.charts.picture import Corner, Look
from service.charts.style import INK, MUTED, PAPER
from service.charts.symbols import outline as symbol_outline
from service.charts.text import Words
from service.language.translator import END_ISOLATE, ISOLATE

SIZE = 4.5
WIDE = 0.6
"""How wide a letter is on average, as a share of its height."""
FROM_RIGHT = "\u2067"
"""Unicode's mark before text that runs from right to left whatever stands around it. With it, browsers and
resvg order Arabic and Latin words of a line alike; an attribute of SVG would do so in browsers alone."""

LEFT_TO_RIGHT = "\u200e"
"""Unicode's mark that stands for a letter of a language that runs from left to right."""


def draw_line(corners: Iterable[Corner], look: Look) -> str:
    dashed = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    faint = f' stroke-opacity="{look.strength:g}"' if look.strength < 1 else ""
    stroke = f'stroke="{look.colour}" stroke-width="{look.width:g}"{faint}{dashed}'
    return f'<path d="{path(corners)}" fill="none" {stroke}/>'


def path(corners: Iterable[Corner]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)


def symbol(
    shape: str, x: float, y: float, colour: str, *, is_filled: bool, size: float = SIZE, inside: str = ""
) -> str:
    fill, edge = (colour, PAPER) if is_filled else (PAPER, colour)
    corners = path((x + dx * size, y + dy * size) for dx, dy in symbol_outline(shape))
    return f'<path d="{corners}Z" fill="{fill}" stroke="{edge}" stroke-width="1.2">{inside}</path>'


def fill(rgba: str) -> str:
    """An ``rgba()`` colour as the two attributes every SVG reader knows."""
    red, green, blue, share = rgba.removeprefix("rgba(").removesuffix(")").split(",")
    return f'fill="rgb({red},{green},{blue})" fill-opacity="{share}"'


def wrap(text: str, width: float, size: float) -> list[str]:
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


def written(
    start: float, y: float, text: str, words: Words, width: int, *, size: float, weight: str = "",
    colour: str = "",
) -> str:  # fmt: skip
    """Return a line that begins ``start`` pixels from the edge where lines of the language begin."""
    colour = colour or (INK if weight else MUTED)
    if not words.language.is_rtl:
        return letters(start, y, text, size=size, weight=weight, colour=colour)
    told = isolated(text, words)
    return letters(width - start, y, told, size=size, anchor="end", weight=weight, colour=colour)


def shorten(text: str, room: int) -> str:
    """Return a text of at most ``room`` letters, with a sign where it was cut.

    The sign belongs to the letters before it: in a line that runs from right to left it would else stand
    before a name in Latin letters.

    >>> shorten("Civil Peace Group", 9).rstrip(LEFT_TO_RIGHT), shorten("Civil", 9)
    ('Civil Pe…', 'Civil')
    """
    if len(text) <= room:
        return text
    kept = text[: room - 1].rstrip()
    return f"{kept}…{LEFT_TO_RIGHT if bidirectional(kept[-1]) == 'L' else ''}"


def isolated(text: str, words: Words) -> str:
    """Return text of the language as it keeps its order among words of another."""
    return f"{FROM_RIGHT}{text}{END_ISOLATE}" if words.language.is_rtl else text


def letters(
    x: float, y: float, text: str, *, size: float = 12, anchor: str = "start", weight: str = "",
    colour: str = MUTED,
) -> str:  # fmt: skip
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{bold}>'
        f"{escape(text)}</text>"
    )
