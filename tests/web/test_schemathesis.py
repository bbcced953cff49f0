"""The API keeps to its own description, whatever it is asked: every phase and every check of Schemathesis,
with a key that may write, against a real server and the shipped seeds.

A case is one request that was made and checked, as Schemathesis counts them ("N generated").
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from service.api import Ledger
from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT
from tests.serving import serving

HERE = Path(__file__).parent
PHASES = ("Examples", "Coverage", "Fuzzing", "Stateful")
IS_SEARCHING = os.environ.get("HYPOTHESIS_PROFILE") == "searching"
LEAST, EXAMPLES = (20_000, 320) if IS_SEARCHING else (1_200, 1)
"""How many cases there must be, and how many of them for each operation in the phases that take chances."""
QUICK = """
# Their filters are those of series, which are asked in full here; files are the same questions with a suffix.
[[operations]]
include-operation-id-regex = "(_file$)|^(changes|conflicts|bounds|parts|figures|findings|evidence)$"
phases.coverage.enabled = false

# A reconciliation for each day of knowledge.
[[operations]]
include-operation-id-regex = "^(vintages|why_different|differences)$"
phases.coverage.enabled = false

[phases.stateful.generation]
max-examples = 6
"""
"""What is left to ``make nightly``, which covers every operation."""


@pytest.mark.long
def test_no_request_gets_an_answer_that_the_description_does_not_name(
    own_ledger: Ledger, tmp_path: Path
) -> None:
    _, secret = Keyring(own_ledger.store.data_dir).create(Role.EDITOR, at=MOMENT)
    before = own_ledger.head
    with serving(own_ledger, prepares=False) as address:  # else hundreds of writers wait for figures
        told = run(tmp_path, address, secret, *([] if IS_SEARCHING else ["--generation-deterministic"]))
    assert told.returncode == 0, told.stdout[-8_000:]
    counted = re.search(r"(\d+) generated", told.stdout)
    assert counted, told.stdout[-2_000:]
    assert int(counted[1]) >= LEAST
    for phase in PHASES:
        assert re.search(rf"✅\s+{phase} \(in", told.stdout), f"{phase} has run and found nothing"
    assert own_ledger.head.seq > before.seq + 20, "rows were handed in, withdrawn and corrected"
    assert own_ledger.verify() == []


def run(place: Path, address: str, secret: str, *options: str) -> subprocess.CompletedProcess[str]:
    config = place / "schemathesis.toml"
    config.write_text((HERE / "schemathesis.toml").read_text() + ("" if IS_SEARCHING else QUICK))
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={config}",
        "run", f"{address}/openapi.json",
        f"--header=Authorization: Bearer {secret}",
        f"--max-examples={EXAMPLES}",
        "--no-color", *options,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
