"""The same request again: the same bytes for a day, and nothing done twice."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from service.ledger import Store, kept_answers
from service.web.errors import Refusal
from service.web.idempotency import WriteAnswer, WriteAnswers
from tests.builders import batch, moment, report
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
    answers, begun, may_end = WriteAnswers(tmp_path, never), threading.Event(), threading.Event()

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
        return WriteAnswers(tmp_path, never).answer_once("k", "name", "request", moment(at), make).body

    assert [ask("2025-03-12T09:00"), ask("2025-03-13T08:59"), ask("2025-03-13T09:00")] == [b"0", b"0", b"1"]
    assert (tmp_path / "answered.sqlite").stat().st_mode & 0o777 == 0o600


def never() -> int:
    """Nothing was ever redacted."""
    return 0


def kept_texts(place: Path) -> bytes:
    return b"".join(path.read_bytes() for path in place.glob("answered.sqlite*"))


@pytest.mark.parametrize("moment_of_redaction", ["as it is made", "as it is kept", "after it was kept"])
def test_an_answer_from_before_a_redaction_is_neither_given_again_nor_left_on_disk(
    tmp_path, monkeypatch, moment_of_redaction
):
    redactions = [0]

    def redact() -> None:
        redactions[0] += 1
        kept_answers.drop_older(tmp_path, redactions[0])

    def make() -> WriteAnswer:
        if moment_of_redaction == "as it is made":
            redact()
        return WriteAnswer(201, b"told by Zacharia")

    answers = WriteAnswers(tmp_path, lambda: redactions[0])
    if moment_of_redaction == "as it is kept":
        open_ = answers._open

        def redact_and_open() -> AbstractContextManager[sqlite3.Connection]:
            redact()  # between the look at the number and the writing
            return open_()

        monkeypatch.setattr(answers, "_open", redact_and_open)
    assert answers.answer_once("k", "name", "request", MOMENT, make).body == b"told by Zacharia"
    monkeypatch.undo()
    if moment_of_redaction == "after it was kept":
        assert b"Zacharia" in kept_texts(tmp_path)
        redact()
    assert b"Zacharia" not in kept_texts(tmp_path)
    again = answers.answer_once("k", "name", "request", MOMENT, lambda: WriteAnswer(200, b"[redacted]"))
    assert again == WriteAnswer(200, b"[redacted]")


def test_a_process_that_ended_in_the_midst_of_a_redaction_leaves_no_answer_from_before_it(tmp_path):
    with Store.open(tmp_path) as store:
        store.submit(batch(report(count=7, note="told by Zacharia")), recorded_at=MOMENT)
        answers = WriteAnswers(tmp_path, lambda: store.state.redaction)
        answers.answer_once("k", "name", "request", MOMENT, lambda: WriteAnswer(201, b"told by Zacharia"))
        left = (tmp_path / "answered.sqlite").read_bytes()
        (report_id,) = store.reports()["report_id"].to_pylist()
        store.redact(report_id, ["note"], reason="it named somebody", recorded_at=MOMENT)
    (tmp_path / "answered.sqlite").write_bytes(left)
    Store.open(tmp_path).close()
    assert b"Zacharia" not in kept_texts(tmp_path)


def test_answers_kept_by_an_earlier_version_are_given_again(tmp_path):
    answers = WriteAnswers(tmp_path, never)
    first = answers.answer_once("k", "name", "request", MOMENT, lambda: WriteAnswer(201, b"done"))
    with sqlite3.connect(tmp_path / "answered.sqlite") as file:
        file.execute("ALTER TABLE answer DROP COLUMN redaction")
    file.close()
    again = WriteAnswers(tmp_path, never).answer_once(
        "k", "name", "request", MOMENT, lambda: WriteAnswer(500, b"twice")
    )
    assert again == WriteAnswer(first.status, first.body, is_repeated=True)
