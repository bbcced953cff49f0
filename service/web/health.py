"""Is the process alive, and can it answer?

``/healthz`` says only that the process runs; ``/readyz`` runs a query against the ledger.
"""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api import Ledger
from service.web.openapi import JSON, UNUSABLE, object_of, watching

router = APIRouter()
NEVER_KEPT = {"Cache-Control": "no-store"}


@router.get("/healthz", **watching("healthz", "The process runs.", {JSON: {"schema": object_of("status")}}))
def healthz() -> Response:
    return Response('{"status": "ok"}', headers=NEVER_KEPT, media_type="application/json")


@router.get(
    "/readyz",
    **watching(
        "readyz", "The ledger can be asked.", {JSON: {"schema": object_of("status", "head")}}, UNUSABLE
    ),
)
def readyz(request: Request) -> Response:
    """200 with the head; a ledger that cannot be asked raises StoreError, which is a 503."""
    ledger: Ledger = request.app.state.ledger
    content = json.dumps({"status": "ok", "head": str(ledger.store.ready())})
    return Response(content, headers=NEVER_KEPT, media_type="application/json")
