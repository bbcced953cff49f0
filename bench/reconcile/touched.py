"""How long does one more report take, from handing it in to the figures it moves, in ledgers of any size?"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.reconcile.measure import drawn
from bench.reconcile.reports import START
from service.api import Ledger
from service.ledger import Store
from service.schema.records import Batch
from service.schema.tables import BATCH_REPORT, HELD, REFERENCE_KEYS

RECORDED = dt.datetime.combine(START + dt.timedelta(days=400), dt.time())
CRISIS = "crisis-000000"
ROWS_A_BATCH = 100_000


def touched(shape: str, rows: int, rounds: int = 9) -> tuple[float, float]:
    """Median seconds of processor time for one report handed in, and for its crisis asked again."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        reports, reference = drawn(shape, rows)
        for table in REFERENCE_KEYS:
            if len(part := getattr(reference, table)):
                store.register(table, part, recorded_at=RECORDED)
        for start in range(0, rows, ROWS_A_BATCH):
            store.submit(_document(reports.slice(start, ROWS_A_BATCH), f"part {start}"), recorded_at=RECORDED)
        ledger = Ledger(store, clock=lambda: RECORDED)
        ledger.series(arrow=True, crisis=CRISIS)
        times = []
        for number in range(rounds):
            one = _document(_more(reports, number), f"one {number}")
            began = time.process_time()
            assert store.submit(one, recorded_at=RECORDED).accepted == 1
            taken_in = time.process_time()
            assert ledger.series(arrow=True, crisis=CRISIS).num_rows
            times.append((time.process_time() - began, taken_in - began))
        total, taken = sorted(times)[rounds // 2]
        return taken, total - taken


def _more(reports: pa.Table, number: int) -> pa.Table:
    """A report of the first crisis that is not there yet."""
    row = reports.slice(0, 1).to_pylist()[0] | {
        "report_id": f"more{number}",
        "count_stated": f"{number} more",
    }
    return pa.Table.from_pylist([row], schema=reports.schema)


def _document(reports: pa.Table, name: str) -> Batch:
    rows = len(reports)
    placed = reports.drop_columns(["row"]).append_column("row", pa.array(np.arange(1, rows + 1)))
    return Batch(
        document=name,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        rows=rows,
        reports=placed.select(BATCH_REPORT.names).cast(BATCH_REPORT),
        held=HELD.empty_table(),
        findings=(),
    )
