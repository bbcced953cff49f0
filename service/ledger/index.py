"""How is the journal made queryable?

The index is a DuckDB file that holds what the journal says, table by table. It can be thrown away and rebuilt
at any time, which is also how it migrates. This module opens, fills, compares and replaces that file; it must
not decide what goes into the journal.

Invariants: the rows of an entry and its head enter in one transaction; a handle (cursor) is used by one
thread for one call. The file is written in the storage format of DuckDB 1.5, which later versions read.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from service.errors import JournalDamaged
from service.ledger.entry import ENTRY_SCHEMAS, Entry, plain
from service.ledger.journal import EMPTY, Journal, sync_directory
from service.ledger.state import read_last_entry
from service.ledger.statements import literal, sql
from service.ledger.storage_errors import first_line
from service.schema.records import Finding, Head
from service.vocabulary import Severity

SCHEMA_VERSION = 8
STORAGE_VERSION = "v1.5.0"
VERIFY_NAME = "verify.duckdb"
REBUILD = "Run `casualty rebuild`: it makes the index afresh from the journal."

SUBMISSION = pa.schema(
    [
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("hash", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("recorded_at", pa.timestamp("us"), nullable=False),
        pa.field("document", pa.string(), nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("rows", pa.int64(), nullable=False),
        pa.field("accepted", pa.int64(), nullable=False),
        pa.field("duplicate", pa.int64(), nullable=False),
        pa.field("quarantined", pa.int64(), nullable=False),
        pa.field("rejected", pa.int64(), nullable=False),
        pa.field("key_id", pa.string(), nullable=False),
    ]
)
"""One row per entry of the ledger."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": STORAGE_VERSION,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "1GB",  # the index is a file: what it caches must not grow with it
}
_REPLAY_ROWS = 200_000
_REPLAY_ENTRIES = 1_000
_NUMBER_COLUMN = {"report": "", "held": "", "resolution": "", "finding": "place"}
"""The column that numbers the rows of a table within their entry ("": they bring their number); default
"row"."""

_log = logging.getLogger(__name__)


class UnusableIndex(Exception):
    """Why an index file cannot be used as it is."""


class Index:
    """An open index file. ``cursor`` hands out handles; ``close`` lets go of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = duckdb.connect(str(path), config=_CONFIG)
        self._cursor_lock = threading.Lock()

    @classmethod
    def create(cls, path: Path) -> Index:
        """Return a new, empty index; whatever stood at ``path`` is removed."""
        remove(path)
        index = cls(path)
        with index.cursor() as cursor:
            cursor.execute(sql("schema"))
            cursor.execute(sql("insert_schema_version"), {"version": SCHEMA_VERSION})
            cursor.execute("CHECKPOINT")  # no DDL in the write-ahead log, whose replay is the fragile part
        return index

    @classmethod
    def open(cls, path: Path) -> Index:
        """Return the index at ``path``; raises UnusableIndex, saying why, where it has to be rebuilt."""
        if not path.exists():
            raise UnusableIndex("is missing")
        try:
            index = cls(path)
        except duckdb.Error as error:
            raise UnusableIndex(f"does not open ({first_line(error)})") from error
        try:
            with index.cursor() as cursor:
                row = cursor.execute(sql("schema_version")).fetchone()
                read_last_entry(cursor)
        except duckdb.Error as error:
            index.close()
            raise UnusableIndex(f"cannot be read ({first_line(error)})") from error
        if row is None or row[0] != SCHEMA_VERSION:
            index.close()
            raise UnusableIndex(f"has schema version {row[0] if row else 'none'}, not {SCHEMA_VERSION}")
        return index

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a handle of its own for one thread and one call; close it after use."""
        with self._cursor_lock:
            cursor = self._connection.cursor()
        cursor.execute("SET enable_progress_bar = false")
        return cursor

    def head(self) -> Head:
        """Return the head after the last entry in the index."""
        with self.cursor() as cursor:
            return read_last_entry(cursor).head

    def replay(self, journal: Journal, *, after: int = 0) -> None:
        """Apply the journal's records above ``after``, many to a transaction."""
        with self.cursor() as cursor:
            for group in _groups(journal, after):
                cursor.execute("BEGIN")
                apply(cursor, group)
                cursor.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def open_current(path: Path, journal: Journal) -> Index:
    """Return the index at ``path`` in the state of ``journal``: as it is, caught up, or rebuilt.

    A torn end of the journal is cut here, since the index is the witness that no acknowledged record was in
    it; raises JournalDamaged where one was.
    """
    index, reason = None, ""
    try:
        index = Index.open(path)
    except UnusableIndex as unusable:
        reason = str(unusable)
    try:
        head = index.head() if index else EMPTY
        _cut_tear(journal, head)
        if head.seq > journal.head.seq:
            raise JournalDamaged(
                f"The journal ends at record {journal.head.seq}, but the index {path.name} knows record "
                f"{head.seq}: acknowledged records are missing.",
                fix=f"Put the journal back from a backup; or, to accept the loss, move {path} away.",
            )
    except JournalDamaged:
        if index:
            index.close()
        raise
    if index and head == journal.head:
        return index
    if index and head.hash == journal.hash_at(head.seq):
        _log.warning("index %s lagged at %d of %d entries: caught up", path, head.seq, journal.head.seq)
        index.replay(journal, after=head.seq)
        return index
    if index:
        index.close()
        reason = "belongs to another journal"
    if journal.head != EMPTY or path.exists():
        _log.warning("index %s %s: rebuilt from %d entries of the journal", path, reason, journal.head.seq)
    return rebuild(path, journal)


def rebuild(path: Path, journal: Journal) -> Index:
    """Return a new index at ``path``, made from the journal beside the old one and then put in its place."""
    fresh = path.with_name(path.name + ".new")
    index = Index.create(fresh)
    try:
        index.replay(journal)
    finally:
        index.close()
    remove(path)  # an old write-ahead log must never meet the new file
    fresh.replace(path)
    sync_directory(path.parent)
    return Index.open(path)


def remove(path: Path) -> None:
    """Remove an index file, and before it the write-ahead log beside it."""
    for log in path.parent.glob(path.name + ".wal*"):
        log.unlink()
    path.unlink(missing_ok=True)


def apply(cursor: duckdb.DuckDBPyConnection, entries: Iterable[tuple[Head, Entry]]) -> None:
    """Add entries to the index, inside the caller's transaction."""
    tables: dict[str, list[pa.Table]] = {"submission": []}
    for head, entry in entries:
        words = {**entry.words(), "seq": head.seq, "hash": head.hash}
        tables["submission"].append(pa.Table.from_pylist([words], schema=SUBMISSION))
        for name, rows in entry.tables.items():
            tables.setdefault(name, []).append(_index_rows(name, rows, head, entry))
    for name, parts in tables.items():
        statement = sql("insert_reports") if name == "report" else sql("insert_rows", table=name)
        cursor.register("incoming", pa.concat_tables(parts))
        cursor.execute(statement).fetchall()
        cursor.unregister("incoming")


def compare_afresh(index: Index, journal: Journal) -> list[Finding]:
    """Return a finding for each table of ``index`` that differs from one made afresh from ``journal``."""
    fresh = index.path.with_name(VERIFY_NAME)
    findings = []
    try:
        remove(fresh)
        rebuild(fresh, journal).close()
        for table, extra, missing in differences(index, fresh):
            message = (
                f"Table {table} of the index has {extra} rows that the journal does not hold "
                f"and lacks {missing} that it holds."
            )
            findings.append(Finding("index_differs", Severity.ERROR, message, REBUILD, subject=table))
    except duckdb.Error as error:
        message = f"The index cannot be read: {first_line(error)}"
        findings.append(Finding("index_unreadable", Severity.ERROR, message, REBUILD))
    finally:
        remove(fresh)
    return findings


def differences(index: Index, other: Path) -> list[tuple[str, int, int]]:
    """Return (table, rows only in ``index``, rows only in the index file ``other``) for each table that
    differs."""
    differing = []
    with index.cursor() as cursor:
        cursor.execute(sql("attach_index", path=literal(str(other))))
        try:
            for table in ("submission", *ENTRY_SCHEMAS):
                extra = _count_missing_rows(cursor, table, f"other.{table}")
                missing = _count_missing_rows(cursor, f"other.{table}", table)
                if extra or missing:
                    differing.append((table, extra, missing))
        finally:
            cursor.execute("DETACH other")
    return differing


def _count_missing_rows(cursor: duckdb.DuckDBPyConnection, left: str, right: str) -> int:
    """Return how many rows of the table ``left`` the table ``right`` lacks."""
    statement = sql("count_missing_rows", left_table=left, right_table=right)
    return int(cursor.execute(statement).fetchall()[0][0])


def _index_rows(name: str, rows: pa.Table, head: Head, entry: Entry) -> pa.Table:
    """Return the rows of one table of an entry with their entry, moment of recording and number."""
    rows = plain(rows, ENTRY_SCHEMAS[name])
    count = rows.num_rows
    rows = rows.append_column("seq", pa.repeat(pa.scalar(head.seq, pa.int64()), count))
    rows = rows.append_column(
        "recorded_at", pa.repeat(pa.scalar(entry.recorded_at, pa.timestamp("us")), count)
    )
    column = _NUMBER_COLUMN.get(name, "row")
    return rows.append_column(column, pa.array(range(1, count + 1), pa.int64())) if column else rows


def _groups(journal: Journal, after: int) -> Iterator[list[tuple[Head, Entry]]]:
    """Yield the journal's entries in groups that make transactions of a sensible size."""
    group: list[tuple[Head, Entry]] = []
    rows = 0
    for head, content in journal.contents(after=after):
        entry = Entry.decode(content)
        group.append((head, entry))
        rows += sum(table.num_rows for table in entry.tables.values())
        if rows >= _REPLAY_ROWS or len(group) >= _REPLAY_ENTRIES:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _cut_tear(journal: Journal, head: Head) -> None:
    """Cut the torn end of the journal; raises JournalDamaged where the index knows a record in it."""
    tear = journal.tear
    if tear is None:
        return
    if head.seq >= tear.seq:
        raise tear.damage_error()
    _log.warning(
        "journal segment %s ended in a torn record (%s): cut back to %d bytes, %d whole entries",
        tear.segment, tear.reason, tear.offset, journal.head.seq,
    )  # fmt: skip
    journal.cut()
