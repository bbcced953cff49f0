"""Many ask at once: nothing that Python does in the background may hold an answer up."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import weakref

import pytest

from service.web import gc_tuning


class Node:
    itself: Node


def a_cycle() -> weakref.ref[Node]:
    node = Node()
    node.itself = node
    return weakref.ref(node)


def test_what_is_left_behind_is_found_though_as_much_goes_as_comes():
    async def served() -> bool:
        async with gc_tuning.tune_interpreter():
            left = a_cycle()
            for _ in range(100):
                await asyncio.sleep(gc_tuning.YOUNG_INTERVAL)
                if left() is None:
                    return True
            return False

    assert asyncio.run(served())


def test_what_has_come_to_stay_is_gone_through_only_by_the_sweep():
    async def thresholds() -> tuple[int, int, int]:
        async with gc_tuning.tune_interpreter():
            return gc.get_threshold()

    before = gc.get_threshold(), sys.getswitchinterval()
    assert asyncio.run(thresholds()) == (*before[0][:2], gc_tuning.NEVER)
    assert gc.get_threshold() == before[0]
    assert sys.getswitchinterval() == pytest.approx(before[1], abs=2e-6)  # Python counts in microseconds


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of threads are Linux's")
def test_a_thread_in_the_background_lets_the_one_that_answers_go_first():
    niceness: list[int] = []

    def work() -> None:
        for _ in range(2):  # a second time changes nothing
            gc_tuning.lower_thread_priority()
            niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, os.getpid())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert niceness == [min(before + gc_tuning.BACKGROUND_NICENESS, 19)] * 2
    assert os.getpriority(os.PRIO_PROCESS, os.getpid()) == before
