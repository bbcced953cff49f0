"""A sentence as the reading engine sees it: folded, in its language, with the way back to the text.

Everything is searched in the folded text, so that accents, digits, dashes and letter forms make no
difference; a ``Span`` of it becomes one of the text with ``original``. Knows nothing of what a sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.ingest.draft.proposal import Reading, Span
from service.ingest.wording.count import fold_with_places

MAX_LENGTH = 1_000
"""Characters after which a sentence is cut; what is longer is a list, or no prose."""

_END = re.compile(
    r"[.!?؟…][\"”’»)\]]{0,3}\s{1,20}(?=[\"“‘«'(\[]{0,3}\s?[^\Wa-zà-öø-ÿ_])|\n\s*\n|\n(?=[ \t]{0,20}[-•*–])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Gen|Col|Gov|Prof|No|approx|ca|vs|etc|e\.g|i\.e|U\.N|U\.S|M|Mme|av))$"
)


class Sentence:
    """A sentence of a text: ``folded`` is what is searched, ``span`` where it stands in the text."""

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span
        self.folded, self._places = fold_with_places(text[span.start : span.end])

    @property
    def whole(self) -> Span:
        """The whole folded sentence."""
        return Span(0, len(self.folded))

    def original(self, span: Span) -> Span:
        """Return the characters of the text that a span of the folded sentence was made of."""
        start, last = self._places[span.start], self._places[span.end - 1]
        end = last + 1
        while self.span.start + end < self.span.end and _is_mark(self.text[self.span.start + end]):
            end += 1
        return Span(self.span.start + start, self.span.start + end)

    def as_written(self, span: Span) -> str:
        """Return a span of the folded sentence as the text writes it."""
        return self.text[slice(*self.original(span))]

    def reading(self, value: str, *spans: Span, questions: tuple[str, ...] = ()) -> Reading:
        """Return a value read at spans of the folded sentence."""
        return Reading(value, tuple(map(self.original, spans)), questions)


def _is_mark(char: str) -> bool:
    """Return whether a character belongs to the letter before it: an accent, a vowel sign."""
    return not fold_with_places(char)[0] and not char.isspace()


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
    """Yield ``text[start:end]`` without space around it, in pieces of at most MAX_LENGTH, cut at a space if
    there is one."""
    while start < end:
        stop = min(start + MAX_LENGTH, end)
        if stop < end and (space := text.rfind(" ", start + MAX_LENGTH // 2, stop)) > 0:
            stop = space
        piece = text[start:stop]
        if stripped := piece.strip():
            first = start + len(piece) - len(piece.lstrip())
            yield Span(first, first + len(stripped))
        start = stop
