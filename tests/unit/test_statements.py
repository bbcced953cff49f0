"""Every SQL statement of the ledger is a file, says its purpose, grain and parameters, and is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service import ledger
from service.ledger.statements import literal, sql

FOLDER = Path(ledger.__file__).parent
STATEMENTS = sorted((FOLDER / "sql").glob("*.sql"))
HEADER = re.compile(
    r"-- Purpose: \S.*\n(--   .*\n)*-- Grain: \S.*\n(--   .*\n)*-- Parameters: \S.*\n(--   .*\n)*\S?"
)


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.stem)
def test_a_statement_says_its_purpose_its_grain_and_its_parameters(path: Path) -> None:
    assert HEADER.match(path.read_text(encoding="utf-8"))


def test_every_statement_is_asked_by_the_code_or_part_of_another() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    parts = "".join(path.read_text(encoding="utf-8") for path in STATEMENTS)
    for path in STATEMENTS:
        assert f'"{path.stem}"' in code or f"{{{path.stem}}}" in parts, path.stem


def test_a_statement_includes_the_rules_it_shares_and_takes_identifiers() -> None:
    assert "r.known_on <= $as_of" in sql("reports")
    assert "QUALIFY row_number() OVER (PARTITION BY report_id" in sql("page_reports")
    assert "{" not in sql("page_ends")
    assert "INSERT INTO area BY NAME" in sql("insert_rows", table="area")


def test_a_text_that_takes_no_parameter_is_quoted() -> None:
    assert literal("o'clock") == "'o''clock'"
