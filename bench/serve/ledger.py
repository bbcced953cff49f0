"""A ledger of any size to serve: crises of a thousand reports, each with seven places of its own.

The reports are those of ``bench.reconcile`` (six origins, forty outlets, floors and wrong numbers in them);
each crisis has its own region, governorates and districts, so that a place belongs to one crisis.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.reconcile.reports import AREAS, POPULATIONS, draw
from service.ledger import Store
from service.schema.records import Batch, Reference
from service.schema.tables import AREA, BATCH_REPORT, HELD, REFERENCE_KEYS

PER_CRISIS = 1_000
ROWS_A_BATCH = 100_000
RECORDED = dt.datetime(2031, 3, 1, 12, 0)  # noqa: DTZ001 - UTC without a zone, as the ledger keeps it
TODAY = dt.datetime(2031, 6, 1, 12, 0)  # noqa: DTZ001
"""The present of the bench: the tolls have long stopped moving."""


def crisis_name(number: int) -> str:
    return f"crisis-{number:06}"


def area_code(crisis: int, area: str) -> str:
    return f"c{crisis:06}-{area}"


def build(place: Path, rows: int) -> None:
    """A data directory in ``place`` with ``rows`` reports, handed in as a data desk would: in batches."""
    reports, reference = _drawn(rows)
    with Store.open(place) as store:
        for table in REFERENCE_KEYS:
            part = getattr(reference, table)
            if part.num_rows:
                store.register(table, part, recorded_at=RECORDED)
        for start in range(0, rows, ROWS_A_BATCH):
            store.submit(batch(reports.slice(start, ROWS_A_BATCH), f"part-{start}.csv"), recorded_at=RECORDED)


def batch(reports: pa.Table, document: str) -> Batch:
    """A document of these reports (REPORT columns)."""
    rows = reports.num_rows
    placed = reports.drop_columns(["row"]).append_column("row", pa.array(np.arange(1, rows + 1)))
    return Batch(
        document=document,
        sha256=hashlib.sha256(document.encode()).hexdigest(),
        rows=rows,
        reports=placed.select(BATCH_REPORT.names).cast(BATCH_REPORT),
        held=HELD.empty_table(),
        findings=(),
    )


def _drawn(rows: int) -> tuple[pa.Table, Reference]:
    reports, reference = draw(rows)
    crises = -(-rows // PER_CRISIS)
    number = np.arange(rows) // PER_CRISIS
    place = pc.index_in(reports.column("areas"), pa.array(AREAS)).to_numpy()
    codes = [area_code(crisis, area) for crisis in range(crises) for area in AREAS]
    names = [crisis_name(crisis) for crisis in range(crises)]
    urls = pa.array([f"https://example.org/reports/{row}" for row in range(rows)])
    for column, values in {
        "crisis_id": pa.array(names).take(pa.array(number)),
        "areas": pa.array(codes).take(pa.array(number * len(AREAS) + place)),
        "area_stated": reports.column("areas"),
        "url": urls,
        "count_stated": reports.column("number").cast(pa.string()),
    }.items():
        spot = reports.column_names.index(column)
        reports = reports.set_column(spot, reports.schema.field(column), values)
    crisis = reference.crisis.slice(0, crises).to_pylist()
    for each, row in enumerate(crisis):
        row["whole_area"] = area_code(each, AREAS[0])
    areas = [row for each in range(crises) for row in _areas(reference, each)]
    return reports, dataclasses.replace(
        reference,
        area=pa.Table.from_pylist(areas, schema=AREA),
        crisis=pa.Table.from_pylist(crisis, schema=reference.crisis.schema),
    )


def _areas(reference: Reference, crisis: int) -> list[dict[str, object]]:
    def own(codes: str) -> str:
        return "|".join(area_code(crisis, code) for code in codes.split("|")) if codes else ""

    return [
        {
            **row,
            "area_code": own(row["area_code"]),
            "name": f"{row['area_code']} of {crisis:06}",
            "parent_code": own(row["parent_code"]),
            "members": own(row["members"]),
        }
        for row in reference.area.to_pylist()
    ]


CELLS = tuple((area, population) for area in AREAS for population in POPULATIONS)
"""Place and population of each series of a crisis."""
