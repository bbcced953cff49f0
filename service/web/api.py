"""Which questions does the API answer, and in which formats?

One row of ``COLLECTIONS`` per question: its name, its filters and the Ledger's verb that answers it. Every
collection stands at ``/v1/<name>`` (format by Accept) and ``/v1/<name>.<format>``; JSON is
``{"meta": …, "data": [rows]}``, the other formats carry the rows. The rows are the Ledger's own tables.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.connection import Ledger
from service.encoding import MEDIA_TYPES, Format, encode
from service.query import DEFAULT_METHOD, METHODS
from service.vocabulary import Measure
from service.web import filters
from service.web.formats import by_suffix, negotiated

Rows = tuple[pa.Table, dict[str, Any]]

PROBLEM: dict[str, Any] = {"application/problem+json": {}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows.",
        "content": {media_type.partition(";")[0]: {} for media_type in MEDIA_TYPES.values()},
    },
    304: {"description": "Nothing has changed since the ETag of If-None-Match."},
    404: {"description": "No such figure.", "content": {"application/problem+json": {}}},
    406: {"description": "None of our formats is accepted.", "content": {"application/problem+json": {}}},
    422: {
        "description": "The question cannot be answered as asked.",
        "content": {"application/problem+json": {}},
    },
    429: {
        "description": "Too many requests; Retry-After says when to ask again.",
        "content": {"application/problem+json": {}},
    },
    503: {"description": "The ledger cannot be used.", "content": {"application/problem+json": {}}},
}


@dataclasses.dataclass(frozen=True)
class Collection:
    """One question of the API. ``answer`` takes the Ledger and the filters as keyword arguments."""

    name: str
    summary: str
    allowed: tuple[filters.Filter, ...]
    answer: Callable[[Ledger, dict[str, Any]], Rows]

    @property
    def example(self) -> str:
        """A query string that asks for little and works on the shipped seeds."""
        shown = [each for each in self.allowed if each.name in {"area", "measure", "population", "limit"}]
        return "&".join(f"{each.name}={each.example}" for each in shown)


def series(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    found = ledger.answer(**asked)
    return found.table, found.meta


def figures(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    found = ledger.answer(**asked)
    return found.figures(), found.meta


def reports(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    query = ledger.query(**asked)
    meta = {"query": query.meta(), "as_of": query.as_of, "head": str(ledger.head)}
    return ledger.reports(arrow=True, **asked), meta


def explain(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    """The reports behind one figure; the figure, the sentences and the findings stand in ``meta``."""
    date = filters.read_day("date", asked.pop("date", None))
    found = ledger.explain(date=date, **asked)
    findings = [dataclasses.asdict(finding) for finding in found.findings]
    return found.points, {
        **found.meta,
        "figure": found.row,
        "sentences": list(found.sentences),
        "findings": findings,
    }


def conflicts(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    query = ledger.query(**asked)
    meta = {"query": query.meta(), "as_of": query.as_of, "head": str(ledger.head), "method": query.method}
    return ledger.conflicts(arrow=True, **asked), meta


def _reference(name: str) -> Callable[[Ledger, dict[str, Any]], Rows]:
    def answer(ledger: Ledger, _: dict[str, Any]) -> Rows:
        table = getattr(ledger.reference(), name)
        return table.sort_by(table.column_names[0]), {"head": str(ledger.head)}

    return answer


def measures(ledger: Ledger, _: dict[str, Any]) -> Rows:
    rows = [{"measure": measure.value, "meaning": measure.meaning} for measure in Measure]
    return pa.Table.from_pylist(rows), {"head": str(ledger.head)}


LISTED = (filters.LIMIT,)


def methods(ledger: Ledger, _: dict[str, Any]) -> Rows:
    rows = [{"method": name, "meaning": meaning} for name, meaning in METHODS.items()]
    return pa.Table.from_pylist(rows), {"head": str(ledger.head), "default": DEFAULT_METHOD}


COLLECTIONS = (
    Collection("series", "The toll over time: a row per day on which it moved.", filters.SERIES, series),
    Collection("figures", "The latest row of each series.", filters.SERIES, figures),
    Collection("reports", "The reports as published, each with its fate.", filters.REPORTS, reports),
    Collection("explain", "Why one figure is what it is, report by report.", filters.EXPLAIN, explain),
    Collection(
        "conflicts", "Figures whose origins disagree: by how many, who says what.", filters.SERIES, conflicts
    ),
    Collection("areas", "The gazetteer.", LISTED, _reference("area")),
    Collection("sources", "Who publishes, and whose figures they are.", LISTED, _reference("source")),
    Collection("populations", "Who is counted, part and whole.", LISTED, _reference("population")),
    Collection("crises", "The happenings that reports are about.", LISTED, _reference("crisis")),
    Collection("measures", "What is counted.", LISTED, measures),
    Collection("methods", "How figures that differ become one.", LISTED, methods),
)


def respond(request: Request, collection: Collection, fmt: Format) -> Response:
    """The answer of a collection in a format, from the kept ones where nothing has changed since."""
    ledger: Ledger = request.app.state.ledger
    asked = filters.read_filters(request.query_params.multi_items(), collection.allowed)
    key = (collection.name, json.dumps(asked, sort_keys=True))
    limit = filters.read_limit(asked.pop("limit", None))

    def make() -> bytes:
        table, meta = collection.answer(ledger, dict(asked))
        meta = {**meta, "rows": table.num_rows, "returned": min(table.num_rows, limit or table.num_rows)}
        return encode(table.slice(0, limit), fmt, meta=plain(meta))

    response: Response = request.app.state.answers.respond(request, key, MEDIA_TYPES[fmt], make)
    return response


def plain(value: object) -> Any:  # noqa: ANN401 (JSON has no narrower name)
    """``value`` with days and moments as ISO text, ready for JSON."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def api_router() -> APIRouter:
    """The routes of every collection."""
    router = APIRouter(prefix="/v1")
    for collection in COLLECTIONS:
        _mount(router, collection)
    return router


def _mount(router: APIRouter, collection: Collection) -> None:
    def by_accept(request: Request) -> Response:
        return respond(request, collection, negotiated(request.headers.get("accept", "")))

    def as_file(request: Request, format_name: str) -> Response:
        return respond(request, collection, by_suffix(format_name))

    extra = {"parameters": [each.parameter() for each in collection.allowed]}
    for path, endpoint, name in (
        (f"/{collection.name}", by_accept, collection.name),
        (f"/{collection.name}.{{format_name}}", as_file, f"{collection.name}_file"),
    ):
        router.add_api_route(
            path, endpoint, name=name, summary=collection.summary, openapi_extra=extra, responses=RESPONSES
        )
