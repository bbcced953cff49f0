"""How are the figures of a published ledger worked out, here or on a cluster?

The command reads what `casualty export --parquet` wrote and needs no data directory.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import Session
from service.cli.session import count, leave_pandas_out
from service.cli.terminal import console_for, show, write
from service.errors import QueryError

if TYPE_CHECKING:
    from service.publication import Manifest
    from service.scale.run import Engine, Watch


class EngineName(StrEnum):
    """Where the work is done."""

    LOCAL = "local"
    SPARK = "spark"


def reconcile(
    session: Session,
    reports: Annotated[
        Path,
        typer.Option("--reports", metavar="DIR", help="What `casualty export --parquet` wrote."),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="DIR", help="Where to; with Spark, every worker sees it under this path."
        ),
    ],
    *,
    engine: Annotated[EngineName, typer.Option(help="Here, or on a Spark cluster.")] = EngineName.LOCAL,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help="As the public could know it then (default: the day of the export)."
        ),
    ] = None,
    master: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Master of the cluster: spark://HOST:PORT, local[N] … (default: all cores of this machine).",
            show_default=False,
        ),
    ] = None,
    remote: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Spark Connect server: sc://HOST:PORT.", show_default=False),
    ] = None,
) -> None:
    """Work out the figures of a whole ledger: estimates, evidence and findings as Parquet.

    The same figures as everywhere, and the same bytes from either engine. Nothing in DIR changes until all is
    done. Written to DIR/figures of an export, they are served from there (`casualty serve --published DIR`).
    """
    from service.answers.parameters import read_day

    day = read_day("as_of", as_of)
    chosen = _engine(engine, master, remote)
    if engine is EngineName.LOCAL:
        leave_pandas_out()
    from service.scale.run import reconcile_publication

    with _progress(quiet=session.quiet) as watch:
        manifest = reconcile_publication(reports, out, engine=chosen, as_of=day, watch=watch)
    _report(session, out, manifest)


def _engine(name: EngineName, master: str | None, remote: str | None) -> Engine | None:
    """Return the engine that is asked for; None: this process. Raises QueryError."""
    if name is EngineName.LOCAL:
        if master or remote:
            raise QueryError("--master and --remote are for Spark.", fix="Add --engine spark.")
        return None
    from service.scale.spark import SparkEngine

    return SparkEngine(master, remote)


def _report(session: Session, out: Path, manifest: Manifest) -> None:
    rows = {name: manifest.rows(name) for name in sorted(manifest.tables)}
    if session.as_json:
        answer = {
            "out": str(out),
            "head": str(manifest.head),
            "as_of": str(manifest.as_of),
            "method": manifest.facts["method"],
            "rows": rows,
            "sha256": manifest.digest,
        }
        write(json.dumps(answer) + "\n")
    elif not session.quiet:
        crises = count(rows["start"], "crisis", "crises")
        show(
            f"{out}: {rows['estimate']:,} estimates, {rows['evidence']:,} rows of evidence and "
            f"{rows['finding']:,} findings of {crises}; as of {manifest.as_of}, head {manifest.head}."
        )


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Watch]:
    """Show how many files are done on standard error, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None  # noqa: ARG005 - nobody watches
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns: tuple[Any, ...] = (
        TextColumn("Reconciling"), BarColumn(), MofNCompleteColumn(), TextColumn("files"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console_for(sys.stderr), transient=True) as progress:
        bar = progress.add_task("", total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)
