"""How is a report withdrawn or corrected?

Nothing is overwritten: a withdrawal and a correction are entries of their own, and the old report stays, with
the reason and what replaces it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from service.cli import tables
from service.cli.ingest import name_of_pipe
from service.cli.options import Session
from service.cli.session import reach_ledger
from service.cli.terminal import show, write
from service.errors import QueryError
from service.vocabulary import Verdict

NOT_ALL_ACCEPTED = 1
STDIN = "-"

ReportId = Annotated[str, typer.Argument(metavar="ID", help="The report's id, as `casualty reports` has it.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is shown with the report.")]


def withdraw(session: Session, report_id: ReportId, reason: Reason) -> None:
    """Take a report back; it stays to be seen, with the reason."""
    with reach_ledger(session, writes=True) as ledger:
        head = ledger.withdraw(report_id, reason=reason)
    if session.as_json:
        write(json.dumps({"report_id": report_id, "withdrawn": reason, "head": str(head)}) + "\n")
    elif not session.quiet:
        show(f"{report_id} is withdrawn; head {head}.")


def reinstate(session: Session, report_id: ReportId, reason: Reason) -> None:
    """Let a report that was taken back stand again."""
    with reach_ledger(session, writes=True) as ledger:
        head = ledger.reinstate(report_id, reason=reason)
    if session.as_json:
        write(json.dumps({"report_id": report_id, "reinstated": reason, "head": str(head)}) + "\n")
    elif not session.quiet:
        show(f"{report_id} stands; head {head}.")


def _read_value(text: str) -> tuple[str, str]:
    """Return the column and the value of ``COLUMN=VALUE``. Raises QueryError."""
    column, equals, value = text.partition("=")
    if not equals or not column.strip():
        raise QueryError(f"“{text[:100]}” is not COLUMN=VALUE.", fix="Write it like count=104.")
    return column.strip(), value


def _read_file(file: str) -> tuple[str, bytes]:
    if file == STDIN:
        rows = sys.stdin.buffer.read()
        return name_of_pipe(hashlib.sha256(rows).hexdigest()), rows
    if not Path(file).is_file():
        raise QueryError(f"There is no file {file}.", fix="Check the path; - is standard input.")
    return Path(file).name, Path(file).read_bytes()


def correct(
    session: Session,
    report_id: ReportId,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="What is right; - is standard input.", show_default=False),
    ] = None,
    *,
    reason: Reason,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="COLUMN=VALUE", help="What differs, in place of a file."),
    ] = None,
) -> None:
    """Put the reports of a file in the place of one, or what --set says of it.

    The old one is withdrawn and points at them.
    Ends with 1 where a row of the file was not accepted; where none was sound, the old report stands.
    """
    if (file is None) == (not values):
        raise QueryError("What is right comes from a file, or from --set.", fix="Give one of the two.")
    if file is None:
        name = "--set"
        wanted = dict(_read_value(text) for text in values or ())
        with reach_ledger(session, writes=True) as ledger:
            receipt = ledger.amend(report_id, wanted, reason=reason)
    else:
        name, data = _read_file(file)
        with reach_ledger(session, writes=True) as ledger:
            receipt = ledger.correct(report_id, data, reason=reason, name=name)
    tally = {str(verdict): getattr(receipt, verdict) for verdict in Verdict}
    from service.schema.records import finding_row

    findings = [{"document": name, **finding_row(finding)} for finding in receipt.findings]
    if session.as_json:
        answer = {**tally, "head": str(receipt.head), "findings": findings}
        write(json.dumps(answer, ensure_ascii=False) + "\n")
    elif not session.quiet or findings:
        counts = ", ".join(f"{number} {verdict}" for verdict, number in tally.items())
        show(f"In the place of {report_id}: {counts}", *tables.findings(findings))
    if receipt.quarantined or receipt.rejected:
        raise typer.Exit(NOT_ALL_ACCEPTED)
