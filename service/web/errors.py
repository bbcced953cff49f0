"""How does the web say no?

One table gives every code, of ``service.errors`` and of the web itself, its status and its title. A refusal
has one shape, ``application/problem+json`` as in RFC 9457 with the members ``code``, ``fix`` and
``suggestions``; a browser that asks for a page gets the same words as a page. What only an operator can mend
is told to the log as well; a fault of ours tells the log what broke, and the client only that something did.
"""

from __future__ import annotations

import asyncio
import http
import json
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from service.effort import TooBusy
from service.errors import CasualtyError
from service.sentence import message, sentence
from service.web import access_log
from service.web.pages.page import Reader, prefix_of
from service.web.pages.templating import render, wants_page
from service.web.routes import routes_at
from service.web.security_headers import SECURITY_HEADERS

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER: dict[str | int, str] = {"too_busy": "2", 503: "5", 429: "30"}
"""Seconds after which a client may ask again what could not be answered at the moment, by code or status."""


class Problem(NamedTuple):
    """The status and the title of a refusal."""

    status: int
    title: str


PROBLEMS = {
    "invalid_query": Problem(422, "The question cannot be answered as asked"),
    "unknown_name": Problem(422, "A name is not known here"),
    "ambiguous_name": Problem(422, "A name stands for several things"),
    "not_found": Problem(404, "Nothing stands here"),
    "personal_data": Problem(422, "Personal data have no place here"),
    "unreadable_document": Problem(422, "The document cannot be read as rows"),
    "store": Problem(503, "The ledger cannot be used at the moment"),
    "store_full": Problem(507, "The disk has no room for more"),
    "store_held": Problem(503, "Another process holds the ledger"),
    "missing_extra": Problem(501, "A library is not installed here"),
    "read_only": Problem(403, "The ledger is only published here"),
    "publication_damaged": Problem(503, "A published file is not as it was written"),
    "journal_damaged": Problem(503, "The journal does not match its own hashes"),
    "no_such_page": Problem(404, "There is no such address"),
    "method_not_allowed": Problem(405, "This address does not take that method"),
    "not_acceptable": Problem(406, "The answer does not exist in that format"),
    "malformed_request": Problem(422, "The request does not parse"),
    "malformed_body": Problem(400, "The body does not parse"),
    "key_in_address": Problem(400, "A key has no place in an address"),
    "key_needed": Problem(401, "This needs a key"),
    "key_invalid": Problem(401, "The key is not valid"),
    "role_too_low": Problem(403, "The key's role is not enough"),
    "precondition_failed": Problem(412, "It has changed since it was seen"),
    "under_way": Problem(409, "The same request is under way"),
    "key_reused": Problem(422, "The Idempotency-Key belongs to another request"),
    "range_not_satisfiable": Problem(416, "The answer has no such bytes"),
    "too_large": Problem(413, "There is more than one request may carry"),
    "unsupported_type": Problem(415, "A document of that type is not read here"),
    "too_many_requests": Problem(429, "Too many requests"),
    "too_slow": Problem(503, "The answer takes too long to make"),
    "too_busy": Problem(503, "The service is busy with other answers"),
    "too_much": Problem(422, "The answer is too large to be worked out here"),
    "too_much_for_one": Problem(429, "Too much work for one client"),
    "not_ready": Problem(503, "The service is not ready yet"),
    "http_error": Problem(400, "The request cannot be served"),
    "fault": Problem(500, "The service failed"),
}
"""Every code that an answer may carry. ``http_error`` takes the status of the exception it stands for."""


HELD_BACK = 1.0
"""Seconds for which the answer that the service is busy is held back. Who asks again at once, whatever
Retry-After says, is answered so many times a second else that what is being worked out gets no processor."""

OPERATORS = {"store", "store_full", "store_held", "journal_damaged", "publication_damaged"}
"""What only whoever runs the service can mend: the log says of it what the reader is told."""


class Refusal(Exception):
    """The web's own no, before the ledger is asked: a code of PROBLEMS, a sentence and a way out.

    ``status`` is given where it is not the one of the table.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        fix: str,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.fix = fix
        self.headers = headers
        self.status = status or PROBLEMS[code].status


def install(app: FastAPI) -> None:
    """Give ``app`` a handler for every exception that may leave a route."""
    app.exception_handler(CasualtyError)(_handle_casualty_error)
    app.exception_handler(Refusal)(_handle_refusal)
    app.exception_handler(HTTPException)(_handle_http_exception)
    app.exception_handler(RequestValidationError)(_handle_validation_error)
    app.exception_handler(ClientDisconnect)(_handle_disconnect)
    app.exception_handler(Exception)(_handle_fault)


def problem(
    request: Request,
    code: str,
    detail: str,
    *,
    fix: str,
    suggestions: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
    status: int | None = None,
) -> Response:
    """Return the answer that says no: a page for a browser that asks for one, else problem+json.

    ``status`` is that of the code in PROBLEMS unless it is given.
    """
    status = status or PROBLEMS[code].status
    request.scope[access_log.CODE] = code
    content: dict[str, Any] = {
        "type": f"{prefix_of(request)}/docs#{code}",
        "title": PROBLEMS[code].title,
        "status": status,
        "detail": detail,
        "code": code,
        "fix": fix,
        "suggestions": list(suggestions),
    }
    all_headers = {**SECURITY_HEADERS, "Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    if wants_page(request):
        return Response(
            render("problem.html", Reader.of(request), problem=content),
            status,
            all_headers,
            media_type="text/html",
        )
    return Response(json.dumps(content, ensure_ascii=False), status, all_headers, media_type=MEDIA_TYPE)


async def _handle_casualty_error(request: Request, error: CasualtyError) -> Response:
    if isinstance(error, TooBusy) and not request.app.state.answers.workshop.is_closed:
        await asyncio.sleep(HELD_BACK)
    wait = RETRY_AFTER.get(error.code) or RETRY_AFTER.get(PROBLEMS[error.code].status)
    headers = {"Retry-After": wait} if wait else None
    if error.code in OPERATORS:
        log.warning("%s: %s %s", error.code, error.message, error.fix)
    detail, fix = _without_place(request, error.message), _without_place(request, error.fix)
    return problem(request, error.code, detail, fix=fix, suggestions=error.suggestions, headers=headers)


def _without_place(request: Request, text: str) -> str:
    """Return a text without where on the server's disk the ledger lies, which is nobody's business; the log
    says it."""
    place = str(request.app.state.ledger.store.data_dir.absolute())
    return text.replace(place, "…") if place in text else text


def _handle_refusal(request: Request, refusal: Refusal) -> Response:
    return problem(
        request,
        refusal.code,
        refusal.detail,
        fix=refusal.fix,
        headers=refusal.headers,
        status=refusal.status,
    )


def _handle_http_exception(request: Request, error: HTTPException) -> Response:
    """Answer what the framework itself refuses: no such route, method or format."""
    path = request.url.path[:200]
    match error.status_code:
        case 404:
            return problem(
                request,
                "no_such_page",
                sentence("%(path)s is not an address of this service.", path=path),
                fix="See /docs.",
            )
        case 405:
            methods = _allowed_methods(request)
            if request.method == "OPTIONS":
                return Response(status_code=204, headers={"Allow": methods})
            return problem(
                request,
                "method_not_allowed",
                sentence("%(method)s is not possible on %(path)s.", method=request.method, path=path),
                fix=sentence("Use %(methods)s.", methods=methods),
                headers={"Allow": methods},
            )
        case 406:
            return problem(
                request, "not_acceptable", error.detail, fix="Ask for application/json or text/csv."
            )
        case 416:
            fix = message("Ask without Range, or for bytes that there are.")
            return problem(request, "range_not_satisfiable", error.detail, fix=fix, headers=error.headers)
        case status:
            detail = error.detail or http.HTTPStatus(status).phrase
            fix = message(
                "Send what /openapi.json describes; a form carries one file, and its Content-Type a boundary."
            )
            return problem(request, "http_error", detail, fix=fix, headers=error.headers, status=status)


def _allowed_methods(request: Request) -> str:
    """Return the methods that the address takes, of all routes that stand there, joined by commas.

    What is answered to GET is answered to HEAD, and everything to OPTIONS.
    """
    methods = {
        method for route in routes_at(request.scope, request.scope["path"]) for method in route.methods or ()
    }
    return ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}))


def _handle_validation_error(request: Request, error: RequestValidationError) -> Response:
    lines = [f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}" for detail in error.errors()]
    return problem(
        request, "malformed_request", "; ".join(lines), fix="See /openapi.json for what is expected."
    )


def _handle_disconnect(_: Request, __: ClientDisconnect) -> Response:
    """Nobody is there any more to read an answer."""
    return Response(status_code=400)


def _handle_fault(request: Request, error: Exception) -> Response:
    route = getattr(request.scope.get("route"), "path", access_log.NO_ROUTE)
    log.error("Fault while answering %s %s", request.method, route, exc_info=error)
    return problem(
        request,
        "fault",
        "The service failed while answering; the ledger itself was not changed by reading it.",
        fix="Try again; if it happens again, send the X-Request-Id to whoever runs the service.",
        headers={access_log.HEADER: access_log.request_id.get()},
    )
