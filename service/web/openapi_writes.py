"""What does the description of the API say of the operations that write?

The bodies they take, the answers and refusals they give, and the example of each: the first hands a report
in, the others take back and put right that same report.
"""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from service.answers.endpoints import REPORT
from service.answers.filters import Filter
from service.ingest import REPORT_FILE_COLUMNS
from service.vocabulary import Severity, Verdict
from service.web.openapi import (
    HAND_IN,
    JSON,
    TOO_MANY,
    UNUSABLE,
    Statuses,
    Words,
    parameter_of,
    path_parameter,
    refusal,
)
from service.web.preconditions import HEADER
from service.web.request_body import FILE_FIELD, FILE_FORMATS, MAPPING_FIELD, MULTIPART

LONGEST_REASON = 2_000
WITHDRAWN, REINSTATED = "withdrawn", "reinstated"

EXAMPLE_ROW: dict[str, Any] = {
    "crisis": "syria-coast-2025-03", "source": "My Monitor", "published_on": "2025-03-13",
    "counted_to": "2025-03-12", "period_start": "2025-03-06", "areas": "Latakia", "measure": "killed",
    "population": "civilians", "count": "over 700", "standard": "documented",
}  # fmt: skip
TEXT: Words = {"type": "string"}
_ROW: Words = {
    "type": "object",
    "description": "One report: the columns of a report file, each as text or a number; blank: left out.",
    "properties": {name: {"type": ["string", "number", "null"]} for name in REPORT_FILE_COLUMNS},
    "required": ["crisis", "source", "areas", "measure", "population"],
}
_ROWS: Words = {
    "type": "array",
    "description": "Rows like Report. One that is anything else is answered with a verdict of its own and "
    "fails no other.",
    "items": {"anyOf": [{"$ref": "#/components/schemas/Report"}, {}]},
}
TALLIES: Words = {str(verdict): {"type": "integer", "minimum": 0} for verdict in Verdict}
_MOVED: Words = {
    "type": "array",
    "items": {"type": "object"},
    "description": "With moved=true: the rows of /v1/changes since the head before this request.",
}
FINDING: Words = {
    "type": "object",
    "required": ["code", "severity", "message", "fix", "row", "column", "value", "subject"],
    "properties": {
        **dict.fromkeys(("code", "message", "fix", "column", "value", "subject"), TEXT),
        "severity": {"enum": [str(severity) for severity in Severity]},
        "row": {"type": ["integer", "null"]},
    },
}
MOST_FINDINGS = 1_000
"""How many findings an answer lists; the ledger has all of them, but for those of a dry run."""
VERDICT: Words = {
    "type": "object",
    "required": ["row", "verdict", "report_id"],
    "properties": {
        "row": {"type": "integer", "minimum": 1},
        "verdict": {"enum": [str(verdict) for verdict in Verdict]},
        "report_id": {"type": ["string", "null"]},
    },
}
FINDINGS: Words = {
    "type": "array",
    "items": FINDING,
    "maxItems": MOST_FINDINGS,
    "description": "The first of them, of each kind one before others; the last then says how many are left "
    "out (more_findings). findings lists all that are kept.",
}
TOTAL: Words = {"type": "integer", "minimum": 0, "description": "How many findings there are."}
_RECEIPT: Words = {
    "type": "object",
    "required": [*TALLIES, "head", "dry_run", "rows", "findings", "findings_total"],
    "properties": {
        **TALLIES,
        "head": {**TEXT, "description": "The state of the ledger that holds the rows."},
        "dry_run": {"type": "boolean"},
        "rows": {"type": "array", "items": VERDICT},
        "findings": FINDINGS,
        "findings_total": TOTAL,
        "moved": _MOVED,
    },
}
_DONE: Words = {
    "type": "object",
    "required": ["report_id", "verdict", "head"],
    "properties": {
        "report_id": TEXT,
        "verdict": {"enum": [WITHDRAWN, REINSTATED]},
        "head": TEXT,
        "moved": _MOVED,
    },
}
SCHEMAS: Words = {"Report": _ROW, "Receipt": _RECEIPT, "Withdrawal": _DONE}
"""The schemas that these operations add to the description."""

_IDEMPOTENCY_KEY: Words = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 255 printable ASCII characters; the same key with the same request gets the same "
    "answer for 24 hours, unless a text was taken out of the ledger since.",
    "schema": {"type": "string", "format": "idempotency-key"},
}
_IF_MATCH: Words = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The ETag of the report's history, or the Casualty-Head of an answer in quotation marks: "
    "where the report was withdrawn, corrected, reinstated or redacted since, nothing is done (412).",
    "schema": {"type": "string"},
}
FILE: Words = {"type": "string", "contentMediaType": "application/octet-stream"}
FORM: Words = {
    "type": "object",
    "required": [FILE_FIELD],
    "properties": {FILE_FIELD: FILE, MAPPING_FIELD: FILE},
    "additionalProperties": False,
}
REASON: Words = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_REASON,
    "pattern": r"^[\x21-\x7e][\x20-\x7e\xa1-\xac\xae-\u024f]*$",
    "description": "Why, in letters that can be read; shown with the report.",
}
_VALUES: Words = {
    "type": "object",
    "description": "What differs: columns of a report, with their values.",
    "properties": dict.fromkeys(REPORT_FILE_COLUMNS, TEXT),
    "minProperties": 1,
    "additionalProperties": False,
}
NO_ROOM = refusal("The disk has no room for more: nothing of it was taken in.")
REFUSALS: Statuses = {
    400: refusal("The body is no sound JSON or form, or the address holds a key."),
    401: refusal("No key, or one that is not valid."),
    409: refusal("The first request with this Idempotency-Key is under way."),
    412: refusal("The report has changed since (If-Match), or nothing is compared at this address."),
    413: refusal("More bytes or rows than one request may carry."),
    415: refusal("A document of that type is not read."),
    422: refusal("Not rows, an unknown parameter, or an Idempotency-Key of another request."),
    **TOO_MANY,
    **UNUSABLE,
}
IN_PATH = path_parameter(REPORT)
OF_A_REPORT: Statuses = {
    403: refusal("The key's role is not enough."),
    404: refusal("There is no such report."),
}


WITH_A_MAPPING = refusal("A mapping came along with the file, which takes an editor's key.")


def handing_in(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that hands reports in."""
    documents = {
        JSON: {"schema": _ROWS, "example": [EXAMPLE_ROW]},
        MULTIPART: {"schema": FORM},
        **{media_type: {"schema": FILE} for media_type in FILE_FORMATS},
    }
    return {
        "operation_id": "hand_in",
        "summary": "Hand reports in: rows as JSON, or a file; a verdict for each row.",
        "openapi_extra": takes(documents, filters),
        **operation({**_receipts("Receipt", links=True), **REFUSALS, 403: WITH_A_MAPPING, 507: NO_ROOM}),
    }


def withdrawing(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that takes a report back."""
    body = object_body({"reason": "The source took the page down."}, reason=REASON)
    return {
        "operation_id": "withdraw",
        "summary": "Take a report back: it no longer counts, and stays visible with the reason.",
        "openapi_extra": takes(body, filters, IN_PATH, _IF_MATCH),
        **operation({200: answer_of("Done.", "Withdrawal"), **REFUSALS, **OF_A_REPORT}),
    }


def reinstating(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that lets a withdrawn report stand again."""
    body = object_body({"reason": "The page is up again."}, reason=REASON)
    return {
        "operation_id": "reinstate",
        "summary": "Let a report that was taken back stand again.",
        "openapi_extra": takes(body, filters, IN_PATH, _IF_MATCH),
        **operation({200: answer_of("Done.", "Withdrawal"), **REFUSALS, **OF_A_REPORT}),
    }


def correcting(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that puts other reports in the place of one."""
    example = {"reason": "Digits were swapped.", "rows": [{**EXAMPLE_ROW, "count": "over 770"}]}
    rows = object_body(example, reason=REASON, rows=_ROWS)[JSON]
    values = object_body({}, reason=REASON, set=_VALUES)[JSON]
    body: Words = {JSON: {"schema": {"oneOf": [rows["schema"], values["schema"]]}, "example": example}}
    return {
        "operation_id": "correct",
        "summary": "Put other reports in the place of one, which is withdrawn and points at them.",
        "openapi_extra": takes(body, filters, IN_PATH, _IF_MATCH),
        **operation({**_receipts("Receipt", links=False), **REFUSALS, **OF_A_REPORT}),
    }


def operation(responses: Statuses) -> Words:
    return {"tags": [HAND_IN], "response_class": Response, "responses": responses}


def _receipts(schema: str, *, links: bool) -> Statuses:
    new = answer_of("At least one report is new.", schema)
    if links:
        report = {"parameters": {"report_id": "$response.body#/rows/0/report_id"}}
        new["links"] = {name: {"operationId": name, **report} for name in ("history", "withdraw", "correct")}
    return {201: new, 200: answer_of("No report is new.", schema)}


def answer_of(description: str, schema: str) -> Words:
    return {
        "description": description,
        "content": {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def takes(content: Words, filters: tuple[Filter, ...], *in_path: Words) -> Words:
    return {
        "parameters": [*in_path, _IDEMPOTENCY_KEY, *(parameter_of(each) for each in filters)],
        "requestBody": {"required": True, "content": content},
    }


def object_body(example: Words, **members: Words) -> Words:
    schema = {
        "type": "object", "properties": members, "required": list(members), "additionalProperties": False
    }  # fmt: skip
    return {JSON: {"schema": schema, "example": example}}
