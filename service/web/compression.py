"""How is a body packed for this client?

By its Accept-Encoding as RFC 9110 reads it (``q`` weighs, ``q=0`` refuses, ``*`` stands for the rest), zstd
before gzip where both are liked alike. What is packed by its own format is sent as it is. The same body is
packed into the same bytes. It must not know what a body says.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Generator, Iterator
from enum import StrEnum

import pyarrow as pa

from service.formats.encode import MEDIA_TYPES, Format, Written

WORTH_PACKING = 1_000
GZIP_LEVEL = 6
PACKED_ALREADY = frozenset({MEDIA_TYPES[Format.PARQUET], MEDIA_TYPES[Format.XLSX]})


class Coding(StrEnum):
    """A Content-Encoding, in the order of our liking."""

    ZSTD = "zstd"
    GZIP = "gzip"
    IDENTITY = "identity"


def coding_for(accept_encoding: str | None, media_type: str) -> Coding:
    """The coding for a client with this Accept-Encoding (None: it sent none).

    A client that refuses everything, identity too, is sent the body as it is rather than nothing.
    """
    if accept_encoding is None or media_type in PACKED_ALREADY:
        return Coding.IDENTITY
    return _chosen(accept_encoding)


@functools.lru_cache(maxsize=256)
def _chosen(accept_encoding: str) -> Coding:
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            weights[name.removeprefix("x-")] = quality(parameters)
    anything = weights.get("*", 0.0)
    liking = {coding: weights.get(coding, anything) for coding in Coding}
    packed = max((Coding.ZSTD, Coding.GZIP), key=liking.__getitem__)
    plain = weights.get(Coding.IDENTITY, 0.0)  # taken unless refused, but no reason not to pack
    return packed if liking[packed] > 0 and liking[packed] >= plain else Coding.IDENTITY


def quality(parameters: list[str]) -> float:
    """The weight that a part of an Accept header gives: its ``q``, 1 without one, 0 for what is no weight."""
    text = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return min(1.0, max(0.0, weight))


def pack(body: bytes, coding: Coding) -> bytes:
    """The body in that coding."""
    return body if coding is Coding.IDENTITY else b"".join(packed(lambda: iter((body,)), coding))


def packed(pieces: Callable[[], Iterator[bytes]], coding: Coding) -> Generator[bytes]:
    """The pieces in that coding, one stream of it, sent on as they come."""
    match coding:
        case Coding.IDENTITY:
            yield from pieces()
        case Coding.GZIP:
            gzip = zlib.compressobj(GZIP_LEVEL, wbits=31)  # with the header of gzip, its time 0
            for piece in pieces():
                yield gzip.compress(piece)
            yield gzip.flush()
        case Coding.ZSTD:
            written = Written()
            with pa.CompressedOutputStream(pa.PythonFile(written, mode="w"), "zstd") as zstd:
                for piece in pieces():
                    zstd.write(piece)
                    yield written.taken()
            yield written.taken()
