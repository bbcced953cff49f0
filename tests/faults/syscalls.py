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
    "correct": ["correct", "{report}", "--set", "count=4712", "--reason", "a fault"],
    "reinstate": ["reinstate", "{withdrawn}", "--reason", "a fault"],
    "register": ["register", "populations", "{work}/populations.csv"],
    "areas": ["areas", "add", "Newtown", "--parent", "SY06", "--level", "town"],
    "crisis": [
        "crisis", "new", "{work}/new.csv", "--name", "Flood", "--period-start", "2025-03-06",
        "--place", "Jableh",
    ],
    "mapping": ["mapping", "add", "{work}/ours.toml"],
    "keys": ["keys", "create", "--role", "editor"],
    "head": ["head", "--sign"],
    "export": ["export", "-o", "{work}/out.csv"],
    "release": ["release", "{work}/out.zip"],
    "redact": ["redact", "{report}", "--column", "note", "--reason", "a fault"],
}  # fmt: skip
"""Every command that writes something, and ``verify``."""
LEFT_BEHIND = ("copy.tar", "out.csv", "out.zip", "restored")
"""What a command writes outside the ledger, and does not write over."""
FILES = (
    "data", "data/journal", "data/journal/000001.seg", "data/ledger.lock", "data/casualty.duckdb",
    "data/casualty.duckdb.wal", "data/casualty.duckdb.new", "data/casualty.duckdb.new.wal", "copy.tar",
    "restored", "restored/journal", "out.csv", "out.zip", "data/keys.json", "data/head.key",
    "data/journal/000001.seg.new",
)  # fmt: skip
"""The files whose calls fail; those of Python itself go on."""
NOTE = "told by Zacharia Quintessence"
"""What is to be redacted."""
ROWS = """crisis,source,areas,measure,population,counted_to,published_on,count
syria-coast-2025-03,snhr,SY06,killed,civilians,2025-03-12,2025-03-13,{}
"""
POPULATION = """population,parent,split,label,label_ar,definition
medics,civilians,,Medics,,People who care for the wounded.
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
    withdrawn = (work / "withdrawn").read_text()
    words = [word.format(work=work, report=report_id, withdrawn=withdrawn) for word in VERBS[verb]]
    where = [] if "--data-dir" in words else ["--data-dir", str(data)]
    return [sys.executable, "-m", "service", *words, *where]


def try_failure(sound: Path, work: Path, trial: tuple[str, str, str, int]) -> str:
    """Return "ended well" or "refused" for one verb of which one call fails; else what is wrong.

    ``sound`` is as ``make_sound`` writes it.
    """
    verb, call, error, number = trial
    fresh_copy(sound, work)
    command = command_of(verb, work / "data", work, (work / "report").read_text())
    inject = f"--inject={call}:error={error}:when={number}"
    done = subprocess.run(
        [*traced(work, call, inject), *command],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return "".join(faults_after(work, verb, done)) or ("ended well" if done.returncode == 0 else "refused")


def traced(work: Path, call: str, inject: str) -> list[str]:
    """Return the words before a command that let strace do something at a call on the ledger's files."""
    paths = [word for name in FILES for word in ("-P", str(work / name))]
    return ["strace", "-f", "-qq", "-o", "/dev/null", *paths, f"--trace={call}", inject]


def fresh_copy(sound: Path, work: Path) -> None:
    """Put a copy of ``sound`` into ``work``, with what commands read."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(sound, work)
    (work / "new.csv").write_text(ROWS.format(4711))
    (work / "populations.csv").write_text(POPULATION)
    shutil.copy(ROOT / "seeds" / "mappings" / "hxl.toml", work / "ours.toml")


def faults_after(work: Path, verb: str, done: subprocess.CompletedProcess[str]) -> Iterator[str]:
    """Yield what is wrong with the ledger after a command has ended, however it did."""
    before = (work / "entries").read_text().split()
    try:
        with Store.open(work / "data") as store:
            if store.submissions()["hash"].to_pylist()[: len(before)] != before:
                yield "LOST: an entry that was acknowledged before; "
            is_in = 4711 in store.reports()["best"].to_pylist()
            if verb in ("ingest", "crisis") and done.returncode == 0 and not is_in:
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
    """Write into ``place`` a ledger (``data``), its backup (``before.tar``), the hashes of its entries
    (``entries``), and the ids of a report and of a withdrawn one."""
    from service.ledger.backup import backup
    from tests.faults.history import fill

    place.mkdir(parents=True)
    with Store.open(place / "data") as store:
        fill(store)
        noted = batch(report(count=4000, note=NOTE), document="noted.csv")
        store.submit(noted, recorded_at=moment("2025-03-16"))
        (place / "entries").write_text(" ".join(store.submissions()["hash"].to_pylist()))
        ids = store.reports()["report_id"].to_pylist()
        (place / "report").write_text(ids[-1])
        (place / "withdrawn").write_text(ids[0])
    backup(place / "data", place / "before.tar")
