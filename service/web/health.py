"""Is the process alive, and can it answer?

``/healthz`` says only that the process runs. ``/readyz`` asks whether the ledger answers, whether it can take
in more and can tell who may hand in, and whether the first figures are at hand; it names what is still being
prepared, which whoever asks for it waits for. Neither waits for answers that are being worked out: they need
none of the threads that these take.
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
from service.ledger.api_keys import Keyring
from service.sentence import sentence
from service.web.errors import RETRY_AFTER, Refusal
from service.web.openapi import JSON, UNUSABLE, Words, object_of, watching
from service.web.workshops import PLACES

router = APIRouter()
NO_STORE = {"Cache-Control": "no-store"}
LONGEST_CHECK = 2.0
"""Seconds in which a ledger in order answers."""
LEAST_SPACE = 1 << 25
"""Bytes of free disk below which it is not sure that what is handed in is taken."""
FIRST_FIGURES = "the first figures"
FRONT_PAGE = "the front page"
ALL_FIGURES = "the figures of every crisis"
IN_TURN = (FIRST_FIGURES, FRONT_PAGE, ALL_FIGURES)
"""What a server that has just begun prepares, one after the other; without the first it is not ready."""
_READY: Words = {
    "type": "object",
    "required": ["status", "head", "preparing"],
    "properties": {
        "status": {"type": "string"},
        "head": {"type": "string"},
        "preparing": {
            "type": "array",
            "items": {"enum": list(IN_TURN)},
            "description": "What is not at hand yet, and is worked out for whoever asks for it.",
        },
    },
    "additionalProperties": False,
}


@router.get("/healthz", **watching("healthz", "The process runs.", {JSON: {"schema": object_of("status")}}))
async def healthz() -> Response:
    return Response('{"status": "ok"}', headers=NO_STORE, media_type="application/json")


@router.get(
    "/readyz",
    **watching(
        "readyz",
        "The ledger can be asked and can take in more, and the first figures are at hand.",
        {JSON: {"schema": _READY}},
        UNUSABLE,
    ),
)
async def readyz(request: Request) -> Response:
    """Answer with the head, and what is not at hand yet. Raises StoreError or Refusal, each a 503 that says
    what is not ready."""
    state = request.app.state
    ledger: Ledger = state.ledger
    limiter: anyio.CapacityLimiter = state.health_limiter
    with anyio.move_on_after(LONGEST_CHECK):  # the turns of those who ask at once included
        head = await to_thread.run_sync(
            _check, ledger, state.keyring, limiter=limiter, abandon_on_cancel=True
        )
        preparing = list(state.preparing)
        if FIRST_FIGURES in preparing:
            raise _not_ready("The first figures are still being worked out.")
        content = json.dumps({"status": "ok", "head": head, "preparing": preparing})
        return Response(content, headers=NO_STORE, media_type="application/json")
    raise _not_ready(f"The ledger does not answer within {LONGEST_CHECK:g} seconds.")


def attach(app: FastAPI) -> None:
    """Give ``app`` what the checks need. Without a preparation nobody waits for anything."""
    app.state.health_limiter = anyio.CapacityLimiter(1)
    app.state.stream_limiter = anyio.CapacityLimiter(PLACES + 1)
    app.state.preparing = ()


def _check(ledger: Ledger, keyring: Keyring) -> str:
    """Return the head. Raises StoreError where the ledger cannot be asked or, if it takes in anything, where
    it cannot take in more or its keys cannot be read."""
    head = str(ledger.store.ready())
    if not ledger.store.is_read_only:
        _require_space(ledger.store.data_dir)
        keyring.all()
    return head


def _require_space(place: Path) -> None:
    """Raise StoreError where the data directory has no room, or may not be written."""
    if not os.access(place, os.W_OK):
        raise StoreError(
            "The data directory cannot be written: nothing can be taken in.",
            fix="Mend its permissions.",
        )
    free = shutil.disk_usage(place).free
    if free < LEAST_SPACE:
        raise StoreError(
            sentence(
                "The disk of the ledger has %(free)s MiB left, fewer than %(least)s: what is handed in may "
                "be refused.",
                free=free >> 20,
                least=LEAST_SPACE >> 20,
            ),
            fix="Free some space.",
        )


def _not_ready(what: str) -> Refusal:
    return Refusal(
        "not_ready", what, fix="Ask again in a moment.", headers={"Retry-After": RETRY_AFTER["too_busy"]}
    )
