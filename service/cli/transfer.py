"""How does what the ledger holds get elsewhere: to be kept, taken in again, or cited?

``backup`` and ``restore`` pass the journal on, ``export`` the rows that another ledger can take in, and
``release`` the whole of what is known to whoever cites it. Nothing is ever written over.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import Format, Output, Session
from service.cli.session import count, deliver, open_ledger, place_of, reach_ledger
from service.cli.terminal import grid, note, progress, show, write
from service.errors import StoreHeld

if TYPE_CHECKING:
    import pyarrow as pa

    from service.api import Ledger
    from service.cli.session import AnyLedger


class What(StrEnum):
    """What can be exported so that it comes in again."""

    REPORTS = "reports"
    SERIES = "series"
    AREAS = "areas"
    SOURCES = "sources"
    POPULATIONS = "populations"
    CRISES = "crises"

    @property
    def table_name(self) -> str:
        return {"areas": "area", "sources": "source", "populations": "population", "crises": "crisis"}[self]


def backup(
    session: Session,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Where to (default: casualty-HEAD.tar).", show_default=False),
    ] = None,
) -> None:
    """Copy the journal into one file, also while a server is running.

    The copy is checked, down to every hash, before it gets its name. Keys are not in it.
    """
    from service.ledger.backup import backup as keep

    with progress("Copying the journal …", quiet=session.quiet):
        target, head = keep(place_of(session), file)
    told = {"file": str(target), "bytes": target.stat().st_size, "entries": head.seq, "head": str(head)}
    size = f"{target.stat().st_size:,} bytes"
    _tell(session, told, f"{count(head.seq, 'entry', 'entries')}, head {head}: {size} in {target}.")


def restore(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `casualty backup` wrote.")],
) -> None:
    """Put a backup where there is no ledger yet, and check it.

    The index is made anew and compared, and only a ledger that is sound gets to the data directory.
    """
    from service.ledger.backup import restore as put_back

    place = place_of(session)
    with progress("Replaying the journal …", quiet=session.quiet):
        head = put_back(file, place)
    told = {"data_dir": str(place), "sound": True, "entries": head.seq, "head": str(head)}
    _tell(
        session, told, f"Restored and sound: {count(head.seq, 'entry', 'entries')}, head {head}, in {place}."
    )


def export(
    output: Output,
    what: Annotated[
        What, typer.Argument(metavar="|".join(What), help="What to write.", show_default=False)
    ] = What.REPORTS,
) -> None:
    """Write reports so that they can be taken in again.

    Or reference rows, or all series. `casualty ingest` takes reports and `casualty register` the rest;
    each report keeps its id. Withdrawn reports stay out, since a report file could not say that they are:
    `casualty reports` has them. CSV is printed unless another --format is named.
    """
    if output.wanted is None and output.format is Format.TABLE:
        output = dataclasses.replace(output, wanted=Format.CSV)  # it is for programs to read
    with reach_ledger(output) as ledger:
        table, meta, left_out = _exported(ledger, what)
        names = table.column_names
        rows = [[str(cell) for cell in row.values()] for row in table.to_pylist()]
        deliver(output, table, meta, lambda: [grid(names, rows)])
    if left_out and not output.quiet:
        note(f"{count(left_out, 'withdrawn report')} left out.")


def release(
    session: Session,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="Where to (default: casualty-ledger-DAY-HEAD.zip).", show_default=False
        ),
    ] = None,
    *,
    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help="As the public could know it then (default: today).")
    ] = None,
    recorded_by: Annotated[
        str | None, typer.Option(metavar="TIME", help="As this ledger held it then (default: now).")
    ] = None,
) -> None:
    """Write everything that is known into one file.

    To be cited and checked: reports, estimates and evidence as CSV and Parquet, what each column means, how
    to cite it, and every hash. The same day and time give the same bytes again.
    """
    from service.ledger.backup import refuse_existing
    from service.release import bundle

    refuse_existing(file)
    with _own_or_copied(session) as ledger, progress("Writing the release …", quiet=session.quiet):
        made = bundle(ledger, as_of=as_of, recorded_by=recorded_by)
    target = file or Path(f"{made.name}.zip")
    refuse_existing(target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".casualty-release.") as room:
        unfinished = Path(room) / "release.zip"
        unfinished.write_bytes(made.data)
        unfinished.replace(target)
    digest = hashlib.sha256(made.data).hexdigest()
    told = {
        "file": str(target),
        "bytes": len(made.data),
        "sha256": digest,
        "as_of": str(made.query.as_of),
        "method": made.query.method,
        "head": made.head,
        "rows": made.rows,
    }
    rows = "{reports:,} reports, {estimates:,} estimates and {evidence:,} rows of evidence".format(
        **made.rows
    )
    _tell(session, told, f"{target}: {rows}; as of {made.query.as_of}, head {made.head}.\nsha256 {digest}")


def _exported(ledger: AnyLedger, what: What) -> tuple[pa.Table, dict[str, Any], int]:
    """The rows, what they hold for, and how many reports have no place among them."""
    from service.answers.filters import ANY
    from service.formats.report_file import report_file

    if what is What.REPORTS:
        reports = ledger.reports(arrow=True)
        table = report_file(reports)
        return table, {"head": str(ledger.head)}, reports.num_rows - table.num_rows
    if what is What.SERIES:
        found = ledger.answer(attributed_to=ANY, period_start=ANY)
        return found.table, found.meta, 0
    return getattr(ledger.reference(), what.table_name), {"head": str(ledger.head)}, 0


@contextlib.contextmanager
def _own_or_copied(session: Session) -> Iterator[Ledger]:
    """The ledger of this session or, where another process holds it, one made of a copy of its journal."""
    from service.api import connect
    from service.ledger.backup import copy_journal

    with contextlib.ExitStack() as stack:
        try:
            ledger = stack.enter_context(open_ledger(session))
        except StoreHeld:
            with progress("Copying the journal …", quiet=session.quiet):
                room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                copy_journal(place_of(session), room)
                ledger = stack.enter_context(connect(room))
        yield ledger


def _tell(session: Session, told: dict[str, Any], said: str) -> None:
    if session.as_json:
        write(json.dumps(told, ensure_ascii=False) + "\n")
    elif not session.quiet:
        show(said)


COMMANDS = (backup, restore, export, release)
