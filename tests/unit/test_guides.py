"""Do the pages for newcomers lead somewhere, and name what exists?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/rules.md", "docs/conventions.md")
PACKAGE = re.compile(r"^\| `(service/[^`]+)` \|", re.MULTILINE)


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def test_every_package_and_single_module_has_one_line_in_the_architecture() -> None:
    packages = {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "service").rglob("__init__.py")}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "service").glob("*.py")}
    expected = (packages - {"service"}) | (modules - {"service/__init__.py"})
    assert sorted(PACKAGE.findall(read("docs/architecture.md"))) == sorted(expected)


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_is_named_exists(page: str) -> None:
    paths = re.findall(r"(?<![\w/.-])(?:service|tests|docs|bench|seeds)/[\w/.-]*\w", read(page))
    assert {path for path in paths if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(page: str) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)]+)\)", read(page)):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = {
        word for page in PAGES for word in re.findall(r"(?:^|`)make ([a-z-]+)", read(page), re.MULTILINE)
    }
    assert len(named) > 5
    assert named <= targets


def test_the_readme_leads_to_the_three_guides_in_one_step() -> None:
    understand = read("README.md").partition("## Understand\n")[2].partition("\n## ")[0]
    assert re.findall(r"^- \*\*\[\w+\]\(([^)]+)\)", understand, re.MULTILINE) == [
        "docs/rules.md",
        "docs/architecture.md",
        "CONTRIBUTING.md",
    ]
