"""How does a document come into the ledger?

Read in batches, looked at beside what its sources said before, and handed in batch by batch, while the next
one is read: a document may be longer than memory. Rows that were held aside are taken again in the same way.
Knows the ledger and the readers, and nothing of how figures are reconciled or who asks.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from queue import Queue
from threading import BoundedSemaphore, Event, Thread
from typing import TypeVar, Unpack

import pyarrow as pa

from service.errors import NotFound, QueryError
from service.ingest import ROWS_AT_ONCE, Watch, read_batches, read_reports, read_rows
from service.ingest.checks import check_batch
from service.ingest.retry import Fix, retry_rows
from service.ingest.row_reader import HeldRow
from service.intake.document import Document, ReadOptions, to_rows
from service.ledger import Store
from service.schema.records import Batch, Finding, Receipt, Reference
from service.vocabulary import Severity, Verdict

BESIDE = 50_000
"""How many known statements of the same tellers the checks look at: the nearest in time."""
READ_AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
"""How many documents are read at the same time: half of the processors are left to those who ask."""
FINDINGS = 100_000
"""How many findings about one long document its receipt repeats; the ledger holds all."""

T = TypeVar("T")


class Intake:
    """The way in. ``reference`` gives the reference data of now, ``clock`` the time."""

    def __init__(
        self, store: Store, reference: Callable[[], Reference], clock: Callable[[], dt.datetime]
    ) -> None:
        self._store = store
        self._reference = reference
        self._clock = clock
        self._reading = BoundedSemaphore(READ_AT_ONCE)

    def read(self, document: Document, name: str, **reading: Unpack[ReadOptions]) -> Batch:
        """What a document says, row by row, with what a careful reader would look at again."""
        with self._reading:
            today, reference = self._clock().date(), self._reference()
            if isinstance(document, str | Path):
                path = Path(document)
                batch = read_reports(path, name or path.name, reference, today=today, **reading)
            elif isinstance(document, bytes):
                batch = read_reports(document, name or "document", reference, today=today, **reading)
            else:
                batch = read_rows(to_rows(document), name or "rows", reference, today=today)
            return self._checked(batch, reference)

    def submit(self, batch: Batch, *, dry_run: bool = False, key_id: str = "") -> Receipt:
        """Keeps what is new in a batch, and says what became of each row; or only says it."""
        if not dry_run:
            return self._store.submit(batch, recorded_at=self._clock(), key_id=key_id)
        with self._store.view() as view:
            return view.rehearse(batch)

    def ingest(
        self,
        document: Document,
        name: str,
        *,
        dry_run: bool = False,
        watch: Watch | None = None,
        **reading: Unpack[ReadOptions],
    ) -> Receipt:
        """Takes in a document of any length. The receipt of one in several batches adds them up: it tells
        the verdict of each row that was not accepted, and the first findings."""
        if not isinstance(document, str | Path | bytes):
            return self.submit(self.read(document, name), dry_run=dry_run)
        source = document if isinstance(document, bytes) else Path(document)
        known_as = name or (source.name if isinstance(source, Path) else "document")
        reference = self._reference()
        batches = read_batches(
            source, known_as, reference, today=self._clock().date(), watch=watch, **reading
        )
        receipts: list[Receipt] = []
        met = pa.array([], pa.string())
        with closing(_ahead(batches)) as waiting:
            for batch in waiting:
                checked = self._checked(batch, reference)
                brief = batch.rows >= ROWS_AT_ONCE
                if dry_run:
                    with self._store.view() as view:
                        receipts.append(view.rehearse(checked, met, brief=brief))
                    met = pa.concat_arrays([met, batch.reports["report_id"].combine_chunks()])
                else:
                    receipts.append(self._store.submit(checked, recorded_at=self._clock(), brief=brief))
                receipts = [together(receipts)]
        return receipts[0]

    def retry(
        self,
        documents: Sequence[str] = (),
        *,
        mapping: str | Path | None = None,
        fixes: Sequence[Fix] = (),
        dry_run: bool = False,
    ) -> list[tuple[str, Receipt]]:
        """Takes the rows again that are held aside: the quarantined ones, and those rejected that a fix
        means. Gives a receipt for each document that has any (of those named, where any are)."""
        waiting = self._waiting(documents, fixes)
        receipts: list[tuple[str, Receipt]] = []
        for (document, sha256), held in waiting.items():
            here = [fix for fix in fixes if not fix.document or fix.document == document]
            reference = self._reference()
            batch = retry_rows(
                held, document, sha256, reference, today=self._clock().date(), mapping=mapping, fixes=here
            )
            receipts.append((document, self.submit(self._checked(batch, reference), dry_run=dry_run)))
        return receipts

    def _waiting(
        self, documents: Sequence[str], fixes: Sequence[Fix]
    ) -> dict[tuple[str, str], list[HeldRow]]:
        """The rows to take again, by document. Raises NotFound and QueryError where a name or a fix means
        none, or rows of several documents."""
        waiting: dict[tuple[str, str], list[HeldRow]] = {}
        meant: Counter[Fix] = Counter()
        names: set[str] = set()
        for row in self._store.held_rows().to_pylist():
            if row["status"] == "resolved" or (documents and row["document"] not in documents):
                continue
            names.add(row["document"])
            mine = [fix for fix in fixes if fix.row == row["row"] and fix.document in ("", row["document"])]
            meant.update(mine)
            if mine or row["verdict"] == Verdict.QUARANTINED:
                key = row["document"], row["sha256"]
                waiting.setdefault(key, []).append(HeldRow(row["row"], row["verdict"], row["raw"]))
        for name in documents:
            if name not in names:
                raise NotFound(f"No row of {name} is held aside.", fix="See `casualty findings`.")
        for fix in fixes:
            if not meant[fix]:
                raise NotFound(f"No row {fix.row} is held aside.", fix="See `casualty findings`.")
            if meant[fix] > 1:
                raise QueryError(
                    f"Several documents have a row {fix.row} held aside.", fix="Name the one that is meant."
                )
        return waiting

    def _checked(self, batch: Batch, reference: Reference) -> Batch:
        """The batch with what the checks notice beside what its sources said before."""
        if not batch.reports.num_rows:
            return batch
        with self._store.view() as view:
            beside = view.nearest_reports(batch.reports, BESIDE)
        noticed = check_batch(batch.reports, beside, reference)
        if beside.num_rows == BESIDE:
            noticed += (_in_part(),)
        return dataclasses.replace(batch, findings=(*batch.findings, *noticed))


def together(receipts: Sequence[Receipt]) -> Receipt:
    """One receipt for several batches of one document; of a single one it is the receipt itself."""
    if len(receipts) == 1:
        return receipts[0]
    findings = [finding for receipt in receipts for finding in receipt.findings]
    kept = tuple(findings[:FINDINGS])
    return Receipt(
        **{str(verdict): sum(getattr(receipt, verdict) for receipt in receipts) for verdict in Verdict},
        head=receipts[-1].head,
        findings=kept,
        verdicts=tuple(
            each for receipt in receipts for each in receipt.verdicts if each[1] != Verdict.ACCEPTED
        ),
    )


def _in_part() -> Finding:
    return Finding(
        "checked_in_part",
        Severity.INFO,
        f"The checks looked only at the {BESIDE:,} statements of these sources that are nearest in time.",
        "Look at what is older in `casualty reports`.",
    )


class _Failed:
    """What ended a reader before it was done."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _ahead(batches: Iterator[T]) -> Generator[T]:
    """The same, each read while the one before is worked on, and never two. To be closed, which ends the
    reading."""
    ready: Queue[T | _Failed | None] = Queue(maxsize=1)
    stopped = Event()

    def read() -> None:
        last: _Failed | None = None
        try:
            for batch in batches:
                ready.put(batch)
                ready.join()
                if stopped.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - raised again by who asks for the next batch
            last = _Failed(error)
        finally:
            batches.close() if hasattr(batches, "close") else None
            ready.put(last)

    reader = Thread(target=read, name="reader", daemon=True)
    reader.start()
    try:
        while (batch := ready.get()) is not None:
            ready.task_done()
            if isinstance(batch, _Failed):
                raise batch.error
            yield batch
    finally:
        stopped.set()
        while reader.is_alive():
            if not ready.empty():
                ready.get()
                ready.task_done()
            reader.join(0.01)
