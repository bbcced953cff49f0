"""What a filter keeps is one thing: in memory, where rows are looked up, and in what the ledger reads."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.filters import ANY, Filters
from service.answers.query import Query
from service.answers.selection import CELL, DAYS, RULES, WHO, begins_on, select
from service.api import Ledger
from service.schema.report_rules import cut_as_of
from service.schema.tables import ESTIMATE, EVIDENCE, LEDGER_REPORT, SERIES
from tests.builders import batch, moment, report

OF_KNOWLEDGE = {"as_of", "dates", "recorded_by", "method", "weights"}
"""The filters that say from what figures are made, and keep no rows by what stands in them."""
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "area": st.sampled_from(("SY06", "SY0602", ["SY06", "SY10"], "x-syrian-coast", "SY06|SY10")),
        "crisis": st.sampled_from(("syria-coast-2025-03", "syria-arza-2025-01")),
        "measure": st.sampled_from(("killed", "injured")),
        "population": st.sampled_from(("civilians", "all", "women")),
        "attributed_to": st.sampled_from(("", ANY, "government")),
        "source": st.sampled_from(("sohr", "snhr", "ohchr")),
        "date_from": st.sampled_from(("2025-03-08", "2025-03-10")),
        "date_to": st.sampled_from(("2025-03-08", "2025-03-12")),
        "as_of": st.sampled_from(("2025-03-09", "2025-03-20")),
    },
).filter(lambda asked: asked.get("date_from", "") <= asked.get("date_to", "9999"))


def test_every_filter_of_a_question_keeps_rows_by_one_rule_or_says_what_they_are_made_from():
    assert {field.name for field in dataclasses.fields(Query)} == {*RULES, *OF_KNOWLEDGE, "period_start"}
    assert set(RULES) == {*CELL, *DAYS, "source"}
    assert set(CELL) == {"crisis", "areas", *WHO}


def test_a_rule_finds_its_column_in_every_table_that_it_filters():
    for schema, names in (
        (ESTIMATE, (*CELL, *DAYS)),
        (EVIDENCE, CELL),
        (SERIES, (*CELL, *DAYS)),
        (LEDGER_REPORT, RULES),
    ):
        for name in names:
            assert set(RULES[name].columns) & set(schema.names), name


@settings(max_examples=100, deadline=None)
@given(filters=FILTERS)
def test_the_ledger_reads_the_reports_that_the_rules_keep(ledger: Ledger, filters: Filters) -> None:
    query = ledger.query(**filters)
    kept = select(cut_as_of(ledger.store.reports(), query.as_of), query)
    assert pa.concat_tables([LEDGER_REPORT.empty_table(), *ledger.answers.reports(query).read()]).equals(kept)


@settings(max_examples=60, deadline=None)
@given(filters=FILTERS)
def test_a_series_has_the_rows_that_the_rules_keep_of_all_series(ledger: Ledger, filters: Filters) -> None:
    query = ledger.query(**{**filters, "period_start": ANY})
    everything = ledger.query(as_of=query.as_of, attributed_to=ANY, period_start=ANY)
    kept = select(ledger.answer(**everything.filters()).table, query, (*CELL, *DAYS))
    assert ledger.answers.rows(query)[0].table.equals(kept)


def test_unknown_beginnings_are_alike_and_like_no_day():
    day = dt.date(2025, 3, 6)
    rows = pa.table({"period_start": pa.array([None, day, dt.date(2025, 3, 7)], pa.date32())})
    assert begins_on(rows, None).to_pylist() == [True, False, False]
    assert begins_on(rows, day).to_pylist() == [False, True, False]


def test_the_series_of_a_crisis_of_unknown_beginning_is_one_through_every_door(own_ledger: Ledger) -> None:
    crises = own_ledger.reference().crisis
    unknown = dict.fromkeys(("period_start", "baseline_from", "baseline_to"))
    new = pa.Table.from_pylist([crises.to_pylist()[0] | {"crisis_id": "new"} | unknown], schema=crises.schema)
    own_ledger.store.register("crisis", new, recorded_at=moment("2026-11-22T12:00"))
    rows = [report(crisis_id="new", period_start=None, count=count) for count in (60, 40)]
    own_ledger.store.submit(batch(*rows), recorded_at=moment("2026-11-22T12:00"))
    query = own_ledger.query(crisis="new")
    published, series = own_ledger.answers.rows(query)[0].table, own_ledger.answers.series(query)
    assert published.equals(series.table)
    assert published.column("period_start").to_pylist() == [None]
