"""A small ledger with some of every kind of entry, and everything it answers."""

from __future__ import annotations

import pyarrow as pa

from service.ledger import Store
from service.schema.records import Batch, Finding
from service.schema.tables import REFERENCE_SCHEMAS
from service.vocabulary import Severity
from tests.builders import batch, moment, reference, report

AT = moment("2025-03-13T08:00")
INDEX = "casualty.duckdb"


def document() -> Batch:
    """Four rows: two reports, one of them twice, and a rejected row with its finding."""
    one, two = report(count=658), report(count=683)
    return batch(
        one, two, one,
        held=((4, "rejected", '{"count": "-3"}'),),
        findings=(Finding("negative_count", Severity.ERROR, "Row 4: -3", row=4, column="count", value="-3"),),
    )  # fmt: skip


def fill(store: Store, *, upto: int = 9) -> None:
    """Some of every kind of entry: nine, or the first seven of them."""
    ref = reference()
    for name in REFERENCE_SCHEMAS:
        store.register(name, getattr(ref, name), recorded_at=moment("2025-03-01"))
    store.submit(document(), recorded_at=AT)
    if upto == 7:
        return
    store.withdraw(report(count=658)["report_id"], reason="typing error", recorded_at=moment("2025-03-14"))
    store.correct(
        report(count=683)["report_id"],
        batch(report(count=684)),
        reason="misread",
        recorded_at=moment("2025-03-15"),
    )


def everything(store: Store) -> list[pa.Table]:
    ref = store.reference()
    return [
        store.reports(), store.findings(), store.held_rows(), store.submissions(), store.withdrawals(),
        *(getattr(ref, name) for name in REFERENCE_SCHEMAS),
    ]  # fmt: skip
