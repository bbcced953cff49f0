"""Does every way of the ingest bench that needs no further library take every row of its file?"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.ingest.rows import write_rows
from bench.ingest.table import ROWS_A_DAY, areas, write_table
from service.ingest import load_seeds, read_reports
from service.schema.records import Reference
from service.settings import shipped_seeds

SEEDS = load_seeds(shipped_seeds()).reference
TODAY = dt.date(2026, 11, 1)


@pytest.mark.parametrize("way", ["ours", "pandas, checked"])
def test_a_way_takes_every_row(tmp_path: Path, way: str) -> None:
    write_rows(tmp_path / "reports.csv", 40)
    command = [sys.executable, "-m", "bench.ingest.ways", way, str(tmp_path / "reports.csv")]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    assert json.loads(done.stdout)["rows"] == 40


def test_the_daily_table_has_the_same_rows_as_one_file_and_as_a_file_a_day(tmp_path: Path) -> None:
    for daily in (False, True):
        write_table(tmp_path / str(daily), 2, daily=daily)
    (whole,) = (tmp_path / "False").iterdir()
    first, second = sorted((tmp_path / "True").iterdir())
    lines = whole.read_text(encoding="utf-8").splitlines()
    assert lines == [*first.read_text().splitlines(), *second.read_text().splitlines()[1:]]
    assert len(lines) == 1 + 2 * ROWS_A_DAY
    receipt = read_reports(first, "t.csv", Reference(**{**SEEDS, "area": areas()}), today=TODAY)
    assert (receipt.reports.num_rows, receipt.held.num_rows) == (ROWS_A_DAY, 0)
