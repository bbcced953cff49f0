"""How is Python tuned to answer many at once?

Its defaults suit programs that do one thing: how long a thread may keep the interpreter while others wait,
how often the garbage collector walks through everything that is alive, and that all threads have the same
claim to a processor.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import itertools
import os
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

SWITCH_INTERVAL = 0.0002
"""Seconds for which a thread may keep the interpreter while another waits for it. An answer of 0.3 ms gives
it up whenever it sends or calls Arrow; to get it back from a thread in the background would take Python's own
5 ms each time."""

YOUNG_INTERVAL = 0.05
"""Seconds between two collections of what is new. Python itself waits until more objects have come than gone;
where each kept answer takes the place of another, that is tens of thousands of answers later, and such a
collection takes 70 ms."""

FULL_INTERVAL = 120.0
"""Seconds between two full collections: with thousands of answers kept, one takes 60 ms. What goes round in
circles stays in memory until then."""

ARENAS = 2
"""Parts of memory that threads share, where the C library would give each of a hundred threads its own: what
one answer gave back is then taken by the next, whichever thread makes it."""
_M_ARENA_MAX = -8

BACKGROUND_NICENESS = 10
"""Steps of priority by which a thread in the background lies behind the one that answers."""

NEVER = 1_000_000_000
"""A threshold at which Python never starts a full collection by itself."""


def share_memory() -> None:
    """Have all threads take memory from the same few parts of it; call it before there are threads.

    Only the GNU C library has such parts; elsewhere nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS)


@contextlib.asynccontextmanager
async def tune_interpreter() -> AsyncIterator[None]:
    """Keep threads' turns and garbage collections short until the context ends; then all is as before."""
    switch_interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(*thresholds[:2], NEVER)
    collecting = asyncio.create_task(_collect_garbage())
    try:
        yield
    finally:
        collecting.cancel()
        sys.setswitchinterval(switch_interval)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


async def _collect_garbage() -> None:
    for number in itertools.count(1):
        await asyncio.sleep(YOUNG_INTERVAL)
        gc.collect(1 if number % round(FULL_INTERVAL / YOUNG_INTERVAL) else 2)


def lower_thread_priority() -> None:
    """Let the thread that answers have a processor before this one; Linux alone has priorities by thread."""
    if sys.platform == "linux":
        niceness = os.getpriority(os.PRIO_PROCESS, os.getpid())
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(niceness + BACKGROUND_NICENESS, 19))


def lower_library_threads() -> None:
    """Let the threads that answer have a processor before those of libraries (DuckDB's and Arrow's), which
    compute for whoever asks for much; those that begin later inherit the priority of who begins them."""
    if sys.platform == "linux":
        own = {thread.native_id for thread in threading.enumerate()}
        for thread in map(int, (path.name for path in Path("/proc/self/task").iterdir())):
            if thread not in own:
                with contextlib.suppress(OSError):  # it has ended
                    os.setpriority(os.PRIO_PROCESS, thread, BACKGROUND_NICENESS)


def exempt_living_objects() -> None:
    """Take what is alive now to stay, and leave it out of garbage collections.

    With the figures of a million reports in memory, each would delay every answer by half a second.
    """
    gc.freeze()
