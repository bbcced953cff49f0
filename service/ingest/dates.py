"""Which days does a row speak of?

A date that is exact names its day; a month or a week stands for the last day it allows where a count or a
publication is meant, for its first where a period begins, and what was stated is told in a finding. The
present day is an argument.

>>> read_day("2025-03-08", dt.date(2025, 4, 1))
datetime.date(2025, 3, 8)
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from service.ingest.cells import Cell, Problem, read_cell, shown, worst
from service.ingest.wording.written_dates import ISO, Form, Span, read_span
from service.schema.records import Finding
from service.vocabulary import Severity

EARLIEST = dt.date(1900, 1, 1)


class Days(NamedTuple):
    """The days of one report. ``counted_to`` falls back on the period's end, else on the publication;
    ``counted_to_inferred`` says that neither the row nor its period gave it."""

    published_on: dt.date | None
    counted_to: dt.date | None
    counted_to_inferred: bool
    period_start: dt.date | None
    period_end: dt.date | None


def read_day(text: str, today: dt.date, form: Form = ISO, *, first: bool = False) -> dt.date | None:
    """The day that the text names, None for a blank; the last that it allows, or with ``first`` the first.

    Raises Problem (quarantined) for what is no date, and for days before 1900 or after ``today``.
    """
    span = _span(text, today, form)
    if span is None:
        return None
    return span.first if first else min(span.last, today)


def _span(text: str, today: dt.date, form: Form) -> Span | None:
    if not text:
        return None
    span = read_span(text, form)
    if span.first < EARLIEST:
        raise Problem(
            "date_too_early",
            f"{shown(text)} is before {EARLIEST.year}.",
            "Check the year; it is written in full.",
        )
    if span.first > today:
        raise Problem(
            "date_in_future",
            f"{shown(text)} is after today, {today}.",
            "Check the day: it must have passed.",
        )
    return span


def _read(column: str, text: str, today: dt.date, form: Form) -> Cell:
    """The day of one column, with the finding that a month or a week was stated."""
    is_start = column == "period_start"
    cell = read_cell(column, text, lambda tidied: read_day(tidied, today, form, first=is_start))
    other = read_cell(column, text, lambda tidied: read_day(tidied, today, form, first=not is_start))
    if cell.value == other.value:
        return cell
    told = Finding(
        "date_precision",
        Severity.INFO,
        f"“{shown(text)}” names more than a day; {cell.value} was taken, the "
        f"{'first' if is_start else 'last'} it allows.",
        "Write the day, if the source gives one.",
        column=column,
        value=shown(text),
    )
    return cell._replace(findings=(*cell.findings, told))


def read_days(
    published: str, counted: str, start: str, end: str, *, today: dt.date, form: Form = ISO
) -> Cell:
    """The ``Days`` of a row; held where a day cannot be read or the days contradict each other."""
    texts = {"published_on": published, "counted_to": counted, "period_start": start, "period_end": end}
    cells = [_read(column, text, today, form) for column, text in texts.items()]
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
