"""What does the description of the API (OpenAPI 3.1) say of each operation?

The pieces that the routes hand to FastAPI: parameters, answers with the schema of their rows, refusals, and
an example for each operation that works on the shipped seeds. A test asks every operation for its example and
for every status that is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response

from service.answers.chart_kinds import ChartKind
from service.answers.endpoints import ABOUT_FIGURES, ABOUT_REFERENCE, ABOUT_REPORTS, Endpoint
from service.answers.filters import COMPARE, CRISIS, MOST_VALUES, RECORDED_BY, Filter
from service.formats.file_format import MEDIA_TYPES, Format

Words = dict[str, Any]
Statuses = dict[int | str, Words]
JSON = "application/json"
PROBLEM = "application/problem+json"


def refusal(description: str) -> Words:
    """A refusal, as an answer."""
    return {
        "description": description,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _header(description: str = "Names these very bytes.", pattern: str = "") -> Words:
    schema = {"type": "string", **({"pattern": pattern} if pattern else {})}
    return {"description": description, "required": True, "schema": schema}


def text() -> Words:
    """A body of text."""
    return {"schema": {"type": "string"}}


def _binary() -> Words:
    return {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}


HAND_IN, WATCH = "handing in", "operation"
TAGS = (
    {
        "name": ABOUT_FIGURES,
        "description": "What the toll is, how it came about and how it moved. No key is needed.",
    },
    {
        "name": ABOUT_REPORTS,
        "description": "What was handed in, what became of it, and what the checks noticed.",
    },
    {"name": ABOUT_REFERENCE, "description": "The words and names that the other answers use."},
    {"name": HAND_IN, "description": "Reports in, back out and put right. Needs a key."},
    {"name": WATCH, "description": "Whether the service lives and how it fares."},
)
SHOWN = frozenset({"area", "measure", "population", "limit", "since", "text", "a", "b"})
"""The filters whose examples make up the example of an operation."""
PROBLEM_SCHEMA: Words = {
    "type": "object",
    "description": "A refusal (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "fix", "suggestions"],
    "properties": {
        "type": {"type": "string", "description": "Where the code is explained."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What is wrong, with the value that is."},
        "code": {"type": "string", "description": "A stable word for the kind of refusal."},
        "fix": {"type": "string", "description": "What to do about it."},
        "suggestions": {"type": "array", "items": {"type": "string"}, "description": "The nearest names."},
    },
    "additionalProperties": False,
}
META_SCHEMA: Words = {
    "type": "object",
    "description": "What was understood, and the state of the ledger that answers.",
    "required": ["head", "rows", "returned"],
    "properties": {
        "head": {"type": "string", "pattern": r"^\d+-[0-9a-f]{12}$"},
        "rows": {"type": "integer", "minimum": 0, "description": "Of all pages."},
        "returned": {"type": "integer", "minimum": 0, "description": "Of this page."},
    },
}
_SHARE: Words = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
FIGURES_META_SCHEMA: Words = {
    **META_SCHEMA,
    "required": ["query", "as_of", "head", "method", "expected", "rows", "returned"],
    "properties": {
        **META_SCHEMA["properties"],
        "query": {"type": "object", "description": "Every filter, as it was understood."},
        "as_of": {"type": "string", "format": "date", "description": "The day of knowledge."},
        "method": {"type": "string", "description": "How the figures were reconciled, with its version."},
        "expected": {
            "type": "object",
            "description": "What the expected ranges are worth; null where the method expects nothing.",
            "required": ["method", "nominal", "coverage", "blank"],
            "properties": {
                "method": {"type": ["string", "null"]},
                "nominal": {**_SHARE, "description": "The share of settled figures that they should hold."},
                "coverage": {**_SHARE, "description": "The share they held in crises whose end is known."},
                "blank": {"type": ["string", "null"], "description": "Where there is none, and why."},
            },
        },
    },
}
IF_NONE_MATCH: Words = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of an answer that is at hand.",
    "schema": {"type": "string"},
}


UNCHANGED: Statuses = {
    304: {
        "description": "Nothing has changed since the ETag of If-None-Match.",
        "headers": {"ETag": _header()},
    }
}


def _in_part(content: Words) -> Statuses:
    """What is answered to a Range of bytes."""
    headers = {"ETag": _header(), "Content-Range": _header("Which bytes these are, and of how many.")}
    return {
        206: {"description": "The bytes that Range asks for.", "headers": headers, "content": content},
        416: refusal("Range asks for bytes behind the end."),
    }


UNUSABLE: Statuses = {
    503: refusal("The ledger cannot be used at the moment; Retry-After says when to ask again.")
}
TOO_MANY: Statuses = {429: refusal("Too many requests; Retry-After says when to ask again.")}
ASKED_WRONGLY: Statuses = {
    404: refusal("No such figure, report, state or format."),
    422: refusal("The question cannot be answered as asked."),
}
NOT_IN_THAT_FORMAT: Statuses = {406: refusal("The answer does not exist in a format that is accepted.")}


def describe_endpoint(endpoint: Endpoint, citations: Iterable[str], suffix: str = "") -> Words:
    """What FastAPI is told of an endpoint; ``suffix`` names the part of the address that is a format."""
    content: Words = {media_type.partition(";")[0]: _binary() for media_type in MEDIA_TYPES.values()}
    content |= {"text/csv": text(), "application/x-ndjson": text()}
    content[JSON] = {"schema": answer_schema(endpoint)}
    if endpoint.is_citable:
        content |= {media_type.partition(";")[0]: {} for media_type in citations}
    headers = {
        "ETag": _header(),
        "Casualty-Head": _header("The state of the ledger that answers.", r"^\d+-[0-9a-f]{12}$"),
        "X-Total-Count": {
            "description": "The rows of all pages; a citation has none.",
            "schema": {"type": "integer", "minimum": 0},
        },
        "Link": {
            "description": "The first, previous, next and last page (rel), where there are several.",
            "schema": {"type": "string"},
        },
    }
    answered: Statuses = {200: {"description": "The rows.", "headers": headers, "content": content}}
    refusals = {**ASKED_WRONGLY, **NOT_IN_THAT_FORMAT, **TOO_MANY}
    if endpoint.takes(RECORDED_BY):  # the others are the service's own words, whatever the ledger holds
        refusals |= UNUSABLE
    if endpoint.gives_notes:
        refusals |= {401: refusal("Notes are asked for without a valid key.")}
    in_path = [path_parameter(row) for row in endpoint.in_path]
    if suffix:
        in_path = [*in_path, _format(suffix)]
        refusals |= _in_part(content)
    return {
        "name": f"{endpoint.name}{'_file' if suffix else ''}",
        "operation_id": f"{endpoint.name}{'_file' if suffix else ''}",
        "summary": f"{endpoint.summary[:-1]}, as a file." if suffix else endpoint.summary,
        "tags": [endpoint.tag],
        "response_class": Response,
        "responses": {**answered, **UNCHANGED, **refusals},
        "openapi_extra": {"parameters": [*in_path, *_parameters(endpoint.parameters), IF_NONE_MATCH]},
    }


def describe_feed(allowed: Sequence[Filter], media_type: str) -> Words:
    """What FastAPI is told of the feed of changes."""
    answered: Statuses = {
        200: {
            "description": "The feed.",
            "headers": {"ETag": _header()},
            "content": {media_type.partition(";")[0]: text()},
        }
    }
    return {
        "name": "changes_feed",
        "operation_id": "changes_feed",
        "summary": "What moved, as a feed to subscribe to.",
        "tags": [ABOUT_FIGURES],
        "response_class": Response,
        "responses": {**answered, **UNCHANGED, **ASKED_WRONGLY, **TOO_MANY, **UNUSABLE},
        "openapi_extra": {"parameters": [*_parameters(allowed), IF_NONE_MATCH]},
    }


def describe_chart(kind: ChartKind, media_types: Iterable[str], suffix: str, formats: Sequence[str]) -> Words:
    """What FastAPI is told of a kind of chart; ``suffix`` names the part of the address that is a format."""
    content: Words = {media_type.partition(";")[0]: _binary() for media_type in media_types}
    content |= {"image/svg+xml": text(), "text/html": text(), JSON: {"schema": {"type": "object"}}}
    answered: Statuses = {
        200: {"description": "The picture.", "headers": {"ETag": _header()}, "content": content}
    }
    shown = SHOWN | ({CRISIS.name, COMPARE.name} if kind.needs_two_crises else set())
    parameters = [parameter_of(row, shown=row.name in shown) for row in kind.filters]
    return {
        "name": f"chart_{kind.name}",
        "operation_id": f"chart_{kind.name}",
        "summary": kind.summary,
        "tags": [ABOUT_FIGURES],
        "response_class": Response,
        "responses": {**answered, **UNCHANGED, **_in_part(content), **ASKED_WRONGLY, **TOO_MANY, **UNUSABLE},
        "openapi_extra": {"parameters": [_format(suffix, formats), *parameters, IF_NONE_MATCH]},
    }


def watching(name: str, summary: str, content: Words, refusals: Statuses | None = None) -> Words:
    """What FastAPI is told of an operation for whoever runs the service."""
    answered: Statuses = {200: {"description": summary, "content": content}}
    return {
        "operation_id": name,
        "summary": summary,
        "tags": [WATCH],
        "response_class": Response,
        "responses": {**answered, **TOO_MANY, **(refusals or {})},
    }


def object_of(*names: str) -> Words:
    """A JSON object with these members, all text."""
    members = {name: {"type": "string"} for name in names}
    return {
        "type": "object", "properties": members, "required": list(names), "additionalProperties": False
    }  # fmt: skip


def parameter_of(row: Filter, *, shown: bool = False) -> Words:
    """Return a filter as an OpenAPI parameter, with its example where that is to be ``shown``."""
    schema = dict(row.schema)
    if row.repeatable:
        schema = {"type": "array", "items": schema, "maxItems": MOST_VALUES}
    lists = f" /v1/{row.listed_by} lists them." if row.listed_by else ""
    example: Any = int(row.example) if row.schema.get("type") == "integer" else row.example
    return {
        "name": row.name,
        "in": "query",
        "required": row.required,
        "allowEmptyValue": not row.required,  # a blank is as good as nothing
        "description": f"{row.meaning}{' Repeatable.' if row.repeatable else ''}{lists}",
        "schema": schema,
        **({"example": [example] if row.repeatable else example} if shown else {}),
    }


def path_parameter(row: Filter) -> Words:
    """Return what stands in an address as an OpenAPI parameter, with its example."""
    words = {
        name: value for name, value in parameter_of(row, shown=True).items() if name != "allowEmptyValue"
    }
    return {**words, "in": "path"}


def answer_schema(endpoint: Endpoint) -> Words:
    """Return the schema of an endpoint's answer in JSON: what it holds for, and its rows."""
    row = object_schema(endpoint.columns)
    meta = "FiguresMeta" if endpoint.gives_figures else "Meta"
    return {
        "type": "object",
        "required": ["meta", "data"],
        "properties": {
            "meta": {"$ref": f"#/components/schemas/{meta}"},
            "data": {"type": "array", "items": row},
        },
        "additionalProperties": False,
    }


def object_schema(fields: Iterable[pa.Field]) -> Words:
    """What a row, or an object of a list in a row, holds."""
    columns = {field.name: column_schema(field) for field in fields}
    return {
        "type": "object",
        "properties": columns,
        "required": list(columns),
        "additionalProperties": False,
    }


def column_schema(field: pa.Field) -> Words:
    """What a column holds as JSON writes it; unknown is null."""
    kind = field.type
    words: Words = {}
    if pa.types.is_list(kind):
        name, words = "array", {"items": object_schema(kind.value_type)}
    elif pa.types.is_integer(kind):
        name = "integer"
    elif pa.types.is_floating(kind):
        name = "number"
    elif pa.types.is_boolean(kind):
        name = "boolean"
    else:
        name = "string"
        if pa.types.is_date(kind):
            words = {"format": "date"}
        elif pa.types.is_timestamp(kind):
            words = {"format": "date-time"}
    return {"type": [name, "null"] if field.nullable else name, **words}


def install(app: FastAPI, about: str, schemas: Words) -> None:
    """Give ``app`` its description, made once from its routes; ``schemas`` are those that it names."""

    def openapi() -> Words:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=about, routes=app.routes, tags=list(TAGS),
                license_info={
                    "name": "MIT (code) and CC BY 4.0 (shipped data)", "identifier": "MIT AND CC-BY-4.0"
                },
                contact={"name": "Casualty Ledger contributors"},
                servers=[{"url": app.state.settings.path_prefix or "/", "description": "This service."}],
            )  # fmt: skip
            made["security"] = []  # reading needs no key; what hands in says so itself
            own = {"Problem": PROBLEM_SCHEMA, "Meta": META_SCHEMA, "FiguresMeta": FIGURES_META_SCHEMA}
            made["components"]["schemas"] = {**own, **schemas}
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _parameters(allowed: Iterable[Filter]) -> list[Words]:
    return [parameter_of(each, shown=each.name in SHOWN) for each in allowed]


def _format(name: str, formats: Sequence[str] = tuple(Format)) -> Words:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": "The format, as the suffix of the address.",
        "schema": {"type": "string", "enum": [str(fmt) for fmt in formats]},
        "example": "csv" if "csv" in formats else str(formats[0]),
    }
