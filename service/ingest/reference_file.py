"""Which areas, sources, populations … does a reference file name?

Reference files are strict where report files are patient: one wrong value and nothing of the file is taken
in, because every later row would stand on it. Their columns are those of ``schema.tables.REFERENCE_SCHEMAS``.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa

from service.errors import UnknownName, UnreadableDocument
from service.ingest.cell_text import closest_match
from service.ingest.cells import HIDDEN, excerpt
from service.ingest.readers.delimited import read_delimited
from service.schema.records import place_set
from service.schema.tables import AREA_SEPARATOR, REFERENCE_KEYS, REFERENCE_SCHEMAS
from service.vocabulary import Kind, Level, Standard, Term

Value = str | int | float | dt.date | None

NEEDED: dict[str, tuple[str, ...]] = {
    "area": ("area_code", "name", "level"),
    "source": ("source_id", "name", "kind"),
    "population": ("population", "label"),
    "crisis": ("crisis_id", "name"),
    "context": ("crisis_id", "on", "label"),
    "weight": ("dimension", "term", "weight"),
}
"""The columns that must be there and filled; the others may be blank."""

_TERMS: dict[tuple[str, str], type[Term]] = {
    ("area", "level"): Level,
    ("source", "kind"): Kind,
    ("source", "usual_standard"): Standard,
}
_WEIGHED: dict[str, type[Term]] = {"kind": Kind, "standard": Standard}
_SETS = {"members", "featured_areas"}
_LISTS = {"aliases", "counts_as"}
_IDENTIFIERS = {"area_code", "source_id", "population", "crisis_id"}
_WITHIN = {"lat": 90.0, "lon": 180.0}


def read_reference(table: str, data: bytes, document: str) -> pa.Table:
    """The rows of a reference file in the schema of ``table``, a name in ``REFERENCE_SCHEMAS``.

    Raises UnknownName for another table, UnreadableDocument naming row, column and value for anything wrong.
    """
    if table not in REFERENCE_SCHEMAS:
        known = tuple(REFERENCE_SCHEMAS)
        raise UnknownName(f"No reference table is called “{table}”.", fix=f"Write one of {', '.join(known)}.")
    rows: list[Mapping[str, str]] = []
    for chunk in read_delimited(io.BytesIO(data), document, delimiter=",", encoding="utf-8"):
        _check_columns(table, tuple(chunk.table.column_names), document)
        for number, _, finding in chunk.rejected:
            raise UnreadableDocument(f"{document}, row {number}: {finding.message}", fix=finding.fix)
        rows += chunk.table.to_pylist()
    return reference_table(table, rows, document)


def reference_table(table: str, rows: Iterable[Mapping[str, str]], document: str) -> pa.Table:
    """Rows of text in the schema of ``table``. Raises UnreadableDocument as ``read_reference`` does."""
    schema = REFERENCE_SCHEMAS[table]
    made: list[dict[str, Any]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows, 1):
        values = {}
        for field in schema:
            text = row.get(field.name, "").strip()
            try:
                if not text and field.name in NEEDED[table]:
                    raise ValueError("may not be blank")
                values[field.name] = _value(field, text, _allowed(table, field.name, row))
            except ValueError as error:
                raise UnreadableDocument(
                    f"{document}, row {number}, column {field.name}: “{excerpt(text)}” {error}.",
                    fix="Correct it and hand the file in again; nothing of it was taken in.",
                ) from error
        key = tuple(values[name] for name in REFERENCE_KEYS[table])
        if key in seen:
            raise UnreadableDocument(
                f"{document}, row {number}: {' '.join(map(str, key))} stands in row {seen[key]} already.",
                fix="Keep one of the two.",
            )
        seen[key] = number
        made.append(values)
    return pa.Table.from_pylist(made, schema=schema)


def _check_columns(table: str, columns: tuple[str, ...], document: str) -> None:
    known = REFERENCE_SCHEMAS[table].names
    unknown = [name for name in columns if name not in known]
    missing = [name for name in NEEDED[table] if name not in columns]
    if not unknown and not missing:
        return
    near = [f"{like} for “{name}”" for name in unknown if (like := closest_match(name, known))]
    faults = [f"no column {', '.join(missing)}"] if missing else []
    faults += [f"an unknown column {', '.join(unknown)}"] if unknown else []
    raise UnreadableDocument(
        f"{document} has {' and '.join(faults)}.",
        fix=(f"Did you mean {', '.join(near)}? " if near else "") + f"The columns are {', '.join(known)}.",
        suggestions=tuple(known),
    )


def _allowed(table: str, column: str, row: Mapping[str, str]) -> tuple[str, ...]:
    """The closed list of words that a cell takes from, empty where it is open."""
    if table == "weight" and column == "dimension":
        return tuple(_WEIGHED)
    if table == "weight" and column == "term":
        return tuple(_WEIGHED.get(row["dimension"].strip(), ()))
    return tuple(_TERMS.get((table, column), ()))


def _value(field: pa.Field, text: str, allowed: tuple[str, ...]) -> Value:
    """The value of one cell; ValueError says what is wrong with it."""
    name = field.name
    if HIDDEN.search(text):
        raise ValueError("holds characters that cannot be seen")
    if allowed and text and text not in allowed:
        near = closest_match(text, allowed)
        raise ValueError(f"is not one of {', '.join(allowed)}" + (f"; did you mean {near}" if near else ""))
    if name in _IDENTIFIERS and re.search(r"[\s|]", text):
        raise ValueError("is an identifier and may hold no space and no |")
    if name in _SETS and text:
        return place_set(_parts(text))
    if name in _LISTS:
        return AREA_SEPARATOR.join(_parts(text))
    return _READERS[field.type](name, text)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(AREA_SEPARATOR) if part.strip()]


def _text(_name: str, text: str) -> str:
    return text


def _day(_name: str, text: str) -> dt.date | None:
    if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("is not a day written YYYY-MM-DD")
    return dt.date.fromisoformat(text) if text else None


def _degrees(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= _WITHIN[name]:
        raise ValueError(f"is not a number of degrees from -{_WITHIN[name]:g} to {_WITHIN[name]:g}")
    return value


def _whole(_name: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise ValueError("is not a whole number")
    return int(text)


_READERS: dict[pa.DataType, Callable[[str, str], Value]] = {
    pa.string(): _text,
    pa.date32(): _day,
    pa.float64(): _degrees,
    pa.int64(): _whole,
}
