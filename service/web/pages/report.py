"""What does one report state, what became of it, which figures does it bear on? The page ``/report/ID``."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers import filters
from service.answers.filters import ANY
from service.answers.query import Query
from service.api import Ledger
from service.errors import NotFound
from service.sentence import sentence
from service.vocabulary import DatePrecision, Measure, PlacePrecision, Role, Standard
from service.web.notes import are_public
from service.web.pages.links import address
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import meaning_of, render

FILTERS = (*filters.KNOWLEDGE, filters.METHOD)

router = APIRouter(include_in_schema=False)


@router.get("/report/{report_id}")
def show_report(request: Request, report_id: str) -> Response:
    ledger, question = read_question(request, FILTERS)
    reader = Reader.of(request)

    def write() -> str:
        query = ledger.query(**question)
        history: pa.Table = ledger.history(report_id, arrow=True, recorded_by=query.recorded_by)
        report = _public_report(ledger, report_id, query)
        series = ledger.answer(
            crisis=report["crisis_id"], measure=report["measure"], attributed_to=ANY, period_start=ANY,
            as_of=query.as_of, dates=query.dates, recorded_by=query.recorded_by,
        )  # fmt: skip
        points = series.points.filter(pc.equal(series.points.column("report_id"), report_id))
        translation = reader.translation(ledger.reference(query.recorded_by))
        return render(
            "report.html",
            reader,
            report=report if are_public(request) else {**report, "note": ""},
            history=history.to_pylist(),
            points=translation.points(points).to_pylist(),
            roles={role: role.meaning for role in Role},
            labels=translation.labels,
            measure_meaning=reader.words.say(Measure(report["measure"]).meaning),
            standard_meaning=meaning_of(Standard, report["standard"]),
            place_meaning=meaning_of(PlacePrecision, report["place_precision"] or ""),
            coarse=[*DatePrecision][1:],
            query=query,
            why=lambda point: address(
                "/why", series.query, area=[point["area_code"]], population=point["population"],
                attributed_to=point["attributed_to"], period_start=point["period_start"],
            ),
            head=str(ledger.answers.head(query)),
        )  # fmt: skip

    return page_response(request, question, write)


def _public_report(ledger: Ledger, report_id: str, query: Query) -> dict[str, Any]:
    """Return the report's row. Raises NotFound for one that was not public by the day of ``query``."""
    with ledger.store.view() as view:
        about = view.report(report_id).select(["crisis_id", "measure", "source_id"]).to_pylist()
    narrow = dict(zip(("crisis", "measure", "source"), about[0].values(), strict=True)) if about else {}
    public: pa.Table = ledger.reports(
        arrow=True, as_of=query.as_of, dates=query.dates, recorded_by=query.recorded_by, **narrow
    )
    rows: list[dict[str, Any]] = public.filter(pc.equal(public.column("report_id"), report_id)).to_pylist()
    if not rows:
        raise NotFound(
            sentence(
                "Report %(report_id)s was not public by %(as_of)s.", report_id=report_id, as_of=query.as_of
            ),
            fix="Ask for a later day, or for none.",
        )
    return rows[0]
