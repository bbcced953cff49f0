"""What each wording of a count stands for, as tables; and what the grammar refuses."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.ingest import Count, Problem, parse_count

# wording, low, best, high, number
READ = [
    # an exact number gives all three
    ("745", 745, 745, 745, 745),
    ("1,383", 1383, 1383, 1383, 1383),
    ("1 383", 1383, 1383, 1383, 1383),
    ("1\u202f383", 1383, 1383, 1383, 1383),
    ("1.383", 1383, 1383, 1383, 1383),
    ("1'383", 1383, 1383, 1383, 1383),
    ("1,383,000", 1383000, 1383000, 1383000, 1383000),
    ("٧٤٠", 740, 740, 740, 740),
    ("۷۴۵", 745, 745, 745, 745),
    ("١٬٣٨٣", 1383, 1383, 1383, 1383),
    ("0", 0, 0, 0, 0),
    ("007", 7, 7, 7, 7),
    ("five", 5, 5, 5, 5),
    ("Twelve", 12, 12, 12, 12),
    ("twenty-five", 25, 25, 25, 25),
    ("ninety nine", 99, 99, 99, 99),
    ("two hundred", 200, 200, 200, 200),
    # above a number
    ("over 740", 741, None, None, 740),
    ("Over 740", 741, None, None, 740),
    ("more than 1,000", 1001, None, None, 1000),
    ("above 40", 41, None, None, 40),
    ("exceeded 1,700", 1701, None, None, 1700),
    (">50", 51, None, None, 50),
    ("over a hundred", 101, None, None, 100),
    ("more than a dozen", 13, None, None, 12),
    ("أكثر من ٧٤٠", 741, None, None, 740),
    ("اكثر من 740", 741, None, None, 740),
    # from a number on
    ("at least 71", 71, None, None, 71),
    ("no fewer than 71", 71, None, None, 71),
    ("no less than 71", 71, None, None, 71),
    ("not less than 71", 71, None, None, 71),
    ("at least seven", 7, None, None, 7),
    ("71+", 71, None, None, 71),
    ("71 or more", 71, None, None, 71),
    (">=71", 71, None, None, 71),
    ("≥ 71", 71, None, None, 71),
    ("ما لا يقل عن ٧١", 71, None, None, 71),
    ("71 على الأقل", 71, None, None, 71),
    # up to a number
    ("up to 800", None, None, 800, 800),
    ("at most 800", None, None, 800, 800),
    ("no more than 800", None, None, 800, 800),
    ("<=800", None, None, 800, 800),
    ("fewer than 800", None, None, 799, 800),
    ("<800", None, None, 799, 800),
    ("nearly 1,000", 900, 1000, 1000, 1000),
    ("almost 75", 67, 75, 75, 75),
    # about a number
    ("about 1,400", 1260, 1400, 1540, 1400),
    ("around 75", 67, 75, 83, 75),
    ("approximately 10", 9, 10, 11, 10),
    ("some 300", 270, 300, 330, 300),
    ("roughly 300", 270, 300, 330, 300),
    ("~300", 270, 300, 330, 300),
    ("≈ 300", 270, 300, 330, 300),
    ("c. 300", 270, 300, 330, 300),
    ("c.300", 270, 300, 330, 300),
    ("a dozen", 10, 12, 14, 12),
    ("نحو 300", 270, 300, 330, 300),
    ("حوالي ٣٠٠", 270, 300, 330, 300),
    ("قرابة 300", 270, 300, 330, 300),
    # a range has no best
    ("2,300-2,400", 2300, None, 2400, None),
    ("2,300–2,400", 2300, None, 2400, None),
    ("2 300 — 2 400", 2300, None, 2400, None),
    ("2300 to 2400", 2300, None, 2400, None),
    ("between 2,300 and 2,400", 2300, None, 2400, None),
    ("from five to twelve", 5, None, 12, None),
    ("بين ٢٠٠ و٣٠٠", 200, None, 300, None),
    ("من 200 إلى 300", 200, None, 300, None),
    # vague words are floors
    ("tens", 20, None, None, None),
    ("dozens", 24, None, None, None),
    ("scores", 40, None, None, None),
    ("hundreds", 200, None, None, None),
    ("in the hundreds", 200, None, None, None),
    ("thousands", 2000, None, None, None),
    ("a few thousand", 2000, None, None, None),
    ("tens of thousands", 20000, None, None, None),
    ("hundreds of thousands", 200000, None, None, None),
    ("عشرات", 20, None, None, None),
    ("مئات", 200, None, None, None),
    ("آلاف", 2000, None, None, None),
    ("عشرات الآلاف", 20000, None, None, None),
]

REFUSED = [
    ("-5", "negative_count", "rejected"),
    ("−1,383", "negative_count", "rejected"),
    ("1000000001", "count_too_large", "rejected"),
    ("over 9999999999999999999999999", "count_too_large", "rejected"),
    ("9" * 5000, "count_too_large", "rejected"),
    ("1.5", "unreadable_count", "quarantined"),
    ("745.0", "unreadable_count", "quarantined"),
    ("1,38", "unreadable_count", "quarantined"),
    ("1,383.50", "unreadable_count", "quarantined"),
    ("0.383", "unreadable_count", "quarantined"),
    ("1٫383", "unreadable_count", "quarantined"),
    ("1,383 000", "unreadable_count", "quarantined"),
    ("1.2 million", "unreadable_count", "quarantined"),
    ("7²", "unreadable_count", "quarantined"),
    ("½", "unreadable_count", "quarantined"),
    ("nan", "unreadable_count", "quarantined"),
    ("inf", "unreadable_count", "quarantined"),
    ("1e3", "unreadable_count", "quarantined"),
    ("many", "unreadable_count", "quarantined"),
    ("someone", "unreadable_count", "quarantined"),
    ("532 civilians and 213 fighters", "unreadable_count", "quarantined"),
    ("at least dozens", "unreadable_count", "quarantined"),
    ("over about 740", "unreadable_count", "quarantined"),
    ("2025-03-08", "unreadable_count", "quarantined"),
    ("2,400-2,300", "unreadable_count", "quarantined"),
    ("120-30", "unreadable_count", "quarantined"),
    ("under 0", "unreadable_count", "quarantined"),
    ("", "unreadable_count", "quarantined"),
    ("+", "unreadable_count", "quarantined"),
]


@pytest.mark.parametrize(("wording", "low", "best", "high", "number"), READ)
def test_a_wording_states_these_bounds(wording, low, best, high, number):
    assert parse_count(wording) == Count(low, best, high, number, wording)


@pytest.mark.parametrize(("wording", "code", "verdict"), REFUSED)
def test_a_wording_outside_the_grammar_is_refused_with_a_way_to_mend_it(wording, code, verdict):
    with pytest.raises(Problem) as refusal:
        parse_count(wording)
    assert (refusal.value.code, str(refusal.value.verdict)) == (code, verdict)
    assert refusal.value.fix


_PIECES = [
    "0", "7", "12", "745", "1,383", "٧٤٠", ".", ",", "-", "–", "+", "~", ">", ">=", "<", "over", "about",
    "nearly", "up to", "at least", "between", "and", "to", "dozens",
    "five", "a dozen", "أكثر من", "بين", "و", "9" * 11,
]  # fmt: skip
_GRAMMAR_TEXT = st.builds(
    str.join, st.sampled_from(["", " "]), st.lists(st.sampled_from(_PIECES), max_size=6)
)


@given(st.one_of(st.text(max_size=40), _GRAMMAR_TEXT))
@example("<0")
@example("\ud800")
def test_any_text_is_either_read_in_order_or_refused(text):
    try:
        count = parse_count(text)
    except Problem:
        return
    known = [bound for bound in (count.low, count.best, count.high) if bound is not None]
    assert known
    assert known == sorted(known)
    assert known[0] >= 0
    assert count.stated == text


@given(st.integers(0, 1_000_000_000), st.sampled_from(["", ",", ".", " ", "\u202f"]), st.sampled_from("0٠۰०"))
def test_a_whole_number_reads_the_same_in_every_spelling(number, mark, zero):
    grouped = f"{number:,}".replace(",", mark)
    spelled = "".join(chr(ord(zero) + int(char)) if char.isdigit() else char for char in grouped)
    assert parse_count(spelled)[:4] == (number, number, number, number)
