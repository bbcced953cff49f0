"""How long may an answer take to make?

Whoever asks for others sets a limit (``limited``); what works in steps asks between two of them whether there
is time left (``check``). Where nobody has set one, there is no limit. It holds for the thread that set it.

>>> with limited(10.0):
...     check()
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

from service.errors import CasualtyError

_limit: ContextVar[tuple[float, float] | None] = ContextVar("limit", default=None)


class TooSlow(CasualtyError):
    """An answer that would take longer than whoever runs the service allows."""

    code = "too_slow"


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """What is asked while it lasts may take that long."""
    before = _limit.set((time.monotonic() + seconds, seconds))
    try:
        yield
    finally:
        _limit.reset(before)


def check() -> None:
    """Raises TooSlow where the time is up."""
    limit = _limit.get()
    if limit is not None and time.monotonic() > limit[0]:
        raise TooSlow(
            f"The answer takes longer than {limit[1]:g} seconds to make.",
            fix="Name a crisis, a place or a shorter span; or ask again later, for it may be made by then.",
        )
