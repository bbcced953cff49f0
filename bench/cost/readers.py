"""Readers who ask, without a pause, for answers that must be worked out.

In a module of their own, which a process that is begun anew can import.
"""

from __future__ import annotations

import itertools
import threading
import time

import httpx


def ask_on(url: str, many: int) -> None:
    """Ask for what must be worked out, by so many readers; each asks on a second after a refusal."""
    days = [f"2024-{n % 12 + 1:02}-{n // 12 % 28 + 1:02}" for n in range(300)]
    readers = [threading.Thread(target=_read_on, args=(url, days[n::many])) for n in range(many)]
    for reader in readers:
        reader.start()


def _read_on(url: str, days: list[str]) -> None:
    with httpx.Client(base_url=url, timeout=120) as client:
        for day in itertools.cycle(days):
            try:
                if client.get(f"/v1/evidence?as_of={day}&method=median").status_code == 503:
                    time.sleep(1.0)
            except httpx.HTTPError:
                return
