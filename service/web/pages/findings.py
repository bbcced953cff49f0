"""What did the checks notice in what was handed in, and what is held? The page ``/findings``."""

from __future__ import annotations

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers import filters
from service.answers.finding_groups import group_findings
from service.answers.findings import aside
from service.vocabulary import Severity
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import render

FILTERS = (filters.CRISIS, filters.SEVERITY, filters.CHECK, filters.RECORDED_BY)
MOST_FINDINGS = 200
"""How many findings the page lists, newest first; the file beside it has all."""
MOST_GROUPED = 20_000
"""How many findings, from the newest, are looked at for those that say the same of many rows."""

router = APIRouter(include_in_schema=False)


@router.get("/findings")
def show_findings(request: Request) -> Response:
    ledger, question = read_question(request, FILTERS)

    def write() -> str:
        findings: pa.Table = ledger.findings(arrow=True, **question)
        latest = findings.slice(max(0, findings.num_rows - MOST_GROUPED)).to_pylist()
        newest = group_findings(latest)[-MOST_FINDINGS:][::-1]
        listed = sum(finding["count"] for finding in newest)
        query = ledger.query(recorded_by=question.get("recorded_by"))
        reader = Reader.of(request)
        return render(
            "findings.html",
            reader,
            findings=reader.translation(ledger.reference(query.recorded_by)).findings(newest),
            total=findings.num_rows,
            listed=listed,
            severities={severity: severity.meaning for severity in Severity},
            rows_aside=aside(ledger.store.held_rows(recorded_by=query.recorded_by)),
            question=question,
            head=str(ledger.answers.head(query)),
        )

    return page_response(request, question, write)
