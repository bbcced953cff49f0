"""Disagreements by people, and how a figure moved as knowledge grew, on the shipped reports."""

import csv
import io
import json
import random
import re

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.answers.conflicts import SLIGHT
from service.answers.series import key_of
from service.formats.encode import encode
from service.formats.file_format import Format
from service.schema.lists import ACCOUNT, write_accounts
from tests.builders import batch, day, moment, reference, report


@pytest.fixture
def drawn(tmp_path):
    """A ledger of its own with a handful of reports."""
    from service.api import Ledger
    from service.ledger import Store

    with Store.open(tmp_path) as store:
        for name in ("area", "source", "population", "crisis", "weight"):
            store.register(name, getattr(reference(), name), recorded_at=moment("2025-03-01T00:00"))
        store.submit(
            batch(
                report(source_id="sohr", count=658, published_on=day("2025-03-11")),
                report(source_id="sohr", count=683, published_on=day("2025-03-12")),
                report(
                    source_id="snhr", count=500, published_on=day("2025-03-14"), counted_to=day("2025-03-12")
                ),
                report(
                    source_id="anonymous", count=4000, published_on=day("2025-03-14"), standard="unverified"
                ),
                report(source_id="ohchr", count=90, population="women", published_on=day("2025-03-15")),
            ),
            recorded_at=moment("2025-04-01T00:00"),
        )
        yield Ledger(store, clock=lambda: moment("2025-06-01T00:00"))


def test_a_conflict_says_by_how_many_people_and_who_says_what(drawn):
    [row] = drawn.conflicts(arrow=True).to_pylist()
    assert (row["people"], row["best"], row["grade"]) == (183, 500, "contested"), (
        "of equal weights the lower count stands"
    )
    assert (row["low"] <= 500, row["high"] >= 683) == (True, True), "the range takes in both"
    assert write_accounts(row["says"]) == (
        "Syrian Network for Human Rights 500 to 2025-03-12; "
        "Syrian Observatory for Human Rights 683 to 2025-03-12"
    ), "nobody in particular is not heard beside named origins"
    snhr, sohr = row["says"]
    assert list(snhr) == [field.name for field in ACCOUNT]
    assert (snhr["origin_id"], snhr["source_name"]) == ("snhr", "Syrian Network for Human Rights")
    assert (snhr["account_low"], snhr["account_high"], sohr["account_low"]) == (500, 500, 683)
    assert (snhr["weight"], snhr["about"], snhr["counted_to"]) == (sohr["weight"], "", day("2025-03-12"))


@pytest.mark.parametrize("fmt", list(Format))
def test_every_format_says_who_says_what(drawn, fmt):
    table = drawn.conflicts(arrow=True)
    [row] = table.to_pylist()
    file = encode(table, fmt)
    match fmt:
        case Format.JSON:
            [said] = json.loads(file)["data"]
        case Format.NDJSON:
            said = json.loads(file)
        case Format.PARQUET:
            [said] = pq.read_table(io.BytesIO(file)).to_pylist()
        case Format.ARROW:
            [said] = pa.ipc.open_file(file).read_all().to_pylist()
        case Format.CSV:
            [said] = csv.DictReader(io.StringIO(file.decode()))
        case Format.XLSX:
            header, cells = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0].values
            said = dict(zip(header, cells, strict=True))
    if fmt in {Format.CSV, Format.XLSX}:
        assert said["says"] == write_accounts(row["says"])
    elif fmt in {Format.JSON, Format.NDJSON}:
        assert said["says"] == [one | {"counted_to": str(one["counted_to"])} for one in row["says"]]
    else:
        assert said["says"] == row["says"]


def test_a_frame_holds_lists_of_dicts(drawn):
    [says] = drawn.conflicts()["says"]
    assert says == drawn.conflicts(arrow=True)["says"][0].as_py()


def test_a_part_that_speaks_for_its_whole_is_named_and_slight_voices_set_nothing(ledger):
    rows = ledger.conflicts(arrow=True, as_of="2026-11-01", crisis="syria-coast-2025-03").to_pylist()
    codes = set(ledger.reference().area.column("area_code").to_pylist())
    abouts = {one["about"] for row in rows for one in row["says"]}
    assert len(abouts) > 1
    for about in abouts:
        assert not codes & set(re.split(r"[ ,|]+", about)), "names, not codes"
        assert "_" not in about and "|" not in about
    assert any(about.startswith("Syrian coast, ") for about in abouts), abouts
    for row in rows:
        says = row["says"]
        assert says == sorted(says, key=lambda one: one["account_low"] or 0), "the lowest first"
        heaviest = max(one["weight"] for one in says)
        heard = [one for one in says if one["weight"] * SLIGHT >= heaviest]
        ends = [one["account_high"] for one in heard if one["account_high"] is not None]
        assert row["people"] == max(one["account_low"] or 0 for one in heard) - min(ends)


def test_more_rows_than_a_few_are_written_alike(drawn):
    table = drawn.conflicts(arrow=True)
    few, many = (json.loads(encode(pa.concat_tables([table] * times), Format.JSON)) for times in (1, 200))
    assert many["data"] == few["data"] * 200


def test_origins_that_meet_are_no_conflict(drawn):
    assert drawn.conflicts(arrow=True, population="women").num_rows == 0
    assert drawn.conflicts(arrow=True, as_of="2025-03-13").num_rows == 0


def test_vintages_are_worked_out_once_for_each_state_and_anew_where_it_has_moved(drawn):
    now = drawn.query(area="SY06", population="civilians")
    then = drawn.query(area="SY06", population="civilians", recorded_by="2025-04-01")
    rows, head = drawn.answers.vintages(now)
    assert drawn.answers.vintages(now)[0] is rows
    recorded = drawn.answers.vintages(then)[0]
    later = report(source_id="afp", count=900, published_on=day("2025-03-20"))
    drawn.store.submit(batch(later), recorded_at=moment("2025-05-01T00:00"))
    assert drawn.answers.vintages(then)[0] is recorded, "what came later is nothing to it"
    moved, moved_head = drawn.answers.vintages(now)
    assert (head, moved_head) == (drawn.answers.vintages(then)[1], drawn.head)
    assert moved.num_rows == rows.num_rows + 1


def test_vintages_tell_when_the_figure_moved_and_what_had_come(drawn):
    moved = drawn.vintages(arrow=True, area="SY06", population="civilians").to_pylist()
    told = [(str(row["as_of"]), row["best_before"], row["best"], row["cause"]) for row in moved]
    assert [row[:3] for row in told[:2]] == [("2025-03-11", None, 658), ("2025-03-12", 658, 683)]
    assert told[1][3] == "new report: Syrian Observatory for Human Rights 683"
    assert [(row["best"], row["high"]) for row in moved[2:]] == [(500, 683)], "the range shows both"


def test_a_vintage_names_the_origin_whose_words_others_gave_anew_and_no_report_beside_it(ledger):
    moved = ledger.vintages(arrow=True, area="x-syrian-coast", population="civilians", measure="killed")
    causes = {str(row["as_of"]): row["cause"] for row in moved.to_pylist()}
    assert causes["2025-03-31"].startswith("what SOHR says, taken together, leaves room for 1,614 to")
    assert causes["2025-03-12"].startswith("new report: SOHR 1,383")


@pytest.mark.parametrize("dated", ["published_on", "published_by"])
def test_a_vintage_calls_no_report_new_that_was_known_before_and_speaks_since_another_was_taken_back(
    own_ledger, dated
):
    heading = f"crisis,source,origin,{dated},period_start,counted_to,areas,measure,population,basis,count"
    rows = (
        "storm,gamma,delta,2025-05-13,2025-04-01,2025-04-05,Jableh,killed,all,cumulative,370",
        "storm,alpha,,2025-05-22,2025-04-01,2025-04-08,Latakia,killed,all,cumulative,327",
        "storm,delta,,2025-05-22,2025-04-01,2025-04-05,Latakia,killed,all,cumulative,369",
        "storm,gamma,,2025-05-24,2025-04-01,2025-04-20,Latakia,killed,all,cumulative,181",
        "storm,alpha,delta,2025-05-27,2025-04-01,2025-04-05,Latakia,killed,all,retraction,369",
    )
    own_ledger.ingest("\n".join((heading, *rows)).encode(), name="storm.csv")
    moved = own_ledger.vintages(arrow=True, crisis="storm", area="Latakia", measure="killed").to_pylist()
    assert [(str(row["as_of"]), row["cause"]) for row in moved][-1] == ("2025-05-27", "taken back: delta 369")


def test_a_figure_of_which_nothing_is_left_has_a_vintage_and_a_change_that_say_so(own_ledger):
    heading = "crisis,source,published_on,period_start,counted_to,areas,measure,population,basis,count"
    rows = (
        "storm,alpha,2025-05-13,2025-04-01,2025-04-05,Jableh,killed,all,cumulative,370",
        "storm,alpha,2025-05-20,2025-04-01,2025-04-05,Jableh,killed,all,retraction,370",
        "storm,beta,2025-05-22,2025-04-01,2025-04-06,Homs,killed,all,cumulative,7",
        "storm,alpha,2025-05-25,2025-04-01,2025-04-05,Jableh,killed,all,cumulative,380",
    )
    own_ledger.ingest("\n".join((heading, rows[0], rows[2])).encode(), name="before.csv")
    before = own_ledger.head
    own_ledger.ingest("\n".join((heading, rows[1])).encode(), name="taken_back.csv")
    (change,) = own_ledger.changes(arrow=True, crisis="storm", since=str(before)).to_pylist()
    assert (change["change"], change["best"], change["cause"]) == ("removed", None, "taken back: alpha 370")
    own_ledger.ingest("\n".join((heading, rows[3])).encode(), name="anew.csv")
    moved = own_ledger.vintages(arrow=True, crisis="storm", area="Jableh").to_pylist()
    told = [
        (f"{row['as_of']:%d}", row["best_before"], row["best"], row["grade"], row["cause"]) for row in moved
    ]
    assert told == [
        ("13", None, 370, "single_source", "first report: alpha 370"),
        ("20", 370, None, None, "taken back: alpha 370"),
        ("25", None, 380, "single_source", "new report: alpha 380"),
    ]
    assert [(row["low"], row["high"]) for row in moved if row["best"] is None] == [(None, None)]
    assert own_ledger.figures(arrow=True, crisis="storm", area="Jableh", as_of="2025-05-22").num_rows == 0


def test_the_last_vintage_by_a_day_is_the_figure_as_known_on_it(own_ledger):
    draw = random.Random(4)
    rows = ["crisis,source,origin,published_on,period_start,counted_to,areas,measure,population,basis,count"]
    for day_of_month in sorted(draw.choices(range(10, 28), k=40)):
        said = ("cumulative,40", "retraction,40", "cumulative,50", "retraction,50")
        who, place, basis = draw.choice(("alpha", "beta")), draw.choice(("Jableh", "Homs")), draw.choice(said)
        rows.append(
            f"storm,{who},alpha,2025-05-{day_of_month},2025-04-01,2025-04-05,{place},killed,all,{basis}"
        )
    own_ledger.ingest("\n".join(rows).encode(), name="storm.csv")
    columns = ("area_code", "low", "best", "high", "date")
    vintages = own_ledger.vintages(arrow=True, crisis="storm").to_pylist()
    assert sum(row["grade"] is None for row in vintages) > 1
    for as_of in range(9, 29):
        known = f"2025-05-{as_of:02}"
        last = {row["area_code"]: row for row in vintages if str(row["as_of"]) <= known}
        standing = {tuple(row[name] for name in columns) for row in last.values() if row["grade"]}
        figures = own_ledger.figures(arrow=True, crisis="storm", as_of=known).select(columns)
        assert standing == {tuple(row.values()) for row in figures.to_pylist()}, known


def test_a_vintage_says_when_no_figure_was_left_and_why(own_ledger):
    heading = "crisis,source,origin,published_on,period_start,counted_to,areas,measure,population,basis,count"
    rows = (
        "storm,alpha,,2025-05-10,2025-04-01,2025-05-09,Latakia,killed,all,cumulative,11300",
        "storm,alpha,,2025-05-13,2025-04-01,2025-05-09,Latakia,killed,all,retraction,11300",
        "storm,alpha,,2025-05-20,2025-04-01,2025-05-19,Latakia,killed,all,cumulative,4000",
        "storm,beta,,2025-05-10,2025-04-01,2025-05-08,Tartus,killed,women,cumulative,199",
        "storm,beta,,2025-05-12,2025-04-01,2025-05-11,Tartus,killed,all,cumulative,33",
    )
    own_ledger.ingest("\n".join((heading, *rows)).encode(), name="storm.csv")
    moved = own_ledger.vintages(arrow=True, crisis="storm", measure="killed").to_pylist()
    told = [
        " ".join(str(row[name]) for name in ("as_of", "area_name", "population", "best", "grade", "cause"))
        for row in moved
        if (row["area_name"], row["population"]) in {("Latakia", "all"), ("Tartus", "women")}
    ]
    assert told == [
        "2025-05-10 Latakia all 11300 provisional first report: alpha 11300",
        "2025-05-10 Tartus women 199 provisional first report: beta 199",
        "2025-05-12 Tartus women None None beta: its origin later gave the lower 33",
        "2025-05-13 Latakia all None None taken back: alpha 11300",
        "2025-05-20 Latakia all 4000 provisional new report: alpha 4000",
    ]
    for as_of in ("2025-05-10", "2025-05-12", "2025-05-13", "2025-05-20"):
        left = {}
        for row in moved:
            if str(row["as_of"]) <= as_of:
                left[row["area_name"], row["population"]] = row["best"]
        figures = own_ledger.figures(arrow=True, crisis="storm", as_of=as_of).to_pylist()
        stand = {(row["area_name"], row["population"]): row["best"] for row in figures}
        assert {key: best for key, best in left.items() if best is not None} == stand


def test_vintages_of_a_measure_are_what_its_figures_moved_by_though_others_tell_of_the_same_crisis(
    own_ledger,
):
    """What else is reported says since when a crisis that nobody registered counts, and what its newest day
    is."""
    rows = [
        {"source": "sohr", "published_on": "2025-03-08", "measure": "missing", "count": "30"},
        {"source": "snhr", "published_on": "2025-03-10", "measure": "killed", "period_start": "2025-03-06"},
        {"source": "hrw", "measure": "missing", "count": "44"},
        {"source": "ohchr", "published_on": "2025-03-12", "measure": "injured", "period_start": "2025-03-02"},
    ]
    rows = [{"crisis": "storm", "areas": "SY06", "population": "all", "count": "9"} | row for row in rows]
    own_ledger.ingest_rows(rows)
    own_ledger.ingest_rows([row | {"crisis": "flood"} for row in rows if row["source"] != "sohr"])
    for crisis in ("storm", "flood"):
        for measure in ("missing", "killed", "injured"):
            asked = {"crisis": crisis, "measure": measure, "arrow": True}
            vintages = own_ledger.vintages(**asked).to_pylist()
            assert vintages
            for as_of in ("2025-03-08", "2025-03-10", "2025-03-12", str(own_ledger.clock().date())):
                said = {key_of(row): row for row in vintages if str(row["as_of"]) <= as_of}
                left = [row for row in said.values() if row["grade"]]
                figures = own_ledger.figures(**asked, as_of=as_of).to_pylist()
                assert sorted(map(bounds, left), key=str) == sorted(map(bounds, figures), key=str), (
                    asked,
                    day,
                )


def bounds(row):
    return *key_of(row), row["low"], row["best"], row["high"]


def test_a_withdrawal_moves_the_figure_of_the_vintage_it_touches(drawn):
    sohr = next(
        row["report_id"] for row in drawn.reports(arrow=True).to_pylist() if row["count_stated"] == "683"
    )
    drawn.store.withdraw(sohr, reason="counted twice", recorded_at=moment("2025-05-01T00:00"))
    latest = drawn.figures(arrow=True, area="SY06", population="civilians").to_pylist()[0]
    assert (latest["best"], latest["high"]) == (500, 658)


def test_no_report_is_no_vintage(drawn):
    assert drawn.vintages(arrow=True, as_of="2025-01-01").num_rows == 0
