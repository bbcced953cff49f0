"""A report is named by its content: the same by both ways, and as long as it says the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.report_ids import report_ids
from service.schema.records import report_id
from service.schema.tables import IDENTITY, LATER_IDENTITY, REPORT
from tests.builders import day, report

VALUES = {
    pa.string(): st.sampled_from(["", "SY06", "a, b", 'said "so"', "قتلى", "line\nbreak", "\\"]),
    pa.date32(): st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
    pa.int64(): st.none() | st.integers(0, 10**12),
}
NAMES = (*IDENTITY, *LATER_IDENTITY)
ROW = st.fixed_dictionaries(
    {
        name: VALUES[REPORT.field(name).type] | (st.none() if REPORT.field(name).nullable else st.nothing())
        for name in NAMES
    }
)


@given(st.lists(ROW, max_size=40))
def test_the_ids_of_whole_columns_are_those_of_each_row(rows: list[dict[str, Any]]) -> None:
    coded = {}
    for name in NAMES:
        column = pa.array([row[name] for row in rows], REPORT.field(name).type)
        # one value for each row, and the distinct values of all: both are ways to code a column
        encoded = column.dictionary_encode("encode")
        plain = (column, pa.array(range(len(rows)), pa.int32()))
        coded[name] = plain if len(rows) % 2 else (encoded.dictionary, encoded.indices)
    assert report_ids(coded).to_pylist() == [report_id(row) for row in rows]


@given(ROW)
def test_a_column_that_came_later_counts_only_where_it_is_given(row: dict[str, Any]) -> None:
    content = json.dumps(
        [row[name] for name in IDENTITY],
        ensure_ascii=False,
        separators=(",", ":"),
        default=dt.date.isoformat,
    )
    first = "r" + hashlib.sha256(content.encode()).hexdigest()[:20]
    assert report_id(row | dict.fromkeys(LATER_IDENTITY)) == first
    assert report_id({name: row[name] for name in IDENTITY}) == first
    is_given = any(row[name] not in (None, "") for name in LATER_IDENTITY)
    assert (report_id(row) != first) == is_given


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "rcd652089a576515bafcf"),
        ({"published_by": day("2025-03-12")}, "rbaabf9d2163816d6c022"),
    ],
)
def test_the_ids_that_were_given_stay(fields: dict[str, Any], name: str) -> None:
    assert report(**fields)["report_id"] == name
