"""Why is this number what it is? The page ``/why``: its verdict, its reasons and every report behind it."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers import filters
from service.answers.parameters import read_day
from service.charts.kinds.why import why as draw_why
from service.reference.labels import Labels
from service.schema.records import finding_row
from service.vocabulary import Grade, Measure, Role
from service.web.notes import shown
from service.web.pages.explorer import drawn
from service.web.pages.links import address, recording_instant
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import render
from service.web.places import places

router = APIRouter(include_in_schema=False)


@router.get("/why")
def show_why(request: Request) -> Response:
    ledger, question = read_question(request, filters.EXPLAIN)
    reader = Reader.of(request)

    def write() -> str:
        cell = dict(question)
        date = read_day("date", cell.pop("date", None))
        explanation = ledger.explain(date=date, **cell)
        reference = ledger.reference(explanation.query.recorded_by)
        translation = reader.translation(reference)
        explanation = translation.explanation(explanation)
        query, row = explanation.query, explanation.row
        roles = [
            (Role(role), list(points))
            for role, points in groupby(
                shown(request, explanation.points).to_pylist(), key=lambda point: point["role"]
            )
        ]
        labels = translation.labels
        names = {name: labels.attribution(name) for name in (row["population"], row["attributed_to"]) if name}
        language = None if reader.language.is_english else reader.code
        return render(
            "why.html",
            reader,
            explanation=explanation,
            place=places([row["area_code"]], reference, labels)[0],
            measure_meaning=reader.words.say(Measure(row["measure"]).meaning),
            population_label=labels.heading(row["population"]),
            grade_meaning=reader.words.say(Grade(row["grade"]).meaning),
            roles=roles,
            findings=translation.findings(map(finding_row, explanation.findings)),
            chart=drawn(draw_why(explanation, reader.words, names, is_alone=False), reader.words),
            picture=address("/v1/charts/why", query, date=row["date"], language=language),
            labels=labels,
            english=Labels.of(reference),
            back=address("/", query, area=[]),
            this=address("/why", query, date=row["date"], recorded_by=recording_instant(ledger, query)),
            rows=address("/v1/explain.csv", query, date=row["date"]),
        )

    return page_response(request, question, write)
