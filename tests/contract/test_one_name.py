"""A place set and a population have one name, by whatever door they leave."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest

from service.api import Ledger
from service.charts import alt_text
from service.reference.labels import Labels

CRISIS = {"crisis": "syria-coast-2025-03", "measure": "killed", "attributed_to": "any", "period_start": "any"}
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def joint(ledger: Ledger) -> dict[str, Any]:
    """The last figure of a place set of several areas."""
    rows = ledger.answer(**CRISIS).figures().to_pylist()
    return next(row for row in rows if "|" in row["area_code"])


def test_a_place_set_has_one_name(ledger: Ledger, client: httpx.Client, joint: dict[str, Any]) -> None:
    areas = joint["area_code"]
    name = Labels.of(ledger.reference()).places(areas)
    assert name.endswith(" together") and " and " in name
    asked = {**CRISIS, "area": areas, "population": joint["population"]}
    asked["attributed_to"] = joint["attributed_to"]
    if joint["period_start"]:
        asked["period_start"] = str(joint["period_start"])
    assert joint["area_name"] == name
    assert f"{name}, killed, " in " ".join(ledger.explain(**asked).sentences)
    assert name in alt_text(ledger.answer(**asked))
    assert name in ledger.cite("bibtex", **asked)
    assert name in unescape(client.get("/v1/series.csv", params=asked).text)
    assert name in unescape(client.get(f"/area/{areas}", headers=PAGE).text)
    report = next(row for row in ledger.reports(arrow=True).to_pylist() if row["areas"] == areas)
    assert name in unescape(client.get(f"/report/{report['report_id']}", headers=PAGE).text)


def test_no_reason_and_no_finding_names_a_place_set_or_a_population_otherwise(ledger: Ledger) -> None:
    series = ledger.answer(**CRISIS)
    labels = Labels.of(ledger.reference())
    reasons = {
        *series.points.column("reason").to_pylist(), *(finding.message for finding in series.findings),
    }  # fmt: skip
    names = "|".join(map(re.escape, ledger.areas(arrow=True).column("name").to_pylist()))
    assert not [text for text in reasons if re.search(rf"(?:{names}) \+ (?:{names})", text)]
    said = " ".join(reasons)
    assert "together" in said
    for population in labels.populations:
        own = labels.population(population)
        spelled = population.replace("_", " ")
        if own != spelled and population != "all":  # ", all" begins ", all people"
            assert f", {spelled}" not in said


@pytest.mark.parametrize("population", ["civilians", "alawite_civilians", "security_forces"])
def test_a_population_has_one_name(ledger: Ledger, client: httpx.Client, population: str) -> None:
    rows = ledger.answer(**CRISIS, population=population).figures().to_pylist()
    row = next(row for row in rows if not row["attributed_to"])
    asked = {
        "area": row["area_code"], "measure": "killed", "population": population, "crisis": row["crisis"],
    }  # fmt: skip
    if row["period_start"]:
        asked["period_start"] = str(row["period_start"])
    labels = Labels.of(ledger.reference())
    name = labels.population(population)
    assert f", killed, {name}, counted to" in ledger.explain(**asked).sentences[0]
    assert f"{name} reported killed" in alt_text(ledger.answer(**asked))
    assert f"killed, {name}, as of" in ledger.cite("bibtex", **asked)
    question = {name: asked[name] for name in ("area", "measure", "population")}
    assert labels.heading(population) in unescape(client.get("/", params=question, headers=PAGE).text)
    assert labels.heading(population).lower() == name.lower()
