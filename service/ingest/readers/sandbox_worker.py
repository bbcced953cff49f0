"""What does the process do that reads an untrusted file?

It sets limits on itself (memory, time, no files), reads the document from its standard input, and writes its
chunks to standard output: frames of a JSON header and a table as an Arrow stream. Only ``sandbox`` starts it;
it knows nothing of the ledger, of reference data or of settings.
"""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from service.errors import DocumentTooLarge, UnreadableDocument
from service.ingest.readers.chunk import Chunk, RejectedRow
from service.ingest.readers.formats import Options, read_document
from service.schema.records import finding_row, read_finding

FRAME = struct.Struct(">IQ")
"""The bytes of a frame's header and of the table after it."""
NUMBERS = "\x00number"
"""The column that holds the row numbers; no heading can have its name."""
OUT_OF_MEMORY = 71
"""The exit code of a worker that reached its memory limit."""


def encode_chunk(chunk: Chunk) -> Iterator[bytes | pa.Buffer]:
    """Yield the frame of a chunk, in parts."""
    header = {
        "sheet": chunk.sheet,
        "rejected": [[row.number, row.raw, finding_row(row.finding)] for row in chunk.rejected],
        "notices": [finding_row(notice) for notice in chunk.notices],
        "headings": chunk.headings,
    }
    columns = dict(zip(chunk.table.column_names, chunk.table.columns, strict=True))
    table = pa.table({**columns, NUMBERS: chunk.numbers})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    yield from encode_frame(header, sink.getvalue())


def encode_frame(header: dict[str, Any], table: pa.Buffer | bytes = b"") -> Iterator[bytes | pa.Buffer]:
    """Yield the lengths and the bytes of a header, then the bytes of a table."""
    encoded = json.dumps(header, ensure_ascii=False).encode("utf-8", "replace")
    yield FRAME.pack(len(encoded), len(table)) + encoded
    yield table


def decode_chunk(header: dict[str, Any], data: bytearray) -> Chunk:
    """Return the chunk of a frame. Raises UnreadableDocument where the worker refused the document."""
    if "refused" in header:
        kind = DocumentTooLarge if header["is_too_large"] else UnreadableDocument
        raise kind(header["refused"], fix=header["fix"], suggestions=tuple(header["suggestions"]))
    with pa.ipc.open_stream(pa.py_buffer(data)) as stream:
        table = stream.read_all()
    table.validate(full=True)
    numbers = table.column(NUMBERS).combine_chunks()
    return Chunk(
        header["sheet"],
        numbers,
        table.drop_columns([NUMBERS]).combine_chunks(),
        tuple(RejectedRow(number, raw, read_finding(finding)) for number, raw, finding in header["rejected"]),
        tuple(map(read_finding, header["notices"])),
        tuple(header["headings"]),
    )


def set_limits(memory: int, seconds: int) -> None:
    """Limit this process for good to ``memory`` bytes and ``seconds`` of processor time.

    It can no longer write files or start processes.
    """
    limits = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    )
    for name, wanted in limits:
        _, hard = resource.getrlimit(name)
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(name, (limit, limit))


def main(arguments: list[str]) -> int:
    """Read standard input as the JSON in ``arguments`` says, write frames, and return the exit code."""
    options = json.loads(arguments[0])
    kind = options["kind"]
    if kind == "xlsx":
        import openpyxl  # noqa: F401 - before the limits
    if kind == "parquet":
        import pyarrow.parquet  # noqa: F401
    set_limits(options["memory"], options["seconds"])
    out = io.FileIO(1, "w")
    document: BinaryIO = os.fdopen(0, "rb")
    try:
        for chunk in read_document(document, options["document"], kind, Options(**options["options"])):
            _write(out, encode_chunk(chunk))
        _write(out, encode_frame({"end": True}))
    except UnreadableDocument as error:
        _write(
            out,
            encode_frame(
                {
                    "refused": error.message,
                    "fix": error.fix,
                    "suggestions": list(error.suggestions),
                    "is_too_large": isinstance(error, DocumentTooLarge),
                }
            ),
        )
    except (MemoryError, pa.ArrowMemoryError):
        return OUT_OF_MEMORY
    return 0


def _write(out: io.RawIOBase, parts: Iterable[bytes | pa.Buffer]) -> None:
    for part in parts:
        view = memoryview(part)
        while view:
            view = view[out.write(view) or 0 :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
