"""Only what was public by the day of knowledge counts, and a withdrawn report counts no more."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from service.ledger import Store
from service.schema.report_rules import cut_as_of, drop_withdrawn, is_withdrawn
from tests.builders import batch, moment, report

DAYS = [dt.date(2025, 3, day) for day in (8, 10, 12)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store.open(tmp_path / "data") as store:
        rows = [report(count=700 + day.day, published_on=day) for day in DAYS]
        store.submit(batch(*rows), recorded_at=moment("2025-03-13T00:00"))
        store.withdraw(rows[0]["report_id"], reason="wrong", recorded_at=moment("2025-03-14T00:00"))
        yield store


@pytest.mark.parametrize(("as_of", "count"), [("2025-03-07", 0), ("2025-03-10", 2), ("2025-03-12", 3)])
def test_the_cut_in_memory_leaves_what_the_ledger_reads_as_of_that_day(store: Store, as_of: str, count: int):
    day = dt.date.fromisoformat(as_of)
    cut = cut_as_of(store.reports(), day)
    assert cut.num_rows == count
    assert cut.equals(store.reports(as_of=day))


def test_a_day_of_knowledge_has_no_time(store: Store):
    with pytest.raises(TypeError, match="as_of is a day"):
        cut_as_of(store.reports(), dt.datetime(2025, 3, 10))  # noqa: DTZ001 - the point is the time


def test_a_withdrawn_report_is_dropped_and_keeps_its_reason_in_the_ledger(store: Store):
    reports = store.reports()
    assert is_withdrawn(reports).to_pylist() == [True, False, False]
    assert reports["withdrawn"].to_pylist() == ["wrong", None, None]
    assert drop_withdrawn(reports)["published_on"].to_pylist() == DAYS[1:]
    assert drop_withdrawn(pa.table({"withdrawn": pa.array([], pa.string())})).num_rows == 0
