"""Which rows of a report file does a mapped document hold?

``MappedLayout`` makes one row for each figure that a row of the document states. A row that states none is
rejected with an INFO finding: blank days and repeated rows are usual in wide tables, and nothing needs
mending; only a document without any figure gets a warning. Rows are numbered as they come out, and every
finding says where its row stands in the document.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import UnreadableDocument
from service.ingest.cell_text import closest_match, column_name
from service.ingest.date_columns import DAY_COLUMNS
from service.ingest.layout import FIGURE_COLUMNS, PROVENANCE, REPORT_FILE_COLUMNS, ReportRows, unknown_columns
from service.ingest.mapping.date_parts import join_column
from service.ingest.mapping.day_columns import DayColumns
from service.ingest.mapping.definition import Field, Figure, ReportMapping
from service.ingest.mapping.fold import Fold
from service.ingest.mapping.template import (
    CELL,
    DAY,
    SHEET,
    TemplateColumns,
    concatenate,
    constant_column,
    find_column,
    matching_columns,
)
from service.ingest.readers.chunk import Chunk, RejectedRow, row_as_json
from service.ingest.side_rows import set_aside_side_rows
from service.schema.records import Finding
from service.sentence import did_you_mean, either, join_sentences, listed, message, sentence
from service.vocabulary import Basis, Severity

_NAMED_BY_DAY = re.compile(r"(?:\d{1,4}_){2}\d{1,4}")
"""How the column of a day is named in a wide table, such as 3_16_20."""
BLANK = message("blank")
"""What a value is called that is none."""
FigureRows = tuple[pa.Array, dict[str, pa.DictionaryArray]]
"""Of one figure: the indices of the rows that state it, and the fields of all rows."""


class MappedLayout:
    """The layout that a mapping declares."""

    def __init__(self, mapping: ReportMapping) -> None:
        self._mapping = mapping
        self._reported_columns: set[str] = set()
        self._checked_sheets: set[str] = set()
        self._days = DayColumns(
            mapping.day_columns,
            mapping.date_format.locale,
            mapping.blanks,
            keeps_blank=mapping.is_blank_retracted,
        )
        self._total = 0
        self._has_figures = False

    def arrange(self, chunks: Iterator[Chunk], document: str) -> Iterator[ReportRows]:
        rows = self._rows(chunks, document)
        if self._mapping.is_folded:
            return Fold(document, self._mapping.date_format.locale).rows(rows)
        return rows

    def _rows(self, chunks: Iterator[Chunk], document: str) -> Iterator[ReportRows]:
        for chunk in chunks:
            self._check_columns(chunk, document)
            findings: tuple[Finding, ...] = (
                *chunk.notices,
                *self._column_findings(chunk.table.column_names),
            )
            for piece in self._days.unfold(self._set_aside_side_rows(self._with_sheet(chunk))):
                rows = self._arrange_chunk(piece)._replace(findings=findings)
                self._has_figures = self._has_figures or len(rows.numbers) > 0
                yield rows
                findings = ()
        if self._total and not self._has_figures:
            nothing = pa.array([], pa.int64())
            finding = self._document_without_figures(document)
            yield ReportRows({}, nothing, pa.table({"row": nothing}), findings=(finding,))

    def _with_sheet(self, chunk: Chunk) -> Chunk:
        """Return the chunk with the name of its sheet as a column, where the mapping reads that."""
        names = chunk.table.column_names
        if not names or SHEET in names or SHEET not in self._mapping.names():
            return chunk
        sheet = constant_column(chunk.sheet, chunk.table.num_rows)
        return chunk._replace(table=chunk.table.append_column(SHEET, sheet))

    def _set_aside_side_rows(self, chunk: Chunk) -> Chunk:
        names = chunk.table.column_names
        if CELL in names:  # rows that are read again
            return chunk
        places = [
            column for name in self._mapping.columns_of("areas") for column in matching_columns(names, name)
        ]
        figures = [
            column
            for figure in self._mapping.figures
            for name in figure.count_columns
            for column in matching_columns(names, name)
        ]
        return set_aside_side_rows(
            chunk,
            places=places,
            figures=[*figures, *self._days.find(names)],
            totals=self._mapping.totals,
            is_place_a_row=True,
            known_places={
                word
                for name in self._mapping.columns_of("areas")
                for word in self._mapping.words.get(name, {})
            },
        )

    def _check_columns(self, chunk: Chunk, document: str) -> None:
        """Raise UnreadableDocument where a sheet has no column of any figure."""
        names = chunk.table.column_names
        if not names or chunk.sheet in self._checked_sheets:
            return
        self._checked_sheets.add(chunk.sheet)
        figures = self._mapping.figures
        columns = [find_column(names, name) for figure in figures for name in figure.count_columns]
        if any(columns) or self._days.find(names) or (not columns and self._mapped_columns(names)):
            return
        wanted = [
            sentence("days written %(pattern)s", pattern=self._mapping.day_columns)
            if figure.name == CELL
            else figure.name
            for figure in figures
        ]
        if not columns:  # a row counts as one, whatever it holds
            wanted = list(self._mapping.names())
        hints = [
            sentence("“%(match)s” for %(name)s", match=match, name=name)
            for name in wanted[:3]
            if (match := closest_match(name, names))
        ]
        sheet = f"{document} ({chunk.sheet})" if chunk.sheet else document
        raise UnreadableDocument(
            sentence(
                "%(sheet)s has no column of a figure that %(name)s reads: %(wanted)s.",
                sheet=sheet,
                name=self._mapping.name,
                wanted=listed(wanted),
            ),
            fix=join_sentences(
                sentence("Did you write %(hints)s?", hints=listed(hints)) if hints else "",
                message("Name the mapping, or the sheet, that fits it."),
            ),
        )

    def _column_findings(self, names: list[str]) -> list[Finding]:
        """Return the findings about columns that are not read, each column once per document."""
        new = [name for name in names if name not in self._reported_columns]
        self._reported_columns.update(new)
        read = self._mapped_columns(names)
        unmapped: list[str] = []
        reasons: dict[str, list[str]] = {}
        for name in new:
            if name in read:
                continue
            if reason := self._reason_to_ignore(name):
                reasons.setdefault(reason, []).append(name)
            else:
                unmapped.append(name)
        findings = unknown_columns(unmapped, self._unmapped_column)
        if reasons:
            columns = "; ".join(f"{', '.join(names)} ({reason})" for reason, names in reasons.items())
            left_out = sentence(
                "The mapping %(name)s leaves out %(columns)s.", name=self._mapping.name, columns=columns
            )
            fix = message("Add what should be read to it.")
            findings.append(Finding("ignored_columns", Severity.INFO, left_out, fix))
        return findings

    def _mapped_columns(self, names: list[str]) -> set[str]:
        """Return the columns of a document that the mapping reads."""
        read = {column for name in self._mapping.names() for column in matching_columns(names, name)[:1]}
        return read | set(self._days.find(names))

    def _unmapped_column(self, name: str) -> Finding:
        match = closest_match(name, [*map(column_name, self._mapping.names()), *REPORT_FILE_COLUMNS])
        fix = did_you_mean((match,)) if match else message("Add it to the mapping, or to what it ignores.")
        if _NAMED_BY_DAY.fullmatch(name):
            fix = message(
                'Say how columns of days are named (such as day_columns = "M/d/yy"): then each is read.'
            )
        return Finding(
            "unmapped_column",
            Severity.INFO,
            sentence(
                "The mapping %(name)s does not read the column %(column)s; it was left out.",
                name=self._mapping.name,
                column=name,
            ),
            fix,
            column=name,
        )

    def _reason_to_ignore(self, name: str) -> str:
        """Return why the mapping leaves a column out, or "" if it does not say."""
        for pattern, reason in self._mapping.ignore.items():
            is_pattern = pattern.startswith("#") or "*" in pattern
            if fnmatch.fnmatchcase(name, pattern if is_pattern else column_name(pattern)):
                return reason
        return ""

    def _arrange_chunk(self, chunk: Chunk) -> ReportRows:
        count = len(chunk.numbers)
        columns = TemplateColumns(chunk.table, count, self._mapping.words, self._mapping.blanks)
        shared = _fill(self._mapping.fields, columns)
        parts: list[FigureRows] = []
        has_figure = pa.repeat(pa.scalar(False), count)
        for figure in self._mapping.figures:
            fields = {**shared, **_fill(figure.fields, columns)}
            states_figure = _states_figure(figure, fields, columns)
            if self._mapping.is_blank_retracted:
                is_blank = _leaves_figure_blank(figure, fields, columns)
                fields["basis"] = _retracted_where(is_blank, fields, columns)
                states_figure = pc.or_(states_figure, is_blank)
            has_figure = pc.or_(has_figure, states_figure)
            parts.append((pc.indices_nonzero(states_figure), fields))
        without = [
            RejectedRow(
                chunk.numbers[index].as_py(), row_as_json(chunk.table, index), self._row_without_figure()
            )
            for index in pc.indices_nonzero(pc.invert(has_figure)).to_pylist()
        ]
        rejected = sorted([*chunk.rejected, *without], key=lambda row: row.number)
        return self._number_rows(chunk, parts, rejected)

    def _row_without_figure(self) -> Finding:
        said = [figure.otherwise for figure in self._mapping.figures if figure.otherwise]
        if said:
            return Finding("no_figure", Severity.INFO, said[0], "Nothing: the mapping leaves such rows out.")
        conditions = {
            f"{column} is {' or '.join(values)}": sentence(
                "%(column)s is %(values)s",
                column=column,
                values=either(each or sentence(BLANK) for each in values),
            )
            for figure in self._mapping.figures
            for column, values in figure.when.items()
        }
        return Finding(
            "no_figure",
            Severity.INFO,
            sentence(
                "The row states none of the figures that %(name)s reads (where %(conditions)s).",
                name=self._mapping.name,
                conditions=listed(conditions[each] for each in sorted(conditions)),
            )
            if conditions
            else sentence("The row states none of the figures that %(name)s reads.", name=self._mapping.name),
            "Nothing, if it is blank or repeats what another row states; else correct the mapping.",
        )

    def _document_without_figures(self, document: str) -> Finding:
        return Finding(
            "no_figure",
            Severity.WARNING,
            sentence(
                "No row of %(document)s states a figure that %(name)s reads.",
                document=document,
                name=self._mapping.name,
            ),
            "Name the mapping that fits it, or correct this one.",
        )

    def _number_rows(self, chunk: Chunk, parts: list[FigureRows], rejected: list[RejectedRow]) -> ReportRows:
        """Return the rows of all figures in the order of the document, numbered on from earlier chunks.

        Within one row of the document the figures stand in the order of the mapping, a rejected row last.
        """
        width = len(parts) + 1
        keys = [
            pc.add(pc.multiply(chunk.numbers.take(rows), width), figure)
            for figure, (rows, _) in enumerate(parts)
        ]
        rejected_keys = pa.array([row.number * width + width - 1 for row in rejected], pa.int64())
        all_keys = pa.concat_arrays([*keys, rejected_keys])
        order = pc.sort_indices(all_keys)
        numbers = pc.add(pc.sort_indices(order), self._total + 1).cast(pa.int64())
        self._total += len(all_keys)
        readable = len(all_keys) - len(rejected)
        blank = constant_column("", len(chunk.numbers))
        columns = {
            name: concatenate([fields.get(name, blank).take(rows) for rows, fields in parts])
            for name in REPORT_FILE_COLUMNS
        }
        order = order.filter(pc.less(order, readable))
        locations = self._locations(chunk, parts).take(order)
        provenance = self._provenance(parts, order, locations)
        rejected_numbers = numbers.slice(readable).to_pylist()
        return ReportRows(
            {name: column.take(order) for name, column in columns.items()},
            numbers.take(order),
            self._originals(chunk, parts).take(order).append_column(PROVENANCE, provenance),
            locations,
            tuple(
                RejectedRow(number, row.raw, _finding_with_location(row, chunk.sheet))
                for number, row in zip(rejected_numbers, rejected, strict=True)
            ),
        )

    def _originals(self, chunk: Chunk, parts: list[FigureRows]) -> pa.Table:
        """Return the cells of the columns that the mapping reads, each row once for each of its figures."""
        names = chunk.table.column_names
        read = self._mapped_columns(names)
        columns = chunk.table.select([name for name in names if name in read] or names)
        return columns.take(pa.concat_arrays([rows for rows, _ in parts]))

    def _provenance(self, parts: list[FigureRows], order: pa.Array, locations: pa.Array) -> pa.Array:
        """Return mapping, figure and location of each row, from which a quarantined row can be read again."""
        labels = [
            pa.repeat(label, len(rows))
            for label, (rows, _) in zip(self._mapping.figures_by_label(), parts, strict=True)
        ]
        mapping = pa.repeat(self._mapping.mapping_id, len(order))
        figure = pa.concat_arrays(labels).take(order)
        return pa.StructArray.from_arrays([mapping, figure, locations], ["mapping", "figure", "place"])

    def _locations(self, chunk: Chunk, parts: list[FigureRows]) -> pa.Array:
        """Return sheet, row and figure column of each row, in words."""
        head = f"{chunk.sheet}, row " if chunk.sheet else "Row "
        return pa.concat_arrays(
            [
                pc.binary_join_element_wise(
                    head,
                    chunk.numbers.take(rows).cast(pa.string()),
                    ", ",
                    _figure_columns(figure, chunk.table, rows),
                    "",
                )
                for figure, (rows, _) in zip(self._mapping.figures, parts, strict=True)
            ]
        )


def _fill(fields: Mapping[str, Field], columns: TemplateColumns) -> dict[str, pa.DictionaryArray]:
    """Return the text of each field in each row; a date in parts is one date."""
    texts = {name: field.fill(columns) for name, field in fields.items()}
    for name in DAY_COLUMNS:
        if name in texts and len(getattr(fields[name], "columns", ())) > 1:
            texts[name] = join_column(texts[name])
    return texts


def _states_figure(
    figure: Figure, fields: Mapping[str, pa.DictionaryArray], columns: TemplateColumns
) -> pa.Array:
    """Return for each row whether it states the figure."""
    mask = pa.repeat(pa.scalar(False), columns.rows)
    for name in FIGURE_COLUMNS:
        if name in figure.fields:
            column = fields[name]
            filled = pa.array([bool(text.strip()) for text in column.dictionary.to_pylist()], pa.bool_())
            mask = pc.or_(mask, filled.take(column.indices))
    return pc.and_(mask, _meets_conditions(figure, columns))


def _meets_conditions(figure: Figure, columns: TemplateColumns) -> pa.Array:
    """Return for each row whether a figure is stated in rows such as this one."""
    mask = pa.repeat(pa.scalar(True), columns.rows)
    for name, values in figure.when.items():
        texts = columns.original(name).cast(pa.string())
        mask = pc.and_(mask, pc.is_in(texts, value_set=pa.array(values, pa.string())))
    return mask


def _leaves_figure_blank(
    figure: Figure, fields: Mapping[str, pa.DictionaryArray], columns: TemplateColumns
) -> pa.Array:
    """Return for each row whether it could state the figure of a place and leaves it blank."""
    places = fields.get("areas", constant_column("", columns.rows)).cast(pa.string())
    names_a_place = pc.not_equal(pc.utf8_trim_whitespace(places), "")
    is_blank = pc.and_not(
        pc.and_(names_a_place, _meets_conditions(figure, columns)), _states_figure(figure, fields, columns)
    )
    return pc.fill_null(is_blank, False)


def _retracted_where(
    is_blank: pa.Array, fields: Mapping[str, pa.DictionaryArray], columns: TemplateColumns
) -> pa.DictionaryArray:
    """Return the basis of each row: by a blank figure the source no longer gives it."""
    basis = fields.get("basis", constant_column("", columns.rows)).cast(pa.string())
    return pc.if_else(is_blank, str(Basis.REMOVAL), basis).dictionary_encode()


def _figure_columns(figure: Figure, table: pa.Table, rows: pa.Array) -> pa.Array:
    """Return for each row the column of a figure as the document calls it; of a column of days, the day."""
    if figure.name == CELL and DAY in table.column_names:
        return table.column(DAY).combine_chunks().take(rows).cast(pa.string())
    names = table.column_names
    columns = (column for name in figure.count_columns for column in matching_columns(names, name))
    return pa.repeat(next(columns, figure.name), len(rows))


def _finding_with_location(row: RejectedRow, sheet: str) -> Finding:
    location = f"{sheet}, row {row.number}" if sheet else f"Row {row.number}"
    return dataclasses.replace(row.finding, message=f"{location}: {row.finding.message}")
