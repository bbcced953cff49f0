"""Does the command line answer as the ledger does, and can a stranger read it?"""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from service.cli import app, main
from service.cli.options import Output
from service.formats.encode import encode
from service.formats.file_format import Format
from service.vocabulary import Role

LATAKIA = ("--area", "SY06", "--measure", "killed", "--population", "civilians")
COAST = ("--area", "Syrian coast", "--measure", "killed", "--population", "civilians")
KNOWN = ("--as-of", "2025-03-12")
THREE = ("--area", "Latakia", "--area", "Jableh", "--area", "Banias")


@pytest.fixture(scope="module")
def data_dir(seeded_dir, tmp_path_factory):
    """One copy of the shipped first crisis for all tests here; they only read."""
    return shutil.copytree(seeded_dir, tmp_path_factory.mktemp("cli") / "data")


@pytest.fixture
def ask(data_dir, capfdbinary):
    """Runs a command on the shipped first crisis; gives its exit code, standard output and error."""

    def run(*words):
        code = main([words[0], "--data-dir", str(data_dir), *words[1:]])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return run


@pytest.mark.parametrize(
    ("place", "as_of", "best"),
    [
        (LATAKIA, "2025-03-11", "658"),
        (LATAKIA, "2025-03-12", "683"),
        (COAST, "2025-03-11", "1225"),
        (COAST, "2025-03-12", "1383"),
    ],
)
def test_a_series_ends_in_the_figure_of_the_day_of_knowledge(ask, place, as_of, best):
    code, said, complaint = ask("series", *place, "--as-of", as_of)
    assert (code, complaint) == (0, "")
    last = said.splitlines()[-1].split()
    assert last[0] == as_of
    assert best in last


def test_a_table_names_its_columns_and_shows_the_unknown_as_a_dash_and_an_open_range_in_words(ask):
    _, said, _ = ask("series", *THREE, "--measure", "killed", "--population", "civilians", *KNOWN)
    header, *rows = said.splitlines()
    assert header.split() == [
        "date", "area", "measure", "population", "best", "range", "expected", "expected", "range", "grade",
        "origins", "reports",
    ]  # fmt: skip
    assert {row.split()[1] for row in rows} == {"Latakia", "Jableh", "Banias"}
    assert any("–  " in row and "or more" in row for row in rows)


def test_figures_that_are_expected_to_settle_elsewhere_say_where_and_no_column_is_empty_throughout(ask):
    _, moving, _ = ask("figures", *LATAKIA, *KNOWN)
    assert moving.splitlines()[-1].split()[4:8] == ["683", "683", "1058", "487–4226"]
    _, settled, _ = ask("figures", *LATAKIA, "--as-of", "2026-11-22")
    assert "expected" not in settled


def test_without_a_filter_every_series_of_every_crisis_is_shown_and_told_apart(ask):
    code, said, _ = ask("series", "--as-of", "2026-11-22")
    header, *rows = said.splitlines()
    assert code == 0
    assert "crisis" in header.split()
    assert {"killed", "displaced"} <= {word for row in rows for word in row.split()}


def test_figures_is_the_latest_row_of_each_series(ask):
    _, said, _ = ask("figures", *LATAKIA, *KNOWN)
    assert len(said.splitlines()) == 2
    assert said.splitlines()[1].split()[:5] == ["2025-03-12", "Latakia", "killed", "civilians", "683"]


@pytest.mark.parametrize("fmt", list(Format))
def test_every_format_is_byte_for_byte_what_the_one_encoder_writes(ledger, tmp_path, ask, fmt):
    found = ledger.answer(area=["Latakia", "Jableh"], measure="killed", as_of="2025-03-12")
    rows = {"rows": found.table.num_rows, "returned": found.table.num_rows}
    expected = encode(found.table, fmt, meta={**found.meta, **rows})
    target = tmp_path / f"figures.{fmt}"
    words = ("--area", "Latakia", "--area", "Jableh", "--measure", "killed", *KNOWN)
    code, said, _ = ask("series", *words, "-o", str(target))
    assert (code, said) == (0, "")
    assert target.read_bytes() == expected


def test_json_says_what_was_understood_and_at_which_state_of_the_ledger(ask):
    _, said, _ = ask("figures", *LATAKIA, *KNOWN, "--json")
    answer = json.loads(said)
    assert answer["meta"]["query"]["area"] == ["SY06"]
    assert answer["meta"]["as_of"] == "2025-03-12"
    assert answer["meta"]["head"]
    assert [row["best"] for row in answer["data"]] == [683]


def test_a_format_is_that_of_the_option_else_of_the_ending_else_a_table_to_read():
    assert [Output(wanted=fmt).format for fmt in Format] == list(Format)
    assert [Output(file=Path(f"rows.{fmt}")).format for fmt in Format] == list(Format)
    assert Output(wanted="csv", file=Path("rows.json")).format is Format.CSV
    assert (
        Output(wanted="table", file=Path("rows.csv")).format is Output(file=Path("rows.txt")).format is None
    )


def test_a_format_that_there_is_not_is_refused_with_the_nearest(ask):
    code, _, complaint = ask("figures", *LATAKIA, "--format", "xls")
    assert (code, "Did you mean xlsx" in complaint) == (2, True)


def test_explain_names_the_origin_its_carriers_and_what_it_replaced(ask):
    code, said, _ = ask("explain", *COAST, *KNOWN)
    assert code == 0
    assert said.startswith("Syrian coast, killed, civilians, counted to 2025-03-12: 1,383")
    sections = dict(part.split("\n", 1) for part in said.split("\n\n")[1:])
    heads = {head.split(" (")[0]: body for head, body in sections.items()}
    assert "SOHR" in heads["Counted"]
    assert "at least 111" in heads["Bound"]
    assert "1,225" in heads["Superseded"]
    assert "… and " in heads["Echo"]
    assert len([line for line in heads["Echo"].splitlines() if "SOHR" in line]) <= 10


def test_explain_lists_every_copy_when_asked(ask):
    _, short, _ = ask("explain", *COAST, *KNOWN)
    _, long, _ = ask("explain", *COAST, *KNOWN, "--all")
    _, document, _ = ask("explain", *COAST, *KNOWN, "--json")
    answer = json.loads(document)
    copies = [point for point in answer["data"] if point["role"] == Role.ECHO]
    assert f"Echo ({len(copies)})" in long
    assert len(long.splitlines()) - len(short.splitlines()) == len(copies) - 10 - 1
    assert answer["meta"]["sentences"][0] == long.splitlines()[0]


def test_explain_takes_an_earlier_day(ask):
    _, said, _ = ask("explain", *COAST, "--as-of", "2025-03-20", "--date", "2025-03-11")
    assert "counted to 2025-03-11: 1,225" in said.splitlines()[0]


def test_reports_narrow_to_a_source_and_to_days(ask):
    _, said, _ = ask(
        "reports", "--source", "ohchr", "--from", "2025-03-10", "--to", "2025-03-12", "--format", "ndjson"
    )
    rows = [json.loads(line) for line in said.splitlines()]
    assert rows
    assert all("ohchr" in (row["source_id"], row["origin_id"]) for row in rows)
    assert all("2025-03-10" <= row["counted_to"] <= "2025-03-12" for row in rows)


def test_a_report_about_several_places_is_shown_as_one_about_all_of_them(ask):
    _, said, _ = ask("reports", "--area", "SY06|SY0602|SY1002", "--format", "table")
    assert len(said.splitlines()) == 2
    assert "Latakia, Jableh and Banias together" in said
    assert "over 740" in said


@pytest.mark.parametrize(("command", "expected"), [("areas", "SY0602"), ("sources", "ohchr")])
def test_the_reference_lists_are_printed(ask, command, expected):
    code, said, _ = ask(command)
    assert code == 0
    assert any(line.startswith(expected) for line in said.splitlines())


def test_an_empty_answer_is_an_answer_and_says_so(ask):
    code, said, complaint = ask("series", *LATAKIA, "--as-of", "2025-01-01")
    assert code == 0
    assert len(said.splitlines()) == 1
    assert complaint.startswith("Nothing matches.")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("series", "--area", "Latkia"), "Did you mean Latakia (SY06)"),
        (("series", "--population", "civilian"), "Did you mean civilians"),
        (("series", "--as-of", "12/03/2025"), "Write it as YYYY-MM-DD."),
        (("series", "--from", "2025-03-12", "--to", "2025-03-01"), "Swap the two dates."),
        (("series", "--method", "mean"), "Use one of: least-disagreement"),
        (("series", "--method", "median/1"), "Use median/2"),
        (("series", "--format", "xml"), "ndjson"),
        (("series", "--ara", "SY06"), "Did you mean --area"),
        (("explain", *COAST, "--date", "yesterday"), "Write it as YYYY-MM-DD."),
        (("explain",), "only one can be explained at a time"),
        (("explain", *COAST, "--as-of", "2025-01-01"), "No figure"),
    ],
)
def test_a_question_that_cannot_be_answered_ends_with_2_and_one_sentence_with_its_remedy(
    ask, words, expected
):
    code, said, complaint = ask(*words)
    assert (code, said) == (2, "")
    assert complaint.startswith("casualty: ")
    assert complaint.count("\n") == 1
    assert expected in complaint


def test_a_mistyped_command_is_answered_with_the_nearest(capsys):
    assert main(["sereis"]) == 2
    assert "'series'" in capsys.readouterr().err


def test_an_error_is_json_where_json_was_asked_for(ask):
    code, said, complaint = ask("series", "--area", "Latkia", "--json")
    assert (code, said) == (2, "")
    problem = json.loads(complaint)
    assert problem["code"] == "unknown_name"
    assert "Latakia" in problem["suggestions"]
    assert set(problem) == {"code", "detail", "fix", "suggestions"}


def test_a_file_ending_that_no_format_has_is_not_guessed_at(ask, tmp_path):
    code, _, complaint = ask("series", *LATAKIA, "-o", str(tmp_path / "x.docx"))
    assert (code, ".docx" in complaint) == (2, True)
    assert list(tmp_path.iterdir()) == []
    assert ask("series", *LATAKIA, "-q", "-o", str(tmp_path / "x.txt"))[0] == 0
    assert (tmp_path / "x.txt").read_text().startswith("date  ")


def test_two_formats_at_once_are_refused(ask):
    code, _, complaint = ask("series", "--json", "--format", "csv")
    assert code == 2
    assert json.loads(complaint)["fix"] == "Give one of them."


def test_a_file_that_cannot_be_written_is_a_store_error(ask, tmp_path):
    code, _, complaint = ask("series", *LATAKIA, "-o", str(tmp_path / "nowhere" / "x.csv"))
    assert code == 3
    assert "nowhere" in complaint


def test_quiet_leaves_only_what_was_asked_for(ask, tmp_path):
    target = tmp_path / "x.parquet"
    assert ask("series", *LATAKIA, "-q", "-o", str(target)) == (0, "", "")
    assert pq.read_table(target).num_rows > 3


def test_without_a_command_the_commands_are_listed(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    for command in ("series", "explain", "ingest", "serve", "verify", "rebuild", "doctor"):
        assert f"  {command} " in said


def test_every_option_of_every_command_says_what_it_does():
    for command in ("series", "figures", "explain", "reports", "areas", "sources", "ingest", "doctor"):
        helped = CliRunner().invoke(app, [command, "--help"], terminal_width=200)
        assert helped.exit_code == 0
        for line in helped.output.partition("Options:\n")[2].partition("\n\n")[0].splitlines():
            assert len(line.split("  ")) > 2, line


def on_a_terminal(words, columns, **environment):
    """What a person sees in a terminal ``columns`` wide."""
    controller, terminal = pty.openpty()
    shown = {"TERM": "xterm-256color", "COLUMNS": str(columns), **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "service", *words],
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.PIPE,
        env={**{name: text for name, text in os.environ.items() if name != "NO_COLOR"}, **shown},
    )
    os.close(terminal)
    said = b""
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:  # this is how the last writer's leaving looks from here
            break
        if not part:
            break
        said += part
    os.close(controller)
    process.communicate(timeout=600)
    return said.decode()


def test_a_narrow_terminal_never_cuts_a_number_short_and_colours_stay_out_where_unwanted(data_dir):
    words = ("figures", *COAST, *KNOWN, "--data-dir", str(data_dir))
    plain = on_a_terminal(words, 30, NO_COLOR="1")
    assert "\x1b" not in plain
    assert "1383" in plain
    assert "2025-03-12" in plain
    assert "…" not in plain
    assert "\x1b[1m" in on_a_terminal(words, 200)


def test_a_binary_file_is_not_poured_onto_a_terminal(data_dir):
    words = ("series", "--format", "parquet", "--data-dir", str(data_dir))
    assert on_a_terminal(words, 80) == ""


def test_a_reader_that_goes_away_early_is_no_error(data_dir):
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "reports", "--format", "json", "--data-dir", str(data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.read(9) == b'{"meta": '
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0


@pytest.mark.parametrize("words", [["conflicts"], ["vintages"], ["changes", "--since", "2020-01-01"]])
def test_conflicts_vintages_and_changes_print_the_rows_of_the_notebook(ask, ledger, words):
    asked = {"measure": "killed", "as_of": "2025-03-20"}
    more = {"since": "2020-01-01"} if words[0] == "changes" else {}
    rows = getattr(ledger, words[0])(arrow=True, **asked, **more)
    given = [*words, "--measure", "killed", "--as-of", "2025-03-20"]
    assert ask(*given, "--format", "csv")[:2] == (0, encode(rows, Format.CSV).decode())
    assert json.loads(ask(*given, "--json")[1])["meta"]["returned"] == rows.num_rows > 0
    code, shown, _ = ask(*given)
    assert code == 0
    assert "Syrian coast" in shown


def test_changes_need_a_since(ask):
    code, _, told = ask("changes")
    assert code == 2
    assert "--since" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("vintages", *LATAKIA), "Working out the answer"),
        (("explain", *LATAKIA, *KNOWN), "Working out the answer"),
        (("chart", *LATAKIA, "-o", "{place}/x.svg"), "Drawing"),
        (("vintages", *LATAKIA, "-q"), ""),
    ],
)
def test_a_terminal_is_told_what_takes_its_time(data_dir, tmp_path, words, told):
    reading, terminal = os.openpty()
    command = [sys.executable, "-m", "service", *words, "--data-dir", str(data_dir)]
    command = [word.replace("{place}", str(tmp_path)) for word in command]
    environment = {**os.environ, "TERM": "xterm-256color"}
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=terminal, env=environment, check=True)
        shown = os.read(reading, 100_000).decode() if told else ""
    finally:
        os.close(terminal)
        os.close(reading)
    assert told in shown
    assert b"Working out" not in done.stdout
