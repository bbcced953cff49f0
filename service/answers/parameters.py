"""How does a question become the parameters of a URL, and these a question again?

A parameter that is not allowed, a filter given twice, an over-long value or a control character is refused
with a sentence; nothing is dropped in silence. It must not know HTTP, nor what a value stands for in a
ledger.

>>> write_parameters({"area": ["SY06", "SY10"], "date_from": dt.date(2025, 3, 6)})
[('area', 'SY06'), ('area', 'SY10'), ('from', '2025-03-06')]
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from service.answers.filters import KEYWORDS, LONGEST_VALUE, MOST_ROWS, MOST_VALUES, Filter
from service.errors import QueryError, UnknownName
from service.sentence import did_you_mean, sentence

UNPRINTED = re.compile("[\x00-\x1f\x7f\ufffd]")
"""Control characters, and what stands for broken UTF-8."""


def read_filters(items: Iterable[tuple[str, str]], allowed: Sequence[Filter]) -> dict[str, Any]:
    """Return the parameters of a URL as keywords of a verb; a blank that says nothing is left out.

    Raises UnknownName for a parameter that is not allowed here, and QueryError for one given twice or with a
    value no filter can have.
    """
    by_name = {each.name: each for each in allowed}
    values: dict[str, Any] = {}
    for name, value in items:
        row = by_name.get(name)
        if row is None:
            raise _unknown(name, by_name)
        _check_text(name, value)
        if not value.strip() and not row.blank_is_a_value:
            continue
        if row.repeatable:
            values.setdefault(row.keyword, []).append(value)
            if len(values[row.keyword]) > MOST_VALUES:
                raise QueryError(
                    sentence(
                        "%(name)s is given more than %(most)s times.",
                        name=name,
                        most=MOST_VALUES,
                    ),
                    fix="Ask in several steps.",
                )
        elif values.setdefault(row.keyword, value) != value:
            raise QueryError(
                sentence("%(name)s is given twice, with different values.", name=name), fix="Give it once."
            )
    return values


def write_parameters(question: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return keywords of a verb as the parameters of a URL; those that are None are left out."""
    return [
        (KEYWORDS[keyword].name if keyword in KEYWORDS else keyword, _as_text(value))
        for keyword, given in question.items()
        if given is not None
        for value in _values(given)
    ]


def key_of(question: Mapping[str, Any]) -> Hashable:
    """Return a key that is equal for equal questions, whatever the order of their filters."""
    return tuple(
        sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in question.items())
    )


def read_switch(name: str, text: str | None) -> bool:
    """Return whether 1 was given (0 or nothing: no). Raises QueryError for anything else."""
    if text not in (None, "0", "1"):
        raise QueryError(
            sentence("%(name)s=%(text)s is neither 0 nor 1.", name=name, text=repr(text)),
            fix=sentence("Write %(name)s=1.", name=name),
        )
    return text == "1"


def read_limit(text: str | None) -> int | None:
    """Return the row limit, or None where none was given. Raises QueryError unless it is 1 to MOST_ROWS."""
    if text is None:
        return None
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= limit <= MOST_ROWS:
        raise QueryError(
            sentence("limit=%(text)s is no number of rows.", text=repr(text)),
            fix=sentence("Give a whole number, 1 to %(most)s.", most=MOST_ROWS),
        )
    return limit


def read_day(name: str, value: str | dt.date | None) -> dt.date | None:
    """Return the day given for filter ``name``. Raises QueryError unless it is a date or YYYY-MM-DD."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value.strip())
    except ValueError:
        raise QueryError(
            sentence("%(name)s=%(value)s is not a date.", name=name, value=repr(value)),
            fix="Write it as YYYY-MM-DD.",
        ) from None


def read_instant(name: str, value: str | dt.date | None) -> dt.datetime | None:
    """Return the moment (UTC without a zone) given for filter ``name``. Raises QueryError.

    A day alone means its beginning.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            raise QueryError(
                sentence("%(name)s=%(value)s is not a time.", name=name, value=repr(value)),
                fix="Write it as YYYY-MM-DDTHH:MM:SSZ (UTC).",
            ) from None
    if not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    try:
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
    except OverflowError:
        raise QueryError(
            sentence("%(name)s=%(value)s lies outside the calendar.", name=name, value=value),
            fix="Use a year from 1 to 9999.",
        ) from None


def _values(given: object) -> Sequence[object]:
    """The values of a filter: one, several, or the weights of a mapping."""
    if isinstance(given, Mapping):
        return [f"{name}={weight:g}" for name, weight in given.items()]
    return given if isinstance(given, list | tuple) else [given]


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _unknown(name: str, by_name: Mapping[str, Filter]) -> UnknownName:
    near = tuple(get_close_matches(name.lower(), by_name, n=3, cutoff=0.5))
    shown = repr(name[:60])
    if near:
        return UnknownName(
            sentence("%(shown)s is not a parameter here.", shown=shown),
            fix=did_you_mean(near),
            suggestions=near,
        )
    names = ", ".join(by_name) or "none"
    return UnknownName(
        sentence("%(shown)s is not a parameter here.", shown=shown),
        fix=sentence("Parameters here: %(names)s.", names=names),
    )


def _check_text(name: str, value: str) -> None:
    if len(value) > LONGEST_VALUE:
        raise QueryError(
            sentence("%(name)s is %(length)s characters long.", name=name, length=f"{len(value):,}"),
            fix=sentence("Use at most %(most)s characters.", most=LONGEST_VALUE),
        )
    if UNPRINTED.search(value):
        raise QueryError(
            sentence("%(name)s holds a control character or broken UTF-8.", name=name),
            fix="Send plain UTF-8, percent-encoded.",
        )
