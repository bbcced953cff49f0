"""What becomes of the rows of a report file: accepted, quarantined or rejected, and never lost."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import UnreadableDocument
from service.ingest import REPORT_FILE_COLUMNS, read_reports, read_rows
from service.schema.records import Reference, report_id
from service.schema.tables import AREA, BATCH_REPORT, CONTEXT, CRISIS, HELD, POPULATION, SOURCE, WEIGHT
from service.vocabulary import Severity

TODAY = dt.date(2025, 4, 1)


def _table(schema, *rows):
    blank = {field.name: "" if field.type == pa.string() else None for field in schema}
    return pa.Table.from_pylist([{**blank, **row} for row in rows], schema=schema)


REFERENCE = Reference(
    area=_table(
        AREA,
        {"area_code": "SY06", "name": "Latakia", "name_ar": "اللاذقية", "level": "governorate"},
        {"area_code": "SY10", "name": "Tartus", "aliases": "Tartous", "level": "governorate"},
        {"area_code": "x-a", "name": "Mazraa north", "aliases": "Mazraa", "level": "village"},
        {"area_code": "x-b", "name": "Mazraa south", "aliases": "Mazraa", "level": "village"},
    ),
    source=_table(
        SOURCE,
        {"source_id": "sohr", "name": "SOHR", "kind": "monitor", "usual_standard": "documented"},
        {"source_id": "afp", "name": "AFP", "kind": "media", "aliases": "Agence France-Presse"},
    ),
    population=_table(
        POPULATION,
        {"population": "all", "label": "All people"},
        {
            "population": "civilians",
            "parent": "all",
            "split": "status",
            "label": "Civilians",
            "label_ar": "مدنيون",
        },
        {"population": "combatants", "parent": "all", "split": "status", "label": "Combatants"},
    ),
    crisis=_table(CRISIS, {"crisis_id": "coast-2025", "name": "The coast"}),
    context=_table(CONTEXT),
    weight=_table(WEIGHT),
)
GOOD = {
    "crisis": "coast-2025",
    "source": "AFP",
    "origin": "SOHR",
    "url": "https://example.org/a",
    "published_on": "2025-03-09",
    "published_by": "",
    "published_precision": "",
    "counted_to": "2025-03-08",
    "counted_precision": "",
    "period_start": "2025-03-06",
    "period_end": "2025-03-08",
    "areas": "Tartus|Latakia",
    "place_precision": "",
    "measure": "killed",
    "population": "civilians",
    "attributed_to": "Government Side",
    "basis": "cumulative",
    "event": "",
    "count": "over 740",
    "low": "",
    "best": "",
    "high": "",
    "standard": "documented",
    "note": "",
}


def _csv(*rows, columns=REPORT_FILE_COLUMNS):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue().encode()


def _read(*rows, columns=REPORT_FILE_COLUMNS):
    batch = read_reports(_csv(*rows, columns=columns), "a.csv", REFERENCE, today=TODAY)
    _account(batch)
    return batch


def _account(batch):
    """Every row is a report or held, and every held one has an error that says what to do."""
    reports, held = batch.reports["row"].to_pylist(), batch.held["row"].to_pylist()
    assert sorted(reports + held) == list(range(1, batch.rows + 1))
    assert batch.reports.schema == BATCH_REPORT
    assert batch.held.schema == HELD
    for row in held:
        errors = [each for each in batch.findings if each.row == row and each.severity is Severity.ERROR]
        assert errors
        assert all(error.message and error.fix for error in errors)
    assert not [each for each in batch.findings if each.row in reports and each.severity is Severity.ERROR]
    assert all(isinstance(json.loads(raw), dict) for raw in batch.held["raw"].to_pylist())


def _one(**changes):
    (report,) = _read({**GOOD, **changes}).reports.to_pylist()
    return report


def _held(**changes):
    """The verdict of a row changed like this, and the errors about it as (code, column, value)."""
    batch = _read({**GOOD, **changes})
    (held,) = batch.held.to_pylist()
    errors = [each for each in batch.findings if each.severity is Severity.ERROR]
    assert {each.row for each in errors} == {1}
    return held["verdict"], [(each.code, each.column, each.value) for each in errors]


def test_a_good_row_becomes_a_report_in_the_words_of_the_model():
    report = _one()
    assert report == {
        "report_id": report_id(report),
        "crisis_id": "coast-2025",
        "source_id": "afp",
        "origin_id": "sohr",
        "url": "https://example.org/a",
        "published_on": dt.date(2025, 3, 9),
        "published_time": None,
        "published_by": None,
        "published_precision": "day",
        "counted_to": dt.date(2025, 3, 8),
        "counted_to_inferred": False,
        "counted_precision": "day",
        "period_start": dt.date(2025, 3, 6),
        "period_end": dt.date(2025, 3, 8),
        "areas": "SY06|SY10",
        "area_stated": "Tartus|Latakia",
        "place_precision": None,
        "measure": "killed",
        "population": "civilians",
        "attributed_to": "government_side",
        "basis": "cumulative",
        "event": None,
        "low": 741,
        "best": None,
        "high": None,
        "number": 740,
        "count_stated": "over 740",
        "standard": "documented",
        "note": "",
        "row": 1,
    }


def test_blanks_fall_back_on_what_the_design_says():
    report = _one(origin="", basis="", standard="", url="", attributed_to="")
    assert (report["origin_id"], report["basis"], report["standard"]) == ("afp", "cumulative", "unverified")
    assert report["url"] is None
    assert report["attributed_to"] == ""
    assert _one(standard="")["standard"] == "documented"


@pytest.mark.parametrize(
    ("counted", "end", "published", "public_by", "expected"),
    [
        ("2025-03-07", "2025-03-08", "2025-03-09", "", (dt.date(2025, 3, 7), False)),
        ("", "2025-03-08", "2025-03-09", "", (dt.date(2025, 3, 8), False)),
        ("", "", "2025-03-09", "", (dt.date(2025, 3, 9), True)),
        ("", "", "2025-03-09", "2025-03-10", (dt.date(2025, 3, 9), True)),
        ("2025-03-07", "", "", "2025-03-10", (dt.date(2025, 3, 7), False)),
        ("", "", "", "2025-03-10", (dt.date(2025, 3, 10), True)),
        ("", "", "", "", (None, True)),
    ],
)
def test_the_day_counted_to_falls_back_on_the_period_and_then_on_the_publication(
    counted, end, published, public_by, expected
):
    report = _one(counted_to=counted, period_end=end, published_on=published, published_by=public_by)
    assert (report["counted_to"], report["counted_to_inferred"]) == expected


@pytest.mark.parametrize(
    ("low", "best", "high", "expected"),
    [
        ("71", "75", "80", (71, 75, 80, 75, "71/75/80")),
        ("71", "", "", (71, None, None, 71, "71//")),
        ("", "", "1,383", (None, None, 1383, 1383, "//1383")),
        ("", "75", "", (75, 75, 75, 75, "/75/")),
        ("٧١", "", "80", (71, None, 80, 71, "71//80")),
    ],
)
def test_bounds_may_stand_in_columns_of_their_own(low, best, high, expected):
    report = _one(count="", low=low, best=best, high=high)
    assert tuple(report[name] for name in ("low", "best", "high", "number", "count_stated")) == expected


HELD_ROWS = [
    ({"areas": "Latakya"}, "quarantined", ("unknown_name", "areas", "Latakya")),
    ({"areas": "Mazraa"}, "quarantined", ("ambiguous_name", "areas", "Mazraa")),
    ({"areas": ""}, "quarantined", ("blank", "areas", "")),
    ({"population": "civilian"}, "quarantined", ("unknown_name", "population", "civilian")),
    ({"population": ""}, "quarantined", ("blank", "population", "")),
    ({"measure": "dead"}, "quarantined", ("unknown_name", "measure", "dead")),
    ({"measure": ""}, "quarantined", ("blank", "measure", "")),
    ({"basis": "total"}, "quarantined", ("unknown_name", "basis", "total")),
    ({"standard": "sure"}, "quarantined", ("unknown_name", "standard", "sure")),
    ({"source": ""}, "quarantined", ("blank", "source", "")),
    ({"source": "???"}, "quarantined", ("unknown_name", "source", "???")),
    ({"crisis": " "}, "quarantined", ("blank", "crisis", " ")),
    ({"count": "-5"}, "rejected", ("negative_count", "count", "-5")),
    ({"count": "1.5"}, "quarantined", ("unreadable_count", "count", "1.5")),
    ({"count": ""}, "quarantined", ("no_count", "count", "")),
    ({"count": "5", "low": "5"}, "quarantined", ("count_and_bounds", "count", "5")),
    ({"count": "5 injured"}, "quarantined", ("count_of_another_measure", "count", "5 injured")),
    (
        {"count": "nobody was injured", "low": "0", "best": "0", "high": "0"},
        "quarantined",
        ("count_of_another_measure", "count", "nobody was injured"),
    ),
    ({"count": "5 fighters"}, "quarantined", ("count_of_another_population", "count", "5 fighters")),
    ({"count": "", "high": "\u200b"}, "quarantined", ("no_count", "low", "//\\u200b")),
    ({"count": "", "low": "9", "high": "5"}, "rejected", ("bounds_out_of_order", "low", "9//5")),
    ({"count": "", "low": "over 5"}, "quarantined", ("unreadable_count", "low", "over 5")),
    ({"published_on": "03/04/2025"}, "quarantined", ("ambiguous_date", "published_on", "03/04/2025")),
    ({"published_on": "13/03/2025"}, "quarantined", ("unreadable_date", "published_on", "13/03/2025")),
    ({"counted_to": "2025-02-30"}, "quarantined", ("unreadable_date", "counted_to", "2025-02-30")),
    ({"counted_to": "20250308"}, "quarantined", ("unreadable_date", "counted_to", "20250308")),
    ({"published_on": "2025-04-02"}, "quarantined", ("date_in_future", "published_on", "2025-04-02")),
    ({"published_by": "2025-04-02"}, "quarantined", ("date_in_future", "published_by", "2025-04-02")),
    ({"published_by": "in March"}, "quarantined", ("unreadable_date", "published_by", "in March")),
    (
        {"published_by": "2025-03-08"},
        "quarantined",
        ("published_by_before_published_on", "published_by", "2025-03-08"),
    ),
    (
        {"published_on": "", "published_by": "2025-03-05", "counted_to": "", "period_end": ""},
        "quarantined",
        ("counted_before_period", "published_by", "2025-03-05"),
    ),
    ({"period_start": "1025-03-06"}, "quarantined", ("date_too_early", "period_start", "1025-03-06")),
    ({"period_end": "2025-03-05"}, "quarantined", ("period_reversed", "period_end", "2025-03-05")),
    ({"counted_to": "2025-03-05"}, "quarantined", ("counted_before_period", "counted_to", "2025-03-05")),
    ({"url": "https://a.b/\x07"}, "quarantined", ("unreadable_url", "url", "https://a.b/\\u0007")),
]


@pytest.mark.parametrize(("changes", "verdict", "error"), HELD_ROWS)
def test_a_row_that_cannot_stand_is_held_and_says_where_and_why(changes, verdict, error):
    assert _held(**changes) == (verdict, [error])


def test_a_row_about_an_unknown_place_is_quarantined_and_given_to_no_other_place():
    batch = _read(GOOD, {**GOOD, "areas": "Latakia|Atlantis"})
    assert batch.held["verdict"].to_pylist() == ["quarantined"]
    assert batch.reports["row"].to_pylist() == [1]
    (finding,) = batch.findings
    assert (finding.code, finding.column, finding.row) == ("unknown_name", "areas", 2)


def test_every_fault_of_a_row_is_named_and_the_gravest_decides():
    verdict, errors = _held(areas="Nowhere", count="-5", published_on="soon")
    assert verdict == "rejected"
    assert {column for _, column, _ in errors} == {"areas", "count", "published_on"}


@pytest.mark.parametrize(
    ("published_on", "day", "time"),
    [
        ("2025-03-08T21:30:15-05:00", "2025-03-08", "21:30-05:00"),
        ("2025-03-08 07:00Z", "2025-03-08", "07:00Z"),
        ("2025-03-08T18:00:00+0300", "2025-03-08", "18:00+03:00"),
        ("2025-03-08 00:00:00", "2025-03-08", None),
        ("2025-03-08T25:99", "2025-03-08", None),
        ("2025-03-08", "2025-03-08", None),
    ],
)
def test_the_time_of_day_of_publication_is_kept_beside_the_day(published_on, day, time):
    report = _one(published_on=published_on)
    assert (str(report["published_on"]), report["published_time"]) == (day, time)


def test_a_time_that_no_clock_shows_is_told():
    times = ("T25:00+02:00", "T12:00+99:00", "T00:00:00", "T12:00Z")
    rows = [{**GOOD, "published_on": f"2025-03-09{time}"} for time in times]
    codes = [[finding.code for finding in _read(row).findings] for row in rows]
    assert codes == [["unreadable_time"], ["unreadable_time"], [], []]


def test_a_key_of_an_event_makes_an_increment_unless_the_row_takes_a_figure_back():
    bases = {basis: _one(event="e-1", basis=basis)["basis"] for basis in ("", "cumulative", "retraction")}
    assert bases == {"": "increment", "cumulative": "increment", "retraction": "retraction"}
    assert _one(event=" e-1 ")["event"] == "e-1"
    assert _one(event="", basis="")["basis"] == "cumulative"


def test_only_days_alone_may_take_people_back():
    report = _one(count="-18", basis="increment")
    assert [report[name] for name in ("low", "best", "high", "number")] == [-18] * 4
    assert _held(count="-18", basis="")[0] == "rejected"


def test_an_ambiguous_day_is_held_with_both_readings():
    batch = _read({**GOOD, "published_on": "03/04/2025"})
    (finding,) = batch.findings
    assert "4 March 2025" in finding.message
    assert "3 April 2025" in finding.message
    assert "2025-03-04" in finding.fix
    assert "2025-04-03" in finding.fix


def test_a_bad_row_does_not_stop_the_good_ones():
    bad = [{**GOOD, **changes} for changes, _, _ in HELD_ROWS]
    batch = _read(GOOD, *bad, {**GOOD, "count": "745"})
    assert batch.reports["row"].to_pylist() == [1, len(bad) + 2]
    assert batch.held.num_rows == len(bad)


def test_a_held_row_keeps_what_was_handed_in():
    row = {**GOOD, "areas": "Lat\u200bakya", "note": 'a "quoted" note'}
    (held,) = _read(row).held.to_pylist()
    assert json.loads(held["raw"]) == row


def test_published_before_counted_is_accepted_with_a_warning():
    batch = _read({**GOOD, "published_on": "2025-03-07"})
    assert batch.reports.num_rows == 1
    assert [(each.code, each.severity, each.row) for each in batch.findings] == [
        ("published_before_counted", Severity.WARNING, 1)
    ]
    batch = _read({**GOOD, "published_on": "", "published_by": "2025-03-07"})
    (finding,) = batch.findings
    assert (finding.code, finding.column, finding.value) == (
        "published_before_counted", "published_by", "2025-03-07"
    )  # fmt: skip


def test_hidden_characters_are_cleaned_and_reported():
    batch = _read({**GOOD, "areas": "\u202eLata\u200bkia", "note": "one\x00 line\nanother"})
    (report,) = batch.reports.to_pylist()
    assert (report["areas"], report["area_stated"]) == ("SY06", "Latakia")
    assert report["note"] == "one line\nanother"
    assert {(each.column, each.severity) for each in batch.findings} == {
        ("areas", Severity.WARNING),
        ("note", Severity.INFO),
    }


def test_an_address_that_is_none_is_kept_with_a_warning():
    batch = _read({**GOOD, "url": "www.example.org/1"})
    assert batch.reports["url"].to_pylist() == ["www.example.org/1"]
    assert [(each.code, each.severity) for each in batch.findings] == [("odd_url", Severity.WARNING)]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\u200bscript:alert(1)", "data:text/html,x", "file:///x",
     "vbscript:x", "blob:https://example.org/1", "mailto:desk", "ftp://example.org/1"],
)  # fmt: skip
def test_an_address_that_is_none_of_a_web_page_holds_its_row(url):
    batch = _read({**GOOD, "url": url})
    assert (batch.reports.num_rows, batch.held["verdict"].to_pylist()) == (0, ["quarantined"])
    assert [(each.code, each.column, each.value) for each in batch.findings] == [("unsafe_url", "url", "")]


def test_new_sources_and_crises_are_registered_once_with_the_row_that_brings_them():
    new = {**GOOD, "crisis": "Flood 2025", "source": "Radio X", "origin": "Dr Y"}
    batch = _read(new, {**new, "source": "RADIO x", "count": "5"}, {**new, "source": "Held", "count": "-1"})
    assert {table: rows.num_rows for table, rows in batch.register.items()} == {"source": 2, "crisis": 1}
    assert batch.register["source"].schema == SOURCE
    assert batch.register["source"].select(["source_id", "name", "kind"]).to_pylist() == [
        {"source_id": "radio-x", "name": "Radio X", "kind": "media"},
        {"source_id": "dr-y", "name": "Dr Y", "kind": "media"},
    ]
    (crisis,) = batch.register["crisis"].to_pylist()
    assert crisis["crisis_id"] == "flood-2025"
    assert crisis["period_start"] is None  # its reports say when it began, as far as they are known
    news = [each for each in batch.findings if each.code.startswith("new_")]
    assert [(each.subject, each.row, each.severity) for each in news] == [
        ("flood-2025", 1, Severity.INFO),
        ("radio-x", 1, Severity.INFO),
        ("dr-y", 1, Severity.INFO),
    ]


def test_a_new_source_that_looks_like_a_known_one_is_a_warning():
    batch = _read({**GOOD, "source": "Agence France Press"})
    (finding,) = batch.findings
    assert (finding.code, finding.severity) == ("new_source", Severity.WARNING)
    assert "afp" in finding.fix


def test_the_same_content_has_the_same_id_however_it_is_spelled():
    assert _one()["report_id"] == _one(areas="SY10|اللاذقية", source="agence france-presse")["report_id"]
    assert _one()["report_id"] != _one(count="740")["report_id"]


def test_rows_of_another_length_are_rejected_and_keep_all_their_cells():
    lines = _csv(GOOD, GOOD, GOOD).decode().splitlines()
    lines[1] += ",more,cells"
    lines[2] = lines[2].rsplit(",", 3)[0]
    batch = read_reports("\r\n".join(lines).encode(), "a.csv", REFERENCE, today=TODAY)
    _account(batch)
    assert batch.held["verdict"].to_pylist() == ["rejected", "rejected"]
    assert [each.code for each in batch.findings] == ["row_too_long", "row_too_short"]
    assert json.loads(batch.held["raw"][0].as_py())["extra_cells"] == ["more", "cells"]
    assert batch.reports["row"].to_pylist() == [3]


def test_byte_order_mark_line_ends_column_order_and_blank_lines_do_not_matter():
    turned = _csv(GOOD, columns=tuple(reversed(REPORT_FILE_COLUMNS)))
    marked = b"\xef\xbb\xbf" + _csv(GOOD).replace(b"\r\n", b"\n") + b"\n\n,,,,\n"
    read = [read_reports(data, "a.csv", REFERENCE, today=TODAY) for data in (_csv(GOOD), turned, marked)]
    assert {str(batch.reports.to_pylist()) for batch in read} == {str(read[0].reports.to_pylist())}
    assert {batch.rows for batch in read} == {1}


def test_an_unknown_column_is_ignored_with_a_hint():
    batch = _read({**GOOD, "publishd": "2025-03-09"}, columns=(*REPORT_FILE_COLUMNS, "publishd"))
    (finding,) = batch.findings
    assert (finding.code, finding.severity, finding.column) == ("unknown_column", Severity.INFO, "publishd")
    assert "published_on" in finding.fix
    assert batch.reports.num_rows == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (_csv(GOOD).replace(b"Tartus", b"Tart\xfcs"), "line 2"),
        (_csv(GOOD).decode().encode("utf-16")[:-1], "UTF-16"),
        (_csv(GOOD).replace(b"measure", b"mesure"), "Did you write “mesure” for measure?"),
        (_csv(GOOD).replace(b"basis", b"areas"), "areas"),
        (_csv(GOOD).replace(b",", b"^"), "has no column"),
        (_csv(GOOD) + b'"open', "line"),
        (b"crisis,source,areas,measure,population\na,b,c,d,e\n", "no column count"),
    ],
    ids=["empty", "latin-1", "utf-16", "missing", "twice", "one column", "open quote", "no figure"],
)
def test_a_document_that_is_no_rows_is_refused_and_says_where(data, said):
    with pytest.raises(UnreadableDocument) as refusal:
        read_reports(data, "a.csv", REFERENCE, today=TODAY)
    assert said in str(refusal.value)
    assert refusal.value.fix


def test_the_place_of_a_byte_that_is_not_utf_8_is_named():
    with pytest.raises(UnreadableDocument, match=r"byte 6 \(line 2\) is 0xff"):
        read_reports(b"a,b\r\n1\xff", "a.csv", REFERENCE, today=TODAY)


def test_a_heading_alone_is_a_document_without_rows():
    batch = _read()
    assert (batch.rows, batch.reports.num_rows, batch.held.num_rows, batch.findings) == (0, 0, 0, ())


def test_rows_with_named_values_read_like_the_file():
    typed = {
        **{name: value for name, value in GOOD.items() if value},
        "areas": ["Tartus", "Latakia"],
        "published_on": dt.datetime(2025, 3, 9),  # noqa: DTZ001
        "counted_to": dt.date(2025, 3, 8),
        "low": None,
        "best": math.nan,
    }
    batch = read_rows([typed, {**typed, "count": 745.0}], "rows", REFERENCE, today=TODAY)
    _account(batch)
    assert batch.reports["report_id"].to_pylist() == [_one()["report_id"], _one(count="745")["report_id"]]


def test_records_of_a_data_frame_read_like_the_file():
    import pandas as pd

    frame = pd.DataFrame([GOOD, GOOD]).assign(count=[745, None], low=[None, 71], best=pd.NA)
    frame["published_on"] = pd.to_datetime(frame["published_on"])
    frame.loc[1, "published_on"] = pd.NaT
    batch = read_rows(frame.to_dict("records"), "frame", REFERENCE, today=TODAY)
    _account(batch)
    assert batch.reports.select(["low", "high", "published_on"]).to_pylist() == [
        {"low": 745, "high": 745, "published_on": dt.date(2025, 3, 9)},
        {"low": 71, "high": None, "published_on": None},
    ]


@pytest.mark.parametrize("number", [1.383, 745.5, math.inf, -math.inf])
def test_a_number_with_decimals_is_never_taken_for_thousands(number):
    batch = read_rows([{**GOOD, "count": number}], "rows", REFERENCE, today=TODAY)
    _account(batch)
    assert batch.held["verdict"].to_pylist() == ["quarantined"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (None, "not_a_row"),
        ([1, 2], "not_a_row"),
        ("text", "not_a_row"),
        ({**GOOD, "Count": "5"}, "name_twice"),
        ({}, "blank"),
        ({**GOOD, "areas": {"code": "SY06"}}, "blank"),
        ({**GOOD, "areas": "\ud800"}, "hidden_characters"),
    ],
)
def test_an_odd_row_among_named_ones_is_held(row, code):
    batch = read_rows([row, GOOD], "rows", REFERENCE, today=TODAY)
    _account(batch)
    assert code in {each.code for each in batch.findings}
    assert batch.reports["row"].to_pylist() == [2]


def test_a_row_nested_without_end_is_held():
    nested: list = []
    for _ in range(5000):
        nested = [nested]
    batch = read_rows([{**GOOD, "areas": nested}], "rows", REFERENCE, today=TODAY)
    _account(batch)
    assert batch.held.num_rows == 1


_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "-1", "99999999999", "2025-02-30", "Mazraa", "over 1", "\x00", '"', "a\nb", "|", "=1"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(REPORT_FILE_COLUMNS), _CELLS, max_size=4), max_size=6))
def test_every_row_of_a_corrupted_file_is_accounted_for(corruptions):
    rows = [{**GOOD, **corruption} for corruption in corruptions]
    csv_text = [
        {name: text.encode("utf-8", "replace").decode() for name, text in row.items()} for row in rows
    ]
    assert _read(*csv_text).rows == len(rows)
    named = read_rows(rows, "rows", REFERENCE, today=TODAY)
    _account(named)
    assert named.rows == len(rows)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_file_with_bytes_changed_is_read_or_refused(data):
    file = bytearray(_csv(GOOD, {**GOOD, "count": "745"}))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        batch = read_reports(bytes(file), "a.csv", REFERENCE, today=TODAY)
    except UnreadableDocument as refusal:
        assert refusal.fix
    else:
        _account(batch)
