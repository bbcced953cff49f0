"""How does the web say no?

One shape for every door, ``application/problem+json`` as in RFC 9457, with the members ``code``, ``fix`` and
``suggestions``: for our own errors, for routes and methods that do not exist, for a request that does not
parse, and for a fault of ours (which tells the log, not the client, what broke). A browser that asks for a
page gets the same words as a page.
"""

from __future__ import annotations

import http
import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Match

from service.deadline import TooSlow
from service.errors import CasualtyError, NotFound, StoreError
from service.web import access_log
from service.web.pages.templating import render, wants_page
from service.web.security_headers import SECURITY_HEADERS

log = logging.getLogger(__name__)

TITLES = {
    "invalid_query": "The question cannot be answered as asked",
    "unknown_name": "A name is not known here",
    "ambiguous_name": "A name stands for several things",
    "not_found": "Nothing stands here",
    "unreadable_document": "The document cannot be read as rows",
    "store": "The ledger cannot be used at the moment",
    "store_held": "Another process holds the ledger",
    "journal_damaged": "The journal does not match its own hashes",
    "no_such_page": "There is no such address",
    "method_not_allowed": "This address does not take that method",
    "not_acceptable": "The answer does not exist in that format",
    "malformed_request": "The request does not parse",
    "malformed_body": "The body does not parse",
    "key_in_address": "A key has no place in an address",
    "key_needed": "This needs a key",
    "key_invalid": "The key is not valid",
    "role_too_low": "The key's role is not enough",
    "under_way": "The same request is under way",
    "key_reused": "The Idempotency-Key belongs to another request",
    "too_large": "There is more than one request may carry",
    "unsupported_type": "A document of that type is not read here",
    "too_many_requests": "Too many requests",
    "too_slow": "The answer takes too long to make",
    "http_error": "The request cannot be served",
    "fault": "The service failed",
}
MEDIA_TYPE = "application/problem+json"


class Refusal(Exception):
    """The web's own no, before the ledger is asked: a status, a code of TITLES, a sentence and a way out."""

    def __init__(
        self, status: int, code: str, detail: str, *, fix: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.fix = fix
        self.headers = headers


def install(app: FastAPI) -> None:
    """Give ``app`` its error handlers."""
    app.exception_handler(CasualtyError)(_casualty)
    app.exception_handler(Refusal)(_refusal)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_validation)
    app.exception_handler(Exception)(_fault)


def problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    fix: str = "",
    suggestions: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that says no: as a page to a browser that asks for one, else as problem+json."""
    content: dict[str, Any] = {
        "type": f"/docs#{code}",
        "title": TITLES[code],
        "status": status,
        "detail": detail,
        "code": code,
        "fix": fix,
        "suggestions": list(suggestions),
    }
    sent = {**SECURITY_HEADERS, "Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    if wants_page(request):
        return Response(render("problem.html", problem=content), status, sent, media_type="text/html")
    return Response(json.dumps(content, ensure_ascii=False), status, sent, media_type=MEDIA_TYPE)


def status_of(error: CasualtyError) -> int:
    if isinstance(error, NotFound):
        return 404
    return 503 if isinstance(error, StoreError | TooSlow) else 422


def _casualty(request: Request, error: CasualtyError) -> Response:
    status = status_of(error)
    headers = {"Retry-After": "5"} if status == 503 else {}
    return problem(
        request,
        status,
        error.code if error.code in TITLES else "fault",
        error.message,
        fix=error.fix,
        suggestions=error.suggestions,
        headers=headers,
    )


def _refusal(request: Request, refusal: Refusal) -> Response:
    return problem(
        request, refusal.status, refusal.code, refusal.detail, fix=refusal.fix, headers=refusal.headers
    )


def _http(request: Request, error: HTTPException) -> Response:
    path = request.url.path[:200]
    if error.status_code == 404:
        return problem(
            request, 404, "no_such_page", f"{path} is not an address of this service.", fix="See /docs."
        )
    if error.status_code == 405:
        allowed = _allowed(request)
        return problem(
            request,
            405,
            "method_not_allowed",
            f"{request.method} is not possible on {path}.",
            fix=f"Use {allowed}.",
            headers={"Allow": allowed},
        )
    if error.status_code == 406:
        return problem(
            request, 406, "not_acceptable", error.detail, fix="Ask for application/json or text/csv."
        )
    phrase = http.HTTPStatus(error.status_code).phrase
    return problem(request, error.status_code, "http_error", error.detail or phrase, headers=error.headers)


def _allowed(request: Request) -> str:
    """The methods that an address takes, whichever of the routes that stand there takes them."""
    app: FastAPI = request.app
    methods: set[str] = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= set(route.methods or ())
    return ", ".join(sorted(methods))


def _validation(request: Request, error: RequestValidationError) -> Response:
    lines = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]
    return problem(
        request, 422, "malformed_request", "; ".join(lines), fix="See /openapi.json for what is expected."
    )


def _fault(request: Request, error: Exception) -> Response:
    log.error("Fault while answering %s %s", request.method, request.url.path, exc_info=error)
    return problem(
        request,
        500,
        "fault",
        "The service failed while answering; the ledger itself was not changed by reading it.",
        fix="Try again; if it happens again, send the X-Request-Id to whoever runs the service.",
        headers={access_log.HEADER: access_log.request_id.get()},
    )
