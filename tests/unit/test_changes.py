"""What moved since: additions, moves and removals, their cause, and a copy that keeps up by them."""

import random
import threading

import pytest

from service.answers.changes import CHANGE, apply_changes
from service.api import Ledger
from service.errors import NotFound, QueryError
from service.ledger import Store
from service.schema.records import Head
from tests.builders import batch, day, moment, reference, report


@pytest.fixture
def ledger(tmp_path):
    """A ledger that knows the coast and holds no report yet; its clock stands where nothing is expected."""
    with Store.open(tmp_path) as store:
        for name in ("area", "source", "population", "crisis", "weight"):
            store.register(name, getattr(reference(), name), recorded_at=moment("2025-03-01T00:00"))
        yield Ledger(store, clock=lambda: moment("2026-06-01T00:00"))


def submit(ledger, at, *rows):
    ledger.store.submit(batch(*rows), recorded_at=moment(at))
    return str(ledger.head)


def told(moved):
    return [
        (row["change"], str(row["date"]), row["best_before"], row["best"], row["cause"])
        for row in moved.to_pylist()
    ]


SOHR = "Syrian Observatory for Human Rights"


def test_a_new_report_is_told_with_the_figure_before_and_after(ledger):
    submit(ledger, "2025-03-12T10:00", report(count=683))
    head = submit(ledger, "2025-03-13T10:00", report(count=690, published_on=day("2025-03-13")))
    later = report(count=701, published_on=day("2025-03-13"), source_id="snhr")
    submit(ledger, "2025-03-14T10:00", later)
    [row] = ledger.changes(since=head, arrow=True).to_pylist()
    assert (row["change"], row["best_before"], row["best"]) == ("moved", 690, 690)
    assert (row["low"] <= 690, row["high"] >= 701) == (True, True)
    assert row["grade"] == "corroborated"
    assert row["cause"] == "new report: Syrian Network for Human Rights 701"
    assert row["report_ids"] == later["report_id"]


def test_since_may_be_a_head_a_day_or_a_moment(ledger):
    first = submit(ledger, "2025-03-12T10:00", report(count=683))
    submit(ledger, "2025-03-13T10:00", report(count=690, published_on=day("2025-03-13")))
    added = [("added", "2025-03-13", None, 690, f"first report: {SOHR} 690")]
    for since in (
        first,
        Head(*_parts(ledger, first)),
        "2025-03-13",
        day("2025-03-13"),
        "2025-03-12T10:00:00Z",
    ):
        assert told(ledger.changes(since=since, arrow=True)) == added, since
    for since in (str(ledger.head), "2025-03-14", "2025-03-13T10:00", "2025-03-13T12:00:00+02:00"):
        assert ledger.changes(since=since, arrow=True).num_rows == 0, since
    assert ledger.changes(since="2025-03-12", arrow=True).num_rows == 2
    assert ledger.changes(since="2000-01-01", arrow=True).schema == CHANGE


def _parts(ledger, head):
    seq = int(head.partition("-")[0])
    return seq, ledger.store.submissions().column("hash")[seq - 1].as_py()


def test_entries_recorded_at_one_moment_are_told_apart_by_their_heads(ledger):
    first = submit(ledger, "2025-03-12T10:00", report(count=683))
    submit(ledger, "2025-03-12T10:00", report(count=690, published_on=day("2025-03-13")))
    assert [row[3] for row in told(ledger.changes(since=first, arrow=True))] == [690]


def test_a_withdrawal_removes_the_row_and_says_so(ledger):
    wrong = report(count=690, published_on=day("2025-03-13"))
    head = submit(ledger, "2025-03-12T10:00", report(count=683), wrong)
    ledger.store.withdraw(wrong["report_id"], reason="typing error", recorded_at=moment("2025-03-15T00:00"))
    assert told(ledger.changes(since=head, arrow=True)) == [
        ("removed", "2025-03-13", 690, None, f"withdrawn: {SOHR} 690")
    ]
    assert ledger.changes(since="2025-03-13", arrow=True, area="SY10").num_rows == 0


def test_a_place_that_was_not_in_the_gazetteer_yet_can_be_asked_about(ledger):
    submit(ledger, "2025-03-12T10:00", report(count=683))
    assert ledger.changes(since="2025-02-01", arrow=True, area="SY06").num_rows == 1


@pytest.mark.parametrize(
    ("since", "error", "words"),
    [
        ("5-000000000000", NotFound, "no head of this ledger"),
        ("99-000000000000", NotFound, "no head of this ledger"),
        (Head(5, "0" * 64), NotFound, "no head of this ledger"),
        ("", QueryError, "since is missing"),
        ("yesterday", QueryError, "'yesterday' is not a time"),
        ("2025-02-30", QueryError, "is not a time"),
    ],
)
def test_what_is_neither_head_nor_day_nor_moment_is_refused(ledger, since, error, words):
    with pytest.raises(error, match=words):
        ledger.changes(since=since)


@pytest.mark.parametrize("seed", range(2))
def test_a_copy_kept_by_changes_alone_stays_equal(ledger, seed):
    chance = random.Random(seed)
    copy, head, standing = ledger.series(arrow=True), str(ledger.head), []
    for step in range(12):
        at = moment(f"2025-04-{step + 1:02}T00:00")
        if standing and chance.random() < 0.3:
            gone = standing.pop(chance.randrange(len(standing)))
            ledger.store.withdraw(gone, reason="wrong", recorded_at=at)
        else:
            rows = [_random_report(chance) for _ in range(chance.randint(1, 4))]
            receipt = ledger.store.submit(batch(*rows), recorded_at=at)
            standing += [report_id for _, verdict, report_id in receipt.verdicts if verdict == "accepted"]
        if chance.random() < 0.6:
            copy = apply_changes(copy, ledger.changes(since=head, arrow=True))
            head = str(ledger.head)
            assert copy == ledger.series(arrow=True)


def _random_report(chance):
    published = day(f"2025-03-{chance.randint(7, 28):02}")
    return report(
        count=chance.randint(1, 60) * 10,
        published_on=published,
        source_id=chance.choice(["sohr", "snhr", "afp", "ohchr", "anonymous"]),
        areas=chance.choice(["SY06", "SY10", "SY0602", "SY06|SY10"]),
        population=chance.choice(["civilians", "all", "women"]),
    )


def test_what_moved_is_told_up_to_one_head_while_reports_come_in_without_a_pause(ledger):
    start = submit(ledger, "2025-03-12T10:00", report(count=683))
    done = threading.Event()

    def hand_in():
        count = 700
        while not done.is_set():
            row = report(count=count, published_on=day("2025-03-13"), source_id=f"desk-{count}")
            ledger.store.submit(batch(row), recorded_at=moment("2025-03-13T10:00"))
            count += 1

    writer = threading.Thread(target=hand_in)
    writer.start()
    try:
        found = [ledger.answers.changes(start, ledger.query()) for _ in range(2)]
    finally:
        done.set()
        writer.join()
    for table, since, until in found:
        assert str(since) == start
        pinned = ledger.query(recorded_by=ledger.answers.moment(until).isoformat())
        again, _, head = ledger.answers.changes(start, pinned)
        assert (again, head) == (table, until), "as it was at the head that was named"
    assert found[-1][2].seq > found[0][2].seq, "entries came in meanwhile"
