"""Where does a text name things of the reference data?

Names are compared word by word in folded text, so that the time is that of the text's length, however many
names there are. An Arabic name is found behind the letters written together with it ("وطرطوس", "باللاذقية").
Knows nothing of what a name is the name of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from service.ingest.draft.proposal import Span
from service.ingest.draft.sentence import Sentence
from service.ingest.wording.count import fold

_WORD = re.compile(r"\w+")
_CLITICS = re.compile(r"[وف]?[بلك]?(?=\w{3})")


class Mention(NamedTuple):
    """A name in a folded sentence and what it names."""

    span: Span
    name: str


class NameFinder:
    """Finds names, the longest at each place."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in sorted(set(names)):
            words = tuple(_WORD.findall(fold(name)))
            if words:
                self._by_first.setdefault(words[0], []).append((words, name))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, sentence: Sentence) -> list[Mention]:
        """Return the names in a sentence in their order; none overlaps another, and the longer one wins.

        A name with a capital counts only where a capital is among its letters in the text too.
        """
        words = [(match[0], Span(*match.span())) for match in _WORD.finditer(sentence.folded)]
        mentions: list[Mention] = []
        for at in range(len(words)):
            mention = self._at(sentence, words, at)
            if mention and mentions and mentions[-1].span.end > mention.span.start:
                if _length(mentions[-1]) >= _length(mention):
                    continue
                mentions.pop()
            if mention:
                mentions.append(mention)
        return mentions

    def _at(self, sentence: Sentence, words: list[tuple[str, Span]], at: int) -> Mention | None:
        """Return the longest name that begins at a word, None for none."""
        first, where = words[at]
        for spelling, skipped in _readings(first):
            for name_words, name in self._by_first.get(spelling, ()):
                rest = tuple(word for word, _ in words[at + 1 : at + len(name_words)])
                if rest != name_words[1:]:
                    continue
                span = Span(where.start + skipped, words[at + len(name_words) - 1][1].end)
                written = sentence.as_written(span)
                if name == name.lower() or written != written.lower():
                    return Mention(span, name)
        return None


def _length(mention: Mention) -> int:
    return mention.span.end - mention.span.start


def _readings(word: str) -> list[tuple[str, int]]:
    """Return a word, and what it is without Arabic letters written together with it, with their number."""
    readings = [(word, 0)]
    if "\u0600" <= word[0] <= "\u06ff":
        taken = _CLITICS.match(word)
        most = taken.end() if taken else 0
        readings += [(word[number:], number) for number in range(1, most + 1)]
        for number in range(most + 1):
            if word.startswith("لل", number):
                readings.append(("ال" + word[number + 2 :], number))
    return readings
