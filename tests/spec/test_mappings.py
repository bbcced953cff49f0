"""What the shipped mappings make of the layouts they are for, and what a mapping of one's own can say."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest

from service.errors import UnknownName, UnreadableDocument
from service.ingest import load_seeds, read_reports
from service.ingest.mapping.definition import parse_mapping, read_mapping
from service.ingest.mapping.library import load_mapping
from service.schema.records import Reference
from service.settings import shipped_seeds
from service.vocabulary import Severity

TODAY = dt.date(2026, 11, 1)
SEEDS = load_seeds(shipped_seeds())
REFERENCE = Reference(**SEEDS.reference)
WHOLE = Path(__file__).parents[2].parent / "shared" / "data"
SHIPPED = sorted(path.stem for path in (shipped_seeds() / "mappings").glob("*.toml"))


def _read(data, mapping, name="document", reference=REFERENCE, **options):
    """The batch, after it was checked that every row is accounted for and every held one explained."""
    batch = read_reports(data, name, reference, today=TODAY, mapping=mapping, **options)
    rows = batch.reports["row"].to_pylist() + batch.held["row"].to_pylist()
    assert sorted(rows) == list(range(1, batch.rows + 1))
    explained = {
        finding.row
        for finding in batch.findings
        if finding.severity is Severity.ERROR or (finding.code == "no_figure" and finding.row)
    }
    assert explained == set(batch.held["row"].to_pylist())
    return batch


def _said(batch, *fields):
    return [tuple(row.values()) for row in batch.reports.select(list(fields)).to_pylist()]


def _json(*rows):
    return json.dumps(rows).encode()


def _csv(*rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_mapping_loads_and_says_what_it_is_for(name):
    assert load_mapping(name).title


def test_the_shipped_mappings_are_those_that_the_documentation_names():
    assert SHIPPED == [
        "acled",
        "airwars",
        "hxl",
        "hxl-reports",
        "ibc-incidents",
        "native",
        "t4p-gaza",
        "t4p-lebanon",
        "t4p-west-bank",
        "ucdp-ged",
    ]


def test_the_native_mapping_reads_a_report_file_as_it_is_read_without_one():
    for name, data in SEEDS.documents:
        mapped, native = _read(data, "native", name), read_reports(data, name, REFERENCE, today=TODAY)
        assert mapped.reports.equals(native.reports)
        assert mapped.rows == native.rows


WEST_BANK = {
    "report_date": "2023-10-08",
    "verified": {"killed": 8, "killed_cum": 14, "injured_cum": 324, "killed_children_cum": 5},
    "killed_cum": 13,
    "killed_children_cum": 1,
    "injured_cum": 194,
    "settler_attacks_cum": 9,
    "flash_source": "un",
}


def test_flash_and_verified_counts_of_the_west_bank_are_statements_of_two_origins():
    batch = _read(_json(WEST_BANK), "t4p-west-bank")
    assert _said(batch, "origin_id", "standard", "measure", "population", "published_on", "best") == [
        ("ocha-opt-flash", "unverified", "killed", "all", dt.date(2023, 10, 8), 13),
        ("ocha-opt-flash", "unverified", "killed", "children", dt.date(2023, 10, 8), 1),
        ("ocha-opt-flash", "unverified", "injured", "all", dt.date(2023, 10, 8), 194),
        ("ocha-opt-flash", "unverified", "incidents", "all", dt.date(2023, 10, 8), 9),
        ("ocha-opt-verified", "verified", "killed", "all", None, 14),
        ("ocha-opt-verified", "verified", "killed", "children", None, 5),
        ("ocha-opt-verified", "verified", "injured", "all", None, 324),
    ]
    assert set(batch.reports["areas"].to_pylist()) == {"PS01"}
    assert {name: table.num_rows for name, table in batch.register.items()} == {
        "crisis": 1, "source": 3, "area": 2,
    }  # fmt: skip


def test_a_day_filled_in_by_the_compiler_is_no_statement_of_the_united_nations():
    batch = _read(_json({**WEST_BANK, "flash_source": "fill"}), "t4p-west-bank")
    assert {origin for (origin,) in _said(batch, "origin_id")} == {"ocha-opt-verified"}
    carried = {name: value for name, value in WEST_BANK.items() if name != "verified"}
    batch = _read(_json({**carried, "flash_source": "fill"}), "t4p-west-bank")
    assert batch.held["verdict"].to_pylist() == ["rejected"]
    silent, mute = batch.findings[-2:]
    assert "flash_source is un" in silent.message
    assert (silent.severity, silent.row, mute.severity, mute.row) == ("info", 1, "warning", None)
    batch = _read(_json(WEST_BANK, {**carried, "flash_source": "fill"}), "t4p-west-bank")
    assert batch.held.num_rows == 1
    assert {finding.severity for finding in batch.findings} == {Severity.INFO}


def test_gaza_totals_keep_the_office_that_gave_them_and_leave_out_what_was_carried_forward():
    row = {
        "report_date": "2024-05-01",
        "report_source": "gmotel",
        "killed_cum": 34568,
        "ext_killed_cum": 34568,
        "press_killed_cum": 141,
        "killed": 33,
        "killed_women_cum": None,
    }
    batch = _read(_json(row, {**row, "report_source": "missing"}), "t4p-gaza")
    assert _said(batch, "origin_id", "population", "best", "basis", "period_start") == [
        ("gaza-government-media-office", "all", 34568, "cumulative", dt.date(2023, 10, 7)),
        ("gaza-government-media-office", "press", 141, "cumulative", dt.date(2023, 10, 7)),
    ]
    assert batch.held["verdict"].to_pylist() == ["rejected"]


def test_a_counter_that_restarts_with_a_phase_is_a_total_of_its_own():
    first = {"report_date": "2025-12-01", "report_source": "moph_lb", "phase": 1, "killed_cum_reported": 4047}
    second = {"report_date": "2026-03-05", "phase": 2, "killed_cum": 4170, "killed_cum_reported": 123}
    batch = _read(_json(first, {**first, **second}), "t4p-lebanon")
    assert _said(batch, "period_start", "best") == [(dt.date(2023, 10, 8), 4047), (dt.date(2026, 3, 2), 123)]


@pytest.mark.skipif(not WHOLE.is_dir(), reason="the whole files are not in the project")
@pytest.mark.parametrize(
    ("name", "mapping", "rows", "accepted"),
    [
        ("west_bank_daily.json", "t4p-west-bank", 1051, 3368),
        ("gaza_casualties_daily.min.json", "t4p-gaza", 1051, 3446),
        ("lebanon_casualties_daily.min.json", "t4p-lebanon", 187, 374),
    ],
)
def test_the_whole_daily_files_load_with_every_row_accounted_for(name, mapping, rows, accepted):
    data = (WHOLE / name).read_bytes()
    batch = _read(data, mapping, name)
    assert len(json.loads(data)) == rows
    assert batch.reports.num_rows == accepted
    assert set(batch.held["verdict"].to_pylist()) <= {"rejected"}
    assert {finding.row for finding in batch.findings if finding.code == "no_figure"} == (
        set(batch.held["row"].to_pylist())
    )
    assert {finding.severity for finding in batch.findings} <= {Severity.INFO}


_GED = """
id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name
dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b
number_of_sources source_article source_office source_date source_headline source_original where_prec
where_coordinates
where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country country_id region event_clarity
date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob
"""
UCDP = dict.fromkeys(_GED.split(), "1") | {
    "id": "525001",
    "conflict_name": "Syria: Government",
    "dyad_name": "Government of Syria - Insurgents",
    "source_original": "SOHR",
    "where_prec": "4",
    "where_coordinates": "Latakia town",
    "adm_1": "Latakia",
    "adm_2": "",
    "country": "Syria",
    "date_prec": "2",
    "date_start": "2025-03-07 00:00:00.000",
    "date_end": "2025-03-09 00:00:00.000",
    "deaths_a": "0",
    "deaths_b": "3",
    "deaths_civilians": "20",
    "deaths_unknown": "2",
    "best": "25",
    "high": "40",
    "low": "21",
}


def test_an_event_of_ucdp_is_an_increment_with_its_three_estimates_and_its_parts():
    assert len(UCDP) == 49
    batch = _read(_csv(UCDP), "ucdp-ged", "ged.csv")
    assert _said(batch, "population", "low", "best", "high") == [
        ("all", 21, 25, 40),
        ("civilians", 20, 20, 20),
        ("ucdp_side_a", 0, 0, 0),
        ("ucdp_side_b", 3, 3, 3),
        ("ucdp_unknown", 2, 2, 2),
    ]
    report = batch.reports.to_pylist()[0]
    assert (report["basis"], report["origin_id"], report["areas"]) == ("increment", "ucdp", "SY06")
    assert report["event"] == UCDP["id"]
    assert (report["period_start"], report["period_end"]) == (dt.date(2025, 3, 7), dt.date(2025, 3, 9))
    assert "the first-order division is known" in report["note"]
    assert "within two to six days" in report["note"]
    assert not [finding for finding in batch.findings if finding.code == "unmapped_column"]


def test_two_events_of_one_day_place_and_number_stay_two():
    batch = _read(_csv(UCDP, {**UCDP, "id": "525002"}), "ucdp-ged", "ged.csv")
    assert len(set(batch.reports["report_id"].to_pylist())) == 10


def test_a_precision_decides_which_place_is_meant_and_none_is_widened():
    batch = _read(_csv({**UCDP, "where_prec": "6"}, {**UCDP, "where_prec": "3"}), "ucdp-ged", "ged.csv")
    assert set(batch.reports["areas"].to_pylist()) == {"SY"}
    assert batch.held["verdict"].to_pylist() == ["quarantined"] * 5


ACLED = {
    "event_id_cnty": "SYR1001", "event_date": "08 March 2025", "year": "2025", "time_precision": "1",
    "disorder_type": "Political violence", "event_type": "Battles", "sub_event_type": "Armed clash",
    "actor1": "One", "assoc_actor_1": "", "inter1": "1", "actor2": "Other", "interaction": "12",
    "country": "Syria", "admin1": "Latakia", "admin2": "Jableh", "location": "Nowhere known",
    "latitude": "35.4", "geo_precision": "2", "source": "A paper", "source_scale": "National",
    "notes": "prose", "fatalities": "7",
    "timestamp": "1741700000",
}  # fmt: skip


def test_an_event_of_acled_counts_everyone_and_is_replaced_by_the_same_event_later():
    batch = _read(
        _csv(ACLED, {**ACLED, "event_id_cnty": "SYR1002", "geo_precision": "3.0"}), "acled", "acled.csv"
    )
    assert _said(batch, "crisis_id", "origin_id", "event", "areas", "basis", "best", "period_end") == [
        ("syria", "acled", "SYR1001", "SY0602", "increment", 7, dt.date(2025, 3, 8)),
        ("syria", "acled", "SYR1002", "SY06", "increment", 7, dt.date(2025, 3, 8)),
    ]
    assert not [finding for finding in batch.findings if finding.code == "unmapped_column"]
    assert "prose" not in batch.reports["note"][0].as_py(), "text of others is not kept"
    unknown = _read(_csv({**ACLED, "geo_precision": "1"}), "acled", "acled.csv")
    assert unknown.held["verdict"].to_pylist() == ["quarantined"], "no place is widened"


def test_an_incident_of_iraq_body_count_keeps_the_least_and_the_most_that_was_reported():
    table = (
        "Iraq Body Count - incidents\n\n"
        "IBC code,Start Date,End Date,Time,Location,Target,Weapons,"
        "Reported Minimum,Reported Maximum,Sources\n"
        "k001,8 Mar 2006,,AM,Iraq,police,gunfire,2,3,A paper\nk002,9 Mar 2006,10 Mar 2006,,Iraq,,bomb,4,4,B\n"
    )
    batch = _read(table.encode(), "ibc-incidents", "ibc.csv")
    assert _said(batch, "event", "areas", "population", "low", "best", "high", "period_end") == [
        ("k001", "IQ", "civilians", 2, None, 3, dt.date(2006, 3, 8)),
        ("k002", "IQ", "civilians", 4, None, 4, dt.date(2006, 3, 10)),
    ]
    assert next(finding.code for finding in batch.findings if finding.row is None) == "title_rows"


def test_an_incident_of_airwars_keeps_its_range_and_its_grading_and_what_is_discounted_stays_out():
    row = {
        "Unique reference code": "CS1", "Country": "Syria", "Incident date": "March 8, 2025",
        "Location": "Jableh", "Civilians reported killed": "3 – 5", "Civilians reported injured": "Unknown",
        "Airwars civilian harm grading": "Fair", "Suspected belligerent": "Somebody",
    }  # fmt: skip
    out = {**row, "Unique reference code": "CS2", "Airwars civilian harm grading": "Discounted"}
    batch = _read(_csv(row, out), "airwars", "airwars.csv")
    assert _said(batch, "event", "areas", "population", "low", "high", "standard") == [
        ("CS1", "SY0602", "civilians", 3, 5, "documented")
    ]
    assert batch.held["verdict"].to_pylist() == ["rejected"]


TAGGED = (
    b"Place,Killed,Killed women,Hurt,From,Day,What,Crisis\n"
    b"#adm1+code,#affected+killed,#affected+f+killed,#affected+injured,#meta+source,#date+occurred,#x,#crisis+code\n"
    b"SY06,745,40,,SOHR,2025-03-08,?,syria-coast-2025-03\n"
    b"Nowhere,1,,2,SOHR,2025-03-08,?,syria-coast-2025-03\n"
)


def test_a_tagged_file_is_read_by_its_tags_without_a_word():
    batch = _read(TAGGED, None, "tagged.csv")
    assert _said(batch, "areas", "measure", "population", "best", "source_id") == [
        ("SY06", "killed", "all", 745, "sohr"),
        ("SY06", "killed", "female", 40, "sohr"),
    ]
    assert batch.held["verdict"].to_pylist() == ["quarantined"] * 2
    assert any(finding.message.startswith("Row 2, #affected+killed") for finding in batch.findings)


OWN = """
title = "A desk's own sheet"
locale = "ar_SY"
dates = ["d/M/yyyy"]
[fields]
crisis = "syria-coast-2025-03"
source = "A desk"
counted_to = "{day}"
areas = "{place|district}"
measure = "killed"
note = "sheet of {who}"
[words.place]
Jebleh = "Jableh"
[[figure]]
count = "{men}"
population = "all"
[[figure]]
count = "{civ}"
population = "civilians"
[ignore]
"x_*" = "not about people"
"""


def test_a_mapping_of_ones_own_fills_fields_translates_words_and_declares_dates():
    mapping = parse_mapping(OWN.encode(), "own")
    rows = _csv(
        {
            "day": "٣/٤/٢٠٢٥",
            "place": "Jebleh",
            "district": "",
            "men": "7",
            "civ": "over 3",
            "who": "",
            "x_1": "q",
        },
        {
            "day": "8 آذار 2025",
            "place": "",
            "district": "SY1002",
            "men": "",
            "civ": "2",
            "who": "B",
            "x_1": "",
        },
    )
    batch = _read(rows, mapping, "own.csv")
    assert _said(batch, "areas", "population", "low", "counted_to", "note") == [
        ("SY0602", "all", 7, dt.date(2025, 4, 3), ""),
        ("SY0602", "civilians", 4, dt.date(2025, 4, 3), ""),
        ("SY1002", "civilians", 2, dt.date(2025, 3, 8), "sheet of B"),
    ]
    assert [finding.code for finding in batch.findings if finding.row is None] == ["ignored_columns"]


def test_a_column_that_no_mapping_reads_is_named_with_the_nearest():
    mapping = parse_mapping(OWN.encode(), "own")
    batch = _read(_csv({"day": "", "place": "SY06", "men": "1", "distrikt": "x"}), mapping, "own.csv")
    (finding,) = [finding for finding in batch.findings if finding.code == "unmapped_column"]
    assert (finding.column, finding.fix) == ("distrikt", "Did you mean district?")


def test_a_column_of_a_day_that_no_mapping_reads_is_led_to_the_columns_of_days():
    mapping = parse_mapping(OWN.encode(), "own")
    row = {"day": "", "place": "SY06", "men": "1", "3/15/20": "4", "3/16/20": "5"}
    batch = _read(_csv(row), mapping, "own.csv")
    unread = [finding for finding in batch.findings if finding.code == "unmapped_column"]
    assert [finding.column for finding in unread] == ["3_15_20", "3_16_20"]
    assert all("day_columns" in finding.fix for finding in unread)


def test_a_file_that_the_mapping_does_not_fit_is_refused():
    with pytest.raises(UnreadableDocument, match="Did you write “killed_total” for killed_cum_reported"):
        _read(_json({"killed_total": 1}), "t4p-lebanon")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[fields]", "[feilds]", "did you mean fields"),
        ("counted_to =", "counted =", "did you mean count"),
        ('"d/M/yyyy"', '"d/M"', "no year"),
        ('"d/M/yyyy"', '"d/M/yyyyy"', "yyyyy"),
        ('"ar_SY"', '"xx_XX"', "unknown locale"),
        ('count = "{men}"', 'note = "{men}"', "figure 1"),
        ("[[figure]]", "[[figures]]", "did you mean figure"),
        ("title", "= title", "TOML"),
        ('[words.place]\nJebleh = "Jableh"', 'words = "x"', "built"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(old, new, said):
    with pytest.raises(UnreadableDocument) as refusal:
        parse_mapping(OWN.replace(old, new, 1).encode(), "own")
    assert said in str(refusal.value)


def test_an_unknown_mapping_is_named_with_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean t4p-gaza"):
        load_mapping("t4p-gazza")


def test_a_mapping_file_may_lie_anywhere(tmp_path):
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    batch = _read(_csv({"day": "1/3/2025", "place": "SY06", "men": "1"}), tmp_path / "own.toml", "own.csv")
    assert batch.reports.num_rows == 1


def test_reference_rows_that_are_known_already_are_not_brought_again():
    first = _read(_json(WEST_BANK), "t4p-west-bank")
    known = dataclasses.replace(
        REFERENCE,
        **{name: pa.concat_tables([getattr(REFERENCE, name), rows]) for name, rows in first.register.items()},
    )
    again = _read(_json(WEST_BANK), "t4p-west-bank", reference=known)
    assert again.register == {}
    assert again.reports.equals(first.reports)


# locale, what stands in the cells of count and of high, the figure (None: held)
LOCALES = [
    ("de", "1.383", "1.383", 1383),
    ("es", "1.383", "1.383", 1383),
    ("tr", "1.383", "1.383", 1383),
    ("fr", "1 383", "1\u202f383", 1383),
    ("en", "1,383", "1,383", 1383),
    ("ar_SY", "١٬٣٨٣", "١٬٣٨٣", 1383),
    ("en", "1.383", "1.383", None),
    ("de", "1,383", "1,383", None),
    ("tr", "1,383", "1,383", None),
    ("de", "mehr als 1.383", "1.383", 1383),
    ("es", "más de 1.383", "1.383", 1383),
    ("tr", "en az 1.383", "1.383", 1383),
    ("de", "1,5 Millionen", "1.500.000", 1500000),
    ("es", "once", "11", 11),
    ("tr", "on bin", "10.000", 10000),
]


@pytest.mark.parametrize(("locale", "count", "high", "number"), LOCALES)
def test_the_locale_of_a_mapping_decides_what_its_numbers_are_in_wordings_and_in_bounds(
    locale, count, high, number
):
    declared = OWN.replace("ar_SY", locale).replace('["d/M/yyyy"]', "[]")
    declared = declared.replace('count = "{civ}"', 'high = "{civ}"')
    row = {"day": "2025-04-03", "place": "Jebleh", "men": count, "civ": high, "who": "us"}
    batch = _read(_csv(row), parse_mapping(declared.encode(), "own"), "own.csv")
    if number is None:
        assert batch.held["verdict"].to_pylist() == ["quarantined"] * 2
    else:
        assert _said(batch, "number") == [(number,), (number,)]


def test_a_mapping_that_extends_another_says_only_what_differs():
    declared = 'extends = "t4p-lebanon"\n[fields]\nnote = "as compiled"\n[words.phase]\n3 = "2026-09-01"\n'
    mapping, under = parse_mapping(declared.encode(), "ours"), load_mapping("t4p-lebanon")
    assert (mapping.figures, mapping.ignore, mapping.title) == (under.figures, under.ignore, under.title)
    assert set(mapping.fields) == {*under.fields, "note"}
    assert mapping.words["phase"] == {**under.words["phase"], "3": "2026-09-01"}
    with pytest.raises(UnknownName, match="t4p-lebanom"):
        parse_mapping(declared.replace("lebanon", "lebanom").encode(), "ours")


def test_a_key_of_thousands_of_parts_is_refused_before_it_is_read():
    with pytest.raises(UnreadableDocument, match="key of more than 40 parts in line 2"):
        read_mapping(b"title = 'x'\n" + b"a." * 20_000 + b"b = 1", "deep")
