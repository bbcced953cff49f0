"""Does what the tutorial and "How do I …?" show do what they say?

Addresses are asked of a server and Python is run against it; the commands are those of the help or the
README, which are run elsewhere, and the tutorial's own answer is printed here.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import httpx
import pytest

from service.cli import main
from service.cli.examples import EXAMPLES

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FOUND = [
    (page, kind, text)
    for page in ("start.md", "how-do-i.md", "assistants.md", "reference/api.md")
    for kind, text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
]
ADDRESSES = sorted(
    {
        address
        for page, kind, text in FOUND
        if kind == "sh" and page != "reference/api.md"
        for address in re.findall(r"'(?:http://)?localhost:8000(/[^']+)'", text)
    }
)
SCRIPTS = [text for _, kind, text in FOUND if kind == "python"]
RUN = {line for lines in EXAMPLES.values() for line in lines}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_of_a_guide_answers(client: httpx.Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_piece_of_python_runs(server: str, script: str) -> None:
    exec(script.replace("http://localhost:8000", server), {})


def test_every_command_of_how_do_i_is_an_example_of_the_help() -> None:
    lines = [
        line
        for page, kind, text in FOUND
        if kind == "sh" and page == "how-do-i.md"
        for line in text.splitlines()
    ]
    commands = [line for line in lines if line.startswith("casualty ")]
    assert len(commands) >= 15
    assert [line for line in commands if line not in RUN] == []


def test_what_the_tutorial_shows_is_what_is_printed(
    seeded_dir: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    place = shutil.copytree(seeded_dir, tmp_path / "data")
    blocks = [(kind, text) for page, kind, text in FOUND if page == "start.md"]
    shown = [(blocks[at - 1][1], text) for at, (kind, text) in enumerate(blocks) if kind == "text"]
    assert len(shown) == 1
    for command, printed in shown:
        capfdbinary.readouterr()
        assert main([*shlex.split(command)[1:], "--data-dir", str(place)]) == 0
        assert capfdbinary.readouterr().out.decode() == printed
