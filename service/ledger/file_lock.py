"""Who owns this data directory?

One process at a time, for as long as it lives: an exclusive ``flock`` on ``ledger.lock``, which the kernel
lets go when the process ends, however it ends. The file's text (pid and, once announced, the address of the
server) only informs; the lock itself decides, so a text left behind by a dead process misleads nobody.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
from pathlib import Path

from service.errors import StoreHeld

LOCK_NAME = "ledger.lock"


@dataclasses.dataclass(frozen=True)
class Holder:
    """The process that owns a data directory: its ``pid`` (0: not told), its ``address`` ("": no server)."""

    pid: int
    address: str = ""


class Hold:
    """The ownership of one data directory, from ``take`` until ``release``."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, data_dir: Path) -> Hold:
        """Owns ``data_dir`` from here on; raises StoreHeld, naming who does, where another already does."""
        descriptor = os.open(data_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _told(os.pread(descriptor, 4096, 0))
            os.close(descriptor)
            raise _held(data_dir, other) from None
        hold = cls(descriptor)
        hold.announce("")
        return hold

    def announce(self, address: str) -> None:
        """Leaves word of how this process can be reached."""
        text = json.dumps({"pid": os.getpid(), "address": address}).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)

    def release(self) -> None:
        """Gives the directory up; the empty lock file stays, since removing it would race with a taker."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def holder(data_dir: Path) -> Holder | None:
    """Who owns ``data_dir`` now, or None; takes nothing and creates nothing."""
    try:
        descriptor = os.open(data_dir / LOCK_NAME, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _told(os.pread(descriptor, 4096, 0))
    else:
        return None
    finally:
        os.close(descriptor)


def _told(text: bytes) -> Holder:
    try:
        told = json.loads(text)
        return Holder(int(told["pid"]), str(told["address"]))
    except (ValueError, KeyError, TypeError):  # caught between taking the lock and writing the text
        return Holder(0)


def _held(data_dir: Path, other: Holder) -> StoreHeld:
    who = f"process {other.pid}" if other.pid else "another process"
    if other.address:
        return StoreHeld(
            f"The ledger in {data_dir} is held by {who}, which serves it at {other.address}.",
            fix=f"Go through {other.address}, or stop process {other.pid} first.",
        )
    return StoreHeld(
        f"The ledger in {data_dir} is held by {who}.",
        fix="Wait until it has ended, or name another data directory with --data-dir.",
    )
