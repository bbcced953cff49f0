"""Does the example of docs/scaling.md run word for word?"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pandas as pd
import pytest

from service import connect
from tests.conftest import clock

GUIDE = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(data_dir, tmp_path, monkeypatch):
    """The directory in which somebody types what the page says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASUALTY_DATA_DIR", str(data_dir))
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    return tmp_path


def test_the_example_runs_word_for_word(place, data_dir):
    (publishing, serving), (asking, counting) = (
        [text for kind, text in BLOCKS if kind == language] for language in ("sh", "python")
    )
    subprocess.run(["sh", "-ec", publishing], check=True, capture_output=True)
    assert (place / "published" / "figures" / "manifest.json").exists()

    with subprocess.Popen([*shlex.split(serving), "--json", "--port", "0"], stdout=subprocess.PIPE) as server:
        url = json.loads(server.stdout.readline())["url"]
        with urllib.request.urlopen(f"{url}/v1/figures.json?crisis=syria-coast-2025-03") as answer:
            head = json.load(answer)["meta"]["head"]
        server.send_signal(signal.SIGTERM)
    assert server.returncode == 0

    *before, question = asking.strip().splitlines()
    names = {}
    exec("\n".join(before), names)
    rows = eval(question, names)
    with connect(data_dir, clock=clock) as ledger:
        asked = {"area": "Latakia", "measure": "killed", "population": "civilians"}
        pd.testing.assert_frame_equal(
            rows.drop(columns="as_of"), ledger.series(**asked).drop(columns="as_of")
        )
        assert head == ledger.answer(crisis="syria-coast-2025-03").meta["head"]
        reports = ledger.reports(arrow=True).num_rows
    *before, question = counting.strip().splitlines()
    exec("\n".join(before), names)
    assert sum(count for _, count in eval(question, names)) == reports
