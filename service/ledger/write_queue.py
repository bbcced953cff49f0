"""How do writes that arrive together share one fsync?

Each caller's write waits in a queue. Whoever gets the writer's lock first commits all that wait, and the
others find their answer ready. This module must not know what is written or where.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import threading
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import duckdb
import pyarrow as pa

from service.errors import CasualtyError
from service.ledger.entry import Entry
from service.ledger.state import EntryMark
from service.schema.records import Head

T = TypeVar("T")
Plan = Callable[[duckdb.DuckDBPyConnection, dt.datetime], tuple[Entry | None, T]]
"""Given a cursor and the moment of recording: the entry to add (None: nothing is new) and the caller's
answer."""


@dataclasses.dataclass(eq=False)
class Write(Generic[T]):
    """One write that waits, and its outcome: an answer with the head it led to, or an error. ``salted``: its
    entry gets a salt, if it is of a kind that does."""

    plan: Plan[T]
    moment: dt.datetime
    key_id: str
    salted: bool = True
    answer: tuple[T, Head] | None = None
    entry: tuple[EntryMark, Mapping[str, pa.Table]] | None = None
    """The entry that was added for it, and its rows."""
    error: BaseException | None = None
    is_done: bool = False


class WriteQueue:
    """Writes of many threads, committed in groups. ``lock`` is held by the one thread that writes."""

    def __init__(self, commit: Callable[[list[Write[Any]]], None]) -> None:
        self.lock = threading.RLock()
        self.waiting: collections.deque[Write[Any]] = collections.deque()
        self._commit = commit

    def run(self, write: Write[T]) -> tuple[T, Head]:
        """Return the answer to ``write`` once it is durable, together with whatever else waits; or raise its
        error."""
        self.waiting.append(write)
        with self.lock:
            if not write.is_done:
                self._commit_waiting()
        if write.answer is None:
            raise write.error or RuntimeError("a write ended with neither an answer nor an error")
        return write.answer

    def _commit_waiting(self) -> None:
        """Commit every write that waits as one group; each ends with an answer or an error."""
        group: list[Write[Any]] = []
        while self.waiting:
            group.append(self.waiting.popleft())
        try:
            self._commit(group)
        except BaseException as error:
            for write in group:
                write.answer, write.error = None, write.error or error
            if not isinstance(error, CasualtyError):
                raise
        finally:
            for write in group:
                write.is_done = True
