"""A decision about a report that was taken on what is not so any more is not carried out (If-Match)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from service.formats.file_format import Format
from service.web.openapi_desk import EXAMPLE_ROWS
from tests.web.desk import ROW, Desk
from tests.web.test_errors import refusal

WHY = {"reason": "counted twice"}
NEVER = '"3-000000000000"'


@pytest.fixture
def handed_in(desk: Desk) -> str:
    report_id: str = desk.reporter.post("/v1/reports", json=[ROW]).json()["rows"][0]["report_id"]
    return report_id


def seen(desk: Desk, report_id: str) -> dict[str, str]:
    return {"If-Match": desk.reporter.get(f"/v1/reports/{report_id}/history").headers["etag"]}


def decide(
    desk: Desk, report_id: str, verb: str, match: dict[str, str], body: object = WHY
) -> httpx.Response:
    return desk.editor.post(f"/v1/reports/{report_id}/{verb}", json=body, headers=match)


def test_whoever_decides_on_a_report_that_another_has_changed_meanwhile_is_told(
    desk: Desk, handed_in: str
) -> None:
    both_saw = seen(desk, handed_in)
    first = decide(desk, handed_in, "correct", both_saw, {**WHY, "set": {"count": "over 710"}})
    assert first.status_code == 201, first.text
    before = desk.ledger.head
    for verb, body in (
        ("withdraw", WHY),
        ("reinstate", WHY),
        ("correct", {**WHY, "rows": [{**ROW, "count": "9"}]}),
    ):
        told = refusal(decide(desk, handed_in, verb, both_saw, body), 412, "precondition_failed")
        assert handed_in in told["detail"]
        assert f"/v1/reports/{handed_in}/history" in told["fix"]
    assert desk.ledger.head == before
    again = decide(desk, handed_in, "reinstate", seen(desk, handed_in))
    assert (again.status_code, again.json()["verdict"]) == (200, "reinstated")
    successor = first.json()["rows"][0]["report_id"]
    assert decide(desk, successor, "withdraw", seen(desk, successor)).status_code == 200


def test_what_came_in_about_other_reports_is_no_change_of_this_one(desk: Desk, handed_in: str) -> None:
    match = seen(desk, handed_in)
    (other,) = desk.reporter.post("/v1/reports", json=[{**ROW, "count": "5"}]).json()["rows"]
    desk.editor.post(f"/v1/reports/{other['report_id']}/withdraw", json=WHY)
    assert decide(desk, handed_in, "withdraw", match).status_code == 200


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_the_tag_of_every_form_of_the_history_and_the_head_of_any_answer_will_do(
    desk: Desk, handed_in: str, coding: str
) -> None:
    before = desk.ledger.head
    for fmt in Format:
        address = f"/v1/reports/{handed_in}/history.{fmt}"
        answer = desk.reporter.get(address, headers={"Accept-Encoding": coding})
        assert desk.reporter.get(address, headers={"Accept-Encoding": coding,
            "If-None-Match": answer.headers["etag"]}).status_code == 304  # fmt: skip
        match = {"If-Match": f'"other", {answer.headers["etag"]}'}
        assert decide(desk, handed_in, "reinstate", match).status_code == 200, "it stands: nothing is new"
    head = desk.reporter.get("/v1/series.csv?area=SY06").headers["casualty-head"]
    for match in (f'"{head}"', "*"):
        assert decide(desk, handed_in, "reinstate", {"If-Match": match}).status_code == 200
    assert desk.ledger.head == before


def test_a_tag_that_this_ledger_never_gave_matches_nothing(desk: Desk, handed_in: str) -> None:
    tag = seen(desk, handed_in)["If-Match"]
    head = str(desk.ledger.head)
    beyond = f'"{desk.ledger.head.seq + 1}-{head.partition("-")[2]}"'
    for match in (NEVER, beyond, f"W/{tag}", head, '"x"', '""', "", tag[:-1], "x" * 5_000):
        told = refusal(decide(desk, handed_in, "withdraw", {"If-Match": match}), 412, "precondition_failed")
        assert len(told["detail"]) < 300
    assert desk.stands(handed_in)["withdrawn"] is None
    unknown = decide(desk, "r00000000000000000000", "withdraw", {"If-Match": f'"{head}"'})
    refusal(unknown, 404, "not_found")


def test_of_many_who_saw_the_same_and_decide_at_once_one_is_heard(desk: Desk, handed_in: str) -> None:
    match = seen(desk, handed_in)

    def correct(count: int) -> httpx.Response:
        return decide(desk, handed_in, "correct", match, {**WHY, "set": {"count": f"over {count}"}})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(correct, range(710, 726)))
    assert sorted(answer.status_code for answer in answers) == [201] + [412] * 15
    (heard,) = (answer.json()["rows"][0]["report_id"] for answer in answers if answer.status_code == 201)
    assert desk.ledger.store.withdrawals(handed_in)["replaced_by"].to_pylist() == [heard]


def test_a_decision_whose_answer_was_lost_is_answered_again_and_not_refused(
    desk: Desk, handed_in: str
) -> None:
    headers = {**seen(desk, handed_in), "Idempotency-Key": "once"}
    first, again = (decide(desk, handed_in, "withdraw", headers) for _ in range(2))
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    refusal(decide(desk, handed_in, "withdraw", {**headers, "If-Match": "*"}), 422, "key_reused")


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/v1/reports", [ROW]),
        ("/v1/areas", [EXAMPLE_ROWS["area"]]),
        ("/v1/retry", {}),
        ("/v1/reports/r00000000000000000000/redact", {**WHY, "columns": ["note"]}),
    ],
)
def test_a_write_that_compares_nothing_does_not_overlook_that_it_was_asked_to(
    desk: Desk, address: str, body: object
) -> None:
    before = desk.ledger.head
    told = desk.editor.post(address, json=body, headers={"If-Match": f'"{before}"'})
    assert "Leave it out" in refusal(told, 412, "precondition_failed")["fix"]
    assert desk.ledger.head == before
