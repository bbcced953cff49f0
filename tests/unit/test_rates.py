"""Counting a request must not hold its answer up."""

from __future__ import annotations

import threading
import time

from limits import parse
from limits.strategies import MovingWindowRateLimiter

from service.web import rates


def test_to_count_a_request_starts_no_thread():
    threads = set(threading.enumerate())
    limiter = MovingWindowRateLimiter(rates.ThreadlessStorage())
    for _ in range(5):
        assert limiter.hit(parse("100/hour"), "somebody")
        assert set(threading.enumerate()) <= threads
        time.sleep(0.03)


def test_requests_that_count_no_more_are_forgotten(monkeypatch):
    monkeypatch.setattr(rates, "SWEEP_INTERVAL", 0.5)
    store = rates.ThreadlessStorage()
    limiter, once = MovingWindowRateLimiter(store), parse("1/second")
    assert limiter.hit(once, "somebody") and not limiter.hit(once, "somebody")
    time.sleep(1.05)
    assert store.events[once.key_for("somebody")]
    limiter.hit(once, "somebody else")  # which has the store swept
    assert not store.events[once.key_for("somebody")]
