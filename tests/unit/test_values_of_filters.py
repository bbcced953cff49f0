"""A filter that is given as what it never is, in Python, is refused with its name and what to give."""

from __future__ import annotations

from typing import Any

import pytest

from service.api import Ledger
from service.errors import QueryError


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({"crisis": ["syria-coast-2025-03"]}, "Give one, or leave it out for all."),
        ({"population": ["all", "civilians"]}, "Give one, or leave it out for all."),
        ({"area": 6}, "Give one, or a list of them, such as SY06."),
        ({"area": ["SY06", None]}, "Give one, or a list of them, such as SY06."),
        ({"as_of": 20250312}, "Write it as 2025-03-12, or give a date."),
        ({"period_start": 6}, "Write it as 2025-03-12, or give a date."),
    ],
)
def test_what_is_no_value_of_a_filter_is_refused_by_its_name(
    filters: dict[str, Any], says: str, ledger: Ledger
) -> None:
    (name, value), *_ = filters.items()
    with pytest.raises(QueryError) as refused:
        ledger.series(**filters)
    assert str(refused.value).startswith(f"{name}={value!r} is") and refused.value.fix == says
