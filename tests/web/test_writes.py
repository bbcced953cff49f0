"""Handing in over HTTP: rows and files, their verdicts, withdrawal and correction."""

from __future__ import annotations

import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.ledger.api_keys import Keyring
from service.web.openapi_writes import MOST_FINDINGS
from tests.web.desk import CSV, NEGATIVE, NOWHERE, ROW, tallies
from tests.web.test_errors import refusal


def test_each_row_has_its_verdict_and_a_bad_one_fails_no_other(desk):
    before = desk.ledger.head
    answer = desk.reporter.post("/v1/reports", json=[ROW, NOWHERE, NEGATIVE, 5, ROW])
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert tallies(answer) == (1, 1, 1, 2)
    assert [row["verdict"] for row in told["rows"]] == [
        "accepted", "quarantined", "rejected", "rejected", "duplicate",
    ]  # fmt: skip
    assert [row["row"] for row in told["rows"]] == [1, 2, 3, 4, 5]
    assert told["rows"][0]["report_id"] == told["rows"][4]["report_id"]
    assert told["rows"][1]["report_id"] is None
    wrong = {finding["row"]: finding for finding in told["findings"] if finding["severity"] == "error"}
    assert set(wrong) == {2, 3, 4}
    assert (wrong[2]["column"], wrong[2]["value"]) == ("areas", "Atlantis")
    assert all(finding["message"] and finding["fix"] for finding in wrong.values())
    assert told["head"] == str(desk.ledger.head) != str(before)
    assert desk.stands(told["rows"][0]["report_id"])["count_stated"] == "over 700"


def test_what_is_handed_in_is_in_the_next_answer(desk):
    asked = "/v1/figures?area=SY06&measure=detained&population=civilians"
    assert desk.reporter.get(asked).json()["data"] == []
    desk.reporter.post("/v1/reports", json=[ROW])
    (figure,) = desk.reporter.get(asked).json()["data"]
    assert (figure["low"], figure["best"], figure["grade"]) == (701, None, "provisional")


def test_who_asks_is_told_which_figures_have_moved(desk):
    handed_in = desk.reporter.post("/v1/reports?moved=true", json=[ROW])
    moved = {row["area_code"]: row for row in handed_in.json()["moved"] if row["measure"] == "detained"}
    assert (moved["SY06"]["low_before"], moved["SY06"]["low"]) == (None, 701)
    assert handed_in.json()["rows"][0]["report_id"] in json.dumps(moved["SY06"])
    again = desk.reporter.post("/v1/reports?moved=true", json=[ROW])
    assert again.json()["moved"] == []
    rehearsed = desk.reporter.post("/v1/reports?moved=true&dry_run=true", json=[{**ROW, "count": "9"}])
    assert rehearsed.json()["moved"] == []
    address = f"/v1/reports/{handed_in.json()['rows'][0]['report_id']}/withdraw"
    withdrawn = desk.editor.post(f"{address}?moved=true", json={"reason": "counted twice"}).json()
    assert withdrawn["moved"]
    assert all(row["low_before"] > 0 and row["low"] is None for row in withdrawn["moved"])


def test_the_same_rows_again_change_nothing_and_are_no_creation(desk):
    first = desk.reporter.post("/v1/reports", json=[ROW])
    again = desk.reporter.post("/v1/reports", json=[ROW])
    assert (first.status_code, again.status_code) == (201, 200)
    assert tallies(again) == (0, 1, 0, 0)
    assert again.json()["head"] == first.json()["head"]
    assert desk.reporter.post("/v1/reports", json=[]).status_code == 200


def test_a_dry_run_says_what_the_real_one_will_and_writes_nothing(desk):
    before = desk.ledger.head
    rehearsed = desk.reporter.post("/v1/reports?dry_run=true", json=[ROW, NOWHERE, ROW])
    assert rehearsed.status_code == 200
    assert desk.ledger.head == before
    assert (rehearsed.json()["head"], rehearsed.json()["dry_run"]) == (str(before), True)
    real = desk.reporter.post("/v1/reports?dry_run=false", json=[ROW, NOWHERE, ROW])
    assert real.status_code == 201
    assert {**real.json(), "head": 0, "dry_run": 0} == {**rehearsed.json(), "head": 0, "dry_run": 0}
    for odd in ("dry_run=yes", "dry_run=1", "dryrun=true", "dry_run=true&dry_run=false"):
        assert desk.reporter.post(f"/v1/reports?{odd}", json=[ROW]).status_code == 422


def files() -> dict[str, tuple[str, bytes]]:
    """The same one row as a file of each kind: its media type and its bytes."""
    parquet, workbook = io.BytesIO(), io.BytesIO()
    pq.write_table(pa.Table.from_pylist([ROW]), parquet)
    book = openpyxl.Workbook()
    book.active.append(list(ROW))
    book.active.append(list(ROW.values()))
    book.save(workbook)
    return {
        "csv": ("text/csv; charset=utf-8", CSV),
        "tsv": ("text/tab-separated-values", CSV.replace(b",", b"\t")),
        "ndjson": ("application/x-ndjson", json.dumps(ROW).encode() + b"\n"),
        "parquet": ("application/vnd.apache.parquet", parquet.getvalue()),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.getvalue()),
        "json": ("application/json", json.dumps([ROW]).encode()),
    }


def test_a_row_is_the_same_report_whatever_carries_it(desk):
    ids = set()
    for name, (media_type, data) in files().items():
        sent = desk.reporter.post("/v1/reports", content=data, headers={"Content-Type": media_type})
        form = desk.reporter.post("/v1/reports", files={"file": (f"desk.{name}", data)})
        for answer in (sent, form):
            assert answer.status_code in (200, 201), answer.text
            assert sum(tallies(answer)) == tallies(answer)[0] + tallies(answer)[1] == 1
            ids.add(answer.json()["rows"][0]["report_id"])
    assert len(ids) == 1


def test_a_file_of_another_layout_comes_in_by_a_shipped_mapping_and_by_no_other(shared, tmp_path):
    sent = {"content": CSV, "headers": {"Content-Type": "text/csv"}}
    native = shared.reporter.post("/v1/reports?dry_run=true&mapping=native", **sent)
    plain = shared.reporter.post("/v1/reports?dry_run=true", **sent)
    assert native.status_code == 200, native.text
    assert native.json()["rows"] == plain.json()["rows"]
    rows = shared.reporter.post("/v1/reports?dry_run=true&mapping=native", json=[ROW])
    assert rows.json()["rows"] == plain.json()["rows"]
    (tmp_path / "own.toml").write_text("")
    for name in ("nothing", "../native", str(tmp_path / "own.toml"), "own.toml"):
        answer = shared.reporter.post("/v1/reports", params={"dry_run": "true", "mapping": name}, **sent)
        assert answer.status_code == 422


def test_the_journal_knows_which_key_handed_a_document_in(desk):
    handed_in = desk.reporter.post("/v1/reports", files={"file": ("desk.csv", CSV)}).json()
    report_id = handed_in["rows"][0]["report_id"]
    better = {"reason": "digits swapped", "rows": [{**ROW, "count": "over 70"}]}
    corrected = desk.editor.post(f"/v1/reports/{report_id}/correct", json=better).json()
    successor = corrected["rows"][0]["report_id"]
    desk.editor.post(f"/v1/reports/{successor}/withdraw", json={"reason": "the page was taken down"})
    keys = {str(key.role): key.id for key in Keyring(desk.ledger.store.data_dir).all()}
    entries = desk.ledger.store.submissions().select(["kind", "document", "key_id"]).to_pylist()[-3:]
    assert [tuple(entry.values()) for entry in entries] == [
        ("reports", "desk.csv", keys["reporter"]),
        ("correction", "rows", keys["editor"]),
        ("withdrawal", "", keys["editor"]),
    ]
    told = desk.reporter.get(f"/v1/reports/{successor}/history").json()["data"]
    assert [(row["event"], row["reason"], row["replaces"], row["key_id"]) for row in told] == [
        ("recorded", None, "", keys["editor"]),
        ("replaces", "digits swapped", report_id, keys["editor"]),
        ("withdrawn", "the page was taken down", "", keys["editor"]),
    ]
    journal = b"".join(path.read_bytes() for path in desk.ledger.store.data_dir.rglob("*.seg*"))
    for client in (desk.reporter, desk.editor):
        assert client.headers["authorization"].partition("_")[2].partition("_")[2].encode() not in journal


@pytest.fixture
def handed_in(desk) -> str:
    report_id: str = desk.reporter.post("/v1/reports", json=[ROW]).json()["rows"][0]["report_id"]
    return report_id


def test_a_withdrawn_report_stays_with_its_reason_and_counts_no_more(desk, handed_in):
    answer = desk.editor.post(f"/v1/reports/{handed_in}/withdraw", json={"reason": " counted twice "})
    assert answer.status_code == 200
    assert answer.json() == {"report_id": handed_in, "verdict": "withdrawn", "head": str(desk.ledger.head)}
    assert desk.stands(handed_in)["withdrawn"] == "counted twice"
    assert desk.reporter.get("/v1/figures?measure=detained&area=SY06").json()["data"] == []
    again = desk.editor.post(f"/v1/reports/{handed_in}/withdraw", json={"reason": "for another reason"})
    assert (again.status_code, again.json()["head"]) == (200, answer.json()["head"])
    assert desk.stands(handed_in)["withdrawn"] == "counted twice"


def test_a_corrected_report_points_at_what_took_its_place(desk, handed_in):
    answer = desk.editor.post(
        f"/v1/reports/{handed_in}/correct",
        json={"reason": "typing error", "rows": [{**ROW, "count": "over 710"}]},
    )
    assert answer.status_code == 201, answer.text
    replacement = answer.json()["rows"][0]["report_id"]
    assert desk.stands(handed_in)["withdrawn"] == "typing error"
    assert desk.stands(replacement)["withdrawn"] is None
    (figure,) = desk.reporter.get("/v1/figures?measure=detained&area=SY06").json()["data"]
    assert figure["low"] == 711
    rows = desk.ledger.store.withdrawals(handed_in).to_pylist()
    assert [replacement] == [row["replaced_by"] for row in rows]


def test_a_correction_without_a_sound_row_leaves_the_old_report_standing(desk, handed_in):
    answer = desk.editor.post(
        f"/v1/reports/{handed_in}/correct", json={"reason": "typing error", "rows": [NOWHERE]}
    )
    assert (answer.status_code, tallies(answer)) == (200, (0, 0, 1, 0))
    assert desk.stands(handed_in)["withdrawn"] is None


@pytest.mark.parametrize(
    "name", ["r00000000000000000000", "nothing", "r0", "%00", "%ff", "x" * 2000, "R" + "0" * 20]
)
def test_an_unknown_report_cannot_be_withdrawn_or_corrected(shared, name):
    before = shared.ledger.head
    for verb, body in (("withdraw", {"reason": "why"}), ("correct", {"reason": "why", "rows": [ROW]})):
        refusal(shared.editor.post(f"/v1/reports/{name}/{verb}", json=body), 404, "not_found")
    assert shared.ledger.head == before


@pytest.mark.parametrize("body", [
    {}, {"reason": ""}, {"reason": "  "}, {"reason": None}, {"reason": 5}, {"reason": ["why"]}, [],
    {"reason": "x" * 2001}, {"reason": "bell\x07"}, {"reason": "why", "note": "more"}, "why",
])  # fmt: skip
def test_a_withdrawal_has_a_reason_and_nothing_else(shared, body):
    (row,) = shared.reporter.post("/v1/reports", json=[ROW]).json()["rows"]
    answer = shared.editor.post(f"/v1/reports/{row['report_id']}/withdraw", json=body)
    assert answer.status_code == 422, answer.text
    assert shared.stands(row["report_id"])["withdrawn"] is None


def test_withdrawals_and_corrections_too_are_repeated_by_their_key(desk, handed_in):
    key = {"Idempotency-Key": "once"}
    sent = {"reason": "typing error", "rows": [{**ROW, "count": "over 710"}]}
    first = desk.editor.post(f"/v1/reports/{handed_in}/correct", json=sent, headers=key)
    again = desk.editor.post(f"/v1/reports/{handed_in}/correct", json=sent, headers=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    other = desk.editor.post(f"/v1/reports/{handed_in}/withdraw", json={"reason": "x"}, headers=key)
    refusal(other, 422, "key_reused")


def test_a_correction_may_say_only_what_differs(desk, handed_in):
    address = f"/v1/reports/{handed_in}/correct"
    answer = desk.editor.post(address, json={"reason": "a slip", "set": {"count": "over 710"}})
    assert answer.status_code == 201, answer.text
    successor = desk.stands(answer.json()["rows"][0]["report_id"])
    assert (successor["count_stated"], successor["low"], successor["areas"]) == ("over 710", 711, "SY06")
    assert desk.stands(handed_in)["withdrawn"] == "a slip"
    refusal(desk.editor.post(address, json={"reason": "x", "set": {"count": "9"}}), 422, "invalid_query")


@pytest.mark.parametrize(
    "values", [{}, [], {"counts": "9"}, {"count": 9}, {"count": "over 700"}, {"report_id": "r1"}]
)
def test_a_correction_that_sets_nothing_or_no_column_is_refused(shared, values):
    (row,) = shared.reporter.post("/v1/reports", json=[ROW]).json()["rows"]
    before = shared.ledger.head
    sent = {"reason": "why", "set": values}
    assert shared.editor.post(f"/v1/reports/{row['report_id']}/correct", json=sent).status_code == 422
    assert shared.ledger.head == before


def test_a_withdrawn_report_handed_in_again_is_told_so_and_can_be_reinstated(desk, handed_in):
    desk.editor.post(f"/v1/reports/{handed_in}/withdraw", json={"reason": "page down"})
    again = desk.reporter.post("/v1/reports", json=[ROW]).json()
    assert (again["duplicate"], again["findings"][0]["code"]) == (1, "withdrawn_before")
    assert f"casualty reinstate {handed_in}" in again["findings"][0]["fix"]
    address = f"/v1/reports/{handed_in}/reinstate"
    answer = desk.editor.post(address, json={"reason": "page up"})
    assert answer.json() == {"report_id": handed_in, "verdict": "reinstated", "head": str(desk.ledger.head)}
    assert desk.stands(handed_in)["withdrawn"] is None
    assert desk.editor.post(address, json={"reason": "again"}).json()["head"] == answer.json()["head"]
    events = desk.reporter.get(f"/v1/reports/{handed_in}/history").json()["data"]
    assert [(row["event"], row["reason"]) for row in events][-2:] == [
        ("noticed", "The report stands again: page up"),
        ("reinstated", None),
    ]
    assert desk.reporter.post("/v1/reports", json=[ROW]).json()["findings"] == []


def test_a_full_release_takes_back_what_it_no_longer_lists_and_needs_an_editor(desk):
    event = {**ROW, "basis": "increment", "count": "5", "published_on": "2026-11-20"}
    listed = [{**event, "event": key} for key in ("e-1", "e-2")]
    desk.reporter.post("/v1/reports", json=listed)
    newer = [{**listed[0], "published_on": "2026-11-21"}]
    assert desk.reporter.post("/v1/reports?release=full", json=newer).status_code == 403
    receipt = desk.editor.post("/v1/reports?release=full", json=newer)
    assert receipt.status_code == 201, receipt.text
    assert (
        "(e-2). Their reports are taken back from the day of the release on: 1."
        in receipt.json()["findings"][-1]["message"]
    )
    assert desk.editor.post("/v1/reports?release=half", json=newer).status_code in (400, 422)


def test_a_file_beyond_its_rows_is_refused_by_its_reader(shared):
    out = io.BytesIO()
    pq.write_table(pa.table({"count": pa.nulls(50_001, pa.int8())}), out)
    headers = {"Content-Type": "application/vnd.apache.parquet"}
    answer = shared.reporter.post("/v1/reports", content=out.getvalue(), headers=headers)
    refusal(answer, 413, "too_large")
    assert "more than 50,000 rows" in answer.json()["detail"]


def test_an_answer_lists_the_first_findings_and_says_how_many_there_are(shared):
    rows = [{"count": "x"}] * MOST_FINDINGS + [{"count": "y"}]
    answer = shared.reporter.post("/v1/reports?dry_run=true", json=rows).json()
    assert len(answer["findings"]) == MOST_FINDINGS
    assert answer["findings_total"] > MOST_FINDINGS
    assert "y" in {each["value"] for each in answer["findings"]}, "the fault of the last row alone is listed"
    last = answer["findings"][-1]
    assert last["code"] == "more_findings"
    assert last["message"].startswith(f"{answer['findings_total'] - MOST_FINDINGS + 1:,} more findings")
    assert answer["quarantined"] + answer["rejected"] == MOST_FINDINGS + 1
