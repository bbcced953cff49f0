"""Many ask at once: nothing that Python or a library does in the background may hold an answer up."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
import weakref

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from service.web import gc_tuning, rates


class Node:
    itself: Node


def a_cycle() -> weakref.ref[Node]:
    node = Node()
    node.itself = node
    return weakref.ref(node)


def test_what_is_left_behind_is_found_though_as_much_goes_as_comes():
    async def served() -> bool:
        async with gc_tuning.shared():
            left = a_cycle()
            for _ in range(100):
                await asyncio.sleep(gc_tuning.SWEEP)
                if left() is None:
                    return True
            return False

    assert asyncio.run(served())


def test_what_has_come_to_stay_is_gone_through_only_by_the_sweep():
    async def thresholds() -> tuple[int, int, int]:
        async with gc_tuning.shared():
            return gc.get_threshold()

    before = gc.get_threshold(), sys.getswitchinterval()
    assert asyncio.run(thresholds()) == (*before[0][:2], gc_tuning.NEVER)
    assert gc.get_threshold() == before[0]
    assert sys.getswitchinterval() == pytest.approx(before[1], abs=2e-6)  # Python counts in microseconds


def test_to_count_a_request_starts_no_thread():
    threads = set(threading.enumerate())
    limiter = MovingWindowRateLimiter(rates.Swept())
    for _ in range(5):
        assert limiter.hit(parse("100/hour"), "somebody")
        assert set(threading.enumerate()) <= threads
        time.sleep(0.03)


def test_requests_that_count_no_more_are_forgotten(monkeypatch):
    monkeypatch.setattr(rates, "SWEEP", 0.5)
    store = rates.Swept()
    limiter, once = MovingWindowRateLimiter(store), parse("1/second")
    assert limiter.hit(once, "somebody") and not limiter.hit(once, "somebody")
    time.sleep(1.05)
    assert store.events[once.key_for("somebody")]
    limiter.hit(once, "somebody else")  # which has the store swept
    assert not store.events[once.key_for("somebody")]


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of threads are Linux's")
def test_a_thread_in_the_background_lets_the_one_that_answers_go_first():
    told: list[int] = []

    def work() -> None:
        for _ in range(2):  # a second time changes nothing
            gc_tuning.step_back()
            told.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, os.getpid())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told == [min(before + gc_tuning.BEHIND, 19)] * 2
    assert os.getpriority(os.PRIO_PROCESS, os.getpid()) == before
