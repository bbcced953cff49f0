"""Answers that have to be worked out: so many at a time, none that takes too much, and nobody else waits."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fastapi.testclient import TestClient

from service import effort
from service.answers import reconciled
from service.api import Ledger
from service.effort import Allowed, Workshop
from service.errors import StoreError
from service.ledger.view import View
from service.settings import Settings
from service.web import app, errors
from service.web.app import create_app
from service.web.health import ALL_FIGURES, FRONT_PAGE
from service.web.pages import front
from service.worker import WorkerPool
from service.worker.pool import WORTH_SENDING
from tests.serving import PATIENCE, patient, serving
from tests.web.test_errors import refusal

KEPT = "/v1/series?area=SY06&measure=killed&population=civilians"
MANY = 60
AMPLE = Allowed(places=1, waiting=2, following=4, seconds=60.0, memory=1 << 30, budget=60.0)


def other(number: int) -> str:
    """A question that nobody has asked before."""
    return f"/v1/evidence?area=SY06&as_of=2025-{number // 28 % 9 + 4:02}-{number % 28 + 1:02}"


@pytest.fixture
def shop(monkeypatch) -> Workshop:
    """The workshop of every server that starts; all work in it needs a place."""
    shop = Workshop(AMPLE)
    monkeypatch.setattr(app, "answer_workshop", lambda _: shop)
    monkeypatch.setattr(effort, "SMALL", 0.0)
    monkeypatch.setattr(errors, "HELD_BACK", 0.05)
    return shop


@pytest.fixture
def client(own_ledger: Ledger, shop: Workshop) -> Iterator[httpx.Client]:
    with serving(own_ledger) as address, httpx.Client(base_url=address, timeout=600) as opened:
        yield opened


def test_where_all_places_are_taken_many_are_refused_at_once_and_what_is_ready_is_answered(client, shop):
    assert client.get(KEPT).status_code == 200
    shop.take_place("")
    with ThreadPoolExecutor(MANY) as pool:
        refused = list(pool.map(lambda number: httpx.get(f"{client.base_url}{other(number)}", timeout=600),
                                range(MANY)))  # fmt: skip
        for answer in refused:
            refusal(answer, 503, "too_busy")
            assert answer.headers["retry-after"] == "2"
        asked = [
            pool.submit(httpx.get, f"{client.base_url}{other(number)}", timeout=600) for number in range(9)
        ]
        for path in (KEPT, "/healthz", "/readyz", "/v1/measures"):
            assert client.get(path).status_code == 200
        assert {each.result().status_code for each in asked} == {503}
    shop.leave_place("", 0.0)
    assert client.get(other(1)).status_code == 200


def test_a_reader_who_asks_again_at_once_is_refused_so_many_times_a_second_and_no_more(
    client, shop, monkeypatch
):
    """Refusals without end would take the processor from what is being worked out."""
    monkeypatch.setattr(errors, "HELD_BACK", 0.3)
    shop.allowed = dataclasses.replace(AMPLE, waiting=0)
    shop.take_place("")
    until, refusals = time.monotonic() + 0.9, 0
    while time.monotonic() < until:
        refusal(client.get(other(refusals)), 503, "too_busy")
        refusals += 1
    assert 1 <= refusals <= 3
    shop.close()  # a server that ends keeps nobody waiting
    began = time.monotonic()
    refusal(client.get(other(refusals)), 503, "too_busy")
    assert time.monotonic() - began < 0.3


@pytest.mark.parametrize(
    "question",
    [other(40), "/v1/changes?since=2025-03-12&area=SY06", f"/v1/vintages?{KEPT.partition('?')[2]}",
     "/v1/findings?crisis=syria-coast-2025-03"],
)  # fmt: skip
def test_where_all_places_are_taken_no_reports_are_read_for_those_who_are_refused(
    own_ledger, monkeypatch, question
):
    """Not even where nobody knows yet what the answer takes: a server that has just begun."""
    shop = Workshop(AMPLE)
    monkeypatch.setattr(app, "answer_workshop", lambda _: shop)
    monkeypatch.setattr(effort, "MANY", 100)
    read = []
    reports = View.reports
    monkeypatch.setattr(View, "reports", lambda *given, **named: read.append(1) or reports(*given, **named))
    with serving(own_ledger, prepares=False) as address:
        shop.take_place("")
        refusal(httpx.get(f"{address}{question}", timeout=600), 503, "too_busy")
        assert not read
        shop.leave_place("", 0.0)
        assert httpx.get(f"{address}{question}", timeout=600).status_code == 200
        assert read


def test_what_takes_more_than_is_allowed_is_refused_with_a_way_to_ask_for_less(client, shop):
    shop.allowed = dataclasses.replace(AMPLE, seconds=1e-9)
    answer = client.get(other(2))
    refusal(answer, 422, "too_much")
    assert "CASUALTY_ANSWER_TIME" in answer.json()["fix"]
    assert client.get(KEPT).status_code == 200


def test_a_client_that_has_had_its_share_waits_and_no_other(own_ledger, shop):
    with (
        serving(own_ledger, settings=Settings(limit_loopback=True)) as address,
        httpx.Client(base_url=address, timeout=600) as client,
    ):
        shop.leave_place("203.0.113.1", 100.0)
        asked = {
            name: client.get(other(3), headers={"X-Forwarded-For": f"203.0.113.{name}"}) for name in "12"
        }
    refusal(asked["1"], 429, "too_much_for_one")
    assert asked["1"].headers["retry-after"]
    assert asked["2"].status_code == 200


def test_vintages_of_a_crisis_that_takes_long_are_refused_before_they_cost_anything(
    client, shop, monkeypatch
):
    monkeypatch.setattr(reconciled.ReconciledCrises, "seconds", lambda *_: 20.0)
    began = []
    # the figures of now may be prepared meanwhile, in a workshop of their own
    monkeypatch.setattr(effort.Work, "begin", lambda work, *_: began.append(work.workshop))
    refusal(client.get(f"/v1/vintages?{KEPT.partition('?')[2]}&as_of=2026-01-01"), 422, "too_much")
    assert shop not in began


def test_a_crisis_that_takes_too_much_keeps_no_other_from_being_prepared(own_ledger, caplog):
    small = Workshop(Allowed(1, 1, 1, seconds=float("inf"), memory=1, budget=float("inf")))
    with small.work():
        own_ledger.prepare()
    assert "not worked out" in caplog.text
    assert own_ledger.answers.series(own_ledger.query(area="SY06", measure="killed", population="all")).table


def test_a_preparation_that_fails_is_tried_again_until_it_does_not(own_ledger, monkeypatch, caplog):
    monkeypatch.setattr("service.web.app.REST_AFTER_FAILURE", 0.0)
    failures = [StoreError("No index.", fix="Wait."), MemoryError("no room"), effort.did_not_survive()]
    prepare = own_ledger.answers.prepare

    def fail_and_prepare(*question):
        if failures:
            raise failures.pop()
        prepare(*question)

    monkeypatch.setattr(own_ledger.answers, "prepare", fail_and_prepare)
    with TestClient(create_app(own_ledger, settings=patient())) as client:
        while client.get("/readyz").json().get("preparing") != []:
            pass
    assert not failures
    assert "did not survive" in caplog.text
    assert "no room" in caplog.text


def test_a_server_is_ready_with_its_first_figures_and_names_what_it_still_prepares(own_ledger, monkeypatch):
    said, drawing, warm_up = [], threading.Event(), front.warm_up

    def wait_and_warm_up(ledger):
        assert drawing.wait(PATIENCE)
        warm_up(ledger)

    monkeypatch.setattr(front, "warm_up", wait_and_warm_up)
    with TestClient(create_app(own_ledger, settings=patient())) as client:
        while not said or said[-1]:
            answer = client.get("/readyz")
            if answer.status_code == 200:
                said.append(answer.json()["preparing"])
                drawing.set()
            else:
                refusal(answer, 503, "not_ready")
                assert "first figures" in answer.json()["detail"]
    assert said[0] == [FRONT_PAGE, ALL_FIGURES]


def test_the_server_says_what_is_not_ready_yet(own_ledger, monkeypatch):
    with serving(own_ledger, prepares=False) as address:
        monkeypatch.setattr("service.web.health.LEAST_SPACE", 1 << 62)
        answer = httpx.get(f"{address}/readyz", timeout=600)
        refusal(answer, 503, "store")
        assert "disk" in answer.json()["detail"]
        assert httpx.get(f"{address}/healthz", timeout=600).status_code == 200


def test_answers_that_were_worked_out_in_another_process_are_the_same(
    own_ledger: Ledger, monkeypatch
) -> None:
    questions = [
        other(1),
        f"{other(2)}&method=median",
        "/v1/bounds?area=SY06&measure=killed&population=children",
    ]
    with serving(own_ledger) as address:
        here = [httpx.get(f"{address}{each}", timeout=600).content for each in questions]
    sent = []
    run = WorkerPool.run

    def count(self, rows, *task, **named):
        sent.append(rows)
        return run(self, max(rows, WORTH_SENDING), *task, **named)

    monkeypatch.setattr(WorkerPool, "run", count)
    afresh = Ledger(own_ledger.store, clock=own_ledger.clock)
    with serving(afresh) as address:
        elsewhere = [httpx.get(f"{address}{each}", timeout=600).content for each in questions]
    assert elsewhere == here
    assert max(sent) > 100
    assert afresh.answers.series(afresh.query()).table.num_rows, "it goes on here once the server has ended"
