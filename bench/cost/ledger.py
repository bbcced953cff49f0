"""A ledger whose reports are all of one crisis: the costliest that a public service may be asked about.

The reports are the giant of ``bench.reconcile`` (500 areas, five populations, six origins, a year), moved to
days that are past, so that the ordinary command serves it by the ordinary clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bench.reconcile.reports import START, draw_giant
from bench.serve.ledger import batch
from service.ledger import Store
from service.schema.records import Reference
from service.schema.tables import REFERENCE_KEYS

EARLIER = START - dt.date(2024, 1, 1)
RECORDED = dt.datetime(2025, 6, 1, 12, 0)  # noqa: DTZ001 - UTC without a zone, as the ledger keeps it
LATER = dt.timedelta(days=1)
"""The last tenth of the reports is recorded so much later: questions about changes have something to tell."""
ROWS_A_BATCH = 10_000
CRISIS = "crisis-000000"


def build(place: Path, rows: int) -> None:
    """A data directory in ``place`` with ``rows`` reports of one crisis."""
    reports, reference = drawn(rows)
    with Store.open(place) as store:
        for table in REFERENCE_KEYS:
            if (part := getattr(reference, table)).num_rows:
                store.register(table, part, recorded_at=RECORDED)
        for start in range(0, rows, ROWS_A_BATCH):
            at = RECORDED + (LATER if start >= rows - ROWS_A_BATCH else dt.timedelta())
            document = batch(reports.slice(start, ROWS_A_BATCH), f"part-{start}.csv")
            store.submit(document, recorded_at=at)


def drawn(rows: int) -> tuple[pa.Table, Reference]:
    """``rows`` reports (LEDGER_REPORT) of one crisis, and the reference data they need."""
    reports, reference = draw_giant(rows)
    ids = pa.array([f"r{row:020x}" for row in range(rows)])
    urls = pa.array([f"https://example.org/reports/{row}" for row in range(rows)])
    said = {"report_id": ids, "url": urls, "area_stated": reports["areas"],
            "count_stated": reports["number"].cast(pa.string())}  # fmt: skip
    for name, values in said.items():
        at = reports.column_names.index(name)
        reports = reports.set_column(at, reports.schema.field(name), values)
    crisis = _earlier(reference.crisis)
    return _earlier(reports), dataclasses.replace(reference, crisis=crisis)


def _earlier(table: pa.Table) -> pa.Table:
    """The rows with all days moved into the past."""
    for at, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            days = pc.subtract(table.column(at).cast(pa.int32()), pa.scalar(EARLIER.days, pa.int32()))
            table = table.set_column(at, field, days.cast(field.type))
    return table
