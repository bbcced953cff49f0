"""``python -m bench.serve --rows 1e6 --write``: how fast the service answers, beside what could be faster.

One machine, one process each, ratios from one run: a bare Starlette route under the same uvicorn gives the
limit, Datasette on SQLite with its best indexes the peer. Needs ``wrk`` (Debian: ``apt-get install wrk``).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.serve import ledger, peer
from bench.serve.measures import MEASURES, Sides
from bench.serve.page import page
from service.api import Ledger

PORTS = {"ours": 8971, "bare": 8972, "datasette": 8973}
DOCUMENT = Path(__file__).parents[2] / "docs" / "serving.md"
HOT = "/v1/series?crisis=crisis-000001&area=c000001-G1&measure=killed&population=civilians"


def main() -> None:
    """Print one row for each measure, and write them down where that is asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.serve", description=__doc__)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measure and round")
    parser.add_argument("--kept", type=Path, help="where ledger, peer and their files stay for another run")
    parser.add_argument("--only", nargs="*", help="beginnings of the names of measures")
    parser.add_argument("--write", action="store_true", help="write docs/serving.md")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (Debian: apt-get install wrk).")
    with contextlib.ExitStack() as stack:
        place = asked.kept or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = stack.enter_context(served(place, asked.rows))
        chosen = [each for each in MEASURES if not asked.only or each.name.startswith(tuple(asked.only))]
        results = {each: [] for each in chosen}
        began = _load()
        for number in range(asked.rounds):
            for measure in chosen:
                results[measure].append(measure.run(sides, asked.seconds, number))
                print(measure.name, *(f"{value:,.2f}" for value in results[measure][-1]), flush=True)
        busy = f"under a load of {began:.1f} and {_load():.1f} (its own included)"
    text = page(results, rows=asked.rows, rounds=asked.rounds, server=sides.server, busy=busy)
    print(text)
    if asked.write:
        DOCUMENT.write_text(text)


@contextlib.contextmanager
def served(place: Path, rows: int) -> Iterator[Sides]:
    """All sides up and warm."""
    place.mkdir(parents=True, exist_ok=True)
    data, file, body = place / f"data-{rows}", place / f"peer-{rows}.db", place / "body"
    if not data.exists():
        ledger.build(data, rows)
    if not file.exists():
        with Ledger.open(data, clock=lambda: ledger.TODAY) as opened:
            peer.build(opened, file)
    datasette = peer.install(place / "peer")
    key = json.loads(_casualty(data, "keys", "create", "--role", "reporter", "--json"))["key"]
    ours = [sys.executable, "-m", "bench.serve.served", "ours", str(data), str(PORTS["ours"])]
    with running(ours, PORTS["ours"], "/readyz") as process, httpx.Client(timeout=600) as client:
        base = f"http://127.0.0.1:{PORTS['ours']}"
        _until_ready(client, base)
        answer = client.get(base + HOT, headers={"Accept-Encoding": "identity"})
        body.write_bytes(answer.content)
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name not in {"content-length", "content-type", "server", "date"}
        }
        body.with_suffix(".json").write_text(json.dumps(kept))
        bare = [sys.executable, "-m", "bench.serve.served", "bare", str(body), str(PORTS["bare"])]
        theirs = peer.command(datasette, file, PORTS["datasette"])
        with (
            running(bare, PORTS["bare"], "/body"),
            running(theirs, PORTS["datasette"], "/-/versions.json"),
        ):
            yield Sides(process.pid, PORTS, rows, HOT, answer.headers["etag"], key, _server())


@contextlib.contextmanager
def running(command: list[str], port: int, path: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process, once it answers; it is ended afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}{path}", timeout=30).status_code == 200:
                    break
            time.sleep(0.2)
        else:
            raise SystemExit(f"{command[0]} does not answer on port {port}")
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _until_ready(client: httpx.Client, base: str) -> None:
    """Wait until every crisis is in memory: until a question about all of them is answered."""
    deadline = time.monotonic() + 1_800
    while client.get(f"{base}/v1/figures?limit=1").status_code != 200:
        if time.monotonic() > deadline:
            raise SystemExit("the figures are not ready after half an hour")
        time.sleep(1)


def _casualty(data: Path, *words: str) -> str:
    command = [sys.executable, "-m", "service", *words, "--data-dir", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _load() -> float:
    """How many processes wanted to run, on average of the last minute."""
    return os.getloadavg()[0]


def _server() -> str:
    """What speaks HTTP: uvicorn takes httptools and uvloop where they are installed."""
    faster = [name for name in ("httptools", "uvloop") if importlib.util.find_spec(name)]
    return f"uvicorn with {' and '.join(faster)}" if faster else "uvicorn with h11 and asyncio"


if __name__ == "__main__":
    main()
