"""Changes of a journal by somebody who may write to it, some of whom compute every hash anew."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path

from service.errors import JournalDamaged
from service.ledger.frames import EMPTY, Packed, chain, frame_of
from service.ledger.heads import compare_with_head
from service.ledger.journal import Journal
from service.schema.records import Head

Change = Callable[[bytes, list[bytes], random.Random], bytes]


def _cut(data: bytes, chance: random.Random) -> tuple[int, int]:
    first, last = sorted(chance.sample(range(len(data) + 1), 2))
    return first, last


def _zeros(data: bytes, _: list[bytes], chance: random.Random) -> bytes:
    first, last = _cut(data, chance)
    return data[:first] + bytes(last - first) + data[last:]


def _noise(data: bytes, _: list[bytes], chance: random.Random) -> bytes:
    first, last = _cut(data, chance)
    return data[:first] + chance.randbytes(last - first) + data[last:]


def _flip(data: bytes, _: list[bytes], chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _remove(data: bytes, _: list[bytes], chance: random.Random) -> bytes:
    first, last = _cut(data, chance)
    return data[:first] + data[last:]


def _repeat(data: bytes, _: list[bytes], chance: random.Random) -> bytes:
    first, last = _cut(data, chance)
    return data[:first] + data[first:last] * 2 + data[last:]


def _swap(data: bytes, _: list[bytes], chance: random.Random) -> bytes:
    first, last = _cut(data, chance)
    return data[last:] + data[first:last] + data[:first]


def chained(contents: list[bytes]) -> bytes:
    """Return a segment with these records, every hash of which is right."""
    head, parts = EMPTY, b""
    for content in contents:
        record = Packed.of(content)
        parts += b"".join(frame_of(head, [record]))
        head = chain(head, record.content_digest)
    return parts


def _change_chained(_: bytes, contents: list[bytes], chance: random.Random) -> bytes:
    place = chance.randrange(len(contents))
    changed = _flip(contents[place], [], chance)
    return chained([*contents[:place], changed, *contents[place + 1 :]])


def _drop_chained(_: bytes, contents: list[bytes], chance: random.Random) -> bytes:
    place = chance.randrange(len(contents))
    return chained([*contents[:place], *contents[place + 1 :]])


def _order_chained(_: bytes, contents: list[bytes], chance: random.Random) -> bytes:
    return chained(chance.sample(contents, len(contents)))


def _older(_: bytes, contents: list[bytes], chance: random.Random) -> bytes:
    return chained(contents[: chance.randrange(len(contents))])


def _nothing(data: bytes, _: list[bytes], __: random.Random) -> bytes:
    return data


def _more(data: bytes, contents: list[bytes], chance: random.Random) -> bytes:
    return chained([*contents, chance.randbytes(50)])  # a later entry changes nothing before it


CHANGES: dict[str, Change] = {
    "bits flipped": _flip,
    "bytes zeroed": _zeros,
    "bytes replaced": _noise,
    "bytes removed": _remove,
    "bytes repeated": _repeat,
    "parts exchanged": _swap,
    "chained anew, a record changed": _change_chained,
    "chained anew, a record left out": _drop_chained,
    "chained anew, records in another order": _order_chained,
    "an older copy": _older,
    "nothing": _nothing,
    "one more record": _more,
}


def is_found(directory: Path, kept: Head) -> bool:
    """Return whether the journal shows that something up to the head that was kept is not as it was, or that
    it ends in bytes that are no record."""
    try:
        journal = Journal.open_beside(directory)
        faults = compare_with_head(journal, kept.seq, kept.hash)
        return bool(faults) or journal.damage() is not None or journal.tear is not None
    except JournalDamaged:
        return True


@dataclasses.dataclass(frozen=True)
class Kept:
    """A journal of one segment as it was: its bytes, what its records hold, and its head."""

    sound: bytes
    contents: list[bytes]
    head: Head

    @classmethod
    def of(cls, journal: Journal) -> Kept:
        """Return what an open journal holds now."""
        contents = [content for _, content in journal.contents()]
        return cls(journal.segments()[0].read_bytes(), contents, journal.head)


def try_change(name: str, kept: Kept, place: Path, chance: random.Random) -> bool:
    """Return whether one change is found where there is one, and nothing found where there is none."""
    tampered = CHANGES[name](kept.sound, kept.contents, chance)
    (place / "000001.seg").write_bytes(tampered)
    is_changed = tampered != kept.sound and name != "one more record"
    return is_found(place, kept.head) == is_changed
