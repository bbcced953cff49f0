"""That a known error is corrected where it stands, kept as it came, and shouted about once it is gone."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from service.errors import UnreadableDocument
from service.ingest import load_seeds, read_reports
from service.ingest.corrections import apply_corrections, read_corrections
from service.reference.containment import Containment
from service.schema.records import Reference, report_id
from service.schema.tables import BATCH_REPORT, REPORT
from tests import builders
from tests.builders import report

CONTAINMENT = Containment.of(builders.reference())
SHIPPED = Path(__file__).parents[2] / "seeds"
ENTRY = """
[[correction]]
id = "one"
status = "applied"
decided_on = 2025-08-01
reason = "The page misquotes its origin."
evidence = ["the origin's own page"]
match = { source = "afp", origin = "sohr", published_on = 2025-03-12 }
expect = { count = "683" }
set = { count = "at least 638" }
"""


def batch(*rows):
    placed = [{"row": at, **row} for at, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(placed, schema=BATCH_REPORT)


def corrections(text=ENTRY, **changed):
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    return read_corrections(text.encode(), "corrections.toml")


def carried(**fields):
    return report(source_id="afp", origin_id="sohr", **fields)


def test_the_row_is_replaced_and_kept_as_it_came():
    before = batch(report(), carried())
    after = apply_corrections(before, corrections(), CONTAINMENT)
    first, second = after.reports.to_pylist()
    assert first == before.to_pylist()[0]
    assert (second["low"], second["best"], second["number"], second["count_stated"]) == (
        638,
        None,
        638,
        "at least 638",
    )
    assert second["report_id"] == report_id(second)
    assert after.originals.to_pylist() == [before.to_pylist()[1]]
    assert after.successors == (second["report_id"],)
    (finding,) = after.findings
    assert (finding.code, str(finding.severity), finding.row) == ("corrected", "info", 2)
    assert finding.subject == before.to_pylist()[1]["report_id"]
    assert "The page misquotes its origin." in finding.message


def test_a_source_that_has_fixed_itself_makes_the_correction_fail_loudly():
    fixed = dict(carried(), low=638, best=None, high=None, number=638, count_stated="at least 638")
    after = apply_corrections(batch(fixed), corrections(), CONTAINMENT)
    assert after.reports == batch(fixed)
    assert after.originals.num_rows == 0
    (finding,) = after.findings
    assert (finding.code, str(finding.severity)) == ("correction_outdated", "error")
    assert "the source has fixed itself" in finding.message
    assert finding.fix.startswith("Remove the correction")


def test_a_row_that_says_something_else_again_is_left_alone_with_an_error():
    after = apply_corrections(batch(carried(count=700)), corrections(), CONTAINMENT)
    (finding,) = after.findings
    assert (finding.code, finding.value) == ("correction_outdated", "700")
    assert after.reports == batch(carried(count=700))


def test_a_correction_that_means_two_rows_is_applied_to_none():
    rows = batch(carried(), carried(measure="injured"))
    after = apply_corrections(rows, corrections(), CONTAINMENT)
    assert after.reports == rows
    assert [finding.code for finding in after.findings] == ["correction_ambiguous"]


def test_a_document_without_the_row_hears_nothing_of_it():
    assert apply_corrections(batch(report()), corrections(), CONTAINMENT).findings == ()
    assert apply_corrections(batch(), corrections(), CONTAINMENT).findings == ()


def test_a_proposed_correction_only_says_what_it_would_do():
    after = apply_corrections(batch(carried()), corrections(applied="proposed"), CONTAINMENT)
    assert after.reports == batch(carried())
    assert [finding.code for finding in after.findings] == ["correction_proposed"]


def test_a_retired_correction_is_silent():
    assert apply_corrections(batch(carried()), corrections(applied="retired"), CONTAINMENT).findings == ()


def test_places_days_and_words_can_be_corrected_too():
    text = ENTRY.replace('{ count = "683" }', '{ areas = "SY06", counted_to = 2025-03-12 }').replace(
        '{ count = "at least 638" }', '{ areas = "SY10|SY06", counted_to = 2025-03-11 }'
    )
    (row,) = apply_corrections(batch(carried()), corrections(text), CONTAINMENT).reports.to_pylist()
    assert (row["areas"], str(row["counted_to"]), row["best"]) == ("SY06|SY10", "2025-03-11", 683)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('reason = "The page misquotes its origin."', "", "no reason"),
        ('evidence = ["the origin\'s own page"]', "", "no evidence"),
        ('evidence = ["the origin\'s own page"]', 'evidence = "hearsay"', "not a list"),
        ('status = "applied"', 'status = "done"', "not one of applied"),
        ("2025-08-01", '"soon"', "not a day"),
        ('{ count = "683" }', '{ note = "x" }', "expect names note"),
        ('{ count = "683" }', '{ areas = "SY06" }', "without expecting"),
        ('{ count = "at least 638" }', '{ count = "683" }', "sets what it expects"),
        ('{ count = "at least 638" }', '{ count = "many" }', "many"),
        ('{ count = "at least 638" }', '{ source = "x" }', "source"),
        ('id = "one"', 'id = "one"\nwhy = "x"', "unknown key why"),
        ("2025-03-12", '"12 March"', "12 March"),
        (ENTRY, ENTRY + ENTRY, "twice"),
        (ENTRY, "[other]\nx = 1", "only"),
        (ENTRY, "[[", "not TOML"),
    ],
)
def test_an_entry_that_is_not_whole_is_refused_with_what_it_lacks(old, new, complaint):
    with pytest.raises(UnreadableDocument, match=complaint):
        corrections(**{old: new})


@pytest.mark.parametrize(
    ("count", "code"),
    [("at least 638 injured", "count_of_another_measure"), ("638 fighters", "count_of_another_population")],
)
def test_a_count_of_another_measure_or_of_other_people_is_not_put_into_a_row(count, code):
    before = batch(carried(population="civilians"))
    text = ENTRY.replace("at least 638", count)
    after = apply_corrections(before, corrections(text), CONTAINMENT)
    assert after.reports.equals(before)
    (finding,) = after.findings
    assert (finding.code, finding.severity, after.successors) == (code, "error", ())
    assert finding.message.startswith("Correction one was not applied: The count")


def test_an_entry_cannot_find_its_row_by_what_it_changes():
    text = ENTRY.replace('{ count = "683" }', '{ origin = "sohr" }').replace(
        '{ count = "at least 638" }', '{ origin = "snhr" }'
    )
    with pytest.raises(UnreadableDocument, match="finds the row by origin"):
        corrections(text)


def test_every_shipped_correction_finds_its_one_row_and_holds():
    seeds = load_seeds(SHIPPED)
    shipped = read_corrections((SHIPPED / "corrections.toml").read_bytes(), "corrections.toml")
    reference = Reference(**seeds.reference)
    findings, corrected = [], []
    for document, data in seeds.documents:
        reports = read_reports(data, document, reference, today=seeds.recorded_at.date()).reports
        after = apply_corrections(reports, shipped, Containment.of(reference))
        findings += [(finding.message.split()[1], finding.code) for finding in after.findings]
        numbers = {row["report_id"]: row["number"] for row in after.reports.to_pylist()}
        before = [row["number"] for row in after.originals.to_pylist()]
        corrected += zip(before, (numbers[successor] for successor in after.successors), strict=True)
        assert after.reports.num_rows == reports.num_rows
    codes = {"applied": "corrected", "proposed": "correction_proposed"}
    assert sorted(findings) == sorted((each.correction_id, codes[each.status]) for each in shipped)
    assert sorted(corrected) == [(446, 445), (1443, 1426), (3875, 3845)]


def test_the_corrected_sides_of_snhr_add_up():
    from service.ingest.checks import check_batch

    seeds = load_seeds(SHIPPED)
    reference = Reference(**seeds.reference)
    shipped = read_corrections((SHIPPED / "corrections.toml").read_bytes(), "corrections.toml")
    document = "syria-coast-2025-03.csv"
    data = dict(seeds.documents)[document]
    reports = read_reports(data, document, reference, today=seeds.recorded_at.date()).reports
    after = apply_corrections(reports, shipped, Containment.of(reference)).reports
    sums = [
        [finding.message for finding in check_batch(each, REPORT.empty_table(), reference)]
        for each in (reports, after)
    ]
    assert any("889 + 446" in message for message in sums[0])
    assert not any("889" in message for message in sums[1])
