"""What is done before a report is in, and what did the checks notice?

The commands that register reference rows and list findings.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.answers.finding_groups import group_findings
from service.cli.options import Output, Question, Session
from service.cli.session import count, deliver, reach_ledger
from service.cli.terminal import grid, show, write
from service.errors import QueryError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from service.schema.records import Registration

STDIN = "-"
OPEN = "open"


class Table(StrEnum):
    """Reference tables as the command line names them, and as the ledger does."""

    AREAS = "areas"
    SOURCES = "sources"
    CRISES = "crises"
    POPULATIONS = "populations"

    @property
    def table_name(self) -> str:
        """The name of the table in the ledger."""
        return {"areas": "area", "sources": "source", "crises": "crisis", "populations": "population"}[self]


def register(
    session: Session,
    table: Annotated[Table, typer.Argument(help="What the rows describe.", metavar="|".join(Table))],
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A CSV with the columns of seeds/; - is standard input.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each row, and write nothing.")
    ] = False,
) -> None:
    """Add places, sources, crises or populations. A row with a known key takes the place of the older one.

    Rows of reports that were held because nobody knew their place or population are taken in.
    """
    data = read_bytes(file)
    with reach_ledger(session, writes=True, begins=True, dry_run=dry_run) as ledger:
        receipt = ledger.register(table.table_name, data, name=Path(file).name, dry_run=dry_run)
    if session.as_json:
        write(json.dumps({**registration(receipt), "table": str(table)}) + "\n")
    elif not session.quiet:
        tally = Counter(verdict for _, verdict in receipt.rows)
        counts = ", ".join(f"{tally[verdict]} {verdict}" for verdict in ("new", "changed", "known"))
        show(f"{count(len(receipt.rows), 'row')} of {table}: {counts}. {released_words(receipt)}".strip())


def registration(receipt: Registration) -> dict[str, Any]:
    """Return what ``--json`` prints of reference rows that were registered."""
    return {
        "table": receipt.table,
        "registered": receipt.registered,
        "rows": [{"key": key, "verdict": verdict} for key, verdict in receipt.rows],
        "released": receipt.released,
        "head": str(receipt.head),
        "dry_run": receipt.dry_run,
    }


def released_words(receipt: Registration) -> str:
    """Return in words how many held rows became reports, "" for none."""
    ending = " (dry run: nothing was written)" if receipt.dry_run else ""
    if not receipt.released:
        return ending.strip()
    rows = "row that was" if receipt.released == 1 else "rows that were"
    word = "would be" if receipt.dry_run else "is" if receipt.released == 1 else "are"
    return f"{receipt.released} {rows} held for it {word} taken in.{ending}"


def findings(
    question: Question,
    output: Output,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is resolved, and what is only good to know.")
    ] = False,
) -> None:
    """What was noticed when reports were taken in and reconciled, and is still open, newest document first.

    One that says the same of many rows is shown once, with their number; --json and files have each row,
    oldest first. A
    finding is resolved once its row has become a report (`casualty ingest --retry`), or its report has been
    withdrawn or corrected.
    """
    import pyarrow.compute as pc

    with reach_ledger(output) as ledger:
        answer = ledger.ask("findings", **question)
    table = answer.table
    if not everything:
        table = table.filter(pc.equal(table["status"], OPEN))
    names = ["document", "rows", "severity", "column", "value", "message", "fix"]
    if everything:
        names.append("status")

    def draw() -> list[RenderableType]:
        newest = table.sort_by([("seq", "descending"), ("document", "ascending")])
        rows = group_findings(newest.to_pylist())
        return [grid_of(names, rows, {"rows", "value", "message", "fix"})]

    deliver(output, table, answer.meta, draw)


def grid_of(names: Sequence[str], rows: Sequence[Mapping[str, Any]], wrapping: set[str]) -> RenderableType:
    """Return rows as a table of these columns."""
    cells = [["–" if row.get(name) in (None, "") else str(row[name]) for name in names] for row in rows]
    return grid(names, cells, wrapping=wrapping)


def read_bytes(file: str) -> bytes:
    """Return the bytes of a file or, for STDIN, of standard input. Raises QueryError for no file."""
    if file == STDIN:
        return sys.stdin.buffer.read()
    path = Path(file)
    if not path.is_file():
        raise QueryError(f"There is no file {file}.", fix="Check the path; - is standard input.")
    return path.read_bytes()
