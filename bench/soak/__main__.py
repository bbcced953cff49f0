"""``python -m bench.soak --minutes 10``: a real server under readers and a desk, watched for what grows.

Three readers ask everything there is about the shipped crises, as of any day; a desk hands in reports,
withdraws and lets stand again. Every few seconds the server's memory and open files are noted. It has held
if, after a warm-up of a quarter of the time, memory grew by less than a twentieth, no file was left open, and
no answer was a 5xx but the 503 that asks to come again. Ends with 1 where it has not.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx

from bench.reliability import write_lines

MUST = (
    "A server under three readers, who ask everything there is as of any day, and a desk that hands in, "
    "withdraws and lets stand again: with 64 MiB of kept "
    "answers and after a warm-up of a quarter of the time, memory grows by less than "
    "5 %, no file is left open, and no answer is a 5xx but the 503 that asks to come again."
)
READERS = 3
CACHE_MEMORY = 64 * 2**20
"""Bytes of answers that the server may keep: so few that they are full after the warm-up, and what grows then
is a leak."""
EVERY = 5.0
"""Seconds from one look at the server to the next."""
WARM_UP, MOST_GROWTH, SPARE_FILES = 0.25, 1.05, 8
QUESTIONS = (
    "/v1/series", "/v1/figures.csv", "/v1/conflicts", "/v1/evidence.parquet", "/v1/changes?since=2025-03-11",
    "/v1/reports?limit=50", "/v1/findings", "/v1/areas",
    "/v1/parts?measure=killed&population=civilians", "/", "/conflict", "/findings",
    "/v1/series.xlsx", "/v1/charts/trend.svg",
)  # fmt: skip
PLACES = ("Latakia", "Jableh", "Banias", "Tartus", "Hama")
FIRST = dt.date(2025, 3, 7)


class Tally:
    """What was answered, by status, and what went wrong on the way."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.failures: list[str] = []

    def add(self, answer: httpx.Response) -> httpx.Response:
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500 and answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            self.failures.append(f"{answer.status_code} {answer.request.url}")
        return answer


def main() -> None:
    """Run, print a row for each tenth of the time, and say whether it has held."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    asked = parser.parse_args()
    seconds = 60 * asked.minutes
    tally, ended = Tally(), threading.Event()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (base, key, process):
        jobs = [(read, (base, number)) for number in range(READERS)] + [(hand_in, (base, key))]
        threads = [threading.Thread(target=job, args=(*what, tally, ended)) for job, what in jobs]
        for thread in threads:
            thread.start()
        looks = watch(process, seconds)
        ended.set()
        for thread in threads:
            thread.join(timeout=60)
    lines, has_held = summarise(looks, tally)
    print("\n".join(lines))
    if asked.write:
        write_lines("soak", "Soak", MUST, lines)
    raise SystemExit(0 if has_held else 1)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str, subprocess.Popen[bytes]]]:
    """A server of a ledger of its own, with the shipped crises: its address, a key, and its process."""
    casualty, where = [sys.executable, "-m", "service"], ["--data-dir", str(folder / "data")]
    made = subprocess.run(
        [*casualty, "keys", "create", "--role", "editor", "--json", *where], check=True, capture_output=True
    )
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        port = door.getsockname()[1]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [*casualty, "serve", "--port", str(port), *where],
        stdout=log, stderr=log, env={**os.environ, "CASUALTY_CACHE_MEMORY": str(CACHE_MEMORY)},
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        while process.poll() is None:
            try:
                if httpx.get(f"{base}/readyz").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        yield base, json.loads(made.stdout)["key"], process
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


def read(base: str, number: int, tally: Tally, ended: threading.Event) -> None:
    """Ask one thing after the other, each reader in an order of its own."""
    chance = random.Random(number)
    with httpx.Client(base_url=base, timeout=120) as client:
        while not ended.is_set():
            address = chance.choice(QUESTIONS)
            if address != "/v1/areas" and chance.random() < 0.7:
                asked = {"as_of": str(FIRST + dt.timedelta(chance.randrange(60)))}
                if "parts" in address or chance.random() < 0.5:
                    asked["area"] = chance.choice(PLACES)
                address += ("&" if "?" in address else "?") + urlencode(asked)
            tally.add(client.get(address))


def hand_in(base: str, key: str, tally: Tally, ended: threading.Event) -> None:
    """Hand in, withdraw and let stand again, about once a second."""
    chance = random.Random(0)
    bearer = {"Authorization": f"Bearer {key}"}
    known: list[str] = []
    with httpx.Client(base_url=base, timeout=120, headers=bearer) as client:
        while not ended.wait(1):
            kind = chance.choice(("reports", "reports", "withdraw", "reinstate")) if known else "reports"
            if kind != "reports":
                body = {"reason": "looked at again"}
                tally.add(client.post(f"/v1/reports/{chance.choice(known)}/{kind}", json=body))
                continue
            day = FIRST + dt.timedelta(chance.randrange(60))
            row = {
                "crisis": "soak", "source": f"radio {chance.randrange(20)}", "published_on": str(day),
                "areas": chance.choice(PLACES), "measure": "killed", "population": "civilians",
                "count": str(chance.randrange(1, 500)),
            }  # fmt: skip
            answer = tally.add(client.post("/v1/reports", json=[row]))
            if answer.status_code == httpx.codes.CREATED:
                known += [each["report_id"] for each in answer.json()["rows"] if each["report_id"]]


def watch(process: subprocess.Popen[bytes], seconds: float) -> list[tuple[float, float, int]]:
    """Seconds since the beginning, megabytes held, and files open, look by look."""
    began, looks = time.monotonic(), []
    while (passed := time.monotonic() - began) < seconds:
        status = Path(f"/proc/{process.pid}/status").read_text()
        held = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))
        looks.append((passed, held, len(list(Path(f"/proc/{process.pid}/fd").iterdir()))))
        time.sleep(EVERY)
    return looks


def summarise(looks: list[tuple[float, float, int]], tally: Tally) -> tuple[list[str], bool]:
    """Return what was seen, line by line, and whether it has held."""
    lines = ["| minute | memory, MB | open files |", "|---:|---:|---:|"]
    for passed, held, files in looks[:: max(1, len(looks) // 10)]:
        lines.append(f"| {passed / 60:.1f} | {held:,.0f} | {files} |")
    warm = [look for look in looks if look[0] >= WARM_UP * looks[-1][0]]
    tenth = max(1, len(warm) // 10)
    before, after = (sum(look[1] for look in some) / len(some) for some in (warm[:tenth], warm[-tenth:]))
    more = warm[-1][2] - warm[0][2]
    statuses = ", ".join(f"{number:,} times {status}" for status, number in sorted(tally.statuses.items()))
    has_held = after < MOST_GROWTH * before and more <= SPARE_FILES and not tally.failures
    lines += [
        "",
        f"Answers by status: {statuses}.",
        f"Memory after the warm-up {before:,.0f} MB, at the end {after:,.0f} MB: {after / before - 1:+.1%}.",
        f"Open files {more:+d} since the warm-up. Failures: {len(tally.failures)}.",
        *(f"  {failure}" for failure in tally.failures[:10]),
        "It has held." if has_held else "It has not held.",
    ]
    return lines, has_held


if __name__ == "__main__":
    main()
