"""Which days does a date allow, if it is known to the day, the week, the month or the year only?

A date is taken for the last day that it allows, so that nothing is used before it was certainly public. How
exactly it is known is read off its own form ("2025-03") and off a word beside it (``published_precision``,
``counted_precision``), and the coarser of the two holds. This module must not know how dates are written.

>>> widest(Span(dt.date(2025, 3, 15), dt.date(2025, 3, 15)), DatePrecision.MONTH).last
datetime.date(2025, 3, 31)
"""

from __future__ import annotations

import calendar
import datetime as dt

from service.ingest.cells import Problem, excerpt
from service.ingest.wording.written_dates import Span
from service.sentence import listed, sentence
from service.vocabulary import DatePrecision

_FINEST_FIRST = tuple(DatePrecision)


def read_precision(text: str) -> DatePrecision | None:
    """Return the precision that a cell names, None for a blank. Raises Problem (quarantined) for another
    word: to take it for nothing would show a report too early."""
    word = text.lower()
    if not word:
        return None
    if word not in _FINEST_FIRST:
        raise Problem(
            "unknown_name",
            sentence("No precision of a date is called “%(text)s”.", text=excerpt(text)),
            sentence("Write one of %(words)s.", words=listed(DatePrecision)),
        )
    return DatePrecision(word)


def is_finer(one: DatePrecision, other: DatePrecision) -> bool:
    """Return whether ``one`` is more exact than ``other``."""
    return _FINEST_FIRST.index(one) < _FINEST_FIRST.index(other)


def precision_of(span: Span) -> DatePrecision:
    """Return how exactly a date is known that allows the days of ``span``.

    >>> precision_of(Span(dt.date(2025, 3, 1), dt.date(2025, 3, 31)))
    <DatePrecision.MONTH: 'month'>
    """
    days = (span.last - span.first).days + 1
    return next(
        precision
        for precision, longest in zip(_FINEST_FIRST, (1, 7, 31, 366), strict=True)
        if days <= longest
    )


def widest(span: Span, precision: DatePrecision) -> Span:
    """Return the days of ``span``, made whole weeks, months or years."""
    return Span(_first_day(span.first, precision), last_day(span.last, precision))


def _first_day(day: dt.date, precision: DatePrecision) -> dt.date:
    if precision is DatePrecision.WEEK:
        return day - dt.timedelta(days=day.weekday())
    if precision is DatePrecision.MONTH:
        return day.replace(day=1)
    return day.replace(month=1, day=1) if precision is DatePrecision.YEAR else day


def count_until(day: dt.date, precision: DatePrecision, published: dt.date | None) -> dt.date:
    """Return the last day that a count can take in that ends some day of that week, month or year: no later
    than its publication, if that lies in it or after it."""
    span = widest(Span(day, day), precision)
    return min(span.last, published) if published and span.first <= published else span.last


def last_day(day: dt.date, precision: DatePrecision) -> dt.date:
    """Return the last day of the week, month or year of ``day``."""
    if precision is DatePrecision.WEEK:
        return day + dt.timedelta(days=6 - day.weekday())
    if precision is DatePrecision.MONTH:
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day.replace(month=12, day=31) if precision is DatePrecision.YEAR else day
