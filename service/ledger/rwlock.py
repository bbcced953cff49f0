"""How do many readers and one swap of the index file keep out of each other's way?

DuckDB hands out the old file until every handle on it is closed, so whoever reopens or swaps the index must
wait until all readers have left, and keep new ones out meanwhile. A reader may enter again while inside.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class ReadWriteLock:
    """Many threads may ``read`` together, or one may ``swap`` alone; who waits to swap goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._is_swapping = False
        self._depth = threading.local()

    @contextlib.contextmanager
    def read(self) -> Iterator[None]:
        """Keep the index file in place while the context lasts."""
        depth: int = getattr(self._depth, "value", 0)
        with self._changed:
            while self._is_swapping and depth == 0:
                self._changed.wait()
            self._readers += 1
        self._depth.value = depth + 1
        try:
            yield
        finally:
            self._depth.value = depth
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def swap(self) -> Iterator[None]:
        """Keep all readers out while the context lasts. Raises RuntimeError for a thread that is reading."""
        self.refuse_reader()
        with self._changed:
            while self._is_swapping:
                self._changed.wait()
            self._is_swapping = True
            while self._readers:
                self._changed.wait()
        try:
            yield
        finally:
            with self._changed:
                self._is_swapping = False
                self._changed.notify_all()

    def refuse_reader(self) -> None:
        """Raise RuntimeError for a thread that is reading: it would wait for itself to leave."""
        if getattr(self._depth, "value", 0):
            raise RuntimeError("the ledger cannot be written or swapped from inside one of its views")
