"""How are numbers written out in the languages of reports?

Data only: for each language the words below a hundred, the hundreds, the scale words and what joins them,
folded and without spaces or hyphens, because German and Turkish write them together or apart.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple


class Lexicon(NamedTuple):
    """The number words of one language.

    ``scales`` run from the largest down; each form has the number of its scale that it means when it stands
    alone (0: it never stands alone; 2: the Arabic dual).
    """

    small: dict[str, int]
    hundreds: dict[str, int]
    scales: tuple[tuple[int, dict[str, int]], ...]
    joints: tuple[str, ...]
    words: frozenset[str]
    """Every word of which a number of the language is made, folded, its joints aside."""


Words = list[tuple[int, str]]
"""Numbers with the words for each, parted by ``|``."""

_SAME_LETTER = {"ى": "ي", "ة": "ه", "ı": "i"}


def glue(text: str) -> str:
    """Return the word folded, without spaces and hyphens, as number words are compared.

    >>> glue("Zweihundert-fünf"), glue("kırk bir")
    ('zweihundertfunf', 'kirkbir')
    """
    parts = unicodedata.normalize("NFD", text.casefold())
    folded = "".join(_SAME_LETTER.get(char, char) for char in parts if not unicodedata.combining(char))
    return re.sub(r"[\s-]", "", folded)


def _values_by_word(values: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Return the value of each glued word. The words of one value are parted by ``|``."""
    return {glue(word): value for value, words in values for word in words.split("|")}


def _lexicon(
    small: Words, hundreds: Words, scales: tuple[tuple[int, dict[str, int]], ...], joints: tuple[str, ...]
) -> Lexicon:
    """Return the lexicon of a language whose words below a hundred, hundreds, scales and joints these are."""
    spelled = "|".join([words for _, words in (*small, *hundreds)] + [form for _, f in scales for form in f])
    words = frozenset(map(glue, re.split(r"[|\s-]+", spelled))) - {""}
    return Lexicon(_values_by_word(small), _values_by_word(hundreds), scales, joints, words)


def _count_up(first: int, words: str, step: int = 1) -> Words:
    """Return words parted by spaces with their values, from ``first`` in steps of ``step``.

    An underscore is a space within a word.
    """
    return [(first + step * index, word.replace("_", " ")) for index, word in enumerate(words.split())]


def _compounds(tens: Words, units: Words, pattern: str) -> Words:
    """Return every ten with every unit, such as 21 to 99, as the pattern joins ``{ten}`` and ``{unit}``."""
    return [
        (ten + unit, pattern.format(ten=ten_word, unit=unit_word))
        for (ten, ten_words), (unit, unit_words) in itertools.product(tens, units)
        for ten_word, unit_word in itertools.product(ten_words.split("|"), unit_words.split("|"))
    ]


def _english() -> Lexicon:
    units = _count_up(1, "one two three four five six seven eight nine")
    teens = _count_up(10, "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
    tens = _count_up(20, "twenty thirty forty fifty sixty seventy eighty ninety", 10)
    return _lexicon(
        [(0, "zero"), *units, *teens, *tens, *_compounds(tens, units, "{ten}{unit}")],
        [(value * 100, f"{word} hundred") for value, word in units],
        ((1_000_000, {"million": 0}), (1_000, {"thousand": 0})),
        ("", "and"),
    )


def _french() -> Lexicon:
    units = _count_up(1, "un|une deux trois quatre cinq six sept huit neuf")
    teens = _count_up(10, "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
    tens = _count_up(20, "vingt trente quarante cinquante soixante", 10)
    small = [(0, "zéro"), *units, *teens, *tens, *_compounds(tens, units, "{ten}{unit}")]
    small += [(ten + 1, f"{word} et un|{word} et une") for ten, word in tens]
    small += [(60 + value, f"soixante {word}") for value, word in teens] + [(71, "soixante et onze")]
    small += [(80, "quatre-vingts|quatre-vingt")]
    small += _compounds([(80, "quatre-vingt")], [*units, *teens], "{ten}{unit}")
    hundreds = [(100, "cent")]
    hundreds += [(v * 100, f"{w} cents|{w} cent") for v, w in units[1:]]
    return _lexicon(
        small,
        hundreds,
        ((1_000_000, {"millions": 0, "million": 0}), (1_000, {"mille": 1})),
        ("",),
    )


def _german() -> Lexicon:
    units = _count_up(1, "ein|eins|eine zwei drei vier fünf sechs sieben acht neun")
    joined = [(1, "ein"), *units[1:]]
    teens = _count_up(10, "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")
    tens = _count_up(20, "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 10)
    return _lexicon(
        [(0, "null"), *units, *teens, *tens, *_compounds(tens, joined, "{unit}und{ten}")],
        [(100, "hundert"), *((value * 100, f"{word}hundert") for value, word in joined)],
        ((1_000_000, {"millionen": 0, "million": 0}), (1_000, {"tausend": 1})),
        ("", "und"),
    )


def _spanish() -> Lexicon:
    units = _count_up(1, "uno|un|una dos tres cuatro cinco seis siete ocho nueve")
    teens = _count_up(10, "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve")
    tens = _count_up(20, "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 10)
    small = [(0, "cero"), *units, *teens, *tens]
    small += _compounds([(20, "veinti")], units, "{ten}{unit}") + _compounds(
        tens[1:], units, "{ten} y {unit}"
    )
    stems = _count_up(
        200, "doscient trescient cuatrocient quinient seiscient setecient ochocient novecient", 100
    )
    return _lexicon(
        small,
        [(100, "cien|ciento"), *((value, f"{stem}os|{stem}as") for value, stem in stems)],
        ((1_000_000, {"millones": 0, "millon": 0}), (1_000, {"mil": 1})),
        ("",),
    )


def _turkish() -> Lexicon:
    units = _count_up(1, "bir iki üç dört beş altı yedi sekiz dokuz")
    tens = _count_up(10, "on yirmi otuz kırk elli altmış yetmiş seksen doksan", 10)
    return _lexicon(
        [(0, "sıfır"), *units, *tens, *_compounds(tens, units, "{ten}{unit}")],
        [(100, "yüz"), *((value * 100, f"{word} yüz") for value, word in units[1:])],
        ((1_000_000, {"milyon": 0}), (1_000, {"bin": 1})),
        ("",),
    )


def _arabic() -> Lexicon:
    units = _count_up(
        1,
        "واحد|واحدة اثنان|اثنين|اثنتان|اثنتين ثلاثة|ثلاث أربعة|أربع خمسة|خمس ستة|ست سبعة|سبع"
        " ثمانية|ثماني|ثمان تسعة|تسع",
    )
    teens = [(10, "عشرة|عشر"), (11, "أحد عشر|إحدى عشرة"), (12, "اثنا عشر|اثني عشر|اثنتا عشرة|اثنتي عشرة")]
    teens += _compounds([(10, "عشر|عشرة")], units[2:], "{unit} {ten}")
    tens = _count_up(
        20,
        "عشرون|عشرين ثلاثون|ثلاثين أربعون|أربعين خمسون|خمسين ستون|ستين سبعون|سبعين ثمانون|ثمانين تسعون|تسعين",
        10,
    )
    hundreds = [(100, "مئة|مائة"), (200, "مئتان|مئتين|مائتان|مائتين|مئتا|مئتي|مائتا|مائتي")]
    hundreds += [
        (value * 100, f"{word}{hundred}")
        for value, words in units[2:]
        for word in words.split("|")
        for hundred in ("مئة", "مائة")
    ]
    thousands = _values_by_word([(1, "ألف|ألفا"), (2, "ألفان|ألفين"), (0, "آلاف")])
    millions = _values_by_word([(1, "مليون|مليونا"), (2, "مليونان|مليونين"), (0, "ملايين")])
    return _lexicon(
        [(0, "صفر"), *units, *teens, *tens, *_compounds(tens, [*units, (1, "إحدى")], "{unit} و{ten}")],
        hundreds,
        ((1_000_000, millions), (1_000, thousands)),
        ("و", ""),
    )


LEXICA = {
    "en": _english(),
    "ar": _arabic(),
    "fr": _french(),
    "de": _german(),
    "es": _spanish(),
    "tr": _turkish(),
}
"""By the code of a language: its number words."""

SCALES = {
    form: worth
    for lexicon in LEXICA.values()
    for worth, forms in lexicon.scales
    for form, alone in forms.items()
    if alone < 2
} | {"hundred": 100}
"""The scale words that may stand after digits."""
