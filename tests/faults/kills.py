"""A command is killed at any moment: is the ledger whole, and does the command do its work when repeated?

Half of the kills come at a random moment of its life, the others (where there is strace) exactly as it calls
the operating system for a file of the ledger.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from pathlib import Path

from tests.faults.syscalls import (
    LEFT_BEHIND,
    ROOT,
    can_trace,
    command_of,
    environment,
    faults_after,
    fresh_copy,
    traced,
)

CALLS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename")
LONGEST = 3.0
"""Seconds within which a kill comes; a command that has ended before is counted as such."""
DONE_BEFORE = ("already", "was corrected")
"""What a repeated command says whose work was done before the kill."""


def try_kill(sound: Path, work: Path, verb: str, chance: random.Random) -> str:
    """Return "killed" or "ended before" for one verb; else what is wrong. ``sound`` is as in syscalls.py."""
    fresh_copy(sound, work)
    command = command_of(verb, work / "data", work, (work / "report").read_text())
    is_traced = can_trace() and chance.random() < 0.5
    code = _kill_at_a_call(command, work, chance) if is_traced else _kill_at_a_moment(command, chance)
    done = subprocess.CompletedProcess(command, code, "", "")
    if wrong := "".join(faults_after(work, verb, done)):
        return wrong
    for name in LEFT_BEHIND:
        left = work / name
        if left.is_dir():
            shutil.rmtree(left)
        left.unlink(missing_ok=True)
    again = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if again.returncode != 0 and not any(words in again.stderr for words in DONE_BEFORE):
        return f"NOT REPEATED: {again.stderr}"
    if wrong := "".join(faults_after(work, verb, again)):
        return wrong
    return "killed" if code < 0 else "ended before"


def _kill_at_a_moment(command: list[str], chance: random.Random) -> int:
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        time.sleep(chance.random() * LONGEST)
        child.kill()
        return child.wait()


def _kill_at_a_call(command: list[str], work: Path, chance: random.Random) -> int:
    """Have strace kill the command as it enters its n-th call of a kind."""
    call, number = chance.choice(CALLS), int(2 ** (chance.random() * 3))
    words = traced(work, call, f"--inject={call}:signal=KILL:when={number}")
    return subprocess.run(
        [*words, *command], cwd=ROOT, env=environment(), capture_output=True, check=False
    ).returncode
