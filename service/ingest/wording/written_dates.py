"""Which days can a written date mean?

A date is written as ISO 8601 (a day, a month ``2025-03``, a week ``2025-W10``), with the name of its month in
one of the languages known here, or in a pattern that was declared. 03/04/2025 undeclared is 3 April to some
and 4 March to others, so it is refused with both readings.

>>> read_span("8 آذار 2025").first, read_span("03/04/2025", Form(("dd/MM/yyyy",))).first
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

LANGUAGES = ("en", "ar", "ar_SY", "fr", "de", "es", "tr")
"""Locales whose month names are known undeclared: the standard and the Levantine Arabic ones among them."""

_TIME = r"[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?:(?P<month>\d\d)(?:-(?P<day>\d\d)(?:{_TIME})?)?|W(?P<week>\d\d))", re.ASCII
)
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
_HINT = "Write it as YYYY-MM-DD, for example 2025-03-08."


class DateFormat(NamedTuple):
    """How a document writes dates: CLDR patterns such as ``dd/MM/yyyy``, and the locale of month names."""

    patterns: tuple[str, ...] = ()
    locale: str = ""


class Span(NamedTuple):
    """The days that a date allows; one and the same where it is exact."""

    first: dt.date
    last: dt.date


ISO = DateFormat()


def read_span(text: str, form: DateFormat = ISO) -> Span:
    """The days that the text allows. Raises Problem (quarantined) where it is no date or can be two."""
    if match := _ISO.fullmatch(text):
        return _span(text, match.groupdict())
    found = {span for pattern in form.patterns if (span := _by_pattern(text, pattern, form.locale))}
    if not found and any(char.isalpha() for char in text):
        found = set(_in_words(text, form.locale))
    if len(found) > 1:
        first, second = sorted(span.first for span in found)[:2]
        raise _ambiguous(text, first, second)
    if not found:
        raise _another_way(text)
    return found.pop()


@lru_cache(maxsize=64)
def pattern_expression(pattern: str) -> re.Pattern[str]:
    """What a CLDR date pattern matches. Raises ValueError for one that does not fix year and month."""
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


def _by_pattern(text: str, pattern: str, locale: str) -> Span | None:
    match = pattern_expression(pattern).fullmatch(text)
    if not match:
        return None
    parts = match.groupdict()
    if name := parts.pop("name", None):
        months = _months(locale).get(normalise(name), frozenset())
        if len(months) != 1:
            return None
        parts["month"] = str(min(months))
    if short := parts.pop("short", None):
        parts["year"] = f"20{int(short):02d}"
    return _span(text, parts)


def _in_words(text: str, locale: str) -> Iterator[Span]:
    """The readings of a date whose month is named: the day, if there is one, and the year in any order."""
    words = [_ORDINAL.sub(r"\1", word) for word in normalise(text).split() if word not in _FILLERS]
    numbers = [word for word in words if word.isdigit()]
    names = " ".join(word for word in words if not word.isdigit())
    years = [word for word in numbers if len(word) == 4]
    days = [word for word in numbers if len(word) <= 2]
    if len(years) != 1 or len(years) + len(days) != len(numbers) or len(days) > 1:
        return
    table = _months(locale)
    for month in table.get(names) or _both_names(names, table):
        yield _span(text, {"year": years[0], "month": str(month), "day": days[0] if days else None})


def _both_names(names: str, table: dict[str, frozenset[int]]) -> frozenset[int]:
    """The month of two names that mean the same one, as in “آذار/مارس”."""
    words = names.split()
    for cut in range(1, len(words)):
        one, other = table.get(" ".join(words[:cut])), table.get(" ".join(words[cut:]))
        if one and one == other:
            return one
    return frozenset()


@lru_cache(maxsize=32)
def _months(locale: str) -> dict[str, frozenset[int]]:
    """The months that each name can mean, in one locale or in all that are known."""
    from babel import Locale

    found: dict[str, set[int]] = {}
    for name in (locale, locale.partition("_")[0]) if locale else LANGUAGES:
        for context in Locale.parse(name).months.values():
            for width in ("wide", "abbreviated"):
                for month, spelling in context.get(width, {}).items():
                    found.setdefault(normalise(spelling), set()).add(month)
    return {name: frozenset(months) for name, months in found.items() if not name.isdigit()}


def _span(text: str, parts: dict[str, str | None]) -> Span:
    """The days of a year with a month and a day, a month, or a week."""
    year, month, day, week = (int(parts.get(name) or 0) for name in ("year", "month", "day", "week"))
    try:
        if week:
            first = dt.date.fromisocalendar(year, week, 1)
            return Span(first, first + dt.timedelta(days=6))
        if parts.get("day") is not None:
            return Span(dt.date(year, month, day), dt.date(year, month, day))
        return Span(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))
    except ValueError as error:
        raise Problem("unreadable_date", f"There is no day {text}.", "Write a day that exists.") from error


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _another_way(text: str) -> Problem:
    """Why a text is no date, with the readings it allows."""
    readings: list[dt.date] = []
    if match := _THREE_NUMBERS.fullmatch(text):
        a, b, c = (int(part) for part in match.groups())
        orders = [(a, b, c)] if len(match[1]) == 4 else [(c, b, a), (c, a, b)] if len(match[3]) == 4 else []
        readings = sorted({day for order in orders if (day := _day(*order))})
    if len(readings) == 2:
        return _ambiguous(text, *readings)
    fix = f"Write {readings[0]}." if readings else _HINT
    return Problem("unreadable_date", f"“{excerpt(text)}” is not a day written YYYY-MM-DD.", fix)


def _ambiguous(text: str, first: dt.date, second: dt.date) -> Problem:
    one, other = (f"{day.day} {day:%B %Y}" for day in (first, second))
    return Problem(
        "ambiguous_date",
        f"“{excerpt(text)}” can be {one} or {other}.",
        f"Write {first} or {second}, whichever is meant, or declare the pattern in a mapping.",
    )
