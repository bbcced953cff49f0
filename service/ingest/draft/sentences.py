"""Where does each sentence of a text begin and end? Knows nothing of what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.ingest.draft.proposal import Span

MAX_LENGTH = 1_000
"""Characters after which a sentence is cut; what is longer is a list, or no prose."""

_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])|\n\s*\n|\n(?=\s*[-•*])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Gen|Col|Gov|Prof|No|approx|ca|vs|etc|e\.g|i\.e|U\.N|U\.S))$"
)


def split_sentences(text: str) -> Iterator[Span]:
    """Yield the sentences of a text without the space around them."""
    start = 0
    for match in _END.finditer(text):
        if match[0].startswith(".") and _ABBREVIATION.search(
            text[max(start, match.start() - 10) : match.start()]
        ):
            continue
        yield from _trim(text, start, match.end())
        start = match.end()
    yield from _trim(text, start, len(text))


def _trim(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield ``text[start:end]`` without space around it, in pieces of at most MAX_LENGTH."""
    for begin in range(start, end, MAX_LENGTH):
        piece = text[begin : min(begin + MAX_LENGTH, end)]
        if stripped := piece.strip():
            first = begin + len(piece) - len(piece.lstrip())
            yield Span(first, first + len(stripped))
