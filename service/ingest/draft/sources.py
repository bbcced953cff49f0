"""Whose figure is it, as far as the sentence says?

A name is an origin only beside words that give it the figure: "according to X", "X said", "figures from X".
One that is cited wins over one that cites ("AFP, citing SOHR"). "The Observatory" stands for one named
earlier.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from service.ingest.draft.grammar import Grammar
from service.ingest.draft.names import NameFinder
from service.ingest.draft.proposal import Reading, Span
from service.ingest.draft.sentence import Sentence
from service.ingest.draft.unknown_names import unknown_origin
from service.reference.well_known import well_known_sources
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Kind

_REACH = 80
"""Characters before a name in which words that give it the figure are looked for."""


class _Mention(NamedTuple):
    source_id: str
    span: Span
    rank: int
    """2 cited, 1 saying, 0 named only."""


class OriginFinder:
    """Finds the origins of one text, sentence by sentence, and remembers who was named.

    Sources that the field knows are found as well as those of the reference, whose own rows win.
    """

    def __init__(self, reference: Reference) -> None:
        columns = ["source_id", "name", "aliases", "kind"]
        rows = [*well_known_sources()[1].values(), *reference.source.select(columns).to_pylist()]
        self._ids = {_without_brackets(row["name"]): row["source_id"] for row in rows}
        self._ids |= {name: row["source_id"] for row in rows for name in _spellings(row)}
        self._watches = {row["source_id"] for row in rows if row["kind"] not in (Kind.MEDIA, Kind.INDIVIDUAL)}
        self._names = NameFinder(self._ids)
        self.named: list[Span] = []
        """Where the last sentence names sources."""
        self._earlier: list[str] = []
        self._last = Reading("")
        self._only: Reading | None = None
        """The source that was named last, where it was alone in its sentence."""

    def find(self, sentence: Sentence, grammar: Grammar) -> Reading:
        """Return the origin of the figures of a sentence; blank where the text gives them to nobody."""
        mentions = self._mentions(sentence, grammar)
        self.named = [mention.span for mention in mentions]
        self._earlier = list(dict.fromkeys([*self._earlier, *(mention.source_id for mention in mentions)]))
        cued = [mention for mention in mentions if mention.rank]
        best = max(cued, key=lambda mention: mention.rank) if cued else None
        referred, rank = self._refer_back(sentence, grammar)
        if best and best.rank >= rank:
            self._last = sentence.reading(best.source_id, best.span)
        elif referred:
            self._last = referred
        elif self._only and grammar.they_said.match(sentence.folded):
            self._last = self._only
        elif not continues(sentence, grammar):
            self._last = Reading("")
        if mentions:
            is_one = len({mention.source_id for mention in mentions}) == 1
            self._only = sentence.reading(mentions[0].source_id, mentions[0].span) if is_one else None
        if not self._last.value and not self._last.questions and not any(each.rank for each in mentions):
            self._last = self._ask_about(sentence, grammar)
        return self._last

    def _ask_about(self, sentence: Sentence, grammar: Grammar) -> Reading:
        """Return no origin, with a question about the name that the sentence gives its figures to."""
        span = unknown_origin(sentence, grammar)
        if span is None:
            return Reading("")
        question = f"No source is called “{sentence.as_written(span)}”: whose figure is it?"
        return sentence.reading("", span, questions=(question,))

    def _mentions(self, sentence: Sentence, grammar: Grammar) -> list[_Mention]:
        return [
            _Mention(self._ids[name], span, _rank(sentence, grammar, span))
            for span, name in self._names.find(sentence)
        ]

    def _refer_back(self, sentence: Sentence, grammar: Grammar) -> tuple[Reading | None, int]:
        """Return an origin named earlier that the sentence calls by a common noun, and how clearly; else
        None."""
        for match in grammar.watch.finditer(sentence.folded):
            span = Span(*match.span())
            rank = _rank(sentence, grammar, span)
            if not rank:
                continue
            earlier = [source for source in self._earlier if source in self._watches]
            if len(earlier) == 1:
                return sentence.reading(earlier[0], span), rank
            question = f"Who is meant by “{sentence.as_written(span)}”?"
            return sentence.reading("", span, questions=(question,)), rank
        return None, 0


def _spellings(row: dict[str, str]) -> list[str]:
    """Return the names of a source that a text may use."""
    names = (row["name"], *row["aliases"].split(AREA_SEPARATOR))
    return [name for name in names if len(name) > 1 and (any(map(str.isupper, name)) or name[0] > "\u024f")]


def _without_brackets(name: str) -> str:
    return name.partition(" (")[0]


def continues(sentence: Sentence, grammar: Grammar) -> bool:
    """Return whether a sentence goes on about the figures of the one before: "Of them, …"."""
    return bool(grammar.continues.match(sentence.folded))


def _rank(sentence: Sentence, grammar: Grammar, span: Span) -> int:
    """Return how clearly the words around a name give figures to it: 2 cited, 1 saying, 0 not at all."""
    text = sentence.folded
    before = text[max(0, span.start - _REACH) : span.start]
    if grammar.cited_before.search(before):
        return 2
    if grammar.told_before.search(before):
        return 0
    behind = re.sub(r"^ ?\([^)]{0,60}\)|^\)", "", text[span.end : span.end + 120])
    return 1 if grammar.saying.match(behind) or grammar.says_before.search(before) else 0
