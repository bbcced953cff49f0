"""Are the pages that are made of the code as the code is, and can every line of the guides be typed?"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer.main

from service.answers.endpoints import ENDPOINTS
from service.cli import app
from tests.reference.commands import commands
from tests.reference.pages import ROOT, pages
from tests.site.sources import LINK, documents, write_sources

PAGES = {name: path.read_text(encoding="utf-8") for name, path in documents().items()}
ROOT_COMMAND = typer.main.get_command(app)
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
TYPED = [
    pytest.param(line.strip(), id=f"{name}: {line.strip()[:60]}")
    for name, text in PAGES.items()
    if not name.startswith("reference/")  # these are the examples of the help, which are run
    for block in SHELL.findall(text)
    for line in re.sub(r"\\\n", " ", block).splitlines()
    if re.match(r"\s*(?:\S+ \| )?casualty ", line) and "<<" not in line
]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


@pytest.mark.parametrize("path", ["commands.md", "api.md", "python.md", "tables.md"])
def test_a_page_of_reference_is_what_the_code_makes_of_it(made: dict[str, str], path: str) -> None:
    assert made[f"docs/reference/{path}"] == (ROOT / "docs" / "reference" / path).read_text(
        encoding="utf-8"
    ), "it has changed: make docs"


def test_the_man_page_is_what_the_command_line_makes_of_it(made: dict[str, str]) -> None:
    assert made["docs/casualty.1"] == (ROOT / "docs" / "casualty.1").read_text(encoding="utf-8"), "make docs"


def test_the_man_page_has_every_command_option_and_example(made: dict[str, str]) -> None:
    """Read from the parser anew, without what made the page."""
    text = made["docs/casualty.1"].replace("\\-", "-")

    def walk(found: object, name: str) -> None:
        for each in found.params:
            written = each.opts if each.opts[0].startswith("-") else [each.metavar or each.name.upper()]
            assert all(f".B {option}" in text or f", {option}" in text for option in written), (name, written)
        for word, inner in getattr(found, "commands", {}).items():
            if not hasattr(inner, "commands") or word == "areas":
                assert f".SS casualty{name} {word}" in text
            walk(inner, f"{name} {word}")

    walk(ROOT_COMMAND, "")
    assert all(verb in text for verb in ENDPOINTS)
    assert all(f".SS casualty {each.name}" in text for each in commands())


@pytest.mark.skipif(shutil.which("man") is None, reason="there is no man here")
def test_man_shows_the_page_without_a_complaint() -> None:
    command = ["man", "--warnings=all", "-l", str(ROOT / "docs" / "casualty.1")]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "MANWIDTH": "80"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stderr == ""
    assert "casualty series --area Latakia --measure killed" in done.stdout


@pytest.mark.parametrize("line", TYPED)
def test_every_command_of_a_guide_is_one_that_the_command_line_takes(line: str) -> None:
    command = line[line.index("casualty ") :]
    command = re.sub(r"\$\(.*?\)", "x", command)
    command = re.split(r" \||;| &&| &$|  +#| > | < | 2>|\)$", command)[0]
    _, *words = shlex.split(command, comments=True)
    found = ROOT_COMMAND
    while words and words[0] in getattr(found, "commands", {}):
        found = found.commands[words.pop(0)]
    found.make_context("casualty", words, resilient_parsing=False)


def test_there_are_commands_in_the_guides() -> None:
    assert len(TYPED) > 40


def test_the_site_refuses_a_link_to_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_sources(tmp_path / "whole")
    assert LINK.search((tmp_path / "whole" / "index.md").read_text(encoding="utf-8"))
    broken = tmp_path / "broken.md"
    broken.write_text("# Broken\n\nSee [this](nowhere.md).\n", encoding="utf-8")
    monkeypatch.setattr("tests.site.sources.documents", lambda: {"broken.md": broken})
    monkeypatch.setattr("tests.site.sources.ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"broken.md: no file is at nowhere.md"):
        write_sources(tmp_path / "part")
