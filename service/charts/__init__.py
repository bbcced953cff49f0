"""How is a ``Series`` drawn, and said in words?

Three pictures of the same plan (``plan.draw_up``): ``figure`` for readers with JavaScript, ``svg`` for those
without, ``alt_text`` for those who listen. All are pure functions of the series: nothing here reads a file,
a clock or a setting, and nothing here knows where the numbers come from. Unknown is a gap, never 0; a range
is drawn wherever a figure is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.charts.alt import alt_text
from service.charts.static import svg

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from service.charts.plan import Drawable

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "responsive": True,
    "showSendToCloud": False,
    "showTips": False,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg", "filename": "casualty-ledger"},
}
"""What the page hands to ``Plotly.newPlot``: nothing leaves the reader's machine, no logo."""


def figure(series: Drawable, *, locale: str = "en") -> go.Figure:
    """The series as small multiples, one panel for each series of figures.

    Raises QueryError for a locale that is not known. Plotly is imported here, not before.
    """
    from service.charts.interactive import figure as draw

    return draw(series, locale=locale)


__all__ = ["CONFIG", "alt_text", "figure", "svg"]
