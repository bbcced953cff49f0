"""Does a text in Arabic letters name a person?

As in Latin letters (``latin_names``), but Arabic has no capitals: a name is a given name that is known, or
the word behind "called" and "the late". Titles and kinship count only with such a name, for “الشيخ بدر” is a
town. A name behind a word for a place, an institution or a force is theirs. Texts come as ``arabic_key``
writes them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from service.ingest.privacy.given_names import (
    ARABIC_FURTHER_NAMES,
    ARABIC_GIVEN_NAMES,
    ARABIC_PLACE_WORDS,
    arabic_key,
)

_TITLES = frozenset(
    map(
        arabic_key,
        """
        الشهيد الشهيدة الطفل الطفلة المواطن المواطنة الدكتور الدكتورة الأستاذ الأستاذة المهندس المهندسة الحاج
        الحاجة المرحوم المرحومة المغفور العقيد الرائد النقيب الملازم المقدم العميد المحامي المحامية القاضي
        الشاب الشابة الضحية المغدور المغدورة الناشط الناشطة الصحفي الصحفية الممرض الممرضة الطبيب الطبيبة
        الصيدلاني السيد الشيخ المسعف المعلم المعلمة الجار السائق الرقيب المساعد الأب ابن ابنة ابنه ابنها
        بنت زوجة زوجته زوجها أرملة والد والدة والده والدته شقيق شقيقة شقيقه شقيقته أخ أخت أخوه أخته حفيد
        حفيدة حفيده عمه خاله جدته طفلته طفله عائلة أسرة جثمان منزل اسمه اسمها واسمه واسمها يدعى تدعى
        المدعو المدعوة المسمى
        """.split(),  # noqa: SIM905
    )
)
"""Titles, kinship and words for naming: a given name behind one of them is that of a person."""
_STRONG = frozenset(map(arabic_key, ["المدعو", "المدعوة", "المرحوم", "المرحومة", "المغدور", "المغدورة"]))
"""Words behind which any word is the name of a person."""
_TOWNS = re.compile(r"السيده زينب|الست زينب|الشيخ (?:بدر|سعد|مسكين|مقصود|زويد|نجار|جراح|حسن|صالح)\b")
"""Places that carry a title."""
_OFFICES = frozenset(
    map(
        arabic_key,
        """
        الرئيس رئيس وزير الوزير ملك الملك أمير الأمير محافظ المحافظ سفير السفير مبعوث المبعوث المتحدث الناطق
        المفوض الأمين مدير المدير بابا البابا البطريرك المطران
        """.split(),  # noqa: SIM905
    )
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_JOINTS = frozenset(("بن", "ابن", "بنت", "ابو", "ام", "ال"))
_YEARS = frozenset(map(arabic_key, ["عاما", "عام", "سنة", "سنوات", "أعوام", "ربيعا"]))
_REACH = 6
"""How many words behind a given name its age may stand."""
_BEFORE = 3
"""How many words before a name a word for a place or an office is looked for."""


def names_person(text: str) -> bool:
    """Return whether a text names a person.

    >>> names_person("مقتل مريم الحداد"), names_person("قتلي في محيط جامع خالد بن الوليد")
    (True, False)
    """
    tokens = _TOKEN.findall(_TOWNS.sub(" ", text))
    return any(_names_person_at(tokens, place) for place in range(len(tokens)))


def _names_person_at(tokens: list[str], place: int) -> bool:
    """Return whether a person's name begins at one word, or behind it."""
    word, following = _bare(tokens[place]), tokens[place + 1 : place + 2]
    if word in _STRONG and following and len(following[0]) > 2:
        return True
    if not _is_given(tokens[place]) or _is_of_place_or_office(tokens, place):
        return False
    before = tokens[place - 1] if place else ""
    if before in ("ام", "ابو", "ابي") and _is_strong_given(tokens[place]):
        return True
    if not _TITLES.isdisjoint((*_forms(before), _bare(before))):
        return _bare(before) not in ("السيد", "الشيخ") or _continues(following)
    return _is_strong_given(tokens[place]) and (_continues(following) or _has_age(tokens, place))


def _continues(following: list[str]) -> bool:
    """Return whether the word behind a given name goes on with it: another name, or one with an article."""
    if not following:
        return False
    word = following[0]
    return word in _JOINTS or _is_given(word) or (word.startswith("ال") and len(word) > 4)


def _has_age(tokens: list[str], place: int) -> bool:
    """Return whether a number of years stands close behind the name."""
    near = tokens[place + 1 : place + 1 + _REACH]
    return any(number.isdigit() and len(number) < 3 and years in _YEARS for number, years in pairwise(near))


def _is_of_place_or_office(tokens: list[str], place: int) -> bool:
    before = {_bare(token) for token in tokens[max(0, place - _BEFORE) : place]}
    return not before.isdisjoint(ARABIC_PLACE_WORDS | _OFFICES)


def _is_given(token: str) -> bool:
    return any(form in ARABIC_GIVEN_NAMES or form in ARABIC_FURTHER_NAMES for form in _forms(token))


def _is_strong_given(token: str) -> bool:
    return any(form in ARABIC_GIVEN_NAMES for form in _forms(token))


def _forms(token: str) -> tuple[str, ...]:
    """Return the word, and the word without the conjunction or preposition written onto it."""
    return (token, token[1:]) if token[:1] in "ولبف" and len(token) > 3 else (token,)


def _bare(token: str) -> str:
    """Return a word without what is written onto its front: “والشهيد” and “للشهيد” are “الشهيد”."""
    if token.startswith("لل"):
        return "ال" + token[2:]
    if token[:1] in "وفبك" and token[1:3] == "ال":
        return token[1:]
    return token
