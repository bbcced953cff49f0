"""That the shipped seeds read as they are meant to."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.ingest import Gazetteer, load_seeds, read_reports
from service.schema.records import Reference

SEEDS = load_seeds(Path(__file__).parents[2] / "seeds")
REFERENCE = Reference(**SEEDS.reference)
GAZETTEER = Gazetteer(REFERENCE.area)


@pytest.mark.parametrize(("document", "data"), SEEDS.documents, ids=[name for name, _ in SEEDS.documents])
def test_every_shipped_row_is_accepted_and_names_only_what_is_shipped(document, data):
    batch = read_reports(data, document, REFERENCE, today=SEEDS.recorded_at.date())
    assert batch.rows > 0
    assert batch.held.to_pylist() == []
    assert batch.register == {}


def test_every_shipped_name_of_a_place_stands_for_that_place_alone():
    for area in REFERENCE.area.to_pylist():
        for spelling in (area["area_code"], area["name"], area["name_ar"], *area["aliases"].split("|")):
            if spelling:
                assert GAZETTEER.resolve(spelling) == area["area_code"], spelling


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("Latakia", "SY06"),
        ("Jableh", "SY0602"),
        ("Banias", "SY1002"),
        ("اللاذقية", "SY06"),
        ("جبلة", "SY0602"),
        ("بانياس", "SY1002"),
    ],
)
def test_the_featured_places_answer_to_their_plain_names(spelling, code):
    assert GAZETTEER.resolve(spelling) == code
