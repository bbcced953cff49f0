"""At which addresses, and in which formats, are the questions of the API answered?

Every endpoint of ``answers.endpoints`` stands at ``/v1/<name>`` (format by Accept) and
``/v1/<name>.<format>``; JSON is ``{"meta": …, "data": [rows]}``, the other formats carry the rows.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import partial
from typing import Any

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service import deadline, effort
from service.answers import filters
from service.answers.citation import read_style
from service.answers.endpoints import ENDPOINTS, Endpoint
from service.answers.filters import Style
from service.answers.notes import portions_without_notes
from service.answers.parameters import key_of, read_filters, read_instant, read_limit, read_switch
from service.answers.published import AT_ONCE
from service.answers.rows import Page
from service.api import Ledger
from service.formats.encode import PORTION, Portions, encode_portions
from service.formats.file_format import MEDIA_TYPES, TAGGED, Format
from service.reference.labels import Labels
from service.schema.hxl import hashtags
from service.web import feed, notes, paging
from service.web.content_negotiation import by_suffix, negotiate
from service.web.errors import Refusal
from service.web.file_names import content_disposition
from service.web.openapi import describe_endpoint, describe_feed
from service.web.pages.page import base_address
from service.web.response_cache import EVERYTHING, Answers, Grounds, Made

SETTLED = "public, max-age=86400, immutable"
CITATION_TYPES = {
    Style.BIBTEX: "application/x-bibtex; charset=utf-8",
    Style.RIS: "application/x-research-info-systems; charset=utf-8",
    Style.CSL: "application/vnd.citationstyles.csl+json",
}
PREFIX = "/v1"
SECONDS_A_CELL, BYTES_A_CELL = 2e-6, 50
"""What it takes to write a cell of a workbook, which is made as a whole."""
FORMAT = "format_name"
"""The part of an address that names a format."""
FEED = (dataclasses.replace(filters.SINCE, required=False), *filters.SERIES)


def respond(request: Request, endpoint: Endpoint, fmt: Format) -> Response:
    """Return the answer of an endpoint in a format, from the kept ones where nothing has changed since."""
    ledger: Ledger = request.app.state.ledger
    items = request.query_params.multi_items()
    question = {**read_filters(items, endpoint.parameters), **_of_path(request)}
    limit = read_limit(question.pop("limit", None))
    after = paging.read_cursor(question.pop("cursor", None), numbers=2 if endpoint.is_read_in_pages else 1)
    is_tagged = read_switch("hxl", question.pop("hxl", None))
    shows_notes = read_switch("notes", question.pop("notes", None))
    if shows_notes:
        notes.require_reader(request)
    if style := question.pop("cite", None):
        return _respond_with_citation(request, style, question)
    if is_tagged and fmt not in TAGGED:
        raise Refusal("not_acceptable", f"{fmt} has no row of hashtags.", fix="Take csv or xlsx.")
    is_walk = limit is not None or after is not None
    page = Page(limit, after.place, after.head) if after else Page(limit)
    grounds = _grounds(ledger, endpoint, question, after)

    def make() -> Made:
        pinned_question = _pin_to_state(ledger, endpoint, question, after) if is_walk else question
        answer = endpoint.answer(ledger, pinned_question, page)
        portions, head, total = answer.portions, answer.about["head"], answer.rows
        if not (shows_notes or notes.are_public(request)):
            portions = portions_without_notes(portions)
        if portions.rows > AT_ONCE:
            deadline.will_take_time()
        if fmt is Format.XLSX:
            cells = portions.rows * len(portions.schema)
            effort.begin(seconds=cells * SECONDS_A_CELL, memory=cells * BYTES_A_CELL)
        headers = {
            "X-Total-Count": str(total),
            "Casualty-Head": head,
            "Content-Disposition": content_disposition(endpoint.name, question, fmt),
        }
        if grounds.is_settled:
            headers["Cache-Control"] = SETTLED
        if places := answer.pages():
            further = {name: pinned_question[name] for name in ("as_of",) if name in pinned_question}
            cursors = {rel: str(paging.Cursor(head, place)) for rel, place in places.items()}
            headers["Link"] = paging.link(request.url.path, items, further, cursors)
        tags = hashtags(_rows_for_tags(portions)) if is_tagged else None
        pieces = partial(encode_portions, portions, fmt, meta=answer.meta, tags=tags)
        if portions.rows > PORTION and fmt is not Format.XLSX:
            return Made(headers=headers, pieces=pieces, held=portions.held)
        state = head if endpoint is ENDPOINTS["history"] else ""
        return Made(b"".join(pieces()), headers, state=state)

    answers: Answers = request.app.state.answers
    if shows_notes:
        return answers.respond_privately(request, MEDIA_TYPES[fmt], make)
    # the address of the next page carries the filters as they were written
    spelled = (request.url.path, request.url.query) if is_walk else ()
    key = (endpoint.name, is_tagged, key_of(question), limit, after, *spelled)
    return answers.respond(request, key, MEDIA_TYPES[fmt], make, grounds)


def _rows_for_tags(portions: Portions) -> pa.Table:
    """The rows as far as they are looked at beforehand; none of a table that is too large for that."""
    if portions.rows > PORTION:
        return portions.schema.empty_table()
    return pa.concat_tables([portions.schema.empty_table(), *portions.each()])


def _of_path(request: Request) -> dict[str, str]:
    """What the address asks for besides its query, a format aside."""
    return {name: value for name, value in request.path_params.items() if name != FORMAT}


def _pin_to_state(
    ledger: Ledger, endpoint: Endpoint, question: dict[str, Any], after: paging.Cursor | None
) -> dict[str, Any]:
    """The question about one state, that of the cursor where there is one: no entry to come can change it."""
    pinned, recorded_by = dict(question), question.get("recorded_by")
    head = after.head if after else ledger.answers.head(ledger.query(recorded_by=recorded_by))
    moment = ledger.answers.moment(head).isoformat()
    if endpoint.takes(filters.RECORDED_BY) and not endpoint.is_read_in_pages:
        pinned["recorded_by"] = moment
    if endpoint.takes(filters.AS_OF):
        pinned.setdefault("as_of", ledger.clock().date().isoformat())
    return pinned


def _grounds(
    ledger: Ledger, endpoint: Endpoint, question: dict[str, Any], after: paging.Cursor | None
) -> Grounds:
    """What of the ledger the answer rests on."""
    if _is_settled(ledger, endpoint, question, after):
        return Grounds(is_settled=True)
    if endpoint.is_of_one_crisis and "crisis" in question:
        return Grounds(crisis=ledger.query(crisis=question["crisis"]).crisis)
    return EVERYTHING


def _is_settled(
    ledger: Ledger, endpoint: Endpoint, question: dict[str, Any], after: paging.Cursor | None
) -> bool:
    """Whether nothing that is yet to be recorded, and no later day, can change the answer."""
    has_a_day = "as_of" in question or not endpoint.takes(filters.AS_OF)
    if not has_a_day or not endpoint.takes(filters.RECORDED_BY):
        return False
    recorded_by = read_instant("recorded_by", question.get("recorded_by"))
    return after is not None or (recorded_by is not None and recorded_by <= ledger.last_recorded_at)


def _respond_with_citation(request: Request, style: str, question: dict[str, Any]) -> Response:
    """The citation of what this address answers without ``cite``."""
    ledger: Ledger = request.app.state.ledger
    address = f"{base_address(request)}{request.url.path}"
    chosen = read_style(style)

    def make() -> bytes:
        return ledger.cite(chosen, path=address, **question).encode()

    key = ("cite", chosen, address, key_of(question))
    answer: Response = request.app.state.answers.respond(request, key, CITATION_TYPES[chosen], make)
    return answer


def changes_feed(request: Request) -> Response:
    """The changes as an Atom feed; without ``since``, those of the last days."""
    ledger: Ledger = request.app.state.ledger
    question = read_filters(request.query_params.multi_items(), FEED)
    address, query_string = base_address(request), request.url.query

    def make() -> bytes:
        wanted = dict(question)
        since = wanted.pop("since", None) or ledger.clock().date() - dt.timedelta(feed.DAYS_BACK)
        table, _, _ = ledger.answers.changes(since, ledger.query(**wanted))
        reports: pa.Table = ledger.reports(arrow=True)
        recorded = reports.select(["report_id", "recorded_at"]).to_pydict()
        return feed.write_feed(
            table,
            address=address,
            query=query_string,
            head=str(ledger.head),
            recorded_at=dict(zip(*recorded.values(), strict=True)),
            updated_at=ledger.last_recorded_at,
            labels=Labels.of(ledger.reference()),
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
    """The routes of every endpoint."""
    router = APIRouter(prefix=PREFIX)
    router.add_api_route("/changes.atom", changes_feed, **describe_feed(FEED, feed.MEDIA_TYPE))
    for endpoint in ENDPOINTS.values():
        _mount(router, endpoint)
    return router


def _mount(router: APIRouter, endpoint: Endpoint) -> None:
    def by_accept(request: Request) -> Response:
        return respond(request, endpoint, negotiate(request.headers.get("accept", "")))

    def as_file(request: Request) -> Response:
        return respond(request, endpoint, by_suffix(request.path_params[FORMAT]))

    router.add_api_route(endpoint.address, by_accept, **describe_endpoint(endpoint, CITATION_TYPES.values()))
    suffixed = describe_endpoint(endpoint, CITATION_TYPES.values(), suffix=FORMAT)
    router.add_api_route(f"{endpoint.address}.{{{FORMAT}}}", as_file, **suffixed)
