"""Which rows of text does a document hold, whatever its format?

``opened`` finds out the format; ``chunks_of`` reads small text documents here, every other one in a child
process with limits. Text is never interpreted; rows keep their number and their sheet.
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
"""Bytes up to which a text document is read without a child: it cannot unpack to much."""


class OpenDocument(NamedTuple):
    """A document that can be read: what it is, and its hash."""

    file: BinaryIO
    name: str
    size: int
    sha256: str
    kind: str
    options: Options

    def position(self) -> int:
        """How far the document has been read, be it here or in a child: they share the place in the file."""
        return os.lseek(self.file.fileno(), 0, os.SEEK_CUR)


@contextmanager
def open_document(source: bytes | Path, document: str, options: Options) -> Iterator[OpenDocument]:
    """The document, its format known. Raises UnreadableDocument where it is no table at all."""
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
    """The rows of a document. Raises UnreadableDocument where it cannot be read as rows."""
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
