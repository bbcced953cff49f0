"""What text does a field of a mapping give for each row?

A ``Template`` is text with columns in braces: ``{killed_cum}``, or ``{adm_2|adm_1|country}`` for the first
that is not blank. A field whose columns are all blank is blank. A ``Choice`` has one template for each value
of a column. Neither knows which field it fills.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.cell_text import column_name
from service.ingest.readers import tag_matches
from service.sentence import listed, sentence

DAY, CELL, SHEET = "@day", "@cell", "@sheet"
OWN_COLUMNS = (DAY, CELL, SHEET)
"""What a mapping can read beside the columns of a document: the day that a column of days is named by, what
its cell holds, and the name of the sheet."""
_BRACES = re.compile(r"\{([^{}]+)\}")
_ZERO_DECIMALS = re.compile(r"-?\d+\.0{1,2}")
"""How programs write a whole number in a column that has blanks: the code 4 as 4.0."""


class TemplateColumns:
    """The columns of a chunk by the names that a mapping uses. ``words`` translates values, by column;
    ``blanks`` are the texts that stand for nothing."""

    def __init__(
        self,
        table: pa.Table,
        rows: int,
        words: Mapping[str, Mapping[str, str]],
        blanks: Collection[str] = (),
    ) -> None:
        self.rows = rows
        self._table = table
        self._words = words
        self._blanks = blanks
        self._translations: dict[str, pa.DictionaryArray] = {}

    def __getitem__(self, name: str) -> pa.DictionaryArray:
        """The column of a name or tag pattern in the mapping's words; blank where the document has none."""
        if name not in self._translations:
            self._translations[name] = self._translate(name)
        return self._translations[name]

    def original(self, name: str) -> pa.DictionaryArray:
        """The same column in the document's own words, without what only stands for a blank."""
        column = next(iter(matching_columns(self._table.column_names, name)), None)
        if column is None:
            return constant_column("", self.rows)
        texts = self._table.column(column).combine_chunks()
        return replace_texts(texts, self._plain)

    def _plain(self, text: str) -> str:
        stripped = text.strip()
        if stripped in self._blanks:
            return ""
        if stripped.endswith("0") and _ZERO_DECIMALS.fullmatch(stripped):
            return stripped.partition(".")[0]
        return text

    def _translate(self, name: str) -> pa.DictionaryArray:
        column = self.original(name)
        words = self._words.get(name)
        if not words:
            return column
        return replace_texts(column, lambda text: words.get(text.strip(), text))


def replace_texts(column: pa.DictionaryArray, replace: Callable[[str], str]) -> pa.DictionaryArray:
    """Return a column with each of its texts replaced; the same column where none changes."""
    texts = column.dictionary.to_pylist()
    replaced = [replace(text) for text in texts]
    if replaced == texts:
        return column
    return pa.DictionaryArray.from_arrays(column.indices, pa.array(replaced, pa.string()))


def concatenate(columns: list[pa.DictionaryArray]) -> pa.DictionaryArray:
    """Return the columns one below the other."""
    column = pa.chunked_array(columns).unify_dictionaries().combine_chunks()
    return column if isinstance(column, pa.DictionaryArray) else column.chunk(0)


def matching_columns(columns: list[str], name: str) -> list[str]:
    """Return the columns that a name or a tag pattern stands for, in their order.

    A column with exactly the pattern's attributes comes alone, where there is one.
    """
    if name in OWN_COLUMNS:
        return [name] if name in columns else []
    if not name.startswith("#"):
        return [column_name(name)] if column_name(name) in columns else []
    tagged = [column for column in columns if tag_matches(name, column)]
    return [column for column in tagged if column == column_name(name)] or tagged


def find_column(columns: list[str], name: str) -> str | None:
    """Return the column that a name or tag pattern stands for, or None. Raises UnreadableDocument where
    several columns match."""
    matches = matching_columns(columns, name)
    if len(matches) > 1:
        raise UnreadableDocument(
            sentence(
                "The tag %(name)s stands for %(number)s columns: %(matches)s.",
                name=name,
                number=len(matches),
                matches=listed(matches),
            ),
            fix="Write a mapping that says which one is meant, with more attributes or with -attributes.",
        )
    return next(iter(matches), None)


def constant_column(text: str, rows: int) -> pa.DictionaryArray:
    """Return a column of ``rows`` rows that all hold the same text."""
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([text]))


class Template(NamedTuple):
    """Texts and, between them, groups of columns; a group gives its first column that is not blank."""

    texts: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Return the template that ``text`` declares, such as ``"{adm_2|adm_1}, Syria"``."""
        pieces = _BRACES.split(text)
        groups = (tuple(name.strip() for name in piece.split("|")) for piece in pieces[1::2])
        return cls(tuple(pieces[::2]), tuple(groups))

    def names(self) -> Iterator[str]:
        """Yield the columns that the template reads."""
        for group in self.columns:
            yield from group

    def fill(self, columns: TemplateColumns) -> pa.DictionaryArray:
        """Return the text of each row."""
        if not self.columns:
            return constant_column(self.texts[0], columns.rows)
        if self.texts == ("", "") and len(self.columns[0]) == 1:
            return columns[self.columns[0][0]]
        values = [_first_filled(group, columns) for group in self.columns]
        parts: list[pa.Array | str] = [self.texts[0]]
        is_blank = pc.equal(values[0], "")
        for column, text in zip(values, self.texts[1:], strict=True):
            parts += [column, text]
            is_blank = pc.and_(is_blank, pc.equal(column, ""))
        texts = pc.binary_join_element_wise(*parts, "")
        return pc.if_else(is_blank, "", texts).dictionary_encode()


def _first_filled(group: tuple[str, ...], columns: TemplateColumns) -> pa.Array:
    """Return, row by row, the first of the columns that is not blank."""
    texts = columns[group[0]].cast(pa.string())
    for name in group[1:]:
        is_blank = pc.equal(pc.utf8_trim_whitespace(texts), "")
        texts = pc.if_else(is_blank, columns[name].cast(pa.string()), texts)
    return texts


class Choice(NamedTuple):
    """One template for each value of the column ``by``; any other value gives a blank."""

    by: str
    cases: Mapping[str, Template]

    def names(self) -> Iterator[str]:
        """Yield the columns that the choice reads."""
        yield self.by
        for template in self.cases.values():
            yield from template.names()

    def fill(self, columns: TemplateColumns) -> pa.DictionaryArray:
        """Return the text of each row."""
        values = columns.original(self.by).cast(pa.string())
        texts = pa.repeat(pa.scalar(""), columns.rows)
        for value, template in self.cases.items():
            texts = pc.if_else(pc.equal(values, value), template.fill(columns).cast(pa.string()), texts)
        return texts.dictionary_encode()
