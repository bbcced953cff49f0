"""What is known about one place, one report, one source?

``/area/<code>`` what a place is, its figures and what was reported about it; ``/report/<id>`` a report as
published, what became of it and which figures it bears on; ``/source/<id>`` who a source is and all that it
has said.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from service.answers.query import ANY, Query
from service.api import Ledger
from service.charts import alt_text, svg
from service.errors import NotFound, UnknownName
from service.reference.containment import Containment
from service.schema.records import Reference
from service.vocabulary import Grade, Kind, Measure, Role, Standard
from service.web import filters
from service.web.naming import Names
from service.web.pages.board import DEFAULTS, address, instant
from service.web.pages.home import asked_of, host_of, page
from service.web.pages.templating import render
from service.web.places import places

AREA = (filters.MEASURE, filters.POPULATION, filters.CRISIS, *filters.KNOWLEDGE, filters.METHOD)
REPORT = (*filters.KNOWLEDGE, filters.METHOD)
MOST_REPORTS = 200
"""How many reports a page lists; the file beside it has all."""

router = APIRouter(include_in_schema=False)


@router.get("/area/{area_code}")
def area(request: Request, area_code: str) -> Response:
    ledger, asked = asked_of(request, AREA)

    def make() -> str:
        query = _about(ledger, area_code, asked)
        reference = ledger.reference(query.recorded_by)
        every, head = ledger.published(_every(query))
        drawn = ledger.answer_to(query)
        return render(
            "area.html",
            place=places([area_code], reference)[0],
            around=_around(area_code, reference),
            names=Names(reference),
            query=query,
            figures=every.latest().table.to_pylist(),
            drawn=drawn,
            picture=Markup(svg(drawn)) if drawn.table.num_rows else "",  # noqa: S704 (our own drawing)
            caption=alt_text(drawn),
            grades={grade: grade.meaning for grade in Grade},
            measure_meaning=Measure(query.measure or "").meaning,
            reports=_newest(ledger.reports(arrow=True, area=area_code, **_state(query))),
            address=lambda path, **more: address(path, query, **more),
            this=address(f"/area/{area_code}", query, area=None, recorded_by=instant(ledger, query)),
            head=str(head),
            host=host_of(request),
            most=MOST_REPORTS,
        )

    return page(request, {**asked, "area_code": area_code}, make)


@router.get("/report/{report_id}")
def report(request: Request, report_id: str) -> Response:
    ledger, asked = asked_of(request, REPORT)

    def make() -> str:
        query = ledger.query(**asked)
        told: pa.Table = ledger.history(report_id, arrow=True, recorded_by=query.recorded_by)
        found = _published(ledger, report_id, query)
        series = ledger.answer(
            crisis=found["crisis_id"], measure=found["measure"], attributed_to=ANY, period_start=ANY,
            **_state(query),
        )  # fmt: skip
        points = series.points.filter(pc.equal(series.points.column("report_id"), report_id))
        reference = ledger.reference(query.recorded_by)
        return render(
            "report.html",
            report=found,
            history=told.to_pylist(),
            points=points.to_pylist(),
            roles={role: role.meaning for role in Role},
            names=Names(reference),
            place=places([found["areas"]], reference)[0],
            measure_meaning=Measure(found["measure"]).meaning,
            standard_meaning=_meaning(Standard, found["standard"]),
            query=query,
            why=lambda point: address(
                "/why", series.query, area=[point["area_code"]], population=point["population"],
                attributed_to=point["attributed_to"], period_start=point["period_start"],
            ),
            head=str(ledger.state(query)),
        )  # fmt: skip

    return page(request, {**asked, "report_id": report_id}, make)


@router.get("/source/{source_id}")
def source(request: Request, source_id: str) -> Response:
    ledger, asked = asked_of(request, ())

    def make() -> str:
        reference = ledger.reference()
        sources: dict[str, dict[str, Any]] = {row["source_id"]: row for row in reference.source.to_pylist()}
        if source_id not in sources:
            near = tuple(get_close_matches(source_id[:80], sources, n=3))
            raise NotFound(
                f"There is no source {source_id[:80]!r}.", fix="See /v1/sources.", suggestions=near
            )
        found = sources[source_id]
        said: pa.Table = ledger.reports(arrow=True, source=source_id)
        return render(
            "source.html",
            source=found,
            kind_meaning=_meaning(Kind, found["kind"]),
            standard_meaning=_meaning(Standard, found["usual_standard"]),
            reports=said.sort_by([("counted_to", "ascending"), ("report_id", "ascending")]).to_pylist(),
            names=Names(reference),
            head=str(ledger.head),
        )

    return page(request, {**asked, "source_id": source_id}, make)


def _about(ledger: Ledger, area_code: str, asked: dict[str, Any]) -> Query:
    """The question of a place's curve. Raises NotFound for a place that is not known by that code."""
    try:
        query = ledger.query(**{**DEFAULTS, **asked, "area": area_code})
    except UnknownName as unknown:
        if area_code in unknown.message:
            raise NotFound(
                unknown.message, fix="See /v1/areas.", suggestions=unknown.suggestions
            ) from unknown
        raise
    if query.areas != (area_code,):
        raise NotFound(f"{area_code[:80]!r} is no code.", fix=f"Its code is {query.areas[0]}.",
                       suggestions=query.areas)  # fmt: skip
    return query


def _every(query: Query) -> Query:
    """The same place, day and crisis, whatever is counted."""
    import dataclasses

    return dataclasses.replace(query, measure=None, population=None, attributed_to=None)


def _state(query: Query) -> dict[str, Any]:
    """The day of knowledge and the state of the ledger that a page is about, as filters."""
    return {"as_of": query.as_of, "recorded_by": query.recorded_by}


def _around(area_code: str, reference: Reference) -> dict[str, list[dict[str, Any]]]:
    """The places that a place lies in, and those that lie in it."""
    containment = Containment.of(reference)
    parts = {*containment.children(area_code), *containment.members(area_code)}
    parent = containment.parent(area_code)
    rows = reference.area.to_pylist()
    return {
        "inside": [row for row in rows if row["area_code"] == parent],
        "parts": [row for row in rows if row["area_code"] in parts],
    }


def _newest(reports: pa.Table) -> list[dict[str, Any]]:
    order = [("counted_to", "descending"), ("report_id", "ascending")]
    found: list[dict[str, Any]] = reports.sort_by(order).to_pylist()
    return found


def _published(ledger: Ledger, report_id: str, query: Query) -> dict[str, Any]:
    """The report as the ledger held it. Raises NotFound for one that was not public by the day asked."""
    known: pa.Table = ledger.reports(arrow=True, **_state(query))
    found = known.filter(pc.equal(known.column("report_id"), report_id)).to_pylist()
    if not found:
        raise NotFound(
            f"Report {report_id} was not public by {query.as_of}.", fix="Ask for a later day, or for none."
        )
    row: dict[str, Any] = found[0]
    return row


def _meaning(terms: type[Kind] | type[Standard], word: str) -> str:
    """What a word of the vocabulary means; a source met on the way in may have none yet."""
    return next((term.meaning for term in terms if term == word), "")
