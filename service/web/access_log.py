"""Which request was that, and how did it end?

Every request has an id: the client's ``X-Request-Id`` where it is a plain word, else a new one. It stands in
the answer, in every log line written while the request was served, and in the access log: one JSON object a
line with method, route, path, status, milliseconds and bytes. Neither query nor client address is logged: who
looks for which dead is nobody's business.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import random
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from starlette.types import Scope

from service.web.metrics import Metrics

HEADER = "X-Request-Id"
ROOT = "service"
NOWHERE = "none"
"""The route of a request that no route answered."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
RAW_HEADER = HEADER.lower().encode()
_PLAIN = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_random = random.Random()  # noqa: S311 - an id keeps requests apart; it is no secret
_log = logging.getLogger("service.access")


def name_request(sent: Mapping[bytes, bytes]) -> bytes:
    """The id of the request with these headers, which every line logged while it is served carries."""
    given = sent.get(RAW_HEADER, b"")
    name = given if _PLAIN.fullmatch(given) else b"%032x" % _random.getrandbits(128)
    request_id.set(name.decode())
    return name


def note(scope: Scope, status: int, seconds: float, size: int, metrics: Metrics | None) -> None:
    """Count a request that has ended, and write its line of the access log."""
    route = getattr(scope.get("route"), "path", NOWHERE)
    if metrics is not None:
        metrics.count_request(scope["method"], route, status, seconds)
    if _log.isEnabledFor(logging.INFO):
        told = {
            "method": scope["method"], "route": route, "path": scope["path"], "status": status,
            "ms": round(1000 * seconds, 2), "bytes": size,
        }  # fmt: skip
        _log.info("request", extra={"told": told})


class JsonLines(logging.Formatter):
    """A record as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


@contextlib.contextmanager
def writing(wanted: bool) -> Iterator[None]:
    """While it lasts, what the service logs goes to standard error as JSON lines, where that is wanted."""
    if not wanted:
        yield
        return
    logger, handler = logging.getLogger(ROOT), logging.StreamHandler()
    handler.setFormatter(JsonLines())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
