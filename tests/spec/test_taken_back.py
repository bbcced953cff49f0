"""Where a mapping declares it, a figure that is blank in a later issue of its table is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service import connect
from service.api import Ledger
from service.errors import UnreadableDocument
from service.ingest.mapping.definition import parse_mapping
from tests.builders import day

MAPPING = """
title = "Bulletin"
blank_means = "retracted"
blanks = ["..", "-1"]

[fields]
crisis = "flood"
source = "Ministry"
areas = "{place}"
published_on = "{issue}"
counted_to = "{day}"
population = "all"

[[figure]]
count = "{dead}"
measure = "killed"

[[figure]]
count = "{hurt}"
measure = "injured"
"""
DAYS = MAPPING.partition("[[figure]]")[0].replace('"{day}"', '"{@day}"').replace(
    'title = "Bulletin"', 'title = "Days"\nday_columns = "yyyy-MM-dd"'
) + '[[figure]]\ncount = "{@cell}"\nmeasure = "killed"\n'  # fmt: skip
FIRST = """place,issue,day,dead,hurt
Latakia,2025-03-10,2025-03-08,70,7
Latakia,2025-03-10,2025-03-09,70,8
Tartus,2025-03-10,2025-03-09,20,..
"""
SECOND = """place,issue,day,dead,hurt
Latakia,2025-03-20,2025-03-08,70,7
Latakia,2025-03-20,2025-03-09,,8
Tartus,2025-03-20,2025-03-09,20,
"""
NOW = dt.datetime(2025, 4, 1, 12)  # noqa: DTZ001 - the ledger keeps UTC without a zone


@pytest.fixture
def ledger(seeded_dir: Path, tmp_path: Path) -> Iterator[Ledger]:
    (tmp_path / "bulletin.toml").write_text(MAPPING)
    (tmp_path / "days.toml").write_text(DAYS)
    with connect(tmp_path / "data", clock=lambda: NOW) as own:
        yield own


def ingest(ledger: Ledger, tmp_path: Path, text: str, mapping: str = "bulletin.toml", **how: Any) -> Any:
    return ledger.ingest(text.encode(), name="table.csv", mapping=str(tmp_path / mapping), **how)


def figures(ledger: Ledger, as_of: str, area: str = "Latakia") -> dict[str, int]:
    rows = ledger.series(
        crisis="flood", area=area, measure="killed", population="all", as_of=as_of, arrow=True
    ).to_pylist()
    return {str(row["date"]): row["best"] for row in rows}


def taken_back(receipt: Any) -> list[str]:
    return [finding.message for finding in receipt.findings if finding.code == "taken_back"]


def test_a_blank_takes_a_figure_of_that_very_day_back_from_the_day_of_the_later_issue(
    ledger: Ledger, tmp_path: Path
) -> None:
    ingest(ledger, tmp_path, FIRST)
    receipt = ingest(ledger, tmp_path, SECOND)
    assert figures(ledger, "2025-03-19") == {"2025-03-08": 70}, "70 on both days, before"
    reports = ledger.reports(crisis="flood", arrow=True).to_pylist()
    (retraction,) = [row for row in reports if row["basis"] == "retraction"]
    assert (retraction["areas"], retraction["counted_to"], retraction["number"]) == (
        "SY06", day("2025-03-09"), None,
    )  # fmt: skip
    assert retraction["published_on"] == day("2025-03-20")
    (message,) = taken_back(receipt)
    assert "1 (Latakia, killed, all to 2025-03-09: 70)" in message
    assert all(row["withdrawn"] is None for row in reports), "nothing is withdrawn: it is as-of aware"


def test_a_blank_in_the_table_of_a_carrier_leaves_what_the_origin_published_itself(
    ledger: Ledger, tmp_path: Path
) -> None:
    carrier = MAPPING.replace('source = "Ministry"', 'source = "Radio"\norigin = "Ministry"')
    (tmp_path / "carrier.toml").write_text(carrier)
    first = FIRST.replace("09,70,8", "09,90,8")
    ingest(ledger, tmp_path, first)
    ingest(ledger, tmp_path, first, "carrier.toml")
    receipt = ingest(ledger, tmp_path, SECOND, "carrier.toml")
    (message,) = taken_back(receipt)
    assert "1 (Latakia, killed, all to 2025-03-09: 90)" in message
    assert figures(ledger, "2025-03-20") == {"2025-03-08": 70, "2025-03-09": 90}
    evidence = ledger.evidence(crisis="flood", measure="killed", area="Latakia", arrow=True).to_pylist()
    fates = {(row["source_id"], row["role"]) for row in evidence if str(row["counted_to"]) == "2025-03-09"}
    assert fates == {("ministry", "counted"), ("radio", "disowned"), ("radio", "retraction")}


def test_the_figure_of_another_day_stands_though_it_is_the_same_number(
    ledger: Ledger, tmp_path: Path
) -> None:
    first = (
        "place,issue,day,dead,hurt\nLatakia,2025-03-10,2025-03-08,70,\nLatakia,2025-03-10,2025-03-09,90,\n"
    )
    ingest(ledger, tmp_path, first)
    ingest(ledger, tmp_path, "place,issue,day,dead,hurt\nLatakia,2025-03-20,2025-03-09,-1,\n")
    assert figures(ledger, "2025-03-19") == {"2025-03-08": 70, "2025-03-09": 90}
    assert figures(ledger, "2025-03-20") == {"2025-03-08": 70}
    ingest(ledger, tmp_path, "place,issue,day,dead,hurt\nLatakia,2025-03-25,2025-03-09,95,\n")
    assert figures(ledger, "2025-03-25") == {"2025-03-08": 70, "2025-03-09": 95}, (
        "said anew, it is heard again"
    )
    assert figures(ledger, "2025-03-24") == {"2025-03-08": 70}


def test_a_blank_where_nothing_stood_is_no_report_and_every_row_is_accounted_for(
    ledger: Ledger, tmp_path: Path
) -> None:
    first = ingest(ledger, tmp_path, FIRST)
    assert (first.accepted, first.rejected) == (5, 1)
    second = ingest(ledger, tmp_path, SECOND)
    assert (second.accepted, second.rejected) == (5, 1)
    again = ingest(ledger, tmp_path, SECOND)
    assert (again.accepted, again.duplicate, again.rejected) == (0, 5, 1)
    assert again.head == second.head
    third = ingest(ledger, tmp_path, SECOND.replace("03-20", "03-30"))
    assert taken_back(third) == [], "what is taken back already is not taken back again"


def test_a_dry_run_says_what_would_be_taken_back_and_writes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    ingest(ledger, tmp_path, FIRST)
    head = ledger.head
    rehearsed = ingest(ledger, tmp_path, SECOND, dry_run=True)
    assert ledger.head == head
    done = ingest(ledger, tmp_path, SECOND)
    assert taken_back(rehearsed) == taken_back(done) != []
    assert (rehearsed.accepted, rehearsed.rejected) == (done.accepted, done.rejected)


def test_a_blank_cell_of_a_column_that_is_a_day_takes_that_day_back(ledger: Ledger, tmp_path: Path) -> None:
    ingest(ledger, tmp_path, "place,issue,2025-03-08,2025-03-09\nLatakia,2025-03-10,70,90\n", "days.toml")
    ingest(ledger, tmp_path, "place,issue,2025-03-08,2025-03-09\nLatakia,2025-03-20,70,..\n", "days.toml")
    assert figures(ledger, "2025-03-19") == {"2025-03-08": 70, "2025-03-09": 90}
    assert figures(ledger, "2025-03-20") == {"2025-03-08": 70}


def test_without_the_declaration_a_blank_takes_nothing_back(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "bulletin.toml").write_text(MAPPING.replace('blank_means = "retracted"\n', ""))
    ingest(ledger, tmp_path, FIRST)
    assert taken_back(ingest(ledger, tmp_path, SECOND)) == []
    assert "retraction" not in ledger.reports(crisis="flood", arrow=True)["basis"].to_pylist()


@pytest.mark.parametrize("declared", ['blank_means = "nothing"', 'blank_means = "retracted"\nfold = "sum"'])
def test_a_declaration_that_means_nothing_is_refused(declared: str) -> None:
    text = MAPPING.replace('blank_means = "retracted"', declared)
    with pytest.raises(UnreadableDocument, match="blank_means"):
        parse_mapping(text.encode(), "odd")


BEFORE = """source,crisis,published_on,counted_to,areas,measure,population,basis,count,period_start
ocha,flood,2025-03-10,2025-03-09,SY06,killed,all,cumulative,70,2025-03-06
ocha,flood,2025-03-10,2025-03-08,SY06,killed,all,cumulative,60,2025-03-06
"""
TAKES_BACK = """source,crisis,published_on,counted_to,areas,measure,population,basis,count,period_start
ocha,flood,2025-03-20,2025-03-09,SY06,killed,all,retraction,,2025-03-06
"""


@pytest.mark.parametrize("order", [(BEFORE, TAKES_BACK), (TAKES_BACK, BEFORE)], ids=["after", "before"])
def test_a_retraction_without_a_number_takes_a_figure_back_whichever_was_handed_in_first(
    ledger: Ledger, order: tuple[str, str]
) -> None:
    for text in order:
        receipt = ledger.ingest(text.encode(), name="table.csv")
        assert (receipt.rejected, receipt.quarantined) == (0, 0)
    assert figures(ledger, "2025-03-19") == {"2025-03-08": 60, "2025-03-09": 70}
    assert figures(ledger, "2025-03-20") == {"2025-03-08": 60}
