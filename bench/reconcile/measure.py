"""How long does one thing take, and how much memory, in a process of its own?"""

from __future__ import annotations

import datetime as dt
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from bench.reconcile.peers import applied, grouped
from bench.reconcile.reports import START, draw
from service.reconcile import reconcile

T = TypeVar("T")
METHOD = "least-disagreement/2"
AS_OF = START + dt.timedelta(days=60)


def fresh(measure: Callable[..., T], *arguments: int) -> T:
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


def ours(rows: int, rounds: int) -> tuple[float, float]:
    """Seconds, and gigabytes at the peak of the whole process."""
    reports, reference = draw(rows)
    taken = seconds(lambda: reconcile(reports, reference, as_of=AS_OF, method=METHOD), rounds)
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def limit(rows: int, rounds: int) -> float:
    reports, _ = draw(rows)
    return seconds(lambda: grouped(reports, threads=1), rounds)


def pandas(rows: int) -> float:
    reports = draw(rows)[0].to_pandas()
    return seconds(lambda: applied(reports))


def first(rows: int) -> float:
    reports, reference = draw(rows)
    return seconds(lambda: reconcile(reports, reference, as_of=AS_OF, method=METHOD))


def warm(rows: int) -> float:
    reports, reference = draw(rows)
    reconcile(reports, reference, as_of=AS_OF, method=METHOD)
    return seconds(lambda: reconcile(reports, reference, as_of=AS_OF, method=METHOD), 5)
