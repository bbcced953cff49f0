"""What was submitted, and what was known when?

``Store`` is the only door to storage. It owns a data directory: the journal (the truth) and the DuckDB index
made from it. A submission is acknowledged once both hold it; submissions that arrive together share one fsync
and one transaction. This module must not know how figures are reconciled or shown, and never looks at the
clock.

Invariants: entries are only ever added; ``recorded_at`` increases from entry to entry (an entry that claims
no later moment than the last one's gets the next, so that a moment names one state for good; ``clock.py``
says what becomes of a clock that is far off); a reader sees
an entry whole or not at all.

>>> with Store.open(Path("data")) as store:  # doctest: +SKIP
...     receipt = store.submit(batch, recorded_at=dt.datetime(2025, 3, 12, 9, 0))
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from service import deadline
from service.errors import CasualtyError, StoreError
from service.ledger import index, index_check, kept_answers, redaction
from service.ledger.clock import MOST_AHEAD, ClockRule, EntryClock
from service.ledger.entry import Entry, random_salt
from service.ledger.file_lock import FileLock
from service.ledger.frames import Packed
from service.ledger.free_text import Find
from service.ledger.heads import compare_with_head
from service.ledger.index import Index
from service.ledger.journal import PRIVATE_DIRECTORY, SEGMENT_BYTES, Journal
from service.ledger.questions import Questions
from service.ledger.recording import Recording
from service.ledger.rwlock import ReadWriteLock
from service.ledger.state import EntryMark, State, advance, read_state
from service.ledger.statements import sql
from service.ledger.storage_errors import index_errors, storage_errors
from service.ledger.view import View, utc
from service.ledger.write_queue import Plan, Write, WriteQueue
from service.schema.records import Finding, Head, Redaction

INDEX_NAME = "casualty.duckdb"
JOURNAL_NAME = "journal"
MOST_HEALS = 3
"""How often a process makes an index afresh that is found damaged on reading: not for ever on a bad disk."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Store(Recording, Questions, contextlib.AbstractContextManager["Store"]):
    """An open ledger. Made by ``Store.open``; safe to use from many threads at once."""

    def __init__(
        self,
        data_dir: Path,
        lock: FileLock,
        journal: Journal,
        current: tuple[Index, State],
        clock: EntryClock,
        *,
        salts: Callable[[], bytes],
    ) -> None:
        self.data_dir = data_dir
        self._lock = lock
        self._journal = journal
        self._index: Index | None = current[0]
        self._is_sound = True
        self._is_damaged = False
        self._heals = MOST_HEALS
        self._is_closed = False
        self._index_lock = ReadWriteLock()
        self._queue = WriteQueue(self._commit)
        self._state = current[1]
        self._clock = clock
        self._salts = salts
        self._submissions: tuple[Head, pa.Table] | None = None
        self._waits: list[Callable[[Head], None]] = []

    @classmethod
    def open(
        cls,
        data_dir: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        afresh: bool = False,
        clock_rule: ClockRule = ClockRule.TRUST,
        clock_ahead: dt.timedelta = MOST_AHEAD,
        salts: Callable[[], bytes] = random_salt,
    ) -> Store:
        """Return the ledger in ``data_dir``, created where there is none, with an index up to its journal.

        ``clock_rule`` says what becomes of entries while the clock stands far behind the last one, or over
        ``clock_ahead`` ahead of it; ``salts`` gives 16 bytes for each entry that has a salt, random but where
        a history is to be replayed. ``afresh``: the index is made anew, and of the old one only the head is
        read. Raises
        StoreHeld where another process owns it, JournalDamaged where the journal does not match its own
        hashes, and StoreError where the directory cannot be used.
        """
        with contextlib.ExitStack() as undo, storage_errors(data_dir):
            data_dir.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            lock = FileLock.acquire(data_dir)
            undo.callback(lock.release)
            journal = Journal.open(data_dir / JOURNAL_NAME, segment_bytes=segment_bytes)
            undo.callback(journal.close)
            redaction.complete(journal)
            make_index = index.open_afresh if afresh else index.open_current
            current = make_index(data_dir / INDEX_NAME, journal)
            undo.callback(current[0].close)
            kept_answers.drop_older(data_dir, current[1].redaction)
            store = cls(data_dir, lock, journal, current, EntryClock(clock_rule, clock_ahead), salts=salts)
            undo.pop_all()
            return store

    def close(self) -> None:
        """Release the data directory, after readers and writers have finished."""
        with self._queue.lock, self._index_lock.swap():
            if self._is_closed:
                return
            self._is_closed = True
            if self._index:
                self._index.close()
            elif self._is_damaged:
                index.remove(self.data_dir / INDEX_NAME)  # whoever opens the ledger next makes it afresh
            self._journal.close()
            self._lock.release()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def announce(self, address: str) -> None:
        """Tell other processes where this one serves the ledger."""
        self._lock.announce(address)

    def before_acknowledging(self, wait: Callable[[Head], None]) -> None:
        """Call ``wait`` with the head of each new entry before the store answers its writer."""
        self._waits.append(wait)

    # --- reading -----------------------------------------------------------------------------------------

    @property
    def is_read_only(self) -> bool:
        return False

    @property
    def state(self) -> State:
        return self._state

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        """Give the ledger at one head, for questions that must agree. Do not write inside the block."""
        deadline.will_take_time()
        if self._index is None:
            self._recover()
        errors = functools.partial(index_errors, self.data_dir, self._on_fatal, self._on_damage)
        with self._index_lock.read(), contextlib.ExitStack() as stack:
            with errors():
                cursor = stack.enter_context(self._usable_index().cursor())
                cursor.execute("BEGIN")
                view = View(cursor, errors)
            yield view

    def submissions(self) -> pa.Table:
        """Return SUBMISSION rows: every entry, oldest first; kept until another entry comes."""
        cached = self._submissions
        if cached is not None and cached[0] == self.head:
            return cached[1]
        with self.view() as view:
            rows = view.submissions()
        head = self.head
        if len(rows) == head.seq:
            self._submissions = head, rows
        return rows

    # --- soundness ---------------------------------------------------------------------------------------

    def ready(self) -> Head:
        """Return the head, read from the index just now; reopens a failed index. Raises StoreError."""
        try:
            with self.view() as view:
                return view.head
        except StoreError:
            if self._index is not None:
                raise
        with self.view() as view:  # the index had failed: the second view opens a new one
            return view.head

    def verify(self, heads: Iterable[tuple[int, str]] = ()) -> list[Finding]:
        """Return what is wrong with the stored bytes and rows; nothing if all is sound.

        It computes every hash of the journal again, and compares the index row by row with one made afresh;
        ``heads`` (entries, hash) that are no beginning of the journal are named too.
        """
        with self._queue.lock, storage_errors(self.data_dir):
            if faults := redaction.find_faults(self._journal):
                return faults
            faults = [fault for head in heads for fault in compare_with_head(self._journal, *head)]
            with self._index_lock.read():
                return faults + index_check.compare_afresh(self._usable_index(), self._journal)

    def rebuild(self) -> None:
        """Make the index afresh from the journal in the place of the old one; nothing in a closed ledger."""
        with self._queue.lock, self._index_lock.swap(), storage_errors(self.data_dir):
            if not self._is_closed:
                self._replace_index(index.rebuild)

    def watch_index(self, is_ending: threading.Event, rest: float) -> None:
        """Compare the index with the journal now and every ``rest`` seconds, and rebuild it where it differs,
        until ``is_ending``. For a thread of its own; damage of the journal is logged, and ends it."""
        with contextlib.closing(index_check.JournalDigest()) as digest:
            try:
                while digest.follow(self._journal, is_ending):
                    self.check_index(digest)
                    if is_ending.wait(rest):
                        return
            except StoreError as error:
                _log.error("the ledger is not sound: %s", error)

    def check_index(self, digest: index_check.JournalDigest) -> list[str]:
        """Return the tables of the index that differ from ``digest``; if any, the index has been rebuilt."""
        with self._index_lock.read():
            differing = digest.differing(self._index) if self._index is not None else []
        if not differing:
            return []
        with self._queue.lock:
            if not digest.is_of(self._journal):  # something was redacted meanwhile
                return []
            names = ", ".join(differing)
            _log.error("index %s did not say what the journal says (%s): rebuilt", INDEX_NAME, names)
            self.rebuild()
        return differing

    # --- inside ------------------------------------------------------------------------------------------

    def _usable_index(self) -> Index:
        if self._is_closed or self._index is None:
            raise StoreError(f"The ledger in {self.data_dir} is closed.", fix="Open it again.")
        return self._index

    def _write(
        self, plan: Plan[T], recorded_at: dt.datetime, key_id: str = "", *, salted: bool = True
    ) -> tuple[T, Head]:
        self._index_lock.refuse_reader()
        answer, head = self._queue.run(Write(plan, utc(recorded_at), key_id, salted))
        for wait in self._waits:
            wait(head)
        return answer, head

    def _commit(self, group: list[Write[Any]]) -> None:
        """Commit a group of writes in one transaction, after reopening an index that had failed."""
        with storage_errors(self.data_dir, self._on_fatal):
            if not self._is_sound or self._index is None:
                self._recover()
            with self._index_lock.read(), self._usable_index().cursor() as cursor:
                self._commit_with(cursor, group)

    def _commit_with(self, cursor: duckdb.DuckDBPyConnection, group: list[Write[Any]]) -> None:
        """Write to the journal first, synced; then to the index; only then may anyone be answered."""
        try:
            cursor.execute("BEGIN")
            latest = self._state.latest
            for write in group:
                latest = self._add_entry(cursor, write, latest)
            if self._journal.pending:
                self._journal.sync()
                cursor.execute("COMMIT")
                self._state = advance(cursor, self._state, [each.entry for each in group if each.entry])
        except BaseException:
            self._is_sound = False  # the next writer opens the index again
            with contextlib.suppress(OSError):  # else the journal repeats it before the next record
                self._journal.rollback()
            raise

    def _add_entry(
        self, cursor: duckdb.DuckDBPyConnection, write: Write[Any], latest: EntryMark
    ) -> EntryMark:
        """Add the entry of one write to the journal and the open transaction, and return the new last entry.

        If the write itself is at fault, it gets the error, and nothing changes.
        """
        try:
            moment, doubt = self._clock.next_moment(cursor, write.moment, latest)
            entry, answer = write.plan(cursor, moment)
            entry = entry and dataclasses.replace(entry, key_id=write.key_id)
            entry = entry.with_finding(doubt) if entry and doubt else entry
            entry = entry.salted(self._salts) if entry and write.salted else entry
            content = entry.encode() if entry else b""
        except (CasualtyError, ValueError, TypeError, LookupError, pa.ArrowException) as error:
            write.error = error
            return latest
        if entry is not None:
            latest = EntryMark(self._journal.append(content), entry.recorded_at)
            write.entry = latest, entry.tables
            index.apply(cursor, [(latest.head, entry)])
        write.answer = (answer, latest.head)
        return latest

    def _redact(self, find: Find, reason: str, recorded_at: dt.datetime, key_id: str) -> Redaction:
        self._index_lock.refuse_reader()
        with self._queue.lock, storage_errors(self.data_dir, self._on_fatal):
            if not self._is_sound or self._index is None:
                self._recover()
            with self._index_lock.read(), self._usable_index().cursor() as cursor:
                found = find(cursor, lambda: self._salts().hex())
                if not found.cells:
                    return Redaction(0, 0, 0, found.also, self.head, found.held)
                kept_answers.drop(self.data_dir)
                rows, contents, unsalted = redaction.prepare(self._journal, found.cells, reason)
                self._add_redaction(cursor, rows, utc(recorded_at), key_id)
            head = self.head
            self._carry_out(contents)
        for wait in self._waits:
            wait(head)
        return Redaction(found.texts, len(contents), unsalted, found.also, head, found.held)

    def _add_redaction(
        self, cursor: duckdb.DuckDBPyConnection, rows: pa.Table, claimed: dt.datetime, key_id: str
    ) -> None:
        """Add a redaction to the journal, synced, and blank the index; its file, which still holds the texts
        out of sight, is outdated from here on."""
        moment, doubt = self._clock.next_moment(cursor, claimed, self._state.latest)
        entry = Entry(redaction.KIND, moment, tables={redaction.KIND: rows}, key_id=key_id)
        entry = entry.with_finding(doubt) if doubt else entry
        try:
            cursor.execute("BEGIN")
            latest = EntryMark(self._journal.append(entry.encode(), is_redaction=True), moment)
            index.apply(cursor, [(latest.head, entry)])
            cursor.execute(sql("outdate_index"))
            self._journal.sync()
            cursor.execute("COMMIT")
            self._state = read_state(cursor, latest, self._state)
        except BaseException:
            self._is_sound = False
            with contextlib.suppress(OSError):
                self._journal.rollback()
            raise

    def _carry_out(self, contents: Mapping[int, Packed]) -> None:
        """Do what the last entry, a redaction, says; else raise StoreError, and the next write does it."""
        path = self.data_dir / INDEX_NAME
        try:
            self._is_sound = False
            self._journal.replace(contents)
            index.remove(self.data_dir / index_check.VERIFY_NAME)
            index.make_beside(path, self._journal)
            with self._index_lock.swap():
                self._replace_index(index.put_in_place)
        except (OSError, CasualtyError, duckdb.Error) as error:
            raise StoreError(
                f"What entry {self.head.seq} says is to be redacted is not gone yet: {error}",
                fix="Mend that, then restart the service or hand something in: it is done first.",
            ) from error

    def _replace_index(self, make: Callable[[Path, Journal], tuple[Index, State]]) -> None:
        """Let ``make`` give another index in the place of this one; the caller keeps readers out."""
        if self._index is not None:
            with contextlib.suppress(duckdb.Error):
                self._index.close()
            self._index = None
        self._index, self._state = make(self.data_dir / INDEX_NAME, self._journal)
        kept_answers.drop_older(self.data_dir, self._state.redaction)
        self._is_sound, self._is_damaged = True, False

    def _recover(self) -> None:
        """Open the index again after a failure, or make it afresh if it is damaged, up to the journal."""
        with self._queue.lock, self._index_lock.swap(), storage_errors(self.data_dir):
            if self._is_closed or (self._is_sound and self._index is not None):
                return
            redaction.complete(self._journal)
            self._replace_index(index.rebuild if self._is_damaged else index.open_current)
            _log.warning("index %s reopened at entry %d", INDEX_NAME, self.head.seq)

    def _on_damage(self) -> None:
        """Have the next caller make the index afresh, a few times in the life of a process."""
        if self._heals > 0:
            self._heals, self._is_damaged = self._heals - 1, True
            self._on_fatal()

    def _on_fatal(self) -> None:
        """Drop the index whose file DuckDB has given up; the next caller opens it again."""
        broken, self._index = self._index, None
        self._is_sound = False
        if broken is not None:
            with contextlib.suppress(duckdb.Error):
                broken.close()
