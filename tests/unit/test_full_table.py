"""What becomes of a place that the daily table of a source had, and has no longer?"""

import random

import pytest

from service.api import Ledger
from service.schema.records import Receipt

HEADER = "crisis,source,published_on,counted_to,period_start,areas,measure,population,count\n"
PLACES = ("Jableh", "Homs", "Hama", "Safita district")


def table(day: int, *places: str, people: tuple[str, ...] = ("all", "women"), published: str = "") -> bytes:
    """The running totals of some places, counted to a day: 10 and the day of all people, the day of women."""
    rows = [
        f"flood,ministry,{published or f'2025-04-0{day}'},2025-04-0{day},2025-04-01,{place},killed,{who},"
        f"{10 + day if who == 'all' else day}\n"
        for place in places
        for who in people
    ]
    return (HEADER + "".join(rows)).encode()


def total(ledger: Ledger, place: str, population: str = "all", as_of: str | None = None) -> list[int]:
    rows = ledger.series(crisis="flood", area=place, population=population, as_of=as_of, arrow=True)
    return [row["best"] for row in rows.to_pylist()]


def codes(receipt: Receipt) -> list[str]:
    return [finding.code for finding in receipt.findings]


def test_a_place_that_is_missing_from_the_next_table_is_named_and_its_figure_stands(
    own_ledger: Ledger,
) -> None:
    own_ledger.ingest(table(2, *PLACES), name="day-2.csv")
    receipt = own_ledger.ingest(table(3, *PLACES[:3]), name="day-3.csv")
    (finding,) = [each for each in receipt.findings if each.code == "gone_from_table"]
    assert "ministry" in finding.message
    assert "2 (Safita district, killed, all people; Safita district, killed, women)" in finding.message
    assert "release = full" in finding.fix
    assert total(own_ledger, "Safita district") == [12]


def test_a_table_that_is_handed_in_as_a_full_release_takes_the_place_back_from_its_day_on(
    own_ledger: Ledger,
) -> None:
    own_ledger.ingest(table(2, *PLACES), name="day-2.csv", release="full")
    rehearsal = own_ledger.ingest(table(3, *PLACES[:3]), name="day-3.csv", release="full", dry_run=True)
    assert "would be taken back" in rehearsal.findings[-1].message
    receipt = own_ledger.ingest(table(3, *PLACES[:3]), name="day-3.csv", release="full")
    assert codes(receipt) == ["gone_from_release"]
    assert "2 (SY1003 killed all, SY1003 killed women)" in receipt.findings[0].message
    assert total(own_ledger, "Safita district") == total(own_ledger, "Safita district", "women") == []
    assert total(own_ledger, "Safita district", as_of="2025-04-02") == [12]
    assert total(own_ledger, "Jableh") == [12, 13]
    own_ledger.ingest(table(4, *PLACES), name="day-4.csv", release="full")
    assert total(own_ledger, "Safita district") == [14]


def test_a_table_that_grows_by_a_day_gives_a_place_that_comes_back_all_its_days_again(
    own_ledger: Ledger,
) -> None:
    def days(last: int, *places: str) -> bytes:
        return HEADER.encode() + b"".join(
            table(day, *places).split(b"\n", 1)[1] for day in range(2, last + 1)
        )

    own_ledger.ingest(days(3, *PLACES), name="t.csv", release="full")
    assert "gone_from_table" in codes(own_ledger.ingest(days(4, *PLACES[:3]), name="t.csv", dry_run=True))
    own_ledger.ingest(days(4, *PLACES[:3]), name="t.csv", release="full")
    assert total(own_ledger, "Safita district") == []
    own_ledger.ingest(days(5, *PLACES), name="t.csv", release="full")
    assert total(own_ledger, "Safita district") == [12, 13, 14, 15]


def test_what_is_no_row_of_the_table_stays(own_ledger: Ledger) -> None:
    own_ledger.ingest(table(2, *PLACES), name="day-2.csv")
    own_ledger.ingest(table(2, "Al-Haffa district", people=("all",)), name="a statement about one place.csv")
    other = table(2, "Al-Haffa district", people=("women",)).replace(b"ministry", b"radio")
    own_ledger.ingest(other, name="another source.csv")
    receipt = own_ledger.ingest(table(3, *PLACES, people=("all",)), name="day-3.csv", release="full")
    assert codes(receipt) == []
    assert total(own_ledger, "Al-Haffa district") == [12]
    assert total(own_ledger, "Al-Haffa district", "women") == [2]
    assert total(own_ledger, "Safita district", "women") == [2]


def test_a_statement_about_a_few_places_is_no_issue_of_the_table(own_ledger: Ledger) -> None:
    own_ledger.ingest(table(2, *PLACES, "Al-Haffa district", "Tartus"), name="day-2.csv")
    assert codes(own_ledger.ingest(table(3, *PLACES), name="four of six.csv")) == []


@pytest.mark.parametrize("seed", range(2))
def test_as_of_any_day_the_places_are_those_of_the_full_table_of_that_day(
    own_ledger: Ledger, seed: int
) -> None:
    drawn = random.Random(seed)
    tables = {day: [place for place in PLACES if drawn.random() < 0.7] or ["Homs"] for day in range(2, 8)}
    for day, places in tables.items():
        own_ledger.ingest(table(day, "Al-Haffa district", *places), name=f"day-{day}.csv", release="full")
    for day, places in tables.items():
        for place in PLACES:
            figures = total(own_ledger, place, as_of=f"2025-04-0{day}")
            assert figures[-1:] == ([10 + day] if place in places else []), (day, place, tables)


def test_the_first_table_of_a_ministry_that_nobody_registered_is_the_same_when_it_comes_again(
    own_ledger: Ledger,
) -> None:
    assert own_ledger.ingest(table(2, *PLACES), name="day-2.csv").accepted == 8
    assert own_ledger.ingest(table(2, *PLACES), name="again.csv").duplicate == 8
    standards = own_ledger.reports(crisis="flood", arrow=True)["standard"].to_pylist()
    assert set(standards) == {"official"}
