"""Which rows does a text hold? The command that drafts them, for a person to accept.

On a terminal each row is asked about (``review``); in a pipe all go on, as a report file.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import Output
from service.cli.prepare import grid_of, read_bytes
from service.cli.review import Row, ask_on_terminal, review
from service.cli.session import deliver, reach_ledger
from service.cli.terminal import note
from service.errors import QueryError
from service.formats.file_format import Format

if TYPE_CHECKING:
    import pyarrow as pa

    from service.ingest.draft import Drafts
    from service.schema.records import Reference

_DRAFTED = ("areas", "measure", "population", "count")
"""The columns that a draft has even where it proposes nothing."""
_SHOWN = ("count", "measure", "areas", "population", "origin", "counted_to", "sentence", "decide")


def draft(
    output: Output,
    article: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A plain text in English, French or Arabic; - is standard input."
        ),
    ],
    *,
    crisis: Annotated[str, typer.Option(metavar="NAME", help="What the text is about.")] = "",
    source: Annotated[str, typer.Option(metavar="NAME", help="Who published it.")] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where it stands.")] = "",
    published_on: Annotated[
        str | None, typer.Option(metavar="DAY", help="The day the text appeared, to read its weekdays by.")
    ] = None,
    asks: Annotated[
        bool | None,
        typer.Option(
            "--review/--no-review",
            help="Ask about each row: accept, edit or drop it (default: on a terminal, not in a pipe).",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Propose report rows from a text, for a person to check. Nothing is taken in.

    Each row says where in the text its parts were read. On a terminal each is asked about; in a pipe all go
    on as a report file, which 'casualty ingest -' takes as it stands where --crisis and --source are given.
    """
    from service.answers.parameters import read_day
    from service.api import now
    from service.ingest.draft import draft as draft_rows

    text = _read_text(article)
    with reach_ledger(output) as ledger:
        reference, head = ledger.reference(), str(ledger.head)
    drafts = draft_rows(text, reference, published_on=read_day("published_on", published_on))
    for finding in () if output.quiet else drafts.findings:
        note(f"{finding.message} {finding.fix}")
    about = {"crisis": crisis, "source": source, "url": url, "published_on": published_on or ""}
    if asks is None:
        asks = sys.stdin.isatty() and (sys.stdout.isatty() or output.file is not None) and not output.as_json
    if asks:
        today = now().date().isoformat()
        rows = list(review(text, drafts, lambda row: _problem({**about, **row}, reference, today), _ask))
    else:
        rows = [proposal.row() for proposal in drafts]
    if output.wanted is None and output.file is None and not output.as_json and not sys.stdout.isatty():
        output = dataclasses.replace(output, wanted=Format.CSV)
    table = _report_file(about, rows)
    decided = rows if asks else _with_sentences(text, drafts)
    wrapping = {"areas", "sentence", "decide"}
    deliver(output, table, {"head": head}, lambda: [grid_of(_SHOWN, decided, wrapping)])


def _ask(question: str) -> str:
    """Ask on the terminal. Input that ends is the answer q: what was accepted so far is kept."""
    try:
        return ask_on_terminal(question)
    except EOFError:
        return "q"


def _problem(row: Row, reference: Reference, today: str) -> str:
    """Return what would keep a row from being taken in, as ingest itself says it; "" for nothing.

    What the person has yet to say of the whole text (its crisis, source and day) keeps no row.
    """
    import datetime as dt

    from service.ingest import read_rows
    from service.vocabulary import Severity

    about = {"crisis": "draft", "source": "draft", "published_on": today}
    full = {**row, **{name: row.get(name) or value for name, value in about.items()}}
    full.setdefault("standard", "unverified")
    batch = read_rows([full], "draft", reference, today=dt.date.fromisoformat(today))
    if not batch.held.num_rows:
        return ""
    return " ".join(
        f"{finding.message} {finding.fix}" for finding in batch.findings if finding.severity == Severity.ERROR
    )


def _report_file(about: Row, rows: list[Row]) -> pa.Table:
    """Return rows, with what is said of the whole text, as the columns of a report file that they fill."""
    import pyarrow as pa

    from service.ingest import REPORT_FILE_COLUMNS

    full = [{**about, **row} for row in rows]
    given = {name for row in (about, *full) for name, value in row.items() if value}.union(_DRAFTED)
    schema = pa.schema([(name, pa.string()) for name in REPORT_FILE_COLUMNS if name in given])
    return pa.Table.from_pylist(full, schema=schema)


def _with_sentences(text: str, drafts: Drafts) -> list[Row]:
    """Return the proposed rows with the sentences they were read from, and what is to be decided."""
    return [
        {
            **proposal.row(),
            "sentence": text[slice(*proposal.sentence)],
            "decide": "; ".join(proposal.questions),
        }
        for proposal in drafts
    ]


def _read_text(file: str) -> str:
    try:
        return read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(f"{file} is no UTF-8 text: byte {error.start}.", fix="Save it as UTF-8.") from None
