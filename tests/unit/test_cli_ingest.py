"""Is each row of a handed-in file answered for, and nothing else touched?"""

import hashlib
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
        code = main([command, *words, "--data-dir", str(data_dir)])
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
    name = f"stdin-{hashlib.sha256(rows).hexdigest()[:8]}"
    said = f"{name}: 1 row: 1 accepted, 0 duplicate, 0 quarantined, 0 rejected\n"
    assert run("ingest", "-")[:2] == (0, said)


def test_held_rows_of_two_pipes_are_mended_each_by_its_own_name(run, monkeypatch):
    for place, name in (("Atlantis", ()), ("Avalon", ("--name", "avalon.csv"))):
        rows = f"{HEADER}\n{GOOD.replace('Latakia', place)}\n".encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rows)))
        assert run("ingest", "-", *name)[0] == 1
    mended = ("--set", "1:areas=Homs", "--reason", "the page says Homs")
    assert run("ingest", "--retry", *mended)[0] == 2, "which of the two is not said"
    code, said, _ = run("ingest", "--retry", "avalon.csv", *mended)
    assert (code, said.splitlines()[0]) == (
        0, "avalon.csv: 1 row: 1 accepted, 0 duplicate, 0 quarantined, 0 rejected",
    )  # fmt: skip


def test_findings_show_the_newest_document_first(run, tmp_path):
    for place, name in (("Atlantis", "early.csv"), ("Avalon", "late.csv")):
        rows = f"{HEADER}\n{GOOD.replace('Latakia', place)}\n"
        (tmp_path / name).write_text(rows)
        run("ingest", str(tmp_path / name))
    said = run("findings", "--format", "table")[1]
    assert said.index("late.csv") < said.index("early.csv") < said.index("syria-coast-2025-03.csv")


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


# --- rows held are taken again ---------------------------------------------------------------------

SLIPPED = "syria-coast-2025-03,sohr,2025-03-32,2025-03-12,Atlantis,killed,civilians,13"


def open_findings(run):
    rows = json.loads(run("findings", "--json")[1])["data"]
    return [
        (row["document"], row["row"], row["column"], row["value"])
        for row in rows
        if row["column"]  # about a cell of a document, not about a figure
    ]


def counted(run, *words):
    answer = json.loads(run("ingest", *words, "--json")[1])
    return tuple(answer[verdict] for verdict in ("accepted", "duplicate", "quarantined", "rejected"))


def test_a_quarantined_row_is_taken_in_once_its_place_is_known_and_its_finding_is_resolved(run, mixed):
    run("ingest", mixed)
    assert counted(run, "--retry") == (0, 0, 2, 0)
    before = head(run)
    assert counted(run, "--retry") == (0, 0, 2, 0)
    assert head(run) == before
    assert ("mixed.csv", 3, "areas", "Atlantis") in open_findings(run)
    told = json.loads(run("areas", "alias", "Jableh", "Atlantis", "--json")[1])
    assert told["released"] == 1
    assert counted(run, "--retry") == (0, 0, 1, 0)
    assert open_findings(run) == [
        ("mixed.csv", 1, "published_on", "2025-03-32"),
        ("mixed.csv", 2, "count", "-5"),
    ]
    assert counted(run, mixed) == (0, 2, 1, 1)
    everything = json.loads(run("findings", "--all", "--json")[1])["data"]
    assert {row["status"] for row in everything if row["value"] == "Atlantis"} == {"resolved"}


def test_a_decision_about_a_cell_is_kept_with_its_reason_and_takes_rejected_rows_too(run, mixed):
    run("ingest", mixed)
    fix = ("--set", "1:published_on=2025-03-13", "--set", "2:count=5", "--reason", "a typing error")
    rehearsed = run("ingest", "--retry", "--dry-run", *fix)[1]
    assert "(dry run: nothing was written)" in rehearsed
    assert [line.split() for line in rehearsed.splitlines()[2:4]] == [
        ["1", "to", "2", "accepted"],
        ["3", "quarantined"],
    ]
    assert counted(run, "--retry", *fix) == (2, 0, 1, 0)
    noted = [
        (row["row"], row["column"], row["value"], row["message"].rpartition(": ")[2])
        for row in json.loads(run("findings", "--all", "--json")[1])["data"]
        if row["code"] == "overridden"
    ]
    assert noted == [
        (1, "published_on", "2025-03-32", "a typing error"),
        (2, "count", "-5", "a typing error"),
    ]
    assert open_findings(run) == [("mixed.csv", 3, "areas", "Atlantis")]


def test_a_row_that_is_half_mended_keeps_what_was_decided_until_the_rest_is(run, tmp_path):
    run("ingest", document(tmp_path / "slipped.csv", SLIPPED))
    fix = ("--set", "1:published_on=2025-03-13", "--reason", "a typing error")
    assert counted(run, "--retry", *fix) == (0, 0, 1, 0)
    assert open_findings(run) == [("slipped.csv", 1, "areas", "Atlantis")]
    assert run("areas", "add", "Atlantis", "--level", "village", "--parent", "Jableh")[0] == 0
    assert open_findings(run) == []
    assert run("ingest", "--retry")[1] == "No row waits to be taken again.\n"


def test_decisions_can_be_a_file_of_their_own(run, tmp_path, mixed):
    run("ingest", mixed)
    fixes = tmp_path / "fixes.csv"
    fixes.write_text(
        "row,column,value,reason,document\n3,areas,Latakia,asked the source,mixed.csv\n", encoding="utf-8"
    )
    assert counted(run, "--retry", "--fixes", str(fixes)) == (1, 0, 1, 0)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("--retry", "--set", "3:areas"), "ROW:COLUMN=VALUE"),
        (("--retry", "--set", "3:areas=Latakia"), "for a reason"),
        (("--retry", "--set", "9:areas=Latakia", "--reason", "known"), "No row 9 is held"),
        (("--retry", "--set", "3:place=Latakia", "--reason", "known"), "no column place"),
        (("--retry", "elsewhere.csv"), "No row of elsewhere.csv is held"),
        (("--retry", "--sheet", "one"), "reads no file"),
        (("--set", "3:areas=Latakia"), "are for --retry"),
        ((), "No file is named"),
    ],
)
def test_a_retry_that_means_nothing_is_refused_and_writes_nothing(run, mixed, words, wrong):
    run("ingest", mixed)
    before = head(run)
    code, said, complaint = run("ingest", *words)
    assert (code, said) == (2, "")
    assert wrong in complaint
    assert head(run) == before


def test_a_row_number_that_two_documents_have_is_asked_back(run, tmp_path):
    run("ingest", document(tmp_path / "one.csv", SLIPPED))
    run("ingest", document(tmp_path / "three.csv", NOWHERE))
    code, _, complaint = run("ingest", "--retry", "--set", "1:areas=Latakia", "--reason", "known")
    assert code == 2
    assert "Several documents" in complaint
    assert counted(run, "--retry", "three.csv", "--set", "1:areas=Latakia", "--reason", "known") == (
        1,
        0,
        0,
        0,
    )


def test_an_option_before_the_command_that_it_is_for_is_not_passed_over(run, data_dir):
    code, _, complaint = run("areas", "--data-dir", str(data_dir), "add", "Nowhere", "--level", "village")
    assert (code, "Options stand after the command" in complaint) == (2, True)


def test_a_known_code_is_no_new_place_and_anothers_name_no_spelling(run):
    before = head(run)
    assert run("areas", "add", "Latakia", "--level", "governorate", "--code", "SY06")[0] == 2
    assert "stands for SY06 already" in run("areas", "alias", "Jableh", "Latakia")[2]
    assert run("areas", "add", "Nowhere", "--level", "hamlet")[0] == 2
    assert run("areas", "alias", "Jableh", "jableh")[0] == 0
    assert head(run) == before
