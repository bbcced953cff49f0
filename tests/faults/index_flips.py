"""A byte of the index flipped, block by block: does the ledger start and answer as before?

``python -m tests.faults.index_flips SOUND_DIR WORK_DIR FIRST STEP`` tries every STEP-th block from FIRST on,
in a process of its own, since DuckDB may end one that reads a damaged file; it prints one line a block.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa

from service.errors import CasualtyError
from service.ledger import Store, index
from tests.faults.history import INDEX, everything, fill

ROOT = Path(__file__).parents[2]
BLOCK = 64
SMALL_FILE = {"default_block_size": "16384"}
"""DuckDB's smallest blocks: a small index has few bytes that hold nothing."""


def make_small_store(data: Path) -> None:
    """Write a ledger of nine entries with a small index file."""
    index._CONFIG.update(SMALL_FILE)
    try:
        with Store.open(data) as store:
            fill(store)
    finally:
        for name in SMALL_FILE:
            del index._CONFIG[name]


def try_flip(sound: Path, place: Path, block: int, expected: list[pa.Table]) -> str:
    """Return "as before", "healed" or "named" for the ledger with a flipped byte in a block; else what is
    wrong."""
    _LOG.records.clear()
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(sound, place)
    content = bytearray((place / INDEX).read_bytes())
    at = min(block * BLOCK + block % BLOCK, len(content) - 1)
    content[at] ^= 0xFF
    (place / INDEX).write_bytes(content)
    outcome = "as before"
    for _ in range(2):
        try:
            with Store.open(place) as store:
                if everything(store) != expected:
                    return "WRONG"
        except CasualtyError as error:
            if not error.fix:
                return f"WRONG {error}"
            outcome = "named"
        else:
            return "healed" if _LOG.records else outcome
    return outcome


class _Log(logging.Handler):
    """Remembers what is logged: an index that is mended is said to be."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record.getMessage())


_LOG = _Log()


def count_blocks(sound: Path) -> int:
    """Return how many blocks the index has."""
    return -(-(sound / INDEX).stat().st_size // BLOCK)


def run(sound: Path, work: Path, first: int, step: int) -> dict[int, str]:
    """Return the outcome of every ``step``-th block; a process that ends over one is started again behind
    it."""
    outcomes: dict[int, str] = {}
    block, blocks = first, count_blocks(sound)
    while block < blocks:
        words = [sys.executable, "-m", "tests.faults.index_flips", sound, work, block, step]
        with subprocess.Popen(
            [str(word) for word in words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as child:
            assert child.stdout is not None
            for line in child.stdout:
                number, _, outcome = line.rstrip("\n").partition(" ")
                outcomes[int(number)] = outcome
        block = max([*outcomes, block - step]) + step
        if block < blocks:
            outcomes[block] = f"CRASHED {child.returncode}"
            block += step
    return outcomes


def main(sound: Path, work: Path, first: int, step: int) -> None:
    logging.getLogger().addHandler(_LOG)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(sound, work)
    with Store.open(work) as store:
        expected = everything(store)
    for block in range(first, count_blocks(sound), step):
        sys.stdout.write(f"{block} {try_flip(sound, work, block, expected)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
