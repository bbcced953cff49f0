"""What counts from a later day alone is a part of the figure since its crisis began, behind every door."""

from __future__ import annotations

import pytest

from service import connect
from service.api import Ledger

HEAD = "source,crisis,published_on,counted_to,areas,measure,population,count,period_start\n"
LATER = """ohchr,flood,2025-03-18,2025-03-13,SY10,killed,all,121,2025-03-06
ohchr,flood,2025-03-18,2025-03-13,SY06,killed,all,80,2025-03-06
"""
EARLIER = "snhr,flood,2025-03-16,2025-03-16,SY05,killed,civilians,5,2025-02-01\n"


@pytest.mark.parametrize("rows", [(LATER, EARLIER), (EARLIER, LATER)], ids=["last", "first"])
def test_an_earlier_beginning_elsewhere_leaves_no_place_without_a_figure(rows: tuple[str, str]) -> None:
    with connect(":memory:") as ledger:
        for text in rows:
            ledger.ingest((HEAD + text).encode(), name="flood.csv")
        assert _figure(ledger, "SY10") == _bounds(ledger, "SY10") == (121, None, None, "inferred")
        assert _figure(ledger, "SY05", "civilians") == (5, 5, 5, "single_source")


def _figure(ledger: Ledger, area: str, population: str = "all") -> tuple[object, ...]:
    (row,) = ledger.figures(
        crisis="flood", area=area, measure="killed", population=population, arrow=True
    ).to_pylist()
    return row["low"], row["best"], row["high"], row["grade"]


def _bounds(ledger: Ledger, area: str) -> tuple[object, ...]:
    row = ledger.bounds(
        crisis="flood", area=area, measure="killed", population="all", arrow=True
    ).to_pylist()[-1]
    return row["low"], row["best"], row["high"], row["grade"]
