"""By which colour and symbol is an origin known?

A look follows from the origin's id, so that it is the same in every view, on every day and in every crisis.
This module must not know how anything is drawn.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#4D4D4D")
"""Okabe and Ito's palette, which colour-blind readers can tell apart; their yellow is too pale on white."""
SYMBOLS = ("circle", "square", "diamond", "pentagon", "cross", "star", "hexagon", "x")
"""Triangles are not among them: they say "at least" and "at most"."""
SALT = 5348
"""Of the first numbers that give the seven origins quoted most in the first crisis a colour each."""

Look = tuple[str, str]
"""Colour and symbol."""


def looks(origins: Iterable[str]) -> dict[str, Look]:
    """Return the look of each origin. Where two would look the same, the later one has the next symbol that
    is free in its colour, then in the next colour."""
    found: dict[str, Look] = {}
    taken: set[Look] = set()
    for origin in origins:
        number = zlib.crc32(f"{SALT} {origin}".encode())
        colour, symbol = number % len(COLOURS), number // len(COLOURS) % len(SYMBOLS)
        turns = ((c, s) for c in range(len(COLOURS)) for s in range(len(SYMBOLS)))
        wanted = [
            (COLOURS[(colour + c) % len(COLOURS)], SYMBOLS[(symbol + s) % len(SYMBOLS)]) for c, s in turns
        ]
        look = next((each for each in wanted if each not in taken), wanted[0])
        taken.add(look)
        found[origin] = look
    return found
