"""What do rows that were held become when they are read again?

A row is read as it was kept, by its own mapping or another one, with the reference data of now and with the
fixes that somebody decided on. It keeps its number, so that the ledger knows which row became a report. Must
not know the ledger or the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa

from service.errors import QueryError, UnknownName
from service.ingest.cell_text import closest_match
from service.ingest.cells import excerpt
from service.ingest.fixes import Fix
from service.ingest.layout import PROVENANCE, REPORT_FILE_COLUMNS, ReportFileLayout, ReportRows
from service.ingest.mapping.definition import ReportMapping
from service.ingest.mapping.library import Mapping, load_mapping, row_of
from service.ingest.mapping.mapped_layout import MappedLayout
from service.ingest.personal_data import kinds_in_cell
from service.ingest.privacy import withhold
from service.ingest.readers import Chunk, RejectedRow
from service.ingest.readers.chunk import EXTRA_CELLS, text_column
from service.ingest.reports import BatchBuilder
from service.ingest.row_reader import HeldRow, RowReader
from service.schema.records import Batch, Finding, Reference
from service.sentence import did_you_mean, listed, sentence
from service.vocabulary import Severity


def retry_rows(
    held: Iterable[HeldRow],
    document: str,
    sha256: str,
    reference: Reference,
    *,
    today: dt.date,
    mapping: Mapping | None = None,
    load: Callable[[Mapping], ReportMapping] = load_mapping,
    fixes: Sequence[Fix] = (),
) -> Batch:
    """Return the batch of rows of one document read again; rows keep their numbers.

    ``mapping`` replaces the one that each mapped row was read by; ``load`` finds a mapping by its name.
    Raises QueryError for a fix of a column that the row does not have, and UnknownName for an unknown
    mapping.
    """
    rows = [_Row(row, fixes) for row in held]
    builder = BatchBuilder(document, sha256)
    register: dict[str, list[dict[str, Any]]] = {}
    new_reference: dict[str, pa.Table] = {}
    raws = {row.number: row.to_json() for row in rows}
    for layout, declared, group in _group_by_mapping(rows, mapping, load):
        extended, new = declared.extend_reference(reference) if declared else (reference, {})
        new_reference.update(new)
        if declared and declared.text:
            new_reference["mapping"] = row_of(declared)
        reader = RowReader(extended, today, declared.date_format) if declared else RowReader(extended, today)
        (report_rows,) = layout.arrange(iter([_chunk(group, mapped=declared is not None)]), document)
        builder.add(_restore_numbers(report_rows, group), reader)
        for table, entries in reader.new_reference_rows().items():
            register.setdefault(table, []).extend(entries)
    builder.findings += chain.from_iterable(row.findings() for row in rows)
    batch = builder.build(register, new_reference)
    held_raws = [raws[number] for number in batch.held["row"].to_pylist()]
    raw = pa.array(held_raws, pa.string())
    return dataclasses.replace(
        batch,
        reports=batch.reports.sort_by("row"),
        held=batch.held.set_column(batch.held.column_names.index("raw"), batch.held.schema.field("raw"), raw),
        findings=tuple(sorted(batch.findings, key=lambda finding: finding.row or 0)),
    )


def spread_fixes(
    held: Iterable[HeldRow],
    document: str,
    fixes: Sequence[Fix],
    *,
    mapping: Mapping | None = None,
    load: Callable[[Mapping], ReportMapping] = load_mapping,
) -> list[tuple[Fix, Fix]]:
    """Return each fix of every row alike with the fix of one row that it is there, for each row of one
    document that says so in a column of a report, or in one of its own. Raises as ``retry_rows``.
    """
    if not fixes:
        return []
    rows = [_Row(row, ()) for row in held]
    own = [
        (fix, row.number, row.cells[fix.column])
        for fix in fixes
        if fix.column not in REPORT_FILE_COLUMNS
        for row in rows
        if fix.column in row.cells
    ]
    for layout, declared, group in _group_by_mapping(rows, mapping, load):
        (report_rows,) = layout.arrange(iter([_chunk(group, mapped=declared is not None)]), document)
        report_rows = _restore_numbers(report_rows, group)
        for fix in fixes:
            if fix.column in REPORT_FILE_COLUMNS and fix.column in report_rows.columns:
                texts = report_rows.columns[fix.column].to_pylist()
                own += [(fix, *each) for each in zip(report_rows.numbers.to_pylist(), texts, strict=True)]
    return [
        (fix, Fix(number, fix.column, value, fix.reason, document))
        for fix, number, text in own
        if (value := fix.replace_in(text or "")) is not None
    ]


class _Row:
    """One row held, with the fixes that apply to it."""

    def __init__(self, held: HeldRow, fixes: Sequence[Fix]) -> None:
        self.number = held.row
        cells: dict[str, Any] = json.loads(held.raw)
        self.provenance: dict[str, Any] = cells.pop(PROVENANCE, {})
        cells.pop(EXTRA_CELLS, None)
        self.cells: dict[str, str] = {name: str(value or "") for name, value in cells.items()}
        self.fields: dict[str, str] = dict(self.provenance.get("set") or {})
        self._raw, self._fixes = held.raw, [fix for fix in fixes if fix.row == held.row]
        self._before = {fix: self._apply(fix) for fix in self._fixes}

    def _apply(self, fix: Fix) -> str:
        """Set the value of a fix and return the value before. Raises QueryError for an unknown column."""
        columns = (
            REPORT_FILE_COLUMNS if not self.provenance else dict.fromkeys([*REPORT_FILE_COLUMNS, *self.cells])
        )
        if fix.column not in columns:
            near = closest_match(fix.column, columns)
            raise QueryError(
                sentence("Row %(row)s has no column %(column)s.", row=fix.row, column=fix.column),
                fix=did_you_mean((near,))
                if near
                else sentence("Its columns are %(columns)s.", columns=listed(columns)),
            )
        place = self.fields if self.provenance and fix.column in REPORT_FILE_COLUMNS else self.cells
        before = place.get(fix.column, "")
        place[fix.column] = fix.value
        return before

    def to_json(self) -> str:
        """Return what is kept of the row if it is held again."""
        if not self._fixes:
            return self._raw
        provenance = {**self.provenance, "set": self.fields} if self.fields else self.provenance
        return json.dumps(
            {**self.cells, **({PROVENANCE: provenance} if provenance else {})}, ensure_ascii=False
        )

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each value that replaced another, with the reason."""
        for fix, before in self._before.items():
            original = f"“{excerpt(before)}”" if before else "what the document says"
            finding = Finding(
                "overridden",
                Severity.INFO,
                sentence(
                    "“%(value)s” was taken as %(column)s in the place of %(original)s: %(reason)s",
                    value=excerpt(fix.value),
                    column=fix.column,
                    original=original,
                    reason=fix.reason,
                ),
                "Withdraw or correct the report where this is not right.",
                row=fix.row,
                column=fix.column,
                value=excerpt(before),
            )
            is_shown = fix.column != "note" and not kinds_in_cell(fix.column, before)
            yield finding if is_shown else withhold(finding)


def _group_by_mapping(
    rows: Sequence[_Row],
    mapping: Mapping | None,
    load: Callable[[Mapping], ReportMapping],
) -> Iterator[tuple[ReportFileLayout | MappedLayout, ReportMapping | None, list[_Row]]]:
    """Yield the layout, the mapping (None for report files) and the rows that are read by them."""
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        groups.setdefault((row.provenance.get("mapping", ""), row.provenance.get("figure", "")), []).append(
            row
        )
    for (name, figure), group in groups.items():
        if not name:
            yield ReportFileLayout(is_strict=False), None, group
            continue
        declared = load(mapping) if mapping else _mapping_of(group[0], load)
        figures_by_label = declared.figures_by_label()
        if figure not in figures_by_label:
            raise QueryError(
                sentence(
                    "The mapping %(name)s has no figure %(figure)s, as row %(number)s was read.",
                    name=declared.name,
                    figure=figure,
                    number=group[0].number,
                ),
                fix="Name the mapping that the document was read by; or hand the document in again.",
            )
        yield (
            MappedLayout(dataclasses.replace(declared, figures=(figures_by_label[figure],), is_folded=False)),
            declared,
            group,
        )


def _mapping_of(row: _Row, load: Callable[[Mapping], ReportMapping]) -> ReportMapping:
    """Return the mapping that a row was read by. Raises UnknownName where it is not kept."""
    name = str(row.provenance["mapping"])
    try:
        return load(name)
    except UnknownName as error:
        raise UnknownName(
            sentence(
                "Row %(number)s was read by the mapping %(name)s, which this ledger does not keep.",
                number=row.number,
                name=name,
            ),
            fix="Name its file: casualty ingest --retry --mapping FILE.toml.",
            suggestions=error.suggestions,
        ) from error


def _chunk(rows: Sequence[_Row], *, mapped: bool) -> Chunk:
    """Return the rows as a reader returns them; rows for a mapping are numbered from 1."""
    names = dict.fromkeys(name for row in rows for name in row.cells)
    table = pa.table({name: text_column([row.cells.get(name, "") for row in rows]) for name in names})
    numbers = range(1, len(rows) + 1) if mapped else (row.number for row in rows)
    return Chunk("", pa.array(numbers, pa.int64()), table)


def _restore_numbers(report_rows: ReportRows, rows: Sequence[_Row]) -> ReportRows:
    """Return the report rows with their own numbers and places, and with the fixes of their fields."""
    if not any(row.provenance for row in rows):
        return report_rows._replace(findings=())
    here = [rows[number - 1] for number in report_rows.numbers.to_pylist()]
    columns = dict(report_rows.columns)
    for name in dict.fromkeys(name for row in here for name in row.fields):
        column = columns[name].to_pylist()
        columns[name] = text_column(
            [row.fields.get(name, text) for row, text in zip(here, column, strict=True)]
        )
    rejected = (
        RejectedRow(
            rows[row.number - 1].number,
            row.raw,
            dataclasses.replace(row.finding, message=_message_without_number(row)),
        )
        for row in report_rows.rejected
    )
    return report_rows._replace(
        columns=columns,
        numbers=pa.array([row.number for row in here], pa.int64()),
        locations=pa.array([row.provenance["place"] for row in here], pa.string()),
        rejected=tuple(rejected),
        findings=(),
    )


def _message_without_number(row: RejectedRow) -> str:
    """Return the message about a row without the number that it has only here."""
    return row.finding.message.partition(": ")[2]
