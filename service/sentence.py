"""What is a sentence made of?

A reason, a finding or a refusal is a message of the catalogue and the values in it. It is an English text to
everything that handles texts, and keeps its parts so that whoever shows it says it in another language
(``service.language``) without reading English. Where such a text is stored, its parts stand beside it as
JSON, its *terms*. This module must not know any catalogue.

>>> said = sentence("%(place)s has %(number)s rows.", place=Named("place", "SY06", "Latakia"), number=3)
>>> said, said.message
('Latakia has 3 rows.', '%(place)s has %(number)s rows.')
>>> read_terms(write_terms(message=said))["message"] == said
True
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

ALONE = "%(value)s"
"""The message of a value by itself; it needs no translation."""
BESIDE = "%(first)s %(then)s"
"""The message of two sentences, one after the other; it needs no translation."""
LOCATED = "%(place)s: %(said)s"
"""The message of a sentence about a place in a document."""
COMMA, SEMICOLON, OR, AND = ", ", "; ", " or ", " and "
"""What stands between the values of a list; messages of the catalogue."""


class Named(NamedTuple):
    """Something that the reference data name in each language: a ``place`` (one or several areas), a
    ``population``; ``english`` is its name in an English sentence."""

    kind: str
    code: str
    english: str

    def __str__(self) -> str:
        return self.english


class Listed(NamedTuple):
    """Values in a row, with a word or a mark ``between`` them: ``Latakia, women``, ``Latakia or Tartus``."""

    values: tuple[Value, ...]
    between: str = COMMA

    def __str__(self) -> str:
        return self.between.join(map(str, self.values))


class Sentence(str):
    """A sentence in English, its ``message`` (``%(name)s`` where a value stands) and its ``values``."""

    message: str
    values: Mapping[str, Value]
    one: str
    """The message about one thing, where ``message`` is about the number ``num`` of them; else ""."""

    def __new__(cls, message: str, values: Mapping[str, Value], one: str = "") -> Sentence:
        form = one if one and values["num"] == 1 else message
        texts = {name: str(value) for name, value in values.items()}
        if one:
            texts["num"] = f"{values['num']:,}"
        english = form % texts if values else form
        said = super().__new__(cls, english)
        said.message, said.values, said.one = message, values, one
        return said

    def __getnewargs__(self) -> tuple[str, Mapping[str, Value], str]:  # type: ignore[override]
        return self.message, self.values, self.one


Value = str | int | dt.date | Named | Listed | Sentence
"""What stands in a sentence. A text is said as it is; a day, a name and a sentence as the language has it."""


def message(text: str) -> str:
    """Return the text: marks a message that is said elsewhere, by its value."""
    return text


def sentence(message: str, /, **values: Value) -> Sentence:
    """Return the sentence of a message and its values; one without values is said as it stands."""
    return Sentence(message, values)


def many(one: str, more: str, number: int, **values: Value) -> Sentence:
    """Return the sentence of a message about a number of things, which is ``%(num)s`` in it."""
    return Sentence(more, {"num": number, **values}, one)


def listed(values: Iterable[Value]) -> Listed:
    """Return values as ``a, b, c``."""
    return Listed(tuple(values))


def either(values: Iterable[Value]) -> Listed:
    """Return values as ``a or b or c``."""
    return Listed(tuple(values), OR)


def both_and(values: Iterable[Value]) -> Listed:
    """Return values as ``a and b and c``."""
    return Listed(tuple(values), AND)


def span_of(first: Value, last: Value) -> Value:
    """Return two values as ``a to b``, one value where they are the same."""
    return first if first == last else sentence("%(first)s to %(last)s", first=first, last=last)


def did_you_mean(names: Iterable[str]) -> str:
    """Return the question whether one of these was meant; "" for none."""
    near = either(names)
    return sentence("Did you mean %(names)s?", names=near) if near.values else ""


def join_sentences(*parts: str) -> str:
    """Return sentences one after the other; blank ones are left out."""
    filled = [part for part in parts if part]
    if not filled:
        return ""
    joined, *others = filled
    for other in others:
        joined = sentence(BESIDE, first=as_sentence(joined), then=as_sentence(other))
    return joined


def locate(place: str, said: str) -> Sentence:
    """Return a sentence with the place in a document that it is about before it."""
    return sentence(LOCATED, place=place, said=as_sentence(said))


def without_place(text: str) -> str:
    """Return what ``locate`` was given."""
    said = text.values.get("said") if isinstance(text, Sentence) and text.message == LOCATED else None
    return said if isinstance(said, Sentence) else text


def only(value: Value) -> Sentence:
    """Return a value as a sentence."""
    return value if isinstance(value, Sentence) else sentence(ALONE, value=value)


def as_sentence(text: str) -> Sentence:
    """Return a text as a sentence; a plain one is its own message."""
    return text if isinstance(text, Sentence) else sentence(text)


# --- beside a stored text ----------------------------------------------------------------------------------


def write_terms(**texts: str) -> str:
    """Return the parts of the texts that have any as JSON, by name; "" where a text is its own message."""
    parts = {name: _write(text) for name, text in texts.items() if isinstance(text, Sentence) and text.values}
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")) if parts else ""


def read_terms(terms: str) -> dict[str, Sentence]:
    """Return the sentences of what ``write_terms`` wrote; none for a text that was taken out."""
    if not terms.startswith("{"):
        return {}
    return {name: _read_sentence(parts) for name, parts in json.loads(terms, strict=False).items()}


def _write(value: Value) -> Any:  # noqa: ANN401 - JSON
    match value:
        case Sentence(message=message, values=values, one=one):
            parts = [message, {name: _write(each) for name, each in values.items()}]
            return [*parts, one] if one else parts
        case Named(kind=kind, code=code, english=english):
            return {kind: code} if code == english else {kind: code, "en": english}
        case Listed():
            return {"list": [_write(each) for each in value.values], "between": value.between}
        case dt.date():
            return {"day": value.isoformat()}
        case _:
            return value if isinstance(value, int) else str(value)


def _read_sentence(parts: Any) -> Sentence:  # noqa: ANN401 - JSON
    message, values, *one = parts
    return Sentence(message, {name: _read(each) for name, each in values.items()}, *one)


def _read(value: Any) -> Value:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return _read_sentence(value)
    if not isinstance(value, dict):
        return value if isinstance(value, int) else str(value)
    if "list" in value:
        return Listed(tuple(map(_read, value["list"])), value["between"])
    if "day" in value:
        return dt.date.fromisoformat(value["day"])
    (kind, code), *english = value.items()
    return Named(kind, code, english[0][1] if english else code)
