"""Is this client asking too much at once?

A moving window per client: per key if the request carries a valid one, else per address (an IPv6 network of
64 bits counts as one). The state lives in this process, the only one that serves the ledger. This machine
itself is not limited as a reader unless the settings say so.
"""

from __future__ import annotations

import math
import threading
import time

from fastapi import Request
from fastapi.responses import Response
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import Scope

from service.errors import StoreError
from service.ledger.api_keys import Key, Keyring
from service.sentence import sentence
from service.settings import Settings
from service.web.conditional import Sent
from service.web.errors import problem
from service.web.workshops import client_of_address

UNLIMITED = "off"

SWEEP_INTERVAL = 60.0
"""Seconds between two sweeps of the hits that no window counts any more."""


class InlineTimer(threading.Timer):
    """A timer of the library's store that sweeps in the thread that starts it.

    The library's own starts a thread after nearly every hit, and the request that hit waits until that thread
    runs, which is late on a busy machine. A sweep now and then, at a hit, is enough.
    """

    _next_sweep = 0.0

    def start(self) -> None:
        self.function()
        self._next_sweep = time.monotonic() + SWEEP_INTERVAL

    def is_alive(self) -> bool:
        """Whether the library shall start no other yet."""
        return time.monotonic() < self._next_sweep


class ThreadlessStorage(MemoryStorage):
    """The library's store, whose timers are InlineTimers: it starts a new one when the last is not alive."""

    @property
    def timer(self) -> threading.Timer:
        return self._timer

    @timer.setter
    def timer(self, timer: threading.Timer) -> None:
        self._timer = InlineTimer(timer.interval, timer.function)


class Rates:
    """The limits of one application."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(ThreadlessStorage())
        self._for_addresses = _parse_rate(settings.read_rate)
        self._for_keys = _parse_rate(settings.write_rate)
        self._spares_loopback = not settings.limit_loopback

    def count(self, scope: Scope, headers: Sent) -> tuple[Response | None, list[tuple[bytes, bytes]]]:
        """Count a request with these ``headers``.

        Returns the 429 if it is one too many, else None, and the RateLimit headers of its answer: those that
        clients know, and the two of the IETF's draft that takes their place.
        """
        limit, client = self._limit(scope, headers)
        if limit is None:
            return None, []
        is_allowed = self._limiter.hit(limit, client)
        resets_at, remaining = self._limiter.get_window_stats(limit, client)
        wait = max(1, math.ceil(resets_at - time.time()))
        rate_headers = [
            (b"ratelimit-limit", b"%d" % limit.amount),
            (b"ratelimit-remaining", b"%d" % remaining),
            (b"ratelimit-reset", b"%d" % wait),
            (b"ratelimit-policy", b'"default";q=%d;w=%d' % (limit.amount, limit.get_expiry())),
            (b"ratelimit", b'"default";r=%d;t=%d' % (remaining, wait)),
        ]
        if is_allowed:
            return None, rate_headers
        refusal = problem(
            Request(scope),
            "too_many_requests",
            sentence(
                "More than %(amount)s requests in %(seconds)s seconds.",
                amount=f"{limit.amount:,}",
                seconds=f"{limit.get_expiry():,}",
            ),
            fix=sentence(
                "Ask again in %(wait)s s; answers carry an ETag, so that what is unchanged costs little.",
                wait=wait,
            ),
            headers={"Retry-After": str(wait)},
        )
        return refusal, rate_headers

    def _limit(self, scope: Scope, headers: Sent) -> tuple[RateLimitItem | None, str]:
        """Return the limit of a request, None for none, and the client it counts for."""
        key = _key(scope, headers.get(b"authorization", b""))
        if key is not None:
            return self._for_keys, f"key {key.id}"
        is_loopback, client = client_of_address(scope["client"][0] if scope.get("client") else "")
        return (None if is_loopback and self._spares_loopback else self._for_addresses), client


def _key(scope: Scope, authorization: bytes) -> Key | None:
    """Return the valid key of a request, if any; the route that needs one reports an unreadable keyring."""
    if not authorization:
        return None
    scheme, _, secret = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        return None
    keyring: Keyring = scope["app"].state.keyring
    try:
        return keyring.find(secret.strip())
    except StoreError:
        return None


def _parse_rate(rate: str) -> RateLimitItem | None:
    return None if rate == UNLIMITED else parse(rate)
