"""Which rows of a report file does a mapped document hold?

Lays every row of the document out as one row for each figure that it states. A row of the document that
gives no figure is a row held aside, so that none goes without a word, but nobody's fault: blank days and rows
that repeat others are as usual in wide tables as the mapping's own conditions, and nothing is to be mended.
Only a document of nothing else is worth a second look. Rows are numbered as they come out; where each stands
in the document is said with whatever is said about it.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.layout import FIGURE_COLUMNS, REPORT_FILE, TAKEN_AS, Aside, Laid, raw_of
from service.ingest.mapping.definition import Figure, ReportMapping
from service.ingest.mapping.template import Columns, constant, found_all, found_in
from service.ingest.readers import Chunk, Spoiled
from service.ingest.texts import column_name, likest
from service.schema.records import Finding
from service.vocabulary import Severity


class Mapped:
    """The layout that a mapping declares."""

    def __init__(self, mapping: ReportMapping) -> None:
        self._mapping = mapping
        self._seen: set[str] = set()
        self._sheets: set[str] = set()
        self._total = 0
        self._stated = 0

    def lay(self, chunks: Iterator[Chunk], document: str) -> Iterator[Laid]:
        for chunk in chunks:
            self._check(chunk, document)
            noticed = (*chunk.notices, *self._unread(chunk.table.column_names))
            laid = self._laid(chunk)._replace(findings=noticed)
            self._stated += len(laid.rows)
            yield laid
        if self._total and not self._stated:
            nothing = pa.array([], pa.int64())
            yield Laid({}, nothing, pa.table({"row": nothing}), findings=(self._mute(document),))

    def _check(self, chunk: Chunk, document: str) -> None:
        """Raises UnreadableDocument where a sheet has no column of any figure."""
        names = chunk.table.column_names
        if not names or chunk.sheet in self._sheets:
            return
        self._sheets.add(chunk.sheet)
        wanted = [figure.name for figure in self._mapping.figures]
        found = [found_in(names, name) for figure in self._mapping.figures for name in figure.read]
        if any(found):
            return
        near = [f"“{like}” for {name}" for name in wanted[:3] if (like := likest(name, names))]
        place = f"{document} ({chunk.sheet})" if chunk.sheet else document
        raise UnreadableDocument(
            f"{place} has no column of a figure that {self._mapping.name} reads: {', '.join(wanted)}.",
            fix=(f"Did you write {', '.join(near)}? " if near else "")
            + "Name the mapping, or the sheet, that fits it.",
        )

    def _unread(self, names: list[str]) -> list[Finding]:
        """What is said, once, about columns that are not read."""
        new = [name for name in names if name not in self._seen]
        self._seen.update(new)
        read = {found for name in self._mapping.names() for found in found_all(names, name)[:1]}
        told: list[Finding] = []
        for name in new:
            if name in read or self._ignored(name):
                continue
            like = likest(name, [*map(column_name, self._mapping.names()), *REPORT_FILE])
            told.append(
                Finding(
                    "unmapped_column",
                    Severity.INFO,
                    f"The mapping {self._mapping.name} does not read the column {name}; it was left out.",
                    f"Did you mean {like}?" if like else "Add it to the mapping, or to what it ignores.",
                    column=name,
                )
            )
        ignored: dict[str, list[str]] = {}
        for name in new:
            if name not in read and (why := self._ignored(name)):
                ignored.setdefault(why, []).append(name)
        if ignored:
            said = "; ".join(f"{', '.join(names)} ({why})" for why, names in ignored.items())
            message = f"The mapping {self._mapping.name} leaves out {said}."
            told.append(Finding("ignored_columns", Severity.INFO, message, "Add what should be read to it."))
        return told

    def _ignored(self, name: str) -> str:
        """Why a column is left out; nothing where it is not."""
        for pattern, why in self._mapping.ignore.items():
            known = pattern if pattern.startswith("#") or "*" in pattern else column_name(pattern)
            if fnmatch.fnmatchcase(name, known):
                return why
        return ""

    def _laid(self, chunk: Chunk) -> Laid:
        count = len(chunk.numbers)
        columns = Columns(chunk.table, count, self._mapping.words)
        shared = {name: field.of(columns) for name, field in self._mapping.fields.items()}
        parts: list[tuple[pa.Array, dict[str, pa.DictionaryArray]]] = []
        stated = pa.repeat(pa.scalar(False), count)
        for figure in self._mapping.figures:
            fields = {**shared, **{name: field.of(columns) for name, field in figure.fields.items()}}
            holds = _holds(figure, fields, columns)
            stated = pc.or_(stated, holds)
            parts.append((pc.indices_nonzero(holds), fields))
        silent = [
            Spoiled(chunk.numbers[place].as_py(), raw_of(chunk.table, place), self._silent())
            for place in pc.indices_nonzero(pc.invert(stated)).to_pylist()
        ]
        return self._numbered(chunk, parts, sorted([*chunk.spoiled, *silent], key=lambda each: each.number))

    def _silent(self) -> Finding:
        when = {
            f"{column} is {' or '.join(values)}"
            for figure in self._mapping.figures
            for column, values in figure.when.items()
        }
        return Finding(
            "no_figure",
            Severity.INFO,
            f"The row states none of the figures that {self._mapping.name} reads"
            + (f" (where {', '.join(sorted(when))})." if when else "."),
            "Nothing, if it is blank or repeats what another row states; else correct the mapping.",
        )

    def _mute(self, document: str) -> Finding:
        return Finding(
            "no_figure",
            Severity.WARNING,
            f"No row of {document} states a figure that {self._mapping.name} reads.",
            "Name the mapping that fits it, or correct this one.",
        )

    def _numbered(
        self, chunk: Chunk, parts: list[tuple[pa.Array, dict[str, pa.DictionaryArray]]], aside: list[Spoiled]
    ) -> Laid:
        """The rows of all figures in the order of the document, numbered on from what came before."""
        width = len(parts) + 1
        keys = [
            pc.add(pc.multiply(chunk.numbers.take(rows), width), number)
            for number, (rows, _) in enumerate(parts)
        ]
        others = pa.array([each.number * width + width - 1 for each in aside], pa.int64())
        every = pa.concat_arrays([*keys, others])
        order = pc.sort_indices(every)
        rank = pc.add(pc.sort_indices(order), self._total + 1).cast(pa.int64())
        self._total += len(every)
        sound = len(every) - len(aside)
        given = {
            name: _joined(
                [fields.get(name, constant("", len(chunk.numbers))).take(rows) for rows, fields in parts]
            )
            for name in REPORT_FILE
        }
        ordered = order.filter(pc.less(order, sound))
        numbers = rank.slice(sound).to_pylist()
        places = self._places(chunk, parts).take(ordered)
        return Laid(
            {name: column.take(ordered) for name, column in given.items()},
            rank.take(ordered),
            self._kept(chunk, parts)
            .take(ordered)
            .append_column(TAKEN_AS, self._taken_as(parts, ordered, places)),
            places,
            tuple(
                Aside(number, each.raw, _at(each, chunk.sheet))
                for number, each in zip(numbers, aside, strict=True)
            ),
        )

    def _kept(self, chunk: Chunk, parts: list[tuple[pa.Array, dict[str, pa.DictionaryArray]]]) -> pa.Table:
        """What the document says in the columns that are read: once for each figure."""
        names = chunk.table.column_names
        read = {found for name in self._mapping.names() for found in found_all(names, name)[:1]}
        columns = chunk.table.select([name for name in names if name in read])
        return columns.take(pa.concat_arrays([rows for rows, _ in parts]))

    def _taken_as(
        self, parts: list[tuple[pa.Array, dict[str, pa.DictionaryArray]]], ordered: pa.Array, places: pa.Array
    ) -> pa.Array:
        """By which mapping, as which figure and from where each row was taken, to take it again so."""
        figures = [
            pa.repeat(label, len(rows))
            for label, (rows, _) in zip(self._mapping.labelled(), parts, strict=True)
        ]
        mapping = pa.repeat(self._mapping.name, len(ordered))
        figure = pa.concat_arrays(figures).take(ordered)
        return pa.StructArray.from_arrays([mapping, figure, places], ["mapping", "figure", "place"])

    def _places(self, chunk: Chunk, parts: list[tuple[pa.Array, dict[str, pa.DictionaryArray]]]) -> pa.Array:
        """Where each row stands in the document: sheet, row and column of the figure."""
        head = f"{chunk.sheet}, row " if chunk.sheet else "Row "
        return pa.concat_arrays(
            [
                pc.binary_join_element_wise(
                    head,
                    chunk.numbers.take(rows).cast(pa.string()),
                    f", {_column(figure, chunk.table.column_names)}",
                    "",
                )
                for figure, (rows, _) in zip(self._mapping.figures, parts, strict=True)
            ]
        )


def _holds(figure: Figure, fields: Mapping[str, pa.DictionaryArray], columns: Columns) -> pa.Array:
    """Which rows state the figure."""
    holds = pa.repeat(pa.scalar(False), columns.rows)
    for name in FIGURE_COLUMNS:
        if name in figure.fields:
            column = fields[name]
            filled = pa.array([bool(text.strip()) for text in column.dictionary.to_pylist()], pa.bool_())
            holds = pc.or_(holds, filled.take(column.indices))
    for name, values in figure.when.items():
        stated = columns.stated(name).cast(pa.string())
        holds = pc.and_(holds, pc.is_in(stated, value_set=pa.array(values, pa.string())))
    return holds


def _column(figure: Figure, names: list[str]) -> str:
    """The column of a figure as the document calls it."""
    found = (column for name in figure.read for column in found_all(names, name))
    return next(found, figure.name)


def _joined(columns: list[pa.DictionaryArray]) -> pa.DictionaryArray:
    joined = pa.chunked_array(columns).unify_dictionaries().combine_chunks()
    return joined if isinstance(joined, pa.DictionaryArray) else joined.chunk(0)


def _at(each: Spoiled, sheet: str) -> Finding:
    import dataclasses

    where = f"{sheet}, row {each.number}" if sheet else f"Row {each.number}"
    return dataclasses.replace(each.finding, message=f"{where}: {each.finding.message}")
