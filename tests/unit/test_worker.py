"""What takes long is worked out in a process of its own, and what goes wrong there is said here."""

from __future__ import annotations

import contextlib
import operator
import os
import random
import resource
import signal
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from service import deadline, effort
from service.effort import Allowed, TooBusy, TooMuch, Workshop
from service.errors import UnknownName
from service.worker import WorkerPool
from service.worker import pool as worker_pool
from service.worker.messages import receive, send
from service.worker.pool import WORTH_SENDING, Worker

MANY = WORTH_SENDING
ALLOWED = Allowed(places=1, waiting=2, following=1, seconds=5.0, memory=64 << 20, budget=10.0)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    opened = WorkerPool(1)
    yield opened
    opened.close()


def refuse() -> None:
    raise UnknownName("There is no Atlantis.", fix="Write Atlanta.", suggestions=("Atlanta",))


def count(seconds: float, memory: int = 0) -> float:
    effort.begin(seconds=seconds, memory=memory)
    return effort.counted()


def open_files() -> list[int]:
    return sorted(int(path.name) for path in Path("/proc/self/fd").iterdir() if path.exists())


def look_at_the_time() -> None:
    while True:
        deadline.check()


def give_two(large: pa.Table, small: pa.Table) -> tuple[pa.Table, pa.Table]:
    return large, small


def send_garbage() -> None:
    """Send what is no message through every socket of this process."""
    for descriptor in open_files():
        with contextlib.suppress(OSError):
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISSOCK(mode):
                with socket.socket(fileno=os.dup(descriptor)) as own, tempfile.TemporaryFile() as file:
                    file.write(random.Random(1).randbytes(1_000))
                    file.flush()
                    socket.send_fds(own, [b"."], [file.fileno()])


def take_memory(size: int) -> int:
    return int(np.ones(size, np.uint8).sum())


def test_few_rows_are_gone_through_here_and_many_elsewhere(pool: WorkerPool) -> None:
    assert pool.run(MANY - 1, os.getpid) == os.getpid()
    elsewhere = pool.run(MANY, os.getpid)
    assert elsewhere != os.getpid()
    assert pool.run(MANY, os.getpid) == elsewhere, "the process is used again"


def test_a_table_comes_back_as_it_was_sent(pool: WorkerPool) -> None:
    table = pa.table({"n": pa.array([1, None, 3]), "text": pa.array(["a", "ب", None]), "none": [None] * 3})
    pieces = pa.concat_tables([table, table.slice(1)] * 400)  # more buffers than one write takes
    same = pool.run(MANY, pa.concat_tables, [pieces])
    assert same.equals(pieces)
    same.validate(full=True)


def test_any_table_comes_back_with_its_schema_and_no_more_of_it_is_sent_than_it_is() -> None:
    here, there = socket.socketpair()
    coded = pa.array(["a", None, "b"]).dictionary_encode()
    table = pa.table({"n": pa.array([1, None, 3]), "coded": coded}).replace_schema_metadata({"of": "a test"})
    alike = (table, table.slice(1, 1), table.slice(0, 0), table.select([]), table.schema.empty_table())
    large = pa.table({"n": np.arange(1_000_000)})
    with here, there:
        for each in alike:
            send(here, {"it": each, "again": (each, 1)})
            same = receive(there)
            assert same["it"].equals(each, check_metadata=True)
            assert same["it"] is same["again"][0]
            same["it"].validate(full=True)
        send(here, pa.concat_tables([large.slice(3, 2), large.slice(9, 2)]))
        pieces = receive(there)
        assert pieces["n"].to_pylist() == [3, 4, 9, 10]
        assert pieces["n"].get_total_buffer_size() < 10_000


def test_what_is_kept_of_an_answer_keeps_no_file_open_and_nothing_else_of_it(pool: WorkerPool) -> None:
    large, small = pa.table({"n": np.arange(1_000_000)}), pa.table({"n": [1, 2]})
    pool.run(MANY, os.getpid)
    files = open_files()
    kept = [pool.run(MANY, give_two, large, small)[1] for _ in range(20)]
    assert open_files() == files
    assert sum(table["n"].get_total_buffer_size() for table in kept) < 100_000


def test_a_module_in_the_directory_that_the_service_was_started_in_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "__init__.py").write_text("raise RuntimeError('not ours')")
    (tmp_path / "numbers.py").write_text("raise RuntimeError('not ours')")
    monkeypatch.chdir(tmp_path)
    pool = WorkerPool(1)
    assert pool.run(MANY, os.getpid) != os.getpid()
    pool.close()


def test_where_the_system_gives_no_process_the_answer_is_put_off_and_nothing_stays_open() -> None:
    pool = WorkerPool(1)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = open_files()
    refused = 0
    for limit in range(len(files), files[-1] + 20):  # until there is enough, it fails at each step in turn
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        try:
            with contextlib.suppress(TooBusy):
                assert pool.run(MANY, os.getpid) != os.getpid()
                break
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert open_files() == files
        refused += 1
    assert refused > 3
    pool.close()
    assert open_files() == files


def test_garbage_instead_of_a_message_ends_the_process_that_sends_it(pool: WorkerPool) -> None:
    with pytest.raises(TooMuch, match="did not survive"):
        pool.run(MANY, send_garbage)
    assert pool.run(MANY, os.getpid) != os.getpid()


def test_a_process_goes_on_when_the_whole_service_is_told_to_end(pool: WorkerPool) -> None:
    own = pool.run(MANY, os.getpid)
    pool.run(MANY, os.kill, own, signal.SIGTERM)
    assert pool.run(MANY, os.getpid) == own


def test_an_error_is_raised_as_it_would_be_here(pool: WorkerPool) -> None:
    with pytest.raises(UnknownName) as refusal:
        pool.run(MANY, refuse)
    assert (refusal.value.fix, refusal.value.suggestions) == ("Write Atlanta.", ("Atlanta",))
    with pytest.raises(KeyError, match="nowhere"):
        pool.run(MANY, operator.getitem, {}, "nowhere")


def test_work_elsewhere_counts_has_a_place_and_is_refused_on_the_terms_of_the_answer(
    pool: WorkerPool,
) -> None:
    shop = Workshop(ALLOWED)
    with shop.work():
        effort.begin(seconds=2.0)
        assert pool.run(MANY, count, 1.0) == 3.0
        assert effort.counted() == 3.0
        with pytest.raises(TooMuch, match=r"about 6 seconds .* 5 are allowed"):
            pool.run(MANY, count, 3.0)
        with pytest.raises(TooMuch, match="128 MiB of memory"):
            pool.run(MANY, count, 0.0, 128 << 20)
        with shop.work(), pytest.raises(TooBusy):
            pool.run(MANY, count, 0.0)


def test_what_takes_more_memory_than_was_thought_is_refused_and_the_process_is_used_again(
    pool: WorkerPool,
) -> None:
    before = pool.run(MANY, os.getpid)
    with Workshop(ALLOWED).work():
        assert pool.run(MANY, take_memory, 32 << 20) == 32 << 20
        with pytest.raises(TooMuch, match="more memory than the 64 MiB"):
            pool.run(MANY, take_memory, 1 << 30)
    assert pool.run(MANY, os.getpid) == before


def test_a_process_that_dies_is_said_to_have_and_the_next_one_works(pool: WorkerPool) -> None:
    with pytest.raises(TooMuch, match="did not survive"):
        pool.run(MANY, os._exit, 1)
    assert pool.run(MANY, os.getpid) != os.getpid()


def test_what_cannot_be_stopped_otherwise_ends_with_its_process_when_its_time_is_up(
    pool: WorkerPool,
) -> None:
    before = pool.run(MANY, os.getpid)
    with deadline.limit(0.1), pytest.raises(deadline.TooSlow, match=r"longer than 0\.1 seconds"):
        pool.run(MANY, time.sleep, 600)
    with deadline.limit(0.5), pytest.raises(deadline.TooSlow, match=r"longer than 0\.5 seconds"):
        pool.run(MANY, look_at_the_time)
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


def test_what_nobody_waits_for_any_more_ends(pool: WorkerPool) -> None:
    shop = Workshop(ALLOWED)
    with shop.work():
        effort.begin(seconds=1.0)
        shop.close()
        with pytest.raises(TooBusy):
            pool.run(MANY, time.sleep, 600)


def test_a_process_ends_with_the_service_however_that_went() -> None:
    worker = Worker()
    os.close(worker._life)
    worker._process.wait(60)
    worker._life = os.open(os.devnull, os.O_RDONLY)
    worker.end()


def test_after_the_end_work_goes_on_here() -> None:
    pool = WorkerPool(1)
    pool.close()
    assert pool.run(MANY, os.getpid) == os.getpid()


def stop_and_go_on_elsewhere(marks: str, times: int) -> int:
    """Stop this process, the first so many times that this is called; return which one does the work."""
    made = len(list(Path(marks).iterdir()))
    if made < times:
        (Path(marks) / str(made)).touch()
        os.kill(os.getpid(), signal.SIGSTOP)
    return os.getpid()


def test_a_process_that_is_stopped_is_replaced_and_its_work_is_done(pool: WorkerPool, tmp_path: Path) -> None:
    before = pool.run(MANY, os.getpid)
    with deadline.limit(120.0):
        assert pool.run(MANY, stop_and_go_on_elsewhere, str(tmp_path), 1) != before
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


def test_processes_that_are_stopped_again_and_again_give_their_place_back(
    pool: WorkerPool, tmp_path: Path
) -> None:
    shop = Workshop(ALLOWED)
    with deadline.limit(120.0), shop.work(), pytest.raises(TooBusy, match="are being stopped"):
        pool.run(MANY, stop_and_go_on_elsewhere, str(tmp_path), 9)
    with shop.work():
        assert pool.run(MANY, count, 0.5) == 0.5


def test_one_that_is_stopped_for_a_moment_goes_on_with_its_work(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_pool, "LONGEST_STOP", 600.0)
    before = pool.run(MANY, os.getpid)
    threading.Timer(0.3, os.kill, (before, signal.SIGCONT)).start()
    os.kill(before, signal.SIGSTOP)
    assert pool.run(MANY, os.getpid) == before


def test_others_are_refused_soon_while_a_process_is_stopped(
    pool: WorkerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop(ALLOWED)
    monkeypatch.setattr(worker_pool, "LONGEST_STOP", 600.0)  # it would be replaced, and no refusal be seen

    def ask() -> None:
        with shop.work(), contextlib.suppress(TooBusy), deadline.limit(600.0):
            pool.run(MANY, stop_and_go_on_elsewhere, str(tmp_path), 1)

    asking = threading.Thread(target=ask)
    asking.start()
    while not list(tmp_path.iterdir()):
        time.sleep(0.01)
    with shop.work(), pytest.raises(TooBusy, match="one crisis, one place or a shorter span"):
        effort.begin(seconds=1.0)
    shop.close()
    asking.join()
