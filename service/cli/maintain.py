"""Is the ledger well?

The commands that look after what is stored.
"""

from __future__ import annotations

import dataclasses
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import typer

from service.cli.options import Session
from service.cli.session import count, open_ledger
from service.cli.terminal import progress, show, write
from service.errors import StoreError

LIBRARIES = ("duckdb", "pyarrow", "pandas", "fastapi", "plotly")


def verify(session: Session) -> None:
    """Check the journal's hashes, and the index against it."""
    with open_ledger(session) as ledger:
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
    with open_ledger(session) as ledger:
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
        "casualty": installed_version("casualty-ledger"),
        "python": platform.python_version(),
        **{library: installed_version(library) for library in LIBRARIES},
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


def installed_version(distribution: str) -> str:
    """The version of an installed distribution."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _state(place: Path, session: Session) -> tuple[dict[str, Any], bool]:
    """What state the ledger in ``place`` is in, and whether that is well."""
    from service.ledger import holder

    if held := holder(place):
        return {"ledger": f"held by process {held.pid}", "served_at": held.address or "no address"}, True
    if not (place / "journal").exists():
        return {"ledger": "not begun; the first use loads the shipped reports"}, True
    try:
        with open_ledger(session) as ledger:
            wrong, head = ledger.verify(), ledger.head
    except StoreError as error:
        return {"ledger": str(error)}, False
    said = " ".join(finding.message for finding in wrong) or "sound"
    return {"ledger": said, "entries": head.seq, "head": str(head)}, not wrong


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
