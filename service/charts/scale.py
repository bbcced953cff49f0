"""Which round numbers and days does an axis name?

Pure arithmetic for the static picture; Plotly chooses its own.

>>> counts(866)
[0, 200, 400, 600, 800]
"""

from __future__ import annotations

import datetime as dt
import math

from service.charts.plan import DAY

DAY_STEPS = (1, 2, 4, 7, 14)
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


def powers(foot: float, top: float, most: int = 6) -> list[int]:
    """Round numbers for a logarithmic axis: powers of ten, with twos and fives between where few fit.

    >>> powers(10, 1800)
    [10, 100, 1000]
    """
    exponents = range(round(math.log10(foot)), math.floor(math.log10(top)) + 1)
    tens = [10**n for n in exponents]
    finer = [step * ten for ten in tens for step in (1, 2, 5) if step * ten <= top]
    return finer if len(finer) <= most else tens
