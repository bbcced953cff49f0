"""How are reports handed in, withdrawn and corrected over HTTP?

Three routes, each one verb of ``service.connection.Ledger``: what a row is and whether it is new is not
decided here. A row that is not sound never fails the others: the answer has a verdict for each. The name of
what was handed in tells the id of the key it came with, so that the journal knows whose submission it was.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.connection import Ledger
from service.errors import NotFound, QueryError
from service.ingest import REPORT_FILE
from service.ledger.keyring import Key, Role
from service.model import Batch, Head, Receipt
from service.vocabulary import Verdict
from service.web import filters
from service.web.access import Requires
from service.web.api import plain
from service.web.bodies import (
    FILE_FIELD,
    FILE_FORMATS,
    JSON,
    MULTIPART,
    Body,
    Document,
    Object,
    strict_json,
    too_large,
)
from service.web.idempotency import Answered, Done
from service.web.metrics import Metrics
from service.web.problems import Refusal

Statuses = dict[int | str, dict[str, Any]]
Asked = dict[str, str]
Reporter = Annotated[Key, Depends(Requires(Role.REPORTER))]
Editor = Annotated[Key, Depends(Requires(Role.EDITOR))]

REPORT_ID = re.compile(r"r[0-9a-f]{20}")
LONGEST_REASON = 2_000
WITHDRAWN = "withdrawn"
DRY_RUN = filters.Filter("dry_run", "true: say what would become of each row, and write nothing.", "true")
MAPPING = filters.Filter("mapping", "The shipped mapping that a file of another layout follows.", "ucdp-ged")
MAPPING_NAME = re.compile(r"[a-z0-9-]+")
MOVED = filters.Filter("moved", "true: say also which figures have moved since before, and why.", "true")

router = APIRouter(prefix="/v1", tags=["hand in"])


# --- what the description says ----------------------------------------------------------------------------

_TEXT = {"type": "string"}
_ROW = {
    "type": "object",
    "description": "One report: the columns of a report file, each as text or a number; blank: left out.",
    "properties": {name: {"type": ["string", "number", "null"]} for name in REPORT_FILE},
    "required": ["crisis", "source", "areas", "measure", "population"],
    "example": {
        "crisis": "syria-coast-2025-03", "source": "My Monitor", "published_on": "2025-03-13",
        "counted_to": "2025-03-12", "period_start": "2025-03-06", "areas": "Latakia", "measure": "killed",
        "population": "civilians", "count": "over 700", "standard": "documented",
    },
}  # fmt: skip
_ROWS = {"type": "array", "items": _ROW}
_TALLIES = {str(verdict): {"type": "integer", "minimum": 0} for verdict in Verdict}
_MOVED = {
    "type": "array",
    "items": {"type": "object"},
    "description": "With moved=true: the rows of /v1/changes since the head before this request.",
}
_RECEIPT = {
    "type": "object",
    "required": [*_TALLIES, "head", "dry_run", "rows", "findings"],
    "properties": {
        **_TALLIES,
        "head": {**_TEXT, "description": "The state of the ledger that holds the rows."},
        "dry_run": {"type": "boolean"},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["row", "verdict", "report_id"],
                "properties": {
                    "row": {"type": "integer", "minimum": 1},
                    "verdict": {"enum": [str(verdict) for verdict in Verdict]},
                    "report_id": {"type": ["string", "null"]},
                },
            },
        },
        "findings": {"type": "array", "items": {"type": "object"}},
        "moved": _MOVED,
    },
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gets the same answer for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_NO: dict[str, Any] = {"content": {"application/problem+json": {}}}
REFUSALS: Statuses = {
    400: {"description": "The body is no sound JSON or form, or the address holds a key.", **_NO},
    401: {"description": "No key, or one that is not valid.", **_NO},
    403: {"description": "The key's role is not enough.", **_NO},
    409: {"description": "The first request with this Idempotency-Key is under way.", **_NO},
    413: {"description": "More bytes or rows than one request may carry.", **_NO},
    415: {"description": "A document of that type is not read.", **_NO},
    422: {"description": "Not rows, an unknown parameter, or an Idempotency-Key of another request.", **_NO},
    429: {"description": "Too many requests; Retry-After says when to ask again.", **_NO},
    503: {"description": "The ledger cannot be used.", **_NO},
}
UNKNOWN: Statuses = {404: {"description": "There is no such report.", **_NO}}


def _answers(schema: dict[str, Any], *, creates: bool) -> Statuses:
    content = {"content": {JSON: {"schema": schema}}}
    done: Statuses = {200: {"description": "No report is new." if creates else "Done.", **content}}
    return {201: {"description": "At least one report is new.", **content}, **done} if creates else done


def _takes(content: dict[str, Any], *parameters: filters.Filter) -> dict[str, Any]:
    return {
        "parameters": [_IDEMPOTENCY_KEY, *(each.parameter() for each in parameters)],
        "requestBody": {"required": True, "content": content},
    }


def _object(**members: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object", "properties": members, "required": list(members), "additionalProperties": False
    }  # fmt: skip
    return {JSON: {"schema": schema}}


_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
_DOCUMENTS = {
    JSON: {"schema": _ROWS},
    MULTIPART: {"schema": {"type": "object", "required": [FILE_FIELD], "properties": {FILE_FIELD: _FILE}}},
    **{media_type: {"schema": _FILE} for media_type in FILE_FORMATS},
}
_REASON = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_REASON,
    "description": "Shown with the report.",
}
_WITHDRAWN = {
    "type": "object",
    "required": ["report_id", "verdict", "head"],
    "properties": {
        "report_id": _TEXT,
        "verdict": {"const": WITHDRAWN},
        "head": _TEXT,
        "moved": _MOVED,
    },
}


# --- the routes -------------------------------------------------------------------------------------------


@router.post(
    "/reports",
    summary="Hand reports in: rows as JSON, or a file; a verdict for each row.",
    responses={**_answers(_RECEIPT, creates=True), **REFUSALS},
    openapi_extra=_takes(_DOCUMENTS, DRY_RUN, MOVED, MAPPING),
)
def hand_in(request: Request, key: Reporter, body: Document) -> Response:
    asked = _asked(request, DRY_RUN, MOVED, MAPPING)
    ledger: Ledger = request.app.state.ledger

    def make() -> Done:
        before = ledger.head
        batch = _read(request, key, body, _rows(body) if body.media_type == JSON else None, asked)
        receipt = ledger.submit(batch, dry_run=_is_set(asked, DRY_RUN))
        return _told(request, receipt, before, asked)

    return _once(request, key, body, make)


@router.post(
    "/reports/{report_id}/withdraw",
    summary="Take a report back: it no longer counts, and stays visible with the reason.",
    responses={**_answers(_WITHDRAWN, creates=False), **REFUSALS, **UNKNOWN},
    openapi_extra=_takes(_object(reason=_REASON), MOVED),
)
def withdraw(request: Request, key: Editor, report_id: str, body: Object) -> Response:
    asked = _asked(request, MOVED)
    ledger: Ledger = request.app.state.ledger

    def make() -> Done:
        before = ledger.head
        reason = _reason(_members(body, "reason"))
        head = ledger.withdraw(_known(report_id), reason=reason)
        told = {"report_id": report_id, "verdict": WITHDRAWN, "head": str(head)}
        return Done(200, _json({**told, **_moved(ledger, before, asked)}))

    return _once(request, key, body, make)


@router.post(
    "/reports/{report_id}/correct",
    summary="Put other reports in the place of one, which is withdrawn and points at them.",
    responses={**_answers(_RECEIPT, creates=True), **REFUSALS, **UNKNOWN},
    openapi_extra=_takes(_object(reason=_REASON, rows=_ROWS), MOVED),
)
def correct(request: Request, key: Editor, report_id: str, body: Object) -> Response:
    asked = _asked(request, MOVED)
    ledger: Ledger = request.app.state.ledger

    def make() -> Done:
        before = ledger.head
        members = _members(body, "reason", "rows")
        reason = _reason(members)
        batch = _read(request, key, body, _list(members["rows"]))
        receipt = ledger.put_right(_known(report_id), batch, reason=reason)
        return _told(request, receipt, before, asked)

    return _once(request, key, body, make)


# --- inside -----------------------------------------------------------------------------------------------


def _once(request: Request, key: Key, body: Body, make: Callable[[], Done]) -> Response:
    """The answer of ``make``, or the one that the same request with its Idempotency-Key got before."""
    ledger: Ledger = request.app.state.ledger
    answered: Answered = request.app.state.answered
    name = request.headers.get("idempotency-key")
    if name is None:
        done = make()
    else:
        told = [request.url.path, request.url.query, body.media_type, body.name]
        digest = hashlib.sha256(json.dumps(told).encode() + b"\n" + body.data).hexdigest()
        done = answered.once(key.id, name, digest, ledger.clock(), make)
    headers = {"Cache-Control": "no-store"}
    if done.is_repeated:
        headers["Idempotency-Replayed"] = "true"
    return Response(done.body, done.status, headers, media_type=JSON)


def _read(
    request: Request, key: Key, body: Body, rows: list[Any] | None, asked: Asked | None = None
) -> Batch:
    """What was sent, read: ``rows``, else the file; no more rows than one request may hand in.

    Raises Refusal. Rows of another layout, which a mapping names, are read as the file that they could be.
    """
    ledger: Ledger = request.app.state.ledger
    limit: int = request.app.state.settings.row_limit
    mapping = (asked or {}).get(MAPPING.name)
    if rows is not None and len(rows) > limit:
        raise too_large("The body", limit, "rows")
    if rows is None or mapping:
        form = "json" if body.media_type == JSON else body.format
        batch = ledger.read(body.data, name=body.name or "file", format=form, mapping=mapping)
    else:
        batch = ledger.read(rows, name="rows")
    if batch.rows > limit:
        raise too_large("The file", limit, "rows")
    return dataclasses.replace(batch, document=f"{batch.document} (key {key.id})")


def _told(request: Request, receipt: Receipt, before: Head, asked: Asked) -> Done:
    """The receipt as JSON, and whether something came into being."""
    ledger: Ledger = request.app.state.ledger
    dry_run = _is_set(asked, DRY_RUN)
    tallies = {str(verdict): getattr(receipt, verdict) for verdict in Verdict}
    if not dry_run:
        metrics: Metrics = request.app.state.metrics
        metrics.count_rows(tallies)
    content = {
        **tallies,
        "head": str(receipt.head),
        "dry_run": dry_run,
        "rows": [
            {"row": row, "verdict": verdict, "report_id": report or None}
            for row, verdict, report in receipt.verdicts
        ],
        "findings": [dataclasses.asdict(finding) for finding in receipt.findings],
        **_moved(ledger, before, asked),
    }
    return Done(201 if receipt.accepted and not dry_run else 200, _json(content))


def _rows(body: Body) -> list[Any]:
    return _list(strict_json(body.data))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Refusal(
            422, "malformed_request", "What was sent is no array of reports.",
            fix='Send [{"crisis": "…", "source": "…", "areas": "…", "count": "…", …}].',
        )  # fmt: skip
    return value


def _members(body: Body, *names: str) -> dict[str, Any]:
    """The members of a JSON object that has exactly these."""
    value = strict_json(body.data)
    if not isinstance(value, dict) or set(value) != set(names):
        shape = ", ".join(f'"{name}": …' for name in names)
        raise Refusal(
            422, "malformed_request", f"What was sent is no object with {' and '.join(names)} and no more.",
            fix=f"Send {{{shape}}}.",
        )  # fmt: skip
    return value


def _reason(members: dict[str, Any]) -> str:
    reason = members["reason"]
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise QueryError(
            "The reason is no short text.", fix=f"Say why in 1 to {LONGEST_REASON:,} letters; it is shown."
        )
    if not reason.replace("\n", " ").isprintable():
        raise QueryError("The reason holds control characters.", fix="Send plain text.")
    return reason.strip()


def _known(report_id: str) -> str:
    """A text that can be a report's id; whether there is such a report the ledger says."""
    if not REPORT_ID.fullmatch(report_id):
        raise NotFound(f"There is no report {report_id[:80]!r}.", fix="Report ids are in /v1/reports.")
    return report_id


def _asked(request: Request, *allowed: filters.Filter) -> Asked:
    """What the address asks for beside the body. Raises QueryError for a value that it cannot have."""
    asked: Asked = filters.read_filters(request.query_params.multi_items(), allowed)
    for name, text in asked.items():
        if name == MAPPING.name:
            if not MAPPING_NAME.fullmatch(text):
                raise QueryError(f"{text!r} is no name of a mapping.", fix="Name a shipped one.")
        elif text not in ("true", "false"):
            raise QueryError(f"{name}={text!r} is neither true nor false.", fix=f"Write {name}=true.")
    return asked


def _is_set(asked: Asked, flag: filters.Filter) -> bool:
    return asked.get(flag.name) == "true"


def _moved(ledger: Ledger, before: Head, asked: Asked) -> dict[str, Any]:
    """Which figures have moved since ``before``, where that is asked; others may have had a part in it."""
    if not _is_set(asked, MOVED):
        return {}
    rows: pa.Table = ledger.changes(since=before, arrow=True)
    return {"moved": plain(rows.to_pylist())}


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
