"""One wrong clock: refused or flagged, and never passed on to later entries."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from service.errors import StoreError
from service.ledger import ClockRule, Store
from tests.builders import batch, moment, report

NOW = moment("2026-11-29T10:00")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def submit(store: Store, count: int, at: dt.datetime) -> dt.datetime:
    store.submit(batch(report(count=count), document=f"{count}.csv"), recorded_at=at)
    return store.state.recorded_at


def begun(data: Path, rule: ClockRule) -> Store:
    """A ledger with two entries an hour apart, the last of them now."""
    store = Store.open(data, clock_rule=rule)
    submit(store, 1, NOW - HOUR)
    submit(store, 2, NOW)
    return store


WRONG = [
    (NOW + 3650 * DAY, "3,650 days ahead of"),
    (NOW + 367 * DAY, "367 days ahead of"),
    (NOW - 2 * HOUR, "2 hours behind"),
    (NOW - 9 * DAY, "9 days behind"),
]


@pytest.mark.parametrize(("clock", "words"), WRONG)
def test_a_clock_far_from_the_last_entry_is_refused_and_the_right_one_is_taken_afterwards(
    tmp_path: Path, clock: dt.datetime, words: str
) -> None:
    with begun(tmp_path, ClockRule.REFUSE) as store:
        head = store.head
        with pytest.raises(StoreError, match=rf"{words} the last entry \(2026-11-29 10:00\)\. No"):
            submit(store, 3, clock)
        assert store.head == head
        assert submit(store, 3, NOW + HOUR) == NOW + HOUR


@pytest.mark.parametrize(("clock", "words"), WRONG)
def test_a_clock_that_is_flagged_stamps_no_later_entry(
    tmp_path: Path, clock: dt.datetime, words: str
) -> None:
    with begun(tmp_path, ClockRule.FLAG) as store:
        assert NOW < submit(store, 3, clock) < NOW + HOUR
        assert submit(store, 4, NOW + HOUR) == NOW + HOUR
        (finding,) = [row for row in store.findings().to_pylist() if row["code"] == "clock"]
        assert words in finding["message"]
        assert finding["seq"] == 3
        assert store.submissions()["seq"].to_pylist() == [1, 2, 3, 4]
        assert store.verify() == []


@pytest.mark.parametrize("clock", [NOW - HOUR, NOW, NOW + 366 * DAY])
def test_a_clock_that_is_near_enough_is_believed_and_the_order_is_kept(
    tmp_path: Path, clock: dt.datetime
) -> None:
    with begun(tmp_path, ClockRule.REFUSE) as store:
        assert submit(store, 3, clock) == max(clock, NOW + dt.timedelta(microseconds=1))


def test_a_ledger_that_rested_for_longer_goes_on_with_the_days_that_the_refusal_names(tmp_path: Path) -> None:
    with begun(tmp_path, ClockRule.REFUSE) as store, pytest.raises(StoreError) as refused:
        submit(store, 3, NOW + 400 * DAY + HOUR)
    days = int(refused.value.fix.partition("CASUALTY_CLOCK_AHEAD=")[2].split()[0])
    with Store.open(tmp_path, clock_rule=ClockRule.REFUSE, clock_ahead=days * DAY) as store:
        assert submit(store, 3, NOW + 400 * DAY + HOUR) == NOW + 400 * DAY + HOUR


def test_entries_of_one_run_bind_no_clock(tmp_path: Path) -> None:
    with Store.open(tmp_path, clock_rule=ClockRule.REFUSE) as store:
        for count in range(3):  # as the shipped ones do: all claim one moment
            submit(store, count, NOW)
        assert submit(store, 5, NOW - 300 * DAY) - NOW < dt.timedelta(seconds=1)
        assert submit(store, 6, NOW + 4000 * DAY) == NOW + 4000 * DAY


def test_what_is_recorded_by_a_moment_is_the_same_whatever_the_clock_says_later(tmp_path: Path) -> None:
    with begun(tmp_path, ClockRule.FLAG) as store:
        before = store.reports(recorded_by=NOW)
        for count, clock in enumerate([NOW - 9 * DAY, NOW + 3650 * DAY, NOW - DAY], start=10):
            submit(store, count, clock)
        assert store.reports(recorded_by=NOW).equals(before)
