"""Is a text in the language that drafts are made from?

English is. A text that is not would give no rows, or wrong ones, without a word. This module must not know
what a draft is.
"""

from __future__ import annotations

import re

from service.errors import QueryError

_FUNCTION_WORDS = frozenset({
    "the", "of", "and", "to", "is", "are", "was", "were", "has", "have", "had", "been", "be", "by", "for",
    "from", "with", "that", "this", "it", "its", "they", "their", "who", "said", "after", "before", "than",
    "more", "least", "over", "not", "but",
})  # fmt: skip
"""The commonest words of English that other languages in Latin letters do not share."""
FEW_WORDS = 12
"""Of fewer words nobody can tell the language, unless by their letters."""
LEAST_SHARE = 0.1
"""So many of the words of English prose are among these."""


def require_english(text: str) -> None:
    """Raise QueryError for a text that does not read as English."""
    letters = [character for character in text if character.isalpha()]
    is_latin = sum(character < "\u0250" for character in letters) * 2 >= len(letters)
    words = re.findall(r"[^\W\d_]+", text.casefold())
    common = sum(word in _FUNCTION_WORDS for word in words)
    if is_latin and (len(words) < FEW_WORDS or common >= LEAST_SHARE * len(words)):
        return
    raise QueryError(
        "The text does not read as English, and drafts are made from English alone so far.",
        fix="Hand its figures in as rows: counts and places are read in Arabic and other languages there.",
    )
