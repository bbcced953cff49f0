"""How does a publication replace the one before it, all at once or not at all?

Files are written into a folder aside, synced, and get the name of their content; then ``manifest.json`` is
replaced by one rename, which is the moment of publication. Whatever fails before leaves the earlier
publication as it was. The folder of the publication before stays for those who are still reading it,
unless a text was taken out of the ledger since.

>>> with publish(Path("out"), LEDGER) as publisher:                                 # doctest: +SKIP
...     publisher.commit(head, as_of, {"report": [write_table(publisher.room, ...)]})
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from service.errors import StoreError, StoreHeld
from service.publication.manifest import (
    MANIFEST_NAME,
    Manifest,
    PublicationDamaged,
    TableFile,
    read_manifest,
    require_directory,
)
from service.schema.records import Head

LOCK_NAME = ".lock"
UNFINISHED = ".unfinished-"
FOLDER = "files-"


class Publisher:
    """One publication while it is written: ``room`` is where its files go."""

    def __init__(self, directory: Path, room: Path, kind: str) -> None:
        self.directory = directory
        self.room = room
        self._kind = kind

    def commit(
        self,
        head: Head,
        as_of: dt.date,
        tables: Mapping[str, Sequence[TableFile]],
        facts: Mapping[str, str] | None = None,
        *,
        redaction: int = 0,
    ) -> Manifest:
        """Publish these files of the room, and return their manifest; every other file in it is dropped.

        ``redaction``: the last entry that took a text out (0: none); of a state before it no folder stays.
        Raises StoreError where such a folder cannot be removed.
        """
        folder = FOLDER + _content_name(tables)
        listed = {
            name: tuple(replace(file, path=f"{folder}/{file.path}") for file in files)
            for name, files in tables.items()
        }
        manifest = Manifest(self._kind, head, as_of, listed, facts or {})
        self._keep_only({file.path for files in tables.values() for file in files})
        standing = self.directory / folder
        if standing.exists():  # the same files were published before; they may have been damaged since
            standing.rename(self.room.with_name(f"{self.room.name}.before"))
        self.room.rename(standing)
        _sync(self.directory)
        earlier = self._folders_listed(redaction)
        _replace_file(self.directory / MANIFEST_NAME, manifest.encode())
        for path in self.directory.glob(f"{FOLDER}*"):
            if path.name not in {folder, *earlier}:
                shutil.rmtree(path, ignore_errors=True)
                if redaction and path.exists():
                    raise StoreError(
                        f"{path} cannot be removed, and may hold what was redacted since.",
                        fix="Remove it; what is published now stands.",
                    )
        return manifest

    def _keep_only(self, paths: set[str]) -> None:
        """Remove every file of the room that is not listed, and make the others durable."""
        for path in sorted(self.room.rglob("*")):
            if path.is_file() and path.relative_to(self.room).as_posix() not in paths:
                path.unlink()
        for path in sorted(self.room.rglob("*"), reverse=True):
            if path.is_file():
                _sync(path)
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
            else:
                _sync(path)
        _sync(self.room)

    def _folders_listed(self, since: int) -> set[str]:
        """Return the folders that the present manifest names; none where there is none to be read, or where
        it is of a state before the entry ``since``."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            content = json.loads((self.directory / MANIFEST_NAME).read_bytes())
            if content["head"]["entries"] < since:
                return set()
            files = (file for files in content["tables"].values() for file in files)
            return {file["path"].partition("/")[0] for file in files}
        return set()


@contextlib.contextmanager
def publish(directory: Path, kind: str) -> Iterator[Publisher]:
    """Give a publisher of something of this kind for ``directory``, which is made where there is none.

    What is not committed is removed. Raises StoreHeld where another process publishes there, StoreError where
    the directory holds something else, what a later version published, or cannot be written, and where its
    disk is full, QueryError where it is an address.
    """
    require_directory(directory)
    with publication_errors(directory):
        _check_use(directory, kind)
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreHeld(
                f"Another process is writing to {directory}.", fix="Wait for it, or name another directory."
            ) from None
        for left in directory.glob(f"{UNFINISHED}*"):  # by a run that was cut off
            shutil.rmtree(left, ignore_errors=True)
        room = directory / f"{UNFINISHED}{secrets.token_hex(4)}"
        try:
            with publication_errors(directory):
                room.mkdir()
                yield Publisher(directory, room, kind)
        finally:
            for left in directory.glob(f"{room.name}*"):
                shutil.rmtree(left, ignore_errors=True)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def publication_errors(directory: Path) -> Iterator[None]:
    """Raise an error of the operating system as a StoreError that names the place and what to do."""
    try:
        yield
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        why = os.strerror(error.errno) if error.errno else str(error)
        raise StoreError(
            f"{error.filename or directory} cannot be written: {why}. What was published before stands.",
            fix="Free some space, or name a directory on another disk."
            if is_full
            else "Check that the directory may be written, or name another.",
        ) from error


def _check_use(directory: Path, kind: str) -> None:
    """Raise StoreError for a directory that holds anything but a publication of this kind."""
    if (directory / MANIFEST_NAME).exists():
        with contextlib.suppress(PublicationDamaged):  # which is mended by publishing again
            read_manifest(directory, kind)
        return
    if not directory.exists():
        return
    if not directory.is_dir():
        raise StoreError(f"{directory} is a file.", fix="Name a directory.")
    others = [
        path.name
        for path in directory.iterdir()
        if path.name != LOCK_NAME and not path.name.startswith((FOLDER, UNFINISHED))
    ]
    if others:
        raise StoreError(
            f"{directory} holds other things ({sorted(others)[0]}), and nothing that was published.",
            fix="Name an empty or a new directory.",
        )


def _content_name(tables: Mapping[str, Sequence[TableFile]]) -> str:
    """Return a name that follows from the content of all files."""
    listed = sorted((file.path, file.sha256) for files in tables.values() for file in files)
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:16]


def _replace_file(path: Path, data: bytes) -> None:
    """Put a file in the place of another, whole at every moment."""
    fresh = path.with_name(f"{UNFINISHED}{path.name}")
    with fresh.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
