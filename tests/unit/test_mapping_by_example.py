"""What was said of the columns of one table is kept as a mapping, which reads the next one the same."""

from __future__ import annotations

import tomllib

import pytest

from service.errors import QueryError
from service.ingest.mapping.by_example import Example, read_example, write_mapping
from service.ingest.mapping.definition import read_mapping
from service.ingest.mapping.library import Library

COLUMNS = {
    'Ort "der" Tat': "areas", "Tag": "counted_to", "Tote": "count:killed", "Verletzte": "count:injured",
    "Bemerkung": "", "#adm1+name": "",
}  # fmt: skip
ABOUT = {
    "crisis": "syria-coast-2025-03",
    "source": "SOHR\\SNHR",
    "measure": "killed",
    "population": "civilians",
}


def test_a_mapping_that_was_written_says_what_was_said_of_the_columns():
    mapping = read_mapping(write_mapping("Bulletin", COLUMNS, ABOUT).encode(), "bulletin")
    assert mapping.title == "Bulletin"
    assert read_example(mapping) == Example(
        {"ort_der_tat": "areas", "tag": "counted_to", "tote": "count:killed", "verletzte": "count:injured"},
        {"crisis": "syria-coast-2025-03", "source": "SOHR\\SNHR", "population": "civilians"},
    )
    assert mapping.ignore.keys() == {"Bemerkung", "#adm1+name"}


def test_bounds_and_a_count_whose_measure_all_rows_share_are_one_figure():
    text = write_mapping("x", {"from": "low", "to": "high", "deaths": "count"}, ABOUT)
    assert tomllib.loads(text)["figure"] == [{"low": "{from}", "high": "{to}", "count": "{deaths}"}]
    assert read_example(read_mapping(text.encode(), "x")).about["measure"] == "killed"


def test_the_next_table_is_read_as_the_first_was_typed(ledger):
    text = write_mapping("x", {"Ort": "areas", "Tag": "counted_to", "Tote": "count:killed"}, ABOUT)
    mapping = read_mapping(text.replace("SOHR\\\\SNHR", "SOHR").encode(), "x")
    batch = ledger.read(b"Ort,Tag,Tote\nJableh,2025-03-12,over 70\n", name="next.csv", mapping=mapping)
    row = {"areas": "Jableh", "counted_to": "2025-03-12", "count": "over 70", **ABOUT, "source": "SOHR"}
    assert batch.reports["report_id"].to_pylist() == ledger.read([row]).reports["report_id"].to_pylist()


@pytest.mark.parametrize("heading", ["a{b}", "a|b", "@day", "#tag", "  ", "…"])
def test_a_column_that_a_mapping_cannot_name_is_refused_by_its_name(heading):
    with pytest.raises(QueryError, match="another heading"):
        write_mapping("x", {heading: "count"}, {})


def test_a_brace_in_what_all_rows_say_is_refused():
    with pytest.raises(QueryError, match="brace"):
        write_mapping("x", {"a": "count"}, {"source": "{a}"})


@pytest.mark.parametrize("name", ["hxl", "ucdp-ged", "t4p-west-bank", "acled"])
def test_a_mapping_that_says_more_than_a_grid_can_show_is_no_example(name):
    assert read_example(Library().named(name)) is None
