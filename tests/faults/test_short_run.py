"""A few of each fault that ``make faults`` tries in the thousands."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from service.ledger.heads import open_journal
from tests.faults import http_kills, kills, short_writes, syscalls, tampering


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("faults") / "sound"
    syscalls.make_sound(place)
    return place


@pytest.mark.parametrize("name", tampering.CHANGES)
def test_a_head_kept_elsewhere_shows_every_change_before_it_and_no_other(
    sound: Path, tmp_path: Path, name: str
) -> None:
    chance = random.Random(name)
    kept = tampering.Kept.of(open_journal(sound / "data"))
    for _ in range(20):
        assert tampering.try_change(name, kept, tmp_path, chance)


@pytest.mark.parametrize(
    "trial",
    [("ingest", "fsync", "EIO", 1), ("rebuild", "pwrite64", "ENOSPC", 3), ("backup", "write", "ENOSPC", 1)],
)
def test_a_call_that_fails_loses_nothing(
    sound: Path, tmp_path: Path, trial: tuple[str, str, str, int]
) -> None:
    if not syscalls.can_trace():
        pytest.skip("strace is not here, or may not trace")
    assert syscalls.try_failure(sound, tmp_path / "work", trial) in ("ended well", "refused")


@pytest.mark.parametrize("verb", ["ingest", "rebuild"])
def test_a_command_that_was_killed_does_its_work_when_it_is_repeated(
    sound: Path, tmp_path: Path, verb: str
) -> None:
    assert kills.try_kill(sound, tmp_path / "work", verb, random.Random(verb)) in ("killed", "ended before")


def test_a_server_killed_while_clients_write_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    (trial,) = http_kills.trials(tmp_path, random.Random(5), kills=3)
    assert trial.wrong == []
    assert trial.outcomes["requests acknowledged"] > 0


def test_writes_that_take_fewer_bytes_than_they_were_given_are_gone_on_with(
    sound: Path, tmp_path: Path
) -> None:
    library = short_writes.compile_library(tmp_path)
    if library is None:
        pytest.skip("there is no C compiler here")
    assert short_writes.try_short_writes(library, sound, tmp_path / "work", "ingest", 1) == "ended well"
