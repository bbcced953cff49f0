"""Which figures moved lately, and because of what? The page ``/changes``."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers import filters
from service.answers.changes import moved_figures
from service.web.feed import DAYS_BACK
from service.web.pages.desk.moved import Moved
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import render

FILTERS = (filters.SINCE, filters.AREA, filters.CRISIS, filters.MEASURE, filters.POPULATION)
MOST_MOVED = 500
"""Figures that the page lists; the file beside it has all."""

router = APIRouter(include_in_schema=False)


@router.get("/changes")
def show_changes(request: Request) -> Response:
    ledger, question = read_question(request, FILTERS)
    reader = Reader.of(request)

    def write() -> str:
        since = question.get("since") or (ledger.clock().date() - dt.timedelta(days=DAYS_BACK)).isoformat()
        changes: pa.Table = ledger.changes(arrow=True, **{**question, "since": since})
        translation = reader.translation(ledger.reference())
        moved = moved_figures(changes)
        return render(
            "changes.html",
            reader,
            moved_rows=Moved(tuple(translation.rows(moved.slice(0, MOST_MOVED)).to_pylist())),
            number=moved.num_rows,
            since=since,
            labels=translation.labels,
            head=str(ledger.head),
        )

    return page_response(request, question, write)
