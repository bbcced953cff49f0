"""Has this very request been answered before, in the state the ledger is in?

Then its bytes leave here, without a route being looked for: a layer of plain ASGI in front of the application
and behind those that limit, count, name and guard every request, so that none of their promises is skipped.
What an answer rests on is checked at every request; where that has moved, the request goes on inward.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from service.web.answers import Answers


class Ready:
    """The innermost layer around the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answers: Answers | None = getattr(scope["app"].state, "answers", None)
        if answers is None or scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        found = answers.ready(scope)
        if found is None:
            await self.app(scope, receive, send)
            return
        answer, scope["route"] = found
        has = next((value for name, value in scope["headers"] if name == b"if-none-match"), None)
        if has is not None and answer.is_with(has.decode("latin-1")):
            await send({"type": "http.response.start", "status": 304, "headers": answer.raw_unchanged})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": answer.raw})
            await send({"type": "http.response.body", "body": answer.body})
