"""How does a value reach another process of this service?

Its large parts (the buffers of Arrow tables) are written once into a file in memory, and read there by the
other process; through the socket goes the file's descriptor alone. Both ends are this service and nobody
else: what is unpickled here was pickled by the same code.
"""

from __future__ import annotations

import mmap
import os
import pickle
import socket
import struct
import tempfile
from collections.abc import Sequence
from typing import Any

ALIGNED = 64
"""Buffers begin at multiples of so many bytes, as Arrow wants them."""
PARTS_A_WRITE = 512
"""Parts handed to one call of the operating system, which takes no more than 1,024."""
_COUNT = struct.Struct("<Q")


def send(to: socket.socket, value: object) -> None:
    """Send a value. Raises OSError where nobody is there any more."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(body), *(buffer.raw() for buffer in buffers)]
    sizes = [len(part) for part in parts]
    descriptor = _open_in_memory()
    try:
        head = _COUNT.pack(len(sizes)) + struct.pack(f"<{len(sizes)}Q", *sizes)
        padded = [memoryview(head + bytes(-len(head) % ALIGNED))]
        for part in parts:
            padded += [part, memoryview(bytes(-len(part) % ALIGNED))]
        _write(descriptor, [part for part in padded if len(part)])
        socket.send_fds(to, [b"."], [descriptor])
    finally:
        os.close(descriptor)


def receive(of: socket.socket) -> Any:  # noqa: ANN401 - whatever was sent
    """Return the next value. Raises EOFError where the other end is gone, TimeoutError as the socket does."""
    data, descriptors, _, _ = socket.recv_fds(of, 1, 1)
    if not data or not descriptors:
        raise EOFError
    (descriptor,) = descriptors
    try:
        mapped = memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
    finally:
        os.close(descriptor)
    (count,) = _COUNT.unpack_from(mapped)
    sizes = struct.unpack_from(f"<{count}Q", mapped, _COUNT.size)
    begin = _aligned(_COUNT.size * (count + 1))
    parts = []
    for size in sizes:
        parts.append(mapped[begin : begin + size])
        begin += _aligned(size)
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 - written by the other half of this service


def _aligned(size: int) -> int:
    return size + -size % ALIGNED


def _open_in_memory() -> int:
    """Return the descriptor of a file that has no name and goes with the last process that has it open."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("casualty", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _write(descriptor: int, parts: Sequence[memoryview]) -> None:
    for start in range(0, len(parts), PARTS_A_WRITE):
        some = list(parts[start : start + PARTS_A_WRITE])
        while some:
            written = os.writev(descriptor, some)
            while some and written >= len(some[0]):
                written -= len(some.pop(0))
            if written:
                some[0] = some[0][written:]
