"""Which values were used last, as far as they fit into so many bytes?

Whoever keeps a value says how many bytes it holds. The newest is kept in any case, also where it alone is
larger than the bound. Safe to use from several threads at once. It must not know what the values are.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

OVERHEAD = 1_000
"""Bytes that an entry takes besides what it holds: the key, the objects around the value."""


class BoundedCache(Generic[K, V]):
    """Values by key, the one used last at the end; together at most ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """The bytes that are kept."""
        return self._size

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """Return a value, which counts as used now, or None."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
            return kept[0]

    def keep(self, key: K, value: V, size: int) -> None:
        """Keep a value of ``size`` bytes in place of the one of that key; what was used longest ago goes."""
        with self._lock:
            self._drop(key)
            self._kept[key] = value, size + OVERHEAD
            self._size += size + OVERHEAD
            while self._size > self.limit and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: K) -> None:
        self._size -= self._kept.pop(key, (None, 0))[1]
