"""How is a published ledger reconciled, file by file, and the outcome published?

The manifest of the reports says which tasks there are; an engine runs them; one outcome of each is put in its
place and all are published at once. A run that fails, or is stopped, leaves what was published before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from service.answers.query import DEFAULT_METHOD
from service.errors import StoreError
from service.ledger.publish import IN_FORCE
from service.publication import LEDGER, RECONCILIATION, Manifest, Publisher, TableFile, publish, read_manifest
from service.publication.rules import rules_digest
from service.scale.task import Outcome, Task, run_task, versions
from service.schema.figures import FIGURE_TABLES, METHOD, RULES
from service.schema.tables import REFERENCE_SCHEMAS

Watch = Callable[[int, int], None]
"""Told how many tasks are done, of how many."""
Engine = Callable[[Sequence[Task], Watch], Iterable[Outcome]]
"""Runs tasks, in any order and as often as it takes, and gives an outcome of each."""


def reconcile_publication(
    reports: Path, out: Path, *, engine: Engine | None = None, as_of: dt.date | None = None, watch: Watch
) -> Manifest:
    """Reconcile the ledger published in ``reports`` as of a day (default: that of its export), publish the
    figures in ``out``, and return their manifest.

    ``engine`` is ``run_here`` unless given. Raises StoreError, PublicationDamaged where a file is not as it
    was written, StoreHeld where another run publishes in ``out``.
    """
    manifest = read_manifest(reports, LEDGER)
    day = as_of or manifest.as_of
    with publish(out, RECONCILIATION) as publisher:
        tasks = _tasks(reports, manifest, day, publisher.room)
        outcomes = sorted((engine or run_here)(tasks, watch), key=lambda outcome: outcome.number)
        _refuse_errors(outcomes, tasks)
        facts = {METHOD: DEFAULT_METHOD, RULES: rules_digest()}
        tables: dict[str, list[TableFile]] = {name: [] for name in FIGURE_TABLES}
        for outcome in outcomes:
            for name, file in _put_in_place(publisher, outcome).items():
                tables[name].append(file)
        return publisher.commit(manifest.head, day, tables, facts)


def run_here(tasks: Sequence[Task], watch: Watch) -> Iterable[Outcome]:
    """Run the tasks one after the other in this process, up to the first that is refused."""
    for number, task in enumerate(tasks):
        watch(number, len(tasks))
        outcome = run_task(task)
        yield outcome
        if outcome.error:
            return
    watch(len(tasks), len(tasks))


def _tasks(reports: Path, manifest: Manifest, as_of: dt.date, room: Path) -> list[Task]:
    missing = {"report", *(IN_FORCE + name for name in REFERENCE_SCHEMAS)} - manifest.tables.keys()
    if missing:
        raise StoreError(
            f"The publication in {reports} lacks {', '.join(sorted(missing))}.",
            fix="Write it again with this version: `casualty export --parquet DIR`.",
        )
    reference = tuple((name, tuple(manifest.tables[IN_FORCE + name])) for name in REFERENCE_SCHEMAS)
    return [
        Task(
            number,
            str(reports.resolve()),
            file,
            reference,
            as_of,
            DEFAULT_METHOD,
            str(room.resolve()),
            versions(),
        )
        for number, file in enumerate(manifest.tables["report"])
    ]


def _refuse_errors(outcomes: Sequence[Outcome], tasks: Sequence[Task]) -> None:
    """Raise StoreError for the first task that was refused, or that nothing came of."""
    for outcome in outcomes:
        if outcome.error:
            raise StoreError(outcome.error["message"], fix=outcome.error["fix"])
    if [outcome.number for outcome in outcomes] != [task.number for task in tasks]:
        raise StoreError(
            f"Of {len(tasks)} files {len(outcomes)} were reconciled.", fix="Run the command again."
        )


def _put_in_place(publisher: Publisher, outcome: Outcome) -> dict[str, TableFile]:
    """Move the files of one outcome to where they are published."""
    placed = {}
    for name, file in outcome.files.items():
        path = f"{name}/{outcome.number:05}.parquet"
        (publisher.room / name).mkdir(exist_ok=True)
        (publisher.room / outcome.folder / file.path).rename(publisher.room / path)
        placed[name] = replace(file, path=path)
    return placed
