"""Which places does the world gazetteer know of each country, and how does a ledger take them in?"""

from __future__ import annotations

import pyarrow as pa
import pycountry
import pytest

from service.errors import AmbiguousName, UnknownName
from service.ingest.new_countries import country_hint, new_country
from service.ingest.reference_file import reference_table
from service.reference.gazetteer import Gazetteer
from service.reference.world import country_areas, country_code
from service.schema.tables import AREA, AREA_SEPARATOR

ALL = [country.alpha_2 for country in pycountry.countries]
SYRIA = reference_table(
    "area",
    [
        {"area_code": "SY", "name": "Syria", "level": "country"},
        {"area_code": "SY06", "name": "Latakia", "level": "governorate", "parent_code": "SY"},
        {"area_code": "LB", "name": "Lebanon", "level": "country"},
    ],
    "the known areas",
)


def with_country(country: str, known: pa.Table = SYRIA) -> Gazetteer:
    return Gazetteer(pa.concat_tables([known, new_country(known, country)]))


def test_every_country_of_iso_gives_rows_of_areas_with_codes_of_their_own_inside_it() -> None:
    codes: list[str] = []
    for code in ALL:
        rows = reference_table("area", country_areas(code), code)  # raises for a double code or a bad value
        assert rows.schema == AREA
        country, *divisions = rows.to_pylist()
        assert (country["area_code"], country["level"], country["parent_code"]) == (code, "country", "")
        assert country["name_ar"]
        assert {(row["level"], row["parent_code"]) for row in divisions} <= {("governorate", code)}
        assert not [row for row in (country, *divisions) if AREA_SEPARATOR in row["name"]]
        codes += rows["area_code"].to_pylist()
    assert len(codes) == len(set(codes)) > 3000


def test_every_country_is_resolved_by_its_code_and_name_beside_its_own_divisions() -> None:
    for code in ALL:
        rows = reference_table("area", country_areas(code), code)
        gazetteer = Gazetteer(rows)
        assert gazetteer.resolve(rows["name"][0].as_py()) == code, "a row about Mexico is about the country"
        for row in rows.to_pylist()[1:]:
            meant = gazetteer.candidates(row["name"])
            assert row["area_code"] in meant
            if len(meant) > 1:  # Maputo is a province and a city: asked back, as of any two places
                with pytest.raises(AmbiguousName):
                    gazetteer.resolve(row["name"])
            assert gazetteer.resolve(row["area_code"]) == row["area_code"]


@pytest.mark.parametrize(
    ("country", "code", "divisions", "places"),
    [
        (
            "Libya",
            "LY",
            22,
            {"Derna": "LY-DR", "درنة": "LY-DR", "Darnah, Libya": "LY-DR"},
        ),
        ("Népal", "NP", 7, {"Bagmati": "NP-P3", "Koshi province": "NP-P1", "نيبال": "NP"}),
        ("أوكرانيا", "UA", 27, {"Kherson oblast": "UA-65", "Khersonska oblast": "UA-65"}),
        ("Turkey", "TR", 81, {"Hatay": "TR-31", "Istanbul": "TR-34", "Turquie": "TR", "تركيا": "TR"}),
        ("FRA", "FR", 26, {"Bretagne": "FR-BRE", "Île-de-France": "FR-IDF", "Corse": "FR-20R"}),
        ("Sudan", "SD", 18, {"Khartoum state": "SD-KH", "ولاية الخرطوم": "SD-KH"}),
    ],
)
def test_a_country_comes_by_any_name_with_its_divisions_of_the_first_level(
    country: str, code: str, divisions: int, places: dict[str, str]
) -> None:
    rows = new_country(SYRIA, country)["area_code"].to_pylist()
    assert (rows[0], len(rows)) == (code, divisions + 1)
    gazetteer = with_country(country)
    assert {text: gazetteer.resolve(text) for text in places} == places


def test_a_division_has_the_name_in_use_and_is_known_by_that_of_iso_as_well() -> None:
    rows = {row["area_code"]: row for code in ("LY", "UA", "NP") for row in country_areas(code)}
    assert [rows[code]["name"] for code in ("LY-DR", "UA-65", "NP-P3")] == [
        "Derna",
        "Kherson oblast",
        "Bagmati",
    ]
    assert (rows["LY-DR"]["name_ar"], rows["LY-DR"]["aliases"]) == ("درنة", "Darnah")
    assert rows["UA-65"]["aliases"].split(AREA_SEPARATOR)[:2] == ["Kherson", "Khersonska oblast"]


def test_a_name_that_is_mostly_said_of_more_than_the_division_does_not_stand_for_it() -> None:
    gazetteer = with_country("Palestine")
    assert gazetteer.resolve("Gaza governorate") == gazetteer.resolve("محافظة غزة") == "PS-GZA"
    for text in ("Gaza", "Gaza Strip", "غزة"):
        assert not gazetteer.candidates(text)


def test_departments_lie_below_the_first_level_and_are_left_out() -> None:
    assert "FR-75C" not in {row["area_code"] for row in country_areas("FR")}


@pytest.mark.parametrize("name", ["Syria", "SYR", "سوريا", "Syrie"])
def test_of_a_country_that_is_known_in_part_only_what_is_missing_is_added(name: str) -> None:
    rows = {row["area_code"]: row for row in new_country(SYRIA, name).to_pylist()}
    known = {row["area_code"]: row for row in SYRIA.to_pylist()}
    assert {code: row for code, row in rows.items() if code in known} == {
        code: known[code] for code in ("SY", "SY06")
    }
    assert "SY-LA" not in rows  # Latakia, which is known by another code
    assert len(rows) == 1 + 14
    assert {row["parent_code"] for code, row in rows.items() if code != "SY"} == {"SY"}
    merged = pa.concat_tables([SYRIA, pa.Table.from_pylist([*rows.values()], schema=SYRIA.schema)])
    codes = merged.group_by("area_code").aggregate([])["area_code"].to_pylist()
    newest = pa.Table.from_pylist([({**known, **rows})[code] for code in codes], schema=SYRIA.schema)
    assert new_country(newest, name).num_rows == len(rows)  # all known now, nothing comes twice
    assert {*new_country(newest, name)["area_code"].to_pylist()} == {*rows}


def test_a_country_that_is_known_alone_gets_its_divisions_also_under_a_code_of_its_own() -> None:
    rows = new_country(SYRIA, "Lebanon").to_pylist()
    assert rows[0]["area_code"] == "LB"
    assert {row["parent_code"] for row in rows[1:]} == {"LB"}
    own = reference_table("area", [{"area_code": "x-libya", "name": "Libya", "level": "country"}], "own")
    assert set(new_country(own, "LY")["parent_code"].to_pylist()) == {"", "x-libya"}


def test_a_further_spelling_never_takes_the_name_of_a_known_place() -> None:
    known = reference_table("area", [{"area_code": "x-k", "name": "Kherson", "level": "city"}], "known")
    assert with_country("UA", known).resolve("Kherson") == "x-k"
    assert with_country("UA", known).resolve("Kherson oblast") == "UA-65"


def test_what_is_no_country_is_refused_with_what_is_near_and_two_of_a_name_are_asked_back() -> None:
    with pytest.raises(UnknownName) as refused:
        country_code("Ukrane")
    assert "Ukraine (UA)" in refused.value.fix
    with pytest.raises(AmbiguousName, match=r"CD.*CG"):
        country_code("Congo")
    with pytest.raises(UnknownName):
        country_areas("Atlantis")


@pytest.mark.parametrize(
    ("text", "kinds", "country"),
    [
        ("Derna", "a division of Libya", "LY"),
        ("Latakia|Kherson oblast", "a division of Ukraine", "UA"),
        ("نيبال", "a country", "NP"),
        ("Georgia", "a country or a division of United States", "GE (or US)"),
        ("Dimashq", "a division of Syria", "SY"),
        ("Northern", "", ""),  # a division of many countries
        ("Kathmandu", "", ""),  # ISO has no cities
        ("Atlantis", "", ""),
    ],
)
def test_a_place_of_the_world_that_is_not_known_says_which_country_brings_it(
    text: str, kinds: str, country: str
) -> None:
    way = f"on the page /register, or with casualty areas add-country {country}."
    hint = f"It is {kinds}, and comes in with the country: {way}" if kinds else ""
    assert country_hint(Gazetteer(SYRIA), text) == hint
