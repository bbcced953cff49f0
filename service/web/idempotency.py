"""Has this very request been answered before?

A client that does not know whether its request arrived sends it again with the same ``Idempotency-Key`` and
gets the same bytes, for 24 hours. Answers are kept per API key in a small SQLite file beside the ledger.
Only what was done is kept: a request that was refused may be corrected and sent again. One process owns the
ledger, so it knows in memory what is under way. If that process dies between the ledger's acknowledgement and
its own answer, the repeated request finds its rows known (``duplicate``) and changes nothing.

An answer may hold a text that is taken out of the ledger later. Each is therefore kept with the number of the
redaction that was the last one when it was begun, and given again only while that is still the last one. The
ledger counts a redaction before it forgets the answers from before it, and an answer is kept before that
number is looked at once more: so none stays that was under way at that very moment.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from service.errors import StoreError
from service.ledger.kept_answers import FILE_NAME
from service.web.errors import Refusal

KEPT_FOR = dt.timedelta(hours=24)
LONGEST_KEY = 255


class WriteAnswer(NamedTuple):
    """What a writing request was answered; whether that repeats an earlier answer; and whether it may hold
    texts of the ledger, which a later redaction may take out."""

    status: int
    body: bytes
    is_repeated: bool = False
    may_hold_texts: bool = True


class WriteAnswers:
    """The answers of the last 24 hours. Safe to use from several threads.

    ``last_redaction`` gives the number of the last redaction of the ledger (0: none).
    """

    def __init__(self, data_dir: Path, last_redaction: Callable[[], int]) -> None:
        self._path = data_dir / FILE_NAME
        self._last_redaction = last_redaction
        self._lock = threading.Lock()
        if self._path.exists():
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(self._path)) as file:
                file.execute(_sql("answer_column"))  # refused where it has the column
        self._under_way: set[tuple[str, str]] = set()

    def answer_once(
        self,
        key_id: str,
        idempotency_key: str,
        request: str,
        at: dt.datetime,
        make: Callable[[], WriteAnswer],
    ) -> WriteAnswer:
        """Return what ``make`` answers, or answered to the same ``request`` (a hash of it) before.

        Raises Refusal: 400 for a key that is no short text, 409 while the first request is under way, 422 if
        the key came with another request. What ``make`` raises is raised, and not kept.
        """
        _check_key(idempotency_key)
        own = (key_id, idempotency_key)
        with self._lock:
            if own in self._under_way:
                raise Refusal(
                    "under_way", "The first request with this Idempotency-Key is still under way.",
                    fix="Ask again in a moment.", headers={"Retry-After": "1"},
                )  # fmt: skip
            row = self._find(*own, at)
            if row is None:
                self._under_way.add(own)
        if row is not None:
            return _repeat(row, request)
        try:
            redaction = self._last_redaction()
            answer = make()
            if not answer.may_hold_texts:
                redaction = self._last_redaction()
            with self._lock:
                self._keep(own, request, at, answer, redaction)
        finally:
            with self._lock:
                self._under_way.discard(own)
        return answer

    def _find(self, key_id: str, idempotency_key: str, at: dt.datetime) -> tuple[str, int, bytes] | None:
        """Return the hash of the request, the status and the body, or None for a key not kept any longer."""
        values = {
            "key_id": key_id, "idempotency_key": idempotency_key, "since": (at - KEPT_FOR).isoformat(),
            "redaction": self._last_redaction(),
        }  # fmt: skip
        with self._open() as file:
            row: tuple[str, int, bytes] | None = file.execute(_sql("answer_find"), values).fetchone()
        return row

    def _keep(
        self, own: tuple[str, str], request: str, at: dt.datetime, answer: WriteAnswer, redaction: int
    ) -> None:
        """Keep an answer begun when ``redaction`` was the last one, unless there has been another."""
        values = {
            "key_id": own[0], "idempotency_key": own[1], "request": request, "at": at.isoformat(),
            "status": answer.status, "body": answer.body, "redaction": redaction,
        }  # fmt: skip
        if self._last_redaction() != redaction:
            return
        with self._open() as file:
            self._forget(file, at)
            file.execute(_sql("answer_keep"), values)
        if self._last_redaction() != redaction:  # the ledger forgot what was kept just before this was
            with self._open() as file:
                self._forget(file, at)

    def _forget(self, file: sqlite3.Connection, at: dt.datetime) -> None:
        since = {"since": (at - KEPT_FOR).isoformat(), "redaction": self._last_redaction()}
        file.execute(_sql("answer_forget"), since)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction; a new one may be read by its owner only. Raises StoreError."""
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            with contextlib.closing(sqlite3.connect(self._path)) as file, file:
                file.execute(_sql("answer_log"))
                file.execute(_sql("answer_overwrite"))
                file.execute(_sql("answer_table"))
                yield file
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self._path} cannot be used: {error}.",
                fix="If its disk has room, remove it: only answers of the last day are lost.",
            ) from error


@cache
def _sql(name: str) -> str:
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _repeat(row: tuple[str, int, bytes], request: str) -> WriteAnswer:
    """Return the kept answer again. Raises Refusal if it was given to another request."""
    first_request, status, body = row
    if first_request != request:
        raise Refusal(
            "key_reused", "This Idempotency-Key came with another request before.",
            fix="Take a new one for every request; repeat the same request only.",
        )  # fmt: skip
    return WriteAnswer(status, body, is_repeated=True)


def _check_key(idempotency_key: str) -> None:
    """Raise Refusal for a key that is empty, too long or not printable ASCII."""
    is_short = 0 < len(idempotency_key) <= LONGEST_KEY
    if not (is_short and idempotency_key.isascii() and idempotency_key.isprintable()):
        raise Refusal(
            "malformed_request", "The Idempotency-Key is no short text.", status=400,
            fix=f"Use 1 to {LONGEST_KEY} printable ASCII characters; a UUID does well.",
        )  # fmt: skip
