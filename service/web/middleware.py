"""What happens to every request, whoever answers it?

It gets an id, is counted against its client's rate, noted in the log and the metrics, and its answer carries
the headers that every answer promises. All of that stands here, once, in plain ASGI around the application:
a request that was answered before, in the state the ledger is in, gets its ready bytes without a route being
looked for, and none of the promises is skipped.
"""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.settings import Settings
from service.web import access_log, fast_path, security_headers
from service.web.metrics import Metrics
from service.web.rates import Rates
from service.web.response_cache import Answer, Answers, RawHeaders, Sent
from service.web.streaming import IS_HEAD


class Front:
    """The layer around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.answers: Answers | None = None
        self.metrics: Metrics | None = None
        self._rates = Rates(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status, size = 500, 0
        sent: Sent = dict(reversed(scope["headers"]))  # of a header that comes twice the first counts
        name = access_log.name_request(sent)
        added = [*security_headers.promised(scope), (access_log.RAW_HEADER, name)]
        try:
            refusal, told = self._rates.count(scope, sent)
            added += told
            found = None if refusal else self._ready(scope, sent)
            if found is not None:
                status, headers, body = _as_asked(found, scope["method"], sent)
                size = len(body)
                await send({"type": "http.response.start", "status": status, "headers": [*headers, *added]})
                await send({"type": "http.response.body", "body": body})
                return

            async def noted(message: Message) -> None:
                nonlocal status, size
                if message["type"] == "http.response.start":
                    status = message["status"]
                    given = {key for key, _ in message["headers"]}
                    message["headers"] = [
                        *message["headers"],
                        *(pair for pair in added if pair[0] not in given),
                    ]
                elif scope["method"] == "HEAD":
                    message = {**message, "body": b""}
                else:
                    size += len(message.get("body", b""))
                await send(message)

            inner = {**scope, "method": "GET", IS_HEAD: True} if scope["method"] == "HEAD" else scope
            answering = refusal or fast_path.answer(scope) or security_headers.preflight(scope) or self.app
            try:
                await answering(inner, receive, noted)
            finally:
                scope["route"] = inner.get("route")
        finally:
            access_log.note(scope, status, time.perf_counter() - began, size, self.metrics)

    def _ready(self, scope: Scope, sent: Sent) -> Answer | None:
        """The ready answer to this request; where there is one, the scope gets the route that made it."""
        if self.answers is None or scope["method"] not in security_headers.READING:
            return None
        found = self.answers.ready(scope, sent)
        if found is None:
            return None
        answer, scope["route"] = found
        return answer


def _as_asked(answer: Answer, method: str, sent: Sent) -> tuple[int, RawHeaders, bytes]:
    """Status, headers and body: those of a 304 for a client that has the answer, no body for HEAD."""
    has = sent.get(b"if-none-match")
    if has is not None and answer.is_with(has.decode("latin-1")):
        return 304, answer.raw_unchanged, b""
    return 200, answer.raw, answer.body if method == "GET" else b""
