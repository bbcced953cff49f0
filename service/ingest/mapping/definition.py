"""What does a mapping file declare about documents of another layout?

A mapping is a TOML file: which columns fill which fields, how dates are written, and which figures a row
states (a row with killed, injured and children columns becomes three reports). It may bring the reference
rows that its figures need. What a mapping does to a document is for ``mapped_layout`` to say.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import pyarrow as pa

from service.errors import UnknownName, UnreadableDocument
from service.ingest.cell_text import as_text, closest_match, column_name
from service.ingest.layout import FIGURE_COLUMNS, REPORT_FILE_COLUMNS
from service.ingest.mapping.day_columns import column_pattern
from service.ingest.mapping.shipped import shipped_names, shipped_text
from service.ingest.mapping.template import OWN_COLUMNS, Choice, Template
from service.ingest.name_checks import check_names
from service.ingest.readers.encoding import decode_utf8
from service.ingest.readers.hxl_tags import HEADINGS
from service.ingest.reference_file import check_rings, reference_table
from service.ingest.side_rows import TOTALS
from service.ingest.wording.written_dates import DateFormat, pattern_expression
from service.reference.names import normalise, slug
from service.schema.records import Reference
from service.schema.tables import REFERENCE_KEYS, REFERENCE_SCHEMAS
from service.sentence import did_you_mean, join_sentences, listed, sentence

Field = Template | Choice
DEEPEST_KEY = 40
"""More dots than any line of a mapping has before its value; reading thousands takes all memory."""
LONGEST_MAPPING = 1 << 18
"""Bytes of the longest mapping."""
LONGEST_NAME = 60
_LONGEST_PATTERN = 60
_KEYS = (
    "extends",
    "title",
    "about",
    "format",
    "locale",
    "dates",
    "sheets",
    "header",
    "day_columns",
    "blanks",
    "blank_means",
    "totals",
    "fold",
    "fields",
    "words",
    "figure",
    "ignore",
    "register",
)


CONDITIONS = ("when", "otherwise")
"""What a figure says of its rows; all else are fields."""


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure of a row: the fields it adds to those of the mapping, and the rows that state it (``when``
    gives, by column, the values it must have); ``otherwise`` says what the other rows are."""

    fields: Mapping[str, Field]
    when: Mapping[str, tuple[str, ...]]
    otherwise: str = ""

    @cached_property
    def count_columns(self) -> tuple[str, ...]:
        """The columns of its count or its bounds."""
        return tuple(
            name for key in FIGURE_COLUMNS if key in self.fields for name in self.fields[key].names()
        )

    @cached_property
    def name(self) -> str:
        """The first of its count columns, by which the figure is known; of a count without a column, that."""
        return next(iter(self.count_columns), "count")


@dataclasses.dataclass(frozen=True)
class ReportMapping:
    """A mapping as declared. ``words`` translates the values of columns; ``ignore`` gives, by column name
    (``*`` allowed), why it is left out; ``register`` holds reference rows by table.

    ``sheets`` are patterns of the sheets to read, ``header`` the row of the heading (0: look for it);
    ``day_columns`` is how columns are named that are days; ``blanks`` stand for nothing, ``totals`` name sums
    of other rows; ``is_folded``: rows of one report are added up.
    """

    name: str
    title: str
    format: str | None
    date_format: DateFormat
    fields: Mapping[str, Field]
    words: Mapping[str, Mapping[str, str]]
    figures: tuple[Figure, ...]
    ignore: Mapping[str, str]
    register: Mapping[str, pa.Table]
    sheets: tuple[str, ...] = ()
    header: int = 0
    day_columns: str = ""
    blanks: tuple[str, ...] = ()
    totals: frozenset[str] = TOTALS
    is_folded: bool = False
    is_blank_retracted: bool = False
    """Whether a blank figure takes back what its source said before of that place, people and day."""
    text: str = ""
    """Its TOML, "" for a shipped one."""

    @property
    def mapping_id(self) -> str:
        """What stands for this very mapping for ever: its name and the hash of its text."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:12]
        return f"{self.name}@{digest}" if self.text else self.name

    def names(self) -> Iterator[str]:
        """Yield the columns that the mapping reads, by the names it uses."""
        for fields in (self.fields, *(figure.fields for figure in self.figures)):
            for field in fields.values():
                yield from field.names()
        for figure in self.figures:
            yield from figure.when

    def columns_of(self, field: str) -> Iterator[str]:
        """Yield the columns that a field is filled from, by the names that the mapping uses."""
        for fields in (self.fields, *(figure.fields for figure in self.figures)):
            if field in fields:
                yield from fields[field].names()

    def document_names(self) -> tuple[str, ...]:
        """Return the names of the columns of a document that the mapping reads, as the readers give them."""
        return tuple(dict.fromkeys(column_name(name) for name in self.names() if name not in OWN_COLUMNS))

    def figure_names(self) -> tuple[str, ...]:
        """Return those of the columns that hold counts."""
        names = (name for figure in self.figures for name in figure.count_columns)
        return tuple(dict.fromkeys(column_name(name) for name in names if name not in OWN_COLUMNS))

    def figures_by_label(self) -> dict[str, Figure]:
        """Return the figures by name; a later figure of the same column has its number behind the name."""
        labels: dict[str, Figure] = {}
        times: Counter[str] = Counter()
        for figure in self.figures:
            times[figure.name] += 1
            number = times[figure.name]
            labels[f"{figure.name} ({number})" if number > 1 else figure.name] = figure
        return labels

    def extend_reference(self, reference: Reference) -> tuple[Reference, dict[str, pa.Table]]:
        """Return the reference data with the mapping's own rows added, and by table the rows that are new.

        Raises QueryError for places or populations that would lie in themselves, and for a new name that is
        none, or another's.
        """
        tables: dict[str, pa.Table] = {}
        new: dict[str, pa.Table] = {}
        for table, rows in self.register.items():
            key = REFERENCE_KEYS[table]
            current = getattr(reference, table)
            keys = {tuple(row.values()) for row in current.select(list(key)).to_pylist()}
            missing = [row for row in rows.to_pylist() if tuple(row[name] for name in key) not in keys]
            if missing:
                new[table] = pa.Table.from_pylist(missing, schema=REFERENCE_SCHEMAS[table])
                tables[table] = pa.concat_tables([current.cast(new[table].schema), new[table]])
        extended = dataclasses.replace(reference, **tables)
        for table, rows in new.items():
            check_names(table, rows, reference)
            check_rings(table, rows, extended)
        return extended, new


def read_mapping(data: bytes, name: str) -> ReportMapping:
    """Return a mapping that is not shipped: as ``parse_mapping`` does, with its text, under a plain name.

    Raises UnreadableDocument also for a text that is too long to be one.
    """
    if len(data) > LONGEST_MAPPING:
        raise _invalid(name[:100], f"is longer than {LONGEST_MAPPING:,} bytes")
    for number, line in enumerate(data.splitlines(), 1):
        if line.partition(b"=")[0].count(b".") > DEEPEST_KEY:
            raise _invalid(name[:100], f"has a key of more than {DEEPEST_KEY} parts in line {number}")
    plain_name = slug(name, "-")[:LONGEST_NAME] or "mapping"
    mapping = parse_mapping(data, plain_name)
    return dataclasses.replace(mapping, text=decode_utf8(data, plain_name))


def parse_mapping(data: bytes, name: str) -> ReportMapping:
    """Return the mapping that TOML text declares. Raises UnreadableDocument, which names the wrong key."""
    try:
        content = tomllib.loads(decode_utf8(data, name))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _invalid(name, f"is not TOML: {error}") from error
    _check_keys(name, "key", content, _KEYS)
    if "extends" in content:
        content = _extend_shipped(name, content)
    try:
        fields = _fields(name, content.get("fields", {}))
        figures = tuple(
            _figure(name, number, entry) for number, entry in enumerate(content.get("figure", []), 1)
        )
        if not figures:
            raise _invalid(name, "has no [[figure]]")
        return ReportMapping(
            name=name,
            title=str(content.get("title", name)),
            format=content.get("format"),
            date_format=_date_format(name, content),
            fields=fields,
            words={column: dict(values) for column, values in content.get("words", {}).items()},
            figures=figures,
            **_table_options(name, content),
            ignore=dict(content.get("ignore", {})),
            register={
                table: reference_table(table, [_texts(row) for row in rows], name)
                for table, rows in content.get("register", {}).items()
            },
        )
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise _invalid(name, f"is not built as a mapping is: {error}") from error


def _table_options(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the rows stand and what their cells are. Raises UnreadableDocument for a wrong value."""
    header, fold = content.get("header", 0), content.get("fold", "")
    day_columns = content.get("day_columns", "")
    if not isinstance(header, int) or not 0 <= header <= HEADINGS:
        raise _invalid(name, f"declares header = {header!r}, which is no row from 1 to {HEADINGS}")
    if fold not in ("", "sum"):
        raise _invalid(name, f'declares fold = {fold!r}; rows can be added up: fold = "sum"')
    blank_means = content.get("blank_means", "")
    if blank_means not in ("", "retracted"):
        raise _invalid(
            name, f'declares blank_means = {blank_means!r}; a blank may be "retracted", or nothing'
        )
    if blank_means and fold:
        raise _invalid(name, "declares fold and blank_means: a sum with a blank in it takes nothing back")
    if day_columns:
        try:
            check_pattern(column_pattern(day_columns))
        except (TypeError, ValueError, re.error) as error:
            raise _invalid(name, f"declares day_columns that cannot be read: {error}") from error
    return {
        "sheets": _list_of_texts(name, content, "sheets"),
        "header": header,
        "day_columns": day_columns,
        "blanks": _list_of_texts(name, content, "blanks"),
        "totals": TOTALS | {normalise(text) for text in _list_of_texts(name, content, "totals")},
        "is_folded": fold == "sum",
        "is_blank_retracted": blank_means == "retracted",
    }


def _list_of_texts(name: str, content: Mapping[str, Any], key: str) -> tuple[str, ...]:
    texts = content.get(key, [])
    if not isinstance(texts, list) or isinstance(texts, str):
        raise _invalid(name, f'declares {key} that is no list; write {key} = ["…", "…"]')
    return tuple(as_text(text).strip() for text in texts)


def _extend_shipped(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping merged with the shipped one that it extends. Raises UnknownName.

    Its fields, words and reasons to ignore are added to the shipped ones; any other key replaces them.
    """
    under = str(content["extends"])
    if under not in shipped_names():
        match = closest_match(under, shipped_names())
        raise UnknownName(
            sentence(
                "The mapping %(name)s extends “%(under)s”, which is not shipped.",
                name=name,
                under=under[:100],
            ),
            fix=join_sentences(
                did_you_mean((match,) if match else ()),
                sentence("There are %(names)s.", names=listed(shipped_names())),
            ),
            suggestions=tuple(shipped_names()),
        )
    shipped = tomllib.loads(decode_utf8(shipped_text(under), name))
    own = {key: value for key, value in content.items() if key != "extends"}
    words = {
        column: {**shipped.get("words", {}).get(column, {}), **values}
        for column, values in own.pop("words", {}).items()
    }
    additions = {"fields": own.pop("fields", {}), "ignore": own.pop("ignore", {}), "words": words}
    merged = {key: {**shipped.get(key, {}), **values} for key, values in additions.items()}
    return {**shipped, **own, **merged}


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: as_text(value) for key, value in row.items()}


def _date_format(name: str, content: Mapping[str, Any]) -> DateFormat:
    """Return how dates are written. Raises UnreadableDocument for an invalid pattern or locale."""
    from babel import Locale, UnknownLocaleError

    date_format = DateFormat(tuple(content.get("dates", ())), str(content.get("locale", "")))
    try:
        for pattern in date_format.patterns:
            check_pattern(pattern)
        if date_format.locale:
            Locale.parse(date_format.locale)
    except (ValueError, re.error, UnknownLocaleError) as error:
        raise _invalid(name, f"declares dates that cannot be read: {error}") from error
    return date_format


def check_pattern(pattern: str) -> None:
    """Raise ValueError for a pattern of dates that is none, or that is too long to be one."""
    if len(pattern) > _LONGEST_PATTERN:
        raise ValueError(f"a pattern has more than {_LONGEST_PATTERN} letters")
    pattern_expression(pattern)


def _fields(name: str, fields: Mapping[str, Any]) -> dict[str, Field]:
    _check_keys(name, "field", fields, REPORT_FILE_COLUMNS)
    made = {field: _field(value) for field, value in fields.items()}
    for column in (column for field in made.values() for column in field.names()):
        if column.startswith("@") and column not in OWN_COLUMNS:
            raise _invalid(name, f"reads {{{column}}}; beside columns there are {', '.join(OWN_COLUMNS)}")
    return made


def _field(value: Any) -> Field:  # noqa: ANN401 - whatever TOML holds
    if isinstance(value, dict):
        cases = {str(case): Template.parse(as_text(text)) for case, text in value.items() if case != "by"}
        return Choice(str(value["by"]), cases)
    return Template.parse(as_text(value))


def _figure(name: str, number: int, entry: Mapping[str, Any]) -> Figure:
    when = {
        column: tuple(map(as_text, values if isinstance(values, list) else [values]))
        for column, values in entry.get("when", {}).items()
    }
    fields = _fields(name, {key: value for key, value in entry.items() if key not in CONDITIONS})
    if not any(key in fields for key in FIGURE_COLUMNS):
        raise _invalid(name, f"has no column for count, low, best or high in figure {number}")
    return Figure(fields, when, as_text(entry.get("otherwise", "")))


def _check_keys(name: str, kind: str, table: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """Raise UnreadableDocument for a key of a TOML table that is not allowed."""
    for key in table:
        if key not in allowed:
            match = closest_match(key, allowed)
            hint = f"did you mean {match}" if match else f"there are {', '.join(allowed)}"
            raise _invalid(name, f"has an unknown {kind} {key}; {hint}")


def _invalid(name: str, fault: str) -> UnreadableDocument:
    return UnreadableDocument(
        sentence("The mapping %(name)s %(fault)s.", name=name, fault=fault),
        fix="Mend it; the shipped ones in seeds/mappings show how one is built.",
    )
