"""How long does one thing take, and how much memory, in a process of its own?"""

from __future__ import annotations

import datetime as dt
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import pyarrow as pa

from bench.reconcile.peers import BY_HAND, grouped
from bench.reconcile.reports import START, draw, draw_events, draw_giant, draw_relayed, draw_voices
from service.answers.query import Query
from service.answers.revisions import revisions
from service.reconcile import reconcile
from service.reconcile.claims import READ
from service.schema.records import Reference

T = TypeVar("T")
METHOD = "least-disagreement/2"
AS_OF = START + dt.timedelta(days=60)


def fresh(measure: Callable[..., T], *arguments: int | str) -> T:
    """Run in a new process, so that neither memory nor caches pass from one measurement to the next."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def seconds(run: Callable[[], object], rounds: int = 1) -> float:
    """The median processor time of a run, so that neighbours on the machine do not count."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return sorted(times)[len(times) // 2]


def drawn(shape: str, rows: int) -> tuple[pa.Table, Reference]:
    """Reports of a shape: ``giant`` (one crisis), ``relayed`` (one number), ``voices`` (one cell),
    ``events`` (one list), ``of N`` (crises of N)."""
    if shape == "giant":
        return draw_giant(rows)
    if shape == "relayed":
        return draw_relayed(rows)
    if shape == "voices":
        return draw_voices(rows)
    if shape == "events":
        return draw_events(rows)
    return draw(rows, per_crisis=int(shape.removeprefix("of ")))


def ours(shape: str, rows: int, rounds: int) -> tuple[float, float]:
    """Seconds, and gigabytes at the peak of the whole process."""
    return measure("ours", shape, rows, rounds)


def measure(way: str, shape: str, rows: int, rounds: int) -> tuple[float, float]:
    """Seconds of one of WAYS, and gigabytes at the peak of the whole process."""
    reports, reference = drawn(shape, rows)
    taken = seconds(lambda: WAYS[way](reports, reference), rounds)
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _reconcile(reports: pa.Table, reference: Reference) -> object:
    as_of = max(AS_OF, *reports["known_on"].unique().to_pylist())
    return reconcile(reports, reference, as_of=as_of, method=METHOD)


def _revise(reports: pa.Table, reference: Reference) -> object:
    return revisions(reports.select(READ), reference, Query(as_of=AS_OF))


WAYS_OF_OURS: dict[str, Callable[[pa.Table, Reference], object]] = {
    "ours": _reconcile,
    "ours: revisions of every source": _revise,
}
WAYS: dict[str, Callable[[pa.Table, Reference], object]] = {
    **WAYS_OF_OURS,
    "bare GROUP BY": lambda reports, _: grouped(reports, threads=1),
    **{name: (lambda reports, _, run=run: run(reports)) for name, run in BY_HAND.items()},
}


def first(rows: int) -> float:
    reports, reference = draw(rows)
    return seconds(lambda: reconcile(reports, reference, as_of=AS_OF, method=METHOD))


def warm(rows: int) -> float:
    reports, reference = draw(rows)
    reconcile(reports, reference, as_of=AS_OF, method=METHOD)
    return seconds(lambda: reconcile(reports, reference, as_of=AS_OF, method=METHOD), 5)
