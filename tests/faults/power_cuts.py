"""What may be on the disk after the power went: every state that a record of file operations allows.

``Recorder`` stands in for the operating system of ``service.ledger.segment_file``: the real files are
written, and each operation is remembered. ``states`` cuts the power after any of them. What was synced by
then is there; of what was not, each 512-byte sector of each write may have reached the disk or not, in any
order, and a sector that did not holds zeros, what stood there, or anything.
"""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECTOR = 512
FATES = ("kept", "dropped", "torn", "reordered", "first lost", "last only", "garbage")


@dataclasses.dataclass(frozen=True)
class Operation:
    """One call: ``kind`` is create, write, truncate or sync; a ``name`` ending in "/" is the directory."""

    kind: str
    name: str
    offset: int = 0
    data: bytes = b""


@dataclasses.dataclass(frozen=True)
class State:
    """The files of a journal as a power cut left them, and how many operations were done by then."""

    files: dict[str, bytes]
    done: int
    fate: str

    def write(self, directory: Path) -> None:
        """Put the files where a journal is to be opened."""
        directory.mkdir(parents=True)
        for name, content in self.files.items():
            (directory / name).write_bytes(content)


class Recorder:
    """The functions of ``os``, of which those that change files are remembered."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._names: dict[int, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        descriptor = os.open(path, flags, mode)
        is_directory = Path(path).is_dir()
        self._names[descriptor] = Path(path).name + ("/" if is_directory else "")
        if flags & os.O_CREAT:
            self._add("create", descriptor)
        return descriptor

    def pwrite(self, descriptor: int, data: bytes | memoryview, offset: int) -> int:
        written = os.pwrite(descriptor, data, offset)
        self._add("write", descriptor, offset, bytes(data)[:written])
        return written

    def ftruncate(self, descriptor: int, size: int) -> None:
        os.ftruncate(descriptor, size)
        self._add("truncate", descriptor, size)

    def fsync(self, descriptor: int) -> None:
        os.fsync(descriptor)
        self._add("sync", descriptor)

    def _add(self, kind: str, descriptor: int, offset: int = 0, data: bytes = b"") -> None:
        self.operations.append(Operation(kind, self._names[descriptor], offset, data))


def states(operations: list[Operation], chance: random.Random) -> Iterator[State]:
    """Yield states for ever: the power goes at a random moment, and what was not synced meets a random
    fate."""
    while True:
        done = chance.randint(0, len(operations))
        yield state_after(operations, done, chance.choice(FATES), chance)


def state_after(operations: list[Operation], done: int, fate: str, chance: random.Random) -> State:
    """Return the files after the first ``done`` operations, where what was not synced met ``fate``."""
    files: dict[str, bytes] = {}
    for place, operation in enumerate(operations[:done]):
        later = operations[place + 1 : done]
        is_named = operation.kind == "create"
        durable = any(
            sync.kind == "sync" and (sync.name.endswith("/") if is_named else sync.name == operation.name)
            for sync in later
        )
        if is_named:
            if durable or fate != "dropped":
                files[operation.name] = b""
        elif operation.name in files and operation.kind != "sync":
            files[operation.name] = apply(
                files[operation.name], operation, "kept" if durable else fate, chance
            )
    return State(files, done, fate)


def apply(content: bytes, operation: Operation, fate: str, chance: random.Random) -> bytes:
    """Return a file after one operation that met ``fate``."""
    if operation.kind == "truncate":
        is_lost = fate != "kept" and chance.random() < 0.5
        return content if is_lost else content[: operation.offset].ljust(operation.offset, b"\0")
    if fate == "dropped":
        return content
    end = operation.offset + len(operation.data)
    if fate == "torn":
        end = chance.randint(operation.offset, end)
    after = bytearray(content.ljust(end, b"\0"))
    for start in range(operation.offset // SECTOR * SECTOR, end, SECTOR):
        first, last = max(start, operation.offset), min(start + SECTOR, end)
        new = operation.data[first - operation.offset : last - operation.offset]
        if reaches(fate, start <= operation.offset, last == end, chance):
            after[first:last] = new
        elif fate == "garbage":
            after[first:last] = chance.randbytes(last - first)
    if fate == "reordered" and chance.random() < 0.3:  # the new length of the file was not written either
        del after[max(len(content), chance.randint(len(content), max(len(content), len(after)))) :]
    return bytes(after)


def reaches(fate: str, is_first: bool, is_last: bool, chance: random.Random) -> bool:
    """Return whether a sector reaches the disk."""
    if fate == "first lost":
        return not is_first
    if fate == "last only":
        return is_last
    if fate in ("reordered", "garbage"):
        return chance.random() < 0.5
    return True
