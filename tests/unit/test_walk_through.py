"""Does every command of the walk-through do what the page says?"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from service import connect
from service.ledger import holder

pytestmark = pytest.mark.long

PAGE = Path(__file__).parents[2] / "docs" / "walk-through.md"
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_ALL_ACCEPTED = 1


class Step(NamedTuple):
    """A block of commands and what they print, where the page shows it (its first lines at least)."""

    commands: str
    printed: str


def steps() -> list[Step]:
    """The blocks of the page, in order."""
    found: list[Step] = []
    for kind, text in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append(Step(text, ""))
        else:
            found[-1] = found[-1]._replace(printed=text)
    return found


@pytest.fixture(scope="module")
def walked(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, list[subprocess.CompletedProcess[str]]]]:
    """Every block run, in one folder with a data directory of its own, in far less than five minutes of
    processor time; a server that a block left running is stopped."""
    folder = tmp_path_factory.mktemp("walk")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        **os.environ,
        "PATH": path,
        "CASUALTY_DATA_DIR": str(folder / "data"),
        "PYTHONPATH": str(PAGE.parents[1]),
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = [
            subprocess.run(
                ["sh", "-c", step.commands],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            for step in steps()
        ]
    finally:
        server = folder / "serve.pid"
        if server.is_file():
            with suppress(ProcessLookupError):
                os.kill(int(server.read_text()), signal.SIGTERM)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 300
    yield folder, done


def test_every_block_ends_well_or_says_which_rows_it_did_not_accept(walked):
    for step, run in zip(steps(), walked[1], strict=True):
        assert run.returncode in (0, NOT_ALL_ACCEPTED), (step.commands, run.stderr)
        if "no ledger in" not in run.stderr or "--dry-run" not in step.commands:  # there is none yet, it says
            assert run.stderr == "", step.commands


def test_what_the_page_shows_is_what_is_printed(walked):
    shown = [(step, run) for step, run in zip(steps(), walked[1], strict=True) if step.printed]
    assert len(shown) == 8
    for step, run in shown:
        assert run.stdout.startswith(step.printed), step.commands


def test_the_walk_ends_with_a_chart_of_ones_own_figures(walked):
    folder, _ = walked
    assert "Coast Paper" in (folder / "coast.html").read_text(encoding="utf-8")
    assert "1383" in (folder / "desk-figures.csv").read_text(encoding="utf-8")


def test_a_crisis_of_ones_own_is_charted_while_the_server_runs_with_every_decision_kept(walked):
    folder, _ = walked
    assert "Exercise Desk" in (folder / "nepal.html").read_text(encoding="utf-8")
    receipt = json.loads((folder / "sitrep.json").read_text(encoding="utf-8"))
    assert (receipt["accepted"], receipt["quarantined"]) == (10, 2)
    assert any("47 would fit" in finding["message"] for finding in receipt["findings"])
    for _ in range(100):  # the server lets go of it
        if holder(folder / "data") is None:
            break
        time.sleep(0.1)
    with connect(folder / "data") as ledger:
        rows = ledger.ask("reports", crisis="nepal-exercise").table.to_pylist()
        assert len(rows) == 13
        assert [row["count_stated"] for row in rows if row["withdrawn"]] == ["470"]
        assert not ledger.verify()


def test_the_readme_leads_to_the_page():
    assert "docs/walk-through.md" in (PAGE.parents[1] / "README.md").read_text(encoding="utf-8")
