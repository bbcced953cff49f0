"""May a reference row that is to be registered bear its names?

Looked at are names that are new to their row: what is registered already stays, and is registered again as
it was exported. A name is one line of some length, and of a source, a crisis or a population it is nobody
else's, be it registered or in the same file: by a name that two have nobody could be meant, and the rows of
both would be held. Places may share one: a code, or what a place lies in, tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from service.errors import QueryError
from service.ingest.cells import LONGEST_NAME, excerpt
from service.ingest.report_columns import names_of
from service.reference.names import normalise
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR, REFERENCE_KEYS
from service.sentence import Value, sentence

_NAMES = {
    "area": ("area_code", "name", "name_ar", "aliases"),
    "source": ("source_id", "name", "name_ar", "aliases"),
    "population": ("population", "label", "label_ar"),
    "crisis": ("crisis_id", "name", "name_ar"),
    "context": ("label",),
}
"""By table, the columns that hold names, its id among them."""
_WITHOUT_NAMESAKES = frozenset({"source", "population", "crisis"})
_LINE_BREAK = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")


def check_names(table: str, rows: pa.Table, reference: Reference) -> None:
    """Raise QueryError for a name that is new to one of the ``rows`` and is too long, has several lines, or
    is another one's.

    ``reference`` is what is known before they are registered.
    """
    if table not in _NAMES:
        return
    key = REFERENCE_KEYS[table]
    known = {tuple(row[name] for name in key): row for row in getattr(reference, table).to_pylist()}
    first_rows: dict[str, tuple[int, str]] = {}
    for number, row in enumerate(rows.to_pylist(), 1):
        before = known.get(tuple(row[name] for name in key), {})
        kept = {text for _, text in _names(table, before)}
        keys = set(map(normalise, kept))
        for column, text in _names(table, row):
            if text not in kept:
                _check_form(table, number, column, text)
            if normalise(text) not in keys and table in _WITHOUT_NAMESAKES:
                _check_owner(table, row[key[0]], text, reference)
                _check_namesake(table, first_rows, number, row[key[0]], text)


def _names(table: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the columns of a row that hold a name, and each name."""
    for column in _NAMES[table] if row else ():
        yield from ((column, text) for text in row[column].split(AREA_SEPARATOR) if text)


def _check_form(table: str, number: int, column: str, text: str) -> None:
    if len(text) <= LONGEST_NAME and not _LINE_BREAK.search(text):
        return
    shown = excerpt(_LINE_BREAK.sub("⏎", text))
    about: dict[str, Value] = {"table": table, "number": number, "column": column, "text": shown}
    if len(text) > LONGEST_NAME:
        said = sentence(
            "%(table)s, row %(number)s, column %(column)s: “%(text)s” has %(length)s characters, too many "
            "for a name.",
            **about, length=len(text),
        )  # fmt: skip
    else:
        said = sentence("%(table)s, row %(number)s, column %(column)s: “%(text)s” is not one line.", **about)
    raise QueryError(
        said,
        fix=sentence(
            "Write a name of one line and at most %(most)s characters; nothing was recorded.",
            most=LONGEST_NAME,
        ),
    )


def _check_namesake(
    table: str, first_rows: dict[str, tuple[int, str]], number: int, identifier: str, text: str
) -> None:
    """Note that a row gives a name to ``identifier``. Raises QueryError where an earlier row of the file gave
    it to another one."""
    earlier, other = first_rows.setdefault(normalise(text), (number, identifier))
    if other != identifier:
        raise QueryError(
            sentence(
                "%(table)s, rows %(earlier)s and %(number)s: “%(text)s” is a name of both %(other)s and "
                "%(one)s: rows by it would be held.",
                table=table, earlier=earlier, number=number, text=excerpt(text), other=other, one=identifier,
            ),
            fix="Give one of them another name or, if they are one, leave one out; nothing was recorded.",
        )  # fmt: skip


def _check_owner(table: str, identifier: str, text: str, reference: Reference) -> None:
    names = names_of(table, reference)
    others = sorted(names.candidates(text) - {identifier})
    if others:
        raise QueryError(
            sentence(
                "“%(text)s”, a name of %(one)s, is that of %(other)s already: rows by it would be held.",
                text=excerpt(text), one=identifier, other=others[0],
            ),
            fix=sentence(
                "Give %(one)s another name or, if it is %(other)s, leave it out; nothing was recorded.",
                one=identifier, other=others[0],
            ),
        )  # fmt: skip
