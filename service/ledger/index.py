"""How is the journal made queryable?

The index is a DuckDB file that holds what the journal says, table by table; it can be thrown away and
rebuilt at any time, which is also how it migrates. This module opens, fills, compares and replaces that
file, and does not decide what goes into the journal.

Invariants: rows of an entry and its head enter in one transaction; a handle (cursor) is used by one thread
for one call. The file is written in the storage format of DuckDB 1.5, which later versions read.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import logging
import threading
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa

from service.errors import JournalDamaged
from service.ledger.entry import ENTRY_SCHEMAS, Entry, plain
from service.ledger.journal import EMPTY, Journal, sync_directory
from service.ledger.storage_errors import first_line
from service.schema.records import Head

SCHEMA_VERSION = 3
STORAGE_VERSION = "v1.5.0"
TICK = dt.timedelta(microseconds=1)
"""The least time between two entries: what the journal can tell apart."""

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
_ORDER = {
    "report": "",
    "held": "",
    "resolution": "",
    "finding": "place",
}  # the column that keeps a row's place; default "row"

_log = logging.getLogger(__name__)


@functools.cache
def sql(name: str) -> str:
    """The statement in ``sql/<name>.sql``."""
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


@dataclasses.dataclass(frozen=True)
class Latest:
    """The last entry: the head it made and when it was recorded."""

    head: Head
    recorded_at: dt.datetime

    @classmethod
    def of(cls, seq: int, digest: str, recorded_at: dt.datetime) -> Latest:
        """The entry of a row of ``submission``."""
        return cls(Head(seq, digest), recorded_at)

    def next_moment(self, claimed: dt.datetime) -> dt.datetime:
        """When an entry is recorded that claims a moment: then, but later than the last one."""
        return max(claimed, self.recorded_at + TICK)


NOTHING = Latest(EMPTY, dt.datetime.min)  # noqa: DTZ901 - the ledger keeps UTC without a zone


class Unusable(Exception):
    """Why an index file cannot be used as it is."""


class Index:
    """An open index file. ``cursor`` hands out handles; ``close`` lets go of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = duckdb.connect(str(path), config=_CONFIG)
        self._handing_out = threading.Lock()

    @classmethod
    def create(cls, path: Path) -> Index:
        """A new, empty index; whatever stood at ``path`` is removed."""
        remove(path)
        index = cls(path)
        with index.cursor() as cursor:
            cursor.execute(sql("schema"))
            cursor.execute("INSERT INTO ledger VALUES ($version)", {"version": SCHEMA_VERSION})
            cursor.execute("CHECKPOINT")  # no DDL in the write-ahead log, whose replay is the fragile part
        return index

    @classmethod
    def open(cls, path: Path) -> Index:
        """The index at ``path``; raises Unusable, saying why, where it has to be rebuilt."""
        if not path.exists():
            raise Unusable("is missing")
        try:
            index = cls(path)
        except duckdb.Error as error:
            raise Unusable(f"does not open ({first_line(error)})") from error
        try:
            with index.cursor() as cursor:
                row = cursor.execute("SELECT schema_version FROM ledger").fetchone()
                read_latest(cursor)
        except duckdb.Error as error:
            index.close()
            raise Unusable(f"cannot be read ({first_line(error)})") from error
        if row is None or row[0] != SCHEMA_VERSION:
            index.close()
            raise Unusable(f"has schema version {row[0] if row else 'none'}, not {SCHEMA_VERSION}")
        return index

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A handle of its own for one thread and one call; close it after use."""
        with self._handing_out:
            cursor = self._connection.cursor()
        cursor.execute("SET enable_progress_bar = false")
        return cursor

    def head(self) -> Head:
        with self.cursor() as cursor:
            return read_latest(cursor).head

    def replay(self, journal: Journal, *, after: int = 0) -> None:
        """Applies the journal's records above ``after``, many to a transaction."""
        with self.cursor() as cursor:
            for group in _groups(journal, after):
                cursor.execute("BEGIN")
                apply(cursor, group)
                cursor.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def settle(path: Path, journal: Journal) -> Index:
    """The index at ``path``, brought to the state of ``journal``: as it is, caught up, or rebuilt.

    A torn end of the journal is cut here, since the index is the witness that no acknowledged record was in
    it; raises JournalDamaged where one was.
    """
    index, found = None, ""
    try:
        index = Index.open(path)
    except Unusable as unusable:
        found = str(unusable)
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
        found = "belongs to another journal"
    if journal.head != EMPTY or path.exists():
        _log.warning("index %s %s: rebuilt from %d entries of the journal", path, found, journal.head.seq)
    return rebuild(path, journal)


def rebuild(path: Path, journal: Journal) -> Index:
    """A new index at ``path``, made from the journal beside the old one and then put in its place."""
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
    """Removes an index file and the write-ahead log beside it, which goes first."""
    for beside in path.parent.glob(path.name + ".wal*"):
        beside.unlink()
    path.unlink(missing_ok=True)


def read_latest(cursor: duckdb.DuckDBPyConnection) -> Latest:
    """The last entry of the state that ``cursor`` sees."""
    rows = cursor.execute(sql("latest")).fetchall()
    return Latest.of(*rows[0]) if rows else NOTHING


def query(cursor: duckdb.DuckDBPyConnection, statement: str, **values: object) -> pa.Table:
    """The rows of a statement as Arrow."""
    return cursor.sql(statement, params=values or None).to_arrow_table()


def apply(cursor: duckdb.DuckDBPyConnection, entries: Iterable[tuple[Head, Entry]]) -> None:
    """Adds entries to the index, inside the caller's transaction."""
    tables: dict[str, list[pa.Table]] = {"submission": []}
    for head, entry in entries:
        words = {**entry.words(), "seq": head.seq, "hash": head.hash}
        tables["submission"].append(pa.Table.from_pylist([words], schema=SUBMISSION))
        for name, rows in entry.tables.items():
            tables.setdefault(name, []).append(_placed(name, rows, head, entry))
    for name, parts in tables.items():
        statement = sql("insert_report") if name == "report" else sql("insert").format(table=name)
        cursor.register("incoming", pa.concat_tables(parts))
        cursor.execute(statement).fetchall()
        cursor.unregister("incoming")


def differences(index: Index, other: Path) -> list[tuple[str, int, int]]:
    """(table, rows only in ``index``, rows only in the index file ``other``) for each table that differs."""
    found = []
    with index.cursor() as cursor:
        cursor.execute(f"ATTACH '{_quoted(other)}' AS other (READ_ONLY)")
        try:
            for table in ("submission", *ENTRY_SCHEMAS):
                extra, missing = (
                    cursor.execute(f"SELECT count(*) FROM (FROM {a} EXCEPT ALL FROM {b})").fetchall()[0][0]
                    for a, b in ((table, f"other.{table}"), (f"other.{table}", table))
                )
                if extra or missing:
                    found.append((table, extra, missing))
        finally:
            cursor.execute("DETACH other")
    return found


def copy(index: Index, target: Path) -> None:
    """Writes a consistent copy of the index to ``target`` while others go on reading and writing."""
    remove(target)
    with index.cursor() as cursor:
        (name,) = cursor.execute("SELECT current_database()").fetchall()[0]
        cursor.execute(f"ATTACH '{_quoted(target)}' AS snapshot (STORAGE_VERSION '{STORAGE_VERSION}')")
        try:
            cursor.execute(f'COPY FROM DATABASE "{name}" TO snapshot')
            cursor.execute("CHECKPOINT snapshot")
        finally:
            cursor.execute("DETACH snapshot")


def _placed(name: str, rows: pa.Table, head: Head, entry: Entry) -> pa.Table:
    """The rows of one table of an entry, with where and when they entered the ledger."""
    rows = plain(rows, ENTRY_SCHEMAS[name])
    count = rows.num_rows
    rows = rows.append_column("seq", pa.repeat(pa.scalar(head.seq, pa.int64()), count))
    rows = rows.append_column(
        "recorded_at", pa.repeat(pa.scalar(entry.recorded_at, pa.timestamp("us")), count)
    )
    place = _ORDER.get(name, "row")
    return rows.append_column(place, pa.array(range(1, count + 1), pa.int64())) if place else rows


def _groups(journal: Journal, after: int) -> Iterator[list[tuple[Head, Entry]]]:
    """The journal's entries, gathered into transactions of a sensible size."""
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
    tear = journal.tear
    if tear is None:
        return
    if head.seq >= tear.seq:
        raise tear.damaged()
    _log.warning(
        "journal segment %s ended in a torn record (%s): cut back to %d bytes, %d whole entries",
        tear.segment, tear.reason, tear.offset, journal.head.seq,
    )  # fmt: skip
    journal.cut()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
