"""In which language does a reader see a page, and at which address?

Pages in another language stand under its prefix, ``/ar/…``: the layer around the application takes the prefix
off and notes the language, so that the routes know nothing of it. What there is in English alone is not found
under a prefix: its address leads to the English one. The front sends a newcomer whose browser asks
for another language on to it. It must not know what any page shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from starlette.datastructures import URL
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from service.language import ENGLISH, LANGUAGES
from service.web.routes import routes_at
from service.web.security_headers import READ_METHODS

FRONT = "/"
VARY_OF_FRONT = "Accept-Language, Referer"
"""The headers by which the front decides whether it sends a reader on."""
TRANSLATED = re.compile(
    r"/(?:(?:crisis|area|source|report)/[^/]+|report/[^/]+/mend|guide/.+|guide|conflict|findings|changes|why"
    r"|conflict/[^/]+/[^/]+/[^/]+/[^/]+|about|submit|held|register)?"
)
"""The paths of the pages that there are in every language."""
PREFIXES = tuple(f"/{code}" for code in LANGUAGES if code != ENGLISH)
LOCAL = re.compile(r'(?<!hreflang="..") (href|action)="(/(?!/)[^"#?]*)')
"""An address of this service in a page, up to its filters, unless its language stands before it."""
OWN = re.compile(r' (?:href|action|src)="(?=/(?!/))')
"""What stands before any address of this service in a page."""
LONGEST_LIST = 400
"""How much of an Accept-Language is read."""


class Wish(NamedTuple):
    """One entry of an Accept-Language."""

    weight: float
    code: str


def enter(scope: Scope) -> None:
    """Note in ``scope`` the language that the path names, and take its prefix off the path."""
    if not scope["path"].startswith(PREFIXES):  # nearly all requests
        return
    language, path = split_path(scope["path"])
    if language == ENGLISH:
        return
    scope["language"] = language
    if is_translated(path):
        scope["path"], scope["raw_path"] = path, quote(path).encode()


def enter_prefix(scope: Scope, prefix: str) -> None:
    """Take the path off under which readers reach the service, where a proxy has left it on."""
    path: str = scope["path"]
    if prefix and path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/"):
        scope["path"] = path[len(prefix) :] or FRONT
        scope["raw_path"] = quote(scope["path"]).encode()


def split_path(path: str) -> tuple[str, str]:
    """Return the language of a path and the path without its prefix.

    >>> split_path("/ar/area/SY06"), split_path("/ar"), split_path("/area/SY06")
    (('ar', '/area/SY06'), ('ar', '/'), ('en', '/area/SY06'))
    """
    first, _, rest = path.removeprefix("/").partition("/")
    if first in LANGUAGES and first != ENGLISH:
        return first, f"/{rest}"
    return ENGLISH, path


def is_translated(path: str) -> bool:
    """Return whether the page of a path (without a prefix) is there in every language."""
    return TRANSLATED.fullmatch(path) is not None


def language_of(scope: Scope) -> str:
    """Return the code of the language in which an answer to the request is to be given."""
    language: str = scope.get("language", ENGLISH)
    return language


def redirection(scope: Scope, sent: Mapping[bytes, bytes]) -> Response | None:
    """Return the answer that sends a reader on: from the front to the language that the browser asks for, or
    from a prefix to a page that is in English alone; None for all others."""
    path = scope["path"]
    if scope["method"] not in READ_METHODS:
        return None
    if "language" not in scope:
        if path != FRONT or scope["query_string"]:
            return None
        wished = preferred(sent.get(b"accept-language", b"").decode("latin-1"))
        if wished == ENGLISH or _comes_from_here(sent):
            return None
        return _redirect(f"/{wished}/")
    language, rest = split_path(path)
    if language == ENGLISH or not any(routes_at(scope, rest)):  # told as not there, in its language
        return None
    query = scope["query_string"].decode("latin-1")
    own = "/" + rest.lstrip("/\\")  # never to another host
    return _redirect(f"{own}{'?' if query else ''}{query}")


def preferred(accept_language: str) -> str:
    """Return the code of the language that an Accept-Language header prefers among those there are.

    >>> preferred("ar-SY,ar;q=0.9,en;q=0.8"), preferred("fr, en;q=0.5, ar;q=0.2"), preferred("")
    ('ar', 'en', 'en')
    """
    wishes = [_wish(entry) for entry in accept_language[:LONGEST_LIST].split(",")]
    known = [wish for wish in wishes if wish.code in LANGUAGES and wish.weight > 0]
    return max(known, key=lambda wish: wish.weight, default=Wish(1, ENGLISH)).code


def _wish(entry: str) -> Wish:
    name, _, parameter = entry.partition(";")
    code = name.strip().lower().split("-")[0]
    weight = re.fullmatch(r"\s*q\s*=\s*(\d(?:\.\d*)?)\s*", parameter)
    return Wish(float(weight[1]) if weight else 1.0, code)


def _comes_from_here(sent: Mapping[bytes, bytes]) -> bool:
    """Whether a page of this service led here: a reader who chose English there is not sent away again."""
    referer, host = sent.get(b"referer", b"").decode("latin-1"), sent.get(b"host", b"").decode("latin-1")
    try:
        return bool(referer) and URL(referer).netloc == host
    except ValueError:
        return False


def _redirect(address: str) -> Response:
    headers = {"Vary": VARY_OF_FRONT, "Cache-Control": "no-store"}
    return RedirectResponse(address, status_code=302, headers=headers)


def localised(page: str, language: str, prefix: str = "") -> str:
    """Return a page in which every address of a page leads to the same language, and every address of this
    service begins with the path ``prefix`` under which readers reach it.

    One place for all of them, so that none can be forgotten: of templates, pictures and guides. An address of
    a page that is in English alone says so (``hreflang``); those of files and of the API stay.
    """
    return _under(_in_language(page, language), prefix)


def _under(page: str, prefix: str) -> str:
    """Return a page whose addresses of this service begin with a path."""
    return OWN.sub(rf"\g<0>{prefix}", page) if prefix else page


def _in_language(page: str, language: str) -> str:
    """Return a page whose addresses of pages lead to a language."""
    if language == ENGLISH:
        return page

    def lead(match: re.Match[str]) -> str:
        attribute, path = match.groups()
        if is_translated(path):
            return f' {attribute}="/{language}{path}'
        is_page = attribute == "href" and not path.startswith(("/static", "/v1", f"/{language}/", "/openapi"))
        return f' hreflang="{ENGLISH}"{match[0]}' if is_page else match[0]

    return LOCAL.sub(lead, page)
