"""How do the rows of a table become Parquet files whose bytes follow from the rows, and rows again?

A file is read whole and held against the length and hash that the manifest gives, and its columns against
those that this version expects: what is torn, turned or of another version is refused, never half understood.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from service.publication.manifest import PublicationDamaged, TableFile

ROWS_A_GROUP = 100_000
"""Rows of a row group, which is what writing holds in memory."""


class TableWriter:
    """Writes one file portion by portion; ``file`` describes it, once it is closed. ``by_crisis``: its rows
    come in the order of their crises."""

    def __init__(self, room: Path, path: str, schema: pa.Schema, *, by_crisis: bool) -> None:
        self._by_crisis = by_crisis
        self._path = path
        self._target = room / path
        self._target.parent.mkdir(exist_ok=True)  # not the room itself: where that is gone, nobody waits
        self._writer = pq.ParquetWriter(self._target, schema, compression="zstd")
        self._rows = 0
        self._ends = ["", ""]
        self.file: TableFile | None = None

    def write(self, rows: pa.Table) -> None:
        """Add rows, which have the schema's columns."""
        if not rows.num_rows:
            return
        if self._by_crisis:
            crisis = rows.column("crisis_id")
            self._ends = [self._ends[0] if self._rows else crisis[0].as_py(), crisis[-1].as_py()]
        self._writer.write_table(rows, row_group_size=ROWS_A_GROUP)
        self._rows += rows.num_rows

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        if error is None:
            digest, size = _digest(self._target)
            self.file = TableFile(self._path, self._rows, size, digest, *self._ends)


def write_table(
    room: Path, path: str, portions: Iterable[pa.Table], schema: pa.Schema, *, by_crisis: bool = False
) -> TableFile:
    """Write the rows of one table, all in the order given, to ``path`` in ``room`` and describe the file."""
    with TableWriter(room, path, schema, by_crisis=by_crisis) as writer:
        for rows in portions:
            writer.write(rows.select(schema.names).cast(schema))
    assert writer.file is not None  # noqa: S101 - closed without an error
    return writer.file


def read_file(directory: Path, file: TableFile, schema: pa.Schema) -> pa.Table:
    """Return the rows of one file. Raises PublicationDamaged."""
    path = directory / file.path
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(path, f"cannot be read ({error.strerror})") from error
    if len(data) != file.bytes or hashlib.sha256(data).hexdigest() != file.sha256:
        raise _damaged(path, f"is not the file that its manifest lists ({len(data):,} bytes)")
    try:
        rows = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, f"is no Parquet that can be read ({error})") from error
    check_columns(path, rows.schema, schema)
    if rows.num_rows != file.rows:
        raise _damaged(path, f"has {rows.num_rows:,} rows and not {file.rows:,}")
    return rows.select(schema.names).cast(schema)


def read_table(directory: Path, files: Iterable[TableFile], schema: pa.Schema) -> pa.Table:
    """Return the rows of all files of a table, in their order. Raises PublicationDamaged."""
    return pa.concat_tables([schema.empty_table(), *(read_file(directory, file, schema) for file in files)])


def read_crises(
    directory: Path, files: Iterable[TableFile], schema: pa.Schema, crises: Collection[str]
) -> pa.Table:
    """Return the rows about some crises from the files of a table that is in their order: only those that may
    hold one are opened, and not checked again. Raises PublicationDamaged."""
    parts = [schema.empty_table()]
    for file in files:
        wanted = [crisis for crisis in crises if file.first <= crisis <= file.last]
        if wanted:
            try:
                rows = pq.read_table(directory / file.path, filters=[("crisis_id", "in", wanted)])
            except (pa.ArrowException, OSError) as error:
                raise _damaged(directory / file.path, f"cannot be read ({error})") from error
            parts.append(rows.select(schema.names).cast(schema))
    return pa.concat_tables(parts)


def rows_by_crisis(rows: pa.Table) -> dict[str, pa.Table]:
    """Return the rows of each crisis, from rows that stand in the order of their crises."""
    parts, start = {}, 0
    for group in pc.value_counts(rows.column("crisis_id").combine_chunks()).to_pylist():
        parts[group["values"]] = rows.slice(start, group["counts"])
        start += group["counts"]
    return parts


def check_file(directory: Path, file: TableFile, schema: pa.Schema) -> None:
    """Raise PublicationDamaged where a file is not the one listed or has other columns; reads no rows."""
    path = directory / file.path
    try:
        digest, size = _digest(path)
        stored = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, f"cannot be read ({error})") from error
    if (size, digest) != (file.bytes, file.sha256):
        raise _damaged(path, f"is not the file that its manifest lists ({size:,} bytes)")
    check_columns(path, stored, schema)


def check_columns(path: Path, stored: pa.Schema, expected: pa.Schema) -> None:
    """Raise PublicationDamaged where the columns are not those of this version."""
    if stored.remove_metadata().equals(expected.remove_metadata()):
        return
    has, needs = ({field.name: field.type for field in each} for each in (stored, expected))
    odd: list[Any] = sorted(
        name for name in has.keys() | needs.keys() if has.get(name) != needs.get(name)
    ) or ["their order"]
    raise _damaged(
        path,
        f"was written by another version of the service: it differs in {', '.join(map(str, odd[:5]))}",
    )


def _digest(path: Path) -> tuple[str, int]:
    """Return the SHA-256 and the length of a file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return digest, stream.tell()


def _damaged(path: Path, what: str) -> PublicationDamaged:
    return PublicationDamaged(
        f"{path} {what}.", fix="Write the publication again, with one version of the service."
    )
