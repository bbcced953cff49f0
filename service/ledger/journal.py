"""What was submitted, in which order, and has none of it changed since?

The journal is the truth: numbered segment files of frames, only ever appended to. A frame holds the records
that shared one fsync (``frames.py`` says which bytes). Each record's hash covers the one before it, so the
last one stands for the whole history.

Invariants: a record that was synced is never cut again; a segment that has a successor never changes, but for
a redaction, which puts another file in its place; only
the last frame of the last segment may be torn (the process died, or the power went, while it was written),
which holds no acknowledged record. One process writes, since it has the last segment locked. This module
knows neither what a record means (``redaction.py`` says whether what is marked may be) nor DuckDB.

>>> journal = Journal.open(Path("data/journal"))  # doctest: +SKIP
>>> journal.append(b"..."); journal.sync()  # doctest: +SKIP
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from service.errors import JournalDamaged
from service.ledger.file_lock import Holder, held_error
from service.ledger.frames import (
    EMPTY,
    Break,
    BreakError,
    Packed,
    Record,
    chain,
    frame_of,
    has_whole_frame_after,
    read_content,
    read_records,
    rewritten,
)
from service.ledger.segment_file import NEW, SegmentFile, sync_directory
from service.schema.records import Head

SEGMENT_BYTES = 64 * 1024 * 1024
PRIVATE_DIRECTORY = 0o700


class Journal:
    """An open journal. ``head`` names its last synced record; ``tear`` is its torn end, until it is cut.

    ``marked`` holds, by number, the hash of what stands now in each record that was redacted; ``redactions``
    the numbers of the records that say so; ``rewrites`` counts how often a segment was replaced.
    """

    def __init__(self, directory: Path, segment_bytes: int) -> None:
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._file: SegmentFile | None = None
        self._number = 0  # of the segment that is written to
        self._waiting: list[Packed] = []
        self._written = EMPTY
        self.head = EMPTY
        self.tear: Break | None = None
        self.marked: dict[int, str] = {}
        self.redactions: list[int] = []
        self.rewrites = 0

    @classmethod
    def open(cls, directory: Path, *, segment_bytes: int = SEGMENT_BYTES) -> Journal:
        """Return the journal in ``directory``, to be continued by this process alone, all hashes checked.

        Raises StoreHeld where another process has it, JournalDamaged where a hash is wrong.
        """
        if not directory.exists():
            directory.mkdir(mode=PRIVATE_DIRECTORY)
            sync_directory(directory.parent)
        journal = cls(directory, segment_bytes)
        segments = journal.segments()
        if segments:
            journal._file, journal._number = SegmentFile.attach(segments[-1]), len(segments)
            for unfinished in directory.glob(f"*.seg{NEW}"):
                unfinished.unlink()
        try:
            if segments and journal.segments() != segments:  # its owner let go of this one for the next
                raise held_error(directory, Holder(0))
            journal._read()
        except BaseException:
            journal.close()
            raise
        return journal

    @classmethod
    def open_beside(cls, directory: Path) -> Journal:
        """Return the journal in ``directory`` to read what it holds by now, while its owner goes on writing.

        Raises JournalDamaged as ``open``; what the owner is just writing is its ``tear``.
        """
        journal = cls(directory, 0)
        journal._read()
        return journal

    def _read(self) -> None:
        """Check every hash, and find head and tear."""
        try:
            for record in self._records(deep=True):
                self.head = record.head
                if record.is_marked:
                    self.marked[record.head.seq] = record.present_digest.hex()
                if record.is_redaction:
                    self.redactions.append(record.head.seq)
        except BreakError as broken:
            if broken.at.segment != self.segments()[-1] or has_whole_frame_after(broken.at):
                raise broken.at.damage_error() from None
            self.tear = broken.at
        self._written = self.head

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

    def _records(self, *, upto: int | None = None, deep: bool = False) -> Iterator[Record]:
        """Yield every record in order, to the end or to record ``upto``; ``deep`` checks the stored bytes
        too."""
        return (record for record, _ in self._read_along(upto=upto, deep=deep))

    def _read_along(self, *, upto: int | None, deep: bool = False) -> Iterator[tuple[Record, BinaryIO]]:
        """Yield every record as ``_records``, with its segment, open: another file may take the segment's
        place meanwhile."""
        head = EMPTY
        if upto == head.seq:  # nothing is synced: the first frame may be torn
            return
        for segment in self.segments():
            with segment.open("rb") as file:
                for record in read_records(file, segment, head, deep=deep):
                    if upto is not None and record.head.seq > upto:
                        return
                    head = record.head
                    yield record, file
                    if head.seq == upto:  # what may follow is not synced
                        return

    def contents(self, *, after: int = 0) -> Iterator[tuple[Head, bytes]]:
        """Yield the head and content of each record above ``after``, checked; raises JournalDamaged."""
        try:
            for record, file in self._read_along(upto=self.head.seq):
                if record.head.seq > after:
                    yield record.head, read_content(file, record)
        except BreakError as broken:
            raise broken.at.damage_error() from None

    def records(self) -> Iterator[tuple[Record, bytes]]:
        """Yield each record with its content, checked; raises JournalDamaged."""
        try:
            for record, file in self._read_along(upto=self.head.seq):
                yield record, read_content(file, record)
        except BreakError as broken:
            raise broken.at.damage_error() from None

    def contents_of(self, numbers: Collection[int]) -> Iterator[tuple[int, bytes]]:
        """Yield the number and content of the records of these numbers, checked; raises JournalDamaged."""
        try:
            for record, file in self._read_along(upto=max(numbers, default=0)):
                if record.head.seq in numbers:
                    yield record.head.seq, read_content(file, record)
        except BreakError as broken:
            raise broken.at.damage_error() from None

    def hash_at(self, seq: int) -> str | None:
        """Return the hash of record ``seq``, or None where there is no such record; raises JournalDamaged."""
        if seq == 0:
            return EMPTY.hash
        try:
            records = self._records(upto=self.head.seq)
            return next((record.head.hash for record in records if record.head.seq == seq), None)
        except BreakError as broken:
            raise broken.at.damage_error() from None

    def damage(self, look: Callable[[Record, bytes], None] | None = None) -> Break | None:
        """Return the first record on disk that does not match its hashes, down to its content; None if all
        do. ``look`` is shown each."""
        last = EMPTY
        try:
            for record, file in self._read_along(upto=self.head.seq, deep=True):
                content = read_content(file, record)
                if look is not None:
                    look(record, content)
                last = record.head
        except BreakError as broken:
            return broken.at
        if last != self.head:
            reason = f"{self.head.seq - last.seq} records are missing"
            return Break(self.segments()[-1], 0, last.seq + 1, reason)
        return None

    def locate(self, number: int, reason: str) -> Break:
        """Return the place of a record with what is wrong with it."""
        (record,) = (record for record in self._records(upto=number) if record.head.seq == number)
        return Break(record.segment, record.frame, number, reason)

    # --- writing ---------------------------------------------------------------------------------------

    def append(self, content: bytes | pa.Buffer, *, is_redaction: bool = False) -> Head:
        """Take a record in, which is written by ``sync``, and return the head after it. A redaction is the
        only one of its group."""
        record = Packed.of(content, is_redaction=is_redaction)
        self._waiting.append(record)
        self._written = chain(self._written, record.content_digest)
        return self._written

    @property
    def pending(self) -> bool:
        """Whether records were taken in since the last sync."""
        return bool(self._waiting)

    def sync(self) -> None:
        """Write everything taken in as one frame and make it durable: one fsync, however many records.

        If it fails, call ``rollback``. Raises JournalDamaged, before it writes, where somebody else has
        changed the segment meanwhile.
        """
        if not self._waiting:
            return
        file = self._file
        if file is None or file.size >= self._segment_bytes:
            file = self._rotate()
        file.append(frame_of(self.head, self._waiting))
        if self._waiting[0].is_redaction:
            self.redactions.append(self._written.seq)
        self._waiting.clear()
        self.head = self._written

    def replace(self, contents: Mapping[int, Packed]) -> None:
        """Put other contents in the place of those of the records of these numbers: each segment that holds
        some is written anew beside the old one, synced, and renamed over it. Raises JournalDamaged."""
        before = EMPTY
        segments = self.segments()
        for segment in segments:
            with segment.open("rb") as file:
                head = _end_of(file, segment, before)
                here = {
                    number: content for number, content in contents.items() if before.seq < number <= head.seq
                }
                if here:
                    self._write_anew(file, segment, before, here, is_last=segment == segments[-1])
            before = head

    def _write_anew(
        self, file: BinaryIO, segment: Path, before: Head, contents: Mapping[int, Packed], *, is_last: bool
    ) -> None:
        """Put a segment with these contents in the place of the one that is open as ``file``."""
        new = SegmentFile.beside(segment)
        try:
            new.append(rewritten(file, segment, before, contents))
            with new.path.open("rb") as written:
                if _end_of(written, new.path, before) != _end_of(file, segment, before):
                    raise OSError(errno.EIO, f"{new.path.name} does not hold what was written to it")
            new.take(segment, is_closed=not is_last)
        except BaseException:
            segment.with_name(segment.name + NEW).unlink(missing_ok=True)
            new.close()
            raise
        self.rewrites += 1
        self.marked |= {number: record.content_digest.hex() for number, record in contents.items()}
        if is_last:
            if self.tear is not None:
                grown = new.size - file.seek(0, os.SEEK_END)
                self.tear = dataclasses.replace(self.tear, offset=self.tear.offset + grown)
            self._file, new = new, self._file or new
        if new is not self._file:
            new.close()
        sync_directory(self._directory)

    def rollback(self) -> None:
        """Drop everything taken in since the last sync, and cut off what was written of it."""
        self._waiting.clear()
        self._written = self.head
        if self._file is not None:
            self._file.rollback()

    def cut(self) -> None:
        """Cut the torn end back to the last whole record."""
        if self.tear is not None and self._file is not None:
            self._file.cut(self.tear.offset)
            self.tear = None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _rotate(self) -> SegmentFile:
        """Return the next segment, opened for appending, and close the current one for good; raises StoreHeld
        where another process has begun it."""
        file = SegmentFile.create(self._directory / _name(self._number + 1))
        if self._file is not None:
            self._file.close(for_good=True)
        self._file, self._number = file, self._number + 1
        return file


def _end_of(file: BinaryIO, segment: Path, before: Head) -> Head:
    """Return the head after the last whole record of a segment."""
    head = before
    with contextlib.suppress(BreakError):
        for record in read_records(file, segment, before):
            head = record.head
    return head


def _name(number: int) -> str:
    return f"{number:06d}.seg"
