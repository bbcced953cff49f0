"""Is a report taken back, or put right, from the command line, and does the old one stay to be seen?"""

import json

import pytest

from service.cli import main
from tests.unit.test_cli_ingest import GOOD, HEADER


@pytest.fixture
def run(data_dir, capfdbinary):
    def call(*words):
        code = main([*words, "--data-dir", str(data_dir)])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


def stands(run, report_id):
    """A report as ``casualty reports`` shows it."""
    rows = json.loads(run("reports", "--json")[1])["data"]
    return next(row for row in rows if row["report_id"] == report_id)


@pytest.fixture
def report_id(run):
    return json.loads(run("reports", "--json", "--area", "SY06")[1])["data"][0]["report_id"]


def test_a_withdrawn_report_stays_with_its_reason(run, report_id):
    code, said, _ = run("withdraw", report_id, "--reason", "counted twice")
    assert code == 0
    assert said.startswith(f"{report_id} is withdrawn")
    assert stands(run, report_id)["withdrawn"] == "counted twice"
    again = json.loads(run("withdraw", report_id, "--reason", "again", "--json")[1])
    assert again["report_id"] == report_id
    assert again["head"] in said
    assert stands(run, report_id)["withdrawn"] == "counted twice"


def test_a_correction_puts_the_rows_of_a_file_in_the_place_of_a_report(run, report_id, tmp_path):
    file = tmp_path / "right.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n")
    code, said, _ = run("correct", report_id, str(file), "--reason", "typing error", "--json")
    assert code == 0
    assert json.loads(said)["accepted"] == 1
    assert stands(run, report_id)["withdrawn"] == "typing error"


def test_a_correction_without_a_sound_row_changes_nothing_and_ends_with_1(run, report_id, tmp_path):
    file = tmp_path / "wrong.csv"
    file.write_text(f"{HEADER}\n{GOOD.replace('Latakia', 'Atlantis')}\n")
    code, said, _ = run("correct", report_id, str(file), "--reason", "typing error")
    assert code == 1
    assert "Atlantis" in said
    assert stands(run, report_id)["withdrawn"] is None


def test_what_is_not_there_cannot_be_mended(run, tmp_path):
    assert run("withdraw", "r00000000000000000000", "--reason", "why")[0] == 2
    assert run("withdraw", "r00000000000000000000")[0] == 2
    assert run("withdraw", "r00000000000000000000", "--reason", " ")[0] == 2
    code, _, complaint = run("correct", "r00000000000000000000", str(tmp_path / "no.csv"), "--reason", "why")
    assert (code, "no.csv" in complaint) == (2, True)


def test_what_differs_can_be_said_in_place_of_a_file_and_a_report_can_stand_again(run, report_id):
    before = stands(run, report_id)
    code, said, _ = run("correct", report_id, "--set", "count=at least 9", "--reason", "a slip", "--json")
    assert (code, json.loads(said)["accepted"]) == (0, 1)
    assert stands(run, report_id)["withdrawn"] == "a slip"
    rows = json.loads(run("reports", "--json")[1])["data"]
    (successor,) = [row for row in rows if row["count_stated"] == "at least 9"]
    kept = ("crisis_id", "source_id", "origin_id", "url", "published_on", "areas", "measure", "population")
    assert [successor[name] for name in kept] == [before[name] for name in kept]
    assert run("correct", report_id, "--set", "count=10", "--reason", "x")[0] == 2, "it is withdrawn"
    code, said, _ = run("reinstate", report_id, "--reason", "it was right")
    assert (code, said.startswith(f"{report_id} stands")) == (0, True)
    assert stands(run, report_id)["withdrawn"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "from a file, or from --set"),
        (("right.csv", "--set", "count=1"), "from a file, or from --set"),
        (("--set", "count"), "COLUMN=VALUE"),
        (("--set", "kount=9"), "Did you mean count"),
    ],
)
def test_a_correction_that_says_nothing_sound_is_refused(run, report_id, words, told):
    code, _, complaint = run("correct", report_id, *words, "--reason", "why")
    assert (code, told in complaint) == (2, True), complaint
