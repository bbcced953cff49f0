"""How does Python itself serve many who ask at once?

Some of its settings are made for programs that do one thing: how long a thread may keep the interpreter while
others wait, how often the search for cyclic garbage goes through everything that is alive, and that all
threads have the same claim to a processor.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import os
import sys
import threading
from collections.abc import AsyncIterator

TURN = 0.0002
"""Seconds for which a thread may keep the interpreter while another waits for it. An answer of 0.3 ms lets go
of it whenever it sends or calls Arrow; to get it back from a thread that works in the background would cost
Python's own 5 ms each time."""


SWEEP = 0.05
"""Seconds between two searches for garbage in what is new. Python itself would wait until more has come than
gone: where each answer that is kept takes the place of another, that is tens of thousands of answers later,
and the search takes 70 ms."""

LONG_SWEEP = 600.0
"""Seconds between two searches in what has come to stay: with thousands of answers kept, one takes 60 ms."""

BEHIND = 5
"""Steps of priority by which a thread that works in the background lies behind the one that answers."""

NEVER = 1_000_000_000
"""A threshold at which Python itself does not get to search that."""


@contextlib.asynccontextmanager
async def shared() -> AsyncIterator[None]:
    """While it lasts, no thread keeps the interpreter for long, and no search for garbage either."""
    usual, young, middle, old = sys.getswitchinterval(), *gc.get_threshold()
    sys.setswitchinterval(TURN)
    gc.set_threshold(young, middle, NEVER)
    sweeping = asyncio.create_task(_sweep())
    try:
        yield
    finally:
        sweeping.cancel()
        sys.setswitchinterval(usual)
        gc.set_threshold(young, middle, old)
        gc.unfreeze()


async def _sweep() -> None:
    for number in itertools.count(1):
        await asyncio.sleep(SWEEP)
        gc.collect(1 if number % round(LONG_SWEEP / SWEEP) else 2)


def step_back() -> None:
    """Where this thread and the one that answers both want a processor, let that one go first. Linux alone
    has priorities by thread."""
    if sys.platform == "linux":
        usual = os.getpriority(os.PRIO_PROCESS, os.getpid())
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(usual + BEHIND, 19))


def keep_what_stands() -> None:
    """What is alive now is taken to stay, and is not gone through again and again: with the figures of a
    million reports in memory, each search for garbage would hold every answer up by half a second."""
    gc.freeze()
