"""Which days do the four date columns of a row state together?

A month or a week stands for the first day it allows where a period begins, else for the last, with a finding.
Days that contradict each other quarantine the row. The present day is an argument; how a date may be written
is for ``wording.written_dates`` to say.

>>> read_day("2025-03-08", dt.date(2025, 4, 1))
datetime.date(2025, 3, 8)
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from service.ingest.cells import Cell, Problem, excerpt, read_cell, worst_verdict
from service.ingest.wording.written_dates import ISO, DateFormat, Span, read_span
from service.schema.records import Finding
from service.vocabulary import Severity

DAY_COLUMNS = ("published_on", "counted_to", "period_start", "period_end")
EARLIEST = dt.date(1900, 1, 1)


class Days(NamedTuple):
    """The days of one report. ``counted_to`` falls back on the period's end, else on the day of publication;
    ``counted_to_inferred`` is true in the second case."""

    published_on: dt.date | None
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


def read_days(
    published: str, counted: str, start: str, end: str, *, today: dt.date, date_format: DateFormat = ISO
) -> Cell:
    """Return the ``Days`` of a row. A day that cannot be read, or days that contradict each other, quarantine
    it."""
    texts = dict(zip(DAY_COLUMNS, (published, counted, start, end), strict=True))
    cells = [_read_date_cell(column, text, today, date_format) for column, text in texts.items()]
    findings = [finding for cell in cells for finding in cell.findings]
    verdict = worst_verdict(tuple(cell.verdict for cell in cells))
    published_on, stated_day, period_start, period_end = (cell.value for cell in cells)
    counted_to = stated_day or period_end or published_on
    days = Days(published_on, counted_to, not (stated_day or period_end), period_start, period_end)
    if problem := _contradiction(days):
        verdict = worst_verdict((verdict, problem.verdict))
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
    """Return the problem of a period or a count that ends before it begins, or None."""
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
