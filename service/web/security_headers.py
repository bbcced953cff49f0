"""Which security headers does an answer carry?

Those of a document on whatever a browser may show as one, those of data on what the API answers. Pages of any
host may read the API and only read it: they see no answer to a write, and may send no key. Scripts
and styles are files of this host, none stands inside a page, and nothing is fetched from elsewhere.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

READ_METHODS = frozenset({"GET", "HEAD"})
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
OPENER = "Cross-Origin-Opener-Policy"
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    OPENER: "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
DATA_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""No answer of the API is a document: it loads, draws and runs nothing, and nobody may frame it."""
FRAMES = "/embed"
"""What pages of other hosts may frame; each says so in its own policy."""
OPEN_PATHS = ("/v1", "/openapi.json")
"""Beginnings of the paths that pages of other hosts may read."""
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Casualty-Head, X-Request-Id, X-Total-Count, Retry-After, "
    "Accept-Ranges, Content-Range, Content-Disposition, Last-Modified, RateLimit, RateLimit-Policy, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset",
}
PREFLIGHT_HEADERS = {
    **CORS_HEADERS,
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Accept, If-Modified-Since, If-None-Match, If-Range, Range, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_DOCUMENT_HEADERS = _raw(SECURITY_HEADERS)
_FRAMED_HEADERS = _raw(
    {name: value for name, value in SECURITY_HEADERS.items() if name not in ("X-Frame-Options", OPENER)}
)
_DATA_HEADERS = _raw({**DATA_HEADERS, **CORS_HEADERS})


def headers_for(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the headers that the answer to this request gets unless it sets them itself."""
    is_open = scope["path"].startswith(OPEN_PATHS) and scope["method"] in READ_METHODS
    if scope["path"].startswith(f"{FRAMES}/"):
        return _FRAMED_HEADERS
    return _DATA_HEADERS if is_open else _DOCUMENT_HEADERS


def preflight(scope: Scope) -> Response | None:
    """Return the answer to a CORS preflight, or None for any other request."""
    if scope["method"] != "OPTIONS" or not scope["path"].startswith(OPEN_PATHS):
        return None
    headers = Headers(scope=scope)
    if "origin" in headers and "access-control-request-method" in headers:
        return Response(status_code=204, headers=PREFLIGHT_HEADERS)
    return None
