"""What outline has each symbol?

The same names as Plotly's symbols, as corners around the middle in units of the symbol's half size, y down.
"""

from __future__ import annotations

import math

Corners = tuple[tuple[float, float], ...]


def _regular(sides: int, *, radius: float = 1.0, inner: float | None = None, turn: float = 0.0) -> Corners:
    """A regular polygon with a corner on top, or a star, ``inner`` being the radius between its points."""
    radii = [radius] if inner is None else [radius, inner]
    count = sides * len(radii)
    angles = [turn - math.pi / 2 + 2 * math.pi * n / count for n in range(count)]
    return tuple(
        (math.cos(a) * radii[n % len(radii)], math.sin(a) * radii[n % len(radii)])
        for n, a in enumerate(angles)
    )


def _turn(corners: Corners, angle: float) -> Corners:
    return tuple(
        (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))
        for x, y in corners
    )


_CROSS: Corners = (
    (-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4),
    (0.4, 1.1), (-0.4, 1.1), (-0.4, 0.4), (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4),
)  # fmt: skip
_OUTLINES: dict[str, Corners] = {
    "circle": _regular(24),
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "diamond": _regular(4, radius=1.25),
    "pentagon": _regular(5, radius=1.1),
    "hexagon": _regular(6, radius=1.1),
    "star": _regular(5, radius=1.4, inner=0.6),
    "cross": _CROSS,
    "x": _turn(_CROSS, math.pi / 4),
    "triangle-up": ((0, -1.2), (1.3, 1.0), (-1.3, 1.0)),
    "triangle-down": ((0, 1.2), (1.3, -1.0), (-1.3, -1.0)),
}


def outline(symbol: str) -> Corners:
    """The corners of a symbol, to be joined in order and closed."""
    return _OUTLINES[symbol]
