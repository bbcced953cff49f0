"""Is this client asking too much at once?

A moving window per client: per key where the request carries a valid one, else per client address (an IPv6
network of 64 bits counts as one address). The state lives in this process, which is the only one that serves
the ledger. This machine itself is not limited as a reader, unless the settings say so.
"""

from __future__ import annotations

import functools
import ipaddress
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
from service.settings import Settings
from service.web.errors import problem
from service.web.response_cache import Sent

UNLIMITED = "off"

SWEEP = 60.0
"""Seconds between two sweeps of what no window counts any more."""


class Sweep(threading.Timer):
    """A sweep of the library's store that starts no thread. Its own does after nearly every hit, and whoever
    hits waits until that thread runs, late where others work. One now and then, at a hit, is enough."""

    _next = 0.0

    def start(self) -> None:
        self.function()
        self._next = time.monotonic() + SWEEP

    def is_alive(self) -> bool:
        """Whether no other is wanted yet."""
        return time.monotonic() < self._next


class Swept(MemoryStorage):
    """The library's store, which asks whether its ``timer`` is alive and else sets and starts another."""

    @property
    def timer(self) -> threading.Timer:
        return self._timer

    @timer.setter
    def timer(self, timer: threading.Timer) -> None:
        self._timer = Sweep(timer.interval, timer.function)


class Rates:
    """The limits of one application."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(Swept())
        self._for_addresses = _item(settings.read_rate)
        self._for_keys = _item(settings.write_rate)
        self._spares_loopback = not settings.limit_loopback

    def count(self, scope: Scope, sent: Sent) -> tuple[Response | None, list[tuple[bytes, bytes]]]:
        """Count this request: the answer that turns it away, if it is one too many, and the headers that
        tell where its client stands."""
        limit, who = self._limit(scope, sent)
        if limit is None:
            return None, []
        is_allowed = self._limiter.hit(limit, who)
        resets_at, left = self._limiter.get_window_stats(limit, who)
        wait = max(1, math.ceil(resets_at - time.time()))
        told = {b"ratelimit-limit": limit.amount, b"ratelimit-remaining": left, b"ratelimit-reset": wait}
        headers = [(name, b"%d" % value) for name, value in told.items()]
        if is_allowed:
            return None, headers
        refusal = problem(
            Request(scope), "too_many_requests",
            f"More than {limit.amount:,} requests in {limit.get_expiry():,} seconds.",
            fix=f"Ask again in {wait} s; answers carry an ETag, so that what is unchanged costs little.",
            headers={"Retry-After": str(wait)},
        )  # fmt: skip
        return refusal, headers

    def _limit(self, scope: Scope, sent: Sent) -> tuple[RateLimitItem | None, str]:
        """Which limit holds for this request, and for whom it counts."""
        key = _key(scope, sent.get(b"authorization", b""))
        if key is not None:
            return self._for_keys, f"key {key.id}"
        is_here, who = _client(scope["client"][0] if scope.get("client") else "")
        return (None if is_here and self._spares_loopback else self._for_addresses), who


@functools.lru_cache(maxsize=1_024)
def _client(address: str) -> tuple[bool, str]:
    """Whether that address is of this machine, and the client it counts as."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # a socket of this machine has no address
        return True, address
    if found.version == 6 and not found.is_loopback:
        address = str(ipaddress.ip_network((found, 64), strict=False))
    return found.is_loopback, address


def _key(scope: Scope, authorization: bytes) -> Key | None:
    """The valid key of a request. A keyring that cannot be read is said by the route that needs it."""
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


def _item(rate: str) -> RateLimitItem | None:
    return None if rate == UNLIMITED else parse(rate)
