"""When may a report be used, where its date is a month or a week?"""

from __future__ import annotations

import datetime as dt
import random
import shutil
from pathlib import Path

import pytest

from service import connect
from service.api import Ledger
from tests.conftest import MOMENT, clock

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


UNDATED = (
    "crisis,source,origin,published_on,counted_to,period_start,areas,measure,population,basis,event,count"
)


def undated_rows(draw: random.Random) -> list[str]:
    """Return what origins and carriers say without a day of publication: totals, days, events, and what takes
    one of them back; of one place, people and day mostly several numbers."""
    rows = []
    for _ in range(24):
        source, origin = draw.choices(("sohr", "snhr"), k=2)
        basis, event, count = draw.choice(("cumulative", "increment")), "", draw.choice((30, 40, 50))
        place, day = draw.choice(("Jableh", "Latakia")), draw.choice(("05", "06"))
        start = "2025-04-01" if basis == "cumulative" else f"2025-04-{day}"
        if basis == "increment" and draw.random() < 0.6:
            event = draw.choice(("e1", "e2"))
        if draw.random() < 0.25:
            basis = "retraction" if source == origin else draw.choice(("retraction", "removal"))
        rows.append(
            f"flood,{source},{origin},,2025-04-{day},{start},{place},killed,all,{basis},{event},{count}"
        )
    return rows


@pytest.mark.parametrize("seed", range(2))
def test_undated_publications_recorded_on_one_day_have_one_order_whichever_came_first(
    seeded_dir: Path, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    rows = undated_rows(draw)
    answers = []
    for turn in range(3):
        draw.shuffle(rows)
        with connect(shutil.copytree(seeded_dir, tmp_path / f"{turn}"), clock=clock) as ledger:
            at = 0
            while at < len(rows):
                size = draw.randint(1, 9)
                ledger.ingest("\n".join((UNDATED, *rows[at : at + size])).encode(), name=f"{at}.csv")
                at += size
            asked = {"crisis": "flood", "arrow": True}
            answers.append((ledger.series(**asked).to_pylist(), ledger.evidence(**asked).to_pylist()))
    assert answers[0][0] == answers[1][0] == answers[2][0] != []
    assert answers[0][1] == answers[1][1] == answers[2][1]


def test_of_undated_publications_the_one_read_last_stands_and_of_one_day_the_higher(data_dir: Path) -> None:
    now = [MOMENT]
    with connect(data_dir, clock=lambda: now[0]) as ledger:

        def best(count: int) -> int:
            row = f"flood,sohr,,,2025-04-05,2025-04-01,Jableh,killed,all,cumulative,,{count}"
            ledger.ingest(f"{UNDATED}\n{row}\n".encode(), name=f"{count}.csv")
            asked = {"crisis": "flood", "arrow": True}
            return int(ledger.series(**asked).to_pylist()[-1]["best"])

        assert [best(40), best(50), best(45)] == [40, 50, 50]
        now[0] += dt.timedelta(days=1)
        assert best(30) == 30
