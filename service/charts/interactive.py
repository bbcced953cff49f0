"""The plan as a Plotly figure: the only module that knows Plotly.

All colours are set here, so that neither a theme nor a dark scheme can change what the picture says. Text
from reports is escaped: Plotly reads a little HTML.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from service.charts.layout import axis_name, escape, in_lines, layout
from service.charts.marks import Mark, is_first_hand
from service.charts.plan import (
    DAY,
    Drawable,
    Origin,
    Panel,
    Plan,
    Step,
    Subject,
    draw_up,
    has_best,
    has_range,
    is_bare_ceiling,
    is_bare_floor,
    runs,
)
from service.charts.style import BAND, LINE, MUTED, PAPER, TAIL_BAND
from service.charts.text import Words

SIZE = 9
OTHERS = "others"
SPOTS = 12
"""At the most, for each step: enough to find one near the pointer."""
BEST_LINE = {"color": LINE, "width": 2.2}
BOUND_LINE = {"color": LINE, "width": 1.6, "dash": "dot"}
TAIL_LINE = {"color": MUTED, "width": 1.1, "dash": "dash"}


def figure(series: Drawable, *, locale: str = "en") -> go.Figure:
    """Small multiples, one panel for each series of figures, all over the same days."""
    plan, words = draw_up(series), Words(locale)
    chart = go.Figure(layout=layout(plan, words))
    if not plan.panels:
        return chart.update_layout(height=240, xaxis_visible=False, yaxis_visible=False)
    for n, panel in enumerate(plan.panels, 1):
        axes = {"xaxis": axis_name("x", n), "yaxis": axis_name("y", n)}
        traces = [*_estimate(panel, plan, words), *_reports(panel, plan, words)]
        chart.add_traces([trace.update(**axes) for trace in traces or [go.Scatter(x=[plan.start], y=[None])]])
    chart.add_traces(_legend(plan))
    return chart


def _estimate(panel: Panel, plan: Plan, words: Words) -> list[go.Scatter]:
    """Range, bounds, best figure and the days without a newer count."""
    if panel.subject is None:
        return []
    traces = [_band(list(runs(panel.steps, has_range)), BAND)]
    tail = plan.tail(panel)
    if tail:
        last = panel.steps[-1]
        rest = dataclasses.replace(last, start=tail[0], end=tail[1])
        if has_range(last.bounds):
            traces.append(_band([[rest]], TAIL_BAND))
        traces.append(_strokes([[rest]], [last.bounds.level], "tail", line=TAIL_LINE))
    for keep, field, arrow in ((is_bare_floor, "low", "↑"), (is_bare_ceiling, "high", "↓")):
        found = list(runs(panel.steps, keep))
        if found:
            values = [getattr(step.bounds, field) for run in found for step in run]
            traces.append(_strokes(found, values, "bound", line=BOUND_LINE))
            traces.append(_arrows([step for run in found for step in run], field, arrow))
    found = list(runs(panel.steps, has_best))
    if found:
        values = [step.bounds.best for run in found for step in run if step.bounds.best is not None]
        traces.append(_strokes(found, values, "best", line=BEST_LINE))
    return [*traces, _spots(panel, panel.subject, words)]


def _spots(panel: Panel, subject: Subject, words: Words) -> go.Scatter:
    """Unseen places along the line that say the estimate when pointed at.

    They lie within a step, from noon of its first day on, so that its corner is left to the reports there.
    """
    x: list[dt.datetime] = []
    y: list[int] = []
    said: list[str] = []
    for step in panel.steps:
        if not step.bounds.numbers:
            continue
        days = (step.end - step.start).days
        text = in_lines(f"{words.estimate(step, subject)} · {words.support(step)}")
        for day in range(0, days, max(1, days // SPOTS)):
            x.append(dt.datetime.combine(step.start, dt.time(12)) + DAY * day)
            y.append(step.bounds.level)
            said.append(text)
    return go.Scatter(
        x=x, y=y, mode="markers", marker={"size": SIZE, "opacity": 0, "color": LINE}, hovertext=said,
        hoverinfo="text", legendgroup="best", showlegend=False,
    )  # fmt: skip


def _band(found: Sequence[Sequence[Step]], colour: str) -> go.Scatter:
    """The outline of low to high in steps, one closed shape for each run."""
    x: list[dt.date | None] = []
    y: list[int | None] = []
    for run in found:
        for steps, field in ((run, "low"), (run[::-1], "high")):
            for step in steps:
                x += (step.start, step.end) if field == "low" else (step.end, step.start)
                y += [getattr(step.bounds, field)] * 2
        x.append(None)
        y.append(None)
    return go.Scatter(
        x=x, y=y, fill="toself", fillcolor=colour, mode="lines", line_width=0, hoverinfo="skip",
        legendgroup="range", showlegend=False,
    )  # fmt: skip


def _strokes(
    found: Sequence[Sequence[Step]],
    values: Sequence[int],
    group: str,
    *,
    line: dict[str, Any],
) -> go.Scatter:
    """Step lines through ``values`` (one for each step), lifted between runs."""
    x: list[dt.date | None] = []
    y: list[int | None] = []
    left = iter(values)
    for run in found:
        for step in run:
            x.append(step.start)
            y.append(next(left))
        x += [run[-1].end, None]
        y += [y[-1], None]
    return go.Scatter(
        x=x, y=y, mode="lines", line={"shape": "hv"} | line,
        hoverinfo="skip", legendgroup=group, showlegend=False,
    )  # fmt: skip


def _arrows(steps: Sequence[Step], field: str, arrow: str) -> go.Scatter:
    """Signs that nothing is known beyond a bound, in the middle of the days it stands for."""
    return go.Scatter(
        x=[dt.datetime.combine(step.start, dt.time.min) + (step.end - step.start) / 2 for step in steps],
        y=[getattr(step.bounds, field) for step in steps],
        mode="text",
        text=[arrow] * len(steps),
        textposition="top center" if field == "low" else "bottom center",
        textfont={"color": MUTED, "size": 13},
        hoverinfo="skip",
        legendgroup="bound",
        showlegend=False,
    )


def _reports(panel: Panel, plan: Plan, words: Words) -> list[go.Scatter]:
    """Markers: what was used, by origin; and, on demand, copies, overtaken and partial figures."""
    traces = []
    for origin in plan.origins.values():
        said = [mark for mark in panel.marks if mark.origin_id == origin.origin_id]
        used = [mark for mark in said if is_first_hand(mark)]
        others = [mark for mark in said if not is_first_hand(mark)]
        if used:
            traces.append(_markers(used, origin, panel, words, origin.origin_id))
        if others:
            traces.append(_markers(others, origin, panel, words, OTHERS))
    return traces


def _markers(marks: Sequence[Mark], origin: Origin, panel: Panel, words: Words, group: str) -> go.Scatter:
    above = [(mark.bounds.high or mark.bounds.level) - mark.bounds.level for mark in marks]
    below = [
        mark.bounds.level - (mark.bounds.level if mark.bounds.low is None else mark.bounds.low)
        for mark in marks
    ]
    whiskers = {"type": "data", "array": above, "arrayminus": below, "thickness": 1, "width": 3}
    whiskers["color"] = origin.colour
    subject, shapes = panel.subject, [mark.shape(origin.symbol) for mark in marks]
    return go.Scatter(
        x=[mark.on for mark in marks],
        y=[mark.bounds.level for mark in marks],
        mode="markers",
        marker={
            "symbol": [shape if filled else f"{shape}-open" for shape, filled in shapes],
            "color": origin.colour,
            "size": [SIZE if mark.bounds.best is not None else SIZE + 3 for mark in marks],
            "opacity": 1,
            "line": {"width": 1.2, "color": [PAPER if filled else origin.colour for _, filled in shapes]},
        },
        error_y=whiskers if any(above) or any(below) else None,
        hovertext=[in_lines(words.statement(mark, subject)) for mark in marks] if subject else None,
        hoverinfo="text",
        showlegend=False,
        cliponaxis=False,
        legendgroup=group,
        visible="legendonly" if group == OTHERS else True,
    )


def _legend(plan: Plan) -> list[go.Scatter]:
    """One entry for each thing that is drawn, whatever panel it is drawn in."""
    bounds = [step.bounds for panel in plan.panels for step in panel.steps]
    entries: list[go.Scatter] = []

    def entry(name: str, group: str, **look: object) -> None:
        entries.append(go.Scatter(x=[None], y=[None], name=name, legendgroup=group, showlegend=True, **look))

    if any(map(has_best, bounds)):
        entry("Best figure", "best", mode="lines", line=BEST_LINE)
    if any(map(has_range, bounds)):
        swatch = {"symbol": "square", "size": 13, "color": BAND}
        entry("Range, low to high", "range", mode="markers", marker=swatch)
    if any(is_bare_floor(b) or is_bare_ceiling(b) for b in bounds):
        entry("Bound, open beyond", "bound", mode="lines", line=BOUND_LINE)
    if any(plan.tail(panel) for panel in plan.panels):
        entry("No newer count", "tail", mode="lines", line=TAIL_LINE)
    for origin, shape, filled in plan.key():
        look = {
            "symbol": shape if filled else f"{shape}-open",
            "color": origin.colour,
            "size": SIZE,
            "line": {"width": 1.2, "color": PAPER if filled else origin.colour},
        }
        entry(escape(origin.name), origin.origin_id, mode="markers", marker=look)
    if any(not is_first_hand(mark) for panel in plan.panels for mark in panel.marks):
        look = {"symbol": "circle-open", "color": MUTED, "size": SIZE}
        entry(
            "Copies, overtaken and partial figures", OTHERS, mode="markers", marker=look, visible="legendonly"
        )
    return entries
