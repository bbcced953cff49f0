"""What becomes of the rows of a document?

``casualty ingest`` takes documents in, and takes rows again that were held. Progress is shown on a terminal
only; what became of the rows is printed in any case. This module must not know how rows are read or kept.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli import tables
from service.cli.options import Session
from service.cli.session import count, reach_ledger
from service.cli.terminal import complain, console_for, grid, show, write
from service.errors import QueryError, UnreadableDocument
from service.vocabulary import Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

    from service.cli.session import AnyLedger
    from service.ingest import Watch
    from service.ingest.fixes import Fix
    from service.schema.records import Receipt

NOT_ALL_ACCEPTED = 1
STDIN = "-"
FIRST_VERDICTS = 200
"""How many verdicts a dry run prints."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Layout:
    """How the files of one command are read, where that is not found out."""

    mapping: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE", help="How another layout is read: hxl, ucdp-ged, t4p-gaza … or a TOML file."
        ),
    ] = None
    input_format: Annotated[
        str | None,
        typer.Option("--input-format", metavar="NAME", help="csv, tsv, json, ndjson, parquet, xlsx …"),
    ] = None
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="The encoding of a text, such as windows-1256.")
    ] = None
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="The sheet of a workbook.")] = None
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What to remember the document by (else its file's name; of a pipe: stdin and digest).",
        ),
    ] = None
    release: Annotated[
        str | None,
        typer.Option(
            metavar="full",
            help="full: take back the events and table rows of its sources that the file no longer lists.",
        ),
    ] = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Retry:
    """Whether quarantined rows are taken again, and what is decided about them."""

    retry: Annotated[
        bool, typer.Option("--retry", help="Take the rows again that are held, as things stand now.")
    ] = False
    fixes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="ROW:COLUMN=VALUE",
            help="With --retry: what to take in place of a cell; COLUMN:WAS=VALUE: of every such cell.",
        ),
    ] = None
    fixes_file: Annotated[
        Path | None,
        typer.Option(
            "--fixes",
            metavar="FILE",
            help="With --retry: a CSV of row (or was), column, value, reason, document.",
        ),
    ] = None
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why --set says so; it is kept.")] = ""


def ingest(
    session: Session,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            help="Report files (CSV, JSON, Parquet, Arrow, XLSX); - is standard input. With --retry: names of"
            " documents (default: all).",
            show_default=False,
        ),
    ] = None,
    *,
    layout: Layout,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each row, and write nothing.")
    ] = False,
    again: Retry,
) -> None:
    """Take report files in and say what became of each row.

    A row is accepted, a duplicate, quarantined (it needs a decision) or rejected. Ends with 1 if a row was
    quarantined or rejected; the other rows of its file are kept all the same. --retry takes quarantined rows
    again once a place is known, a mapping mended, or --set says what is meant.
    """
    _check_usage(files, layout, again)
    if not again.retry:
        take_in_files(session, files or (), layout, dry_run=dry_run)
        return
    summary = Summary(session, dry_run=dry_run)
    with reach_ledger(session, writes=True) as ledger:
        _retry(ledger, files or (), layout.mapping, again, summary)
        summary.end(str(ledger.head))


def take_in_files(session: Session, files: Sequence[str], layout: Layout, *, dry_run: bool) -> None:
    """Take in files, or say what would become of them; raises Exit with the code that it calls for."""
    summary = Summary(session, dry_run=dry_run)
    if "-" in files:
        _await_input()
    with reach_ledger(session, writes=True, begins=True, dry_run=dry_run) as ledger:
        _ingest_files(ledger, files, layout, summary)
        summary.end(str(ledger.head))


def _await_input() -> None:
    """Wait until standard input has something to say, before the ledger is opened: the command that writes
    into the pipe (``casualty draft``) may need the ledger first."""
    if isinstance(sys.stdin.buffer, io.BufferedReader):
        sys.stdin.buffer.peek(1)


def _check_usage(files: Sequence[str] | None, layout: Layout, again: Retry) -> None:
    """Raise QueryError for options that do not go together, or for no file at all."""
    if again.retry and (
        layout.input_format or layout.encoding or layout.sheet or layout.release or layout.name
    ):
        raise QueryError(
            "--retry reads no file.",
            fix="Leave out --input-format, --encoding, --sheet, --name and --release.",
        )
    if not again.retry and (again.fixes or again.fixes_file or again.reason):
        raise QueryError("--set, --fixes and --reason are for --retry.", fix="Add it, or leave them out.")
    if layout.name and len(files or ()) > 1:
        raise QueryError("--name is the name of one document.", fix="Hand the files in one by one.")
    if layout.release and len(files or ()) > 1:
        raise QueryError(
            "Each file would take back what only the others list.",
            fix="Hand a full release in as one file.",
        )
    if not again.retry and not files:
        raise QueryError("No file is named.", fix="Name report files; - is standard input.")


def _retry(
    ledger: AnyLedger, documents: Sequence[str], mapping: str | None, again: Retry, summary: Summary
) -> None:
    """Take the rows of ``documents`` (none: of all) that are held once more."""
    with _progress_bar("Taking rows again …", quiet=summary.session.quiet):
        fixes = _read_fixes(again)
        receipts = ledger.retry(*documents, mapping=mapping, fixes=fixes, dry_run=summary.dry_run)
    for name, receipt in receipts:
        summary.add(name, receipt)


def _ingest_files(ledger: AnyLedger, files: Sequence[str], layout: Layout, summary: Summary) -> None:
    """Take in every file in turn; one that is no table does not stop the others."""
    for file in files:
        _check_file(file)
    options: dict[str, Any] = {
        "mapping": layout.mapping,
        "format": layout.input_format,
        "encoding": layout.encoding,
        "sheet": layout.sheet,
        "release": layout.release,
    }
    for file in files:
        with open_document(file, layout.name) as (name, path):
            try:
                with _progress_bar(f"Reading {name}", quiet=summary.session.quiet) as watch:
                    receipt = ledger.ingest(path, name=name, dry_run=summary.dry_run, watch=watch, **options)
            except UnreadableDocument as error:
                summary.refuse(error)
            else:
                summary.add(name, receipt)


class Summary:
    """What became of the documents of one command, printed one by one and at the end."""

    def __init__(self, session: Session, *, dry_run: bool) -> None:
        self.session = session
        self.dry_run = dry_run
        self._tally: Counter[str] = Counter()
        self._findings: list[dict[str, Any]] = []
        self._refusal: UnreadableDocument | None = None

    def add(self, name: str, receipt: Receipt) -> None:
        """Count a document in, and print what became of its rows."""
        tally = {str(verdict): getattr(receipt, verdict) for verdict in Verdict}
        self._tally.update(tally)
        from service.schema.records import finding_row

        findings = [{"document": name, **finding_row(finding)} for finding in receipt.findings]
        if self.session.as_json:
            self._findings += findings
            return
        if self.session.quiet and _are_all_accepted(tally):
            return
        counts = ", ".join(f"{tally[verdict]} {verdict}" for verdict in Verdict)
        ending = " (dry run: nothing was written)" if self.dry_run else ""
        show(f"{name}: {count(sum(tally.values()), 'row')}: {counts}{ending}")
        if self.dry_run and not self.session.quiet:
            show(*_verdict_grid(receipt))
        show(*tables.findings(findings))

    def refuse(self, error: UnreadableDocument) -> None:
        """Print why a document could not be read at all."""
        self._refusal = error
        complain(error, as_json=self.session.as_json)

    def end(self, head: str) -> None:
        """Print the sum of it; raises Exit with the code that it calls for."""
        if self.session.as_json:
            tally = {str(verdict): self._tally[verdict] for verdict in Verdict}
            answer = {**tally, "head": head, "findings": self._findings}
            write(json.dumps(answer, ensure_ascii=False) + "\n")
        elif not self._tally and not self._refusal and not self.session.quiet:
            show("No row waits to be taken again.")
        if self._refusal:
            raise typer.Exit(self._refusal.exit_code)
        if not _are_all_accepted(self._tally):
            raise typer.Exit(NOT_ALL_ACCEPTED)


def _verdict_grid(receipt: Receipt) -> list[RenderableType]:
    """Return the verdict of each row; rows that follow each other with the same one share a line."""
    spans: list[list[Any]] = []
    for row, verdict, _ in receipt.verdicts:
        if spans and spans[-1][2] == verdict and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row, verdict])
    cells = [
        (f"{first}" if first == last else f"{first} to {last}", verdict)
        for first, last, verdict in spans[:FIRST_VERDICTS]
    ]
    more = len(spans) - len(cells)
    return [grid(("row", "verdict"), cells, indent=2), *([f"  … and {more} more."] if more else [])]


@contextmanager
def _progress_bar(task: str, *, quiet: bool) -> Iterator[Watch | None]:
    """Show rows a second and the time left on standard error, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console_for(sys.stderr), transient=True) as progress:
        bar = progress.add_task(task, total=None, speed="")

        def watch(rows: int, position: int, size: int) -> None:
            seconds = progress.tasks[0].elapsed or 0.0
            speed = f", {rows / seconds:,.0f} rows/s" if seconds else ""
            progress.update(bar, total=size, completed=position, speed=f"{rows:,} rows{speed}")

        yield watch


def _read_fixes(again: Retry) -> list[Fix]:
    """Return the fixes of the command line and of the file. Raises QueryError where there is no such file."""
    from service.ingest.fixes import Fix, read_fixes

    fixes = [Fix.parse(text, again.reason) for text in again.fixes or ()]
    file = again.fixes_file
    if file is not None:
        if not file.is_file():
            raise QueryError(f"There is no file {file}.", fix="Check the path.")
        fixes += read_fixes(file.read_bytes(), file.name)
    return fixes


def _check_file(file: str) -> None:
    """Raise QueryError where ``file`` cannot be a document, before anything is taken in."""
    if file != STDIN and not Path(file).exists():
        raise QueryError(f"There is no file {file}.", fix="Check the path; - is standard input.")
    if Path(file).is_dir() and not (Path(file) / "datapackage.json").is_file():
        raise QueryError(f"{file} is a directory.", fix="Name the files in it.")


@contextmanager
def open_document(file: str, name: str | None = None) -> Iterator[tuple[str, Path]]:
    """Give the name to remember a document by, and a file that holds it. Raises QueryError where none is."""
    if file != STDIN:
        _check_file(file)
        if not os.access(file, os.R_OK):
            raise QueryError(f"{file} cannot be read.", fix="Check who may read it.")
        yield name or Path(file).name, Path(file)
        return
    with tempfile.NamedTemporaryFile() as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.seek(0)
        digest = hashlib.file_digest(copy, "sha256").hexdigest()
        yield name or name_of_pipe(digest), Path(copy.name)


def name_of_pipe(digest: str) -> str:
    """Return what a document is remembered by that came through a pipe; its held rows are mended by it."""
    return f"stdin-{digest[:8]}"


def _are_all_accepted(tally: Mapping[str, int]) -> bool:
    return not (tally[Verdict.QUARANTINED] or tally[Verdict.REJECTED])
