"""Which round numbers and days does an axis name?

Pure arithmetic for the static picture; Plotly chooses its own.

>>> counts(866)
[0, 200, 400, 600, 800]
"""

from __future__ import annotations

import datetime as dt

from service.charts.plan import DAY

DAY_STEPS = (1, 2, 7, 14)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)


def counts(top: int, most: int = 5) -> list[int]:
    """Whole, round, evenly spaced numbers from 0 up to ``top``: ``most`` of them at the most."""
    step = 1
    while top // step + 1 > most:
        leading = int(str(step)[0])
        step = step * 5 // 2 if leading == 2 else step * 2
    return list(range(0, top + 1, step))


def days(start: dt.date, end: dt.date, most: int = 7) -> list[dt.date]:
    """Evenly spaced days, Mondays or firsts of a month from ``start`` to ``end``."""
    for step in DAY_STEPS:
        first = start + DAY * (-start.weekday() % 7 if step >= 7 else 0)
        if (end - first).days // step + 1 <= most:
            return [first + DAY * step * n for n in range((end - first).days // step + 1)]
    months = range(start.year * 12 + start.month - (start.day == 1), end.year * 12 + end.month)
    for step in MONTH_STEPS:
        named = [month for month in months if month % step == 0]
        if len(named) <= most:
            break
    return [dt.date(month // 12, month % 12 + 1, 1) for month in named]
