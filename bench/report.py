"""How is ``docs/benchmarks.md`` written, part by part?

Each part of ``make bench`` keeps its last result in ``benchmarks.json`` with its day and machine, so that one
may be run without the others; the page and its plots are made of all of them. An aim that is not met is
written as missed, never left out.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PLOTS = PAGE.with_suffix("")
RESULTS = Path(__file__).with_name("benchmarks.json")
HEAD = """# Benchmarks

Written by `make bench`, part by part; each says when and on what it ran. **Seconds are processor seconds**
unless a column says clock: they tell what the work takes, also on a machine that others share (its load
stands with each part). Memory is the highest resident set of the process, libraries included. Further benches
have pages of their own: [serving](serving.md) (a bare route, Datasette), [what a question may cost](cost.md),
[scaling](scaling.md) (Spark), [accuracy](accuracy.md), [reliability](reliability.md)."""
BAR, GAP, LABEL, WIDTH = 22, 8, 250, 760


def keep(part: str, **result: Any) -> None:
    """Keep what a part has given, in place of its last run, and write the page anew.

    ``result`` has ``title``, ``same`` (what is not the same work), ``rows`` (mappings of equal keys), and may
    have ``plot`` (the columns of a bar's label and length, of the rows or of ``plotted``) and ``aims``
    (sentences, whether each is met).
    """
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    kept[part] = {"day": str(dt.date.today()), "machine": machine, **result}  # noqa: DTZ011 - of the run
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_page(kept)


def write_page(kept: Mapping[str, Any]) -> None:
    """Write the page, and a plot for each part that has one."""
    sections = [HEAD]
    for part, result in sorted(kept.items()):
        lines = [
            f"## {result['title']}",
            "",
            f"{result['day']}; {result['machine']}.",
            "",
            *_table(result["rows"]),
        ]
        if "plot" in result:
            PLOTS.mkdir(exist_ok=True)
            label, value = result["plot"]
            (PLOTS / f"{part}.svg").write_text(
                bars(result.get("plotted", result["rows"]), label, value), encoding="utf-8"
            )
            lines += ["", f"![{result['title']}: {value}](benchmarks/{part}.svg)"]
        lines += ["", result["same"]]
        for aim, is_met in result.get("aims", ()):
            lines += ["", f"- {aim}: **{'met' if is_met else 'missed'}**"]
        sections.append("\n".join(lines))
    PAGE.write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _table(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    numeric = [all(isinstance(row.get(name), int | float) for row in rows if name in row) for name in names]
    head = [f"| {' | '.join(names)} |", f"|{'|'.join('---:' if each else '---' for each in numeric)}|"]
    return head + [f"| {' | '.join(_text(row.get(name)) for name in names)} |" for row in rows]


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def bars(rows: Iterable[Mapping[str, Any]], label: str, value: str) -> str:
    """Return an SVG of one bar for each row that has the value."""
    shown = [row for row in rows if isinstance(row.get(value), int | float)]
    most = max((row[value] for row in shown), default=1) or 1
    height = len(shown) * (BAR + GAP) + GAP
    parts = []
    for place, row in enumerate(shown):
        top, length = GAP + place * (BAR + GAP), (WIDTH - LABEL - 80) * row[value] / most
        parts.append(
            f'<text x="{LABEL - 8}" y="{top + 16}" text-anchor="end">{escape(str(row[label]))}</text>'
            f'<rect x="{LABEL}" y="{top}" width="{max(length, 1):.1f}" height="{BAR}" fill="#1d5a7a"/>'
            f'<text x="{LABEL + length + 6:.1f}" y="{top + 16}">{_text(row[value])}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img" '
        f'aria-label="{escape(value)}" font-family="sans-serif" font-size="14" fill="#222">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )
