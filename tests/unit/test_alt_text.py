"""What a listener is told is what the data says, and no more."""

import pytest

from service.charts import alt_text
from service.errors import QueryError
from tests.unit.shown import answer, coast, row


def test_each_place_is_told_with_range_grade_day_and_support():
    told = alt_text(coast())
    assert told.startswith("Civilians reported killed, running totals as known on 1 January 2026. ")
    assert (
        "Latakia: 866 civilians reported killed (range 826–896), counted to 9 April 2025; "
        "single source, 1 origin, 3 reports." in told
    )
    assert "First of 5 figures: 545 civilians (range 505–575), 10 March 2025." in told


def test_a_floor_stays_a_floor_and_a_place_without_a_figure_has_none():
    told = alt_text(coast())
    assert "Jableh: at least 109 civilians reported killed, counted to 8 March 2025;" in told
    assert told.endswith("Banias: no figure.")


@pytest.mark.parametrize("best", [741, None])
def test_where_a_toll_is_expected_to_settle_is_told_and_is_no_count(best):
    settling = {"expected_low": 741, "expected": 1185, "expected_high": 8167}
    told = alt_text(answer([row("SY06", "2025-03-11", 741, best, None, **settling)]))
    assert "Expected to settle between 741 and 8,167." in told
    assert ("at least 741 civilians reported killed" in told) == (best is None)
    assert "Expected" not in alt_text(answer([row("SY06", "2025-03-11", 741, best, None)]))


@pytest.mark.parametrize(("expected_low", "is_below"), [(741, False), (740, True)])
def test_an_expected_range_that_begins_below_what_is_said_says_why(expected_low, is_below):
    settling = {"expected_low": expected_low, "expected": 1185, "expected_high": 8167}
    told = alt_text(answer([row("SY06", "2025-03-11", 741, 741, None, **settling)]))
    assert ("It may reach below what is said now: such counts have been too high before." in told) == is_below


@pytest.mark.parametrize(
    ("low", "best", "high", "said"),
    [
        (60, 60, 60, "Banias: 60 people reported killed, counted"),
        (60, 80, None, "Banias: 80 people reported killed (at least 60, no upper bound), counted"),
        (None, 80, 90, "Banias: 80 people reported killed (at most 90, no lower bound), counted"),
        (101, None, 200, "Banias: 101–200 people reported killed, counted"),
        (None, None, 200, "Banias: at most 200 people reported killed, counted"),
        (1200, 1383, 1500, "Banias: 1,383 people reported killed (range 1,200–1,500), counted"),
        (1, 1, 1, "Banias: 1 person reported killed, counted"),
        (0, 0, 0, "Banias: 0 people reported killed, counted"),
    ],
)
def test_bounds_are_worded_as_what_they_can_claim(low, best, high, said):
    assert said in alt_text(answer([row("SY1002", "2025-03-10", low, best, high, population="all")]))


def test_an_inferred_figure_is_said_to_have_no_report_of_its_own():
    told = alt_text(
        answer([row("SY1002", "2025-03-10", 12, None, None, grade="inferred", origins=0, reports=0)])
    )
    assert "at least 12 civilians" in told
    assert "inferred from other figures, without a report of its own" in told


def test_measure_population_and_attribution_choose_the_words():
    injured = row("SY06", "2025-03-10", 1, 1, 1, measure="injured", population="security_forces")
    assert "1 security forces reported injured" in alt_text(answer([injured]))
    split = row("SY06", "2025-03-10", 225, 225, 225, attributed_to="pro_assad")
    assert "225 civilians reported killed, attributed to pro assad" in alt_text(answer([split]))


def test_counts_with_different_beginnings_are_told_apart():
    rows = [row("SY06", "2025-03-10", 5, 5, 5), row("SY06", "2025-03-10", 9, 9, 9, period_start=None)]
    told = alt_text(answer(rows))
    assert "Latakia, counted from 6 March 2025: 5 civilians" in told
    assert "Latakia, counted from an unstated day: 9 civilians" in told


def test_no_reports_is_said_as_such():
    assert alt_text(answer([], as_of="2025-03-05")) == "No figure for this question as of 5 March 2025."


def test_days_and_numbers_follow_the_locale():
    told = alt_text(answer([row("SY06", "2025-03-12", 1383, 1383, 1383)]), locale="fr")
    assert "12 mars 2025" in told
    assert "1\u202f383" in told


def test_an_unknown_locale_is_refused_in_a_sentence():
    with pytest.raises(QueryError, match="locale='tlh-XX' is not known here"):
        alt_text(coast(), locale="tlh-XX")


def test_a_number_that_may_fall_is_told_as_no_running_total(ledger):
    asked = {"crisis": "libya-derna-2023-09", "area": "Derna", "population": "all", "as_of": "2026-11-22"}
    missing, killed = (ledger.answer(measure=measure, **asked) for measure in ("missing", "killed"))
    assert alt_text(missing).startswith("People reported missing, day by day, as known on 22 November 2026. ")
    assert "running totals" in alt_text(killed)
