"""Which bytes carry a table?

The one place where an Arrow table becomes JSON, NDJSON, CSV, Parquet, Arrow or XLSX, for the command line and
the web alike. It knows nothing of what a table means. The same table gives the same bytes, columns stand in
the order of the schema, and every format carries the same values:

- unknown (NULL) is ``null`` in JSON and an empty cell in CSV; it is never 0. A float that is no number (NaN
  or infinite) is unknown too, in the text formats.
- days are ``2025-03-12``, moments ``2025-03-12T09:30:00.000000Z``, numbers stay numbers.
- CSV follows RFC 4180 with a header, in UTF-8, lines ended by ``\\n``, cells quoted only where they must be.
  A *text* cell that a spreadsheet would run as a formula (it begins with ``= + - @``, a tab or a line break)
  gets an apostrophe in front, and so does one that already begins with apostrophes before such a character:
  taking one apostrophe away from cells like these gives the text back exactly. Numbers are left alone.
- ``meta`` travels in JSON as ``{"meta": …, "data": […]}``, in Parquet and Arrow as the schema's metadata
  under the key ``meta``, in XLSX on a sheet of its own; CSV and NDJSON hold rows only.
- a row of hashtags (``tags``) stands under the header of CSV and XLSX.

>>> encode(pa.table({"area": ["Banias"], "best": [60]}), Format.CSV)
b'area,best\\nBanias,60\\n'
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import QueryError
from service.workbook import workbook


class Format(StrEnum):
    """A file format a table can leave in; its value is the suffix without the dot."""

    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"
    XLSX = "xlsx"


MEDIA_TYPES: dict[Format, str] = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8",
    Format.NDJSON: "application/x-ndjson",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.ARROW: "application/vnd.apache.arrow.file",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TAGGED = frozenset({Format.CSV, Format.XLSX})
"""The formats with a place for a row of hashtags."""
SUFFIXES: dict[Format, str] = {fmt: f".{fmt}" for fmt in Format}

FORMULA = r"^('*[=+\-@\t\r\n])"
MUST_QUOTE = r'[",\r\n]'


def encode(
    table: pa.Table,
    fmt: Format,
    *,
    meta: Mapping[str, Any] | None = None,
    tags: Sequence[str] | None = None,
) -> bytes:
    """The table as one file of that format, with a row of ``tags`` (one per column) where asked.

    Raises ``pyarrow.ArrowNotImplementedError`` for a nested column in CSV (a cell holds one value),
    QueryError for tags in a format that has no place for them and for more rows than a sheet can hold.
    """
    if tags is not None and fmt not in TAGGED:
        raise QueryError(f"{fmt} has no row of hashtags.", fix=f"Take {' or '.join(sorted(TAGGED))}.")
    match fmt:
        case Format.JSON:
            document = {"meta": dict(meta or {}), "data": _rows(table)}
            return _json(document).encode()
        case Format.NDJSON:
            return "".join(_json(row) + "\n" for row in _rows(table)).encode()
        case Format.CSV:
            return _csv(table, tags)
        case Format.PARQUET:
            return _parquet(_with_meta(table, meta))
        case Format.ARROW:
            return _arrow(_with_meta(table, meta))
        case Format.XLSX:
            return _xlsx(table, meta or {}, tags)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_iso)


def _iso(value: object) -> str:
    """A day or moment inside ``meta``, as ISO text; anything else JSON cannot say is a mistake."""
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as plain objects: moments already written out, unknowns None."""
    columns = [_plain(column).to_pylist() for column in table.columns]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column with days and moments as ISO text, coded text as text, and no float that is no number."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_date(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("us")), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind))
    return column


def _csv(table: pa.Table, tags: Sequence[str] | None) -> bytes:
    header = ",".join(_quoted(pa.scalar(name)).as_py() for name in table.column_names)
    if tags is not None:
        header += "\n" + ",".join(tags)
    if table.num_columns == 0 or table.num_rows == 0:
        return f"{header}\n".encode()
    cells = [_cells(column) for column in table.columns]
    if len(cells) == 1:  # a blank line is no row to many readers
        cells = [pc.if_else(pc.equal(cells[0], ""), '""', cells[0])]
    lines = pc.binary_join_element_wise(*cells, ",").to_pylist()
    return "\n".join([header, *lines, ""]).encode()


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as CSV cells, none of them NULL."""
    plain = _plain(column)
    if pa.types.is_string(plain.type) or pa.types.is_large_string(plain.type):
        plain = pc.replace_substring_regex(plain, pattern=FORMULA, replacement=r"'\1")
    return pc.fill_null(_quoted(plain.cast(pa.string())), "")


def _quoted(text: pa.Array | pa.Scalar) -> pa.Array | pa.Scalar:
    """The text (an array or one scalar) enclosed in quotes where a reader would otherwise misread it."""
    doubled = pc.replace_substring(text, pattern='"', replacement='""')
    enclosed = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(pc.match_substring_regex(text, MUST_QUOTE), enclosed, text)


def _xlsx(table: pa.Table, meta: Mapping[str, Any], tags: Sequence[str] | None) -> bytes:
    columns = [
        column.to_pylist() if pa.types.is_date(column.type) else _plain(column).to_pylist()
        for column in table.columns
    ]
    first = [] if tags is None else [tags]
    said = {name: value if isinstance(value, str | int) else _json(value) for name, value in meta.items()}
    rows = itertools.chain(first, zip(*columns, strict=True))
    return workbook(table.column_names, rows, count=table.num_rows + len(first), meta=said)


def _with_meta(table: pa.Table, meta: Mapping[str, Any] | None) -> pa.Table:
    if meta is None:
        return table
    return table.replace_schema_metadata(
        {**(table.schema.metadata or {}), b"meta": _json(dict(meta)).encode()}
    )


def _parquet(table: pa.Table) -> bytes:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _arrow(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
