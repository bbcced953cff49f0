"""What text does a field of a mapping give for each row?

A template is text with columns in braces: ``{killed_cum}``, ``{adm_2|adm_1|country}`` for the first that is
not blank, anything around them as it stands. A field whose columns are all blank is blank itself. A choice is
one template for each value of a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.readers import matches
from service.ingest.texts import column_name

_BRACES = re.compile(r"\{([^{}]+)\}")


class Columns:
    """The columns of a chunk by the names that a mapping uses; ``words`` are its translations of values."""

    def __init__(self, table: pa.Table, rows: int, words: Mapping[str, Mapping[str, str]]) -> None:
        self._table = table
        self._rows = rows
        self._words = words
        self._made: dict[str, pa.DictionaryArray] = {}

    def __getitem__(self, name: str) -> pa.DictionaryArray:
        """The column of a name or a tag pattern, in the mapping's words; blank where there is none."""
        if name not in self._made:
            self._made[name] = self._translated(name)
        return self._made[name]

    def stated(self, name: str) -> pa.DictionaryArray:
        """The same in the document's own words."""
        found = next(iter(found_all(self._table.column_names, name)), None)
        return self._table.column(found).combine_chunks() if found else constant("", self._rows)

    def _translated(self, name: str) -> pa.DictionaryArray:
        column = self.stated(name)
        words = self._words.get(name)
        if not words:
            return column
        texts = [words.get(text.strip(), text) for text in column.dictionary.to_pylist()]
        return pa.DictionaryArray.from_arrays(column.indices, pa.array(texts, pa.string()))

    @property
    def rows(self) -> int:
        return self._rows


def found_all(columns: list[str], name: str) -> list[str]:
    """The columns that a name or a tag pattern stands for, in their order; of a tag the exact one, if any."""
    if not name.startswith("#"):
        return [column_name(name)] if column_name(name) in columns else []
    tagged = [column for column in columns if matches(name, column)]
    return [column for column in tagged if column == column_name(name)] or tagged


def found_in(columns: list[str], name: str) -> str | None:
    """The one column that a name or tag pattern stands for. Raises UnreadableDocument where it is several."""
    found = found_all(columns, name)
    if len(found) > 1:
        raise UnreadableDocument(
            f"The tag {name} stands for {len(found)} columns: {', '.join(found)}.",
            fix="Write a mapping that says which one is meant, with more attributes or with -attributes.",
        )
    return next(iter(found), None)


def constant(text: str, rows: int) -> pa.DictionaryArray:
    """The same text in every row."""
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([text]))


class Template(NamedTuple):
    """Texts and, between them, the columns to take the first that is not blank from."""

    texts: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        pieces = _BRACES.split(text)
        names = (tuple(name.strip() for name in piece.split("|")) for piece in pieces[1::2])
        return cls(tuple(pieces[::2]), tuple(names))

    def names(self) -> Iterator[str]:
        """The columns that it reads."""
        for group in self.columns:
            yield from group

    def of(self, columns: Columns) -> pa.DictionaryArray:
        """The text of each row."""
        if not self.columns:
            return constant(self.texts[0], columns.rows)
        if self.texts == ("", "") and len(self.columns[0]) == 1:
            return columns[self.columns[0][0]]
        filled = [_first(group, columns) for group in self.columns]
        parts: list[pa.Array | str] = [self.texts[0]]
        blank = pc.equal(filled[0], "")
        for column, text in zip(filled, self.texts[1:], strict=True):
            parts += [column, text]
            blank = pc.and_(blank, pc.equal(column, ""))
        made = pc.binary_join_element_wise(*parts, "")
        return pc.if_else(blank, "", made).dictionary_encode()


def _first(group: tuple[str, ...], columns: Columns) -> pa.Array:
    """The first of the columns that is not blank, row by row."""
    made = columns[group[0]].cast(pa.string())
    for name in group[1:]:
        made = pc.if_else(pc.equal(pc.utf8_trim_whitespace(made), ""), columns[name].cast(pa.string()), made)
    return made


class Choice(NamedTuple):
    """One template for each value of the column ``by``; blank for any other value."""

    by: str
    cases: Mapping[str, Template]

    def names(self) -> Iterator[str]:
        yield self.by
        for template in self.cases.values():
            yield from template.names()

    def of(self, columns: Columns) -> pa.DictionaryArray:
        stated = columns.stated(self.by).cast(pa.string())
        made = pa.repeat(pa.scalar(""), columns.rows)
        for value, template in self.cases.items():
            made = pc.if_else(pc.equal(stated, value), template.of(columns).cast(pa.string()), made)
        return made.dictionary_encode()
