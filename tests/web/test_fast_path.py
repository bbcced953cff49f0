"""What lies in memory is answered without a worker thread, in the very bytes of any other answer."""

from __future__ import annotations

import asyncio
import threading

import httpx
import pytest

from service import deadline
from service.answers.cache import AnswerCache
from service.answers.published import Published
from service.answers.query import Query
from service.api import Ledger
from service.schema.records import Head
from service.settings import Settings
from service.web import fast_path
from service.web.app import create_app
from tests.builders import batch, day, moment, report
from tests.web.test_streaming import ask, get

CELL = "area=SY06&measure=killed&population=civilians"
HANDS = ("/v1/series?", "/v1/series.json?", "/v1/series.csv?", "/v1/series.ndjson?", "/v1/figures?")


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The thread that each question about figures was answered in."""
    seen: list[str] = []
    published = AnswerCache.rows

    def noted(self: AnswerCache, query: Query) -> tuple[Published, Head]:
        found = published(self, query)
        seen.append(threading.current_thread().name)
        return found

    monkeypatch.setattr(AnswerCache, "rows", noted)
    return seen


def questions(*days: str) -> list[httpx.Request]:
    return [get(f"{hand}{CELL}&to={each}", x_request_id="the-same") for hand in HANDS for each in days]


def test_the_second_question_about_a_crisis_is_answered_at_once(
    own_ledger: Ledger, threads: list[str]
) -> None:
    app = create_app(own_ledger, settings=Settings())
    ask(app, get(f"/v1/series?{CELL}"))
    assert threads != ["MainThread"], "what has to be reckoned is reckoned elsewhere"
    threads.clear()
    answers = ask(app, *questions("2025-03-10", "2025-03-12"))
    assert {answer.status_code for answer in answers} == {200}
    assert set(threads) == {"MainThread"}
    assert len(threads) == len(answers) - 2, "with the suffix of JSON it is the same answer"


def test_an_answer_given_at_once_is_that_of_a_worker_byte_by_byte(
    own_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = questions("2025-03-07", "2025-03-12", "1999-01-01")
    quick = create_app(own_ledger, settings=Settings())
    ask(quick, get(f"/v1/series?{CELL}"))
    at_hand = ask(quick, *asked)
    monkeypatch.setattr(fast_path, "ADDRESSES", {})
    slow = ask(create_app(own_ledger, settings=Settings()), *asked)
    for one, other in zip(at_hand, slow, strict=True):
        assert (one.status_code, one.content) == (other.status_code, other.content)
        assert sorted(one.headers.raw) == sorted(other.headers.raw)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/v1/series?{CELL}&nonsense=1", 422),
        ("/v1/series?area=Nowhere", 422),
        (f"/v1/series?{CELL}&to=2025-13-01", 422),
        (f"/v1/series.nothing?{CELL}", 404),
        (f"/v1/series?{CELL}&hxl=1", 406),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_as_ever(
    own_ledger: Ledger, address: str, status: int
) -> None:
    app = create_app(own_ledger, settings=Settings())
    ask(app, get(f"/v1/series?{CELL}"))
    [answer] = ask(app, get(address))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_fault_of_ours_is_told_as_one_wherever_it_happens(
    own_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: AnswerCache, query: Query) -> tuple[Published, Head]:
        raise ZeroDivisionError

    monkeypatch.setattr(AnswerCache, "rows", broken)
    app = create_app(own_ledger, settings=Settings())

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as client:
            return await client.get(f"/v1/series?{CELL}")

    answer = asyncio.run(asked())
    assert (answer.status_code, answer.json()["code"]) == (500, "fault")


def test_a_report_that_comes_in_shows_in_the_next_answer(own_ledger: Ledger) -> None:
    app = create_app(own_ledger, settings=Settings())
    address = "/v1/series?area=SY06&measure=detained&population=civilians"
    [before, _] = ask(app, get(address), get(f"{address}&to=2025-03-30"))
    later = report(measure="detained", published_on=day("2025-03-14"), count=40)
    own_ledger.store.submit(batch(later), recorded_at=moment("2026-11-22T12:00"))
    [after, until] = ask(app, get(address), get(f"{address}&to=2025-03-31"))
    assert before.json()["data"] == []
    assert [row["best"] for row in after.json()["data"]] == [40]
    assert until.json()["data"] == after.json()["data"]


def test_who_must_not_wait_is_told_so_by_whatever_would_read_or_reckon(own_ledger: Ledger) -> None:
    with deadline.at_once(), pytest.raises(deadline.NotAtOnce):
        own_ledger.store.reports()
    with deadline.at_once(), pytest.raises(deadline.NotAtOnce):
        own_ledger.series(crisis="syria-coast-2025-03")
    query = own_ledger.query(crisis="syria-coast-2025-03", area="SY06")
    expected, _ = own_ledger.answers.rows(query)
    with deadline.at_once():
        found, _ = own_ledger.answers.rows(query)
    assert found.table.equals(expected.table)
