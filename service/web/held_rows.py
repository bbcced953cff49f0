"""How are rows that were held taken again over HTTP?

One route, one verb of ``service.api.Ledger``. It takes an editor, who decides what stands in a cell.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api import Ledger
from service.errors import QueryError
from service.ingest.cell_text import column_name
from service.ingest.fixes import MAX_DIGITS, Fix, require_reason
from service.web.idempotency import WriteAnswer
from service.web.openapi_desk import retrying
from service.web.request_body import JsonObject, strict_json
from service.web.writes import (
    DRY_RUN,
    Editor,
    answer_once,
    check_mapping_name,
    is_set,
    read_options,
    receipt_content,
    to_json,
)

MEMBERS = ("documents", "mapping", "fixes")
MOST_FIXES = 10_000
"""How many decisions one request may bring."""

router = APIRouter(prefix="/v1")


@router.post("/retry", **retrying(DRY_RUN))
def retry(request: Request, key: Editor, body: JsonObject) -> Response:
    options = read_options(request, DRY_RUN)
    ledger: Ledger = request.app.state.ledger

    def write() -> WriteAnswer:
        members = _read_members(strict_json(body.data))
        dry_run = is_set(options, DRY_RUN)
        receipts = ledger.retry(
            *members["documents"], mapping=members["mapping"], fixes=members["fixes"], dry_run=dry_run,
            key_id=key.id,
        )  # fmt: skip
        documents = [{"document": name, **receipt_content(receipt)} for name, receipt in receipts]
        is_new = not dry_run and any(receipt.accepted for _, receipt in receipts)
        content = {"head": str(ledger.store.head), "dry_run": dry_run, "documents": documents}
        return WriteAnswer(201 if is_new else 200, to_json(content))

    return answer_once(request, key, body, write)


def _read_members(value: object) -> dict[str, Any]:
    """Return documents, mapping and fixes, each as its default where it is not given. Raises QueryError."""
    if not isinstance(value, dict) or set(value) - set(MEMBERS):
        raise _wrong("What was sent is no object with documents, mapping and fixes, or some of them.")
    documents, fixes, mapping = value.get("documents", []), value.get("fixes", []), value.get("mapping")
    if not isinstance(documents, list) or not all(isinstance(name, str) for name in documents):
        raise _wrong("documents are no list of names.")
    if mapping is not None:
        check_mapping_name(mapping if isinstance(mapping, str) else "")
    if not isinstance(fixes, list) or len(fixes) > MOST_FIXES:
        raise _wrong(f"fixes are no list of at most {MOST_FIXES:,} decisions.")
    return {"documents": documents, "mapping": mapping, "fixes": [_read_fix(fix) for fix in fixes]}


def _read_fix(fix: object) -> Fix:
    if not isinstance(fix, dict) or set(fix) - set(Fix._fields):
        raise _wrong("A fix is no object with row or was, column, value, reason and, where needed, document.")
    row = fix.get("row")
    texts = {name: fix.get(name, "") for name in ("column", "value", "reason", "document", "was")}
    if not all(isinstance(text, str) for text in texts.values()) or not texts["column"].strip():
        raise _wrong("The column, value, reason, document and was of a fix are no texts.")
    if row is None and texts["was"].strip():
        return Fix.alike(**texts)
    if type(row) is not int or not 0 < row < 10**MAX_DIGITS:
        raise _wrong("The row of a fix is no row number.")
    if "was" in fix:
        raise _wrong("A fix has a row, or says under was what each row has that it is about; not both.")
    reason = require_reason(texts["reason"])
    return Fix(row, column_name(texts["column"]), texts["value"].strip(), reason, texts["document"])


def _wrong(message: str) -> QueryError:
    return QueryError(
        message,
        fix='Send {"documents": [], "mapping": null, "fixes": [{"row": 12, "column": "areas", "value": '
        '"Tartus", "reason": "…"}]}, with "was": "Tartous" in place of the row for every row that says so; '
        "{} takes every quarantined row again.",
    )
