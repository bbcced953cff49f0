"""What does the process do that reads an untrusted file?

It gives up most of what a process may do (memory, time, files), reads the document on its standard input, and
writes its chunks to standard output: frames of a header in JSON and a table as an Arrow stream. It knows
nothing of the ledger, of reference data or of settings; ``confined`` starts it and is the only one to.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import resource
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from service.errors import UnreadableDocument
from service.ingest.readers.chunk import Chunk, RejectedRow
from service.ingest.readers.formats import Options, read_document
from service.schema.records import Finding
from service.vocabulary import Severity

FRAME = struct.Struct(">IQ")
"""Lengths of a frame's header and of the table behind it."""
NUMBERS = "\x00number"
"""The column in which the numbers of the rows travel; no heading can have its name."""


def encode(chunk: Chunk) -> Iterator[bytes | pa.Buffer]:
    """The frame of a chunk, in parts."""
    header = {
        "sheet": chunk.sheet,
        "spoiled": [[each.number, each.raw, dataclasses.asdict(each.finding)] for each in chunk.rejected],
        "notices": [dataclasses.asdict(each) for each in chunk.notices],
    }
    columns = dict(zip(chunk.table.column_names, chunk.table.columns, strict=True))
    table = pa.table({**columns, NUMBERS: chunk.numbers})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    yield from frame(header, sink.getvalue())


def frame(header: dict[str, Any], table: pa.Buffer | bytes = b"") -> Iterator[bytes | pa.Buffer]:
    """A header and the bytes of a table, with their lengths before them."""
    words = json.dumps(header, ensure_ascii=False).encode("utf-8", "replace")
    yield FRAME.pack(len(words), len(table)) + words
    yield table


def decode(header: dict[str, Any], data: bytearray) -> Chunk:
    """The chunk that ``encode`` wrote. Raises UnreadableDocument where the header says so."""
    if "refused" in header:
        raise UnreadableDocument(
            header["refused"], fix=header["fix"], suggestions=tuple(header["suggestions"])
        )
    with pa.ipc.open_stream(pa.py_buffer(data)) as stream:
        table = stream.read_all()
    table.validate(full=True)
    numbers = table.column(NUMBERS).combine_chunks()
    return Chunk(
        header["sheet"],
        numbers,
        table.drop_columns([NUMBERS]).combine_chunks(),
        tuple(RejectedRow(number, raw, _finding(told)) for number, raw, told in header["spoiled"]),
        tuple(map(_finding, header["notices"])),
    )


def _finding(told: dict[str, Any]) -> Finding:
    return Finding(**{**told, "severity": Severity(told["severity"])})


def set_limits(memory: int, seconds: int) -> None:
    """Limits this process for good: so much address space and processor time, no file, no further process."""
    limits = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    )
    for name, most in limits:
        _, hard = resource.getrlimit(name)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901 - never raised
        resource.setrlimit(name, (most, most))


def main(arguments: list[str]) -> int:
    """Reads standard input as ``arguments`` say and answers on standard output."""
    asked = json.loads(arguments[0])
    kind = asked["kind"]
    if kind == "xlsx":
        import openpyxl  # noqa: F401 - while files may still be opened cheaply
    if kind == "parquet":
        import pyarrow.parquet  # noqa: F401
    set_limits(asked["memory"], asked["seconds"])
    out = io.FileIO(1, "w")
    document: BinaryIO = os.fdopen(0, "rb")
    try:
        for chunk in read_document(document, asked["document"], kind, Options(**asked["options"])):
            _write(out, encode(chunk))
        _write(out, frame({"end": True}))
    except UnreadableDocument as refusal:
        _write(
            out,
            frame({"refused": refusal.message, "fix": refusal.fix, "suggestions": list(refusal.suggestions)}),
        )
    except (MemoryError, pa.ArrowMemoryError):
        return 71
    return 0


def _write(out: io.RawIOBase, parts: Iterable[bytes | pa.Buffer]) -> None:
    for part in parts:
        view = memoryview(part)
        while view:
            view = view[out.write(view) or 0 :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
