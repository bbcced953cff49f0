"""Which state is the ledger in, and who vouches for it?

``/v1/head`` publishes the head, signed: kept elsewhere, it proves later what the ledger held. This module
must not know how a head comes about.
"""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api import Ledger
from service.errors import ReadOnly
from service.ledger.heads import SignedHead, Signer
from service.web.health import NO_STORE
from service.web.openapi import JSON, Words, watching

router = APIRouter()
_TEXTS = ("head", "hash", "signed_at", "public_key", "signature")
SCHEMA: Words = {
    "type": "object",
    "properties": {"entries": {"type": "integer"}, **{name: {"type": "string"} for name in _TEXTS}},
    "required": ["entries", *_TEXTS],
    "additionalProperties": False,
}


class Heads:
    """The heads of one ledger, each signed once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._signer = None if ledger.store.is_read_only else Signer.of(ledger.store.data_dir)
        self._latest: SignedHead | None = None

    def latest(self) -> SignedHead:
        """Return the head that readers see now, signed. Raises ReadOnly for a publication: only the ledger
        itself vouches for its head."""
        if self._signer is None:
            raise ReadOnly.of_publication()
        head, latest = self._ledger.head, self._latest
        if latest is None or latest.head != head:
            latest = self._latest = self._signer.sign(head, self._ledger.clock())
        return latest


@router.get("/v1/head", **watching("head", "The head of the ledger, signed.", {JSON: {"schema": SCHEMA}}))
def send_head(request: Request) -> Response:
    """Answer with the head, whole, its Ed25519 signature and the key."""
    heads: Heads = request.app.state.heads
    content = json.dumps(heads.latest().words())
    return Response(content, headers=NO_STORE, media_type="application/json")
