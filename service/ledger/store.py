"""What has been handed in, and what was known when?

``Store`` is the only door to storage. It owns a data directory: the journal (the truth) and the DuckDB index
made from it. What is handed in is acknowledged once both hold it; submissions that arrive together share one
fsync and one transaction. It does not know how figures are reconciled or shown, and never looks at the clock.

Invariants: entries are only ever added; ``recorded_at`` increases from entry to entry (an entry that claims
no later moment than the last one's gets the next, so that a moment names one state for good); a reader sees
an entry whole or not at all.

>>> with Store.open(Path("data")) as store:  # doctest: +SKIP
...     receipt = store.submit(batch, recorded_at=dt.datetime(2025, 3, 12, 9, 0))
...     store.reports(as_of=dt.date(2025, 3, 11))
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime as dt
import functools
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar, Unpack

import duckdb
import pyarrow as pa

from service import deadline
from service.errors import CasualtyError, StoreError
from service.ledger import admission, index
from service.ledger.entry import Entry
from service.ledger.file_lock import Hold
from service.ledger.index import NOTHING, Index, Latest
from service.ledger.journal import SEGMENT_BYTES, Journal, sync_directory
from service.ledger.rwlock import Gate
from service.ledger.storage_errors import first_line, index_errors, storage_errors
from service.ledger.view import Noted, View, utc
from service.schema.records import Batch, Finding, Head, Receipt, Reference
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Severity

INDEX_NAME = "casualty.duckdb"
JOURNAL_NAME = "journal"

T = TypeVar("T")
Plan = Callable[[duckdb.DuckDBPyConnection, dt.datetime], tuple[Entry | None, T]]

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class State:
    """The last entry of a ledger, the last one that changed its reference data, the last one that changed
    what is known about each crisis (about the crisis "": what all rest on), and the crises that have reports
    about each area."""

    latest: Latest
    reference: Latest
    touched: Mapping[str, Latest]
    crises: Mapping[str, frozenset[str]]

    @property
    def head(self) -> Head:
        return self.latest.head

    @property
    def recorded_at(self) -> dt.datetime:
        """When the last entry was recorded: nothing that is yet to come will be recorded by then."""
        return self.latest.recorded_at

    def crisis_head(self, crisis_id: str) -> Head:
        """The head since which what is known about a crisis is the same."""
        return self._last(crisis_id).head

    def crisis_recorded_at(self, crisis_id: str) -> dt.datetime:
        """The moment since which what is known about a crisis is the same."""
        return self._last(crisis_id).recorded_at

    def _last(self, crisis_id: str) -> Latest:
        mine, all_rest_on = self.touched.get(crisis_id, NOTHING), self.touched.get("", NOTHING)
        return mine if mine.head.seq > all_rest_on.head.seq else all_rest_on


@dataclasses.dataclass(eq=False)
class _Ticket(Generic[T]):
    """One call waiting to be written, and what became of it."""

    plan: Plan[T]
    moment: dt.datetime
    key_id: str
    answer: tuple[T, Head] | None = None
    error: BaseException | None = None
    is_done: bool = False


class Store(contextlib.AbstractContextManager["Store"]):
    """An open ledger. Made by ``Store.open``; safe to use from many threads at once."""

    def __init__(self, data_dir: Path, hold: Hold, journal: Journal, opened: Index) -> None:
        self.data_dir = data_dir
        self._hold = hold
        self._journal = journal
        self._index: Index | None = opened
        self._is_sound = True
        self._is_closed = False
        self._gate = Gate()
        self._writer = threading.RLock()
        self._waiting: collections.deque[_Ticket[Any]] = collections.deque()
        self._state = State(NOTHING, NOTHING, {}, {})
        self._entries: tuple[Head, pa.Table] | None = None
        self._before_told: list[Callable[[Head], None]] = []
        with opened.cursor() as cursor:
            self._publish(cursor, index.read_latest(cursor))

    @classmethod
    def open(cls, data_dir: Path, *, segment_bytes: int = SEGMENT_BYTES) -> Store:
        """The ledger in ``data_dir``, created where there is none, its index brought up to its journal.

        Raises StoreHeld where another process owns it, JournalDamaged where the journal does not match its
        own hashes, and StoreError where the directory cannot be used.
        """
        with contextlib.ExitStack() as undo, storage_errors(data_dir):
            data_dir.mkdir(parents=True, exist_ok=True)
            hold = Hold.take(data_dir)
            undo.callback(hold.release)
            journal = Journal.open(data_dir / JOURNAL_NAME, segment_bytes=segment_bytes)
            undo.callback(journal.close)
            opened = index.settle(data_dir / INDEX_NAME, journal)
            undo.callback(opened.close)
            store = cls(data_dir, hold, journal, opened)
            undo.pop_all()
            return store

    def close(self) -> None:
        """Lets go of the data directory, after readers and writers have finished."""
        with self._writer, self._gate.alone():
            if self._is_closed:
                return
            self._is_closed = True
            if self._index:
                self._index.close()
            self._journal.close()
            self._hold.release()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def announce(self, address: str) -> None:
        """Tells other processes at which address this one serves the ledger."""
        self._hold.announce(address)

    def before_acknowledging(self, wait: Callable[[Head], None]) -> None:
        """``wait`` is called with the head that a writer's entry has made before the writer is told of it."""
        self._before_told.append(wait)

    # --- handing in; ``key_id`` names the key it is done with, where one is needed ---------------------

    def submit(
        self, batch: Batch, *, recorded_at: dt.datetime, key_id: str = "", brief: bool = False
    ) -> Receipt:
        """Keeps what is new in a document; nothing is written where all of it is known. The receipt tells the
        verdict of every row, a ``brief`` one of those only that were not accepted."""
        receipt, head = self._write(
            lambda cursor, at: admission.admit(cursor, batch, at, brief=brief), recorded_at, key_id
        )
        return dataclasses.replace(receipt, head=head)

    def register(self, table: str, rows: pa.Table, *, recorded_at: dt.datetime) -> int:
        """Keeps the reference rows that are new or changed, and says how many they were."""
        changed, _ = self._write(lambda cursor, at: admission.enrol(cursor, table, rows, at), recorded_at)
        return changed

    def withdraw(self, report_id: str, *, reason: str, recorded_at: dt.datetime, key_id: str = "") -> Head:
        """Takes a report back. Raises NotFound for an unknown id; a second time changes nothing."""
        _, head = self._write(
            lambda cursor, at: admission.take_back(cursor, report_id, reason, at), recorded_at, key_id
        )
        return head

    def correct(
        self, report_id: str, batch: Batch, *, reason: str, recorded_at: dt.datetime, key_id: str = ""
    ) -> Receipt:
        """Puts the reports of ``batch`` in the place of ``report_id``, which is withdrawn and points at them.

        Where every row of the batch is held aside, the old report stands. Raises NotFound for an unknown id.
        """
        receipt, head = self._write(
            lambda cursor, at: admission.put_right(cursor, report_id, batch, reason, at), recorded_at, key_id
        )
        return dataclasses.replace(receipt, head=head)

    # --- asking ----------------------------------------------------------------------------------------

    @property
    def head(self) -> Head:
        """The state that both journal and index hold."""
        return self._state.head

    @property
    def state(self) -> State:
        """The head, and what each crisis rests on, of one moment."""
        return self._state

    def crisis_entry(self, crisis_id: str) -> int:
        """The last entry that changed what is known about a crisis: a key for what is worked out from it."""
        return self._state.crisis_head(crisis_id).seq

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        """The ledger at one head, for questions that must agree; write after leaving it, not inside."""
        deadline.will_take_time()
        if self._index is None:
            self._recover()
        errors = functools.partial(index_errors, self.data_dir, self._on_fatal)
        with self._gate.shared(), contextlib.ExitStack() as stack:
            with errors():
                cursor = stack.enter_context(self._usable().cursor())
                cursor.execute("BEGIN")
                view = View(cursor, errors)
            yield view

    def reports(
        self,
        *,
        crisis_id: str | None = None,
        as_of: dt.date | None = None,
        recorded_by: dt.datetime | None = None,
    ) -> pa.Table:
        """LEDGER_REPORT rows; see ``View.reports``."""
        with self.view() as view:
            return view.reports(crisis_id=crisis_id, as_of=as_of, recorded_by=recorded_by)

    def reference(self, *, recorded_by: dt.datetime | None = None) -> Reference:
        """The reference rows in force."""
        with self.view() as view:
            return view.reference(recorded_by=recorded_by)

    def findings(self, **noted: Unpack[Noted]) -> pa.Table:
        """STORED_FINDING rows: what the checks noticed, oldest first."""
        with self.view() as view:
            return view.findings(**noted)

    def held_rows(self, **noted: Unpack[Noted]) -> pa.Table:
        """STORED_HELD rows: those kept aside, oldest first."""
        with self.view() as view:
            return view.held_rows(**noted)

    def submissions(self) -> pa.Table:
        """Every entry, oldest first; what was read last is kept for as long as it is all there is."""
        kept = self._entries
        if kept is not None and kept[0] == self.head:
            return kept[1]
        with self.view() as view:
            read = view.submissions()
        head = self.head
        if len(read) == head.seq:
            self._entries = head, read
        return read

    def withdrawals(self, report_id: str | None = None) -> pa.Table:
        """Every taking back of a report, or those of one."""
        with self.view() as view:
            return view.withdrawals(report_id)

    # --- keeping sound ---------------------------------------------------------------------------------

    def ready(self) -> Head:
        """The head, read from the index just now; reopens an index that had failed. Raises StoreError."""
        try:
            with self.view() as view:
                return view.head
        except StoreError:
            if self._index is not None:
                raise
        with self.view() as view:  # the index had failed for good: once more, on a new one
            return view.head

    def verify(self) -> list[Finding]:
        """What is wrong with what is stored, checked from the bytes up; nothing, if all is sound.

        Every hash of the journal is computed again, and the index is compared, row by row, with one made
        afresh from the journal.
        """
        with self._writer, storage_errors(self.data_dir):
            found = self._journal.damage()
            if found:
                damage = found.damaged()
                return [Finding("journal_damaged", Severity.ERROR, damage.message, damage.fix)]
            return self._compare()

    def rebuild(self) -> None:
        """Makes the index afresh from the journal and puts it in the place of the old one."""
        with self._writer, self._gate.alone(), storage_errors(self.data_dir):
            self._usable().close()
            self._index = None
            self._index = index.rebuild(self.data_dir / INDEX_NAME, self._journal)
            with self._index.cursor() as cursor:
                self._publish(cursor, index.read_latest(cursor))

    def snapshot(self, path: Path) -> Head:
        """Writes a copy of the index that others may open while this process lives; returns its head."""
        if path.resolve() == (self.data_dir / INDEX_NAME).resolve():
            raise StoreError(f"{path} is the live index.", fix="Name another file for the snapshot.")
        unfinished = path.with_name(path.name + ".new")
        with self._gate.shared(), storage_errors(path.parent, self._on_fatal):
            index.copy(self._usable(), unfinished)
            with contextlib.closing(Index.open(unfinished)) as copied:
                head = copied.head()
            unfinished.replace(path)
            sync_directory(path.parent)
            return head

    # --- inside ----------------------------------------------------------------------------------------

    def _usable(self) -> Index:
        if self._is_closed or self._index is None:
            raise StoreError(f"The ledger in {self.data_dir} is closed.", fix="Open it again.")
        return self._index

    def _write(self, plan: Plan[T], recorded_at: dt.datetime, key_id: str = "") -> tuple[T, Head]:
        """Has ``plan`` written, together with whatever else is waiting; returns once it is durable."""
        self._gate.expect_outside()
        ticket = _Ticket(plan, utc(recorded_at), key_id)
        self._waiting.append(ticket)
        with self._writer:
            if not ticket.is_done:
                self._write_waiting()
        if ticket.answer is None:
            raise ticket.error or RuntimeError("a ticket ended with neither an answer nor an error")
        for wait in self._before_told:
            wait(ticket.answer[1])
        return ticket.answer

    def _write_waiting(self) -> None:
        """Writes every waiting ticket in one transaction; each ends with an answer or an error."""
        group: list[_Ticket[Any]] = []
        while self._waiting:
            group.append(self._waiting.popleft())
        try:
            with storage_errors(self.data_dir, self._on_fatal):
                if not self._is_sound or self._index is None:
                    self._recover()
                with self._gate.shared(), self._usable().cursor() as cursor:
                    self._commit(cursor, group)
        except BaseException as error:
            for ticket in group:
                ticket.answer, ticket.error = None, ticket.error or error
            if not isinstance(error, CasualtyError):
                raise
        finally:
            for ticket in group:
                ticket.is_done = True

    def _commit(self, cursor: duckdb.DuckDBPyConnection, group: list[_Ticket[Any]]) -> None:
        """Journal first, synced; then the index; only then may anyone be answered."""
        try:
            cursor.execute("BEGIN")
            latest = self._state.latest
            for ticket in group:
                latest = self._enter(cursor, ticket, latest)
            if self._journal.pending:
                self._journal.sync()
                cursor.execute("COMMIT")
                self._publish(cursor, latest)
        except BaseException:
            self._is_sound = False  # how far it came is for the next writer to find out
            with contextlib.suppress(OSError):  # a cut that fails now is made up for before the next record
                self._journal.rollback()
            raise

    def _enter(self, cursor: duckdb.DuckDBPyConnection, ticket: _Ticket[Any], latest: Latest) -> Latest:
        """The state after one ticket, written to the journal and the open transaction.

        A ticket's own mistake is its own error and changes nothing.
        """
        try:
            entry, answer = ticket.plan(cursor, latest.next_moment(ticket.moment))
            entry = entry and dataclasses.replace(entry, key_id=ticket.key_id)
            content = entry.encode() if entry else b""
        except (CasualtyError, ValueError, TypeError, LookupError, pa.ArrowException) as error:
            ticket.error = error
            return latest
        if entry is not None:
            latest = Latest(self._journal.append(content), entry.recorded_at)
            index.apply(cursor, [(latest.head, entry)])
        ticket.answer = (answer, latest.head)
        return latest

    def _publish(self, cursor: duckdb.DuckDBPyConnection, latest: Latest) -> None:
        """Makes the committed state the one that ``state`` tells."""
        later = {"after": self._state.head.seq}
        rows = cursor.execute(index.sql("touched"), later).fetchall()
        touched = {crisis: Latest.of(*entry) for crisis, *entry in rows}
        referred = cursor.execute(index.sql("referred"), later).fetchone()
        crises: dict[str, set[str]] = {}
        for crisis, areas in cursor.execute(index.sql("mentioned"), later).fetchall():
            for area in areas.split(AREA_SEPARATOR):
                crises.setdefault(area, set()).add(crisis)
        known = self._state.crises
        self._state = State(
            latest,
            Latest.of(*referred) if referred else self._state.reference,
            {**self._state.touched, **touched},
            {**known, **{area: known.get(area, frozenset()) | more for area, more in crises.items()}},
        )

    def _recover(self) -> None:
        """Opens the index again after a failure and brings it up to the journal."""
        with self._writer, self._gate.alone(), storage_errors(self.data_dir):
            if self._is_closed or (self._is_sound and self._index is not None):
                return
            if self._index is not None:
                self._index.close()
                self._index = None
            self._index = index.settle(self.data_dir / INDEX_NAME, self._journal)
            with self._index.cursor() as cursor:
                self._publish(cursor, index.read_latest(cursor))
            self._is_sound = True
            _log.warning("index %s reopened at entry %d", self._index.path, self.head.seq)

    def _on_fatal(self) -> None:
        """DuckDB has given the file up: this handle is of no more use, the next caller opens another."""
        broken, self._index = self._index, None
        self._is_sound = False
        if broken is not None:
            with contextlib.suppress(duckdb.Error):
                broken.close()

    def _compare(self) -> list[Finding]:
        """How the index differs from one made afresh."""
        fresh = self.data_dir / "verify.duckdb"
        fix = "Run `casualty rebuild`: it makes the index afresh from the journal."
        found = []
        try:
            index.remove(fresh)
            index.rebuild(fresh, self._journal).close()
            with self._gate.shared():
                for table, extra, missing in index.differences(self._usable(), fresh):
                    message = (
                        f"Table {table} of the index has {extra} rows that the journal does not hold "
                        f"and lacks {missing} that it holds."
                    )
                    found.append(Finding("index_differs", Severity.ERROR, message, fix, subject=table))
        except duckdb.Error as error:
            message = f"The index cannot be read: {first_line(error)}"
            found.append(Finding("index_unreadable", Severity.ERROR, message, fix))
        finally:
            index.remove(fresh)
        return found
