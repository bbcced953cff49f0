"""Which place each spelling stands for, as tables; and which spellings are refused with what to write."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import AmbiguousName, UnknownName
from service.ingest import Gazetteer, gazetteer_of
from service.schema.records import Reference
from service.schema.tables import AREA
from tests.thorough import thorough


def _area(code, name, name_ar="", aliases="", *, level="village", parent="", members=""):
    return {
        "area_code": code,
        "name": name,
        "name_ar": name_ar,
        "level": level,
        "parent_code": parent,
        "members": members,
        "aliases": aliases,
        "lat": None,
        "lon": None,
    }


AREAS = [
    _area("SY", "Syria", "سوريا", level="country"),
    _area("x-golan", "Golan", "الجولان", level="region", members="x-banias-golan"),
    _area("x-coast", "Syrian coast", level="region", members="SY06|SY10"),
    _area("SY06", "Latakia", "اللاذقية", "Lattakia|Lattaquié", level="governorate", parent="SY"),
    _area("SY0600", "Latakia district", level="district", parent="SY06"),
    _area("x-latakia-city", "Latakia city", "مدينة اللاذقية", level="city", parent="SY0600"),
    _area("SY10", "Tartus", "طرطوس", "Tartous", level="governorate", parent="SY"),
    _area("SY1002", "Banias", "بانياس", "Baniyas", level="district", parent="SY10"),
    _area("x-banias-city", "Banias city", level="city", parent="SY1002"),
    _area("x-banias-golan", "Baniyas (Golan)", aliases="Banias", parent="SY"),
    _area("SY05", "Hama", "حماة", level="governorate", parent="SY"),
    _area("x-hama-town", "Hama", "حماة", level="city", parent="SY05"),
    _area("SY04", "Homs", "حمص", level="governorate", parent="SY"),
    _area("x-haffa", "Al-Haffa district", "منطقة الحفة", level="district", parent="SY06"),
    _area("x-qusour", "Al-Qusour", "القصور", level="neighbourhood", parent="x-banias-city"),
    _area("x-sanobar", "Al-Sanobar", "الصنوبر", "Sanawbar"),
    _area("x-suqaylabiyah", "As-Suqaylabiyah", "السقيلبية"),
    _area("x-datour", "Al-Da'tour", "الدعتور"),
    _area("x-arza", "Arza", "أرزة"),
    _area("x-shir", "Al-Shir", "الشير"),
    _area("x-shir-homs", "Shir"),
    _area("x-mazraa-tartus", "Mazraa (Tartus)", aliases="Mazraa", parent="SY10"),
    _area("x-mazraa-homs", "Mazraa (Homs)", aliases="Mazraa", parent="SY04"),
    _area("x-lazkiye", "Lazkıye"),
]
GAZETTEER = Gazetteer(pa.Table.from_pylist(AREAS, schema=AREA))

RESOLVED = [
    ("SY06", "SY06"),
    ("sy06", "SY06"),
    ("Latakia", "SY06"),
    ("  LATAKIA ", "SY06"),
    ("Lattaquie", "SY06"),
    ("Lattaquié", "SY06"),
    ("Lattaquie\u0301", "SY06"),
    ("Ｌａｔａｋｉａ", "SY06"),
    ("La\u200btakia", "SY06"),
    ("Latakia   Governorate", "SY06"),
    ("Latakia City", "x-latakia-city"),
    ("x-latakia-city", "x-latakia-city"),
    ("اللاذقية", "SY06"),
    ("اللاذقيه", "SY06"),
    ("اللَّاذِقِيَّة", "SY06"),
    ("اللاذقيـــة", "SY06"),
    ("لاذقية", "SY06"),
    ("محافظه اللاذقيه", "SY06"),
    ("al Sanobar", "x-sanobar"),
    ("AL-SANOBAR", "x-sanobar"),
    ("el-Sanobar", "x-sanobar"),
    ("Sanobar", "x-sanobar"),
    ("al-Sanawbar", "x-sanobar"),
    ("صنوبر", "x-sanobar"),
    ("Suqaylabiyah", "x-suqaylabiyah"),
    ("al-Suqaylabiyah", "x-suqaylabiyah"),
    ("Datour", "x-datour"),
    ("al-Daʿtour", "x-datour"),
    ("ارزة", "x-arza"),
    ("إرزه", "x-arza"),
    ("Lazkiye", "x-lazkiye"),
    ("Mazraa, Homs", "x-mazraa-homs"),
    # a name with its level
    ("Latakia governorate", "SY06"),
    ("governorate of Latakia", "SY06"),
    ("Lattakia Province", "SY06"),
    ("Gouvernorat de Lattaquié", "SY06"),
    ("محافظة طرطوس", "SY10"),
    ("Tartus governorate", "SY10"),
    ("City of Latakia", "x-latakia-city"),
    ("Latakia town", "x-latakia-city"),
    ("Haffa district", "x-haffa"),
    ("منطقة حفة", "x-haffa"),
    ("Hama governorate", "SY05"),
    ("Hama city", "x-hama-town"),
    ("مدينة حماة", "x-hama-town"),
    ("حي القصور", "x-qusour"),
    # a name with the place it lies in
    ("Banias, Tartus", "SY1002"),
    ("Banias (Tartous)", "SY1002"),
    ("Banias in Tartus governorate", "SY1002"),
    ("Banias, Tartus, Syria", "SY1002"),
    ("بانياس، طرطوس", "SY1002"),
    ("Banias, Golan", "x-banias-golan"),
    ("Banias, Syrian coast", "SY1002"),
    ("Banias city, Tartus", "x-banias-city"),
    ("Al-Qusour, Banias, Tartus", "x-qusour"),
    ("Mazraa in Homs", "x-mazraa-homs"),
    ("Tartus, Syria", "SY10"),
    # two places that differ by the article only: the spelling as it stands decides
    ("Al-Shir", "x-shir"),
    ("Shir", "x-shir-homs"),
]


@pytest.mark.parametrize(("spelling", "code"), RESOLVED)
def test_a_spelling_stands_for_this_place(spelling, code):
    assert GAZETTEER.resolve(spelling) == code


@pytest.mark.parametrize(
    ("spelling", "suggestion"),
    [
        ("Latakya", "Latakia"),
        ("Tratus", "Tartus"),
        ("الاذقية", "Latakia"),
        ("Al-Sanobr", "Al-Sanobar"),
    ],
)
def test_a_likeness_is_suggested_and_never_taken(spelling, suggestion):
    with pytest.raises(UnknownName) as refusal:
        GAZETTEER.resolve(spelling)
    assert suggestion in refusal.value.suggestions
    assert suggestion in str(refusal.value)


@pytest.mark.parametrize("spelling", ["", " ", "?", "Gaza", "SX", "Lat", "governorate", "a" * 10_000])
def test_what_is_like_nothing_is_unknown_and_says_what_to_do(spelling):
    with pytest.raises(UnknownName) as refusal:
        GAZETTEER.resolve(spelling)
    assert refusal.value.fix
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize(
    ("spelling", "codes"),
    [
        ("Mazraa", {"x-mazraa-tartus", "x-mazraa-homs"}),
        ("Al-Mazraa", {"x-mazraa-tartus", "x-mazraa-homs"}),
        ("El-Shir", {"x-shir", "x-shir-homs"}),
        ("Hama", {"SY05", "x-hama-town"}),
        ("حماة", {"SY05", "x-hama-town"}),
        ("Banias", {"SY1002", "x-banias-golan"}),
        ("Banias, Syria", {"SY1002", "x-banias-golan"}),
    ],
)
def test_a_name_of_several_places_is_refused_and_lists_them_all(spelling, codes):
    with pytest.raises(AmbiguousName) as refusal:
        GAZETTEER.resolve(spelling)
    assert set(refusal.value.suggestions) == codes


@pytest.mark.parametrize(
    ("spelling", "suggestion"),
    [
        ("Homs city", "Homs"),
        ("Tartus district", "Tartus"),
        ("Al-Qusour village", "Al-Qusour"),
        ("Latakia, Tartus", "Latakia"),
        ("Al-Qusour, Latakia", "Al-Qusour"),
        ("Latakia, Latakia", "Latakia"),
    ],
)
def test_a_place_of_another_level_or_elsewhere_is_asked_back_and_never_taken(spelling, suggestion):
    with pytest.raises(UnknownName) as refusal:
        GAZETTEER.resolve(spelling)
    assert suggestion in refusal.value.suggestions
    assert refusal.value.fix


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area["area_code"])
def test_what_is_suggested_can_be_written_instead(area):
    with pytest.raises(UnknownName) as refusal:
        GAZETTEER.resolve(area["name"] + "q")
    assert [GAZETTEER.resolve(suggestion) for suggestion in refusal.value.suggestions]


def test_a_set_of_places_has_one_name_however_it_is_written():
    assert GAZETTEER.resolve_set("Tartus|Latakia") == "SY06|SY10"
    assert GAZETTEER.resolve_set(" اللاذقية | SY10 | Lattakia") == "SY06|SY10"
    assert GAZETTEER.resolve_set("Latakia") == "SY06"


@pytest.mark.parametrize("text", ["Latakia|", "|", "", "Latakia||Tartus", "Latakia|Nowhere"])
def test_a_set_with_a_part_that_is_no_place_is_refused(text):
    with pytest.raises(UnknownName):
        GAZETTEER.resolve_set(text)


def test_a_code_has_a_name_to_show():
    assert GAZETTEER.name("SY06") == "Latakia"
    with pytest.raises(UnknownName):
        GAZETTEER.name("SY99")


@thorough
@given(st.text(max_size=60))
def test_any_text_resolves_to_a_known_code_or_is_refused(text):
    try:
        code = GAZETTEER.resolve(text)
    except (UnknownName, AmbiguousName) as refusal:
        assert refusal.fix
    else:
        assert code in {area["area_code"] for area in AREAS}


def test_a_new_source_leaves_the_gazetteer_as_it_is_and_a_new_place_does_not():
    def with_areas(rows):
        return dataclasses.replace(Reference.empty(), area=pa.Table.from_pylist(rows, schema=AREA))

    known = gazetteer_of(with_areas(AREAS))
    assert gazetteer_of(with_areas(AREAS)) is known
    more = gazetteer_of(with_areas([*AREAS, _area("x-new", "Newtown", parent="SY")]))
    assert (more.resolve("Newtown"), known.resolve("Latakia")) == ("x-new", "SY06")
    with pytest.raises(UnknownName):
        known.resolve("Newtown")
