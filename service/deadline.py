"""How long may an answer take to make?

Whoever asks for others sets a limit (``limit``); what works in steps asks between two of them whether there
is time left (``check``). Where nobody has set one, there is no limit. It holds for the thread that set it.

Whoever must not be kept waiting at all says so (``at_once``); what would have to read from storage, reckon or
wait for another thread says that first (``will_take_time``).

>>> with limit(10.0):
...     check()
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

from service.errors import CasualtyError
from service.sentence import sentence

_limit: ContextVar[tuple[float, float] | None] = ContextVar("limit", default=None)
_is_at_once: ContextVar[bool] = ContextVar("is_at_once", default=False)


class TooSlow(CasualtyError):
    """An answer that would take longer than whoever runs the service allows."""

    code = "too_slow"


class NotAtOnce(Exception):
    """What is asked for is not at hand."""


@contextlib.contextmanager
def limit(seconds: float, *, of: float | None = None) -> Iterator[None]:
    """What is asked while it lasts may take that long; ``of``: that is what is left of so many seconds."""
    before = _limit.set((time.monotonic() + seconds, seconds if of is None else of))
    try:
        yield
    finally:
        _limit.reset(before)


def check() -> None:
    """Raises TooSlow where the time is up."""
    until = _limit.get()
    if until is not None and time.monotonic() > until[0]:
        raise TooSlow(
            sentence("The answer takes longer than %(seconds)s seconds to make.", seconds=f"{until[1]:g}"),
            fix="Name a crisis, a place or a shorter span. Asked again as it is, it is worked out from the "
            "beginning, which helps only where others were being answered as well.",
        )


def busy(seconds: float) -> TooSlow:
    """Return the refusal of what a busy ledger has not answered within so many ``seconds``."""
    return TooSlow(
        sentence("The ledger is busy: no answer within %(seconds)s seconds.", seconds=f"{seconds:g}"),
        fix="Ask again in a minute, or ask for less: name a crisis, a place, a measure and a population.",
    )


def seconds_left() -> float | None:
    """Return the time that is left, None where there is no limit."""
    until = _limit.get()
    return None if until is None else max(0.0, until[0] - time.monotonic())


def seconds_allowed() -> float | None:
    """Return the time that there was in all, None where there is no limit."""
    until = _limit.get()
    return None if until is None else until[1]


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """What is asked while it lasts is answered from what is at hand, or not: NotAtOnce."""
    before = _is_at_once.set(True)
    try:
        yield
    finally:
        _is_at_once.reset(before)


def is_at_once() -> bool:
    """Whether somebody asks who must not be kept waiting."""
    return _is_at_once.get()


def will_take_time() -> None:
    """Raises NotAtOnce where somebody asks who must not be kept waiting."""
    if _is_at_once.get():
        raise NotAtOnce
