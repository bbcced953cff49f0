"""``casualty chart``: a chart as a picture, a page or a Plotly figure, in a file.

The kinds and their options come from ``answers.chart_kinds``; how they are drawn is not known here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.answers.chart_kinds import (
    CHART_FILTERS,
    DEFAULT_KIND,
    KINDS,
    ChartFormat,
    chart_format,
    chart_kind,
)
from service.cli.options import Question, Session
from service.cli.session import reach_ledger
from service.cli.terminal import note, progress, write
from service.errors import QueryError


def chart(
    question: Question,
    session: Session,
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", help=f"One of {', '.join(KINDS)}.", show_default=False)
    ] = DEFAULT_KIND,
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="An .svg, .png, .html or .json file to write."),
    ] = None,
) -> None:
    """Draw a chart: FILE's ending says as what; without a file, an SVG (with --json a Plotly figure) is
    printed."""
    ending = file.suffix.lstrip(".").lower() if file else ChartFormat.SVG
    if session.as_json and file is None:
        ending = ChartFormat.JSON
    if file is not None and ending not in set(ChartFormat):
        raise QueryError(
            f"A chart does not come as {file.suffix or 'a file without an ending'}.",
            fix=f"Use one of: {', '.join(ChartFormat)}.",
        )
    chosen = chart_kind(kind)
    _check(chosen.name, question)
    with reach_ledger(session) as ledger, progress("Drawing …", quiet=session.quiet):
        data = ledger.chart_file(chart_format(ending), kind=chosen.name, **question)
    if file is None:
        write(data)
        return
    file.write_bytes(data)
    if not session.quiet:
        note(f"Wrote {file} ({len(data):,} bytes).")


def _check(kind: str, question: Question) -> None:
    """Raise QueryError for a filter that the kind does not have."""
    taken = {row.keyword for row in KINDS[kind].filters}
    for row in CHART_FILTERS:
        if row.keyword not in taken and question.get(row.keyword):
            raise QueryError(f"A chart of the kind {kind} has no {row.flag}.", fix="Leave it out.")
