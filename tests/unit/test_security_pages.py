"""Does what SECURITY.md and docs/asvs.md say lead to tests and pages that exist?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
TEST = re.compile(r"\[`(test_\w+)`\]\(\.\./([^)]+)\)")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def test_every_item_stands_once_in_order() -> None:
    items = [tuple(map(int, item.split("."))) for item, _, _ in ROWS]
    assert items == sorted(set(items))
    assert len(items) > 50


@pytest.mark.parametrize(("item", "what", "shown_by"), ROWS, ids=[row[0] for row in ROWS])
def test_an_item_has_a_test_that_exists_or_a_reason(item: str, what: str, shown_by: str) -> None:
    assert what.endswith(".")
    if match := TEST.fullmatch(shown_by):
        tree = ast.parse((ROOT / match[2]).read_text(encoding="utf-8"))
        assert match[1] in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    else:
        assert shown_by.startswith("reason: ")


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/asvs.md", "docs/privacy.md"])
def test_links_between_the_pages_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    for target in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        assert (folder / target).exists(), target
