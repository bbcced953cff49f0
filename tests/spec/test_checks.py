"""What each check says, drawn as small tables; what it lets pass; and that no order of rows matters."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.checks.__main__ import INTRODUCTION, NOTES
from bench.checks.made import FAULTS, clean, table
from service.ingest import load_seeds, read_reports
from service.ingest.checks import CODES, check_batch
from service.ingest.checks.counters import list_repairs
from service.schema.records import Reference, report_id
from service.schema.tables import BATCH_REPORT, LEDGER_REPORT, REPORT
from tests.builders import day, moment, report

SEEDS = load_seeds(Path(__file__).parents[2] / "seeds")
REFERENCE = Reference(**SEEDS.reference)
NOTHING = REPORT.empty_table()
TWO_AND_A_WHOLE = [("SY0601", 5), ("SY0602", 6), ("SY06", 2)]
MORE_CHILDREN = [("all", 5), ("children", 7)]


def batch(*rows):
    placed = [{"row": at, **row} for at, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(placed, schema=BATCH_REPORT)


def ledger(*rows, withdrawn=None):
    recorded = {"known_on": day("2025-03-12"), "recorded_at": moment("2025-03-12T09:00"), "seq": 1}
    placed = [{**row, **recorded, "row": at, "withdrawn": withdrawn} for at, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(placed, schema=LEDGER_REPORT)


def total(on, count, **fields):
    published = day("2025-03-06") + dt.timedelta(days=on)
    return report(published_on=published, count=count, **fields)


def totals(*counts, **fields):
    return [total(on, count, **fields) for on, count in enumerate(counts)]


def increment(first, last, count, **fields):
    days = [day("2025-03-06") + dt.timedelta(days=at) for at in (first, last)]
    return report(
        published_on=days[1],
        period_start=days[0],
        period_end=days[1],
        basis="increment",
        count=count,
        **fields,
    )


def noticed(rows, known=NOTHING):
    return [(finding.code, finding.row) for finding in check_batch(batch(*rows), known, REFERENCE)]


def test_what_a_source_said_at_least_in_between_is_no_slip_of_its_next_total():
    over_a_thousand = total(1, "more than 1,000", low=1001, best=None, high=None, number=1000)
    assert noticed([total(0, 120), total(3, 1482)]) == [("digit_slip", 2)]
    assert noticed([total(0, 120), over_a_thousand, total(3, 1482)]) == []


# --- counters ---------------------------------------------------------------------------------------------

COUNTERS = [
    ("it only rises", [10, 20, 20, 35, 90], []),
    ("it falls", [100, 200, 150, 160], [("counter_drop", 3)]),
    ("it begins anew", [100, 200, 5, 9, 14], [("counter_reset", 3)]),
    ("it ends near nothing", [100, 200, 5], [("counter_reset", 3)]),
    ("nothing was known and written as 0", [100, 200, 0, 210], [("counter_drop", 3)]),
    ("a zero too many", [100, 120, 1300, 140], [("digit_slip", 3)]),
    ("a digit missing", [100, 120, 13, 140], [("digit_slip", 3)]),
    ("two digits exchanged", [1225, 1338, 1383, 1400], []),
    ("a slip that no single digit explains", [1300, 1338, 3813, 1400, 1500], [("counter_drop", 4)]),
    ("two digits exchanged and lower", [1225, 1383, 1401, 1045, 1460], [("digit_slip", 4)]),
    ("a zero too many at the end", [100, 120, 1300], [("digit_slip", 3)]),
    ("it leaps at the end as tolls do", [10, 12, 15, 70], []),
    ("it stands still in a quiet time", [50, 52, 52, 52, 52, 52, 52, 53], []),
]


@pytest.mark.parametrize(("case", "counts", "expected"), COUNTERS, ids=[case for case, *_ in COUNTERS])
def test_a_running_total_is_read_with_its_neighbours(case, counts, expected):
    assert noticed(totals(*counts)) == expected


def test_a_slip_says_which_reading_would_fit():
    (finding,) = check_batch(batch(*totals(683, 700, 7300, 740)), NOTHING, REFERENCE)
    assert "730 would fit" in finding.message
    assert (finding.row, finding.column, finding.value) == (3, "count", "7300")
    assert finding.subject == report_id(total(2, 7300))


def test_a_slip_of_an_earlier_document_is_named_itself_and_not_its_neighbour():
    slipped = total(2, 7300)
    known = ledger(*totals(683, 700), slipped)
    (finding,) = check_batch(batch(total(3, 740)), known, REFERENCE)
    assert (finding.code, finding.row, finding.value) == ("digit_slip", None, "7300")
    assert finding.subject == report_id(slipped)


def test_a_counter_stands_still_while_those_of_the_same_people_elsewhere_go_on():
    days = 21
    stuck = [70 + 7 * min(at, 9) for at in range(days)]
    rows = totals(*stuck)
    for areas in ("SY04", "SY05", "SY10"):
        rows += totals(*(100 + 11 * at for at in range(days)), areas=areas)
    assert noticed(rows) == [("stuck_value", days)]
    (finding,) = check_batch(batch(*rows), NOTHING, REFERENCE)
    assert "133 is given 12 times in a row, from 2025-03-15 to 2025-03-26." in finding.message
    quiet = [row for row in rows if row["published_on"] <= day("2025-03-21")]
    assert noticed(quiet) == []


def test_two_events_of_one_day_and_number_are_no_duplicate_rows():
    rows = [increment(6, 6, 5, event=key) for key in ("e1", "e2")]
    assert noticed(rows) == []
    again = increment(6, 6, 5, event="e2", url="https://example.org/again")
    assert noticed([*rows, again]) == [("duplicate_row", 3)]


def test_events_of_one_cell_are_no_counter_whatever_their_days_and_numbers():
    listed = [increment(on, on + long, 12, event=f"e{on}{long}") for on in range(8) for long in (0, 2)]
    assert noticed(listed) == []
    days = [increment(on, on + long, 12) for on in range(8) for long in (0, 2)]
    assert {code for code, _ in noticed(days)} == {"period_overlap", "stuck_value"}


def test_parts_are_compared_with_the_whole_of_their_own_event_only():
    rows = [increment(6, 6, count, areas=areas, event=f"e-{areas}") for areas, count in TWO_AND_A_WHOLE]
    assert noticed(rows) == []
    parts = [increment(6, 6, count, population=who, event="e1") for who, count in MORE_CHILDREN]
    assert noticed(parts) == [("sum_mismatch", 1)]


def test_one_part_alone_may_not_have_more_than_its_whole():
    whole, district, children = ({"population": who} for who in ("all", "all", "children"))
    for part in (district | {"areas": "SY0602"}, children):
        rows = [total(6, 20, **whole), total(6, 50, **part)]
        (finding,) = check_batch(batch(*rows), NOTHING, REFERENCE)
        assert (finding.code, finding.row) == ("sum_mismatch", 1)
        assert "has 50, more than 20" in finding.message
        assert noticed([total(6, 50, **whole), total(6, 20, **part)]) == []


def test_a_day_of_a_part_above_that_of_the_whole_says_how_incidents_add_up():
    rows = [increment(6, 6, 5, areas="SY0602"), increment(6, 6, 2)]
    (finding,) = check_batch(batch(*rows), NOTHING, REFERENCE)
    assert (finding.code, finding.row) == ("sum_mismatch", 2)
    assert "a key each, in event" in finding.fix


def test_a_backlog_that_is_published_beside_an_increment_explains_the_step():
    rows = [total(5, 100), increment(6, 6, 10), total(6, 160)]
    backlog = increment(1, 4, 50) | {"published_on": day("2025-03-12")}
    assert noticed(rows) == [("step_mismatch", 2)]
    assert noticed([*rows, backlog | {"report_id": report_id(backlog)}]) == []


def test_a_counter_stands_still_while_another_of_its_place_goes_on():
    killed = [10 + 12 * at for at in range(6)] + [70] * 6 + [150, 160]
    injured = [30 * at for at in range(14)]
    rows = [*totals(*killed), *totals(*injured, measure="injured")]
    assert noticed(rows) == [("stuck_value", 12)]
    assert noticed(totals(*killed)) == []


def test_floors_are_no_counters():
    floors = [dict(row, best=None, high=None) for row in totals(100, 60, 70)]
    assert noticed(floors) == []


# --- what is known already --------------------------------------------------------------------------------


def test_a_new_total_is_read_after_those_the_ledger_knows():
    known = ledger(*totals(100, 200))
    assert noticed([total(2, 150)], known) == [("counter_drop", 1)]
    assert noticed([total(2, 250)], known) == []


def test_a_late_row_that_makes_a_known_one_fall_is_the_one_spoken_of():
    assert noticed([total(1, 300)], ledger(total(0, 100), total(2, 200))) == [("counter_drop", 1)]


def test_a_report_that_was_withdrawn_is_not_compared_with():
    assert noticed([total(2, 150)], ledger(*totals(100, 200), withdrawn="not theirs")) == []


def test_two_known_reports_are_no_news():
    assert noticed([total(0, 5, source_id="snhr")], ledger(*totals(200, 100))) == []


def test_a_row_that_the_ledger_knows_already_is_not_its_own_twin():
    rows = [increment(1, 1, 12)]
    assert noticed(rows, ledger(*rows)) == []


def test_other_sources_are_other_counters():
    assert noticed([total(1, 100), total(2, 50, source_id="snhr"), total(3, 90, source_id="afp")]) == []


# --- periods ----------------------------------------------------------------------------------------------


def test_increments_that_share_a_day_are_named_by_the_longer_one():
    rows = [increment(0, 0, 3), increment(1, 1, 4), increment(1, 3, 9), increment(4, 4, 2)]
    assert noticed(rows) == [("period_overlap", 3)]


def test_an_increment_is_the_step_between_the_totals_around_it():
    assert noticed([*totals(1067, 1225, 1383), increment(2, 2, 158)]) == []
    assert noticed([*totals(1067, 1225, 1383), increment(2, 2, 185)]) == [("step_mismatch", 4)]
    assert noticed([*totals(1067, 1225, 1383), increment(1, 2, 316)]) == []


def test_an_increment_without_a_total_on_its_eve_has_nothing_to_be_compared_with():
    assert noticed([total(2, 1383), increment(2, 2, 7)]) == []


# --- rows and columns that stand in each other's place ------------------------------------------------------


def test_one_row_twice_is_said_whatever_its_address():
    again = increment(1, 1, 12, url="https://example.org/report?again")
    assert noticed([increment(1, 1, 12), again]) == [("duplicate_row", 2)]


def test_a_column_copied_into_another_is_seen_by_what_stood_before():
    rows = [*totals(50, 60, 155), *totals(130, 140, 155, measure="injured")]
    assert noticed(rows) == [("copied_column", 3)]


def test_civilians_may_well_be_all_who_were_killed():
    rows = [*totals(50, 60, 140), *totals(70, 90, 140, population="all")]
    assert noticed(rows) == []


def test_killed_and_injured_exchanged_fit_only_the_other_way_round():
    rows = [*totals(50, 60, 170, 80), *totals(130, 150, 70, 190, measure="injured")]
    assert noticed(rows) == [("unit_swap", 3)]


def test_one_day_of_increments_exchanged_stands_out():
    killed = [increment(at, at, count) for at, count in enumerate([4, 5, 6, 31, 5, 4, 6])]
    injured = [
        increment(at, at, count, measure="injured") for at, count in enumerate([30, 28, 35, 5, 33, 29, 31])
    ]
    assert noticed([*killed, *injured]) == [("unit_swap", 4)]


# --- parts ------------------------------------------------------------------------------------------------


def places(counts, **fields):
    return [total(6, count, areas=areas, **fields) for areas, count in counts.items()]


def test_the_parts_of_12_march_make_their_total():
    parts = {"x-syrian-coast": 1383, "SY06": 683, "SY10": 433, "SY05": 255, "SY04": 12}
    assert noticed(places(parts)) == []
    assert noticed(places({**parts, "SY05": 225})) == [("sum_mismatch", 1)]


def test_parts_that_are_not_all_there_may_be_less_but_never_more():
    assert noticed(places({"x-syrian-coast": 1383, "SY06": 683, "SY10": 433})) == []
    assert noticed(places({"x-syrian-coast": 1383, "SY06": 983, "SY10": 433})) == [("sum_mismatch", 1)]


def test_places_inside_a_place_are_never_known_to_be_all_of_it():
    """A desk registers the one district that it has reports of."""
    registered = {
        **dict.fromkeys(REFERENCE.area.schema.names), "area_code": "x-qardaha-village",
        "name": "Qardaha village", "name_ar": "", "level": "village", "parent_code": "SY060401",
        "members": "", "aliases": "",
    }  # fmt: skip
    subdistrict = {**registered, "area_code": "SY060401", "name": "Qardaha", "level": "subdistrict"}
    subdistrict["parent_code"] = "SY06"
    more = pa.Table.from_pylist([subdistrict, registered], schema=REFERENCE.area.schema)
    wider = dataclasses.replace(REFERENCE, area=pa.concat_tables([REFERENCE.area, more]))

    def findings(whole, part):
        rows = places({"SY060401": whole, "x-qardaha-village": part})
        return [str(finding.message) for finding in check_batch(batch(*rows), NOTHING, wider)]

    assert findings(19, 5) == []
    assert findings(5, 19) == [
        "SOHR (Qardaha, killed, civilians): a part of it (Qardaha village, killed, civilians) has 19, more"
        " than 5."
    ]


def test_a_joint_figure_is_the_sum_of_its_members():
    assert noticed(places({"SY05|SY06|SY10": 158, "SY05": 84, "SY06": 25, "SY10": 49})) == []
    assert noticed(places({"SY05|SY06|SY10": 158, "SY05": 48, "SY06": 25, "SY10": 49})) == [
        ("sum_mismatch", 1)
    ]


def test_before_1970_a_day_is_a_day_too():
    joint, *parts = ("killed", "SY06|SY10", 70), ("injured", "SY06", 500), ("injured", "SY10", 9)
    rows = [
        report(
            published_on=day(f"1958-07-{15 + on}"),
            period_start=None,
            measure=measure,
            areas=areas,
            count=count + on,
        )
        for on in range(5)
        for measure, areas, count in (joint, *parts)
    ]
    assert noticed(rows) == []


def test_areas_inside_areas_are_counted_once():
    assert noticed(places({"SY": 900, "SY06": 500, "SY0602": 300, "SY10": 400})) == []


def test_the_sides_of_889_and_446_do_not_make_1334():
    sides = [total(25, 889, attributed_to="government_side"), total(25, 446, attributed_to="pro_assad_side")]
    assert noticed([total(25, 1334), *sides]) == [("sum_mismatch", 1)]
    sides[1] = total(25, 445, attributed_to="pro_assad_side")
    assert noticed([total(25, 1334), *sides]) == []


def test_civilians_and_both_sides_are_everyone():
    people = {"all": 1018, "civilians": 745, "security_forces": 125, "pro_assad_fighters": 148}
    assert noticed([total(2, count, population=p) for p, count in people.items()]) == []
    people["civilians"] = 754
    assert noticed([total(2, count, population=p) for p, count in people.items()]) == [("sum_mismatch", 1)]


def people(counts):
    return [total(2, count, population=population) for population, count in counts.items()]


def test_women_and_children_are_compared_with_those_who_hold_them_alone():
    assert noticed(people({"security_forces": 5, "women": 10, "children": 3})) == []
    assert noticed(people({"civilians": 5, "women": 10, "children": 3})) == []
    assert noticed(people({"all": 12, "women": 10, "children": 3})) == [("sum_mismatch", 1)]
    assert noticed(people({"all": 90, "women": 10, "children": 3})) == []


def test_populations_are_all_of_a_whole_only_if_every_registered_one_is_there():
    counts = {"all": 100, "civilians": 60, "security_forces": 20, "pro_assad_fighters": 10}
    assert noticed(people(counts)) == [("sum_mismatch", 1)]
    registered = {
        "population": "foreign_fighters", "parent": "combatants", "split": "side",
        "label": "Foreign fighters", "label_ar": "", "definition": "",
    }  # fmt: skip
    more = pa.Table.from_pylist([registered], schema=REFERENCE.population.schema)
    wider = dataclasses.replace(REFERENCE, population=pa.concat_tables([REFERENCE.population, more]))
    assert check_batch(batch(*people(counts)), NOTHING, wider) == ()
    for fighters, odd in ((10, 0), (9, 1)):
        rows = people({**counts, "foreign_fighters": fighters})
        assert len(check_batch(batch(*rows), NOTHING, wider)) == odd


def test_a_population_that_is_there_stands_for_its_own_parts():
    counts = {"all": 100, "civilians": 60, "combatants": 40, "security_forces": 20}
    assert noticed(people(counts)) == []
    assert noticed(people({**counts, "combatants": 30})) == [("sum_mismatch", 1)]


def test_floors_contradict_nothing_that_they_leave_open():
    floor = dict(total(6, 1614, areas="x-syrian-coast"), best=None, high=None)
    parts = places({"SY06": 836, "SY10": 503, "SY05": 262, "SY04": 13})
    assert noticed([floor, *parts]) == []
    assert noticed([floor, *[dict(part, best=None, high=None) for part in parts]]) == []
    assert noticed([floor, *parts[:3], total(6, 12, areas="SY04")]) == [("sum_mismatch", 1)]


# --- the shipped seeds ------------------------------------------------------------------------------------


def test_the_shipped_first_crisis_holds_the_one_sum_known_to_be_wrong_and_little_else():
    document = "syria-coast-2025-03.csv"
    data = dict(SEEDS.documents)[document]
    read = read_reports(data, document, REFERENCE, today=SEEDS.recorded_at.date())
    findings = check_batch(read.reports, NOTHING, REFERENCE)
    assert any("889 + 446 make 1335, not 1,334" in finding.message for finding in findings)
    assert not any("1383" in finding.message or "1,383" in finding.message for finding in findings)
    assert len(findings) <= 3


# --- all together -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", FAULTS)
def test_a_season_spoiled_in_one_place_is_noticed_there(code):
    recalled = 0
    for trial in range(4):
        chance = random.Random(f"{code} {trial}")
        rows = clean(chance)
        FAULTS[code](rows, chance)
        findings = check_batch(table(rows), NOTHING, REFERENCE)
        assert findings
        assert {finding.code for finding in findings} <= set(CODES)
        assert all(finding.fix and finding.subject for finding in findings)
        recalled += code in {finding.code for finding in findings}
    assert recalled >= 2


def test_a_retraction_is_no_count_to_compare_with():
    assert noticed([*totals(100, 200), total(3, 150, basis="retraction"), total(4, 300)]) == []


def test_an_empty_batch_has_no_findings():
    assert check_batch(batch(), NOTHING, REFERENCE) == ()


_ROWS = st.lists(
    st.builds(
        lambda on, count, is_total, measure, areas, source: (
            total(on, count, measure=measure, areas=areas, source_id=source)
            if is_total
            else increment(on, on, count, measure=measure, areas=areas, source_id=source)
        ),
        st.integers(0, 8),
        st.sampled_from([0, 9, 12, 21, 120, 1200, 1383, 1338]),
        st.booleans(),
        st.sampled_from(["killed", "injured"]),
        st.sampled_from(["SY06", "SY10", "x-syrian-coast", "SY06|SY10"]),
        st.sampled_from(["sohr", "snhr"]),
    ),
    max_size=14,
    unique_by=lambda row: (
        row["counted_to"], row["basis"], row["measure"], row["areas"], row["source_id"],
    ),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(_ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_makes_no_difference(rows, chance):
    placed = [{**row, "row": at} for at, row in enumerate(rows, 1)]
    mixed = chance.sample(placed, len(placed))
    first, second = (
        check_batch(pa.Table.from_pylist(each, schema=BATCH_REPORT), NOTHING, REFERENCE)
        for each in (placed, mixed)
    )
    assert first == second


_ANY = st.builds(
    lambda days, ends, **fields: report(
        **dict(zip(("published_on", "counted_to", "period_start", "period_end"), days, strict=True)),
        **dict(zip(("low", "best", "high"), ends, strict=True)),
        **fields,
    ),
    st.tuples(*[st.none() | st.dates(day("2025-03-06"), day("2025-03-09"))] * 4),
    st.tuples(*[st.none() | st.integers(0, 99)] * 3),
    areas=st.sampled_from(["SY06", "SY10", "x-syrian-coast", "SY06|SY10"]),
    basis=st.sampled_from(["cumulative", "increment", "retraction"]),
    population=st.sampled_from(["all", "civilians", "combatants"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_ANY, max_size=8), st.lists(_ANY, max_size=4))
@example([report(published_on=None, counted_to=None)], [])
def test_reports_without_days_or_bounds_are_compared_as_far_as_they_can_be(rows, known):
    for finding in check_batch(batch(*rows), ledger(*known) if known else NOTHING, REFERENCE):
        assert 1 <= finding.row <= len(rows)
        assert finding.fix


@given(st.integers(0, 10**9))
def test_what_a_slip_may_have_been_is_another_number_and_no_negative_one(value):
    for low, high, slip in list_repairs(value):
        assert 0 <= low <= high
        assert slip
        assert value == 0 or not low <= value <= high


def test_the_manual_tells_every_check_with_its_measured_worth():
    page = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    assert all(f"| `{code}` | {meaning} |" in page for code, meaning in CODES.items())
    assert page.startswith(INTRODUCTION)
    assert page.endswith(NOTES)


@pytest.mark.parametrize(
    ("ended", "begins", "told"), [("2024-12-04", "2026-03-02", True), ("2026-03-02", "2026-03-02", False)]
)
def test_a_count_that_begins_behind_the_end_of_the_one_before_is_said_to_be_a_second_one(ended, begins, told):
    first = report(period_start=day("2023-10-08"), counted_to=day(ended), published_on=day(ended), count=40)
    later = day("2026-08-16")
    second = report(period_start=day(begins), counted_to=later, published_on=later, count=43)
    findings = check_batch(batch(first, second), NOTHING, REFERENCE)
    assert [finding.row for finding in findings if finding.code == "second_count"] == [2] * told
    if told:
        assert "83 or more" in findings[0].message
