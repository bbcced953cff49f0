"""What holds for every set of reports, not only for the ones somebody drew."""

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.reconcile import reconcile
from service.schema.tables import CRISIS, LEDGER_REPORT
from tests.builders import day, reference, report
from tests.spec.drawn import METHOD, ledger_reports

AS_OF = dt.date(2025, 12, 31)
NAMED = ("sohr", "snhr", "ohchr", "reuters", "afp")
CRISES = 5
"""A run reconciles as many sets of reports, each a crisis of its own: it takes hardly longer than one."""
quick = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COAST = reference()
KNOWN = dataclasses.replace(
    COAST,
    crisis=pa.Table.from_pylist(
        [{**COAST.crisis.to_pylist()[0], "crisis_id": f"crisis-{n}"} for n in range(CRISES)], schema=CRISIS
    ),
)


@st.composite
def interval(draw):
    low = draw(st.integers(0, 60))
    high = draw(st.one_of(st.none(), st.integers(low, low + 40)))
    return low, high


@st.composite
def report_fields(draw):
    origin = draw(st.sampled_from((*NAMED, "anonymous")))
    low, high = draw(interval())
    on = day("2025-03-06") + dt.timedelta(draw(st.integers(0, 9)))
    return {
        "source_id": draw(st.sampled_from((origin, "afp", "reuters"))),
        "origin_id": origin,
        "areas": draw(st.sampled_from(("SY06", "SY0602", "SY10", "SY06|SY10", "x-coast"))),
        "population": draw(st.sampled_from(("civilians", "all", "alawite_civilians"))),
        "basis": draw(st.sampled_from(("cumulative", "cumulative", "increment"))),
        "published_on": draw(st.sampled_from((on, None))),
        "counted_to": draw(st.sampled_from((on, on, None))),
        "low": low,
        "best": low if low == high else None,
        "high": high,
        "number": low,
        "count_stated": f"{low}-{high}",
    }


def sets_of(fields, most):
    """As many lists of reports as there are crises: the rows of each crisis."""
    return st.tuples(*[st.lists(fields, min_size=1, max_size=most)] * CRISES).map(rows_of)


def rows_of(sets):
    return [
        list(
            {
                row["report_id"]: row for row in (report(crisis_id=f"crisis-{n}", **each) for each in said)
            }.values()
        )
        for n, said in enumerate(sets)
    ]


def answer(rows, method=METHOD, known=KNOWN):
    return reconcile(ledger_reports(rows), known, as_of=AS_OF, method=method)


def answers(sets):
    """The rows of each crisis and what came of them, all reconciled in one run."""
    found = answer([row for rows in sets for row in rows])
    for rows in sets:
        yield rows, found.of(rows[0]["crisis_id"], ledger_reports(rows))


@quick
@given(sets_of(report_fields(), most=14))
def test_low_best_and_high_stand_in_order_and_every_report_has_one_role_a_day(sets):
    found = answer([row for rows in sets for row in rows])
    for row in found.estimates.to_pylist():
        stated = [row[k] for k in ("low", "best", "high") if row[k] is not None]
        assert stated == sorted(stated)
        assert all(count >= 0 for count in stated)
    spans = {}
    cell = ("crisis_id", "areas", "population", "attributed_to", "period_start", "report_id")
    for span in found.evidence.to_pylist():
        key = (*(span[name] for name in cell), span["role"] == "raised")
        spans.setdefault(key, []).append((span["date"], span["until"] or dt.date.max))
    for periods in spans.values():
        periods.sort()
        assert all(start < end for start, end in periods)
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(periods))


@quick
@given(
    sets_of(report_fields(), most=14),
    st.randoms(use_true_random=False),
    st.sampled_from((METHOD, "median/2")),
)
def test_the_order_of_the_reports_never_matters(sets, shuffler, method):
    rows = [row for rows in sets for row in rows]
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    one, other = answer(rows, method), answer(shuffled, method)
    assert one.estimates.equals(other.estimates)
    assert one.evidence.equals(other.evidence)


@quick
@given(sets_of(report_fields(), most=10))
def test_every_report_is_accounted_for_in_its_own_cell(sets):
    for rows, found in answers(sets):
        assert {row["report_id"] for row in rows} <= set(found.evidence.column("report_id").to_pylist())


@pytest.mark.parametrize("copies", [1, 50])
def test_fifty_copies_of_a_figure_change_nothing(copies):
    said = [report(source_id="sohr", count=683), report(source_id="snhr", count=600)]
    carried = [report(source_id=f"outlet-{n}", origin_id="snhr", count=600) for n in range(copies)]
    alone = answer(said, known=COAST).estimates.to_pylist()[0]
    copied = answer(said + carried, known=COAST).estimates.to_pylist()[0]
    assert {k: v for k, v in copied.items() if k != "reports"} == {
        k: v for k, v in alone.items() if k != "reports"
    }
    assert copied["reports"] == 2 + copies


def test_no_reports_give_no_estimates():
    empty = reconcile(LEDGER_REPORT.empty_table(), COAST, as_of=AS_OF, method=METHOD)
    assert (empty.estimates.num_rows, empty.evidence.num_rows, empty.findings.num_rows) == (0, 0, 0)


def test_crises_are_reconciled_side_by_side_as_if_alone():
    coast = [report(source_id=s, count=n) for s, n in (("sohr", 683), ("snhr", 700))]
    other = [report(crisis_id="other", source_id="sohr", count=9, period_start=None)]
    table = ledger_reports(coast + other)
    both = reconcile(table, COAST, as_of=AS_OF, method=METHOD).estimates
    alone = answer(coast, known=COAST).estimates
    picked = pa.Table.from_pylist(
        [r for r in both.to_pylist() if r["crisis_id"] != "other"], schema=both.schema
    )
    assert picked.equals(alone)


def test_what_one_run_went_by_is_nothing_to_the_next():
    said = ledger_reports(
        [
            report(source_id="sohr", count=683),
            report(source_id="snhr", count=600),
            report(source_id="afp", count=90, areas="SY0602", basis="increment"),
        ]
    )
    elsewhere = dataclasses.replace(COAST, area=COAST.area.slice(0, 0), weight=COAST.weight.slice(0, 0))
    asked = [
        (COAST, METHOD, ()),
        (elsewhere, METHOD, ()),
        (COAST, "latest:snhr/2", ()),
        (COAST, "ucdp/2", ()),
        (COAST, METHOD, (("origin:snhr", 2.5),)),
    ]

    def told(known, method, weights):
        return reconcile(said, known, as_of=AS_OF, method=method, weights=weights)

    alone = [told(*each) for each in asked]
    assert alone[0].evidence != alone[1].evidence != alone[4].evidence
    with pytest.raises(KeyError):
        told(COAST, "no such method", ())
    for each, answer in reversed(list(zip(asked, alone, strict=True))):
        assert told(*each) == answer
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda each: told(*each), asked)) == alone
