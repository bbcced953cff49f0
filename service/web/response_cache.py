"""Which bytes answer this request, and has the client got them already?

An answer is a pure function of the part of the ledger it rests on, the day and the request. Ready bytes are
kept under that key (the last ones used, so many and so large) with a strong ETag, the hash of the very bytes
sent: a new entry of the ledger changes exactly the answers it touches. An answer during whose making
the ledger moved is made again. Many who ask for the same thing at once wait for one making of it.

An answer too large to be kept is sent piece by piece as it is made, never held as a whole; its ETag names
the state, the question and the format, which decide its bytes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable, Mapping
from concurrent.futures import Future
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Scope

from service import deadline
from service.api import Ledger
from service.effort import Workshop
from service.web import gc_tuning
from service.web.compression import WORTH_PACKING, Coding, coding_for, pack, pack_pieces
from service.web.streaming import StreamedResponse
from service.web.workshops import client_of

KEPT_BYTES = 64 * 2**20
KEPT_ANSWERS = KEPT_REQUESTS = 4_096
LONGEST_REQUEST = 2_000
TRIES = 3
VARY = "Accept, Accept-Encoding"
ASKED_WITH = (b"host", b"accept", b"accept-encoding")
"""The headers of a request that decide which answer it gets."""


@dataclasses.dataclass(frozen=True)
class Grounds:
    """What of the ledger an answer rests on: one crisis, all of it, or entries that can change no more, but
    for what is redacted."""

    crisis: str | None = None
    is_settled: bool = False

    def state(self, ledger: Ledger) -> Hashable:
        """Equal states, equal answers."""
        if self.is_settled:
            return ("settled", ledger.store.state.redaction)
        return ledger.answers.last_entry(self.crisis) if self.crisis else ledger.head


EVERYTHING = Grounds()
Pieces = Callable[[], Generator[bytes]]


@dataclasses.dataclass(frozen=True)
class Made:
    """A body and the headers that belong to it; a large body is made piece by piece, by ``pieces``."""

    body: bytes = b""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    pieces: Pieces | None = None
    held: int = 0
    """Bytes that stay in memory until the last piece has left."""


Sent = Mapping[bytes, bytes]
"""The headers of a request, by lower-case name."""

RawHeaders = tuple[tuple[bytes, bytes], ...]
"""Headers as ASGI has them; a tuple, since the search for garbage need not look at it again."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What a response needs, and nothing about how it came to be. ``raw`` and ``raw_unchanged`` are the
    headers of the 200 and of the 304 as ASGI has them; a large body comes from ``pieces``."""

    body: bytes
    etag: str
    raw: RawHeaders
    raw_unchanged: RawHeaders
    pieces: Pieces | None = None
    held: int = 0

    def is_with(self, if_none_match: str) -> bool:
        """Whether the client that sent this If-None-Match has got the answer already."""
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return "*" in tags or self.etag in tags


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """What a request came down to when it was last answered."""

    key: tuple[Hashable, ...]
    grounds: Grounds
    route: Any


Maker = Callable[[], bytes | Made]


class Answers:
    """The answers of one ledger, made once and kept. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, workshop: Workshop, *, kept_bytes: int = KEPT_BYTES) -> None:
        self.ledger = ledger
        self.workshop = workshop
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._coming: dict[Hashable, Future[Answer]] = {}
        self._known: OrderedDict[Hashable, Known] = OrderedDict()
        self._size = 0
        self._limit = kept_bytes
        self._lock = threading.Lock()

    def respond(
        self,
        request: Request,
        key: tuple[Hashable, ...],
        media_type: str,
        make: Maker,
        grounds: Grounds = EVERYTHING,
    ) -> Response:
        """The response to ``request``; ``key`` names everything but the ledger and the day it depends on."""
        coding = coding_for(request.headers.get("accept-encoding"), media_type)
        full_key = (*key, media_type, coding.value)
        find = self._at_hand if deadline.is_at_once() else self._find
        client = client_of(request.scope, request.app.state.settings)
        with deadline.limit(request.app.state.settings.answer_time), self.workshop.work(client):
            answer = find(full_key, grounds, partial(self._answer, make, media_type, coding, full_key))
        if answer.pieces is None:
            self._remember(request, Known(full_key, grounds, request.scope.get("route")))
        hold = partial(self.workshop.hold, client, answer.held)
        return _response(answer, request, hold)

    def respond_privately(self, request: Request, media_type: str, make: Maker) -> Response:
        """The response to a request that not everybody may make: it is made anew, and kept nowhere."""
        client = client_of(request.scope, request.app.state.settings)
        with deadline.limit(request.app.state.settings.answer_time), self.workshop.work(client):
            answer = self._answer(make, media_type, Coding.IDENTITY, ("private",))
        raw = tuple(header for header in answer.raw if header[0] != b"cache-control")
        raw += ((b"cache-control", b"private, no-store"),)
        return _whole_response(
            dataclasses.replace(answer, raw=raw), partial(self.workshop.hold, client, answer.held)
        )

    def ready(self, scope: Scope, sent: Sent) -> tuple[Answer, Any] | None:
        """The answer to a request that was answered before in the state the ledger is in, and its route."""
        known = self._known.get(_request_key(scope, sent))
        if known is None:
            return None
        key = self._key(known.key, known.grounds)
        with self._lock:
            answer = self._kept.get(key)
            if answer is None:
                return None
            self._kept.move_to_end(key)
        return answer, known.route

    def _remember(self, request: Request, known: Known) -> None:
        scope, sent = request.scope, dict(reversed(request.headers.raw))
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_REQUEST:
            return
        with self._lock:
            self._known[_request_key(scope, sent)] = known
            while len(self._known) > KEPT_REQUESTS:
                self._known.popitem(last=False)

    def _key(self, key: tuple[Hashable, ...], grounds: Grounds) -> Hashable:
        return (grounds.state(self.ledger), self.ledger.clock().date(), key)

    def _find(self, key: tuple[Hashable, ...], grounds: Grounds, make: Callable[[], Answer]) -> Answer:
        for _ in range(TRIES):
            full_key = self._key(key, grounds)
            with self._lock:
                if full_key in self._kept:
                    self._kept.move_to_end(full_key)
                    return self._kept[full_key]
                is_first = full_key not in self._coming
                coming = self._coming.setdefault(full_key, Future())
            if is_first:
                gc_tuning.lower_thread_priority()
                self._fulfil(full_key, coming, make, lambda: self._key(key, grounds))
            answer = coming.result() if is_first else self.workshop.follow(coming)
            if full_key == self._key(key, grounds):
                break
        return answer

    def _at_hand(self, key: tuple[Hashable, ...], grounds: Grounds, make: Callable[[], Answer]) -> Answer:
        """What ``_find`` finds, without waiting for others or having others wait. Raises NotAtOnce."""
        full_key = self._key(key, grounds)
        with self._lock:
            if full_key in self._kept:
                self._kept.move_to_end(full_key)
                return self._kept[full_key]
        answer = make()
        if full_key != self._key(key, grounds):
            raise deadline.NotAtOnce
        with self._lock:
            self._keep(full_key, answer)
        return answer

    def _keep(self, key: Hashable, answer: Answer) -> None:
        before = self._kept.get(key)
        self._kept[key] = answer
        self._size += len(answer.body) - (len(before.body) if before else 0)
        while self._size > self._limit or len(self._kept) > KEPT_ANSWERS:
            self._size -= len(self._kept.popitem(last=False)[1].body)

    def _fulfil(
        self,
        key: Hashable,
        coming: Future[Answer],
        make: Callable[[], Answer],
        key_now: Callable[[], Hashable],
    ) -> None:
        """Make the answer for all who wait for it; a failure is theirs as well, and is not kept."""
        try:
            answer = make()
        except BaseException as error:
            coming.set_exception(error)
            with self._lock:
                del self._coming[key]
            raise
        coming.set_result(answer)
        with self._lock:
            del self._coming[key]
            if answer.pieces is None and key == key_now():
                self._keep(key, answer)

    def _answer(self, make: Maker, media_type: str, coding: Coding, key: tuple[Hashable, ...]) -> Answer:
        """The answer with its ETag and its headers."""
        head = str(self.ledger.head)
        made = make()
        made = Made(made) if isinstance(made, bytes) else made
        vary = ", ".join(filter(None, (VARY, made.headers.get("Vary"))))
        headers = {"Cache-Control": "public, no-cache", "Casualty-Head": head, **made.headers, "Vary": vary}
        if made.pieces is None and len(made.body) < WORTH_PACKING:
            coding = Coding.IDENTITY
        body = decisive = pack(made.body, coding)
        if made.pieces is not None:
            state = (version("casualty-ledger"), headers["Casualty-Head"], self.ledger.clock().date(), key)
            decisive = repr(state).encode()
        headers["ETag"] = etag = make_etag(media_type, decisive)
        headers_of_both = len(headers)  # what follows is about a body
        if coding is not Coding.IDENTITY:
            headers["Content-Encoding"] = coding
        headers["Content-Type"] = media_type
        pieces = None
        if made.pieces is not None:
            pieces = partial(pack_pieces, made.pieces, coding)
        else:
            headers["Content-Length"] = str(len(body))
        raw = _raw(headers)
        return Answer(body, etag, raw, raw[:headers_of_both], pieces, made.held)


def make_etag(media_type: str, content: bytes) -> str:
    """Return the strong ETag of an answer: the hash of its media type and its very bytes.

    For a body that is sent in pieces, ``content`` is what decides its bytes: version, head, day and question.
    """
    digest = hashlib.sha256(media_type.encode() + b"\n" + content).hexdigest()
    return f'"{digest[:32]}"'


def _response(answer: Answer, request: Request, hold: Callable[[], Callable[[], None]]) -> Response:
    """The answer as a response: the same headers and bytes as it leaves with when it is ready."""
    if answer.is_with(request.headers.get("if-none-match", "")):
        response = Response(status_code=304)
        response.raw_headers = list(answer.raw_unchanged)
        return response
    return _whole_response(answer, hold)


def _whole_response(answer: Answer, hold: Callable[[], Callable[[], None]]) -> Response:
    if answer.pieces is not None:
        return StreamedResponse(answer.pieces(), list(answer.raw), hold())
    response = Response(answer.body)
    response.raw_headers = list(answer.raw)
    return response


def _raw(headers: Mapping[str, str]) -> RawHeaders:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


def _request_key(scope: Scope, sent: Sent) -> Hashable:
    """The request as it was written, as far as its answer depends on it."""
    asked = map(sent.get, ASKED_WITH)
    return (scope.get("language"), scope["path"], scope["query_string"], scope["scheme"], *asked)
