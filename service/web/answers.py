"""Which bytes answer this request, and has the client got them already?

An answer is a pure function of the ledger's head, the day and the request, so ready bytes are kept under that
key (least recently used go first, bounded by size) and carry a strong ETag. A head that moves while an answer
is being made makes it be made again: what is kept under a head belongs to that head. Many who ask for the
same thing at once wait for one making of it.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from functools import partial

from fastapi import Request
from fastapi.responses import Response

from service.connection import Ledger

KEPT_BYTES = 64 * 2**20
WORTH_PACKING = 1_000
TRIES = 3


@dataclasses.dataclass(frozen=True)
class Made:
    """A body and the headers that belong to it."""

    body: bytes
    headers: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Answer:
    """Ready bytes: what a response needs and nothing about how it came to be."""

    body: bytes
    media_type: str
    etag: str
    head: str
    encoding: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


Maker = Callable[[], bytes | Made]


class Answers:
    """The answers of one ledger, made once and kept. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, *, kept_bytes: int = KEPT_BYTES) -> None:
        self.ledger = ledger
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._coming: dict[Hashable, Future[Answer]] = {}
        self._size = 0
        self._limit = kept_bytes
        self._lock = threading.Lock()

    def respond(self, request: Request, key: tuple[Hashable, ...], media_type: str, make: Maker) -> Response:
        """The response to ``request``; ``key`` names everything but the head and the day it depends on."""
        packed = "gzip" in request.headers.get("accept-encoding", "")
        answer = self._find((*key, media_type, packed), media_type, packed, make)
        headers = {
            "ETag": answer.etag,
            "Cache-Control": "public, no-cache",
            "Vary": "Accept, Accept-Encoding",
            "Casualty-Head": answer.head,
            **answer.headers,
        }
        if _has_already(request.headers.get("if-none-match", ""), answer.etag):
            return Response(status_code=304, headers=headers)
        if answer.encoding:
            headers["Content-Encoding"] = answer.encoding
        return Response(answer.body, headers=headers, media_type=answer.media_type)

    def _find(self, key: tuple[Hashable, ...], media_type: str, packed: bool, make: Maker) -> Answer:
        for _ in range(TRIES):
            head = str(self.ledger.head)
            full_key = (head, self.ledger.clock().date(), *key)
            with self._lock:
                if full_key in self._kept:
                    self._kept.move_to_end(full_key)
                    return self._kept[full_key]
                is_first = full_key not in self._coming
                coming = self._coming.setdefault(full_key, Future())
            if is_first:
                self._fulfil(full_key, coming, partial(_answer, make, media_type, head, packed))
            answer = coming.result()
            if head == str(self.ledger.head):
                break
        return answer

    def _fulfil(self, key: Hashable, coming: Future[Answer], make: Callable[[], Answer]) -> None:
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
            if answer.head == str(self.ledger.head):
                self._kept[key] = answer
                self._size += len(answer.body)
            while self._size > self._limit:
                self._size -= len(self._kept.popitem(last=False)[1].body)


def _answer(make: Maker, media_type: str, head: str, packed: bool) -> Answer:
    """The answer with its ETag: the head, and a hash of the very bytes that are sent."""
    made, encoding = make(), ""
    body, headers = (made, {}) if isinstance(made, bytes) else (made.body, made.headers)
    if packed and len(body) >= WORTH_PACKING:
        body, encoding = gzip.compress(body, compresslevel=6, mtime=0), "gzip"
    digest = hashlib.sha256(media_type.encode() + b"\n" + body).hexdigest()[:24]
    return Answer(body, media_type, f'"{head}-{digest}"', head, encoding, headers)


def _has_already(if_none_match: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags
