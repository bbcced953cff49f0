"""What a reference file may hold, and what the folder of seeds is made of."""

from __future__ import annotations

import datetime as dt

import pytest

from service.errors import UnknownName, UnreadableDocument
from service.ingest import load_seeds, read_reference
from service.schema.tables import REFERENCE_SCHEMAS

AREAS = "area_code,name,level,parent_code,aliases,members,lat,lon\n"


def test_areas_come_in_the_schema_of_the_model():
    data = AREAS + "SY,Syria,country,,Syria | سوريا|,,,\nSY06,Latakia,governorate,SY,,,35.5,36\n"
    table = read_reference("area", data.encode(), "areas.csv")
    assert table.schema == REFERENCE_SCHEMAS["area"]
    syria, latakia = table.to_pylist()
    assert (syria["aliases"], syria["name_ar"], syria["lat"]) == ("Syria|سوريا", "", None)
    assert (latakia["parent_code"], latakia["lat"], latakia["lon"]) == ("SY", 35.5, 36.0)


def test_crises_and_weights_come_in_the_schema_of_the_model():
    data = "crisis_id,name,period_start,featured_areas\nc,The c,2025-03-06,SY10|SY06\n"
    (crisis,) = read_reference("crisis", data.encode(), "crises.csv").to_pylist()
    assert crisis["period_start"] == dt.date(2025, 3, 6)
    assert crisis["featured_areas"] == "SY06|SY10"
    assert crisis["baseline_from"] is None
    assert (crisis["kind"], crisis["ended_on"]) == ("", None)
    data = "crisis_id,name,kind,ended_on\nc,The c,sudden,2025-03-10\n"
    (crisis,) = read_reference("crisis", data.encode(), "crises.csv").to_pylist()
    assert (crisis["kind"], crisis["ended_on"]) == ("sudden", dt.date(2025, 3, 10))
    (weight,) = read_reference("weight", b"dimension,term,weight\nkind,un,24\n", "w.csv").to_pylist()
    assert weight == {"dimension": "kind", "term": "un", "weight": 24}


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("area", AREAS + "SY,Syria,contry,,,,,\n", "row 1, column level: “contry”"),
        ("area", AREAS + "SY,,country,,,,,\n", "row 1, column name: “” may not be blank"),
        ("area", AREAS + "SY,Syria,country,,,,91,\n", "row 1, column lat: “91”"),
        ("area", AREAS + "SY,Syria,country,,,,nan,\n", "row 1, column lat: “nan”"),
        ("area", AREAS + "S Y,Syria,country,,,,,\n", "column area_code: “S Y”"),
        ("area", AREAS + "SY,Sy\u200bria,country,,,,,\n", "column name"),
        ("area", AREAS + "SY,A,country,,,,,\nSY,B,country,,,,,\n", "row 2: SY stands in row 1 already"),
        ("area", AREAS + "SY,Syria\n", "row 1"),
        ("area", "area_code,nam,level\nSY,Syria,country\n", "Did you mean name for “nam”?"),
        ("crisis", "crisis_id,name,period_start\nc,C,06/03/2025\n", "column period_start: “06/03/2025”"),
        ("crisis", "crisis_id,name,period_start\nc,C,2025-02-30\n", "column period_start: “2025-02-30”"),
        ("crisis", "crisis_id,name,kind\nc,C,suden\n", "column kind: “suden” is not one of sudden, ongoing"),
        (
            "crisis",
            "crisis_id,name,period_start,ended_on\nc,C,2025-03-06,2025-03-05\n",
            "row 1, column ended_on: “2025-03-05” lies before period_start",
        ),
        ("weight", "dimension,term,weight\nkind,un,-1\n", "column weight: “-1”"),
        ("weight", "dimension,term,weight\nkind,nu,1\n", "row 1, column term: “nu”"),
        ("weight", "dimension,term,weight\nkin,un,1\n", "row 1, column dimension: “kin”"),
        ("source", "source_id,name,kind,usual_standard\na,A,media,sure\n", "column usual_standard: “sure”"),
    ],
)
def test_one_wrong_value_refuses_the_file_and_names_its_place(table, text, said):
    with pytest.raises(UnreadableDocument) as refusal:
        read_reference(table, text.encode(), "file.csv")
    assert said in str(refusal.value)
    assert refusal.value.fix


def test_a_table_that_does_not_exist_is_refused():
    with pytest.raises(UnknownName, match="area, source"):
        read_reference("areas", b"a\n", "a.csv")


CRISES = """
recorded_at = 2025-12-01T02:00:00+02:00
[[crisis]]
crisis_id = "c"
name = "The c"
period_start = 2025-03-06
featured_areas = ["SY06"]
[[crisis.context]]
on = 2025-03-06
label = "It begins"
source = "sohr"
"""


@pytest.fixture
def folder(tmp_path):
    texts = {
        "areas.csv": AREAS + "SY,Syria,country,,,,,\nSY06,Latakia,governorate,SY,,,,\n",
        "sources.csv": "source_id,name,kind,counts_as\nsohr,SOHR,monitor,civilians=all\n",
        "populations.csv": "population,parent,label\nall,,All\ncivilians,all,Civilians\n",
        "weights.csv": "dimension,term,weight\nkind,un,24\n",
        "crises.toml": CRISES,
        "reports/b.csv": "second",
        "reports/a.csv": "first",
    }
    (tmp_path / "reports").mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_of_seeds_is_read_in_order_and_in_utc(folder):
    seeds = load_seeds(folder)
    assert seeds.recorded_at == dt.datetime(2025, 12, 1)  # noqa: DTZ001
    assert seeds.documents == (("a.csv", b"first"), ("b.csv", b"second"))
    assert set(seeds.reference) == set(REFERENCE_SCHEMAS)
    assert seeds.reference["context"].to_pylist() == [
        {"crisis_id": "c", "on": dt.date(2025, 3, 6), "label": "It begins", "source": "sohr"}
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("areas.csv", "governorate,SY,", "governorate,SX,", "“SX” as parent_code"),
        ("crises.toml", '"SY06"', '"SY60"', "“SY60” as featured_areas"),
        ("crises.toml", '"sohr"', '"shor"', "Did you mean sohr?"),
        ("crises.toml", "featured_areas", "featured_area", "Did you mean featured_areas?"),
        ("crises.toml", "recorded_at", "recorded", "must hold recorded_at"),
        ("crises.toml", "[[crisis]]", "[[crisis]", "not TOML"),
        ("crises.toml", "2025-03-06\nfeatured", "2025\nfeatured", "period_start"),
        ("sources.csv", "civilians=all", "civilian=all", "“civilian” as counts_as"),
        ("populations.csv", "civilians,all", "civilians,al", "“al” as parent"),
    ],
)
def test_seeds_that_do_not_fit_together_are_refused(folder, name, old, new, said):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UnreadableDocument) as refusal:
        load_seeds(folder)
    assert said in str(refusal.value)


def test_a_missing_seed_file_is_named(folder):
    (folder / "weights.csv").unlink()
    with pytest.raises(UnreadableDocument, match=r"weights\.csv"):
        load_seeds(folder)
