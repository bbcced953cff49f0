"""After a power cut the ledger starts by itself, with all that was acknowledged and nothing by halves."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from service.ledger import Store, segment_file
from service.ledger.journal import Journal
from tests.faults.power_cuts import FATES, Recorder, state_after, states
from tests.faults.power_trials import record_store, try_store

GROUPS = [[b"a" * 40], [b"b" * 700, b"c" * 20, b"d" * 1500], [b"e" * 10, b"f" * 10], [b"g" * 900]]


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(segment_file, "os", recorder)
    return recorder


def test_a_power_cut_after_any_operation_with_any_fate_leaves_whole_groups(
    tmp_path: Path, recorder: Recorder
) -> None:
    chance = random.Random(1)
    journal = Journal.open(tmp_path / "whole", segment_bytes=900)
    heads, synced = [journal.head], [0]
    for group in GROUPS:
        for content in group:
            journal.append(chance.randbytes(len(content)))  # so that compression leaves it its size
        journal.sync()
        heads.append(journal.head)
        synced.append(len(recorder.operations))
    journal.close()
    operations, recorder.operations = recorder.operations, []
    for done in range(len(operations) + 1):
        for fate in FATES:
            place = tmp_path / "cut"
            state_after(operations, done, fate, chance).write(place)
            left = Journal.open(place)
            left.cut()
            assert left.head in heads
            assert heads.index(left.head) >= max(n for n, at in enumerate(synced) if at <= done)
            assert left.damage() is None
            left.append(b"more")
            left.sync()
            left.close()
            assert Journal.open_beside(place).head == left.head
            shutil.rmtree(place)


def test_after_a_power_cut_in_a_shared_fsync_the_ledger_starts_by_itself(
    tmp_path: Path, recorder: Recorder
) -> None:
    chance = random.Random(2)
    history = record_store(tmp_path / "whole", recorder)
    for number, state in zip(range(8), states(history.operations, chance), strict=False):
        assert try_store(history, state, tmp_path / f"cut-{number}", chance) == ""


@pytest.mark.long
def test_after_a_power_cut_in_the_very_first_submission_the_ledger_starts_empty(
    tmp_path: Path, recorder: Recorder
) -> None:
    history = record_store(tmp_path / "whole", recorder)
    first_synced = history.heads[1][0]
    for done in range(first_synced):
        for fate in FATES:
            chance = random.Random(done)
            state = state_after(history.operations, done, fate, chance)
            assert try_store(history, state, tmp_path / "cut", chance) == ""


def test_a_cut_tail_is_named_in_the_log(
    tmp_path: Path, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    history = record_store(tmp_path / "whole", recorder)
    done = max(n for n, operation in enumerate(history.operations) if operation.kind == "write") + 1
    state = state_after(history.operations, done, "first lost", random.Random(3))
    place = tmp_path / "cut"
    state.write(place / "journal")
    Store.open(place).close()
    assert "ended in a torn record" in caplog.text
