"""Is each row of a handed-in file answered for, and nothing else touched?"""

import io
import json
import sys

import pytest

from service.cli import main

HEADER = "crisis,source,published_on,counted_to,areas,measure,population,count"
GOOD = "syria-coast-2025-03,sohr,2025-03-13,2025-03-12,Latakia,killed,civilians,over 700"
BAD_DATE = "syria-coast-2025-03,sohr,2025-03-32,2025-03-12,Latakia,killed,civilians,690"
NEGATIVE = "syria-coast-2025-03,sohr,2025-03-13,2025-03-12,Latakia,killed,civilians,-5"
NOWHERE = "syria-coast-2025-03,sohr,2025-03-13,2025-03-12,Atlantis,killed,civilians,12"


def document(place, *rows):
    place.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return str(place)


@pytest.fixture
def mixed(tmp_path):
    """A file with a bad date, a negative count, an unknown place and a good row."""
    return document(tmp_path / "mixed.csv", BAD_DATE, NEGATIVE, NOWHERE, GOOD)


@pytest.fixture
def run(data_dir, capfdbinary):
    """Runs a command on a copy of the shipped first crisis; gives exit code, standard output and error."""

    def call(command, *words):
        code = main([command, "--data-dir", str(data_dir), *words])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


def head(run):
    return json.loads(run("areas", "--json")[1])["meta"]["head"]


def test_the_good_row_of_a_mixed_file_is_accepted_and_each_other_row_says_where_what_and_how_to_mend_it(
    run, mixed
):
    code, said, _ = run("ingest", mixed)
    assert code == 1
    first, header, *rows = said.splitlines()
    assert first.startswith("mixed.csv: 4 rows: 1 accepted, 0 duplicate, ")
    assert header.split() == ["row", "column", "value", "what", "fix"]
    found = {row.split()[0]: row for row in rows}
    assert ("published_on" in found["1"], "2025-03-32" in found["1"]) == (True, True)
    assert ("count" in found["2"], "-5" in found["2"]) == (True, True)
    assert ("areas" in found["3"], "Atlantis" in found["3"]) == (True, True)
    assert all(len(row.split("  ")[-1]) > 10 for row in rows)


def test_json_counts_every_row_once_and_names_the_head(run, mixed):
    code, said, complaint = run("ingest", mixed, "--json")
    answer = json.loads(said)
    assert (code, complaint) == (1, "")
    assert set(answer) == {"accepted", "duplicate", "quarantined", "rejected", "head", "findings"}
    assert sum(answer[verdict] for verdict in ("accepted", "duplicate", "quarantined", "rejected")) == 4
    assert answer["accepted"] == 1
    assert answer["head"] == head(run)
    errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
    assert [(finding["row"], finding["column"], finding["value"]) for finding in errors] == [
        (1, "published_on", "2025-03-32"),
        (2, "count", "-5"),
        (3, "areas", "Atlantis"),
    ]
    assert all(finding["message"] and finding["fix"] for finding in errors)


def test_the_same_file_a_second_time_is_all_duplicates_and_leaves_the_head(run, tmp_path):
    file = document(tmp_path / "good.csv", GOOD)
    assert run("ingest", file)[0] == 0
    before = head(run)
    code, said, _ = run("ingest", file)
    assert code == 0
    assert said == "good.csv: 1 row: 0 accepted, 1 duplicate, 0 quarantined, 0 rejected\n"
    assert head(run) == before


def test_the_shipped_reports_are_all_known_already(run):
    from service.settings import Settings

    files = sorted(str(path) for path in (Settings().seeds_dir / "reports").glob("*.csv"))
    before = head(run)
    code, said, _ = run("ingest", *files, "--json")
    answer = json.loads(said)
    assert (code, answer["accepted"], answer["quarantined"], answer["rejected"]) == (0, 0, 0, 0)
    assert answer["duplicate"] > 350
    assert answer["head"] == before


def test_a_dry_run_says_what_the_real_one_will_and_writes_nothing(run, tmp_path):
    file = document(tmp_path / "new.csv", GOOD, GOOD, NOWHERE)
    before = head(run)
    rehearsed = json.loads(run("ingest", file, "--dry-run", "--json")[1])
    assert rehearsed["head"] == before == head(run)
    code, said, _ = run("ingest", file, "--dry-run")
    assert code == 1
    assert "nothing was written" in said
    real = json.loads(run("ingest", file, "--json")[1])
    assert real["head"] != before
    assert {**rehearsed, "head": ""} == {**real, "head": ""}
    assert (real["accepted"], real["duplicate"]) == (1, 1)


def test_standard_input_is_a_file_like_any_other(run, monkeypatch):
    rows = f"{HEADER}\n{GOOD}\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rows)))
    assert run("ingest", "-")[:2] == (0, "stdin: 1 row: 1 accepted, 0 duplicate, 0 quarantined, 0 rejected\n")


def test_several_files_are_counted_together(run, tmp_path, mixed):
    other = document(tmp_path / "other.csv", GOOD)
    answer = json.loads(run("ingest", other, mixed, "--json")[1])
    assert (answer["accepted"], answer["duplicate"]) == (1, 1)
    assert {finding["document"] for finding in answer["findings"]} == {"mixed.csv"}


def test_a_file_that_is_not_there_stops_everything_before_anything_is_taken_in(run, tmp_path):
    file = document(tmp_path / "good.csv", GOOD)
    before = head(run)
    code, said, complaint = run("ingest", file, str(tmp_path / "missing.csv"))
    assert (code, said) == (2, "")
    assert "missing.csv" in complaint
    assert run("ingest", str(tmp_path))[0] == 2
    assert head(run) == before


def test_a_file_that_is_no_table_is_refused_and_the_one_after_it_is_still_taken_in(run, tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    file = document(tmp_path / "good.csv", GOOD)
    code, said, complaint = run("ingest", str(tmp_path / "picture.csv"), file)
    assert code == 2
    assert said.startswith("good.csv: 1 row: 1 accepted")
    assert complaint.startswith("casualty: picture.csv")


def test_quiet_says_nothing_of_a_file_without_trouble_and_all_of_one_with(run, tmp_path, mixed):
    assert run("ingest", "-q", document(tmp_path / "good.csv", GOOD)) == (0, "", "")
    code, said, _ = run("ingest", "-q", mixed)
    assert code == 1
    assert "Atlantis" in said
