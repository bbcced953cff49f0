"""Which bounds does a wording such as "over 740" state?

The grammar is small and closed, in six languages (``phrases``): what it does not know is quarantined, so that
a person decides. Three rules: a lower bound stays a lower bound (``keep_floor``) and an upper one an upper
one (``keep_ceiling``); a range has no best; what could be is no count. This module must not know whom a
figure counts.

>>> parse_count("over 740")
Count(low=741, best=None, high=None, number=740, stated='over 740')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from service.ingest.cells import Problem, excerpt
from service.ingest.wording.numerals import (
    LARGEST,
    LONGEST,
    Numeral,
    TooLarge,
    read_numeral,
    without_zero_decimals,
)
from service.ingest.wording.phrases import OVER_AFTER_TURKISH, PHRASES, in_every_language
from service.sentence import message, sentence
from service.vocabulary import Verdict

__all__ = ["LARGEST", "Count", "fold", "parse_count", "parse_whole"]

_WRITE = message(
    'Write a whole number, or a wording such as "over 740", "at least 71", "2,300-2,400", "dozens".'
)


class Count(NamedTuple):
    """A figure as stated: low <= best <= high, None where the wording leaves a bound open.

    ``number`` is the number in the wording itself, None for a range and for words like "dozens".
    """

    low: int | None
    best: int | None
    high: int | None
    number: int | None
    stated: str


def fold(text: str) -> str:
    """Return the wording with one form of digits, dashes, spaces and letters, without accents and case.

    >>> fold("أكثر من ٧٤٠") == "اكثر من 740"
    True
    """
    return " ".join("".join(map(_fold_letter, text)).split())


@lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    """Return what one character of a text becomes: several, one, or none."""
    folded: list[str] = []
    for char in unicodedata.normalize("NFD", letter.casefold()):
        category = unicodedata.category(char)
        if unicodedata.combining(char) or category == "Cf":
            continue
        if char.isdecimal():
            folded.append(str(unicodedata.decimal(char)))
        elif category == "Pd" or char == "−":
            folded.append("-")
        else:
            folded.append(_SAME_LETTER.get(char, char))
    return "".join(folded)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters the one in ``text`` that it was made of.

    >>> fold_with_places("Tué  ٧")
    ('tue 7', [0, 1, 2, 3, 5])
    """
    folded: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for char in _fold_letter(letter):
            is_space = char.isspace()
            if is_space and (not folded or folded[-1] == " "):
                continue
            folded.append(" " if is_space else char)
            places.append(place)
    if folded and folded[-1] == " ":
        del folded[-1], places[-1]
    return "".join(folded), places


_SAME_LETTER = {
    "ى": "ي", "ی": "ي", "ة": "ه", "ـ": "", "٬": "'", "،": ",", "’": "'", "ʼ": "'", "ı": "i", "≈": "~",
    "≥": ">=", "≤": "<=",
}  # fmt: skip


def _values_by_phrase(field: str) -> dict[str, int]:
    """Return the value of each folded phrase of ``floors`` or ``rounds``, in every language."""
    return {
        fold(phrase): value
        for language in PHRASES.values()
        for value, words in getattr(language, field).items()
        for phrase in words.split("|")
    }


_VAGUE_FLOORS = _values_by_phrase("floors")
_ROUND_WORDS = _values_by_phrase("rounds")
_PAIRS = frozenset(fold(word) for word in in_every_language("pairs").split("|"))

_Bounds = tuple[int | None, int | None, int | None]


def keep_floor(least: int) -> _Bounds:
    """Return the bounds of a count that is at least ``least``: a floor has no best and no high.

    No wording such as "over 740", "at least 71" or "dozens" becomes an exact count.

    >>> keep_floor(741)
    (741, None, None)
    """
    return least, None, None


def keep_ceiling(most: int) -> _Bounds:
    """Return the bounds of a count that is at most ``most``: a ceiling has no best and no low."""
    return None, None, most


def _exactly(n: int) -> _Bounds:
    return n, n, n


def _over(n: int) -> _Bounds:
    return keep_floor(n + 1)


def _at_least(n: int) -> _Bounds:
    return keep_floor(n)


def _at_most(n: int) -> _Bounds:
    return keep_ceiling(n)


def _under(n: int) -> _Bounds:
    return keep_ceiling(n - 1)


def _nearly(n: int) -> _Bounds:
    return n * 9 // 10, n, n


def _about(n: int) -> _Bounds:
    return n * 9 // 10, n, -(-n * 11 // 10)


def any_of(words: str) -> str:
    """Return a pattern for any of the phrases, which ``|`` parts: folded, the longest first."""
    folded = {fold(phrase) for phrase in words.split("|")}
    return "|".join(map(re.escape, sorted(folded, key=lambda phrase: (-len(phrase), phrase))))


def _any(field: str) -> str:
    """Return a pattern for any phrase of a field of ``Phrases``, in every language."""
    return any_of(in_every_language(field))


def _before(field: str, signs: str = "") -> re.Pattern[str]:
    """Return a pattern for phrases or signs before a number. A space follows a word, but not a sign or an
    elision such as "d'"."""
    phrase = rf"(?:{_any(field)})(?: |(?=\d)|(?<='))"
    return re.compile(f"(?:{phrase}|(?:{any_of(signs)}) ?)(.+)" if signs else f"{phrase}(.+)")


def _after(field: str) -> re.Pattern[str]:
    """Return a pattern for phrases after a number."""
    return re.compile(rf"(.+?) ?(?:{_any(field)})")


_QUALIFIERS: tuple[tuple[re.Pattern[str], Callable[[int], _Bounds]], ...] = (
    (_before("at_least", ">="), _at_least),
    (_before("over", ">"), _over),
    (_before("at_most", "<="), _at_most),
    (_before("under", "<"), _under),
    (_before("nearly"), _nearly),
    (_before("about", "~"), _about),
    (_before("exactly"), _exactly),
    (_after("at_least_after"), _at_least),
    (re.compile(rf"(.+?)(?:{OVER_AFTER_TURKISH})"), _over),
    (_after("about_after"), _about),
)


class _RangeForm(NamedTuple):
    """One way to word a range: what stands before it, between its ends and after it."""

    lead: str
    middle: str
    end: str
    cut: re.Pattern[str]

    @classmethod
    def of(cls, start: str, middle: str, end: str) -> _RangeForm:
        """Return the form of folded words: between numbers a word is parted by spaces, a dash by none."""
        cut = "-" if middle == "-" else rf" {middle}(?: |(?=\d))"
        return cls(f"{start} " if start else "", middle, end, re.compile(cut))


_RANGES = tuple(
    _RangeForm.of(*words)
    for words in dict.fromkeys(
        (fold(start), fold(middle), fold(end))
        for language in PHRASES.values()
        for start, middle, end in language.ranges
    )
)
_HEDGE = re.compile(rf"^(?:{_any('hedges')}),? |,? \(?(?:{_any('hedges')})\)?$")
_UNIT = re.compile(rf"(?: (?:{_any('of')}))?(?:(?<=') ?| )(?:{_any('units')})$")
_NOBODY = re.compile(rf"(?:{_any('nobody')})|(?:{_any('no')}) (?:{_any('units')})(?: (?:{_any('units')}))?")
_UNSAID = re.compile(_any("unsaid"))
_SOME = re.compile(rf"(?:{_any('some')})(?: (?:{_any('of')}))?(?: (?:{_any('units')}))*")
_POSSIBLE = re.compile(rf"(?:{_any('possible')}) .+")
_DECIMAL = re.compile(r".*\d[.,٫]\d.*")
_NEGATIVE = re.compile(r"-\s*[\d.,]+")


def _strip_words(text: str) -> str:
    """Return a folded wording without the hedges around it and without what it counts.

    >>> _strip_words("at least 745 people killed so far")
    'at least 745'
    """
    while (shorter := _UNIT.sub("", _HEDGE.sub("", text))) != text:
        text = shorter
    return text


def _read_qualified(text: str, locale: str) -> tuple[_Bounds, int] | None:
    """Return the bounds and the number of a number with words around it, None where the words are unknown."""
    for pattern, bounds in _QUALIFIERS:
        if match := pattern.fullmatch(text):
            inner = _strip_words(match[1])
            about = _ROUND_WORDS.get(inner)
            numeral = Numeral(about) if about else read_numeral(inner, locale)
            if numeral is not None and not (bounds is _under and numeral.value == 0):
                return (_about if about and bounds is _exactly else bounds)(numeral.value), numeral.value
    return None


def _range_ends(text: str) -> Iterator[tuple[str, str]]:
    """Yield every way to cut a text into the two ends of a range."""
    for form in _RANGES:
        if form.middle in text and text.startswith(form.lead) and text.endswith(form.end):
            inner = text[len(form.lead) : len(text) - len(form.end)]
            for cut in form.cut.finditer(inner):
                yield inner[: cut.start()].strip(), inner[cut.end() :].strip()


def _read_range(text: str, locale: str) -> _Bounds | None:
    """Return the bounds of a range, or None.

    It is none where it can be cut in two ways, or where "2 to 3 hundred" leaves open whether the first end is
    in hundreds too.
    """
    ends: set[tuple[int, int]] = set()
    for first, last in _range_ends(text):
        low, high = read_numeral(_strip_words(first), locale), read_numeral(_strip_words(last), locale)
        if low and high:
            if low.scale < high.scale and low.value * high.scale <= high.value:
                return None
            ends.add((low.value, high.value))
    if len(ends) != 1:
        return None
    ((least, most),) = ends
    return least, None, most


def _read_phrase(text: str) -> tuple[_Bounds, int | None] | None:
    """Return the bounds and the number of a phrase that stands for a number, or None."""
    if text in _ROUND_WORDS:
        return _about(_ROUND_WORDS[text]), _ROUND_WORDS[text]
    if text in _PAIRS:
        return _exactly(2), 2
    if _NOBODY.fullmatch(_HEDGE.sub("", text)):
        return _exactly(0), 0
    if text in _VAGUE_FLOORS:
        return keep_floor(_VAGUE_FLOORS[text]), None
    return None


def _read_bounds(text: str, locale: str) -> tuple[_Bounds, int | None] | None:
    """Return the bounds and the number of a folded wording, None where the grammar does not know it."""
    if numeral := read_numeral(text, locale):
        value, slack = numeral.value, numeral.slack
        return (value - slack, value, value + slack), value
    if len(text) > LONGEST:
        return None
    if phrase := _read_phrase(text):
        return phrase
    if bounds := _read_range(text, locale):
        return bounds, None
    return _read_qualified(text, locale) or (
        _read_bounds(shorter, locale) if (shorter := _strip_words(text)) != text else None
    )


def parse_count(text: str, locale: str = "", *, may_take_back: bool = False) -> Count:
    """Return the bounds that a wording states.

    ``locale``, such as "de", decides the mark between thousands; without one "1.383" and "1,383" are the same
    number. Decimals that are all zeros are how a program writes a whole number: 745.0 states 745. With
    ``may_take_back`` a number of people whom a source takes back, such as "-18", is one too. Raises Problem:
    quarantined for what the grammar does not know (among it decimals, unknown words and what could be),
    rejected for any other negative number and for one above ``LARGEST``.

    >>> parse_count("-18", may_take_back=True).number
    -18
    """
    if text[:1].isdigit() and text[-1] == "0":
        text = without_zero_decimals(text, locale)
    if text.isascii() and text.isdigit() and len(text) < 10:
        exact = int(text)
        return Count(exact, exact, exact, exact, text)
    folded = fold(text)
    if may_take_back and _NEGATIVE.fullmatch(folded):
        back = -(parse_whole(folded.removeprefix("-").strip(), locale) or 0)
        return Count(back, back, back, back, text)
    try:
        reading = _read_bounds(folded, locale)
    except TooLarge:
        raise _too_large(text) from None
    if reading is None:
        raise _unreadable(text, folded)
    (low, best, high), number = reading
    if low is not None and high is not None and low > high:
        raise Problem(
            "unreadable_count",
            sentence("The range “%(text)s” ends below its beginning.", text=excerpt(text)),
            'Write both ends in full, the smaller one first, such as "2,300-2,400".',
        )
    return Count(low, best, high, number, text)


def parse_whole(text: str, locale: str = "") -> int | None:
    """Return a whole number without any wording, None for a blank. Raises Problem as ``parse_count`` does."""
    if not text:
        return None
    folded = fold(text)
    try:
        numeral = read_numeral(folded, locale)
    except TooLarge:
        raise _too_large(text) from None
    if numeral is None or numeral.slack:
        raise _unreadable(text, folded)
    return numeral.value


def _too_large(text: str) -> Problem:
    return Problem(
        "count_too_large",
        sentence("%(text)s is larger than any count of people can be.", text=excerpt(text)),
        "Write the number that the source gives.",
        verdict=Verdict.REJECTED,
    )


def _unreadable(text: str, folded: str) -> Problem:
    """Return the problem of a wording that is no count: negative, possible, decimal, vague, or unknown."""
    if _NEGATIVE.fullmatch(folded):
        return Problem(
            "negative_count",
            sentence("A count cannot be negative: %(text)s.", text=excerpt(text)),
            "Write the number that the source gives; a day on which it takes people back is an increment.",
            verdict=Verdict.REJECTED,
        )
    if _POSSIBLE.fullmatch(folded):
        return Problem(
            "possible_count",
            sentence("“%(text)s” says what could be, not what was counted.", text=excerpt(text)),
            "Put it into note, and hand in the count that the source gives beside it.",
        )
    if _UNSAID.fullmatch(folded):
        return Problem(
            "unreadable_count",
            sentence("“%(text)s” can say that there was nobody, or that nobody knows.", text=excerpt(text)),
            "Write 0 where the source says that there was nobody; leave the row out where it says nothing.",
        )
    if _SOME.fullmatch(folded):
        return Problem(
            "unreadable_count",
            sentence("“%(text)s” says that there were some, and not how many.", text=excerpt(text)),
            'Write what it says for certain, such as "at least 2", and its words into note.',
        )
    if _DECIMAL.fullmatch(folded):
        return Problem(
            "unreadable_count", sentence("“%(text)s” is not a whole number.", text=excerpt(text)), _WRITE
        )
    return Problem(
        "unreadable_count",
        sentence("The count “%(text)s” is not a wording this reads.", text=excerpt(text)),
        _WRITE,
    )
