"""Is what is stored sound?

The commands that check the ledger, make its index anew and tell versions and places.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import Session
from service.cli.session import count, data_dir_of, ledger_of, open_ledger
from service.cli.terminal import progress, show, write
from service.errors import StoreError

if TYPE_CHECKING:
    from service.schema.records import Finding, Head

LARGEST_HEAD = 64 * 1024
HEAD_GIVEN = re.compile(r"\d+-[0-9a-f]+")
LIBRARIES = ("duckdb", "pyarrow", "pandas", "fastapi", "plotly")


def verify(
    session: Session,
    heads: Annotated[
        list[str] | None,
        typer.Option(
            "--head",
            metavar="HEAD",
            help="An earlier head that must be a beginning of this ledger (repeatable): ENTRIES-HASH, or a "
            "file with what /v1/head or `casualty head` gave; - reads it from standard input.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check the journal's hashes, and the index against it; beside a running server, the journal alone."""
    from service.ledger.heads import read_head

    earlier = [read_head(_text_of(head)) for head in heads or []]
    faults, head, what = _verify(session, earlier)
    if session.as_json:
        from service.schema.records import finding_row

        findings = [finding_row(fault) for fault in faults]
        answer = {"sound": not faults, "entries": head.seq, "head": str(head), "findings": findings}
        write(_json({**answer, "checked": what}))
    elif faults:
        show(*(f"{fault.message} {fault.fix}".rstrip() for fault in faults))
    elif not session.quiet:
        show(f"The {what} is sound: {count(head.seq, 'entry', 'entries')}, head {head}.")
        show(*(f"It begins with head {seq}-{digits[:12]}." for seq, digits in earlier))
    if faults:
        raise typer.Exit(StoreError.exit_code)


def _verify(session: Session, heads: list[tuple[int, str]]) -> tuple[list[Finding], Head, str]:
    """Return what is wrong, the head, and what was checked: the ledger, or the journal beside a server."""
    from service.ledger import holder
    from service.ledger.heads import verify_beside

    data_dir = ledger_of(session)
    with progress("Checking every entry …", quiet=session.quiet):
        owner = holder(data_dir)
        if owner and owner.address:
            head, faults = verify_beside(data_dir, heads)
            return faults, head, "journal"
        with open_ledger(session) as ledger:
            return ledger.verify(heads), ledger.head, "ledger"


def _text_of(head: str) -> str:
    """Return a head as it was given, or what stands in the file of that name."""
    import sys

    if head == "-":
        return sys.stdin.read(LARGEST_HEAD)
    if HEAD_GIVEN.fullmatch(head):
        return head
    try:
        with Path(head).open(encoding="utf-8") as file:
            return file.read(LARGEST_HEAD)
    except (OSError, ValueError):
        return head


def head(
    session: Session,
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign it with the key in head.key, made where there is none.")
    ] = False,
) -> None:
    """Print the head: kept elsewhere, `verify --head` proves by it that nothing before it changed."""
    from service.api import now
    from service.ledger.heads import Signer, open_journal

    data_dir = data_dir_of(session)
    latest = open_journal(data_dir).head
    if sign:
        write(_json(Signer.of(data_dir).sign(latest, now()).words()))
    elif session.as_json:
        write(_json({"entries": latest.seq, "head": str(latest), "hash": latest.hash}))
    else:
        show(f"{latest.seq}-{latest.hash}")


def rebuild(session: Session) -> None:
    """Make the DuckDB file anew from the journal; of the old one only the head is read.

    Where that knows an entry which the journal has not, nothing is made.
    """
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
        return {"ledger": "not begun; `casualty serve` begins one with the shipped reports"}, True
    try:
        with open_ledger(session) as ledger:
            faults, head = ledger.verify(), ledger.head
    except StoreError as error:
        return {"ledger": str(error)}, False
    state = " ".join(fault.message for fault in faults) or "sound"
    return {"ledger": state, "entries": head.seq, "head": str(head)}, not faults


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
