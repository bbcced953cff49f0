"""How much work does a server take on, and for whom is it done?"""

from __future__ import annotations

import functools
import ipaddress
import os

from starlette.types import Scope

from service.effort import Allowed, Workshop
from service.settings import Settings

PLACES = max(1, (os.cpu_count() or 1) // 2)
"""Answers worked out at a time: half of the processors are left to send what is ready."""
WAITING = 4 * PLACES
FOLLOWING = 100
"""Readers that wait for one and the same answer, which costs a thread each and nothing else."""
THREADS = FOLLOWING + PLACES + WAITING + 20
"""Threads in all: however many wait, some are left."""
ESTIMATE_SHARE = 0.25
"""An answer is begun if it is thought to take no more than this share of the time it may take: on a busy
machine it takes longer than was thought."""
NO_LIMIT = float("inf")


def answer_workshop(settings: Settings) -> Workshop:
    """Return the workshop for the answers of a server."""
    return Workshop(
        Allowed(
            places=PLACES,
            waiting=WAITING,
            following=FOLLOWING,
            seconds=ESTIMATE_SHARE * settings.answer_time,
            memory=settings.answer_memory,
            budget=settings.client_time,
        )
    )


def background_workshop(settings: Settings) -> Workshop:
    """Return the workshop of what is worked out before anybody asks: it may take as long as it takes."""
    memory = settings.prepare_memory
    return Workshop(Allowed(1, 1, FOLLOWING, seconds=NO_LIMIT, memory=memory, budget=NO_LIMIT))


def client_of(scope: Scope, settings: Settings) -> str:
    """Return the client that a request's work is counted for; "" for one whose work is not counted."""
    is_loopback, client = client_of_address(scope["client"][0] if scope.get("client") else "")
    return "" if is_loopback and not settings.limit_loopback else client


@functools.lru_cache(maxsize=1_024)
def client_of_address(address: str) -> tuple[bool, str]:
    """Return whether the address is of this machine, and the client it counts as: a network of 64 bits of
    IPv6 is one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # a socket of this machine has no address
        return True, address
    if ip.version == 6 and not ip.is_loopback:
        return False, str(ipaddress.ip_network((ip, 64), strict=False))
    return ip.is_loopback, address
