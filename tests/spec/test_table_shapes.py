"""Tables as they are met: titles and notes around them, merged cells, a column a day, a row a person."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from service.errors import UnreadableDocument
from service.ingest import load_seeds, read_reports
from service.ingest.mapping.definition import parse_mapping
from service.ingest.readers.sheet_xml import MOST_MERGED_CELLS, MergedCell, scan_sheet
from service.ingest.retry import retry_rows
from service.ingest.row_reader import HeldRow
from service.schema.records import Batch, Reference
from service.settings import shipped_seeds

TODAY = dt.date(2026, 11, 1)
HEADING = "crisis,source,published_on,areas,measure,population,count"
ROW = "our-crisis,moh,2025-03-08,Jableh,killed,all,"
COMMON = """
[fields]
crisis = "our-crisis"
source = "moh"
measure = "killed"
population = "all"
"""


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(**{**vars(Reference.empty()), **load_seeds(shipped_seeds()).reference})


def read(data: str | bytes, reference: Reference, mapping: str = "", name: str = "") -> Batch:
    """The batch of a document, after it was checked that every row is accounted for."""
    declared = parse_mapping(mapping.encode(), "ours") if mapping else None
    text = data.encode() if isinstance(data, str) else data
    name = name or ("table.csv" if isinstance(data, str) else "table.xlsx")
    batch = read_reports(text, name, reference, today=TODAY, mapping=declared)
    numbers = batch.reports["row"].to_pylist() + batch.held["row"].to_pylist()
    assert sorted(numbers) == list(range(1, batch.rows + 1))
    return batch


def said(batch: Batch, *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in batch.reports.select(list(fields)).to_pylist()]


def codes(batch: Batch) -> list[str]:
    return [finding.code for finding in batch.findings if not finding.code.startswith(("new_", "unmapped"))]


def workbook(*rows: list[object], merged: tuple[str, ...] = (), hidden: tuple[int, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    for number in hidden:
        book.active.row_dimensions[number].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- what stands around a table ---------------------------------------------------------------------------


def test_titles_above_the_heading_and_a_line_below_the_rows_are_findings_and_no_figures(reference):
    table = (
        f"Bulletin no 7\nas of 8 March\n\n{HEADING}\n{ROW}7\nSource: the ministry, by phone; provisional\n"
    )
    batch = read(table, reference)
    assert said(batch, "areas", "best") == [("SY0602", 7)]
    assert codes(batch) == ["title_rows", "note_row"]
    titles, note = (f for f in batch.findings if f.code in ("title_rows", "note_row"))
    assert "“Bulletin no 7”; “as of 8 March”" in titles.message
    assert (note.row, note.severity, batch.held["verdict"].to_pylist()) == (2, "info", ["rejected"])
    assert "provisional" in batch.held["raw"][0].as_py(), "nothing that was handed in is lost"


def test_a_title_in_another_hand_does_not_decide_what_parts_the_cells(reference):
    table = (
        f"Deaths, injuries and missing, all three\n{HEADING.replace(',', ';')}\n{ROW.replace(',', ';')}7\n"
    )
    assert said(read(table, reference), "best") == [(7,)]


def test_a_row_that_sums_up_the_others_is_not_counted_as_well(reference):
    table = f"{HEADING}\n{ROW}7\nour-crisis,moh,2025-03-08,Grand total,killed,all,7\nTotal,,,,,,7\n"
    batch = read(table, reference)
    assert said(batch, "best") == [(7,)]
    assert codes(batch) == ["total_row", "total_row"]


def test_a_total_is_a_figure_where_a_mapping_says_of_which_place(reference):
    mapping = COMMON + 'areas = "{where}"\n[words.where]\nTotal = "SY06"\n[[figure]]\ncount = "{dead}"\n'
    table = "where,dead\nJableh,7\nTotal,9\n"
    assert said(read(table, reference, mapping), "areas", "best") == [("SY0602", 7), ("SY06", 9)]
    unnamed = mapping.replace("[words.where]\nTotal", "[words.where]\nAll").replace("[fields]", "[fields]")
    own = 'totals = ["Whole coast"]\n' + unnamed
    batch = read("where,dead\nJableh,7\nTotal,9\nWhole coast,9\n", reference, own)
    assert (said(batch, "best"), codes(batch)) == ([(7,)], ["total_row", "total_row"])


def test_the_row_of_the_heading_can_be_declared(reference):
    mapping = "header = 4\n" + COMMON + 'areas = "{where}"\n[[figure]]\ncount = "{dead}"\n'
    table = "where,dead\nof,which\n\nwhere,dead\nJableh,7\n"
    assert said(read(table, reference, mapping), "best") == [(7,)]
    with pytest.raises(UnreadableDocument, match="nothing in row 3"):
        read(table, reference, mapping.replace("header = 4", "header = 3"))


def test_each_row_under_a_merged_cell_has_what_it_holds(reference):
    columns = [*HEADING.split(",")]
    row = ["our-crisis", "moh", dt.date(2025, 3, 8), "Jableh", "killed", "all"]
    book = workbook(
        ["As of 9 March"], [], columns, [*row, 7], [*row[:3], None, "killed", "women", 3],
        ["Total", *[None] * 5, 10],
        merged=("D4:D5", "A1:G1"),
    )  # fmt: skip
    batch = read(book, reference)
    assert said(batch, "areas", "population", "best") == [("SY0602", "all", 7), ("SY0602", "women", 3)]
    assert codes(batch) == ["title_rows", "total_row"]


def test_one_count_in_a_merged_cell_is_nobodys_share(reference):
    row = ["our-crisis", "moh", dt.date(2025, 3, 8)]
    book = workbook(
        [*HEADING.split(",")], [*row, "Jableh", "killed", "all", 9], [*row, "Banias", "killed", "all", None],
        merged=("G2:G3",),
    )  # fmt: skip
    batch = read(book, reference)
    assert (batch.reports.num_rows, batch.held["verdict"].to_pylist()) == (0, ["quarantined"] * 2)
    assert "9 (one cell for rows 2 to 3)" in batch.findings[0].message


def test_hidden_rows_are_read_and_told_and_hidden_sheets_are_left_out_and_told(reference):
    row = ["our-crisis", "moh", dt.date(2025, 3, 8), "Jableh", "killed"]
    book = openpyxl.load_workbook(
        io.BytesIO(workbook([*HEADING.split(",")], [*row, "all", 7], [*row, "women", 3], hidden=(3,)))
    )
    lists = book.create_sheet("lists")
    lists.append(["a", "b"])
    lists.append(["c", "d"])
    lists.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    batch = read(out.getvalue(), reference)
    assert said(batch, "best") == [(7,), (3,)]
    assert codes(batch) == ["hidden_rows", "hidden_sheet"]
    assert "row 3 is hidden; it was read" in str([finding.message for finding in batch.findings])


def test_a_hidden_sheet_is_read_where_it_is_named_not_where_a_pattern_happens_to_fit_it(reference):
    book = openpyxl.Workbook()
    book.active.title = "Deaths"
    old = book.create_sheet("Deaths old")
    old.sheet_state = "hidden"
    for sheet, dead in ((book.active, 7), (old, 9)):
        sheet.append(["day", "town", "dead"])
        sheet.append([dt.date(2025, 3, 8), "Jableh", dead])
    out = io.BytesIO()
    book.save(out)
    mapping = COMMON + 'counted_to = "{day}"\nareas = "{town}"\n[[figure]]\ncount = "{dead}"\n'
    for sheets, counts, told in (
        ('["Deaths*"]', [(7,)], ["hidden_sheet"]),
        ('["Deaths", "Deaths old"]', [(7,), (9,)], []),
    ):
        batch = read(out.getvalue(), reference, f"sheets = {sheets}\n{mapping}")
        assert said(batch, "best") == counts
        assert codes(batch) == told


def test_a_mapping_names_the_sheets_it_reads_and_may_read_their_names(reference):
    book = openpyxl.Workbook()
    book.active.append(["About this file"])
    for title, dead in (("Deaths Jableh", 7), ("Deaths Latakia", 9)):
        sheet = book.create_sheet(title)
        sheet.append(["day", "dead"])
        sheet.append([dt.date(2025, 3, 8), dead])
    out = io.BytesIO()
    book.save(out)
    mapping = (
        'sheets = ["Deaths *"]\n' + COMMON + 'counted_to = "{day}"\nareas = "{@sheet}"\n'
        '[words."@sheet"]\n"Deaths Jableh" = "SY0602"\n"Deaths Latakia" = "SY06"\n'
        '[[figure]]\ncount = "{dead}"\n'
    )
    assert said(read(out.getvalue(), reference, mapping), "areas", "best") == [("SY0602", 7), ("SY06", 9)]
    with pytest.raises(UnreadableDocument, match="no sheet “Missing”"):
        read(out.getvalue(), reference, mapping.replace("Deaths *", "Missing"))


# --- what its columns and cells are -----------------------------------------------------------------------

WIDE = (
    'day_columns = "M/d/yy"\n' + COMMON + 'areas = "{place}"\ncounted_to = "{@day}"\n'
    'published_on = "{@day}"\nbasis = "cumulative"\n[[figure]]\ncount = "{@cell}"\n'
)  # fmt: skip


def test_columns_that_are_days_are_counts_of_these_days_and_a_new_day_needs_no_other_mapping(reference):
    batch = read("place,3/8/25,3/9/25\nJableh,7,\nLatakia,,12\nBanias,,\n", reference, WIDE)
    assert said(batch, "areas", "counted_to", "best") == [
        ("SY0602", dt.date(2025, 3, 8), 7),
        ("SY06", dt.date(2025, 3, 9), 12),
    ]
    assert codes(batch) == ["no_figure"]
    later = read("place,3/8/25,3/9/25,3/10/25\nJableh,7,9,9.0\nNowhere,,,3\n", reference, WIDE)
    assert said(later, "counted_to", "best")[2] == (dt.date(2025, 3, 10), 9)
    (finding,) = [finding for finding in later.findings if finding.severity == "error"]
    assert finding.message.startswith("Row 2, 2025-03-10: ")
    with pytest.raises(UnreadableDocument, match="days written M/d/yy"):
        read("place,total\nJableh,7\n", reference, WIDE)


def test_days_in_the_heading_of_a_workbook_are_days_too_and_a_month_is_a_month(reference):
    book = workbook(["place", dt.date(2025, 3, 8), "Mar 2025"], ["Jableh", 7, 9])
    batch = read(book, reference, WIDE.replace("M/d/yy", "MMM yyyy").replace('published_on = "{@day}"\n', ""))
    assert said(batch, "counted_to", "best") == [(dt.date(2025, 3, 8), 7), (dt.date(2025, 3, 31), 9)]


def test_a_held_cell_of_a_day_is_tried_again_as_it_was(reference):
    batch = read("place,3/8/25,3/9/25\nNeustadt,7,8\n", reference, WIDE)
    held = [HeldRow(row["row"], row["verdict"], row["raw"]) for row in batch.held.to_pylist()]
    assert len(held) == 2
    mended = parse_mapping((WIDE + '[words.place]\nNeustadt = "Jableh"\n').encode(), "ours")
    again = retry_rows(held, "table.csv", batch.sha256, reference, today=TODAY, mapping=mended)
    assert said(again, "areas", "counted_to", "best") == [
        ("SY0602", dt.date(2025, 3, 8), 7),
        ("SY0602", dt.date(2025, 3, 9), 8),
    ]


FOLDED = (
    'fold = "sum"\n' + COMMON + 'areas = "{country}"\ncounted_to = "{day}"\n[[figure]]\ncount = "{dead}"\n'
)
PROVINCES = "province,country,day,dead\n"


def test_rows_that_a_mapping_gives_one_place_are_added_where_it_declares_that(reference):
    table = PROVINCES + "Up,Jableh,2025-03-08,2\nDown,Jableh,2025-03-08,3\nUp,Jableh,2025-03-09,4\n"
    batch = read(table, reference, FOLDED)
    assert said(batch, "areas", "counted_to", "best", "count_stated", "note") == [
        ("SY0602", dt.date(2025, 3, 8), 5, "5", "2 rows added up"),
        ("SY0602", dt.date(2025, 3, 9), 4, "4", ""),
    ]
    assert "1 report is the sum of several rows" in next(
        f.message for f in batch.findings if f.code == "folded_rows"
    )
    assert read(table, reference, FOLDED.replace('fold = "sum"\n', "")).reports.num_rows == 3


def test_bounds_are_added_each_by_itself_and_an_open_bound_stays_open(reference):
    table = PROVINCES + "Up,Jableh,2025-03-08,over 2\nDown,Jableh,2025-03-08,3\n"
    assert said(read(table, reference, FOLDED), "low", "best", "high") == [(6, None, None)]


def test_a_count_that_cannot_be_read_keeps_the_sum_from_being_accepted(reference):
    table = PROVINCES + "Up,Jableh,2025-03-08,2\nDown,Jableh,2025-03-08,lots\n"
    batch = read(table, reference, FOLDED)
    assert (batch.reports.num_rows, batch.held["verdict"].to_pylist()) == (0, ["quarantined"])
    assert "1 of 2 rows to add up cannot be read" in batch.findings[-1].message


def test_a_count_of_another_measure_keeps_the_sum_from_being_accepted(reference):
    table = PROVINCES + "Up,Jableh,2025-03-08,2\nDown,Jableh,2025-03-08,3 injured\n"
    batch = read(table, reference, FOLDED)
    assert (batch.reports.num_rows, batch.held["verdict"].to_pylist()) == (0, ["quarantined"])


def test_a_held_sum_is_tried_again_as_a_sum(reference):
    table = PROVINCES + "Up,Neustadt,2025-03-08,2\nDown,Neustadt,2025-03-08,3\nUp,Neustadt,2025-03-09,4\n"
    batch = read(table, reference, FOLDED)
    held = [HeldRow(row["row"], row["verdict"], row["raw"]) for row in batch.held.to_pylist()]
    mended = parse_mapping((FOLDED + '[words.country]\nNeustadt = "Jableh"\n').encode(), "ours")
    again = retry_rows(held, "table.csv", batch.sha256, reference, today=TODAY, mapping=mended)
    assert said(again, "row", "areas", "best") == [(1, "SY0602", 5), (2, "SY0602", 4)]


def test_one_row_a_person_is_counted_by_place_and_day(reference):
    mapping = (
        'fold = "sum"\n[fields]\ncrisis = "our-crisis"\nsource = "moh"\nmeasure = "killed"\n'
        'areas = "{where}"\npopulation = { by = "age group", adult = "all", child = "children" }\n'
        'basis = "increment"\n'
        'period_start = "{died}"\nperiod_end = "{died}"\n[[figure]]\ncount = "1"\n'
    )
    table = (
        "where,died,age group\nJableh,2025-03-08,adult\nJableh,2025-03-08,adult\nJableh,2025-03-09,adult\n"
        "Jableh,2025-03-08,child\n"
    )
    batch = read(table, reference, mapping)
    assert said(batch, "population", "period_end", "best") == [
        ("all", dt.date(2025, 3, 8), 2),
        ("all", dt.date(2025, 3, 9), 1),
        ("children", dt.date(2025, 3, 8), 1),
    ]


def test_what_stands_for_a_blank_is_declared(reference):
    mapping = 'blanks = ["N/A", "..", "-1"]\n' + FOLDED
    table = PROVINCES + "Up,Jableh,2025-03-08,2\nDown,Jableh,2025-03-08,..\nIn,Jableh,2025-03-08,-1\n"
    batch = read(table, reference, mapping)
    assert said(batch, "best") == [(2,)]
    assert codes(batch) == ["no_figure", "no_figure"]


@pytest.mark.parametrize(
    ("cells", "first", "last"),
    [
        ("2025,3,8", dt.date(2025, 3, 8), dt.date(2025, 3, 8)),
        ("2025.0,3.0,8.0", dt.date(2025, 3, 8), dt.date(2025, 3, 8)),
        ("2025,3,", dt.date(2025, 3, 1), dt.date(2025, 3, 31)),
        ("2025,,", dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
    ],
)
def test_a_date_in_parts_may_lack_its_day_or_its_month(reference, cells, first, last):
    mapping = COMMON + (
        'areas = "{place}"\nperiod_start = "{year}-{month}-{day}"\nperiod_end = "{year}-{month}-{day}"\n'
        '[[figure]]\ncount = "{dead}"\n'
    )
    batch = read(f"year,month,day,place,dead\n{cells},Jableh,7\n", reference, mapping)
    assert said(batch, "period_start", "period_end", "best") == [(first, last, 7)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("header = 0.5", "no row from 1 to 25"),
        ("header = 90", "no row from 1 to 25"),
        ('fold = "mean"', 'fold = "sum"'),
        ('day_columns = "dd"', "no year"),
        ('sheets = "Deaths"', "sheets that is no list"),
        ('blank = ["-"]', "did you mean blanks"),
    ],
)
def test_what_a_mapping_says_wrongly_of_a_table_is_refused_with_what_is_right(line, told):
    with pytest.raises(UnreadableDocument) as refused:
        parse_mapping(f'{line}\n{COMMON}areas = "SY06"\n[[figure]]\ncount = "{{dead}}"\n'.encode(), "ours")
    assert told in str(refused.value)


def test_a_column_that_a_mapping_cannot_have_is_named():
    with pytest.raises(UnreadableDocument, match="@date"):
        parse_mapping(WIDE.replace("{@day}", "{@date}").encode(), "ours")


def test_every_mapping_of_the_guide_is_one(reference):
    guide = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert len(examples) >= 3
    ministry, series, _ = (parse_mapping(text.encode(), "guide") for text in examples[:3])
    assert [figure.name for figure in ministry.figures] == ["Tote", "Verletzte"]
    assert (series.day_columns, series.is_folded) == ("M/d/yy", True)


def test_more_merged_cells_than_a_table_can_have_are_refused():
    cell = b'<mergeCell ref="A%d:A%d"/>'
    many = (
        b"<mergeCells>" + b"".join(cell % (row, row + 1) for row in range(MOST_MERGED_CELLS + 2)) + b"<end/>"
    )
    with pytest.raises(UnreadableDocument, match="merged cells"):
        scan_sheet(io.BytesIO(many), "bomb.xlsx")
    scanned = scan_sheet(io.BytesIO(b'<row r="7" hidden="1"><c/></row><x:mergeCell ref="C2:D4"/>'), "a.xlsx")
    assert (scanned.merged, scanned.hidden) == ((MergedCell(2, 2, 4),), (7,))


def test_a_list_of_persons_in_which_the_mapping_knows_no_column_is_refused(reference):
    mapping = 'fold = "sum"\n' + COMMON + 'areas = "{where}"\n[[figure]]\ncount = "1"\n'
    with pytest.raises(UnreadableDocument, match="has no column of a figure that ours reads: where"):
        read("place,who\nJableh,x\n", reference, mapping)


def test_a_sheet_that_is_no_table_of_reports_is_named_with_the_way_around_it(reference):
    book = openpyxl.load_workbook(io.BytesIO(workbook([*HEADING.split(",")], [*ROW.split(",")[:6], 7])))
    book.create_sheet("read me").append(["Compiled by", "the desk"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(UnreadableDocument, match=r"table.xlsx \(read me\) has no column") as refused:
        read(out.getvalue(), reference)
    assert "--sheet" in refused.value.fix
