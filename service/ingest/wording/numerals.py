"""Which whole number do digits or number words spell?

Digits of any script, with thousands parted by the marks of the locale (without one by any single mark, so
that "1.383" and "1,383" are the same number); a scale word after them ("1.2 million"); and number words in
English, Arabic, French, German, Spanish and Turkish. Texts are folded (``count.fold``). This module knows
nothing of "over", "about" or what is counted.

>>> read_numeral("one thousand three hundred and eighty-three")
Numeral(value=1383, scale=1, slack=0)
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from service.errors import UnknownName
from service.ingest.wording.number_words import LEXICA, SCALES, Lexicon
from service.sentence import sentence

LARGEST = 1_000_000_000
"""No count of people or events is larger."""

LONGEST = 120
"""Characters of the longest wording; a longer text is prose."""

_ZERO_DECIMALS = re.compile(r"(\d[\d.,' ]*)([.,٫])(0+)")
"""A number with decimals that are all zeros: what is before their mark, the mark, and the zeros."""

_ONLY_DECLARED = {"once": "es", "mil": "es", "on": "tr", "bin": "tr"}
"""Number words that are common words of another language: read only where the locale is declared."""


class Numeral(NamedTuple):
    """A number as written.

    ``scale`` is the value of the scale word that it ends in: 1000 in "three thousand", 1 for none. ``slack``
    is half of the last decimal before a scale word, where the number was rounded: 50,000 in "1.2 million".
    """

    value: int
    scale: int = 1
    slack: int = 0


class TooLarge(ValueError):
    """A number above ``LARGEST``."""


@cache
def marks(locale: str) -> tuple[str, str]:
    """Return the marks between thousands and the marks before decimals, of a locale or, for "", of any.

    A space and an apostrophe part thousands everywhere. Raises UnknownName for an unknown locale.

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
            sentence("No locale is called “%(locale)s”.", locale=locale[:40]),
            fix="Write one such as en, ar, fr, de, es or tr.",
        ) from error
    return ("" if group.isspace() or group == "’" else group) + " '", decimal


@cache
def _patterns(locale: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of whole numbers and of decimals."""
    groups, decimals = map(re.escape, marks(locale))
    whole = re.compile(rf"[1-9]\d{{0,2}}(?:([{groups}])\d{{3}})(?:\1\d{{3}})*|\d+")
    return whole, re.compile(rf"(\d{{1,4}})[{decimals}](\d{{1,6}})")


def without_zero_decimals(text: str, locale: str = "") -> str:
    """Return a number without decimals that are all zeros: 745.0 is 745, as programs write it.

    A point is a mark of decimals in every locale, a comma only where the locale says so; three zeros after a
    mark that may part thousands are no decimals.

    >>> without_zero_decimals("745.0"), without_zero_decimals("1,383.00"), without_zero_decimals("745.000")
    ('745', '1,383', '745.000')
    """
    match = _ZERO_DECIMALS.fullmatch(text)
    if not match:
        return text
    whole, mark, zeros = match.groups()
    groups, decimals = marks(locale)
    is_thousands = len(zeros) == 3 and mark in groups
    return text if is_thousands or mark in whole or mark not in f".{decimals}" else whole


def _read_digits(text: str, locale: str) -> int | None:
    """Return the number that digits spell, or None. Raises TooLarge."""
    text = without_zero_decimals(text, locale)
    if not _patterns(locale)[0].fullmatch(text):
        return None
    digits = re.sub(r"\D", "", text).lstrip("0") or "0"
    if len(digits) > 10:
        raise TooLarge(text)
    return int(digits)


def _read_scaled(text: str, locale: str) -> Numeral | None:
    """Return the number of digits before a scale word, "12 thousand" or "1.2 million", or None.

    Three decimals are none where no locale is declared: "1.383 thousand" can be two numbers.
    """
    head, _, word = text.rpartition(" ")
    scale = SCALES.get(word)
    if not scale or not head or _is_other_language(word, locale):
        return None
    if match := _patterns(locale)[1].fullmatch(head):
        whole, decimals = match.groups()
        exact, rest = divmod(int(whole + decimals) * scale, 10 ** len(decimals))
        ambiguous = not locale and len(decimals) == 3
        return None if rest or ambiguous else Numeral(exact, scale, scale // (2 * 10 ** len(decimals)))
    value = _read_digits(head, locale)
    return None if value is None else Numeral(value * scale, scale)


def _is_other_language(word: str, locale: str) -> bool:
    """Return whether a number word may be read in its own language only, and the locale is another."""
    return _ONLY_DECLARED.get(word, locale[:2]) != locale[:2]


def _read_words(text: str, locale: str) -> Numeral | None:
    """Return the number that words without a digit spell, or None; also where two languages differ."""
    if _is_other_language(text, locale) or any(map(str.isdecimal, text)):
        return None
    glued = re.sub(r"[ -]", "", text)
    values = {value for lexicon in LEXICA.values() if (value := _parse_words(glued, lexicon)) is not None}
    if len(values) != 1:
        return None
    (value,) = values
    return Numeral(
        value, next((scale for scale in (1_000_000, 1_000, 100) if value and value % scale == 0), 1)
    )


def _parse_words(text: str, lexicon: Lexicon, step: int = 0) -> int | None:
    """Return the number of words of one language, written without spaces, from the largest scale down."""
    if step == len(lexicon.scales):
        return _below_thousand(text, lexicon)
    value, forms = lexicon.scales[step]
    for form, alone in forms.items():
        at = text.find(form)
        while at >= 0:
            before, after = text[:at], text[at + len(form) :]
            head = _below_thousand(before, lexicon) if before else alone
            tail = _parse_rest(after, lexicon, step + 1)
            if head and tail is not None and not (before and alone > 1):
                return head * value + tail
            at = text.find(form, at + 1)
    return _parse_words(text, lexicon, step + 1)


def _parse_rest(text: str, lexicon: Lexicon, step: int) -> int | None:
    """Return the number that follows a larger part: 0 for no text, None where the text is no number."""
    if not text:
        return 0
    for joint in lexicon.joints:
        if text.startswith(joint) and (value := _parse_words(text[len(joint) :], lexicon, step)):
            return value
    return None


def _below_thousand(text: str, lexicon: Lexicon) -> int | None:
    """Return the number below a thousand that the words spell, or None."""
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
    """Return the number of a folded text, None where it spells none. Raises TooLarge.

    ``locale`` decides the marks between thousands; number words are read in every language.

    >>> read_numeral("1.2 million"), read_numeral("1,383", "de"), read_numeral("yedi yuz kirk")
    (Numeral(value=1200000, scale=1000000, slack=50000), None, Numeral(value=740, scale=1, slack=0))
    """
    value = _read_digits(text, locale)
    if value is not None:
        numeral: Numeral | None = Numeral(value)
    elif len(text) > LONGEST:
        return None
    else:
        numeral = _read_scaled(text, locale) or _read_words(text, locale)
    if numeral and numeral.value > LARGEST:
        raise TooLarge(text)
    return numeral
