"""Which whole number do digits or number words spell?

Digits of any script, thousands parted by the marks of a declared locale (undeclared: by one kind of mark, so
that "1.383" and "1,383" are one number), a scale word after them ("1.2 million"), and number words in
English, Arabic, French, German, Spanish and Turkish up to the millions. Texts come in folded
(``service.ingest.wording.count.fold``). Knows nothing of "over", "about" or what is counted.

>>> read_numeral("one thousand three hundred and eighty-three")
Numeral(value=1383, scale=1, slack=0)
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from service.errors import UnknownName
from service.ingest.wording.number_words import LEXICA, SCALES, Lexicon

LARGEST = 1_000_000_000
"""No count of people or events is larger; a number above it is a slip."""

LONGEST = 120
"""No number word or wording is longer; what is, is prose."""

_ONLY_DECLARED = {"once": "es", "mil": "es", "on": "tr", "bin": "tr"}
"""Number words that are everyday words of another language: read only where the locale says so."""


class Numeral(NamedTuple):
    """A number as written.

    ``scale`` is the worth of the scale word it ends in (1000 in "three thousand", 1 for none); ``slack`` half
    of the last place shown where a decimal before a scale word shows that it was rounded.
    """

    value: int
    scale: int = 1
    slack: int = 0


class TooLarge(ValueError):
    """A number above ``LARGEST``."""


@cache
def marks(locale: str) -> tuple[str, str]:
    """The marks between thousands and before decimals: of a locale, or any ("") where none is declared.

    A space and an apostrophe part thousands everywhere. Raises UnknownName for a locale that is none.

    >>> marks("de"), marks("en_GB"), marks("")
    ((". '", ','), (", '", '.'), (",. '", '.,'))
    """
    if not locale:
        return ",. '", ".,"
    from babel import UnknownLocaleError
    from babel.numbers import get_decimal_symbol, get_group_symbol

    try:
        group, decimal = get_group_symbol(locale), get_decimal_symbol(locale)
    except (UnknownLocaleError, ValueError) as error:
        raise UnknownName(
            f"No locale is called “{locale[:40]}”.", fix="Write one such as en, ar, fr, de, es or tr."
        ) from error
    return ("" if group.isspace() or group == "’" else group) + " '", decimal


@cache
def _patterns(locale: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What whole numbers look like, and decimals."""
    groups, decimals = (re.escape(each) for each in marks(locale))
    whole = re.compile(rf"[1-9]\d{{0,2}}(?:([{groups}])\d{{3}})(?:\1\d{{3}})*|\d+")
    return whole, re.compile(rf"(\d{{1,4}})[{decimals}](\d{{1,6}})")


def _whole(text: str, locale: str) -> int | None:
    """The number that digits spell. Raises TooLarge."""
    if not _patterns(locale)[0].fullmatch(text):
        return None
    digits = re.sub(r"\D", "", text).lstrip("0") or "0"
    if len(digits) > 10:
        raise TooLarge(text)
    return int(digits)


def _scaled(text: str, locale: str) -> Numeral | None:
    """Digits before a scale word: "12 thousand", "1.2 million".

    Three decimals are refused where no locale is declared: "1.383 thousand" can be two numbers.
    """
    head, _, word = text.rpartition(" ")
    scale = SCALES.get(word)
    if not scale or not head or _foreign(word, locale):
        return None
    if match := _patterns(locale)[1].fullmatch(head):
        whole, decimals = match.groups()
        exact, rest = divmod(int(whole + decimals) * scale, 10 ** len(decimals))
        ambiguous = not locale and len(decimals) == 3
        return None if rest or ambiguous else Numeral(exact, scale, scale // (2 * 10 ** len(decimals)))
    value = _whole(head, locale)
    return None if value is None else Numeral(value * scale, scale)


def _foreign(word: str, locale: str) -> bool:
    return _ONLY_DECLARED.get(word, locale[:2]) != locale[:2]


def _spelled(text: str, locale: str) -> Numeral | None:
    """The number that words without a digit spell, in whichever language; None where two would differ."""
    if _foreign(text, locale) or any(map(str.isdecimal, text)):
        return None
    glued = re.sub(r"[ -]", "", text)
    values = {value for lexicon in LEXICA if (value := _in_words(glued, lexicon)) is not None}
    if len(values) != 1:
        return None
    (value,) = values
    return Numeral(value, next((each for each in (1_000_000, 1_000, 100) if value and value % each == 0), 1))


def _in_words(text: str, lexicon: Lexicon, step: int = 0) -> int | None:
    """Words of one language without spaces, from the largest scale downwards."""
    if step == len(lexicon.scales):
        return _below_thousand(text, lexicon)
    worth, forms = lexicon.scales[step]
    for form, alone in forms.items():
        at = text.find(form)
        while at >= 0:
            before, after = text[:at], text[at + len(form) :]
            head = _below_thousand(before, lexicon) if before else alone
            tail = _after(after, lexicon, step + 1)
            if head and tail is not None and not (before and alone > 1):
                return head * worth + tail
            at = text.find(form, at + 1)
    return _in_words(text, lexicon, step + 1)


def _after(text: str, lexicon: Lexicon, step: int) -> int | None:
    """What follows a larger part: 0 for nothing, else a smaller number behind a joining word or none."""
    if not text:
        return 0
    for joint in lexicon.joints:
        if text.startswith(joint) and (value := _in_words(text[len(joint) :], lexicon, step)):
            return value
    return None


def _below_thousand(text: str, lexicon: Lexicon) -> int | None:
    if text in lexicon.small:
        return lexicon.small[text]
    for at in range(len(text), 2, -1):
        if hundreds := lexicon.hundreds.get(text[:at]):
            rest = text[at:]
            if not rest:
                return hundreds
            for joint in lexicon.joints:
                if rest.startswith(joint) and (value := lexicon.small.get(rest[len(joint) :])):
                    return hundreds + value
    return None


def read_numeral(text: str, locale: str = "") -> Numeral | None:
    """The number of a folded text, None where it spells none. Raises TooLarge.

    ``locale`` decides the marks between thousands; number words are read in every language.

    >>> read_numeral("1.2 million"), read_numeral("1,383", "de"), read_numeral("yedi yuz kirk")
    (Numeral(value=1200000, scale=1000000, slack=50000), None, Numeral(value=740, scale=1, slack=0))
    """
    value = _whole(text, locale)
    if value is not None:
        numeral: Numeral | None = Numeral(value)
    elif len(text) > LONGEST:
        return None
    else:
        numeral = _scaled(text, locale) or _spelled(text, locale)
    if numeral and numeral.value > LARGEST:
        raise TooLarge(text)
    return numeral
