"""Which rows does a Parquet or Arrow file hold?

Its typed values become the text that a report file would hold: days in ISO 8601, whole numbers without a
point, lists joined by ``|``. A struct becomes columns with dotted names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.cell_text import as_text
from service.ingest.readers.bounds import check_rows
from service.ingest.readers.chunk import Chunk, check_width, text_column
from service.ingest.readers.delimited import heading
from service.sentence import sentence

_ROWS_AT_ONCE = 20_000
_DEEPEST = 8


def read_parquet(file: BinaryIO, document: str, *, sheet: str = "", most_rows: int = 0) -> Iterator[Chunk]:
    """Yield the rows of a Parquet file. Raises UnreadableDocument where it is none, DocumentTooLarge where it
    says itself that it has more than ``most_rows`` (0: any number)."""
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(file, memory_map=False, pre_buffer=False)
        check_width(document, parquet.metadata.num_columns)
        check_rows(parquet.metadata.num_rows, document, most_rows)
        yield from _chunks(
            parquet.schema_arrow,
            parquet.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False),
            document,
            sheet,
        )
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(document, "Parquet", error) from error


def read_arrow(file: BinaryIO, document: str, *, sheet: str = "") -> Iterator[Chunk]:
    """Yield the rows of an Arrow file or stream. Raises UnreadableDocument where it is neither."""
    options = pa.ipc.IpcReadOptions(use_threads=False)
    is_file = file.read(6) == b"ARROW1"
    file.seek(0)
    try:
        if is_file:
            reader = pa.ipc.open_file(file, options=options)
            batches = (reader.get_batch(at) for at in range(reader.num_record_batches))
        else:
            reader = pa.ipc.open_stream(file, options=options)
            batches = iter(reader)
        yield from _chunks(reader.schema, batches, document, sheet)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(document, "Arrow", error) from error


def _unreadable(document: str, kind: str, error: Exception) -> UnreadableDocument:
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return UnreadableDocument(
        sentence(
            "%(document)s is no sound %(kind)s file: %(reason)s.", document=document, kind=kind, reason=reason
        ),
        fix="Write the file anew and hand it in again.",
    )


def _chunks(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], document: str, sheet: str
) -> Iterator[Chunk]:
    number = 1
    yield _chunk(schema.empty_table(), document, sheet, number)
    for batch in batches:
        batch.validate(full=True)
        for at in range(0, batch.num_rows, _ROWS_AT_ONCE):
            table = pa.Table.from_batches([batch.slice(at, _ROWS_AT_ONCE)])
            yield _chunk(table, document, sheet, number)
            number += table.num_rows


def _chunk(table: pa.Table, document: str, sheet: str, first: int) -> Chunk:
    for _ in range(_DEEPEST):
        if not any(pa.types.is_struct(kind) for kind in table.schema.types):
            break
        table = table.flatten()
    names = heading(table.column_names, document)
    columns = [_as_texts(column) for column in table.itercolumns()]
    numbers = pa.array(range(first, first + table.num_rows), pa.int64())
    return Chunk(sheet, numbers, pa.table(columns, names=names))


def _as_texts(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        filled = pc.fill_null(column.cast(pa.string()), "")
        return pa.concat_arrays(filled.chunks or [pa.array([], pa.string())]).dictionary_encode()
    return text_column([as_text(value) for value in column.to_pylist()])
