"""Where does each sentence of a text begin and end?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.ingest.draft.proposal import Span

LONGEST = 1_000
"""Characters after which a sentence is cut: what is longer is a list, or no prose."""

_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])|\n\s*\n|\n(?=\s*[-•*])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Gen|Col|Gov|Prof|No|approx|ca|vs|etc|e\.g|i\.e|U\.N|U\.S))$"
)


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a text without the space around them."""
    start = 0
    for match in _END.finditer(text):
        if match[0].startswith(".") and _ABBREVIATION.search(
            text[max(start, match.start() - 10) : match.start()]
        ):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The piece without space around it, in parts where it is longer than any sentence."""
    for begin in range(start, end, LONGEST):
        piece = text[begin : min(begin + LONGEST, end)]
        if stripped := piece.strip():
            first = begin + len(piece) - len(piece.lstrip())
            yield Span(first, first + len(stripped))
