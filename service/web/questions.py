"""Which questions does the API answer?

One row of ``COLLECTIONS`` per question: its name, its filters and the Ledger's verb that answers it. The rows
of an answer are the Ledger's own tables. In which format they go out, and from which address, is not known
here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from service.connection import Ledger
from service.encoding import Portions
from service.ledger import START
from service.model import LEDGER_REPORT
from service.query import ANY, DEFAULT_METHOD, METHODS
from service.series import latest, told
from service.vocabulary import Measure
from service.web import filters, paging
from service.web.paging import Cursor


@dataclasses.dataclass(frozen=True)
class Rows:
    """What a question is answered with. ``total`` counts the rows of all pages (default: these), and
    ``further`` holds the parameters that ask for the next page."""

    table: pa.Table | Portions
    meta: dict[str, Any]
    total: int | None = None
    further: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def portions(self) -> Portions:
        return self.table if isinstance(self.table, Portions) else Portions.of(self.table)


SHOWN = frozenset({"area", "measure", "population", "limit", "since"})


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
        shown = [each for each in self.allowed if each.name in SHOWN]
        return "&".join(f"{each.name}={each.example}" for each in shown)


def series(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    query = ledger.query(**asked)
    table, head = ledger.rows(query)
    return Rows(table, told(query, str(head)))


def figures(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    query = ledger.query(**asked)
    table, head = ledger.rows(query)
    return Rows(latest(table), told(query, str(head)))


def evidence(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    """What stands behind every row of the series: with the series, all that a chart of it shows."""
    found = ledger.answer(**asked)
    told = {
        "area_names": dict(found.area_names),
        "context": found.context.to_pylist(),
        "findings": [dataclasses.asdict(finding) for finding in found.findings],
    }
    return Rows(found.points, found.meta | told)


def reports(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    """One page of the reports, of the head at which the walk began."""
    limit = filters.read_limit(asked.pop("limit", None))
    after = paging.read_cursor(asked.pop("cursor", None))
    query = ledger.query(**{"attributed_to": ANY, **asked})
    head = after.head if after else str(ledger.state(query))
    walk = ledger.walk(query, at=head, after=(after.seq, after.row) if after else START, limit=limit)
    further = {} if walk.is_last else {"as_of": str(query.as_of), "cursor": str(Cursor(head, *walk.end))}
    meta = {"query": query.meta(), "as_of": query.as_of, "head": head}
    return Rows(Portions(LEDGER_REPORT, walk.rows, walk.portions), meta, walk.total, further)


def explain(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    """The reports behind one figure; the figure, the sentences and the findings stand in ``meta``."""
    date = filters.read_day("date", asked.pop("date", None))
    found = ledger.explain(date=date, **asked)
    findings = [dataclasses.asdict(finding) for finding in found.findings]
    told = {"figure": found.row, "sentences": list(found.sentences), "findings": findings}
    return Rows(found.points, found.meta | told)


def conflicts(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    return Rows(ledger.conflicts(arrow=True, **asked), _meta(ledger, asked))


def vintages(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    return Rows(ledger.vintages(arrow=True, **asked), _meta(ledger, asked))


def changes(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    since = asked.pop("since", None)
    table, before = ledger.changes_since(since, ledger.query(**asked))
    return Rows(table, _meta(ledger, asked) | {"since": str(before)})


def _meta(ledger: Ledger, asked: dict[str, Any]) -> dict[str, Any]:
    query = ledger.query(**asked)
    head = str(ledger.state(query))
    return {"query": query.meta(), "as_of": query.as_of, "head": head, "method": query.method}


def _reference(name: str) -> Callable[[Ledger, dict[str, Any]], Rows]:
    def answer(ledger: Ledger, asked: dict[str, Any]) -> Rows:
        table = getattr(ledger.reference(), name)
        return _listed(ledger, table.sort_by(table.column_names[0]), asked)

    return answer


def measures(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    rows = [{"measure": measure.value, "meaning": measure.meaning} for measure in Measure]
    return _listed(ledger, pa.Table.from_pylist(rows), asked)


def methods(ledger: Ledger, asked: dict[str, Any]) -> Rows:
    rows = [{"method": name, "meaning": meaning} for name, meaning in METHODS.items()]
    return _listed(ledger, pa.Table.from_pylist(rows), asked, default=DEFAULT_METHOD)


def _listed(ledger: Ledger, table: pa.Table, asked: dict[str, Any], **meta: str) -> Rows:
    limit = filters.read_limit(asked.get("limit"))
    return Rows(table.slice(0, limit), {"head": str(ledger.head), **meta}, table.num_rows)


LISTED = (filters.LIMIT, filters.HXL)
CITED = (*filters.SERIES, filters.CITE, filters.HXL)
TAGGED = (*filters.SERIES, filters.HXL)
REPORTS = (*filters.REPORTS, filters.HXL)
EXPLAINED = (*filters.EXPLAIN, filters.CITE, filters.HXL)
CHANGED = (filters.SINCE, *filters.SERIES, filters.HXL)

COLLECTIONS = (
    Collection("series", "The toll over time: a row per day on which it moved.", CITED, series),
    Collection("figures", "The latest row of each series.", CITED, figures),
    Collection("evidence", "The reports behind every row of the series, by role.", TAGGED, evidence),
    Collection("reports", "The reports as published, each with its fate.", REPORTS, reports),
    Collection("explain", "Why one figure is what it is, report by report.", EXPLAINED, explain),
    Collection("conflicts", "Figures whose origins disagree: by how many, who says what.", CITED, conflicts),
    Collection("vintages", "How the latest figures moved as knowledge grew, and why.", CITED, vintages),
    Collection("changes", "What moved since a head, a day or a moment, and why.", CHANGED, changes),
    Collection("areas", "The gazetteer.", LISTED, _reference("area")),
    Collection("sources", "Who publishes, and whose figures they are.", LISTED, _reference("source")),
    Collection("populations", "Who is counted, part and whole.", LISTED, _reference("population")),
    Collection("crises", "The happenings that reports are about.", LISTED, _reference("crisis")),
    Collection("measures", "What is counted.", LISTED, measures),
    Collection("methods", "How figures that differ become one.", LISTED, methods),
)
