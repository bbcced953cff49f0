"""At which addresses do charts stand as files? ``/v1/charts/<kind>.<format>``, one route for each kind.

A picture carries its sources, the day of knowledge, the head and the licence in itself. A page by itself
(html) runs its own script and nothing else.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers.chart_kinds import CHART_MEDIA_TYPES, KINDS, ChartFormat, ChartKind, chart_format
from service.answers.parameters import key_of, read_filters
from service.answers.pictures import chart_file
from service.charts.files import page_policy
from service.web.openapi import describe_chart
from service.web.pages.page import base_address
from service.web.response_cache import Answers, Made

FORMAT = "format_name"
PREFIX = "/v1/charts"


def respond(request: Request, kind: ChartKind) -> Response:
    """Return a chart in the format of the address, from the kept ones where nothing has changed since."""
    fmt = chart_format(request.path_params[FORMAT])
    question = read_filters(request.query_params.multi_items(), kind.filters)
    ledger, address = request.app.state.ledger, base_address(request)

    def make() -> Made:
        data = chart_file(ledger, fmt, kind=kind.name, address=address, **question)
        headers = {"Content-Disposition": f'inline; filename="casualty-{kind.name}.{fmt}"'}
        if fmt is ChartFormat.HTML:
            headers["Content-Security-Policy"] = page_policy()
        return Made(data, headers)

    answers: Answers = request.app.state.answers
    key = ("charts", kind.name, address if fmt is ChartFormat.HTML else "", key_of(question))
    answer: Response = answers.respond(request, key, CHART_MEDIA_TYPES[fmt], make)
    return answer


def charts_router() -> APIRouter:
    """The routes of every kind of chart."""
    router = APIRouter(prefix=PREFIX)
    for kind in KINDS.values():
        _mount(router, kind)
    return router


def _mount(router: APIRouter, kind: ChartKind) -> None:
    def as_file(request: Request) -> Response:
        return respond(request, kind)

    described = describe_chart(kind, CHART_MEDIA_TYPES.values(), FORMAT, list(ChartFormat))
    router.add_api_route(f"/{kind.name}.{{{FORMAT}}}", as_file, **described)
