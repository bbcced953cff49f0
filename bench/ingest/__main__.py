"""``python -m bench.ingest --rows 1e6``: how long a CSV report file takes, beside what only stores its text.

``--days 365`` takes in the daily table of 500 places and five populations as well, as one file and as a file
a day, beside as many rows of the plain file.

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
from bench.ingest.table import ROWS_A_DAY, write_table
from bench.ingest.ways import WAYS

TABLE = ("daily table, one file", "daily table, a file a day")
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
    parser.add_argument("--days", type=int, default=0)
    asked = parser.parse_args()
    ways = [way for way in WAYS if way != "sqlite-utils" or importlib.util.find_spec("sqlite_utils")]
    print(HEAD)
    for count in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reports.csv"
            write_rows(path, count)
            rounds = [{way: _run(way, path) for way in ways} for _ in range(asked.rounds)]
        _report(ways, rounds)
    if asked.days:
        _compare_table(asked.days, asked.rounds)
    print(FOOT.format(rounds=asked.rounds))


def _compare_table(days: int, rounds: int) -> None:
    """Print what the daily table takes beside as many rows of the plain file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {"ours": Path(folder) / "reports.csv"} | {name: Path(folder) / name for name in TABLE}
        write_rows(paths["ours"], days * ROWS_A_DAY)
        for name, daily in zip(TABLE, (False, True), strict=True):
            write_table(paths[name], days, daily=daily)
        found = [{name: _run("ours", path) for name, path in paths.items()} for _ in range(rounds)]
    _report([*paths], found)


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
