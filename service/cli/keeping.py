"""What is handed in, and is the ledger well?

The commands that take documents in, and those that look after what is stored.
"""

from __future__ import annotations

import dataclasses
import json
import platform
import sys
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli import tables
from service.cli.options import Session
from service.cli.session import count, opened
from service.cli.terminal import complain, progress, show, write
from service.errors import QueryError, StoreError, UnreadableDocument
from service.vocabulary import Verdict

LIBRARIES = ("duckdb", "pyarrow", "pandas", "fastapi", "plotly")
NOT_ALL_ACCEPTED = 1
STDIN = "-"


def ingest(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE", help="Report files (CSV, JSON, Parquet, Arrow, XLSX); - is standard input."
        ),
    ],
    session: Session,
    *,
    mapping: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE", help="How another layout is read: hxl, ucdp-ged, t4p-gaza … or a TOML file."
        ),
    ] = None,
    input_format: Annotated[
        str | None,
        typer.Option("--input-format", metavar="NAME", help="csv, tsv, json, ndjson, parquet, xlsx …"),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="The encoding of a text, such as windows-1256.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="The sheet of a workbook.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each row, and write nothing.")
    ] = False,
) -> None:
    """Take report files in and say what became of each row.

    A row is accepted, a duplicate, quarantined (it needs a decision) or rejected. Ends with 1 if a row was
    quarantined or rejected; the other rows of its file are kept all the same.
    """
    for file in files:
        _check(file)
    tally: Counter[str] = Counter()
    found: list[dict[str, Any]] = []
    refused: UnreadableDocument | None = None
    with opened(session) as ledger:
        for file in files:
            name, data = _document(file)
            try:
                with progress(f"Reading {name} …", quiet=session.quiet):
                    receipt = ledger.ingest(
                        data,
                        name=name,
                        dry_run=dry_run,
                        mapping=mapping,
                        format=input_format,
                        encoding=encoding,
                        sheet=sheet,
                    )
            except UnreadableDocument as error:
                refused = error
                complain(error, as_json=session.as_json)
                continue
            verdicts = {str(verdict): getattr(receipt, verdict) for verdict in Verdict}
            tally.update(verdicts)
            findings = [{"document": name, **dataclasses.asdict(finding)} for finding in receipt.findings]
            found += findings
            if not session.as_json and not (session.quiet and _all_accepted(verdicts)):
                show(_verdicts(name, verdicts, dry_run=dry_run), *tables.findings(findings))
        head = str(ledger.head)
    if session.as_json:
        write(
            _json({**{str(verdict): tally[verdict] for verdict in Verdict}, "head": head, "findings": found})
        )
    if refused:
        raise typer.Exit(refused.exit_code)
    if not _all_accepted(tally):
        raise typer.Exit(NOT_ALL_ACCEPTED)


def verify(session: Session) -> None:
    """Check the journal's hashes, and the index against it."""
    with opened(session) as ledger:
        with progress("Checking every entry …", quiet=session.quiet):
            wrong = ledger.verify()
        head = ledger.head
    if session.as_json:
        findings = [dataclasses.asdict(finding) for finding in wrong]
        write(_json({"sound": not wrong, "entries": head.seq, "head": str(head), "findings": findings}))
    elif wrong:
        show(*(f"{finding.message} {finding.fix}".rstrip() for finding in wrong))
    elif not session.quiet:
        show(f"The ledger is sound: {count(head.seq, 'entry', 'entries')}, head {head}.")
    if wrong:
        raise typer.Exit(StoreError.exit_code)


def rebuild(session: Session) -> None:
    """Make the DuckDB file anew from the journal."""
    with opened(session) as ledger:
        with progress("Replaying the journal …", quiet=session.quiet):
            ledger.rebuild()
        head = ledger.head
    if session.as_json:
        write(_json({"entries": head.seq, "head": str(head)}))
    elif not session.quiet:
        show(f"Rebuilt from the journal: {count(head.seq, 'entry', 'entries')}, head {head}.")


def doctor(session: Session) -> None:
    """Tell versions, and where and how the data lies."""
    from service.settings import Settings

    place = (session.data_dir or Settings().data_dir).resolve()
    state, is_well = _state(place, session)
    report = {
        "casualty": installed("casualty-ledger"),
        "python": platform.python_version(),
        **{library: installed(library) for library in LIBRARIES},
        "platform": platform.platform(),
        "data_dir": str(place),
        "journal_bytes": sum(path.stat().st_size for path in (place / "journal").glob("*")),
        "index_bytes": sum(path.stat().st_size for path in place.glob("*.duckdb")),
        **state,
    }
    if session.as_json:
        write(_json(report))
    else:
        show(*(f"{name.replace('_', ' '):<14} {value}" for name, value in report.items()))
    if not is_well:
        raise typer.Exit(StoreError.exit_code)


def installed(distribution: str) -> str:
    """The version of an installed distribution."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _check(file: str) -> None:
    """Raises QueryError where ``file`` cannot be a document, before anything is taken in."""
    if file != STDIN and not Path(file).exists():
        raise QueryError(f"There is no file {file}.", fix="Check the path; - is standard input.")
    if Path(file).is_dir():
        raise QueryError(f"{file} is a directory.", fix="Name the files in it.")


def _document(file: str) -> tuple[str, bytes]:
    """The name to remember a document by, and its bytes."""
    if file == STDIN:
        return "stdin", sys.stdin.buffer.read()
    try:
        return Path(file).name, Path(file).read_bytes()
    except OSError as error:
        raise QueryError(f"{file} cannot be read: {error.strerror}.", fix="Check who may read it.") from error


def _verdicts(name: str, tally: dict[str, int], *, dry_run: bool) -> str:
    """One line: how many rows a document had and what became of them."""
    said = ", ".join(f"{tally[verdict]} {verdict}" for verdict in Verdict)
    return f"{name}: {count(sum(tally.values()), 'row')}: {said}" + (
        " (dry run: nothing was written)" if dry_run else ""
    )


def _all_accepted(tally: Mapping[str, int]) -> bool:
    return not (tally[Verdict.QUARANTINED] or tally[Verdict.REJECTED])


def _state(place: Path, session: Session) -> tuple[dict[str, Any], bool]:
    """What state the ledger in ``place`` is in, and whether that is well."""
    from service.ledger import holder

    if held := holder(place):
        return {"ledger": f"held by process {held.pid}", "served_at": held.address or "no address"}, True
    if not (place / "journal").exists():
        return {"ledger": "not begun; the first use loads the shipped reports"}, True
    try:
        with opened(session) as ledger:
            wrong, head = ledger.verify(), ledger.head
    except StoreError as error:
        return {"ledger": str(error)}, False
    said = " ".join(finding.message for finding in wrong) or "sound"
    return {"ledger": said, "entries": head.seq, "head": str(head)}, not wrong


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
