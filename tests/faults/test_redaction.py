"""What is left of a redaction that is killed at a call to the operating system."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from service.errors import StoreError
from service.ledger import Store
from tests.builders import batch, moment, report
from tests.faults.redacting import REPORT, SEGMENT_BYTES, TEXT, fill, places_with

ROOT = Path(__file__).parents[2]
FIRST, STEP = 2, 16


def test_a_redaction_that_is_killed_is_not_said_or_wholly_done_at_the_next_start(tmp_path: Path) -> None:
    with Store.open(tmp_path / "sound", segment_bytes=SEGMENT_BYTES) as store:
        fill(store)
        entries = store.submissions()["hash"].to_pylist()
    words = [str(tmp_path / "sound"), str(tmp_path / "work"), str(FIRST), str(STEP)]
    subprocess.run([sys.executable, "-m", "tests.faults.redacting", *words], cwd=ROOT, check=True)
    ends = {}
    for data in sorted((tmp_path / "work").iterdir(), key=lambda path: int(path.name)):
        with Store.open(data, segment_bytes=SEGMENT_BYTES) as store:
            hashes = store.submissions()["hash"].to_pylist()
            assert hashes[: len(entries)] == entries
            assert store.verify() == []
        said = len(hashes) - len(entries)
        found = places_with(data, TEXT.encode())
        assert ("table report" in found, "table held" in found) == (said < 1, said < 2), data.name
        assert not (said == 2 and found)
        ends[int(data.name)] = said
    assert {*ends.values()} == {0, 1, 2}
    assert [*ends.values()] == sorted(ends.values())


def test_a_redaction_that_a_full_disk_interrupts_is_completed_by_the_next_write(tmp_path: Path) -> None:
    large = random.Random(7).randbytes(20_000).hex()
    with Store.open(tmp_path, segment_bytes=1) as store:  # a segment for each entry
        noted = batch(report(count=700, note=TEXT), report(count=701, note=large))
        store.submit(noted, recorded_at=moment("2025-03-20"))
        store.submit(batch(report(count=5)), recorded_at=moment("2025-03-21"))
    again = {"reason": "a name", "recorded_at": moment("2025-04-01")}
    with Store.open(tmp_path, segment_bytes=1) as store:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
        try:
            with pytest.raises(StoreError, match="What entry 3 says is to be redacted is not gone yet"):
                store.redact(REPORT, ["note"], **again)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert TEXT not in str(store.reports().to_pylist())  # blanked at once
        store.submit(batch(report(count=6)), recorded_at=moment("2025-04-02"))
        assert store.verify() == []
        assert store.redact(REPORT, ["note"], **again).texts == 0
    assert places_with(tmp_path, TEXT.encode()) == []
