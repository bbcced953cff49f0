"""Does a text hold personal data, and of which kind?

The ledger counts people and names none: names, telephone numbers, numbers of identity cards, e-mail addresses
and exact positions have no place in it. This package looks for them in free text, in Latin and Arabic
letters, by rules that can be told (``docs/privacy.md``), and says which kind it saw; it never says what it
saw. It must not know rows, documents or the ledger.

>>> [str(kind) for kind in find_personal_data("Dr. Mariam Haddad, +44 20 7946 0123")]
['name', 'phone']
>>> find_personal_data("683 civilians in Latakia, 433 in Tartus")
()
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from service.ingest.cells import HIDDEN
from service.ingest.privacy import arabic_names, latin_names, numbers
from service.ingest.privacy.given_names import arabic_key
from service.schema.records import Finding
from service.sentence import Listed, both_and, message, sentence
from service.vocabulary import Severity

CODE = "personal_data"
"""The code of the finding about personal data."""
WITHHELD = "“…”"
"""What stands in a message in the place of a value that is not shown."""
_SCREENED_AT_ONCE = 4_000
"""How many characters are looked at together: a longer text is read in overlapping pieces."""
_OVERLAP = 200


class PersonalData(StrEnum):
    """A kind of personal data."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    IDENTITY = "identity"
    POSITION = "position"

    @property
    def phrase(self) -> str:
        """How a sentence names it."""
        return _PHRASES[self]


_PHRASES = {
    PersonalData.NAME: "the name of a person",
    PersonalData.PHONE: "a telephone number",
    PersonalData.EMAIL: "an e-mail address",
    PersonalData.IDENTITY: "the number of an identity document",
    PersonalData.POSITION: "an exact position",
}
_NUMBERS = (
    (PersonalData.PHONE, numbers.has_phone),
    (PersonalData.EMAIL, numbers.has_email),
    (PersonalData.IDENTITY, numbers.has_identity_number),
    (PersonalData.POSITION, numbers.has_position),
)
Kinds = tuple[PersonalData, ...]


@lru_cache(maxsize=1 << 14)
def find_personal_data(text: str, *, names: bool = True) -> Kinds:
    """Return the kinds of personal data in a text, names first; without ``names``, those of numbers only."""
    if len(text) > _SCREENED_AT_ONCE:
        step = _SCREENED_AT_ONCE - _OVERLAP
        pieces = (text[begin : begin + _SCREENED_AT_ONCE] for begin in range(0, len(text), step))
        seen = {kind for piece in pieces for kind in find_personal_data(piece, names=names)}
        return tuple(kind for kind in PersonalData if kind in seen)
    plain = _plain(text)
    kinds: list[PersonalData] = []
    if names and _names_person(plain):
        kinds.append(PersonalData.NAME)
    if any(character.isdigit() or character in "@/(" for character in plain):
        kinds += [kind for kind, has in _NUMBERS if has(plain)]
    return tuple(kinds)


def _names_person(text: str) -> bool:
    return latin_names.names_person(text) or (
        any("\u0600" <= character <= "\u06ff" for character in text) and arabic_names.names_person(text)
    )


def _plain(text: str) -> str:
    """Return a text as it is compared: one form of each letter and digit, on one line, nothing hidden."""
    text = HIDDEN.sub("", unicodedata.normalize("NFKC", text)).replace("٫", ".").replace("٬", ",")
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return re.sub(r"\s+", " ", arabic_key(digits))


def phrase(kinds: Kinds) -> Listed:
    """Return how a sentence names what was seen.

    >>> str(phrase((PersonalData.NAME, PersonalData.PHONE)))
    'the name of a person and a telephone number'
    """
    return both_and(sentence(kind.phrase) for kind in kinds)


def withhold(finding: Finding) -> Finding:
    """Return a finding without the value it is about, in its words as well."""
    said, fix = (_withhold(words, finding.value) for words in (finding.message, finding.fix))
    if find_personal_data(said):
        said = message("What is wrong with it cannot be said without showing it.")
    if find_personal_data(fix):
        fix = message("See the row in the document.")
    column = "" if find_personal_data(finding.column) else finding.column
    return dataclasses.replace(finding, message=said, fix=fix, value="", column=column)


def _withhold(words: str, value: str) -> str:
    """Return words of a finding without its value; what is left of them is a plain text."""
    kept = words
    for text in (value, value.rstrip("…")):
        if text:
            kept = kept.replace(text, "…")
    kept = re.sub("“[^”]*”", WITHHELD, kept)
    return words if kept == words else kept


def screen_finding(finding: Finding) -> Finding:
    """Return a finding as it may be shown: without its value where that holds personal data."""
    texts = (finding.value, finding.message, finding.column)
    return withhold(finding) if any(map(find_personal_data, texts)) else finding


def finding_about(kinds: Kinds, column: str) -> Finding:
    """Return the finding about a cell that holds personal data; it does not repeat it."""
    return Finding(
        CODE,
        Severity.ERROR,
        sentence(
            "The %(column)s seems to hold %(kinds)s; the row is held, and nothing of it is shown.",
            column=column,
            kinds=phrase(kinds),
        ),
        sentence(
            "Say it without (“a doctor in Jableh”, “near the port”), and take the row again: on the page "
            "/held, or with casualty ingest --retry --set ROW:%(column)s=….",
            column=column,
        ),
        column=column,
    )
