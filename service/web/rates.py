"""Is this client asking too much at once?

A moving window per client: per key where the request carries a valid one, else per client address (an IPv6
network of 64 bits counts as one address). The state lives in this process, which is the only one that serves
the ledger. This machine itself is not limited as a reader, unless the settings say so.
"""

from __future__ import annotations

import functools
import ipaddress
import math
import time

from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import StoreError
from service.ledger.keyring import Key, Keyring
from service.settings import Settings
from service.web.problems import problem

UNLIMITED = "off"


class Rates:
    """The layer that turns away who asks too often."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._for_addresses = _item(settings.read_rate)
        self._for_keys = _item(settings.write_rate)
        self._spares_loopback = not settings.limit_loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit, who = self._limit(scope) if scope["type"] == "http" else (None, "")
        if limit is None:
            await self.app(scope, receive, send)
            return
        is_allowed = self._limiter.hit(limit, who)
        resets_at, left = self._limiter.get_window_stats(limit, who)
        wait = max(1, math.ceil(resets_at - time.time()))
        told = {"RateLimit-Limit": limit.amount, "RateLimit-Remaining": left, "RateLimit-Reset": wait}

        async def with_rate(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in told.items():
                    headers[name] = str(value)
            await send(message)

        if is_allowed:
            await self.app(scope, receive, with_rate)
            return
        refusal = problem(
            Request(scope), 429, "too_many_requests",
            f"More than {limit.amount:,} requests in {limit.get_expiry():,} seconds.",
            fix=f"Ask again in {wait} s; answers carry an ETag, so that what is unchanged costs little.",
            headers={"Retry-After": str(wait)},
        )  # fmt: skip
        await refusal(scope, receive, with_rate)

    def _limit(self, scope: Scope) -> tuple[RateLimitItem | None, str]:
        """Which limit holds for this request, and for whom it counts."""
        key = _key(scope)
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


def _key(scope: Scope) -> Key | None:
    """The valid key of a request. A keyring that cannot be read is said by the route that needs it."""
    sent = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    scheme, _, secret = sent.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        return None
    keyring: Keyring = scope["app"].state.keyring
    try:
        return keyring.find(secret.strip())
    except StoreError:
        return None


def _item(rate: str) -> RateLimitItem | None:
    return None if rate == UNLIMITED else parse(rate)
