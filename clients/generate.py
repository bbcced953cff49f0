"""Which verbs, filters and columns do the clients in other languages have? Those of the service.

``make clients`` writes the parts of ``clients/js`` and ``clients/r`` that list them; a test holds these files
to what would be written. Nothing in them is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.answers import filters
from service.answers.endpoints import ENDPOINTS, Endpoint
from service.answers.filters import Filter
from service.schema.columns import COLUMNS

HERE = Path(__file__).parent
BY = "made by `make clients` of the tables of the service"
PAGED = (filters.LIMIT,)
TYPESCRIPT = {"integer": "number", "number": "number"}
RETURNED = (
    "A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds"
    " for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given."
)


def main() -> None:
    """Write the files."""
    for name, text in generated().items():
        (HERE / name).write_text(text, encoding="utf-8")


def generated() -> dict[str, str]:
    """The files by their place under ``clients``, as they should stand."""
    return {"js/verbs.js": verbs_js(), "js/rows.d.ts": rows_d_ts(), "r/R/verbs.R": verbs_r()}


def parameters(endpoint: Endpoint) -> tuple[Filter, ...]:
    """What a verb can be asked with: the names in its path, its filters, the size of a page."""
    return (*endpoint.in_path, *endpoint.filters, *PAGED)


# --- JavaScript --------------------------------------------------------------------------------------------


def verbs_js() -> str:
    """The path of each verb."""
    rows = "".join(f'  {name}: "{each.address[1:]}",\n' for name, each in ENDPOINTS.items())
    head = f"// {BY}\n\n/** Under `/v1`, the path of each verb. */\n"
    return f"{head}export const VERBS = Object.freeze({{\n{rows}}});\n"


def rows_d_ts() -> str:
    """The filters and rows of each verb as TypeScript reads them."""
    parts = [f"// {BY}\n", "type Several<T> = T | readonly T[];\n", "type Blank = null | undefined;\n"]
    for endpoint in ENDPOINTS.values():
        name = _pascal(endpoint.name)
        parts.append(_interface(f"{name}Filters", _filter_lines(endpoint), endpoint.summary))
        parts.append(_interface(f"{name}Row", _column_lines(endpoint.columns), ""))
    for name, suffix in (("FiltersByVerb", "Filters"), ("RowByVerb", "Row")):
        lines = (f"  {verb}: {_pascal(verb)}{suffix};" for verb in ENDPOINTS)
        parts.append(_interface(name, lines, ""))
    parts.append("export type Verb = keyof RowByVerb;\n")
    parts.append("export type Filters<V extends Verb> = FiltersByVerb[V];\n")
    parts.append("export type Row<V extends Verb> = RowByVerb[V];\n")
    return "\n".join(parts)


def _interface(name: str, lines: Iterator[str], summary: str) -> str:
    comment = f"/** {summary} */\n" if summary else ""
    return f"{comment}export interface {name} {{\n" + "".join(f"{line}\n" for line in lines) + "}\n"


def _filter_lines(endpoint: Endpoint) -> Iterator[str]:
    for each in parameters(endpoint):
        kind = _typescript(each.schema)
        kind = f"Several<{kind}>" if each.repeatable else kind
        yield f"  /** {each.meaning} Example: {each.example} */"
        yield f"  {each.name}: {kind};" if each.required else f"  {each.name}?: {kind} | Blank;"


def _column_lines(columns: pa.Schema) -> Iterator[str]:
    for field in columns:
        if field.name in COLUMNS:
            yield f"  /** {COLUMNS[field.name].meaning} */"
        kind = _typescript_of_column(field.type)
        yield f"  readonly {field.name}: {kind}{' | null' if field.nullable else ''};"


def _typescript(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    return TYPESCRIPT.get(schema.get("type", ""), "string")


def _typescript_of_column(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "boolean"
    return "number" if pa.types.is_integer(kind) or pa.types.is_floating(kind) else "string"


def _pascal(name: str) -> str:
    return name[0].upper() + name[1:]


# --- R -----------------------------------------------------------------------------------------------------


def verbs_r() -> str:
    """A function for each verb, with its help, and the types of the columns that are not text."""
    kinds = {
        field.name: kind
        for endpoint in ENDPOINTS.values()
        for field in endpoint.columns
        if (kind := _r_kind(field.type))
    }
    listed = "".join(f'  {name} = "{kind}",\n' for name, kind in sorted(kinds.items()))
    paths = "".join(f'  {name} = "{each.address[1:]}",\n' for name, each in ENDPOINTS.items())
    parts = [
        f"# {BY}\n",
        f"column_kinds <- c(\n{listed.removesuffix(chr(44) + chr(10))}\n)\n",
        f"verb_paths <- c(\n{paths.removesuffix(chr(44) + chr(10))}\n)\n",
    ]
    return "\n".join([*parts, *(_r_function(each) for each in ENDPOINTS.values() if each.name != "explain")])


def _r_kind(kind: pa.DataType) -> str:
    if pa.types.is_date(kind):
        return "day"
    if pa.types.is_timestamp(kind):
        return "moment"
    if pa.types.is_boolean(kind):
        return "logical"
    return "number" if pa.types.is_integer(kind) or pa.types.is_floating(kind) else ""


def _r_function(endpoint: Endpoint) -> str:
    asked = sorted(parameters(endpoint), key=lambda each: not each.required)
    help_lines = [
        endpoint.summary,
        "",
        "@param ledger A ledger, as [ledger()] gives it.",
        *(f"@param {each.name} {_r_text(each.meaning)} Example: `{each.example}`" for each in asked),
        f"@return {RETURNED}",
        "@section Columns:",
        "\\describe{",
        *(
            f"  \\item{{`{field.name}`}}{{{_r_text(COLUMNS[field.name].meaning)}}}"
            for field in endpoint.columns
            if field.name in COLUMNS
        ),
        "}",
        "@export",
    ]
    arguments = ["ledger", *(each.name if each.required else f"{each.name} = NULL" for each in asked)]
    given = ", ".join(f"{each.name} = {each.name}" for each in asked)
    return (
        "".join(f"#' {line}".rstrip() + "\n" for line in help_lines)
        + f"cl_{endpoint.name} <- function(\n"
        + ",\n".join(f"  {each}" for each in arguments)
        + f'\n) {{\n  ask(ledger, "{endpoint.name}", list({given}))\n}}\n'
    )


def _r_text(text: str) -> str:
    """Text as the help of R reads it."""
    return text.translate({ord(letter): f"\\{letter}" for letter in "\\%{}"}).replace("@", "@@")


if __name__ == "__main__":
    main()
