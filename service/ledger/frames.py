"""Which bytes hold the records that shared one fsync, and are they whole?

A frame is a header (magic, sizes, hash of the stored bytes, hash of the content, hash of the record before,
checksum of the header itself) and what it stores. ``CLJ1`` holds one record: its zstd-compressed content.
``CLJ2`` holds the records of a group: a directory with the sizes and hashes of each, then their compressed
contents; it names how many they are and the hash of the last. A group is therefore whole or not there, in
whatever order its bytes reached the disk. ``CLJ3`` is a frame that was written anew because something in its
records was redacted: its directory has, for each, the hash of the content that was chained and that of the
content which stands there now. ``CLJ4`` holds one record, a redaction, so that these are found without
unpacking all others. This module must not know when a frame is written, or what a record means.

A record's hash is SHA-256(hash before + hash of the content that was chained): it depends neither on the
compressor, nor on which records shared an fsync, nor on what was redacted since.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from service.errors import JournalDamaged
from service.schema.records import Head

EMPTY = Head(0, "0" * 64)

ALONE, GROUP, MARKED, REDACTION = b"CLJ1", b"CLJ2", b"CLJ3", b"CLJ4"
_MAGIC = b"CLJ"
_FIELDS = struct.Struct(">4sQQ32s32s32s")
"""Magic; stored size; content size or number of records; hash of what is stored; hash of the content or of
the last record; hash of the record before."""
_CHECK = struct.Struct(">I")  # CRC-32 of the fields
_HEADER = _FIELDS.size + _CHECK.size
_MEMBER = struct.Struct(">QQ32s32s")
"""Stored size, content size, hash of the stored bytes, hash of the content."""
_MARKED_MEMBER = struct.Struct(">QQ32s32s32s")
"""The same, and the hash of the content that stands there now, of which the sizes are."""
_CHUNK = 1 << 20


@dataclasses.dataclass(frozen=True)
class Record:
    """Where one record stands and what it must hold; ``frame`` is where the frame that holds it begins.

    ``content_digest`` is what was chained, ``present_digest`` what stands there: another where something was
    redacted. ``is_redaction``: its frame says that it is one.
    """

    segment: Path
    frame: int
    offset: int
    head: Head
    stored: int
    size: int
    stored_digest: bytes
    content_digest: bytes
    present_digest: bytes
    is_redaction: bool = False

    @property
    def is_marked(self) -> bool:
        """Whether another content stands there than was chained."""
        return self.present_digest != self.content_digest


@dataclasses.dataclass(frozen=True)
class Break:
    """The first place at which a segment stops being whole frames."""

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


class BreakError(Exception):
    """Raised where a segment stops being whole frames."""

    def __init__(self, at: Break) -> None:
        super().__init__(at.reason)
        self.at = at


@dataclasses.dataclass(frozen=True)
class Packed:
    """A record that is ready to be written; ``is_redaction``: it is one, and has a frame of its own."""

    stored: memoryview
    size: int
    content_digest: bytes
    is_redaction: bool = False

    @classmethod
    def of(cls, content: bytes | pa.Buffer, *, is_redaction: bool = False) -> Packed:
        """Return ``content`` compressed, with its hash."""
        compressed = pa.compress(content, codec="zstd")
        stored = memoryview(compressed)[: compressed.size]  # the buffer goes on behind it
        return cls(stored, len(memoryview(content)), hashlib.sha256(content).digest(), is_redaction)


def chain(before: Head, content_digest: bytes) -> Head:
    """Return the head after a record with this content, which follows on ``before``."""
    chained = hashlib.sha256(bytes.fromhex(before.hash) + content_digest).hexdigest()
    return Head(before.seq + 1, chained)


# --- writing ---------------------------------------------------------------------------------------------


def frame_of(before: Head, records: Sequence[Packed]) -> list[bytes | memoryview]:
    """Return the bytes of the one frame that holds ``records``, in parts, the first of which follows on
    ``before``."""
    if len(records) == 1:
        (only,) = records
        magic = REDACTION if only.is_redaction else ALONE
        header = _header(magic, before, [only.stored], only.size, only.content_digest)
        return [header, only.stored]
    last = before
    for record in records:
        last = chain(last, record.content_digest)
    directory = b"".join(
        _MEMBER.pack(
            len(record.stored), record.size, hashlib.sha256(record.stored).digest(), record.content_digest
        )
        for record in records
    )
    body: list[bytes | memoryview] = [directory, *(record.stored for record in records)]
    return [_header(GROUP, before, body, len(records), bytes.fromhex(last.hash)), *body]


def rewritten(
    file: BinaryIO, segment: Path, head: Head, contents: Mapping[int, Packed]
) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a segment, the first record of which follows on ``head``, with ``contents`` in the
    place of the records of these numbers: their frames are marked, all others are as they were."""
    end = 0
    with contextlib.suppress(BreakError):  # a torn end stays as it is
        for frame, group in itertools.groupby(read_records(file, segment, head), lambda each: each.frame):
            records = list(group)
            end = records[-1].offset + records[-1].stored
            if any(record.head.seq in contents for record in records):
                yield from _marked_frame(file, head, records, contents)
            else:
                yield _read(file, frame, end - frame)
            head = records[-1].head
    yield _read(file, end, file.seek(0, os.SEEK_END) - end)


def _marked_frame(
    file: BinaryIO, before: Head, records: Sequence[Record], contents: Mapping[int, Packed]
) -> list[bytes | memoryview]:
    """Return the bytes of the frame that holds ``records`` with some of their contents replaced."""
    directory, body = b"", []
    for record in records:
        new = contents.get(record.head.seq)
        stored = new.stored if new else _read(file, record.offset, record.stored)
        directory += _MARKED_MEMBER.pack(
            len(stored),
            new.size if new else record.size,
            hashlib.sha256(stored).digest(),
            record.content_digest,
            new.content_digest if new else record.present_digest,
        )
        body.append(stored)
    parts = [directory, *body]
    return [_header(MARKED, before, parts, len(records), bytes.fromhex(records[-1].head.hash)), *parts]


def _header(
    magic: bytes, before: Head, body: Sequence[bytes | memoryview], number: int, digest: bytes
) -> bytes:
    stored = hashlib.sha256()
    for part in body:
        stored.update(part)
    fields = _FIELDS.pack(
        magic, sum(map(len, body)), number, stored.digest(), digest, bytes.fromhex(before.hash)
    )
    return fields + _CHECK.pack(zlib.crc32(fields))


# --- reading ---------------------------------------------------------------------------------------------


def read_records(file: BinaryIO, segment: Path, head: Head, *, deep: bool = False) -> Iterator[Record]:
    """Yield the records of one segment, open as ``file``, the first of which must follow on ``head``; raises
    BreakError at the first frame that is not whole. ``deep`` checks the hash of everything stored before a
    record is given."""
    end = file.seek(0, os.SEEK_END)
    offset = 0
    while offset < end:
        fields = _read_header(file, offset)
        reason = _fault(file, fields, offset, end, head, deep=deep)
        records = [] if reason else _read_members(file, segment, offset, head, fields)
        if not records:
            reason = reason or "its records do not lead to the hash that it names"
            raise BreakError(Break(segment, offset, head.seq + 1, reason))
        yield from records
        head, offset = records[-1].head, offset + _HEADER + fields[1]


_Fields = tuple[bytes, int, int, bytes, bytes, bytes]
_NO_FIELDS: _Fields = (b"", 0, 0, b"", b"", b"")


def _read_header(file: BinaryIO, offset: int) -> _Fields:
    """Return the fields of the header at ``offset``; no magic where there is none that is whole."""
    file.seek(offset)
    return _parse_header(file.read(_HEADER))


def _parse_header(header: bytes) -> _Fields:
    if len(header) < _HEADER:
        return _NO_FIELDS
    fields: _Fields = _FIELDS.unpack_from(header)
    (check,) = _CHECK.unpack_from(header, _FIELDS.size)
    if fields[0] not in (ALONE, GROUP, MARKED, REDACTION) or check != zlib.crc32(header[: _FIELDS.size]):
        return _NO_FIELDS
    return fields


def _fault(file: BinaryIO, fields: _Fields, offset: int, end: int, before: Head, *, deep: bool) -> str:
    """Return what is wrong with the frame at ``offset``; "" if it is whole."""
    magic, stored, _, digest, _, previous = fields
    if not magic:
        is_short = end - offset < _HEADER
        return "its header is incomplete" if is_short else "its header does not match its checksum"
    if previous.hex() != before.hash:
        return "it does not follow on the record before it"
    if offset + _HEADER + stored > end:
        return "it ends before its own length"
    if deep and _digest(file, offset + _HEADER, stored) != digest:
        return "its bytes do not match their hash"
    return ""


def _read_members(file: BinaryIO, segment: Path, frame: int, before: Head, fields: _Fields) -> list[Record]:
    """Return the records of a whole frame; none where they do not lead to the hash that its header names."""
    magic, stored, number, digest, content_digest, _ = fields
    start = frame + _HEADER
    if magic in (ALONE, REDACTION):
        head, hashes = chain(before, content_digest), (digest, content_digest, content_digest)
        return [Record(segment, frame, start, head, stored, number, *hashes, magic == REDACTION)]
    member = _MARKED_MEMBER if magic == MARKED else _MEMBER
    if number * member.size > stored:
        return []
    directory = _read(file, start, number * member.size)
    offset, head, records = start + len(directory), before, []
    for size, content_size, stored_digest, chained, *present in member.iter_unpack(directory):
        head = chain(head, chained)
        hashes = stored_digest, chained, *(present or [chained])
        records.append(Record(segment, frame, offset, head, size, content_size, *hashes))
        offset += size
    is_whole = offset == start + stored and head.hash == content_digest.hex()
    return records if is_whole else []


def _digest(file: BinaryIO, offset: int, size: int) -> bytes:
    """Return the hash of ``size`` bytes of a file."""
    file.seek(offset)
    digest = hashlib.sha256()
    while size > 0 and (chunk := file.read(min(size, _CHUNK))):
        digest.update(chunk)
        size -= len(chunk)
    return digest.digest()


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def read_content(file: BinaryIO, record: Record) -> bytes:
    """Return the content of a record of the segment that is open as ``file``; raises BreakError where a hash
    does not match."""
    stored = _read(file, record.offset, record.stored)
    if hashlib.sha256(stored).digest() != record.stored_digest:
        raise _record_error(record, "its bytes do not match their hash")
    try:
        content = bytes(pa.decompress(stored, decompressed_size=record.size, codec="zstd", asbytes=True))
    except (OSError, pa.ArrowException) as error:
        raise _record_error(record, "its content cannot be unpacked") from error
    if hashlib.sha256(content).digest() != record.present_digest:
        raise _record_error(record, "its content does not match its hash")
    return content


def _record_error(record: Record, reason: str) -> BreakError:
    return BreakError(Break(record.segment, record.frame, record.head.seq, reason))


def has_whole_frame_after(at: Break) -> bool:
    """Return whether a whole frame follows the break: then it is damage, since nothing follows a torn write.

    The records of a group have no magic of their own, so what is left of a torn group is no whole frame.
    """
    data = at.segment.read_bytes()
    offset = data.find(_MAGIC, at.offset + 1)
    while offset >= 0:
        magic, stored, _, digest, _, _ = _parse_header(data[offset : offset + _HEADER])
        start = offset + _HEADER
        if magic and hashlib.sha256(memoryview(data)[start : start + stored]).digest() == digest:
            return True
        offset = data.find(_MAGIC, offset + 1)
    return False
