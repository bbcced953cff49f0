"""Where should a reader look twice?

``/conflict`` whose origins disagree, by how many people, and who says what; ``/findings`` what the checks
noticed in what was handed in, and how many rows are kept aside.
"""

from __future__ import annotations

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers.findings import aside
from service.vocabulary import Severity
from service.web import filters
from service.web.naming import Names
from service.web.pages.board import address, instant
from service.web.pages.home import BOARD, asked_of, host_of, page
from service.web.pages.templating import render

NOTICED = (filters.CRISIS, filters.SEVERITY, filters.CHECK, filters.RECORDED_BY)
MOST_FINDINGS = 200
"""How many findings the page lists, newest first; the file beside it has all."""

router = APIRouter(include_in_schema=False)


@router.get("/conflict")
def conflict(request: Request) -> Response:
    ledger, asked = asked_of(request, BOARD)

    def make() -> str:
        query = ledger.query(**asked)
        found: pa.Table = ledger.conflicts(arrow=True, **asked)
        return render(
            "conflict.html",
            conflicts=found.to_pylist(),
            names=Names(ledger.reference(query.recorded_by)),
            query=query,
            address=lambda path, **more: address(path, query, **more),
            this=address("/conflict", query, recorded_by=instant(ledger, query)),
            head=str(ledger.state(query)),
            host=host_of(request),
        )

    return page(request, asked, make)


@router.get("/findings")
def findings(request: Request) -> Response:
    ledger, asked = asked_of(request, NOTICED)

    def make() -> str:
        found: pa.Table = ledger.findings(arrow=True, **asked)
        newest = found.slice(max(0, found.num_rows - MOST_FINDINGS)).to_pylist()[::-1]
        query = ledger.query(recorded_by=asked.get("recorded_by"))
        return render(
            "findings.html",
            findings=newest,
            total=found.num_rows,
            severities={severity: severity.meaning for severity in Severity},
            aside=aside(ledger.store.held_rows(recorded_by=query.recorded_by)),
            asked=asked,
            head=str(ledger.state(query)),
        )

    return page(request, asked, make)
