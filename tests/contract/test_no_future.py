"""A day of knowledge that has not come is refused, by one check, at every door."""

from __future__ import annotations

import datetime as dt
import re

import httpx
import pytest

from service.answers import filters
from service.answers.endpoints import ENDPOINTS
from service.api import Ledger
from service.errors import QueryError
from tests.conftest import MOMENT

PAGE = {"Accept": "text/html"}
TOMORROW, LATER = (MOMENT.date() + dt.timedelta(days=days) for days in (1, 2))
SAID = f"as_of={LATER} lies in the future"


@pytest.mark.parametrize("name", [row.name for row in ENDPOINTS.values() if row.takes(filters.AS_OF)])
def test_every_verb_refuses_a_day_that_has_not_come(ledger: Ledger, client: httpx.Client, name: str) -> None:
    more = {"changes": {"since": str(ledger.head)}, "lookup": {"text": "683"}}.get(name, {})
    with pytest.raises(QueryError, match=SAID):
        getattr(ledger, name)(**more, as_of=LATER)
    answer = client.get(f"/v1/{name}", params={**more, "as_of": LATER.isoformat()})
    assert answer.status_code == 422
    assert SAID in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/crisis/syria-coast-2025-03", "/area/SY06", "/v1/charts/trend.svg"])
def test_pages_and_pictures_refuse_it_in_a_sentence(client: httpx.Client, path: str) -> None:
    answer = client.get(path, params={"as_of": LATER.isoformat()}, headers=PAGE)
    assert answer.status_code == 422
    assert SAID in re.sub(r"<[^>]*>", "", answer.text)


def test_a_day_that_has_begun_east_of_here_is_answered(ledger: Ledger) -> None:
    assert ledger.query(as_of=TOMORROW).as_of == TOMORROW
