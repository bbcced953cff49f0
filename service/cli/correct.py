"""How is a report withdrawn or corrected?

Nothing is overwritten: a withdrawal and a correction are entries of their own, and the old report stays, with
the reason and what replaces it.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from service.cli import tables
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


def correct(
    session: Session,
    report_id: ReportId,
    file: Annotated[str, typer.Argument(metavar="FILE", help="What is right; - is standard input.")],
    reason: Reason,
) -> None:
    """Put the reports of a file in the place of one.

    The old one is withdrawn and points at them.
    Ends with 1 where a row of the file was not accepted; where none was sound, the old report stands.
    """
    if file != STDIN and not Path(file).is_file():
        raise QueryError(f"There is no file {file}.", fix="Check the path; - is standard input.")
    data = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    name = "stdin" if file == STDIN else Path(file).name
    with reach_ledger(session, writes=True) as ledger:
        receipt = ledger.correct(report_id, data, reason=reason, name=name)
    tally = {str(verdict): getattr(receipt, verdict) for verdict in Verdict}
    findings = [{"document": name, **dataclasses.asdict(finding)} for finding in receipt.findings]
    if session.as_json:
        answer = {**tally, "head": str(receipt.head), "findings": findings}
        write(json.dumps(answer, ensure_ascii=False) + "\n")
    elif not session.quiet or findings:
        counts = ", ".join(f"{number} {verdict}" for verdict, number in tally.items())
        show(f"In the place of {report_id}: {counts}", *tables.findings(findings))
    if receipt.quarantined or receipt.rejected:
        raise typer.Exit(NOT_ALL_ACCEPTED)
