"""Is there one table of filters, and do all ways in and out follow it?"""

import datetime as dt
import re

import pytest

from service.answers import citation, filters
from service.answers.parameters import read_filters, write_parameters
from service.answers.query import Query
from service.errors import QueryError
from service.vocabulary import Dates

FULL = {
    "crisis": "syria-coast-2025-03",
    "area": ["SY06", "SY10"],
    "measure": "killed",
    "population": "civilians",
    "attributed_to": "any",
    "source": "sohr",
    "date_from": dt.date(2025, 3, 6),
    "date_to": dt.date(2025, 3, 31),
    "as_of": dt.date(2025, 4, 1),
    "dates": Dates.STATED,
    "recorded_by": dt.datetime.fromisoformat("2026-11-22T12:00"),
    "method": "median/1",
    "period_start": dt.date(2025, 3, 6),
    "weights": {"kind:anonymous": 0.1},
}


def test_type_checkers_know_the_keywords_of_the_table():
    assert list(filters.Filters.__annotations__) == list(filters.KEYWORDS)


def test_a_question_names_every_filter_of_the_table_and_travels_as_json():
    query = Query(
        **{name: value for name, value in FULL.items() if name not in {"area", "attributed_to", "weights"}},
        areas=("SY06", "SY10"), attributed_to=None, weights=(("kind:anonymous", 0.1),),
    )  # fmt: skip
    assert query.filters() == FULL
    assert list(query.meta()) == [each.name for each in filters.QUESTION]
    assert Query.from_meta(query.meta()) == query


def test_a_citation_asks_with_every_filter_of_the_table():
    cited = [each.name for each in (*citation.ABOUT, *citation.KNOWN)]
    assert sorted(cited) == sorted(each.name for each in filters.QUESTION)


def test_parameters_are_written_as_they_are_read():
    written = write_parameters(FULL)
    read = read_filters(written, filters.QUESTION)
    assert {name for name, _ in written} == {each.name for each in filters.QUESTION}
    assert set(read) == set(filters.KEYWORDS)
    assert read["area"] == ["SY06", "SY10"]
    assert read["date_from"] == "2025-03-06"


@pytest.mark.parametrize("row", filters.QUESTION, ids=lambda row: row.name)
def test_the_example_of_a_filter_is_understood(ledger, row):
    question = read_filters([(row.name, row.example)], filters.QUESTION)
    try:
        ledger.query(**question)
    except QueryError as error:  # a way to write it is named in a sentence
        pytest.fail(error.message)


@pytest.mark.parametrize("row", filters.QUESTION, ids=lambda row: row.name)
def test_a_flag_is_written_as_flags_are(row):
    assert re.fullmatch(r"--[a-z]+(-[a-z]+)*", row.flag)
    assert row.keyword.isidentifier()
