"""The door to storage: what is kept, what is a duplicate, what is answered, who owns it."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from service.errors import NotFound, QueryError, StoreError, StoreHeld, UnknownName
from service.ledger import STORED_FINDING, STORED_HELD, STORED_WITHDRAWAL, SUBMISSION, Store, holder
from service.ledger.entry import ENTRY_SCHEMAS
from service.schema.records import Batch, Finding
from service.schema.tables import REFERENCE_SCHEMAS
from service.vocabulary import Severity
from tests.builders import CRISIS_ID, areas, batch, counted_salts, day, moment, reference, report, sources
from tests.faults.history import AT, INDEX, document, everything, fill


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


# --- handing in ------------------------------------------------------------------------------------------


def test_every_row_of_a_document_gets_one_verdict(data: Path) -> None:
    with Store.open(data) as store:
        receipt = store.submit(document(), recorded_at=AT)
        one, two = report(count=658)["report_id"], report(count=683)["report_id"]
        assert receipt.verdicts == (
            (1, "accepted", one),
            (2, "accepted", two),
            (3, "duplicate", one),
            (4, "rejected", ""),
        )
        assert (receipt.accepted, receipt.duplicate, receipt.quarantined, receipt.rejected) == (2, 1, 0, 1)
        assert receipt.head == store.head
        assert [finding.code for finding in receipt.findings] == ["negative_count"]
        assert store.reports()["report_id"].to_pylist() == [one, two]
        assert store.held_rows().select(["row", "verdict", "raw"]).to_pylist() == [
            {"row": 4, "verdict": "rejected", "raw": '{"count": "-3"}'}
        ]
        assert store.findings()["document"].to_pylist() == ["reports.csv"]


def test_the_same_document_twice_is_all_duplicates_and_leaves_the_head(data: Path) -> None:
    with Store.open(data) as store:
        first = store.submit(document(), recorded_at=AT)
        before = everything(store)
        again = store.submit(document(), recorded_at=moment("2025-03-20"))
        assert (again.accepted, again.duplicate, again.rejected) == (0, 3, 1)
        assert again.head == first.head == store.head
        assert everything(store) == before


def test_a_document_with_one_more_row_adds_that_row_only(data: Path) -> None:
    with Store.open(data) as store:
        store.submit(batch(report(count=658)), recorded_at=AT)
        receipt = store.submit(batch(report(count=658), report(count=683)), recorded_at=AT)
        assert (receipt.accepted, receipt.duplicate) == (1, 1)
        assert [(r["best"], r["seq"], r["row"]) for r in store.reports().to_pylist()] == [
            (658, 1, 1),
            (683, 2, 2),
        ]


def test_a_held_row_that_has_become_a_report_is_accepted_from_the_same_document(data: Path) -> None:
    row = report(count=683)
    held = batch(held=((1, "quarantined", "{}"), (2, "rejected", "{}")))
    with Store.open(data) as store:
        store.submit(held, recorded_at=AT)
        mended = batch({**row, "row": 1}, held=((2, "rejected", "{}"),))
        mended = Batch(**{**vars(mended), "sha256": held.sha256})
        receipt = store.submit(mended, recorded_at=AT)
        assert (receipt.accepted, receipt.rejected) == (1, 1)
        assert store.held_rows()["seq"].to_pylist() == [1, 1]
        assert store.submissions()["rejected"].to_pylist() == [1, 1]


def test_a_row_of_which_nothing_is_to_be_mended_waits_for_no_decision_but_may_still_become_a_report(
    data: Path,
) -> None:
    silent = Finding("no_figure", Severity.INFO, "The row states no figure.", row=1)
    wrong = Finding("negative_count", Severity.ERROR, "A count cannot be negative.", row=2)
    handed_in = batch(held=((1, "rejected", "{}"), (2, "rejected", "{}")), findings=(silent, wrong))
    with Store.open(data) as store:
        assert store.submit(handed_in, recorded_at=AT).rejected == 2
        assert store.held_rows()["status"].to_pylist() == ["noted", "open"]
        assert store.findings()["status"].to_pylist() == ["noted", "open"]
        again = batch({**report(count=683), "row": 1}, held=((2, "rejected", "{}"),), findings=(wrong,))
        store.submit(Batch(**{**vars(again), "sha256": handed_in.sha256}), recorded_at=AT)
        assert store.held_rows()["status"].to_pylist() == ["resolved", "open"]


def test_a_batch_whose_rows_do_not_add_up_is_refused(data: Path) -> None:
    with Store.open(data) as store:
        short = Batch(**{**vars(batch(report())), "rows": 2})
        with pytest.raises(ValueError, match="every row is either a report or held"):
            store.submit(short, recorded_at=AT)
        assert store.head.seq == 0


def test_registering_writes_only_what_is_new_or_changed(data: Path) -> None:
    ref = reference()
    with Store.open(data) as store:
        assert store.register("area", ref.area, recorded_at=AT) == ref.area.num_rows
        head = store.head
        assert store.register("area", ref.area, recorded_at=AT) == 0
        assert store.head == head
        renamed = areas({**ref.area.to_pylist()[0], "name": "Syrian Arab Republic"})
        assert store.register("area", renamed, recorded_at=AT) == 1
        names = dict(
            zip(*(store.reference().area[c].to_pylist() for c in ("area_code", "name")), strict=True)
        )
        assert names["SY"] == "Syrian Arab Republic"
        assert len(names) == ref.area.num_rows
        with pytest.raises(UnknownName, match="no reference table 'places'"):
            store.register("places", ref.area, recorded_at=AT)


def test_a_source_met_on_the_way_never_replaces_one_that_is_registered(data: Path) -> None:
    met = sources({"source_id": "sohr", "name": "sohr"}, {"source_id": "new", "name": "new"})
    with Store.open(data) as store:
        store.register("source", reference().source, recorded_at=AT)
        store.submit(batch(report(), register={"source": met}), recorded_at=AT)
        names = {row["source_id"]: row["name"] for row in store.reference().source.to_pylist()}
        assert names["sohr"] == "Syrian Observatory for Human Rights"
        assert names["new"] == "new"


# --- looking beside --------------------------------------------------------------------------------------


FIRST, LAST = day("2025-03-10"), day("2025-03-12")


@pytest.fixture(scope="module")
def scattered(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Store, list[dict[str, Any]], set[str]]]:
    """Three hundred reports, most of them near some days, and the ids of those that are withdrawn."""
    chance = random.Random(5)
    days = [FIRST + dt.timedelta(days=round(chance.gauss(0, 90))) for _ in range(300)]
    rows = [
        report(source_id=chance.choice(("sohr", "snhr", "afp")), published_on=on, count=n)
        for n, on in enumerate(days)
    ]
    with Store.open(tmp_path_factory.mktemp("scattered") / "data") as store:
        for at in range(0, 300, 100):
            store.submit(batch(*rows[at : at + 100]), recorded_at=AT)
        withdrawn = {row["report_id"] for row in rows[::9]}
        for report_id in withdrawn:
            store.withdraw(report_id, reason="a test", recorded_at=AT)
        yield store, rows, withdrawn


@pytest.mark.parametrize("most", [1, 7, 40, 400])
@pytest.mark.parametrize("asked", [("sohr",), ("sohr", "snhr", "afp")])
def test_the_nearest_in_time_are_found_without_reading_the_rest(
    scattered: tuple[Store, list[dict[str, Any]], set[str]], most: int, asked: tuple[str, ...]
) -> None:
    store, rows, withdrawn = scattered
    new = batch(*(report(source_id=name, published_on=on, count=1) for name in asked for on in (FIRST, LAST)))
    with store.view() as view:
        found = view.nearest_reports(new.reports, most)["report_id"].to_pylist()

    def far(place: int) -> tuple[int, int, int]:
        on = rows[place]["published_on"]
        return max((FIRST - on).days, (on - LAST).days, 0), -on.toordinal(), -place

    stand = [
        place
        for place, row in enumerate(rows)
        if row["source_id"] in asked and row["report_id"] not in withdrawn
    ]
    assert found == [rows[place]["report_id"] for place in sorted(sorted(stand, key=far)[:most])]


def test_a_new_source_stands_beside_nothing_in_a_ledger_of_any_age(data: Path) -> None:
    old = [report(count=n) for n in range(25_000)] + [report(published_on=day("0001-01-01"))]
    with Store.open(data) as store:
        store.submit(batch(*old), recorded_at=AT)
        with store.view() as view:
            assert view.nearest_reports(batch(report(source_id="afp")).reports, 25_000).num_rows == 0
            assert view.nearest_reports(batch(report()).reports, 25_000).num_rows == 25_000


def test_a_report_without_any_day_is_known_again_on_another_day(data: Path) -> None:
    undated = report(published_on=None, counted_to=None)
    with Store.open(data) as store:
        assert store.submit(batch(undated), recorded_at=AT).accepted == 1
        later = store.submit(batch(report(count=1), undated), recorded_at=moment("2025-06-01"))
        assert (later.accepted, later.duplicate) == (1, 1)


# --- withdrawing and correcting --------------------------------------------------------------------------


def test_withdrawing_twice_is_once_and_an_unknown_report_is_not_found(data: Path) -> None:
    with Store.open(data) as store:
        store.submit(batch(report()), recorded_at=AT)
        head = store.withdraw(report()["report_id"], reason="retracted", recorded_at=AT)
        assert store.withdraw(report()["report_id"], reason="again", recorded_at=AT) == head == store.head
        assert store.reports()["withdrawn"].to_pylist() == ["retracted"]
        with pytest.raises(NotFound, match="no report 'r0'"):
            store.withdraw("r0", reason="?", recorded_at=AT)
        with pytest.raises(QueryError, match="for a reason"):
            store.withdraw(report()["report_id"], reason=" ", recorded_at=AT)
        assert store.head == head


def test_handing_a_withdrawn_report_in_again_does_not_bring_it_back(data: Path) -> None:
    with Store.open(data) as store:
        store.submit(batch(report()), recorded_at=AT)
        head = store.withdraw(report()["report_id"], reason="retracted", recorded_at=AT)
        assert store.submit(batch(report()), recorded_at=AT).duplicate == 1
        assert store.head == head
        assert store.reports()["withdrawn"].to_pylist() == ["retracted"]


def test_a_correction_withdraws_the_old_report_and_points_at_the_new(data: Path) -> None:
    old, new = report(count=683), report(count=638)
    with Store.open(data) as store:
        store.submit(batch(old), recorded_at=AT)
        receipt = store.correct(old["report_id"], batch(new), reason="digits swapped", recorded_at=AT)
        assert receipt.accepted == 1
        assert [(r["best"], r["withdrawn"]) for r in store.reports().to_pylist()] == [
            (683, "digits swapped"),
            (638, None),
        ]
        assert store.withdrawals(old["report_id"])["replaced_by"].to_pylist() == [new["report_id"]]
        assert store.submissions()["kind"].to_pylist() == ["reports", "correction"]
        assert store.head.seq == 2


def test_a_correction_whose_rows_are_all_held_aside_takes_nothing_back(data: Path) -> None:
    with Store.open(data) as store:
        store.submit(batch(report()), recorded_at=AT)
        held = batch(held=((1, "quarantined", "{}"),))
        receipt = store.correct(report()["report_id"], held, reason="other place", recorded_at=AT)
        assert receipt.quarantined == 1
        assert store.reports()["withdrawn"].to_pylist() == [None]
        assert store.held_rows().num_rows == 1


def test_correcting_a_report_into_itself_changes_nothing(data: Path) -> None:
    with Store.open(data) as store:
        head = store.submit(batch(report()), recorded_at=AT).head
        store.correct(report()["report_id"], batch(report()), reason="no change", recorded_at=AT)
        assert store.head == head


def test_a_correction_taken_back_by_another_lets_the_first_report_stand_again(data: Path) -> None:
    old, new = report(count=683), report(count=638)
    with Store.open(data) as store:
        store.submit(batch(old), recorded_at=AT)
        store.correct(old["report_id"], batch(new), reason="misread", recorded_at=AT)
        then = store.state.recorded_at
        receipt = store.correct(
            new["report_id"], batch(old), reason="was right", recorded_at=moment("2025-03-14")
        )
        assert receipt.duplicate == 1
        assert store.reports()["withdrawn"].to_pylist() == [None, "was right"]
        assert store.reports(recorded_by=then)["withdrawn"].to_pylist() == ["misread", None]


# --- asking ----------------------------------------------------------------------------------------------


def test_the_same_calls_with_the_same_salts_make_the_same_journal_and_head_everywhere(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "two"):
        with Store.open(tmp_path / name, salts=counted_salts()) as store:
            fill(store)
            heads.append(store.head)
    assert heads[0] == heads[1]
    one, two = (tmp_path / name / "journal" / "000001.seg" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_touched_moves_with_the_crisis_and_with_reference_data_only(data: Path) -> None:
    with Store.open(data) as store:
        assert store.crisis_entry(CRISIS_ID) == 0
        store.submit(batch(report()), recorded_at=AT)
        store.submit(batch(report(crisis_id="elsewhere")), recorded_at=AT)
        assert tuple(map(store.crisis_entry, (CRISIS_ID, "elsewhere", "none"))) == (1, 2, 0)
        store.withdraw(report()["report_id"], reason="retracted", recorded_at=AT)
        assert (store.crisis_entry(CRISIS_ID), store.crisis_entry("elsewhere")) == (3, 2)
        store.register("area", reference().area, recorded_at=AT)
        assert tuple(map(store.crisis_entry, (CRISIS_ID, "elsewhere", "none"))) == (4, 4, 4)
        store.submit(batch(held=((1, "rejected", "{}"),)), recorded_at=AT)
        assert store.crisis_entry(CRISIS_ID) == 4
    with Store.open(data) as store:
        assert tuple(map(store.crisis_entry, (CRISIS_ID, "elsewhere", "none"))) == (4, 4, 4)


def test_answers_have_their_declared_schemas_even_when_empty(data: Path) -> None:
    with Store.open(data) as store:
        for _ in range(2):
            assert store.findings().schema == STORED_FINDING
            assert store.held_rows().schema == STORED_HELD
            assert store.submissions().schema == SUBMISSION
            assert store.withdrawals().schema == STORED_WITHDRAWAL
            ref = store.reference()
            assert {name: getattr(ref, name).schema for name in REFERENCE_SCHEMAS} == REFERENCE_SCHEMAS
            fill(store)


def test_the_tables_of_the_index_are_those_of_the_model(data: Path) -> None:
    with Store.open(data):
        pass
    with duckdb.connect(str(data / INDEX), read_only=True) as connection:
        for name, schema in ENTRY_SCHEMAS.items():
            columns = [row[0] for row in connection.execute(f'DESCRIBE "{name}"').fetchall()]
            assert [column for column in columns if column in schema.names] == schema.names
            assert {"seq", "recorded_at"} <= set(columns)


def test_a_view_keeps_to_one_head_while_others_write(data: Path) -> None:
    with Store.open(data) as store:
        store.submit(batch(report(count=1)), recorded_at=AT)
        with store.view() as view:
            writer = threading.Thread(
                target=store.submit, args=(batch(report(count=2)),), kwargs={"recorded_at": AT}
            )
            writer.start()
            writer.join()
            assert view.head.seq == 1
            assert view.reports().num_rows == view.submissions().num_rows == 1
        assert store.head.seq == store.reports().num_rows == 2


def test_writing_from_inside_a_view_is_refused_rather_than_left_to_wait_for_itself(data: Path) -> None:
    with Store.open(data) as store, store.view() as view:
        with pytest.raises(RuntimeError, match="from inside one of its views"):
            store.submit(batch(report()), recorded_at=AT)
        with pytest.raises(RuntimeError, match="from inside one of its views"):
            store.rebuild()
        assert store.reports().num_rows == view.reports().num_rows == 0


def test_any_history_answers_as_a_plain_list_would(data: Path) -> None:
    """Random submissions, withdrawals and corrections, checked against a list of dictionaries."""
    chance = random.Random(1383)
    rows: dict[str, dict[str, Any]] = {}
    reasons: list[tuple[dt.datetime, str, str | None]] = []
    at = AT

    def take_in(numbers: list[int]) -> list[str]:
        made = [report(count=n, published_on=day(f"2025-03-{n % 20 + 1:02d}")) for n in numbers]
        for row in made:
            rows.setdefault(row["report_id"], {**row, "recorded_at": at})
        return [row["report_id"] for row in made]

    def standing(name: str, by: dt.datetime) -> str | None:
        return next((why for when, who, why in reversed(reasons) if who == name and when <= by), None)

    with Store.open(data) as store:
        for _ in range(60):
            at += dt.timedelta(hours=chance.randint(0, 9))
            numbers = [chance.randint(0, 60) for _ in range(chance.randint(1, 4))]
            old = chance.choice([*rows, ""])
            kind = chance.choice(["submit", "submit", "withdraw", "correct"]) if old else "submit"
            made = [report(count=n, published_on=day(f"2025-03-{n % 20 + 1:02d}")) for n in numbers]
            stands = standing(old, at) is None
            if kind == "submit":
                store.submit(batch(*made), recorded_at=at)
                take_in(numbers)
            elif kind == "withdraw":
                store.withdraw(old, reason="w", recorded_at=at)
                reasons.extend([(at, old, "w")] if stands else [])
            else:
                store.correct(old, batch(*made), reason="c", recorded_at=at)
                new = [name for name in take_in(numbers) if name != old]
                reasons.extend((at, name, None) for name in new)
                reasons.extend([(at, old, "c")] if stands and new else [])
        for _ in range(40):
            as_of = day("2025-03-01") + dt.timedelta(days=chance.randint(0, 21))
            by = AT + (at - AT) * chance.random()
            answer = store.reports(as_of=as_of, recorded_by=by).select(["report_id", "withdrawn"]).to_pylist()
            assert [(row["report_id"], row["withdrawn"]) for row in answer] == [
                (name, standing(name, by))
                for name, row in rows.items()
                if row["published_on"] <= as_of and row["recorded_at"] <= by
            ]
        before = everything(store)
        store.rebuild()
        assert everything(store) == before


# --- one owner -------------------------------------------------------------------------------------------


def test_a_directory_has_one_owner_who_says_how_to_be_reached(data: Path) -> None:
    assert holder(data) is None
    with Store.open(data) as store:
        with pytest.raises(StoreHeld, match=r"held by process \d+\. Wait until it has ended"):
            Store.open(data)
        store.announce("http://127.0.0.1:8000")
        with pytest.raises(StoreHeld, match=r"process \d+, which serves it at http://127\.0\.0\.1:8000"):
            Store.open(data)
        held = holder(data)
        assert held is not None
        assert held.address == "http://127.0.0.1:8000"
    assert holder(data) is None
    Store.open(data).close()


def test_a_path_that_is_no_directory_is_a_clear_store_error(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("not a directory")
    with pytest.raises(StoreError, match=r"file cannot be used: File exists\. Check"):
        Store.open(place)


def test_a_closed_ledger_says_so(data: Path) -> None:
    store = Store.open(data)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        store.reports()
    with pytest.raises(StoreError, match="is closed"):
        store.submit(batch(report()), recorded_at=AT)
