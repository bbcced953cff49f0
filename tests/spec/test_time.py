"""When may a report be used, where its date is a month or a week?"""

from __future__ import annotations

import pytest

from service.api import Ledger

HEADER = "crisis,source,published_on,counted_to,areas,measure,population,basis,count,standard"


@pytest.mark.parametrize(
    ("published", "counted", "too_early", "in_time"),
    [
        ("2025-04", "2025-03-20", "2025-04-29", "2025-04-30"),
        ("2025-W15", "2025-03-20", "2025-04-12", "2025-04-13"),
        ("2025-04-02", "2025-03", "2025-04-01", "2025-04-02"),
    ],
)
def test_a_month_or_a_week_is_used_from_the_last_day_it_allows(
    own_ledger: Ledger, published: str, counted: str, too_early: str, in_time: str
) -> None:
    row = f"{{}},{published},{counted},Jableh,injured,all,cumulative,77,documented"
    text = f"{HEADER}\n{row.format('syria-coast-2025-03,sohr')}\n"
    assert own_ledger.ingest(text.encode(), name="one.csv").accepted == 1
    asked = {"area": "Jableh", "measure": "injured", "population": "all"}
    before = own_ledger.series(arrow=True, as_of=too_early, **asked).column("best").to_pylist()
    after = own_ledger.series(arrow=True, as_of=in_time, **asked).column("best").to_pylist()
    assert 77 not in before
    assert after[-1] == 77
