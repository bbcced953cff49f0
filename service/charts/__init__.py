"""How is an answer drawn, and said in words?

A module of ``kinds`` makes a ``Picture`` of answers; ``render.draw`` makes an SVG of it, ``raster.png`` a
PNG, ``figure`` a Plotly figure, and what it ``said`` is for those who listen. All are pure functions: nothing
here knows where the numbers come from, and no clock or setting is read. Unknown is a gap, never 0; a range is
drawn wherever a figure is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.charts.alt import alt_text
from service.charts.kinds.trend import trend
from service.charts.limits import within_axes
from service.charts.render import draw
from service.charts.text import Words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from service.charts.plan import Drawable


def svg(series: Drawable, *, locale: str = "en", width: int = 720) -> str:
    """The trend of a series as one SVG document, ``width`` pixels wide. Raises QueryError for an unknown
    locale."""
    words = Words(locale)
    return draw(within_axes(trend(series, words), words), words, width=width)


def figure(series: Drawable, *, locale: str = "en") -> go.Figure:
    """The trend of a series as a Plotly figure, one panel for each series of figures.

    Raises QueryError for a locale that is not known. Plotly is imported here, not before.
    """
    from service.charts.interactive import figure as plot

    words = Words(locale)
    return plot(within_axes(trend(series, words), words), words)


__all__ = ["alt_text", "figure", "svg"]
