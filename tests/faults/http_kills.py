"""kill -9 of a server while clients with Idempotency-Keys write: is anything lost, by halves, or there twice?

A client sends a request until it is answered, over every kill, under one key: that is what a careful client
does. Each document has three reports that no other has; some are withdrawn, some handed in again. A server is
asked after each start for all reports, and the ledger is looked through once it has stopped for good.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from service.ledger import Store
from service.ledger.api_keys import Keyring, Role
from tests.builders import CRISIS_ID, moment
from tests.faults.history import fill

ROOT = Path(__file__).parents[2]
CLIENTS = 4
ROWS = 3
KILLS_OF_A_LEDGER = 25
LONGEST_START = 600.0
"""Seconds after which a server that does not answer is a fault."""
COME_AGAIN = {httpx.codes.CONFLICT, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS}


@dataclasses.dataclass
class Client:
    """One client: what it was told, and the request that it does not know the fate of."""

    number: int
    chance: random.Random
    ids: dict[int, list[str]] = dataclasses.field(default_factory=dict)  # by document: its report ids
    bodies: dict[int, bytes] = dataclasses.field(default_factory=dict)
    withdrawn: set[str] = dataclasses.field(default_factory=set)
    pending: tuple[str, str, Any] | None = None  # address, key, content
    sent: itertools.count[int] = dataclasses.field(default_factory=itertools.count)
    wrong: list[str] = dataclasses.field(default_factory=list)
    answers: int = 0

    def work(self, http: httpx.Client, is_over: threading.Event) -> None:
        """Send one request after the other until the server is gone."""
        try:
            while not is_over.is_set():
                address, key, content = self.pending = self.pending or self._next_request()
                answer = http.post(address, json=content, headers={"Idempotency-Key": key})
                if answer.status_code in COME_AGAIN:
                    time.sleep(0.02)
                    continue
                self.pending = None
                self._take(address, key, answer)
        except httpx.TransportError:
            pass  # the request stays pending, and is repeated

    def _next_request(self) -> tuple[str, str, Any]:
        kind = self.chance.random() if self.ids else 0.0
        if kind < 0.7:
            number = next(self.sent)
            return "/v1/reports", f"{self.number}-{number}", document(self.number, number)
        known = self.chance.choice(list(self.ids))
        if kind < 0.85:
            return "/v1/reports", f"{self.number}-{known}", document(self.number, known)
        report_id = self.ids[known][0]
        return f"/v1/reports/{report_id}/withdraw", f"w-{report_id}", {"reason": "counted twice"}

    def _take(self, address: str, key: str, answer: httpx.Response) -> None:
        """Note what was acknowledged; the same request again must have the same answer."""
        self.answers += 1
        if not answer.is_success:
            self.wrong.append(f"REFUSED: {answer.status_code} {answer.text[:300]}")
        elif address != "/v1/reports":
            self.withdrawn.add(address.split("/")[3])
        else:
            number = int(key.partition("-")[2])
            if self.bodies.setdefault(number, answer.content) != answer.content:
                self.wrong.append(f"ANSWERED OTHERWISE: {key}")
            self.ids[number] = [row["report_id"] for row in answer.json()["rows"]]


def document(client: int, number: int) -> list[dict[str, str]]:
    """Return the three reports that this client sends as its document ``number``."""
    return [
        {
            "crisis": CRISIS_ID, "source": f"Radio {client}", "published_on": "2026-03-13", "areas": "SY06",
            "measure": "killed", "population": "civilians", "count": str(ROWS * number + part + 1),
            "note": f"document {number}",
        }
        for part in range(ROWS)
    ]  # fmt: skip


class Trial:
    """One ledger, its clients and its kills; ``outcomes`` counts them, ``wrong`` says what must not be."""

    def __init__(self, data: Path, chance: random.Random) -> None:
        self.data, self.chance = data, chance
        with Store.open(data) as store:
            fill(store)
            self._earlier = store.head.seq
        _, self._secret = Keyring(data).create(Role.EDITOR, at=moment("2025-03-16"))
        self.clients = [Client(number, random.Random(chance.random())) for number in range(CLIENTS)]
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []

    def run(self, kills: int) -> None:
        """Kill the server so many times, then look at what is left."""
        with forking(self.data) as start:
            try:
                for _ in range(kills):
                    self._kill_once(*start())
                pid, url = start()
                self._settle(url)
                os.kill(pid, signal.SIGKILL)
            except httpx.HTTPError as error:
                self.wrong.append(f"DOES NOT START: {error}")
                return
        self._look_through()

    def _kill_once(self, pid: int, url: str) -> None:
        """Let the clients work, and kill the server at any moment: as it starts, or as it writes."""
        if self.chance.random() < 0.15:
            time.sleep(self.chance.random() * 0.5)
            os.kill(pid, signal.SIGKILL)
            self.outcomes["killed while it started"] += 1
            return
        with self._http(url) as http:
            self._check_served(wait_until_ready(http))
            is_over = threading.Event()
            with ThreadPoolExecutor(CLIENTS) as pool:
                work = [pool.submit(client.work, http, is_over) for client in self.clients]
                self._wait_for_some(work)
                os.kill(pid, signal.SIGKILL)
                is_over.set()
                for each in work:
                    each.result()
        self.outcomes["killed while clients wrote"] += 1

    def _wait_for_some(self, work: list[Future[None]]) -> None:
        """Wait until some more requests are acknowledged, up to eight, and then for a moment."""
        wanted = self._acknowledged() + self.chance.randint(0, 8)
        while self._acknowledged() < wanted and not any(each.done() for each in work):
            time.sleep(0.002)
        time.sleep(self.chance.random() * 0.05)

    def _acknowledged(self) -> int:
        return sum(client.answers for client in self.clients)

    def _http(self, url: str) -> httpx.Client:
        return httpx.Client(
            base_url=url,
            timeout=LONGEST_START,
            headers={"Authorization": f"Bearer {self._secret}"},
            verify=False,  # no TLS here: the certificates need not be read for each server
        )

    def _settle(self, url: str) -> None:
        """Repeat what nobody knows the fate of, as a client does, and ask for all of it once more."""
        with self._http(url) as http:
            wait_until_ready(http)
            for client in self.clients:
                while client.pending is not None:
                    address, key, content = client.pending
                    answer = http.post(address, json=content, headers={"Idempotency-Key": key})
                    if answer.status_code not in COME_AGAIN:
                        client.pending = None
                        client._take(address, key, answer)
            self._check_served(http.get("/v1/reports.json", params={"crisis": CRISIS_ID}))

    def _check_served(self, answer: httpx.Response) -> None:
        """What was acknowledged is there, each document wholly or not at all, and nothing twice."""
        rows = [row for row in answer.json()["data"] if row["source_id"].startswith("radio")]
        withdrawn = {row["report_id"]: row["withdrawn"] is not None for row in rows}
        if len(withdrawn) != len(rows):
            self.wrong.append(f"TWICE: {len(rows) - len(withdrawn)} reports")
        sizes = collections.Counter((row["source_id"], (row["number"] - 1) // ROWS) for row in rows)
        self.wrong += [f"BY HALVES: {size} of {key}" for key, size in sizes.items() if size != ROWS]
        asked = {each.pending[1] for each in self.clients if each.pending}
        told = {each for client in self.clients for each in client.withdrawn}
        known = {each for client in self.clients for ids in client.ids.values() for each in ids}
        self.wrong += [f"LOST: report {each}" for each in known - set(withdrawn)]
        self.wrong += [f"LOST: the withdrawal of {each}" for each in told if not withdrawn.get(each)]
        gone = {each for each, is_gone in withdrawn.items() if is_gone}
        self.wrong += [f"GONE: {each}" for each in gone - told if f"w-{each}" not in asked]

    def _look_through(self) -> None:
        """Open the ledger by itself: it is sound, and each report came in by one entry."""
        for client in self.clients:
            self.wrong += client.wrong
            self.outcomes["requests acknowledged"] += client.answers
        with Store.open(self.data) as store:
            self.wrong += [f"UNSOUND: {fault.message}" for fault in store.verify()]
            entries = store.submissions().to_pylist()[self._earlier :]
            held = store.reports(crisis_id=CRISIS_ID).num_rows
        accepted = sum(entry["accepted"] for entry in entries if entry["kind"] == "reports")
        acknowledged = ROWS * sum(len(client.ids) for client in self.clients)
        if not held - STANDING == accepted == acknowledged:
            self.wrong.append(f"{held} rows held, {accepted} accepted, {acknowledged} acknowledged")


STANDING = 3
"""Reports that ``fill`` leaves, withdrawn ones among them."""


@contextmanager
def forking(data: Path) -> Iterator[Any]:
    """Give what starts the next server on the ledger in ``data``: its process id and address."""
    command = [sys.executable, "-m", "tests.faults.served_forks", str(data)]
    environment = {**os.environ, "CASUALTY_CLOCK": "trust", "CASUALTY_WRITE_RATE": "off"}
    environment["CASUALTY_ANSWER_TIME"] = str(LONGEST_START)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None

        def start() -> tuple[int, str]:
            parent.stdin.write("serve\n")
            parent.stdin.flush()
            pid, port = map(int, parent.stdout.readline().split())
            return pid, f"http://127.0.0.1:{port}"

        yield start
        parent.stdin.close()


def wait_until_ready(http: httpx.Client) -> httpx.Response:
    """Return all reports of the crisis, once the server answers: its socket listens before it does."""
    return http.get("/v1/reports.json", params={"crisis": CRISIS_ID}).raise_for_status()


def trials(place: Path, chance: random.Random, kills: int) -> Iterator[Trial]:
    """Run so many kills on ledgers of at most KILLS_OF_A_LEDGER each, and yield each ledger's trial."""
    for number in itertools.count():
        some = min(KILLS_OF_A_LEDGER, kills - number * KILLS_OF_A_LEDGER)
        if some <= 0:
            return
        trial = Trial(place / f"ledger-{number}", chance)
        trial.run(some)
        yield trial
