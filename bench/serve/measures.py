"""What is measured? Each measure asks the sides in turn and gives its figures in the order of its columns."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from bench.serve.ledger import CELLS, PER_CRISIS, area_code, crisis_name
from bench.serve.load import Measured, steady, wrk

COLD_PATHS = 60_000
STEADY_PACE = 100.0
REPORTS_A_SECOND = 50
REPORTS_A_BATCH = 10
DESKS = 4
"""Who hand in by turns, each waiting for the answer to its last batch."""


@dataclasses.dataclass(frozen=True)
class Sides:
    """Who is asked: the ports, our process, the question that is hot, and how it is answered."""

    process: int
    ports: dict[str, int]
    rows: int
    hot: str
    etag: str
    key: str
    server: str

    def address(self, side: str) -> str:
        return f"http://127.0.0.1:{self.ports[side]}"


@dataclasses.dataclass(frozen=True)
class Measure:
    """``columns`` name the figures that ``run`` gives; the first is compared with those ``beside``, and its
    ratio to the first of them is held against the aim."""

    name: str
    columns: tuple[str, ...]
    run: Callable[[Sides, float, int], tuple[float, ...]]
    beside: tuple[int, ...]
    aim: str


def hot(sides: Sides, seconds: float, _: int) -> tuple[float, ...]:
    """Ready bytes, beside a route that gives the same head and body, and one that gives the body alone."""
    return tuple(
        _sound(wrk(sides.address(side), [path], seconds)).rate
        for side, path in (("ours", sides.hot), ("bare", "/same"), ("bare", "/body"))
    )


def unchanged(sides: Sides, seconds: float, _: int) -> tuple[float, ...]:
    has = f"If-None-Match: {sides.etag}"
    ours = _sound(wrk(sides.address("ours"), [sides.hot], seconds, header=has)).rate
    return (
        ours,
        *(_sound(wrk(sides.address("bare"), [path], seconds)).rate for path in ("/same", "/body")),
    )


def cold(sides: Sides, seconds: float, number: int) -> tuple[float, ...]:
    """Every request another place, population or last day: no answer is asked for twice."""
    ours, theirs = [], []
    for crisis, area, population, day in itertools.islice(_questions(sides.rows, number), COLD_PATHS):
        code = area_code(crisis, area)
        common = f"measure=killed&population={population}"
        ours.append(f"/v1/series?area={code}&{common}&to={day}")
        theirs.append(
            f"/{_database(sides)}/series.json?area_code={code}&{common}&date__lte={day}"
            "&_sort=date&_shape=array&_size=max&_nofacet=1&_nocount=1"
        )
    return _against(sides, ours, theirs, seconds)


def point(sides: Sides, seconds: float, number: int) -> tuple[float, ...]:
    """The latest figure of one place and population."""
    ours, theirs = [], []
    for crisis, area, population, day in itertools.islice(_questions(sides.rows, number + 100), COLD_PATHS):
        code = area_code(crisis, area)
        common = f"measure=killed&population={population}"
        ours.append(f"/v1/figures?crisis={crisis_name(crisis)}&area={code}&{common}&to={day}")
        theirs.append(
            f"/{_database(sides)}/series.json?area_code={code}&{common}&date__lte={day}"
            "&_sort_desc=date&_size=1&_shape=array&_nofacet=1&_nocount=1"
        )
    return _against(sides, ours, theirs, seconds)


def under_ingest(sides: Sides, seconds: float, number: int) -> tuple[float, ...]:
    """The latest of a hundred reads at a steady pace, with reports coming in and without."""
    longer = max(10.0, 2 * seconds)
    asked = itertools.islice(_reads(sides.rows, number), int(2 * longer * STEADY_PACE))
    paths = iter([f"{path}&from=2031-01-01" for path in asked])  # made before the clock runs
    with _ingesting(sides, number) as handed_in:
        with_it = _sound(steady(sides.ports["ours"], paths, longer, STEADY_PACE)).p99
    without = _sound(steady(sides.ports["ours"], paths, longer, STEADY_PACE)).p99
    return with_it, without, sum(handed_in) / longer


def whole_csv(sides: Sides, _: float, __: int) -> tuple[float, ...]:
    """Megabytes a second of all reports as CSV, and by how many megabytes the server grew meanwhile."""
    before, most = _resident(sides.process), 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.02):
            most = max(most, _resident(sides.process))

    watching = threading.Thread(target=watch)
    watching.start()
    began, size = time.perf_counter(), 0
    connection = http.client.HTTPConnection("127.0.0.1", sides.ports["ours"], timeout=600)
    connection.request("GET", "/v1/reports.csv")
    answer = connection.getresponse()
    while piece := answer.read(2**20):
        size += len(piece)
    taken = time.perf_counter() - began
    done.set()
    watching.join()
    return size / taken / 1e6, (most - before) / 1e6, size / 1e6


MEASURES = (
    Measure(
        "hot series, answers/s",
        ("ours", "bare route, same bytes", "bare route, two headers"),
        hot, (1, 2), "≥ 1",
    ),
    Measure(
        "hot 304, answers/s",
        ("ours", "bare 200, same bytes", "bare 200, two headers"),
        unchanged, (1, 2), "≥ 1",
    ),
    Measure(
        "cold series, answers/s",
        ("ours", "Datasette", "ours p99, ms", "Datasette p99, ms"),
        cold, (1,), "≥ 10",
    ),
    Measure(
        "point look-up, answers/s",
        ("ours", "Datasette", "ours p99, ms", "Datasette p99, ms"),
        point, (1,), "> 1",
    ),
    Measure(
        "p99 of reads under ingest, ms", ("with ingest", "without", "reports/s"), under_ingest, (1,), "≤ 2"
    ),
    Measure("all reports as CSV, MB/s", ("MB/s", "growth, MB", "size, MB"), whole_csv, (), ""),
)  # fmt: skip


def _against(sides: Sides, ours: list[str], theirs: list[str], seconds: float) -> tuple[float, ...]:
    own = _sound(wrk(sides.address("ours"), ours, seconds))
    other = _sound(wrk(sides.address("datasette"), theirs, seconds))
    return own.rate, other.rate, own.p99, other.p99


def _sound(measured: Measured) -> Measured:
    if measured.failed:
        raise SystemExit(f"{measured.failed} answers were none")
    return measured


def _database(sides: Sides) -> str:
    return f"peer-{sides.rows}"


def _questions(rows: int, number: int) -> Iterator[tuple[int, str, str, str]]:
    """Crisis, place, population and last day, none of them twice."""
    crises = -(-rows // PER_CRISIS)
    every = [
        (crisis, area, population, day)
        for crisis in range(crises)
        for area, population in CELLS
        for day in ("2031-01-31", "2031-02-01", "2031-02-02", "2031-02-03", "2031-02-04")
    ]
    random.Random(number).shuffle(every)
    yield from every


def _reads(rows: int, number: int) -> Iterator[str]:
    for crisis, area, population, day in _questions(rows, number + 200):
        yield f"/v1/series?area={area_code(crisis, area)}&measure=killed&population={population}&to={day}"


@contextlib.contextmanager
def _ingesting(sides: Sides, number: int) -> Iterator[list[int]]:
    """Reports handed in over HTTP at a steady pace while it lasts, each batch when it is due, by the desk
    whose turn it is; how many were accepted by each."""
    done, accepted = threading.Event(), [0] * DESKS
    pace = REPORTS_A_BATCH / REPORTS_A_SECOND

    def hand_in(desk: int, began: float) -> None:
        chance = random.Random(f"ingest {number} {desk} {time.time()}")
        crises = -(-sides.rows // PER_CRISIS)
        with httpx.Client(base_url=sides.address("ours"), timeout=60) as client:
            for turn in itertools.count(desk, DESKS):
                if done.wait(max(0.0, began + turn * pace - time.perf_counter())):
                    return
                crisis = chance.randrange(crises)
                rows = [_report(crisis, chance) for _ in range(REPORTS_A_BATCH)]
                answer = client.post(
                    "/v1/reports", json=rows, headers={"Authorization": f"Bearer {sides.key}"}
                )
                answer.raise_for_status()
                accepted[desk] += answer.json()["accepted"]

    now = time.perf_counter()
    desks = [threading.Thread(target=hand_in, args=(desk, now)) for desk in range(DESKS)]
    for desk in desks:
        desk.start()
    try:
        yield accepted
    finally:
        done.set()
        for desk in desks:
            desk.join()


def _report(crisis: int, chance: random.Random) -> dict[str, object]:
    area, population = chance.choice(CELLS)
    day = f"2031-01-{chance.randrange(1, 29):02}"
    return {
        "crisis": crisis_name(crisis), "source": f"outlet-{chance.randrange(40)}", "origin": "monitor-1",
        "url": f"https://example.org/{chance.getrandbits(60):x}", "published_on": day, "counted_to": day,
        "areas": area_code(crisis, area), "measure": "killed", "population": population,
        "basis": "cumulative", "count": str(chance.randrange(1, 500)), "standard": "unverified",
    }  # fmt: skip


def _resident(process: int) -> int:
    """Bytes of memory that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(each for each in status.splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) * 1024
