"""How does an empty ledger come to hold the shipped seeds?

Reference data first, then each report file as one submission, then the corrections as entries that point at
what they replace: the rows stay as they were published, and what replaces them says why. Everything is
recorded at the time that the seeds carry, and without a salt, so that two new ledgers have the same head.
This module must not know how figures are reconciled.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from service.ingest import load_seeds, read_reports
from service.ingest.corrections import Correction, apply_corrections, read_corrections
from service.ledger import Store
from service.reference.containment import Containment
from service.schema.records import Batch
from service.schema.tables import HELD

CORRECTIONS = "corrections.toml"


def fill_from_seeds(store: Store, seeds: Path) -> None:
    """Register and submit everything in a seeds folder. Raises UnreadableDocument for a damaged file."""
    shipped = load_seeds(seeds)
    at = shipped.recorded_at
    for table, rows in shipped.reference.items():
        store.register(table, rows, recorded_at=at)
    file = seeds / CORRECTIONS
    corrections = read_corrections(file.read_bytes(), CORRECTIONS) if file.is_file() else ()
    for document, data in shipped.documents:
        batch = read_reports(data, document, store.reference(), today=at.date())
        store.submit(batch, recorded_at=at, salted=False)
        containment = Containment.of(store.reference())
        _submit_corrections(store, batch, corrections, containment, at)


def _submit_corrections(
    store: Store,
    batch: Batch,
    corrections: tuple[Correction, ...],
    containment: Containment,
    at: dt.datetime,
) -> None:
    """Replace each row that a correction is about by what the correction says."""
    corrected = apply_corrections(batch.reports, corrections, containment)
    reasons = [finding.message for finding in corrected.findings if finding.code == "corrected"]
    originals = corrected.originals.column("report_id").to_pylist()
    for original, successor, reason in zip(originals, corrected.successors, reasons, strict=True):
        rows = corrected.reports.filter(pc.equal(corrected.reports.column("report_id"), successor))
        batch = _correction_batch(rows)
        store.correct(original, batch, reason=reason, recorded_at=at, salted=False)


def _correction_batch(rows: pa.Table) -> Batch:
    digest = hashlib.sha256("".join(rows.column("report_id").to_pylist()).encode()).hexdigest()
    return Batch(CORRECTIONS, digest, rows.num_rows, rows, HELD.empty_table(), ())
