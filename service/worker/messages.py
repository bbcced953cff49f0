"""How does a value reach another process of this service?

Tables are written as Arrow streams into a file in memory, beside them everything else as one pickle; through
the socket goes the file's descriptor alone. A table is read from there into memory of its own, so that
neither a descriptor nor what came along with it stays for as long as somebody keeps a column. Both ends are
this service and nobody else: what is unpickled here was pickled by the same code.
"""

from __future__ import annotations

import io
import itertools
import os
import pickle
import socket
import struct
import tempfile
from typing import Any

import pyarrow as pa

_COUNT = struct.Struct("<Q")


class Garbled(EOFError):
    """What came is no message: the other end is out of its mind, and as good as gone."""


class _Pickler(pickle.Pickler):
    """Writes a value without its tables, which it collects: pickle would send all of a table for a slice."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)
        self._numbers: dict[int, int] = {}
        self.tables: list[pa.Table] = []

    def persistent_id(self, value: object) -> int | None:
        """Return the number of a table; everything else is pickled."""
        if not isinstance(value, pa.Table):
            return None
        number = self._numbers.setdefault(id(value), len(self.tables))
        if number == len(self.tables):
            self.tables.append(value)
        return number


class _Unpickler(pickle.Unpickler):
    def __init__(self, body: bytes, tables: list[pa.Table]) -> None:
        super().__init__(io.BytesIO(body))
        self._tables = tables

    def persistent_load(self, number: int) -> pa.Table:
        return self._tables[number]


def send(to: socket.socket, value: object) -> None:
    """Send a value. Raises OSError where nobody is there any more, or there is no room for it."""
    pickled = io.BytesIO()
    pickler = _Pickler(pickled)
    pickler.dump(value)
    descriptor = _open_in_memory()
    try:
        with open(descriptor, "wb", closefd=False) as file:
            ends = [file.write(pickled.getbuffer())]
            for table in pickler.tables:
                with pa.ipc.new_stream(pa.PythonFile(file, "w"), table.schema) as stream:
                    stream.write_table(table)
                ends.append(file.tell())
            file.write(struct.pack(f"<{len(ends)}Q", *ends) + _COUNT.pack(len(ends)))
        socket.send_fds(to, [b"."], [descriptor])
    finally:
        os.close(descriptor)


def receive(of: socket.socket) -> Any:  # noqa: ANN401 - whatever was sent
    """Return the next value. Raises EOFError where the other end is gone, Garbled (which is one) where it
    sends what is no message, TimeoutError as the socket does."""
    data, descriptors, _, _ = socket.recv_fds(of, 1, 1)
    if not data:
        raise EOFError
    if not descriptors:
        raise Garbled
    (descriptor,) = descriptors
    try:
        return _read(descriptor)
    except MemoryError:
        raise
    except Exception as error:
        raise Garbled from error
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> Any:  # noqa: ANN401 - whatever was sent
    """Return the value in a file, which is emptied from its end on: so nothing is in memory twice."""
    size = os.fstat(descriptor).st_size
    (count,) = _COUNT.unpack(_take(descriptor, size - _COUNT.size, size))
    ends_at = size - _COUNT.size - _COUNT.size * count
    ends = struct.unpack(f"<{count}Q", _take(descriptor, ends_at, size - _COUNT.size))
    tables = []
    for begin, end in reversed([*itertools.pairwise(ends)]):
        with pa.ipc.open_stream(_take(descriptor, begin, end)) as stream:
            tables.append(stream.read_all())
    body = _take(descriptor, 0, ends[0])
    return _Unpickler(body.to_pybytes(), tables[::-1]).load()


def _take(descriptor: int, begin: int, end: int) -> pa.Buffer:
    """Return the bytes from ``begin`` to ``end`` of a file, and cut them and what follows off."""
    taken = pa.allocate_buffer(end - begin)
    view = memoryview(taken)
    at = 0
    while at < len(view):
        read = os.preadv(descriptor, [view[at:]], begin + at)
        if not read:
            raise EOFError
        at += read
    os.ftruncate(descriptor, begin)
    return taken


def _open_in_memory() -> int:
    """Return the descriptor of a file that has no name and goes with the last process that has it open."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("casualty", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
