"""Which known thing does a name stand for?

Names are compared exactly after ``normalise``: case, diacritics, Arabic letter forms, punctuation and spaces
make no difference, anything else does. A name that is unknown or stands for several things is an error that
carries what is near; nothing is ever chosen by likeness.

>>> Names("source", [("sohr", "SOHR", ["Syrian Observatory"])]).resolve("syrian  OBSERVATORY")
'sohr'
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache

from service.errors import AmbiguousName, UnknownName
from service.sentence import did_you_mean, either, listed, sentence

_APOSTROPHES = frozenset("'’‘ʼʻʽʿʾʹˈ`´′＇")
_LETTER_FORMS = {"ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ـ": "", "ı": "i"}
_ARTICLE = re.compile(r"^(?:[ae](?:l|(sh|th|dh|[srdtzn])(?= \1)) (?=\S)|ال(?=\S{2}))")
_NEAR = 0.6
_HOLDS = 0.85
_CANDIDATES = 24


def normalise(text: str) -> str:
    """The text with everything folded away that two spellings of one name may differ in.

    Case, Latin diacritics, Arabic vowel signs, tatweel and hamza seats, alef and ya forms, ta marbuta,
    digits of any script, apostrophes (often an ayn or a hamza), other punctuation and spaces.

    >>> normalise("Lattaquié"), normalise("al-Muhtāriyya"), normalise("أَرزة") == normalise("ارزه")
    ('lattaquie', 'al muhtariyya', True)
    """
    kept: list[str] = []
    for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()):
        category = unicodedata.category(char)
        if unicodedata.combining(char) or char in _APOSTROPHES or category in ("Cf", "Cc", "Cs"):
            kept.append(" " if char in "\t\n\r\v\f" else "")
        elif char.isdecimal():
            kept.append(str(unicodedata.decimal(char)))
        elif category[0] in "LNM":
            kept.append(_LETTER_FORMS.get(char, char))
        else:
            kept.append(" ")
    return " ".join("".join(kept).split())


_known = lru_cache(maxsize=1 << 16)(normalise)
"""``normalise`` for the names of reference data, which come again with every document."""


def without_article(key: str) -> str:
    """A normalised name without its leading Arabic article, assimilated or not.

    >>> without_article("al sanobar"), without_article("as suqaylabiyah"), without_article("alma")
    ('sanobar', 'suqaylabiyah', 'alma')
    """
    return _ARTICLE.sub("", key, count=1)


def slug(text: str, separator: str = "_") -> str:
    """An identifier made of a name.

    >>> slug("Enab Baladi (English)")
    'enab_baladi_english'
    """
    return normalise(text).replace(" ", separator)


def _pairs(key: str) -> set[str]:
    padded = f" {key} "
    return {padded[at : at + 2] for at in range(len(padded) - 1)}


def _alike(key: str, others: Iterable[str], at_least: float) -> list[str]:
    """The others that are at least so like the key (0 to 1), likest first.

    Likeness is that of the letters; a name that holds all words of the other is close in any case.
    """
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    words = set(key.split())
    scored: list[tuple[float, str]] = []
    for other in others:
        matcher.set_seq1(other)
        theirs = set(other.split())
        score = _HOLDS if words <= theirs or theirs <= words else 0.0
        if matcher.quick_ratio() >= at_least:
            score = max(score, matcher.ratio())
        if score >= at_least:
            scored.append((-score, other))
    return [other for _, other in sorted(scored)]


class Names:
    """The names of one kind of thing (areas, sources …).

    ``entries`` are (id, name to show, further spellings). With ``articles`` a name that is not known as it
    stands is looked for once more without the Arabic article on either side.
    """

    def __init__(
        self, kind: str, entries: Iterable[tuple[str, str, Iterable[str]]], *, articles: bool = False
    ) -> None:
        self.kind = kind
        self.articles = articles
        self._shown: dict[str, str] = {}
        self._exact: dict[str, set[str]] = {}
        self._bare: dict[str, set[str]] = {}
        self._near: dict[str, set[str]] | None = None
        for identifier, name, spellings in entries:
            self._shown[identifier] = name or identifier
            for spelling in (identifier, name, *spellings):
                self._add(spelling, identifier)

    def _add(self, spelling: str, identifier: str) -> None:
        if key := _known(spelling):
            self._exact.setdefault(key, set()).add(identifier)
            if self.articles:
                self._bare.setdefault(without_article(key), set()).add(identifier)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._shown

    def name(self, identifier: str) -> str:
        """The name to show. Raises UnknownName for an id that is not held."""
        if identifier not in self._shown:
            raise self.unknown(identifier)
        return self._shown[identifier]

    def candidates(self, text: str) -> set[str]:
        """Every id that the text may stand for."""
        if text in self._shown:
            return {text}
        key = normalise(text)
        found = self._exact.get(key) or (self._bare.get(without_article(key)) if self.articles else None)
        return set(found or ())

    def find(self, text: str) -> str | None:
        """The id that the text stands for, None where it stands for none. Raises AmbiguousName."""
        found = self.candidates(text)
        if len(found) > 1:
            raise self.ambiguous(text, found)
        return next(iter(found), None)

    def resolve(self, text: str) -> str:
        """The id that the text stands for. Raises UnknownName or AmbiguousName with suggestions."""
        found = self.find(text)
        if found is None:
            raise self.unknown(text)
        return found

    def nearest(
        self, text: str, at_least: float = _NEAR, among: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """Up to three ids whose names look like the text, likest first; of those ``among`` which they are to
        be, if that is given."""
        key = normalise(text)
        if not key or len(key) > 100:
            return ()
        shared = Counter(near for pair in _pairs(key) for near in self._pairs_index().get(pair, ()))
        if among is not None:
            inside = [near for near in shared if not self._exact[near].isdisjoint(among)]
            shared = Counter({near: shared[near] for near in inside})
        likely = sorted(shared, key=lambda near: (-shared[near] / (len(near) + len(key)), near))[:_CANDIDATES]
        alike = _alike(key, likely, at_least)
        found = dict.fromkeys(each for near in alike for each in sorted(self._exact[near]))
        return tuple(each for each in found if among is None or each in among)[:3]

    def _pairs_index(self) -> dict[str, set[str]]:
        """The spellings that hold a pair of letters; made at the first name that is not known."""
        if self._near is None:
            near: dict[str, set[str]] = {}
            for key in self._exact:
                for pair in _pairs(key):
                    near.setdefault(pair, set()).add(key)
            self._near = near  # whole at once: another thread may be looking
        return self._near

    def label(self, identifier: str) -> str:
        """Name and id, as a sentence shows them."""
        name = self._shown[identifier]
        return name if name == identifier else f"{name} ({identifier})"

    def offer(self, identifier: str) -> str:
        """A word to write instead that is sure to be understood: the name where it is unique, else the id."""
        name = self._shown[identifier]
        return name if self._exact.get(normalise(name)) == {identifier} else identifier

    def unknown(self, text: str, among: Collection[str] | None = None) -> UnknownName:
        """That nothing has this name, with what is near, ``among`` some ids only where they are given."""
        near = self.nearest(text, among=among)
        fix = did_you_mean(map(self.label, near)) or sentence(
            "Write the name or id of a known %(kind)s.", kind=sentence(self.kind)
        )
        return UnknownName(
            sentence("No %(kind)s is called “%(text)s”.", kind=sentence(self.kind), text=text[:100]),
            fix=fix,
            suggestions=tuple(map(self.offer, near)),
        )

    def ambiguous(self, text: str, ids: Iterable[str]) -> AmbiguousName:
        """That several things have this name, with all of them."""
        found = sorted(ids)
        return AmbiguousName(
            sentence(
                "“%(text)s” is the name of %(number)s %(kind)s: %(found)s.",
                text=text[:100],
                number=len(found),
                kind=sentence(f"{self.kind}s"),
                found=listed(map(self.label, found)),
            ),
            fix=sentence("Write the code of the one that is meant: %(found)s.", found=either(found)),
            suggestions=tuple(found),
        )
