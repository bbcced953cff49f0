"""Which languages are there, and which messages has each?

A language is a row of LANGUAGES and, unless it is English, a catalogue beside this module: gettext's ``.po``,
which translators' tools open. It is compiled in memory, once, when somebody first asks for the language.
"""

from __future__ import annotations

import dataclasses
import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclasses.dataclass(frozen=True)
class Language:
    """One language: its code, its own name, the CLDR locale of its months and numbers, how it is written."""

    code: str
    name: str
    locale: str
    """As Babel writes it. The digits are 0 to 9 in every language: a figure on a page is found again in the
    file beside it, in the wording of its source and in its address."""
    browser_locale: str
    """The same for a script in a page."""
    direction: str = "ltr"

    @property
    def is_english(self) -> bool:
        return self.code == ENGLISH

    @property
    def is_rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self.direction == "rtl"


ENGLISH = "en"
LANGUAGES = {
    language.code: language
    for language in (
        Language(ENGLISH, "English", "en", "en-GB"),
        Language(
            "ar", "العربية", "ar_SY", "ar-SY-u-nu-latn", "rtl"
        ),  # months as the names of the shipped crises have them
    )
}


def language_named(locale: str) -> Language:
    """Return the language that a locale is of; one without a catalogue has its days and numbers, and says
    everything in English."""
    code = locale.replace("-", "_").split("_")[0]
    return LANGUAGES.get(code) or Language(code, code, locale.replace("-", "_"), code)


@cache
def catalogue(code: str) -> NullTranslations:
    """Return the compiled messages of a language; of English, and of one without a catalogue, none."""
    path = FOLDER / f"{code}.po"
    if code not in LANGUAGES or not path.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)
