"""A ledger whose submissions share fsyncs, recorded; and what becomes of it after a power cut."""

from __future__ import annotations

import dataclasses
import random
import shutil
import threading
import time
from pathlib import Path

from service.errors import CasualtyError
from service.ledger import Store
from service.ledger.journal import Journal
from service.schema.records import Head
from tests.builders import batch, moment, report
from tests.faults.power_cuts import Operation, Recorder, State

AT = moment("2025-03-13")
SHARED = (1, 3, 1, 5, 2, 4)
"""How many submissions share each fsync."""
SEGMENT_BYTES = 12_000


@dataclasses.dataclass(frozen=True)
class History:
    """What was done: each operation, the head after each fsync, and the index at each of these moments."""

    operations: list[Operation]
    heads: list[tuple[int, Head]]
    indexes: list[Path]


def record_store(data: Path, recorder: Recorder) -> History:
    """Hand in groups of documents, each with one fsync, and return what was done to the journal's files."""
    heads, indexes = [], []
    with Store.open(data, segment_bytes=SEGMENT_BYTES) as store:
        heads.append((0, store.head))
        number = 0
        for group in SHARED:
            submit_together(store, range(number, number + group))
            number += group
            heads.append((len(recorder.operations), store.head))
            copy = data.with_name(f"index-{number}")
            copy.mkdir()
            for path in data.glob("casualty.duckdb*"):
                shutil.copy(path, copy)
            indexes.append(copy)
    operations, recorder.operations = recorder.operations, []
    return History(operations, heads, indexes)


def submit_together(store: Store, numbers: range) -> None:
    """Hand in one document a number, all of which wait for the same fsync."""

    def hand_in(number: int) -> None:
        note = random.Random(number).randbytes(400).hex()
        store.submit(batch(report(count=number, note=note), document=f"{number}.csv"), recorded_at=AT)

    threads = [threading.Thread(target=hand_in, args=(number,)) for number in numbers]
    with store._queue.lock:
        for thread in threads:
            thread.start()
        while len(store._queue.waiting) < len(threads):
            time.sleep(0.001)
    for thread in threads:
        thread.join()


def try_journal(history: History, state: State, place: Path, chance: random.Random) -> str:
    """Return what is wrong with the journal that is opened from ``state``; "" if nothing is."""
    state.write(place)
    durable = [number for number, (done, _) in enumerate(history.heads) if done <= state.done]
    heads = [head for _, head in history.heads]
    try:
        journal = Journal.open(place, segment_bytes=SEGMENT_BYTES)
        journal.cut()
        if journal.head not in heads or heads.index(journal.head) < durable[-1]:
            return f"{state.fate} at {state.done}: the head is {journal.head}"
        for _ in range(chance.randint(1, 3)):
            journal.append(chance.randbytes(300))
        journal.sync()
        journal.close()
        is_whole = Journal.open_beside(place).head == journal.head
        return "" if is_whole else f"{state.fate} at {state.done}: it is not written on"
    except CasualtyError as error:
        return f"{state.fate} at {state.done}: {error}"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def try_store(history: History, state: State, place: Path, chance: random.Random) -> str:
    """Return what is wrong with the ledger that starts from ``state``; "" if nothing is."""
    state.write(place / "journal")
    durable = [number for number, (done, _) in enumerate(history.heads) if done <= state.done]
    _put_index(history, durable[-1], place, chance)
    try:
        with Store.open(place, segment_bytes=SEGMENT_BYTES) as store:
            heads = [head for _, head in history.heads]
            if store.head not in heads or heads.index(store.head) < durable[-1]:
                return f"{state.fate} at {state.done}: the head is {store.head}"
            if store.reports().num_rows != store.head.seq:
                return f"{state.fate} at {state.done}: {store.reports().num_rows} reports at {store.head}"
            submit_together(store, range(900, 902))
            return "".join(finding.message for finding in store.verify())
    except CasualtyError as error:
        return f"{state.fate} at {state.done}: {error}"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _put_index(history: History, most: int, place: Path, chance: random.Random) -> None:
    """Put an index beside the journal that may be there by then: none, an older one, or one whose log is
    torn."""
    known = chance.randint(0, most)
    if known == 0:
        return
    for path in history.indexes[known - 1].iterdir():
        shutil.copy(path, place)
    log = place / "casualty.duckdb.wal"
    if log.exists() and chance.random() < 0.5:
        with log.open("r+b") as file:
            file.truncate(chance.randint(0, log.stat().st_size))
