"""What is kept ready gives the very rows that are put together afresh, whatever is handed in meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers import cache, reconciled
from service.answers.filters import ANY, Filters
from service.answers.published import crises_about
from service.answers.reconciled import CRISES_A_RUN, REPORTS_A_RUN, runs
from service.answers.series import latest
from service.api import Ledger
from service.formats.encode import encode, encode_portions
from service.formats.file_format import Format
from service.reconcile import Reconciled
from service.schema.records import Head
from service.schema.tables import CRISIS
from tests.builders import batch, day, moment, reference, report

AREAS = (
    None,
    "SY06",
    "SY10",
    "SY0602",
    "SY1002",
    ["SY06", "SY10"],
    ["SY10", "SY06", "SY0602"],
    "x-syrian-coast",
)
FILTERS = st.fixed_dictionaries(
    {
        "area": st.sampled_from(AREAS),
        "crisis": st.sampled_from((None, "syria-coast-2025-03", "syria-arza-2025-01")),
        "measure": st.sampled_from((None, "killed", "injured")),
        "population": st.sampled_from((None, "civilians", "all", "women")),
        "attributed_to": st.sampled_from((None, ANY)),
        "date_from": st.sampled_from((None, "2025-03-08")),
        "date_to": st.sampled_from((None, "2025-03-12")),
        "as_of": st.sampled_from((None, None, "2025-03-09", "2025-03-20")),
        "period_start": st.sampled_from((None, ANY, "2025-03-06")),
        "method": st.sampled_from((None, "median")),
    }
)


@settings(max_examples=150, deadline=None)
@given(filters=FILTERS)
def test_the_rows_kept_ready_are_those_of_the_series(ledger: Ledger, filters: Filters) -> None:
    query = ledger.query(**filters)
    found, head = ledger.answers.rows(query)
    whole = ledger.answers.series(query)
    assert found.table.equals(whole.table)
    assert str(head) == whole.head
    assert found.latest().table.to_pylist() == last_of_each(whole.table.to_pylist())
    assert latest(whole.table).equals(found.latest().table)


@settings(max_examples=150, deadline=None)
@given(filters=FILTERS)
def test_rows_written_beforehand_are_those_that_would_be_written(ledger: Ledger, filters: Filters) -> None:
    found, _ = ledger.answers.rows(ledger.query(**filters))
    for rows in (found, found.latest()):
        written = b"".join(encode_portions(rows.portions(), Format.JSON, meta={}))
        assert written == encode(rows.table, Format.JSON, meta={})


def last_of_each(rows: list[dict]) -> list[dict]:
    """The last row of each series, in order."""
    names = ("crisis", "area_code", "measure", "population", "attributed_to", "period_start")
    return list({tuple(row[name] for name in names): row for row in rows}.values())


def test_a_report_about_one_place_moves_the_rows_of_its_crisis_and_of_no_other(own_ledger: Ledger) -> None:
    arza = own_ledger.query(crisis="syria-arza-2025-01")
    coast = own_ledger.query(area="SY06", measure="detained", population="civilians")
    (before, stood), (none, _) = own_ledger.answers.rows(arza), own_ledger.answers.rows(coast)
    assert before.rows
    assert none.rows == 0
    later = report(measure="detained", published_on=day("2025-03-14"), count=40)
    own_ledger.store.submit(batch(later), recorded_at=moment("2026-11-22T12:00"))
    (after, stands), (moved, head) = own_ledger.answers.rows(arza), own_ledger.answers.rows(coast)
    assert (after.table, stands) == (before.table, stood)
    assert moved.table.column("best").to_pylist() == [40]
    assert head == own_ledger.head != stood


def test_an_outlet_never_heard_of_before_moves_the_crisis_it_reports_on_and_no_other(
    own_ledger: Ledger,
) -> None:
    arza = own_ledger.query(crisis="syria-arza-2025-01")
    before, stood = own_ledger.answers.rows(arza)
    row = {
        "crisis": "syria-coast-2025-03", "source": "Harbour Radio", "origin": "Harbour Radio",
        "url": "https://radio.example/1", "published_on": "2025-03-14", "counted_to": "2025-03-14",
        "areas": "SY06", "measure": "detained", "population": "civilians", "basis": "cumulative",
        "count": "40", "standard": "unverified",
    }  # fmt: skip
    assert own_ledger.ingest_rows([row]).accepted == 1
    assert "Harbour Radio" in own_ledger.reference().source.column("name").to_pylist()
    after, stands = own_ledger.answers.rows(arza)
    assert (after.table, stands) == (before.table, stood)
    assert (
        own_ledger.answers.rows(own_ledger.query(crisis="syria-coast-2025-03"))[1] == own_ledger.head != stood
    )


def test_a_crisis_never_heard_of_before_moves_no_other(own_ledger: Ledger) -> None:
    arza = own_ledger.query(crisis="syria-arza-2025-01")
    stood = own_ledger.answers.rows(arza)[1]
    stranger = report(crisis_id="flood-2026", measure="killed", count=3)
    own_ledger.store.register("crisis", known_crisis("flood-2026"), recorded_at=moment("2026-11-22T12:00"))
    own_ledger.store.submit(batch(stranger), recorded_at=moment("2026-11-22T12:00"))
    assert own_ledger.answers.rows(arza)[1] == stood
    everything, _ = own_ledger.answers.rows(own_ledger.query(period_start=ANY))
    assert "flood-2026" in everything.table.column("crisis").to_pylist()


def known_crisis(crisis_id: str) -> pa.Table:
    row = dict.fromkeys(CRISIS.names) | dict.fromkeys(
        (field.name for field in CRISIS if field.type == pa.string()), ""
    )
    return pa.Table.from_pylist([{**row, "crisis_id": crisis_id, "name": "Flood"}], schema=CRISIS)


def test_what_is_said_anew_about_a_source_or_a_place_moves_all(own_ledger: Ledger) -> None:
    arza = own_ledger.query(crisis="syria-arza-2025-01")
    for name in ("source", "area"):
        stood = own_ledger.answers.rows(arza)[1]
        one = getattr(own_ledger.reference(), name).slice(0, 1)
        place = one.schema.get_field_index("name")
        renamed = one.set_column(place, one.schema.field("name"), pa.array(["Another name"]))
        own_ledger.store.register(name, renamed, recorded_at=moment("2026-11-22T12:00"))
        assert own_ledger.answers.rows(arza)[1] == own_ledger.head != stood


def test_readers_get_answers_that_belong_to_their_heads_while_reports_come_in(own_ledger: Ledger) -> None:
    query = own_ledger.query(area="SY06", measure="detained", population="civilians")
    seen: dict[Head, set[int | None]] = {}
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            found, head = own_ledger.answers.rows(query)
            seen.setdefault(head, set()).add(max(found.table.column("best").to_pylist(), default=None))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    told = {own_ledger.head: None}
    for count in range(40, 46):
        row = report(
            measure="detained", published_on=day("2025-03-14"), count=count, source_id=f"desk-{count}"
        )
        receipt = own_ledger.store.submit(batch(row), recorded_at=moment("2026-11-22T12:00"))
        told[receipt.head] = count
        own_ledger.answers.rows(query)
    done.set()
    for reader in readers:
        reader.join()
    assert set(seen) <= set(told)
    assert all(len(values) == 1 for values in seen.values()), "one head, one answer"


def test_the_crises_of_a_place_are_those_that_mention_it_or_what_it_lies_in_or_holds() -> None:
    known = reference()
    told = {
        "SY06": {"north", "joint"}, "SY10": {"joint"}, "SY1002": {"village"}, "SY": {"land"},
        "SY0602": {"later"},
    }  # fmt: skip
    assert crises_about(told, ["SY06"], known) == ["joint", "land", "later", "north"]
    assert crises_about(told, ["SY10"], known) == ["joint", "land", "village"]
    assert crises_about(told, ["SY0602"], known) == ["joint", "land", "later", "north"]
    assert crises_about(told, ["x-coast"], known) == ["joint", "land", "later", "north", "village"]
    assert crises_about(told, ["SY1002|SY0602"], known) == ["joint", "land", "later", "north", "village"]
    assert crises_about({}, ["SY06"], known) == []


def test_a_state_knows_the_crises_of_each_place_with_the_entry_that_brings_them(own_ledger: Ledger) -> None:
    before = own_ledger.store.state
    later = report(crisis_id="syria-arza-2025-01", areas="SY0602|SY1002", published_on=day("2025-03-14"))
    own_ledger.store.submit(batch(later), recorded_at=moment("2026-11-22T12:00"))
    after = own_ledger.store.state
    assert "syria-arza-2025-01" not in before.crises.get("SY1002", ())
    assert {"syria-arza-2025-01"} <= after.crises["SY0602"] & after.crises["SY1002"]
    assert after.crises["SY06"] == before.crises["SY06"]


def test_figures_outlive_the_reports_they_were_reckoned_from(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.api import Ledger as Fresh

    monkeypatch.setattr(cache, "RECONCILED_SHARE", 0.0)  # room for no crisis beside the one being reckoned
    fresh = Fresh(ledger.store, clock=ledger.clock)
    questions = [{"as_of": day, "measure": "killed"} for day in ("2025-03-11", "2025-03-12", "2025-08-14")]
    before = [fresh.series(arrow=True, **asked) for asked in questions]

    def reckon_again(*_: object, **__: object) -> None:
        raise AssertionError("a figure that is kept was reckoned again")

    monkeypatch.setattr(reconciled, "reconcile", reckon_again)
    after = [fresh.series(arrow=True, **asked) for asked in questions]
    assert all(now.equals(then) for now, then in zip(after, before, strict=True))


def test_a_walk_pinned_to_a_moment_reckons_only_what_has_changed_since(
    own_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.answers import reconciled

    asked: Filters = {"as_of": "2025-09-01", "period_start": ANY}
    pinned = own_ledger.answers.moment(own_ledger.head).isoformat()
    stood = own_ledger.series(arrow=True, **asked)
    later = report(crisis_id="syria-arza-2025-01", published_on=day("2025-03-14"), count=40)
    own_ledger.store.submit(batch(later), recorded_at=moment("2026-11-22T12:00"))
    reckoned: list[list[str]] = []
    reconcile = reconciled.reconcile

    def noted(reports: pa.Table, *rest: Any, **named: Any) -> Reconciled:
        reckoned.append(reports.column("crisis_id").unique().to_pylist())
        return reconcile(reports, *rest, **named)

    monkeypatch.setattr(reconciled, "reconcile", noted)
    again = own_ledger.series(arrow=True, recorded_by=pinned, **asked)
    assert reckoned == [["syria-arza-2025-01"]], "as it was before the report that came in"
    assert again.equals(stood)
    assert not own_ledger.series(arrow=True, **asked).equals(stood)


def test_crises_of_few_reports_share_a_run_and_large_ones_are_a_few_to_each():
    small = {f"crisis-{number}": pa.table({"report": range(3)}) for number in range(REPORTS_A_RUN // 3)}
    large = {f"crisis-{number}": pa.table({"report": range(500)}) for number in range(CRISES_A_RUN * 2 + 1)}
    assert [len(run) for run in runs(small, small)] == [len(small)]
    assert [len(run) for run in runs(large, large)] == [CRISES_A_RUN, CRISES_A_RUN, 1]
    assert [each for run in runs(large, large) for each in run] == list(large)
    assert list(runs(small, {})) == [list(small)], "of which nothing was read: nothing was handed in"
