"""How do files of another layout come in?

``casualty mapping`` keeps a mapping as an entry of the ledger, lists those that there are, shows one and
tries one on a file. It works while a server holds the ledger. This module must not know what a mapping does.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli import tables
from service.cli.ingest import Layout, take_in_files
from service.cli.options import Output, Session, spread
from service.cli.session import deliver, reach_ledger
from service.cli.terminal import show as show_text
from service.cli.terminal import write
from service.errors import QueryError, UnknownName

app = typer.Typer(name="mapping", rich_markup_mode=None, invoke_without_command=True)

NameOrFile = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A mapping's name, or a TOML file.")]
COLUMNS = ("name", "title", "is_shipped", "recorded_at")


def mapping(context: typer.Context) -> None:
    """Mappings: how files of other layouts are read."""
    if context.invoked_subcommand is None:
        write(f"{context.get_help()}\n")


def add(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A TOML file (docs/mappings.md).")],
    *,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="What it is called (default: the name of its file).")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say whether it is sound.")] = False,
) -> None:
    """Keep a mapping in the ledger: files are then read by its name, and it is the newest of that name."""
    if not Path(file).is_file():
        raise QueryError(f"There is no file {file}.", fix="Check the path.")
    with reach_ledger(session, writes=True, begins=True, dry_run=dry_run) as ledger:
        receipt = ledger.add_mapping(Path(file), name=name, dry_run=dry_run)
    if session.as_json:
        write(json.dumps({**dataclasses.asdict(receipt), "head": str(receipt.head)}) + "\n")
    elif not session.quiet:
        kept = "would be kept" if dry_run else "is kept" if receipt.is_new else "was kept already"
        show_text(f"{receipt.title}: {kept} as {receipt.name} ({receipt.mapping_id}).")


def list_(output: Output) -> None:
    """List the mappings: the shipped ones, and the newest of each name that the ledger keeps."""
    with reach_ledger(output) as ledger:
        answer = ledger.ask("mappings")
    deliver(output, answer.table, answer.meta, lambda: [tables.plain(answer.table, columns=COLUMNS)])


def show(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, as `casualty mapping list` has it.")],
) -> None:
    """Print the text of a mapping, to begin one of your own with."""
    with reach_ledger(session) as ledger:
        rows = ledger.ask("mappings").table.to_pylist()
    wanted = [row for row in rows if name in (row["name"], row["mapping_id"])]
    if not wanted:
        names = tuple(row["name"] for row in rows)
        raise UnknownName(
            f"No mapping is called “{name[:100]}”.", fix=f"Name one of {', '.join(names)}.", suggestions=names
        )
    row: dict[str, Any] = next((each for each in wanted if each["is_shipped"]), wanted[0])
    if session.as_json:
        moment = row["recorded_at"]
        write(json.dumps({**row, "recorded_at": f"{moment.isoformat()}Z" if moment else None}) + "\n")
    else:
        write(row["text"])


def try_(
    session: Session,
    mapping: NameOrFile,
    file: Annotated[
        str, typer.Argument(metavar="DOCUMENT", help="A file of the layout; - is standard input.")
    ],
) -> None:
    """Say what a mapping makes of each row of a file, and write nothing.

    Ends with 1 if a row would be quarantined or rejected.
    """
    take_in_files(session, [file], Layout(mapping=mapping), dry_run=True)


app.callback()(mapping)
app.command("add")(spread(add))
app.command("list")(spread(list_))
app.command("show")(spread(show))
app.command("try")(spread(try_))
