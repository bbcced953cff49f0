"""What is left after the worst: a kill at any moment, a full disk, a lost index, readers beside a writer."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from service.errors import StoreError, StoreHeld
from service.ledger import Store
from tests.builders import batch, moment, report
from tests.faults.submitting import document

ROOT = Path(__file__).parents[2]
AT = moment("2025-03-13")
KILLS = 8


def start(data: Path, first: int, *more: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.submitting", str(data), str(first), *map(str, more)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def read_until_killed(child: subprocess.Popen[str], chance: random.Random) -> list[str]:
    """What the child said until it was killed: while it opened, or at any moment of a submission."""
    said: list[str] = []
    if chance.random() < 0.25:
        time.sleep(chance.random())
    else:
        wanted = chance.randint(1, 8)
        assert child.stdout is not None
        while len(said) < wanted:
            said.append(child.stdout.readline())
        time.sleep(chance.random() * 0.05)
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    assert child.returncode == -signal.SIGKILL
    return said + rest.splitlines()


def test_a_kill_at_any_moment_loses_no_acknowledged_submission(tmp_path: Path) -> None:
    chance = random.Random(20250306)
    acknowledged: set[int] = set()
    first = 0
    for _ in range(KILLS):
        lines = read_until_killed(start(tmp_path, first), chance)
        acknowledged |= {int(line.split()[1]) for line in lines if line.startswith("acknowledged")}
        with Store.open(tmp_path, segment_bytes=64 * 1024) as store:
            counts = set(store.reports()["best"].to_pylist())
            kept = {count // 3 for count in counts}
            assert acknowledged <= kept
            assert counts == {3 * number + part for number in kept for part in range(3)}
            assert store.submit(document(first), recorded_at=AT).accepted in (0, 3)
            first = max(kept, default=0) + 1
    assert len(acknowledged) > KILLS
    with Store.open(tmp_path) as store:
        assert store.verify() == []


def test_a_kill_while_the_index_is_rebuilt_leaves_a_ledger_that_opens(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for number in range(20):
            store.submit(document(number), recorded_at=AT)
        head = store.head
    chance = random.Random(7)
    for _ in range(4):
        (tmp_path / "casualty.duckdb").unlink(missing_ok=True)
        child = start(tmp_path, 0)
        time.sleep(0.3 + chance.random())
        child.kill()
        child.communicate()
    with Store.open(tmp_path) as store:
        assert store.reports().num_rows >= 60
        assert store.submissions()["hash"].to_pylist()[19] == head.hash
        assert store.verify() == []


def test_a_second_process_is_told_who_holds_the_ledger(tmp_path: Path) -> None:
    child = start(tmp_path, 0)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        with pytest.raises(StoreHeld, match=f"held by process {child.pid}"):
            Store.open(tmp_path)
    finally:
        child.kill()
        child.communicate()
    Store.open(tmp_path).close()


def test_who_deletes_the_lock_file_lets_no_second_process_in(tmp_path: Path) -> None:
    child = start(tmp_path, 0)
    try:
        assert child.stdout is not None
        while not child.stdout.readline().startswith("acknowledged 2"):
            pass
        (tmp_path / "ledger.lock").unlink()
        with pytest.raises(StoreHeld, match=f"held by process {child.pid}"):
            Store.open(tmp_path)
    finally:
        child.kill()
        child.communicate()
    with Store.open(tmp_path) as store:
        assert store.reports().num_rows >= 9
        assert store.verify() == []


def test_a_full_disk_is_a_clear_error_and_what_was_acknowledged_stays(tmp_path: Path) -> None:
    child = start(tmp_path, 0, 40_000)
    output, _ = child.communicate(timeout=600)
    lines = output.splitlines()
    acknowledged = [int(line.split()[1]) for line in lines if line.startswith("acknowledged")]
    refused = [line for line in lines if line.startswith("refused")]
    assert len(refused) == 1
    assert "File too large" in refused[0] or "index" in refused[0]
    assert f"readable {3 * len(acknowledged)}" in lines
    with Store.open(tmp_path) as store:
        kept = {count // 3 for count in store.reports()["best"].to_pylist()}
        assert set(acknowledged) <= kept
        assert store.verify() == []
        assert store.submit(document(900), recorded_at=AT).accepted == 3


def test_a_journal_that_could_not_be_written_takes_the_next_submission_once_there_is_room(
    tmp_path: Path,
) -> None:
    with Store.open(tmp_path) as store:
        store.submit(document(0), recorded_at=AT)
        head, before = store.head, store.reports()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(
            resource.RLIMIT_FSIZE, ((tmp_path / "journal/000001.seg").stat().st_size + 100, hard)
        )
        try:
            with pytest.raises(StoreError, match=r"no room left in .*: File too large\."):
                store.submit(document(1), recorded_at=AT)
            assert store.head == head
            assert store.reports().equals(before)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert store.submit(document(1), recorded_at=AT).accepted == 3
        assert store.verify() == []


def test_an_index_that_fails_after_the_journal_was_synced_is_caught_up(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for number in (5, 6):
            store.submit(document(number), recorded_at=AT)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        grown = (tmp_path / "casualty.duckdb.wal").stat().st_size
        assert grown > 2 * (tmp_path / "journal/000001.seg").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (grown + 100, hard))
        try:
            with pytest.raises(StoreError):
                store.submit(document(7), recorded_at=AT)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert store.submit(document(7), recorded_at=AT).duplicate == 3
        assert store.submit(document(8), recorded_at=AT).accepted == 3
        assert store.ready() == store.head
        assert store.verify() == []


def test_readers_never_see_half_a_submission(tmp_path: Path) -> None:
    torn: list[int] = []
    failed: list[BaseException] = []
    is_over = threading.Event()
    with Store.open(tmp_path) as store:

        def watch() -> None:
            try:
                while not is_over.is_set():
                    with store.view() as view:
                        rows, entries = view.reports().num_rows, view.submissions().num_rows
                    if rows != 3 * entries or entries != view.head.seq:
                        torn.append(rows)
            except StoreError as error:
                failed.append(error)

        readers = [threading.Thread(target=watch) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(25):
            store.submit(document(number), recorded_at=AT)
            if number == 12:
                store.rebuild()
        is_over.set()
        for reader in readers:
            reader.join()
        assert (torn, failed) == ([], [])
        assert store.reports().num_rows == 75


def test_submissions_from_many_threads_are_all_kept_once(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        answers: list[tuple[int, int]] = []

        def hand_in(thread: int) -> None:
            for number in range(6):
                receipt = store.submit(batch(report(count=number), report(count=100 * (thread + 1) + number)),
                                       recorded_at=AT)  # fmt: skip
                answers.append((receipt.accepted, receipt.head.seq))

        threads = [threading.Thread(target=hand_in, args=(thread,)) for thread in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(accepted for accepted, _ in answers) == store.reports().num_rows == 6 + 36
        assert sorted(seq for _, seq in answers) == list(range(1, 37))
        assert store.verify() == []


def test_one_wrong_submission_does_not_fail_those_it_arrived_with(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        outcomes: list[str] = []

        def hand_in(number: int) -> None:
            try:
                if number % 2:
                    store.withdraw(f"r{number}", reason="unknown", recorded_at=AT)
                else:
                    store.submit(document(number), recorded_at=AT)
                outcomes.append("kept")
            except Exception as error:  # noqa: BLE001 - whatever it was, it is compared below
                outcomes.append(type(error).__name__)

        threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(12)]
        with store._queue.lock:  # all of them arrive while one is being written
            for thread in threads:
                thread.start()
            while len(store._queue.waiting) < len(threads):
                time.sleep(0.01)
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["NotFound"] * 6 + ["kept"] * 6
        assert store.reports().num_rows == 18


def test_an_index_that_duckdb_gave_up_is_opened_again(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.submit(document(0), recorded_at=AT)
        before = store.reports()
        opens_again = pytest.raises(StoreError, match="the next call opens the index again")
        with opens_again, store.view() as view, view._errors():
            raise duckdb.FatalException("FATAL Error: database has been invalidated")
        assert store.ready() == store.head
        assert store.reports().equals(before)
        assert store.submit(document(1), recorded_at=AT).accepted == 3
        assert store.verify() == []


def test_a_forked_child_that_ends_leaves_the_owner_its_ledger(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        with pytest.raises(StoreHeld):
            Store.open(tmp_path)
        assert store.submit(document(0), recorded_at=AT).accepted == 3
