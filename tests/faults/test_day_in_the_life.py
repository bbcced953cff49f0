"""Served, written to, killed, mended, backed up, restored elsewhere: the ledger is the same at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import day_in_the_life


@pytest.mark.long
def test_a_ledger_comes_through_a_day(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = data_dir.parent
    if data_dir.name != "data":
        data_dir.rename(folder / "data")
    day_in_the_life.main(folder)
    assert len(capsys.readouterr().out.splitlines()) == len(day_in_the_life.STEPS)
