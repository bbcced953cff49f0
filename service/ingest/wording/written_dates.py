"""Which days can a written date mean?

A date is ISO 8601 (a day, a month ``2025-03``, a week ``2025-W10``, a month unknown ``2025-XX``; also with
00 for what is not known, ``2025-03-00``), a month of a year (``3/2025``), has the name of its month in a
known language, or fits a declared pattern. 03/04/2025 is 3 April to some and 4 March to others: undeclared,
it is quarantined with both readings (``quarantine_ambiguous_date``).

>>> read_span("8 آذار 2025").first, read_span("03/04/2025", DateFormat(("dd/MM/yyyy",))).first
(datetime.date(2025, 3, 8), datetime.date(2025, 4, 3))
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from service.ingest.cells import Problem, excerpt
from service.reference.names import normalise
from service.sentence import message, sentence

LANGUAGES = ("en", "ar", "ar_SY", "fr", "de", "es", "tr")
"""Locales whose month names are read without a declared locale; Arabic has standard and Levantine names."""

_TIME = r"[T ](\d\d:\d\d)(?::\d\d(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?:(?P<month>\d\d)(?:-(?P<day>\d\d)(?:{_TIME})?)?|W(?P<week>\d\d)|XX)", re.ASCII
)
_MONTH_OF_YEAR = re.compile(r"(?P<month>\d{1,2})[/.](?P<year>\d{4})", re.ASCII)
_TIME_OF_DAY = re.compile(rf"\d{{4}}-\d\d-\d\d{_TIME}", re.ASCII)
_THREE_NUMBERS = re.compile(r"(\d{1,4})[/. -](\d{1,2})[/. -](\d{1,4})")
_TOKENS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<short>\d{2})",
    "y": r"(?P<year>\d{4})",
    "MMMM": r"(?P<name>[^\d]+?)",
    "MMM": r"(?P<name>[^\d]+?)",
    "MM": r"(?P<month>\d{1,2})",
    "M": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "HH": r"\d{1,2}",
    "mm": r"\d{2}",
    "ss": r"\d{2}",
    "SSS": r"\d+",
}
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|º)")
_FILLERS = frozenset({"of", "de", "del", "the", "le", "den", "شهر"})
_FIX = message("Write it as YYYY-MM-DD, for example 2025-03-08.")


class DateFormat(NamedTuple):
    """How a document writes dates: CLDR patterns such as ``dd/MM/yyyy``, and the locale of month names."""

    patterns: tuple[str, ...] = ()
    locale: str = ""


class Span(NamedTuple):
    """The first and last day that a date allows, the same day where it is exact."""

    first: dt.date
    last: dt.date


ISO = DateFormat()


def time_of_day(text: str) -> str | None:
    """Return the time of day that an ISO date states, with its offset from UTC where it has one, or None.

    Midnight without an offset is none: programs write it behind days.

    >>> time_of_day("2025-03-08T21:30:15-05:00"), time_of_day("2025-03-08 00:00:00")
    ('21:30-05:00', None)
    """
    match = _TIME_OF_DAY.fullmatch(text.strip())
    if not match:
        return None
    clock, offset = match[1], match[2] or ""
    if offset not in ("", "Z") and ":" not in offset:
        offset = f"{offset[:3]}:{offset[3:]}"
    is_possible = clock < "24:00" and clock[3:] < "60" and offset[1:3] < "24" and offset[4:] < "60"
    return clock + offset if is_possible and (offset or clock != "00:00") else None


def read_span(text: str, date_format: DateFormat = ISO) -> Span:
    """Return the days that the text allows. Raises Problem (quarantined) where it is no date or could be two
    of them."""
    if match := _ISO.fullmatch(text) or _MONTH_OF_YEAR.fullmatch(text):
        return _span(text, match.groupdict())
    patterns = date_format.patterns
    spans = {span for pattern in patterns if (span := read_pattern(text, pattern, date_format.locale))}
    if not spans and any(char.isalpha() for char in text):
        spans = set(_read_named_month(text, date_format.locale))
    if len(spans) > 1:
        first, second = sorted(span.first for span in spans)[:2]
        raise quarantine_ambiguous_date(text, first, second)
    if not spans:
        raise _unreadable_date(text)
    return spans.pop()


@lru_cache(maxsize=64)
def pattern_expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a CLDR date pattern. Raises ValueError without a year and a month."""
    parts = re.findall(r"y+|M+|d+|H+|m+|s+|S+|'[^']*'|.", pattern)
    for part in parts:
        if part[0] in "yMdHmsS" and part not in _TOKENS:
            raise ValueError(f"{pattern} has {part}, which is none of {', '.join(_TOKENS)}")
    text = "".join(_TOKENS.get(part) or re.escape(part.strip("'")) for part in parts)
    expression = re.compile(text)
    if not (
        {"year", "short"} & set(expression.groupindex) and {"month", "name"} & set(expression.groupindex)
    ):
        raise ValueError(f"{pattern} has no year or no month")
    return expression


def read_pattern(text: str, pattern: str, locale: str) -> Span | None:
    """Return the days of a text that fits a CLDR pattern, else None."""
    match = pattern_expression(pattern).fullmatch(text)
    if not match:
        return None
    parts = match.groupdict()
    if name := parts.pop("name", None):
        months = _months_by_name(locale).get(normalise(name), frozenset())
        if len(months) != 1:
            return None
        parts["month"] = str(min(months))
    if short := parts.pop("short", None):
        parts["year"] = f"20{int(short):02d}"
    return _span(text, parts)


def _read_named_month(text: str, locale: str) -> Iterator[Span]:
    """Yield the readings of a date whose month is named; day, if there is one, and year come in any order."""
    words = [_ORDINAL.sub(r"\1", word) for word in normalise(text).split() if word not in _FILLERS]
    numbers = [word for word in words if word.isdigit()]
    names = " ".join(word for word in words if not word.isdigit())
    years = [word for word in numbers if len(word) == 4]
    days = [word for word in numbers if len(word) <= 2]
    if len(years) != 1 or len(years) + len(days) != len(numbers) or len(days) > 1:
        return
    months = _months_by_name(locale)
    for month in months.get(names) or _month_of_two_names(names, months):
        yield _span(text, {"year": years[0], "month": str(month), "day": days[0] if days else None})


def _month_of_two_names(names: str, months: dict[str, frozenset[int]]) -> frozenset[int]:
    """Return the month of two names that mean the same one, as in “آذار/مارس”."""
    words = names.split()
    for cut in range(1, len(words)):
        one, other = months.get(" ".join(words[:cut])), months.get(" ".join(words[cut:]))
        if one and one == other:
            return one
    return frozenset()


@lru_cache(maxsize=32)
def _months_by_name(locale: str) -> dict[str, frozenset[int]]:
    """Return the months that each name can mean, in one locale or, for "", in all known languages."""
    from babel import Locale

    months: dict[str, set[int]] = {}
    for name in (locale, locale.partition("_")[0]) if locale else LANGUAGES:
        for context in Locale.parse(name).months.values():
            for width in ("wide", "abbreviated"):
                for month, spelling in context.get(width, {}).items():
                    months.setdefault(normalise(spelling), set()).add(month)
    return {name: frozenset(numbers) for name, numbers in months.items() if not name.isdigit()}


def _span(text: str, parts: dict[str, str | None]) -> Span:
    """Return the days of a year with a month and a day, a month, a week or nothing more; 00 stands for what
    is not known. Raises Problem for none such."""
    year, month, day, week = (int(parts.get(name) or 0) for name in ("year", "month", "day", "week"))
    try:
        if parts.get("week") is not None:
            first = dt.date.fromisocalendar(year, week, 1)
            return Span(first, first + dt.timedelta(days=6))
        if not month and not day:
            return Span(dt.date(year, 1, 1), dt.date(year, 12, 31))
        if day:
            return Span(dt.date(year, month, day), dt.date(year, month, day))
        return Span(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))
    except ValueError as error:
        raise Problem(
            "unreadable_date", sentence("There is no day %(text)s.", text=text), "Write a day that exists."
        ) from error


def _day(year: int, month: int, day: int) -> dt.date | None:
    """Return the day, None where there is no such day."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _unreadable_date(text: str) -> Problem:
    """Return why a text is no date, or the ambiguity where it is three numbers with two readings."""
    readings: list[dt.date] = []
    if match := _THREE_NUMBERS.fullmatch(text):
        a, b, c = (int(part) for part in match.groups())
        orders = [(a, b, c)] if len(match[1]) == 4 else [(c, b, a), (c, a, b)] if len(match[3]) == 4 else []
        readings = sorted({day for order in orders if (day := _day(*order))})
    if len(readings) == 2:
        return quarantine_ambiguous_date(text, *readings)
    fix = sentence("Write %(day)s.", day=str(readings[0])) if readings else _FIX
    return Problem(
        "unreadable_date", sentence("“%(text)s” is not a day written YYYY-MM-DD.", text=excerpt(text)), fix
    )


def quarantine_ambiguous_date(text: str, first: dt.date, second: dt.date) -> Problem:
    """Return the Problem that quarantines a row for a date with two readings: none is chosen by guess."""
    one, other = (f"{day.day} {day:%B %Y}" for day in (first, second))
    return Problem(
        "ambiguous_date",
        sentence("“%(text)s” can be %(one)s or %(other)s.", text=excerpt(text), one=one, other=other),
        sentence(
            "Write %(first)s or %(second)s, whichever is meant, or declare the pattern in a mapping.",
            first=str(first),
            second=str(second),
        ),
    )
