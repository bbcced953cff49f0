"""What becomes of the rows of a document?

``casualty ingest``: documents are taken in, and rows that were held aside taken again. Progress is shown on a
terminal only; what became of the rows is said in any case.
"""

from __future__ import annotations

import dataclasses
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
from service.cli.session import count, open_ledger, reach_ledger
from service.cli.terminal import complain, console_for, grid, show, write
from service.errors import QueryError, UnreadableDocument
from service.vocabulary import Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

    from service.cli.session import AnyLedger
    from service.ingest import Watch
    from service.ingest.retry import Fix
    from service.schema.records import Receipt

NOT_ALL_ACCEPTED = 1
STDIN = "-"
FIRST_VERDICTS = 200
"""How many rows a rehearsal tells one by one."""


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
    retry: Annotated[
        bool, typer.Option("--retry", help="Take the rows again that are held aside, as things stand now.")
    ] = False,
    fixes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="ROW:COLUMN=VALUE", help="With --retry: what to take in place of a cell."
        ),
    ] = None,
    fixes_file: Annotated[
        Path | None,
        typer.Option(
            "--fixes", metavar="FILE", help="With --retry: a CSV of row, column, value, reason, document."
        ),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why --set says so; it is kept.")] = "",
) -> None:
    """Take report files in and say what became of each row.

    A row is accepted, a duplicate, quarantined (it needs a decision) or rejected. Ends with 1 if a row was
    quarantined or rejected; the other rows of its file are kept all the same. --retry takes quarantined rows
    again once a place is known, a mapping mended, or --set says what is meant.
    """
    if retry and (input_format or encoding or sheet):
        raise QueryError("--retry reads no file.", fix="Leave out --input-format, --encoding and --sheet.")
    if not retry and (fixes or fixes_file or reason):
        raise QueryError("--set, --fixes and --reason are for --retry.", fix="Add it, or leave them out.")
    if not retry and not files:
        raise QueryError("No file is named.", fix="Name report files; - is standard input.")
    said = _Said(session, dry_run=dry_run)
    if retry:
        with open_ledger(session) as ledger:
            with _bar("Taking rows again …", quiet=session.quiet):
                again = ledger.retry(
                    *(files or ()), mapping=mapping, fixes=_fixes(fixes, fixes_file, reason), dry_run=dry_run
                )
            for name, receipt in again:
                said.add(name, receipt)
            said.end(str(ledger.head))
    else:
        with reach_ledger(session, writes=True) as ledger:
            reading = {"mapping": mapping, "format": input_format, "encoding": encoding, "sheet": sheet}
            _take_in(ledger, files or (), reading, said)
            said.end(str(ledger.head))


def _take_in(ledger: AnyLedger, files: Sequence[str], reading: Mapping[str, Any], said: _Said) -> None:
    """Every file in turn; one that is no table stops none of the others."""
    for file in files:
        _check(file)
    for file in files:
        with _document(file) as (name, path):
            try:
                with _bar(f"Reading {name}", quiet=said.session.quiet) as watch:
                    receipt = ledger.ingest(path, name=name, dry_run=said.dry_run, watch=watch, **reading)
            except UnreadableDocument as error:
                said.refuse(error)
            else:
                said.add(name, receipt)


class _Said:
    """What is said of the documents of one command, one by one and at the end."""

    def __init__(self, session: Session, *, dry_run: bool) -> None:
        self.session = session
        self.dry_run = dry_run
        self._tally: Counter[str] = Counter()
        self._findings: list[dict[str, Any]] = []
        self._refused: UnreadableDocument | None = None

    def add(self, name: str, receipt: Receipt) -> None:
        tally = {str(verdict): getattr(receipt, verdict) for verdict in Verdict}
        self._tally.update(tally)
        findings = [{"document": name, **dataclasses.asdict(finding)} for finding in receipt.findings]
        if self.session.as_json:
            self._findings += findings
            return
        if self.session.quiet and _all_accepted(tally):
            return
        told = ", ".join(f"{tally[verdict]} {verdict}" for verdict in Verdict)
        ending = " (dry run: nothing was written)" if self.dry_run else ""
        show(f"{name}: {count(sum(tally.values()), 'row')}: {told}{ending}")
        if self.dry_run and not self.session.quiet:
            show(*_rows(receipt))
        show(*tables.findings(findings))

    def refuse(self, error: UnreadableDocument) -> None:
        self._refused = error
        complain(error, as_json=self.session.as_json)

    def end(self, head: str) -> None:
        """The sum of it; raises Exit with the code that it calls for."""
        if self.session.as_json:
            tally = {str(verdict): self._tally[verdict] for verdict in Verdict}
            answer = {**tally, "head": head, "findings": self._findings}
            write(json.dumps(answer, ensure_ascii=False) + "\n")
        elif not self._tally and not self._refused and not self.session.quiet:
            show("No row waits to be taken again.")
        if self._refused:
            raise typer.Exit(self._refused.exit_code)
        if not _all_accepted(self._tally):
            raise typer.Exit(NOT_ALL_ACCEPTED)


def _rows(receipt: Receipt) -> list[RenderableType]:
    """The verdict of each row: rows that follow each other with the same one in one line."""
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
def _bar(doing: str, *, quiet: bool) -> Iterator[Watch | None]:
    """A bar on standard error with rows a second and the time left, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console_for(sys.stderr), transient=True) as progress:
        task = progress.add_task(doing, total=None, told="")

        def watch(rows: int, position: int, size: int) -> None:
            seconds = progress.tasks[0].elapsed or 0.0
            speed = f", {rows / seconds:,.0f} rows/s" if seconds else ""
            progress.update(task, total=size, completed=position, told=f"{rows:,} rows{speed}")

        yield watch


def _fixes(given: Sequence[str] | None, file: Path | None, reason: str) -> list[Fix]:
    """The fixes of the command line and of the file."""
    from service.ingest.retry import Fix, read_fixes

    found = [Fix.parse(text, reason) for text in given or ()]
    if file is not None:
        if not file.is_file():
            raise QueryError(f"There is no file {file}.", fix="Check the path.")
        found += read_fixes(file.read_bytes(), file.name)
    return found


def _check(file: str) -> None:
    """Raises QueryError where ``file`` cannot be a document, before anything is taken in."""
    if file != STDIN and not Path(file).exists():
        raise QueryError(f"There is no file {file}.", fix="Check the path; - is standard input.")
    if Path(file).is_dir() and not (Path(file) / "datapackage.json").is_file():
        raise QueryError(f"{file} is a directory.", fix="Name the files in it.")


@contextmanager
def _document(file: str) -> Iterator[tuple[str, Path]]:
    """The name to remember a document by, and where it lies."""
    if file != STDIN:
        if not os.access(file, os.R_OK):
            raise QueryError(f"{file} cannot be read.", fix="Check who may read it.")
        yield Path(file).name, Path(file)
        return
    with tempfile.NamedTemporaryFile() as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield "stdin", Path(kept.name)


def _all_accepted(tally: Mapping[str, int]) -> bool:
    return not (tally[Verdict.QUARANTINED] or tally[Verdict.REJECTED])
