"""Which tools does an assistant have, what may be put to them, and what do they answer?

A tool is a verb of ``answers.endpoints``; its arguments are the verb's filters by their names in a URL. An
answer holds rows, what they hold for, and a citation. Notes of the desk are no part of it, nor the terms that
sentences are translated from. It must not know the protocol.

>>> input_schema("explain")["properties"]["as_of"]["format"]
'date'
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from service import deadline
from service.answers import filters
from service.answers.endpoints import Endpoint, endpoint
from service.answers.filters import MOST_VALUES, Filter, Style
from service.answers.parameters import read_filters
from service.api import Ledger
from service.errors import QueryError, UnknownName
from service.settings import Settings

if TYPE_CHECKING:
    from service.answers.rows import Answer
    from service.client.sync import RemoteLedger

    AnyLedger = Ledger | RemoteLedger

TOOLS = (
    "crises", "areas", "sources", "populations", "figures", "series", "explain", "conflicts", "bounds",
    "vintages", "changes", "reports", "lookup", "differences",
)  # fmt: skip
"""The verbs that are tools, in the order in which an assistant would try them."""
INSTRUCTIONS = (
    "Casualty Ledger keeps what sources published about people killed, injured, missing or displaced in "
    "conflicts and disasters, and reconciles it. It counts nobody itself. These are the dead: never give a "
    "figure without its range (low to high), whom and where it counts, the day up to which it counts (date) "
    "and the day on which it was known (as_of), and name the sources beside the ledger (explain). An empty "
    "value is unknown, never zero; a low without a best means at least so many. What is counted differently "
    "must not be added up. Start with crises; lookup says whether a figure read elsewhere is known, and what "
    "it is worth today. Quote the citation that stands in each answer."
)
FORMATS = ("date", "date-time")
"""The formats of values that JSON Schema knows."""
TERMS = "terms"
FEW_ROWS, MOST_ROWS = 50, 1_000
"""Rows of an answer: where no limit is given, and at most."""
LIMIT = dataclasses.replace(
    filters.LIMIT,
    meaning=f"At most this many rows, 1 to {MOST_ROWS}; {FEW_ROWS} where it is not given.",
    schema={"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
)


def input_schema(tool: str) -> dict[str, Any]:
    """Return the JSON Schema of a tool's arguments. Raises UnknownName."""
    verb = _verb(tool)
    rows = (*verb.in_path, *verb.filters, LIMIT)
    return {
        "type": "object",
        "properties": {row.name: _property(row) for row in rows},
        "required": [row.name for row in rows if row.required],
        "additionalProperties": False,
    }


def summary(tool: str) -> str:
    """Return what a tool answers, in a sentence. Raises UnknownName."""
    return _verb(tool).summary


def call(ledger: AnyLedger, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer of a tool: ``meta``, ``data`` (rows by column) and ``citation``.

    Raises QueryError for arguments that the tool cannot take, and what the verb raises.
    """
    verb = _verb(tool)
    limit, question = _read_arguments(verb, arguments)
    while True:
        said = _as_json(_ask(ledger, verb, question, limit))
        citation = _citation(ledger, verb, question, said["meta"])
        if citation.pop("head") == said["meta"]["head"]:
            break
        deadline.check()  # an entry came in between
    left = said["meta"]["rows"] - said["meta"]["returned"]
    if left:
        said["more"] = f"{left:,} more rows: name a crisis, a place or a span, or give a higher limit."
    return {**said, "citation": citation}


def _verb(tool: str) -> Endpoint:
    if tool in TOOLS:
        return endpoint(tool)
    near = tuple(get_close_matches(tool, TOOLS, n=3))
    fix = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(TOOLS)}."
    raise UnknownName(f"There is no tool {tool[:80]!r}.", fix=fix, suggestions=near)


def _property(row: Filter) -> dict[str, Any]:
    """Return the JSON Schema of one argument."""
    form = {
        key: value for key, value in row.schema.items() if key != "format" or value in ("date", "date-time")
    }
    several = {"type": "array", "items": form, "minItems": 1, "maxItems": MOST_VALUES}
    about = f"{row.meaning} For example: {row.example}"
    return {"description": about, **({"anyOf": [form, several]} if row.repeatable else form)}


def _read_arguments(verb: Endpoint, arguments: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the limit, and the filters by keyword. Raises QueryError."""
    allowed = (*verb.in_path, *verb.filters, LIMIT)
    items = [(name, text) for name, value in arguments.items() for text in _texts(name, value)]
    question = read_filters(items, allowed)
    for row in allowed:
        if row.required and row.keyword not in question:
            raise QueryError(
                f"{verb.name} needs {row.name}: {row.meaning}", fix=f"Give {row.name}, such as {row.example}."
            )
    text = question.pop(LIMIT.keyword, str(FEW_ROWS))
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST_ROWS):
        raise QueryError(
            f"limit={text!r} is no number of rows.", fix=f"Give a whole number, 1 to {MOST_ROWS}."
        )
    return int(text), question


def _texts(name: str, value: object) -> Iterator[str]:
    """Yield the texts that an argument is in a URL. Raises QueryError for what has none."""
    for each in value if isinstance(value, list) else [] if value is None else [value]:
        if not isinstance(each, str | int) or isinstance(each, bool):
            raise QueryError(
                f"{name[:80]} is neither a text nor a list of texts.", fix="Write it as text, between quotes."
            )
        yield str(each)


def _ask(ledger: AnyLedger, verb: Endpoint, question: Mapping[str, Any], limit: int) -> Answer:
    """Return at most ``limit`` rows; only those of a verb that is read in pages may be very many."""
    from service.answers.rows import Page

    if isinstance(ledger, Ledger):
        return verb.answer(ledger, question, Page(limit))
    if verb.is_read_in_pages:
        return ledger.ask(verb.name, limit=limit, **question)
    return ledger.ask(verb.name, **question).page(Page(limit))


def _as_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as the API writes it, without notes and terms."""
    from service.answers.notes import without_notes
    from service.formats.encode import encode
    from service.formats.file_format import Format

    said: dict[str, Any] = json.loads(encode(without_notes(answer.table), Format.JSON, meta=answer.meta))
    return {name: _without_terms(value) for name, value in said.items()}


def _without_terms(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what JSON holds without what programs say sentences in other languages from."""
    if isinstance(value, dict):
        return {name: _without_terms(each) for name, each in value.items() if name != TERMS}
    return [_without_terms(each) for each in value] if isinstance(value, list) else value


def _citation(
    ledger: AnyLedger, verb: Endpoint, question: Mapping[str, Any], meta: Mapping[str, Any]
) -> dict[str, str]:
    """Return how to cite an answer: a ``text``, of figures the ``url`` that gives them again later, and the
    ``head`` that it is of."""
    if not verb.is_citable:
        day = f", as known on {meta['as_of']}" if "as_of" in meta else ""
        return {
            "text": f"Casualty Ledger: {verb.name}{day}, ledger head {meta['head']}.",
            "head": meta["head"],
        }
    at = (Settings().public_url or "") if isinstance(ledger, Ledger) else ""
    asked = {**question, "as_of": meta["as_of"]}
    [item] = json.loads(ledger.cite(Style.CSL, path=f"{at}/v1{verb.address}", **asked))
    return {
        "text": f"{item['publisher']}: {item['title']}. {item['note']}. {item['URL']}",
        "url": item["URL"],
        "head": item["version"],
    }
