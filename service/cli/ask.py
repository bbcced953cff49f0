"""What does the ledger say?

The commands that only read. Each puts its filters to the verb of ``answers.endpoints`` whose name it has, and
hands the rows over; how a person reads them stands in ``cli.tables``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from service.answers.endpoints import ENDPOINTS
from service.cli import tables
from service.cli.options import Output, Question
from service.cli.session import deliver, reach_ledger
from service.cli.terminal import progress

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import RenderableType

    from service.cli.session import AnyLedger

    Draw = Callable[[pa.Table], RenderableType]

DRAW: dict[str, Draw] = {
    "series": tables.series,
    "figures": tables.series,
    "evidence": partial(
        tables.plain,
        columns=(
            "date",
            "area_name",
            "measure",
            "population",
            "role",
            "origin_name",
            "count_stated",
            "reason",
        ),
    ),
    "conflicts": tables.conflicts,
    "bounds": tables.series,
    "parts": tables.parts,
    "vintages": tables.vintages,
    "revisions": tables.revisions,
    "changes": tables.changes,
    "history": partial(tables.plain, columns=("seq", "recorded_at", "event", "document", "key_id", "reason")),
    "lookup": partial(tables.plain, columns=("figure_stated", "standing", "match", "answer")),
    "differences": partial(tables.plain, columns=("aspect", "a", "b", "answer")),
    "areas": tables.areas,
    "sources": tables.sources,
    "populations": partial(tables.plain, columns=("population", "label", "parent", "definition")),
    "crises": partial(
        tables.plain, columns=("crisis_id", "name", "kind", "period_start", "ended_on", "about")
    ),
    "mappings": partial(tables.plain, columns=("name", "title", "is_shipped", "recorded_at")),
    "measures": partial(tables.plain, columns=("measure", "meaning")),
    "methods": partial(tables.plain, columns=("method", "meaning")),
}
"""How the rows of a verb are drawn for a person."""

ASKING = "Working out the answer …"


def explain(
    question: Question,
    output: Output,
    everything: Annotated[
        bool, typer.Option("--all", help="List every copy, not only the first ten.")
    ] = False,
) -> None:
    with reach_ledger(output) as ledger:
        with progress(ASKING, quiet=output.quiet):
            explanation = ledger.explain(**question)
        draw = partial(tables.explanation, explanation, everything=everything)
        deliver(output, explanation.points, explanation.meta, draw)


def reports(question: Question, output: Output) -> None:
    with reach_ledger(output) as ledger:
        with progress(ASKING, quiet=output.quiet):
            answer = ledger.ask("reports", **question)
        deliver(output, answer.table, answer.meta, lambda: [_draw_reports(answer.table, ledger)])


def _draw_reports(table: pa.Table, ledger: AnyLedger) -> RenderableType:
    from service.reference.labels import Labels
    from service.schema.records import Reference

    areas = dataclasses.replace(Reference.empty(), area=ledger.areas(arrow=True))
    return tables.reports(table, Labels(areas).places)


def command_of(verb: str) -> Callable[[Question, Output], None]:
    """Return the command that hands over the rows of a verb."""

    def command(question: Question, output: Output) -> None:
        with reach_ledger(output) as ledger:
            with progress(ASKING, quiet=output.quiet):
                answer = ledger.ask(verb, **question)
            table = answer.table
            deliver(output, table, answer.meta, lambda: [DRAW[verb](table)])

    command.__name__ = verb
    return command


OWN = {"explain": explain, "reports": reports}
"""The verbs whose command does more than hand rows over."""
ELSEWHERE = frozenset({"findings"})
"""The verbs whose command stands beside those that hand reports in."""
COMMANDS = tuple(OWN.get(verb) or command_of(verb) for verb in ENDPOINTS if verb not in ELSEWHERE)
for _command in COMMANDS:
    _command.__doc__ = ENDPOINTS[_command.__name__].summary
areas = next(command for command in COMMANDS if command.__name__ == "areas")
