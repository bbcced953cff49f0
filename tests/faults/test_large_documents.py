"""Documents that are small to send and large to read are refused before they are in memory."""

from __future__ import annotations

import pyarrow as pa
import pytest

from service.errors import DocumentTooLarge, UnreadableDocument
from service.ingest import read_reports, read_rows
from service.ingest.readers import bounds
from tests.faults.hostile import (
    BINARY_FORMS,
    GOOD,
    TEXT_FORMS,
    arrow_of,
    csv_of,
    json_of,
    parquet_of,
)
from tests.faults.test_hostile_documents import REFERENCE, TODAY

FORMS = {**TEXT_FORMS, **BINARY_FORMS}


def read(data: bytes, *, most_rows: int = 0, form: str | None = None) -> int:
    """How many rows a document has."""
    return read_reports(data, "document", REFERENCE, today=TODAY, most_rows=most_rows, format=form).rows


@pytest.mark.parametrize("form", FORMS)
def test_a_document_may_have_so_many_rows_and_not_one_more(form):
    data = FORMS[form]([GOOD] * 3)
    assert read(data, most_rows=3) == 3
    with pytest.raises(DocumentTooLarge, match="more than 2 rows"):
        read(data, most_rows=2)


def test_a_parquet_file_that_says_it_has_too_many_rows_is_not_unpacked():
    data = parquet_of(pa.table({"count": pa.nulls(5_000_000, pa.int8())}))
    assert len(data) < 100_000
    with pytest.raises(DocumentTooLarge, match="more than 50,000 rows"):
        read(data, most_rows=50_000)


@pytest.mark.parametrize("write", [parquet_of, arrow_of], ids=["parquet", "arrow"])
def test_a_text_that_is_said_once_and_meant_often_counts_as_often(write):
    note = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int8()), ["x" * 10_000])
    data = write(pa.table({"note": note}))
    with pytest.raises(DocumentTooLarge, match="MiB of text"):
        read(data, most_rows=1_000)


def test_rows_that_each_name_their_values_otherwise_are_no_table():
    rows = [{f"{n}-{column}": "1" for column in range(2)} for n in range(2_000)]
    with pytest.raises(DocumentTooLarge, match="2,000 rows have 4,000 different names"):
        read_rows(rows, "rows", REFERENCE, today=TODAY)


@pytest.mark.parametrize("write", [csv_of, json_of, parquet_of], ids=["csv", "json", "parquet"])
def test_the_name_of_a_column_is_no_essay(write):
    with pytest.raises(UnreadableDocument, match="1,001 letters"):
        read(write([{**GOOD, "x" * (bounds.LONGEST_NAME + 1): ""}]))
