"""What does the description of the API say of the operations of a desk beside handing in?

Mappings to keep, reference rows and spellings to register, held rows to take again, texts to redact: bodies,
answers and an example of each.
"""

from __future__ import annotations

from service.answers.filters import Filter
from service.ingest.reference_file import REQUIRED_COLUMNS
from service.ledger.free_text import REDACTABLE
from service.schema.tables import REFERENCE_SCHEMAS
from service.web.openapi import JSON, Statuses, Words, refusal
from service.web.openapi_writes import (
    FILE,
    FINDINGS,
    FORM,
    IN_PATH,
    OF_A_REPORT,
    REASON,
    REFUSALS,
    TALLIES,
    TEXT,
    TOTAL,
    VERDICT,
    answer_of,
    object_body,
    operation,
    takes,
)
from service.web.request_body import FILE_FIELD, MULTIPART

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
        "mapping_id": {**TEXT, "description": "Stands for this very text; the name for the newest."},
        "name": TEXT,
        "title": TEXT,
        "is_new": {"type": "boolean"},
        "head": TEXT,
    },
}
_RETRY: Words = {
    "type": "object",
    "required": ["head", "dry_run", "documents"],
    "properties": {
        "head": TEXT,
        "dry_run": {"type": "boolean"},
        "documents": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["document", *TALLIES, "rows", "findings", "findings_total"],
                "properties": {
                    "document": TEXT,
                    **TALLIES,
                    "rows": {"type": "array", "items": VERDICT},
                    "findings": FINDINGS,
                    "findings_total": TOTAL,
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
        "table": TEXT,
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "verdict"],
                "properties": {"key": TEXT, "verdict": {"enum": ["new", "changed", "known"]}},
            },
        },
        "registered": {"type": "integer", "minimum": 0, "description": "How many are new or changed."},
        "released": {
            "type": "integer",
            "minimum": 0,
            "description": "How many rows that were held for want of them are reports now.",
        },
        "head": TEXT,
        "dry_run": {"type": "boolean"},
    },
}
_REDACTION: Words = {
    "type": "object",
    "required": ["texts", "entries", "unsalted", "also", "held", "head", "remarks"],
    "properties": {
        "texts": {"type": "integer", "minimum": 0, "description": "How many were taken out."},
        "entries": {"type": "integer", "minimum": 0, "description": "From how many entries."},
        "unsalted": {"type": "integer", "minimum": 0, "description": "How many of these have no salt."},
        "also": {"type": "array", "items": TEXT, "description": "Reports to look at as well."},
        "held": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["document", "row"],
                "properties": {"document": TEXT, "row": {"type": "integer", "minimum": 1}},
            },
            "description": "Rows that were held and hold it as well.",
        },
        "head": TEXT,
        "remarks": {"type": "array", "items": TEXT, "description": "What is not reached, in words."},
    },
}
SCHEMAS: Words = {
    "Mapping": _MAPPING, "Registration": _REGISTRATION, "Retry": _RETRY, "Redaction": _REDACTION
}  # fmt: skip
"""The schemas that these operations add to the description."""


def adding_mapping(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that keeps a mapping."""
    members: Words = {
        "name": {**TEXT, "minLength": 1, "description": "What it is called from now on."},
        "text": {**TEXT, "minLength": 1, "description": "The mapping, in TOML."},
    }
    body = object_body({"name": "desk", "text": EXAMPLE_MAPPING}, **members)
    answers: Statuses = {
        201: answer_of("It is the newest of its name.", "Mapping"),
        200: answer_of("It was already, or nothing was written.", "Mapping"),
    }
    return {
        "operation_id": "add_mapping",
        "summary": "Keep a mapping, by whose name files of another layout are read.",
        "openapi_extra": takes(body, filters),
        **operation({**answers, **REFUSALS, 403: OF_A_REPORT[403]}),
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
        "text/csv": {"schema": TEXT},
        MULTIPART: {"schema": {**FORM, "properties": {FILE_FIELD: FILE}}},
    }
    return {
        "operation_id": f"register_{name}",
        "summary": f"Register {name}; one with a known key takes the place of the older one.",
        "openapi_extra": takes(documents, filters),
        **operation(_registrations()),
    }


def retrying(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that takes held rows again."""
    fix: Words = {
        "type": "object",
        "properties": {
            "row": {"type": "integer", "minimum": 1},
            "was": {**TEXT, "description": "In place of row: every held row whose column says so."},
            **dict.fromkeys(("column", "value", "reason", "document"), TEXT),
        },
        "required": ["column", "value", "reason"],
        "additionalProperties": False,
    }
    schema: Words = {
        "type": "object",
        "properties": {
            "documents": {"type": "array", "items": TEXT, "description": "Default: all."},
            "mapping": {"type": ["string", "null"], "description": "In place of that of each row."},
            "fixes": {"type": "array", "items": fix, "description": "What to take in place of a cell."},
        },
        "additionalProperties": False,
    }
    content: Words = {JSON: {"schema": schema, "example": {"documents": []}}}
    return {
        "operation_id": "retry",
        "summary": "Take rows again that were held: all that are quarantined, or those of some documents.",
        "openapi_extra": takes(content, filters),
        **operation(
            {
                201: answer_of("At least one is a report now.", "Retry"),
                200: answer_of("None is a report now, or nothing was written.", "Retry"),
                **REFUSALS,
                403: OF_A_REPORT[403],
                404: refusal("No such row is held."),
            }
        ),
    }


def spelling(*filters: Filter) -> Words:
    """What FastAPI is told of the operation that records other spellings of a place."""
    members: Words = {
        "area": {**TEXT, "minLength": 1},
        "spellings": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 100},
    }
    body = object_body({"area": "Jableh", "spellings": ["Gebleh"]}, **members)
    return {
        "operation_id": "add_spellings",
        "summary": "Record other spellings of a known place.",
        "openapi_extra": takes(body, filters),
        **operation(_registrations()),
    }


def redacting() -> Words:
    """What FastAPI is told of the operation that takes texts of a report out for good."""
    columns: Words = {"type": "array", "items": {"enum": list(REDACTABLE)}, "minItems": 1}
    body = object_body({"columns": ["note"], "reason": "It named somebody."}, columns=columns, reason=REASON)
    return {
        "operation_id": "redact",
        "summary": "Take texts of a report out of the ledger for good; that it was done stays to be seen.",
        "openapi_extra": takes(body, (), IN_PATH),
        **operation({200: answer_of("Done.", "Redaction"), **REFUSALS, **OF_A_REPORT}),
    }


def redacting_row() -> Words:
    """What FastAPI is told of the operation that takes cells of a held row out for good."""
    members: Words = {
        "document": {**TEXT, "minLength": 1, "description": "Its name, or the SHA-256 of its content."},
        "row": {"type": "integer", "minimum": 1},
        "columns": {"type": "array", "items": TEXT, "maxItems": 200, "description": "None: every cell."},
        "reason": REASON,
    }
    example = {"document": "daily.csv", "row": 1, "columns": [], "reason": "It named somebody."}
    answers = {200: answer_of("Done.", "Redaction"), **REFUSALS, 403: OF_A_REPORT[403]}
    return {
        "operation_id": "redact_held_row",
        "summary": "Take cells of a row that was held out of the ledger for good, in each of its versions.",
        "openapi_extra": takes(object_body(example, **members), ()),
        **operation({**answers, 404: refusal("That row was never held.")}),
    }


def redacting_mapping() -> Words:
    """What FastAPI is told of the operation that takes the texts of a mapping out for good."""
    name = {**TEXT, "minLength": 1, "description": "Its name: every version; with @ and its hash: that one."}
    body = object_body({"mapping": "desk", "reason": "It named somebody."}, mapping=name, reason=REASON)
    answers = {200: answer_of("Done.", "Redaction"), **REFUSALS, 403: OF_A_REPORT[403]}
    return {
        "operation_id": "redact_mapping",
        "summary": "Take the texts of a mapping that the ledger keeps out of it for good.",
        "openapi_extra": takes(body, ()),
        **operation({**answers, 404: refusal("The ledger keeps no such mapping.")}),
    }


def _registrations() -> Statuses:
    return {
        201: answer_of("Something is new.", "Registration"),
        200: answer_of("All was known, or nothing was written.", "Registration"),
        **REFUSALS,
        403: OF_A_REPORT[403],
    }
