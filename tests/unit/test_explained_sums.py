"""Does "why this number?" tell what events and days come to, and not the last of them alone?"""

import pytest

from service.answers.translation import Translation
from service.api import Ledger
from service.formats.encode import encode
from service.formats.file_format import Format
from service.formats.report_file import report_file
from service.language import Translator

HEADER = "crisis,source,published_on,period_start,period_end,areas,measure,population,basis,event,count\n"
LISTED = (
    "flood,tracker,2025-04-10,2025-04-01,2025-04-01,Jableh,killed,all,,k1,10\n"
    "flood,tracker,2025-04-10,2025-04-02,2025-04-02,Jableh,killed,all,,k2,20\n"
    "flood,tracker,2025-04-10,2025-04-03,2025-04-03,Jableh,killed,all,,k3,5\n"
    "flood,ministry,2025-04-04,2025-04-01,,Jableh,killed,all,cumulative,,20\n"
)


def test_a_sum_of_events_is_told_as_what_they_come_to(own_ledger: Ledger) -> None:
    own_ledger.ingest((HEADER + LISTED).encode(), name="flood.csv")
    asked = {"crisis": "flood", "area": "Jableh", "measure": "killed", "population": "all"}
    answer = own_ledger.explain(**asked)
    told = " ".join(answer.sentences)
    assert "Counted: tracker: 35 (the events that its origin lists, added up), counted to 2025-04-03." in told
    assert "superseded" not in told
    roles = {row["count_stated"]: row["role"] for row in answer.points.to_pylist()}
    assert roles == {"5": "counted", "20": "bound", "10": "bound"} | {"20": roles["20"]}
    (conflict,) = own_ledger.conflicts(**asked, arrow=True).to_pylist()
    assert {each["origin_name"]: each["count_stated"] for each in conflict["says"]} == {
        "ministry": "20",
        "tracker": "35",
    }


TWO_COUNTS = (
    "flood,ministry,2025-04-04,2025-04-01,,Jableh,killed,all,cumulative,,40\n"
    "flood,ministry,2025-05-09,2025-05-02,,Jableh,killed,all,cumulative,,43\n"
)


def test_a_figure_that_a_second_count_adds_to_says_since_when_it_runs_and_what_both_make(
    own_ledger: Ledger,
) -> None:
    own_ledger.ingest((HEADER + TWO_COUNTS).encode(), name="flood.csv")
    answer = own_ledger.explain(crisis="flood", area="Jableh", measure="killed", population="all")
    assert answer.row["low"] == 83
    assert (
        "ministry began to count anew: 43 (Jableh, counted from 2025-05-02 on); with its count that ended, "
        "at least 83." in answer.sentences
    )
    arabic = Translation(own_ledger.reference(), Translator("ar")).explanation(answer)
    assert any("العدّ من جديد: 43" in sentence and "83" in sentence for sentence in arabic.sentences)


@pytest.mark.parametrize("measure", ["killed", "missing"])
def test_the_last_figure_until_a_day_is_told_by_what_was_counted_until_then(
    own_ledger: Ledger, measure: str
) -> None:
    said = (("2025-04-04", 40), ("2025-04-09", 90))
    rows = "".join(f"flood,ministry,{day},,,Jableh,{measure},all,,,{count}\n" for day, count in said)
    own_ledger.ingest((HEADER + rows).encode(), name="flood.csv")
    asked = {"crisis": "flood", "area": "Jableh", "measure": measure, "population": "all"}
    until = own_ledger.explain(**asked, date_to="2025-04-05")
    assert until.row["best"] == 40
    assert until.sentences == own_ledger.explain(**asked, date="2025-04-05").sentences
    (vintage,) = own_ledger.vintages(**asked, date_to="2025-04-05", arrow=True).to_pylist()
    assert vintage["cause"] == "first report: ministry 40"


def test_a_figure_that_its_origin_has_since_replaced_names_whose_it_is(ledger: Ledger) -> None:
    told = ledger.explain(
        crisis="libya-derna-2023-09", area="Derna", measure="killed", population="syrian_nationals"
    )
    assert told.row["best"] == 112
    (line,) = [each for each in told.sentences if "an earlier count" in each]
    assert line.startswith("The figure is an earlier count, of SOHR: 112, counted to 2023-09-18;")


def test_a_figure_whose_count_stands_is_told_once(ledger: Ledger) -> None:
    told = ledger.explain(area="SY06", measure="killed", population="civilians", as_of="2025-03-12")
    assert told.row["best"] == 683
    assert not any("an earlier count" in each for each in told.sentences)


GUARDED = (
    "flood,tracker,2025-04-10,2025-04-01,2025-04-01,Jableh,killed,all,,-k1,10\n"
    "flood,tracker,2025-04-10,2025-04-02,2025-04-02,Jableh,killed,all,,@k2,20\n"
    "flood,desk,2025-04-10,2025-04-01,2025-04-01,Banias,killed,all,increment,,9\n"
    "flood,desk,2025-04-11,2025-04-02,2025-04-02,Banias,killed,all,increment,,-4\n"
)


def test_an_export_with_keys_that_a_spreadsheet_would_run_comes_in_again_as_it_was(
    own_ledger: Ledger,
) -> None:
    own_ledger.ingest((HEADER + GUARDED).encode(), name="flood.csv")
    exported = encode(report_file(own_ledger.reports(crisis="flood", arrow=True)), Format.CSV)
    assert b"'-k1" in exported
    receipt = own_ledger.ingest(exported, name="export.csv")
    assert (receipt.accepted, receipt.duplicate) == (0, 4)
