"""How much is asked of this process, and how does it fare?

``/metrics`` in the text format of Prometheus: requests by route, method and status, how long they took, rows
by verdict, the ledger's length. Routes are named by their template, never by the address that was asked, and
nothing is kept about who asked. Every application has a registry of its own.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from service.web.openapi import text, watching

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

router = APIRouter()


@dataclasses.dataclass(slots=True)
class Taken:
    """How long requests took: how many up to each of SECONDS and more, and all together."""

    numbers: list[int] = dataclasses.field(default_factory=lambda: [0] * (len(SECONDS) + 1))
    seconds: float = 0.0


class _Requests(Collector):
    """How many requests were answered how, and how long they took.

    One thread counts, so that it needs no lock, and counting costs less than a ready answer.
    """

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str, int], Taken] = {}

    def count(self, labels: tuple[str, str, int], seconds: float) -> None:
        taken = self._taken.get(labels)
        if taken is None:
            taken = self._taken[labels] = Taken()
        taken.numbers[bisect_left(SECONDS, seconds)] += 1
        taken.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        answered = CounterMetricFamily(
            "casualty_requests", "Requests answered.", labels=["method", "route", "status"]
        )
        by_route: dict[str, list[Taken]] = {}
        for (method, route, status), taken in list(self._taken.items()):
            answered.add_metric([method, route, str(status)], sum(taken.numbers))
            by_route.setdefault(route, []).append(taken)
        yield answered
        times = HistogramMetricFamily(
            "casualty_request_seconds",
            "From the first byte asked to the last byte answered.",
            labels=["route"],
        )
        bounds = [*map(str, SECONDS), "+Inf"]
        for route, all_taken in by_route.items():
            numbers = accumulate(map(sum, zip(*(taken.numbers for taken in all_taken), strict=True)))
            seconds = sum(taken.seconds for taken in all_taken)
            times.add_metric([route], list(zip(bounds, numbers, strict=True)), seconds)
        yield times


class Metrics:
    """The counters of one application. Safe to use from several threads, but for ``count_request``."""

    def __init__(self, entries: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = _Requests()
        self.registry.register(self._requests)
        self._rows = Counter(
            "casualty_rows", "Rows handed in over HTTP, by verdict.", ["verdict"], registry=self.registry
        )
        Gauge("casualty_ledger_entries", "Entries in the ledger.", registry=self.registry).set_function(
            entries
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """From the event loop only."""
        known = method if method in METHODS else "OTHER"  # any word may come as a method; labels stay few
        self._requests.count((known, route, status), seconds)

    def count_rows(self, tallies: Mapping[str, int]) -> None:
        for verdict, number in tallies.items():
            self._rows.labels(verdict).inc(number)


@router.get(
    "/metrics",
    **watching("metrics", "Counters of this process, for Prometheus.", {"text/plain": text()}),
)
def metrics(request: Request) -> Response:
    counted: Metrics = request.app.state.metrics
    return Response(
        generate_latest(counted.registry),
        headers={"Cache-Control": "no-store"},
        media_type=CONTENT_TYPE_PLAIN_0_0_4,
    )
