"""What comes of reports that say little, contradict themselves or name what nobody knows: an answer."""

import dataclasses
import datetime as dt

import pyarrow as pa
import pytest

from service.errors import QueryError
from service.reconcile import Asked, reconcile
from service.schema.tables import POPULATION
from tests.builders import CRISIS_ID, day, reference, report
from tests.spec.drawn import ledger_reports

AS_OF = day("2025-12-31")
SIBLINGS = [f"group-{number}" for number in range(18)]
FLOOR = {"high": None, "best": None, "count_stated": "at least"}
UNDATED = {"published_on": None, "counted_to": None}
CEILING = {"low": None, "best": None, "number": None, "count_stated": "up to"}


def figures(*rows, **more):
    """The newest (low, best, high) of each place set and population."""
    estimates = reconcile(
        ledger_reports(list(rows)), reference(), as_of=AS_OF, method="least-disagreement/2", **more
    ).estimates
    return {
        (row["areas"], row["population"]): (row["low"], row["best"], row["high"])
        for row in estimates.to_pylist()
    }


OWN = ("SY06", "civilians")
POOR = {
    "no report": ([], {}),
    "one report": ([report()], {OWN: (683, 683, 683)}),
    "a date nowhere: counts that are no ceiling": (
        [report(**UNDATED), report(source_id="snhr", count=5, **UNDATED)], {OWN: (5, 683, 683)}
    ),
    "one day alone without a date": ([report(basis="increment", **UNDATED)], {OWN: (683, 683, 683)}),
    "a number at the upper end of its width, \"nearly 200\"": (
        [report(low=180, best=200, high=200, number=200)], {OWN: (180, 200, 200)}
    ),
    "nobody was killed": ([report(count=0), report(count=0, source_id="snhr")], {OWN: (0, 0, 0)}),
    "floors only": (
        [report(**FLOOR), report(source_id="snhr", low=5, number=5, **FLOOR)], {OWN: (683, None, None)}
    ),
    "ceilings only": (
        [report(**CEILING), report(source_id="snhr", high=5, **CEILING)], {OWN: (None, None, 5)}
    ),
    "no figure at all": ([report(low=None, best=None, high=None, number=None, count_stated="many")], {}),
    "a part without a whole": (
        [report(areas="SY0602", population="women")], {("SY0602", "women"): (683, 683, 683)}
    ),
    "names that nobody knows": (
        [report(areas="x-nowhere", population="martians", attributed_to="nobody", source_id="who")],
        {("x-nowhere", "martians"): (683, 683, 683)},
    ),
    "a crisis that nobody knows": (
        [report(crisis_id="elsewhere", period_start=None)], {OWN: (683, 683, 683)}
    ),
    "two counts of one day that contradict each other, of which the higher is heard": (
        [report(count=100), report(count=50)], {OWN: (100, 100, 100)}
    ),
    "a floor and a bare ceiling of one day, of which the floor is heard": (
        [report(**FLOOR), report(low=None, best=None, high=700, number=700, count_stated="up to 700")],
        {OWN: (683, None, None)},
    ),
    "nothing but what is withdrawn": ([report(withdrawn="an error")], {}),
}  # fmt: skip


@pytest.mark.parametrize("name", POOR)
def test_poor_input_has_a_defined_answer(name):
    rows, expected = POOR[name]
    assert figures(*rows) == expected


def test_an_origin_all_of_whose_counts_are_set_aside_gives_no_figure():
    rows = [
        report(count=100, published_on=day("2025-03-12")),
        report(count=50, published_on=day("2025-03-12"), areas="SY"),
    ]
    found = figures(*rows)
    assert all(low is None or high is None or low <= high for low, _, high in found.values())


def test_places_add_up_though_the_place_between_is_reported_of_others():
    world = reference()
    haffa = {**world.area.to_pylist()[2], "area_code": "SY0603", "name": "Al-Haffa"}
    area = pa.concat_tables([world.area, pa.Table.from_pylist([haffa], schema=world.area.schema)])
    rows = [
        report(areas="SY0602", count=80, source_id="snhr"),
        report(areas="SY0603", count=85, source_id="snhr"),
        report(areas="SY06", population="all", count=301),
        report(areas="SY", count=130, source_id="reuters"),
    ]
    found = reconcile(
        ledger_reports(rows),
        dataclasses.replace(world, area=area),
        as_of=AS_OF,
        method="least-disagreement/2",
    )
    assert "more_than_its_whole" in found.findings["code"].to_pylist()


def test_eighteen_sibling_populations_without_a_split_are_never_added_up():
    world = reference()
    siblings = [
        {
            "population": name,
            "parent": "civilians",
            "split": "",
            "label": name,
            "label_ar": "",
            "definition": "",
        }
        for name in SIBLINGS
    ]
    world = dataclasses.replace(
        world,
        population=pa.concat_tables([world.population, pa.Table.from_pylist(siblings, schema=POPULATION)]),
    )
    rows = [report(population=name, count=100 + number) for number, name in enumerate(SIBLINGS)]
    asked = [Asked(CRISIS_ID, "SY06", "killed", "civilians", "", day("2025-03-06"))]
    found = reconcile(
        ledger_reports(rows), world, as_of=AS_OF, method="least-disagreement/2", asked=asked
    ).estimates.to_pylist()
    assert [row["low"] for row in found if row["population"] == "civilians"] == [117]


def test_of_equal_weights_the_lower_count_stands_and_both_are_in_the_range():
    assert figures(report(count=600), report(count=700, source_id="snhr")) == {OWN: (600, 600, 700)}


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf"), 1e30])
def test_a_weight_that_is_none_is_refused(weight):
    with pytest.raises(QueryError):
        figures(report(), weights=(("origin:sohr", weight),))


def test_a_weight_of_nothing_is_refused():
    with pytest.raises(QueryError):
        figures(report(), weights=(("nonsense", 1.0),))


def test_cells_asked_about_twice_or_reported_anyway_or_unknown_have_one_answer_at_most():
    start = day("2025-03-06")
    asked = [
        Asked(CRISIS_ID, "SY06", "killed", "civilians", "", start),
        Asked(CRISIS_ID, "SY", "killed", "civilians", "", start),
        Asked(CRISIS_ID, "SY", "killed", "civilians", "", start),
        Asked(CRISIS_ID, "x-nowhere", "killed", "martians", "", None),
        Asked("no crisis", "SY", "killed", "civilians", "", start),
    ]
    assert figures(report(), asked=asked) == {OWN: (683, 683, 683), ("SY", "civilians"): (683, None, None)}


def test_a_beginning_of_its_own_for_every_day_makes_an_answer_and_no_explosion():
    """A daily count that a file calls a running total: more beginnings than hold one another."""
    days = [day("2025-03-06") + dt.timedelta(on) for on in range(250)]
    rows = [report(count=5, period_start=on, published_on=on) for on in days]
    answer = reconcile(ledger_reports(rows), reference(), as_of=AS_OF, method="least-disagreement/2")
    own = [row for row in answer.estimates.to_pylist() if row["period_start"] == day("2025-03-06")]
    assert [row["best"] for row in own] == [5]
    assert len({row["period_start"] for row in answer.estimates.to_pylist()}) > 240


def test_days_alone_before_the_crisis_began_count_together():
    rows = [
        report(
            count=5, basis="increment", period_start=on, period_end=on, published_on=on, event=f"e{number}"
        )
        for number, on in enumerate([day("2025-02-01"), day("2025-02-20"), day("2025-03-07")])
    ]
    answer = reconcile(ledger_reports(rows), reference(), as_of=AS_OF, method="least-disagreement/2")
    found = [
        (str(row["period_start"]), str(row["date"]), row["best"]) for row in answer.estimates.to_pylist()
    ]
    assert found == [
        ("2025-02-01", "2025-02-01", 5),
        ("2025-02-01", "2025-02-20", 10),
        ("2025-02-01", "2025-03-07", 15),
        ("2025-03-06", "2025-03-07", 5),
    ]
