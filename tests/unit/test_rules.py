"""Does every link of docs/rules.md lead to a function and a test that exist?"""

from __future__ import annotations

import ast
import functools
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
LINK = re.compile(r"\[`([^`]+)`\]\(\.\./([^)]+)\)")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| rule ")
]


def test_every_room_has_rules() -> None:
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == ["Ingest", "Ledger", "Reconciliation", "Answers"]
    assert len(ROWS) > 30


@pytest.mark.parametrize("cells", ROWS, ids=[cells[0][:60] for cells in ROWS])
def test_a_rule_is_one_sentence_with_its_function_and_its_test(cells: list[str]) -> None:
    rule, function, test = cells
    assert rule.endswith(".")
    assert len(rule) <= 160
    assert LINK.fullmatch(function)
    assert LINK.fullmatch(test)


@pytest.mark.parametrize("cells", ROWS, ids=[cells[0][:60] for cells in ROWS])
def test_the_function_and_the_test_of_a_rule_exist(cells: list[str]) -> None:
    [(name, path)] = LINK.findall(cells[1])
    if path.endswith(".sql"):
        assert name == Path(path).stem
        assert (ROOT / path).is_file()
    else:
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        functools.reduce(getattr, name.split("."), module)
    [(test, path)] = LINK.findall(cells[2])
    assert test in functions_of(path)


@functools.cache
def functions_of(path: str) -> set[str]:
    """The names of the functions of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_rules_that_newcomers_look_for_are_named() -> None:
    functions = {LINK.findall(cells[1])[0][0].rpartition(".")[2] for cells in ROWS}
    tests = {LINK.findall(cells[2])[0][0] for cells in ROWS}
    assert functions >= {"guard_formula", "quarantine_unknown_place", "make_etag", "read_weights"}
    assert "test_a_floor_never_pulls_a_figure_down" in tests
    assert "CONTRIBUTING.md" in PAGE
