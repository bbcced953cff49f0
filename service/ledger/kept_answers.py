"""Which answers to those who handed something in are kept beside the ledger, and how are they dropped?

``service.web.idempotency`` keeps them for a day, in a small SQLite file, so that a request that is sent again
gets the same answer. An answer may repeat a text, and the hash of the request tells whoever guesses one that
the guess is right. This module must not know what an answer says.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from service.ledger.statements import sql

FILE_NAME = "answered.sqlite"


def drop(data_dir: Path) -> None:
    """Forget every answer that is kept in ``data_dir``, and overwrite what stood in the file."""
    _change(data_dir, "drop_answers")


def drop_older(data_dir: Path, redaction: int) -> None:
    """Forget the answers that were begun before the entry ``redaction`` (0: none), and overwrite what stood
    there.

    It comes after that entry, and so finds what was kept while the entry was made, or before a crash.
    """
    if redaction:
        _change(data_dir, "drop_older_answers", redaction=redaction)


def _change(data_dir: Path, statement: str, **values: int) -> None:
    path = data_dir / FILE_NAME
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(path)) as file:
            file.execute(sql("overwrite_answers"))
            if file.execute(sql("has_answers")).fetchall():
                with file:
                    file.execute(sql(statement), values)
    except sqlite3.DatabaseError:  # damaged: nobody misses the answers of one day
        path.with_name(f"{FILE_NAME}-journal").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
