"""Which bytes hold one entry of the ledger?

An entry is what one call submitted: a few words about it and the rows it adds, by table. Its payload is
canonical: equal entries give equal bytes on every machine, so that equal histories have equal heads. To that
end the header is JSON with sorted keys, and tables are written uncompressed (the journal compresses them), in
one batch, without metadata, with zeros under their NULLs.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import secrets
import struct
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.schema.records import Finding, findings_table
from service.schema.tables import BATCH_REPORT, FINDING, HELD, MAPPING, REFERENCE_SCHEMAS

FORMAT = 1

WITHDRAWAL = pa.schema(
    [
        pa.field("report_id", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("replaced_by", pa.string(), nullable=False),  # report ids joined by |
    ]
)
"""A report withdrawn, why, and what replaces it; a NULL reason reinstates it."""

RESOLUTION = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),  # accepted | duplicate
        pa.field("report_id", pa.string(), nullable=False),
    ]
)
"""A row of the entry's document that had been held and has become a report since."""

REDACTION = pa.schema(
    [
        pa.field("record", pa.int64(), nullable=False),  # the entry in which the text stood
        pa.field("table", pa.string(), nullable=False),  # of that entry; "": its own words
        pa.field("row", pa.int64(), nullable=False),  # as the index numbers the rows of that table
        pa.field("column", pa.string(), nullable=False),  # of a held row: the cell; "": all of them
        pa.field("stands", pa.string(), nullable=False),  # what stands there now
        pa.field("content", pa.string(), nullable=False),  # SHA-256 of the content that the record holds now
        pa.field("subject", pa.string(), nullable=False),  # the report it is about; "": a held row
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""A text that was taken out of an earlier entry."""

ENTRY_SCHEMAS: dict[str, pa.Schema] = {
    "report": BATCH_REPORT,
    "held": HELD,
    "finding": FINDING,
    "resolution": RESOLUTION,
    "withdrawal": WITHDRAWAL,
    "mapping": MAPPING,
    "redaction": REDACTION,
    **REFERENCE_SCHEMAS,
}
"""The tables an entry may add rows to."""

SALTED_KINDS = ("reports", "withdrawal", "correction", "mapping")
"""The kinds of entries that carry texts of users, and get a salt unless they are public as they stand."""

_LENGTH = struct.Struct(">I")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One entry.

    ``kind`` is reports, register, mapping, withdrawal, correction or redaction. ``key_id`` names the API key
    it was submitted with ("": none was needed). The tallies count the rows submitted; ``tables`` holds only
    the rows that are new. ``salt`` ("": none) is 16 random bytes in hexadecimal digits, so that the hash of
    the entry tells nobody what it held once its texts and the salt are gone.
    """

    kind: str
    recorded_at: dt.datetime
    document: str = ""
    sha256: str = ""
    rows: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    rejected: int = 0
    tables: dict[str, pa.Table] = dataclasses.field(default_factory=dict)
    key_id: str = ""
    salt: str = ""

    def encode(self) -> pa.Buffer:
        """Return the payload: header length, header, then each table as an Arrow stream in order of name."""
        tables = {
            name: plain(self.tables[name], ENTRY_SCHEMAS[name])
            for name in sorted(self.tables)
            if self.tables[name].num_rows
        }
        sizes = {name: _size(table) for name, table in tables.items()}
        header = {
            **self.words(),
            "format": FORMAT,
            "recorded_at": self.recorded_at.isoformat(timespec="microseconds"),
            "tables": list(sizes.items()),
        }
        start = header_bytes(header)
        payload = pa.allocate_buffer(len(start) + sum(sizes.values()))
        with pa.FixedSizeBufferWriter(payload) as sink:  # each byte of the tables is copied once
            sink.write(start)
            for table in tables.values():
                _write(table, sink)
        return payload

    @classmethod
    def decode(cls, payload: bytes | pa.Buffer) -> Entry:
        """Return the entry that ``encode`` wrote; raises ValueError for a later format."""
        words, offset = read_header(payload)
        if words.pop("format") != FORMAT:
            raise ValueError("an entry written by a later version of this service")
        words["recorded_at"] = dt.datetime.fromisoformat(words["recorded_at"])
        tables = {}
        for name, size in words.pop("tables"):
            with pa.ipc.open_stream(pa.py_buffer(payload)[offset : offset + size]) as stream:
                tables[name] = _add_missing_columns(stream.read_all(), ENTRY_SCHEMAS[name])
            offset += size
        return cls(**words, tables=tables)

    def with_finding(self, finding: Finding) -> Entry:
        """Return the entry with one more finding."""
        rows = [findings_table([finding])]
        if "finding" in self.tables:
            rows.insert(0, self.tables["finding"])
        more = pa.concat_tables(plain(table, FINDING) for table in rows)
        return dataclasses.replace(self, tables={**self.tables, "finding": more})

    def salted(self, salts: Callable[[], bytes]) -> Entry:
        """Return the entry with a salt of ``salts``, where it is of a kind that gets one."""
        return dataclasses.replace(self, salt=salts().hex()) if self.kind in SALTED_KINDS else self

    def words(self) -> dict[str, Any]:
        """Return everything but the tables."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "tables"}


def random_salt() -> bytes:
    """Return a salt that nobody knows or guesses."""
    return secrets.token_bytes(16)


def header_bytes(header: dict[str, Any]) -> bytes:
    """Return the bytes before the tables of an entry: the length of the header, and the header."""
    words = {name: value for name, value in header.items() if (name, value) != ("salt", "")}
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-(_LENGTH.size + len(text)) % 8)  # aligns the tables for reading in place
    return _LENGTH.pack(len(text)) + text


def read_header(payload: bytes | pa.Buffer) -> tuple[dict[str, Any], int]:
    """Return the header of an entry, and how many bytes stand before its tables."""
    (length,) = _LENGTH.unpack_from(payload)
    offset = _LENGTH.size + length
    return json.loads(bytes(memoryview(payload)[_LENGTH.size : offset])), offset


def recorded_at(payload: bytes | pa.Buffer) -> dt.datetime:
    """Return when an entry was recorded."""
    return dt.datetime.fromisoformat(read_header(payload)[0]["recorded_at"])


def _add_missing_columns(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table as it was written, with blanks in the columns that its schema has gained since: NULL, or
    "" where that stands for unknown."""
    for field in schema:
        if field.name in table.column_names:
            continue
        if field.nullable:
            table = table.append_column(field, pa.nulls(len(table), field.type))
        elif pa.types.is_string(field.type):
            table = table.append_column(field, pa.array([""] * len(table), pa.string()))
    return table


def plain(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return ``table`` with the columns, order and types of ``schema``; no metadata, one chunk, zeros under
    NULL."""
    shaped = table.select(schema.names).cast(schema).replace_schema_metadata(None).combine_chunks()
    columns = [_zero_under_nulls(column) for column in shaped.itercolumns()]
    return pa.Table.from_arrays(columns, schema=schema.remove_metadata())


def _zero_under_nulls(column: pa.ChunkedArray) -> pa.Array:
    """Return the same values in fresh buffers, without the garbage that computations leave under NULLs."""
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if array.null_count == 0:
        return array
    zero = "" if pa.types.is_string(array.type) else 0
    filled = pc.fill_null(array, pa.scalar(zero, pa.int32()).cast(array.type) if zero == 0 else zero)
    validity = pc.is_valid(array).buffers()[1]
    return pa.Array.from_buffers(array.type, len(array), [validity, *filled.buffers()[1:]])


def _size(table: pa.Table) -> int:
    """Return how many bytes the stream of a table has."""
    sink = pa.MockOutputStream()
    _write(table, sink)
    return int(sink.size())


def _write(table: pa.Table, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
