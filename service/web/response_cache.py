"""Which bytes answer this request, and has the client got them already?

An answer is a pure function of the part of the ledger it rests on, the day and the request. Ready bytes are
kept under that key (the last ones used, so many bytes of them) with a strong ETag, the hash of the very bytes
sent: a new entry of the ledger changes exactly the answers it touches. An answer during whose making
the ledger moved is made again. Many who ask for the same thing at once wait for one making of it.

An answer too large to be kept is sent piece by piece as it is made, never held as a whole; its ETag names
the state, the question and the format, which decide its bytes.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Generator, Hashable, Mapping
from concurrent.futures import Future
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from service import deadline
from service.answers.bounded_cache import BoundedCache
from service.api import Ledger
from service.effort import Workshop
from service.settings import CACHE_MEMORY
from service.web import gc_tuning
from service.web.compression import WORTH_PACKING, Coding, coding_for, pack, pack_pieces
from service.web.conditional import Sent, http_date, is_unchanged, wanted_span
from service.web.streaming import IS_HEAD, StreamedResponse
from service.web.workshops import client_of

ANSWERS_SHARE, REQUESTS_SHARE = 0.0546875, 0.0078125
"""Of the memory that may be kept (together a sixteenth, the rest is ``answers.cache``): ready answers, and
requests with the answer that each came down to."""
LONGEST_REQUEST = 2_000
TRIES = 3
VARY = "Accept, Accept-Encoding"
SETTLING = dt.timedelta(seconds=2)
"""An answer that rests on something younger has no Last-Modified, which counts in seconds: another entry may
come in the same one."""
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

    def changed_at(self, ledger: Ledger) -> dt.datetime:
        """Return when what the answer rests on last changed: by an entry, or by the beginning of the day."""
        state = ledger.answers.read_state.state
        recorded_at = state.crisis_recorded_at(self.crisis) if self.crisis else state.recorded_at
        return max(recorded_at, dt.datetime.combine(ledger.clock().date(), dt.time()))


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
    state: str = ""
    """What the ETag says besides, before a dot: the state that a write may ask to be still the one."""


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
    last_modified: dt.datetime | None = None

    @property
    def nbytes(self) -> int:
        """The bytes of body and headers."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.raw)

    def response(self, sent: Sent, *, is_head: bool = False) -> tuple[int, RawHeaders, bytes] | None:
        """Return status, headers and body for a client that sent these headers: the whole, a part of it
        (206), or that it has it already (304). None where it wants a part that there is not, and for a body
        that is sent in pieces."""
        if is_unchanged(self.etag, self.last_modified, sent):
            return 304, self.raw_unchanged, b""
        if self.pieces is not None:
            return None
        span = None if is_head else wanted_span(self.etag, self.last_modified, len(self.body), sent)
        if span is None:
            return 200, self.raw, b"" if is_head else self.body
        if not span.is_satisfiable:
            return None
        headers = tuple(header for header in self.raw if header[0] != b"content-length")
        length = b"%d" % (span.end - span.begin)
        headers += ((b"content-range", span.content_range), (b"content-length", length))
        return 206, headers, self.body[span.begin : span.end]


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """What a request came down to when it was last answered."""

    key: tuple[Hashable, ...]
    grounds: Grounds
    route: Any


Maker = Callable[[], bytes | Made]


class Answers:
    """The answers of one ledger, made once and kept. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, workshop: Workshop, *, kept_bytes: int = CACHE_MEMORY) -> None:
        self.ledger = ledger
        self.workshop = workshop
        self._kept = BoundedCache[Hashable, Answer](int(ANSWERS_SHARE * kept_bytes))
        self._coming: dict[Hashable, Future[Answer]] = {}
        self._known = BoundedCache[Hashable, Known](int(REQUESTS_SHARE * kept_bytes))
        self._began = ledger.clock()
        """Another version of the service, which may answer otherwise, begins later."""
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
            answer = find(
                full_key, grounds, partial(self._answer, make, media_type, coding, full_key, grounds)
            )
        if answer.pieces is None:
            self._remember(request, Known(full_key, grounds, request.scope.get("route")))
        hold = partial(self.workshop.hold, client, answer.held)
        return _response(answer, request, hold)

    def respond_privately(self, request: Request, media_type: str, make: Maker) -> Response:
        """The response to a request that not everybody may make: it is made anew, and kept nowhere."""
        client = client_of(request.scope, request.app.state.settings)
        with deadline.limit(request.app.state.settings.answer_time), self.workshop.work(client):
            answer = self._answer(make, media_type, Coding.IDENTITY, ("private",), EVERYTHING)
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
        answer = self._kept.get(self._key(known.key, known.grounds))
        return None if answer is None else (answer, known.route)

    def _remember(self, request: Request, known: Known) -> None:
        scope, sent = request.scope, dict(reversed(request.headers.raw))
        key = _request_key(scope, sent)
        size = sum(len(part) for part in key if part is not None)
        if size <= LONGEST_REQUEST:
            self._known.keep(key, known, 2 * size)  # the question is in the key of its answer once more

    def _key(self, key: tuple[Hashable, ...], grounds: Grounds) -> Hashable:
        return (grounds.state(self.ledger), self.ledger.clock().date(), key)

    def _find(self, key: tuple[Hashable, ...], grounds: Grounds, make: Callable[[], Answer]) -> Answer:
        for _ in range(TRIES):
            full_key = self._key(key, grounds)
            with self._lock:
                kept = self._kept.get(full_key)
                if kept is not None:
                    return kept
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
        kept = self._kept.get(full_key)
        if kept is not None:
            return kept
        answer = make()
        if full_key != self._key(key, grounds):
            raise deadline.NotAtOnce
        self._kept.keep(full_key, answer, answer.nbytes)
        return answer

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
                self._kept.keep(key, answer, answer.nbytes)

    def _answer(
        self, make: Maker, media_type: str, coding: Coding, key: tuple[Hashable, ...], grounds: Grounds
    ) -> Answer:
        """The answer with its ETag and its headers."""
        head = str(self.ledger.head)
        last_modified = self._last_modified(grounds)
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
        headers["ETag"] = etag = make_etag(media_type, decisive, made.state)
        if last_modified is not None:
            headers["Last-Modified"] = http_date(last_modified)
        headers_of_both = len(headers)  # what follows is about a body
        if coding is not Coding.IDENTITY:
            headers["Content-Encoding"] = coding
        headers["Content-Type"] = media_type
        pieces = None
        if made.pieces is not None:
            pieces = partial(pack_pieces, made.pieces, coding)
            headers["Accept-Ranges"] = "none"
        else:
            headers["Content-Length"] = str(len(body))
            headers["Accept-Ranges"] = "bytes"
        raw = _raw(headers)
        return Answer(body, etag, raw, raw[:headers_of_both], pieces, made.held, last_modified)

    def _last_modified(self, grounds: Grounds) -> dt.datetime | None:
        """When an answer last changed, to the second; None where it may change again within that second."""
        changed_at = max(grounds.changed_at(self.ledger), self._began).replace(microsecond=0)
        return changed_at if self.ledger.clock() - changed_at >= SETTLING else None


def make_etag(media_type: str, content: bytes, state: str = "") -> str:
    """Return the strong ETag of an answer: the hash of its media type and its very bytes, after a ``state``
    if it has one.

    For a body that is sent in pieces, ``content`` is what decides its bytes: version, head, day and question.
    """
    digest = hashlib.sha256(media_type.encode() + b"\n" + content).hexdigest()[:32]
    return f'"{state}.{digest}"' if state else f'"{digest}"'


def _response(answer: Answer, request: Request, hold: Callable[[], Callable[[], None]]) -> Response:
    """The answer as a response: the same headers and bytes as it leaves with when it is ready."""
    sent = dict(reversed(request.headers.raw))
    chosen = answer.response(sent, is_head=bool(request.scope.get(IS_HEAD)))
    if chosen is None and answer.pieces is None:
        size = len(answer.body)
        raise HTTPException(
            416,
            f"{sent[b'range'].decode('latin-1')[:60]!r} lies behind the end: the answer has {size:,} bytes.",
            {"Content-Range": f"bytes */{size}"},
        )
    if chosen is None or chosen[0] == 200:
        return _whole_response(answer, hold)
    status, headers, body = chosen
    response = Response(body, status)
    response.raw_headers = list(headers)
    return response


def _whole_response(answer: Answer, hold: Callable[[], Callable[[], None]]) -> Response:
    if answer.pieces is not None:
        return StreamedResponse(answer.pieces(), list(answer.raw), hold())
    response = Response(answer.body)
    response.raw_headers = list(answer.raw)
    return response


def _raw(headers: Mapping[str, str]) -> RawHeaders:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


def _request_key(scope: Scope, sent: Sent) -> tuple[str | bytes | None, ...]:
    """The request as it was written, as far as its answer depends on it."""
    asked = map(sent.get, ASKED_WITH)
    return (scope.get("language"), scope["path"], scope["query_string"], scope["scheme"], *asked)
