"""Who may write to the ledger?

A keyring is one file beside the ledger, ``keys.json``: for every API key its id, its role, when it was made
and revoked, and a salted hash of it. The key itself is shown once, when it is made, and stored nowhere. The
file is no part of the journal (who may write changes no figure) and has a lock of its own, so keys can be
made and revoked while a server holds the ledger; the server sees a change at its next request.

A key is 256 random bits. Nobody finds such a number by trying, however quick each trial is, so one salted
SHA-256 is enough, where a password that people choose would need a slow hash. Hashes are compared in constant
time, and an unknown id costs the same work as a known one.

>>> key, secret = Keyring(Path("data")).create(Role.REPORTER, at=now)       # doctest: +SKIP
>>> Keyring(Path("data")).find(secret) == key                               # doctest: +SKIP
True
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from service.errors import NotFound, QueryError, StoreError
from service.ledger.directory_owner import refuse_root_elsewhere
from service.ledger.journal import PRIVATE_DIRECTORY
from service.ledger.segment_file import sync_directory

FILE_NAME = "keys.json"
LOCK_NAME = "keys.lock"
PREFIX = "cl"
"""What every key begins with, so that programs that look for leaked keys recognise one."""
PRIVATE = 0o600
SECRET_BYTES = 32
LONGEST_KEY = 200
LONGEST_NOTE = 200

FileVersion = tuple[int, int, int]
"""Modification time, inode and size of a file: another version differs in one of them."""


class Role(StrEnum):
    """What a key allows; each role may do all that the ones before it may."""

    REPORTER = "reporter"
    EDITOR = "editor"

    def covers(self, needed: Role) -> bool:
        """Return whether this role is enough where ``needed`` is required."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclasses.dataclass(frozen=True)
class Key:
    """What is stored about a key: never the key itself."""

    id: str
    role: Role
    note: str
    created_at: dt.datetime
    revoked_at: dt.datetime | None
    salt: str = dataclasses.field(repr=False)
    hash: str = dataclasses.field(repr=False)

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None


LONG_AGO = dt.datetime.fromisoformat("1970-01-01")
NO_KEY = Key("", Role.REPORTER, "", LONG_AGO, LONG_AGO, "00" * 16, "00" * 32)
"""What the key of an unknown id is compared with; no key has this hash."""


class Keyring:
    """The keys of one data directory. Safe to use from several threads and processes."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME
        self._lock = threading.Lock()
        self._version: FileVersion | None = None
        self._keys: dict[str, Key] = {}

    def create(self, role: Role, *, at: dt.datetime, note: str = "") -> tuple[Key, str]:
        """Make a key; return it and the text that its owner presents, which cannot be had a second time.

        Raises QueryError for a ``note`` that is not one short line.
        """
        if len(note) > LONGEST_NOTE or not note.isprintable():
            raise QueryError("The note is no short line of text.", fix=f"Use at most {LONGEST_NOTE} letters.")
        with self._editing() as keys:
            key_id = secrets.token_hex(4)
            while key_id in keys:
                key_id = secrets.token_hex(4)
            secret = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"
            salt = secrets.token_hex(16)
            keys[key_id] = Key(key_id, role, note, at, None, salt, _hash(salt, secret))
        return keys[key_id], secret

    def revoke(self, key_id: str, *, at: dt.datetime) -> Key:
        """Make a key invalid for good and return it; one revoked before stays as it is. Raises NotFound."""
        with self._editing() as keys:
            if key_id not in keys:
                raise NotFound(f"There is no key {key_id!r}.", fix="See `casualty keys list`.")
            if keys[key_id].is_valid:
                keys[key_id] = dataclasses.replace(keys[key_id], revoked_at=at)
        return keys[key_id]

    def all(self) -> list[Key]:
        """Return every key there ever was, oldest first."""
        return sorted(self._current().values(), key=lambda key: (key.created_at, key.id))

    def find(self, secret: str) -> Key | None:
        """Return the valid key with that text, or None if it is unknown, wrong or revoked."""
        if len(secret) > LONGEST_KEY or not secret.isascii():
            return None
        key_id = [*secret.split("_", 2), ""][1]
        key = self._current().get(key_id, NO_KEY)
        is_match = hmac.compare_digest(_hash(key.salt, secret), key.hash)
        return key if is_match and key.is_valid else None

    # --- inside ----------------------------------------------------------------------------------------

    def _current(self) -> dict[str, Key]:
        """Return the keys as they are in the file now; reads it again only where it changed."""
        with self._lock:
            try:
                version = _file_version(self._path.stat())
                if version != self._version:
                    self._keys = self._read()
                    self._version = version
            except FileNotFoundError:
                self._keys, self._version = {}, None
            except OSError as error:
                raise _unusable_error(self._path, error.strerror or str(error)) from error
            return self._keys

    def _read(self) -> dict[str, Key]:
        try:
            rows = json.loads(self._path.read_bytes())["keys"]
            return {row["id"]: _key(row) for row in rows}
        except (ValueError, KeyError, TypeError) as error:
            raise _unusable_error(self._path, f"it is damaged ({error})") from error

    @contextlib.contextmanager
    def _editing(self) -> Iterator[dict[str, Key]]:
        """Give the keys, to be changed and then written, to one process at a time."""
        try:
            self._path.parent.mkdir(PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            refuse_root_elsewhere(self._path.parent)
            descriptor = os.open(self._path.with_name(LOCK_NAME), os.O_RDWR | os.O_CREAT, PRIVATE)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                keys = self._read() if self._path.exists() else {}
                yield keys
                self._write(keys)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _unusable_error(self._path, error.strerror or str(error)) from error

    def _write(self, keys: dict[str, Key]) -> None:
        """Replace the file by a whole new one that only its owner may read."""
        rows = [{**dataclasses.asdict(key), **_moments(key)} for key in keys.values()]
        unfinished = self._path.with_name(FILE_NAME + ".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"keys": rows}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path)
        sync_directory(self._path.parent)


def _hash(salt: str, secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()


def _file_version(status: os.stat_result) -> FileVersion:
    return status.st_mtime_ns, status.st_ino, status.st_size


def _key(row: dict[str, Any]) -> Key:
    revoked = row["revoked_at"]
    return Key(
        id=row["id"],
        role=Role(row["role"]),
        note=row["note"],
        created_at=dt.datetime.fromisoformat(row["created_at"]),
        revoked_at=dt.datetime.fromisoformat(revoked) if revoked else None,
        salt=row["salt"],
        hash=row["hash"],
    )


def _moments(key: Key) -> dict[str, str | None]:
    return {
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


def _unusable_error(path: Path, reason: str) -> StoreError:
    return StoreError(
        f"The keys in {path} cannot be used: {reason}.",
        fix="Put the file right, or remove it and make new keys with `casualty keys create`.",
    )
