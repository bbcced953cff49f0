"""Does what is written for whoever runs the service agree with the service?"""

import dataclasses
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from service.errors import QueryError
from service.settings import Settings, variable

ROOT = Path(__file__).parents[2]
DEFAULTS = {variable(field.name): field.metadata["default"] for field in dataclasses.fields(Settings)}
NAMES = set(DEFAULTS)


@pytest.mark.parametrize("place", ["docs/operations.md", "service/settings.py"])
def test_every_setting_stands_in_the_table_with_its_default(place):
    rows = re.findall(r"^\| `{1,2}(CASUALTY_\w+)`{1,2} \| (.+?) \|", (ROOT / place).read_text(), re.MULTILINE)
    assert {name for name, _ in rows} == NAMES
    for name, said in rows:
        default = DEFAULTS[name]
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


def test_compose_keeps_the_data_where_the_image_does_and_reaches_the_port_that_it_opens():
    [service] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"].values()
    image = (ROOT / "Dockerfile").read_text()
    [port] = service["ports"]
    assert port.startswith("127.0.0.1:") and port.rpartition(":")[2] == re.search(r"EXPOSE (\d+)", image)[1]
    assert [each.partition(":")[2] for each in service["volumes"]] == [re.search(r"VOLUME (\S+)", image)[1]]
    assert (ROOT / "deploy" / service["build"] / "Dockerfile").is_file()
    assert service["read_only"] is True


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_understands_every_line_of_the_unit_and_finds_it_well_confined(tmp_path):
    unit = tmp_path / "casualty.service"
    text = (ROOT / "deploy" / "casualty.service").read_text()
    command = Path(sys.executable).with_name("casualty")
    for there, here in (("/opt/casualty/bin/casualty", str(command)), ("User=casualty", "User=root")):
        assert there in text
        text = text.replace(there, here)
    unit.write_text(text)

    def analyze(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            ["systemd-analyze", *words, str(unit)], check=False, capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stderr

    assert analyze("verify", "--man=no") == (0, "")
    assert analyze("security", "--offline=true", "--threshold=30")[0] == 0
    unit.write_text(text.replace("RestartSec=2", "RestartSek=2"))
    assert "RestartSek" in analyze("verify", "--man=no")[1], "what it does not know it tells"


def test_a_setting_is_what_is_given_else_what_the_environment_says_else_its_default(monkeypatch):
    monkeypatch.setenv("CASUALTY_PORT", "9000")
    monkeypatch.setenv("CASUALTY_ACCESS_LOG", "True")
    monkeypatch.setenv("CASUALTY_ANSWER_TIME", "2.5")
    settings = Settings(host="0.0.0.0")
    assert (settings.host, settings.port, settings.access_log) == ("0.0.0.0", 9000, True)
    assert (settings.answer_time, settings.body_limit) == (2.5, 10_485_760)
    assert Settings(port=1).port == 1
    assert "secret" not in repr(Settings(key="secret"))


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("CASUALTY_PORT", "65536", "no port from 0 to 65535"),
        ("CASUALTY_PORT", "http", "no port"),
        ("CASUALTY_ANSWER_TIME", "0", "no number of seconds above 0"),
        ("CASUALTY_ANSWER_TIME", "nan", "no number of seconds above 0"),
        ("CASUALTY_ACCESS_LOG", "perhaps", "no switch (true or false)"),
        ("CASUALTY_READ_RATE", "600 a minute", "no rate such as 600/minute"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name_with_what_it_must_be(
    monkeypatch, name, value, meaning
):
    monkeypatch.setenv(name, value)
    with pytest.raises(QueryError) as refusal:
        Settings()
    assert f"{name}={value!r} cannot be used: it is {meaning}" in refusal.value.message
    assert name in refusal.value.fix


def test_a_value_given_in_code_is_held_to_the_same_rule():
    with pytest.raises(QueryError, match="CASUALTY_PORT=-1"):
        Settings(port=-1)
