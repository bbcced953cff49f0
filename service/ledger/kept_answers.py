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
    path = data_dir / FILE_NAME
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(path)) as file:
            file.execute(sql("overwrite_answers"))
            with file:
                file.execute(sql("drop_answers"))
    except sqlite3.DatabaseError:  # damaged: nobody misses the answers of one day
        path.with_name(f"{FILE_NAME}-journal").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
