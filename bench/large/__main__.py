"""``python -m bench.large --rows 1e6``: how long do start, ``verify`` and ``rebuild`` of a large ledger take?

The ledger is that of ``bench.serve``: crises of a thousand reports each. Each step is the ordinary command in
a process of its own; the clock says how long it took beside whatever else the machine did, the processor
seconds what it took in itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench.reliability import write_lines
from bench.serve.ledger import build

MUST = (
    "Crises of a thousand reports each. Aims: ready within 2 s, the first figures within 3 s and 1,500 MB, "
    "`verify` and `rebuild` within 60 s, each on two processors of its own."
)
QUESTION = "/v1/figures.json?crisis=crisis-000001"
REST = 60.0
"""Seconds after the first figures at which the server's memory is looked at again."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000)
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    asked = parser.parse_args()
    began = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="casualty-large.") as folder:
        place = Path(folder) / "data"
        build(place, asked.rows)
        rows = [run(place, "verify"), run(place, "rebuild"), *serve(place)]
    lines = [
        f"{asked.rows:,} reports; {os.cpu_count()} processors shared with others, whose load was {began:.1f} "
        f"when the run began and {os.getloadavg()[0]:.1f} when it ended.",
        "",
        "| step | seconds by the clock | processor seconds | memory, MB |",
        "|---|---:|---:|---:|",
        *rows,
    ]
    print("\n".join(lines))
    if asked.write:
        write_lines("large", "A large ledger", MUST, lines)


def run(place: Path, verb: str) -> str:
    """Return the row of one command, which must end well."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "service", verb, "--data-dir", str(place)], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{verb} ended with {process.returncode}")
    return _row(f"`{verb}`", time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def serve(place: Path) -> list[str]:
    """Return the rows of the start of a server: ready, the first figures, and some time later."""
    began = time.monotonic()
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--json", "--data-dir", str(place)]
    rows = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        try:
            with httpx.Client(base_url=url, timeout=300) as client:
                while not client.get("/readyz").is_success:
                    time.sleep(0.05)
                rows.append(_row("ready", time.monotonic() - began, *used_by(process.pid)))
                client.get(QUESTION).raise_for_status()
                rows.append(_row("first figures", time.monotonic() - began, *used_by(process.pid)))
                time.sleep(REST)
                rows.append(_row("later, preparing", time.monotonic() - began, *used_by(process.pid)))
        finally:
            process.terminate()
    return rows


def used_by(pid: int) -> tuple[float, float]:
    """Return the processor seconds and the megabytes of a process by now."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    held = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"), held


def _row(step: str, seconds: float, computing: float, megabytes: float) -> str:
    return f"| {step} | {seconds:.1f} | {computing:.1f} | {megabytes:,.0f} |"


if __name__ == "__main__":
    main()
