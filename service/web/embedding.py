"""How does a chart stand in a page of another host? ``/embed/<kind>``, and ``/oembed`` (oembed.com, 1.0).

Only what lies under ``/embed`` may be framed. A frame shows the picture as ``/v1/charts/<kind>.html`` does,
with a link to the page it is from; every link opens outside the frame. It computes no figure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers.chart_kinds import EXPLORED, ChartFormat, ChartKind, chart_kind
from service.answers.citation import PUBLISHER, title
from service.answers.filters import LANGUAGE, NARROWEST, WIDEST, WIDTH
from service.answers.parameters import key_of, read_filters
from service.answers.pictures import USUAL_WIDTH, chart_file
from service.api import Ledger
from service.charts.files import page_policy
from service.errors import NotFound, QueryError
from service.language import ENGLISH, LANGUAGES
from service.web import locale
from service.web.pages.home import FILTERS, home_page
from service.web.pages.page import HTML, Reader, base_address
from service.web.response_cache import Answers, Made
from service.web.security_headers import FRAMES

BESIDE = 72
"""Pixels of a frame beside its picture: the margin, and the line that leads to the page."""
TALLEST = 10_000
KEPT_SECONDS = 3600
_SIZE = re.compile(rb'viewBox="0 0 \d+ (\d+)"')
_PAGE = re.compile(r"/(?:crisis/([^/]+))?")

router = APIRouter(include_in_schema=False)


@router.get(f"{FRAMES}/{{kind_name}}")
def embed(request: Request, kind_name: str) -> Response:
    """Show the picture of a question in a page that other hosts may frame."""
    kind = chart_kind(kind_name)
    given = request.query_params.multi_items()
    question = read_filters(given, kind.filters)
    ledger, address = request.app.state.ledger, base_address(request)
    source = f"{address}{_page_address(kind, given)}"

    def make() -> Made:
        data = chart_file(
            ledger, ChartFormat.HTML, kind=kind.name, address=address, source=source, **question
        )
        return Made(data, {"Content-Security-Policy": page_policy(frames="*")})

    answers: Answers = request.app.state.answers
    return answers.respond(request, ("embed", kind.name, source, key_of(question)), HTML, make)


@router.get("/oembed")
def oembed(
    request: Request,
    url: str = "",
    format: str = "json",
    maxwidth: str = "",
    maxheight: str = "",
) -> Response:
    """Return the frame for the address of a crisis' page, as hosts ask for it."""
    if format != "json":
        raise QueryError(f"format={format[:20]!r} is not made here.", fix="Ask for format=json.")
    host = base_address(request)
    reader, question = _read_page(url, host)
    width = max(NARROWEST, min(WIDEST, _read_pixels("maxwidth", maxwidth, USUAL_WIDTH)))
    tallest = _read_pixels("maxheight", maxheight, TALLEST)
    ledger: Ledger = request.app.state.ledger

    def make() -> bytes:
        shown = home_page(ledger, question, reader).explorer
        address = shown.picture_address("svg", reader.language)
        given = [*parse_qsl(urlsplit(address).query), (WIDTH.name, str(width))]
        drawn = chart_file(
            ledger, ChartFormat.SVG, kind=shown.kind.name, **read_filters(given, shown.kind.filters)
        )
        found = _SIZE.search(drawn)
        height = min(tallest, (int(found[1]) if found else USUAL_WIDTH) + BESIDE)
        about = title(shown.query, reader.labels(ledger.reference()))
        frame = f"{host}{FRAMES}/{shown.kind.name}?{urlencode(given)}"
        return json.dumps(_described(about, host, frame, width, height), ensure_ascii=False).encode()

    answers: Answers = request.app.state.answers
    key = ("oembed", host, reader.code, width, tallest, key_of(question))
    return answers.respond(request, key, "application/json", make)


def _described(about: str, host: str, frame: str, width: int, height: int) -> dict[str, Any]:
    """Return what oembed.com wants to know of a frame."""
    element = (
        f'<iframe src="{escape(frame)}" width="{width}" height="{height}" title="{escape(about)}" '
        'loading="lazy" style="border:0;max-width:100%"></iframe>'
    )
    return {
        "version": "1.0", "type": "rich", "title": about, "provider_name": PUBLISHER, "provider_url": host,
        "cache_age": KEPT_SECONDS, "width": width, "height": height, "html": element,
    }  # fmt: skip


def _read_page(url: str, host: str) -> tuple[Reader, dict[str, Any]]:
    """Return the reader and the question of a crisis' page. Raises NotFound for any other address."""
    is_here = url.startswith(f"{host}/")
    parts = urlsplit(url[len(host) :] if is_here else "")
    language, path = locale.split_path(parts.path)
    page = _PAGE.fullmatch(path)
    given = parse_qsl(parts.query, keep_blank_values=True)
    if not is_here or page is None or not (page[1] or given):
        raise NotFound(
            f"{url[:200]!r} is no page of a crisis here.",
            fix=f"Give the address of one, such as {host}/crisis/ID.",
        )
    question = read_filters(given, FILTERS)
    if page[1]:
        question["crisis"] = unquote(page[1])
    return Reader(language, host, path), question


def _read_pixels(name: str, given: str, usual: int) -> int:
    """Return a number of pixels. Raises QueryError for what is none."""
    if not given:
        return usual
    if not (given.isascii() and given.isdigit() and int(given[:9]) > 0 and len(given) < 7):
        raise QueryError(f"{name}={given[:20]!r} is no number of pixels.", fix=f"Write {name}={usual}.")
    return int(given)


def _page_address(kind: ChartKind, given: Sequence[tuple[str, str]]) -> str:
    """Return the address of the page that shows the same question."""
    language = dict(given).get(LANGUAGE.name, ENGLISH)
    prefix = f"/{language}" if language != ENGLISH and language in LANGUAGES else ""
    asked = [(name, value) for name, value in given if name not in (LANGUAGE.name, WIDTH.name)]
    if kind not in EXPLORED:
        return f"{prefix}/{kind.name}?{urlencode(asked)}"
    return f"{prefix}/?{urlencode([*asked, ('kind', kind.name)])}"
