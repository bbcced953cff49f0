"""Which telephone numbers, identity numbers, addresses and exact positions does a text hold?

Figures, days, keys of incidents and addresses of pages are none. A telephone number is one that can be
dialled as it stands, or that the text calls one; an identity number is one that the text calls so; a position
is exact from four decimals on (about ten metres): fewer name a place, not a house. This module must not know
where the text stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_EMAIL = re.compile(
    r"[\w.+-]{1,64}(?:@| ?[\[(] ?at ?[\])] ?)"
    r"(?:[\w-]{1,63}(?:\.| ?[\[(] ?dot ?[\])] ?)){1,4}[a-z]{2,24}(?![\w@])",
    re.IGNORECASE,
)

_DIALLED = re.compile(r"(?<![\w+])(?:\+|00)[ .-]?\(?[1-9](?:[\s()./-]{0,2}\d){6,14}(?![\d\w])")
"""A number in the international form."""
_NATIONAL = re.compile(r"(?<![\w.,+/-])0[1-9](?:[ .-]?\d){7,9}(?![\w/]|[.,-]\d)")
"""A number with the trunk prefix 0, as it is dialled within a country; no figure begins with a 0."""
_PHONE_CUE = re.compile(
    r"(?:\b(?:tel(?:ephone|[ée]fono|\.)?|t[ée]l[ée]?phone|phone|mobile|cell(?:phone)?|whats ?app|signal|"
    r"viber|telegram|call|contact|handy|telefon|cel(?:ular)?|móvil)\b|"
    r"هاتف|جوال|موبايل|محمول|واتس ?[اأ]ب|تلفون|للتواصل|للاتصال)"
    r"[^\d\n]{0,20}?(?P<number>\+?\d(?:[\s()./-]{0,2}\d){6,14})(?!\d)",
    re.IGNORECASE,
)
_MESSENGER = re.compile(r"(?:wa\.me/|t\.me/\+|tel:|whatsapp\.com/send\?phone=)\+?\d{7,15}", re.IGNORECASE)
_DATES = re.compile(
    r"\b(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?\b|\b\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d\b|\b(?:19|20)\d\d-(?:19|20)\d\d\b"
)

_IDENTITY = re.compile(
    r"(?:\b(?:passport|national (?:id|number|no)|identity (?:card|number|no)|id (?:card|number|no)|"
    r"carte d.identit[ée]|dni|cédula|passeport|reisepass|ausweis|kimlik|ssn|social security)\b"
    r"|الرقم الوطني|رقم وطني|رقم الهويه|هويه رقم|جواز سفر|رقم الجواز|جواز رقم|بطاقه شخصيه|الهويه الشخصيه)"
    r"(?:[\s:.#°=-]|\b(?:number|no|nr|card)\b|رقم|is|هو){0,6}"
    r"(?P<number>[A-Z]{0,3}[ -]?\d(?:[ -]?\d){5,14})(?![\w-]*[a-z])",
    re.IGNORECASE,
)

_PASSPORT = re.compile(
    r"\b(?i:passport|passeport|reisepass)[\s:.#°]+(?:(?i:number|no|nr)[\s:.°]+)?(?=(?:[A-Z]*\d){3})[A-Z0-9]{6,12}\b"
)
_DEGREES = r"[-+]?\d{1,3}\.\d{4,}"
_POSITIONS = (
    re.compile(rf"(?<![\w.,]){_DEGREES}\s*°?\s*[NS]?\s*[,;/ ،]\s*{_DEGREES}(?![\w.])", re.IGNORECASE),
    re.compile(
        r"\d{1,3}\s*°\s*\d{1,2}\s*['′’]\s*(?:\d{1,2}(?:\.\d+)?\s*(?:[\"″”]|''|′′))?\s*[NSEWشجغق]\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:\b(?:lat(?:itude)?|lon(?:gitude)?|gps)\b|خط (?:ال)?عرض|خط (?:ال)?طول|احداثي\w*)[^\d\n]{0,12}"
        r"[-+]?\d{1,3}\.\d{3,}",
        re.IGNORECASE,
    ),
    re.compile(r"\bgeo:[-+]?\d{1,3}\.\d{3,},", re.IGNORECASE),
    re.compile(r"(?<![\w+])[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3}(?!\w)"),  # a plus code
    re.compile(
        r"(?<!\w)///[a-z]{3,}\.[a-z]{3,}\.[a-z]{3,}(?!\w)"
    ),  # three words for a square of three metres
    re.compile(r"\b[1-6]?\d[C-HJ-NP-X] ?[A-HJ-NP-Z]{2} ?(?:\d{4} ?\d{4}|\d{5} ?\d{5})\b"),  # a military grid
)


def has_email(text: str) -> bool:
    """Return whether a text holds an e-mail address."""
    return bool(_EMAIL.search(text))


def has_phone(text: str) -> bool:
    """Return whether a text holds a telephone number.

    >>> has_phone("Call +44 20 7946 0123"), has_phone("1,383 of 2,500 by 2025-03-12")
    (True, False)
    """
    if _MESSENGER.search(text):
        return True
    plain = _DATES.sub(" ", _IDENTITY.sub(" ", text))
    return bool(_NATIONAL.search(plain) or _PHONE_CUE.search(plain)) or any(
        _can_be_dialled(number) for number in _dialled(plain)
    )


def _dialled(text: str) -> Iterator[str]:
    for match in _DIALLED.finditer(text):
        yield match[0]


def _can_be_dialled(number: str) -> bool:
    """Return whether a number in the international form has a country's code and a length that it gives."""
    import phonenumbers  # its tables are loaded only where a text holds such a number

    digits = "+" + re.sub(r"\D", "", number).removeprefix("00")
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(digits, None)))
    except phonenumbers.NumberParseException:
        return False


def has_identity_number(text: str) -> bool:
    """Return whether a text holds the number of a passport or an identity card, and calls it so."""
    return bool(_IDENTITY.search(text) or _PASSPORT.search(text))


def has_position(text: str) -> bool:
    """Return whether a text holds the coordinates of a spot.

    >>> has_position("35.36214, 35.92533"), has_position("1.383, 1.225 and 35.4, 35.9")
    (True, False)
    """
    return any(pattern.search(text) for pattern in _POSITIONS)
