"""Which places are known, and how does a new one become known?

``casualty areas`` lists them; ``add`` records a place, ``add-country`` a country of the world with its first
divisions, ``alias`` another spelling of a place. All are entries of the ledger, also while a server holds it,
and rows held for the name are then taken in.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli import ask
from service.cli.options import Output, Question, Session, spread
from service.cli.prepare import registration, released_words
from service.cli.session import count, reach_ledger
from service.cli.terminal import show, write
from service.errors import QueryError
from service.vocabulary import Level

if TYPE_CHECKING:
    from service.ingest.new_areas import PlaceDetails
    from service.schema.records import Registration

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would become of it, and write nothing.")]

app = typer.Typer(name="areas", rich_markup_mode=None, invoke_without_command=True)


def areas(context: typer.Context, question: Question, output: Output) -> None:
    """The places that reports can be about, with their codes; add one, or another spelling of one."""
    if context.invoked_subcommand is None:
        ask.areas(question, output)
    elif output != Output() or any(question.values()):
        what = context.invoked_subcommand
        raise QueryError("Options stand after the command.", fix=f"Write casualty areas {what} … first.")


def add(
    session: Session,
    name: Annotated[str, typer.Argument(help="The name of the place, in English.")],
    *,
    level: Annotated[str, typer.Option(metavar="LEVEL", help=f"One of {', '.join(Level)}.")],
    parent: Annotated[str, typer.Option(metavar="PLACE", help="The place it lies in, by code or name.")] = "",
    code: Annotated[str, typer.Option(metavar="CODE", help="Its P-code (default: x- and its name).")] = "",
    name_ar: Annotated[str, typer.Option(metavar="NAME", help="Its Arabic name.")] = "",
    alias: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Another spelling.")] = None,
    lat: Annotated[str, typer.Option(metavar="DEGREES", help="Its latitude.")] = "",
    lon: Annotated[str, typer.Option(metavar="DEGREES", help="Its longitude.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Record a place that is not known yet, and take in what was held for it.

    A country of the world that it lies in comes in with it, with its first-level divisions.
    """
    details: PlaceDetails = {
        "parent": parent, "code": code, "name_ar": name_ar, "lat": lat, "lon": lon, "aliases": alias or ()
    }  # fmt: skip
    with reach_ledger(session, writes=True, begins=True, dry_run=dry_run) as ledger:
        _report(session, ledger.add_area(name, level=level, dry_run=dry_run, **details), name)


def add_country(
    session: Session,
    country: Annotated[
        str,
        typer.Argument(metavar="NAME-OR-CODE", help="Its ISO code, or a name in English, Arabic or French."),
    ],
    *,
    dry_run: DryRun = False,
) -> None:
    """Record a country and its first-level divisions (ISO 3166), and take in what was held for them.

    What is known of it, by whatever codes, is left as it is, and what is missing is added.
    """
    with reach_ledger(session, writes=True, begins=True, dry_run=dry_run) as ledger:
        receipt = ledger.add_country(country, dry_run=dry_run)
    if session.as_json:
        write(json.dumps({**registration(receipt), "table": "areas"}) + "\n")
    elif not session.quiet:
        show(f"{country}: {_places_words(receipt)} {released_words(receipt)}".strip())


def alias(
    session: Session,
    place: Annotated[str, typer.Argument(help="A known place, by code or name.")],
    spelling: Annotated[list[str], typer.Argument(help="How it is also written.")],
    *,
    dry_run: DryRun = False,
) -> None:
    """Record another spelling of a place, and take in what was held for it."""
    with reach_ledger(session, writes=True) as ledger:
        _report(session, ledger.alias_area(place, *spelling, dry_run=dry_run), ", ".join(spelling))


def _places_words(receipt: Registration) -> str:
    """Return in words which places of a country are new, and which were known."""
    new = [key for key, verdict in receipt.rows if verdict == "new"]
    known = [key for key, verdict in receipt.rows if verdict != "new"]
    parts = [
        f"{count(len(keys), 'place')} {word}: {', '.join(keys)}."
        for keys, word in ((new, "added"), (known, "known already"))
        if keys
    ]
    return " ".join(parts if new else [*parts, "Nothing is missing."])


def _report(session: Session, receipt: Registration, what: str) -> None:
    *around, area_code = (key for key, _ in receipt.rows)
    if session.as_json:
        answer = {"area_code": area_code, "released": receipt.released, "head": str(receipt.head)}
        write(json.dumps({**answer, "dry_run": receipt.dry_run}) + "\n")
    elif not session.quiet:
        show(f"{what}: {area_code}. {released_words(receipt)}".strip())
        if around:
            show(f"{count(len(around), 'place')} came with it: {', '.join(around)}.")


app.callback()(spread(areas))
app.command()(spread(add))
app.command(name="add-country")(spread(add_country))
app.command()(spread(alias))
