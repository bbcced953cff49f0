"""Which places are known, and how does a new one become known?

``casualty areas`` lists them; ``add`` records a place, ``alias`` another spelling of one. Both are entries of
the ledger, and rows quarantined for the name can then be taken again.
"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from service.cli import ask
from service.cli.options import Output, Question, Session, spread
from service.cli.session import open_ledger
from service.cli.terminal import show, write
from service.errors import QueryError
from service.vocabulary import Level

RETRY = "Rows held for it: casualty ingest --retry."

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
) -> None:
    """Record a place that is not known yet."""
    with open_ledger(session) as ledger:
        more = {"parent": parent, "code": code, "name_ar": name_ar, "lat": lat, "lon": lon}
        area_code = ledger.add_area(name, level=level, aliases=alias or (), **more)
        _report(session, area_code, str(ledger.head), f"{name} is known as {area_code}.")


def alias(
    session: Session,
    place: Annotated[str, typer.Argument(help="A known place, by code or name.")],
    spelling: Annotated[list[str], typer.Argument(help="How it is also written.")],
) -> None:
    """Record another spelling of a place."""
    with open_ledger(session) as ledger:
        area_code = ledger.alias_area(place, *spelling)
        _report(session, area_code, str(ledger.head), f"{', '.join(spelling)}: {area_code}.")


def _report(session: Session, area_code: str, head: str, sentence: str) -> None:
    if session.as_json:
        write(json.dumps({"area_code": area_code, "head": head}) + "\n")
    elif not session.quiet:
        show(f"{sentence} {RETRY}")


app.callback()(spread(areas))
app.command()(spread(add))
app.command()(spread(alias))
