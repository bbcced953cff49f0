"""At which addresses, and in which formats, are the questions of the API answered?

Every collection of ``questions`` stands at ``/v1/<name>`` (format by Accept) and ``/v1/<name>.<format>``;
JSON is ``{"meta": …, "data": [rows]}``, the other formats carry the rows.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from functools import partial
from typing import Any

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.citation import Style, read_style
from service.connection import Ledger
from service.encoding import MEDIA_TYPES, PORTION, Format, Portions, encode_portions
from service.hashtags import hashtags
from service.query import read_instant
from service.web import feed, filters, paging
from service.web.answers import EVERYTHING, Answers, Grounds, Made
from service.web.formats import by_suffix, negotiated
from service.web.questions import COLLECTIONS, Collection

SETTLED = "public, max-age=86400, immutable"
CITATION_TYPES = {
    Style.BIBTEX: "application/x-bibtex; charset=utf-8",
    Style.RIS: "application/x-research-info-systems; charset=utf-8",
    Style.CSL: "application/vnd.citationstyles.csl+json",
}
OF_ONE_CRISIS = frozenset({"series", "figures", "evidence", "reports", "explain", "conflicts", "vintages"})
"""The questions whose answer, where a crisis is named, rests on that crisis alone."""
FEED = (dataclasses.replace(filters.SINCE, required=False), *filters.SERIES)

PROBLEM: dict[str, Any] = {"application/problem+json": {}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows.",
        "content": {media_type.partition(";")[0]: {} for media_type in MEDIA_TYPES.values()},
    },
    304: {"description": "Nothing has changed since the ETag of If-None-Match."},
    404: {"description": "No such figure.", "content": {"application/problem+json": {}}},
    406: {"description": "None of our formats is accepted.", "content": {"application/problem+json": {}}},
    422: {
        "description": "The question cannot be answered as asked.",
        "content": {"application/problem+json": {}},
    },
    429: {
        "description": "Too many requests; Retry-After says when to ask again.",
        "content": {"application/problem+json": {}},
    },
    503: {"description": "The ledger cannot be used.", "content": {"application/problem+json": {}}},
}


def respond(request: Request, collection: Collection, fmt: Format) -> Response:
    """The answer of a collection in a format, from the kept ones where nothing has changed since."""
    ledger: Ledger = request.app.state.ledger
    items = request.query_params.multi_items()
    asked = filters.read_filters(items, collection.allowed)
    if style := asked.pop("cite", None):
        return _cited(request, style, asked)
    is_tagged = filters.read_switch("hxl", asked.pop("hxl", None))
    key = (collection.name, is_tagged, json.dumps(asked, sort_keys=True))
    grounds = _grounds(ledger, collection, asked)

    def make() -> Made:
        found = collection.answer(ledger, dict(asked))
        portions = found.portions
        total = portions.rows if found.total is None else found.total
        meta = plain({**found.meta, "rows": total, "returned": portions.rows})
        headers = {"X-Total-Count": str(total), "Casualty-Head": str(found.meta["head"])}
        if grounds.is_settled:
            headers["Cache-Control"] = SETTLED
        if found.further:
            headers["Link"] = paging.link(request.url.path, items, **found.further)
        tags = hashtags(_shown(portions)) if is_tagged else None
        pieces = partial(encode_portions, portions, fmt, meta=meta, tags=tags)
        if portions.rows > PORTION and fmt is not Format.XLSX:
            return Made(headers=headers, pieces=pieces)
        return Made(b"".join(pieces()), headers)

    # the address of the next page carries the filters as they were written
    spelled = (request.url.path, request.url.query) if collection.name == "reports" else ()
    answers: Answers = request.app.state.answers
    return answers.respond(request, (*key, *spelled), MEDIA_TYPES[fmt], make, grounds)


def _shown(portions: Portions) -> pa.Table:
    """The rows as far as they are looked at beforehand; none of a table that is too large for that."""
    if portions.rows > PORTION:
        return portions.schema.empty_table()
    return pa.concat_tables([portions.schema.empty_table(), *portions.each()])


def _grounds(ledger: Ledger, collection: Collection, asked: dict[str, Any]) -> Grounds:
    """What of the ledger the answer rests on."""
    if _is_settled(ledger, asked):
        return Grounds(is_settled=True)
    if collection.name in OF_ONE_CRISIS and "crisis" in asked:
        return Grounds(crisis=ledger.query(crisis=asked["crisis"]).crisis)
    return EVERYTHING


def _is_settled(ledger: Ledger, asked: dict[str, Any]) -> bool:
    """Whether nothing that is yet to be recorded can change the answer."""
    recorded_by = read_instant("recorded_by", asked.get("recorded_by"))
    return "as_of" in asked and recorded_by is not None and recorded_by < ledger.clock()


def _cited(request: Request, style: str, asked: dict[str, Any]) -> Response:
    """The citation of what this address answers without ``cite``."""
    ledger: Ledger = request.app.state.ledger
    asked.pop("hxl", None)
    address = f"{_address(request)}{request.url.path}"
    chosen = read_style(style)

    def make() -> bytes:
        return ledger.cite(chosen, path=address, **asked).encode()

    key = ("cite", chosen, address, json.dumps(asked, sort_keys=True))
    answer: Response = request.app.state.answers.respond(request, key, CITATION_TYPES[chosen], make)
    return answer


def _address(request: Request) -> str:
    """Where this service stands, as the client wrote it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def changes_feed(request: Request) -> Response:
    """The changes as an Atom feed; without ``since``, those of the last days."""
    ledger: Ledger = request.app.state.ledger
    asked = filters.read_filters(request.query_params.multi_items(), FEED)
    address, query_string = _address(request), request.url.query

    def make() -> bytes:
        wanted = dict(asked)
        since = wanted.pop("since", None) or ledger.clock().date() - dt.timedelta(feed.DAYS_BACK)
        table, _ = ledger.changes_since(since, ledger.query(**wanted))
        reports: pa.Table = ledger.reports(arrow=True)
        recorded = reports.select(["report_id", "recorded_at"]).to_pydict()
        entries = ledger.store.submissions().column("recorded_at").to_pylist()
        return feed.atom(
            table,
            address=address,
            query=query_string,
            head=str(ledger.head),
            recorded_at=dict(zip(*recorded.values(), strict=True)),
            updated_at=entries[-1] if entries else ledger.clock(),
        )

    key = ("changes.atom", address, query_string)
    answer: Response = request.app.state.answers.respond(request, key, feed.MEDIA_TYPE, make)
    return answer


def plain(value: object) -> Any:  # noqa: ANN401 (JSON has no narrower name)
    """``value`` with days and moments as ISO text, ready for JSON."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def api_router() -> APIRouter:
    """The routes of every collection."""
    router = APIRouter(prefix="/v1")
    router.add_api_route(
        "/changes.atom",
        changes_feed,
        summary="What moved, as a feed to subscribe to.",
        openapi_extra={"parameters": [each.parameter() for each in FEED]},
        responses={**RESPONSES, 200: {"description": "The feed.", "content": {"application/atom+xml": {}}}},
    )
    for collection in COLLECTIONS:
        _mount(router, collection)
    return router


def _mount(router: APIRouter, collection: Collection) -> None:
    def by_accept(request: Request) -> Response:
        return respond(request, collection, negotiated(request.headers.get("accept", "")))

    def as_file(request: Request, format_name: str) -> Response:
        return respond(request, collection, by_suffix(format_name))

    extra = {"parameters": [each.parameter() for each in collection.allowed]}
    for path, endpoint, name in (
        (f"/{collection.name}", by_accept, collection.name),
        (f"/{collection.name}.{{format_name}}", as_file, f"{collection.name}_file"),
    ):
        router.add_api_route(
            path, endpoint, name=name, summary=collection.summary, openapi_extra=extra, responses=RESPONSES
        )
