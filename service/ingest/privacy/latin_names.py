"""Does a text in Latin letters name a person?

It does where a name stands with what is said of a person and of nothing else: a title, kinship, an age,
"named", "identified as", or a given name that is known. Who acts in an office may be named with it
(“President …”); a name beside a word for a place, an institution or a force is theirs (“Khaled ibn al-Walid
mosque”). A name without any of these signs is not seen: rules are told, models guess. This module must not
know where the text stands.
"""

from __future__ import annotations

import re
import unicodedata

from service.ingest.privacy.given_names import LATIN_GIVEN_NAMES, LATIN_PLACE_WORDS

_CAP = r"(?:(?<![^\W\d_])[A-ZÀ-ÖØ-ÞŞĞİ][^\W\d_]*+(?:[’'‘`-][^\W\d_]++){0,3}+)"
_JOINT = (
    r"(?:(?:al|el|ul|as|ash|at|ad|az|an|ar)[- ]|bin |ibn |ben |bint |abu |abd |de |von |van |der |da |di )"
)
_WORD = rf"(?:{_JOINT}{{0,2}}{_CAP})"
_START = r"(?<![^\W\d_])(?<![^\W\d_][’'‘`-])"
_NAME = rf"{_START}(?P<name>{_WORD}(?: {_WORD}){{0,4}})"

_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Doctor|Prof|Professor|Eng|Engineer|Nurse|Sheikh|Shaykh|Sheikha|Hajj|Hajji|Haji|Hajja|"
    r"Sayyid|Sayed|Ustaz|Martyr|Capt|Captain|Col|Colonel|Lt|Lieutenant|Sgt|Sergeant|Maj|Corporal|Cpl|Brig|"
    r"Brigadier(?: General)?|Major General|Mme|Mlle|Monsieur|Madame|Mademoiselle|Herr|Frau|Señora?|Signora?)"
)
_LED = (
    r"(?:(?:the )?(?:late|deceased|victim|martyr|toddler|baby|schoolboy|schoolgirl|pharmacist|paramedic|"
    r"medic|nurse|doctor|farmer|shopkeeper|fisherman|taxi driver|neighbou?r|survivor|eyewitness|resident|"
    r"villager|señora?|doña|don|doctora|enfermer[ao]|vecin[ao]))"
)
_KIN = (
    r"(?:sons?|daughters?|wife|husband|widow|widower|brothers?|sisters?|father|mother|uncle|aunt|cousin|nephew|"
    r"niece|grandson|granddaughter|grandfather|grandmother|child(?:ren)?|famil(?:y|ies)|home|house|body|grave|"
    r"fils|fille|épouse|femme|veuve|frère|sœur|Sohn|Tochter|Ehefrau|Witwe)"
)
_NAMED = r"(?:named|identified as|known as|called|whose name (?:is|was)|by the name of|nommée?|namens)"
_LABEL = r"(?:name|victim|full name|deceased|martyr|contact person|witness)s?"
_AGE = r"(?:aged? |age:? ?)?(?P<age>\d{1,3})"
_YEARS = r"(?:[- ]years?[- ]olds?|[- ]yr[- ]olds?| yrs?\b| y/?o\b| ans\b| Jahre\b| años\b| yaşında)"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_TITLE}\.? {_NAME}",
        rf"\b{_LED},? {_NAME}",
        rf"\b(?i:{_KIN}) (?:of|de|von|d[’'])\s?(?:(?i:the late|martyr) )?(?:{_TITLE}\.? )?{_NAME}",
        rf"\b(?i:his|her|their|whose) (?i:{_KIN}),? {_NAME}",
        rf"\b(?i:{_NAMED}) {_NAME}",
        rf"\b(?i:{_LABEL})\s*[:=]\s*{_NAME}",
    )
)
"""A sign and the name behind it."""
_FAMILY = re.compile(rf"\b(?i:the) (?P<name>{_WORD}) (?i:family|household|clan)\b")
_AGED = (
    re.compile(rf"{_NAME}\s*[,،(–-]\s*(?:{_AGE}(?:{_YEARS}| years\b)|aged? \d{{1,3}}\b)"),
    re.compile(rf"\b{_AGE}{_YEARS}(?:,? (?:[a-z]+ ){{0,2}}| )(?:named |called )?{_NAME}"),
)
"""A name with an age."""
_DIED_AT = re.compile(rf"{_NAME},? ?\(?\d{{1,2}}[,)] ?(?:was|died|who|and (?:his|her) )\b")
"""A name, a number, and how the sentence goes on about a person."""
_NAME_AND_NUMBER = re.compile(rf"{_NAME}(?:, ?\d{{1,2}}(?=[,.;)]|$)| ?\(\d{{1,2}}\))")
_RUN = re.compile(rf"{_START}{_WORD}(?: {_WORD})+")
_LOWER_PAIR = re.compile(r"\b(?:([a-z]{3,})|(?:mr|mrs|ms|dr|sheikh|um|umm|abu)\.?) ([a-z]{3,})\b")
_KUNYA = re.compile(r"\b(?:Abu|Abou|Umm?|Oumm?) (?P<name>(?:al-)?[A-Z][a-z]+)\b")
_TOWNS_WITH_KUNYA = frozenset(("kamal", "hasan", "omar"))

_OFFICE = re.compile(
    r"(?:President|Presidency|Prime Minister|Minister|Chancellor|King|Queen|Prince|Princess|Emir|Governor|"
    r"Mayor|Ambassador|Secretary[- ]General|Secretary|Director[- ]General|Director|"
    r"High Commissioner|Commissioner|"
    r"Envoy|Rapporteur|Spokes(?:man|woman|person)|spokes(?:man|woman|person)|president|minister|governor|mayor|"
    r"ambassador|envoy|director|secretary-general|Pope|Patriarch|Chairman|Chairwoman|chair|Speaker|Senator)"
    r"(?: of(?: the)?(?: [A-Z][\w-]+){1,3})?,? ?(?:Dr\.? )?$"
)
_NO_NAMES = frozenset(
    """
    syrian libyan arab kurdish turkish israeli palestinian lebanese iraqi iranian russian american british
    french german alawite alawites alawi sunni sunnis shia shiite druze christian christians muslim
    muslims ismaili kurds bedouin european african asian western eastern northern southern central
    national international united general human red crescent doctors the a an and or in on at by of its no
    one two three his her their this that these monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december ramadan assad
    islamic islamist jihadist hts isis isil daesh sohr snhr ohchr un who afp ap reuters sana scm unicef
    ocha undp idlib latakia tartus tartous homs hama damascus aleppo deir jableh baniyas banias syria
    libya turkey gaza israel lebanon derna benghazi tripoli coast crisis origin source civilian civilians
    men women children people persons ministry army forces government hayat royal holy unknown unnamed
    anonymous none na tbc tbd see same undated
    """.split()  # noqa: SIM905
)
"""Words, in lower case, with which no name of a person begins."""


def names_person(text: str) -> bool:
    """Return whether a text names a person.

    >>> names_person("Mariam Haddad, 34, of Jableh"), names_person("Deir Ezzor, 34, and Raqqa, 12")
    (True, False)
    """
    return (
        _has_signed_name(text)
        or _has_aged_name(text)
        or any(_is_known_name(text, match) for match in _RUN.finditer(text))
        or any({*filter(None, pair)} <= LATIN_GIVEN_NAMES for pair in _LOWER_PAIR.findall(text))
        or any(_is_called_after_child(text, match) for match in _KUNYA.finditer(text))
    )


def _has_signed_name(text: str) -> bool:
    """Return whether a name stands behind a title, kinship or a word for naming."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if _is_person(text, match) and (_words(match) > 1 or _begins_given(match["name"])):
                return True
    return any(_is_person(text, match) for match in _FAMILY.finditer(text))


def _has_aged_name(text: str) -> bool:
    """Return whether a name stands with an age. A bare number is one only behind a given name: elsewhere it
    is a count."""
    for pattern in (*_AGED, _DIED_AT):
        for match in pattern.finditer(text):
            is_name = _words(match) > 1 or _begins_given(match["name"])
            if is_name and _is_person(text, match) and not _is_behind_preposition(text, match):
                return True
    return any(
        _begins_given(match["name"]) and _is_person(text, match) for match in _NAME_AND_NUMBER.finditer(text)
    )


def _is_known_name(text: str, match: re.Match[str]) -> bool:
    """Return whether a run of capitalised words holds a given name with another name behind it."""
    for word in re.finditer(r"\S+(?= )", match[0]):
        if _key(word[0]) in LATIN_GIVEN_NAMES:
            return not (_has_place_word(text, match) or _has_office(text, match.start() + word.start()))
    return False


def _is_called_after_child(text: str, match: re.Match[str]) -> bool:
    """Return whether somebody is called the father or the mother of a given name; some towns are as well."""
    child = _key(match["name"])
    is_given = child in LATIN_GIVEN_NAMES and child not in _TOWNS_WITH_KUNYA
    return is_given and not re.match(r" (?:brigades?|battalion|mosque|street|school)", text[match.end() :])


def _is_person(text: str, match: re.Match[str]) -> bool:
    """Return whether the name in a match is none of a place, an institution, a people or an office."""
    first = _key(match["name"].split()[0])
    return (
        first not in _NO_NAMES and not _has_place_word(text, match) and not _has_office(text, match.start())
    )


def _has_place_word(text: str, match: re.Match[str]) -> bool:
    """Return whether the match, or a word or two beside it, names a place, an institution or a force."""
    begin, end = match.span("name") if "name" in match.groupdict() else match.span()
    around = [
        *re.findall(r"[^\W\d_]+", text[max(0, begin - 40) : begin])[-2:],
        *re.findall(r"[^\W\d_]+", text[begin:end]),
        *re.findall(r"[^\W\d_]+", text[end : end + 40])[:1],
    ]
    return not LATIN_PLACE_WORDS.isdisjoint(map(_key, around))


def _has_office(text: str, begin: int) -> bool:
    return bool(_OFFICE.search(text[max(0, begin - 80) : begin]))


def _is_behind_preposition(text: str, match: re.Match[str]) -> bool:
    return bool(re.search(r"\b(?:in|at|from|near|to|around|towards) $", text[: match.start("name")]))


def _words(match: re.Match[str]) -> int:
    return len(match["name"].split())


def _begins_given(name: str) -> bool:
    return _key(name.split(maxsplit=1)[0]) in LATIN_GIVEN_NAMES


def _key(word: str) -> str:
    """Return a word in lower case and without marks."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare.casefold().strip("’'‘`-")
