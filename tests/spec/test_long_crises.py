"""Crises of thousands of days: no step may need a table of all reports by all days.

Such a table is what an answer of bounded memory must never make: of 50,000 incidents on 12,000 days it would
take five gigabytes, where the figures themselves take a few megabytes.
"""

from __future__ import annotations

import datetime as dt
import tracemalloc

import pytest

from service.reconcile import reconcile
from service.schema.records import report_id
from tests.builders import reference, report
from tests.spec.drawn import METHOD, ledger_reports

DAYS = 2_500
FIRST = dt.date(2001, 1, 1)
PLACES = ("SY06", "SY0602", "SY10")


@pytest.mark.parametrize("measure", ["killed", "missing"])
@pytest.mark.parametrize("told", ["totals", "days", "incidents"])
def test_a_crisis_of_thousands_of_days_takes_no_table_of_its_days_and_reports(
    measure: str, told: str
) -> None:
    rows = []
    for number in range(DAYS):
        day = FIRST + dt.timedelta(number)
        count = number + 1 if told == "totals" else number % 7 + 1
        row = report(
            measure=measure, areas=PLACES[number % 3], published_on=day, counted_to=day, low=count,
            best=count, high=count, number=count, count_stated=str(count), period_start=FIRST,
        )  # fmt: skip
        if told != "totals":
            row |= {"basis": "increment", "period_start": day}
        if told == "incidents":
            row |= {"event": f"e{number}"}
        rows.append(row | {"report_id": report_id(row)})
    table, known = ledger_reports(rows), reference()
    tracemalloc.start()
    try:
        found = reconcile(table, known, as_of=FIRST + dt.timedelta(2 * DAYS), method=METHOD)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.estimates.num_rows >= DAYS
    assert most < DAYS * DAYS * 8 // 2, f"{most >> 20} MB"
