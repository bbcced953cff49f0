"""How is a text taken out of the ledger for good over HTTP?

Three routes, for a report, for a row that was held and for a mapping, each one verb of
``service.api.Ledger``. They take an editor's key, whose id stays in the journal with the reason.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api import Ledger
from service.errors import QueryError
from service.ingest.fixes import MAX_DIGITS
from service.schema.records import Redaction
from service.web.idempotency import WriteAnswer
from service.web.openapi_desk import redacting, redacting_mapping, redacting_row
from service.web.request_body import JsonObject
from service.web.writes import (
    Editor,
    answer_once,
    read_members,
    read_options,
    read_reason,
    read_report_id,
    read_text,
    to_json,
)

MOST_COLUMNS = 200
"""How many cells one request may name."""

router = APIRouter(prefix="/v1")


@router.post("/reports/{report_id}/redact", **redacting())
def redact(request: Request, key: Editor, body: JsonObject) -> Response:
    read_options(request)
    ledger: Ledger = request.app.state.ledger

    def write() -> WriteAnswer:
        report_id = read_report_id(request)
        members = read_members(body, "columns", "reason")
        columns = _read_columns(members["columns"])
        if not columns:
            raise QueryError("No column is named.", fix='Send "columns": ["note"].')
        return _answer(ledger.redact(report_id, columns=columns, reason=read_reason(members), key_id=key.id))

    return answer_once(request, key, body, write)


@router.post("/redact", **redacting_row())
def redact_held_row(request: Request, key: Editor, body: JsonObject) -> Response:
    read_options(request)
    ledger: Ledger = request.app.state.ledger

    def write() -> WriteAnswer:
        members = read_members(body, "document", "row", "columns", "reason")
        document, columns = read_text(members, "document"), _read_columns(members["columns"])
        row = members["row"]
        if type(row) is not int or not 0 < row < 10**MAX_DIGITS:
            raise QueryError("The row is no row number.", fix='Send "row": 12.')
        reason = read_reason(members)
        return _answer(ledger.redact_held_row(document, row, columns=columns, reason=reason, key_id=key.id))

    return answer_once(request, key, body, write)


@router.post("/mappings/redact", **redacting_mapping())
def redact_mapping(request: Request, key: Editor, body: JsonObject) -> Response:
    read_options(request)
    ledger: Ledger = request.app.state.ledger

    def write() -> WriteAnswer:
        members = read_members(body, "mapping", "reason")
        name = read_text(members, "mapping")
        return _answer(ledger.redact_mapping(name, reason=read_reason(members), key_id=key.id))

    return answer_once(request, key, body, write)


def _answer(done: Redaction) -> WriteAnswer:
    content = {**dataclasses.asdict(done), "head": str(done.head), "remarks": done.remarks()}
    return WriteAnswer(200, to_json(content), may_hold_texts=False)


def _read_columns(value: Any) -> list[str]:  # noqa: ANN401 - whatever was sent
    """Return the names of columns. Raises QueryError."""
    is_list = isinstance(value, list) and len(value) <= MOST_COLUMNS
    if not is_list or not all(isinstance(name, str) and name for name in value):
        raise QueryError(
            f"columns is no list of at most {MOST_COLUMNS} names.", fix='Send "columns": ["note"].'
        )
    return list(dict.fromkeys(value))
