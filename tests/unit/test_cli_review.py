"""A draft is decided on row by row: accepted, edited, dropped; what is typed is checked as ingest does."""

import csv
import io
import sys

import pytest

from service.cli import main

ARTICLE = (
    "Au moins 50 civils ont été tués mardi, dont 30 à Banias et 20 à Jablé, selon l'OSDH. "
    "Douze personnes ont été blessées à Alep."
)
ABOUT = ("--crisis", "syria-coast-2025-03", "--source", "A paper", "--published-on", "2025-03-12")


@pytest.fixture
def review(data_dir, tmp_path, monkeypatch, capsys):
    """Draft the article, type these lines, and return the rows that are kept and what was shown."""
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")

    def run(*typed: str, options: tuple[str, ...] = ("--review",)) -> tuple[list[dict[str, str]], str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        code = main(["draft", str(article), *ABOUT, *options, "--data-dir", str(data_dir)])
        shown = capsys.readouterr()
        assert code == 0, shown.err
        return list(csv.DictReader(io.StringIO(shown.out))), shown.err

    return run


def counts(rows):
    return [(row["count"], row["areas"]) for row in rows]


ALL = [("Au moins 50", "SY0602|SY1002"), ("30", "SY1002"), ("20", "SY0602"), ("Douze", "Alep")]


def test_in_a_pipe_every_proposal_goes_on_as_a_report_file(review):
    assert counts(review(options=())[0]) == ALL


def test_a_row_is_accepted_dropped_and_the_rest_accepted_in_one_answer(review):
    assert counts(review("a", "d", "r")[0]) == [ALL[0], ALL[2], ALL[3]]


def test_an_empty_answer_accepts_and_what_is_no_answer_asks_again(review):
    rows, shown = review("", "x", "d", "q")
    assert counts(rows) == [ALL[0]]
    assert "“x” is none of the answers." in shown


def test_a_proposal_shows_its_sentence_with_what_was_read_in_it_and_what_is_open(review):
    _, shown = review("d", "d", "d", "d")
    assert "[Au moins 50] [civils] ont été [tués] [mardi], dont 30 à [Banias] et 20 à [Jablé]" in shown
    assert "4 of 4: [Douze] [personnes] ont été [blessées] à [Alep]." in shown
    assert "? No place is called “Alep”: which one is it?" in shown


def test_an_edited_row_is_checked_as_ingest_checks_it_until_it_is_decided(review):
    unchanged = ("", "", "")
    rows, shown = review(
        *("d", "d", "d"),
        *("e", *unchanged, "Nowhere", *[""] * 5),  # the place is not known: it is said, and asked again
        *("e", "11", "", "children", "SY10", *[""] * 5, "a"),
    )
    assert shown.count("As it stands it would be held") == 2
    assert "Nowhere" in shown
    assert [(row["count"], row["population"], row["areas"]) for row in rows] == [("11", "children", "SY10")]


def test_input_that_ends_keeps_what_was_accepted_so_far(review):
    assert counts(review("a")[0]) == [ALL[0]]
