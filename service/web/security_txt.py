"""Whom to tell about a weakness of this installation? ``/.well-known/security.txt`` (RFC 9116).

The setting ``security_contact`` says whom; without it there is no such page, since a wrong contact is worse
than none. It must not know anything else of the service.
"""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from service.web.errors import Refusal
from service.web.pages.page import base_address

PATH = "/.well-known/security.txt"
VALID_DAYS = 90
"""For how many days a copy of the page is to be believed; a server that runs always says so anew."""

router = APIRouter(include_in_schema=False)


@router.get(PATH)
def security_txt(request: Request) -> Response:
    contact: str | None = request.app.state.settings.security_contact
    if not contact:
        raise Refusal(
            "no_such_page", "This installation names nobody to tell about weaknesses.",
            fix="Tell whoever runs it; they set CASUALTY_SECURITY_CONTACT.",
        )  # fmt: skip
    today = request.app.state.ledger.clock().date()
    expires = dt.datetime.combine(today + dt.timedelta(VALID_DAYS), dt.time())
    canonical = f"{base_address(request)}{PATH}"
    lines = [f"Contact: {contact}", f"Expires: {expires.isoformat()}Z", "Preferred-Languages: en"]
    return PlainTextResponse("\n".join([*lines, f"Canonical: {canonical}"]) + "\n")
