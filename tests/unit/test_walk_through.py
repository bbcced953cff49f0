"""Does every command of the walk-through do what the page says?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

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
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[subprocess.CompletedProcess[str]]]:
    """Every block run, in one folder with a data directory of its own, in under five minutes."""
    folder = tmp_path_factory.mktemp("walk")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        **os.environ,
        "PATH": path,
        "CASUALTY_DATA_DIR": str(folder / "data"),
        "PYTHONPATH": str(PAGE.parents[1]),
    }
    began = time.monotonic()
    done = [
        subprocess.run(
            ["sh", "-c", step.commands],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for step in steps()
    ]
    assert time.monotonic() - began < 300
    return folder, done


def test_every_block_ends_well_or_says_which_rows_it_did_not_accept(walked):
    for step, run in zip(steps(), walked[1], strict=True):
        assert run.returncode in (0, NOT_ALL_ACCEPTED), (step.commands, run.stderr)
        assert run.stderr == "", step.commands


def test_what_the_page_shows_is_what_is_printed(walked):
    shown = [(step, run) for step, run in zip(steps(), walked[1], strict=True) if step.printed]
    assert len(shown) == 3
    for step, run in shown:
        assert run.stdout.startswith(step.printed), step.commands


def test_the_walk_ends_with_a_chart_of_ones_own_figures(walked):
    folder, _ = walked
    assert "Coast Paper" in (folder / "coast.html").read_text(encoding="utf-8")
    assert "1383" in (folder / "desk-figures.csv").read_text(encoding="utf-8")


def test_the_readme_leads_to_the_page():
    assert "docs/walk-through.md" in (PAGE.parents[1] / "README.md").read_text(encoding="utf-8")
