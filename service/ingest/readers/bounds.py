"""How many columns, rows and letters may a document have?

Checked while it is read, before more of it is in memory. A document that may be of any length (a file of
whoever runs the ledger) has no limit of rows. This module must not know what rows mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import DocumentTooLarge, UnreadableDocument
from service.ingest.cells import excerpt
from service.ingest.readers.chunk import LONGEST_NAME, Chunk
from service.sentence import listed, message, sentence

BYTES_A_ROW = 2_000
"""Where rows are limited, they have so many bytes of text on average at most: each text counts as often as it
stands there, however short the file that says it once."""
_IN_PARTS = message("Hand it in in several parts, or have CASUALTY_ROW_LIMIT raised on the server.")


def check_names(names: Sequence[str], document: str) -> None:
    """Raise UnreadableDocument for a name that is too long or stands there twice."""
    longest = max(names, key=len, default="")
    if len(longest) > LONGEST_NAME:
        raise UnreadableDocument(
            sentence(
                "%(document)s has a column whose name is %(length)s letters long, “%(name)s”.",
                document=document,
                length=f"{len(longest):,}",
                name=excerpt(longest),
            ),
            fix=sentence(
                "Give each column a name of at most %(most)s letters.",
                most=f"{LONGEST_NAME:,}",
            ),
        )
    duplicates = sorted(name for name, count in Counter(names).items() if count > 1)
    if duplicates:
        more = f" and {len(duplicates) - 10} others" if len(duplicates) > 10 else ""
        raise UnreadableDocument(
            sentence(
                "%(document)s has more than one column %(duplicates)s%(more)s.",
                document=document,
                duplicates=listed(map(excerpt, duplicates[:10])),
                more=more,
            ),
            fix="Keep one of them, or rename the others.",
        )


def check_rows(number: int, document: str, most: int) -> None:
    """Raise DocumentTooLarge for more rows than ``most`` (0: any number)."""
    if most and number > most:
        raise DocumentTooLarge(
            sentence("%(document)s has more than %(most)s rows.", document=document, most=f"{most:,}"),
            fix=_IN_PARTS,
        )


def limit_rows(chunks: Iterator[Chunk], document: str, most: int) -> Iterator[Chunk]:
    """Yield the same chunks. Raises DocumentTooLarge beyond ``most`` rows (0: any number), or the text that
    so many rows may have."""
    rows = size = 0
    for chunk in chunks:
        if most:
            rows += chunk.table.num_rows + len(chunk.rejected)
            size += sum(map(_text_bytes, chunk.table.columns)) + sum(len(row.raw) for row in chunk.rejected)
            check_rows(rows, document, most)
            if size > most * BYTES_A_ROW:
                raise DocumentTooLarge(
                    sentence(
                        "%(document)s has more than %(most)s MiB of text.",
                        document=document,
                        most=f"{most * BYTES_A_ROW >> 20:,}",
                    ),
                    fix=_IN_PARTS,
                )
        yield chunk


def _text_bytes(column: pa.ChunkedArray) -> int:
    """Return the bytes of a column of text, each text as often as it stands there."""
    total = 0
    for part in column.chunks:
        lengths = pc.binary_length(part.dictionary)
        total += pc.sum(lengths.take(part.indices)).as_py() or 0
    return total
