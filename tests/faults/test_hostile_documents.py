"""No document breaks the reading of it: each ends as was expected, and every row is accounted for."""

from __future__ import annotations

import datetime as dt
import json

import pyarrow as pa
import pytest

from service.errors import UnreadableDocument
from service.ingest import Limits, read_reports
from service.schema.records import Reference
from service.schema.tables import AREA, CONTEXT, CRISIS, POPULATION, SOURCE, WEIGHT
from service.vocabulary import Severity
from tests.faults.hostile import BINARY_FORMS, CELLS, FORMS, GOOD, TEXT_FORMS, TYPED, bomb_of

TODAY = dt.date(2025, 4, 1)
LETTERS = {"a": "accepted", "q": "quarantined", "r": "rejected"}


def _table(schema, *rows):
    blank = {field.name: "" if field.type == pa.string() else None for field in schema}
    return pa.Table.from_pylist([{**blank, **row} for row in rows], schema=schema)


REFERENCE = Reference(
    area=_table(
        AREA,
        {"area_code": "SY10", "name": "Tartus", "level": "governorate"},
        {"area_code": "x-a", "name": "Mazraa north", "aliases": "Mazraa", "level": "village"},
        {"area_code": "x-b", "name": "Mazraa south", "aliases": "Mazraa", "level": "village"},
    ),
    source=_table(SOURCE, {"source_id": "afp", "name": "AFP", "kind": "media"}),
    population=_table(POPULATION, {"population": "civilians", "label": "Civilians"}),
    crisis=_table(CRISIS, {"crisis_id": "coast-2025", "name": "The coast"}),
    context=_table(CONTEXT),
    weight=_table(WEIGHT),
)


def _verdicts(data, name, **options):
    """The verdict of every row; each has one, and each that is held is explained."""
    try:
        batch = read_reports(data, name, REFERENCE, today=TODAY, **options)
    except UnreadableDocument as refusal:
        assert refusal.message
        assert refusal.fix
        return "refused"
    verdicts = dict.fromkeys(batch.reports["row"].to_pylist(), "accepted")
    verdicts |= dict(zip(batch.held["row"].to_pylist(), batch.held["verdict"].to_pylist(), strict=True))
    assert sorted(verdicts) == list(range(1, batch.rows + 1))
    assert batch.rows == batch.reports.num_rows + batch.held.num_rows
    explained = {
        finding.row
        for finding in batch.findings
        if finding.severity is Severity.ERROR or finding.code in ("note_row", "total_row")
    }
    assert explained == set(batch.held["row"].to_pylist())
    assert all(isinstance(json.loads(raw), dict) for raw in batch.held["raw"].to_pylist())
    return [verdicts[row] for row in sorted(verdicts)]


CASES = [(form, fault) for form in TEXT_FORMS for fault in CELLS]


@pytest.mark.parametrize(("form", "fault"), CASES)
def test_a_faulty_cell_holds_its_row_and_no_other(form, fault):
    changes, verdict = CELLS[fault]
    data = TEXT_FORMS[form]([GOOD, {**GOOD, **changes}, GOOD])
    assert _verdicts(data, "document") == ["accepted", verdict, "accepted"]


@pytest.mark.parametrize("form", BINARY_FORMS)
def test_faulty_cells_that_a_child_reads_hold_their_rows_and_no_others(form):
    rows = [row for fault in TYPED for row in ({**GOOD, **CELLS[fault][0]}, GOOD)]
    verdicts = [verdict for fault in TYPED for verdict in (CELLS[fault][1], "accepted")]
    assert _verdicts(BINARY_FORMS[form](rows), "document") == verdicts


@pytest.mark.parametrize("fault", FORMS)
def test_a_faulty_document_ends_as_expected(fault):
    name, data, expected = FORMS[fault]
    wanted = expected if expected == "refused" else [LETTERS[letter] for letter in expected]
    assert _verdicts(data, name) == wanted


@pytest.mark.parametrize(
    "fault", [fault for fault, (name, _, _) in FORMS.items() if name.endswith(("csv", "json"))][::6]
)
def test_a_child_says_the_same_of_a_faulty_text(fault):
    name, data, expected = FORMS[fault]
    wanted = expected if expected == "refused" else [LETTERS[letter] for letter in expected]
    assert _verdicts(data, name, limits=Limits()) == wanted


def test_the_corpus_is_as_large_as_it_says():
    assert len(CASES) + len(TYPED) * len(BINARY_FORMS) + len(FORMS) >= 300


def test_a_document_that_takes_too_long_is_refused():
    rows = b"[" + b",".join([json.dumps(GOOD).encode()] * 100_000) + b"]"
    with pytest.raises(UnreadableDocument, match="seconds"):
        read_reports(rows, "a.json", REFERENCE, today=TODAY, limits=Limits(seconds=0.0, seconds_each_mb=0.0))


def test_a_small_file_that_unpacks_to_very_many_rows_is_refused():
    bomb = bomb_of(40_000)
    assert len(bomb) < 100_000
    limits = Limits(output=1 << 21, output_each_byte=10)
    with pytest.raises(UnreadableDocument, match="of text for its size"):
        read_reports(bomb, "a.parquet", REFERENCE, today=TODAY, limits=limits)
