"""Where do panels, axes, titles and notes of the Plotly figure stand?

Plain dictionaries in Plotly's terms, in pixels where a reader's eye decides and in shares of the plot where
Plotly wants them. The height grows with the number of panels; a panel's never changes.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from service.charts.plan import DAY, Context, Panel, Plan
from service.charts.style import FONT, GRID, INK, MUTED, PAPER, RULE
from service.charts.text import NO_FIGURE, Words

PANEL_HEIGHT, PANEL_GAP, TOP, AXIS, NOTE_LINE, LEGEND = 190, 72, 128, 52, 17, 72
NOTE_WIDTH = 54
"""In characters: what a telephone held upright has room for."""
INDENT = "    "


def axis_name(letter: str, n: int) -> str:
    """Return what Plotly calls the axis of the n-th panel."""
    return letter if n == 1 else f"{letter}{n}"


def escape(text: str) -> str:
    """Return text from reports as it is safe where Plotly reads a little HTML."""
    return html.escape(text, quote=False)


def in_lines(text: str) -> str:
    """Return escaped text in lines that fit a telephone held upright."""
    return "<br>".join(escape(line) for line in textwrap.wrap(text.replace(" ·", "\u00a0·"), NOTE_WIDTH))


def layout(plan: Plan, words: Words) -> dict[str, Any]:
    notes = _note_lines(words.notes(plan)) if plan.panels else []
    bottom = AXIS + NOTE_LINE * len(notes) + LEGEND
    inner = max(1, len(plan.panels)) * (PANEL_HEIGHT + PANEL_GAP) - PANEL_GAP
    found: dict[str, Any] = {
        "template": "none",
        "height": TOP + inner + bottom,
        "margin": {"l": 56, "r": 32, "t": TOP, "b": bottom, "pad": 0},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"family": FONT, "size": 13, "color": INK},
        "title": {
            "text": escape(words.heading(plan)),
            "font": {"size": 18, "color": INK},
            "subtitle": {"text": escape(words.knowledge(plan)), "font": {"size": 13, "color": MUTED}},
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
            "font_size": 12, "bgcolor": PAPER, "maxheight": 2000,
            "title": {
                "text": "<br>".join([*notes, " "]), "side": "top", "font": {"size": 11.5, "color": MUTED},
            },
        },
    }  # fmt: skip
    annotations = []
    shapes = []
    for n, panel in enumerate(plan.panels, 1):
        domain = _domain(n, inner)
        found[f"xaxis{n if n > 1 else ''}"] = _days(plan, words, n)
        found[f"yaxis{n if n > 1 else ''}"] = _people(panel, n, domain)
        annotations.append(_title(panel, plan, words, domain[1]))
        shapes += [_rule(context, n) for context in plan.context]
    return found | {"annotations": [*annotations, *_numbers(plan.context)], "shapes": shapes}


def _domain(n: int, inner: int) -> tuple[float, float]:
    """Bottom and top of the n-th panel, as shares of the inner height."""
    top = 1 - (n - 1) * (PANEL_HEIGHT + PANEL_GAP) / inner
    return max(0.0, top - PANEL_HEIGHT / inner), top


def _days(plan: Plan, words: Words, n: int) -> dict[str, Any]:
    last = n == len(plan.panels)
    axis = {
        "type": "date",
        "anchor": axis_name("y", n),
        "matches": None if n == 1 else "x",
        "range": [plan.start, plan.end],
        "minallowed": plan.start - DAY * 30,
        "showticklabels": last,
        "tickformat": "%-d %b\n%Y",
        "ticks": "outside" if last else "",
        "ticklen": 4,
        "tickcolor": RULE,
        "showgrid": False,
        "showline": True,
        "linecolor": RULE,
        "zeroline": False,
        "tickfont": {"color": MUTED, "size": 12},
    }
    if words.locale.language != "en":  # the browser's Plotly knows English months only
        until = max(plan.end, plan.as_of)
        days = [plan.start + DAY * n for n in range((until - plan.start).days + 1)]
        axis |= {"tickformat": "%Y-%m-%d", "labelalias": {day.isoformat(): words.day(day) for day in days}}
    return axis


def _people(panel: Panel, n: int, domain: tuple[float, float]) -> dict[str, Any]:
    """A vertical axis of its own for each panel, always from 0, in whole numbers."""
    return {
        "anchor": axis_name("x", n),
        "domain": domain,
        "rangemode": "tozero",
        "autorangeoptions": {"include": [0, panel.top * 1.12]},
        "tickformat": ",d",
        "dtick": 1 if panel.top < 6 else None,
        "nticks": 5,
        "gridcolor": GRID,
        "gridwidth": 1,
        "zeroline": False,
        "tickfont": {"color": MUTED, "size": 12},
        "fixedrange": False,
    }


def _note(text: str, **more: object) -> dict[str, Any]:
    return {"text": text, "showarrow": False, "xref": "paper", "yref": "paper", "align": "left", **more}


def _title(panel: Panel, plan: Plan, words: Words, top: float) -> dict[str, Any]:
    """The place and its latest figure in one line, its support and day in the next."""
    name = f"<b>{escape(words.title(panel, plan))}</b>"
    if panel.subject is None:
        text = f"{name}<br>{NO_FIGURE}"
    else:
        last = panel.steps[-1]
        figure = escape(words.count(last.bounds, words.people(panel.subject)))
        text = f"{name}  {figure}<br><span style='font-size:12px;color:{MUTED}'>{words.standing(last)}</span>"
    return _note(text, x=0, xanchor="left", y=top, yanchor="bottom", yshift=16)


def _numbers(context: Sequence[Context]) -> Iterable[dict[str, Any]]:
    """A small number above each dated line; what happened shows when pointed at."""
    for n, day in enumerate(context, 1):
        yield _note(
            str(n), xref="x", x=day.on, y=1, yanchor="bottom", font={"size": 10, "color": MUTED},
            hovertext=escape(day.label),
        )  # fmt: skip


def _rule(context: Context, n: int) -> dict[str, Any]:
    return {
        "type": "line", "xref": axis_name("x", n), "yref": f"{axis_name('y', n)} domain", "layer": "below",
        "x0": context.on, "x1": context.on, "y0": 0, "y1": 1,
        "line": {"color": RULE, "width": 1, "dash": "dot"},
    }  # fmt: skip


def _note_lines(notes: Sequence[str]) -> list[str]:
    """The notes in short lines. They head the legend, so that both move down where room is scarce."""
    lines = (line for note in notes for line in textwrap.wrap(note, NOTE_WIDTH, subsequent_indent=INDENT))
    return [escape(line).replace(INDENT, "\u2003") for line in lines]
