"""The long run of the fault harness: ``python -m tests.faults [PART …] [--share 0.1]`` writes
``docs/reliability.md``.

Each part tries so many faults on real files and counts what became of them; ``--share`` takes a part of each
number, for a look. What is wrong is printed, and ends the run with 1. The page keeps what the parts that are
not run had at their last run. Ctrl-C ends a part early: the page says how many faults it tried; ``--more``
goes on from there, with other faults, if the day and the versions are the same.
"""

from __future__ import annotations

import argparse
import itertools
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from bench import reliability
from bench.reliability import Part
from service.ledger import segment_file
from service.ledger.heads import open_journal
from tests.faults import http_kills, index_flips, kills, power_trials, syscalls, tampering
from tests.faults import short_writes as short
from tests.faults.power_cuts import Recorder, states

SEED = 16


def part_chance(part: Part) -> random.Random:
    """Return the chance of a part: another one where some of it was tried before."""
    return random.Random(SEED + part.tried())


def power_cuts(part: Part, place: Path, number: int) -> None:
    """Cut the power in a recorded ledger; each twentieth state is opened as a whole ledger, with an index."""
    chance, recorder = part_chance(part), Recorder()
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
    if step == 1:  # all are tried: those of an earlier run are among them
        part.outcomes.clear()
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
    chance = part_chance(part)
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
    for trial in itertools.islice(syscalls.trials(part_chance(part)), number):
        outcome = syscalls.try_failure(place / "sound", place / "work", trial)
        is_good = outcome in ("ended well", "refused")
        part.count(f"{trial[0]}: {outcome}" if is_good else f"{trial}: {outcome}",
                   good=[f"{trial[0]}: ended well", f"{trial[0]}: refused"])  # fmt: skip


def killed_commands(part: Part, place: Path, number: int) -> None:
    """Kill each command at a random moment, and then repeat it."""
    syscalls.make_sound(place / "sound")
    chance = part_chance(part)
    for verb in itertools.islice(itertools.cycle(syscalls.VERBS), number):
        outcome = kills.try_kill(place / "sound", place / "work", verb, chance)
        part.count(f"{verb}: {outcome}", good=[f"{verb}: killed", f"{verb}: ended before"])


def short_writes(part: Part, place: Path, number: int) -> None:
    """Shorten half of the writes of a command."""
    library = short.compile_library(place)
    if library is None:
        part.outcomes["not tried: there is no C compiler here"] = 1
        return
    syscalls.make_sound(place / "sound")
    verbs = itertools.islice(itertools.cycle(short.VERBS), number)
    for seed, verb in enumerate(verbs, part.tried()):
        outcome = short.try_short_writes(library, place / "sound", place / "work", verb, seed)
        part.count(f"{verb}: {outcome}", good=[f"{verb}: ended well"])


def kills_over_http(part: Part, place: Path, number: int) -> None:
    """Kill a server so many times while clients write, on ledgers one after the other."""
    for trial in http_kills.trials(place, part_chance(part), number):
        part.outcomes += trial.outcomes
        for wrong in trial.wrong:
            part.count(wrong, good=())


PARTS: dict[str, tuple[str, str, Callable[[Part, Path, int], None], int]] = {
    "cuts": (
        "Power cuts",
        "The ledger starts by itself, with all that was synced, no group of submissions by halves, and is "
        "written on. Un-synced sectors are kept, dropped, torn, reordered or garbage; one state in twenty is "
        "opened with an index that is missing, older, or has a torn log.",
        power_cuts,
        2400,
    ),
    "flips": (
        "Index flips",
        "A byte flipped in every 64-byte block of a small index: the answers are as before, from an index "
        "made anew where it was damaged, or the damage is named with the one thing to do.",
        flips,
        10**9,
    ),
    "tampering": (
        "Tamperings with a head kept elsewhere",
        "Every change up to the head is found, also where all hashes were computed anew; where there is "
        "none, nothing is found.",
        tamperings,
        12_000,
    ),
    "calls": (
        "Failing system calls",
        "One call on the ledger's files fails (EIO, ENOSPC) in a command: it ends well or refuses; nothing "
        "acknowledged is lost, and the ledger is sound. Where the command makes no such call it ends well.",
        failing_calls,
        300,
    ),
    "short-writes": (
        "Short writes",
        "Half of a command's writes to the ledger's files, DuckDB's among them, take fewer bytes than they "
        "were given: the rest is written, and the command ends well.",
        short_writes,
        140,
    ),
    "commands": (
        "Killed commands",
        "kill -9 at a random moment, or as the command calls the operating system for a file of the ledger: "
        "the ledger is sound, and the same command then does its work, or says that it is done.",
        killed_commands,
        320,
    ),
    "http": (
        "Kills over HTTP",
        "kill -9 of a server while four clients hand in, repeat and withdraw, each request under an "
        "Idempotency-Key until it is answered: what was acknowledged is there, no document by halves, "
        "nothing twice; the same request again has the same bytes for an answer, over all kills; and the "
        "ledger is sound. The servers are forked from a process that has read its imports; from the opening "
        "of the ledger on they are the ordinary one.",
        kills_over_http,
        1000,
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="what part of each number is tried")
    parser.add_argument("--most", type=int, default=10**9, help="how many of each are tried at most")
    parser.add_argument("--more", action="store_true", help="try what the last run has left of each number")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)} (default: all)")
    words = parser.parse_args()
    if unknown := [name for name in words.parts if name not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}. There are {', '.join(PARTS)}.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    is_wrong = False
    for name in words.parts or PARTS:
        title, must, run, number = PARTS[name]
        part = Part(title, must, number)
        if words.more:
            part.outcomes, part.wrong = reliability.tried_today(name)
        left = number - part.tried()
        if left <= 0:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="casualty-faults.", ignore_cleanup_errors=True) as place:
            try:
                run(part, Path(place), max(1, min(words.most, left, int(number * words.share))))
            except KeyboardInterrupt:
                sys.stdout.write(f"{title}: ended early; what was tried is kept\n")
        seconds = time.monotonic() - began
        sys.stdout.write(f"{title}: {part.tried():,} in {seconds:.0f} s, {len(part.wrong)} wrong\n")
        sys.stdout.flush()
        reliability.write(name, part)
        is_wrong = is_wrong or bool(part.wrong)
    return 1 if is_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
