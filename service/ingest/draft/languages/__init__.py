"""Which language is a sentence in, as far as drafts are made from it?

Told by the letters and by the commonest words. A sentence in another language is None, so that it is said and
not read as empty. This module must not know what a draft is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from service.ingest.draft.languages.arabic import ARABIC
from service.ingest.draft.languages.english import ENGLISH
from service.ingest.draft.languages.french import FRENCH
from service.ingest.draft.languages.table import Language
from service.ingest.wording.count import fold

__all__ = ["ENGLISH", "LANGUAGES", "Language", "find_language"]

LANGUAGES = (ENGLISH, FRENCH, ARABIC)

FEW_WORDS = 12
"""Of fewer words nobody can tell the language, unless by their letters."""
LEAST_SHARE = 0.1
"""So many of the words of prose are among the commonest of its language."""

_OTHERS = (
    "der die das und wurden sind nach mit von im am bei den dem ein eine nicht laut davon",  # German
    "los las el del por con una han fueron según muertos al y se su",  # Spanish
    "ve bir bu için az kişi olarak oldu ile da",  # Turkish
    "il gli della sono di che nel con per almeno nella",  # Italian
    "os uma foram com em pelo não mortos do da dos",  # Portuguese
    "het een zijn bij werden van naar",  # Dutch
    "yang dan di orang tewas",  # Indonesian
)
"""The commonest words of languages that are written in Latin letters and not read."""
_NOT_ARABIC = re.compile(r"[پچژگکیےںٹڈڑە]")
"""Letters of Persian, Urdu and Kurdish that Arabic does not write."""
_WORD = re.compile(r"[^\W\d_]+")
_ARTICLE = re.compile(r"[وفبك]?ال\w{2}|لل\w{2}")


@lru_cache(maxsize=1)
def _common_words() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Return the commonest words of each language that is read, and of all others."""
    read = {language.code: frozenset(fold(language.common).split()) for language in LANGUAGES}
    return read, frozenset(fold(" ".join(_OTHERS)).split())


@lru_cache(maxsize=8)
def _deeds_of(language: Language) -> re.Pattern[str]:
    """Return the words by which a language says what befell people, which tell a line without grammar."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(fold, language.measures.values()))})(?!\w)")


def find_language(text: str, folded: str, default: Language | None) -> Language | None:
    """Return the language of a sentence (as written, and folded), None for one that is not read.

    ``default`` is the language of the sentence before, for one that is too short to tell.
    """
    words = _WORD.findall(folded)
    arabic = sum("\u0600" <= word[0] <= "\u06ff" for word in words)
    latin = sum(word[0] < "\u0250" for word in words)
    read, others = _common_words()
    if words and arabic * 2 >= len(words):
        telling = sum(word in read["ar"] or bool(_ARTICLE.match(word)) for word in words)
        foreign = len(_NOT_ARABIC.findall(text))
        is_arabic = foreign <= len(text) // 60 and (
            len(words) < FEW_WORDS or telling >= LEAST_SHARE * len(words)
        )
        return ARABIC if is_arabic else None
    if words and latin * 2 < len(words):
        return None
    scores = {language: sum(word in read[language.code] for word in words) for language in LANGUAGES[:2]}
    if not any(scores.values()):
        scores = {language: len(_deeds_of(language).findall(folded)) for language in LANGUAGES[:2]}
    best = max(scores, key=lambda language: (scores[language], language is default))
    score, foreign = scores[best], sum(word in others for word in words)
    if score and score > foreign and score >= LEAST_SHARE * len(words):
        return best
    if len(words) >= FEW_WORDS or foreign > score:
        return None
    return default if default in scores else ENGLISH
