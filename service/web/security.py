"""What does every answer promise a browser?

Pure ASGI, so that it costs next to nothing: sets the security headers on every answer, lets HEAD stand
wherever GET does, and lets pages of any host read the API (and only read: what it answers to a write no other
page gets to see, and none may send a key). Plotly draws with inline styles, hence ``style-src
'unsafe-inline'``; scripts are files of this host only, and nothing at all is fetched from elsewhere.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.sending import IS_HEAD

READING = ("GET", "HEAD")
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
OPEN_TO_ALL = ("/v1", "/openapi.json")
"""Beginnings of the addresses that pages of other hosts may read."""
READABLE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Casualty-Head, X-Request-Id, X-Total-Count, Retry-After, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset",
}
PREFLIGHT = {
    **READABLE,
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Accept, If-None-Match, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_GUARDED = _raw(SECURITY_HEADERS)
_GUARDED_AND_READABLE = _raw({**SECURITY_HEADERS, **READABLE})


class Guard:
    """The outermost layer around the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        is_open = scope["path"].startswith(OPEN_TO_ALL)
        if is_open and scope["method"] == "OPTIONS" and _asks_first(scope):
            await Response(status_code=204, headers={**SECURITY_HEADERS, **PREFLIGHT})(scope, receive, send)
            return
        added = _GUARDED_AND_READABLE if is_open and scope["method"] in READING else _GUARDED

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                missing = [pair for pair in added if pair[0] not in given]
                message["headers"] = [*message["headers"], *missing]
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        asked = {**scope, "method": "GET", IS_HEAD: True} if is_head else scope
        await self.app(asked, receive, guarded)


def _asks_first(scope: Scope) -> bool:
    """Whether a browser asks what a page of another host may do."""
    headers = Headers(scope=scope)
    return "origin" in headers and "access-control-request-method" in headers
