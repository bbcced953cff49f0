"""The state after an entry is the one that the index says, however it comes about."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from service.ledger import Store
from service.ledger.state import read_last_entry, read_state
from tests.builders import CRISIS_ID, batch, moment, report, sources
from tests.faults.history import fill

AT = moment("2025-03-20")
KINDS = ("submit", "submit", "submit", "withdraw", "reinstate", "register", "redact")
PLACES = ("SY06", "SY10", "SY06|SY10")


def check(store: Store) -> None:
    """The state is what the index says when all of it is read."""
    with store.view() as view:
        assert store.state == read_state(view._cursor, read_last_entry(view._cursor))


def any_report(chance: random.Random) -> dict[str, object]:
    return report(
        count=chance.randrange(500),
        note="said by telephone",
        areas=chance.choice(PLACES),
        crisis_id=chance.choice((CRISIS_ID, "other-2025", "third-2025")),
    )


@pytest.mark.parametrize("seed", range(3))
def test_it_moves_with_every_kind_of_entry(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Store.open(tmp_path) as store:
        check(store)
        fill(store)
        check(store)
        known: list[str] = []
        for number in range(25):
            kind = chance.choice(KINDS) if known else "submit"
            if kind == "submit":
                rows = [any_report(chance) for _ in range(chance.randrange(1, 4))]
                store.submit(batch(*rows, document=f"{number}.csv"), recorded_at=AT)
                known += [str(row["report_id"]) for row in rows]
            elif kind == "register":
                source = {"source_id": f"new-{chance.randrange(3)}", "name": f"New {number}", "kind": "media"}
                store.register("source", sources(source), recorded_at=AT)
            elif kind == "redact":
                store.redact(chance.choice(known), ["note"], reason="it named somebody", recorded_at=AT)
            elif kind == "withdraw":
                store.withdraw(chance.choice(known), reason="counted twice", recorded_at=AT)
            else:
                store.reinstate(chance.choice(known), reason="it stands", recorded_at=AT)
            check(store)


def test_it_moves_with_entries_that_share_an_fsync(tmp_path: Path) -> None:
    chance = random.Random(0)
    with Store.open(tmp_path) as store:
        fill(store)
        threads = [
            threading.Thread(
                target=store.submit,
                args=(batch(any_report(chance), any_report(chance), document=f"{number}.csv"),),
                kwargs={"recorded_at": AT},
            )
            for number in range(8)
        ]
        with store._queue.lock:  # all of them arrive while one is being written
            for thread in threads:
                thread.start()
            while len(store._queue.waiting) < len(threads):
                time.sleep(0.01)
        for thread in threads:
            thread.join()
        check(store)
