"""What takes long is worked out in a process of its own, and what goes wrong there is said here."""

from __future__ import annotations

import operator
import os
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from service import deadline, effort
from service.effort import Allowed, TooBusy, TooMuch, Workshop
from service.errors import UnknownName
from service.worker import WorkerPool
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
    with deadline.limit(0.1), pytest.raises(deadline.TooSlow):
        pool.run(MANY, time.sleep, 600)
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
