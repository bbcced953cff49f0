"""What is known about one place? The page ``/area/CODE``: what it is, its figures, the reports about it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers import filters
from service.answers.expected_range import explain_blank
from service.answers.query import Query
from service.answers.sentences import tell_absence
from service.api import Ledger
from service.charts.kinds.trend import trend
from service.errors import NotFound, UnknownName
from service.reference.containment import Containment
from service.schema.records import Reference
from service.sentence import sentence
from service.vocabulary import Measure
from service.web.notes import shown
from service.web.pages.explorer import drawn
from service.web.pages.home import count_pairs, most_counted, most_reported_crisis
from service.web.pages.links import address, recording_instant
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import render
from service.web.places import places

FILTERS = (filters.MEASURE, filters.POPULATION, filters.CRISIS, *filters.KNOWLEDGE, filters.METHOD)
MOST_REPORTS = 200
"""How many reports the page lists, newest first; the file beside it has all."""

router = APIRouter(include_in_schema=False)


@router.get("/area/{area_code}")
def show_place(request: Request, area_code: str) -> Response:
    ledger, question = read_question(request, FILTERS)
    reader = Reader.of(request)

    def write() -> str:
        query = _curve_query(ledger, area_code, question)
        reference = ledger.reference(query.recorded_by)
        asked = ledger.query(**{**question, "area": area_code}).crisis
        published, head = ledger.answers.rows(_every_cell(query, asked))
        translation = reader.translation(reference)
        figures = published.latest().table.to_pylist()
        series = translation.series(ledger.answers.series(query))
        reports: pa.Table = ledger.reports(
            arrow=True, area=area_code, as_of=query.as_of, dates=query.dates, recorded_by=query.recorded_by
        )
        crises = {row["crisis_id"]: row for row in reference.crisis.to_pylist()}
        return render(
            "place.html",
            reader,
            place=places([area_code], reference, translation.labels)[0],
            around=_around(area_code, reference),
            labels=translation.labels,
            query=query,
            figures=figures,
            explain_blank=lambda row: explain_blank(row, crises[row["crisis"]], is_latest=True),
            has_several_crises=len({row["crisis"] for row in figures}) > 1,
            chart=drawn(trend(series, reader.words), reader.words) if series.table.num_rows else None,
            absence=tell_absence(series.points, reader.words),
            measure_meaning=reader.words.say(Measure(query.measure or "").meaning),
            number=reports.num_rows,
            reports=_newest_first(shown(request, reports)).slice(0, MOST_REPORTS).to_pylist(),
            address=lambda path, **more: address(path, query, **more),
            this=address(
                f"/area/{area_code}", query, area=None, recorded_by=recording_instant(ledger, query)
            ),
            head=str(head),
            most=MOST_REPORTS,
        )

    return page_response(request, question, write)


def _curve_query(ledger: Ledger, area_code: str, question: dict[str, Any]) -> Query:
    """Return the question whose answer is the place's curve. Raises NotFound for what is no place's code."""
    try:
        query = ledger.query(**{**question, "area": area_code})
        reports: pa.Table = ledger.reports(arrow=True, area=area_code)
        named = {"crisis": query.crisis, "measure": query.measure, "population": query.population}
        named["crisis"] = query.crisis or most_reported_crisis(reports)
        measure, population = most_counted(ledger, count_pairs(reports), area=area_code, **named)
        query = dataclasses.replace(query, measure=measure, population=population, crisis=named["crisis"])
    except UnknownName as unknown:
        if area_code in unknown.message:
            raise NotFound(
                unknown.message, fix="See /v1/areas.", suggestions=unknown.suggestions
            ) from unknown
        raise
    if query.areas != (area_code,):
        raise NotFound(
            sentence("%(code)s is no code.", code=repr(area_code[:80])),
            fix=sentence("Its code is %(code)s.", code=query.areas[0]),
            suggestions=query.areas,
        )
    return query


def _every_cell(query: Query, crisis: str | None) -> Query:
    """Return the same question for every measure, population and attribution, and every crisis unless the
    reader named one."""
    return dataclasses.replace(query, measure=None, population=None, attributed_to=None, crisis=crisis)


def _around(area_code: str, reference: Reference) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the place that a place lies in (``inside``) and of those in it (``parts``)."""
    containment = Containment.of(reference)
    parts = {*containment.children(area_code), *containment.members(area_code)}
    parent = containment.parent(area_code)
    rows = reference.area.to_pylist()
    return {
        "inside": [row for row in rows if row["area_code"] == parent],
        "parts": [row for row in rows if row["area_code"] in parts],
    }


def _newest_first(reports: pa.Table) -> pa.Table:
    return reports.sort_by([("counted_to", "descending"), ("report_id", "ascending")])
