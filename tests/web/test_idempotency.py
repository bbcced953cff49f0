"""The same request again: the same bytes for a day, and nothing done twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from service.web.errors import Refusal
from service.web.idempotency import WriteAnswer, WriteAnswers
from tests.builders import moment
from tests.conftest import MOMENT
from tests.web.desk import JSON, NOWHERE, ROW
from tests.web.test_errors import refusal


def test_the_same_request_with_its_key_gets_the_same_bytes(desk):
    key = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
    first = desk.reporter.post("/v1/reports", json=[ROW, NOWHERE], headers=key)
    desk.reporter.post("/v1/reports", json=[{**ROW, "count": "5"}])
    again = desk.reporter.post("/v1/reports", json=[ROW, NOWHERE], headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = desk.reporter.post("/v1/reports", json=[ROW], headers=key)
    refusal(other, 422, "key_reused")
    dry = desk.reporter.post("/v1/reports?dry_run=true", json=[ROW, NOWHERE], headers=key)
    refusal(dry, 422, "key_reused")
    # another's key of the same name is another
    assert desk.editor.post("/v1/reports", json=[ROW], headers=key).status_code == 200


def test_what_was_refused_may_be_put_right_under_the_same_key(desk):
    key = {"Idempotency-Key": "desk-1"}
    refusal(desk.reporter.post("/v1/reports", content=b"[", headers={**JSON, **key}), 400, "malformed_body")
    assert desk.reporter.post("/v1/reports", json=[ROW], headers=key).status_code == 201


def test_an_idempotency_key_is_a_short_text(shared):
    for name in ("", "x" * 256, "tab\there"):
        answer = shared.reporter.post("/v1/reports", json=[ROW], headers={"Idempotency-Key": name})
        refusal(answer, 400, "malformed_request")


def test_many_at_once_under_one_key_write_once(desk):
    head = desk.ledger.head.seq

    def send(_: int) -> httpx.Response:
        return desk.reporter.post("/v1/reports", json=[ROW], headers={"Idempotency-Key": "storm"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    done = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in done}) == 1
    assert desk.ledger.head.seq == head + 1
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 409)


def test_while_the_first_is_under_way_the_second_is_told_so(tmp_path):
    answers, begun, may_end = WriteAnswers(tmp_path), threading.Event(), threading.Event()

    def slowly() -> WriteAnswer:
        begun.set()
        assert may_end.wait(10)
        return WriteAnswer(201, b"done")

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(answers.answer_once, "k", "name", "request", MOMENT, slowly)
        assert begun.wait(10)
        with pytest.raises(Refusal) as told:
            answers.answer_once("k", "name", "request", MOMENT, slowly)
        assert told.value.status == 409
        may_end.set()
        assert first.result() == WriteAnswer(201, b"done")
    assert answers.answer_once("k", "name", "request", MOMENT, slowly) == WriteAnswer(
        201, b"done", is_repeated=True
    )


def test_an_answer_is_remembered_for_a_day_and_by_another_process(tmp_path):
    made = iter(range(10))

    def make() -> WriteAnswer:
        return WriteAnswer(200, str(next(made)).encode())

    def ask(at: str) -> bytes:
        return WriteAnswers(tmp_path).answer_once("k", "name", "request", moment(at), make).body

    assert [ask("2025-03-12T09:00"), ask("2025-03-13T08:59"), ask("2025-03-13T09:00")] == [b"0", b"0", b"1"]
    assert (tmp_path / "answered.sqlite").stat().st_mode & 0o777 == 0o600
