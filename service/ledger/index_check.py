"""Does the index say what the journal says?

``compare_afresh`` makes a second index from the journal and compares row by row; it is exact and slow.
``JournalDigest`` follows the journal in the background, keeps a sum of hashes for each table, and compares it
with that of the index: a row that somebody edited behind the journal's back is found within a scan of the
index. This module changes nothing that is kept.
"""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb

from service.ledger.entry import ENTRY_SCHEMAS
from service.ledger.frames import EMPTY
from service.ledger.index import Index, apply, entry_groups, make, remove
from service.ledger.journal import Journal
from service.ledger.statements import literal, sql
from service.ledger.storage_errors import first_line
from service.schema.records import Finding
from service.vocabulary import Severity

VERIFY_NAME = "verify.duckdb"
REBUILD = "Run `casualty rebuild`: it makes the index afresh from the journal."
TABLES = ("submission", *ENTRY_SCHEMAS)
Digest = dict[str, tuple[int, int]]
"""How many rows each table has, and the sum of their hashes."""


def digest_index(cursor: duckdb.DuckDBPyConnection, held: int) -> Digest:
    """Return the digest of an index after its first ``held`` entries."""
    digest: Digest = {}
    for table in TABLES:
        ((rows, total),) = cursor.execute(sql("digest_table", table=table), {"held": held}).fetchall()
        digest[table] = int(rows), int(total)
    return digest


class JournalDigest:
    """The digest that an index of the journal must have, kept up to date entry by entry.

    It applies a group of entries at a time to an empty index in memory, whose rows it then drops.
    """

    def __init__(self) -> None:
        self.head = EMPTY
        self.digest: Digest = dict.fromkeys(TABLES, (0, 0))
        self._rewrites = 0
        self._scratch = Index.in_memory()

    def is_of(self, journal: Journal) -> bool:
        """Whether it was taken from what the journal holds now: nothing was redacted since."""
        return journal.rewrites == self._rewrites

    def follow(self, journal: Journal, is_ending: threading.Event) -> bool:
        """Take in what the journal has more by now; return whether all of it was, before ``is_ending``.

        Raises JournalDamaged where a record does not match its hash.
        """
        if not self.is_of(journal):
            self._rewrites = journal.rewrites
            self.head, self.digest = EMPTY, dict.fromkeys(TABLES, (0, 0))
        for group in entry_groups(journal, self.head.seq):
            if is_ending.is_set():
                return False
            with self._scratch.cursor() as cursor:
                cursor.execute("BEGIN")
                apply(cursor, group)
                more = digest_index(cursor, group[-1][0].seq)
                cursor.execute("ROLLBACK")
            for table, (rows, total) in more.items():
                before = self.digest[table]
                self.digest[table] = before[0] + rows, before[1] + total
            self.head = group[-1][0]
        return True

    def differing(self, index: Index) -> list[str]:
        """Return the tables of ``index`` that differ from what the journal says; all where it cannot be
        read."""
        try:
            with index.cursor() as cursor:
                cursor.execute("BEGIN")
                found = digest_index(cursor, self.head.seq)
        except duckdb.Error:
            return list(TABLES)
        return [table for table in TABLES if found[table] != self.digest[table]]

    def close(self) -> None:
        self._scratch.close()


def compare_afresh(index: Index, journal: Journal) -> list[Finding]:
    """Return a finding for each table of ``index`` that differs from one made afresh from ``journal``."""
    fresh = index.path.with_name(VERIFY_NAME)
    findings = []
    try:
        make(fresh, journal).close()
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
            for table in TABLES:
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
