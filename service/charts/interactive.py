"""The picture as a Plotly figure: the only module that knows Plotly.

All colours are set here, so that neither a theme nor a dark scheme can change what the picture says. Text
from reports is escaped: Plotly reads a little HTML. Where panels, axes and notes stand is in pixels where a
reader's eye decides, in shares of the plot where Plotly wants them; a panel's height never changes.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go

from service.charts import scale
from service.charts.picture import Along, Band, Dot, Entry, Look, Panel, Picture, Sample, Spot, Stroke
from service.charts.style import FONT, GRID, INK, LINE, MUTED, PAPER, RULE, tint
from service.charts.text import Words

PANEL_HEIGHT, ROW_HEIGHT, PANEL_GAP, TOP, AXIS, NOTE_LINE, LEGEND = 190, 26, 72, 128, 52, 17, 72
NOTE_WIDTH = 54
"""In characters: what a telephone held upright has room for."""
INDENT = "    "
SIZE, SMALL = 9, 6
SPOTS = 12
"""At the most, for each step: enough to find one near the pointer."""
DASHES = {"": "solid", "2 3": "dot", "1 3": "dot", "7 5": "dash"}

Made = dict[str, Any]


def figure(picture: Picture, words: Words) -> go.Figure:
    """The picture's panels one below the other, all over the same days."""
    chart = go.Figure(layout=_layout(picture, words))
    if not picture.panels:
        return chart.update_layout(height=240, xaxis_visible=False, yaxis_visible=False)
    for n, panel in enumerate(picture.panels, 1):
        axes = {"xaxis": _axis("x", n), "yaxis": _axis("y", n)}
        traces = list(_traces(panel, picture)) or [go.Scatter(x=[_x(picture.start, picture)], y=[None])]
        chart.add_traces([trace.update(**axes) for trace in traces])
    chart.add_traces([_entry(entry) for entry in picture.key])
    return chart


def read_figure(written: bytes) -> go.Figure:
    """Return a figure that was written as JSON."""
    return go.Figure(json.loads(written))


def escape(text: str) -> str:
    """Return text from reports as it is safe where Plotly reads a little HTML."""
    return html.escape(text, quote=False)


def _in_lines(text: str) -> str:
    """Return escaped text in lines that fit a telephone held upright."""
    return "<br>".join(escape(line) for line in textwrap.wrap(text.replace(" ·", "\u00a0·"), NOTE_WIDTH))


def _axis(letter: str, n: int) -> str:
    """Return what Plotly calls the axis of the n-th panel."""
    return letter if n == 1 else f"{letter}{n}"


AN_HOUR = 1 / 24
"""So much before the end of the last day that is shown an axis ends: the next day is not named."""


def _x(value: float, picture: Picture) -> Any:  # noqa: ANN401 - a day, a moment or a number
    if picture.along is not Along.DAYS:
        return value
    day = dt.date.fromordinal(int(value))
    if value == int(value):
        return day
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(days=value - int(value))


# --- what is drawn in a panel ----------------------------------------------------------------------------


def _traces(panel: Panel, picture: Picture) -> Iterable[go.Scatter]:
    yield from (_band(band, picture) for band in panel.bands)
    yield from (_stroke(stroke, picture) for stroke in panel.strokes)
    for is_below in (False, True):
        signs = [sign for sign in panel.signs if sign.is_below is is_below]
        if signs:
            yield go.Scatter(
                x=[_x(sign.x, picture) for sign in signs], y=[sign.y for sign in signs], mode="text",
                text=[escape(sign.text) for sign in signs], hoverinfo="skip", showlegend=False,
                textposition="bottom center" if is_below else "top center", legendgroup="bound",
                textfont={"color": MUTED, "size": 13},
            )  # fmt: skip
    if panel.spots:
        yield _spots(panel.spots, picture)
    groups: dict[tuple[str, str, bool], list[Dot]] = defaultdict(list)
    for dot in panel.dots:
        groups[dot.group, dot.colour, dot.is_shown].append(dot)
    yield from (_markers(dots, picture, panel) for dots in groups.values())


def _band(band: Band, picture: Picture) -> go.Scatter:
    corners = [*band.corners, band.corners[0]]
    edge = {"width": 0} if band.edge is None else _line(band.edge)
    return go.Scatter(
        x=[_x(x, picture) for x, _ in corners], y=[y for _, y in corners], fill="toself",
        fillcolor=band.fill, mode="lines", line=edge, hoverinfo="skip", legendgroup=band.group,
        showlegend=False,
    )  # fmt: skip


def _line(look: Look) -> Made:
    colour = look.colour if look.strength == 1 else tint(look.colour, f"{look.strength:g}")
    return {"color": colour, "width": look.width, "dash": DASHES.get(look.dash, "dash")}


def _stroke(stroke: Stroke, picture: Picture) -> go.Scatter:
    labels = [""] * (len(stroke.corners) - 1) + [f" {escape(stroke.label)}"]
    look = stroke.look
    return go.Scatter(
        x=[_x(x, picture) for x, _ in stroke.corners], y=[y for _, y in stroke.corners],
        mode="lines+text" if stroke.label else "lines", text=labels if stroke.label else None,
        textposition="middle right", textfont={"color": look.colour, "size": 12}, cliponaxis=False,
        line=_line(look), hoverinfo="skip", legendgroup=stroke.group,
        showlegend=False,
    )  # fmt: skip


def _spots(spots: Sequence[Spot], picture: Picture) -> go.Scatter:
    """Unseen places along the lines that say what stands there when pointed at.

    They lie within a step, from noon of its first day on, so that its corner is left to the reports there.
    """
    x: list[Any] = []
    y: list[float] = []
    said: list[str] = []
    for spot in spots:
        text, length = _in_lines(spot.said), max(1, round(spot.x1 - spot.x0))
        for day in range(0, length, max(1, length // SPOTS)):
            x.append(_x(spot.x0 + day + 0.5, picture))
            y.append(spot.y)
            said.append(text)
    return go.Scatter(
        x=x, y=y, mode="markers", marker={"size": SIZE, "opacity": 0, "color": LINE}, hovertext=said,
        hoverinfo="text", legendgroup="best", showlegend=False,
    )  # fmt: skip


def _markers(dots: Sequence[Dot], picture: Picture, panel: Panel) -> go.Scatter:
    pairs = [(dot, picture.is_beyond(dot, panel)) for dot in dots]
    is_any_beyond = any(is_high for _, is_high in pairs)
    above = [0 if dot.high is None or is_high else dot.high - dot.y for dot, is_high in pairs]
    below = [0 if dot.low is None or is_high else dot.y - dot.low for dot, is_high in pairs]
    first = dots[0]
    whiskers = {"type": "data", "array": above, "arrayminus": below, "thickness": 1, "width": 3}
    return go.Scatter(
        x=[_x(dot.x, picture) for dot in dots],
        y=[panel.edge if is_high else dot.y for dot, is_high in pairs],
        mode="markers+text" if is_any_beyond else "markers",
        text=[f" ↑ {dot.y:,.0f}" if is_high else "" for dot, is_high in pairs] if is_any_beyond else None,
        textposition="middle right",
        textfont={"color": INK, "size": 11},
        marker={
            "symbol": [dot.shape if dot.is_filled else f"{dot.shape}-open" for dot in dots],
            "color": first.colour,
            "size": [SMALL if dot.is_small else SIZE + 3 * dot.shape.startswith("triangle") for dot in dots],
            "opacity": 1,
            "line": {"width": 1.2, "color": [PAPER if dot.is_filled else dot.colour for dot in dots]},
        },
        error_y=whiskers | {"color": first.colour} if any(above) or any(below) else None,
        hovertext=[_in_lines(dot.said) for dot in dots],
        hoverinfo="text",
        showlegend=False,
        cliponaxis=False,
        legendgroup=first.group,
        visible=True if first.is_shown else "legendonly",
    )


def _entry(entry: Entry) -> go.Scatter:
    look: Made
    if entry.sample is Sample.LINE:
        look = {"mode": "lines", "line": _line(entry.look)}
    elif entry.sample is Sample.BAND:
        look = {"mode": "markers", "marker": {"symbol": "square", "size": 13, "color": entry.fill}}
    else:
        edge = PAPER if entry.is_filled else entry.look.colour
        symbol = entry.shape if entry.is_filled else f"{entry.shape}-open"
        marker = {"symbol": symbol, "color": entry.look.colour, "size": SIZE,
                  "line": {"width": 1.2, "color": edge}}  # fmt: skip
        look = {"mode": "markers", "marker": marker}
    return go.Scatter(
        x=[None], y=[None], name=escape(entry.name), legendgroup=entry.group, showlegend=True,
        visible=True if entry.is_shown else "legendonly", **look,
    )  # fmt: skip


# --- where it stands -------------------------------------------------------------------------------------


def _layout(picture: Picture, words: Words) -> Made:
    dated = [f"{n}  {_dated(x, label, picture, words)}" for n, (x, label) in enumerate(picture.context, 1)]
    notes = _note_lines([*dated, *picture.notes]) if picture.panels else []
    bottom = AXIS + NOTE_LINE * len(notes) + LEGEND
    heights = [len(panel.rows) * ROW_HEIGHT or PANEL_HEIGHT for panel in picture.panels] or [PANEL_HEIGHT]
    inner = sum(heights) + PANEL_GAP * (len(heights) - 1)
    made: Made = {
        "template": "none",
        "height": TOP + inner + bottom,
        "margin": {"l": 56, "r": 52, "t": TOP, "b": bottom, "pad": 0},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"family": FONT, "size": 13, "color": INK},
        "title": {
            "text": escape(picture.heading),
            "font": {"size": 18, "color": INK},
            "subtitle": {"text": escape(picture.knowledge), "font": {"size": 13, "color": MUTED}},
            "x": 0, "xref": "paper", "xanchor": "left", "yref": "container", "y": 1, "yanchor": "top",
            "pad": {"t": 16},
        },
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": PAPER, "bordercolor": RULE, "align": "left", "namelength": -1,
            "font": {"family": FONT, "size": 12, "color": INK},
        },
        "separators": words.separators,
        "uirevision": "series",
        "legend": {
            "orientation": "h", "x": 0, "xanchor": "left", "y": -AXIS / inner, "yanchor": "top",
            "font": {"size": 12}, "bgcolor": PAPER, "maxheight": 2000,
            "title": {
                "text": "<br>".join([*notes, " "]), "side": "top", "font": {"size": 11.5, "color": MUTED},
            },
        },
    }  # fmt: skip
    annotations: list[Made] = []
    shapes: list[Made] = []
    top = float(inner)
    for n, (panel, height) in enumerate(
        zip(picture.panels, heights, strict=True) if picture.panels else (), 1
    ):
        domain = (max(0.0, (top - height) / inner), top / inner)
        top -= height + PANEL_GAP
        made[f"xaxis{n if n > 1 else ''}"] = _along(picture, words, n)
        made[f"yaxis{n if n > 1 else ''}"] = _upwards(panel, picture, n, domain)
        annotations.append(_title(panel, domain[1]))
        shapes += [_rule(x, picture, n) for x, _ in picture.context]
    return made | {"annotations": [*annotations, *_numbers(picture)], "shapes": shapes}


def _dated(x: float, label: str, picture: Picture, words: Words) -> str:
    return f"{words.day(_x(x, picture))}: {label}" if picture.along is Along.DAYS else label


def _along(picture: Picture, words: Words, n: int) -> Made:
    is_last = n == len(picture.panels)
    end = picture.end - AN_HOUR if picture.along is Along.DAYS else picture.end
    axis: Made = {
        "anchor": _axis("y", n), "matches": None if n == 1 else "x", "showticklabels": is_last,
        "range": [_x(picture.start, picture), _x(end, picture)],
        "ticks": "outside" if is_last else "", "ticklen": 4, "tickcolor": RULE, "showgrid": False,
        "showline": True, "linecolor": RULE, "zeroline": False, "tickfont": {"color": MUTED, "size": 12},
    }  # fmt: skip
    if picture.along is not Along.DAYS:
        return axis | {"tickformat": ",d"}
    first, last = (dt.date.fromordinal(int(x)) for x in (picture.start, picture.end))
    axis |= {"type": "date", "tickformat": "%-d %b\n%Y", "minallowed": first - dt.timedelta(30)}
    if words.locale.language != "en":  # the browser's Plotly knows English months only
        days = [first + dt.timedelta(n) for n in range((last - first).days + 400)]
        axis |= {"tickformat": "%Y-%m-%d", "labelalias": {day.isoformat(): words.day(day) for day in days}}
    return axis


def _upwards(panel: Panel, picture: Picture, n: int, domain: tuple[float, float]) -> Made:
    """A vertical axis from 0, in whole numbers; logarithmic from a power of ten; or the names of rows."""
    axis: Made = {
        "anchor": _axis("x", n), "domain": domain, "gridcolor": GRID, "gridwidth": 1, "zeroline": False,
        "tickfont": {"color": MUTED, "size": 12}, "fixedrange": False,
    }  # fmt: skip
    if panel.rows:
        names = [escape(name) for name in panel.rows]
        return axis | {
            "tickvals": list(range(len(names))), "ticktext": names, "range": [len(names) - 0.5, -0.5],
            "automargin": True,
        }  # fmt: skip
    axis |= {"tickformat": ",d", "nticks": 5}
    if picture.is_log:
        return axis | {"type": "log", "tickvals": scale.powers(panel.foot, max(panel.top, panel.foot * 10))}
    return axis | {
        "rangemode": "tozero", "autorangeoptions": {"include": [0, panel.edge], "maxallowed": panel.edge},
        "dtick": 1 if panel.top < 6 else None,
    }  # fmt: skip


def _note(text: str, **more: object) -> Made:
    return {"text": text, "showarrow": False, "xref": "paper", "yref": "paper", "align": "left", **more}


def _title(panel: Panel, top: float) -> Made:
    """The panel's title in one line, what it comes to in the next."""
    standing = f"<br><span style='font-size:12px;color:{MUTED}'>{escape(panel.standing)}</span>"
    text = f"<b>{escape(panel.title)}</b>{standing if panel.standing else ''}"
    return _note(text, x=0, xanchor="left", y=top, yanchor="bottom", yshift=16)


def _numbers(picture: Picture) -> Iterable[Made]:
    """A small number above each dated line; what happened shows when pointed at."""
    if not picture.panels:
        return
    for n, (x, label) in enumerate(picture.context, 1):
        yield _note(
            str(n), xref="x", x=_x(x, picture), y=1, yanchor="bottom", font={"size": 10, "color": MUTED},
            hovertext=escape(label),
        )  # fmt: skip


def _rule(x: float, picture: Picture, n: int) -> Made:
    return {
        "type": "line", "xref": _axis("x", n), "yref": f"{_axis('y', n)} domain", "layer": "below",
        "x0": _x(x, picture), "x1": _x(x, picture), "y0": 0, "y1": 1,
        "line": {"color": RULE, "width": 1, "dash": "dot"},
    }  # fmt: skip


def _note_lines(notes: Sequence[str]) -> list[str]:
    """The notes in short lines. They head the legend, so that both move down where room is scarce."""
    lines = (line for note in notes for line in textwrap.wrap(note, NOTE_WIDTH, subsequent_indent=INDENT))
    return [escape(line).replace(INDENT, "\u2003") for line in lines]
