"""Who is a source, and what has it said?

``/source/<id>`` is the page of one publisher or origin: what kind of source it is, and every report it
published or is the origin of, as published.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.connection import Ledger
from service.errors import NotFound
from service.ingest import Gazetteer
from service.query import area_name
from service.vocabulary import Kind, Standard
from service.web import filters
from service.web.answers import Answers
from service.web.board import labels
from service.web.templating import render

HTML = "text/html; charset=utf-8"
router = APIRouter(include_in_schema=False)


@router.get("/source/{source_id}")
def source(request: Request, source_id: str) -> Response:
    filters.read_filters(request.query_params.multi_items(), ())
    ledger: Ledger = request.app.state.ledger
    answers: Answers = request.app.state.answers
    return answers.respond(request, ("source", source_id), HTML, lambda: _page(ledger, source_id).encode())


def _page(ledger: Ledger, source_id: str) -> str:
    reference = ledger.reference()
    sources: dict[str, dict[str, Any]] = {row["source_id"]: row for row in reference.source.to_pylist()}
    if source_id not in sources:
        near = tuple(get_close_matches(source_id[:80], sources, n=3))
        raise NotFound(f"There is no source {source_id[:80]!r}.", fix="See /v1/sources.", suggestions=near)
    found = sources[source_id]
    held: pa.Table = ledger.reports(arrow=True, source=source_id)
    said = held.sort_by([("counted_to", "ascending"), ("report_id", "ascending")])
    gazetteer = Gazetteer(reference.area)
    return render(
        "source.html",
        source=found,
        kind_meaning=_meaning(Kind, found["kind"]),
        standard_meaning=_meaning(Standard, found["usual_standard"]),
        reports=said.to_pylist(),
        names={areas: area_name(gazetteer, areas) for areas in said.column("areas").to_pylist()},
        source_names={each: row["name"] for each, row in sources.items()},
        populations=labels(reference),
        head=str(ledger.head),
    )


def _meaning(terms: type[Kind] | type[Standard], word: str) -> str:
    """What a word of the vocabulary means; a source met on the way in may have none yet."""
    return next((term.meaning for term in terms if term == word), "")
