"""Where do marks stand that are higher than their axis? In rows above it, each with its number."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from service.charts.pen import WIDE
from service.charts.picture import Dot
from service.charts.text import Words


@dataclasses.dataclass(frozen=True)
class PlaceAbove:
    """Where a mark that is higher than the axis stands: in which row, and its number left or right of it."""

    dot: Dot
    told: str
    x: float
    row: int
    is_left: bool


def places_above(
    dots: Sequence[Dot], words: Words, x_of: Callable[[float], float], end: float
) -> list[PlaceAbove]:
    """Return where each mark stands, the highest on top, none over another; ``x_of`` gives the pixels of a
    day, ``end`` is where the axis ends."""
    ends: list[list[tuple[float, float]]] = []
    places = []
    for dot in sorted(dots, key=lambda dot: (-dot.y, dot.x)):
        told = f"↑ {words.number(int(dot.y))}"
        x, wide = x_of(dot.x), 18 + len(told) * 11 * WIDE
        is_left = x + wide > end
        start = x - wide + 6 if is_left else x - 6
        row = next(
            (n for n, row in enumerate(ends) if all(start >= b or start + wide <= a for a, b in row)),
            len(ends),
        )
        if row == len(ends):
            ends.append([])
        ends[row].append((start, start + wide))
        places.append(PlaceAbove(dot, told, x, row, is_left))
    return places
