"""The n-th call to the operating system fails: does the command say so, and is the ledger whole?

``strace`` makes the call fail in the process itself, DuckDB's calls among them. Where there is no strace,
nothing is tried, and the page says so.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from service.errors import CasualtyError
from service.ledger import Store
from tests.builders import batch, moment, report
from tests.faults.redacting import places_with

ROOT = Path(__file__).parents[2]
CALLS = (
    "openat",
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "unlink",
    "ftruncate",
    "link",
    "mkdir",
)
ERRORS = ("EIO", "ENOSPC")
VERBS: dict[str, list[str]] = {
    "ingest": ["ingest", "{work}/new.csv"],
    "rebuild": ["rebuild"],
    "backup": ["backup", "{work}/copy.tar"],
    "restore": ["restore", "{work}/before.tar", "--data-dir", "{work}/restored"],
    "verify": ["verify"],
    "withdraw": ["withdraw", "{report}", "--reason", "a fault"],
    "redact": ["redact", "{report}", "--column", "note", "--reason", "a fault"],
}
FILES = (
    "data", "data/journal", "data/journal/000001.seg", "data/ledger.lock", "data/casualty.duckdb",
    "data/casualty.duckdb.wal", "data/casualty.duckdb.new", "data/casualty.duckdb.new.wal", "copy.tar",
    "data/journal/000001.seg.new", "restored", "restored/journal",
)  # fmt: skip
"""The files whose calls fail; those of Python itself go on."""
NOTE = "told by Zacharia Quintessence"
"""What is to be redacted."""
ROWS = """crisis,source,areas,measure,population,counted_to,published_on,count
syria-coast-2025-03,snhr,SY06,killed,civilians,2025-03-12,2025-03-13,{}
"""


def can_trace() -> bool:
    """Return whether strace is there and may trace a child."""
    strace = shutil.which("strace")
    if strace is None:
        return False
    return subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode == 0


def environment() -> dict[str, str]:
    """Return the environment of a command: its clock stands long after the ledger's last entry."""
    return {**os.environ, "CASUALTY_CLOCK": "trust"}


def trials(chance: random.Random) -> Iterator[tuple[str, str, str, int]]:
    """Yield (verb, call, error, which call) for ever."""
    while True:
        number = int(2 ** (chance.random() * 5))
        yield chance.choice(list(VERBS)), chance.choice(CALLS), chance.choice(ERRORS), number


def command_of(verb: str, data: Path, work: Path, report_id: str) -> list[str]:
    """Return the command line of a verb on the ledger in ``data``."""
    words = [word.format(work=work, report=report_id) for word in VERBS[verb]]
    where = [] if "--data-dir" in words else ["--data-dir", str(data)]
    return [sys.executable, "-m", "service", *words, *where]


def try_failure(sound: Path, work: Path, trial: tuple[str, str, str, int]) -> str:
    """Return "ended well" or "refused" for one verb of which one call fails; else what is wrong.

    ``sound`` holds ``data`` (a ledger), ``before.tar`` (its backup) and ``report`` (the id of a report).
    """
    verb, call, error, number = trial
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(sound, work)
    (work / "new.csv").write_text(ROWS.format(4711))
    command = command_of(verb, work / "data", work, (work / "report").read_text())
    inject = f"--inject={call}:error={error}:when={number}"
    paths = [word for name in FILES for word in ("-P", str(work / name))]
    traced = ["strace", "-f", "-qq", "-o", "/dev/null", *paths, f"--trace={call}", inject]
    done = subprocess.run(
        [*traced, *command], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    return "".join(faults_after(work, verb, done)) or ("ended well" if done.returncode == 0 else "refused")


def faults_after(work: Path, verb: str, done: subprocess.CompletedProcess[str]) -> Iterator[str]:
    """Yield what is wrong after a command has ended, however it did."""
    before = (work / "entries").read_text().split()
    try:
        with Store.open(work / "data") as store:
            if store.submissions()["hash"].to_pylist()[: len(before)] != before:
                yield "LOST: an entry that was acknowledged before; "
            is_in = 4711 in store.reports()["best"].to_pylist()
            if verb == "ingest" and done.returncode == 0 and not is_in:
                yield "LOST: what was acknowledged; "
            yield from (f"UNSOUND: {fault.message}; " for fault in store.verify())
    except CasualtyError as error:
        yield f"DOES NOT START: {error}; "
    if verb == "redact" and done.returncode == 0 and places_with(work / "data", NOTE.encode()):
        yield "LEFT: what was to be redacted; "
    if verb == "restore" and done.returncode == 0:
        with Store.open(work / "restored") as store:
            if len(store.submissions()) != len(before):
                yield "RESTORED OTHERWISE; "


def make_sound(place: Path) -> None:
    """Write a ledger, its backup, and what is to be kept of it."""
    from service.ledger.backup import backup
    from tests.faults.history import fill

    place.mkdir(parents=True)
    with Store.open(place / "data") as store:
        fill(store)
        noted = batch(report(count=4000, note=NOTE), document="noted.csv")
        store.submit(noted, recorded_at=moment("2025-03-16"))
        (place / "entries").write_text(" ".join(store.submissions()["hash"].to_pylist()))
        (place / "report").write_text(store.reports()["report_id"].to_pylist()[-1])
    backup(place / "data", place / "before.tar")
