"""How exactly a date or a place is known is kept, and no answer uses a report before it was surely public."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from service.formats.report_file import amended_row, report_file
from service.ingest import read_rows
from service.ledger import Store
from service.schema.records import Batch, Reference
from service.schema.report_rules import cut_as_of
from service.vocabulary import DatePrecision, PlacePrecision, Severity
from tests.builders import day, moment, reference
from tests.thorough import EXAMPLES, thorough

few = settings(thorough, max_examples=EXAMPLES // 50)
TODAY = day("2026-05-20")
ROW = {
    "crisis": "coast", "source": "Desk", "areas": "SY06", "measure": "killed", "population": "all",
    "count": "7",
}  # fmt: skip
CONTRADICTED, WITHOUT_DATE = "precision_contradicted", "precision_without_date"
FORMS = {
    "%Y-%m-%d": "day", "%-d %B %Y": "day", "%G-W%V": "week", "%Y-%m": "month", "%Y-%m-00": "month",
    "%B %Y": "month", "%Y-XX": "year", "%Y-00-00": "year",
}  # fmt: skip
UNITS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}


@pytest.fixture(scope="module")
def places() -> Reference:
    return reference()


def read(places: Reference, *rows: dict[str, str], today: dt.date = TODAY) -> Batch:
    return read_rows([ROW | row for row in rows], "rows", places, today=today)


def one(places: Reference, **row: str) -> dict[str, Any]:
    (report,) = read(places, row).reports.to_pylist()
    return dict(report)


def allowed_days(written: dt.date, form: str, word: str) -> Iterator[dt.date]:
    """Every day up to TODAY that reads the same in ``form``, or in the wider unit that ``word`` names."""
    ranks = list(UNITS)
    unit = UNITS[word] if word and ranks.index(word) > ranks.index(FORMS[form]) else form
    exact = [each for each in days_of_years(written) if each.strftime(form) == written.strftime(form)]
    units = {each.strftime(unit) for each in exact}
    for each in days_of_years(written):
        if each <= TODAY and (each in exact or each.strftime(unit) in units):
            yield each


def days_of_years(day: dt.date) -> list[dt.date]:
    first = dt.date(day.year - 1, 1, 1)
    return [first + dt.timedelta(days=passed) for passed in range(3 * 366)]


STATED = st.tuples(
    st.dates(dt.date(2019, 12, 20), TODAY), st.sampled_from([*FORMS]), st.sampled_from(["", *DatePrecision])
)


@few
@given(st.sampled_from(["published_on", "published_by"]), STATED, st.integers(-3, 3))
@example("published_on", (day("2025-03-15"), "%Y-%m", ""), -1)
@example("published_on", (day("2025-03-15"), "%Y-%m-%d", "month"), 0)
@example("published_on", (TODAY, "%Y-%m", "year"), 0)
@example("published_by", (day("2024-12-30"), "%G-W%V", "month"), -1)
def test_no_answer_uses_a_report_before_the_last_day_its_date_allows(
    places: Reference, column: str, stated: tuple[dt.date, str, str], offset: int
) -> None:
    written, form, word = stated
    report = one(places, **{column: written.strftime(form), "published_precision": word})
    last = max(allowed_days(written, form, word))
    known = pa.table({"known_on": pa.array([report["published_on"] or report["published_by"]], pa.date32())})
    as_of = last + dt.timedelta(days=offset)
    assert cut_as_of(known, as_of).num_rows == (as_of >= last)
    assert report["counted_to"] == last and report["counted_to_inferred"]


@few
@given(STATED)
def test_a_count_is_taken_to_the_last_day_that_its_date_allows(
    places: Reference, stated: tuple[dt.date, str, str]
) -> None:
    written, form, word = stated
    report = one(places, counted_to=written.strftime(form), counted_precision=word)
    assert report["counted_to"] == max(allowed_days(written, form, word))
    assert (report["published_precision"], report["counted_to_inferred"]) == (None, False)


@few
@given(STATED, STATED, st.sampled_from(["", "2025-03-01"]), st.sampled_from(["", "2025-03-31", "2025-03"]))
def test_reports_that_go_out_as_a_file_come_in_as_the_same_reports(
    places: Reference, published: tuple[Any, ...], counted: tuple[Any, ...], start: str, end: str
) -> None:
    batch = read(places, {
        "published_on": published[0].strftime(published[1]), "published_precision": published[2],
        "counted_to": counted[0].strftime(counted[1]), "counted_precision": counted[2],
        "period_start": start, "period_end": end, "place_precision": "near",
    })  # fmt: skip
    assume(batch.reports.num_rows)
    kept = ("report_id", "published_on", "counted_to", "counted_to_inferred", "place_precision")
    rows = report_file(batch.reports.append_column("withdrawn", pa.array([None], pa.string()))).to_pylist()
    for later in (TODAY, TODAY + dt.timedelta(days=400)):
        again = read(places, *rows, today=later).reports
        assert again.select(kept).to_pylist() == batch.reports.select(kept).to_pylist()
        if batch.reports["published_precision"][0].as_py() == "day":
            assert again["published_precision"].to_pylist() == ["day"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # what is stated                                                        published      counted
        ({"published_on": "2025-03-08"},                                        ("day",        None)),
        ({"published_on": "2025-03"},                                           ("month",      None)),
        ({"published_on": "2025-03-08", "published_precision": "Month"},        ("month",      None)),
        ({"published_on": "2025", "counted_to": "2025-W10"},                    None),
        ({"published_on": "2025-XX", "counted_to": "2025-W10"},                 ("year",       "week")),
        ({"counted_to": "2025-03-08", "counted_precision": "year"},             (None,         "year")),
        ({"period_end": "2025-03"},                                             (None,         "month")),
        ({"published_on": "2025-03-08", "published_precision": "about"},        None),
        ({},                                                                    (None,         None)),
    ],
)  # fmt: skip
def test_how_exactly_a_date_is_known_is_kept(
    places: Reference, row: dict[str, str], expected: tuple[str | None, str | None] | None
) -> None:
    batch = read(places, row)
    said = batch.reports.select(["published_precision", "counted_precision"]).to_pylist()
    assert [tuple(each.values()) for each in said] == ([] if expected is None else [expected])
    assert batch.held["verdict"].to_pylist() == (["quarantined"] if expected is None else [])


def test_a_time_of_day_orders_nothing_where_the_day_is_not_known(places: Reference) -> None:
    assert one(places, published_on="2025-03-08T21:30Z")["published_time"] == "21:30Z"
    assert one(places, published_on="2025-03-08T21:30Z", published_precision="week")["published_time"] is None


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"published_on": "2025-03", "published_precision": "day"}, CONTRADICTED, "published_precision"),
        ({"published_by": "2025-XX", "published_precision": "week"}, CONTRADICTED, "published_precision"),
        ({"counted_to": "2025-03", "counted_precision": "day"}, CONTRADICTED, "counted_precision"),
        ({"period_end": "2025-03", "counted_precision": "day"}, CONTRADICTED, "counted_precision"),
        ({"period_start": "2025-03-01", "period_end": "2025-03", "counted_precision": "day"},
         CONTRADICTED, "counted_precision"),
        ({"published_precision": "month"}, WITHOUT_DATE, "published_precision"),
        ({"published_on": "2025-03-08", "counted_precision": "day"}, WITHOUT_DATE, "counted_precision"),
    ],
)  # fmt: skip
def test_a_precision_that_its_date_contradicts_is_told_and_the_coarser_holds(
    places: Reference, row: dict[str, str], code: str, column: str
) -> None:
    batch = read(places, row)
    (finding,) = [each for each in batch.findings if each.code.startswith("precision_")]
    assert (finding.code, finding.column, finding.row) == (code, column, 1)
    assert finding.fix and finding.severity is not Severity.ERROR
    (report,) = batch.reports.to_pylist()
    is_contradicted = code == CONTRADICTED
    assert report[column] == (("year" if "2025-XX" in row.values() else "month") if is_contradicted else None)


def test_the_end_of_a_stated_period_is_the_last_day_that_is_possible(places: Reference) -> None:
    span = {"period_start": "2025-03-20", "period_end": "2025-04-10", "counted_precision": "month"}
    assert one(places, **span)["counted_to"] == day("2025-04-10")
    point = {"period_start": "2025-03-15", "period_end": "2025-03-15", "counted_precision": "month"}
    event = one(places, **point)
    assert (event["period_end"], event["counted_to"]) == (day("2025-03-15"), day("2025-03-31"))


def test_no_count_takes_in_what_happened_after_it_was_published(places: Reference) -> None:
    batch = read(places, {"published_on": "2025-03-20", "counted_to": "2025-03"})
    assert batch.reports["counted_to"].to_pylist() == [day("2025-03-20")]
    exact = read(places, {"published_on": "2025-03-20", "counted_to": "2025-03-25"})
    assert exact.reports["counted_to"].to_pylist() == [day("2025-03-25")], "a stated day is kept, and told"
    assert [each.code for each in exact.findings if each.row and "before" in each.code] == [
        "published_before_counted"
    ]


@pytest.mark.parametrize("precision", PlacePrecision)
def test_how_exactly_a_place_is_known_is_kept_in_the_words_of_the_field(
    places: Reference, precision: PlacePrecision
) -> None:
    assert one(places, place_precision=precision.upper())["place_precision"] == precision
    assert one(places)["place_precision"] is None
    odd = read(places, {"place_precision": "somewhere"})
    assert odd.held["verdict"].to_pylist() == ["quarantined"]


def test_what_is_known_of_dates_and_places_names_no_report(places: Reference) -> None:
    exact = one(places, published_on="2025-03-31", counted_to="2025-03-31")
    month = one(places, published_on="2025-03", counted_to="2025-03", place_precision="near")
    assert month["report_id"] == exact["report_id"]


def test_another_date_leaves_behind_how_exactly_the_one_before_was_known(
    places: Reference, tmp_path: Path
) -> None:
    batch = read(places, {"published_on": "2025-03", "counted_to": "2025-03-08"})
    with Store.open(tmp_path / "data") as store:
        store.submit(batch, recorded_at=moment("2026-05-20"))
        assert [store.reports(as_of=day(text)).num_rows for text in ("2025-03-30", "2025-03-31")] == [0, 1]
        report = store.reports()
    name = report["report_id"][0].as_py()
    row = amended_row(report, name, {"published_on": "2025-03-10"})
    assert (row["published_precision"], row["counted_precision"]) == ("", "day")
    row = amended_row(report, name, {"published_on": "2025-03-10", "published_precision": "week"})
    assert one(places, **row)["published_on"] == day("2025-03-16")
