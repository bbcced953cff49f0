"""What did a journal hold at a moment?

A copy of it is cut back to the records that were recorded by then: whole segments go, the last one is cut off
before the frame of the first later record, and what stood before that record in its frame is written anew.
The head is the one of then. Must not be given the journal of a living ledger.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from pathlib import Path

from service.errors import QueryError
from service.ledger.entry import recorded_at
from service.ledger.frames import EMPTY, Record
from service.ledger.journal import Journal
from service.schema.records import Head


def cut_back(directory: Path, recorded_by: dt.datetime) -> Head:
    """Take away each record that was recorded after a moment (UTC), and return the head before the first.

    Raises QueryError where none was recorded by then, and where a text of one that was has been taken out
    since: what stands there is what a later record says.
    """
    with contextlib.closing(Journal.open_beside(directory)) as journal:
        first, beside = _first_later(journal, recorded_by)
        if first is None:
            return journal.head
        kept = first.head.seq - 1
        if kept == EMPTY.seq:
            raise _refusal(f"The ledger held nothing at {recorded_by.isoformat()}Z.")
        if min(journal.marked, default=kept + 1) <= kept < max(journal.redactions, default=0):
            raise _refusal(f"A text from before {recorded_by.isoformat()}Z was taken out for good after it.")
        segments = journal.segments()
    for segment in segments[segments.index(first.segment) + 1 :]:
        segment.unlink()
    with first.segment.open("r+b") as file:
        file.truncate(first.frame)
        os.fsync(file.fileno())
    with contextlib.closing(Journal.open(directory)) as journal:
        for content in beside:
            journal.append(content)
        journal.sync()
        return journal.head


def _first_later(journal: Journal, recorded_by: dt.datetime) -> tuple[Record | None, list[bytes]]:
    """Return the first record after a moment, and the contents before it in the same frame."""
    frame: tuple[Path, int] | None = None
    beside: list[bytes] = []
    for record, content in journal.records():
        if frame != (record.segment, record.frame):
            frame, beside = (record.segment, record.frame), []
        if recorded_at(content) > recorded_by:
            return record, beside
        beside.append(content)
    return None, []


def _refusal(message: str) -> QueryError:
    return QueryError(message, fix="Name a later moment.")
