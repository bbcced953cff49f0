"""How does what the ledger holds get elsewhere: to be kept, taken in again, or cited?

``backup`` and ``restore`` copy the journal, ``export`` writes rows that another ledger can take in, and
``release`` writes everything that is known for those who cite it. Nothing is ever overwritten.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import Output, Session
from service.cli.session import count, data_dir_of, deliver, open_ledger, reach_ledger
from service.cli.terminal import Grid, grid, note, progress, show, write
from service.errors import QueryError, StoreHeld
from service.formats.file_format import Format

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
        """The name of the table in the ledger."""
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
    from service.ledger.backup import backup as write_backup

    with progress("Copying the journal …", quiet=session.quiet):
        target, head = write_backup(data_dir_of(session), file)
    answer = {"file": str(target), "bytes": target.stat().st_size, "entries": head.seq, "head": str(head)}
    size = f"{target.stat().st_size:,} bytes"
    _report(session, answer, f"{count(head.seq, 'entry', 'entries')}, head {head}: {size} in {target}.")


def restore(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `casualty backup` wrote.")],
    *,
    recorded_by: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As the ledger was at that moment, YYYY-MM-DDTHH:MM:SSZ."),
    ] = None,
) -> None:
    """Put a backup where there is no ledger yet, and check it.

    The index is made anew and compared, and only a ledger that is sound gets to the data directory.
    --recorded-by leaves out what was recorded after that moment.
    """
    from service.answers.parameters import read_instant
    from service.ledger.backup import restore as restore_backup

    data_dir = data_dir_of(session)
    with progress("Replaying the journal …", quiet=session.quiet):
        head = restore_backup(file, data_dir, recorded_by=read_instant("recorded_by", recorded_by))
    answer = {"data_dir": str(data_dir), "sound": True, "entries": head.seq, "head": str(head)}
    entries = count(head.seq, "entry", "entries")
    _report(session, answer, f"Restored and sound: {entries}, head {head}, in {data_dir}.")


def export(
    output: Output,
    what: Annotated[
        What, typer.Argument(metavar="|".join(What), help="What to write.", show_default=False)
    ] = What.REPORTS,
    *,
    parquet: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Publish the whole ledger in DIR instead, to be reconciled or served elsewhere.",
            show_default=False,
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="With --parquet: the day of its figures (default: today)."),
    ] = None,
    notes: Annotated[
        bool,
        typer.Option("--notes", help="With --parquet: the notes of reports too, which are the desk's own."),
    ] = False,
) -> None:
    """Write reports so that they can be taken in again.

    Or reference rows, or all series. `casualty ingest` takes reports and `casualty register` the rest;
    each report keeps its id. Withdrawn reports stay out, since a report file could not say that they are:
    `casualty reports` has them. CSV is printed unless another --format is named.

    With --parquet everything that the ledger holds, as files of whole crises, replaces what DIR held before.
    """
    if parquet is not None:
        _publish(output, parquet, what, as_of, notes)
        return
    if as_of is not None or notes:
        raise QueryError(
            "--as-of and --notes go with --parquet.", fix="Add --parquet DIR, or leave them out."
        )
    if output.wanted is None and output.format is None:
        output = dataclasses.replace(output, wanted=Format.CSV)  # it is for programs to read
    with reach_ledger(output) as ledger:
        table, meta, left_out = _rows_to_export(ledger, what)
        deliver(output, table, meta, lambda: [_as_text(table)])
    if left_out and not output.quiet:
        note(f"{count(left_out, 'withdrawn report')} left out.")


def _publish(output: Output, directory: Path, what: What, as_of: str | None, notes: bool) -> None:
    """Publish the ledger in a directory. Raises QueryError where another output is asked for as well."""
    from service.answers.parameters import read_day
    from service.ledger.publish import write_publication
    from service.publication import LEDGER, publish

    if what is not What.REPORTS or output.file is not None or output.wanted is not None:
        raise QueryError(
            "--parquet writes the whole ledger into a directory.",
            fix="Leave out what to write, --format and --output.",
        )
    with (
        publish(directory, LEDGER) as publisher,
        _own_or_copy(output) as ledger,
        progress("Publishing …", quiet=output.quiet),
    ):
        day = read_day("as_of", as_of) or ledger.clock().date()
        with ledger.store.view() as view:
            manifest = write_publication(view, publisher, as_of=day, notes=notes)
    reports, crises = manifest.rows("report"), manifest.rows("reference_crisis")
    answer = {
        "directory": str(directory),
        "head": str(manifest.head),
        "as_of": str(manifest.as_of),
        "reports": reports,
        "sha256": manifest.digest,
    }
    held = f"{count(reports, 'report')} of {count(crises, 'crisis', 'crises')}"
    _report(output, answer, f"{directory}: {held}; head {manifest.head}, figures as of {manifest.as_of}.")


def release(
    session: Session,
    target: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER",
            help="Where to: a new folder, or a zip file if the name ends in .zip (default: "
            "casualty-ledger-DAY-HEAD).",
            show_default=False,
        ),
    ] = None,
    *,
    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help="As the public could know it then (default: today).")
    ] = None,
    recorded_by: Annotated[
        str | None, typer.Option(metavar="TIME", help="As this ledger held it then (default: now).")
    ] = None,
    notes: Annotated[
        bool, typer.Option("--notes", help="With the notes of reports, which are the desk's own.")
    ] = False,
    vintages: Annotated[
        bool, typer.Option("--vintages", help="With how each figure moved as knowledge grew: takes longer.")
    ] = False,
    licence: Annotated[str, typer.Option(metavar="SPDX", help="The terms it is given under.")] = "CC-BY-4.0",
) -> None:
    """Write everything that is known into one folder.

    To be cited and checked: reports, estimates and evidence as CSV, Parquet, DuckDB and SQLite, a data
    package that says what each column means, how to cite and deposit it, the signed head, and every hash. The
    same day and time give the same tables again.
    """
    from service.ledger.backup import refuse_existing
    from service.ledger.heads import Signer
    from service.release import make_release
    from service.release.directory import write_release

    refuse_existing(target)
    with _own_or_copy(session) as ledger, progress("Writing the release …", quiet=session.quiet):
        bundle = make_release(
            ledger,
            as_of=as_of,
            recorded_by=recorded_by,
            notes=notes,
            vintages=vintages,
            licence=licence,
            signer=Signer.of(data_dir_of(session)),
        )
        target = target or Path(bundle.edition.name)
        refuse_existing(target)
        size = write_release(bundle, target)
    rows = {name: table.num_rows for name, table in bundle.edition.tables.items()}
    answer = {
        "file": str(target),
        "bytes": size,
        "sha256": bundle.sha256,
        "as_of": str(bundle.edition.query.as_of),
        "method": bundle.edition.query.method,
        "head": bundle.edition.head,
        "rows": rows,
    }
    said = "{reports:,} reports, {estimates:,} estimates and {evidence:,} rows of evidence".format(**rows)
    _report(
        session,
        answer,
        f"{target}: {said}; as of {bundle.edition.query.as_of}, head {bundle.edition.head}.\n"
        f"sha256 of the tables {bundle.sha256}",
    )


def _as_text(table: pa.Table) -> Grid:
    """Return the rows as a table to read: a million of them are many texts, which no file needs."""
    rows = [[str(cell) for cell in row.values()] for row in table.to_pylist()]
    return grid(table.column_names, rows)


def _rows_to_export(ledger: AnyLedger, what: What) -> tuple[pa.Table, dict[str, Any], int]:
    """Return the rows, their ``meta``, and how many reports are left out of them."""
    from service.answers.filters import ANY
    from service.formats.report_file import report_file

    if what is What.REPORTS:
        reports = ledger.reports(arrow=True)
        table = report_file(reports)
        return table, {"head": str(ledger.head)}, reports.num_rows - table.num_rows
    if what is What.SERIES:
        series = ledger.answer(attributed_to=ANY, period_start=ANY)
        return series.table, series.meta, 0
    return getattr(ledger.reference(), what.table_name), {"head": str(ledger.head)}, 0


@contextlib.contextmanager
def _own_or_copy(session: Session) -> Iterator[Ledger]:
    """Give the ledger of this session or, where another process holds it, one made of a copy of its
    journal."""
    from service.api import Ledger
    from service.ledger.backup import copy_journal

    with contextlib.ExitStack() as stack:
        try:
            ledger = stack.enter_context(open_ledger(session))
        except StoreHeld:
            with progress("Copying the journal …", quiet=session.quiet):
                room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                copy_journal(data_dir_of(session), room)
                ledger = stack.enter_context(Ledger.open(room))
        yield ledger


def _report(session: Session, answer: dict[str, Any], sentence: str) -> None:
    """Print ``answer`` as JSON, or ``sentence`` for a person."""
    if session.as_json:
        write(json.dumps(answer, ensure_ascii=False) + "\n")
    elif not session.quiet:
        show(sentence)


COMMANDS = (backup, restore, export, release)
