"""Publish a ledger, reconcile it here and on one and two workers of one core each, and serve it.

Each step is a process of its own, so that its memory is its own; seconds are the clock's, processor seconds
those of the process and its children (of Spark: of the driver alone). Says whether all engines wrote the same
bytes.

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
from pathlib import Path
from typing import Any

from bench.scale.cluster import running_cluster

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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-scale.") as room:
        place = options.place or Path(room)
        place.mkdir(parents=True, exist_ok=True)
        say("machine", cores=os.cpu_count(), load=round(os.getloadavg()[0], 1))
        if not (place / "data").exists():
            begin = time.monotonic()
            room_of = {"small": "serve", "giant": "cost"}[options.shape]
            program = BUILD.format(room_of, str(place / "data"), int(options.rows))
            subprocess.run([sys.executable, "-c", program], check=True)
            say("built", seconds=round(time.monotonic() - begin, 1))
        casualty(
            "export",
            "--parquet",
            place / "ledger",
            "--data-dir",
            place / "data",
            "--as-of",
            AS_OF[options.shape],
        )
        run = ("reconcile", "--reports", place / "ledger", "--out")
        casualty(*run, place / "here")
        digests = {digest_of(place / "here")}
        for workers in options.workers:
            with running_cluster(place, workers) as cluster:
                for _ in range(options.runs):
                    out = place / f"spark-{workers}"
                    casualty(*run, out, "--engine", "spark", "--master", cluster.url, workers=workers)
                    digests.add(digest_of(out))
        say("bytes", alike=len(digests) == 1)
        casualty(*run, place / "ledger" / "figures")
        serve(place / "ledger")


def say(step: str, **figures: Any) -> None:
    print(json.dumps({"step": step, **figures}), flush=True)


def casualty(*words: object, workers: int = 0) -> None:
    """Run one command and say what it took."""
    arguments = [sys.executable, "-m", "service", *map(str, words), "--quiet"]
    begin = time.monotonic()
    process = subprocess.Popen(arguments)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments} failed")
    say(
        str(words[0]), workers=workers, seconds=round(time.monotonic() - begin, 1),
        processor_s=round(used.ru_utime + used.ru_stime, 1), memory_mb=used.ru_maxrss // 1024,
    )  # fmt: skip


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
