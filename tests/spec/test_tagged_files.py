"""Files as humanitarian desks publish them, tagged with HXL: what each says, by its tags alone.

The layouts are those met on the Humanitarian Data Exchange: a heading above the tags, titles above both, name
and code of a place side by side, names in two languages, attributes in any order, tags as JSON names.
"""

import datetime as dt
import io

import openpyxl
import pytest

from service.errors import UnreadableDocument
from service.ingest import load_seeds, read_reports
from service.ingest.mapping.definition import ReportMapping, parse_mapping
from service.schema.records import Reference
from service.settings import shipped_seeds

TODAY = dt.date(2026, 11, 22)
OURS = b"""
extends = "hxl"
[fields]
crisis = "syria-coast-2025-03"
source = "{#meta+source-code|#org+source}"
"""
"""What a desk declares where its file does not say it: the crisis."""

HEADED = """Governorate,P-code,Date,Source,Killed,Killed women,Killed children,Injured
#adm1+name,#adm1+code,#date,#meta+source,#affected+killed,#affected+killed+f,#affected+killed+children,#affected+injured
Latakia,SY06,2025-03-12,SOHR,683,20,15,100
Tartus,SY10,2025-03-12,SOHR,433,,,
"""
TITLED = """Casualties on the coast
Compiled on 13 March,,
Governorate,Date,Source,Killed
#adm1 +name,#date +reported,#meta +source,#affected +killed
Latakia,2025-03-12,SOHR,683
"""
GROUPED = """,,When,Who,People,,
Governorate,P-code,Date,Source,Killed,Killed (f),Killed (m)
#adm1+name+en,#adm1+code+v_pcode,#date,#meta+source,#affected+killed,#affected+f+killed,#affected+killed+m
Latakia,SY06,2025-03-12,SOHR,683,20,15
"""
BY_AGE = """Place,First day,Last day,Issued,Who,Female,Women,Male hurt
#adm1+code,#date+occurred+start,#date+occurred+end,#date+updated,#meta+source,#affected+f+killed,#affected+killed+women,#affected+injured+m
SY06,2025-03-06,2025-03-12,2025-03-14,SOHR,26,20,9
"""
TAGS_ONLY = """#country,#adm1+name,#adm2+name,#adm2+name+ar,#date,#org+source,#affected+killed+civilians,#x
Syria,Latakia,Jableh,جبلة,2025-03-12,SOHR,100,9
Syria,Tartus,,,2025-03-12,SOHR,at least 62,9
"""
BOUNDED = """#adm1+name,#date+occurred,#meta+source,#affected+killed+min,#affected+killed+max
Latakia,2025-03-12,SOHR,600,700
"""
SEMICOLONS = """A title, with a comma
Région;Tués;Source;Jour
#adm1+name;#affected+killed;#meta+source;#date
Lattaquié;1 383;AFP;2025-03-12
"""
MONTHLY = """location_code,admin1_name,reference_period_start,reference_period_end,events,fatalities,by
#country+code,#adm1+name,#date+start,#date+end,#event+num,#affected+killed,#meta+source
SYR,Latakia,2025-03-06,2025-03-12,12,683,SNHR
"""
DISPLACED = """#adm1+code,#date+reported,#meta+source,#affected+displaced,#affected+idps+hh,#affected+missing
SY06,2025-03-12,OHCHR,8500,1700,12
"""

# file, then of each report: areas, measure, population, count as stated, counted to
SAID = {
    "headed.csv": (
        HEADED,
        [
            ("SY06", "killed", "all", "683"), ("SY06", "killed", "female", "20"),
            ("SY06", "killed", "children", "15"), ("SY06", "injured", "all", "100"),
            ("SY10", "killed", "all", "433"),
        ],
    ),
    "titled.csv": (TITLED, [("SY06", "killed", "all", "683")]),
    "grouped.csv": (
        GROUPED,
        [
            ("SY06", "killed", "all", "683"), ("SY06", "killed", "female", "20"),
            ("SY06", "killed", "male", "15"),
        ],
    ),
    "by-age.csv": (
        BY_AGE,
        [
            ("SY06", "killed", "female", "26"), ("SY06", "killed", "women", "20"),
            ("SY06", "injured", "male", "9"),
        ],
    ),
    "tags-only.csv": (
        TAGS_ONLY,
        [("SY0602", "killed", "civilians", "100"), ("SY10", "killed", "civilians", "at least 62")],
    ),
    "bounded.csv": (BOUNDED, [("SY06", "killed", "all", "600//700")]),
    "semicolons.csv": (SEMICOLONS, [("SY06", "killed", "all", "1 383")]),
    "monthly.csv": (MONTHLY, [("SY06", "killed", "all", "683")]),
    "displaced.csv": (DISPLACED, [("SY06", "displaced", "all", "8500"), ("SY06", "missing", "all", "12")]),
    "objects.json": (
        '[{"#adm1+name": "Latakia", "#date+reported": "2025-03-12", "#meta+source": "SOHR",'
        ' "#affected+killed": 683}]',
        [("SY06", "killed", "all", "683")],
    ),
    "rows.json": (
        '[["Place", "", "", "Killed"], ["#adm1+name", "#date", "#meta+source", "#affected+killed"],'
        ' ["Latakia", "2025-03-12", "SOHR", 683]]',
        [("SY06", "killed", "all", "683")],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(**{**vars(Reference.empty()), **load_seeds(shipped_seeds()).reference})


@pytest.fixture(scope="module")
def ours() -> ReportMapping:
    return parse_mapping(OURS, "ours")


def workbook(text: str, delimiter: str) -> bytes:
    """The same rows as a sheet."""
    book = openpyxl.Workbook()
    for line in text.splitlines():
        book.active.append([cell or None for cell in line.split(delimiter)])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@pytest.mark.parametrize("name", SAID)
def test_a_tagged_file_says_what_its_tags_say(name, reference, ours):
    text, said = SAID[name]
    batch = read_reports(
        text.encode(), name, reference, today=TODAY, mapping=ours, format=name.partition(".")[2]
    )
    rows = batch.reports.to_pylist()
    assert [(row["areas"], row["measure"], row["population"], row["count_stated"]) for row in rows] == said
    assert (batch.rows, batch.held.num_rows) == (len(said), 0)
    assert {row["counted_to"] for row in rows} == {dt.date(2025, 3, 12)}


@pytest.mark.parametrize("name", [name for name in SAID if name.endswith(".csv")])
def test_the_same_rows_in_a_workbook_are_the_same_reports(name, reference, ours):
    text, said = SAID[name]
    sheet = workbook(text, ";" if name == "semicolons.csv" else ",")
    batch = read_reports(sheet, "book.xlsx", reference, today=TODAY, mapping=ours)
    rows = batch.reports.to_pylist()
    assert [(row["areas"], row["measure"], row["population"], row["count_stated"]) for row in rows] == said


def test_a_file_that_does_not_name_its_crisis_is_held_row_by_row_until_a_mapping_does(reference):
    batch = read_reports(HEADED.encode(), "headed.csv", reference, today=TODAY)
    assert batch.held["verdict"].to_pylist() == ["quarantined"] * 5
    assert {(each.code, each.column) for each in batch.findings} == {("blank", "crisis")}


def test_two_columns_that_could_both_be_the_figure_are_asked_back(reference):
    twice = HEADED.replace("#affected+injured", "#affected+killed+confirmed")
    with pytest.raises(UnreadableDocument, match="stands for 2 columns"):
        read_reports(
            twice.replace("#affected+killed,", "#affected+killed+reported,").encode(), "twice.csv", reference,
            today=TODAY,
        )  # fmt: skip
