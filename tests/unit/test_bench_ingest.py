"""Does every way of the ingest bench that needs no further library take every row of its file?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.ingest.rows import write_rows


@pytest.mark.parametrize("way", ["ours", "pandas, checked"])
def test_a_way_takes_every_row(tmp_path: Path, way: str) -> None:
    write_rows(tmp_path / "reports.csv", 40)
    command = [sys.executable, "-m", "bench.ingest.ways", way, str(tmp_path / "reports.csv")]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    assert json.loads(done.stdout)["rows"] == 40
