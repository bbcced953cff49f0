"""Which rows of text does a document hold, whatever its format?

``open_document`` detects the format; ``read_chunks`` reads the rows, small text documents in this process and
every other one in a sandbox. Text is never interpreted here.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from service.ingest.readers.chunk import TEXT, Chunk, RejectedRow, chunk_of_objects
from service.ingest.readers.formats import FORMATS, TEXTS, Options, detect_format, read_document
from service.ingest.readers.hxl_tags import is_tagged, tag_matches
from service.ingest.readers.sandbox import Limits, read_in_sandbox

SMALL = 1 << 20
"""Bytes up to which a text document is read without a sandbox: it cannot unpack to much."""


class OpenDocument(NamedTuple):
    """A document that can be read: its file, its format (``kind``) and its hash."""

    file: BinaryIO
    name: str
    size: int
    sha256: str
    kind: str
    options: Options

    def position(self) -> int:
        """Return how many bytes have been read, here or in the sandbox: both share the place in the file."""
        return os.lseek(self.file.fileno(), 0, os.SEEK_CUR)


@contextmanager
def open_document(source: bytes | Path, document: str, options: Options) -> Iterator[OpenDocument]:
    """Open a document (bytes, a file, or a folder with a data package) and detect its format.

    Raises UnreadableDocument where it is not a table.
    """
    with ExitStack() as stack:
        if isinstance(source, bytes):
            file = cast(BinaryIO, stack.enter_context(tempfile.TemporaryFile()))
            file.write(source)
            file.flush()
            file.seek(0)
        elif source.is_dir():
            from service.ingest.readers.data_package import zip_folder

            file = stack.enter_context(zip_folder(source))
        else:
            file = stack.enter_context(source.open("rb"))
        digest = hashlib.file_digest(cast(io.BufferedReader, file), "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        yield OpenDocument(
            file, document, size, digest, detect_format(file, document, options.format), options
        )


def read_chunks(document: OpenDocument, limits: Limits | None = None) -> Iterator[Chunk]:
    """Return the rows of a document, from its beginning. Raises UnreadableDocument where it has no rows."""
    document.file.seek(0)
    if document.kind in TEXTS and document.size <= SMALL and limits is None:
        return read_document(document.file, document.name, document.kind, document.options)
    return read_in_sandbox(document.file, document.name, document.kind, document.options, limits or Limits())


__all__ = [
    "FORMATS",
    "TEXT",
    "Chunk",
    "Limits",
    "OpenDocument",
    "Options",
    "RejectedRow",
    "chunk_of_objects",
    "is_tagged",
    "open_document",
    "read_chunks",
    "tag_matches",
]
