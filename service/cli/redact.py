"""How is a text taken out of the ledger for good?

It leaves the journal, the index and every backup to come; that it was done, when and why is an entry of its
own. What the command cannot reach, it says.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer

from service.cli.options import Session
from service.cli.session import count, reach_ledger
from service.cli.terminal import show, write
from service.errors import QueryError

NOTE = "note"


def redact(
    session: Session,
    report_id: Annotated[
        str | None,
        typer.Argument(
            metavar="ID", help="The report's id, as `casualty reports` has it.", show_default=False
        ),
    ] = None,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept, and names nobody.")],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="COLUMN",
            help="What is to go (repeatable). Of a report: note (default), reason (of its withdrawals and "
            "corrections) or findings (what was noticed about it). Of a held row: its cells (default: all).",
            show_default=False,
        ),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The document of a held row: its name, or its SHA-256."),
    ] = None,
    row: Annotated[int | None, typer.Option(min=1, metavar="N", help="The number of a held row.")] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A mapping that the ledger keeps, in each version; with @ and its hash, that one.",
        ),
    ] = None,
) -> None:
    """Take texts of a report, of a row that was held, or of a mapping, out of the ledger for good.

    They leave the journal, the index and the backups to come; nothing else changes, and `verify` still proves
    it. Earlier backups, copies elsewhere, snapshots of the disk and what was published before are not
    reached: publish it anew.
    """
    meant = [given for given in (report_id, document, mapping) if given is not None]
    if len(meant) != 1 or (document is None) != (row is None):
        raise QueryError(
            "It is not clear what is meant.",
            fix="Give the id of a report, or --document and --row, or --mapping.",
        )
    if mapping is not None and columns:
        raise QueryError("A mapping is taken out as a whole.", fix="Leave out --column.")
    with reach_ledger(session, writes=True) as ledger:
        if report_id is not None:
            done = ledger.redact(report_id, columns=columns or [NOTE], reason=reason)
        elif mapping is not None:
            done = ledger.redact_mapping(mapping, reason=reason)
        else:
            done = ledger.redact_held_row(document or "", row or 0, columns=columns or (), reason=reason)
    if session.as_json:
        answer = {**dataclasses.asdict(done), "head": str(done.head), "remarks": done.remarks()}
        write(json.dumps(answer, ensure_ascii=False) + "\n")
    elif not session.quiet:
        places = f"{count(done.texts, 'text')} of {count(done.entries, 'entry', 'entries')}"
        show(f"{places} taken out for good; head {done.head}.", *done.remarks())
