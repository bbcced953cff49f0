"""What is left of a redaction that is killed at a call to the operating system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from service.ledger import Store
from tests.faults.redacting import SEGMENT_BYTES, TEXT, fill, places_with

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
