"""A pasted table, file or article as a grid of cells, and the rows of a report file that it makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import QueryError
from service.ingest.draft import draft
from service.schema.records import Reference
from service.web.pages.desk.sheet import (
    CHOICES,
    MOST_ROWS,
    Sheet,
    sheet_of_drafts,
    sheet_of_fields,
    sheet_of_table,
)

CELLS = st.text(alphabet="ab 1|\n\u0627", max_size=4)


def made(text: str) -> Sheet:
    sheet = sheet_of_table(text.encode(), "pasted")
    assert sheet is not None
    return sheet


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("areas", "areas"), ("District", "areas"), ("Place", "areas"), ("Deaths", "count:killed"),
        ("injured", "count:injured"), ("count", "count"), ("Published on", "published_on"),
        ("Date", "counted_to"), ("Remarks", "note"), ("Weather", ""),
    ],
)  # fmt: skip
def test_a_column_is_taken_for_what_tables_mostly_mean_by_its_heading(heading: str, meaning: str) -> None:
    assert made(f"{heading},other thing\n1,2\n").columns == (meaning, "")


def test_no_meaning_is_proposed_twice() -> None:
    assert made("place,town,deaths,fatalities\na,b,1,2\n").columns == ("areas", "", "count:killed", "")


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_table_is_read_however_its_cells_are_parted(mark: str) -> None:
    sheet = made(f"place{mark}deaths\nJableh{mark}over 40\n{mark}\n")
    assert sheet.rows == (("Jableh", "over 40"),)


def test_a_row_makes_a_report_of_each_figure_that_it_has() -> None:
    sheet = made("place,killed,injured\nJableh,12,5\nLatakia,40,\n")
    rows, places = sheet.to_rows({"crisis": "c", "measure": "missing", "population": ""})
    assert rows == [
        {"areas": "Jableh", "count": "12", "measure": "killed", "crisis": "c"},
        {"areas": "Jableh", "count": "5", "measure": "injured", "crisis": "c"},
        {"areas": "Latakia", "count": "40", "measure": "killed", "crisis": "c"},
    ]
    assert places == [0, 0, 1]


def test_what_is_said_of_all_rows_stands_only_where_a_row_says_nothing() -> None:
    sheet = made("place,count,source\nJableh,12,SOHR\nLatakia,40,\n")
    rows, _ = sheet.to_rows({"source": "SNHR", "crisis": "c"})
    assert [row["source"] for row in rows] == ["SOHR", "SNHR"]


def test_a_row_that_is_left_out_makes_none() -> None:
    sheet = Sheet(("p", "n"), ("areas", "count"), (("a", "1"), ("b", "2")), frozenset({0}))
    rows, places = sheet.to_rows({})
    assert ([row["areas"] for row in rows], places) == (["b"], [1])


@pytest.mark.parametrize("columns", [("areas", "areas"), ("areas", ""), ("count", "count")])
def test_a_sheet_without_figures_or_with_two_columns_of_one_meaning_says_so(columns: tuple[str, str]) -> None:
    with pytest.raises(QueryError, match=r"Two columns|No column"):
        Sheet(("p", "n"), columns, (("a", "1"),)).to_rows({})


def test_a_suggestion_goes_into_all_cells_of_its_column_alike() -> None:
    sheet = Sheet(("p", "n"), ("areas", "note"), (("Jablehh", "Jablehh"), (" Jablehh ", ""), ("x", "")))
    assert sheet.replace("areas", "Jablehh", "Jableh").rows == (
        ("Jableh", "Jablehh"),
        ("Jableh", ""),
        ("x", ""),
    )


def test_a_table_that_is_too_large_has_no_grid() -> None:
    rows = "".join(f"place {n},{n}\n" for n in range(MOST_ROWS + 1))
    assert sheet_of_table(f"place,count\n{rows}".encode(), "pasted") is None


def test_an_article_gives_its_drafts_with_their_sentences() -> None:
    text = "Twelve people were killed. 5 people were injured."
    sheet = sheet_of_drafts(text, draft(text, Reference.empty()))
    assert [row[0] for row in sheet.rows] == ["Twelve", "5"]
    assert sheet.remarks[0].startswith("“Twelve people were killed.”")


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.tuples(
            st.lists(st.sampled_from(CHOICES), min_size=width, max_size=width),
            st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5),
            st.sets(st.integers(0, 4)),
        )
    )
)
def test_a_grid_comes_back_from_its_form_as_it_was(
    drawn: tuple[list[str], list[list[str]], set[int]],
) -> None:
    columns, rows, left_out = drawn
    fields = {
        "heading": [f"h{n}" for n in range(len(columns))],
        "column": columns,
        "cell": [cell for row in rows for cell in row],
        "leave_out": [str(place) for place in left_out],
    }
    sheet = sheet_of_fields(fields)
    assert sheet is not None
    assert sheet.columns == tuple(columns)
    assert [list(row) for row in sheet.rows] == rows
    assert sheet.left_out == left_out


@pytest.mark.parametrize(
    "fields",
    [
        {"heading": ["a", "b"], "column": ["areas", "count"], "cell": ["1"]},
        {"heading": ["a"], "column": [], "cell": ["1"]},
        {"heading": ["a"], "column": ["no such meaning"], "cell": ["1"]},
        {"heading": ["a"], "column": ["count"], "cell": ["1"] * (MOST_ROWS + 1)},
    ],
)
def test_a_grid_that_is_not_whole_is_refused(fields: dict[str, list[str]]) -> None:
    with pytest.raises(QueryError, match="did not arrive whole"):
        sheet_of_fields(fields)


def test_columns_with_arabic_headings_are_proposed_as_english_ones_are():
    sheet = made("المكان\tالتاريخ\tالقتلى\tالجرحى\nهرات\t2026-11-20\t120\t500\n")
    assert sheet.columns == ("areas", "counted_to", "count:killed", "count:injured")
