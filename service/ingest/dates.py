"""Which days does a row speak of?

Days are written YYYY-MM-DD and in no other way: 03/04/2025 is 3 April to some and 4 March to others, so it is
held with both readings. The present day is an argument.

>>> read_day("2025-03-08", dt.date(2025, 4, 1))
datetime.date(2025, 3, 8)
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from service.ingest.cells import Cell, Problem, read_cell, shown, worst
from service.model import Finding
from service.vocabulary import Severity

EARLIEST = dt.date(1900, 1, 1)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_THREE_NUMBERS = re.compile(r"(\d{1,4})[/. -](\d{1,2})[/. -](\d{1,4})")


class Days(NamedTuple):
    """The days of one report. ``counted_to`` falls back on the period's end, else on the publication;
    ``counted_to_inferred`` says that neither the row nor its period gave it."""

    published_on: dt.date | None
    counted_to: dt.date | None
    counted_to_inferred: bool
    period_start: dt.date | None
    period_end: dt.date | None


def read_day(text: str, today: dt.date) -> dt.date | None:
    """The day that the text names, None for a blank.

    Raises Problem (quarantined) for any other way of writing, and for days before 1900 or after ``today``.
    """
    if not text:
        return None
    if not _ISO.fullmatch(text):
        raise _another_way(text)
    day = _day(*map(int, text.split("-")))
    if day is None:
        raise Problem("unreadable_date", f"There is no day {text}.", "Write a day that exists.")
    if day < EARLIEST:
        raise Problem(
            "date_too_early", f"{text} is before {EARLIEST.year}.", "Check the year; it is written in full."
        )
    if day > today:
        raise Problem(
            "date_in_future", f"{text} is after today, {today}.", "Check the day: it must have passed."
        )
    return day


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _another_way(text: str) -> Problem:
    """Why a text is no day, with the readings it allows."""
    readings: list[dt.date] = []
    if match := _THREE_NUMBERS.fullmatch(text):
        a, b, c = (int(part) for part in match.groups())
        orders = [(a, b, c)] if len(match[1]) == 4 else [(c, b, a), (c, a, b)] if len(match[3]) == 4 else []
        readings = sorted({day for order in orders if (day := _day(*order))})
    if len(readings) == 2:
        first, second = (f"{day.day} {day:%B %Y}" for day in readings)
        return Problem(
            "ambiguous_date",
            f"“{text}” can be {first} or {second}.",
            f"Write {readings[0]} or {readings[1]}, whichever is meant.",
        )
    fix = f"Write {readings[0]}." if readings else "Write it as YYYY-MM-DD, for example 2025-03-08."
    return Problem("unreadable_date", f"“{shown(text)}” is not a day written YYYY-MM-DD.", fix)


def read_days(published: str, counted: str, start: str, end: str, today: dt.date) -> Cell:
    """The ``Days`` of a row; held where a day cannot be read or the days contradict each other."""
    texts = {"published_on": published, "counted_to": counted, "period_start": start, "period_end": end}
    cells = [read_cell(column, text, lambda text: read_day(text, today)) for column, text in texts.items()]
    findings = [finding for cell in cells for finding in cell.findings]
    verdict = worst(tuple(cell.verdict for cell in cells))
    published_on, stated, period_start, period_end = (cell.value for cell in cells)
    counted_to = stated or period_end or published_on
    days = Days(published_on, counted_to, not (stated or period_end), period_start, period_end)
    if problem := _contradiction(days):
        verdict = worst((verdict, problem.verdict))
        findings.append(problem.finding("", texts[problem.column]))
    if published_on and counted_to and published_on < counted_to:
        findings.append(
            Finding(
                "published_before_counted",
                Severity.WARNING,
                f"It was published on {published_on}, before the last day it counts, {counted_to}.",
                "Check both days.",
                column="published_on",
                value=published,
            )
        )
    return Cell(days, verdict, tuple(findings))


def _contradiction(days: Days) -> Problem | None:
    """What no report's days can be: a period, or a count, that ends before it begins."""
    start = days.period_start
    if start and days.period_end and days.period_end < start:
        return Problem(
            "period_reversed",
            f"The period ends on {days.period_end}, before it begins on {start}.",
            "Exchange period_start and period_end, or correct one of them.",
            column="period_end",
        )
    if start and days.counted_to and days.counted_to < start:
        column = "published_on" if days.counted_to_inferred else "counted_to"
        return Problem(
            "counted_before_period",
            f"It counts up to {days.counted_to}, before its period begins on {start}.",
            f"Correct {column} or period_start.",
            column=column,
        )
    return None
