"""``python -m bench.ingest --rows 1e6``: how long a CSV report file takes, beside what only stores its text.

``--days 365`` takes in the daily table of 500 places and five populations as well, as one file and as a file
a day, beside as many rows of the plain file. ``--write`` keeps the figures in docs/benchmarks.md.

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
from typing import Any

from bench.ingest.rows import write_rows
from bench.ingest.table import ROWS_A_DAY, write_table
from bench.ingest.ways import WAYS
from bench.report import keep

TABLE = ("daily table, one file", "daily table, a file a day")
Row = dict[str, Any]
SAME = """Each way in a process of its own, in turn, medians of {rounds} rounds. Ours reads in a process of
its own, looks up every name, looks for personal data, hashes, checks beside what is known, journals (synced)
and indexes every row. "pandas, checked" checks days, lists and wordings and hashes each row, no more; the
others store the cells. Memory is the peak of the process and its child together."""


def main() -> None:
    """Print one row for each way and size."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--days", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    ways = [way for way in WAYS if way != "sqlite-utils" or importlib.util.find_spec("sqlite_utils")]
    rows: list[Row] = []
    for count in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reports.csv"
            write_rows(path, count)
            rounds = [{way: _run(way, path) for way in ways} for _ in range(asked.rounds)]
        rows += _report(ways, rounds)
    if asked.days:
        rows += _compare_table(asked.days, asked.rounds)
    if asked.write:
        title, same = (
            "Taking reports in, beside what only stores their text",
            SAME.format(rounds=asked.rounds),
        )
        keep("ingest", title=title, same=same, rows=rows, plot=("way", "rows/s"))


def _compare_table(days: int, rounds: int) -> list[Row]:
    """Return what the daily table takes beside as many rows of the plain file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {"ours": Path(folder) / "reports.csv"} | {name: Path(folder) / name for name in TABLE}
        write_rows(paths["ours"], days * ROWS_A_DAY)
        for name, daily in zip(TABLE, (False, True), strict=True):
            write_table(paths[name], days, daily=daily)
        found = [{name: _run("ours", path) for name, path in paths.items()} for _ in range(rounds)]
    return _report([*paths], found)


def _run(way: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.ingest.ways", way, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout))


def _report(ways: list[str], rounds: list[dict[str, dict[str, float]]]) -> list[Row]:
    """Return the medians of each way, and print them."""

    def median(way: str, what: str) -> float:
        return statistics.median(each[way][what] for each in rounds)

    rows = []
    for way in ways:
        count, clock = int(median(way, "rows")), median(way, "clock")
        row = {
            "way": way,
            "rows": count,
            "rows/s": round(count / clock),
            "clock, s": round(clock, 1),
            "processor, s": round(median(way, "processor"), 1),
            "memory, MB": round(median(way, "memory")),
            "ours / it (clock)": round(median("ours", "clock") / clock, 2),
        }
        print(json.dumps(row), flush=True)
        rows.append(row)
    return rows


if __name__ == "__main__":
    main()
