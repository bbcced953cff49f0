"""Disagreements by people, and how a figure moved as knowledge grew, on the shipped reports."""

import pyarrow.compute as pc
import pytest

from service.answers.vintages import days_of_knowledge
from service.reconcile import reconcile, reconcile_days
from tests.builders import batch, day, moment, reference, report


@pytest.fixture
def drawn(tmp_path):
    """A ledger of its own with a handful of reports."""
    from service.api import Ledger
    from service.ledger import Store

    with Store.open(tmp_path) as store:
        for name in ("area", "source", "population", "crisis", "weight"):
            store.register(name, getattr(reference(), name), recorded_at=moment("2025-03-01T00:00"))
        store.submit(
            batch(
                report(source_id="sohr", count=658, published_on=day("2025-03-11")),
                report(source_id="sohr", count=683, published_on=day("2025-03-12")),
                report(
                    source_id="snhr", count=500, published_on=day("2025-03-14"), counted_to=day("2025-03-12")
                ),
                report(
                    source_id="anonymous", count=4000, published_on=day("2025-03-14"), standard="unverified"
                ),
                report(source_id="ohchr", count=90, population="women", published_on=day("2025-03-15")),
            ),
            recorded_at=moment("2025-04-01T00:00"),
        )
        yield Ledger(store, clock=lambda: moment("2025-06-01T00:00"))


def test_a_conflict_says_by_how_many_people_and_who_says_what(drawn):
    [row] = drawn.conflicts(arrow=True).to_pylist()
    assert (row["people"], row["best"], row["grade"]) == (183, 500, "contested"), (
        "of equal weights the lower count stands"
    )
    assert (row["low"] <= 500, row["high"] >= 683) == (True, True), "the range takes in both"
    assert row["says"].startswith("Syrian Network for Human Rights 500 to 2025-03-12; Syrian Observatory")
    assert "Nobody named" not in row["says"], "nobody in particular is not heard beside named origins"


def test_origins_that_meet_are_no_conflict(drawn):
    assert drawn.conflicts(arrow=True, population="women").num_rows == 0
    assert drawn.conflicts(arrow=True, as_of="2025-03-13").num_rows == 0


def test_vintages_tell_when_the_figure_moved_and_what_had_come(drawn):
    moved = drawn.vintages(arrow=True, area="SY06", population="civilians").to_pylist()
    told = [(str(row["as_of"]), row["best_before"], row["best"], row["cause"]) for row in moved]
    assert [row[:3] for row in told[:2]] == [("2025-03-11", None, 658), ("2025-03-12", 658, 683)]
    assert told[1][3] == "new report: Syrian Observatory for Human Rights 683"
    assert [(row["best"], row["high"]) for row in moved[2:]] == [(500, 683)], "the range shows both"


def test_a_withdrawal_moves_the_figure_of_the_vintage_it_touches(drawn):
    sohr = next(
        row["report_id"] for row in drawn.reports(arrow=True).to_pylist() if row["count_stated"] == "683"
    )
    drawn.store.withdraw(sohr, reason="counted twice", recorded_at=moment("2025-05-01T00:00"))
    latest = drawn.figures(arrow=True, area="SY06", population="civilians").to_pylist()[0]
    assert (latest["best"], latest["high"]) == (500, 658)


@pytest.mark.parametrize("method", ["least-disagreement/2", "median/2", "latest:sohr/2"])
def test_many_days_of_knowledge_are_what_each_day_alone_gives(ledger, method):
    reports, reference = ledger.reports(arrow=True), ledger.reference()
    days = days_of_knowledge(reports)[-1::-9]
    answers = list(reconcile_days(reports, reference, days=days, method=method))
    assert [day for day, _ in answers] == days
    for as_of, answer in answers:
        known = reports.filter(pc.less_equal(reports.column("known_on"), as_of))
        assert answer == reconcile(known, reference, as_of=as_of, method=method)


def test_no_report_is_no_vintage(drawn):
    assert drawn.vintages(arrow=True, as_of="2025-01-01").num_rows == 0
