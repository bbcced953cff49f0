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
- a list of objects is one in JSON, NDJSON, Parquet and Arrow; in CSV and XLSX, where a cell holds one value,
  it is the text that ``schema.lists`` makes of it.
- a row of hashtags (``tags``) stands under the header of CSV and XLSX.

>>> encode(pa.table({"area": ["Banias"], "best": [60]}), Format.CSV)
b'area,best\\nBanias,60\\n'
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json
import math
import re
from array import array
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import QueryError
from service.formats.file_format import TAGGED, Format
from service.schema.lists import write_lists

PORTION = 16_384
"""Rows that are written at a time."""

TEXT_PORTION = 2_048
"""Rows of a text that are written at a time: what one step has of Python holds up others for a millisecond or
two, not ten."""

FEW = 128
"""Rows up to which Arrow's own beginning and ending of each step costs more than the step."""

Texts: TypeAlias = "list[str] | pa.Array"

FORMULA = re.compile(r"'*[=+@\t\r\n]|'+-|-(?!\d+\Z)")
MUST_QUOTE = re.compile(r'[",\r\n]')
BLANK = '""'
BETWEEN = b", "
"""What stands between the objects of a JSON list."""


@dataclasses.dataclass(frozen=True)
class Portions:
    """A table in portions: what it takes to write it without ever holding it as a whole.

    ``each`` begins anew whenever it is called. The same rows give the same bytes if they are cut alike.
    """

    schema: pa.Schema
    rows: int
    each: Callable[[], Iterator[pa.Table]]
    written: Callable[[], Iterator[bytes]] | None = None
    """The rows as stretches of JSON objects, where they are written already."""
    held: int = 0
    """Bytes that stay in memory until all is written."""

    @classmethod
    def of(cls, table: pa.Table) -> Portions:
        """A table at hand, PORTION rows at a time; it is ``held`` for as long as it is written."""
        starts = range(0, table.num_rows, PORTION)
        slices = lambda: (table.slice(start, PORTION) for start in starts)  # noqa: E731 - it begins anew
        return cls(table.schema, table.num_rows, slices, held=table.nbytes)


def encode(
    table: pa.Table,
    fmt: Format,
    *,
    meta: Mapping[str, Any] | None = None,
    tags: Sequence[str] | None = None,
) -> bytes:
    """The table as one file of that format, with a row of ``tags`` (one per column) where asked.

    Raises QueryError for tags in a format that has no place for them and for more rows than a sheet can hold.
    """
    return b"".join(encode_portions(Portions.of(table), fmt, meta=meta, tags=tags))


def encode_portions(
    portions: Portions,
    fmt: Format,
    *,
    meta: Mapping[str, Any] | None = None,
    tags: Sequence[str] | None = None,
) -> Generator[bytes]:
    """The file that ``encode`` makes, piece by piece: one portion is held at a time (all of them in XLSX)."""
    if tags is not None and fmt not in TAGGED:
        raise QueryError(f"{fmt} has no row of hashtags.", fix=f"Take {' or '.join(sorted(TAGGED))}.")
    match fmt:
        case Format.JSON:
            return _json(portions, meta or {})
        case Format.NDJSON:
            return _ndjson(portions)
        case Format.CSV:
            return _csv(_with_texts(portions), tags)
        case Format.PARQUET:
            return _parquet(portions, meta)
        case Format.ARROW:
            return _arrow(portions, meta)
        case Format.XLSX:
            return _xlsx(_with_texts(portions), meta or {}, tags)


def _with_texts(portions: Portions) -> Portions:
    """The rows with a text in place of each list."""
    schema = write_lists(portions.schema.empty_table()).schema
    return Portions(schema, portions.rows, lambda: map(write_lists, portions.each()))


def _slices(portions: Portions) -> Iterator[pa.Table]:
    """Yield the rows TEXT_PORTION at a time at most."""
    for table in portions.each():
        for start in range(0, len(table), TEXT_PORTION):
            yield table.slice(start, TEXT_PORTION)


# --- JSON -------------------------------------------------------------------------------------------------


def _json(portions: Portions, meta: Mapping[str, Any]) -> Generator[bytes]:
    yield f'{{"meta": {_text(dict(meta))}, "data": ['.encode()
    between = b""
    for stretch in portions.written() if portions.written else _stretches(portions):
        yield between + stretch
        between = BETWEEN
    yield b"]}"


def _stretches(portions: Portions) -> Iterator[bytes]:
    return (_join(_objects(table), BETWEEN.decode()) for table in _slices(portions))


class Objects:
    """The rows of a table as JSON objects, written once, so that any stretch of them is at hand."""

    def __init__(self, table: pa.Table) -> None:
        rows = pa.array(_objects(table), pa.string())
        self._text = _join(rows, BETWEEN.decode())
        sizes = pc.add(pc.binary_length(rows), len(BETWEEN))
        self._begins = array("q", [0, *pc.cumulative_sum(sizes.cast(pa.int64())).to_pylist()])

    @property
    def nbytes(self) -> int:
        """The bytes that it holds."""
        return len(self._text) + len(self._begins) * self._begins.itemsize

    def between(self, begin: int, end: int) -> bytes:
        """The objects of these rows (at least one), as they stand in a list."""
        return self._text[self._begins[begin] : self._begins[end] - len(BETWEEN)]


def _ndjson(portions: Portions) -> Generator[bytes]:
    for table in _slices(portions):
        yield _join(_objects(table), "\n") + b"\n"


def _iso(value: object) -> str:
    """A day or moment inside ``meta``, as ISO text; anything else JSON cannot say is a mistake."""
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_text = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_iso).encode


def _objects(table: pa.Table) -> Texts:
    """The rows as JSON objects, in the order of the columns."""
    parts: list[Texts | str] = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        parts += [
            f"{', ' if parts else '{'}{encode_basestring(name)}: ",
            _texts(column, _value, "null"),
        ]
    return _beside([*parts, "}"], table.num_rows)


def _value(value: object) -> str:
    """A value as JSON."""
    if isinstance(value, str):
        return encode_basestring(value)
    return str(value) if type(value) is int else _text(value)


# --- CSV --------------------------------------------------------------------------------------------------


def _csv(portions: Portions, tags: Sequence[str] | None) -> Generator[bytes]:
    header = [",".join(map(_cell, portions.schema.names))]
    if tags is not None:
        header.append(",".join(tags))
    yield "\n".join([*header, ""]).encode()
    if portions.schema.names:
        for table in _slices(portions):
            yield _join(_lines(table), "\n") + b"\n"


def _lines(table: pa.Table) -> Texts:
    if table.num_columns == 1:  # a blank line is no row to many readers
        return _texts(table.column(0), lambda value: _cell(value) or BLANK, BLANK)
    cells = [_texts(column, _cell, "") for column in table.columns]
    between = [part for cell in cells for part in (cell, ",")]
    return _beside(between[:-1], table.num_rows)


def _cell(value: object) -> str:
    """A value as a cell that no spreadsheet runs and every reader reads."""
    if not isinstance(value, str):
        return str(value) if type(value) is int else _text(value)
    value = guard_formula(value)
    return '"' + value.replace('"', '""') + '"' if MUST_QUOTE.search(value) else value


def guard_formula(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: with an apostrophe in front where one would.

    >>> guard_formula("=1+1"), guard_formula("over 740"), guard_formula("-18"), guard_formula("-18+1")
    ("'=1+1", 'over 740', '-18', "'-18+1")
    """
    return f"'{text}" if FORMULA.match(text) else text


# --- what the text formats share --------------------------------------------------------------------------


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece: days and moments as ISO text, coded text as text, no float but numbers."""
    kind = column.type
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind):
        column, kind = column.cast(pa.string()), pa.string()
    array = pa.array([], kind) if column.num_chunks == 0 else column.combine_chunks()
    if pa.types.is_date(kind):
        return array.cast(pa.string())
    if pa.types.is_timestamp(kind):
        return pc.strftime(array.cast(pa.timestamp("us")), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(array), array, pa.scalar(None, kind))
    return array


def _plain_value(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """What ``_plain`` makes of one value."""
    if isinstance(value, dt.datetime):
        return f"{value.isoformat(timespec='microseconds')}Z"
    if isinstance(value, dt.date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _texts(column: pa.ChunkedArray, write: Callable[[object], str], unknown: str) -> Texts:
    """Each value as ``write`` has it, each NULL as ``unknown``.

    A few rows are written one by one; many by Arrow, ``write`` being asked once for each value that differs.
    """
    if len(column) < FEW:
        values = map(_plain_value, column.to_pylist())
        return [unknown if value is None else write(value) for value in values]
    if pa.types.is_nested(column.type):
        values = column.to_pylist()
        return pa.array([unknown if value is None else write(value) for value in values], pa.string())
    array = _plain(column)
    if pa.types.is_integer(array.type):
        return pc.fill_null(array.cast(pa.string()), unknown)
    coded = array.dictionary_encode()
    texts = [write(value) for value in coded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(texts, pa.string()).take(coded.indices), unknown)


def _beside(parts: Sequence[Texts | str], rows: int) -> Texts:
    """The parts side by side, row by row; a single text stands in every row."""
    if rows < FEW:
        every = [itertools.repeat(part, rows) if isinstance(part, str) else part for part in parts]
        return list(map("".join, zip(*every, strict=True)))
    return pc.binary_join_element_wise(*parts, "")


def _join(rows: Texts, between: str) -> bytes:
    if isinstance(rows, list):
        return between.join(rows).encode()
    one = pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows)
    return bytes(pc.binary_join(one, between)[0].as_buffer())


# --- files ------------------------------------------------------------------------------------------------


def _xlsx(portions: Portions, meta: Mapping[str, Any], tags: Sequence[str] | None) -> Generator[bytes]:
    from service.formats.xlsx import workbook

    first = [] if tags is None else [tags]
    said = {name: _cell_of_meta(value) for name, value in meta.items()}
    rows = itertools.chain(first, itertools.chain.from_iterable(map(_sheet_rows, portions.each())))
    yield workbook(portions.schema.names, rows, count=portions.rows + len(first), meta=said)


def _cell_of_meta(value: object) -> str | int:
    if isinstance(value, str | int):
        return value
    return _iso(value) if isinstance(value, dt.date) else _text(value)


def _sheet_rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    columns = [
        column.to_pylist() if pa.types.is_date(column.type) else _plain(column).to_pylist()
        for column in table.columns
    ]
    return zip(*columns, strict=True)


def _with_meta(schema: pa.Schema, meta: Mapping[str, Any] | None) -> pa.Schema:
    if meta is None:
        return schema
    return schema.with_metadata({**(schema.metadata or {}), b"meta": _text(dict(meta)).encode()})


def _parquet(portions: Portions, meta: Mapping[str, Any] | None) -> Generator[bytes]:
    import pyarrow.parquet as pq

    written = Written()
    return _file(
        portions, written, pq.ParquetWriter(written, _with_meta(portions.schema, meta), compression="zstd")
    )


def _arrow(portions: Portions, meta: Mapping[str, Any] | None) -> Generator[bytes]:
    written = Written()
    return _file(portions, written, pa.ipc.new_file(written, _with_meta(portions.schema, meta)))


class Written:
    """A file to write to, whose content is taken as it grows."""

    closed = False

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._place = 0

    def write(self, data: bytes) -> int:
        self._kept.append(bytes(data))
        self._place += len(data)
        return len(data)

    def tell(self) -> int:
        return self._place

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        self.closed = True

    def take(self) -> bytes:
        """What was written since it was last asked."""
        data, self._kept = b"".join(self._kept), []
        return data


def _file(portions: Portions, written: Written, writer: Any) -> Generator[bytes]:  # noqa: ANN401 - either
    with writer:
        for table in portions.each():
            writer.write_table(table)
            yield written.take()
    yield written.take()
