"""What becomes of rows that were held aside, now that something was mended?

A row is taken again as it was kept: under the same mapping, or under another one that a person names, beside
the reference data of now, with the fixes that somebody decided on. A fix stays with its row, and is told. A
row keeps its number, so that the ledger knows which one has become a report. Pure: time and reference data
are arguments.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from service.errors import QueryError
from service.ingest.cell_text import closest_match, column_name
from service.ingest.cells import excerpt
from service.ingest.layout import PROVENANCE, REPORT_FILE_COLUMNS, ReportFileLayout, ReportRows
from service.ingest.mapping.definition import ReportMapping, load_mapping
from service.ingest.mapping.mapped_layout import MappedLayout
from service.ingest.readers import Chunk, RejectedRow
from service.ingest.readers.chunk import EXTRA_CELLS, text_column
from service.ingest.readers.delimited import read_delimited
from service.ingest.reports import BatchBuilder
from service.ingest.row_reader import RowReader
from service.schema.records import Batch, Finding, Reference
from service.vocabulary import Severity

FIXES = ("row", "column", "value", "reason")
"""The columns of a file of fixes; ``document`` may be one more."""
MOST_DIGITS = 18
"""No row has a number with more."""


class Fix(NamedTuple):
    """A decision about one cell of a row held aside: what to take in its place, and why.

    ``document`` is blank where the row's number alone says which one is meant.
    """

    row: int
    column: str
    value: str
    reason: str
    document: str = ""

    @classmethod
    def parse(cls, text: str, reason: str) -> Fix:
        """The fix that ``ROW:COLUMN=VALUE`` writes. Raises QueryError.

        >>> Fix.parse("12:areas=Tartus", "a misspelling").column
        'areas'
        """
        place, equals, value = text.partition("=")
        row, colon, column = place.partition(":")
        number = _number(row)
        if not (equals and colon and number is not None and column.strip()):
            raise QueryError(
                f"“{excerpt(text)}” is not ROW:COLUMN=VALUE.", fix="Write it like 12:areas=Tartus."
            )
        return cls(number, column_name(column), value.strip(), _reason(reason))


class Held(NamedTuple):
    """A row held aside: its number, its verdict, and what stood there (``model.HELD``)."""

    row: int
    verdict: str
    raw: str


def read_fixes(data: bytes, name: str) -> list[Fix]:
    """The fixes of a CSV file. Raises UnreadableDocument, and QueryError for a row that is none."""
    import io

    fixes: list[Fix] = []
    for chunk in read_delimited(io.BytesIO(data), name):
        lacking = [column for column in FIXES if column not in chunk.table.column_names]
        if lacking or chunk.rejected:
            wrong = f"no column {', '.join(lacking)}" if lacking else chunk.rejected[0].finding.message
            raise QueryError(f"{name}: {wrong}.", fix=f"A file of fixes has the columns {', '.join(FIXES)}.")
        for number, each in enumerate(chunk.table.to_pylist(), 1):
            if (row := _number(each["row"])) is None:
                raise QueryError(f"{name}, row {number}: “{excerpt(each['row'])}” is no row number.")
            fixes.append(
                Fix(
                    row,
                    column_name(each["column"]),
                    each["value"].strip(),
                    _reason(each["reason"]),
                    each.get("document", "").strip(),
                )
            )
    return fixes


def _number(text: str) -> int | None:
    """The row that a text names, if it is a number of a length that rows have."""
    digits = text.strip()  # of more than int() itself takes away
    return int(digits) if digits.isdecimal() and len(digits) <= MOST_DIGITS else None


def _reason(text: str) -> str:
    if not text.strip():
        raise QueryError("A value is put in the place of another for a reason.", fix="Say why; it is kept.")
    return text.strip()


def read_again(
    held: Iterable[Held],
    document: str,
    sha256: str,
    reference: Reference,
    *,
    today: dt.date,
    mapping: str | Path | None = None,
    fixes: Sequence[Fix] = (),
) -> Batch:
    """The batch of rows of one document taken again, numbered as they were.

    ``mapping`` takes the place of the one that each mapped row was read by. Raises QueryError for a fix of a
    column that a row does not have, and UnknownName for a mapping that is not shipped and not named.
    """
    rows = [_Row(each, fixes) for each in held]
    made = BatchBuilder(document, sha256)
    register: dict[str, list[dict[str, Any]]] = {}
    brought: dict[str, pa.Table] = {}
    raws = {row.number: row.kept() for row in rows}
    for layout, form_of, some in _alike(rows, mapping):
        extended, new = form_of.extend_reference(reference) if form_of else (reference, {})
        brought.update(new)
        reader = RowReader(extended, today, form_of.date_format) if form_of else RowReader(extended, today)
        (laid,) = layout.arrange(iter([_chunk(some, mapped=form_of is not None)]), document)
        made.add(_numbered(laid, some), reader)
        for table, met in reader.registered().items():
            register.setdefault(table, []).extend(met)
    made.findings += chain.from_iterable(row.told() for row in rows)
    batch = made.build(register, brought)
    kept = [raws[number] for number in batch.held["row"].to_pylist()]
    raw = pa.array(kept, pa.string())
    return dataclasses.replace(
        batch,
        reports=batch.reports.sort_by("row"),
        held=batch.held.set_column(batch.held.column_names.index("raw"), batch.held.schema.field("raw"), raw),
        findings=tuple(sorted(batch.findings, key=lambda finding: finding.row or 0)),
    )


class _Row:
    """One row held aside, with the fixes that are meant for it."""

    def __init__(self, held: Held, fixes: Sequence[Fix]) -> None:
        self.number = held.row
        cells: dict[str, Any] = json.loads(held.raw)
        self.taken_as: dict[str, Any] = cells.pop(PROVENANCE, {})
        cells.pop(EXTRA_CELLS, None)
        self.cells: dict[str, str] = {name: str(value or "") for name, value in cells.items()}
        self.fields: dict[str, str] = dict(self.taken_as.get("set", {}))
        self._raw, self._fixed = held.raw, [fix for fix in fixes if fix.row == held.row]
        self._before = {fix: self._put(fix) for fix in self._fixed}

    def _put(self, fix: Fix) -> str:
        """Puts the value of a fix into its place; gives what stood there."""
        known = (
            REPORT_FILE_COLUMNS if not self.taken_as else dict.fromkeys([*REPORT_FILE_COLUMNS, *self.cells])
        )
        if fix.column not in known:
            near = closest_match(fix.column, known)
            raise QueryError(
                f"Row {fix.row} has no column {fix.column}.",
                fix=f"Did you mean {near}?" if near else f"Its columns are {', '.join(known)}.",
            )
        place = self.fields if self.taken_as and fix.column in REPORT_FILE_COLUMNS else self.cells
        before = place.get(fix.column, "")
        place[fix.column] = fix.value
        return before

    def kept(self) -> str:
        """What is kept of the row if it is held again."""
        if not self._fixed:
            return self._raw
        taken_as = {**self.taken_as, "set": self.fields} if self.fields else self.taken_as
        return json.dumps({**self.cells, **({PROVENANCE: taken_as} if taken_as else {})}, ensure_ascii=False)

    def told(self) -> Iterator[Finding]:
        """That a value was put in the place of another, and why."""
        for fix, before in self._before.items():
            stood = f"“{excerpt(before)}”" if before else "what the document says"
            yield Finding(
                "overridden",
                Severity.INFO,
                f"“{excerpt(fix.value)}” was taken as {fix.column} in the place of {stood}: {fix.reason}",
                "Withdraw or correct the report where this is not right.",
                row=fix.row,
                column=fix.column,
                value=excerpt(before),
            )


def _alike(
    rows: Sequence[_Row], mapping: str | Path | None
) -> Iterator[tuple[ReportFileLayout | MappedLayout, ReportMapping | None, list[_Row]]]:
    """The rows that are read in the same way, and how."""
    ways: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        ways.setdefault((row.taken_as.get("mapping", ""), row.taken_as.get("figure", "")), []).append(row)
    for (name, figure), some in ways.items():
        if not name:
            yield ReportFileLayout(is_strict=False), None, some
            continue
        declared = load_mapping(mapping or name)
        figures_by_label = declared.figures_by_label()
        if figure not in figures_by_label:
            raise QueryError(
                f"The mapping {declared.name} has no figure {figure}, as row {some[0].number} was read.",
                fix="Name the mapping that the document was read by; or hand the document in again.",
            )
        yield MappedLayout(dataclasses.replace(declared, figures=(figures_by_label[figure],))), declared, some


def _chunk(rows: Sequence[_Row], *, mapped: bool) -> Chunk:
    """The rows as a reader gives them; those to be mapped are counted from 1."""
    names = dict.fromkeys(name for row in rows for name in row.cells)
    table = pa.table({name: text_column([row.cells.get(name, "") for row in rows]) for name in names})
    numbers = range(1, len(rows) + 1) if mapped else (row.number for row in rows)
    return Chunk("", pa.array(numbers, pa.int64()), table)


def _numbered(laid: ReportRows, rows: Sequence[_Row]) -> ReportRows:
    """The laid rows with their own numbers and places, and the fixes of their fields."""
    if not any(row.taken_as for row in rows):
        return laid._replace(findings=())
    here = [rows[number - 1] for number in laid.numbers.to_pylist()]
    columns = dict(laid.columns)
    for name in dict.fromkeys(name for row in here for name in row.fields):
        said = columns[name].to_pylist()
        columns[name] = text_column(
            [row.fields.get(name, text) for row, text in zip(here, said, strict=True)]
        )
    rejected = (
        RejectedRow(
            rows[row.number - 1].number, row.raw, dataclasses.replace(row.finding, message=_without(row))
        )
        for row in laid.rejected
    )
    return laid._replace(
        columns=columns,
        numbers=pa.array([row.number for row in here], pa.int64()),
        locations=pa.array([row.taken_as["place"] for row in here], pa.string()),
        rejected=tuple(rejected),
        findings=(),
    )


def _without(row: RejectedRow) -> str:
    """What is said of a row, without the number that it has only here."""
    return row.finding.message.partition(": ")[2]
