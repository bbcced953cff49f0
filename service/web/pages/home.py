"""Which pages can a person read?

``/`` the curves of the places of a crisis, ``/why`` why one number is what it is, ``/chart.json`` the figure
behind a curve. Every page is made from a ``Series`` or an ``Explanation`` and kept as ready bytes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api import Ledger
from service.errors import CasualtyError
from service.vocabulary import Grade, Measure, Role
from service.web import filters
from service.web.naming import Names
from service.web.pages.board import address, board, instant
from service.web.pages.templating import render
from service.web.places import places
from service.web.response_cache import Answers

log = logging.getLogger(__name__)

HTML = "text/html; charset=utf-8"
BOARD = (
    filters.AREA,
    filters.MEASURE,
    filters.POPULATION,
    filters.CRISIS,
    *filters.KNOWLEDGE,
    filters.METHOD,
)

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> Response:
    ledger, asked = asked_of(request, BOARD)

    def make() -> str:
        return render("board.html", board=board(ledger, asked), host=host_of(request))

    return page(request, asked, make)


@router.get("/why")
def why(request: Request) -> Response:
    ledger, asked = asked_of(request, filters.EXPLAIN)

    def make() -> str:
        question = dict(asked)
        date = filters.read_day("date", question.pop("date", None))
        found = ledger.explain(date=date, **question)
        roles = [
            (Role(role), list(points))
            for role, points in groupby(found.points.to_pylist(), key=lambda point: point["role"])
        ]
        reference = ledger.reference(found.query.recorded_by)
        names = Names(reference)
        row = found.row
        return render(
            "why.html",
            found=found,
            place=places([row["area_code"]], reference)[0],
            measure_meaning=Measure(row["measure"]).meaning,
            population_label=names.population(row["population"]),
            grade_meaning=Grade(row["grade"]).meaning,
            roles=roles,
            names=names,
            back=address("/", found.query, area=[]),
            this=address("/why", found.query, date=row["date"], recorded_by=instant(ledger, found.query)),
            rows=address("/v1/explain.csv", found.query, date=row["date"]),
            host=host_of(request),
        )

    return page(request, asked, make)


@router.get("/chart.json")
def chart(request: Request) -> Response:
    """The Plotly figure and configuration for the filters of /v1/series."""
    ledger, asked = asked_of(request, filters.SERIES)

    def make() -> bytes:
        from service.charts import CONFIG

        drawn = json.loads(ledger.chart(**asked).to_json())
        return json.dumps({**drawn, "config": CONFIG}, separators=(",", ":")).encode()

    answers: Answers = request.app.state.answers
    return answers.respond(request, ("chart", filters.key_of(asked)), "application/json", make)


def warm(ledger: Ledger) -> None:
    """Do once what the first reader would otherwise wait for: the imports and the current figures."""
    try:
        view = board(ledger, {})
        render("board.html", board=view, host="")
        ledger.chart(area=view.query.areas, measure=view.query.measure, population=view.query.population)
    except CasualtyError as error:
        log.info("Nothing to prepare: %s", error)


def asked_of(request: Request, allowed: tuple[filters.Filter, ...]) -> tuple[Ledger, dict[str, Any]]:
    """The ledger, and what the address asks of it."""
    return request.app.state.ledger, filters.read_filters(request.query_params.multi_items(), allowed)


def page(request: Request, asked: dict[str, Any], make: Callable[[], str]) -> Response:
    """The page that ``make`` writes for what is ``asked``, from the kept ones where nothing has changed."""
    answers: Answers = request.app.state.answers
    key = (request.url.path, filters.key_of(asked), host_of(request))
    return answers.respond(request, key, HTML, lambda: make().encode())


def host_of(request: Request) -> str:
    """The address the reader used for this service, for links that are copied elsewhere."""
    return str(request.base_url).rstrip("/")
