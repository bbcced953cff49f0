"""How are places, sources, crises and populations registered over HTTP?

A route for each table, and one for other spellings of a place; each is one verb of ``service.api.Ledger``.
They take an editor, since every later row rests on them.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers.endpoints import ENDPOINTS, REFERENCE_LISTS
from service.api import Ledger
from service.errors import QueryError
from service.schema.records import Registration
from service.web.errors import Refusal
from service.web.idempotency import WriteAnswer
from service.web.openapi_desk import registering, spelling
from service.web.request_body import JSON, Body, JsonObject, ReportDocument, strict_json, too_large
from service.web.writes import DRY_RUN, Editor, answer_once, is_set, read_members, read_options, to_json

MOST_SPELLINGS = 100
"""How many spellings one request may bring."""

router = APIRouter(prefix="/v1")


def _mount(table: str, name: str) -> None:
    def register(request: Request, key: Editor, body: ReportDocument) -> Response:
        options = read_options(request, DRY_RUN)
        ledger: Ledger = request.app.state.ledger

        def write() -> WriteAnswer:
            data = _read_rows(request, body)
            receipt = ledger.register(
                table, data, name=body.name or name, dry_run=is_set(options, DRY_RUN), key_id=key.id
            )
            return _answer(receipt)

        return answer_once(request, key, body, write)

    router.add_api_route(
        ENDPOINTS[name].address, register, methods=["POST"], **registering(table, name, DRY_RUN)
    )


for _table, _name in REFERENCE_LISTS.items():
    _mount(_table, _name)


@router.post("/spellings", **spelling(DRY_RUN))
def add_spellings(request: Request, key: Editor, body: JsonObject) -> Response:
    options = read_options(request, DRY_RUN)
    ledger: Ledger = request.app.state.ledger

    def write() -> WriteAnswer:
        members = read_members(body, "area", "spellings")
        area, spellings = members["area"], members["spellings"]
        if not isinstance(area, str) or not _are_texts(spellings):
            raise QueryError(
                f"area is one name, and spellings are 1 to {MOST_SPELLINGS} others.",
                fix='Send {"area": "Jableh", "spellings": ["Gebleh"]}.',
            )
        dry_run = is_set(options, DRY_RUN)
        return _answer(ledger.alias_area(area, *spellings, dry_run=dry_run, key_id=key.id))

    return answer_once(request, key, body, write)


def _are_texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= MOST_SPELLINGS
        and all(isinstance(text, str) for text in value)
    )


def _read_rows(request: Request, body: Body) -> bytes | list[Any]:
    """Return the rows that were sent: as JSON, or the bytes of a CSV. Raises Refusal."""
    if body.media_type != JSON:
        return body.data
    rows = strict_json(body.data)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal(
            "malformed_request", "What was sent is no array of rows.",
            fix='Send [{"area_code": "…", "name": "…", …}], with the columns of the table.',
        )  # fmt: skip
    limit: int = request.app.state.settings.row_limit
    if len(rows) > limit:
        raise too_large("The body", limit, "rows")
    return rows


def _answer(receipt: Registration) -> WriteAnswer:
    """Return what became of each row, with status 201 where something was written."""
    content = {
        "table": receipt.table,
        "rows": [{"key": key, "verdict": verdict} for key, verdict in receipt.rows],
        "registered": receipt.registered,
        "released": receipt.released,
        "head": str(receipt.head),
        "dry_run": receipt.dry_run,
    }
    return WriteAnswer(201 if receipt.registered and not receipt.dry_run else 200, to_json(content))
