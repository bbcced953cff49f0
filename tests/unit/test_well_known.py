"""Are the sources that the field knows told apart, and do they enter as what they are?"""

from collections import Counter

import pytest

from service.api import Ledger
from service.ingest.new_names import assume_of_source, new_source
from service.reference.names import normalise, slug
from service.reference.well_known import well_known_sources
from service.schema.tables import SOURCE
from service.vocabulary import Kind, Standard
from tests.unit.test_seeds import SOURCES

_, ROWS = well_known_sources()


def test_well_known_sources_use_the_vocabulary_and_no_two_share_a_spelling() -> None:
    spellings = Counter[str]()
    for row in ROWS.values():
        assert list(row) == SOURCE.names
        assert row["kind"] in list(Kind), row
        assert row["usual_standard"] in list(Standard), row
        assert row["url"].startswith("https://"), row
        names = {normalise(name) for name in (row["source_id"], row["name"], *row["aliases"].split("|"))}
        spellings.update(name for name in names if name)
    assert [name for name, times in spellings.items() if times > 1] == []


def test_those_that_the_shipped_reports_cite_are_of_the_same_kind_there() -> None:
    shared = ROWS.keys() & SOURCES.keys()
    assert {"ohchr", "reuters", "snhr", "sohr", "hrw", "amnesty"} <= shared
    for name in shared:
        assert ROWS[name]["kind"] == SOURCES[name]["kind"], name


def test_a_well_known_source_enters_with_its_kind_and_standard_by_any_of_its_names(
    own_ledger: Ledger,
) -> None:
    row = {"crisis": "flood", "published_on": "2025-03-08", "areas": "Jableh", "measure": "killed"}
    rows = [
        {**row, "population": "all", "source": "Agence France-Presse", "origin": "UN OCHA", "count": "12"},
        {**row, "population": "all", "source": "وكالة فرانس برس", "origin": "OCHA", "count": "13"},
        {**row, "population": "all", "source": "رويترز", "origin": "", "count": "14"},
        {**row, "population": "all", "source": "SARC", "origin": "Croissant-Rouge libyen", "count": "15"},
    ]
    own_ledger.ingest_rows(rows)
    reports = own_ledger.reports(crisis="flood", arrow=True).select(["source_id", "origin_id", "standard"])
    assert {tuple(each.values()) for each in reports.to_pylist()} == {
        ("afp", "ocha", "official"),
        ("reuters", "reuters", SOURCES["reuters"]["usual_standard"] or "unverified"),
        ("syrian-arab-red-crescent", "libyan-red-crescent", "unverified"),
    }
    sources = {each["source_id"]: each for each in own_ledger.sources(arrow=True).to_pylist()}
    assert (sources["afp"]["name"], sources["ocha"]["kind"]) == ("AFP", "un")
    assert assume_of_source("ocha") == "a body of the United Nations, whose figures are official"


@pytest.mark.parametrize(
    ("name", "assumed"),
    [
        ("Ministry of Health", "a state body, or one appointed by it, whose figures are official"),
        ("وزارة الصحة", "a state body, or one appointed by it, whose figures are official"),
        ("Philippine Red Cross", "another non-governmental organisation, whose figures are official"),
        ("Ministers' Gazette", "a news organisation without a stated standard"),
        ("City Radio", "a news organisation without a stated standard"),
    ],
)
def test_a_ministry_and_a_red_cross_are_no_news_organisations(name: str, assumed: str) -> None:
    assert assume_of_source(slug(name, "-")) == assumed
    assert new_source(slug(name, "-"), name)["kind"] == {"a s": "government", "ano": "ngo"}.get(
        assumed[:3], "media"
    )


@pytest.mark.parametrize(
    "name",
    [
        "anonymous",
        "An anonymous official",
        "Unnamed sources",
        "unknown",
        "Local officials, not named",
        "مصدر مجهول",
        "anonyme",
    ],
)
def test_a_source_that_says_that_nobody_is_named_weighs_as_nobody(name: str) -> None:
    identifier = slug(name, "-")
    assert assume_of_source(identifier) == "nobody in particular: heard only where no named origin speaks"
    row = new_source(identifier, name)
    assert (row["kind"], row["usual_standard"]) == ("anonymous", "unverified")


@pytest.mark.parametrize("name", ["Unknown Soldier Foundation", "The Anonymous Press", "UNAMA"])
def test_a_named_source_is_not_taken_for_nobody(name: str) -> None:
    assert new_source(slug(name, "-"), name)["kind"] == "media"
