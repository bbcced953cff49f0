"""How is the journal made queryable?

The index is a DuckDB file that holds what the journal says, table by table. It can be thrown away and made
anew at any time, which is also how it migrates. This module opens, fills and replaces that file; it must not
decide what goes into the journal.

Invariants: the rows of an entry and its head enter in one transaction; a handle (cursor) is used by one
thread for one call. The file is written in the storage format of DuckDB 1.5, which later versions read.
"""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from service.errors import JournalDamaged, StoreError, StoreHeld
from service.ledger.columns import SUBMISSION
from service.ledger.entry import ENTRY_SCHEMAS, Entry, plain
from service.ledger.file_lock import PRIVATE
from service.ledger.frames import EMPTY
from service.ledger.free_text import blank
from service.ledger.journal import Journal
from service.ledger.redaction import KIND
from service.ledger.segment_file import sync_directory
from service.ledger.state import State, read_last_entry, read_state
from service.ledger.statements import literal, sql
from service.ledger.storage_errors import first_line
from service.schema.records import Head

SCHEMA_VERSION = 11
STORAGE_VERSION = "v1.5.0"

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": STORAGE_VERSION,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "1GB",  # the index is a file: what it caches must not grow with it
}
_GLOB = re.compile(r"[*?[]")
"""What DuckDB does not take for itself in the name of a Parquet file."""
_MEMORY = Path(":memory:")
NEW = ".new"
"""What the name of an index ends in that is to take the place of another."""
_REPLAY_ROWS = 200_000
_REPLAY_ENTRIES = 1_000
NUMBER_COLUMN = {"report": "", "held": "", "resolution": "", "finding": "place", "redaction": "place"}
"""The column that numbers the rows of a table within their entry ("": they bring their number); default
"row"."""

_log = logging.getLogger(__name__)


_LOCKED = "Could not set lock on file"
_LOCK_OWNER = re.compile(r"\(PID (\d+)\)")
"""How DuckDB says that another process has the file, and which."""


OUTDATED_VERSION = -1
OUTDATED = "may hold what was redacted since"


_READ_LAST_ENTRY = """import sys, duckdb
print(*duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[:2])
"""
_LONGEST_READ = 60.0
"""How a process of its own reads the last entry of an index, and the seconds that it may take."""


class UnusableIndex(Exception):
    """Why an index file cannot be used as it is."""


class Index:
    """An open index file. ``cursor`` hands out handles; ``close`` lets go of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._connection = duckdb.connect(str(path), config=_CONFIG)
        except duckdb.IOException as error:
            if _LOCKED in str(error):
                raise _held_error(path, str(error)) from None
            raise
        self._cursor_lock = threading.Lock()

    @classmethod
    def create(cls, path: Path) -> Index:
        """Return a new, empty index; whatever stood at ``path`` is removed."""
        remove(path)
        index = cls(path)
        path.chmod(PRIVATE)
        with index.cursor() as cursor:
            cursor.execute(sql("schema"))
            cursor.execute(sql("insert_schema_version"), {"version": SCHEMA_VERSION})
            cursor.execute("CHECKPOINT")  # no DDL in the write-ahead log, whose replay is the fragile part
        return index

    @classmethod
    def in_memory(cls) -> Index:
        """Return an empty index that no file keeps."""
        index = cls(_MEMORY)
        with index.cursor() as cursor:
            cursor.execute("SET threads = 1")
            cursor.execute(sql("schema"))
        return index

    @classmethod
    def over_files(cls, tables: Mapping[str, Sequence[Path]], columns: Mapping[str, Sequence[str]]) -> Index:
        """Return an index whose tables are read from Parquet files whenever they are asked about.

        ``columns`` are those that each table has of its files, in their order.
        """
        index = cls(_MEMORY)
        with index.cursor() as cursor:
            cursor.execute(f"SET temp_directory = {literal(tempfile.gettempdir())}")
            for name, files in tables.items():
                listed = ", ".join(literal(_GLOB.sub(r"[\g<0>]", str(file))) for file in files)
                names = ", ".join(f'"{column}"' for column in columns[name])
                statement = f"SELECT {names} FROM read_parquet([{listed}], hive_partitioning = false)"
                cursor.execute(f'CREATE VIEW "{name}" AS {statement}')
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
            if row and row[0] == OUTDATED_VERSION:
                raise UnusableIndex(OUTDATED)
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

    def state(self) -> State:
        """Return the state of the ledger after the last entry in the index."""
        with self.cursor() as cursor:
            return read_state(cursor, read_last_entry(cursor))

    def replay(self, journal: Journal, *, after: int = 0) -> None:
        """Apply the journal's records above ``after``, many to a transaction."""
        with self.cursor() as cursor:
            for group in entry_groups(journal, after):
                cursor.execute("BEGIN")
                apply(cursor, group)
                cursor.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def open_current(path: Path, journal: Journal) -> tuple[Index, State]:
    """Return the index at ``path`` in the state of ``journal``, and that state: as it is, caught up, or
    rebuilt.

    Whatever DuckDB finds wrong with the file, at once or on reading, leads to one rebuild. A torn end of the
    journal is cut here, since the index is the witness that no acknowledged record was in it; raises
    JournalDamaged where one was, StoreHeld where another process has the index open.
    """
    index = None
    try:
        index = Index.open(path)
        return index, _follow(index, journal)
    except UnusableIndex as unusable:
        reason = str(unusable)
    except duckdb.Error as error:
        reason = f"cannot be read ({first_line(error)})"
    except JournalDamaged:
        if index:
            index.close()
        raise
    if index:
        index.close()
    if journal.head != EMPTY or path.exists():
        _log.warning("index %s %s: rebuilt from %d entries of the journal", path, reason, journal.head.seq)
    return open_afresh(path, journal)


def open_afresh(path: Path, journal: Journal) -> tuple[Index, State]:
    """Return what ``rebuild`` returns. Of the old index only the head is read, where it can be: raises
    JournalDamaged where the journal lacks what that knows, as ``open_current`` does."""
    _require_whole(journal, _head_known_at(path), path)
    return rebuild(path, journal)


def _head_known_at(path: Path) -> Head:
    """Return the head of the index at ``path``, of whatever version; that of an empty one where none can be
    read. A process of its own opens the file, since DuckDB may end the one that opens a damaged file."""
    if not path.is_file():
        return EMPTY
    words = [sys.executable, "-P", "-c", _READ_LAST_ENTRY, str(path), sql("last_entry")]
    try:
        told = subprocess.run(words, capture_output=True, check=True, timeout=_LONGEST_READ).stdout  # noqa: S603
        seq, hash_ = told.decode().split()
        return Head(int(seq), hash_)
    except (OSError, subprocess.SubprocessError, ValueError):
        return EMPTY


def _follow(index: Index, journal: Journal) -> State:
    """Bring an index up to the journal and return its state; raises UnusableIndex for another journal's, and
    JournalDamaged where the journal lacks what the index knows."""
    head = index.head()
    _require_whole(journal, head, index.path)
    if head.hash != journal.hash_at(head.seq):
        raise UnusableIndex("belongs to another journal")
    if any(number > head.seq for number in journal.redactions):
        raise UnusableIndex(OUTDATED)
    if head != journal.head:
        index.replay(journal, after=head.seq)
        _log.warning("index %s lagged at %d of %d entries: caught up", index.path, head.seq, journal.head.seq)
    return index.state()


def _require_whole(journal: Journal, head: Head, path: Path) -> None:
    """Cut a torn end of the journal that the index at ``path`` knows nothing of; raises JournalDamaged where
    the journal lacks what it knows up to ``head``, or has it torn."""
    if head.seq > journal.head.seq:
        tear = journal.tear
        torn = f" (what follows in {tear.segment.name} is torn: {tear.reason})" if tear else ""
        raise JournalDamaged(
            f"The journal ends at record {journal.head.seq}{torn}, but the index {path.name} knows "
            f"record {head.seq}: acknowledged records are missing.",
            fix=f"Put the journal back from a backup; or, to accept the loss, move {path} away.",
        )
    _cut_tear(journal)


def rebuild(path: Path, journal: Journal) -> tuple[Index, State]:
    """Return a new index at ``path`` and its state, made from the journal beside the old one and then put in
    its place. Raises StoreError where that fails."""
    make_beside(path, journal)
    return put_in_place(path, journal)


def make_beside(path: Path, journal: Journal) -> None:
    """Make a new index beside the one at ``path``, whose place it is to take. Raises StoreError."""
    with _making_errors(path):
        index = make(path.with_name(path.name + NEW), journal)
        try:
            with index.cursor() as cursor:
                cursor.execute("CHECKPOINT")  # on closing, DuckDB would not say that it has failed
        finally:
            index.close()


def put_in_place(path: Path, journal: Journal) -> tuple[Index, State]:
    """Put the index that was made beside the one at ``path`` in its place, and return it with its state.

    Nobody has the old one open. Raises StoreError, also where it does not hold what the journal holds.
    """
    with _making_errors(path):
        remove(path)  # an old write-ahead log must never meet the new file
        path.with_name(path.name + NEW).replace(path)
        sync_directory(path.parent)
        index = Index.open(path)
        state = index.state()
        if state.head != journal.head:
            index.close()
            raise UnusableIndex(f"it holds {state.head.seq} of {journal.head.seq} entries")
        return index, state


@contextlib.contextmanager
def _making_errors(path: Path) -> Iterator[None]:
    """Raise what DuckDB says against making an index as a StoreError."""
    try:
        yield
    except (duckdb.Error, UnusableIndex) as error:
        raise StoreError(
            f"The index {path} cannot be made from the journal: {first_line(error)}",
            fix=f"Check that the disk of {path.parent} has room and is sound, then start again; "
            "the journal is whole.",
        ) from error


def make(path: Path, journal: Journal) -> Index:
    """Return a new index file with everything that the journal holds."""
    index = Index.create(path)
    try:
        index.replay(journal)
    except BaseException:
        index.close()
        raise
    return index


def remove(path: Path) -> None:
    """Remove an index file, and before it the write-ahead log and what DuckDB put aside beside it."""
    for log in path.parent.glob(path.name + ".wal*"):
        log.unlink()
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)
    path.unlink(missing_ok=True)


def apply(cursor: duckdb.DuckDBPyConnection, entries: Iterable[tuple[Head, Entry]]) -> None:
    """Add entries to the index, inside the caller's transaction."""
    tables: dict[str, list[pa.Table]] = {}
    submissions: list[dict[str, Any]] = []
    redacted: list[dict[str, Any]] = []
    for head, entry in entries:
        words = {**entry.words(), "seq": head.seq, "hash": head.hash}
        submissions.append({name: words[name] for name in SUBMISSION.names})
        if KIND in entry.tables:
            redacted += entry.tables[KIND].to_pylist()
        for name, rows in entry.tables.items():
            if rows.num_rows:
                tables.setdefault(name, []).append(_index_rows(name, rows, head, entry))
    if len(submissions) == 1:
        cursor.execute(sql("insert_submission"), submissions[0]).fetchall()
    else:
        tables["submission"] = [pa.Table.from_pylist(submissions, schema=SUBMISSION)]
    for name, parts in tables.items():
        statement = sql("insert_reports") if name == "report" else sql("insert_rows", table=name)
        cursor.register("incoming", pa.concat_tables(parts))
        cursor.execute(statement).fetchall()
        cursor.unregister("incoming")
    blank(cursor, redacted)


def _index_rows(name: str, rows: pa.Table, head: Head, entry: Entry) -> pa.Table:
    """Return the rows of one table of an entry with their entry, moment of recording and number."""
    rows = plain(rows, ENTRY_SCHEMAS[name])
    count = rows.num_rows
    rows = rows.append_column("seq", pa.repeat(pa.scalar(head.seq, pa.int64()), count))
    rows = rows.append_column(
        "recorded_at", pa.repeat(pa.scalar(entry.recorded_at, pa.timestamp("us")), count)
    )
    column = NUMBER_COLUMN.get(name, "row")
    return rows.append_column(column, pa.array(range(1, count + 1), pa.int64())) if column else rows


def _held_error(path: Path, words: str) -> StoreHeld:
    """Return the error that names the process which, as DuckDB says, has the index open."""
    owner = _LOCK_OWNER.search(words)
    who = f"process {owner[1]}" if owner else "another process"
    return StoreHeld(
        f"The index {path} is held by {who}.", fix="End it first: one process has the index at a time."
    )


def entry_groups(journal: Journal, after: int) -> Iterator[list[tuple[Head, Entry]]]:
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


def _cut_tear(journal: Journal) -> None:
    """Cut the torn end of the journal, of which nobody was told that it is kept."""
    tear = journal.tear
    if tear is None:
        return
    _log.warning(
        "journal segment %s ended in a torn record (%s): cut back to %d bytes, %d whole entries",
        tear.segment, tear.reason, tear.offset, journal.head.seq,
    )  # fmt: skip
    journal.cut()
