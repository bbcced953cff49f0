"""Which reports does a document hold, row by row?

Every row ends accepted, quarantined or rejected (that a report is known already only the ledger can say), and
every row that is not accepted has a finding that names row, column, value and fix. Nothing here looks at a
clock or a store: the present day and the reference data are arguments. Each distinct text of a column is read
once, so that long files cost little more than their distinct values.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

import pyarrow as pa

from service.errors import UnreadableDocument
from service.ingest.cells import Cell, worst
from service.ingest.columns import Columns
from service.ingest.dates import read_days
from service.ingest.figure import read_figure
from service.ingest.rows import Row, Sheet, likest, read_csv, sheet_of
from service.model import BATCH_REPORT, HELD, REFERENCE_SCHEMAS, Batch, Finding, Reference, report_id
from service.vocabulary import Severity, Verdict

FIGURE_COLUMNS = ("count", "low", "best", "high")
REPORT_FILE = (
    "crisis", "source", "origin", "url", "published_on", "counted_to", "period_start", "period_end", "areas",
    "measure", "population", "attributed_to", "basis", *FIGURE_COLUMNS, "standard", "note",
)  # fmt: skip
"""The columns of a report file; their order is free."""
REQUIRED = ("crisis", "source", "areas", "measure", "population")
"""The columns that a file must have, beside ``count`` or one of ``low``, ``best``, ``high``."""


def read_reports(
    data: bytes, document: str, reference: Reference, *, today: dt.date, delimiter: str = ","
) -> Batch:
    """The reports of a CSV report file and the rows held aside.

    Raises UnreadableDocument where it is not rows at all: not UTF-8, broken quoting, no heading, a column
    missing or there twice.
    """
    sheet = read_csv(data, document, delimiter)
    _check_columns(sheet)
    return _batch(sheet, reference, today)


def read_rows(rows: Iterable[object], document: str, reference: Reference, *, today: dt.date) -> Batch:
    """The same of rows with named values (JSON objects, records of a data frame).

    A value that a row does not have is blank; ``row`` counts from 1.
    """
    return _batch(sheet_of(rows, document), reference, today)


def _check_columns(sheet: Sheet) -> None:
    missing = [name for name in REQUIRED if name not in sheet.columns]
    if not any(name in sheet.columns for name in FIGURE_COLUMNS):
        missing.append("count")
    if not missing:
        return
    unknown = [name for name in sheet.columns if name not in REPORT_FILE]
    near = [f"“{like}” for {name}" for name in missing if (like := likest(name, unknown))]
    raise UnreadableDocument(
        f"{sheet.document} has no column {', '.join(missing)}.",
        fix=(f"Did you write {', '.join(near)}? " if near else "")
        + f"A report file has the columns {', '.join(REPORT_FILE)}.",
        suggestions=tuple(missing),
    )


def _unknown_columns(sheet: Sheet) -> list[Finding]:
    """That values under headings no report has are not read."""
    return [
        Finding(
            "unknown_column",
            Severity.INFO,
            f"The column {name} is not part of a report; its values were ignored.",
            f"Did you mean {like}?" if (like := likest(name, REPORT_FILE)) else "Put what matters into note.",
            column=name,
        )
        for name in sheet.columns
        if name not in REPORT_FILE
    ]


def _batch(sheet: Sheet, reference: Reference, today: dt.date) -> Batch:
    reader = _RowReader(reference, today)
    reports: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    findings = _unknown_columns(sheet)
    for row in sheet.rows:
        verdict, record, noticed = reader.read(row)
        findings += [dataclasses.replace(finding, row=row.number) for finding in noticed]
        if verdict is Verdict.ACCEPTED:
            reports.append(record)
        else:
            held.append({"row": row.number, "verdict": str(verdict), "raw": row.raw()})
    return Batch(
        document=sheet.document,
        sha256=sheet.sha256,
        rows=len(sheet.rows),
        reports=pa.Table.from_pylist(reports, schema=BATCH_REPORT),
        held=pa.Table.from_pylist(held, schema=HELD),
        findings=tuple(findings),
        register={
            table: pa.Table.from_pylist(rows, schema=REFERENCE_SCHEMAS[table])
            for table, rows in reader.columns.register().items()
            if rows
        },
    )


class _RowReader:
    """Reads the rows of one document, each distinct text of a column once."""

    def __init__(self, reference: Reference, today: dt.date) -> None:
        self.columns = Columns(reference)
        self._single: dict[str, Callable[[str], Cell]] = {
            name: cache(read) for name, read in self.columns.readers().items()
        }
        self._days = cache(partial(read_days, today=today))
        self._figure = cache(read_figure)

    def read(self, row: Row) -> tuple[Verdict, dict[str, Any], list[Finding]]:
        """The row's verdict, its BATCH_REPORT values where it is accepted, and what was noticed."""
        if row.spoiled:
            return Verdict.REJECTED, {}, [row.spoiled]
        text = {name: row.cells.get(name, "") for name in REPORT_FILE}
        cells = {name: read(text[name]) for name, read in self._single.items()}
        cells["days"] = self._days(
            text["published_on"], text["counted_to"], text["period_start"], text["period_end"]
        )
        cells["figure"] = self._figure(*(text[name] for name in FIGURE_COLUMNS))
        verdict = worst(tuple(cell.verdict for cell in cells.values()))
        findings = [finding for cell in cells.values() for finding in cell.findings]
        if verdict is not Verdict.ACCEPTED:
            return verdict, {}, findings
        record = self._record({name: cell.value for name, cell in cells.items()}, row.number)
        return verdict, record, findings + self.columns.meet(record)

    def _record(self, values: dict[str, Any], number: int) -> dict[str, Any]:
        days, figure = values.pop("days"), values.pop("figure")
        areas, area_stated = values["areas"]
        origin = values["origin"] or values["source"]
        record = {
            "crisis_id": values["crisis"],
            "source_id": values["source"],
            "origin_id": origin,
            "url": values["url"],
            **days._asdict(),
            "areas": areas,
            "area_stated": area_stated,
            "measure": values["measure"],
            "population": values["population"],
            "attributed_to": values["attributed_to"],
            "basis": values["basis"],
            "low": figure.low,
            "best": figure.best,
            "high": figure.high,
            "number": figure.number,
            "count_stated": figure.stated,
            "standard": values["standard"] or self.columns.usual_standard(origin),
            "note": values["note"],
            "row": number,
        }
        return {"report_id": report_id(record), **record}
