"""A citation names one state of the ledger, in words that citation managers read."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from service.answers.citation import Citation, cite, read_style, title
from service.answers.filters import Style
from service.errors import QueryError
from service.reference.labels import Labels
from tests.builders import day, moment

PLACE = Citation(
    url="https://ledger.example/v1/series?area=SY06%7CSY10&as_of=2025-03-12",
    title="Latakia & Tartus {both}: killed, 100 % of #1_a",
    head="7-126e07231179",
    method="least-disagreement/2",
    as_of=day("2025-03-12"),
    recorded_by=moment("2025-04-01T10:20:30.000004"),
    accessed_on=day("2026-11-22"),
)


def test_bibtex_holds_address_state_and_day_with_tex_commands_made_harmless():
    assert cite(PLACE, Style.BIBTEX) == (
        "@misc{casualty-ledger-7-126e07231179,\n"
        "  author = {{Casualty Ledger}},\n"
        "  title = {{Latakia \\& Tartus \\{both\\}: killed, 100 \\% of \\#1\\_a}},\n"
        "  year = {2025},\n"
        "  version = {7-126e07231179},\n"
        "  url = {https://ledger.example/v1/series?area=SY06%7CSY10&as_of=2025-03-12},\n"
        "  urldate = {2026-11-22},\n"
        "  note = {As known on 2025-03-12, recorded by 2025-04-01T10:20:30.000004Z, "
        "ledger head 7-126e07231179, method least-disagreement/2},\n"
        "}\n"
    )


def test_ris_is_lines_of_two_letters_that_end_with_er():
    lines = cite(PLACE, Style.RIS).split("\r\n")
    assert lines.pop() == ""
    tags = [line[:6] for line in lines]
    assert (tags[0], lines[0], lines[-1]) == ("TY  - ", "TY  - DATA", "ER  - ")
    assert f"UR  - {PLACE.url}" in lines
    assert "Y2  - 2026/11/22" in lines


def test_csl_is_one_dataset_with_its_dates_in_parts():
    [item] = json.loads(cite(PLACE, Style.CSL))
    assert (item["type"], item["URL"], item["version"]) == ("dataset", PLACE.url, PLACE.head)
    assert item["accessed"] == {"date-parts": [[2026, 11, 22]]}
    assert item["issued"] == {"date-parts": [[2025, 4, 1]]}


def test_a_cited_address_asks_the_question_as_it_was_understood(ledger):
    told = ledger.cite(
        "csl",
        path="https://ledger.example/v1/series.csv",
        accessed_on=day("2026-12-01"),
        area=["Latakia", "Latakia|Tartus"],
        measure="Killed",
        attributed_to="any",
        date_from="2025-03-06",
        as_of="2025-03-12",
    )
    [item] = json.loads(told)
    address = urlsplit(item["URL"])
    asked = parse_qs(address.query)
    assert address.path == "/v1/series.csv"
    assert asked["area"] == ["SY06", "SY06|SY10"]
    assert asked["measure"] + asked["attributed_to"] + asked["from"] == ["killed", "any", "2025-03-06"]
    assert asked["as_of"] == ["2025-03-12"]
    recorded = ledger.store.submissions().column("recorded_at")[-1].as_py()
    assert moment(asked["recorded_by"][0]).replace(tzinfo=None) == recorded
    assert item["version"] == str(ledger.head)
    assert item["title"].endswith(
        "killed, all populations, any attribution, from 2025-03-06, as of 2025-03-12"
    )


def test_a_title_names_the_party_held_responsible_and_the_crisis(ledger):
    labels = Labels.of(ledger.reference())
    [crisis] = ledger.reference().crisis.slice(0, 1).select(["crisis_id", "name"]).to_pylist()
    asked = {"area": "Latakia", "measure": "killed", "population": "civilians", "as_of": "2025-03-12"}
    one, by, within = (
        title(ledger.query(**asked, **more), labels)
        for more in ({}, {"attributed_to": "government_side"}, {"crisis": crisis["crisis_id"]})
    )
    assert one == "Latakia: killed, civilians, as of 2025-03-12"
    assert by == "Latakia: killed, civilians, attributed to government side, as of 2025-03-12"
    assert within == f"Latakia ({crisis['name']}): killed, civilians, as of 2025-03-12"


def test_an_answer_recorded_by_a_past_moment_cites_that_moment_and_its_head(own_ledger):
    then, at = str(own_ledger.head), "2026-11-22T11:00:00Z"
    own_ledger.store.withdraw(
        own_ledger.reports(arrow=True).column("report_id")[0].as_py(),
        reason="wrong",
        recorded_at=moment("2026-11-22T11:30"),
    )
    [item] = json.loads(own_ledger.cite("csl", area="SY06", recorded_by=at))
    assert item["version"] == then != str(own_ledger.head)
    assert "recorded_by=2026-11-22T11%3A00%3A00.000000Z" in item["URL"]


def test_a_style_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(QueryError, match="Use one of: bibtex, ris, csl"):
        read_style("apa")
