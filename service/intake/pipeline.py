"""How does a document come into the ledger?

It reads the document in batches, compares each with what its sources said before, and submits it while it
reads the next: a document may be longer than memory. It takes held rows again in the same way. It must not
know how figures are reconciled or who submits.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from queue import Queue
from threading import BoundedSemaphore, Event, Thread
from typing import TypeVar, Unpack

import pyarrow as pa

from service.errors import NotFound, QueryError
from service.ingest import ROWS_AT_ONCE, Watch, read_batches, read_reports, read_rows
from service.ingest.cells import excerpt
from service.ingest.checks import check_batch, find_repeats
from service.ingest.fixes import Fix
from service.ingest.mapping.library import Library, Mapping
from service.ingest.name_checks import check_names
from service.ingest.personal_data import check_document_name, check_text
from service.ingest.reference_file import check_rings
from service.ingest.retry import retry_rows, spread_fixes
from service.ingest.row_reader import HeldRow
from service.intake.document import Document, ReadOptions, rows_as_json, to_rows
from service.intake.part_checks import rows_to_check
from service.intake.parts import combine_receipts, place_part
from service.intake.release import FullRelease, read_release
from service.intake.taken_back import settle_retractions
from service.intake.waiting import NAME_COLUMNS, HeldPlace, rows_that_waited, with_rows
from service.ledger import Store
from service.schema.records import Batch, Finding, Receipt, Reference, Registration
from service.schema.tables import MAPPING
from service.sentence import sentence
from service.vocabulary import Severity, Verdict

COMPARED_REPORTS = 50_000
"""How many known reports of the same sources the checks compare a batch with: the nearest in time."""
PARALLEL_READS = max(1, (os.cpu_count() or 1) // 2)
"""How many documents are read at the same time: half of the processors are left to answer questions."""

T = TypeVar("T")
_Document = tuple[str, str]
"""A document that has rows held: its name, and the hash of its content."""


class Intake:
    """The way in. ``reference`` returns the reference data of now, ``clock`` the time (UTC)."""

    def __init__(
        self, store: Store, reference: Callable[[], Reference], clock: Callable[[], dt.datetime]
    ) -> None:
        self._store = store
        self._reference = reference
        self._clock = clock
        self._read_slots = BoundedSemaphore(PARALLEL_READS)
        self.library = Library(lambda: store.mappings().select(MAPPING.names))

    def read(self, document: Document, name: str, *, part: str = "", **reading: Unpack[ReadOptions]) -> Batch:
        """Return what a document says, row by row, with the findings of the checks; nothing is recorded.
        ``part`` says which rows of a larger document these are (``service.intake.parts``)."""
        check_document_name(name or (Path(document).name if isinstance(document, str | Path) else ""))
        with self._read_slots:
            today, reference = self._clock().date(), self._reference()
            self._resolve_mapping(reading)
            if isinstance(document, str | Path):
                path = Path(document)
                batch = read_reports(path, name or path.name, reference, today=today, **reading)
            elif isinstance(document, bytes):
                batch = read_reports(document, name or "document", reference, today=today, **reading)
            elif reading.get("mapping"):
                reading["format"] = "json"
                rows = rows_as_json(to_rows(document))
                batch = read_reports(rows, name or "rows", reference, today=today, **reading)
            else:
                batch = read_rows(to_rows(document), name or "rows", reference, today=today)
            batch = place_part(batch, part) if part else batch
            return self._check(batch, reference, part)

    def _resolve_mapping(self, reading: ReadOptions) -> None:
        """Put the mapping itself in the place of its name. Raises UnknownName."""
        mapping = reading.get("mapping")
        if mapping is not None:
            reading["mapping"] = self.library.find(mapping)

    def submit(
        self, batch: Batch, *, release: str | None = None, dry_run: bool = False, key_id: str = ""
    ) -> Receipt:
        """Record what is new in a batch and return what became of each row; ``dry_run`` records nothing.

        Of a ``full`` release, what its sources gave and it no longer lists is taken back.
        """
        full = FullRelease() if read_release(release) else None
        if full is not None:
            full.add(batch)
            batch = full.settle(batch)
        if dry_run:
            with self._store.view() as view:
                return self._with_findings(full, view.rehearse(batch))
        return self._submit_last(batch, full, key_id=key_id)

    def _submit_last(
        self, batch: Batch, full: FullRelease | None, *, key_id: str = "", brief: bool = False
    ) -> Receipt:
        """Record the last batch of a document; of a full release, take back what it no longer lists in the
        same entry: nobody reads the one without the other. Who cannot read all of it does not know what is
        gone."""
        if full is None or full.held:
            receipt = self._store.submit(batch, recorded_at=self._clock(), key_id=key_id, brief=brief)
            return receipt if full is None else _with_more(receipt, (full.incomplete(),))
        receipt, gone = self._store.submit_release(
            batch, full.listed(batch.document), recorded_at=self._clock(), key_id=key_id, brief=brief
        )
        return _with_more(receipt, full.findings(gone, dry_run=False))

    def _with_findings(self, full: FullRelease | None, receipt: Receipt) -> Receipt:
        """Return the receipt of a rehearsal with what would become of events that are no longer listed."""
        if full is None:
            return receipt
        if full.held:
            return _with_more(receipt, (full.incomplete(),))
        with self._store.view() as view:
            gone = view.find_gone(full.listed(""))
        return _with_more(receipt, full.findings(gone, dry_run=True))

    def ingest(
        self,
        document: Document,
        name: str,
        *,
        release: str | None = None,
        dry_run: bool = False,
        watch: Watch | None = None,
        **reading: Unpack[ReadOptions],
    ) -> Receipt:
        """Take in a document of any length and return its receipt; ``release`` as for ``submit``.

        The receipt of a document in several batches has only the verdicts of rows that were not accepted, and
        the first findings.
        """
        if not isinstance(document, str | Path | bytes):
            return self.submit(self.read(document, name, **reading), release=release, dry_run=dry_run)
        full = FullRelease() if read_release(release) else None
        source = document if isinstance(document, bytes) else Path(document)
        document_name = name or (source.name if isinstance(source, Path) else "document")
        check_document_name(document_name)
        reference = self._reference()
        self._resolve_mapping(reading)
        batches = read_batches(
            source, document_name, reference, today=self._clock().date(), watch=watch, **reading
        )
        receipts: list[Receipt] = []
        earlier_ids = pa.array([], pa.string())
        with closing(_read_ahead(batches)) as ready:
            for batch, is_last in _mark_last(ready):
                checked = self._check(batch, reference)
                if full is not None:
                    full.add(checked)
                    checked = full.settle(checked)
                brief = batch.rows >= ROWS_AT_ONCE
                if dry_run:
                    with self._store.view() as view:
                        receipts.append(view.rehearse(checked, earlier_ids, brief=brief))
                    earlier_ids = pa.concat_arrays(
                        [earlier_ids, checked.reports["report_id"].combine_chunks()]
                    )
                elif is_last:
                    receipts.append(self._submit_last(checked, full, brief=brief))
                else:
                    receipts.append(self._store.submit(checked, recorded_at=self._clock(), brief=brief))
                receipts = [combine_receipts(receipts)]
        return self._with_findings(full, receipts[0]) if dry_run else receipts[0]

    def retry(
        self,
        documents: Sequence[str] = (),
        *,
        mapping: Mapping | None = None,
        fixes: Sequence[Fix] = (),
        dry_run: bool = False,
        only: Collection[HeldPlace] | None = None,
        reference: Reference | None = None,
        key_id: str = "",
    ) -> list[tuple[str, Receipt]]:
        """Take held rows again: the quarantined ones, and the rejected ones that a fix is about.

        Returns (document, receipt) for each document that has any, among ``documents`` where some are named
        and ``only`` of certain rows. ``reference`` is taken for what is known. Raises as ``_find_held_rows``.
        """
        for fix in fixes:
            where = "every row alike" if fix.was else f"row {fix.row}"
            check_text(fix.reason, f"reason for the {fix.column} of {where}")
        of_one_row = [fix for fix in fixes if not fix.was]
        held_rows = self._find_held_rows(documents, of_one_row, only)
        alike = self._fixes_of_rows(held_rows, [fix for fix in fixes if fix.was], mapping)
        receipts: list[tuple[str, Receipt]] = []
        for (document, sha256), held in held_rows.items():
            own_fixes = [fix for fix in of_one_row if not fix.document or fix.document == document]
            own_fixes += alike.get((document, sha256), ())
            known = reference or self._reference()
            today = self._clock().date()
            batch = retry_rows(
                held, document, sha256, known, today=today, mapping=mapping, load=self.library.find,
                fixes=own_fixes,
            )  # fmt: skip
            checked = self._check(batch, known)
            receipts.append((document, self.submit(checked, dry_run=dry_run, key_id=key_id)))
        return receipts

    def register(
        self, table: str, rows: pa.Table, *, dry_run: bool = False, key_id: str = ""
    ) -> Registration:
        """Record reference rows, and take in what was held for want of them; ``dry_run`` writes nothing.

        Raises QueryError for places or populations that would lie in themselves, and for a new name that is
        none, or another's.
        """
        before = self._reference()
        check_names(table, rows, before)
        known = with_rows(before, table, rows)
        check_rings(table, rows, known)
        with self._store.view() as view:
            verdicts = view.compare_rows(table, rows)
        if not dry_run:
            self._store.register(table, rows, recorded_at=self._clock(), key_id=key_id)
        freed = rows_that_waited(self._store.findings(), table, known) if table in NAME_COLUMNS else set()
        receipts = self.retry(dry_run=dry_run, only=freed, reference=known, key_id=key_id) if freed else []
        released = sum(receipt.accepted + receipt.duplicate for _, receipt in receipts)
        return Registration(table, verdicts, released, self._store.head, dry_run, known)

    def _find_held_rows(
        self, documents: Sequence[str], fixes: Sequence[Fix], only: Collection[HeldPlace] | None = None
    ) -> dict[_Document, list[HeldRow]]:
        """Return the rows to take again, by document (name, sha256).

        Raises NotFound where a name or a fix is about no held row, QueryError where a fix is about several
        documents.
        """
        waiting: dict[_Document, list[HeldRow]] = {}
        fixed_rows: Counter[Fix] = Counter()
        names: set[str] = set()
        for row in self._store.held_rows().to_pylist():
            if row["status"] == "resolved" or (documents and row["document"] not in documents):
                continue
            if only is not None and (row["seq"], row["row"]) not in only:
                continue
            names.add(row["document"])
            row_fixes = [
                fix for fix in fixes if fix.row == row["row"] and fix.document in ("", row["document"])
            ]
            fixed_rows.update(row_fixes)
            if row_fixes or row["verdict"] == Verdict.QUARANTINED:
                key = row["document"], row["sha256"]
                waiting.setdefault(key, []).append(HeldRow(row["row"], row["verdict"], row["raw"]))
        for name in documents:
            if name not in names:
                raise NotFound(
                    sentence("No row of %(name)s is held.", name=name), fix="See `casualty findings`."
                )
        for fix in fixes:
            if not fixed_rows[fix]:
                raise NotFound(
                    sentence("No row %(row)s is held.", row=fix.row), fix="See `casualty findings`."
                )
            if fixed_rows[fix] > 1:
                raise QueryError(
                    sentence("Several documents have a held row %(row)s.", row=fix.row),
                    fix="Name the one that is meant (casualty ingest --retry DOCUMENT …); where they have "
                    "one name, hand its rows in anew under another.",
                )
        return waiting

    def _fixes_of_rows(
        self, held_rows: dict[_Document, list[HeldRow]], alike: Sequence[Fix], mapping: Mapping | None
    ) -> dict[_Document, list[Fix]]:
        """Return by document the fixes of single rows that those of every row alike are. Raises NotFound for
        one that no row fits."""
        fixes: dict[_Document, list[Fix]] = {}
        used: set[Fix] = set()
        for (document, sha256), held in held_rows.items():
            here = [fix for fix in alike if fix.document in ("", document)]
            spread = spread_fixes(held, document, here, mapping=mapping, load=self.library.find)
            used.update(fix for fix, _ in spread)
            fixes[document, sha256] = [fix for _, fix in spread]
        for fix in alike:
            if fix not in used:
                raise NotFound(
                    sentence(
                        "No row is held that says “%(was)s” under %(column)s.",
                        was=excerpt(fix.was), column=fix.column,
                    ),
                    fix="See `casualty findings`; what is replaced is the whole text of a cell, or one of "
                    "the places in it.",
                )  # fmt: skip
        return fixes

    def _check(self, batch: Batch, reference: Reference, part: str = "") -> Batch:
        """Return the batch with the findings of the checks, made beside its sources' earlier reports. Those
        of a part are of its document as far as it is in."""
        with self._store.view() as view:
            if batch.reports.num_rows:
                batch = settle_retractions(batch, view, self._clock().date())
            checked = rows_to_check(batch, part, view)
            if not checked.rows.num_rows:
                return batch
            most = COMPARED_REPORTS + checked.rows.num_rows - batch.reports.num_rows
            earlier = view.nearest_reports(checked.rows, most) if checked.is_whole else None
        if earlier is None:
            findings = checked.keep(find_repeats(checked.rows, reference))
        else:
            findings = checked.keep(check_batch(checked.rows, earlier, reference))
            if earlier.num_rows == most:
                findings += (_partial_check(),)
        return dataclasses.replace(batch, findings=(*batch.findings, *findings))


def _partial_check() -> Finding:
    """Return the finding that the checks compared a batch with only some of its sources' earlier reports."""
    return Finding(
        "checked_in_part",
        Severity.INFO,
        sentence(
            "The checks looked only at the %(most)s statements of these sources that are nearest in time.",
            most=f"{COMPARED_REPORTS:,}",
        ),
        "Look at what is older in `casualty reports`.",
    )


class _Failure:
    """The error that ended a reader."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _with_more(receipt: Receipt, findings: tuple[Finding, ...]) -> Receipt:
    return dataclasses.replace(receipt, findings=(*receipt.findings, *findings))


def _mark_last(batches: Iterable[T]) -> Iterator[tuple[T, bool]]:
    """Yield each batch, and whether it is the last."""
    waiting: list[T] = []
    for batch in batches:
        if waiting:
            yield waiting.pop(), False
        waiting.append(batch)
    for batch in waiting:
        yield batch, True


def _read_ahead(batches: Iterator[T]) -> Generator[T]:
    """Yield the same batches; a thread reads the next one while the caller works on this one.

    Close the generator to end the reading.
    """
    queue: Queue[T | _Failure | None] = Queue(maxsize=1)
    stopped = Event()

    def read() -> None:
        last: _Failure | None = None
        try:
            for batch in batches:
                queue.put(batch)
                queue.join()
                if stopped.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - raised again when the caller asks for the next batch
            last = _Failure(error)
        finally:
            batches.close() if hasattr(batches, "close") else None
            queue.put(last)

    reader = Thread(target=read, name="reader", daemon=True)
    reader.start()
    try:
        while (batch := queue.get()) is not None:
            queue.task_done()
            if isinstance(batch, _Failure):
                raise batch.error
            yield batch
    finally:
        stopped.set()
        while reader.is_alive():
            if not queue.empty():
                queue.get()
                queue.task_done()
            reader.join(0.01)
