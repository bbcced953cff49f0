"""Which areas, sources, populations … does a reference file hold?

Reference files are strict where report files are patient: one wrong value refuses the whole file, because
every later row would rest on it. The columns are those of ``schema.tables.REFERENCE_SCHEMAS``.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from service.errors import PersonalDataRefused, QueryError, UnknownName, UnreadableDocument
from service.ingest.cell_text import as_text, closest_match
from service.ingest.cells import HIDDEN, excerpt
from service.ingest.personal_data import kinds_in_address
from service.ingest.privacy import find_personal_data, phrase
from service.ingest.readers.delimited import read_delimited
from service.ingest.web_address import lacks_host, unsafe_scheme
from service.reference.containment import Containment
from service.schema.records import Reference, place_set
from service.schema.tables import AREA_SEPARATOR, REFERENCE_KEYS, REFERENCE_SCHEMAS
from service.sentence import Listed, as_sentence, both_and, join_sentences, listed, message, sentence
from service.vocabulary import CrisisKind, Kind, Level, Standard, Term

Value = str | int | float | dt.date | None

REQUIRED_COLUMNS: dict[str, tuple[str, ...]] = {
    "area": ("area_code", "name", "level"),
    "source": ("source_id", "name", "kind"),
    "population": ("population", "label"),
    "crisis": ("crisis_id", "name"),
    "context": ("crisis_id", "on", "label"),
    "weight": ("dimension", "term", "weight"),
}
"""By table, the columns that must be there and filled; the others may be blank."""

_TERMS: dict[tuple[str, str], type[Term]] = {
    ("area", "level"): Level,
    ("source", "kind"): Kind,
    ("source", "usual_standard"): Standard,
    ("crisis", "kind"): CrisisKind,
}
_WEIGHT_TERMS: dict[str, type[Term]] = {"kind": Kind, "standard": Standard}
_SET_COLUMNS = {"members", "featured_areas"}
_LIST_COLUMNS = {"aliases", "counts_as"}
_ID_COLUMNS = {"area_code", "source_id", "population", "crisis_id"}
_NOT_FREE = {*_ID_COLUMNS, *_SET_COLUMNS, "parent_code", "whole_area", "counts_as", "dimension", "term"}
_MOST_DEGREES = {"lat": 90.0, "lon": 180.0}


def read_reference(table: str, data: bytes, document: str) -> pa.Table:
    """Return the rows of a reference file in the schema of ``table``, a name in ``REFERENCE_SCHEMAS``.

    Raises UnknownName for an unknown table, and UnreadableDocument, which names row, column and value, for
    anything wrong in the file.
    """
    _check_table(table)
    rows: list[Mapping[str, str]] = []
    for chunk in read_delimited(io.BytesIO(data), document, delimiter=",", encoding="utf-8"):
        _check_columns(table, tuple(chunk.table.column_names), document)
        for number, _, finding in chunk.rejected:
            raise UnreadableDocument(
                sentence(
                    "%(document)s, row %(number)s: %(message)s",
                    document=document,
                    number=number,
                    message=as_sentence(finding.message),
                ),
                fix=finding.fix,
            )
        rows += chunk.table.to_pylist()
    return reference_table(table, rows, document)


def read_reference_rows(table: str, rows: Sequence[Mapping[str, object]], document: str) -> pa.Table:
    """Return reference rows with named values in the schema of ``table``. Raises as ``read_reference``."""
    _check_table(table)
    texts = [{str(name): as_text(value) for name, value in row.items()} for row in rows]
    _check_columns(table, tuple(dict.fromkeys(name for row in texts for name in row)), document)
    return reference_table(table, texts, document)


def reference_table(table: str, rows: Iterable[Mapping[str, str]], document: str) -> pa.Table:
    """Return rows of text in the schema of ``table``. Raises UnreadableDocument like ``read_reference``."""
    schema = REFERENCE_SCHEMAS[table]
    records: list[dict[str, Any]] = []
    row_by_key: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows, 1):
        values = _read_row(table, row, number, document)
        key = tuple(values[name] for name in REFERENCE_KEYS[table])
        if earlier := row_by_key.get(key):
            raise UnreadableDocument(
                sentence(
                    "%(document)s, row %(number)s: %(key)s stands in row %(earlier)s already.",
                    document=document,
                    number=number,
                    key=" ".join(map(str, key)),
                    earlier=earlier,
                ),
                fix="Keep one of the two.",
            )
        row_by_key[key] = number
        records.append(values)
    return pa.Table.from_pylist(records, schema=schema)


def _read_row(table: str, row: Mapping[str, str], number: int, document: str) -> dict[str, Any]:
    """Return the values of a row of text. Raises UnreadableDocument, PersonalDataRefused."""
    values: dict[str, Any] = {}
    for field in REFERENCE_SCHEMAS[table]:
        text = row.get(field.name, "").strip()
        try:
            if not text and field.name in REQUIRED_COLUMNS[table]:
                raise ValueError(message("may not be blank"))
            _check_content(table, field, text)
            values[field.name] = _value(field, text, _closed_words(table, field.name, row))
            if field.name == "ended_on":
                _check_end(values)
        except _ShownNowhere as error:
            raise PersonalDataRefused(
                sentence(
                    "%(document)s, row %(number)s: the %(name)s %(error)s.",
                    document=document, number=number, name=field.name, error=as_sentence(str(error)),
                ),
                fix="Say it without, and hand the file in again; nothing of it was taken in.",
            ) from None  # fmt: skip
        except ValueError as error:
            raise UnreadableDocument(
                sentence(
                    "%(document)s, row %(number)s, column %(name)s: “%(text)s” %(error)s.",
                    document=document, number=number, name=field.name, text=excerpt(text),
                    error=as_sentence(str(error)),
                ),
                fix="Correct it and hand the file in again; nothing of it was taken in.",
            ) from error  # fmt: skip
    return values


def check_rings(table: str, rows: pa.Table, reference: Reference) -> None:
    """Raise QueryError where one of the new ``rows`` would lie in itself, by way of what it lies in.

    ``reference`` is what is known once they are registered.
    """
    columns = {"area": "parent_code (or members)", "population": "parent"}
    if table not in columns:
        return
    names = rows[REFERENCE_KEYS[table][0]].to_pylist()
    containment = Containment(reference.area, reference.population)
    ring = containment.find_ring(*((names,) if table == "area" else ((), names)))
    if not ring:
        return
    first, *others = ring
    raise QueryError(
        sentence(
            "%(first)s would lie in %(others)s: nothing can lie in itself.",
            first=first,
            others=Listed(tuple(others), message(", which lies in ")),
        ),
        fix=sentence(
            "Correct %(columns)s of %(first)s and hand it in again; nothing of it was taken in.",
            columns=columns[table],
            first=first,
        ),
    )


def _check_table(table: str) -> None:
    if table not in REFERENCE_SCHEMAS:
        tables = ", ".join(REFERENCE_SCHEMAS)
        raise UnknownName(
            sentence("No reference table is called “%(table)s”.", table=table),
            fix=sentence("Write one of %(tables)s.", tables=tables),
        )


def _check_columns(table: str, columns: tuple[str, ...], document: str) -> None:
    """Raise UnreadableDocument for an unknown column, or where a required one is missing."""
    expected = REFERENCE_SCHEMAS[table].names
    unknown = [name for name in columns if name not in expected]
    missing = [name for name in REQUIRED_COLUMNS[table] if name not in columns]
    if not unknown and not missing:
        return
    hints = [
        sentence("%(match)s for “%(name)s”", match=match, name=name)
        for name in unknown
        if (match := closest_match(name, expected))
    ]
    faults = [sentence("no column %(names)s", names=listed(missing))] if missing else []
    faults += [sentence("an unknown column %(names)s", names=listed(unknown))] if unknown else []
    raise UnreadableDocument(
        sentence("%(document)s has %(faults)s.", document=document, faults=both_and(faults)),
        fix=join_sentences(
            sentence("Did you mean %(names)s?", names=listed(hints)) if hints else "",
            sentence("The columns are %(names)s.", names=listed(expected)),
        ),
        suggestions=tuple(expected),
    )


class _ShownNowhere(ValueError):
    """A value that is wrong and may not be repeated."""


def _check_content(table: str, field: pa.Field, text: str) -> None:
    """Raise ValueError for personal data and for an address that is none of a web page.

    Places are often named after people: of them only numbers are looked at.
    """
    if field.name == "url" and (scheme := unsafe_scheme(text)):
        raise ValueError(f"begins with {scheme}: and is not the address of a web page")
    if field.name == "url" and lacks_host(text):
        raise ValueError(message("names no host, and is not the address of a web page"))
    if not text or not pa.types.is_string(field.type) or field.name in _NOT_FREE:
        return
    kinds = kinds_in_address(text) if field.name == "url" else find_personal_data(text, names=table != "area")
    if kinds:
        raise _ShownNowhere(f"seems to hold {phrase(kinds)}")


def _check_end(crisis: Mapping[str, Any]) -> None:
    """Raise ValueError where a crisis ends before it begins."""
    begin, end = crisis["period_start"], crisis["ended_on"]
    if begin and end and end < begin:
        raise ValueError(message("lies before period_start"))


def _closed_words(table: str, column: str, row: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words that a cell may hold, or nothing where any text is allowed."""
    if table == "weight" and column == "dimension":
        return tuple(_WEIGHT_TERMS)
    if table == "weight" and column == "term":
        return tuple(_WEIGHT_TERMS.get(row["dimension"].strip(), ()))
    return tuple(_TERMS.get((table, column), ()))


def _value(field: pa.Field, text: str, words: tuple[str, ...]) -> Value:
    """Return the value of one cell. Raises ValueError, which says what is wrong with it."""
    name = field.name
    if HIDDEN.search(text):
        raise ValueError(message("holds characters that cannot be seen"))
    if words and text and text not in words:
        match = closest_match(text, words)
        raise ValueError(f"is not one of {', '.join(words)}" + (f"; did you mean {match}" if match else ""))
    if name in _ID_COLUMNS and re.search(r"[\s|]", text):
        raise ValueError(message("is an identifier and may hold no space and no |"))
    if name in _SET_COLUMNS and text:
        return place_set(_split(text))
    if name in _LIST_COLUMNS:
        return AREA_SEPARATOR.join(_split(text))
    return _READERS[field.type](name, text)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(AREA_SEPARATOR) if part.strip()]


def _text(_name: str, text: str) -> str:
    return text


def _day(_name: str, text: str) -> dt.date | None:
    if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(message("is not a day written YYYY-MM-DD"))
    return dt.date.fromisoformat(text) if text else None


def _degrees(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= _MOST_DEGREES[name]:
        raise ValueError(
            f"is not a number of degrees from -{_MOST_DEGREES[name]:g} to {_MOST_DEGREES[name]:g}"
        )
    return value


def _whole(_name: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise ValueError(message("is not a whole number"))
    return int(text)


_READERS: dict[pa.DataType, Callable[[str, str], Value]] = {
    pa.string(): _text,
    pa.date32(): _day,
    pa.float64(): _degrees,
    pa.int64(): _whole,
}
