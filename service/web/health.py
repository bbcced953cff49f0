"""Is the process alive, and can it answer?

``/healthz`` says only that the process runs; ``/readyz`` asks the ledger.
"""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api import Ledger
from service.web.openapi import JSON, UNUSABLE, object_of, watching

router = APIRouter()
NO_STORE = {"Cache-Control": "no-store"}


@router.get("/healthz", **watching("healthz", "The process runs.", {JSON: {"schema": object_of("status")}}))
def healthz() -> Response:
    return Response('{"status": "ok"}', headers=NO_STORE, media_type="application/json")


@router.get(
    "/readyz",
    **watching(
        "readyz", "The ledger can be asked.", {JSON: {"schema": object_of("status", "head")}}, UNUSABLE
    ),
)
def readyz(request: Request) -> Response:
    """Answer with the head. Raises StoreError, which is a 503, for a ledger that cannot be asked."""
    ledger: Ledger = request.app.state.ledger
    content = json.dumps({"status": "ok", "head": str(ledger.store.ready())})
    return Response(content, headers=NO_STORE, media_type="application/json")
