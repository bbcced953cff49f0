"""Which days a written date allows: exact, by month or week, in words, in declared patterns, or refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.cells import Problem
from service.ingest.date_columns import read_day, read_days
from service.ingest.wording.written_dates import DateFormat, read_span
from tests.thorough import thorough

TODAY = dt.date(2025, 4, 10)
DAYS = {
    "2025-03-08": ("2025-03-08", "2025-03-08"),
    "2025-03-08T23:59:00+03:00": ("2025-03-08", "2025-03-08"),
    "2025-03-08 00:00:00.000": ("2025-03-08", "2025-03-08"),
    "2025-03": ("2025-03-01", "2025-03-31"),
    "2024-02": ("2024-02-01", "2024-02-29"),
    "2025-W10": ("2025-03-03", "2025-03-09"),
    "2/2024": ("2024-02-01", "2024-02-29"),
    "03.2025": ("2025-03-01", "2025-03-31"),
    "8 March 2025": ("2025-03-08", "2025-03-08"),
    "March 8th, 2025": ("2025-03-08", "2025-03-08"),
    "March 2025": ("2025-03-01", "2025-03-31"),
    "8 آذار 2025": ("2025-03-08", "2025-03-08"),
    "٨ مارس ٢٠٢٥": ("2025-03-08", "2025-03-08"),
    "آذار/مارس 2025": ("2025-03-01", "2025-03-31"),
    "٢١ كانون الثاني ٢٠٢٥": ("2025-01-21", "2025-01-21"),
    "21 يناير 2025": ("2025-01-21", "2025-01-21"),
    "8 de marzo de 2025": ("2025-03-08", "2025-03-08"),
    "8. März 2025": ("2025-03-08", "2025-03-08"),
    "1er février 2025": ("2025-02-01", "2025-02-01"),
    "8 Mart 2025": ("2025-03-08", "2025-03-08"),
}


@pytest.mark.parametrize("text", DAYS)
def test_a_date_allows_these_days(text):
    first, last = (dt.date.fromisoformat(day) for day in DAYS[text])
    assert read_span(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "pattern", "locale", "day"),
    [
        ("03/04/2025", "dd/MM/yyyy", "", "2025-04-03"),
        ("03/04/2025", "MM/dd/yyyy", "", "2025-03-04"),
        ("٠٣.٠٤.٢٠٢٥", "dd.MM.yyyy", "", "2025-04-03"),
        ("8-آذار-25", "d-MMMM-yy", "ar_SY", "2025-03-08"),
        ("20250308", "yyyyMMdd", "", "2025-03-08"),
        ("8/3/2025 14:05", "d/M/yyyy HH:mm", "", "2025-03-08"),
    ],
)
def test_a_declared_pattern_decides(text, pattern, locale, day):
    assert read_span(text, DateFormat((pattern,), locale)).first == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2025", "ambiguous_date"),
        ("13/04/2025", "unreadable_date"),
        ("2025", "unreadable_date"),
        ("2025-02-30", "unreadable_date"),
        ("2025-W54", "unreadable_date"),
        ("30 February 2025", "unreadable_date"),
        ("March", "unreadable_date"),
        ("8 Marchember 2025", "unreadable_date"),
        ("yesterday", "unreadable_date"),
        ("45724", "unreadable_date"),
    ],
)
def test_what_is_no_date_or_can_be_two_is_refused(text, code):
    with pytest.raises(Problem) as problem:
        read_span(text)
    assert problem.value.code == code
    assert problem.value.fix


def test_two_declared_patterns_that_differ_leave_a_date_ambiguous():
    with pytest.raises(Problem) as problem:
        read_span("03/04/2025", DateFormat(("dd/MM/yyyy", "MM/dd/yyyy")))
    assert problem.value.code == "ambiguous_date"


def test_a_month_counts_to_its_last_day_and_a_period_begins_on_its_first():
    cell = read_days("", "", "2025-03", "2025-02", "", "", "", today=TODAY)
    assert (cell.value.period_start, cell.value.counted_to) == (dt.date(2025, 2, 1), dt.date(2025, 3, 31))
    assert [(each.code, each.column, each.value) for each in cell.findings] == [
        ("date_precision", "counted_to", "2025-03"),
        ("date_precision", "period_start", "2025-02"),
    ]


def test_the_present_month_counts_to_today():
    assert read_day("2025-04", TODAY) == TODAY
    with pytest.raises(Problem, match="after today"):
        read_day("2025-05", TODAY)


@thorough
@given(st.text(max_size=24))
def test_any_text_is_a_date_or_refused(text):
    try:
        span = read_span(text)
    except Problem as problem:
        assert problem.fix
    else:
        assert span.first <= span.last


@thorough
@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_a_day_that_is_written_is_read_back(day):
    assert read_span(day.isoformat()) == (day, day)
    assert read_span(f"{day.day} {day:%B %Y}") == (day, day)
    assert read_span(f"{day:%d/%m/%Y}", DateFormat(("dd/MM/yyyy",))) == (day, day)


def test_a_month_in_which_the_count_was_published_ends_on_that_day_and_the_finding_says_so():
    cell = read_days("2025-03-20", "", "2025-03", "", "", "", "", today=dt.date(2025, 6, 1))
    (finding,) = [each for each in cell.findings if each.column == "counted_to"]
    assert cell.value.counted_to == dt.date(2025, 3, 20)
    assert "2025-03-20 was taken, the day of its publication" in finding.message


def test_a_month_written_as_two_numbers_goes_with_a_precision():
    cell = read_days("3/2025", "", "", "", "", "month", "", today=dt.date(2025, 6, 1))
    assert (cell.value.published_on, str(cell.value.published_precision)) == (dt.date(2025, 3, 31), "month")
