"""Is what says the same of many rows told once, and nothing else put together?"""

from __future__ import annotations

from typing import Any

from service.answers.finding_groups import group_findings, rows_in_words


def finding(row: int | None, message: str, **more: str) -> dict[str, Any]:
    words = {"code": "unknown_name", "severity": "error", "column": "areas", "value": "Atlantis"}
    return {**words, "row": row, "message": message, "fix": "Register it.", "subject": "", **more}


def test_one_unknown_place_in_many_rows_is_one_finding_with_their_number() -> None:
    rows = [finding(row, f"Row {row}, 2025-03-08: No area is called “Atlantis”.") for row in range(1, 6780)]
    (group,) = group_findings(rows)
    assert (group["count"], group["rows"]) == (6779, "1 to 6779")
    assert group["message"] == "No area is called “Atlantis”. (6,779 rows)"


def test_what_differs_in_anything_but_its_row_stays_apart() -> None:
    same = finding(1, "No area is called “Atlantis”.")
    others = [
        {**same, "row": 2, "value": "Utopia"}, {**same, "row": 2, "document": "b.csv"},
        {**same, "row": 2, "message": "Another."}, {**same, "row": None}, {**same, "row": None},
        {**same, "row": 3, "subject": "r1"}, {**same, "row": 4, "subject": "r1"},
    ]  # fmt: skip
    groups = group_findings([same, *others, {**same, "row": 9}])
    assert [group["rows"] for group in groups] == ["1, 9", "2", "2", "2", "", "", "3", "4"]


def test_the_first_rows_of_many_are_named() -> None:
    assert rows_in_words([4]) == "4"
    assert rows_in_words([1, 2, 3, 9, 11, 12, 20, 30, 40]) == "1 to 3, 9, 11 to 12, 20, 30 and 1 more"
