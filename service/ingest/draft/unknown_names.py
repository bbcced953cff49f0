"""Which names in a text are of nobody and of nowhere that the reference data knows?

A figure whose origin or place is not known must not become nobody's or nowhere's without a word: the name is
given to the person who decides, as the text writes it. A name is told from other words by its capitals; in
Arabic the words behind "according to" are taken, or those between "said" and "that".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.ingest.draft.days import is_calendar_name
from service.ingest.draft.grammar import Grammar
from service.ingest.draft.proposal import Span
from service.ingest.draft.sentence import Sentence

_WORD = re.compile(r"[^\W\d_](?:[\w'’.&-]*\w)?")
_INITIAL = re.compile(r"(?:\w{1,3}[-'’](?=\w))?[^\W\d_]")
"""The first letter of a word, behind an article written together with it: "al-Hawa", "d'Alep"."""
_OF = frozenset(["of", "de", "des", "du", "d", "la", "les"])
"""Words in a name behind which it may go on in small letters: "Comité des familles"."""
_LINKS = _OF | {"for", "and", "the", "et", "pour"}
_ARTICLES = frozenset(["the", "a", "an", "le", "la", "les", "l"])
_ARABIC_THAT = frozenset(["ان", "انه", "بان"])
_ARABIC_ENDS = _ARABIC_THAT | {"في", "عن", "من", "مقتل", "الى"}
_MOST_WORDS = 9
_MOST_ARABIC_WORDS = 4


def unknown_origin(sentence: Sentence, grammar: Grammar) -> Span | None:
    """Return the name that a sentence gives its figures to, of which no known source is called; else None.

    "Local Sources" or "Residents of Banias" is no name: nobody can be asked, nor registered.
    """
    spans = (
        _origins(sentence, grammar) if grammar.language.has_capitals else _arabic_origins(sentence, grammar)
    )
    text = sentence.folded
    return next((span for span in spans if not grammar.nameless.fullmatch(text, *span)), None)


def _origins(sentence: Sentence, grammar: Grammar) -> Iterator[Span]:
    text = sentence.folded
    for match in grammar.cited.finditer(text):
        if span := name_from(sentence, grammar, match.end()):
            yield span
    at = 0
    while word := _WORD.search(text, at):
        span = name_from(sentence, grammar, word.start())
        at = span.end if span else word.end()
        if span is None or grammar.in_place_before.search(text, max(0, span.start - 20), span.start):
            continue
        # one word at the beginning has its capital from the sentence: "Residents said"
        if grammar.saying.match(text, span.end) and (span.start or " " in text[slice(*span)]):
            yield span


def _arabic_origins(sentence: Sentence, grammar: Grammar) -> Iterator[Span]:
    text = sentence.folded
    for match in grammar.cited.finditer(text):
        words = _arabic_words(text, match.end())
        if words and text[match.end() - 1] == " " and not grammar.people.match(text, words[0].start):
            yield Span(words[0].start, words[-1].end)
    for match in grammar.words("says").finditer(text):
        words = _arabic_words(text, match.end() + 1)
        if words and (that := _WORD.match(text, words[-1].end + 1)) and that[0] in _ARABIC_THAT:
            yield Span(words[0].start, words[-1].end)


def _arabic_words(text: str, start: int) -> list[Span]:
    words: list[Span] = []
    for word in _words(text, start, _MOST_ARABIC_WORDS):
        if text[slice(*word)] in _ARABIC_ENDS:
            break
        words.append(word)
    return words


def name_from(sentence: Sentence, grammar: Grammar, start: int) -> Span | None:
    """Return the name in capitals that begins at a place of a folded sentence, without its article; None
    where none does, or the language has no capitals."""
    if not grammar.language.has_capitals:
        return None
    words = _words(sentence.folded, start, _MOST_WORDS)
    texts = [sentence.folded[slice(*word)] for word in words]
    first = next((at for at, text in enumerate(texts) if text not in _ARTICLES), len(words))
    end = first
    for at in range(first, len(words)):
        if is_calendar_name(texts[at], grammar):
            break
        initial = _INITIAL.match(sentence.as_written(words[at]))
        is_big = initial is not None and initial[0][-1].isupper()
        goes_on = at > first and (texts[at] in _LINKS or texts[at - 1] in _OF)
        if not is_big and not goes_on:
            break
        end = at + 1 if is_big or texts[at] not in _LINKS else end
    return Span(words[first].start, words[end - 1].end) if end > first else None


def _words(text: str, start: int, most: int) -> list[Span]:
    """Return the words that follow each other with one space between them, from a place on."""
    words: list[Span] = []
    at = start
    while len(words) < most and (word := _WORD.match(text, at)):
        words.append(Span(*word.span()))
        if text[word.end() : word.end() + 1] != " ":
            break
        at = word.end() + 1
    return words
