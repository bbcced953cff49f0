"""Which rows does each verb answer with, and what do they hold for?

For each row of ``answers.endpoints``: the columns of its answer and the function that finds it. A function
takes a ledger and the question's filters by keyword, and returns an ``Answer``, the same for every way out.
It must not know from which way the question came, nor in which format the rows leave.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Unpack

import pyarrow as pa
import pyarrow.compute as pc

from service import effort
from service.answers.changes import CHANGE
from service.answers.conflicts import CONFLICT
from service.answers.conflicts import conflicts as find_conflicts
from service.answers.differences import DIFFERENCE, compare
from service.answers.filters import ANY, Filters
from service.answers.lookup import LOOKUP, find_candidates, look_up, read_figures
from service.answers.mappings import LISTED_MAPPING
from service.answers.meta import meta_of_figures, meta_of_reports, meta_of_state
from service.answers.parameters import read_day, read_instant
from service.answers.parts import PART
from service.answers.parts import parts as find_parts
from service.answers.query import DEFAULT_METHOD, METHODS, Query, one_cell
from service.answers.revisions import REVISION, SECONDS_A_REPORT
from service.answers.revisions import revisions as sum_up_revisions
from service.answers.series import explain as explain_figure
from service.answers.vintages import VINTAGE
from service.errors import QueryError
from service.formats.encode import Portions
from service.ledger import HISTORY, START, STORED_FINDING
from service.reconcile.claims import READ
from service.schema.tables import AREA, CRISIS, LEDGER_REPORT, POINT, POPULATION, SERIES, SOURCE
from service.vocabulary import Measure

if TYPE_CHECKING:
    from service.answers.cache import AnswerCache

Place = tuple[int, ...]
"""Where a row stands in an answer: its number, or the entry and row that a report came in."""
Question = Mapping[str, Any]
"""Filters by keyword, as loose text or values."""
MEASURE = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("measure", "meaning")])
METHOD = pa.schema([pa.field(name, pa.string(), nullable=False) for name in ("method", "meaning")])
FEW_CRISES = 100
"""Up to so many crises of a source are read one by one; of more, the whole ledger is read at once."""
READ_SCHEMA = pa.schema([LEDGER_REPORT.field(name) for name in READ])
BECAUSE = ("date", "until", "report_id", "source_name", "origin_name", "count_stated", "reason")
"""What ``bounds`` says of a report that leaves no more room."""


class AskedLedger(Protocol):
    """What a ledger must have to be asked."""

    @property
    def answers(self) -> AnswerCache: ...

    def query(self, **filters: Unpack[Filters]) -> Query: ...


@dataclasses.dataclass(frozen=True)
class Page:
    """Which rows of an answer: at most ``limit`` behind the place ``after``, in the state ``head``."""

    limit: int | None = None
    after: Place = ()
    head: str | None = None


WHOLE = Page()


@dataclasses.dataclass(frozen=True)
class Answer:
    """Rows, and ``about``: what they hold for.

    ``total`` counts the rows of all pages where these are not all; ``pages`` finds the places behind which
    the first, the previous, the next and the last page begin ("first", "prev" …), none where there is one.
    """

    portions: Portions
    about: dict[str, Any]
    total: int | None = None
    pages: Callable[[], dict[str, Place]] = dict

    @classmethod
    def of(cls, table: pa.Table, about: dict[str, Any]) -> Answer:
        return cls(Portions.of(table), about)

    @property
    def table(self) -> pa.Table:
        """All the rows at once."""
        tables = list(self.portions.each())
        if len(tables) == 1:
            return tables[0].combine_chunks()
        return pa.concat_tables(tables or [self.portions.schema.empty_table()])

    @property
    def rows(self) -> int:
        """How many rows all pages have."""
        return self.portions.rows if self.total is None else self.total

    @property
    def meta(self) -> dict[str, Any]:
        """What stands beside the rows in every way out: ``about``, and how many there are."""
        return {**self.about, "rows": self.rows, "returned": self.portions.rows}

    def page(self, page: Page) -> Answer:
        """Return the rows of one page."""
        if page.limit is None and not page.after:
            return self
        table = self.table
        begin = min(page.after[0], table.num_rows) if page.after else 0
        rows = table.slice(begin, page.limit)
        counts = page_begins(begin, rows.num_rows, table.num_rows, page.limit)
        places: dict[str, Place] = {rel: (count,) for rel, count in counts.items()}
        return Answer(Portions.of(rows), self.about, table.num_rows, lambda: places)


def page_begins(begin: int, rows: int, total: int, limit: int | None) -> dict[str, int]:
    """Return how many rows lie before the first, previous, next and last page of ``total`` rows, seen from
    the page of ``rows`` that begins behind ``begin``. None where that page is all there is, or lies behind
    the end."""
    end = begin + rows
    if rows == 0 or (begin == 0 and end >= total):
        return {}
    begins = {"first": 0}
    if begin and limit:
        begins["prev"] = max(0, begin - limit)
    if end < total:
        begins["next"] = end
    if limit:
        begins["last"] = max(begin, 0) if end >= total else end + (total - end - 1) // limit * limit
    return begins


# --- figures ----------------------------------------------------------------------------------------------


def series(ledger: AskedLedger, question: Question) -> Answer:
    query = ledger.query(**question)
    published, head = ledger.answers.rows(query)
    return Answer(published.portions(), meta_of_figures(query, head))


def figures(ledger: AskedLedger, question: Question) -> Answer:
    query = ledger.query(**question)
    published, head = ledger.answers.rows(query)
    return Answer(published.latest().portions(), meta_of_figures(query, head))


def explain(ledger: AskedLedger, question: Question) -> Answer:
    """The reports behind one figure; the figure, the sentences and the findings stand in ``meta``."""
    filters = dict(question)
    date = read_day("date", filters.pop("date", None))
    explanation = explain_figure(ledger.answers.series(ledger.query(**filters)), date)
    return Answer.of(explanation.points, explanation.meta)


def evidence(ledger: AskedLedger, question: Question) -> Answer:
    """The reports behind every row of the series; ``meta`` has all else that a chart of it shows."""
    answer = ledger.answers.series(ledger.query(**question))
    beside = {
        "area_names": dict(answer.area_names),
        "population_names": dict(answer.population_names),
        "context": answer.context.to_pylist(),
        "findings": answer.noticed.to_pylist(),
    }
    return Answer.of(answer.points, answer.meta | beside)


def conflicts(ledger: AskedLedger, question: Question) -> Answer:
    answer = ledger.answers.series(ledger.query(**question))
    reference = ledger.answers.reference(answer.query.recorded_by)
    return Answer.of(find_conflicts(answer, reference), answer.meta)


def bounds(ledger: AskedLedger, question: Question) -> Answer:
    """The bounds of one cell; the reports that leave no more room stand in ``meta``."""
    answer = ledger.answers.bounds(ledger.query(**question))
    speaking = answer.points.filter(pc.greater(answer.points.column("weight"), 0))
    return Answer.of(answer.table, answer.meta | {"because": speaking.select(BECAUSE).to_pylist()})


def parts(ledger: AskedLedger, question: Question) -> Answer:
    query = one_cell(ledger.query(**question))
    everywhere = ledger.answers.series(dataclasses.replace(query, areas=()))
    table = find_parts(everywhere, query.areas[0], ledger.answers.reference(query.recorded_by))
    return Answer.of(table, meta_of_figures(query, everywhere.head))


def vintages(ledger: AskedLedger, question: Question) -> Answer:
    query = ledger.query(**question)
    table, head = ledger.answers.vintages(query)
    return Answer.of(table, meta_of_figures(query, head))


def revisions(ledger: AskedLedger, question: Question) -> Answer:
    """The revisions of each source; whoever else counts the same is read too, to know who stands alone."""
    query = ledger.query(**{"attributed_to": ANY, **question})
    head = ledger.answers.head(query)
    parts = [READ_SCHEMA.empty_table()]
    for each in _crises_to_read(ledger, query, str(head)):
        pages = ledger.answers.reports(each, at=head)
        effort.expect(pages.total * SECONDS_A_REPORT)
        parts += (page.select(READ) for page in pages.read())
    reference = ledger.answers.reference(query.recorded_by)
    table = sum_up_revisions(pa.concat_tables(parts), reference, query)
    return Answer.of(table, meta_of_reports(query, head))


def _crises_to_read(ledger: AskedLedger, query: Query, head: str) -> list[Query]:
    """Return what is read for the revisions of a query: where it names a source, the few crises of that."""
    everyone = dataclasses.replace(query, source=None)
    if query.source is None or query.crisis is not None:
        return [everyone]
    crises: set[str] = set()
    for page in ledger.answers.reports(query, at=head).read():
        crises.update(pc.unique(page.column("crisis_id")).to_pylist())
        if len(crises) > FEW_CRISES:
            return [everyone]
    return [dataclasses.replace(everyone, crisis=crisis) for crisis in sorted(crises)]


def changes(ledger: AskedLedger, question: Question) -> Answer:
    """The changes; the head they start from stands in ``meta`` as ``since``."""
    filters = dict(question)
    since = filters.pop("since", None)
    query = ledger.query(**filters)
    table, before, after = ledger.answers.changes(since, query)
    return Answer.of(table, meta_of_figures(query, after) | {"since": str(before)})


# --- reports ----------------------------------------------------------------------------------------------


def reports(ledger: AskedLedger, question: Question, page: Page = WHOLE) -> Answer:
    """A page of the reports, in the state in which reading them began; of any attribution by default."""
    query = ledger.query(**{"attributed_to": ANY, **question})
    head = page.head or str(ledger.answers.head(query))
    after = (page.after[0], page.after[1]) if page.after else START
    pages = ledger.answers.reports(query, at=head, after=after, limit=page.limit)
    portions = Portions(LEDGER_REPORT, pages.rows, pages.read)

    def places() -> dict[str, Place]:
        begins = page_begins(pages.begin, pages.rows, pages.total, page.limit)
        return dict(zip(begins, pages.positions(list(begins.values())), strict=True))

    return Answer(portions, meta_of_reports(query, head), pages.total, places)


def history(ledger: AskedLedger, question: Question) -> Answer:
    recorded_by = read_instant("recorded_by", question.get("recorded_by"))
    return Answer.of(ledger.answers.history(question["report_id"], recorded_by), _state(ledger, question))


def findings(ledger: AskedLedger, question: Question) -> Answer:
    filters = dict(question)
    select = {name: filters.pop(name, None) for name in ("severity", "check")}
    return Answer.of(ledger.answers.findings(ledger.query(**filters), **select), _state(ledger, question))


def lookup(ledger: AskedLedger, question: Question) -> Answer:
    filters = dict(question)
    text = filters.pop("text", "")
    query = ledger.query(**filters)
    reference = ledger.answers.reference(query.recorded_by)
    wanted = read_figures(text, query, reference)
    head = ledger.answers.head(query)
    everything = dataclasses.replace(query, areas=(), population=None, attributed_to=None)
    candidates = find_candidates(ledger.answers.reports(everything, at=head).read(), wanted)
    table = look_up(wanted, candidates, query, reference, ledger.answers)
    return Answer.of(table, meta_of_figures(query, head))


def differences(ledger: AskedLedger, question: Question) -> Answer:
    recorded_by = read_instant("recorded_by", question.get("recorded_by"))
    ids = [str(question.get(name) or "") for name in ("a", "b")]
    if not all(ids):
        raise QueryError(
            "Two reports are compared, and one is not named.", fix="Give a and b, ids as in reports."
        )
    a, b = (ledger.answers.report(report_id, recorded_by) for report_id in ids)
    table = compare(a, b, ledger.answers.reference(recorded_by))
    return Answer.of(table, _state(ledger, question))


# --- lists ------------------------------------------------------------------------------------------------


def reference_rows(table: str) -> Callable[[AskedLedger, Question], Answer]:
    """Return the function that lists a table of the reference data, by its first column."""

    def find(ledger: AskedLedger, question: Question) -> Answer:
        recorded_by = read_instant("recorded_by", question.get("recorded_by"))
        rows = getattr(ledger.answers.reference(recorded_by), table)
        return Answer.of(rows.sort_by(rows.column_names[0]), _state(ledger, question))

    return find


def crises(ledger: AskedLedger, question: Question) -> Answer:
    """The crises, each with the day on which it was registered to begin, or on which its reports say so."""
    rows = ledger.answers.crises(read_instant("recorded_by", question.get("recorded_by")))
    return Answer.of(rows.sort_by("crisis_id"), _state(ledger, question))


def mappings(ledger: AskedLedger, question: Question) -> Answer:
    """The shipped mappings, and the newest of each name that the ledger keeps."""
    recorded_by = read_instant("recorded_by", question.get("recorded_by"))
    return Answer.of(ledger.answers.mappings(recorded_by), _state(ledger, question))


def measures(ledger: AskedLedger, question: Question) -> Answer:
    rows = [{"measure": measure.value, "meaning": measure.meaning} for measure in Measure]
    return Answer.of(pa.Table.from_pylist(rows, schema=MEASURE), _state(ledger, question))


def methods(ledger: AskedLedger, question: Question) -> Answer:
    """The methods; the default one stands in ``meta``."""
    rows = [{"method": name, "meaning": meaning} for name, meaning in METHODS.items()]
    table = pa.Table.from_pylist(rows, schema=METHOD)
    return Answer.of(table, _state(ledger, question) | {"default": DEFAULT_METHOD})


def _state(ledger: AskedLedger, question: Question) -> dict[str, Any]:
    recorded_by = question.get("recorded_by")
    return meta_of_state(ledger.answers.head(ledger.query(recorded_by=recorded_by)))


class Rows(NamedTuple):
    """The columns of a verb's rows, and the function that finds them."""

    columns: pa.Schema
    find: Callable[..., Answer]


ROWS = {
    "series": Rows(SERIES, series),
    "figures": Rows(SERIES, figures),
    "explain": Rows(POINT, explain),
    "evidence": Rows(POINT, evidence),
    "conflicts": Rows(CONFLICT, conflicts),
    "bounds": Rows(SERIES, bounds),
    "parts": Rows(PART, parts),
    "vintages": Rows(VINTAGE, vintages),
    "revisions": Rows(REVISION, revisions),
    "changes": Rows(CHANGE, changes),
    "reports": Rows(LEDGER_REPORT, reports),
    "history": Rows(HISTORY, history),
    "findings": Rows(STORED_FINDING, findings),
    "lookup": Rows(LOOKUP, lookup),
    "differences": Rows(DIFFERENCE, differences),
    "areas": Rows(AREA, reference_rows("area")),
    "sources": Rows(SOURCE, reference_rows("source")),
    "populations": Rows(POPULATION, reference_rows("population")),
    "crises": Rows(CRISIS, crises),
    "mappings": Rows(LISTED_MAPPING, mappings),
    "measures": Rows(MEASURE, measures),
    "methods": Rows(METHOD, methods),
}
