"""``python -m bench.cost --write``: what any one question may cost, and what the others notice of it.

Every question of ``bench.cost.questions`` is put to the ordinary server on a ledger of one crisis; then one
answer that lies ready is asked for at a steady pace, alone and while ``--many`` readers ask for what must be
worked out; then so many connections are opened that begin a request and never end it.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import platform
import resource
import socket
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bench.cost.ledger import build
from bench.cost.page import page
from bench.cost.questions import ONE, QUESTIONS
from bench.cost.readers import ask_on
from bench.cost.served import Served, Taken, served
from bench.serve.load import Measured, steady

DOCUMENT = Path(__file__).parents[2] / "docs" / "cost.md"
READY = f"/v1/series?{ONE}"
PACE = 100.0
HALF_OPEN, FILES = 1_100, 1_024


def main() -> None:
    """Print what is found, and write it down where that is asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=100_000)
    parser.add_argument("--many", type=int, default=60, help="readers who ask for what must be worked out")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each steady measure")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds for one answer")
    parser.add_argument("--only", nargs="*", help="beginnings of the names of questions")
    parser.add_argument("--beside", action="store_true", help="only what ready answers notice of others")
    parser.add_argument("--write", action="store_true", help="write docs/cost.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "data"
        build(place, asked.rows)
        if asked.beside:
            print(hammer(place, asked.many, asked.seconds), half_open(place))
            return
        began = os.getloadavg()[0]
        answers = ask_all(place, asked.patience, asked.only)
        alone, beside = hammer(place, asked.many, asked.seconds)
        waited = half_open(place)
    text = page(
        answers, alone, beside, waited, rows=asked.rows, many=asked.many, cores=os.cpu_count() or 1,
        python=platform.python_version(), load=(began, os.getloadavg()[0]),
    )  # fmt: skip
    print(text)
    if asked.write:
        DOCUMENT.write_text(text)


def ask_all(place: Path, patience: float, only: list[str] | None) -> dict[str, Taken]:
    """Each question in turn, of one server."""
    found = {}
    with served(place) as server:
        wait_until_ready(server)
        for name, path in QUESTIONS.items():
            if only and not name.startswith(tuple(only)):
                continue
            found[name] = server.ask(path, patience)
            print(name, found[name], flush=True)
    return found


def hammer(place: Path, many: int, seconds: float) -> tuple[Measured, Measured]:
    """An answer that lies ready: alone, and while so many ask for the costliest ones without a pause."""
    with served(place) as server:
        wait_until_ready(server)
        httpx.get(server.url + READY, timeout=120)
        port = urlsplit(server.url).port or 0
        alone = steady(port, itertools.repeat(READY), seconds, PACE)
        asking = get_context("spawn").Process(target=ask_on, args=(server.url, many))
        asking.start()  # in a process of its own, so that what is measured is not its waiting for Python
        time.sleep(2.0)
        beside = steady(port, itertools.repeat(READY), seconds, PACE)
        if not asking.is_alive():
            raise SystemExit("Nobody asked for what must be worked out.")
        asking.terminate()
        asking.join()
    return alone, beside


def half_open(place: Path) -> float:
    """The longest of three answers while more connections are half open than there may be files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * HALF_OPEN), hard))
    try:
        with served(place, files=FILES) as server, contextlib.ExitStack() as stack:
            wait_until_ready(server)
            parts = urlsplit(server.url)
            for _ in range(HALF_OPEN):
                connection = stack.enter_context(socket.create_connection((parts.hostname, parts.port), 60))
                connection.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: ")
            return max(_seconds(server.url + READY) for _ in range(3))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _seconds(url: str) -> float:
    began = time.perf_counter()
    httpx.get(url, timeout=120).raise_for_status()
    return time.perf_counter() - began


def wait_until_ready(server: Served) -> None:
    """Wait until the figures of now are in memory."""
    for _ in range(600):
        if all(server.ask(path, 120).status == 200 for path in ("/readyz", "/v1/figures?limit=1")):
            return
        time.sleep(0.5)
    raise SystemExit("The figures are not ready after a long time.")


if __name__ == "__main__":
    main()
