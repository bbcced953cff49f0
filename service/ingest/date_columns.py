"""Which days do the five date columns of a row state together?

A month or a week stands for the first day it allows where a period begins, else for the last, with a finding.
Days that contradict each other quarantine the row. The present day is an argument; how a date may be written
is for ``wording.written_dates`` to say.

>>> read_day("2025-03-08", dt.date(2025, 4, 1))
datetime.date(2025, 3, 8)
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import NamedTuple

from service.ingest.cells import Cell, Problem, excerpt, read_cell, worst_verdict
from service.ingest.wording.written_dates import ISO, DateFormat, Span, read_span, time_of_day
from service.schema.records import Finding
from service.vocabulary import Severity

DAY_COLUMNS = ("published_on", "published_by", "counted_to", "period_start", "period_end")
_TIME = re.compile(r"[T ]\d\d:\d\d")
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:[.,]0+)?)?$")
EARLIEST = dt.date(1900, 1, 1)


class Days(NamedTuple):
    """The days of one report. ``counted_to`` falls back on the period's end, else on the day of publication
    or that by which it was public; ``counted_to_inferred`` is true in the second case."""

    published_on: dt.date | None
    published_time: str | None
    published_by: dt.date | None
    counted_to: dt.date | None
    counted_to_inferred: bool
    period_start: dt.date | None
    period_end: dt.date | None


def read_day(
    text: str, today: dt.date, date_format: DateFormat = ISO, *, first: bool = False
) -> dt.date | None:
    """Return the last day that the text allows (with ``first`` the first), or None for a blank.

    Raises Problem (quarantined) for what is no date, and for days before 1900 or after ``today``.
    """
    span = _past_span(text, today, date_format)
    if span is None:
        return None
    return span.first if first else min(span.last, today)


def _past_span(text: str, today: dt.date, date_format: DateFormat) -> Span | None:
    """Return the days that the text allows, None for a blank. Raises Problem as ``read_day`` does."""
    if not text:
        return None
    span = read_span(text, date_format)
    if span.first < EARLIEST:
        raise Problem(
            "date_too_early",
            f"{excerpt(text)} is before {EARLIEST.year}.",
            "Check the year; it is written in full.",
        )
    if span.first > today:
        raise Problem(
            "date_in_future",
            f"{excerpt(text)} is after today, {today}.",
            "Check the day: it must have passed.",
        )
    return span


def _read_date_cell(column: str, text: str, today: dt.date, date_format: DateFormat) -> Cell:
    """Return the day of one column, with a finding where a month or a week was stated."""
    is_start = column == "period_start"
    cell = read_cell(column, text, lambda cleaned: read_day(cleaned, today, date_format, first=is_start))
    other = read_cell(column, text, lambda cleaned: read_day(cleaned, today, date_format, first=not is_start))
    if cell.value == other.value:
        return cell
    finding = Finding(
        "date_precision",
        Severity.INFO,
        f"“{excerpt(text)}” names more than a day; {cell.value} was taken, the "
        f"{'first' if is_start else 'last'} it allows.",
        "Write the day, if the source gives one.",
        column=column,
        value=excerpt(text),
    )
    return cell._replace(findings=(*cell.findings, finding))


def read_days(*texts_of_columns: str, today: dt.date, date_format: DateFormat = ISO) -> Cell:
    """Return the ``Days`` of a row, from its texts in DAY_COLUMNS. A day that cannot be read, or days that
    contradict each other, quarantine it."""
    texts = dict(zip(DAY_COLUMNS, texts_of_columns, strict=True))
    cells = [_read_date_cell(column, text, today, date_format) for column, text in texts.items()]
    findings = [finding for cell in cells for finding in cell.findings]
    verdict = worst_verdict(tuple(cell.verdict for cell in cells))
    published_on, published_by, stated_day, period_start, period_end = (cell.value for cell in cells)
    counted_to = stated_day or period_end or published_on or published_by
    is_inferred = not (stated_day or period_end)
    time = time_of_day(texts["published_on"]) if published_on else None
    findings += _impossible_time(texts["published_on"], time)
    days = Days(published_on, time, published_by, counted_to, is_inferred, period_start, period_end)
    if problem := _contradiction(days):
        verdict = worst_verdict((verdict, problem.verdict))
        findings.append(problem.finding("", texts[problem.column]))
    findings += _published_before_counted(days, texts)
    return Cell(days, verdict, tuple(findings))


def _impossible_time(text: str, time: str | None) -> list[Finding]:
    """Return a finding about a time of day that no clock shows, and that is left out."""
    if time is not None or not _TIME.search(text) or _MIDNIGHT.search(text):
        return []
    return [
        Finding(
            "unreadable_time",
            Severity.WARNING,
            f"“{excerpt(text)}” has a time of day that no clock shows; the day alone was kept.",
            "Correct the time: it orders the bulletins of one day.",
            column="published_on",
            value=excerpt(text),
        )
    ]


def _published_before_counted(days: Days, texts: Mapping[str, str]) -> list[Finding]:
    """Return a finding about the day of publication that lies before the last day counted, if it does."""
    column, word = ("published_on", "on") if days.published_on else ("published_by", "by")
    published = days.published_on or days.published_by
    if not published or not days.counted_to or published >= days.counted_to:
        return []
    return [
        Finding(
            "published_before_counted",
            Severity.WARNING,
            f"It was published {word} {published}, before the last day it counts, {days.counted_to}.",
            "Check both days.",
            column=column,
            value=texts[column],
        )
    ]


def _contradiction(days: Days) -> Problem | None:
    """Return the problem of a period or a count that ends before it begins, or of a report that was public by
    a day before its own, or None."""
    start = days.period_start
    if days.published_on and days.published_by and days.published_by < days.published_on:
        return Problem(
            "published_by_before_published_on",
            f"It was public by {days.published_by}, before it was published on {days.published_on}.",
            "Keep published_on if the page shows that day, and leave published_by blank; else the reverse.",
            column="published_by",
        )
    if start and days.period_end and days.period_end < start:
        return Problem(
            "period_reversed",
            f"The period ends on {days.period_end}, before it begins on {start}.",
            "Exchange period_start and period_end, or correct one of them.",
            column="period_end",
        )
    if start and days.counted_to and days.counted_to < start:
        publication = "published_on" if days.published_on else "published_by"
        column = publication if days.counted_to_inferred else "counted_to"
        return Problem(
            "counted_before_period",
            f"It counts up to {days.counted_to}, before its period begins on {start}.",
            f"Correct {column} or period_start.",
            column=column,
        )
    return None
