"""Who finds a weakness learns whom to tell."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from service.errors import QueryError
from service.settings import Settings
from service.web.app import create_app
from service.web.security_txt import PATH


def get(app: FastAPI) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://ledger.example") as client:
            return await client.get(PATH)

    return asyncio.run(ask())


def test_the_contact_that_is_set_stands_where_it_is_looked_for(ledger):
    app = create_app(ledger, settings=Settings(security_contact="mailto:security@example.org"))
    answer = get(app)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@example.org",
        "Expires: 2027-02-20T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: https://ledger.example{PATH}",
    ]


def test_without_a_contact_there_is_none(ledger):
    assert get(create_app(ledger)).status_code == 404


@pytest.mark.parametrize(
    "contact", ["security@example.org", "http://example.org", "mailto:a b", "https://x\n:y"]
)
def test_a_contact_that_nobody_could_use_is_refused(contact):
    with pytest.raises(QueryError, match="CASUALTY_SECURITY_CONTACT"):
        Settings(security_contact=contact)
