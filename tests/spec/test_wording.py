"""What each wording of a count stands for, as tables that the manual quotes; and what the grammar refuses.

Run as a program it writes the tables into ``docs/wording.md``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.errors import UnknownName
from service.ingest.cells import Problem
from service.ingest.wording.count import LARGEST, Count, parse_count, parse_whole
from service.ingest.wording.phrases import PHRASES, in_every_language
from tests.thorough import thorough

MANUAL = Path(__file__).parents[2] / "docs" / "wording.md"

# wording, low, best, high, number
READ = {
    "An exact number gives all three bounds": [
        ("745", 745, 745, 745, 745),
        ("1,383", 1383, 1383, 1383, 1383),
        ("1 383", 1383, 1383, 1383, 1383),
        ("1\u202f383", 1383, 1383, 1383, 1383),
        ("1.383", 1383, 1383, 1383, 1383),
        ("1'383", 1383, 1383, 1383, 1383),
        ("1’383", 1383, 1383, 1383, 1383),
        ("1,383,000", 1383000, 1383000, 1383000, 1383000),
        ("٧٤٠", 740, 740, 740, 740),
        ("۷۴۵", 745, 745, 745, 745),
        ("७४५", 745, 745, 745, 745),
        ("١٬٣٨٣", 1383, 1383, 1383, 1383),
        ("745.0", 745, 745, 745, 745),
        ("1,383.00", 1383, 1383, 1383, 1383),
        ("0", 0, 0, 0, 0),
        ("007", 7, 7, 7, 7),
        ("12 thousand", 12000, 12000, 12000, 12000),
        ("exactly 745", 745, 745, 745, 745),
        ("another 20", 20, 20, 20, 20),
        ("a total of 1,383", 1383, 1383, 1383, 1383),
    ],
    "Nobody": [
        ("no deaths", 0, 0, 0, 0),
        ("No deaths so far", 0, 0, 0, 0),
        ("no one was killed", 0, 0, 0, 0),
        ("Nobody was killed", 0, 0, 0, 0),
        ("none were killed", 0, 0, 0, 0),
        ("no civilians killed", 0, 0, 0, 0),
        ("no casualties", 0, 0, 0, 0),
        ("لم يُقتل أحد", 0, 0, 0, 0),
        ("لا قتلى", 0, 0, 0, 0),
        ("aucun mort", 0, 0, 0, 0),
        ("aucune victime", 0, 0, 0, 0),
        ("personne n'a été tué", 0, 0, 0, 0),
        ("keine Toten", 0, 0, 0, 0),
        ("ningún muerto", 0, 0, 0, 0),
        ("ölen yok", 0, 0, 0, 0),
    ],
    "Number words": [
        ("five", 5, 5, 5, 5),
        ("Twelve", 12, 12, 12, 12),
        ("twenty-five", 25, 25, 25, 25),
        ("ninety nine", 99, 99, 99, 99),
        ("two hundred", 200, 200, 200, 200),
        ("seven hundred and forty-five", 745, 745, 745, 745),
        ("one thousand three hundred eighty-three", 1383, 1383, 1383, 1383),
        ("two million three hundred thousand", 2300000, 2300000, 2300000, 2300000),
        ("اثنان وخمسون", 52, 52, 52, 52),
        ("مئة وثمانية وأربعون", 148, 148, 148, 148),
        ("ألف وثلاثمئة وثلاثة وثمانون", 1383, 1383, 1383, 1383),
        ("ألفان وخمسمائة", 2500, 2500, 2500, 2500),
        ("ثلاثة آلاف", 3000, 3000, 3000, 3000),
        ("قتيلان", 2, 2, 2, 2),
        ("شخصين", 2, 2, 2, 2),
        ("soixante et onze", 71, 71, 71, 71),
        ("quatre-vingt-dix-sept", 97, 97, 97, 97),
        ("sept cent quarante-cinq", 745, 745, 745, 745),
        ("mille trois cent quatre-vingt-trois", 1383, 1383, 1383, 1383),
        ("einundzwanzig", 21, 21, 21, 21),
        ("siebenhundertfünfundvierzig", 745, 745, 745, 745),
        ("tausenddreihundertdreiundachtzig", 1383, 1383, 1383, 1383),
        ("veintidós", 22, 22, 22, 22),
        ("setecientos cuarenta y cinco", 745, 745, 745, 745),
        ("mil trescientos ochenta y tres", 1383, 1383, 1383, 1383),
        ("kırk beş", 45, 45, 45, 45),
        ("yedi yüz kırk beş", 745, 745, 745, 745),
        ("bin üç yüz seksen üç", 1383, 1383, 1383, 1383),
    ],
    "Above a number": [
        ("over 740", 741, None, None, 740),
        ("Over 740", 741, None, None, 740),
        ("more than 1,000", 1001, None, None, 1000),
        ("above 40", 41, None, None, 40),
        ("exceeded 1,700", 1701, None, None, 1700),
        ("surpassed 1,700", 1701, None, None, 1700),
        (">50", 51, None, None, 50),
        ("over a hundred", 101, None, None, 100),
        ("more than a dozen", 13, None, None, 12),
        ("over 1.2 million", 1200001, None, None, 1200000),
        ("أكثر من ٧٤٠", 741, None, None, 740),
        ("اكثر من 740", 741, None, None, 740),
        ("plus de 740", 741, None, None, 740),
        ("plus d'une centaine", 101, None, None, 100),
        ("über 740", 741, None, None, 740),
        ("mehr als 740", 741, None, None, 740),
        ("más de 740", 741, None, None, 740),
        ("740'tan fazla", 741, None, None, 740),
        ("1.000’den fazla", 1001, None, None, 1000),
        ("1000'i aşkın", 1001, None, None, 1000),
    ],
    "From a number on": [
        ("at least 71", 71, None, None, 71),
        ("no fewer than 71", 71, None, None, 71),
        ("no less than 71", 71, None, None, 71),
        ("not less than 71", 71, None, None, 71),
        ("at least seven", 7, None, None, 7),
        ("71+", 71, None, None, 71),
        ("740+", 740, None, None, 740),
        ("71 or more", 71, None, None, 71),
        (">=71", 71, None, None, 71),
        ("≥ 71", 71, None, None, 71),
        ("ما لا يقل عن ٧١", 71, None, None, 71),
        ("71 على الأقل", 71, None, None, 71),
        ("au moins 71", 71, None, None, 71),
        ("mindestens 71", 71, None, None, 71),
        ("al menos 71", 71, None, None, 71),
        ("en az 71", 71, None, None, 71),
    ],
    "Up to a number": [
        ("up to 800", None, None, 800, 800),
        ("at most 800", None, None, 800, 800),
        ("no more than 800", None, None, 800, 800),
        ("<=800", None, None, 800, 800),
        ("fewer than 800", None, None, 799, 800),
        ("<800", None, None, 799, 800),
        ("jusqu'à 800", None, None, 800, 800),
        ("bis zu 800", None, None, 800, 800),
        ("hasta 800", None, None, 800, 800),
        ("en fazla 800", None, None, 800, 800),
        ("أقل من 800", None, None, 799, 800),
        ("nearly 1,000", 900, 1000, 1000, 1000),
        ("almost 75", 67, 75, 75, 75),
        ("près de 75", 67, 75, 75, 75),
        ("knapp 75", 67, 75, 75, 75),
        ("casi 75", 67, 75, 75, 75),
    ],
    "About a number: ten in a hundred to either side": [
        ("about 1,400", 1260, 1400, 1540, 1400),
        ("around 75", 67, 75, 83, 75),
        ("approximately 10", 9, 10, 11, 10),
        ("estimated 10", 9, 10, 11, 10),
        ("some 300", 270, 300, 330, 300),
        ("roughly 300", 270, 300, 330, 300),
        ("~300", 270, 300, 330, 300),
        ("~740", 666, 740, 814, 740),
        ("≈ 300", 270, 300, 330, 300),
        ("c. 300", 270, 300, 330, 300),
        ("c.300", 270, 300, 330, 300),
        ("a dozen", 10, 12, 14, 12),
        ("two dozen", 21, 24, 27, 24),
        ("une centaine", 90, 100, 110, 100),
        ("نحو 300", 270, 300, 330, 300),
        ("حوالي ٣٠٠", 270, 300, 330, 300),
        ("قرابة 300", 270, 300, 330, 300),
        ("environ 300", 270, 300, 330, 300),
        ("etwa 300", 270, 300, 330, 300),
        ("unos 300", 270, 300, 330, 300),
        ("yaklaşık 300", 270, 300, 330, 300),
        ("300 kadar", 270, 300, 330, 300),
    ],
    "A decimal before a scale word is rounded to its last place": [
        ("1.2 million", 1150000, 1200000, 1250000, 1200000),
        ("1,2 Millionen", 1150000, 1200000, 1250000, 1200000),
        ("3.5 thousand", 3450, 3500, 3550, 3500),
    ],
    "A range has no best": [
        ("2,300-2,400", 2300, None, 2400, None),
        ("2,300–2,400", 2300, None, 2400, None),
        ("2 300 — 2 400", 2300, None, 2400, None),
        ("2300 to 2400", 2300, None, 2400, None),
        ("between 2,300 and 2,400", 2300, None, 2400, None),
        ("likely between 2,300 and 2,400", 2300, None, 2400, None),
        ("between one hundred and five and two hundred", 105, None, 200, None),
        ("from five to twelve", 5, None, 12, None),
        ("950 to one thousand", 950, None, 1000, None),
        ("بين ٢٠٠ و٣٠٠", 200, None, 300, None),
        ("من 200 إلى 300", 200, None, 300, None),
        ("entre 200 et 300", 200, None, 300, None),
        ("zwischen 200 und 300", 200, None, 300, None),
        ("entre 200 y 300", 200, None, 300, None),
        ("200 ile 300 arasında", 200, None, 300, None),
    ],
    "Vague words are floors": [
        ("tens", 20, None, None, None),
        ("dozens", 24, None, None, None),
        ("several dozen", 24, None, None, None),
        ("scores", 40, None, None, None),
        ("hundreds", 200, None, None, None),
        ("in the hundreds", 200, None, None, None),
        ("several hundred", 200, None, None, None),
        ("thousands", 2000, None, None, None),
        ("a few thousand", 2000, None, None, None),
        ("tens of thousands", 20000, None, None, None),
        ("hundreds of thousands", 200000, None, None, None),
        ("عشرات", 20, None, None, None),
        ("مئات", 200, None, None, None),
        ("آلاف", 2000, None, None, None),
        ("عشرات الآلاف", 20000, None, None, None),
        ("des dizaines", 20, None, None, None),
        ("des centaines", 200, None, None, None),
        ("Dutzende", 24, None, None, None),
        ("Hunderte", 200, None, None, None),
        ("cientos", 200, None, None, None),
        ("miles", 2000, None, None, None),
        ("onlarca", 20, None, None, None),
        ("yüzlerce", 200, None, None, None),
        ("binlerce", 2000, None, None, None),
    ],
    "Hedges, and the people counted, change nothing": [
        ("745 so far", 745, 745, 745, 745),
        ("so far 745", 745, 745, 745, 745),
        ("at least 111 so far", 111, None, None, 111),
        ("745 people", 745, 745, 745, 745),
        ("745 civilians", 745, 745, 745, 745),
        ("over 740 civilians killed so far", 741, None, None, 740),
        ("71 people or more", 71, None, None, 71),
        ("hundreds of people", 200, None, None, None),
        ("between 200 and 300 people", 200, None, 300, None),
        ("٧٤٥ مدنياً", 745, 745, 745, 745),
        ("أكثر من 740 قتيلاً حتى الآن", 741, None, None, 740),
        ("des centaines de civils", 200, None, None, None),
        ("mindestens 71 Tote", 71, None, None, 71),
        ("al menos 71 muertos", 71, None, None, 71),
        ("en az 71 kişi", 71, None, None, 71),
    ],
}

# wording, code, verdict
REFUSED = [
    ("-5", "negative_count", "rejected"),
    ("−1,383", "negative_count", "rejected"),
    ("1000000001", "count_too_large", "rejected"),
    ("1200 million", "count_too_large", "rejected"),
    ("over 9999999999999999999999999", "count_too_large", "rejected"),
    ("9" * 5000, "count_too_large", "rejected"),
    ("could exceed 1,000", "possible_count", "quarantined"),
    ("could be in excess of 1,000", "possible_count", "quarantined"),
    ("could range between 500 and 700", "possible_count", "quarantined"),
    ("1.5", "unreadable_count", "quarantined"),
    ("745.5", "unreadable_count", "quarantined"),
    ("745.0.0", "unreadable_count", "quarantined"),
    ("1,38", "unreadable_count", "quarantined"),
    ("1,383.50", "unreadable_count", "quarantined"),
    ("0.383", "unreadable_count", "quarantined"),
    ("1٫383", "unreadable_count", "quarantined"),
    ("1,383 000", "unreadable_count", "quarantined"),
    ("1.383 thousand", "unreadable_count", "quarantined"),
    ("1,200 million", "unreadable_count", "quarantined"),
    ("1.2345 thousand", "unreadable_count", "quarantined"),
    ("2 to 3 hundred", "unreadable_count", "quarantined"),
    ("two-three thousand", "unreadable_count", "quarantined"),
    ("5 to 6 to 7", "unreadable_count", "quarantined"),
    ("once", "unreadable_count", "quarantined"),
    ("five twenty", "unreadable_count", "quarantined"),
    ("hundred thousand hundred", "unreadable_count", "quarantined"),
    ("745 families", "unreadable_count", "quarantined"),
    ("primarily 745", "unreadable_count", "quarantined"),
    ("7²", "unreadable_count", "quarantined"),
    ("½", "unreadable_count", "quarantined"),
    ("nan", "unreadable_count", "quarantined"),
    ("inf", "unreadable_count", "quarantined"),
    ("1e3", "unreadable_count", "quarantined"),
    ("many", "unreadable_count", "quarantined"),
    ("someone", "unreadable_count", "quarantined"),
    ("people", "unreadable_count", "quarantined"),
    ("532 civilians and 213 fighters", "unreadable_count", "quarantined"),
    ("at least dozens", "unreadable_count", "quarantined"),
    ("over about 740", "unreadable_count", "quarantined"),
    ("at least 740+", "unreadable_count", "quarantined"),
    ("2025-03-08", "unreadable_count", "quarantined"),
    ("2,400-2,300", "unreadable_count", "quarantined"),
    ("120-30", "unreadable_count", "quarantined"),
    ("under 0", "unreadable_count", "quarantined"),
    ("", "unreadable_count", "quarantined"),
    ("+", "unreadable_count", "quarantined"),
]

# locale, wording, the number or None where the locale makes it a decimal
DECLARED = [
    ("en", "1,383", 1383),
    ("en", "1.383", None),
    ("de", "1.383", 1383),
    ("de", "1,383", None),
    ("de", "1.383,0", 1383),
    ("de", "745.0", 745),
    ("en", "745,0", None),
    ("en", "745.000", 745),
    ("es", "1.383", 1383),
    ("tr", "1.383", 1383),
    ("fr", "1 383", 1383),
    ("fr", "1,383", None),
    ("fr", "1.383", None),
    ("de_CH", "1’383", 1383),
    ("ar", "١٬٣٨٣", 1383),
    ("ar_EG", "1,383", 1383),
    ("en", "1.383 thousand", 1383),
    ("de", "1,383 tausend", 1383),
    ("de", "1.383 tausend", 1383000),
    ("es", "once", 11),
    ("es", "3 mil", 3000),
    ("tr", "on", 10),
    ("tr", "5 bin", 5000),
]


@pytest.mark.parametrize(
    ("wording", "low", "best", "high", "number"), [row for rows in READ.values() for row in rows]
)
def test_a_wording_states_these_bounds(wording, low, best, high, number):
    stated = wording.removesuffix(".0").removesuffix(".00")  # which a program wrote, and no source
    assert parse_count(wording) == Count(low, best, high, number, stated)


@pytest.mark.parametrize("phrase", f"{in_every_language('at_least')}|{in_every_language('over')}".split("|"))
def test_a_lower_bound_stays_a_lower_bound(phrase):
    count = parse_count(f"{phrase} 740")
    assert (count.low, count.best, count.high) in ((740, None, None), (741, None, None))


@pytest.mark.parametrize(
    ("floor", "words"), [pair for language in PHRASES.values() for pair in language.floors.items()]
)
def test_a_vague_word_is_a_lower_bound(floor, words):
    for word in words.split("|"):
        count = parse_count(word)
        assert (count.low, count.best, count.high) == (floor, None, None)


@pytest.mark.parametrize(("wording", "code", "verdict"), REFUSED)
def test_a_wording_outside_the_grammar_is_refused_with_a_way_to_mend_it(wording, code, verdict):
    with pytest.raises(Problem) as refusal:
        parse_count(wording)
    assert (refusal.value.code, str(refusal.value.verdict)) == (code, verdict)
    assert refusal.value.fix


@pytest.mark.parametrize(
    ("wording", "hint"),
    [
        ("none", "Write 0 where the source says that there was nobody"),
        ("Nobody", "Write 0 where"),
        ("N/A", "Write 0 where"),
        ("aucun", "Write 0 where"),
        ("لا أحد", "Write 0 where"),
        ("a handful", 'such as "at least 2"'),
        ("a handful of civilians", 'such as "at least 2"'),
        ("Several people killed", 'such as "at least 2"'),
        ("une poignée de civils", 'such as "at least 2"'),
        ("no fewer", "Write a whole number"),
        ("no one", "Write 0 where"),
        ("no reports", "Write a whole number"),
    ],
)
def test_a_wording_without_a_number_is_held_with_what_to_write_instead(wording, hint):
    with pytest.raises(Problem) as refusal:
        parse_count(wording)
    assert (refusal.value.verdict, refusal.value.code) == ("quarantined", "unreadable_count")
    assert hint in refusal.value.fix


@pytest.mark.parametrize(("locale", "wording", "number"), DECLARED)
def test_a_declared_locale_decides_what_a_mark_means(locale, wording, number):
    try:
        assert parse_count(wording, locale).number == number
    except Problem:
        assert number is None


def test_a_locale_that_is_none_is_named():
    with pytest.raises(UnknownName, match="xx-nowhere"):
        parse_count("1,383", "xx-nowhere")


@pytest.mark.parametrize("text", ["1.2 million", "over 5", "5 people", "hundreds"])
def test_a_bound_is_one_whole_number_and_nothing_else(text):
    with pytest.raises(Problem):
        parse_whole(text)


def test_a_bound_may_be_blank_or_written_in_any_digits():
    assert (parse_whole(""), parse_whole("١٬٣٨٣"), parse_whole("1,383")) == (None, 1383, 1383)


_PIECES = [
    "0", "7", "12", "745", "1,383", "٧٤٠", ".", ",", "-", "–", "+", "~", ">", ">=", "<", "over", "about",
    "nearly", "up to", "at least", "between", "and", "to", "dozens", "million", "hundred", "people", "so far",
    "five", "a dozen", "أكثر من", "بين", "و", "ألف", "plus de", "mille", "tausend", "mil",
    "'ten fazla", "9" * 11,
]  # fmt: skip
_GRAMMAR_TEXT = st.builds(
    str.join, st.sampled_from(["", " "]), st.lists(st.sampled_from(_PIECES), max_size=6)
)


@thorough
@given(
    st.one_of(st.text(max_size=40), _GRAMMAR_TEXT), st.sampled_from(["", "en", "de", "fr", "es", "tr", "ar"])
)
@example("<0", "")
@example("\ud800", "")
def test_any_text_is_either_read_in_order_or_refused(text, locale):
    try:
        count = parse_count(text, locale)
    except Problem as refusal:
        assert refusal.fix
        return
    known = [bound for bound in (count.low, count.best, count.high) if bound is not None]
    assert known
    assert known == sorted(known)
    assert known[0] >= 0
    assert count.stated == text


@thorough
@given(st.integers(0, LARGEST), st.sampled_from(["", ",", ".", " ", "\u202f", "’"]), st.sampled_from("0٠۰०"))
def test_a_whole_number_reads_the_same_in_every_spelling(number, mark, zero):
    grouped = f"{number:,}".replace(",", mark)
    spelled = "".join(chr(ord(zero) + int(char)) if char.isdigit() else char for char in grouped)
    assert parse_count(spelled)[:4] == (number, number, number, number)


@thorough
@given(st.integers(0, LARGEST), st.sampled_from(["en", "de", "fr", "es", "tr", "ar"]))
def test_a_number_that_a_locale_writes_is_read_by_it(number, locale):
    from babel.numbers import format_decimal

    assert parse_count(format_decimal(number, locale=locale), locale).best == number


_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_ONES = [*_ONES.split(), "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_english(number: int) -> str:
    """The number as an English book would write it."""
    for scale, word in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= scale:
            rest = number % scale
            joint = " and " if scale == 100 else " "
            return f"{in_english(number // scale)} {word}" + (joint + in_english(rest) if rest else "")
    if number < 20:
        return _ONES[number - 1]
    return _TENS[number // 10 - 2] + (f"-{_ONES[number % 10 - 1]}" if number % 10 else "")


@thorough
@given(st.integers(1, 999_999_999))
@example(1_383)
@example(100_000_000)
def test_a_number_written_out_in_english_is_read_back(number):
    assert parse_count(in_english(number)).best == number


@thorough
@given(
    st.integers(1, LARGEST),
    st.sampled_from(["over {}", "plus de {}", "über {}", "más de {}", "{}'den fazla"]),
)
def test_a_qualifier_means_the_same_in_every_language(number, wording):
    assert parse_count(wording.format(number))[:4] == (number + 1, None, None, number)


def manual_tables() -> str:
    """The tables as the manual shows them."""
    lines: list[str] = []
    for heading, rows in READ.items():
        lines += [f"### {heading}", "", "| wording | low | best | high |", "|---|---:|---:|---:|"]
        lines += [
            f"| `{wording}` | " + " | ".join("" if bound is None else f"{bound}" for bound in bounds) + " |"
            for wording, *bounds, _ in rows
        ]
        lines.append("")
    lines += ["### What is refused", "", "| wording | why | the row is |", "|---|---|---|"]
    lines += [
        f"| `{wording or ' '}` | {code.replace('_', ' ')} | {verdict} |"
        for wording, code, verdict in REFUSED
        if len(wording) < 100
    ]
    lines += ["", "### With a declared locale", "", "| locale | wording | number |", "|---|---|---:|"]
    lines += [f"| {locale} | `{wording}` | {number or 'refused'} |" for locale, wording, number in DECLARED]
    return "\n".join(lines) + "\n"


INTRODUCTION = """# How the wording of a count is read

The `count` of a report may hold the words of its source. A closed grammar in English, Arabic, French, German,
Spanish and Turkish turns them into bounds; what it does not know is kept aside for a person, never guessed.
A blank bound is open: "over 740" does not say how many at most. The noun changes no bound, but is held
against its row: "5 injured" is kept aside where the measure is killed, "5 fighters" where the population is
civilians. These tables are the tests of the grammar.
[Drafts](drafts.md) from prose in English, French and Arabic read counts by it.

"""


def test_the_manual_shows_these_very_tables():
    assert MANUAL.read_text(encoding="utf-8") == INTRODUCTION + manual_tables()


if __name__ == "__main__":
    MANUAL.write_text(INTRODUCTION + manual_tables(), encoding="utf-8")
