"""What comes before a report is in: drafting from a text, registering reference rows, reading findings."""

import csv
import io
import json

import pytest

from service.cli import main

ARTICLE = (
    "Over 740 civilians were killed in Latakia, Jableh and Banias, the Syrian Observatory for Human Rights "
    "said. "
    "Hundreds of civilians were killed over the weekend in northwestern Syria."
)
AREAS = "area_code,name,name_ar,level,parent_code,members,aliases,lat,lon\n"
REPORT = "crisis,source,areas,measure,population,published_on,counted_to,count\n"


@pytest.fixture
def casualty(data_dir, capsys):
    def run(*words: str) -> tuple[int, str]:
        code = main([*words, "--data-dir", str(data_dir)])
        return code, capsys.readouterr().out

    return run


def test_a_draft_gives_the_columns_of_a_report_file_and_takes_nothing_in(casualty, tmp_path):
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    before = json.loads(casualty("verify", "--json")[1])["head"]
    code, out = casualty("draft", str(article), "--published-on", "2025-03-10", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [(row["origin"], row["areas"], row["count"]) for row in rows] == [
        ("sohr", "SY06|SY0602|SY1002", "Over 740"),
        ("unattributed", "x-northwestern-syria", "Hundreds"),
    ]
    assert json.loads(casualty("verify", "--json")[1])["head"] == before


def test_a_draft_that_is_told_what_it_is_about_is_taken_in_as_it_stands(casualty, tmp_path):
    article, drafted = tmp_path / "article.txt", tmp_path / "draft.csv"
    article.write_text(ARTICLE, encoding="utf-8")
    about = ("--crisis", "syria-coast-2025-03", "--source", "A paper", "--url", "https://example.org/a")
    words = ("draft", str(article), *about, "--published-on", "2025-03-10", "--format", "csv")
    drafted.write_text(casualty(*words)[1], encoding="utf-8")
    code, out = casualty("ingest", str(drafted), "--json")
    assert (code, json.loads(out)["accepted"]) == (0, 2)
    nothing = tmp_path / "nothing.txt"
    nothing.write_text("It rained.", encoding="utf-8")
    assert casualty("draft", str(nothing), *about, "--format", "csv") == (
        0, "crisis,source,url,areas,measure,population,count\n",
    )  # fmt: skip


def test_a_registered_place_can_be_reported_on_and_a_second_time_changes_nothing(casualty, tmp_path):
    places, reports = tmp_path / "places.csv", tmp_path / "reports.csv"
    places.write_text(AREAS + "x-new,New place,,village,SY0602,,Newish,,\n", encoding="utf-8")
    reports.write_text(
        REPORT + "syria-coast-2025-03,sohr,Newish,killed,civilians,2025-03-12,2025-03-12,3\n",
        encoding="utf-8",
    )
    assert json.loads(casualty("ingest", str(reports), "--json")[1])["quarantined"] == 1
    assert json.loads(casualty("register", "areas", str(places), "--json")[1])["registered"] == 1
    assert json.loads(casualty("register", "areas", str(places), "--json")[1])["registered"] == 0
    assert json.loads(casualty("ingest", str(reports), "--json")[1])["duplicate"] == 1


def test_a_reference_row_that_cannot_be_read_is_refused_with_its_place(casualty, tmp_path):
    places = tmp_path / "places.csv"
    places.write_text(AREAS + "x-new,New place,,hamlet,SY0602,,,,\n", encoding="utf-8")
    assert casualty("register", "areas", str(places))[0] == 2


def test_findings_of_what_was_taken_in_can_be_read_again(casualty, tmp_path):
    reports = tmp_path / "wrong.csv"
    reports.write_text(
        REPORT + "syria-coast-2025-03,sohr,Nowhere,killed,civilians,2025-03-12,2025-03-12,3\n",
        encoding="utf-8",
    )
    assert casualty("ingest", str(reports))[0] == 1
    rows = list(csv.DictReader(io.StringIO(casualty("findings", "--format", "csv")[1])))
    newest = [(row["document"], row["row"], row["column"], row["value"]) for row in rows][-1]
    assert newest == ("wrong.csv", "1", "areas", "Nowhere")


def test_findings_of_reconciliation_stand_beside_those_of_ingest(casualty):
    rows = list(csv.DictReader(io.StringIO(casualty("findings", "--format", "csv")[1])))
    told = [row for row in rows if row["code"] == "more_than_its_whole"]
    assert any("Syrian coast (all people)" in row["message"] for row in told)
    shipped = {(f"{crisis}.csv", "open") for crisis in ("libya-derna-2023-09", "syria-coast-2025-03")}
    assert {(row["document"], row["status"]) for row in told} - {("corrections.toml", "open")} == shipped
    slips = casualty("findings", "--check", "slip", "--format", "csv")[1]
    assert "more than double its origin" in slips
