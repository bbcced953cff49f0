"""What is fuzzed takes its sound inputs, and some broken ones."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.__main__ import LONGEST_INPUT, NAMES
from tests.fuzz.targets import TARGETS

BROKEN = 60


def test_every_target_is_fuzzed() -> None:
    assert list(TARGETS) == list(NAMES) == list(LONGEST_INPUT)


@pytest.mark.parametrize("name", NAMES)
def test_a_target_takes_what_is_sound_and_what_is_broken(name: str) -> None:
    chance = random.Random(name)
    work, seeds = TARGETS[name]
    for seed in seeds:
        work(seed)
    for _ in range(BROKEN):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        work(bytes(data))
