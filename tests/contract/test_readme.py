"""Everything that the README tells a stranger to type, typed: each block as it stands, on the shipped seeds.

One server, one directory; the address and the program's place are the only words that are changed. What needs
a program that is not there (R; Excel anywhere but on its own system) is skipped, and its address asked for.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.api import Ledger
from service.ledger import local_key
from tests.conftest import clock
from tests.serving import serving

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"(?:http://)?localhost:8000")
BLOCKS = re.findall(
    r"^```(\w+)\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)
TYPED = [(kind, text) for kind, text in BLOCKS if kind in {"sh", "r"} and "make serve" not in text]
STAND_IN = "r0123456789abcdef0123"


@pytest.fixture(scope="module")
def desk(seeded_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A running server, and a directory with the program and the report file that the README shows."""
    place = tmp_path_factory.mktemp("desk")
    data = shutil.copytree(seeded_dir, place / "data")
    program = place / ".venv" / "bin" / "casualty"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m service "$@"\n')
    program.chmod(0o755)
    [reports] = [text for kind, text in BLOCKS if kind == "csv"]
    (place / "my-reports.csv").write_text(reports, encoding="utf-8")
    rows = list(csv.DictReader(reports.splitlines()))
    (place / "my-reports.json").write_text(json.dumps(rows), encoding="utf-8")
    with (
        Ledger.open(data, clock=clock) as ledger,
        serving(ledger) as address,
        local_key.publish(data, address, clock=clock),  # as `casualty serve` does
    ):
        report_id = ledger.reports(area="SY06")["report_id"].iloc[0]
        yield {"place": place, "address": address, "report_id": report_id}


@pytest.mark.parametrize(("kind", "text"), TYPED, ids=[text.splitlines()[0][:40] for _, text in TYPED])
def test_what_the_readme_says_to_type_does_what_it_says(desk: dict[str, Any], kind: str, text: str) -> None:
    text = ADDRESS.sub(desk["address"], text).replace(STAND_IN, desk["report_id"])
    if kind == "r" and shutil.which("Rscript") is None:
        answered(text)
        pytest.skip("there is no R here; its address answers")
    shell = ["sh", "-e"] if kind == "sh" else ["Rscript", "-"]
    if kind == "sh":
        text = text.replace("curl -s ", "curl -s --fail-with-body ")
    done = subprocess.run(
        shell,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=desk["place"],
        env={**os.environ, "CASUALTY_DATA_DIR": str(desk["place"] / "data"), "NO_COLOR": "1"},
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert "Traceback" not in done.stderr


def test_the_query_for_excel_asks_an_address_that_answers(desk: dict[str, Any]) -> None:
    [query] = [text for kind, text in BLOCKS if kind == "powerquery"]
    assert answered(ADDRESS.sub(desk["address"], query)).startswith(b"crisis,area_code,area_name")


def test_the_cells_of_the_readme_make_one_notebook(desk: dict[str, Any]) -> None:
    names: dict[str, Any] = {}
    for kind, text in BLOCKS:
        if kind == "python":
            exec(ADDRESS.sub(desk["address"], text), names)
    near = names["ledger"].series(area="Latakia", measure="killed", population="civilians")
    assert names["latakia"]["best"].dropna().tolist() == near["best"].dropna().tolist() != []


def test_nothing_of_the_readme_is_left_untried() -> None:
    kinds = {kind for kind, _ in BLOCKS}
    assert kinds == {"sh", "python", "r", "powerquery", "csv"}
    assert sum("curl" in text for _, text in TYPED) >= 3


def answered(text: str) -> bytes:
    """What the address in ``text`` answers."""
    [url] = re.findall(r'http://[^"\s]+', text)
    with urllib.request.urlopen(url, timeout=600) as answer:
        found: bytes = answer.read()
    return found
