"""Which questions does the API answer?

One row of ``COLLECTIONS`` per question: its name, its filters and the Ledger's verb that answers it. The rows
of an answer are the Ledger's own tables. In which format they go out, and from which address, is not known
here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pyarrow as pa

from service.answers import filters
from service.answers.changes import CHANGE
from service.answers.conflicts import CONFLICT
from service.answers.filters import ANY
from service.answers.parameters import read_day, read_instant
from service.answers.parts import PART
from service.answers.query import ADDING_UP, DEFAULT_METHOD, METHODS
from service.answers.series import told
from service.answers.vintages import VINTAGE
from service.api import Ledger
from service.formats.encode import Portions
from service.ledger import HISTORY, START, STORED_FINDING
from service.schema.tables import AREA, CRISIS, LEDGER_REPORT, POINT, POPULATION, SOURCE
from service.schema.tables import SERIES as SERIE
from service.vocabulary import Measure
from service.web.paging import Cursor, Place


@dataclasses.dataclass(frozen=True)
class Rows:
    """What a question is answered with: a page of so many rows in all. ``end`` is the place of the last row,
    where others follow."""

    table: pa.Table | Portions
    meta: dict[str, Any]
    rows: int | None = None
    end: Place = ()

    @property
    def portions(self) -> Portions:
        return self.table if isinstance(self.table, Portions) else Portions.of(self.table)

    @property
    def whole(self) -> pa.Table:
        if isinstance(self.table, pa.Table):
            return self.table
        return pa.concat_tables([self.table.schema.empty_table(), *self.table.each()])

    @property
    def total(self) -> int:
        return self.portions.rows if self.rows is None else self.rows


Asked = dict[str, Any]
Answer = Callable[[Ledger, Asked], Rows]
SHOWN = frozenset({"area", "measure", "population", "limit", "since"})
"""The filters whose examples make up the example of a question."""


@dataclasses.dataclass(frozen=True)
class Collection:
    """One question of the API: the columns of its ``rows``, the filters it takes, and the verb that answers.

    ``path`` is its address under ``/v1``; what stands there in braces comes to ``answer`` like a filter.
    """

    name: str
    summary: str
    allowed: tuple[filters.Filter, ...]
    answer: Answer
    rows: pa.Schema
    tag: str
    path: str = ""
    is_published: bool = False
    """Whether the answer consists of figures that are kept in memory once they are worked out."""
    walks: bool = False
    """Whether ``answer`` itself takes ``limit`` and ``after``, as a list too long to be held does."""

    @property
    def numbers(self) -> int:
        """How many numbers make a place in its answer."""
        return 2 if self.walks else 1

    @property
    def is_of_one_crisis(self) -> bool:
        """Whether the answer, where a crisis is named, rests on that crisis alone."""
        return self.takes(filters.CRISIS) and self.takes(filters.AS_OF) and not self.takes(filters.SINCE)

    def page(self, ledger: Ledger, asked: Asked, after: Cursor | None, limit: int | None) -> Rows:
        """At most ``limit`` rows of the answer behind ``after``."""
        if self.walks:
            return self.answer(ledger, {**asked, "limit": limit, "after": after.place if after else START,
                                        "at": after and after.head})  # fmt: skip
        found = self.answer(ledger, asked)
        if limit is None and after is None:
            return found
        table = found.whole
        rows, begin = table.num_rows, min(after.place[0], table.num_rows) if after else 0
        shown = table.slice(begin, limit)
        end = begin + shown.num_rows
        return dataclasses.replace(found, table=shown, rows=rows, end=(end,) if end < rows else ())

    @property
    def address(self) -> str:
        return f"/{self.path or self.name}"

    def takes(self, wanted: filters.Filter) -> bool:
        return wanted.name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(each.name for each in self.allowed)

    @property
    def example(self) -> str:
        """A query string that asks for little and works on the shipped seeds."""
        shown = [each for each in self.allowed if each.name in SHOWN]
        return "&".join(f"{each.name}={each.example}" for each in shown)


def series(ledger: Ledger, asked: Asked) -> Rows:
    query = ledger.query(**asked)
    found, head = ledger.published(query)
    return Rows(found.portions(), told(query, str(head)))


def figures(ledger: Ledger, asked: Asked) -> Rows:
    query = ledger.query(**asked)
    found, head = ledger.published(query)
    return Rows(found.latest().portions(), told(query, str(head)))


def evidence(ledger: Ledger, asked: Asked) -> Rows:
    """What stands behind every row of the series: with the series, all that a chart of it shows."""
    found = ledger.answer(**asked)
    beside = {
        "area_names": dict(found.area_names),
        "population_names": dict(found.population_names),
        "context": found.context.to_pylist(),
        "findings": [dataclasses.asdict(finding) for finding in found.findings],
    }
    return Rows(found.points, found.meta | beside)


def reports(ledger: Ledger, asked: Asked) -> Rows:
    """The reports asked for, in the state of the ledger in which reading began."""
    at, after, limit = (asked.pop(name) for name in ("at", "after", "limit"))
    query = ledger.query(**{"attributed_to": ANY, **asked})
    head = at or str(ledger.state(query))
    pages = ledger.report_pages(query, at=head, after=after, limit=limit)
    meta = {"query": query.meta(), "as_of": query.as_of, "head": head}
    rows = Portions(LEDGER_REPORT, pages.rows, pages.read)
    return Rows(rows, meta, pages.total, () if pages.is_last else pages.end)


def history(ledger: Ledger, asked: Asked) -> Rows:
    return Rows(ledger.history(arrow=True, **asked), _stamped(ledger, asked))


def explain(ledger: Ledger, asked: Asked) -> Rows:
    """The reports behind one figure; the figure, the sentences and the findings stand in ``meta``."""
    date = read_day("date", asked.pop("date", None))
    found = ledger.explain(date=date, **asked)
    findings = [dataclasses.asdict(finding) for finding in found.findings]
    beside = {"figure": found.row, "sentences": list(found.sentences), "findings": findings}
    return Rows(found.points, found.meta | beside)


def conflicts(ledger: Ledger, asked: Asked) -> Rows:
    return Rows(ledger.conflicts(arrow=True, **asked), _meta(ledger, asked))


def bounds(ledger: Ledger, asked: Asked) -> Rows:
    """The bounds of one cell; the reports that leave no more room stand in ``meta``."""
    found = ledger.bounds_for(ledger.query(**asked))
    named = ("date", "until", "report_id", "source_name", "origin_name", "count_stated", "reason")
    return Rows(found.table, found.meta | {"because": found.points.select(named).to_pylist()})


def parts(ledger: Ledger, asked: Asked) -> Rows:
    return Rows(ledger.parts(arrow=True, **asked), _meta(ledger, {**asked, "method": ADDING_UP}))


def vintages(ledger: Ledger, asked: Asked) -> Rows:
    return Rows(ledger.vintages(arrow=True, **asked), _meta(ledger, asked))


def changes(ledger: Ledger, asked: Asked) -> Rows:
    since = asked.pop("since", None)
    table, before, after = ledger.changes_since(since, ledger.query(**asked))
    return Rows(table, _meta(ledger, asked) | {"since": str(before), "head": str(after)})


def findings(ledger: Ledger, asked: Asked) -> Rows:
    return Rows(ledger.findings(arrow=True, **asked), _stamped(ledger, asked))


def measures(ledger: Ledger, asked: Asked) -> Rows:
    rows = [{"measure": measure.value, "meaning": measure.meaning} for measure in Measure]
    return Rows(pa.Table.from_pylist(rows, schema=MEASURE), _stamped(ledger, asked))


def methods(ledger: Ledger, asked: Asked) -> Rows:
    rows = [{"method": name, "meaning": meaning} for name, meaning in METHODS.items()]
    table = pa.Table.from_pylist(rows, schema=METHOD)
    return Rows(table, _stamped(ledger, asked) | {"default": DEFAULT_METHOD})


def _listed(name: str) -> Answer:
    def answer(ledger: Ledger, asked: Asked) -> Rows:
        table = getattr(ledger.reference(read_instant("recorded_by", asked.get("recorded_by"))), name)
        return Rows(table.sort_by(table.column_names[0]), _stamped(ledger, asked))

    return answer


def _meta(ledger: Ledger, asked: Asked) -> dict[str, Any]:
    query = ledger.query(**asked)
    head = str(ledger.state(query))
    return {"query": query.meta(), "as_of": query.as_of, "head": head, "method": query.method}


def _stamped(ledger: Ledger, asked: Asked) -> dict[str, Any]:
    """The state that answers a question which is about no figure."""
    return {"head": str(ledger.state(ledger.query(recorded_by=asked.get("recorded_by"))))}


MEASURE = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("measure", "meaning")])
METHOD = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("method", "meaning")])

ASK, CHECK, LISTS = "figures", "reports", "reference"
"""The groups in which the description shows the questions."""
GIVEN = (*filters.PAGE, filters.HXL)
SERIES = (*filters.SERIES, *GIVEN)
CITED = (*filters.SERIES, filters.CITE, *GIVEN)
NEEDED = (filters.AREA, filters.MEASURE, filters.POPULATION)
CELL = (
    *(dataclasses.replace(each, required=each in NEEDED) for each in filters.FIGURE),
    *GIVEN,
)
WALKED = (filters.LIMIT, filters.WALK, filters.HXL)
REPORTS = (*filters.CELLS, filters.SOURCE, *filters.SPAN, *filters.KNOWLEDGE, *WALKED)
EXPLAINED = (*filters.EXPLAIN, filters.CITE, *GIVEN)
NOTICED = (filters.CRISIS, filters.SEVERITY, filters.CHECK, filters.RECORDED_BY, *GIVEN)
LISTED = (filters.RECORDED_BY, *GIVEN)

COLLECTIONS = (
    Collection(
        "series", "The toll over time: a row per day on which it moved.", CITED, series, SERIE, ASK,
        is_published=True,
    ),
    Collection(
        "figures", "The latest row of each series.", CITED, figures, SERIE, ASK, is_published=True
    ),
    Collection(
        "explain", "Why one figure is what it is, report by report.", EXPLAINED, explain, POINT, ASK
    ),
    Collection(
        "evidence", "The reports behind every row of the series, by role.", SERIES, evidence, POINT, ASK
    ),
    Collection(
        "conflicts", "Figures whose origins disagree: by how many, who says what.",
        CITED, conflicts, CONFLICT, ASK,
    ),
    Collection(
        "bounds", "How few and how many there can be where nobody reported, and which reports say so.",
        CELL, bounds, SERIE, ASK,
    ),
    Collection(
        "parts", "What the latest figure of a place is made up of, and what of it lies elsewhere.",
        CELL, parts, PART, ASK,
    ),
    Collection(
        "vintages", "How the latest figures moved as knowledge grew, and why.", CITED, vintages, VINTAGE, ASK
    ),
    Collection(
        "changes", "What moved since a head, a day or a moment, and why.",
        (filters.SINCE, *SERIES), changes, CHANGE, ASK,
    ),
    Collection(
        "reports", "The reports as published, each with its fate.", REPORTS, reports, LEDGER_REPORT, CHECK,
        walks=True,
    ),
    Collection(
        "history", "The entries of the ledger that touched a report: when, by which key, and why.",
        LISTED, history, HISTORY, CHECK, "reports/{report_id}/history",
    ),
    Collection(
        "findings", "What the checks noticed in what was handed in.", NOTICED, findings, STORED_FINDING, CHECK
    ),
    Collection("areas", "The gazetteer.", LISTED, _listed("area"), AREA, LISTS),
    Collection(
        "sources", "Who publishes, and whose figures they are.", LISTED, _listed("source"), SOURCE, LISTS
    ),
    Collection(
        "populations", "Who is counted, part and whole.", LISTED, _listed("population"), POPULATION, LISTS
    ),
    Collection("crises", "The happenings that reports are about.", LISTED, _listed("crisis"), CRISIS, LISTS),
    Collection("measures", "What is counted.", GIVEN, measures, MEASURE, LISTS),
    Collection("methods", "How figures that differ become one.", GIVEN, methods, METHOD, LISTS),
)  # fmt: skip
