"""A write takes fewer bytes than it was given, as on a disk that fills: is the rest written?

A small library in C stands between a command and the operating system and shortens half of its writes to the
ledger's files, DuckDB's among them. Where there is no C compiler nothing is tried, and the page says so.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.faults.syscalls import ROOT, command_of, environment, faults_after, fresh_copy

SOURCE = Path(__file__).with_suffix(".c")
VERBS = ("ingest", "rebuild", "backup", "restore", "withdraw", "correct", "crisis")


def compile_library(place: Path) -> Path | None:
    """Return the library, compiled into ``place``; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = place / "short_writes.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def try_short_writes(library: Path, sound: Path, work: Path, verb: str, seed: int) -> str:
    """Return "ended well" for one verb whose writes are short; else what is wrong. It need not refuse."""
    fresh_copy(sound, work)
    command = command_of(verb, work / "data", work, (work / "report").read_text())
    changed = {
        "LD_PRELOAD": str(library), "SHORT_WRITES": str(work.resolve()), "SHORT_WRITES_SEED": str(seed)
    }  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, env={**environment(), **changed}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return f"REFUSED: {done.stderr}"
    return "".join(faults_after(work, verb, done)) or "ended well"
