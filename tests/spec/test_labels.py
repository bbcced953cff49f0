"""What places, populations, measures and sources are called, in each language, as tables of examples."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pytest

from service.errors import QueryError
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.tables import POPULATION
from service.vocabulary import Measure
from tests import builders

ROWS = [
    ("all", "All people", "جميع الأشخاص", "Everyone the source counts."),
    ("civilians", "Civilians", "مدنيون", "People who take no part in the fighting."),
    ("alawite_civilians", "Alawite civilians", "مدنيون علويون", "Civilians described as Alawite."),
    ("pro_assad_fighters", "Pro-Assad fighters", "", "Armed people on the side of the former government."),
    ("un_staff", "UN staff", "", "Staff."),
    ("security_forces", "security forces", "", ""),
]


@pytest.fixture(scope="module")
def reference() -> Reference:
    blank = {field.name: "" for field in POPULATION}
    rows = [
        blank | {"population": name, "label": label, "label_ar": label_ar, "definition": definition}
        for name, label, label_ar, definition in ROWS
    ]
    return dataclasses.replace(builders.reference(), population=pa.Table.from_pylist(rows, schema=POPULATION))


@pytest.mark.parametrize(
    ("areas", "english", "arabic"),
    [
        ("SY06", "Latakia", "اللاذقية"),
        ("SY06|SY10", "Latakia and Tartus together", "اللاذقية وطرطوس معًا"),
        (
            "SY06|SY0602|SY1002",
            "Latakia, Jableh and Banias together",
            "اللاذقية وجبلة وبانياس معًا",
        ),
        ("SY", "Syria", "Syria"),  # has no Arabic name here
        ("SY06|x-new", "Latakia and x-new together", "اللاذقية وx-new معًا"),
    ],
)
def test_a_place_and_a_place_set_have_one_name(reference, areas, english, arabic):
    assert Labels(reference).places(areas) == english
    if "|" not in areas:
        assert Labels(reference).place(areas) == english
    assert Labels(reference, "ar").places(areas) == arabic


@pytest.mark.parametrize(
    ("population", "sentence", "heading", "arabic"),
    [
        ("all", "all people", "All people", "جميع الأشخاص"),
        ("civilians", "civilians", "Civilians", "مدنيون"),
        ("alawite_civilians", "Alawite civilians", "Alawite civilians", "مدنيون علويون"),
        ("pro_assad_fighters", "Pro-Assad fighters", "Pro-Assad fighters", "Pro-Assad fighters"),
        ("un_staff", "UN staff", "UN staff", "UN staff"),
        ("security_forces", "security forces", "security forces", "security forces"),
        ("not_registered", "not registered", "not registered", "not registered"),
    ],
)
def test_a_population_has_one_name_in_a_sentence_and_one_as_a_heading(
    reference, population, sentence, heading, arabic
):
    assert Labels(reference).population(population) == sentence
    assert Labels(reference).heading(population) == heading
    assert Labels(reference, "ar").population(population) == arabic


def test_what_is_counted_is_said_in_one_way(reference):
    labels = Labels(reference)
    assert labels.subject("killed", "alawite_civilians") == "killed, Alawite civilians"
    assert (
        labels.subject("bodies_recovered", "all", "security_forces")
        == "bodies recovered, all people, attributed to security forces"
    )
    assert Labels(reference, "ar").subject("killed", "civilians") == "قتلى، مدنيون"
    assert labels.subject("incidents", "all") == "incidents"  # counts no people
    assert labels.attribution("") == ""


@pytest.mark.parametrize("measure", Measure)
def test_every_measure_has_a_name_in_each_language(reference, measure):
    assert Labels(reference).measure(measure) == measure.label
    assert Labels(reference, "ar").measure(measure) == measure.label_ar


def test_sources_and_crises_go_by_name_and_else_by_identifier(reference):
    labels = Labels(reference)
    assert labels.source("sohr") == "Syrian Observatory for Human Rights"
    assert labels.source("nobody-knows") == "nobody-knows"
    assert labels.crisis(builders.CRISIS_ID) == "Violence on the Syrian coast"


def test_a_language_without_names_is_refused(reference):
    with pytest.raises(QueryError, match="no names here"):
        Labels(reference, "xx")


def test_a_place_set_is_spelled_as_a_report_file_spells_it(reference: Reference) -> None:
    labels = Labels(reference)
    for areas in ("SY06", "SY06|SY1002"):
        assert labels.spelled(areas) == "|".join(labels.place(code) for code in areas.split("|"))


def test_a_source_goes_by_its_arabic_name_in_arabic_else_by_the_field_s_else_by_its_own():
    own = dataclasses.replace(
        builders.reference(),
        source=builders.sources(
            {"source_id": "sohr", "name": "SOHR", "name_ar": "المرصد", "kind": "monitor"},
            {"source_id": "reuters", "name": "Reuters", "kind": "media"},
            {"source_id": "village-post", "name": "Village Post", "kind": "media"},
        ),
    )
    said = {language: Labels.of(own, language) for language in ("en", "ar")}
    assert [said["en"].source(each) for each in ("sohr", "reuters", "village-post")] == [
        "SOHR", "Reuters", "Village Post",
    ]  # fmt: skip
    assert [said["ar"].source(each) for each in ("sohr", "reuters", "village-post")] == [
        "المرصد", "رويترز", "Village Post",
    ]  # fmt: skip
