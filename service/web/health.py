"""Is the process alive, and can it answer?

``/healthz`` says only that the process runs. ``/readyz`` asks whether the ledger answers, whether it can take
in more, and whether the first figures are at hand. Neither waits for answers that are being worked out: they
need none of the threads that these take.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import anyio
from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from service.api import Ledger
from service.errors import StoreError
from service.web.errors import RETRY_AFTER, Refusal
from service.web.openapi import JSON, UNUSABLE, object_of, watching
from service.web.workshops import PLACES

router = APIRouter()
NO_STORE = {"Cache-Control": "no-store"}
LONGEST_CHECK = 2.0
"""Seconds in which a ledger in order answers."""
LEAST_SPACE = 1 << 25
"""Bytes of free disk below which nothing is taken in with confidence."""


@router.get("/healthz", **watching("healthz", "The process runs.", {JSON: {"schema": object_of("status")}}))
async def healthz() -> Response:
    return Response('{"status": "ok"}', headers=NO_STORE, media_type="application/json")


@router.get(
    "/readyz",
    **watching(
        "readyz",
        "The ledger can be asked and can take in more, and the first figures are at hand.",
        {JSON: {"schema": object_of("status", "head")}},
        UNUSABLE,
    ),
)
async def readyz(request: Request) -> Response:
    """Answer with the head. Raises StoreError or Refusal, each a 503 that says what is not ready."""
    state = request.app.state
    ledger: Ledger = state.ledger
    limiter: anyio.CapacityLimiter = state.health_limiter
    with anyio.move_on_after(LONGEST_CHECK):  # the turns of those who ask at once included
        head = await to_thread.run_sync(_check, ledger, limiter=limiter, abandon_on_cancel=True)
        if not state.has_first_figures:
            raise _not_ready("The first figures are still being worked out.")
        content = json.dumps({"status": "ok", "head": head})
        return Response(content, headers=NO_STORE, media_type="application/json")
    raise _not_ready(f"The ledger does not answer within {LONGEST_CHECK:g} seconds.")


def attach(app: FastAPI) -> None:
    """Give ``app`` what the checks need. Without a preparation nobody waits for first figures."""
    app.state.health_limiter = anyio.CapacityLimiter(1)
    app.state.stream_limiter = anyio.CapacityLimiter(PLACES + 1)
    app.state.has_first_figures = True


def _check(ledger: Ledger) -> str:
    """Return the head. Raises StoreError where the ledger cannot be asked or cannot take in more, if it takes
    in anything."""
    head = str(ledger.store.ready())
    if not ledger.store.is_read_only:
        _require_space(ledger.store.data_dir)
    return head


def _require_space(place: Path) -> None:
    """Raise StoreError where the data directory has no room, or may not be written."""
    if not os.access(place, os.W_OK):
        raise StoreError(f"{place} cannot be written: nothing can be taken in.", fix="Mend its permissions.")
    free = shutil.disk_usage(place).free
    if free < LEAST_SPACE:
        raise StoreError(
            f"The disk of {place} has {free >> 20} MiB left: nothing may be taken in.", fix="Free some space."
        )


def _not_ready(what: str) -> Refusal:
    return Refusal(
        "not_ready", what, fix="Ask again in a moment.", headers={"Retry-After": RETRY_AFTER["too_busy"]}
    )
