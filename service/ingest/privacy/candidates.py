"""Which of many texts might hold personal data at all?

One pattern for Arrow's engine (RE2), whose time grows with the length of the text alone: what it does not
match holds nothing that the rules would see (a test compares), so that a million plain notes cost little.
Texts with letters that have several forms are always candidates.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest.privacy.given_names import ARABIC_FURTHER_NAMES, ARABIC_GIVEN_NAMES, LATIN_GIVEN_NAMES

_CUES = (
    "mrs?|ms|miss|dr|doctor|prof|professor|eng|engineer|nurse|sheikha?|shaykh|hajj|hajji|haji|hajja|sayyid|sayed|"
    "ustaz|martyrs?|capt|captain|col|colonel|lt|lieutenant|sgt|sergeant|maj|corporal|cpl|brig|brigadier|major|mme|"
    "mlle|monsieur|madame|mademoiselle|herr|frau|senora?|signora?|late|deceased|victims?|toddler|baby|schoolboy|"
    "schoolgirl|pharmacist|paramedic|medic|farmer|shopkeeper|fisherman|driver|neighbou?r|survivor|eyewitness|"
    "resident|villager|sons?|daughters?|wife|husband|widow|widower|brothers?|sisters?|father|mother|uncle|aunt|"
    "cousin|nephew|niece|grand[a-z]+|child|children|family|families|household|clan|home|house|body|grave|fils|"
    "fille|femme|veuve|sohn|tochter|ehefrau|witwe|named?|names|identified|known|called|namens|person|persons|"
    "witness|witnesses|aged?|years?|yrs?|yo|olds?|ans|jahre|yasinda|was|died|who|and his|and her|"
    "abu|abou|umm?|oumm?|don|dona|senora?|doctora|enfermer[ao]|vecin[ao]"
)
_NUMBERS = (
    r"@|[(\[] ?at|\+ ?\(?\d|(?:^|[^\d])00[ .-]?\(?[1-9]|(?:^|[^\d])0[1-9]|(?:\d[ ()./-]{0,2}){7}|"
    r"(?:wa|t)\.me/|tel:|///|geo:|\d\.\d{3}|°|′"
)
_SPELLINGS = {"ا": "[اأإآٱ]", "ه": "[هة]", "ي": "[يىئ]", "و": "[وؤ]"}


def _in_every_spelling(word: str) -> str:
    return "".join(_SPELLINGS.get(letter, letter) for letter in word)


_LATIN = "|".join(sorted(LATIN_GIVEN_NAMES))
_ARABIC = "|".join(
    map(
        _in_every_spelling,
        sorted((*ARABIC_GIVEN_NAMES, *ARABIC_FURTHER_NAMES, "المدعو", "المرحوم", "المغدور")),
    )
)
_UNUSUAL = r"[^\x20-\x7e“”‘’–—…،؛؟\x{0621}-\x{063a}\x{0641}-\x{064a}]"
"""Characters with several forms, and those that cannot be seen."""
_PATTERN = rf"\b(?:{_CUES}|{_LATIN})\b|{_ARABIC}|{_NUMBERS}|{_UNUSUAL}"


def are_candidates(texts: pa.Array) -> pa.Array:
    """Return for each text whether it might hold personal data."""
    return pc.match_substring_regex(texts, _PATTERN, ignore_case=True)
