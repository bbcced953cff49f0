"""What does the ledger say?

The commands that only read: each puts its filters to one verb of ``Ledger`` and hands the rows over.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli import tables
from service.cli.options import FigureFilters, Output, ReportFilters, SeriesFilters
from service.cli.session import deliver, opened

if TYPE_CHECKING:
    from rich.console import RenderableType

    from service.model import Head
    from service.query import Query


def series(filters: SeriesFilters, output: Output) -> None:
    """The toll over time: one row per day on which a figure moved."""
    with opened(output) as ledger:
        found = ledger.answer(**filters.asked())
        deliver(output, found.table, found.meta, lambda: [tables.series(found.table)])


def figures(filters: SeriesFilters, output: Output) -> None:
    """The latest figure of each series."""
    with opened(output) as ledger:
        found = ledger.answer(**filters.asked())
        latest = found.figures()
        deliver(output, latest, found.meta, lambda: [tables.series(latest)])


def explain(
    filters: FigureFilters,
    output: Output,
    date: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DAY",
            help="The day counted up to whose figure is meant (default: the latest).",
            show_default=False,
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every copy, not only the first ten.")
    ] = False,
) -> None:
    """Why a figure is what it is, report by report."""
    with opened(output) as ledger:
        found = ledger.explain(date=date and date.date(), **filters.asked())
        meta = {
            **found.meta,
            "figure": found.row,
            "sentences": list(found.sentences),
            "findings": [dataclasses.asdict(finding) for finding in found.findings],
        }
        deliver(output, found.points, meta, lambda: tables.explanation(found, everything=everything))


def conflicts(filters: SeriesFilters, output: Output) -> None:
    """Figures whose origins disagree, by how many people, and who says what."""
    with opened(output) as ledger:
        asked = ledger.query(**filters.asked())
        table = ledger.conflicts(arrow=True, **filters.asked())
        meta = answer_meta(asked, ledger.state(asked))
        deliver(output, table, meta, lambda: [tables.conflicts(table)])


def vintages(filters: SeriesFilters, output: Output) -> None:
    """How the latest figures moved as knowledge grew, and why."""
    with opened(output) as ledger:
        asked = ledger.query(**filters.asked())
        table = ledger.vintages(arrow=True, **filters.asked())
        meta = answer_meta(asked, ledger.state(asked))
        deliver(output, table, meta, lambda: [tables.vintages(table)])


def changes(
    filters: SeriesFilters,
    output: Output,
    since: Annotated[
        str,
        typer.Option(metavar="WHEN", help="A head, a day (its beginning) or a moment of recording, in UTC."),
    ],
) -> None:
    """What moved since a head, a day or a moment, and why."""
    with opened(output) as ledger:
        asked = ledger.query(**filters.asked())
        table, before = ledger.changes_since(since, asked)
        meta = answer_meta(asked, ledger.state(asked)) | {"since": str(before)}
        deliver(output, table, meta, lambda: [tables.changes(table)])


def reports(filters: ReportFilters, output: Output) -> None:
    """The reports as published, withdrawn ones too."""
    with opened(output) as ledger:
        asked = ledger.query(**filters.asked())
        table = ledger.reports(arrow=True, **filters.asked())
        meta = {"query": asked.meta(), "as_of": asked.as_of, "head": str(ledger.head)}

        def drawn() -> list[RenderableType]:
            from service.ingest import Gazetteer
            from service.query import area_name

            return [tables.reports(table, partial(area_name, Gazetteer(ledger.reference().area)))]

        deliver(output, table, meta, drawn)


def areas(output: Output) -> None:
    """The places that reports can be about, with their codes."""
    with opened(output) as ledger:
        table = ledger.areas(arrow=True)
        deliver(output, table, {"head": str(ledger.head)}, lambda: [tables.areas(table)])


def sources(output: Output) -> None:
    """Who publishes figures, and whose figures they are."""
    with opened(output) as ledger:
        table = ledger.sources(arrow=True)
        deliver(output, table, {"head": str(ledger.head)}, lambda: [tables.sources(table)])


def answer_meta(asked: Query, head: Head) -> dict[str, object]:
    """What an answer holds for, as the API says it."""
    return {"query": asked.meta(), "as_of": asked.as_of, "head": str(head), "method": asked.method}


COMMANDS = (series, figures, explain, conflicts, vintages, changes, reports, sources)
