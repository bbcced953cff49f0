"""Which numbers does a wording such as "over 740" stand for?

A small closed grammar in six languages (``ingest.wording.phrases``): what it does not know it refuses, so
that a person decides. An exact number gives all three bounds; a lower bound stays a lower bound and an upper
bound an upper one; a range has no best. Floors of vague words are the smallest count the plural allows
(dozens: two of them). What could be is no count, and "2 to 3 hundred" is two ranges, so both are refused.

>>> parse_count("over 740")
Count(low=741, best=None, high=None, number=740, stated='over 740')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from service.ingest.cells import Problem, excerpt
from service.ingest.wording import phrases
from service.ingest.wording.numerals import LARGEST, LONGEST, Numeral, TooLarge, read_numeral
from service.vocabulary import Verdict

__all__ = ["LARGEST", "Count", "fold", "parse_count", "parse_whole"]

_WRITE = 'Write a whole number, or a wording such as "over 740", "at least 71", "2,300-2,400", "dozens".'


class Count(NamedTuple):
    """A figure as stated: low <= best <= high, None where the wording leaves a side open.

    ``number`` is the one number in the wording itself (None for a range and for words like "dozens").
    """

    low: int | None
    best: int | None
    high: int | None
    number: int | None
    stated: str


def fold(text: str) -> str:
    """The wording with digits, dashes, spaces and letter forms made alike.

    >>> fold("أكثر من ٧٤٠") == "اكثر من 740"
    True
    """
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", text.casefold()):
        category = unicodedata.category(char)
        if unicodedata.combining(char) or category == "Cf":
            continue
        if char.isdecimal():
            kept.append(str(unicodedata.decimal(char)))
        elif category == "Pd" or char == "−":
            kept.append("-")
        else:
            kept.append(_ALIKE.get(char, char))
    return " ".join("".join(kept).split())


_ALIKE = {
    "ى": "ي", "ی": "ي", "ة": "ه", "ـ": "", "٬": "'", "،": ",", "’": "'", "ʼ": "'", "ı": "i", "≈": "~",
    "≥": ">=", "≤": "<=",
}  # fmt: skip

_FLOORS = {fold(word): floor for floor, words in phrases.FLOORS.items() for word in words.split("|")}
_ROUND = {fold(word): about for about, words in phrases.ROUND.items() for word in words.split("|")}

_Bounds = tuple[int | None, int | None, int | None]


def _exactly(n: int) -> _Bounds:
    return n, n, n


def _over(n: int) -> _Bounds:
    return n + 1, None, None


def _at_least(n: int) -> _Bounds:
    return n, None, None


def _at_most(n: int) -> _Bounds:
    return None, None, n


def _under(n: int) -> _Bounds:
    return None, None, n - 1


def _nearly(n: int) -> _Bounds:
    return n * 9 // 10, n, n


def _about(n: int) -> _Bounds:
    return n * 9 // 10, n, -(-n * 11 // 10)


def any_of(words: str) -> str:
    """A pattern for any of the phrases parted by ``|``, folded, the longest first."""
    known = {fold(phrase) for phrase in words.split("|")}
    return "|".join(map(re.escape, sorted(known, key=lambda phrase: (-len(phrase), phrase))))


def _before(words: str, signs: str = "") -> re.Pattern[str]:
    """Phrases before a number. A word ends before it, a sign or an elision may touch it."""
    either = rf"(?:{any_of(words)})(?: |(?=\d)|(?<='))"
    return re.compile(f"(?:{either}|(?:{any_of(signs)}) ?)(.+)" if signs else f"{either}(.+)")


def _after(words: str) -> re.Pattern[str]:
    return re.compile(rf"(.+?) ?(?:{any_of(words)})")


_QUALIFIED: tuple[tuple[re.Pattern[str], Callable[[int], _Bounds]], ...] = (
    (_before(phrases.AT_LEAST, ">="), _at_least),
    (_before(phrases.OVER, ">"), _over),
    (_before(phrases.AT_MOST, "<="), _at_most),
    (_before(phrases.UNDER, "<"), _under),
    (_before(phrases.NEARLY), _nearly),
    (_before(phrases.ABOUT, "~"), _about),
    (_before(phrases.EXACTLY), _exactly),
    (_after(phrases.AT_LEAST_AFTER), _at_least),
    (re.compile(rf"(.+?)(?:{phrases.OVER_AFTER_TURKISH})"), _over),
    (_after(phrases.ABOUT_AFTER), _about),
)
_RANGES = tuple((fold(start), fold(middle), fold(end)) for start, middle, end in phrases.RANGES)
_HEDGE = re.compile(rf"^(?:{any_of(phrases.HEDGES)}),? |,? \(?(?:{any_of(phrases.HEDGES)})\)?$")
_UNIT = re.compile(rf"(?: (?:{any_of(phrases.OF)}))?(?:(?<=') ?| )(?:{any_of(phrases.UNITS)})$")
_POSSIBLE = re.compile(rf"(?:{any_of(phrases.POSSIBLE)}) .+")
_DECIMAL = re.compile(r".*\d[.,٫]\d.*")
_NEGATIVE = re.compile(r"-\s*[\d.,]+")


def _bare(text: str) -> str:
    """A folded wording without hedges around it and without what it counts.

    >>> _bare("at least 745 people killed so far")
    'at least 745'
    """
    while (shorter := _UNIT.sub("", _HEDGE.sub("", text))) != text:
        text = shorter
    return text


def _qualified(text: str, locale: str) -> tuple[_Bounds, int] | None:
    """The bounds and the number of a number with words around it."""
    for pattern, bounds in _QUALIFIED:
        if match := pattern.fullmatch(text):
            inner = _bare(match[1])
            about = _ROUND.get(inner)
            numeral = Numeral(about) if about else read_numeral(inner, locale)
            if numeral is not None and not (bounds is _under and numeral.value == 0):
                return (_about if about and bounds is _exactly else bounds)(numeral.value), numeral.value
    return None


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a text into the two ends of a range."""
    for start, middle, end in _RANGES:
        lead = f"{start} " if start else ""
        if text.startswith(lead) and text.endswith(end):
            inner = text[len(lead) : len(text) - len(end)]
            for cut in re.finditer("-" if middle == "-" else rf" {middle}(?: |(?=\d))", inner):
                yield inner[: cut.start()].strip(), inner[cut.end() :].strip()


def _range(text: str, locale: str) -> _Bounds | None:
    """The ends of a range. None where it can be cut in two ways, or where "2 to 3 hundred" leaves open
    whether the first end is in hundreds too."""
    found: set[tuple[int, int]] = set()
    for first, last in _cuts(text):
        low, high = read_numeral(_bare(first), locale), read_numeral(_bare(last), locale)
        if low and high:
            if low.scale < high.scale and low.value * high.scale <= high.value:
                return None
            found.add((low.value, high.value))
    if len(found) != 1:
        return None
    ((least, most),) = found
    return least, None, most


def _bounds(text: str, locale: str) -> tuple[_Bounds, int | None] | None:
    """The bounds and the number of a folded wording; None where the grammar does not know it."""
    if numeral := read_numeral(text, locale):
        value, slack = numeral.value, numeral.slack
        return (value - slack, value, value + slack), value
    if len(text) > LONGEST:
        return None
    if text in _ROUND:
        return _about(_ROUND[text]), _ROUND[text]
    if text in _FLOORS:
        return (_FLOORS[text], None, None), None
    if ends := _range(text, locale):
        return ends, None
    return _qualified(text, locale) or (_bounds(bare, locale) if (bare := _bare(text)) != text else None)


def parse_count(text: str, locale: str = "") -> Count:
    """The bounds that a wording states.

    ``locale`` (such as "de") says which mark parts thousands; undeclared, "1.383" and "1,383" are one number.
    Raises Problem: quarantined for what the grammar does not know (decimals, unknown words and what could be
    among it), rejected for a negative number and for one above ``LARGEST``.
    """
    if text.isascii() and text.isdigit() and len(text) < 10:
        exact = int(text)
        return Count(exact, exact, exact, exact, text)
    folded = fold(text)
    try:
        read = _bounds(folded, locale)
    except TooLarge:
        raise _too_large(text) from None
    if read is None:
        raise _unreadable(text, folded)
    (low, best, high), number = read
    if low is not None and high is not None and low > high:
        raise Problem(
            "unreadable_count",
            f"The range “{excerpt(text)}” ends below its beginning.",
            'Write both ends in full, the smaller one first, such as "2,300-2,400".',
        )
    return Count(low, best, high, number, text)


def parse_whole(text: str, locale: str = "") -> int | None:
    """One whole number without any wording, None for a blank. Raises Problem as ``parse_count`` does."""
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
        f"{excerpt(text)} is larger than any count of people can be.",
        "Write the number that the source gives.",
        verdict=Verdict.REJECTED,
    )


def _unreadable(text: str, folded: str) -> Problem:
    if _NEGATIVE.fullmatch(folded):
        return Problem(
            "negative_count",
            f"A count cannot be negative: {excerpt(text)}.",
            "Write the number that the source gives; a correction is a report of its own.",
            verdict=Verdict.REJECTED,
        )
    if _POSSIBLE.fullmatch(folded):
        return Problem(
            "possible_count",
            f"“{excerpt(text)}” says what could be, not what was counted.",
            "Put it into note, and hand in the count that the source gives beside it.",
        )
    if _DECIMAL.fullmatch(folded):
        return Problem("unreadable_count", f"“{excerpt(text)}” is not a whole number.", _WRITE)
    return Problem("unreadable_count", f"The count “{excerpt(text)}” is not a wording this reads.", _WRITE)
