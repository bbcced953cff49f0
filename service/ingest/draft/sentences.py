"""Where does each sentence of a text begin and end?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.ingest.draft.proposal import Span

_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])|\n\s*\n|\n(?=\s*[-•*])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Gen|Col|Gov|Prof|No|approx|ca|vs|etc|e\.g|i\.e|U\.N|U\.S))$"
)


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a text without the space around them."""
    start = 0
    for match in _END.finditer(text):
        if match[0].startswith(".") and _ABBREVIATION.search(text[start : match.start()]):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if stripped := piece.strip():
        begin = start + piece.index(stripped[0])
        yield Span(begin, begin + len(stripped))
