"""Does what is written for whoever runs the service agree with the service?"""

import re
from pathlib import Path

import pytest

from service.settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = {f"CASUALTY_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("place", ["docs/operations.md", "service/settings.py"])
def test_every_setting_stands_in_the_table_with_its_default(place):
    rows = re.findall(r"^\| `{1,2}(CASUALTY_\w+)`{1,2} \| (.+?) \|", (ROOT / place).read_text(), re.MULTILINE)
    assert {name for name, _ in rows} == NAMES
    for name, said in rows:
        default = Settings.model_fields[name.removeprefix("CASUALTY_").lower()].default
        if name != "CASUALTY_SEEDS_DIR":
            assert said.strip("`") == str(default).replace("False", "false").replace("None", "none")


@pytest.mark.parametrize("place", ["Dockerfile", "deploy/casualty.service"])
def test_what_is_deployed_sets_only_what_there_is_and_starts_a_command_there_is(place):
    text = (ROOT / place).read_text()
    assert set(re.findall(r"\bCASUALTY_\w+", text)) <= NAMES
    assert re.search(r"casualty\"?,? \"?serve\"?,? \"?--quiet", text)
    assert "keys create" in text or place == "Dockerfile"


def test_what_the_image_copies_is_there_and_let_through():
    text = (ROOT / "Dockerfile").read_text()
    copied = {
        word for line in re.findall(r"^COPY ([^-].*) \S+$", text, re.MULTILINE) for word in line.split()
    }
    rules = (ROOT / ".dockerignore").read_text().split()
    let_through = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)
    assert re.search(r"^USER casualty$", text, re.MULTILINE)
