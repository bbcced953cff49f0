"""Which numbers does a wording such as "over 740" stand for?

A small closed grammar in English and Arabic: what it does not know it refuses, so that a person decides. An
exact number gives all three bounds; a lower bound stays a lower bound and an upper bound an upper one; a
range has no best. Floors of vague words are the smallest count the plural allows (dozens: two of them).

>>> parse_count("over 740")
Count(low=741, best=None, high=None, number=740, stated='over 740')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from service.ingest.cells import Problem, shown
from service.vocabulary import Verdict

LARGEST = 1_000_000_000
"""No count of people or events is larger; a number above it is a slip."""

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


_ALIKE = {"ى": "ي", "ی": "ي", "ة": "ه", "ـ": "", "٬": ",", "،": ",", "’": "'", "≈": "~", "≥": ">=", "≤": "<="}

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: value for value, word in enumerate(_UNITS)}
_WORDS |= {word: 20 + 10 * at for at, word in enumerate(_TENS)}
_WORDS |= {
    f"{tens}{joint}{_UNITS[unit]}": 20 + 10 * at + unit
    for at, tens in enumerate(_TENS)
    for unit in range(1, 10)
    for joint in "- "
}
_WORDS |= {f"{_UNITS[unit]} hundred": 100 * unit for unit in range(1, 10)}
_WORDS |= {f"{_UNITS[unit]} thousand": 1000 * unit for unit in range(1, 10)}
_ROUND = {"a dozen": 12, "two dozen": 24, "a hundred": 100, "a thousand": 1000}

_FLOORS = {
    fold(word): floor
    for floor, words in {
        20: "tens|عشرات|العشرات",
        24: "dozens|several dozen|a few dozen",
        40: "scores",
        200: "hundreds|in the hundreds|several hundred|a few hundred|مئات|المئات",
        2_000: "thousands|in the thousands|several thousand|a few thousand|آلاف|الآلاف",
        20_000: "tens of thousands|عشرات الآلاف",
        200_000: "hundreds of thousands|مئات الآلاف",
    }.items()
    for word in words.split("|")
}

_Bounds = tuple[int | None, int | None, int | None]


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


def _phrases(text: str) -> str:
    """A pattern for any of the phrases, the longest first."""
    phrases: Iterable[str] = sorted((fold(phrase) for phrase in text.split("|")), key=len, reverse=True)
    return "|".join(map(re.escape, phrases))


def _before(words: str, signs: str = "") -> re.Pattern[str]:
    """Phrases before a number. A word ends before it, a sign may touch it."""
    either = rf"(?:{_phrases(words)})(?: |(?=\d))"
    return re.compile(f"(?:{either}|(?:{_phrases(signs)}) ?)(.+)" if signs else f"{either}(.+)")


def _after(words: str) -> re.Pattern[str]:
    return re.compile(rf"(.+?) ?(?:{_phrases(words)})")


_QUALIFIED: tuple[tuple[re.Pattern[str], Callable[[int], _Bounds]], ...] = (
    (
        _before(
            "at least|no fewer than|not fewer than|no less than|not less than|minimum|a minimum of"
            "|ما لا يقل عن|لا يقل عن|على الأقل",
            ">=",
        ),
        _at_least,
    ),
    (
        _before(
            "over|more than|above|exceeding|in excess of|upwards of|exceeded|surpassed"
            "|أكثر من|ما يزيد عن|ما يزيد على|يزيد عن|يزيد على|ما يفوق|يفوق",
            ">",
        ),
        _over,
    ),
    (
        _before("up to|at most|no more than|not more than|as many as|maximum|لا يزيد عن|على الأكثر", "<="),
        _at_most,
    ),
    (_before("under|below|less than|fewer than|أقل من", "<"), _under),
    (_before("nearly|almost|close to|just under"), _nearly),
    (
        _before(
            "about|around|approximately|approx.|approx|some|roughly|circa|ca.|ca|c.|an estimated|estimated"
            "|نحو|حوالي|قرابة|زهاء|ما يقارب",
            "~",
        ),
        _about,
    ),
    (_after("+|or more|at least|على الأقل|أو أكثر"), _at_least),
    (_after("or so|approximately|تقريبا|على وجه التقريب"), _about),
)

_RANGES = tuple(
    re.compile(pattern)
    for pattern in (
        "between (.+) and (.+)",
        f"{fold('بين')} (.+?) {fold('و')} ?(.+)",
        "from (.+) to (.+)",
        f"{fold('من')} (.+?) {fold('إلى')} (.+)",
        r"([^-]+?) ?- ?([^-]+)",
        f"(.+?) (?:to|{fold('إلى')}) (.+)",
    )
)
_DIGITS = re.compile(r"[1-9]\d{0,2}(?:([,.' ])\d{3})(?:\1\d{3})*|\d+")
_DECIMAL = re.compile(r".*\d[.,٫]\d.*")
_NEGATIVE = re.compile(r"-\s*[\d.,]+")


def _number(text: str) -> int | None:
    """The number that digits or a number word spell, thousands parted by one kind of mark or none."""
    if text in _WORDS:
        return _WORDS[text]
    if not _DIGITS.fullmatch(text):
        return None
    digits = re.sub(r"\D", "", text).lstrip("0") or "0"
    if len(digits) > 10 or int(digits) > LARGEST:
        raise Problem(
            "count_too_large",
            f"{shown(text)} is larger than any count of people can be.",
            "Write the number that the source gives.",
            verdict=Verdict.REJECTED,
        )
    return int(digits)


def _bounds(text: str) -> tuple[_Bounds, int | None] | None:
    """The bounds and the number of a folded wording; None where the grammar does not know it."""
    if (exact := _number(text)) is not None:
        return (exact, exact, exact), exact
    if text in _ROUND:
        return _about(_ROUND[text]), _ROUND[text]
    if text in _FLOORS:
        return (_FLOORS[text], None, None), None
    for pattern, bounds in _QUALIFIED:
        if match := pattern.fullmatch(text):
            number = _ROUND.get(match[1]) or _number(match[1])
            if number is not None and not (bounds is _under and number == 0):
                return bounds(number), number
    for pattern in _RANGES:
        if match := pattern.fullmatch(text):
            low, high = _number(match[1]), _number(match[2])
            if low is not None and high is not None:
                return (low, None, high), None
    return None


def parse_count(text: str) -> Count:
    """The bounds that a wording states.

    Raises Problem: quarantined for what the grammar does not know (decimals and unknown words among it),
    rejected for a negative number and for one above ``LARGEST``.
    """
    folded = fold(text)
    read = _bounds(folded)
    if read is None:
        raise _unreadable(text, folded)
    (low, best, high), number = read
    if low is not None and high is not None and low > high:
        raise Problem(
            "unreadable_count",
            f"The range “{shown(text)}” ends below its beginning.",
            'Write both ends in full, the smaller one first, such as "2,300-2,400".',
        )
    return Count(low, best, high, number, text)


def parse_whole(text: str) -> int | None:
    """One whole number without any wording, None for a blank. Raises Problem as ``parse_count`` does."""
    if not text:
        return None
    folded = fold(text)
    number = _number(folded)
    if number is None:
        raise _unreadable(text, folded)
    return number


def _unreadable(text: str, folded: str) -> Problem:
    if _NEGATIVE.fullmatch(folded):
        return Problem(
            "negative_count",
            f"A count cannot be negative: {shown(text)}.",
            "Write the number that the source gives; a correction is a report of its own.",
            verdict=Verdict.REJECTED,
        )
    if _DECIMAL.fullmatch(folded):
        return Problem("unreadable_count", f"“{shown(text)}” is not a whole number.", _WRITE)
    return Problem("unreadable_count", f"The count “{shown(text)}” is not a wording this reads.", _WRITE)
