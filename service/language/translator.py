"""How are messages, days and numbers said in a language?

A message is the English sentence itself, with ``%(name)s`` where a value stands. Tools find messages by the
names of the functions here: ``say``, ``say_many``, and ``message`` for one that is said elsewhere. What other
packages say is a ``Sentence``, which ``tell`` says.

>>> Translator("en").say_many("%(num)s report", "%(num)s reports", 1383)
'1,383 reports'
>>> Translator("ar").say_many("%(num)s report", "%(num)s reports", 2)
'تقريران'
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from service.errors import QueryError
from service.language.catalogue import LANGUAGES, catalogue, language_named
from service.sentence import Listed, Named, Sentence, Value, message

__all__ = ["Translator", "message"]

if TYPE_CHECKING:
    from babel import Locale

UNKNOWN = "—"
LATIN, ARABIC = re.compile(r"[A-Za-z]"), re.compile(r"[\u0600-\u06ff]")
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""Unicode's first-strong isolate and its end; invisible."""
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


class Translator:
    """One language at work. Raises QueryError for a locale that Babel does not know."""

    def __init__(self, locale: str = "en") -> None:
        self.language = language_named(locale)
        self._catalogue = catalogue(self.language.code)
        self._name = self.language.locale if self.language.code == locale else locale
        if self.language.code not in LANGUAGES:
            self.locale  # noqa: B018 (raises)

    # --- messages ----------------------------------------------------------------------------------------

    def say(self, text: str, /, **values: object) -> str:
        """Return a message with its values."""
        told = self._catalogue.gettext(text) if text else ""
        return told % {name: self.isolated(value) for name, value in values.items()} if values else told

    def say_many(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return a message about a number of things; ``%(num)s`` is the number."""
        told = self._catalogue.ngettext(one, many, number)
        isolated = {name: self.isolated(value) for name, value in values.items()}
        return told % {"num": self.number(number), **isolated}

    def join(self, parts: list[str]) -> str:
        """Return names as a list: ``SOHR, SNHR``."""
        return self.say(", ").join(str(self.isolated(part)) for part in parts)

    def isolated(self, value: object) -> object:
        """Return a value as it keeps its own order in a sentence from right to left: a name in Latin letters
        between two marks of Unicode, so that neither its words nor those around it change places."""
        if not self.language.is_rtl or not isinstance(value, str):
            return value
        if not LATIN.search(value) or ARABIC.search(value) or value.startswith(ISOLATE):
            return value
        return f"{ISOLATE}{value}{END_ISOLATE}"

    def tell(self, text: str, name: Callable[[Named], str] = str) -> str:
        """Return a sentence (``service.sentence``) in the language: the one way in which a reason, a finding
        or a refusal is said, whatever shows it. ``name`` gives what a place or people are called there; a
        plain text is its own message."""
        if self.language.is_english:
            return str(text)
        if not isinstance(text, Sentence):
            return str(self.isolated(self.say(text)))
        values = {of: self._value(each, name) for of, each in text.values.items()}
        if text.one:
            number = values.pop("num")
            return self.say_many(text.one, text.message, int(number), **values)
        return self.say(text.message, **values)

    def _value(self, value: Value, name: Callable[[Named], str]) -> str:
        match value:
            case Sentence():
                return self.tell(value, name)
            case Named():
                return name(value)
            case Listed():
                told = (str(self.isolated(self._value(each, name))) for each in value.values)
                return self.say(value.between).join(told)
            case dt.date():
                return self.day(value)
            case _:
                return str(value)

    # --- days and numbers --------------------------------------------------------------------------------

    @cached_property
    def locale(self) -> Locale:
        """What Babel knows of days and numbers; not needed for English, since it takes long to load."""
        return _locale(self._name)

    def number(self, number: int | None) -> str:
        """Return 1383 as ``1,383``; an unknown number is a dash, never 0."""
        if number is None:
            return UNKNOWN
        return f"{number:,}" if self._has_commas else _decimal(number, self.locale)

    def day(self, day: dt.date | str | None) -> str:
        """Return a day in words, ``12 March 2025``; an unknown day is a dash."""
        if day is None or day == "":
            return UNKNOWN
        date = dt.date.fromisoformat(day) if isinstance(day, str) else day
        if self.language.is_english:
            return f"{date.day} {MONTHS[date.month - 1]} {date.year}"
        return _day(date, "d MMMM y", self.locale)

    def plain_day(self, day: dt.date) -> str:
        """Return the day as sentences of an answer have it: ``2025-03-12`` in English; in words elsewhere,
        for among Arabic letters the parts of a number with dashes change places."""
        return day.isoformat() if self.language.is_english else self.day(day)

    def short_day(self, day: dt.date) -> str:
        """Return the day without its year."""
        return _day(day, "d MMM", self.locale)

    def day_of_year(self, day: dt.date) -> str:
        """Return the day without its year, its month in full."""
        return _day(day, "d MMMM", self.locale)

    @cached_property
    def _has_commas(self) -> bool:
        return self.language.code in LANGUAGES or _decimal(1000, self.locale) == "1,000"


def _locale(name: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise QueryError(f"locale={name!r} is not known here.", fix="Use a code such as en or ar.") from error


def _decimal(number: int, locale: Locale) -> str:
    from babel.numbers import format_decimal

    return format_decimal(number, locale=locale)


@lru_cache(maxsize=8_192)
def _day(day: dt.date, pattern: str, locale: Locale) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=locale)
