"""Is what is stored sound?

The commands that check the ledger, make its index anew and tell versions and places.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import typer

from service.cli.options import Session
from service.cli.session import count, data_dir_of, open_ledger
from service.cli.terminal import progress, show, write
from service.errors import StoreError

LIBRARIES = ("duckdb", "pyarrow", "pandas", "fastapi", "plotly")


def verify(session: Session) -> None:
    """Check the journal's hashes, and the index against it."""
    with open_ledger(session) as ledger:
        with progress("Checking every entry …", quiet=session.quiet):
            faults = ledger.verify()
        head = ledger.head
    if session.as_json:
        findings = [dataclasses.asdict(fault) for fault in faults]
        write(_json({"sound": not faults, "entries": head.seq, "head": str(head), "findings": findings}))
    elif faults:
        show(*(f"{fault.message} {fault.fix}".rstrip() for fault in faults))
    elif not session.quiet:
        show(f"The ledger is sound: {count(head.seq, 'entry', 'entries')}, head {head}.")
    if faults:
        raise typer.Exit(StoreError.exit_code)


def rebuild(session: Session) -> None:
    """Make the DuckDB file anew from the journal; the old one is not opened."""
    with open_ledger(session, afresh=True) as ledger:
        head = ledger.head
    if session.as_json:
        write(_json({"entries": head.seq, "head": str(head)}))
    elif not session.quiet:
        show(f"Rebuilt from the journal: {count(head.seq, 'entry', 'entries')}, head {head}.")


def doctor(session: Session) -> None:
    """Tell versions, and where and how the data lies."""
    import platform

    data_dir = data_dir_of(session).resolve()
    state, is_sound = _state(data_dir, session)
    report = {
        "casualty": installed_version("casualty-ledger"),
        "python": platform.python_version(),
        **{library: installed_version(library) for library in LIBRARIES},
        "platform": platform.platform(),
        "data_dir": str(data_dir),
        "journal_bytes": sum(path.stat().st_size for path in (data_dir / "journal").glob("*")),
        "index_bytes": sum(path.stat().st_size for path in data_dir.glob("*.duckdb")),
        **state,
    }
    if session.as_json:
        write(_json(report))
    else:
        show(*(f"{name.replace('_', ' '):<14} {value}" for name, value in report.items()))
    if not is_sound:
        raise typer.Exit(StoreError.exit_code)


def installed_version(distribution: str) -> str:
    """Return the version of an installed distribution, or that it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _state(data_dir: Path, session: Session) -> tuple[dict[str, Any], bool]:
    """Return the state of the ledger in ``data_dir``, and whether that is as it should be."""
    from service.ledger import holder

    if owner := holder(data_dir):
        return {"ledger": f"held by process {owner.pid}", "served_at": owner.address or "no address"}, True
    if not (data_dir / "journal").exists():
        return {"ledger": "not begun; the first use loads the shipped reports"}, True
    try:
        with open_ledger(session) as ledger:
            faults, head = ledger.verify(), ledger.head
    except StoreError as error:
        return {"ledger": str(error)}, False
    state = " ".join(fault.message for fault in faults) or "sound"
    return {"ledger": state, "entries": head.seq, "head": str(head)}, not faults


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
