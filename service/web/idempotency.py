"""Has this very request been answered before?

A client that does not know whether its request arrived sends it again with the same ``Idempotency-Key`` and
gets the same bytes, for 24 hours. Answers are kept per API key in a small SQLite file beside the ledger.
Only what was done is remembered: a request that was refused may be put right and sent again. One process owns
the ledger, so what is under way is known without a file; where that process dies between the ledger's
acknowledgement and its own answer, the repeated request finds its rows known (``duplicate``) and changes
nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from service.errors import StoreError
from service.web.errors import Refusal

FILE_NAME = "answered.sqlite"
KEPT_FOR = dt.timedelta(hours=24)
LONGEST_KEY = 255

_TABLE = """
create table if not exists answer (
    key_id text, idempotency_key text, request text, at text, status integer, body blob,
    primary key (key_id, idempotency_key)
)
"""
_FIND = "select request, status, body from answer where key_id = ? and idempotency_key = ? and at > ?"
_FORGET = "delete from answer where at <= ?"
_KEEP = "insert or replace into answer values (?, ?, ?, ?, ?, ?)"


class Done(NamedTuple):
    """What was answered, and whether that is a repetition."""

    status: int
    body: bytes
    is_repeated: bool = False


class Answered:
    """The answers of the last 24 hours. Safe to use from several threads."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME
        self._lock = threading.Lock()
        self._under_way: set[tuple[str, str]] = set()

    def once(self, key_id: str, name: str, request: str, at: dt.datetime, make: Callable[[], Done]) -> Done:
        """What ``make`` answers, or answered to the same ``request`` (a hash of it) under this ``name``.

        Raises Refusal: 409 while the first is under way, 422 where the name stands for another request.
        """
        _check(name)
        with self._lock:
            if (key_id, name) in self._under_way:
                raise Refusal(
                    "under_way", "The first request with this Idempotency-Key is still under way.",
                    fix="Ask again in a moment.", headers={"Retry-After": "1"},
                )  # fmt: skip
            known = self._find(key_id, name, at)
            if known is None:
                self._under_way.add((key_id, name))
        if known is not None:
            return _again(known, request)
        try:
            done = make()
            with self._lock, self._open() as file:
                file.execute(_FORGET, [(at - KEPT_FOR).isoformat()])
                file.execute(_KEEP, [key_id, name, request, at.isoformat(), done.status, done.body])
        finally:
            with self._lock:
                self._under_way.discard((key_id, name))
        return done

    def _find(self, key_id: str, name: str, at: dt.datetime) -> tuple[str, int, bytes] | None:
        with self._open() as file:
            row: tuple[str, int, bytes] | None = file.execute(
                _FIND, [key_id, name, (at - KEPT_FOR).isoformat()]
            ).fetchone()
        return row

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file, for one transaction; made where it is not there, for its owner only."""
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            with contextlib.closing(sqlite3.connect(self._path)) as file, file:
                file.execute(_TABLE)
                yield file
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self._path} cannot be used: {error}.",
                fix="Remove it; only answers of the last day are lost.",
            ) from error


def _again(known: tuple[str, int, bytes], request: str) -> Done:
    first, status, body = known
    if first != request:
        raise Refusal(
            "key_reused", "This Idempotency-Key came with another request before.",
            fix="Take a new one for every request; repeat the same request only.",
        )  # fmt: skip
    return Done(status, body, is_repeated=True)


def _check(name: str) -> None:
    if not (0 < len(name) <= LONGEST_KEY and name.isascii() and name.isprintable()):
        raise Refusal(
            "malformed_request", "The Idempotency-Key is no short text.",
            fix=f"Use 1 to {LONGEST_KEY} printable ASCII characters; a UUID does well.", status=400,
        )  # fmt: skip
