"""Texts are taken out for good over HTTP: by an editor, out of answers that were kept as well."""

from __future__ import annotations

from service.vocabulary import REDACTED
from tests.web.desk import NOWHERE, ROW
from tests.web.test_errors import refusal

WHY = {"reason": "it named somebody"}
TEXT = "seen by Zacharia Quintessence"


def test_a_redacted_reason_is_in_no_answer_not_even_in_one_about_the_past_that_was_kept(desk):
    told = desk.reporter.post("/v1/reports", json=[{**ROW, "note": TEXT}]).json()["rows"][0]
    report = f"/v1/reports/{told['report_id']}"
    desk.editor.post(f"{report}/withdraw", json={"reason": TEXT})
    head = desk.ledger.head
    past = f"/v1/reports.csv?as_of=2026-11-22&recorded_by={desk.ledger.answers.moment(head).isoformat()}"
    addresses = (past, "/v1/reports.json", f"{report}/history.json", f"/report/{told['report_id']}")
    for _ in range(2):
        assert [TEXT in desk.editor.get(each).text for each in addresses] == [True] * len(addresses)
    assert TEXT in desk.editor.get("/v1/reports?notes=1").text
    answer = desk.editor.post(f"{report}/redact", json={**WHY, "columns": ["note", "reason"]})
    assert answer.status_code == 200, answer.text
    assert {**answer.json(), "head": "", "remarks": []} == {
        "texts": 2, "entries": 2, "unsalted": 0, "also": [], "held": [], "head": "", "remarks": []
    }  # fmt: skip
    assert "Earlier backups" in answer.json()["remarks"][0]
    for _ in range(2):
        for address in (*addresses, "/v1/reports?notes=1"):
            shown = desk.editor.get(address).text
            assert TEXT not in shown
            assert REDACTED in shown
        desk.reporter.post("/v1/reports", json=[{**ROW, "count": "6"}])  # it changes nothing of that
    assert desk.ledger.verify() == []


def test_a_held_row_is_redacted_by_its_document_and_number(desk):
    desk.reporter.post("/v1/reports", json=[{**NOWHERE, "areas": TEXT}])
    (held,) = desk.ledger.store.held_rows().to_pylist()[-1:]
    asked = {"document": held["sha256"], "row": held["row"], "columns": []}
    answer = desk.editor.post("/v1/redact", json={**asked, **WHY})
    assert answer.status_code == 200, answer.text
    assert answer.json()["texts"] > 1
    assert TEXT not in str(desk.ledger.store.held_rows().to_pylist())
    assert TEXT not in desk.editor.get("/v1/findings").text
    assert refusal(desk.editor.post("/v1/redact", json={**asked, **WHY}), 404, "not_found")


def test_answers_that_repeat_what_was_redacted_are_not_given_again(desk):
    headers = {"Idempotency-Key": "once"}
    rows = [{**NOWHERE, "areas": TEXT}]
    assert TEXT in desk.editor.post("/v1/reports", json=rows, headers=headers).text
    kept = desk.ledger.store.data_dir / "answered.sqlite"
    assert TEXT.encode() in kept.read_bytes()
    (held,) = desk.ledger.store.held_rows().to_pylist()[-1:]
    asked = {"document": held["sha256"], "row": held["row"], "columns": []}
    done = desk.editor.post("/v1/redact", json={**asked, **WHY}, headers={"Idempotency-Key": "twice"})
    files = kept.parent.glob(f"{kept.name}*")
    assert [file.name for file in files if TEXT.encode() in file.read_bytes()] == []
    again = desk.editor.post("/v1/redact", json={**asked, **WHY}, headers={"Idempotency-Key": "twice"})
    assert (again.content, again.headers["idempotency-replayed"]) == (done.content, "true")


def test_what_cannot_be_redacted_is_refused_and_nothing_is_recorded(desk):
    told = desk.reporter.post("/v1/reports", json=[ROW]).json()["rows"][0]
    before = desk.ledger.head
    wrong = [
        {**WHY, "columns": []},
        {**WHY, "columns": ["count_stated"]},
        {**WHY, "columns": "note"},
        {**WHY, "columns": [""]},
        {"columns": ["note"], "reason": " "},
        {"columns": ["note"]},
    ]
    for body in wrong:
        assert desk.editor.post(f"/v1/reports/{told['report_id']}/redact", json=body).status_code == 422, body
    for row in (0, -1, 1.5, "1", None, True, 10**19):
        body = {"document": "a.csv", "row": row, "columns": [], **WHY}
        assert desk.editor.post("/v1/redact", json=body).status_code == 422, row
    assert desk.ledger.head == before
