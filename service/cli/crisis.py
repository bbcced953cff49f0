"""How does a crisis of one's own begin?

``casualty crisis new`` records one with its places and its first reports, also while a server holds the
ledger. On a terminal it asks for what is not said, shows what would come of it, and asks once more. This
module must not know how figures come about.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.ingest import NOT_ALL_ACCEPTED, STDIN, Summary, open_document
from service.cli.options import Session, spread
from service.cli.session import count, reach_ledger
from service.cli.terminal import show, write
from service.errors import QueryError
from service.vocabulary import CrisisKind, Verdict

if TYPE_CHECKING:
    from service.schema.records import CrisisReceipt

_KINDS = " or ".join(CrisisKind)
BETWEEN_PLACES = ";"

app = typer.Typer(name="crisis", rich_markup_mode=None, invoke_without_command=True)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Details:
    """What is said of a new crisis."""

    name: Annotated[str, typer.Option(metavar="NAME", help="What it is called.")] = ""
    crisis_id: Annotated[
        str, typer.Option("--id", metavar="ID", help="Its id (default: its name and the month it began).")
    ] = ""
    kind: Annotated[str, typer.Option(metavar="KIND", help=f"{_KINDS} (default: sudden).")] = ""
    period_start: Annotated[str, typer.Option(metavar="DAY", help="The day it began.")] = ""
    ended_on: Annotated[str, typer.Option(metavar="DAY", help="Its last day, if it is over.")] = ""
    place: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLACE", help="A known place, or a country or division of the world. Repeat for several."
        ),
    ] = None
    name_ar: Annotated[str, typer.Option(metavar="NAME", help="Its Arabic name.")] = ""
    about: Annotated[str, typer.Option(metavar="TEXT", help="A few words about it.")] = ""


def crisis(context: typer.Context) -> None:
    """Crises: begin one of your own."""
    if context.invoked_subcommand is None:
        write(f"{context.get_help()}\n")


def new(
    session: Session,
    reports: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A file of its first reports; - is standard input.", show_default=False
        ),
    ] = "",
    *,
    details: Details,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of it, and write nothing.")
    ] = False,
) -> None:
    """Record a crisis with its places and its first reports, all in one entry.

    Rows that name no crisis are about this one. A country that is not known comes in with its first-level
    divisions. Without --name, on a terminal, each thing is asked for. Ends with 1 if a row was quarantined or
    rejected; the crisis and the other rows are kept all the same.
    """
    if not details.name:
        if not _is_terminal(session):
            raise QueryError("The crisis has no name.", fix="Say what it is called: --name NAME.")
        details, reports = _ask(details, reports)
        _record(session, details, reports, dry_run=True)
        if dry_run or not typer.confirm("Is this right, shall it be kept?", default=True, err=True):
            raise typer.Exit
    receipt = _record(session, details, reports, dry_run=dry_run)
    rows = receipt.reports
    if rows is not None and (rows.quarantined or rows.rejected):
        raise typer.Exit(NOT_ALL_ACCEPTED)


def _record(session: Session, details: Details, reports: str, *, dry_run: bool) -> CrisisReceipt:
    """Record a crisis, or say what would become of it; print it either way."""
    given = dataclasses.asdict(details)
    name, places = given.pop("name"), given.pop("place") or ()
    with reach_ledger(session, writes=True, begins=True, dry_run=dry_run) as ledger:
        if not reports:
            receipt = ledger.new_crisis(name, places=places, dry_run=dry_run, **given)
            title = ""
        else:
            with open_document(reports) as (title, path):
                receipt = ledger.new_crisis(name, places=places, reports=path, dry_run=dry_run, **given)
    if session.as_json:
        write(json.dumps(_as_json(receipt), ensure_ascii=False) + "\n")
        return receipt
    if not session.quiet:
        show(*_words(name, receipt))
    if receipt.reports is not None:
        Summary(session, dry_run=dry_run).add(title, receipt.reports)
    return receipt


def _as_json(receipt: CrisisReceipt) -> dict[str, Any]:
    rows = receipt.reports
    tally = {str(verdict): getattr(rows, verdict) if rows else 0 for verdict in Verdict}
    from service.schema.records import finding_row

    findings = [finding_row(finding) for finding in rows.findings] if rows else []
    return {
        "crisis": receipt.crisis_id,
        "places": list(receipt.places),
        "areas": list(receipt.areas),
        "released": receipt.released,
        **tally,
        "findings": findings,
        "head": str(receipt.head),
        "dry_run": receipt.dry_run,
    }


def _words(name: str, receipt: CrisisReceipt) -> list[str]:
    """Return what became of a crisis, and what to ask next, in words."""
    places = ", ".join(receipt.places) or "no place yet"
    lines = [f"{name}: {receipt.crisis_id}, {places}."]
    if receipt.period_start is None:
        lines.append("No first day is given: it begins on the earliest day from which a report of it counts.")
    if receipt.areas:
        lines.append(f"{count(len(receipt.areas), 'place')} came with it: {', '.join(receipt.areas)}.")
    if receipt.released:
        lines.append(f"{count(receipt.released, 'row')} that waited for them: taken in.")
    if receipt.dry_run:
        lines.append("Nothing was written (dry run).")
    elif receipt.reports is not None:
        lines.append(f"Its figures: casualty figures --crisis {receipt.crisis_id}")
    else:
        lines.append(f"Hand in its reports under this name: {receipt.crisis_id} (casualty ingest FILE).")
    return lines


# --- asking ----------------------------------------------------------------------------------------------


def _is_terminal(session: Session) -> bool:
    return sys.stdin.isatty() and not session.as_json


def _ask(details: Details, reports: str) -> tuple[Details, str]:
    """Ask for each thing that was not said, with what is taken where nothing is typed."""
    from service.ingest.new_crisis import default_id

    today = dt.datetime.now(dt.UTC).date().isoformat()
    name = _prompt("What is the crisis called?", f"Crisis of {today}")
    kind = details.kind or _prompt(
        f"Was it sudden (an earthquake, an attack), or is it ongoing (a war)? {_KINDS}",
        str(CrisisKind.SUDDEN),
        _kind,
    )
    begins = details.period_start or _prompt("On which day did it begin? YYYY-MM-DD", today, _day)
    ended = details.ended_on or _prompt(
        "On which day did it end? Enter: it goes on, or nobody knows", "", _day
    )
    places = details.place or [
        text.strip()
        for text in _prompt(
            f"Where? Countries or places, with {BETWEEN_PLACES} between them. Enter: none yet",
            "",
        ).split(BETWEEN_PLACES)
        if text.strip()
    ]
    crisis_id = details.crisis_id or _prompt("By which short name shall it go?", default_id(name, begins))
    reports = reports or _prompt("A file of its first reports? Enter: none yet", "", _file)
    asked = dataclasses.replace(
        details, name=name, kind=kind, period_start=begins, ended_on=ended, place=places, crisis_id=crisis_id
    )
    return asked, reports


def _prompt(question: str, default: str, read: Callable[[str], str] = str.strip) -> str:
    """Return an answer; one that cannot be is asked for again."""
    return str(typer.prompt(question, default=default, value_proc=read, err=True, show_default=bool(default)))


def _kind(text: str) -> str:
    word = text.strip().lower()
    if word not in list(CrisisKind):
        raise typer.BadParameter(f"“{text}” is neither; write {_KINDS}.")
    return word


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text.strip()).isoformat() if text.strip() else ""
    except ValueError:
        raise typer.BadParameter(f"“{text}” is no day; write it as 2025-03-06.") from None


def _file(text: str) -> str:
    name = text.strip()
    if name and name != STDIN and not Path(name).is_file():
        raise typer.BadParameter(f"There is no file {name}.")
    return name


app.callback()(crisis)
app.command("new")(spread(new))
