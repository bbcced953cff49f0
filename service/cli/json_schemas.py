"""What does a command print with ``--json``?

A JSON Schema for each command, and one for its refusals. Programs that call ``casualty`` can rely on them; a
test validates what every command really prints. Rows are those of the tables that the API gives too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import Annotated, Any

import typer

from service.answers.endpoints import ENDPOINTS, endpoint
from service.answers.filters import AS_OF, QUESTION
from service.cli.options import Session
from service.cli.terminal import write
from service.errors import UnknownName

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
HEAD: Schema = {
    "type": "string",
    "pattern": "^[0-9]+-[0-9a-f]{12}$",
    "description": "The state of the ledger: how many entries it has, and the hash that chains them.",
}
DAY: Schema = {"type": "string", "format": "date"}
SHARE: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
EXPECTED: Schema = {
    "type": "object",
    "properties": {
        "method": {"type": ["string", "null"]},
        "nominal": SHARE,
        "coverage": SHARE,
        "blank": {"type": ["string", "null"]},
    },
    "required": ["method", "nominal", "coverage", "blank"],
    "additionalProperties": False,
    "description": "How expected ranges were found, the share of settled figures they should hold, and the "
    "share they held in crises whose end is known; where there is none, and why; null where the method "
    "expects nothing.",
}


def schema(
    session: Session,  # noqa: ARG001 - every command takes it
    command: Annotated[
        str, typer.Argument(metavar="COMMAND", help="A command, such as 'series' or 'keys list', or 'error'.")
    ],
) -> None:
    """Print the JSON Schema of what a command prints with --json.

    'error' is what stands on standard error where a command with --json is refused.
    """
    name = " ".join(command.split())
    if name not in SCHEMAS:
        near = tuple(get_close_matches(name, SCHEMAS, n=3))
        fix = f"Did you mean {' or '.join(near)}?" if near else f"There is one for: {', '.join(SCHEMAS)}."
        raise UnknownName(f"No command is called {name!r}.", fix=fix, suggestions=near)
    write(json.dumps(schema_of(name), ensure_ascii=False, indent=1) + "\n")


def schema_of(command: str) -> Schema:
    """The JSON Schema of what a command prints with ``--json``."""
    return {"$schema": DIALECT, "title": f"casualty {command} --json", **SCHEMAS[command]()}


# --- the parts -------------------------------------------------------------------------------------------


def _object(**members: Schema) -> Schema:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _answer(verb: str) -> Schema:
    """The rows of a verb, and what they hold for: as much as verbs of its kind say, and what it adds."""
    from service.schema.columns import row_schema

    row = endpoint(verb)
    meta: dict[str, Schema] = {"head": HEAD, "rows": NUMBER, "returned": NUMBER}
    if row.takes(AS_OF):
        meta |= {"query": _query(), "as_of": DAY}
    if row.gives_figures:
        meta |= {"method": TEXT, "expected": EXPECTED}
    more = BESIDE[verb]() if verb in BESIDE else {}
    return _object(meta=_object(**meta, **more), data=_list(row_schema(row.columns)))


def _query() -> Schema:
    """The question as it was understood, with every filter that there is."""
    blank: Schema = {"type": ["string", "null"]}
    known = {"area": _list(TEXT), "as_of": DAY, "method": TEXT, "weights": {"type": "object"}}
    return _object(**{row.name: known.get(row.name, blank) for row in QUESTION})


def _beside_explain() -> dict[str, Schema]:
    from service.schema.columns import row_schema
    from service.schema.tables import SERIES

    return {"figure": row_schema(SERIES), "sentences": _list(TEXT), "findings": _list(_finding())}


def _beside_evidence() -> dict[str, Schema]:
    names = {"type": "object", "additionalProperties": TEXT}
    return {
        "area_names": names,
        "population_names": names,
        "context": _list({"type": "object"}),
        "findings": _list(_finding()),
    }


def _beside_bounds() -> dict[str, Schema]:
    return {"because": _list({"type": "object"})}


BESIDE: dict[str, Callable[[], dict[str, Schema]]] = {
    "explain": _beside_explain,
    "evidence": _beside_evidence,
    "bounds": _beside_bounds,
    "changes": lambda: {"since": HEAD},
    "methods": lambda: {"default": TEXT},
}
"""What an answer says in ``meta`` beside what all of its kind say."""


def _finding(**more: Schema) -> Schema:
    from service.schema.columns import row_schema
    from service.schema.tables import FINDING

    made = row_schema(FINDING)
    return _object(**more, **made["properties"])


def _receipt() -> Schema:
    tally = dict.fromkeys(("accepted", "duplicate", "quarantined", "rejected"), NUMBER)
    return _object(**tally, head=HEAD, findings=_list(_finding(document=TEXT)))


def _export() -> Schema:
    """The rows of a report file, of all series, or of a reference table; or what was published."""
    rows = _object(
        meta={"type": "object", "required": ["head", "rows", "returned"]}, data=_list({"type": "object"})
    )
    published = _object(directory=TEXT, head=HEAD, as_of=DAY, reports=NUMBER, sha256=TEXT)
    return {"anyOf": [rows, published]}


def _mapping() -> Schema:
    from service.answers.mappings import LISTED_MAPPING
    from service.schema.columns import row_schema

    return row_schema(LISTED_MAPPING)


def _draft() -> Schema:
    row = {"type": "object", "additionalProperties": TEXT}
    return _object(meta=_object(head=HEAD, rows=NUMBER, returned=NUMBER), data=_list(row))


def _key(**more: Schema) -> Schema:
    revoked = {"type": ["string", "null"]}
    members = {"id": TEXT, "role": {"enum": ["reporter", "editor"]}, "note": TEXT, "created_at": TEXT}
    return _object(**members, revoked_at=revoked, **more)


def _doctor() -> Schema:
    schema = _object(casualty=TEXT, python=TEXT, platform=TEXT, data_dir=TEXT, ledger=TEXT)
    sizes = {"journal_bytes": NUMBER, "index_bytes": NUMBER, "entries": NUMBER, "head": HEAD}
    schema["properties"] |= {**sizes, "served_at": TEXT}
    schema["additionalProperties"] = TEXT  # the version of each library
    return schema


def _registration() -> Schema:
    rows = _list(_object(key=TEXT, verdict=TEXT))
    dry_run: Schema = {"type": "boolean"}
    return _object(table=TEXT, registered=NUMBER, rows=rows, released=NUMBER, head=HEAD, dry_run=dry_run)


def _crisis() -> Schema:
    tally = dict.fromkeys(("accepted", "duplicate", "quarantined", "rejected"), NUMBER)
    return _object(
        crisis=TEXT, places=_list(TEXT), areas=_list(TEXT), released=NUMBER, **tally,
        findings=_list(_finding()), head=HEAD, dry_run={"type": "boolean"},
    )  # fmt: skip


STATE = _object(entries=NUMBER, head=HEAD)
SCHEMAS: dict[str, Callable[[], Schema]] = {
    **{verb: partial(_answer, verb) for verb in ENDPOINTS},
    "chart": lambda: {"type": "object", "required": ["data", "layout"]},
    "areas add": lambda: _object(area_code=TEXT, released=NUMBER, head=HEAD, dry_run={"type": "boolean"}),
    "areas add-country": _registration,
    "areas alias": lambda: _object(area_code=TEXT, released=NUMBER, head=HEAD, dry_run={"type": "boolean"}),
    "crisis new": _crisis,
    "ingest": _receipt,
    "mapping add": lambda: _object(
        mapping_id=TEXT, name=TEXT, title=TEXT, is_new={"type": "boolean"}, head=HEAD
    ),
    "mapping list": partial(_answer, "mappings"),
    "mapping show": _mapping,
    "mapping try": _receipt,
    "draft": _draft,
    "register": _registration,
    "withdraw": lambda: _object(report_id=TEXT, withdrawn=TEXT, head=HEAD),
    "correct": _receipt,
    "reinstate": lambda: _object(report_id=TEXT, reinstated=TEXT, head=HEAD),
    "redact": lambda: _object(
        texts=NUMBER, entries=NUMBER, unsalted=NUMBER, also=_list(TEXT),
        held=_list(_object(document=TEXT, row=NUMBER)), head=HEAD, remarks=_list(TEXT),
    ),
    "serve": lambda: _object(url=TEXT, data_dir=TEXT),
    "mcp": lambda: _object(url=TEXT),
    "verify": lambda: _object(
        sound={"type": "boolean"}, entries=NUMBER, head=HEAD, findings=_list(_finding()),
        checked={"enum": ["ledger", "journal"]},
    ),
    "head": lambda: _object(entries=NUMBER, head=HEAD, hash=TEXT),
    "rebuild": lambda: STATE,
    "doctor": _doctor,
    "backup": lambda: _object(file=TEXT, bytes=NUMBER, entries=NUMBER, head=HEAD),
    "restore": lambda: _object(data_dir=TEXT, sound={"const": True}, entries=NUMBER, head=HEAD),
    "export": _export,
    "release": lambda: _object(
        file=TEXT, bytes=NUMBER, sha256=TEXT, as_of=DAY, method=TEXT, head=HEAD,
        rows={"type": "object", "additionalProperties": NUMBER},
    ),
    "reconcile": lambda: _object(
        out=TEXT, head=HEAD, as_of=DAY, method=TEXT, sha256=TEXT,
        rows={"type": "object", "additionalProperties": NUMBER},
    ),
    "schema": lambda: {"type": "object", "required": ["$schema", "title"]},
    "keys create": lambda: _object(key=TEXT, id=TEXT, role={"enum": ["reporter", "editor"]}),
    "keys list": lambda: _list(_key()),
    "keys revoke": _key,
    "error": lambda: _object(code=TEXT, detail=TEXT, fix=TEXT, suggestions=_list(TEXT)),
}  # fmt: skip
