"""A command is killed at any moment: is the ledger whole, and does the command do its work when repeated?"""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from pathlib import Path

from tests.faults.syscalls import ROOT, ROWS, command_of, environment, faults_after


def try_kill(sound: Path, work: Path, verb: str, chance: random.Random) -> str:
    """Return "killed" or "ended before" for one verb; else what is wrong. ``sound`` is as in syscalls.py."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(sound, work)
    (work / "new.csv").write_text(ROWS.format(4711))
    command = command_of(verb, work / "data", work, (work / "report").read_text())
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        time.sleep(chance.random() * 3)
        child.kill()
        code = child.wait()
    done = subprocess.CompletedProcess(command, code, "", "")
    if wrong := "".join(faults_after(work, verb, done)):
        return wrong
    for left in (work / "copy.tar", work / "restored"):
        if left.is_dir():
            shutil.rmtree(left)
        left.unlink(missing_ok=True)
    again = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if again.returncode != 0:
        return f"NOT REPEATED: {again.stderr}"
    return "killed" if code < 0 else "ended before"
