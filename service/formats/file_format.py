"""In which file formats do rows leave?

One row per format: its suffix, its media type, and what it can do. Commands, HTTP and OpenAPI read this list;
how a format is written stands in ``service.formats.encode``. This module imports nothing heavy: it stands on
the way of ``casualty --help``.
"""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """A file format that a table can leave in; its value is the suffix without the dot."""

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
BINARY = frozenset({Format.PARQUET, Format.ARROW, Format.XLSX})
"""The formats that a terminal cannot show."""
COMPRESSED = frozenset({Format.PARQUET, Format.XLSX})
"""The formats whose bytes are compressed already."""
SUFFIXES: dict[Format, str] = {fmt: f".{fmt}" for fmt in Format}
