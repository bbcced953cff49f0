"""Figures that add up, what they are made up of, and what they leave room for, by every way out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from service.api import Ledger
from service.client.sync import RemoteLedger
from service.errors import NotFound, QueryError

CIVILIANS: dict[str, Any] = {"measure": "killed", "population": "civilians", "as_of": "2025-03-12"}
COAST = {**CIVILIANS, "area": "x-syrian-coast"}
CHILDREN = {"measure": "killed", "population": "children", "area": "Jableh", "as_of": "2025-12-31"}


def test_the_whole_coast_of_12_march_is_its_four_governorates(ledger: Ledger) -> None:
    rows = ledger.parts(arrow=True, **COAST).to_pylist()
    assert [(row["share"], row["area_name"], row["best"]) for row in rows] == [
        ("whole", "Syrian coast", 1383),
        ("part", "Latakia", 683),
        ("part", "Tartus", 433),
        ("part", "Hama", 255),
        ("part", "Homs", 12),
        ("elsewhere", "Elsewhere in Syrian coast", 0),
    ]


def test_what_is_well_attested_does_not_give_way(ledger: Ledger) -> None:
    for day, area, figure in (
        ("2025-03-11", "SY06", 658),
        ("2025-03-12", "SY06", 683),
        ("2025-03-11", "x-syrian-coast", 1225),
        ("2025-03-12", "x-syrian-coast", 1383),
    ):
        asked = {**CIVILIANS, "area": area, "as_of": day}
        assert ledger.figures(arrow=True, **asked)["best"].to_pylist() == [figure], (day, area)


def test_everyone_killed_is_at_least_the_civilians_killed_on_every_day(ledger: Ledger) -> None:
    for area in ("x-syrian-coast", "SY06", "SY10", "SY05"):
        for as_of in ("2025-03-12", "2025-04-15", "2026-11-22"):
            everyone, civilians = (
                ledger.series(
                    arrow=True, measure="killed", population=who, area=area, as_of=as_of
                ).to_pylist()
                for who in ("all", "civilians")
            )
            for row in everyone:
                until = [each for each in civilians if each["date"] <= row["date"]]
                most = max((each["best"] or 0 for each in until), default=0)
                assert (row["best"] or row["low"] or 0) >= most, (area, as_of, row["date"])


def test_a_slip_and_a_misplaced_number_are_in_no_figure_and_no_floor(ledger: Ledger) -> None:
    roles = {
        row["role"]
        for row in ledger.evidence(arrow=True, measure="killed", population="civilians").to_pylist()
        if row["origin_id"] == "sohr" and row["areas"] == row["area_code"] == "SY06"
        and "745" in row["count_stated"]
    }  # fmt: skip
    assert roles == {"misplaced", "echo"}  # one of its carriers, and the others
    hama = ledger.series(arrow=True, measure="killed", population="all", area="SY05").to_pylist()
    assert all((row["low"] or 0) < 700 for row in hama)
    latakia = ledger.figures(arrow=True, **CIVILIANS, area="SY06").to_pylist()
    assert [row["best"] for row in latakia] == [683]


def test_a_nameless_claim_changes_no_figure_where_a_named_origin_speaks(ledger: Ledger) -> None:
    before = ledger.series(arrow=True, measure="killed", area="x-syrian-coast")
    without = ledger.series(
        arrow=True, measure="killed", area="x-syrian-coast", weights="kind:anonymous=1000"
    )
    columns = ["population", "date", "low", "best", "high"]
    assert before.select(columns).equals(without.select(columns))


def test_a_verified_minimum_is_a_floor_and_no_vote(ledger: Ledger) -> None:
    points = ledger.explain(**COAST).points.to_pylist()
    verified = [point for point in points if point["origin_id"] == "ohchr" and point["weight"] > 0]
    assert verified
    assert all(point["account_high"] is None and point["role"] == "bound" for point in verified)


def test_over_740_in_three_places_together_is_one_floor(ledger: Ledger) -> None:
    three = "SY06|SY0602|SY1002"
    rows = ledger.figures(arrow=True, measure="killed", population="civilians", area=three).to_pylist()
    assert rows
    assert all(row["low"] >= 741 for row in rows)


def test_nobody_counted_the_children_of_jableh_and_still_there_are_bounds(ledger: Ledger) -> None:
    rows = ledger.bounds(arrow=True, **CHILDREN).to_pylist()
    assert rows
    assert {(row["best"], row["grade"]) for row in rows} == {(None, "inferred")}
    assert all(row["high"] is None or row["high"] >= (row["low"] or 0) for row in rows)
    assert ledger.series(arrow=True, **CHILDREN).num_rows == 0


def test_bounds_and_series_of_a_cell_are_the_same(ledger: Ledger) -> None:
    for area in ("Jableh", "Latakia", "Banias", "x-syrian-coast"):
        for as_of in ("2025-03-10", "2025-03-12", "2025-04-15", "2026-11-22"):
            asked = {**CIVILIANS, "area": area, "as_of": as_of, "crisis": "syria-coast-2025-03"}
            assert ledger.bounds(arrow=True, **asked).equals(ledger.series(arrow=True, **asked)), (
                area,
                as_of,
            )


@pytest.mark.parametrize(("verb", "asked"), [("bounds", CHILDREN), ("parts", COAST)])
def test_the_api_and_the_remote_twin_give_the_same_rows(
    ledger: Ledger, client: httpx.Client, server: str, verb: str, asked: dict[str, Any]
) -> None:
    at_home = getattr(ledger, verb)(arrow=True, **asked)
    with RemoteLedger(server) as twin:
        assert getattr(twin, verb)(arrow=True, **asked).equals(at_home)
    answer = client.get(f"/v1/{verb}", params=asked).json()
    assert answer["meta"]["method"] == "least-disagreement/2"
    assert [row["high"] for row in answer["data"]] == at_home["high"].to_pylist()


def test_the_reports_that_bind_are_named(client: httpx.Client, ledger: Ledger) -> None:
    because = client.get("/v1/bounds", params=CHILDREN).json()["meta"]["because"]
    known = set(ledger.reports(arrow=True, measure="killed")["report_id"].to_pylist())
    assert because
    assert {row["report_id"] for row in because} <= known
    assert all(row["reason"] for row in because)


@pytest.mark.parametrize("verb", ["bounds", "parts"])
def test_a_question_about_several_cells_says_what_to_name(ledger: Ledger, verb: str) -> None:
    with pytest.raises(QueryError, match="no single population"):
        getattr(ledger, verb)(area="Jableh", measure="killed")
    with pytest.raises(QueryError, match="area"):
        getattr(ledger, verb)(area=["Jableh", "Latakia"], measure="killed", population="civilians")


def test_parts_of_a_place_without_a_figure_point_to_its_bounds(ledger: Ledger) -> None:
    with pytest.raises(NotFound) as refused:
        ledger.parts(**CHILDREN)
    assert "bounds" in refused.value.fix


def test_people_taken_back_fall_from_one_day_of_knowledge_to_the_next_and_never_within_an_answer(
    own_ledger: Ledger,
) -> None:
    told = [("2025-04-01", 90), ("2025-04-02", -30), ("2025-04-03", 4)]
    rows = [
        {
            "crisis": "flood", "source": "radio", "published_on": day, "period_start": day, "period_end": day,
            "areas": "Jableh", "measure": "killed", "population": "all", "basis": "increment",
            "count": str(count),
        }
        for day, count in told
    ]  # fmt: skip
    own_ledger.ingest_rows(rows)
    vintages = own_ledger.vintages(arrow=True, crisis="flood").to_pylist()
    assert [(str(row["as_of"]), row["best"]) for row in vintages] == [
        ("2025-04-01", 90), ("2025-04-02", 60), ("2025-04-03", 64),
    ]  # fmt: skip
    for as_of, expected in (("2025-04-01", [90]), ("2025-04-02", [60]), ("2025-04-03", [60, 64])):
        assert own_ledger.series(arrow=True, crisis="flood", as_of=as_of)["best"].to_pylist() == expected
    (finding,) = [row for row in own_ledger.findings(arrow=True).to_pylist() if "took" in row["message"]
                  and row["document"] == "rows"]  # fmt: skip
    assert "radio took 30 back on 2025-04-02" in finding["message"]


def test_two_rows_of_one_place_and_day_in_one_table_are_told_with_both_numbers(own_ledger: Ledger) -> None:
    rows = [
        {
            "crisis": "flood", "source": "table", "published_on": "2025-04-02", "counted_to": "2025-04-02",
            "areas": "Jableh", "measure": "killed", "population": "all", "count": str(count),
        }
        for count in (12, 40)
    ]  # fmt: skip
    own_ledger.ingest_rows(rows)
    assert own_ledger.series(arrow=True, crisis="flood")["best"].to_pylist() == [40]
    told = [row for row in own_ledger.findings(arrow=True).to_pylist() if row["code"] == "two_values"]
    assert [row["row"] for row in told if "gave 40 as well" in row["message"]] == [1]


def test_a_place_reported_together_with_a_part_of_it_has_figures_like_any_other(own_ledger: Ledger) -> None:
    told = [("Jableh|Jableh city", "all", 9), ("Jableh", "civilians", 4), ("Jableh city", "women", 2)]
    rows = [
        {
            "crisis": "flood", "source": "radio", "published_on": "2025-04-02", "counted_to": "2025-04-02",
            "areas": places, "measure": "killed", "population": people, "count": str(count),
        }
        for places, people, count in told
    ]  # fmt: skip
    own_ledger.ingest_rows(rows)
    figures = own_ledger.figures(arrow=True, crisis="flood").to_pylist()
    assert {row["best"] for row in figures} >= {9, 4, 2}
