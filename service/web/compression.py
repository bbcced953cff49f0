"""How is a body compressed for this client?

By its Accept-Encoding as RFC 9110 reads it (``q`` weighs, ``q=0`` refuses, ``*`` stands for the rest); of
the same weight zstd comes before Brotli, and Brotli before gzip. What its own format has compressed is sent
as it is. The same body gives the same bytes. It must not know what a body says.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Generator, Iterator
from enum import StrEnum

import pyarrow as pa

from service.formats.encode import Written
from service.formats.file_format import COMPRESSED, MEDIA_TYPES

WORTH_PACKING = 1_000
"""Bytes below which a body is sent as it is."""
GZIP_LEVEL = 6
COMPRESSED_FORMATS = frozenset({*(MEDIA_TYPES[fmt] for fmt in COMPRESSED), "image/png"})


class Coding(StrEnum):
    """A Content-Encoding; of equal weights the first is taken."""

    ZSTD = "zstd"
    BROTLI = "br"
    GZIP = "gzip"
    IDENTITY = "identity"


def coding_for(accept_encoding: str | None, media_type: str) -> Coding:
    """Return the coding for a client with this Accept-Encoding (None: it sent none).

    A client that refuses everything, identity too, is sent the body as it is rather than nothing.
    """
    if accept_encoding is None or media_type in COMPRESSED_FORMATS:
        return Coding.IDENTITY
    return _preferred_coding(accept_encoding)


@functools.lru_cache(maxsize=256)
def _preferred_coding(accept_encoding: str) -> Coding:
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            weights[name.removeprefix("x-")] = quality(parameters)
    weight_of_others = weights.get("*", 0.0)
    packed = {
        coding: weights.get(coding, weight_of_others) for coding in Coding if coding is not Coding.IDENTITY
    }
    # a client that does not name identity takes it, which is no reason not to compress
    identity = weights.get(Coding.IDENTITY, 0.0)
    best = max(packed, key=packed.__getitem__)  # of equal weights, the first
    return best if packed[best] > 0 and packed[best] >= identity else Coding.IDENTITY


def quality(parameters: list[str]) -> float:
    """Return the weight in a part of an Accept header: its ``q``, 1 without one, 0 for what is no number."""
    text = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return min(1.0, max(0.0, weight))


def pack(body: bytes, coding: Coding) -> bytes:
    """Return the body in that coding."""
    return body if coding is Coding.IDENTITY else b"".join(pack_pieces(lambda: iter((body,)), coding))


def pack_pieces(pieces: Callable[[], Iterator[bytes]], coding: Coding) -> Generator[bytes]:
    """Yield the pieces as one stream in that coding, each as soon as it is there."""
    match coding:
        case Coding.IDENTITY:
            yield from pieces()
        case Coding.GZIP:
            gzip = zlib.compressobj(GZIP_LEVEL, wbits=31)  # 31: with the header of gzip, whose time is 0
            for piece in pieces():
                yield gzip.compress(piece)
            yield gzip.flush()
        case Coding.ZSTD | Coding.BROTLI:
            written = Written()
            codec = "zstd" if coding is Coding.ZSTD else "brotli"
            with pa.CompressedOutputStream(pa.PythonFile(written, mode="w"), codec) as stream:
                for piece in pieces():
                    stream.write(piece)
                    yield written.take()
            yield written.take()
