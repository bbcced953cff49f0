"""``python -m bench.ingest --rows 1e6``: how long a CSV report file takes, beside what only stores its text.

Peers are installed from ``bench/ingest/requirements.txt``; one that is not there is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.ingest.rows import write_rows
from bench.ingest.ways import WAYS

HEAD = """| way | rows | rows/s | clock, s | processor, s | memory, MB | ours / it (clock) |
|---|---:|---:|---:|---:|---:|---:|"""
FOOT = """
Each way in a process of its own, in turn, medians of {rounds} rounds. Ours reads in a process of its
own, looks up every name, looks for personal data, hashes, checks beside what is known, journals (synced) and
indexes every row. "pandas, checked" checks days, lists and wordings and hashes each row, no more; the others
store the cells. Memory is the peak of the process and its child together."""


def main() -> None:
    """Print one row for each way and size."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    ways = [way for way in WAYS if way != "sqlite-utils" or importlib.util.find_spec("sqlite_utils")]
    print(HEAD)
    for count in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reports.csv"
            write_rows(path, count)
            rounds = [{way: _run(way, path) for way in ways} for _ in range(asked.rounds)]
        _report(ways, rounds)
    print(FOOT.format(rounds=asked.rounds))


def _run(way: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.ingest.ways", way, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout))


def _report(ways: list[str], rounds: list[dict[str, dict[str, float]]]) -> None:
    def median(way: str, what: str) -> float:
        return statistics.median(each[way][what] for each in rounds)

    for way in ways:
        rows, clock = int(median(way, "rows")), median(way, "clock")
        print(
            f"| {way} | {rows:,} | {rows / clock:,.0f} | {clock:.1f} | {median(way, 'processor'):.1f} "
            f"| {median(way, 'memory'):,.0f} | {median('ours', 'clock') / clock:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
