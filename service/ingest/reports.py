"""Which reports does a document hold, row by row?

Every row ends accepted, quarantined or rejected (that a report is known already only the ledger can say), and
every row that is not accepted has a finding that names row, column, value and fix. Nothing here looks at a
clock or a store: the present day and the reference data are arguments. Documents are read in chunks, and each
distinct text of a column once, so that long files cost little more than their distinct values.
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

from service.ingest.layout import Aside, Laid, Layout, Native
from service.ingest.mapping.application import Mapped
from service.ingest.mapping.definition import ReportMapping, load_mapping
from service.ingest.readers import (
    Chunk,
    Limits,
    Opened,
    Options,
    chunk_of_objects,
    chunks_of,
    is_tagged,
    opened,
)
from service.ingest.rowreader import RowReader
from service.schema.records import Batch, Finding, Reference
from service.schema.tables import BATCH_REPORT, HELD, REFERENCE_SCHEMAS
from service.vocabulary import Verdict

ROWS_AT_ONCE = 2 * 122_880
"""How many rows of a long document make a batch of its own: two of the groups in which a columnar store keeps
rows, for a group that is not full is written again once others come to stand beside it."""
_AT_ONCE = 5_000

Watch = Callable[[int, int, int], None]
"""Is told how many rows were read, how many bytes of the document that took, and how many it has."""


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
) -> Batch:
    """The reports of a document (bytes, a file, or the folder of a data package) and the rows held aside.

    ``format`` is a name in ``readers.FORMATS``, ``mapping`` that of a shipped mapping, a TOML file or a
    mapping as read; what is not declared is found out, and said if it is not the usual. Raises
    UnreadableDocument where it is not rows at all, and UnknownName for an unknown mapping.
    """
    batches = read_batches(
        data, document, reference, today=today, format=format, delimiter=delimiter,
        encoding=encoding, sheet=sheet, mapping=mapping, limits=limits, rows_at_once=None,
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
    rows_at_once: int | None = ROWS_AT_ONCE,
    watch: Watch | None = None,
) -> Iterator[Batch]:
    """The same in several batches, for documents longer than memory. Rows are numbered through all of them; a
    refusal may come after some batches, which stand (the mended document handed in again finds them known).
    ``watch`` is told now and then how far the reading is."""
    declared = load_mapping(mapping) if isinstance(mapping, str | Path) else mapping
    options = Options(format or (declared.format if declared else None), delimiter, encoding, sheet)
    with opened(data, document, options) as file:
        chunks = chunks_of(file, limits)
        if declared is None:
            declared, chunks = _tagged(chunks)
        if declared is None:
            layout: Layout = Native()
            reader = RowReader(reference, today)
            brought: dict[str, pa.Table] = {}
        else:
            layout = Mapped(declared)
            extended, brought = declared.extend(reference)
            reader = RowReader(extended, today, declared.form)
        laid = _watched(layout.lay(chunks, document), file, watch)
        yield from _batches(laid, Gathered(document, file.sha256), reader, rows_at_once, brought)


def _watched(laid: Iterator[Laid], file: Opened, watch: Watch | None) -> Iterator[Laid]:
    """The same, ``watch`` told of each."""
    done = 0
    for rows in laid:
        yield rows
        done += len(rows.rows) + len(rows.spoiled)
        if watch is not None:
            watch(done, file.position(), file.size)


def _tagged(chunks: Iterator[Chunk]) -> tuple[ReportMapping | None, Iterator[Chunk]]:
    """The mapping of tagged files, where the first columns that are met carry hashtags."""
    met: list[Chunk] = []
    for chunk in chunks:
        met.append(chunk)
        if len(chunk.numbers) or chunk.spoiled:
            break
    is_so = any(is_tagged(chunk.table.column_names) for chunk in met)
    return load_mapping("hxl") if is_so else None, chain(met, chunks)


def read_rows(rows: Iterable[object], document: str, reference: Reference, *, today: dt.date) -> Batch:
    """The reports of rows with named values (JSON objects, records of a data frame).

    A value that a row does not have is blank; ``row`` counts from 1.
    """
    chunks = list(_chunks(rows))
    digest = hashlib.sha256()
    for chunk in chunks:
        for row in chunk.table.to_pylist():
            digest.update(repr(sorted(row.items())).encode("utf-8", "replace"))
        for each in chunk.spoiled:
            digest.update(each.raw.encode("utf-8", "replace"))
    laid = Native(is_strict=False).lay(iter(chunks), document)
    (batch,) = _batches(laid, Gathered(document, digest.hexdigest()), RowReader(reference, today), None, {})
    return batch


def _chunks(rows: Iterable[object]) -> Iterator[Chunk]:
    source = iter(rows)
    number = 1
    while some := list(islice(source, _AT_ONCE)):
        yield chunk_of_objects("", number, some)
        number += len(some)


def _batches(
    laid: Iterator[Laid],
    made: Gathered,
    reader: RowReader,
    rows_at_once: int | None,
    brought: Mapping[str, pa.Table],
) -> Iterator[Batch]:
    """Batches of ``rows_at_once`` rows, the last excepted (a few more where some cannot be read); one batch
    where that is None."""
    given = False
    size = sys.maxsize if rows_at_once is None else rows_at_once
    for rows in laid:
        rest = rows
        while len(rest.rows) > (room := size - made.rows):
            if room > 0:
                first, rest = rest.cut(room)
                made.add(first, reader)
            yield made.batch(reader.register(), brought)
            made, given = Gathered(made.document, made.sha256), True
        made.add(rest, reader)
    if made.rows or made.findings or not given:
        yield made.batch(reader.register(), brought)


class Gathered:
    """What was read so far of one batch; ``batch`` closes it."""

    def __init__(self, document: str, sha256: str) -> None:
        self.document = document
        self.sha256 = sha256
        self.rows = 0
        self.findings: list[Finding] = []
        self._reports: list[pa.Table] = []
        self._held: list[dict[str, Any]] = []

    def add(self, laid: Laid, reader: RowReader) -> None:
        reports, held, noticed = reader.read(laid)
        self.rows += len(laid.rows) + len(laid.spoiled)
        self._reports.append(reports)
        self.findings += laid.findings
        aside = [(each.row, Verdict.REJECTED, each.raw) for each in laid.spoiled]
        self._held += [
            {"row": row, "verdict": str(verdict), "raw": raw} for row, verdict, raw in sorted([*held, *aside])
        ]
        self.findings += sorted([*noticed, *map(_told, laid.spoiled)], key=lambda finding: finding.row or 0)

    def batch(self, register: dict[str, list[dict[str, Any]]], brought: Mapping[str, pa.Table]) -> Batch:
        return Batch(
            document=self.document,
            sha256=self.sha256,
            rows=self.rows,
            reports=pa.concat_tables([BATCH_REPORT.empty_table(), *self._reports]).combine_chunks(),
            held=pa.Table.from_pylist(self._held, schema=HELD),
            findings=tuple(self.findings),
            register=_together(register, brought) if self.rows else {},
        )


def _together(
    met: Mapping[str, list[dict[str, Any]]], brought: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """The reference rows that a mapping brings and those met on the way, by table."""
    tables = dict(brought)
    for table, rows in met.items():
        if rows:
            made = pa.Table.from_pylist(rows, schema=REFERENCE_SCHEMAS[table])
            tables[table] = pa.concat_tables([tables.get(table, made.schema.empty_table()), made])
    return tables


def _told(aside: Aside) -> Finding:
    return dataclasses.replace(aside.finding, row=aside.row)


__all__ = ["ROWS_AT_ONCE", "Layout", "Watch", "read_batches", "read_reports", "read_rows"]
