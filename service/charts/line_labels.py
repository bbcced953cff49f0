"""Where does the name of a line stand, so that it can be read: at its end, clear of other names and lines?

It works in pixels and must not know what is drawn. Names are placed from the highest line down; one that
meets an earlier one, or a line, goes a little aside or below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GAP, RISE, FALL = 13.0, 9.0, 3.0
"""Pixels between the baselines of two names, and how far letters reach above and below theirs."""
STEP, ASIDE, BETWEEN = 4.0, 120.0, 8.0
"""How finely places are looked for, how far to the right, and the space between two names."""
CROSSED, UP, DOWN, TO_THE_RIGHT = 80.0, 3.0, 1.5, 0.4
"""What a line through a name costs, and each pixel that the name is moved: at another height it would be
read as that of another line."""

Segment = tuple[float, float, float, float]
"""A straight piece of a line: x and y of its ends."""


class Place(NamedTuple):
    """Where the first letter of a name stands on its baseline, and how wide the name is."""

    x: float
    y: float
    width: float

    def meets(self, other: Place) -> bool:
        """Whether two names would touch."""
        if abs(self.y - other.y) >= GAP:
            return False
        return self.x < other.x + other.width + BETWEEN and other.x < self.x + self.width + BETWEEN

    def is_crossed(self, segment: Segment) -> bool:
        """Whether a horizontal or vertical piece of a line goes through the name."""
        x0, y0, x1, y1 = segment
        left, right = min(x0, x1), max(x0, x1)
        upper, lower = min(y0, y1), max(y0, y1)
        return (
            left < self.x + self.width and right > self.x and upper < self.y + FALL and lower > self.y - RISE
        )


class Room(NamedTuple):
    """What names may take up: from one edge to the other, and from the top of the panel to its axis."""

    left: float
    right: float
    top: float
    bottom: float


def place_name(wished: Place, placed: Sequence[Place], lines: Sequence[Segment], room: Room) -> Place:
    """Return the place nearest to the one that is wished where a name meets no other one and few lines; where
    there is none, the one that is wished, inside the room."""
    wished = wished._replace(y=min(wished.y, room.bottom))
    left = max(room.left, min(wished.x, room.right - wished.width))
    beside = range(int(min(ASIDE, room.right - wished.width - left) // STEP) + 1)
    heights = range(int((room.bottom - room.top - RISE) // STEP) + 1)
    right = left + ASIDE + wished.width
    candidates = [
        wished._replace(x=left + STEP * aside, y=y)
        for y in (wished.y, *(room.bottom - STEP * n for n in heights))
        for aside in beside
    ]
    near = [line for line in lines if max(line[0], line[2]) > left and min(line[0], line[2]) < right]
    free = [each for each in candidates if not any(each.meets(other) for other in placed)]

    def cost(place: Place) -> tuple[float, float, float]:
        crossed = sum(place.is_crossed(segment) for segment in near)
        below = place.y - wished.y
        moved = max(DOWN * below, -UP * below) + TO_THE_RIGHT * (place.x - left)
        return crossed * CROSSED + moved, place.y, place.x

    return min(free, key=cost, default=wished._replace(x=left))
