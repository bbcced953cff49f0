"""What is on a picture, whatever kind of question it answers?

A module of ``kinds`` turns answers into a ``Picture``: panels of bands, strokes, dots and signs on two axes,
with every word that is said. Each way of drawing (SVG, PNG, Plotly) and the text for those who listen are
made from it alone, so they cannot differ. It must not know what is drawn, nor how.

Along x stand days (as ordinals, halves allowed), days since a beginning, or counts; along y counts, or the
rows that ``Panel.rows`` names, the first on top.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Corner = tuple[float, float]
HEADROOM = 1.12
"""How far a linear axis goes, as a multiple of the highest number that it must take in."""


class Along(StrEnum):
    """What the horizontal axis counts."""

    DAYS = "days"
    SINCE = "since"
    COUNTS = "counts"


@dataclass(frozen=True)
class Look:
    """How a line is drawn; ``dash`` is a list of lengths as SVG has it, or blank; ``strength`` is how much it
    covers."""

    colour: str
    width: float = 1.0
    dash: str = ""
    strength: float = 1.0


@dataclass(frozen=True)
class Band:
    """A closed shape; ``fill`` is an ``rgba()`` colour, ``edge`` the dashes of its outline ("" for none)."""

    corners: tuple[Corner, ...]
    fill: str
    group: str
    edge: Look | None = None


@dataclass(frozen=True)
class Stroke:
    """A line through its corners; ``label`` stands at its end."""

    corners: tuple[Corner, ...]
    look: Look
    group: str
    label: str = ""


@dataclass(frozen=True)
class Dot:
    """A mark that says something and, where it is a report, leads to it; whiskers to ``low`` and ``high``."""

    x: float
    y: float
    said: str
    colour: str
    shape: str
    is_filled: bool
    group: str
    report_id: str = ""
    low: float | None = None
    high: float | None = None
    is_shown: bool = True
    """False: only where a reader asks for it."""
    is_small: bool = False
    apart: str = ""
    """Why it does not lie on the curve, in a word or two."""


@dataclass(frozen=True)
class Sign:
    """A few letters in the picture, above their point or below it."""

    x: float
    y: float
    text: str
    is_below: bool = False
    anchor: str = "middle"


@dataclass(frozen=True)
class Spot:
    """What is said where somebody points at a line between two places."""

    x0: float
    x1: float
    y: float
    said: str


@dataclass(frozen=True)
class Panel:
    """One pair of axes. ``standing`` says in a line what the panel comes to."""

    title: str
    standing: str
    bands: tuple[Band, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    dots: tuple[Dot, ...] = ()
    signs: tuple[Sign, ...] = ()
    spots: tuple[Spot, ...] = ()
    top: float = 1.0
    """The highest number on its axis."""
    rows: tuple[str, ...] = ()
    """The names along y, where no numbers stand there."""

    @property
    def edge(self) -> float:
        """The number at the upper edge of a linear axis; what is higher is drawn there, with its number."""
        return self.top * HEADROOM

    @property
    def foot(self) -> float:
        """Where a logarithmic axis begins: the power of ten below the smallest number that is drawn."""
        drawn = [y for band in self.bands for _, y in band.corners]
        drawn += [y for stroke in self.strokes for _, y in stroke.corners]
        drawn += [dot.y for dot in self.dots if dot.is_shown]
        least = min((y for y in drawn if y > 0), default=1.0)
        return float(10 ** math.floor(math.log10(max(1.0, least))))


class Sample(StrEnum):
    """What stands beside a name in the key."""

    LINE = "line"
    BAND = "band"
    MARKER = "marker"


@dataclass(frozen=True)
class Entry:
    """One line of the key."""

    name: str
    group: str
    sample: Sample
    look: Look = field(default_factory=lambda: Look("#000000"))
    fill: str = ""
    shape: str = ""
    is_filled: bool = True
    is_shown: bool = True


@dataclass(frozen=True)
class Picture:
    """All that is drawn and said. ``context`` are the x and the labels of dated happenings."""

    heading: str
    knowledge: str
    panels: tuple[Panel, ...]
    start: float
    end: float
    along: Along = Along.DAYS
    is_log: bool = False
    context: tuple[tuple[float, str], ...] = ()
    key: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    said: str = ""

    def shows(self, x: float) -> bool:
        return self.start <= x <= self.end

    def is_beyond(self, dot: Dot, panel: Panel) -> bool:
        """Whether a mark is drawn at the upper edge of its panel, because the axis ends below it."""
        return not panel.rows and not self.is_log and dot.y > panel.edge


def at(day: dt.date) -> float:
    """Return the x of a day."""
    return float(day.toordinal())


def outline(steps: Sequence[tuple[float, float, float, float]]) -> tuple[Corner, ...]:
    """Return the corners of a band in steps, each from x0 to x1 between a low and a high."""
    lower = [(x, low) for x0, x1, low, _ in steps for x in (x0, x1)]
    upper = [(x, high) for x0, x1, _, high in steps for x in (x0, x1)]
    return (*lower, *upper[::-1])


def stairs(steps: Sequence[tuple[float, float, float]]) -> tuple[Corner, ...]:
    """Return the corners of a line in steps, each from x0 to x1 at a height."""
    return tuple((x, y) for x0, x1, y in steps for x in (x0, x1))
