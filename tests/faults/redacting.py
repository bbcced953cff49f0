"""A redaction that is killed: ``python -m tests.faults.redacting SOUND WORK FIRST STEP``.

Copies the ledger in SOUND to WORK/n for n = FIRST, FIRST + STEP …, and in each copy takes the text out in a
child that kills itself at its n-th call to the operating system (as far as Python makes it), until one comes
through.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import duckdb

from service.ledger import Store, segment_file
from service.ledger.heads import open_journal
from service.schema.records import Batch, Finding
from service.vocabulary import Severity
from tests.builders import batch, moment, report

TEXT = "Zacharia Quintessence, 0991 234 567"
REPORT = report(count=700)["report_id"]
SEGMENT_BYTES = 6_000
CALLS = ("open", "pwrite", "fsync", "ftruncate", "fchmod", "rename", "stat")


def fill(store: Store) -> Batch:
    """Hand in a document with the text in a note and in a held row, and withdraw a report because of it."""
    raw = f'{{"count": "many", "note": "{TEXT}"}}'
    finding = Finding("unreadable", Severity.ERROR, f"“many” is none: {TEXT}", row=3, value=TEXT)
    document = batch(
        report(count=700, note=TEXT), report(count=701, note="public"),
        held=((3, "quarantined", raw),), findings=(finding,), document="daily.csv",
    )  # fmt: skip
    store.submit(document, recorded_at=moment("2025-03-20"))
    for number in range(6):
        other = batch(report(count=800 + number, note=str(number**99) * 6), document=f"{number}.csv")
        store.submit(other, recorded_at=moment("2025-03-21"))
    store.withdraw(REPORT, reason=f"asked by {TEXT}", recorded_at=moment("2025-03-22"))
    return document


def redact(store: Store) -> None:
    """Take the text out of everything that ``fill`` put it into."""
    at = moment("2025-04-01")
    store.redact(REPORT, ["note", "reason"], reason="it named somebody", recorded_at=at)
    store.redact_held_row("daily.csv", 3, reason="it named somebody", recorded_at=at)


def places_with(data: Path, text: bytes) -> list[str]:
    """Return the files of a data directory that hold a text, the records of its journal once they are
    unpacked, and the tables of its index."""
    found = [path.name for path in data.rglob("*") if path.is_file() and text in path.read_bytes()]
    found += [f"record {head.seq}" for head, content in open_journal(data).contents() if text in content]
    for path in data.glob("*.duckdb"):
        with duckdb.connect(str(path)) as index:
            for (table,) in index.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                if any(text.decode() in repr(row) for row in index.table(table).fetchall()):
                    found.append(f"table {table}")
    return found


class Countdown:
    """The functions of ``os``, which kill the process at the n-th call that may change a file."""

    def __init__(self, left: int) -> None:
        self.left = left

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, _: tuple[Any, ...]) -> None:
        if event in ("os.remove", "os.rename", "sqlite3.connect", "shutil.rmtree", "duckdb"):
            self.tick()

    def __getattr__(self, name: str) -> Any:
        function = getattr(os, name)
        if name not in CALLS:
            return function

        def call(*arguments: Any) -> Any:
            self.tick()
            return function(*arguments)

        return call


def redact_until_killed(data: Path, number: int) -> None:
    countdown = Countdown(0)
    with Store.open(data, segment_bytes=SEGMENT_BYTES) as store:
        segment_file.os = countdown  # type: ignore[assignment]
        sys.addaudithook(countdown.audit)
        countdown.left = number
        redact(store)


def main(sound: Path, work: Path, first: int, step: int) -> None:
    for number in itertools.count(first, step):
        data = work / str(number)
        shutil.copytree(sound, data)
        child = os.fork()
        if child == 0:
            redact_until_killed(data, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
