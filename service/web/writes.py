"""How are reports handed in, withdrawn and corrected over HTTP?

Three routes, each one verb of ``service.api.Ledger``; what a row is and whether it is new is not decided
here. A row that is not sound never fails the others: the answer has a verdict for each. The journal keeps the
id of the key with which something was done.
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
from service.answers.changes import moved_figures
from service.answers.endpoints import REPORT_ID
from service.answers.parameters import read_filters
from service.api import Ledger
from service.errors import NotFound, QueryError
from service.ingest.mapping.definition import ReportMapping
from service.ingest.mapping.library import read_new_mapping
from service.intake.first_findings import first_findings
from service.intake.parts import PART as PART_NAME
from service.intake.parts import RAISE_LIMITS, read_part
from service.intake.release import FULL, read_release
from service.ledger.api_keys import Key, Role
from service.schema.records import Batch, Head, Receipt, finding_row
from service.vocabulary import Verdict
from service.web import gc_tuning
from service.web.access import Requires, require_role
from service.web.api import plain
from service.web.errors import Refusal
from service.web.idempotency import WriteAnswer, WriteAnswers
from service.web.metrics import Metrics
from service.web.openapi_desk import adding_mapping
from service.web.openapi_writes import (
    LONGEST_REASON,
    MOST_FINDINGS,
    REINSTATED,
    WITHDRAWN,
    correcting,
    handing_in,
    reinstating,
    withdrawing,
)
from service.web.preconditions import HEADER, refuse_if_match, seen_head
from service.web.request_body import JSON, Body, JsonObject, ReportDocument, strict_json, too_large

Options = dict[str, str]
"""What the address asks for besides the body, by the name of its filter."""
Reporter = Annotated[Key, Depends(Requires(Role.REPORTER))]
Editor = Annotated[Key, Depends(Requires(Role.EDITOR))]

FLAG: filters.Schema = {"type": "boolean"}
DRY_RUN = filters.Filter(
    "dry_run", "true: say what would become of each row, and write nothing.", "true", FLAG
)
MOVED = filters.Filter(
    "moved", "true: say also which figures have moved since before, and why.", "true", FLAG
)
MAPPING_NAME = r"[^\W_][\w-]{0,59}(@[0-9a-f]{12})?"
MAPPING = filters.Filter(
    "mapping", "The mapping, by its name, that a file of another layout follows.", "ucdp-ged",
    filters.listed_name("mapping"),
)  # fmt: skip

RELEASE = filters.Filter(
    "release", "full: events and table rows that its sources no longer list are taken back (for editors).",
    "full", {"type": "string", "enum": [FULL]},
)  # fmt: skip

PART = filters.Filter(
    "part", "Rows of a larger report file, handed in in parts: the SHA-256 of all of it, a dash, and the row "
    "with which these begin; then -more, or -last with the last of them: the checks then look at all of it. "
    "They are kept as rows of one document.",
    f"{'0' * 64}-50001-last", {"type": "string", "pattern": f"^{PART_NAME.pattern}$"},
)  # fmt: skip

router = APIRouter(prefix="/v1")


@router.post(
    "/reports",
    **handing_in(DRY_RUN, MOVED, MAPPING, RELEASE, PART),
)
def hand_in(request: Request, key: Reporter, body: ReportDocument) -> Response:
    options = read_options(request, DRY_RUN, MOVED, MAPPING, RELEASE, PART)
    check_part(options)
    ledger: Ledger = request.app.state.ledger
    if PART.name in options and body.mapping is not None:
        raise _belongs_together()
    if body.mapping is not None or read_release(options.get(RELEASE.name)):
        require_role(key, Role.EDITOR)

    def write() -> WriteAnswer:
        before = ledger.store.head
        rows = _require_rows(strict_json(body.data)) if body.media_type == JSON else None
        mapping, part = options.get(MAPPING.name), options.get(PART.name, "")
        batch = _read_batch(request, body, rows, mapping=mapping, part=part)
        receipt = ledger.submit(
            batch, release=options.get(RELEASE.name), dry_run=is_set(options, DRY_RUN), key_id=key.id
        )
        return _receipt_answer(request, receipt, before, options)

    return answer_once(request, key, body, write)


@router.post(
    "/mappings",
    **adding_mapping(DRY_RUN),
)
def add_mapping(request: Request, key: Editor, body: JsonObject) -> Response:
    options = read_options(request, DRY_RUN)
    ledger: Ledger = request.app.state.ledger

    def write() -> WriteAnswer:
        members = read_members(body, "name", "text")
        name, text = (read_text(members, member) for member in ("name", "text"))
        is_dry_run = is_set(options, DRY_RUN)
        receipt = ledger.add_mapping(text.encode(), name=name, dry_run=is_dry_run, key_id=key.id)
        content = {**dataclasses.asdict(receipt), "head": str(receipt.head)}
        return WriteAnswer(201 if receipt.is_new else 200, to_json(content))

    return answer_once(request, key, body, write)


@router.post(
    "/reports/{report_id}/withdraw",
    **withdrawing(MOVED),
)
def withdraw(request: Request, key: Editor, body: JsonObject) -> Response:
    ledger: Ledger = request.app.state.ledger
    return _decide(request, key, body, WITHDRAWN, ledger.withdraw)


@router.post(
    "/reports/{report_id}/reinstate",
    **reinstating(MOVED),
)
def reinstate(request: Request, key: Editor, body: JsonObject) -> Response:
    ledger: Ledger = request.app.state.ledger
    return _decide(request, key, body, REINSTATED, ledger.reinstate)


@router.post(
    "/reports/{report_id}/correct",
    **correcting(MOVED),
)
def correct(request: Request, key: Editor, body: JsonObject) -> Response:
    options = read_options(request, MOVED)
    ledger: Ledger = request.app.state.ledger

    def write() -> WriteAnswer:
        before, report_id, seen = ledger.store.head, read_report_id(request), seen_head(request)
        value = strict_json(body.data)
        has_values = isinstance(value, dict) and "set" in value
        members = read_members(body, "reason", "set" if has_values else "rows")
        reason = read_reason(members)
        if has_values:
            values = _read_values(members["set"])
            receipt = ledger.amend(report_id, values, reason=reason, key_id=key.id, seen=seen)
        else:
            batch = _read_batch(request, body, _require_rows(members["rows"]))
            receipt = ledger.put_right(report_id, batch, reason=reason, key_id=key.id, seen=seen)
        return _receipt_answer(request, receipt, before, options)

    return answer_once(request, key, body, write, compares=True)


def _decide(request: Request, key: Key, body: Body, verdict: str, record: Callable[..., Head]) -> Response:
    """Answer a request that decides on one report for a ``reason``, which ``record`` puts into the ledger."""
    options = read_options(request, MOVED)
    ledger: Ledger = request.app.state.ledger

    def write() -> WriteAnswer:
        before, report_id, seen = ledger.store.head, read_report_id(request), seen_head(request)
        reason = read_reason(read_members(body, "reason"))
        head = record(report_id, reason=reason, key_id=key.id, seen=seen)
        content = {"report_id": report_id, "verdict": verdict, "head": str(head)}
        return WriteAnswer(200, to_json({**content, **_moved_figures(ledger, before, options)}))

    return answer_once(request, key, body, write, compares=True)


def answer_once(
    request: Request, key: Key, body: Body, write: Callable[[], WriteAnswer], *, compares: bool = False
) -> Response:
    """Return the answer of ``write``, or the kept one of the same request with this Idempotency-Key.

    ``compares``: the write heeds If-Match. Raises Refusal (412) where it does not and one was sent.
    """
    if not compares:
        refuse_if_match(request)
    ledger: Ledger = request.app.state.ledger
    answers: WriteAnswers = request.app.state.write_answers
    gc_tuning.lower_thread_priority()
    idempotency_key = request.headers.get("idempotency-key")
    if idempotency_key is None:
        answer = write()
    else:
        parts = [request.url.path, request.url.query, body.media_type, body.name]
        parts += request.headers.getlist(HEADER)
        mapping = b"" if body.mapping is None else b"\n" + body.mapping[1]
        digest = hashlib.sha256(json.dumps(parts).encode() + b"\n" + body.data + mapping).hexdigest()
        answer = answers.answer_once(key.id, idempotency_key, digest, ledger.clock(), write)
    headers = {"Cache-Control": "no-store"}
    if answer.is_repeated:
        headers["Idempotency-Replayed"] = "true"
    return Response(answer.body, answer.status, headers, media_type=JSON)


def _read_batch(
    request: Request, body: Body, rows: list[Any] | None, *, mapping: str | None = None, part: str = ""
) -> Batch:
    """Return the reports in ``rows``, or in the file that the body is if there are none; ``part`` says of
    which rows of a larger document they are.

    Rows of another layout, which ``mapping`` names, are read as the file that they could be. Raises Refusal
    for more rows than one request may hand in.
    """
    ledger: Ledger = request.app.state.ledger
    limit: int = request.app.state.settings.row_limit
    if rows is not None and len(rows) > limit:
        raise too_large("The body", limit, "rows")
    if rows is None or mapping:
        file_format = "json" if body.media_type == JSON else body.format
        layout = _read_mapping(body, mapping)
        name = body.name or "file"
        batch = ledger.read(
            body.data, name=name, format=file_format, mapping=layout, most_rows=limit, part=part
        )
    else:
        batch = ledger.read(rows, name="rows", part=part)
    if batch.rows > limit:
        raise too_large("The file", limit, "rows")
    return batch


def _read_mapping(body: Body, name: str | None) -> str | ReportMapping | None:
    """Return the mapping that came along with a file, else the name of one. Raises QueryError for both."""
    if body.mapping is None:
        return name
    if name:
        raise QueryError(
            "A mapping came along with the file, and the address names another.", fix="Leave one of them out."
        )
    file_name, data = body.mapping
    return read_new_mapping(data, file_name.removesuffix(".toml"))


def _receipt_answer(request: Request, receipt: Receipt, before: Head, options: Options) -> WriteAnswer:
    """Return the receipt as JSON, with status 201 if a report came into being; count its rows."""
    ledger: Ledger = request.app.state.ledger
    is_dry_run = is_set(options, DRY_RUN)
    tallies = {str(verdict): getattr(receipt, verdict) for verdict in Verdict}
    if not is_dry_run:
        metrics: Metrics = request.app.state.metrics
        metrics.count_rows(tallies)
    content = {
        **receipt_content(receipt),
        "head": str(receipt.head),
        "dry_run": is_dry_run,
        **_moved_figures(ledger, before, options),
    }
    return WriteAnswer(201 if receipt.accepted and not is_dry_run else 200, to_json(content))


def receipt_content(receipt: Receipt) -> dict[str, Any]:
    """Return what a receipt says of its rows."""
    return {
        **{str(verdict): getattr(receipt, verdict) for verdict in Verdict},
        "rows": [
            {"row": row, "verdict": verdict, "report_id": report_id or None}
            for row, verdict, report_id in receipt.verdicts
        ],
        "findings": [finding_row(finding) for finding in first_findings(receipt.findings, MOST_FINDINGS)],
        "findings_total": len(receipt.findings),
    }


def _require_rows(value: object) -> list[Any]:
    """Return ``value`` if it is a list. Raises Refusal (422)."""
    if not isinstance(value, list):
        raise Refusal(
            "malformed_request", "What was sent is no array of reports.",
            fix='Send [{"crisis": "…", "source": "…", "areas": "…", "count": "…", …}].',
        )  # fmt: skip
    return value


def read_members(body: Body, *names: str) -> dict[str, Any]:
    """Return the members of a JSON object that has exactly these. Raises Refusal (400, 422)."""
    value = strict_json(body.data)
    if not isinstance(value, dict) or set(value) != set(names):
        shape = ", ".join(f'"{name}": …' for name in names)
        raise Refusal(
            "malformed_request", f"What was sent is no object with {' and '.join(names)} and no more.",
            fix=f"Send {{{shape}}}.",
        )  # fmt: skip
    return value


def _read_values(value: object) -> dict[str, str]:
    """Return the columns to set and their values. Raises QueryError."""
    if not isinstance(value, dict) or not value or not all(isinstance(text, str) for text in value.values()):
        raise QueryError(
            "set names no columns with texts.", fix='Send {"reason": "…", "set": {"count": "104"}}.'
        )
    return value


def read_text(members: dict[str, Any], name: str) -> str:
    """Return a member that is text. Raises QueryError."""
    text = members[name]
    if not isinstance(text, str) or not text.strip():
        raise QueryError(f"{name} is no text.", fix=f'Send {{"{name}": "…"}}.')
    return text


def read_reason(members: dict[str, Any]) -> str:
    """Return the reason, which is short plain text. Raises QueryError."""
    reason = members["reason"]
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise QueryError(
            "The reason is no short text.", fix=f"Say why in 1 to {LONGEST_REASON:,} letters; it is shown."
        )
    if not reason.replace("\n", " ").isprintable():
        raise QueryError("The reason holds control characters.", fix="Send plain text.")
    return reason.strip()


def read_report_id(request: Request) -> str:
    """Return the report's id in the address. Raises NotFound for what can be no id."""
    report_id: str = request.path_params["report_id"]
    if not re.fullmatch(REPORT_ID, report_id):
        raise NotFound(f"There is no report {report_id[:80]!r}.", fix="Report ids are in /v1/reports.")
    return report_id


def read_options(request: Request, *allowed: filters.Filter) -> Options:
    """Return what the address asks for. Raises QueryError for a value that an option cannot have."""
    options: Options = read_filters(request.query_params.multi_items(), allowed)
    for name, text in options.items():
        if name == MAPPING.name:
            check_mapping_name(text)
        elif name == RELEASE.name:
            read_release(text)
        elif name == PART.name:
            read_part(text)
        elif text not in ("true", "false"):
            raise QueryError(f"{name}={text!r} is neither true nor false.", fix=f"Write {name}=true.")
    return options


def check_part(options: Options) -> None:
    """Raise QueryError for a part of a document whose rows belong together."""
    if PART.name in options and {MAPPING.name, RELEASE.name} & set(options):
        raise _belongs_together()


def _belongs_together() -> QueryError:
    return QueryError("Rows of a full release, or that a mapping reads, belong together.", fix=RAISE_LIMITS)


def check_mapping_name(text: str) -> None:
    """Raise QueryError for what can be no name of a mapping: a path, say."""
    if not re.fullmatch(MAPPING_NAME, text):
        raise QueryError(f"{text[:100]!r} is no name of a mapping.", fix="Names are in /v1/mappings.")


def is_set(options: Options, flag: filters.Filter) -> bool:
    return options.get(flag.name) == "true"


def _moved_figures(ledger: Ledger, before: Head, options: Options) -> dict[str, Any]:
    """Return the figures that moved since ``before``, if asked for.

    Others may have handed something in meanwhile: what moved because of them is among it.
    """
    if not is_set(options, MOVED):
        return {}
    rows: pa.Table = ledger.changes(since=before, arrow=True)
    return {"moved": plain(moved_figures(rows).to_pylist())}


def to_json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
