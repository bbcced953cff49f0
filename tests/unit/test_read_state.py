"""Readers see an entry when its figures are ready, and from when its writer is told; never half of it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

import pytest

from service.api import Ledger
from service.schema.records import Head, Receipt
from tests.builders import batch, day, moment, report


@pytest.fixture
def prepared(own_ledger: Ledger) -> Ledger:
    own_ledger.prepare()
    return own_ledger


def hand_in(ledger: Ledger, count: int, **more: str) -> Receipt:
    row = report(measure="detained", published_on=day("2025-03-14"), count=count, **more)
    return ledger.store.submit(batch(row), recorded_at=moment("2026-11-22T12:00"))


def detained(ledger: Ledger, **more: str) -> tuple[list[int | None], Head]:
    query = ledger.query(area="SY06", measure="detained", population="civilians", **more)
    found, head = ledger.answers.rows(query)
    return found.table.column("best").to_pylist(), head


def meanwhile(ledger: Ledger, act: Callable[[], object]) -> threading.Thread:
    """``act`` in a thread of its own, which has moved the ledger but need not have come back."""
    stood = ledger.store.head
    thread = threading.Thread(target=act)
    thread.start()
    deadline = time.monotonic() + 20
    while ledger.store.head == stood:
        assert time.monotonic() < deadline, "nothing was handed in"
        time.sleep(0.001)
    return thread


def test_readers_keep_the_figures_they_have_until_those_of_a_new_report_are_ready(
    prepared: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.answers.read_state.LONGEST_WAIT", 600.0)  # it is not time that ends it
    with prepared.answers.read_state.preparing():
        prepared.prepare()
        before = prepared.head
        writer = meanwhile(prepared, lambda: hand_in(prepared, 40))
        assert detained(prepared) == ([], before)
        assert prepared.head == before
        assert writer.is_alive(), "a writer was told of what nobody can see"
        prepared.prepare()
        writer.join()
        assert detained(prepared) == ([40], prepared.store.head)


def test_what_a_writer_has_been_told_of_is_seen_though_it_is_not_ready(
    prepared: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.answers.read_state.LONGEST_WAIT", 0.01)
    with prepared.answers.read_state.preparing():
        prepared.prepare()
        receipt = hand_in(prepared, 40)
        assert detained(prepared) == ([40], receipt.head)


def test_what_one_reader_was_shown_all_others_see(prepared: Ledger) -> None:
    with prepared.answers.read_state.preparing():
        prepared.prepare()
        writer = meanwhile(prepared, lambda: hand_in(prepared, 40))
        assert detained(prepared)[0] == []
        now = prepared.store.head
        assert detained(prepared, method="median") == ([40], now), (
            "not at hand, so it is read from what stands"
        )
        assert detained(prepared) == ([40], now)
        writer.join()


def test_findings_and_histories_are_of_now_and_so_is_all_that_is_asked_next(prepared: Ledger) -> None:
    with prepared.answers.read_state.preparing():
        prepared.prepare()
        before = prepared.head
        writer = meanwhile(prepared, lambda: hand_in(prepared, 40))
        assert prepared.head == before
        prepared.findings()
        assert prepared.head == prepared.store.head != before
        assert detained(prepared)[0] == [40]
        writer.join()


def test_nobody_waits_when_nobody_prepares_any_longer(prepared: Ledger) -> None:
    with prepared.answers.read_state.preparing():
        prepared.prepare()
        writer = meanwhile(prepared, lambda: hand_in(prepared, 40))
    writer.join(20)
    assert not writer.is_alive()
    assert detained(prepared) == ([40], prepared.store.head)


def test_what_was_recorded_by_a_moment_to_come_leaves_out_what_nobody_was_told_of(prepared: Ledger) -> None:
    with prepared.answers.read_state.preparing():
        prepared.prepare()
        before = prepared.head
        writer = meanwhile(prepared, lambda: hand_in(prepared, 40))
        assert detained(prepared, recorded_by="2030-01-01") == ([], before)
        assert prepared.last_recorded_at < prepared.store.state.recorded_at
        prepared.prepare()
        writer.join()


def test_no_reader_goes_back_and_each_writer_reads_what_it_wrote(prepared: Ledger) -> None:
    done = threading.Event()
    wrong: list[str] = []

    def prepare() -> None:
        with prepared.answers.read_state.preparing():
            while not done.is_set():
                prepared.prepare()

    def read() -> None:
        last = 0
        for method in itertools.cycle(("least-disagreement", "median")):
            if done.is_set():
                return
            head = detained(prepared, method=method)[1]
            if head.seq < last:
                wrong.append(f"{head.seq} after {last}")
            last = head.seq
            time.sleep(0.001)  # else readers take the processor from those who prepare

    def write(desk: int) -> None:
        for turn in range(2):
            receipt = hand_in(prepared, 40 + turn, source_id=f"desk-{desk}-{turn}")
            seen = detained(prepared)[1]
            if seen.seq < receipt.head.seq:
                wrong.append(f"{seen.seq} though {receipt.head.seq} was told")

    others = [threading.Thread(target=act) for act in (prepare, read, read)]
    writers = [threading.Thread(target=write, args=(desk,)) for desk in range(2)]
    for thread in (*others, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in others:
        thread.join()
    assert wrong == []
