"""How do many readers and one swap of the index file keep out of each other's way?

DuckDB hands out the old file until every handle on it is closed, so reopening or swapping the index must
wait until all readers have left and keep new ones out meanwhile. A reader may enter again while inside.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Gate:
    """Many may pass together (``shared``), or one alone (``alone``); who wants to be alone goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False
        self._depth = threading.local()

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        depth: int = getattr(self._depth, "value", 0)
        with self._changed:
            while self._closed and depth == 0:
                self._changed.wait()
            self._inside += 1
        self._depth.value = depth + 1
        try:
            yield
        finally:
            self._depth.value = depth
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def expect_outside(self) -> None:
        """Raises RuntimeError for a thread that is inside: it would wait for itself to leave."""
        if getattr(self._depth, "value", 0):
            raise RuntimeError("the ledger cannot be written or swapped from inside one of its views")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        self.expect_outside()
        with self._changed:
            while self._closed:
                self._changed.wait()
            self._closed = True
            while self._inside:
                self._changed.wait()
        try:
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()
