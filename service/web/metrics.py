"""How much is asked of this process, and how does it fare?

``/metrics`` in the text format of Prometheus: requests by route, method and status, how long they took, rows
by verdict, the ledger's length. Routes are named by their template, never by the address that was asked, and
nothing is kept about who asked. Every application has a registry of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from service.web.description import text, watching

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

router = APIRouter()


class _Requests(Collector):
    """How many requests were answered how, and how long they took.

    One thread counts, so that it needs no lock, and counting costs less than a ready answer.
    """

    def __init__(self) -> None:
        self._answered: dict[tuple[str, str, str], int] = {}
        self._taken: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, labels: tuple[str, str, str], seconds: float) -> None:
        route = labels[1]
        if route not in self._taken:
            self._taken[route], self._seconds[route] = [0] * (len(SECONDS) + 1), 0.0
        self._answered[labels] = self._answered.get(labels, 0) + 1
        self._taken[route][bisect_left(SECONDS, seconds)] += 1
        self._seconds[route] += seconds

    def collect(self) -> Iterator[Metric]:
        answered = CounterMetricFamily(
            "casualty_requests", "Requests answered.", labels=["method", "route", "status"]
        )
        for labels, number in list(self._answered.items()):
            answered.add_metric(labels, number)
        yield answered
        taken = HistogramMetricFamily(
            "casualty_request_seconds",
            "From the first byte asked to the last byte answered.",
            labels=["route"],
        )
        for route, counts in list(self._taken.items()):
            bounds = [*map(str, SECONDS), "+Inf"]
            taken.add_metric(
                [route], list(zip(bounds, accumulate(counts), strict=True)), self._seconds[route]
            )
        yield taken


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
        self._requests.count((known, route, str(status)), seconds)

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
