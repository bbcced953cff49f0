"""What becomes of one file of reports?

The unit of work that an engine runs, here or on a worker, once or again: it reads what it needs by itself,
writes into a folder that only this attempt has, and says what it wrote. Whether an attempt counts is for the
caller to say, so that what is written by an attempt that was lost, or overtaken by another, is never read.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import secrets
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import CasualtyError, StoreError
from service.publication import TableFile, read_file, read_table, write_table
from service.publication.directory import publication_errors
from service.publication.rules import rules_digest
from service.reconcile import Reconciled, reconcile
from service.schema.figures import CRISIS_FINDING, CRISIS_START, FIGURE_TABLES
from service.schema.records import Reference
from service.schema.report_rules import cut_as_of
from service.schema.tables import LEDGER_REPORT, REFERENCE_SCHEMAS

DECISIVE = ("casualty-ledger", "pyarrow", "numpy")
"""Whoever has these in the same versions, and the same rules, writes the same bytes."""


@dataclasses.dataclass(frozen=True)
class Task:
    """One file of reports to reconcile: where it lies, the reference rows in force, for which day, by which
    method, and the room in which attempts write."""

    number: int
    reports_dir: str
    reports: TableFile
    reference: tuple[tuple[str, tuple[TableFile, ...]], ...]
    as_of: dt.date
    method: str
    room: str
    versions: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one attempt at a task wrote: a folder of the room, and the file in it of each table; or the error
    that no further attempt would mend."""

    number: int
    folder: str
    files: dict[str, TableFile]
    error: dict[str, str] | None = None

    def encode(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def decode(cls, text: str) -> Outcome:
        words: dict[str, Any] = json.loads(text)
        files = {name: TableFile(**file) for name, file in words.pop("files").items()}
        return cls(files=files, **words)


def versions() -> tuple[tuple[str, str], ...]:
    """Return the versions on which the bytes of an answer depend."""
    return (*((name, version(name)) for name in DECISIVE), ("rules", rules_digest()[:12]))


def run_task(task: Task) -> Outcome:
    """Reconcile one file of reports and return what was written.

    A refusal is an outcome too, since it would be the same again; whatever else goes wrong is raised.
    """
    try:
        _check_versions(task)
        reports = read_file(Path(task.reports_dir), task.reports, LEDGER_REPORT)
        reference = _read_reference(task.reports_dir, task.reference)
        known = cut_as_of(reports, task.as_of)
        figures = reconcile(known, reference, as_of=task.as_of, method=task.method)
        return _write(task, figure_tables(figures, known))
    except CasualtyError as error:
        return Outcome(task.number, "", {}, {"message": error.message, "fix": error.fix})


def figure_tables(figures: Reconciled, reports: pa.Table) -> dict[str, pa.Table]:
    """Return what is published of the figures that follow from ``reports``: FIGURE_TABLES, each in the order
    of the crises, and within one as ``reconcile`` gives them."""
    about = pc.index_in(figures.findings.column("subject"), value_set=reports.column("report_id"))
    crisis = pc.fill_null(reports.column("crisis_id").take(about), "")
    findings = figures.findings.add_column(0, CRISIS_FINDING.field("crisis_id"), crisis)
    starts = pa.table([list(figures.starts), list(figures.starts.values())], schema=CRISIS_START)
    tables = {
        "estimate": figures.estimates,
        "evidence": figures.evidence,
        "finding": findings,
        "start": starts,
    }
    return {name: _by_crisis(rows) for name, rows in tables.items()}


def _by_crisis(rows: pa.Table) -> pa.Table:
    """Return the rows in the order of their crises; those of one keep theirs."""
    numbered = pa.table(
        {"crisis_id": rows.column("crisis_id"), "place": pa.array(range(len(rows)), pa.int64())}
    )
    return rows.take(pc.sort_indices(numbered, [("crisis_id", "ascending"), ("place", "ascending")]))


def _write(task: Task, tables: dict[str, pa.Table]) -> Outcome:
    folder = f"{task.number:05}-{secrets.token_hex(6)}"
    attempt = Path(task.room) / folder
    with publication_errors(attempt):
        if not Path(task.room).is_dir():
            raise StoreError(
                f"This worker does not see {task.room}, or the run that made it has ended.",
                fix="Name an --out directory that every worker sees under the same path.",
            )
        attempt.mkdir()
        files = {
            name: write_table(attempt, f"{name}.parquet", [tables[name]], schema, by_crisis=True)
            for name, schema in FIGURE_TABLES.items()
        }
        (attempt / DONE).touch()
    return Outcome(task.number, folder, files)


DONE = "done"
"""The file that an attempt leaves when all of its tables are written: what progress counts."""


@functools.lru_cache(maxsize=2)
def _read_reference(directory: str, tables: tuple[tuple[str, tuple[TableFile, ...]], ...]) -> Reference:
    """Return the reference rows in force; a process reads them once."""
    return Reference(
        **{name: read_table(Path(directory), files, REFERENCE_SCHEMAS[name]) for name, files in tables}
    )


def _check_versions(task: Task) -> None:
    """Raise StoreError where this process would write other bytes than the one that asks."""
    other = [
        f"{name} {own} where {wanted} asks"
        for (name, own), (_, wanted) in zip(versions(), task.versions, strict=True)
        if own != wanted
    ]
    if other:
        raise StoreError(
            f"A worker has {', '.join(other)}: its figures may differ.",
            fix="Install the same versions on every worker (requirements-spark.lock).",
        )
