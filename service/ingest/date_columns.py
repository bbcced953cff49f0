"""Which days do the five date columns of a row state together, and how exactly?

A month or a week stands for the first day it allows where a period begins, else for the last, with a finding;
so does a day of which a word beside it (``published_precision``) says that no more than its month is known.
Days that contradict each other quarantine the row. The present day is an argument; how a date may be written
is for ``wording.written_dates`` to say.

>>> read_day("2025-03-08", dt.date(2025, 4, 1))
datetime.date(2025, 3, 8)
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from service.ingest.cells import Cell, Problem, excerpt, read_cell, worst_verdict
from service.ingest.date_precision import count_until, is_finer, precision_of, read_precision, widest
from service.ingest.wording.written_dates import ISO, DateFormat, Span, read_span, time_of_day
from service.schema.records import Finding
from service.sentence import Sentence, Value, message, sentence
from service.vocabulary import DatePrecision, Severity

DAY_COLUMNS = ("published_on", "published_by", "counted_to", "period_start", "period_end")
PRECISION_COLUMNS = ("published_precision", "counted_precision")
_TIME = re.compile(r"[T ]\d\d:\d\d")
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:[.,]0+)?)?$")
EARLIEST = dt.date(1900, 1, 1)
_FIRST_TAKEN = message("“%(text)s” names more than a day; %(day)s was taken, the first it allows.")
_LAST_TAKEN = message("“%(text)s” names more than a day; %(day)s was taken, the last it allows.")
_LAST_OF_WORD = message("“%(text)s” is known to the %(word)s only; %(day)s was taken, the last it allows.")
_OF_PUBLICATION = {
    _LAST_TAKEN: message("“%(text)s” names more than a day; %(day)s was taken, the day of its publication."),
    _LAST_OF_WORD: message(
        "“%(text)s” is known to the %(word)s only; %(day)s was taken, the day of its publication."
    ),
}
"""What is said instead where a count ends on the day of its publication."""


class Days(NamedTuple):
    """The days of one report, and how exactly two of them are known. ``counted_to`` falls back on the
    period's end, else on the day of publication or that by which it was public; ``counted_to_inferred`` is
    true in the second case."""

    published_on: dt.date | None
    published_time: str | None
    published_by: dt.date | None
    published_precision: DatePrecision | None
    counted_to: dt.date | None
    counted_to_inferred: bool
    counted_precision: DatePrecision | None
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
            sentence("%(text)s is before %(year)s.", text=excerpt(text), year=EARLIEST.year),
            "Check the year; it is written in full.",
        )
    if span.first > today:
        raise Problem(
            "date_in_future",
            sentence("%(text)s is after today, %(today)s.", text=excerpt(text), today=today),
            "Check the day: it must have passed.",
        )
    return span


def read_days(*texts_of_columns: str, today: dt.date, date_format: DateFormat = ISO) -> Cell:
    """Return the ``Days`` of a row, from its texts in DAY_COLUMNS and PRECISION_COLUMNS. A day or a precision
    that cannot be read, or days that contradict each other, quarantine it."""
    texts = dict(zip((*DAY_COLUMNS, *PRECISION_COLUMNS), texts_of_columns, strict=True))
    dates = {
        column: read_cell(column, texts[column], lambda text: _past_span(text, today, date_format))
        for column in DAY_COLUMNS
    }
    words = {column: read_cell(column, texts[column], read_precision) for column in PRECISION_COLUMNS}
    cells = (*dates.values(), *words.values())
    verdict = worst_verdict(tuple(cell.verdict for cell in cells))
    findings = [finding for cell in cells for finding in cell.findings]
    stated = StatedDates(texts, today, {column: cell.value for column, cell in (dates | words).items()})
    days = stated.days()
    findings += sorted(stated.findings, key=lambda finding: list(texts).index(finding.column))
    if problem := _contradiction(days):
        verdict = worst_verdict((verdict, problem.verdict))
        findings.append(problem.finding("", texts[problem.column]))
    findings += _published_before_counted(days, texts)
    return Cell(days, verdict, tuple(findings))


class StatedDates:
    """The dates that one row states: ``values`` holds the days that each column allows (Span), and the
    precision that is named. ``findings`` are those of ``days``."""

    def __init__(self, texts: Mapping[str, str], today: dt.date, values: Mapping[str, Any]) -> None:
        self._texts, self._today, self._values = texts, today, values
        self.findings: list[Finding] = []

    def days(self) -> Days:
        """Return the days of the row, each the last that its date allows; a period begins on the first."""
        publication = "published_on" if self._values["published_on"] else "published_by"
        published, published_precision = self._widened(publication, "published_precision")
        other = None if publication == "published_by" else self._day("published_by")
        on, by = (published, other) if publication == "published_on" else (None, published)
        time = self._time(published_precision) if on else None
        start, end = self._day("period_start"), self._day("period_end")
        counting = "counted_to" if self._values["counted_to"] else "period_end"
        counted, counted_precision = self._counted(counting, start, end, published)
        return Days(
            on, time, by, published_precision,
            counted or published, counted is None, counted_precision, start, end,
        )  # fmt: skip

    def _day(self, column: str) -> dt.date | None:
        """Return the day of a column, with a finding where a month or a week was stated."""
        span = self._values[column]
        if span is None:
            return None
        first, last = span.first, min(span.last, self._today)
        day: dt.date = first if column == "period_start" else last
        if first != last:
            self._note_precision(column, _FIRST_TAKEN if column == "period_start" else _LAST_TAKEN, day=day)
        return day

    def _counted(
        self, column: str, start: dt.date | None, end: dt.date | None, published: dt.date | None
    ) -> tuple[dt.date | None, DatePrecision | None]:
        """Return the day counted to and how exactly it is known.

        The last day of a period of several days is the last that is possible, however exactly the days of
        the deaths are known; and no count takes in what happened after it was published.
        """
        span, word = self._values[column], self._values["counted_precision"]
        is_period = bool(start and end and start < end) and (not span or min(span.last, self._today) == end)
        if span and word and is_period:
            self._check_precision(column, "counted_precision")
            return end, max(word, precision_of(span), key=list(DatePrecision).index)
        day, precision = self._widened(column, "counted_precision")
        if day and precision and precision is not DatePrecision.DAY:
            until = min(day, count_until(day, precision, published))
            if until != day:
                self._note_publication(column, day, until)
            day = until
        return day, precision

    def _note_publication(self, column: str, day: dt.date, until: dt.date) -> None:
        """Say in the finding about a column that a count ends on the day of its publication, not on the last
        day that its date allows."""
        for place, finding in enumerate(self.findings):
            if finding.column == column and isinstance(finding.message, Sentence):
                message, values = _OF_PUBLICATION.get(finding.message.message), finding.message.values
                if message and values["day"] == day:
                    said = Sentence(message, {**values, "day": until})
                    self.findings[place] = dataclasses.replace(finding, message=said)

    def _widened(self, column: str, word_column: str) -> tuple[dt.date | None, DatePrecision | None]:
        """Return the last day that a column allows, as exactly as it is known, and how exactly that is."""
        span, word = self._values[column], self._values[word_column]
        if span is None:
            if word is not None and not self._texts[column].strip():
                self._note_no_date(word_column)
            return None, None
        own = precision_of(span)
        if word is None or not is_finer(own, word):
            self._check_precision(column, word_column)
            day = self._day(column) if column != "period_end" else min(span.last, self._today)
            return day, own
        day = min(widest(span, word).last, self._today)
        if day != span.last:
            self._note_precision(column, _LAST_OF_WORD, day=day, word=sentence(word))
        return day, word

    def _check_precision(self, column: str, word_column: str) -> None:
        """Note a precision that is finer than the date it is about."""
        own, word = precision_of(self._values[column]), self._values[word_column]
        if word is None or not is_finer(word, own):
            return
        self.findings.append(
            Finding(
                "precision_contradicted",
                Severity.WARNING,
                sentence(
                    "%(word_column)s says %(word)s, but %(column)s, “%(text)s”, names a whole %(own)s; "
                    "the %(own)s was taken.",
                    word_column=word_column,
                    word=sentence(word),
                    column=column,
                    text=excerpt(self._texts[column]),
                    own=sentence(own),
                ),
                sentence(
                    "Write the day in %(column)s, or %(own)s in %(word_column)s.",
                    column=column,
                    own=sentence(own),
                    word_column=word_column,
                ),
                column=word_column,
                value=excerpt(self._texts[word_column]),
            )
        )

    def _note_no_date(self, word_column: str) -> None:
        self.findings.append(
            Finding(
                "precision_without_date",
                Severity.INFO,
                sentence(
                    "%(word_column)s says how exactly a date is known that is not given; it was left out.",
                    word_column=word_column,
                ),
                "Give the date, or leave the precision blank.",
                column=word_column,
                value=excerpt(self._texts[word_column]),
            )
        )

    def _note_precision(self, column: str, message: str, **values: Value) -> None:
        text = excerpt(self._texts[column])
        self.findings.append(
            Finding(
                "date_precision",
                Severity.INFO,
                sentence(message, text=text, **values),
                "Write the day, if the source gives one.",
                column=column,
                value=text,
            )
        )

    def _time(self, precision: DatePrecision | None) -> str | None:
        """Return the time of day of publication, if its day is known."""
        text = self._texts["published_on"]
        time = time_of_day(text)
        self.findings += _impossible_time(text, time)
        return time if precision is DatePrecision.DAY else None


def _impossible_time(text: str, time: str | None) -> list[Finding]:
    """Return a finding about a time of day that no clock shows, and that is left out."""
    if time is not None or not _TIME.search(text) or _MIDNIGHT.search(text):
        return []
    return [
        Finding(
            "unreadable_time",
            Severity.WARNING,
            sentence(
                "“%(text)s” has a time of day that no clock shows; the day alone was kept.",
                text=excerpt(text),
            ),
            "Correct the time: it orders the bulletins of one day.",
            column="published_on",
            value=excerpt(text),
        )
    ]


def _published_before_counted(days: Days, texts: Mapping[str, str]) -> list[Finding]:
    """Return a finding about the day of publication that lies before the last day counted, if it does."""
    column = "published_on" if days.published_on else "published_by"
    said = (
        message("It was published on %(published)s, before the last day it counts, %(counted_to)s.")
        if days.published_on
        else message("It was published by %(published)s, before the last day it counts, %(counted_to)s.")
    )
    published = days.published_on or days.published_by
    if not published or not days.counted_to or published >= days.counted_to:
        return []
    return [
        Finding(
            "published_before_counted",
            Severity.WARNING,
            sentence(said, published=published, counted_to=days.counted_to),
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
            sentence(
                "It was public by %(published_by)s, before it was published on %(published_on)s.",
                published_by=days.published_by,
                published_on=days.published_on,
            ),
            "Keep published_on if the page shows that day, and leave published_by blank; else the reverse.",
            column="published_by",
        )
    if start and days.period_end and days.period_end < start:
        return Problem(
            "period_reversed",
            sentence(
                "The period ends on %(period_end)s, before it begins on %(start)s.",
                period_end=days.period_end,
                start=start,
            ),
            "Exchange period_start and period_end, or correct one of them.",
            column="period_end",
        )
    if start and days.counted_to and days.counted_to < start:
        publication = "published_on" if days.published_on else "published_by"
        column = publication if days.counted_to_inferred else "counted_to"
        return Problem(
            "counted_before_period",
            sentence(
                "It counts up to %(counted_to)s, before its period begins on %(start)s.",
                counted_to=days.counted_to,
                start=start,
            ),
            sentence("Correct %(column)s or period_start.", column=column),
            column=column,
        )
    return None
