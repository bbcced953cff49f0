"""By which colour and symbol is an origin known?

A look follows from the origin's id, so that it is the same on every day and in every crisis; only where two
of one picture would look alike the later one gives way, by its symbol first. This module must not know how
anything is drawn.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from service.charts.style import COLOURS

SYMBOLS = ("circle", "square", "diamond", "pentagon", "cross", "star", "hexagon", "x")
"""Triangles are not among them: they say "at least" and "at most"."""
SALT = 5348
"""Of the first numbers that give the seven origins quoted most in the first crisis a colour each."""

Look = tuple[str, str]
"""Colour and symbol."""


def looks(origins: Iterable[str]) -> dict[str, Look]:
    """Return the look of each origin, the first ones of a picture choosing first."""
    found: dict[str, Look] = {}
    taken: set[Look] = set()
    for origin in origins:
        wishes = _wishes(origin)
        found[origin] = next((look for look in wishes if look not in taken), wishes[0])
        taken.add(found[origin])
    return found


def _wishes(origin: str) -> list[Look]:
    """Return every look, in the order in which an origin would have them: its own, then its own colour."""
    symbol, colour = divmod(zlib.crc32(f"{SALT} {origin}".encode()), len(COLOURS))
    return [
        (COLOURS[(colour + c) % len(COLOURS)], SYMBOLS[(symbol + s) % len(SYMBOLS)])
        for c in range(len(COLOURS))
        for s in range(len(SYMBOLS))
    ]
