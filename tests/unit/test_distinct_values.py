"""Columns that say something together keep the values of each row, however many there are."""

import pyarrow as pa

from service.ingest.cells import Cell
from service.ingest.distinct_values import read_columns


def test_five_columns_of_thousands_of_texts_keep_each_row_apart():
    count = 7_000  # 7,000 ** 5 combinations have no number of 64 bits
    columns = [pa.array([f"{name}{row}" for row in range(count)]).dictionary_encode() for name in "abcde"]
    fields = dict.fromkeys("abcde", pa.string())
    reading = read_columns(columns, lambda *texts: Cell(texts), fields)
    for name, column in zip("abcde", columns, strict=True):
        assert reading.column(name).equals(column.cast(pa.string()))
