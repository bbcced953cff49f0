"""Which origins disagree, by how many people, and who says what? The page ``/conflict``."""

from __future__ import annotations

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.vocabulary import Measure
from service.web.pages.conflict import path_of
from service.web.pages.controls import crisis_choices
from service.web.pages.home import FILTERS
from service.web.pages.links import address, recording_instant
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/conflict")
def show_conflicts(request: Request) -> Response:
    ledger, question = read_question(request, FILTERS)
    reader = Reader.of(request)

    def write() -> str:
        query = ledger.query(**question)
        conflicts: pa.Table = ledger.conflicts(arrow=True, **question)
        reference = ledger.reference(query.recorded_by)
        translation = reader.translation(reference)
        return render(
            "conflicts.html",
            reader,
            conflicts=translation.conflicts(conflicts),
            labels=translation.labels,
            crises=crisis_choices(translation.labels, reference, query.crisis or ""),
            query=query,
            address=lambda path, **more: address(path, query, **more),
            path_of=path_of,
            measures=[(each, translation.labels.measure(each)) for each in Measure],
            this=address("/conflict", query, recorded_by=recording_instant(ledger, query)),
            head=str(ledger.answers.head(query)),
        )

    return page_response(request, question, write)
