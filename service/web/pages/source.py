"""Who is a source, and what has it said? The page ``/source/ID``."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers.filters import ANY
from service.api import Ledger
from service.errors import NotFound
from service.ingest.report_columns import names_of
from service.schema.records import Reference
from service.sentence import did_you_mean, either, join_sentences, sentence
from service.vocabulary import Kind, Standard
from service.web.notes import shown
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import meaning_of, render

MOST_REPORTS = 1_000
"""How many reports the page lists, the newest; the file beside it has all."""

MOST_REPLAYED = 50_000
"""Of so many reports, of all who count in its crises, the page says how the source's figures moved; of more,
the file does."""

router = APIRouter(include_in_schema=False)


@router.get("/source/{source_id}")
def show_source(request: Request, source_id: str) -> Response:
    ledger, question = read_question(request, ())
    reader = Reader.of(request)

    def write() -> str:
        reference = ledger.reference()
        source = _source(reference, source_id)
        reports: pa.Table = ledger.reports(arrow=True, source=source_id)
        listed = shown(request, reports).sort_by([("counted_to", "ascending"), ("report_id", "ascending")])
        return render(
            "source.html",
            reader,
            source=source,
            kind_meaning=meaning_of(Kind, source["kind"]),
            standard_meaning=meaning_of(Standard, source["usual_standard"]),
            revisions=_revisions(ledger, source_id, reports),
            number=listed.num_rows,
            reports=listed.slice(max(0, listed.num_rows - MOST_REPORTS)).to_pylist(),
            most=MOST_REPORTS,
            labels=reader.labels(reference),
            head=str(ledger.head),
        )

    return page_response(request, question, write)


def _revisions(ledger: Ledger, source_id: str, reports: pa.Table) -> list[dict[str, Any]] | None:
    """Return the REVISION rows of the source by measure, the most stated first; None where they take long."""
    crises = pc.unique(reports.column("crisis_id")).to_pylist()
    if len(reports) > MOST_REPLAYED or len(crises) > MOST_REPORTS:
        return None
    replayed = 0
    for crisis in crises:
        replayed += ledger.answers.reports(ledger.query(crisis=crisis, attributed_to=ANY)).total
        if replayed > MOST_REPLAYED:
            return None
    rows: pa.Table = ledger.revisions(arrow=True, source=source_id)
    listed: list[dict[str, Any]] = rows.sort_by(
        [("stated", "descending"), ("measure", "ascending")]
    ).to_pylist()
    return listed


def _source(reference: Reference, source_id: str) -> dict[str, Any]:
    """Return the source's row. Raises NotFound, with the nearest ids, for one that is not there."""
    sources: dict[str, dict[str, Any]] = {row["source_id"]: row for row in reference.source.to_pylist()}
    if source_id not in sources:
        named = tuple(sorted(names_of("source", reference).candidates(source_id[:200])))
        nearest = named or tuple(get_close_matches(source_id[:80], sources, n=3))
        raise NotFound(
            sentence("There is no source %(source_id)s.", source_id=repr(source_id[:80])),
            fix=sentence("Its id is %(source_id)s.", source_id=either(named))
            if named
            else join_sentences(did_you_mean(nearest), "See /v1/sources."),
            suggestions=nearest,
        )
    return sources[source_id]
