"""From which state of the ledger is a question answered?

From that of now. But while somebody prepares the figures that an entry has changed, and nobody has been told
of that entry yet, from the one before, all of whose figures are at hand: so no reader waits for what a writer
has just handed in, and none sees half of it. The writer is told when the figures are ready, or after
``LONGEST_WAIT``. Whatever anyone has been told of, everyone sees from then on. It must not know what is
prepared, HTTP or the clock.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from service.ledger import Questions, State
from service.schema.records import Head

LONGEST_WAIT = 2.0
"""Seconds that a writer waits at most for the figures that an entry has changed."""


class ReadState:
    """The state of one store that its readers see; it never goes back. Safe to use from several threads."""

    def __init__(self, store: Questions) -> None:
        self._store = store
        self._is_preparing = False
        self._seen: State | None = None  # None: that of now
        self._moved = threading.Condition()
        store.before_acknowledging(self._wait)

    @property
    def state(self) -> State:
        """The state to answer from."""
        return self._seen or self._current()

    def latest(self) -> State:
        """The state of now, which somebody is about to be told of: everyone sees it from here on."""
        with self._moved:
            state = self._store.state
            if self._seen is not None:
                self._seen = state
                self._moved.notify_all()
            return state

    @contextlib.contextmanager
    def preparing(self) -> Iterator[None]:
        """While it lasts, writers wait for their entries to be ``ready``."""
        self._is_preparing = True
        try:
            yield
        finally:
            with self._moved:
                self._is_preparing, self._seen = False, None
                self._moved.notify_all()

    def ready(self, state: State) -> None:
        """Everything of this state is prepared."""
        with self._moved:
            if self._is_preparing and self._seen is None:
                self._seen = self._store.state  # which readers may have seen
            elif self._seen is not None and state.head.seq > self._seen.head.seq:
                self._seen = state
            self._moved.notify_all()

    def _current(self) -> State:
        with self._moved:
            return self._seen or self._store.state

    def _wait(self, head: Head) -> None:
        """What the writer of the entry that made this head does before anyone is told of it."""
        with self._moved:
            if not self._moved.wait_for(lambda: self._is_seen(head), LONGEST_WAIT):
                self.latest()

    def _is_seen(self, head: Head) -> bool:
        return self._seen is None or self._seen.head.seq >= head.seq
