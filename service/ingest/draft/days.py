"""Which days does a sentence mention?

A day without a year becomes the last such day before publication, and so do "Friday" and "the weekend";
without a day of publication they become questions. A missing day or month is never guessed.
"""

from __future__ import annotations

import datetime as dt
import re

from service.ingest.draft.proposal import DaysReading, Span

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "may" else name for name in _MONTHS)
_YEAR = r"(?:,? (?P<{}>(?:19|20)\d\d))?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<d1>{_DAY})(?: ?[-–] ?| and | to )(?P<d2>{_DAY}) (?P<m1>{_MONTH})\b" + _YEAR.format("y"),
        rf"\b(?P<m1>{_MONTH})\.? (?P<d1>{_DAY})(?: ?[-–] ?| and | to )(?P<d2>{_DAY})(?!\d)"
        + _YEAR.format("y"),
        rf"\b(?P<d1>{_DAY}) (?:of )?(?P<m1>{_MONTH})\b" + _YEAR.format("y"),
        rf"\b(?P<m1>{_MONTH})\.? (?P<d1>{_DAY})(?!\d)" + _YEAR.format("y"),
    )
]
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RELATIVE = re.compile(rf"\b(?:(?P<weekday>{'|'.join(_WEEKDAYS)})|(?P<weekend>weekend)"
    rf"|(?P<past>yesterday|today))\b", re.IGNORECASE)  # fmt: skip
_SINCE = re.compile(r"\b(?:since|from|starting|beginning) (?:on )?(?:the )?$", re.IGNORECASE)
_UNTIL = re.compile(
    r"\b(?:by|as of|until|up to|through|to) (?:the )?(?:end of |evening of )?$", re.IGNORECASE
)
_SAID_ON = re.compile(r"\b(?:said|reported|announced|told \w+|stated|published)(?: on)? $", re.IGNORECASE)


def find_days(text: str, sentence: Span, published_on: dt.date | None) -> DaysReading:
    """Return the days of a sentence: since and until where it says so, else the day or days it is about.

    The day on which somebody said something is ignored.
    """
    days = DaysReading()
    for span, first, last, question in _mentions(text, sentence, published_on):
        before = text[sentence.start : span.start]
        if _SAID_ON.search(before):
            continue
        days = days._replace(spans=(*days.spans, span))
        if question:
            days = days._replace(questions=(*days.questions, question))
        elif _SINCE.search(before) and first == last:
            days = days._replace(period_start=first)
        elif _UNTIL.search(before) and first == last:
            days = days._replace(counted_to=last)
        elif days.period_end is None:
            days = days._replace(period_start=days.period_start or first, period_end=last)
    return days


_Mention = tuple[Span, dt.date | None, dt.date | None, str]


def _mentions(text: str, sentence: Span, published_on: dt.date | None) -> list[_Mention]:
    """Return the days mentioned, in order: where, the first and last day, or a question."""
    mentions: list[_Mention] = []
    for pattern in _DATES:
        for match in pattern.finditer(text, sentence.start, sentence.end):
            span = Span(*match.span())
            if not any(span.start < other.end and other.start < span.end for other, *_ in mentions):
                mentions.append((span, *_read_date(match, published_on)))
    for match in _RELATIVE.finditer(text, sentence.start, sentence.end):
        mentions.append((Span(*match.span()), *_read_relative(match, published_on)))
    return sorted(mentions, key=lambda mention: mention[0])


def _read_date(
    match: re.Match[str], published_on: dt.date | None
) -> tuple[dt.date | None, dt.date | None, str]:
    parts = match.groupdict()
    month = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(parts["m1"][:3].casefold()))
    first = _read_number(parts["d1"])
    last = _read_number(parts.get("d2") or parts["d1"])
    if not parts["y"] and published_on is None:
        return None, None, f"Which year is “{match[0]}”?"
    year = int(parts["y"]) if parts["y"] else published_on.year if published_on else 0
    if not parts["y"] and published_on and (month, first) > (published_on.month, published_on.day):
        year -= 1
    try:
        start, end = dt.date(year, month, first), dt.date(year, month, last)
    except ValueError:
        return None, None, f"There is no day “{match[0]}”."
    return start, end, ""


def _read_number(day: str) -> int:
    return int(re.sub(r"\D", "", day))


def _read_relative(
    match: re.Match[str], published_on: dt.date | None
) -> tuple[dt.date | None, dt.date | None, str]:
    if published_on is None:
        return None, None, f"Which day is “{match[0]}”?"
    if match["past"]:
        day = published_on - dt.timedelta(days=match["past"].casefold() == "yesterday")
        return day, day, ""
    if match["weekend"]:
        sunday = published_on - dt.timedelta(days=(published_on.weekday() + 1) % 7)
        if published_on.weekday() == _WEEKDAYS.index("saturday"):
            return published_on, published_on, ""
        return sunday - dt.timedelta(days=1), sunday, ""
    back = (published_on.weekday() - _WEEKDAYS.index(match["weekday"].casefold())) % 7
    day = published_on - dt.timedelta(days=back)
    return day, day, ""
