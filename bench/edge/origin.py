"""How does the real server let its answers be kept, and what do they cost it?

A sample of questions of three kinds is asked of the server over HTTP: of now, as of an earlier day, and as of
an earlier day recorded by an earlier moment, which no later entry can change.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from bench.edge.cache import Kind, fresh_seconds
from bench.serve.__main__ import running
from bench.serve.ledger import CELLS, PER_CRISIS, RECORDED, area_code, build, crisis_name

LATEST, AS_OF, PINNED = "of now", "as of a day", "as of a day, recorded by a moment"
MOMENT = f"{RECORDED:%Y-%m-%dT%H:%M:%SZ}"
"""That of the last entry before anything is handed in here."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(frozen=True)
class Origin:
    """What is known of the server: the kinds of its answers with their ``Cache-Control``, and the processor
    seconds that it takes to say that one has not changed, to send one that lies ready, and to make one of
    each kind."""

    kinds: tuple[Kind, ...]
    cache_control: dict[str, str]
    unchanged: float
    ready: float
    made: dict[str, float]


def measure(place: Path, rows: int, sample: int) -> Origin:
    """Build a ledger, serve it, and ask ``sample`` questions of each kind, before and after an entry about
    every crisis."""
    build(place / "data", rows)
    command = [sys.executable, "-m", "service", "keys", "create", "--role", "reporter", "--json"]
    created = subprocess.run([*command, "--data-dir", str(place / "data")], check=True, capture_output=True)
    key = json.loads(created.stdout)["key"]
    crises = rows // PER_CRISIS
    asked = questions(crises, sample)
    port = _free_port()
    words = [sys.executable, "-m", "bench.serve.served", "ours", str(place / "data"), str(port)]
    base = f"http://127.0.0.1:{port}"
    with running(words, port, "/readyz") as server, httpx.Client(base_url=base, timeout=600) as client:
        while _get(client, "/v1/figures?limit=1", {}).status_code != 200:
            time.sleep(0.1)
        made, first = {}, Answers()
        for name, some in asked.items():
            made[name], answers = _asked(client, server.pid, {name: some})
            first |= answers
        ready, _ = _asked(client, server.pid, asked)
        unchanged, again = _asked(client, server.pid, asked, first)
        if any(answer.status_code != 304 for some in again.values() for answer in some):
            raise SystemExit("an answer changed though nothing was recorded")
        for crisis in range(crises):
            _hand_in(client, key, crisis)
        _, later = _asked(client, server.pid, asked, first)
    kinds, rules = [], {}
    for name, answers in first.items():
        (rules[name],) = {answer.headers["cache-control"] for answer in answers}
        size = sum(len(answer.content) for answer in answers) // len(answers)
        changed = sum(answer.status_code == 200 for answer in later[name]) / len(answers)
        kinds.append(Kind(name, fresh_seconds(rules[name]), size, changed))
    return Origin(tuple(kinds), rules, unchanged=unchanged, ready=ready, made=made)


def questions(crises: int, sample: int) -> dict[str, list[str]]:
    """Return so many addresses of each kind, none of them twice, about all of the crises."""
    cells = [(crisis, area, population) for crisis in range(crises) for area, population in CELLS]
    random.Random(0).shuffle(cells)
    asked: dict[str, list[str]] = {LATEST: [], AS_OF: [], PINNED: []}
    for number, (crisis, area, population) in enumerate(cells[:sample]):
        suffix = ("json", "csv")[number % 2]
        latest = (
            f"/v1/series.{suffix}?crisis={crisis_name(crisis)}&area={area_code(crisis, area)}"
            f"&measure=killed&population={population}"
        )
        earlier = f"{latest}&as_of=2031-01-{10 + number // 2 % 20}"
        asked[LATEST].append(latest)
        asked[AS_OF].append(earlier)
        asked[PINNED].append(f"{earlier}&recorded_by={MOMENT}")
    return asked


Answers = dict[str, list[httpx.Response]]


def _asked(
    client: httpx.Client, process: int, asked: dict[str, list[str]], has: Answers | None = None
) -> tuple[float, Answers]:
    """Ask every question, by the ETags of the answers one ``has``; return the processor seconds of the server
    for each, and the answers."""
    before, answers = _processor_seconds(process), Answers()
    for name, addresses in asked.items():
        answers[name] = []
        for number, address in enumerate(addresses):
            headers = {"If-None-Match": has[name][number].headers["etag"]} if has else {}
            answers[name].append(_get(client, address, headers))
            if answers[name][-1].status_code not in {200, 304}:
                raise SystemExit(f"{address}: {answers[name][-1].text}")
    count = sum(map(len, asked.values()))
    return (_processor_seconds(process) - before) / count, answers


def _get(client: httpx.Client, address: str, headers: dict[str, str]) -> httpx.Response:
    """Ask again where the server has just closed a connection that was idle for seconds, or is too busy."""
    while True:
        with contextlib.suppress(httpx.RemoteProtocolError):
            answer = client.get(address, headers=headers)
            if answer.status_code != 503:
                return answer
            time.sleep(int(answer.headers["retry-after"]))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _hand_in(client: httpx.Client, key: str, crisis: int) -> None:
    """Hand in one report about a crisis."""
    row = {
        "crisis": crisis_name(crisis), "source": "outlet-1", "origin": "monitor-1",
        "url": f"https://example.org/new/{crisis}", "published_on": "2031-02-20", "counted_to": "2031-02-19",
        "areas": area_code(crisis, CELLS[0][0]), "measure": "killed", "population": "civilians",
        "basis": "cumulative", "count": "700", "standard": "unverified",
    }  # fmt: skip
    answer = client.post("/v1/reports", json=[row], headers={"Authorization": f"Bearer {key}"})
    if not answer.is_success or answer.json()["accepted"] != 1:
        raise SystemExit(f"the report was not taken in: {answer.text}")


def _processor_seconds(process: int) -> float:
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / TICKS
