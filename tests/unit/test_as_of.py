"""Two axes of time: what could be known on a day, and what this ledger had recorded by a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.errors import NotFound
from service.ledger import Store
from service.schema.tables import LEDGER_REPORT
from tests.builders import CRISIS_ID, batch, day, moment, report

EARLY = report(published_on=day("2025-03-08"), count=545)
LATE = report(published_on=day("2025-03-12"), count=683)
UNDATED = report(published_on=None, counted_to=None, counted_to_inferred=False, count=700)
OTHER = report(crisis_id="elsewhere", published_on=day("2025-03-09"), count=3)
NAMES = {row["report_id"]: name for name, row in
         {"early": EARLY, "late": LATE, "undated": UNDATED, "other": OTHER}.items()}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """late and early come in on 13 March, undated and other on 15 March; early is withdrawn on the 20th."""
    with Store.open(tmp_path_factory.mktemp("ledger")) as store:
        store.submit(batch(LATE, EARLY), recorded_at=moment("2025-03-13T08:00"))
        store.submit(batch(UNDATED, OTHER), recorded_at=moment("2025-03-15T23:30"))
        store.withdraw(
            EARLY["report_id"], reason="the page was taken down", recorded_at=moment("2025-03-20T12:00")
        )
        yield store


def names(store: Store, **query: object) -> list[str]:
    """The reports that answer a query, a withdrawn one with a minus."""
    rows = store.reports(**query).to_pylist()  # type: ignore[arg-type]
    return [("-" if row["withdrawn"] else "") + NAMES[row["report_id"]] for row in rows]


@pytest.mark.parametrize(
    ("as_of", "recorded_by", "expected"),
    [
        # as of        recorded by           the answer, in the order of recording
        (None,         None,                 ["late", "-early", "undated", "other"]),
        ("2025-03-07", None,                 []),
        ("2025-03-08", None,                 ["-early"]),
        ("2025-03-11", None,                 ["-early", "other"]),
        ("2025-03-12", None,                 ["late", "-early", "other"]),
        ("2025-03-14", None,                 ["late", "-early", "other"]),
        ("2025-03-15", None,                 ["late", "-early", "undated", "other"]),
        (None,         "2025-03-13T07:59",   []),
        (None,         "2025-03-13T08:00",   ["late", "early"]),
        (None,         "2025-03-15T23:30",   ["late", "early", "undated", "other"]),
        (None,         "2025-03-20T11:59",   ["late", "early", "undated", "other"]),
        (None,         "2025-03-20T12:00",   ["late", "-early", "undated", "other"]),
        ("2025-03-08", "2025-03-13T08:00",   ["early"]),
        ("2025-03-08", "2025-03-20T12:00",   ["-early"]),
        ("2025-03-12", "2025-03-15T23:29",   ["late", "early"]),
    ],
)  # fmt: skip
def test_a_report_answers_from_its_day_of_publication_and_its_moment_of_recording(
    store: Store, as_of: str | None, recorded_by: str | None, expected: list[str]
) -> None:
    answer = names(
        store, as_of=as_of and day(as_of), recorded_by=moment(recorded_by) if recorded_by else None
    )
    assert answer == expected


def test_a_crisis_is_answered_alone(store: Store) -> None:
    assert names(store, crisis_id="elsewhere") == ["other"]
    assert names(store, crisis_id=CRISIS_ID) == ["late", "-early", "undated"]
    assert names(store, crisis_id="no-such-crisis") == []


def test_where_the_source_gives_no_dates_the_day_of_recording_stands_in_and_says_so(store: Store) -> None:
    rows = {NAMES[row["report_id"]]: row for row in store.reports().to_pylist()}
    undated = rows["undated"]
    assert undated["published_on"] is None
    assert undated["known_on"] == undated["counted_to"] == day("2025-03-15")
    assert undated["counted_to_inferred"] is True
    assert rows["late"]["known_on"] == rows["late"]["counted_to"] == day("2025-03-12")


def test_a_report_without_a_date_is_known_from_the_day_by_which_it_was_public(tmp_path: Path) -> None:
    by = day("2025-03-10")
    blank = {"counted_to": None, "counted_to_inferred": True}
    rows = [
        report(published_on=None, published_by=by, **blank, count=1),
        report(published_on=None, published_by=by, counted_to=day("2025-03-08"), count=2),
        report(published_on=day("2025-03-09"), published_by=by, count=3),
        report(published_on=None, **blank, count=4),
    ]
    with Store.open(tmp_path / "data") as store:
        store.submit(batch(*rows), recorded_at=moment("2025-03-15T23:30"))
        table = store.reports().select(["best", "known_on", "counted_to", "counted_to_inferred"])
    recorded = day("2025-03-15")
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (1, by, by, True),
        (2, by, day("2025-03-08"), False),
        (3, day("2025-03-09"), day("2025-03-09"), True),
        (4, recorded, recorded, True),
    ]


def test_the_answer_has_the_declared_schema_even_when_empty(store: Store) -> None:
    assert store.reports().schema == LEDGER_REPORT
    assert store.reports(crisis_id="no-such-crisis").schema == LEDGER_REPORT


def test_the_reason_of_a_withdrawal_comes_with_the_report(store: Store) -> None:
    reasons = {NAMES[row["report_id"]]: row["withdrawn"] for row in store.reports().to_pylist()}
    assert reasons == {"late": None, "early": "the page was taken down", "undated": None, "other": None}


def test_moments_with_a_zone_are_read_as_utc(store: Store) -> None:
    damascus = dt.timezone(dt.timedelta(hours=3))
    assert names(store, recorded_by=dt.datetime(2025, 3, 13, 11, 0, tzinfo=damascus)) == ["late", "early"]
    assert names(store, recorded_by=dt.datetime(2025, 3, 13, 10, 59, tzinfo=damascus)) == []


def test_a_moment_is_not_taken_for_a_day_nor_a_day_for_a_moment(store: Store) -> None:
    with pytest.raises(TypeError, match="as_of is a day"):
        store.reports(as_of=moment("2025-03-12T00:00"))
    with pytest.raises(TypeError, match="a moment is a datetime, not date"):
        store.reports(recorded_by=day("2025-03-12"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not str"):
        store.submit(batch(), recorded_at="2025-03-12")  # type: ignore[arg-type]


def test_an_entry_that_claims_an_earlier_moment_leaves_past_answers_as_they_were(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.submit(batch(LATE), recorded_at=moment("2025-03-13T08:00"))
        before = store.reports(recorded_by=store.state.recorded_at)
        store.submit(batch(EARLY), recorded_at=moment("2025-03-10T00:00"))
        assert store.reports(recorded_by=moment("2025-03-13T08:00")).equals(before)
        assert [row["recorded_at"] for row in store.reports().to_pylist()] == [
            moment("2025-03-13T08:00"),
            moment("2025-03-13T08:00:00.000001"),
        ]


def test_every_moment_of_recording_names_one_state_whatever_the_clocks_of_the_writers_say(
    tmp_path: Path,
) -> None:
    claimed = ["2025-03-13T08:00", "2025-03-13T08:00", "2025-03-12T23:59", "2025-03-13T08:00:00.000001"]
    with Store.open(tmp_path) as store:
        with ThreadPoolExecutor(4) as pool:  # those that arrive together share a transaction
            for number in range(40):
                at = moment(claimed[number % len(claimed)])
                pool.submit(store.submit, batch(report(count=number)), recorded_at=at)
        moments = store.submissions()["recorded_at"].to_pylist()
        assert moments == sorted(set(moments))
        states = [store.reports(recorded_by=each).num_rows for each in moments]
        assert states == list(range(1, 41))
        assert store.state.recorded_at == moments[-1]
        with pytest.raises(NotFound):
            store.withdraw("r0", reason="none such", recorded_at=store.state.recorded_at)
        assert store.state.recorded_at == moments[-1]
    with Store.open(tmp_path) as store:
        assert store.state.recorded_at == moments[-1]
        store.submit(batch(report(count=99)), recorded_at=moment("2025-03-01T00:00"))
        assert store.state.recorded_at > moments[-1]


def test_reference_rows_are_those_in_force_at_a_moment(tmp_path: Path) -> None:
    from tests.builders import areas

    with Store.open(tmp_path) as store:
        store.register(
            "area", areas({"area_code": "SY06", "name": "Latakia"}), recorded_at=moment("2025-03-01")
        )
        store.register(
            "area", areas({"area_code": "SY06", "name": "Lattakia"}), recorded_at=moment("2025-03-02")
        )

        def spelled(recorded_by: dt.datetime | None) -> list[str]:
            return store.reference(recorded_by=recorded_by).area["name"].to_pylist()  # type: ignore[no-any-return]

        assert spelled(moment("2025-02-28")) == []
        assert spelled(moment("2025-03-01")) == ["Latakia"]
        assert spelled(None) == ["Lattakia"]
