"""What does every answer promise a browser?

Security headers on every answer: those of documents on what a browser may show as one, those of data on what
the API answers. Pages of any host may read the API (and only read: what it answers to a write no other page
gets to see, and none may send a key). Plotly draws with inline styles, hence ``style-src 'unsafe-inline'``;
scripts are files of this host only, and nothing at all is fetched from elsewhere.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

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
DATA_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing that the API answers is a document: it loads, draws and runs nothing, and nobody may frame it."""
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
_READABLE = _raw({**DATA_HEADERS, **READABLE})


def promised(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The headers that the answer to this request gets, where it has no such header already."""
    is_open = scope["path"].startswith(OPEN_TO_ALL) and scope["method"] in READING
    return _READABLE if is_open else _GUARDED


def preflight(scope: Scope) -> Response | None:
    """The answer to a browser that asks what a page of another host may do; None for any other request."""
    if scope["method"] != "OPTIONS" or not scope["path"].startswith(OPEN_TO_ALL):
        return None
    headers = Headers(scope=scope)
    if "origin" in headers and "access-control-request-method" in headers:
        return Response(status_code=204, headers=PREFLIGHT)
    return None
