"""What was submitted, in which order, and has none of it changed since?

The journal is the truth: numbered segment files of framed records, only ever appended to. A frame is a
header (sizes, hash of the stored bytes, hash of the content, hash of the record before, checksum of the
header itself) and the zstd-compressed content. A record's hash is SHA-256(hash before + hash of content), so
the last one stands for the whole history; it does not depend on the compressor.

Invariants: a record that was synced is never cut again; a segment that has a successor never changes; only
the end of the last segment may be torn (the process died while writing), which no acknowledged record can
be. This module knows neither what a record means nor DuckDB.

>>> journal = Journal.open(Path("data/journal"))  # doctest: +SKIP
>>> journal.append(b"..."); journal.sync()  # doctest: +SKIP
"""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from service.errors import JournalDamaged
from service.schema.records import Head

SEGMENT_BYTES = 64 * 1024 * 1024
EMPTY = Head(0, "0" * 64)

_MAGIC = b"CLJ1"
_FIELDS = struct.Struct(">4sQQ32s32s32s")  # magic, stored size, content size, stored, content, record before
_CHECK = struct.Struct(">I")  # CRC-32 of the fields
_HEADER = _FIELDS.size + _CHECK.size


@dataclasses.dataclass(frozen=True)
class Frame:
    """Where one record stands and what it must hold."""

    segment: Path
    offset: int
    head: Head
    stored: int
    size: int
    stored_digest: bytes
    content_digest: bytes

    @property
    def end(self) -> int:
        return self.offset + _HEADER + self.stored


@dataclasses.dataclass(frozen=True)
class Break:
    """The first place at which a segment stops being whole records."""

    segment: Path
    offset: int
    seq: int
    reason: str

    def damage_error(self) -> JournalDamaged:
        """Return the error that names the segment, the record and what is wrong with it."""
        return JournalDamaged(
            f"Journal segment {self.segment.name} is damaged at record {self.seq} (byte {self.offset}): "
            f"{self.reason}.",
            fix=f"Put {self.segment} back from a backup; the records before it are intact.",
        )


class _BreakError(Exception):
    """Raised where a segment stops being whole records."""

    def __init__(self, at: Break) -> None:
        super().__init__(at.reason)
        self.at = at


class Journal:
    """An open journal. ``head`` names its last synced record; ``tear`` is its torn end, until it is cut."""

    def __init__(self, directory: Path, segment_bytes: int) -> None:
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._file: BinaryIO | None = None
        self._written = EMPTY
        self._synced_size = 0
        self._dirty = False
        self.head = EMPTY
        self.tear: Break | None = None

    @classmethod
    def open(cls, directory: Path, *, segment_bytes: int = SEGMENT_BYTES) -> Journal:
        """Return the journal in ``directory`` with every hash checked; raises JournalDamaged where one is
        wrong."""
        if not directory.exists():
            directory.mkdir()
            sync_directory(directory.parent)
        journal = cls(directory, segment_bytes)
        try:
            for frame in journal._frames(deep=True):
                journal.head = frame.head
        except _BreakError as broken:
            if broken.at.segment != journal.segments()[-1] or _has_whole_frame_after(broken.at):
                raise broken.at.damage_error() from None
            journal.tear = broken.at
        journal._written = journal.head
        journal._attach()
        return journal

    def segments(self) -> list[Path]:
        """Return the segment files, oldest first; raises JournalDamaged where one is missing."""
        names = sorted(self._directory.glob("*.seg"))
        for number, path in enumerate(names, start=1):
            if path.name != _name(number):
                raise JournalDamaged(
                    f"Journal segment {_name(number)} is missing from {self._directory}.",
                    fix="Put it back from a backup.",
                )
        return names

    def _frames(self, *, upto: int | None = None, deep: bool = False) -> Iterator[Frame]:
        """Yield every record in order, to the end or to record ``upto``; ``deep`` checks the stored bytes
        too."""
        head = EMPTY
        for segment in self.segments():
            for frame in _read_frames(segment, head, deep=deep):
                if upto is not None and frame.head.seq > upto:
                    return
                head = frame.head
                yield frame
                if head.seq == upto:  # what may follow is not synced
                    return

    def contents(self, *, after: int = 0) -> Iterator[tuple[Head, bytes]]:
        """Yield the head and content of each record above ``after``, checked; raises JournalDamaged."""
        try:
            for frame in self._frames(upto=self.head.seq):
                if frame.head.seq > after:
                    yield frame.head, _content(frame)
        except _BreakError as broken:
            raise broken.at.damage_error() from None

    def hash_at(self, seq: int) -> str | None:
        """Return the hash of record ``seq``, or None where there is no such record."""
        if seq == 0:
            return EMPTY.hash
        return next(
            (frame.head.hash for frame in self._frames(upto=self.head.seq) if frame.head.seq == seq), None
        )

    def damage(self) -> Break | None:
        """Return the first record on disk that does not match its hashes, down to its content; None if all
        do."""
        last = EMPTY
        try:
            for frame in self._frames(upto=self.head.seq, deep=True):
                _content(frame)
                last = frame.head
        except _BreakError as broken:
            return broken.at
        if last != self.head:
            return Break(
                self.segments()[-1], 0, last.seq + 1, f"{self.head.seq - last.seq} records are missing"
            )
        return None

    # --- writing ---------------------------------------------------------------------------------------

    def append(self, content: bytes | pa.Buffer) -> Head:
        """Write a record, which is not durable until ``sync``, and return the head after it."""
        if self._dirty and self._written == self.head:
            self.rollback()  # an earlier cut failed, for instance on a full disk
        file = self._file
        if file is None or (self._written == self.head and self._synced_size >= self._segment_bytes):
            file = self._rotate()
        self._dirty = True
        compressed = pa.compress(content, codec="zstd")
        stored = memoryview(compressed)[: compressed.size]  # the buffer goes on behind it
        digest = hashlib.sha256(content).digest()
        _write_all(file, _frame_header(self._written, len(memoryview(content)), digest, stored), stored)
        self._written = _next(self._written, digest)
        return self._written

    @property
    def pending(self) -> bool:
        """Whether records were written since the last sync."""
        return self._written != self.head

    def sync(self) -> None:
        """Make everything written durable: one fsync, however many records."""
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._synced_size = self._file.tell()
        self.head = self._written
        self._dirty = False

    def rollback(self) -> None:
        """Cut off everything written since the last sync."""
        self._written = self.head
        if self._dirty and self._file is not None:
            self._file.truncate(self._synced_size)
            self._file.seek(self._synced_size)
            os.fsync(self._file.fileno())
        self._dirty = False

    def cut(self) -> None:
        """Cut the torn end back to the last whole record."""
        if self.tear is not None:
            self._synced_size = self.tear.offset
            self.tear, self._dirty = None, True
            self.rollback()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _attach(self) -> None:
        """Open the last segment for appending."""
        segments = self.segments()
        if segments:
            segments[-1].chmod(0o644)  # a crash may have come between closing it and starting the next
            self._file = segments[-1].open("r+b", buffering=0)
            self._synced_size = self._file.seek(0, os.SEEK_END)

    def _rotate(self) -> BinaryIO:
        """Close the current segment for good and return the next, opened for appending."""
        segments = self.segments()
        self.close()
        if segments:
            segments[-1].chmod(0o444)
        file = (self._directory / _name(len(segments) + 1)).open("x+b", buffering=0)
        self._file, self._synced_size = file, 0
        sync_directory(self._directory)
        return file


def sync_directory(directory: Path) -> None:
    """Make the names in ``directory`` durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(number: int) -> str:
    return f"{number:06d}.seg"


def _next(before: Head, content_digest: bytes) -> Head:
    chained = hashlib.sha256(bytes.fromhex(before.hash) + content_digest).hexdigest()
    return Head(before.seq + 1, chained)


def _frame_header(before: Head, size: int, content_digest: bytes, stored: memoryview) -> bytes:
    fields = _FIELDS.pack(
        _MAGIC,
        len(stored),
        size,
        hashlib.sha256(stored).digest(),
        content_digest,
        bytes.fromhex(before.hash),
    )
    return fields + _CHECK.pack(zlib.crc32(fields))


def _read_frames(segment: Path, head: Head, *, deep: bool) -> Iterator[Frame]:
    """Yield the frames of one segment, the first of which must follow on ``head``; raises _BreakError."""
    with segment.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        offset = 0
        while offset < end:
            file.seek(offset)
            frame, reason = _parse(segment, offset, head, file.read(_HEADER))
            if frame is None:
                raise _BreakError(Break(segment, offset, head.seq + 1, reason))
            if frame.end > end:
                raise _BreakError(Break(segment, offset, head.seq + 1, "it ends before its own length"))
            if deep and hashlib.sha256(file.read(frame.stored)).digest() != frame.stored_digest:
                raise _BreakError(Break(segment, offset, head.seq + 1, "its bytes do not match their hash"))
            yield frame
            head, offset = frame.head, frame.end


def _parse(segment: Path, offset: int, before: Head | None, header: bytes) -> tuple[Frame | None, str]:
    """Return the frame that ``header`` announces, or None and what is wrong; no ``before``: any may
    precede."""
    if len(header) < _HEADER:
        return None, "its header is incomplete"
    magic, stored, size, stored_digest, content_digest, previous = _FIELDS.unpack_from(header)
    (check,) = _CHECK.unpack_from(header, _FIELDS.size)
    if magic != _MAGIC or check != zlib.crc32(header[: _FIELDS.size]):
        return None, "its header does not match its checksum"
    if before is not None and previous.hex() != before.hash:
        return None, "it does not follow on the record before it"
    head = _next(before or Head(0, previous.hex()), content_digest)
    return Frame(segment, offset, head, stored, size, stored_digest, content_digest), ""


def _content(frame: Frame) -> bytes:
    """Return the content of a record; raises _BreakError where a hash does not match."""
    with frame.segment.open("rb") as file:
        file.seek(frame.offset + _HEADER)
        stored = file.read(frame.stored)
    if hashlib.sha256(stored).digest() != frame.stored_digest:
        reason = "its bytes do not match their hash"
        raise _BreakError(Break(frame.segment, frame.offset, frame.head.seq, reason))
    content = bytes(pa.decompress(stored, decompressed_size=frame.size, codec="zstd", asbytes=True))
    if hashlib.sha256(content).digest() != frame.content_digest:
        reason = "its content does not match its hash"
        raise _BreakError(Break(frame.segment, frame.offset, frame.head.seq, reason))
    return content


def _has_whole_frame_after(at: Break) -> bool:
    """Return whether a whole record follows the break: then it is damage, since nothing follows a torn
    write."""
    data = at.segment.read_bytes()
    offset = data.find(_MAGIC, at.offset + 1)
    while offset >= 0:
        frame, _ = _parse(at.segment, offset, None, data[offset : offset + _HEADER])
        if frame is not None:
            stored = data[offset + _HEADER : frame.end]
            if hashlib.sha256(stored).digest() == frame.stored_digest:
                return True
        offset = data.find(_MAGIC, offset + 1)
    return False


def _write_all(file: BinaryIO, *parts: bytes | memoryview) -> None:
    for part in parts:
        view = memoryview(part)
        while view:
            written = file.write(view)
            if not written:
                raise OSError(errno.ENOSPC, "the journal took no bytes")
            view = view[written:]
