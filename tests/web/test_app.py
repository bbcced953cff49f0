"""The application around the ledger: opening, closing, and what it says when it is itself at fault."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from service.api import Ledger
from service.ledger import holder
from service.ledger.api_keys import Keyring, Role
from service.settings import Settings
from service.web.app import create_app
from tests.serving import serving
from tests.web.test_errors import refusal


def test_without_a_ledger_it_opens_the_data_directory_and_frees_it_at_the_end(data_dir: Path) -> None:
    app = create_app(settings=Settings(data_dir=data_dir, port=8765))

    async def run_once() -> str:
        async with app.router.lifespan_context(app):
            holding = holder(data_dir)
            assert holding is not None
            assert holding.address == "http://127.0.0.1:8765"
            return str(app.state.ledger.head)

    head = asyncio.run(run_once())
    with Ledger.open(data_dir) as again:
        assert str(again.head) == head


def test_a_ledger_that_was_given_stays_open(own_ledger: Ledger) -> None:
    with serving(own_ledger) as address:
        assert httpx.get(f"{address}/readyz", timeout=600).status_code == 200
    assert own_ledger.store.ready() == own_ledger.head


def test_a_ledger_that_cannot_be_asked_is_unavailable_and_the_process_lives(own_ledger: Ledger) -> None:
    with serving(own_ledger) as address, httpx.Client(base_url=address, timeout=600) as client:
        client.get("/readyz").raise_for_status()
        own_ledger.close()
        for path in ("/readyz", "/v1/reports?area=SY06", "/v1/series?area=SY06&as_of=2025-03-09"):
            answer = client.get(path)
            refusal(answer, 503, "store")
            assert answer.headers["retry-after"]
        assert client.get("/healthz").status_code == 200


def test_a_server_whose_keys_cannot_be_read_is_not_ready_and_says_what_to_mend(own_ledger: Ledger) -> None:
    keys = own_ledger.store.data_dir / "keys.json"
    Keyring(keys.parent).create(Role.REPORTER, at=own_ledger.clock())
    with serving(own_ledger) as address, httpx.Client(base_url=address, timeout=600) as client:
        client.get("/readyz").raise_for_status()
        whole = keys.read_bytes()
        keys.write_bytes(whole[:-20])
        answer = client.get("/readyz")
        refusal(answer, 503, "store")
        assert "…/keys.json" in answer.text and str(keys.parent) not in answer.text, (
            "the log says where it lies"
        )
        assert client.get("/healthz").status_code == 200
        keys.write_bytes(whole)
        client.get("/readyz").raise_for_status()


def test_a_fault_of_ours_tells_the_client_nothing_of_our_inside(own_ledger: Ledger) -> None:
    app = create_app(own_ledger)
    app.add_api_route("/v1/broken", lambda: 1 // 0)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as client:
            return await client.get("/v1/broken")

    answer = asyncio.run(ask())
    refusal(answer, 500, "fault")
    assert "Zero" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"]
