"""What does the ledger say?

The commands that only read: each puts its filters to one verb of ``Ledger`` and hands the rows over.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli import tables
from service.cli.options import FigureFilters, Output, ReportFilters, SeriesFilters
from service.cli.session import deliver, reach_ledger

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import RenderableType

    from service.cli.session import AnyLedger


def series(filters: SeriesFilters, output: Output) -> None:
    """The toll over time: one row per day on which a figure moved."""
    with reach_ledger(output) as ledger:
        found = ledger.answer(**filters.asked())
        deliver(output, found.table, found.meta, lambda: [tables.series(found.table)])


def figures(filters: SeriesFilters, output: Output) -> None:
    """The latest figure of each series."""
    with reach_ledger(output) as ledger:
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
    with reach_ledger(output) as ledger:
        found = ledger.explain(date=date and date.date(), **filters.asked())
        meta = {
            **found.meta,
            "figure": found.row,
            "sentences": list(found.sentences),
            "findings": [dataclasses.asdict(finding) for finding in found.findings],
        }
        deliver(output, found.points, meta, lambda: tables.explanation(found, everything=everything))


def conflicts(filters: SeriesFilters, output: Output) -> None:
    """Figures whose origins disagree, and who says what."""
    _rows_of("conflicts", filters, output, tables.conflicts)


def bounds(filters: FigureFilters, output: Output) -> None:
    """How few and how many there can be where nobody reported."""
    _rows_of("bounds", filters, output, tables.series)


def parts(filters: FigureFilters, output: Output) -> None:
    """What a place's latest figure is made up of, and what lies elsewhere."""
    _rows_of("parts", filters, output, tables.parts)


def vintages(filters: SeriesFilters, output: Output) -> None:
    """How the latest figures moved as knowledge grew, and why."""
    _rows_of("vintages", filters, output, tables.vintages)


def _rows_of(
    verb: str,
    filters: FigureFilters | SeriesFilters,
    output: Output,
    drawn: Callable[[pa.Table], RenderableType],
) -> None:
    """Put the filters to a verb of the ledger and hand its rows over."""
    with reach_ledger(output) as ledger:
        table, meta = told(ledger, verb, **filters.asked())
        deliver(output, table, meta, lambda: [drawn(table)])


def changes(
    filters: SeriesFilters,
    output: Output,
    since: Annotated[
        str,
        typer.Option(metavar="WHEN", help="A head, a day (its beginning) or a moment of recording, in UTC."),
    ],
) -> None:
    """What moved since a head, a day or a moment, and why."""
    with reach_ledger(output) as ledger:
        table, meta = told(ledger, "changes", since=since, **filters.asked())
        deliver(output, table, meta, lambda: [tables.changes(table)])


def reports(filters: ReportFilters, output: Output) -> None:
    """The reports as published, withdrawn ones too."""
    with reach_ledger(output) as ledger:
        table, meta = told(ledger, "reports", **{"attributed_to": "any", **filters.asked()})

        def drawn() -> list[RenderableType]:
            from service.reference.labels import Labels
            from service.schema.records import Reference

            known = dataclasses.replace(Reference.empty(), area=ledger.areas(arrow=True))
            return [tables.reports(table, Labels(known).places)]

        deliver(output, table, meta, drawn)


def areas(output: Output) -> None:
    """The places that reports can be about, with their codes."""
    with reach_ledger(output) as ledger:
        table = ledger.areas(arrow=True)
        deliver(output, table, {"head": str(ledger.head)}, lambda: [tables.areas(table)])


def sources(output: Output) -> None:
    """Who publishes figures, and whose figures they are."""
    with reach_ledger(output) as ledger:
        table = ledger.sources(arrow=True)
        deliver(output, table, {"head": str(ledger.head)}, lambda: [tables.sources(table)])


def told(ledger: AnyLedger, verb: str, **asked: Any) -> tuple[pa.Table, dict[str, Any]]:  # noqa: ANN401
    """The rows of a verb, and what they hold for as the API says it."""
    from service.api import Ledger

    if not isinstance(ledger, Ledger):
        return ledger.told(verb, **asked)
    since = asked.pop("since", None)
    query = ledger.query(**asked)
    if verb in ("bounds", "parts"):
        from service.answers.query import one_cell

        query = one_cell(query)
    meta: dict[str, Any] = {"query": query.meta(), "as_of": query.as_of, "head": str(ledger.state(query))}
    if verb == "reports":
        return ledger.reports(arrow=True, **asked), meta
    meta["method"] = query.method
    if verb == "changes":
        table, before, after = ledger.changes_since(since, query)
        return table, meta | {"since": str(before), "head": str(after)}
    return getattr(ledger, verb)(arrow=True, **asked), meta


COMMANDS = (series, figures, explain, conflicts, bounds, parts, vintages, changes, reports, areas, sources)
