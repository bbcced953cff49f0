"""How does a document of another layout become reports?

A mapping is a TOML file that says which columns fill which fields, how dates are written, what is constant,
and which figures each row holds: a row with killed, injured and children columns becomes one report for each.
It names the columns it leaves out, and may bring the reference rows that its figures need. Nothing of a
document is read that its mapping does not name, and what is not read is said.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.errors import UnknownName, UnreadableDocument
from service.ingest.layout import FIGURE_COLUMNS, REPORT_FILE
from service.ingest.mapping.template import Choice, Template
from service.ingest.readers.text import decode
from service.ingest.reference_file import reference_table
from service.ingest.texts import as_text, likest
from service.ingest.wording.written_dates import Form, pattern_expression
from service.schema.records import Reference
from service.schema.tables import REFERENCE_SCHEMAS

Field = Template | Choice
_KEYS = (
    "extends",
    "title",
    "about",
    "format",
    "locale",
    "dates",
    "fields",
    "words",
    "figure",
    "ignore",
    "register",
)


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure of a row: what fills its fields beside those of the mapping, and of which rows it is read
    (``when``: column -> the values it must have)."""

    fields: Mapping[str, Field]
    when: Mapping[str, tuple[str, ...]]

    @property
    def read(self) -> tuple[str, ...]:
        """The columns of its count or bounds."""
        return tuple(
            name for key in FIGURE_COLUMNS if key in self.fields for name in self.fields[key].names()
        )

    @property
    def name(self) -> str:
        """The first of them, by which it is known."""
        return self.read[0]


@dataclasses.dataclass(frozen=True)
class ReportMapping:
    """A mapping as declared. ``words`` translates values of columns; ``ignore`` says why a column is left
    out (names may end in ``*``); ``register`` holds reference rows by table."""

    name: str
    title: str
    format: str | None
    form: Form
    fields: Mapping[str, Field]
    words: Mapping[str, Mapping[str, str]]
    figures: tuple[Figure, ...]
    ignore: Mapping[str, str]
    register: Mapping[str, pa.Table]

    def names(self) -> Iterator[str]:
        """The columns it reads, by the names it uses."""
        for fields in (self.fields, *(figure.fields for figure in self.figures)):
            for field in fields.values():
                yield from field.names()
        for figure in self.figures:
            yield from figure.when

    def labelled(self) -> dict[str, Figure]:
        """The figures by name; of those that read the same column, the later ones with their number."""
        labels: dict[str, Figure] = {}
        for figure in self.figures:
            times = sum(each.name == figure.name for each in labels.values())
            labels[f"{figure.name} ({times + 1})" if times else figure.name] = figure
        return labels

    def extend(self, reference: Reference) -> tuple[Reference, dict[str, pa.Table]]:
        """The reference data with the rows that the mapping brings and it lacks, and those rows."""
        from service.schema.tables import REFERENCE_KEYS

        tables: dict[str, pa.Table] = {}
        new: dict[str, pa.Table] = {}
        for table, rows in self.register.items():
            key = REFERENCE_KEYS[table]
            current = getattr(reference, table)
            known = {tuple(row.values()) for row in current.select(list(key)).to_pylist()}
            lacking = [row for row in rows.to_pylist() if tuple(row[name] for name in key) not in known]
            if lacking:
                new[table] = pa.Table.from_pylist(lacking, schema=REFERENCE_SCHEMAS[table])
                tables[table] = pa.concat_tables([current.cast(new[table].schema), new[table]])
        return dataclasses.replace(reference, **tables), new


@cache
def _shipped(name: str, folder: Path) -> ReportMapping:
    return parse_mapping(_shipped_text(name, folder), name)


def _shipped_text(name: str, folder: Path | None = None) -> bytes:
    """The text of a shipped mapping. Raises UnknownName."""
    from service.settings import shipped_seeds

    place = (folder or shipped_seeds()) / "mappings"
    names = sorted(path.stem for path in place.glob("*.toml"))
    if name not in names:
        near = likest(name, names)
        raise UnknownName(
            f"No mapping is called “{name[:100]}”.",
            fix=(f"Did you mean {near}? " if near else "")
            + f"Name one of {', '.join(names)}, or a TOML file.",
            suggestions=tuple(names),
        )
    return (place / f"{name}.toml").read_bytes()


def load_mapping(named: str | Path) -> ReportMapping:
    """The mapping of a TOML file, or the shipped one of that name. Raises UnknownName, UnreadableDocument."""
    from service.settings import shipped_seeds

    if isinstance(named, Path) or named.endswith(".toml"):
        path = Path(named)
        if not path.is_file():
            raise UnknownName(
                f"There is no mapping file {path}.", fix="Name a TOML file, or a shipped mapping."
            )
        return parse_mapping(path.read_bytes(), path.stem)
    return _shipped(named, shipped_seeds())


def parse_mapping(data: bytes, name: str) -> ReportMapping:
    """The mapping that TOML text declares. Raises UnreadableDocument naming the key that is wrong."""
    try:
        content = tomllib.loads(decode(data, name))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _wrong(name, f"is not TOML: {error}") from error
    _check_keys(name, "key", content, _KEYS)
    if "extends" in content:
        content = _extended(name, content)
    try:
        fields = _fields(name, content.get("fields", {}))
        figures = tuple(
            _figure(name, number, each) for number, each in enumerate(content.get("figure", []), 1)
        )
        if not figures:
            raise _wrong(name, "has no [[figure]]")
        return ReportMapping(
            name=name,
            title=str(content.get("title", name)),
            format=content.get("format"),
            form=_form(name, content),
            fields=fields,
            words={column: dict(values) for column, values in content.get("words", {}).items()},
            figures=figures,
            ignore=dict(content.get("ignore", {})),
            register={
                table: reference_table(table, [_texts(row) for row in rows], name)
                for table, rows in content.get("register", {}).items()
            },
        )
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise _wrong(name, f"is not built as a mapping is: {error}") from error


def _extended(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping laid over the shipped one that it extends: its fields, words and reasons are added, anything
    else takes the other's place. Raises UnknownName."""
    under = tomllib.loads(decode(_shipped_text(str(content["extends"])), name))
    over = {key: value for key, value in content.items() if key != "extends"}
    words = {
        column: {**under.get("words", {}).get(column, {}), **values}
        for column, values in over.pop("words", {}).items()
    }
    added = {"fields": over.pop("fields", {}), "ignore": over.pop("ignore", {}), "words": words}
    return {**under, **over, **{key: {**under.get(key, {}), **values} for key, values in added.items()}}


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: as_text(value) for key, value in row.items()}


def _form(name: str, content: Mapping[str, Any]) -> Form:
    """How dates are written. Raises UnreadableDocument for a pattern or a locale that is none."""
    from babel import Locale, UnknownLocaleError

    form = Form(tuple(content.get("dates", ())), str(content.get("locale", "")))
    try:
        for pattern in form.patterns:
            pattern_expression(pattern)
        if form.locale:
            Locale.parse(form.locale)
    except (ValueError, re.error, UnknownLocaleError) as error:
        raise _wrong(name, f"declares dates that cannot be read: {error}") from error
    return form


def _fields(name: str, fields: Mapping[str, Any]) -> dict[str, Field]:
    _check_keys(name, "field", fields, REPORT_FILE)
    return {field: _field(value) for field, value in fields.items()}


def _field(value: Any) -> Field:  # noqa: ANN401 - whatever TOML holds
    if isinstance(value, dict):
        cases = {str(case): Template.parse(as_text(text)) for case, text in value.items() if case != "by"}
        return Choice(str(value["by"]), cases)
    return Template.parse(as_text(value))


def _figure(name: str, number: int, declared: Mapping[str, Any]) -> Figure:
    when = {
        column: tuple(map(as_text, values if isinstance(values, list) else [values]))
        for column, values in declared.get("when", {}).items()
    }
    fields = _fields(name, {key: value for key, value in declared.items() if key != "when"})
    figure = Figure(fields, when)
    if not figure.read:
        raise _wrong(name, f"has no column for count, low, best or high in figure {number}")
    return figure


def _check_keys(name: str, kind: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in given:
        if key not in known:
            near = likest(key, known)
            hint = f"did you mean {near}" if near else f"there are {', '.join(known)}"
            raise _wrong(name, f"has an unknown {kind} {key}; {hint}")


def _wrong(name: str, what: str) -> UnreadableDocument:
    return UnreadableDocument(
        f"The mapping {name} {what}.",
        fix="Mend it; the shipped ones in seeds/mappings show how one is built.",
    )
