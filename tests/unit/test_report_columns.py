"""What the cells of a report file mean, column by column; a place that is not known is never guessed."""

from __future__ import annotations

import pyarrow as pa
import pytest

from service.ingest import Gazetteer, load_seeds
from service.ingest.cells import LONGEST_NAME, Problem, check_length
from service.ingest.new_areas import new_area
from service.ingest.report_columns import ColumnReaders, quarantine_unknown_place
from service.schema.records import Reference
from service.settings import shipped_seeds
from service.vocabulary import Verdict

REFERENCE = Reference(**load_seeds(shipped_seeds()).reference)
VILLAGES = [
    new_area(REFERENCE.area, "Mazraa", level="village", parent=parent, code=f"x-mazraa-{parent.lower()}")
    for parent in ("Tartus", "Homs")
]
GAZETTEER = Gazetteer(pa.concat_tables([REFERENCE.area, *VILLAGES]))


@pytest.mark.parametrize(("text", "areas"), [("Latakia", "SY06"), ("Tartus|Latakia", "SY06|SY10")])
def test_known_places_give_their_codes_and_the_spelling_of_the_source(text, areas):
    assert quarantine_unknown_place(GAZETTEER, text) == (areas, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("Latakya", "unknown_name"), ("Latakia|Nowhere", "unknown_name"), ("Mazraa", "ambiguous_name")],
)
def test_a_place_that_is_unknown_or_could_be_several_quarantines_the_row(text, code):
    with pytest.raises(Problem) as problem:
        quarantine_unknown_place(GAZETTEER, text)
    assert (problem.value.code, problem.value.verdict) == (code, Verdict.QUARANTINED)
    assert problem.value.fix


def test_a_quarantined_cell_has_no_value_and_one_finding_with_the_text_as_stated():
    cell = ColumnReaders(REFERENCE).by_column()["areas"]("Latakya")
    assert (cell.value, cell.verdict) == (None, Verdict.QUARANTINED)
    assert [(finding.column, finding.value) for finding in cell.findings] == [("areas", "Latakya")]


def test_a_name_longer_than_any_name_is_none():
    assert check_length("x" * LONGEST_NAME)
    with pytest.raises(Problem):
        check_length("x" * (LONGEST_NAME + 1))
