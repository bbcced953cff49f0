"""Who reads the notes of reports over HTTP?

Whoever may hand in: with ``notes=1`` and a key; such an answer is kept nowhere. Everybody else where the
setting ``public_notes`` says so. It must not know what a note says.
"""

from __future__ import annotations

import pyarrow as pa
from fastapi import Request
from fastapi.security.utils import get_authorization_scheme_param

from service.answers.notes import without_notes
from service.web.access import require_key


def are_public(request: Request) -> bool:
    """Return whether this installation shows notes to everybody."""
    return bool(request.app.state.settings.public_notes)


def require_reader(request: Request) -> None:
    """Raise Refusal (401) unless the request brings a valid key."""
    scheme, secret = get_authorization_scheme_param(request.headers.get("authorization"))
    require_key(request, secret if scheme.lower() == "bearer" else None, "Reading notes")


def shown(request: Request, table: pa.Table) -> pa.Table:
    """Return the rows as everybody may see them."""
    return table if are_public(request) else without_notes(table)
