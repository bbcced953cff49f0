"""Is a press figure known here, and what is it worth? The shipped crises, asked as an editor would."""

import pytest

from service.answers.differences import compare
from service.errors import NotFound, QueryError
from tests.builders import batch, day, moment, reference, report

# a sentence and how it is asked; what stands first: standing, match, origin, area
ASKED = {
    "683 civilians were killed in Latakia": ({"as_of": "2025-03-12"}, ("current", "same", "sohr", "SY06")),
    "SOHR said 658 civilians were killed in Latakia": ({}, ("superseded", "same", "sohr", "SY06")),
    "قتل 683 مدنيا في اللاذقية": ({"as_of": "2025-03-12"}, ("current", "same", "sohr", "SY06")),
    "1,700 people were killed in Al-Rusafa": ({}, ("misplaced", "other_people", "sohr", "x-al-rusafa")),
    "11,300": ({"area": "Derna"}, ("disowned", "same", "libyan-red-crescent", "LY-DR")),
    "1,383 civilians were killed in Banias": (
        {"as_of": "2025-03-12"}, ("current", "other_place", "sohr", "x-syrian-coast"),
    ),
    "4,321 people were killed in Banias": ({}, ("never_seen", "none", None, "SY1002")),
}  # fmt: skip


@pytest.mark.parametrize("text", ASKED)
def test_a_press_figure_is_known_by_its_origin_and_says_what_it_is_worth(ledger, text):
    question, expected = ASKED[text]
    first = ledger.lookup(text, arrow=True, **question).to_pylist()[0]
    assert tuple(first[name] for name in ("standing", "match", "origin_id", "area_code")) == expected
    assert first["answer"].startswith(("Of ", first["origin_name"] or first["figure_stated"]))


def test_a_retraction_is_named_as_one_and_not_as_a_report_of_the_figure(ledger):
    rows = ledger.lookup("11,300", area="Derna", arrow=True).to_pylist()
    reports = {row["report_id"]: row for row in ledger.reports(arrow=True, area="Derna").to_pylist()}
    taken_back = [row for row in rows if reports[row["report_id"]]["basis"] == "retraction"]
    assert taken_back
    assert {row["standing"] for row in taken_back} == {"retraction"}
    assert all(
        " takes back what Libyan Red Crescent was said to have given: " in row["answer"] for row in taken_back
    )
    assert [row["standing"] for row in rows if row not in taken_back] == ["disowned"] * (
        len(rows) - len(taken_back)
    )


def test_what_was_not_public_on_a_day_was_never_seen_on_it(ledger):
    asked = {"text": "683 civilians were killed in Latakia", "arrow": True}
    assert ledger.lookup(**asked, as_of="2025-03-11")["standing"].to_pylist() == ["never_seen"]


def test_each_figure_of_a_text_is_answered_and_every_report_is_one_of_the_ledger_s(ledger):
    text = "SOHR counted 683 civilians killed in Latakia and 433 civilians killed in Tartus."
    rows = ledger.lookup(text, arrow=True).to_pylist()
    assert {(row["figure"], row["figure_stated"], row["area_code"]) for row in rows} == {
        (1, "683", "SY06"), (2, "433", "SY10"),
    }  # fmt: skip
    known = {row["report_id"]: row for row in ledger.reports(arrow=True).to_pylist()}
    for row in rows:
        assert known[row["report_id"]]["number"] == int(row["figure_stated"])
        assert known[row["report_id"]]["areas"] == row["area_code"]


def test_a_withdrawn_report_says_so_with_its_reason(own_ledger):
    row = report(count=98_765, published_on=day("2025-03-12"))
    own_ledger.store.submit(batch(row), recorded_at=moment("2026-11-22T11:00"))
    own_ledger.withdraw(row["report_id"], reason="a slip of the desk")
    [told] = own_ledger.lookup("98,765", arrow=True).to_pylist()
    assert (told["standing"], told["match"]) == ("withdrawn", "same")
    assert "a slip of the desk" in told["answer"]


@pytest.mark.parametrize("text", ["", "   ", "Nothing happened.", "the weather was fine", "-", "…"])
def test_a_text_without_a_figure_is_refused_with_an_example(ledger, text):
    with pytest.raises(QueryError) as refused:
        ledger.lookup(text)
    assert refused.value.fix


def test_two_reports_are_compared_aspect_by_aspect_and_alike_where_they_are_one():
    part = report(count=98, areas="SY0602", counted_to=day("2025-03-08"), standard="verified")
    whole = report(count=225, areas="SY06", population="all", source_id="snhr", period_start=None)
    known = {"known_on": day("2025-03-12")}
    rows = {row["aspect"]: row for row in compare(part | known, whole | known, reference()).to_pylist()}
    differs = {aspect for aspect, row in rows.items() if row["is_different"]}
    assert differs == {"figure", "population", "place", "from", "counted_to", "origin", "standard"}
    assert rows["figure"]["answer"] == "They are 127 apart."
    assert rows["place"]["answer"] == "Jableh lies in Latakia: it can be fewer."
    assert rows["counted_to"]["answer"] == "b counts 4 days longer than a."
    assert "minimum" in rows["standard"]["answer"]
    same = compare(part | known, part | known, reference())
    assert not any(same["is_different"].to_pylist())


def test_a_report_that_there_is_not_cannot_be_compared(ledger):
    some = ledger.reports(arrow=True, area="SY06")["report_id"][0].as_py()
    for ids in ((some, ""), ("", "")):
        with pytest.raises(QueryError, match="one is not named"):
            ledger.differences(*ids)
    for ids in ((some, "r" + "0" * 20), ("nothing", some)):
        with pytest.raises(NotFound):
            ledger.differences(*ids)


def test_what_shows_no_day_is_counted_to_none_here_too(ledger):
    [told] = ledger.lookup("732", area="SY06", arrow=True).to_pylist()
    assert told["counted_to"] is None
    assert "counted to no stated day" in told["answer"]
    dated = ledger.reports(arrow=True, area="SY06", source="sohr").column("report_id")[0].as_py()
    rows = ledger.differences(told["report_id"], dated, arrow=True).to_pylist()
    [ends] = [row for row in rows if row["aspect"] == "counted_to"]
    assert (ends["a"], ends["answer"]) == ("", "One does not say up to which day it counts.")


def test_a_number_that_very_many_give_is_to_be_narrowed(ledger, monkeypatch):
    monkeypatch.setattr("service.answers.lookup.MOST_CANDIDATES", 3)
    with pytest.raises(QueryError, match="More than 3 reports give such a number") as refused:
        ledger.lookup("1,383")
    assert refused.value.fix == "Name a crisis."
