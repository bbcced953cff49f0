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
        asked = {**CIVILIANS, "area": area, "as_of": day, "method": "coherent"}
        assert ledger.figures(arrow=True, **asked)["best"].to_pylist() == [figure], (day, area)


def test_the_nameless_figure_of_two_places_gives_way_and_it_is_said(ledger: Ledger) -> None:
    asked = {**CIVILIANS, "area": "SY1002|x-al-bahluliyah", "method": "coherent"}
    told = [one.message for one in ledger.answer(**asked).findings if one.code == "does_not_add_up"]
    assert any("2300 gives way to" in message for message in told)


def test_nobody_counted_the_children_of_jableh_and_still_there_are_bounds(ledger: Ledger) -> None:
    rows = ledger.bounds(arrow=True, **CHILDREN).to_pylist()
    assert rows
    assert {(row["best"], row["grade"], row["method"]) for row in rows} == {(None, "inferred", "coherent/1")}
    assert all(row["high"] is None or 0 <= row["low"] <= row["high"] for row in rows)
    assert ledger.series(arrow=True, **CHILDREN).num_rows == 0


def test_the_bounds_of_jableh_are_those_that_the_methodology_tells(ledger: Ledger) -> None:
    asked = {**CHILDREN, "population": "civilians"}
    rows = ledger.bounds(arrow=True, **asked).to_pylist()
    assert [(row["low"], row["high"]) for row in rows if str(row["date"]) == "2025-03-12"] == [(19, 452)]


@pytest.mark.parametrize(("verb", "asked"), [("bounds", CHILDREN), ("parts", COAST)])
def test_the_api_and_the_remote_twin_give_the_same_rows(
    ledger: Ledger, client: httpx.Client, server: str, verb: str, asked: dict[str, Any]
) -> None:
    at_home = getattr(ledger, verb)(arrow=True, **asked)
    with RemoteLedger(server) as twin:
        assert getattr(twin, verb)(arrow=True, **asked).equals(at_home)
    answer = client.get(f"/v1/{verb}", params=asked).json()
    assert answer["meta"]["method"] == "coherent/1"
    assert [row["high"] for row in answer["data"]] == at_home["high"].to_pylist()


def test_the_reports_that_bind_are_named(client: httpx.Client, ledger: Ledger) -> None:
    because = client.get("/v1/bounds", params=CHILDREN).json()["meta"]["because"]
    known = set(ledger.reports(arrow=True, measure="killed")["report_id"].to_pylist())
    assert because
    assert {row["report_id"] for row in because} <= known
    assert all(row["reason"].startswith("bounds it from ") for row in because)


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
