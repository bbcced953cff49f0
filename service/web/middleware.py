"""What happens to every request, whoever answers it?

``OuterLayer`` notes the language, gives it an id, counts it against its client's rate and records it in the
access log and the metrics; it adds to the answer the headers that every answer promises. It is plain ASGI
around the whole application, so it can send a ready answer without a search for the route and still add those
headers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.settings import Settings
from service.web import access_log, fast_path, locale, security_headers
from service.web.conditional import Sent
from service.web.metrics import Metrics
from service.web.rates import Rates
from service.web.response_cache import Answers, RawHeaders
from service.web.streaming import IS_HEAD

Ready = tuple[int, RawHeaders, bytes]
"""Status, headers and body."""


class OuterLayer:
    """The ASGI application around ``app``; ``answers`` and ``metrics`` are set once there is a ledger."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.answers: Answers | None = None
        self.metrics: Metrics | None = None
        self._rates = Rates(settings)
        self._prefix = settings.path_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        headers: Sent = dict(reversed(scope["headers"]))  # of a repeated header, the first counts
        locale.enter_prefix(scope, self._prefix)
        locale.enter(scope)
        request_id = access_log.identify_request(headers)
        promises = [*security_headers.headers_for(scope), (access_log.RAW_HEADER, request_id)]
        sender = Sender(send, scope["method"], promises, self._prefix)
        try:
            refusal, rate_headers = self._rates.count(scope, headers)
            promises += rate_headers
            refusal = refusal or locale.redirection(scope, headers)
            answer = None if refusal else self._ready_answer(scope, headers)
            if answer is not None:
                await sender.send_ready(answer)
            else:
                await self._answer(scope, receive, sender, refusal)
        finally:
            seconds = time.perf_counter() - began
            access_log.record_request(scope, sender.status, seconds, sender.size, self.metrics)

    def _ready_answer(self, scope: Scope, headers: Sent) -> Ready | None:
        """Return what is ready to be sent, if anything, and set the scope's route to the one that made it."""
        if self.answers is None or scope["method"] not in security_headers.READ_METHODS:
            return None
        ready = self.answers.ready(scope, headers)
        if ready is None:
            return None
        answer, route = ready
        response = answer.response(headers, is_head=scope["method"] == "HEAD")
        if response is not None:
            scope["route"] = route
        return response

    async def _answer(self, scope: Scope, receive: Receive, sender: Sender, refusal: ASGIApp | None) -> None:
        """Let ``refusal`` answer if there is one, else the fast path, the preflight or the application."""
        inner = {**scope, "method": "GET", IS_HEAD: True} if scope["method"] == "HEAD" else scope
        application = refusal or fast_path.answer(scope) or security_headers.preflight(scope) or self.app
        try:
            await application(inner, receive, sender.send_message)
        finally:
            scope["route"] = inner.get("route")
            if access_log.CODE in inner:
                scope[access_log.CODE] = inner[access_log.CODE]


class Sender:
    """Sends one answer with the promised headers; keeps its status and the bytes of its body (``size``).

    ``prefix`` is the path under which readers reach the service: where an answer leads elsewhere here, it
    leads there.
    """

    __slots__ = ("_is_head", "_prefix", "_promises", "_send", "size", "status")

    def __init__(
        self, send: Send, method: str, promises: list[tuple[bytes, bytes]], prefix: str = ""
    ) -> None:
        self._prefix = prefix.encode()
        self.status = 500  # the status if the application ends without an answer
        self.size = 0
        self._send = send
        self._is_head = method == "HEAD"
        self._promises = promises

    async def send_ready(self, answer: Ready) -> None:
        """Send what is ready: an answer, a part of it, or a 304 without a body."""
        self.status, answer_headers, body = answer
        self.size = len(body)
        headers = self._with_promises(answer_headers)
        await self._send({"type": "http.response.start", "status": self.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    async def send_message(self, message: Message) -> None:
        """Send a message of the application."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._with_promises(message["headers"])
        elif self._is_head:
            message = {**message, "body": b""}
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)

    def _with_promises(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return the headers of an answer with the promised ones that it does not set itself.

        Of two policies a browser keeps both, so a promise beside an answer's own would undo what that allows.
        """
        own = [*map(self._lead, headers)] if self._prefix else [*headers]
        names = {name for name, _ in own}
        return own + [promise for promise in self._promises if promise[0] not in names]

    def _lead(self, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        """Return a header; an address of this service under the path by which readers reach it."""
        name, value = header
        if not self._prefix or name not in (b"location", b"link"):
            return header
        if name == b"link":
            return name, value.replace(b"</", b"<" + self._prefix + b"/")
        is_own = value.startswith(b"/") and not value.startswith(b"//")
        return name, self._prefix + value if is_own else value
