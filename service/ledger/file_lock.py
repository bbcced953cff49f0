"""Which process owns this data directory?

One process at a time, for as long as it lives: an exclusive ``flock`` on ``ledger.lock``, which the kernel
releases when the process ends, however it ends. The file's text (the process id and, once announced, the
address of the server) only informs. The lock itself decides, so a text left behind by a dead process misleads
nobody. Whoever deletes the lock file lets nobody in: the journal's last segment is locked as well
(``segment_file.py``).
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
from pathlib import Path

from service.errors import StoreHeld
from service.ledger.directory_owner import refuse_root_elsewhere

LOCK_NAME = "ledger.lock"
PRIVATE = 0o600
_LOCKS = Path("/proc/locks")


@dataclasses.dataclass(frozen=True)
class Holder:
    """The process that owns a data directory: its ``pid`` (0: unknown), its ``address`` ("": no server)."""

    pid: int
    address: str = ""


class FileLock:
    """The ownership of one data directory, from ``acquire`` until ``release``."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def acquire(cls, data_dir: Path) -> FileLock:
        """Return the lock on ``data_dir``; raises StoreHeld, naming the owner, where another process has it,
        and StoreError where this is root and the directory is another user's."""
        refuse_root_elsewhere(data_dir)
        descriptor = os.open(data_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _parse_holder(os.pread(descriptor, 4096, 0))
            os.close(descriptor)
            raise held_error(data_dir, owner) from None
        lock = cls(descriptor)
        lock.announce("")
        return lock

    def announce(self, address: str) -> None:
        """Write down at which address this process can be reached."""
        text = json.dumps({"pid": os.getpid(), "address": address}).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)

    def release(self) -> None:
        """Give the directory up; the empty lock file stays, since removing it would race with a new owner."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def holder(data_dir: Path) -> Holder | None:
    """Return who owns ``data_dir`` now, or None; acquires nothing and creates nothing."""
    try:
        descriptor = os.open(data_dir / LOCK_NAME, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _parse_holder(os.pread(descriptor, 4096, 0))
    else:
        return None
    finally:
        os.close(descriptor)


def _parse_holder(text: bytes) -> Holder:
    try:
        content = json.loads(text)
        return Holder(int(content["pid"]), str(content["address"]))
    except (ValueError, KeyError, TypeError):  # between acquiring the lock and writing the text
        return Holder(0)


def lock_owner(descriptor: int) -> int:
    """Return the id of the process that has the file of ``descriptor`` locked; 0 where the system does not
    say."""
    inode = str(os.fstat(descriptor).st_ino)
    try:
        lines = _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux
        return 0
    # "1: FLOCK  ADVISORY  WRITE 4711 fd:01:131 0 EOF"; who waits has "->" in front
    locks = (line.split() for line in lines if "->" not in line)
    owners = {int(words[4]) for words in locks if words[5].rpartition(":")[2] == inode}
    return max(owners.pop(), 0) if len(owners) == 1 else 0


def held_error(data_dir: Path, owner: Holder) -> StoreHeld:
    """Return the error that names the process which has ``data_dir``, and how to reach it."""
    who = f"process {owner.pid}" if owner.pid else "another process"
    if owner.address:
        return StoreHeld(
            f"The ledger in {data_dir} is held by {who}, which serves it at {owner.address}.",
            fix=f"Go through {owner.address}, or stop process {owner.pid} first.",
        )
    return StoreHeld(
        f"The ledger in {data_dir} is held by {who}.",
        fix="Wait until it has ended, or name another data directory with --data-dir.",
    )
