"""How are reports handed in, withdrawn and corrected over HTTP?

Three routes, each one verb of ``service.api.Ledger``: what a row is and whether it is new is not
decided here. A row that is not sound never fails the others: the answer has a verdict for each. The journal
keeps the id of the key with which something was done.
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

from service.answers import filters
from service.answers.parameters import read_filters
from service.api import Ledger
from service.errors import NotFound, QueryError
from service.ledger.api_keys import Key, Role
from service.schema.records import Batch, Head, Receipt
from service.vocabulary import Verdict
from service.web import gc_tuning
from service.web.access import Requires
from service.web.api import plain
from service.web.errors import Refusal
from service.web.idempotency import Answered, Done
from service.web.metrics import Metrics
from service.web.openapi import REPORT_ID
from service.web.openapi_writes import LONGEST_REASON, WITHDRAWN, correcting, handing_in, withdrawing
from service.web.request_body import JSON, Body, Document, Object, strict_json, too_large

Asked = dict[str, str]
Reporter = Annotated[Key, Depends(Requires(Role.REPORTER))]
Editor = Annotated[Key, Depends(Requires(Role.EDITOR))]

FLAG: filters.Schema = {"type": "boolean"}
DRY_RUN = filters.Filter(
    "dry_run", "true: say what would become of each row, and write nothing.", "true", FLAG
)
MOVED = filters.Filter(
    "moved", "true: say also which figures have moved since before, and why.", "true", FLAG
)
MAPPING_NAME = r"[a-z0-9-]+"
MAPPING = filters.Filter(
    "mapping", "The shipped mapping that a file of another layout follows.", "ucdp-ged",
    filters.listed("mapping"),
)  # fmt: skip

router = APIRouter(prefix="/v1")


# --- the routes -------------------------------------------------------------------------------------------


@router.post(
    "/reports",
    **handing_in(DRY_RUN, MOVED, MAPPING),
)
def hand_in(request: Request, key: Reporter, body: Document) -> Response:
    asked = _asked(request, DRY_RUN, MOVED, MAPPING)
    ledger: Ledger = request.app.state.ledger

    def make() -> Done:
        before = ledger.store.head
        batch = _read(request, body, _rows(body) if body.media_type == JSON else None, asked)
        receipt = ledger.submit(batch, dry_run=_is_set(asked, DRY_RUN), key_id=key.id)
        return _told(request, receipt, before, asked)

    return _once(request, key, body, make)


@router.post(
    "/reports/{report_id}/withdraw",
    **withdrawing(MOVED),
)
def withdraw(request: Request, key: Editor, body: Object) -> Response:
    asked = _asked(request, MOVED)
    ledger: Ledger = request.app.state.ledger

    def make() -> Done:
        before, report_id = ledger.store.head, _report_id(request)
        reason = _reason(_members(body, "reason"))
        head = ledger.withdraw(report_id, reason=reason, key_id=key.id)
        told = {"report_id": report_id, "verdict": WITHDRAWN, "head": str(head)}
        return Done(200, _json({**told, **_moved(ledger, before, asked)}))

    return _once(request, key, body, make)


@router.post(
    "/reports/{report_id}/correct",
    **correcting(MOVED),
)
def correct(request: Request, key: Editor, body: Object) -> Response:
    asked = _asked(request, MOVED)
    ledger: Ledger = request.app.state.ledger

    def make() -> Done:
        before = ledger.store.head
        members = _members(body, "reason", "rows")
        reason = _reason(members)
        batch = _read(request, body, _list(members["rows"]))
        receipt = ledger.put_right(_report_id(request), batch, reason=reason, key_id=key.id)
        return _told(request, receipt, before, asked)

    return _once(request, key, body, make)


# --- inside -----------------------------------------------------------------------------------------------


def _once(request: Request, key: Key, body: Body, make: Callable[[], Done]) -> Response:
    """The answer of ``make``, or the one that the same request with its Idempotency-Key got before."""
    ledger: Ledger = request.app.state.ledger
    answered: Answered = request.app.state.answered
    gc_tuning.lower_thread_priority()
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


def _read(request: Request, body: Body, rows: list[Any] | None, asked: Asked | None = None) -> Batch:
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
    return batch


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
            "malformed_request", "What was sent is no array of reports.",
            fix='Send [{"crisis": "…", "source": "…", "areas": "…", "count": "…", …}].',
        )  # fmt: skip
    return value


def _members(body: Body, *names: str) -> dict[str, Any]:
    """The members of a JSON object that has exactly these."""
    value = strict_json(body.data)
    if not isinstance(value, dict) or set(value) != set(names):
        shape = ", ".join(f'"{name}": …' for name in names)
        raise Refusal(
            "malformed_request", f"What was sent is no object with {' and '.join(names)} and no more.",
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


def _report_id(request: Request) -> str:
    """The report of the address. Raises NotFound for what can be no id; whether it is one the ledger says."""
    report_id: str = request.path_params["report_id"]
    if not re.fullmatch(REPORT_ID, report_id):
        raise NotFound(f"There is no report {report_id[:80]!r}.", fix="Report ids are in /v1/reports.")
    return report_id


def _asked(request: Request, *allowed: filters.Filter) -> Asked:
    """What the address asks for beside the body. Raises QueryError for a value that it cannot have."""
    asked: Asked = read_filters(request.query_params.multi_items(), allowed)
    for name, text in asked.items():
        if name == MAPPING.name:
            if not re.fullmatch(MAPPING_NAME, text):
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
