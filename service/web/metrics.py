"""How much is asked of this process, and how does it fare?

``/metrics`` in the text format of Prometheus: requests by route, method and status, how long they took, rows
by verdict, the ledger's length. Routes are named by their template, never by the address that was asked, and
nothing is kept about who asked. Every application has a registry of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

router = APIRouter()


class Metrics:
    """The counters of one application. Safe to use from several threads."""

    def __init__(self, entries: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "casualty_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "casualty_request_seconds", "From the first byte asked to the last byte answered.", ["route"],
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self._rows = Counter(
            "casualty_rows", "Rows handed in over HTTP, by verdict.", ["verdict"], registry=self.registry
        )
        Gauge("casualty_ledger_entries", "Entries in the ledger.", registry=self.registry).set_function(
            entries
        )
        self._counter = cache(self._requests.labels)  # to find a counter costs more than to count
        self._timer = cache(self._seconds.labels)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        known = method if method in METHODS else "OTHER"  # any word may come as a method; labels stay few
        self._counter(known, route, str(status)).inc()
        self._timer(route).observe(seconds)

    def count_rows(self, tallies: Mapping[str, int]) -> None:
        for verdict, number in tallies.items():
            self._rows.labels(verdict).inc(number)


@router.get(
    "/metrics",
    summary="Counters of this process, for Prometheus.",
    responses={200: {"description": "The text format of Prometheus.", "content": {"text/plain": {}}}},
)
def metrics(request: Request) -> Response:
    counted: Metrics = request.app.state.metrics
    return Response(
        generate_latest(counted.registry),
        headers={"Cache-Control": "no-store"},
        media_type=CONTENT_TYPE_PLAIN_0_0_4,
    )
