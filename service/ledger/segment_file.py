"""How is the last segment of a journal written to, by one process alone?

The file is locked for as long as it is open (``flock`` on the segment itself: whoever deletes a lock file
beside it changes nothing), and before anything is added it must be the file of that name still, as long as
this process left it. This module must not know what the bytes mean.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

from service.errors import JournalDamaged
from service.ledger.file_lock import PRIVATE, Holder, held_error, lock_owner

CLOSED = 0o400
NEW = ".new"
"""What the name of a file ends in that is to take the place of a segment."""


class SegmentFile:
    """A segment that is open for writing; ``size`` is how many of its bytes are durable."""

    def __init__(self, path: Path, flags: int) -> None:
        self.path = path
        self._is_dirty = False
        self._file = os.fdopen(os.open(path, os.O_RDWR | flags, PRIVATE), "r+b", buffering=0)
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = Holder(lock_owner(self._file.fileno()))
            self._file.close()
            raise held_error(path.parent, owner) from None
        self.size = os.fstat(self._file.fileno()).st_size

    @classmethod
    def attach(cls, path: Path) -> SegmentFile:
        """Return the last segment of a journal, to be continued; raises StoreHeld where another process has
        it."""
        path.chmod(PRIVATE)  # a crash may have come between closing it and starting the next
        return cls(path, 0)

    @classmethod
    def create(cls, path: Path) -> SegmentFile:
        """Return a new segment; raises StoreHeld where another process has just begun it."""
        try:
            file = cls(path, os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            raise held_error(path.parent, Holder(0)) from None
        sync_directory(path.parent)
        return file

    @classmethod
    def beside(cls, path: Path) -> SegmentFile:
        """Return an empty file beside the segment at ``path``, whose place it is to ``take``."""
        return cls(path.with_name(path.name + NEW), os.O_CREAT | os.O_TRUNC)

    def append(self, parts: Iterable[bytes | memoryview]) -> None:
        """Write ``parts`` behind what is durable, with one fsync. If it fails, call ``rollback``.

        Raises JournalDamaged where the file is not the one that this process has written so far.
        """
        if self._is_dirty:
            self.rollback()  # an earlier cut failed, for instance on a full disk
        self._check_identity()
        self._is_dirty = True
        end = self.size
        for part in parts:
            view = memoryview(part)
            while view:
                written = os.pwrite(self._file.fileno(), view, end)
                if not written:
                    raise OSError(errno.ENOSPC, "the journal took no bytes")
                view, end = view[written:], end + written
        os.fsync(self._file.fileno())
        self.size, self._is_dirty = end, False

    def rollback(self) -> None:
        """Cut off what a failed ``append`` has left."""
        if self._is_dirty:
            self.cut(self.size)

    def cut(self, size: int) -> None:
        """Cut the file back to ``size`` bytes, durably."""
        self._is_dirty, self.size = True, size
        os.ftruncate(self._file.fileno(), size)
        os.fsync(self._file.fileno())
        self._is_dirty = False

    def take(self, path: Path, *, is_closed: bool) -> None:
        """Take the place of the segment at ``path``; if ``is_closed``, nobody is to write to it."""
        if is_closed:
            os.fchmod(self._file.fileno(), CLOSED)
        os.rename(self.path, path)  # noqa: PTH104 - one way to the operating system, which tests replace
        self.path = path

    def close(self, *, for_good: bool = False) -> None:
        """Let go of the file; if ``for_good``, nobody is to write to it again."""
        if for_good:
            os.fchmod(self._file.fileno(), CLOSED)
        self._file.close()

    def _check_identity(self) -> None:
        own = os.fstat(self._file.fileno())
        try:
            named = os.stat(self.path)  # noqa: PTH116 - one way to the operating system, which tests replace
        except FileNotFoundError:
            named = None
        if named is None or (named.st_dev, named.st_ino) != (own.st_dev, own.st_ino):
            what = "is gone" if named is None else "was exchanged for another file"
        elif own.st_size != self.size:
            what = f"has {own.st_size} bytes, not {self.size}: somebody else has written to it"
        else:
            return
        raise JournalDamaged(
            f"Journal segment {self.path.name} {what} while it was in use; nothing was added to it.",
            fix=f"End whatever else works in {self.path.parent}, then start again: the journal is read anew.",
        )


def sync_directory(directory: Path) -> None:
    """Make the names in ``directory`` durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
