"""The long run of the fault harness: ``python -m tests.faults [--share 0.1]`` writes ``docs/reliability.md``.

Each part tries so many faults on real files and counts what became of them; ``--share`` takes a part of each
number, for a look. What is wrong is printed, and ends the run with 1.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime as dt
import itertools
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import duckdb

from service.ledger import segment_file
from service.ledger.heads import open_journal
from tests.faults import index_flips, kills, power_trials, syscalls, tampering
from tests.faults.power_cuts import Recorder, states

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
SEED = 16


@dataclasses.dataclass
class Part:
    """What one part tried: how many faults of which outcome, and what was wrong."""

    title: str
    must: str
    full: int  # how many a full run tries
    outcomes: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    wrong: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0.0

    def count(self, outcome: str, *, good: Iterable[str]) -> None:
        """Count an outcome; one that is not ``good`` is wrong."""
        is_good = outcome in good
        self.outcomes[outcome if is_good else "wrong"] += 1
        if not is_good:
            self.wrong.append(outcome)
            sys.stdout.write(f"WRONG in {self.title}: {outcome}\n")


def power_cuts(part: Part, place: Path, number: int) -> None:
    """Cut the power in a recorded ledger; each twentieth state is opened as a whole ledger, with an index."""
    chance, recorder = random.Random(SEED), Recorder()
    with mock.patch.object(segment_file, "os", recorder):
        history = power_trials.record_store(place / "whole", recorder)
    for turn, state in enumerate(itertools.islice(states(history.operations, chance), number)):
        trial = power_trials.try_store if turn % 20 == 0 else power_trials.try_journal
        wrong = trial(history, state, place / "cut", chance)
        part.count(wrong or f"started: {state.fate}", good=[f"started: {state.fate}"])


def flips(part: Part, place: Path, number: int) -> None:
    """Flip a byte in every block of a small index, or in so many of them."""
    sound = place / "sound"
    index_flips.make_small_store(sound)
    part.full = index_flips.count_blocks(sound)
    step = max(1, part.full // number)
    with ThreadPoolExecutor(2) as pool:
        halves = [
            pool.submit(index_flips.run, sound, place / f"work-{half}", half * step, 2 * step)
            for half in range(2)
        ]
        for half in halves:
            for outcome in half.result().values():
                part.count(outcome, good=["healed", "named", "as before"])


def tamperings(part: Part, place: Path, number: int) -> None:
    """Tamper with a journal of which a head is kept."""
    chance = random.Random(SEED)
    index_flips.make_small_store(place / "sound")
    journal = open_journal(place / "sound")
    kept = tampering.Kept.of(journal)
    (place / "tampered").mkdir()
    for name in itertools.islice(itertools.cycle(tampering.CHANGES), number):
        is_right = tampering.try_change(name, kept, place / "tampered", chance)
        part.count(name if is_right else f"missed or made up: {name}", good=[name])


def failing_calls(part: Part, place: Path, number: int) -> None:
    """Let the n-th call of a command to the operating system fail."""
    if not syscalls.can_trace():
        part.outcomes["not tried: there is no strace here that may trace"] = 1
        return
    syscalls.make_sound(place / "sound")
    for trial in itertools.islice(syscalls.trials(random.Random(SEED)), number):
        outcome = syscalls.try_failure(place / "sound", place / "work", trial)
        is_good = outcome in ("ended well", "refused")
        part.count(f"{trial[0]}: {outcome}" if is_good else f"{trial}: {outcome}",
                   good=[f"{trial[0]}: ended well", f"{trial[0]}: refused"])  # fmt: skip


def killed_commands(part: Part, place: Path, number: int) -> None:
    """Kill each command at a random moment, and then repeat it."""
    syscalls.make_sound(place / "sound")
    chance = random.Random(SEED)
    for verb in itertools.islice(itertools.cycle(syscalls.VERBS), number):
        outcome = kills.try_kill(place / "sound", place / "work", verb, chance)
        part.count(f"{verb}: {outcome}", good=[f"{verb}: killed", f"{verb}: ended before"])


PARTS: list[tuple[str, str, Callable[[Part, Path, int], None], int]] = [
    (
        "Power cuts",
        "The ledger starts by itself, with all that was synced, no group of submissions by halves, and is "
        "written on. Un-synced sectors are kept, dropped, torn, reordered or garbage; one state in twenty is "
        "opened with an index that is missing, older, or has a torn log.",
        power_cuts,
        2400,
    ),
    (
        "Index flips",
        "A byte flipped in every 64-byte block of a small index: the answers are as before, from an index "
        "made anew where it was damaged, or the damage is named with the one thing to do.",
        flips,
        10**9,
    ),
    (
        "Tamperings with a head kept elsewhere",
        "Every change up to the head is found, also where all hashes were computed anew; where there is "
        "none, nothing is found.",
        tamperings,
        12_000,
    ),
    (
        "Failing system calls",
        "One call on the ledger's files fails (EIO, ENOSPC) in a command: it ends well or refuses; nothing "
        "acknowledged is lost, and the ledger is sound. Where the command makes no such call it ends well.",
        failing_calls,
        300,
    ),
    (
        "Killed commands",
        "kill -9 at a random moment: the ledger is sound, and the same command then does its work.",
        killed_commands,
        120,
    ),
]


def write_page(parts: list[Part]) -> None:
    """Write what was tried and what came of it."""
    today = dt.datetime.now(dt.UTC).date()
    lines = [
        "# Reliability",
        "",
        f"Written by `make faults` on {today}: DuckDB {duckdb.__version__}, "
        f"Python {platform.python_version()}. A short form is in `make test` (`tests/faults`).",
        "",
        "| what | tried | of a full run | wrong |",
        "|---|---|---|---|",
        *(
            f"| {part.title} | {part.outcomes.total():,} | {part.full:,} | {len(part.wrong)} |"
            for part in parts
        ),
    ]
    for part in parts:
        rows = [f"| {name} | {number:,} |" for name, number in sorted(part.outcomes.items())]
        lines += ["", f"## {part.title}", "", part.must, "", "| outcome | times |", "|---|---|", *rows]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="what part of each number is tried")
    parser.add_argument("--most", type=int, default=10**9, help="how many of each are tried at most")
    words = parser.parse_args()
    parts = []
    for title, must, run, number in PARTS:
        part = Part(title, must, number)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="casualty-faults.") as name:
            run(part, Path(name), max(1, min(words.most, int(number * words.share))))
        part.seconds = time.monotonic() - began
        sys.stdout.write(
            f"{title}: {part.outcomes.total():,} in {part.seconds:.0f} s, {len(part.wrong)} wrong\n"
        )
        sys.stdout.flush()
        parts.append(part)
        write_page(parts)
    return 1 if any(part.wrong for part in parts) else 0


if __name__ == "__main__":
    sys.exit(main())
