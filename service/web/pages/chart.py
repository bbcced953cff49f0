"""Which figure does the browser draw over a page's static picture? The file ``/chart.json``."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service import effort
from service.answers import filters
from service.answers.parameters import key_of
from service.web.pages.page import read_question
from service.web.response_cache import Answers

SECONDS_A_MARK, BYTES_A_MARK = 50e-6, 3_000
"""What it takes to draw a row of the series or a report behind it."""

router = APIRouter(include_in_schema=False)


@router.get("/chart.json")
def show_chart(request: Request) -> Response:
    """The Plotly figure and its configuration, for the filters of /v1/series."""
    ledger, question = read_question(request, filters.SERIES)

    def write() -> bytes:
        from service.charts import CONFIG, figure

        series = ledger.answer(**question)
        marks = series.table.num_rows + series.points.num_rows
        effort.begin(seconds=marks * SECONDS_A_MARK, memory=marks * BYTES_A_MARK)
        drawn = json.loads(figure(series).to_json())
        return json.dumps({**drawn, "config": CONFIG}, separators=(",", ":")).encode()

    answers: Answers = request.app.state.answers
    return answers.respond(request, ("chart", key_of(question)), "application/json", write)
