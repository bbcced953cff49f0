"""Publish a ledger, reconcile it here and on one and two workers of one core each, and serve it.

Each step is a process of its own, so that its memory is its own; seconds are the clock's, processor seconds
and memory those of the command and, with Spark, of the master, the workers and all that they have started.
Each worker is held to one core. Says whether all engines wrote the same bytes.

>>> # python -m bench.scale --rows 1e6
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.report import keep
from bench.scale.cluster import running_cluster
from bench.scale.meter import Meter

Row = dict[str, Any]
WORTH, MEMORY_MB = 1.5, 24 * 1024
SAME = """Crises of a thousand reports each. A worker is held to one core, with its Java and its Python; the
master and the command share the two cores with them. Every run is a command of its own, which starts a Spark
session, waits for its workers and publishes; the first finds files that nobody has read yet. Processor
seconds and memory are those of the command, the master and the workers together, what they share counted
once."""
AS_OF = {"small": "2031-06-01", "giant": "2025-06-01"}
BUILD = "from pathlib import Path; from bench.{}.ledger import build; build(Path({!r}), {})"
"""In a process of its own: what this one holds would count as the memory of those that it starts."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--rows", type=float, default=1e5)
    parser.add_argument("--shape", choices=("small", "giant"), default="small")
    parser.add_argument("--place", type=Path, help="Where to build, and to find again what was built.")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2], help="None: no Spark at all.")
    parser.add_argument("--runs", type=int, default=2, help="Of each number of workers; the first is cold.")
    parser.add_argument("--write", action="store_true", help="Write docs/benchmarks.md.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-scale.") as room:
        place = options.place or Path(room)
        place.mkdir(parents=True, exist_ok=True)
        say("machine", cores=os.cpu_count(), load=round(os.getloadavg()[0], 1))
        build(place, options.shape, int(options.rows))
        data = ("--data-dir", place / "data", "--as-of", AS_OF[options.shape])
        rows = [casualty("export", "--parquet", place / "ledger", *data)]
        run = ("reconcile", "--reports", place / "ledger", "--out")
        rows.append(casualty(*run, place / "here"))
        digests = {digest_of(place / "here")}
        for workers in options.workers:
            with running_cluster(place, workers, is_held=True) as cluster:
                for number in range(options.runs):
                    out = place / f"spark-{workers}"
                    spark = ("--engine", "spark", "--master", cluster.url)
                    row = casualty(*run, out, *spark, sessions=cluster.sessions)
                    rows.append({**row, "workers": workers, "run": number + 1})
                    digests.add(digest_of(out))
        say("bytes", alike=len(digests) == 1)
        if options.write:
            keep("scale", **result_of(rows, int(options.rows), is_alike=len(digests) == 1))
        casualty(*run, place / "ledger" / "figures")
        serve(place / "ledger")


def build(place: Path, shape: str, rows: int) -> None:
    """Have a ledger of so many reports in ``place``, unless there is one."""
    if (place / "data").exists():
        return
    begin = time.monotonic()
    program = BUILD.format({"small": "serve", "giant": "cost"}[shape], str(place / "data"), rows)
    subprocess.run([sys.executable, "-c", program], check=True)
    say("built", seconds=round(time.monotonic() - begin, 1))


def result_of(rows: Sequence[Row], reports: int, *, is_alike: bool) -> Row:
    """Return the part of docs/benchmarks.md."""
    last = {row["workers"]: row for row in rows if "workers" in row}
    aims = [("the same bytes from one process and from Spark", is_alike)]
    if {1, 2} <= last.keys():
        times = last[1]["clock, s"] / last[2]["clock, s"]
        aims.append((f"two workers at least {WORTH:g} times as fast as one ({times:.2f})", times >= WORTH))
    most = max(row["memory, MB"] for row in rows)
    aims.append((f"within {MEMORY_MB:,} MB, all processes together ({most:,})", most <= MEMORY_MB))
    return {
        "title": f"{reports:,} reports, here and on one and two Spark workers (`make bench-scale`)",
        "same": SAME, "rows": rows, "aims": aims,
    }  # fmt: skip


def say(step: str, **figures: Any) -> None:
    print(json.dumps({"step": step, **figures}), flush=True)


def casualty(*words: object, sessions: Sequence[int] = ()) -> Row:
    """Run one command and return what it and those ``sessions`` took."""
    arguments = [sys.executable, "-m", "service", *map(str, words), "--quiet"]
    begin = time.monotonic()
    process = subprocess.Popen(arguments, start_new_session=True)
    with Meter(lambda: (process.pid, *sessions)) as meter:
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    if status:
        raise SystemExit(f"{arguments} failed")
    row = {
        "step": f"{words[0]} on Spark" if sessions else str(words[0]),
        "clock, s": round(seconds, 1),
        "processor, s": round(max(used.ru_utime + used.ru_stime, meter.processor_s), 1),
        "memory, MB": max(used.ru_maxrss // 1024, meter.memory_mb),
    }
    print(json.dumps(row), flush=True)
    return row


def digest_of(place: Path) -> str:
    """What stands for every byte of a publication."""
    return hashlib.sha256((place / "manifest.json").read_bytes()).hexdigest()


def serve(place: Path) -> None:
    """Start a server of a published ledger; say after how long it answers, and what it holds then."""
    begin = time.monotonic()
    words = [sys.executable, "-m", "service", "serve", "--published", str(place), "--port", "0", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        listening = time.monotonic() - begin
        with urllib.request.urlopen(f"{url}/healthz"):
            pass
        question = f"{url}/v1/figures.json?crisis=crisis-000000&limit=5"
        began = time.monotonic()
        with urllib.request.urlopen(question) as answer:
            answer.read()
        first = time.monotonic() - began
        began = time.monotonic()
        with urllib.request.urlopen(question) as answer:
            answer.read()
        hot = time.monotonic() - began
        memory = (
            int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
        )
        say(
            "serve", listening_s=round(listening, 2), first_answer_s=round(first, 2),
            second_answer_ms=round(hot * 1000, 1), memory_mb=memory,
        )  # fmt: skip
        server.terminate()


if __name__ == "__main__":
    main()
