"""Which bytes answer this request, and has the client got them already?

An answer is a pure function of the ledger's head, the day and the request, so ready bytes are kept under that
key (least recently used go first, bounded by size) and carry a strong ETag. A head that moves while an answer
is being made makes it be made again: what is kept under a head belongs to that head.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from fastapi import Request
from fastapi.responses import Response

from service.connection import Ledger

KEPT_BYTES = 64 * 2**20
WORTH_PACKING = 1_000
TRIES = 3


@dataclasses.dataclass(frozen=True)
class Answer:
    """Ready bytes: what a response needs and nothing about how it came to be."""

    body: bytes
    media_type: str
    etag: str
    head: str
    encoding: str = ""


class Answers:
    """The answers of one ledger, made once and kept. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, *, kept_bytes: int = KEPT_BYTES) -> None:
        self.ledger = ledger
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._size = 0
        self._limit = kept_bytes
        self._lock = threading.Lock()

    def respond(
        self, request: Request, key: tuple[Hashable, ...], media_type: str, make: Callable[[], bytes]
    ) -> Response:
        """The response to ``request``; ``key`` names everything but the head and the day it depends on."""
        packed = "gzip" in request.headers.get("accept-encoding", "")
        answer = self._find((*key, media_type, packed), media_type, packed, make)
        headers = {
            "ETag": answer.etag,
            "Cache-Control": "public, no-cache",
            "Vary": "Accept, Accept-Encoding",
            "Casualty-Head": answer.head,
        }
        if _has_already(request.headers.get("if-none-match", ""), answer.etag):
            return Response(status_code=304, headers=headers)
        if answer.encoding:
            headers["Content-Encoding"] = answer.encoding
        return Response(answer.body, headers=headers, media_type=answer.media_type)

    def _find(
        self, key: tuple[Hashable, ...], media_type: str, packed: bool, make: Callable[[], bytes]
    ) -> Answer:
        for _ in range(TRIES):
            head = str(self.ledger.head)
            full_key = (head, self.ledger.clock().date(), *key)
            with self._lock:
                if full_key in self._kept:
                    self._kept.move_to_end(full_key)
                    return self._kept[full_key]
            answer = _answer(make(), media_type, head, packed)
            if head == str(self.ledger.head):
                self._keep(full_key, answer)
                break
        return answer

    def _keep(self, key: Hashable, answer: Answer) -> None:
        with self._lock:
            if key in self._kept or len(answer.body) > self._limit:
                return
            self._kept[key] = answer
            self._size += len(answer.body)
            while self._size > self._limit:
                self._size -= len(self._kept.popitem(last=False)[1].body)


def _answer(body: bytes, media_type: str, head: str, packed: bool) -> Answer:
    """The answer with its ETag: the head, and a hash of the very bytes that are sent."""
    encoding = ""
    if packed and len(body) >= WORTH_PACKING:
        body, encoding = gzip.compress(body, compresslevel=6, mtime=0), "gzip"
    digest = hashlib.sha256(media_type.encode() + b"\n" + body).hexdigest()[:24]
    return Answer(body, media_type, f'"{head}-{digest}"', head, encoding)


def _has_already(if_none_match: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags
