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
from service.ingest.reference_file import REQUIRED_COLUMNS
from service.schema.tables import REFERENCE_SCHEMAS
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
from service.web.request_body import FILE_FIELD, FILE_FORMATS, MAPPING_FIELD, MULTIPART

LONGEST_REASON = 2_000
WITHDRAWN = "withdrawn"

EXAMPLE_ROW: dict[str, Any] = {
    "crisis": "syria-coast-2025-03", "source": "My Monitor", "published_on": "2025-03-13",
    "counted_to": "2025-03-12", "period_start": "2025-03-06", "areas": "Latakia", "measure": "killed",
    "population": "civilians", "count": "over 700", "standard": "documented",
}  # fmt: skip
_TEXT: Words = {"type": "string"}
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
_TALLIES: Words = {str(verdict): {"type": "integer", "minimum": 0} for verdict in Verdict}
_MOVED: Words = {
    "type": "array",
    "items": {"type": "object"},
    "description": "With moved=true: the rows of /v1/changes since the head before this request.",
}
_FINDING: Words = {
    "type": "object",
    "required": ["code", "severity", "message", "fix", "row", "column", "value", "subject"],
    "properties": {
        **dict.fromkeys(("code", "message", "fix", "column", "value", "subject"), _TEXT),
        "severity": {"enum": [str(severity) for severity in Severity]},
        "row": {"type": ["integer", "null"]},
    },
}
_VERDICT: Words = {
    "type": "object",
    "required": ["row", "verdict", "report_id"],
    "properties": {
        "row": {"type": "integer", "minimum": 1},
        "verdict": {"enum": [str(verdict) for verdict in Verdict]},
        "report_id": {"type": ["string", "null"]},
    },
}
_RECEIPT: Words = {
    "type": "object",
    "required": [*_TALLIES, "head", "dry_run", "rows", "findings"],
    "properties": {
        **_TALLIES,
        "head": {**_TEXT, "description": "The state of the ledger that holds the rows."},
        "dry_run": {"type": "boolean"},
        "rows": {"type": "array", "items": _VERDICT},
        "findings": {"type": "array", "items": _FINDING},
        "moved": _MOVED,
    },
}
_DONE: Words = {
    "type": "object",
    "required": ["report_id", "verdict", "head"],
    "properties": {"report_id": _TEXT, "verdict": {"const": WITHDRAWN}, "head": _TEXT, "moved": _MOVED},
}
EXAMPLE_MAPPING = """title = "A desk's table"
[fields]
crisis = "syria-coast-2025-03"
source = "My Monitor"
counted_to = "{day}"
areas = "{place}"
measure = "killed"
population = "all"
[[figure]]
count = "{dead}"
"""
_MAPPING: Words = {
    "type": "object",
    "required": ["mapping_id", "name", "title", "is_new", "head"],
    "properties": {
        "mapping_id": {**_TEXT, "description": "Stands for this very text; the name for the newest."},
        "name": _TEXT,
        "title": _TEXT,
        "is_new": {"type": "boolean"},
        "head": _TEXT,
    },
}
_RETRY: Words = {
    "type": "object",
    "required": ["head", "dry_run", "documents"],
    "properties": {
        "head": _TEXT,
        "dry_run": {"type": "boolean"},
        "documents": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["document", *_TALLIES, "rows", "findings"],
                "properties": {
                    "document": _TEXT,
                    **_TALLIES,
                    "rows": {"type": "array", "items": _VERDICT},
                    "findings": {"type": "array", "items": _FINDING},
                },
            },
        },
    },
}
EXAMPLE_ROWS: dict[str, Words] = {
    "area": {
        "area_code": "x-upper-village",
        "name": "Upper Village",
        "level": "village",
        "parent_code": "SY06",
    },
    "source": {"source_id": "other-monitor", "name": "Other Monitor", "kind": "monitor"},
    "crisis": {"crisis_id": "my-crisis", "name": "My crisis", "kind": "sudden"},
    "population": {"population": "teachers", "label": "Teachers", "parent": "civilians"},
}
"""A row of each reference table that an address takes."""
_REGISTRATION: Words = {
    "type": "object",
    "required": ["table", "rows", "registered", "released", "head", "dry_run"],
    "properties": {
        "table": _TEXT,
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "verdict"],
                "properties": {"key": _TEXT, "verdict": {"enum": ["new", "changed", "known"]}},
            },
        },
        "registered": {"type": "integer", "minimum": 0, "description": "How many are new or changed."},
        "released": {
            "type": "integer",
            "minimum": 0,
            "description": "How many rows that were held for want of them are reports now.",
        },
        "head": _TEXT,
        "dry_run": {"type": "boolean"},
    },
}
SCHEMAS: Words = {
    "Report": _ROW,
    "Receipt": _RECEIPT,
    "Withdrawal": _DONE,
    "Mapping": _MAPPING,
    "Registration": _REGISTRATION,
    "Retry": _RETRY,
}
"""The schemas that these operations add to the description."""

_IDEMPOTENCY_KEY: Words = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 255 printable ASCII characters; the same key with the same request gets the same "
    "answer for 24 hours.",
    "schema": {"type": "string", "format": "idempotency-key"},
}
_FILE: Words = {"type": "string", "contentMediaType": "application/octet-stream"}
_FORM: Words = {
    "type": "object",
    "required": [FILE_FIELD],
    "properties": {FILE_FIELD: _FILE, MAPPING_FIELD: _FILE},
    "additionalProperties": False,
}
_REASON: Words = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_REASON,
    "pattern": r"^[\x21-\x7e][\x20-\x7e\xa1-\xac\xae-\u024f]*$",
    "description": "Why, in letters that can be read; shown with the report.",
}
REFUSALS: Statuses = {
    400: refusal("The body is no sound JSON or form, or the address holds a key."),
    401: refusal("No key, or one that is not valid."),
    409: refusal("The first request with this Idempotency-Key is under way."),
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
        MULTIPART: {"schema": _FORM},
        **{media_type: {"schema": _FILE} for media_type in FILE_FORMATS},
    }
    return {
        "operation_id": "hand_in",
        "summary": "Hand reports in: rows as JSON, or a file; a verdict for each row.",
        "openapi_extra": _takes(documents, filters),
        **_operation({**_receipts("Receipt", links=True), **REFUSALS, 403: WITH_A_MAPPING}),
    }


def adding_mapping(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that keeps a mapping."""
    members: Words = {
        "name": {**_TEXT, "minLength": 1, "description": "What it is called from now on."},
        "text": {**_TEXT, "minLength": 1, "description": "The mapping, in TOML."},
    }
    body = _object({"name": "desk", "text": EXAMPLE_MAPPING}, **members)
    answers: Statuses = {
        201: _answer("It is the newest of its name.", "Mapping"),
        200: _answer("It was already, or nothing was written.", "Mapping"),
    }
    return {
        "operation_id": "add_mapping",
        "summary": "Keep a mapping, by whose name files of another layout are read.",
        "openapi_extra": _takes(body, filters),
        **_operation({**answers, **REFUSALS, 403: OF_A_REPORT[403]}),
    }


def registering(table: str, name: str, *filters: Filter) -> Words:
    """What FastAPI is told of the operation that registers rows of a reference table."""
    columns = REFERENCE_SCHEMAS[table].names
    row: Words = {
        "type": "object",
        "properties": {column: {"type": ["string", "number", "null"]} for column in columns},
        "required": list(REQUIRED_COLUMNS[table]),
        "additionalProperties": False,
    }
    documents: Words = {
        JSON: {"schema": {"type": "array", "items": row}, "example": [EXAMPLE_ROWS[table]]},
        "text/csv": {"schema": _TEXT},
        MULTIPART: {"schema": {**_FORM, "properties": {FILE_FIELD: _FILE}}},
    }
    return {
        "operation_id": f"register_{name}",
        "summary": f"Register {name}; one with a known key takes the place of the older one.",
        "openapi_extra": _takes(documents, filters),
        **_operation(_registrations()),
    }


def retrying(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that takes held rows again."""
    fix: Words = {
        "type": "object",
        "properties": {
            "row": {"type": "integer", "minimum": 1},
            **dict.fromkeys(("column", "value", "reason", "document"), _TEXT),
        },
        "required": ["row", "column", "value", "reason"],
        "additionalProperties": False,
    }
    schema: Words = {
        "type": "object",
        "properties": {
            "documents": {"type": "array", "items": _TEXT, "description": "Default: all."},
            "mapping": {"type": ["string", "null"], "description": "In place of that of each row."},
            "fixes": {"type": "array", "items": fix, "description": "What to take in place of a cell."},
        },
        "additionalProperties": False,
    }
    content: Words = {JSON: {"schema": schema, "example": {"documents": []}}}
    return {
        "operation_id": "retry",
        "summary": "Take rows again that were held: all that are quarantined, or those of some documents.",
        "openapi_extra": _takes(content, filters),
        **_operation(
            {
                201: _answer("At least one is a report now.", "Retry"),
                200: _answer("None is a report now, or nothing was written.", "Retry"),
                **REFUSALS,
                403: OF_A_REPORT[403],
                404: refusal("No such row is held."),
            }
        ),
    }


def spelling(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that records other spellings of a place."""
    members: Words = {
        "area": {**_TEXT, "minLength": 1},
        "spellings": {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 100},
    }
    body = _object({"area": "Jableh", "spellings": ["Gebleh"]}, **members)
    return {
        "operation_id": "add_spellings",
        "summary": "Record other spellings of a known place.",
        "openapi_extra": _takes(body, filters),
        **_operation(_registrations()),
    }


def _registrations() -> Statuses:
    return {
        201: _answer("Something is new.", "Registration"),
        200: _answer("All was known, or nothing was written.", "Registration"),
        **REFUSALS,
        403: OF_A_REPORT[403],
    }


def withdrawing(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that takes a report back."""
    body = _object({"reason": "The source took the page down."}, reason=_REASON)
    return {
        "operation_id": "withdraw",
        "summary": "Take a report back: it no longer counts, and stays visible with the reason.",
        "openapi_extra": _takes(body, filters, IN_PATH),
        **_operation({200: _answer("Done.", "Withdrawal"), **REFUSALS, **OF_A_REPORT}),
    }


def correcting(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that puts other reports in the place of one."""
    example = {"reason": "Digits were swapped.", "rows": [{**EXAMPLE_ROW, "count": "over 770"}]}
    return {
        "operation_id": "correct",
        "summary": "Put other reports in the place of one, which is withdrawn and points at them.",
        "openapi_extra": _takes(
            _object(example, reason=_REASON, rows=_ROWS), filters, path_parameter(REPORT)
        ),
        **_operation({**_receipts("Receipt", links=False), **REFUSALS, **OF_A_REPORT}),
    }


def _operation(responses: Statuses) -> Words:
    return {"tags": [HAND_IN], "response_class": Response, "responses": responses}


def _receipts(schema: str, *, links: bool) -> Statuses:
    new = _answer("At least one report is new.", schema)
    if links:
        report = {"parameters": {"report_id": "$response.body#/rows/0/report_id"}}
        new["links"] = {name: {"operationId": name, **report} for name in ("history", "withdraw", "correct")}
    return {201: new, 200: _answer("No report is new.", schema)}


def _answer(description: str, schema: str) -> Words:
    return {
        "description": description,
        "content": {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _takes(content: Words, filters: tuple[Filter, ...], *in_path: Words) -> Words:
    return {
        "parameters": [*in_path, _IDEMPOTENCY_KEY, *(parameter_of(each) for each in filters)],
        "requestBody": {"required": True, "content": content},
    }


def _object(example: Words, **members: Words) -> Words:
    schema = {
        "type": "object", "properties": members, "required": list(members), "additionalProperties": False
    }  # fmt: skip
    return {JSON: {"schema": schema, "example": example}}
