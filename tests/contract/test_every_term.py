"""Every term of the vocabulary is handled wherever terms go, and one row makes a measure."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest

from service import vocabulary
from service.api import Ledger
from service.charts import alt_text, figure, svg
from service.formats.encode import encode
from service.ingest import read_reports
from service.ingest.checks.twins import PEOPLE
from service.ingest.draft import draft
from service.reference.labels import Labels
from service.schema.columns import meaning
from service.schema.hxl import hashtags
from service.schema.records import Reference
from service.vocabulary import (
    Basis,
    Grade,
    Kind,
    Level,
    Match,
    Measure,
    Role,
    Severity,
    Standard,
    Standing,
    Term,
    Verdict,
)
from service.web.places import places
from tests import builders
from tests.unit import shown

ENUMS = {
    name: enum
    for name, enum in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(enum, Term) and enum is not Term
}
TERMS = [pytest.param(term, id=f"{name}-{term}") for name, enum in ENUMS.items() for term in enum]
PAGE = {"Accept": "text/html"}
SHARES_PEOPLE = {Measure.CASUALTIES, Measure.BODIES_RECOVERED, Measure.BODIES_BURIED, Measure.INCIDENTS}
"""Measures whose people are counted by another too, or that count no people: never called a copy of it."""


def test_the_walk_knows_every_enum() -> None:
    assert set(ENUMS) == {
        "Basis", "CrisisKind", "DatePrecision", "Grade", "Kind", "Level", "Match", "Measure",
        "PlacePrecision", "Role", "Severity", "Standard", "Standing", "Verdict",
    }  # fmt: skip


# --- all terms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_an_identifier_with_a_meaning_and_a_label(term: Term) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", term)
    assert term.meaning and term.meaning[0].islower() and not term.meaning.endswith(".")
    assert term.label == term.replace("_", " ")


@pytest.mark.parametrize("enum", [Grade, Match, Role, Standard, Standing])
def test_the_data_dictionary_lists_every_term(enum: type[Term]) -> None:
    column = enum.__name__.lower()
    assert meaning(column).endswith(": " + ", ".join(enum))


def test_openapi_lists_every_term_that_can_be_asked_for_or_is_answered(client: httpx.Client) -> None:
    description = client.get("/openapi.json").json()
    lists = [set(words) for words in enumerations(description)]
    for enum in (Measure, Severity, Verdict):
        assert any(set(enum) <= words for words in lists), enum.__name__


def enumerations(node: Any) -> list[list[str]]:
    """Every ``enum`` in a JSON Schema."""
    if isinstance(node, list):
        return [words for each in node for words in enumerations(each)]
    if not isinstance(node, dict):
        return []
    own = [node["enum"]] if isinstance(node.get("enum"), list) else []
    return own + [words for each in node.values() for words in enumerations(each)]


@pytest.mark.parametrize("term", [*Measure, *Basis, *Standard])
def test_a_term_of_a_report_is_read_from_a_file_by_identifier_and_by_label(term: Term) -> None:
    column = type(term).__name__.lower()
    cells = {"measure": "killed", "basis": "cumulative", "standard": "documented", "count": "12"}
    for spelling in (str(term), term.label, term.label.upper()):
        row = {
            "crisis": builders.CRISIS_ID, "source": "afp", "origin": "sohr", "published_on": "2025-03-12",
            "period_start": "2025-03-06", "period_end": "2025-03-12", "areas": "SY06",
            "population": "civilians", **cells,
            column: spelling,
        }  # fmt: skip
        document = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
        batch = read_reports(
            document.encode(), "terms.csv", builders.reference(), today=builders.day("2025-04-01")
        )
        assert batch.reports.column(column).to_pylist() == [str(term)], batch.findings


# --- measures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", Measure)
def test_every_picture_says_what_a_measure_counts(measure: Measure) -> None:
    series = shown.answer([shown.row("SY06", "2025-03-12", 680, 683, 690, measure=measure)])
    said = f"{'civilians' if measure.counts_people else measure.unit} {measure.phrase}"
    assert said in alt_text(series)
    assert said.capitalize() in svg(series)
    assert said.capitalize() in figure(series).to_json()


@pytest.mark.parametrize("measure", Measure)
def test_one_of_what_a_measure_counts_is_no_plural(measure: Measure) -> None:
    series = shown.answer([shown.row("SY06", "2025-03-12", 1, 1, 1, measure=measure)])
    one = "civilian" if measure.counts_people else measure.unit_of_one
    assert measure.unit != measure.unit_of_one
    assert f"1 {one} " in f"{alt_text(series)} ".replace(",", " ").replace(".", " ")


@pytest.mark.parametrize("measure", Measure)
def test_a_measure_has_a_name_in_each_language_and_an_hxl_attribute_or_none(measure: Measure) -> None:
    reference = builders.reference()
    assert Labels(reference).measure(measure) == measure.label
    assert re.search(r"[\u0600-\u06ff]", Labels(reference, "ar").measure(measure))
    assert re.fullmatch(r"(\+[a-z]+)?", measure.hxl)
    table = pa.table({"measure": [str(measure)], "best": [1]})
    assert hashtags(table) == ["#indicator+code", f"#affected{measure.hxl}"]


def test_no_two_measures_share_an_attribute_or_a_name() -> None:
    for names in ([m.hxl for m in Measure if m.hxl], [m.label_ar for m in Measure]):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("measure", [measure for measure in Measure if measure.counts_people])
def test_a_sentence_with_the_phrase_of_a_measure_is_drafted_as_it(measure: Measure) -> None:
    text = f"In Latakia 1200 people {measure.phrase}."
    (proposal,) = draft(text, Reference.empty())
    assert proposal.measure == measure


def test_every_measure_either_counts_people_once_or_is_known_to_share_them() -> None:
    assert set(PEOPLE) | SHARES_PEOPLE == set(Measure)
    assert not set(PEOPLE) & SHARES_PEOPLE


@pytest.mark.parametrize("measure", Measure)
def test_the_api_and_the_page_take_every_measure(client: httpx.Client, measure: Measure) -> None:
    asked = {"area": "SY06", "measure": str(measure), "population": "civilians"}
    assert client.get("/v1/series.csv", params=asked).status_code == 200
    page = client.get("/", params=asked)
    assert page.status_code == 200
    assert measure.meaning in unescape(page.text)
    assert f">{measure.label.capitalize()}</option>" in page.text
    rows = client.get("/v1/measures").json()["data"]
    assert {"measure": str(measure), "meaning": measure.meaning} in rows


# --- grades, roles and the rest -------------------------------------------------------------------------


@pytest.mark.parametrize("grade", Grade)
def test_every_picture_file_and_page_says_a_grade(grade: Grade) -> None:
    row = shown.row("SY06", "2025-03-12", 680, 683, 690, grade=grade)
    series = shown.answer([row])
    assert grade.label in figure(series).to_json()
    assert grade.label in alt_text(series) or grade is Grade.INFERRED
    assert f",{grade}," in encode(series.table, "csv").decode()


@pytest.mark.parametrize("role", Role)
def test_every_picture_takes_a_report_of_any_role(role: Role) -> None:
    series = shown.answer(
        [shown.row("SY06", "2025-03-12", 680, 683, 690)],
        [shown.point("SY06", "2025-03-12", "SOHR", 683, 683, 683, role=role)],
    )
    assert alt_text(series) and svg(series)
    drawn = figure(series).to_json()
    assert (role.label in drawn) is (role in (Role.COUNTED, Role.BOUND, Role.SUPERSEDED, Role.ECHO))


@pytest.mark.parametrize("term", [*Kind, *Standard])
def test_the_page_of_a_source_says_of_what_kind_it_is_and_how_it_works(
    client: httpx.Client, ledger: Ledger, term: Term
) -> None:
    column = "kind" if term in list(Kind) else "usual_standard"
    sources = ledger.sources(arrow=True).to_pylist()
    source = next(row for row in sources if row[column] == term)
    page = client.get(f"/source/{source['source_id']}", headers=PAGE).text
    assert term.meaning in unescape(page)


@pytest.mark.parametrize("level", Level)
def test_a_place_of_any_level_is_named_with_it(level: Level) -> None:
    area = builders.areas({"area_code": "x-here", "name": "Here", "level": str(level)})
    reference = builders.reference()
    named = dataclasses.replace(reference, area=area)
    [place] = places(["x-here"], named, Labels.of(named))
    assert place.level == level


# --- one more -------------------------------------------------------------------------------------------


def test_one_row_makes_a_measure(data_dir: Path) -> None:
    """A row with an identifier and a meaning, and no other line, is read, drafted, charted and tagged."""
    script = Path(__file__).with_name("new_measure.py")
    done = subprocess.run(
        [sys.executable, str(script), str(data_dir)],
        capture_output=True, encoding="utf-8", check=False, timeout=600,
        env={**os.environ, "PYTHONPATH": str(script.parents[2])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    ways: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    label, said = "sheltered at schools", "civilians reported sheltered at schools"
    assert (ways["accepted"], ways["best"]) == (1, [1200])
    assert said in ways["alt"]
    assert said.capitalize() in ways["svg"] and said.capitalize() in ways["chart"]
    assert ways["csv"].splitlines()[1].count("#affected+civilians") == 6
    assert "sheltered_at_schools" in ways["openapi"]["schema"]["enum"]
    assert ways["measures"][-1] == {
        "measure": "sheltered_at_schools", "meaning": "people given shelter at schools",
    }  # fmt: skip
    assert (
        f">{label.capitalize()}</option>" in ways["page"]
        and "people given shelter at schools" in ways["page"]
    )
    assert label in ways["place"]
    assert label in ways["citation"]
    assert ways["drafted"] == "sheltered_at_schools"
