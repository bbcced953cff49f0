"""How does a curve look that is no larger than a word?

The figure as steps and its range as a band, without axes or words: whoever shows it says beside it what it
is. Colours are those of the page (classes), so that it is read in light and dark.

>>> sparkline([])
''
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 220, 48, 2
Point = tuple[dt.date, int | None, int | None, int | None]
"""A day, and the low, best and high from it on; None where there is none."""


def sparkline(points: Sequence[Point]) -> str:
    """Return the curve as SVG; "" where nothing is to be drawn. ``points`` are in the order of their days."""
    if not points:
        return ""
    first, last = points[0][0], points[-1][0]
    days = max(1, (last - first).days)
    top = max((number for _, *numbers in points for number in numbers if number is not None), default=0)

    def x(day: dt.date) -> float:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * (day - first).days / days, 1)

    def y(number: int) -> float:
        return round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * number / max(1, top), 1)

    ends = [*(x(day) for day, *_ in points[1:]), float(WIDTH - MARGIN)]
    bands = [
        f"M{x(day)} {y(low or 0)}V{y(high)}H{end}V{y(low or 0)}Z"
        for (day, low, _, high), end in zip(points, ends, strict=True)
        if high is not None
    ]
    steps, is_drawing = [], False
    for (day, low, best, _), end in zip(points, ends, strict=True):
        number = best if best is not None else low
        if number is None:
            is_drawing = False
            continue
        steps.append(f"{'L' if is_drawing else 'M'}{x(day)} {y(number)}H{end}")
        is_drawing = True
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">'
        f'<path class="spark-range" d="{"".join(bands)}"/>'
        f'<path class="spark-line" d="{"".join(steps)}"/></svg>'
    )
