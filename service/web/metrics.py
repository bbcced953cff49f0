"""How much is asked of this process, and how does it fare?

``/metrics`` in the text format of Prometheus: requests by route, method and status, how long they took, rows
by verdict, the ledger's length. A route is named by its template, never by the address, and nothing is kept
about who asked. Every application has a registry of its own.
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

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram of durations, in seconds."""
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

router = APIRouter()


@dataclasses.dataclass(slots=True)
class Durations:
    """How many requests took how long: one count for each of BUCKETS and one for more; ``seconds`` in all."""

    counts: list[int] = dataclasses.field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0


class _RequestCollector(Collector):
    """Counts requests by method, route and status, with their durations.

    Only the event loop counts, so that no lock is needed: a lock would cost as much as a ready answer.
    """

    def __init__(self) -> None:
        self._durations: dict[tuple[str, str, int], Durations] = {}

    def count(self, labels: tuple[str, str, int], seconds: float) -> None:
        durations = self._durations.get(labels)
        if durations is None:
            durations = self._durations[labels] = Durations()
        durations.counts[bisect_left(BUCKETS, seconds)] += 1
        durations.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "casualty_requests", "Requests answered.", labels=["method", "route", "status"]
        )
        by_route: dict[str, list[Durations]] = {}
        for (method, route, status), durations in list(self._durations.items()):
            requests.add_metric([method, route, str(status)], sum(durations.counts))
            by_route.setdefault(route, []).append(durations)
        yield requests
        histogram = HistogramMetricFamily(
            "casualty_request_seconds",
            "From the first byte asked to the last byte answered.",
            labels=["route"],
        )
        bounds = [*map(str, BUCKETS), "+Inf"]
        for route, of_route in by_route.items():
            per_bucket = map(sum, zip(*(durations.counts for durations in of_route), strict=True))
            seconds = sum(durations.seconds for durations in of_route)
            histogram.add_metric([route], list(zip(bounds, accumulate(per_bucket), strict=True)), seconds)
        yield histogram


class Metrics:
    """The counters of one application. Safe to use from several threads, but for ``count_request``."""

    def __init__(self, entries: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = _RequestCollector()
        self.registry.register(self._requests)
        self._rows = Counter(
            "casualty_rows", "Rows handed in over HTTP, by verdict.", ["verdict"], registry=self.registry
        )
        Gauge("casualty_ledger_entries", "Entries in the ledger.", registry=self.registry).set_function(
            entries
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has ended; call it from the event loop only."""
        label = method if method in METHODS else "OTHER"  # any word may come as a method; labels stay few
        self._requests.count((label, route, status), seconds)

    def count_rows(self, tallies: Mapping[str, int]) -> None:
        """Count rows that were handed in: how many, by verdict."""
        for verdict, number in tallies.items():
            self._rows.labels(verdict).inc(number)


@router.get(
    "/metrics",
    **watching("metrics", "Counters of this process, for Prometheus.", {"text/plain": text()}),
)
def send_metrics(request: Request) -> Response:
    metrics: Metrics = request.app.state.metrics
    return Response(
        generate_latest(metrics.registry),
        headers={"Cache-Control": "no-store"},
        media_type=CONTENT_TYPE_PLAIN_0_0_4,
    )
