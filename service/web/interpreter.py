"""How does Python itself serve many who ask at once?

Some of its settings are made for programs that do one thing: how long a thread may keep the interpreter while
others wait, and how often the search for cyclic garbage goes through everything that is alive.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator

TURN = 0.0002
"""Seconds for which a thread may keep the interpreter while another waits for it. An answer of 0.3 ms lets go
of it whenever it sends or calls Arrow; to get it back from a thread that works in the background would cost
Python's own 5 ms each time."""


RARER = 20
"""By how much rarer than usual all that has come to stay is searched for garbage: thousands of answers are
kept, and each search would hold the next one up."""


@contextlib.contextmanager
def shared() -> Iterator[None]:
    """While it lasts, no thread keeps the interpreter for long."""
    usual, young, middle, old = sys.getswitchinterval(), *gc.get_threshold()
    sys.setswitchinterval(TURN)
    gc.set_threshold(young, middle, RARER * old)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
        gc.set_threshold(young, middle, old)
        gc.unfreeze()


def keep_what_stands() -> None:
    """What is alive now is taken to stay, and is not gone through again and again: with the figures of a
    million reports in memory, each search for garbage would hold every answer up by half a second."""
    gc.freeze()
