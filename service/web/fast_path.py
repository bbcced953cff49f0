"""Which questions need no worker thread?

Figures that are worked out already lie in memory, in the order and mostly in the very words in which they are
asked for: such an answer is put together in less time than it takes to hand the request to another thread.
What would have to be read, reckoned or waited for, what is large, and every question that cannot be answered
goes the way of all others.
"""

from __future__ import annotations

import dataclasses

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Scope

from service import deadline
from service.answers.endpoints import ENDPOINTS, Endpoint
from service.formats.file_format import Format
from service.web.api import FORMAT, PREFIX, respond
from service.web.content_negotiation import negotiate

FORMATS = (Format.JSON, Format.NDJSON, Format.CSV)


@dataclasses.dataclass(frozen=True)
class Direct:
    """An address that is answered without a route being looked for; ``path`` is that of its route."""

    path: str
    endpoint: Endpoint
    fmt: Format | None


def answer(scope: Scope) -> Response | None:
    """The answer to this request, if it is one that lies ready but for its last words."""
    direct = ADDRESSES.get(scope["path"]) if scope["method"] == "GET" else None
    if direct is None:
        return None
    request = Request({**scope, "route": direct})
    try:
        fmt = direct.fmt or negotiate(request.headers.get("accept", ""))
        if fmt not in FORMATS:
            return None
        with deadline.at_once():
            response = respond(request, direct.endpoint, fmt)
    except Exception:  # noqa: BLE001 - the routes are asked again: they tell what is wrong, a fault of ours too
        return None
    scope["route"] = direct
    return response


def _addresses() -> dict[str, Direct]:
    kept = [endpoint for endpoint in ENDPOINTS.values() if endpoint.is_kept_in_memory]
    plain = {f"{PREFIX}{endpoint.address}": endpoint for endpoint in kept}
    return {
        **{path: Direct(path, endpoint, None) for path, endpoint in plain.items()},
        **{
            f"{path}.{fmt}": Direct(f"{path}.{{{FORMAT}}}", endpoint, fmt)
            for path, endpoint in plain.items()
            for fmt in FORMATS
        },
    }


ADDRESSES = _addresses()
