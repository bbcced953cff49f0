"""In which format does this client want its rows?

By the suffix of the address, else by the Accept header; JSON where the client takes anything.
"""

from __future__ import annotations

import functools
from difflib import get_close_matches

from starlette.exceptions import HTTPException

from service.errors import NotFound
from service.formats.file_format import MEDIA_TYPES, Format
from service.web.compression import quality


def by_suffix(name: str) -> Format:
    """The format of a suffix (without its dot). Raises NotFound."""
    try:
        return Format(name)
    except ValueError:
        near = tuple(get_close_matches(name[:40].lower(), list(Format), n=2)) or tuple(Format)
        raise NotFound(
            f"There is no format {name[:40]!r}.", fix=f"Use one of: {', '.join(Format)}.", suggestions=near
        ) from None


@functools.lru_cache(maxsize=256)
def negotiate(accept: str) -> Format:
    """The format the Accept header likes best; of equals the first of ours. Raises HTTPException (406)."""
    ranges = [_read_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    best, best_weight = None, 0.0
    for fmt, media_type in MEDIA_TYPES.items():
        weight = _weight(media_type.partition(";")[0], ranges)
        if weight > best_weight:
            best, best_weight = fmt, weight
    if best is None:
        raise HTTPException(406, f"None of our formats is in Accept: {accept[:100]}.")
    return best


def _read_range(part: str) -> tuple[str, float]:
    media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
    return media_range, quality(parameters)


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """The weight of the most specific range that takes in ``media_type``."""
    for candidate in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        weights = [weight for media_range, weight in ranges if media_range == candidate]
        if weights:
            return max(weights)
    return 0.0
