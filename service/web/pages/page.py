"""How does a request become a page that is kept as ready bytes?

What all pages share: reading the filters of the address, and answering from the response cache. It must not
know what any page shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from service.answers import filters
from service.answers.parameters import key_of, read_filters
from service.api import Ledger
from service.settings import Settings
from service.web.response_cache import Answers

HTML = "text/html; charset=utf-8"


def read_question(request: Request, allowed: tuple[filters.Filter, ...]) -> tuple[Ledger, dict[str, Any]]:
    """Return the ledger and the filters of the address.

    Raises UnknownName for a filter that is not ``allowed``, QueryError for a value that none can have.
    """
    return request.app.state.ledger, read_filters(request.query_params.multi_items(), allowed)


def page_response(request: Request, question: dict[str, Any], write: Callable[[], str]) -> Response:
    """Return the page that ``write`` makes for ``question``, kept until what it rests on changes."""
    answers: Answers = request.app.state.answers
    key = (request.url.path, key_of(question), base_address(request))
    return answers.respond(request, key, HTML, lambda: write().encode())


def base_address(request: Request) -> str:
    """Return the address by which readers reach this service, for links that are copied elsewhere: as it is
    set, else as the request names it."""
    settings: Settings = request.app.state.settings
    return settings.public_url or str(request.base_url).rstrip("/")
