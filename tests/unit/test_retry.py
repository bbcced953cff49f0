"""Is a row that was held read again as it was, with what was mended since?"""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest

from service.errors import QueryError, UnknownName
from service.ingest import read_reports
from service.ingest.fixes import Fix, read_fixes
from service.ingest.retry import retry_rows, spread_fixes
from service.ingest.row_reader import HeldRow
from tests import builders

TODAY = dt.date(2025, 4, 1)
MAPPING = """
[fields]
crisis = "syria-coast-2025-03"
source = "sohr"
published_on = "{day}"
areas = "{place}"
measure = "killed"
basis = "cumulative"
{more}

[[figure]]
count = "{{killed}}"
population = "civilians"

[[figure]]
count = "{{killed}}"
population = "all"
when = {{ whole = "yes" }}

[[figure]]
count = "{{women}}"
population = "women"
"""
TABLE = (
    "day,place,killed,women,whole,remark\n12/03/2025,Latakia,683,40,yes,seen\n13/03/2025,Latakia,690,41,,x\n"
)


def mapping(folder: Path, more: str = "", name: str = "desk") -> str:
    path = folder / f"{name}.toml"
    path.write_text((more + MAPPING).replace("{more}", "").replace("{{", "{").replace("}}", "}"))
    return str(path)


@pytest.fixture
def reference():
    return builders.reference()


def held(batch):
    return [HeldRow(each["row"], each["verdict"], each["raw"]) for each in batch.held.to_pylist()]


def test_rows_of_a_mapping_that_was_mended_become_the_figures_they_were_and_keep_their_numbers(
    tmp_path, reference
):
    read = {"mapping": mapping(tmp_path), "format": "csv"}
    batch = read_reports(TABLE.encode(), "t.csv", reference, today=TODAY, **read)
    assert (batch.reports.num_rows, batch.held["row"].to_pylist()) == (0, [1, 2, 3, 4, 5])
    mended = mapping(tmp_path, 'dates = ["dd/MM/yyyy"]\n', "mended")
    again = retry_rows(held(batch), "t.csv", batch.sha256, reference, today=TODAY, mapping=mended)
    whole = read_reports(TABLE.encode(), "t.csv", reference, today=TODAY, mapping=mended, format="csv")
    assert again.reports.equals(whole.reports)
    assert (again.rows, again.held.num_rows) == (5, 0)


def test_what_is_kept_of_a_mapped_row_is_what_the_mapping_reads_and_how(tmp_path, reference):
    batch = read_reports(
        TABLE.encode(), "t.csv", reference, today=TODAY, mapping=mapping(tmp_path), format="csv"
    )
    kept = json.loads(batch.held["raw"][1].as_py())
    assert kept == {
        "day": "12/03/2025",
        "place": "Latakia",
        "killed": "683",
        "women": "40",
        "whole": "yes",
        "taken as": {"mapping": "desk@1b66bde672ac", "figure": "killed (2)", "place": "Row 1, killed"},
    }


def test_a_row_of_a_mapping_that_is_not_shipped_asks_for_its_file(tmp_path, reference):
    batch = read_reports(
        TABLE.encode(), "t.csv", reference, today=TODAY, mapping=mapping(tmp_path), format="csv"
    )
    with pytest.raises(UnknownName, match="desk"):
        retry_rows(held(batch), "t.csv", batch.sha256, reference, today=TODAY)
    with pytest.raises(QueryError, match="no figure killed, as row 1 was read"):
        retry_rows(held(batch), "t.csv", batch.sha256, reference, today=TODAY, mapping="t4p-lebanon")


def test_a_fix_of_a_mapped_row_is_of_a_field_or_of_a_column_of_its_document(tmp_path, reference):
    toml = mapping(tmp_path)
    batch = read_reports(TABLE.encode(), "t.csv", reference, today=TODAY, mapping=toml, format="csv")
    fixes = [Fix(1, "published_on", "2025-03-12", "as told"), Fix(4, "day", "2025-03-13", "as told")]
    again = retry_rows(held(batch), "t.csv", batch.sha256, reference, today=TODAY, mapping=toml, fixes=fixes)
    assert dict(
        zip(again.reports["row"].to_pylist(), again.reports["published_on"].to_pylist(), strict=True)
    ) == {
        1: dt.date(2025, 3, 12),
        4: dt.date(2025, 3, 13),
    }
    assert again.held["row"].to_pylist() == [2, 3, 5]


def test_a_fix_of_a_row_that_stays_aside_is_kept_with_it(tmp_path, reference):
    toml = mapping(tmp_path)
    batch = read_reports(
        TABLE.replace("Latakia", "Atlantis").encode(), "t.csv", reference, today=TODAY,
        mapping=toml, format="csv",
    )  # fmt: skip
    first = [each for each in held(batch) if each.row == 1]
    fix = Fix(1, "published_on", "2025-03-12", "as told")
    again = retry_rows(first, "t.csv", batch.sha256, reference, today=TODAY, mapping=toml, fixes=[fix])
    assert [finding.code for finding in again.findings] == ["unknown_name", "overridden"]
    assert again.findings[0].message.startswith("Row 1, killed: ")
    other = builders.areas(
        *reference.area.to_pylist()[:-1], {**reference.area.to_pylist()[-1], "aliases": "Atlantis"}
    )
    known = dataclasses.replace(reference, area=other)
    once_more = retry_rows(held(again), "t.csv", batch.sha256, known, today=TODAY, mapping=toml)
    assert (once_more.reports.num_rows, once_more.held.num_rows) == (1, 0)


def test_a_native_row_taken_again_is_the_row_that_a_mended_file_would_hold(reference):
    head = "crisis,source,areas,measure,population,published_on,count\n"
    wrong = f"{head}syria-coast-2025-03,sohr,Latakia,killed,civilians,2025-03-12,lots\n"
    batch = read_reports(wrong.encode(), "n.csv", reference, today=TODAY)
    fix = Fix(1, "count", "over 700", "asked the source")
    again = retry_rows(held(batch), "n.csv", batch.sha256, reference, today=TODAY, fixes=[fix])
    right = read_reports(wrong.replace("lots", "over 700").encode(), "n.csv", reference, today=TODAY)
    assert again.reports.equals(right.reports)
    assert again.rows == again.reports.num_rows + again.held.num_rows == 1


def test_a_row_whose_mapping_is_not_kept_says_which_it_was_and_what_to_do(tmp_path, reference):
    batch = read_reports(
        TABLE.encode(), "t.csv", reference, today=TODAY, mapping=mapping(tmp_path), format="csv"
    )
    with pytest.raises(UnknownName, match="desk@1b66bde672ac, which this ledger does not keep") as refused:
        retry_rows(held(batch), "t.csv", batch.sha256, reference, today=TODAY)
    assert "--mapping FILE.toml" in refused.value.fix


MISSPELT = """crisis,source,areas,measure,population,published_on,count
syria-coast-2025-03,sohr,Latakya,killed,civilians,2025-03-12,40
syria-coast-2025-03,sohr,Latakya|Tartus,killed,civilians,2025-03-13,50
syria-coast-2025-03,sohr,Latakyan hills,killed,civilians,2025-03-14,60
"""


def test_a_fix_of_every_row_alike_is_one_of_each_row_that_says_so_and_of_one_place_among_several(reference):
    batch = read_reports(MISSPELT.encode(), "m.csv", reference, today=TODAY)
    fix = Fix.alike("areas", "Latakya", "Latakia", "a misspelling")
    spread = spread_fixes(held(batch), "m.csv", [fix])
    assert [each for _, each in spread] == [
        Fix(1, "areas", "Latakia", "a misspelling", "m.csv"),
        Fix(2, "areas", "Latakia|Tartus", "a misspelling", "m.csv"),
    ]
    own = [each for _, each in spread]
    again = retry_rows(held(batch), "m.csv", batch.sha256, reference, today=TODAY, fixes=own)
    right = read_reports(MISSPELT.replace("Latakya", "Latakia").encode(), "m.csv", reference, today=TODAY)
    assert again.reports["report_id"].to_pylist() == right.reports["report_id"].to_pylist()[:2]
    assert [finding.row for finding in again.findings if finding.code == "overridden"] == [1, 2]


def test_a_fix_of_every_row_alike_fits_what_a_mapping_made_of_a_row_or_what_its_document_says(
    tmp_path, reference
):
    toml = mapping(tmp_path)
    batch = read_reports(TABLE.encode(), "t.csv", reference, today=TODAY, mapping=toml, format="csv")
    for column in ("published_on", "day"):
        fix = Fix.alike(column, "12/03/2025", "2025-03-12", "days come first")
        spread = spread_fixes(held(batch), "t.csv", [fix], mapping=toml)
        assert [(each.row, each.column, each.value) for _, each in spread] == [
            (number, column, "2025-03-12") for number in (1, 2, 3)
        ]


def test_a_file_of_fixes_names_a_row_or_what_stands_in_every_such_row():
    told = b"column,was,value,reason\nareas,Latakya,Latakia,a misspelling\n"
    assert read_fixes(told, "f.csv") == [Fix.alike("areas", "Latakya", "Latakia", "a misspelling")]
    for row in (b"3,areas,Latakya,Latakia,x\n", b",areas,,Latakia,x\n"):
        with pytest.raises(QueryError, match="is no row number"):
            read_fixes(b"row,column,was,value,reason\n" + row, "f.csv")
    assert "was" not in Fix(1, "areas", "Latakia", "x").as_json()
