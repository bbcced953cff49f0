"""Does the flood in Derna come out as its reports say: first overcounts, a retraction, then settled counts?

Asked through the door that everybody uses; the numbers are those of the shipped reports, counted by hand.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from service.api import Ledger

FILE = Path(__file__).parents[2] / "seeds" / "reports" / "libya-derna-2023-09.csv"
CRISIS = "libya-derna-2023-09"
TOLL = {"crisis": CRISIS, "area": "Derna", "measure": "killed", "population": "all"}

Row = dict[str, str]


def reports(**wanted: str) -> list[Row]:
    """The shipped reports whose columns have these values."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    return [row for row in rows if all(row[column] == value for column, value in wanted.items())]


def best_counts(ledger: Ledger, **question: object) -> dict[str, int | None]:
    """The best count of everyone killed in Derna by the day counted to."""
    rows = ledger.series(arrow=True, **TOLL, **question).to_pylist()
    return {row["date"].isoformat(): row["best"] for row in rows}


def roles(ledger: Ledger, as_of: str, number: str, **wanted: str) -> set[str]:
    """The roles of the reports that carry a number of everyone killed in Derna, as known on a day."""
    rows = ledger.ask("explain", **TOLL, as_of=as_of).table.to_pylist()
    rows = [row for row in rows if all(row[column] == value for column, value in wanted.items())]
    return {row["role"] for row in rows if row["count_stated"].endswith(number)}


@pytest.mark.parametrize(
    ("as_of", "best"),
    [
        ("2023-09-24", 3845),  # burials that the health ministry had registered by the 23rd
        ("2023-11-01", 4331),  # burials with a certificate, under OCHA's 4,352 for the region
        ("2024-01-05", 4540),  # the Attorney General, 3,964 citizens and 576 foreigners
        ("2025-08-14", 4540),
        (None, 4540),
    ],
)
def test_what_the_toll_of_derna_is_as_of_the_days_on_which_it_settled(
    ledger: Ledger, as_of: str | None, best: int
):
    counts = best_counts(ledger, **({"as_of": as_of} if as_of else {}))
    assert list(counts.values())[-1] == best


def test_from_24_september_on_the_figure_lies_between_3800_and_6000_whenever_it_is_asked(ledger: Ledger):
    known = {dt.date.fromisoformat(row["published_on"]) for row in reports() if row["published_on"]}
    known |= {dt.date.fromisoformat(row["published_by"]) for row in reports() if row["published_by"]}
    days = sorted(day for day in known if day >= dt.date(2023, 9, 24))
    assert len(days) > 20
    last = [list(best_counts(ledger, as_of=day.isoformat()).values())[-1] for day in days]
    assert all(count is not None and 3800 <= count <= 6000 for count in last), last
    as_known_today = {day: best for day, best in best_counts(ledger).items() if day >= "2023-09-24"}
    assert all(best is not None and 3800 <= best <= 6000 for best in as_known_today.values())


def test_the_11300_stands_until_it_is_disowned_and_its_copies_with_it(ledger: Ledger):
    before = ledger.series(arrow=True, **TOLL, as_of="2023-09-16").to_pylist()[-1]
    assert (before["low"], before["high"]) == (2301, 11300)
    assert "disowned" not in roles(ledger, "2023-09-16", "11,300")
    for day in ("2023-09-17", "2023-09-24", "2026-11-22"):
        for number in ("11,300", "11,000"):
            said = roles(ledger, day, number, origin_id="libyan-red-crescent")
            assert said == {"disowned", "retraction"}, (day, number)
            assert roles(ledger, day, number) <= {"disowned", "retraction", "echo"}, (day, number)
    after = ledger.series(arrow=True, **TOLL, as_of="2023-09-17").to_pylist()[-1]
    assert after["high"] < 6000


def test_nothing_falls_and_no_part_is_above_its_whole(ledger: Ledger):
    everything = {"crisis": CRISIS, "measure": "killed", "population": "all"}
    for as_of in ("2023-09-15", "2023-09-24", "2024-03-12", "2026-11-22"):
        last: dict[str, dict[str, int]] = {}
        for row in ledger.series(arrow=True, **everything, as_of=as_of).to_pylist():
            before = last.setdefault(row["area_code"], {})
            for name in ("low", "best"):
                if row[name] is not None:
                    assert row[name] >= before.get(name, 0), (as_of, row)
                    before[name] = row[name]
        region = last["x-eastern-libya"]
        for code in ("LY-DR", "x-soussa", "x-al-bayda-libya", "x-eastern-libya-outside-derna"):
            assert last.get(code, {}).get("low", 0) <= region["low"], (as_of, code)


def test_the_retractions_are_of_the_day_and_name_what_they_take_back():
    taken_back = {(row["areas"], row["count"]) for row in reports(basis="retraction")}
    assert taken_back == {
        ("LY-DR", "11,300"), ("LY-DR", "11,000"), ("x-eastern-libya", "11,300"),
        ("x-eastern-libya", "11,000"), ("x-eastern-libya", "11,470"),
    }  # fmt: skip
    for row in reports(basis="retraction"):
        assert (row["origin"], row["published_on"]) == ("libyan-red-crescent", "2023-09-17")
        assert reports(areas=row["areas"], origin="libyan-red-crescent", measure="killed", basis="cumulative")


def test_a_projection_is_an_estimate_whoever_made_it():
    said = reports(origin="derna-municipality", measure="killed")
    mayor = [row for row in said if "20,000" in row["count"]]
    assert len(mayor) > 20
    assert {row["standard"] for row in mayor} == {"estimate"}
    for count in ("20,000", "18,000–20,000", "25,000", "100,000"):
        assert {row["standard"] for row in reports(count=count, measure="killed")} <= {"estimate"}


def test_the_attorney_generals_count_is_the_sum_of_its_parts():
    said = {"origin": "libyan-attorney-general", "areas": "LY-DR", "measure": "killed"}
    parts = {
        int(row["count"].replace(",", ""))
        for population in ("citizens", "foreign_nationals")
        for row in reports(**said, population=population)
    }
    assert {row["count"] for row in reports(**said, population="all")} >= {"4,540"}
    assert (len(parts), sum(parts)) == (2, 4540)


def test_at_least_is_a_floor_here_too():
    committee = reports(origin="eastern-libya-emergency-committee", count="at least 3,845")
    assert committee
    assert all(not (row["low"] or row["best"] or row["high"]) for row in committee)
    assert {row["count"] for row in reports(origin="ocha", areas="LY-DR", measure="killed")} == {
        "at least 4,352", "over 4,300",
    }  # fmt: skip
