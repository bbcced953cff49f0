"""Which request was that, and how did it end?

Every request has an id: the client's ``X-Request-Id`` if it is a plain word, else a new one. It stands in the
answer, in every log line written while the request is served, and in the access log: one JSON object a line
with method, route, path, status, milliseconds and bytes, and of a refusal its code. Neither query nor client
address is logged: who looks for which dead is nobody's business. The path is logged only of what was
answered: a refused one holds whatever somebody wrote there. What a fault says of itself is left out where it
holds personal data.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import random
import re
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from starlette.types import Scope

from service.ingest.privacy import find_personal_data
from service.web.metrics import Metrics

HEADER = "X-Request-Id"
LOGGER = "service"
"""The logger whose lines, and those of all below it, are written as JSON."""
CODE = "casualty.code"
"""Where the scope of a request has the code of its refusal."""
NO_ROUTE = "none"
"""The route of a request that no route answered."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
RAW_HEADER = HEADER.lower().encode()
_PLAIN = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_random = random.Random()  # noqa: S311 - an id keeps requests apart; it is no secret
_log = logging.getLogger("service.access")


def identify_request(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the id of the request with these headers, and put it into every line logged from now on."""
    clients_id = headers.get(RAW_HEADER, b"")
    name = clients_id if _PLAIN.fullmatch(clients_id) else b"%032x" % _random.getrandbits(128)
    request_id.set(name.decode())
    return name


def record_request(scope: Scope, status: int, seconds: float, size: int, metrics: Metrics | None) -> None:
    """Count a request that has ended, and write its line of the access log; ``size`` is in bytes."""
    route = getattr(scope.get("route"), "path", NO_ROUTE)
    if metrics is not None:
        metrics.count_request(scope["method"], route, status, seconds)
    if _log.isEnabledFor(logging.INFO):
        path = scope["path"] if status < HTTPStatus.BAD_REQUEST else ""
        fields = {
            "method": scope["method"], "route": route, "path": path, "status": status,
            "ms": round(1000 * seconds, 2), "bytes": size,
            **({"code": scope[CODE]} if CODE in scope else {}),
        }  # fmt: skip
        _log.info("request", extra={"fields": fields})


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            line["fault"] = _without_personal_data(record.exc_info[1], trace)
        return json.dumps(line, ensure_ascii=False)


def _without_personal_data(error: BaseException | None, text: str) -> str:
    """Return the trace of an error: where it arose only, if what it says of itself holds personal data."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    if not any(find_personal_data(str(error)) for error in chain):
        return text
    return "".join(
        f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}\n"
        for error in chain[::-1]
    )


@contextlib.contextmanager
def log_to_stderr(is_on: bool) -> Iterator[None]:
    """Write what the service logs to standard error as JSON lines until the context ends, if ``is_on``."""
    if not is_on:
        yield
        return
    logger, handler = logging.getLogger(LOGGER), logging.StreamHandler()
    handler.setFormatter(JsonLines())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
