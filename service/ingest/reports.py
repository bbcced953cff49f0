"""Which reports does a document hold, row by row?

Every row ends accepted, quarantined or rejected (only the ledger can say that a report is a duplicate), and
every row that is not accepted has a finding that names row, column, value and fix. The present day and the
reference data are arguments: nothing here looks at a clock or a store. Documents are read in chunks, so that
they may be larger than memory.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.ingest.layout import (
    FIGURE_COLUMNS,
    REPORT_FILE_COLUMNS,
    Layout,
    ReportFileLayout,
    ReportRows,
)
from service.ingest.mapping.definition import ReportMapping
from service.ingest.mapping.library import load_mapping, row_of
from service.ingest.mapping.mapped_layout import MappedLayout
from service.ingest.privacy import find_personal_data, screen_finding, withhold
from service.ingest.readers import (
    Chunk,
    Limits,
    OpenDocument,
    Options,
    RejectedRow,
    chunk_of_objects,
    is_tagged,
    open_document,
    read_chunks,
)
from service.ingest.row_reader import HeldRow, RowReader
from service.schema.records import Batch, Finding, Reference
from service.schema.tables import BATCH_REPORT, HELD, REFERENCE_SCHEMAS
from service.vocabulary import Verdict

ROWS_AT_ONCE = 2 * 122_880
"""How many rows of a long document make one batch: two of the row groups that DuckDB stores. A group that is
not full would be written again with the next batch."""
_OBJECTS_AT_ONCE = 5_000

Watch = Callable[[int, int, int], None]
"""Is called with the number of rows read, the bytes of the document they took, and the bytes it has."""


def read_reports(
    data: bytes | Path,
    document: str,
    reference: Reference,
    *,
    today: dt.date,
    format: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    mapping: str | Path | ReportMapping | None = None,
    limits: Limits | None = None,
    most_rows: int = 0,
) -> Batch:
    """Return the reports of a document (bytes, a file, or the folder of a data package) and its other rows.

    ``format`` is a name in ``readers.FORMATS``; ``mapping`` is the name of a shipped mapping, a TOML file, or
    a mapping. What is not given is detected, with a finding where it is unusual. Raises UnreadableDocument
    where the document cannot be read as rows, DocumentTooLarge where it has more than ``most_rows`` (0: any
    number), and UnknownName for an unknown mapping.
    """
    batches = read_batches(
        data, document, reference, today=today, format=format, delimiter=delimiter, encoding=encoding,
        sheet=sheet, mapping=mapping, limits=limits, most_rows=most_rows, rows_at_once=None,
    )  # fmt: skip
    (batch,) = batches
    return batch


def read_batches(
    data: bytes | Path,
    document: str,
    reference: Reference,
    *,
    today: dt.date,
    format: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    mapping: str | Path | ReportMapping | None = None,
    limits: Limits | None = None,
    most_rows: int = 0,
    rows_at_once: int | None = ROWS_AT_ONCE,
    watch: Watch | None = None,
) -> Iterator[Batch]:
    """Yield the same in batches of ``rows_at_once`` rows, for documents larger than memory.

    Rows are numbered through all batches. UnreadableDocument may be raised after some batches, which stand:
    when the mended document is handed in again, their rows are duplicates. ``watch`` is called after every
    chunk.
    """
    mapping = None if mapping is None else load_mapping(mapping)
    options = _with_table(Options(format, delimiter, encoding, sheet, most_rows=most_rows), mapping)
    with open_document(data, document, options) as file:
        chunks = read_chunks(file, limits)
        if mapping is None:
            mapping, chunks = _hxl_mapping(chunks)
        if mapping is None:
            layout: Layout = ReportFileLayout()
            reader = RowReader(reference, today)
            mapping_rows: dict[str, pa.Table] = {}
        else:
            layout = MappedLayout(mapping)
            extended, mapping_rows = mapping.extend_reference(reference)
            if mapping.text:
                mapping_rows["mapping"] = row_of(mapping)
            reader = RowReader(extended, today, mapping.date_format)
        rows = _call_watch(layout.arrange(chunks, document), file, watch)
        builder = BatchBuilder(
            document, file.sha256, blanks_take_back=mapping is not None and mapping.is_blank_retracted
        )
        yield from _build_batches(rows, builder, reader, rows_at_once, mapping_rows)


def _with_table(options: Options, mapping: ReportMapping | None) -> Options:
    """Return the options with what a mapping, or the report file itself, says of where the rows stand."""
    if mapping is None:
        return options._replace(wanted=REPORT_FILE_COLUMNS, figures=FIGURE_COLUMNS)
    return options._replace(
        format=options.format or mapping.format, sheets=mapping.sheets, header=mapping.header,
        wanted=mapping.document_names(), figures=mapping.figure_names(),
    )  # fmt: skip


def _call_watch(
    chunks: Iterator[ReportRows], file: OpenDocument, watch: Watch | None
) -> Iterator[ReportRows]:
    """Yield the same chunks, and call ``watch`` after each."""
    done = 0
    for rows in chunks:
        yield rows
        done += len(rows.numbers) + len(rows.rejected)
        if watch is not None:
            watch(done, file.position(), file.size)


def _hxl_mapping(chunks: Iterator[Chunk]) -> tuple[ReportMapping | None, Iterator[Chunk]]:
    """Return the HXL mapping where the first columns carry hashtags, else None; and all the chunks."""
    first: list[Chunk] = []
    for chunk in chunks:
        first.append(chunk)
        if len(chunk.numbers) or chunk.rejected:
            break
    has_tags = any(is_tagged(chunk.table.column_names) for chunk in first)
    return load_mapping("hxl") if has_tags else None, chain(first, chunks)


def read_rows(rows: Iterable[object], document: str, reference: Reference, *, today: dt.date) -> Batch:
    """Return the reports of rows with named values: JSON objects, or records of a data frame.

    A value that a row does not have is blank; rows are numbered from 1.
    """
    chunks = list(_chunks_of_objects(rows))
    digest = hashlib.sha256()
    for chunk in chunks:
        for cells in chunk.table.to_pylist():
            digest.update(repr(sorted(cells.items())).encode("utf-8", "replace"))
        for rejected in chunk.rejected:
            digest.update(rejected.raw.encode("utf-8", "replace"))
    arranged = ReportFileLayout(is_strict=False).arrange(iter(chunks), document)
    builder = BatchBuilder(document, digest.hexdigest())
    (batch,) = _build_batches(arranged, builder, RowReader(reference, today), None, {})
    return batch


def _chunks_of_objects(rows: Iterable[object]) -> Iterator[Chunk]:
    source = iter(rows)
    number = 1
    while objects := list(islice(source, _OBJECTS_AT_ONCE)):
        yield chunk_of_objects("", number, objects)
        number += len(objects)


def _build_batches(
    chunks: Iterator[ReportRows],
    builder: BatchBuilder,
    reader: RowReader,
    rows_at_once: int | None,
    mapping_rows: Mapping[str, pa.Table],
) -> Iterator[Batch]:
    """Yield batches of ``rows_at_once`` rows (a few more where some cannot be read; fewer in the last), or a
    single batch where that is None. A document without rows gives one empty batch."""
    has_yielded = False
    size = sys.maxsize if rows_at_once is None else rows_at_once
    for rows in chunks:
        rest = rows
        while len(rest.numbers) > (room := size - builder.rows):
            if room > 0:
                first, rest = rest.split(room)
                builder.add(first, reader)
            yield builder.build(reader.new_reference_rows(), mapping_rows)
            builder, has_yielded = builder.next(), True
        builder.add(rest, reader)
    if builder.rows or builder.findings or not has_yielded:
        yield builder.build(reader.new_reference_rows(), mapping_rows)


class BatchBuilder:
    """Collects the rows of one batch; ``build`` returns it."""

    def __init__(self, document: str, sha256: str, *, blanks_take_back: bool = False) -> None:
        self.document = document
        self.sha256 = sha256
        self.blanks_take_back = blanks_take_back
        self.rows = 0
        self.findings: list[Finding] = []
        self._reports: list[pa.Table] = []
        self._held: list[HeldRow] = []

    def next(self) -> BatchBuilder:
        """Return one for the rows of the same document that follow."""
        return BatchBuilder(self.document, self.sha256, blanks_take_back=self.blanks_take_back)

    def add(self, rows: ReportRows, reader: RowReader) -> None:
        """Read some rows and add what they give."""
        reports, held, findings = reader.read(rows)
        self.rows += len(rows.numbers) + len(rows.rejected)
        self._reports.append(reports)
        self.findings += rows.findings
        held += [HeldRow(row.number, Verdict.REJECTED, row.raw) for row in rows.rejected]
        self._held += sorted(held)
        findings += map(_finding_of_row, rows.rejected)
        self.findings += sorted(findings, key=lambda finding: finding.row or 0)

    def build(
        self, new_rows: Mapping[str, list[dict[str, Any]]], mapping_rows: Mapping[str, pa.Table]
    ) -> Batch:
        """Return the batch, with the reference rows registered on the way and those that a mapping brings."""
        held = [{"row": row.row, "verdict": str(row.verdict), "raw": row.raw} for row in self._held]
        return Batch(
            document=self.document,
            sha256=self.sha256,
            rows=self.rows,
            reports=pa.concat_tables([BATCH_REPORT.empty_table(), *self._reports]).combine_chunks(),
            held=pa.Table.from_pylist(held, schema=HELD),
            findings=tuple(map(screen_finding, self.findings)),
            register=_reference_rows(new_rows, mapping_rows) if self.rows else {},
            blanks_take_back=self.blanks_take_back,
        )


def _reference_rows(
    new_rows: Mapping[str, list[dict[str, Any]]], mapping_rows: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """Return the reference rows of a mapping and those registered on the way, by table."""
    tables = dict(mapping_rows)
    for table, rows in new_rows.items():
        if rows:
            new = pa.Table.from_pylist(rows, schema=REFERENCE_SCHEMAS[table])
            tables[table] = pa.concat_tables([tables.get(table, new.schema.empty_table()), new])
    return tables


def _finding_of_row(row: RejectedRow) -> Finding:
    """Return the finding about a row that cannot be read, without its value where the row holds personal
    data."""
    finding = dataclasses.replace(row.finding, row=row.number)
    return withhold(finding) if find_personal_data(row.raw) else finding


__all__ = ["ROWS_AT_ONCE", "Layout", "Watch", "read_batches", "read_reports", "read_rows"]
