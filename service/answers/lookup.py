"""Is this press figure known here?

A sentence ("SOHR said 1,383 civilians were killed on the coast"), or a bare number with its place, is read as
drafts are; each figure in it is looked for among the reports, and each report found says what it does today:
it stands, has been superseded, belongs to another place … It must not know HTTP, files or the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from service.answers.filters import ANY
from service.answers.query import Query
from service.answers.series import Series
from service.errors import QueryError
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.report_rules import stated_day
from service.schema.tables import LEDGER_REPORT, SERIES
from service.sentence import sentence
from service.vocabulary import TAKING_BACK, Basis, Match, Role, Standing

if TYPE_CHECKING:
    from service.ingest.wording.count import Count

LOOKUP = pa.schema(
    [
        pa.field("figure", pa.int64(), nullable=False),
        pa.field("figure_stated", pa.string(), nullable=False),
        pa.field("standing", pa.string(), nullable=False),
        pa.field("match", pa.string(), nullable=False),
        pa.field("answer", pa.string(), nullable=False),
        pa.field("report_id", pa.string()),
        pa.field("crisis", pa.string()),
        pa.field("area_code", pa.string()),
        pa.field("area_name", pa.string()),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("population", pa.string()),
        pa.field("counted_to", pa.date32()),
        pa.field("published_on", pa.date32()),
        pa.field("source_id", pa.string()),
        pa.field("origin_id", pa.string()),
        pa.field("origin_name", pa.string()),
        pa.field("count_stated", pa.string()),
        pa.field("url", pa.string()),
        pa.field("best", SERIES.field("best").type),
    ]
)
"""One row per figure of the text and report that gives it; one row without a report where nobody has.
``answer`` is the answer in a sentence; ``best`` the figure that stands today for what the report is about."""
MOST_FIGURES = 20
"""Figures of one text that are looked for: it is a sentence or two, not an article."""
MOST_CANDIDATES = 5_000
"""Reports that give one of the numbers, each of which is told what became of it."""
_STANDING_OF = {
    Role.COUNTED: Standing.CURRENT, Role.BOUND: Standing.CURRENT, Role.RAISED: Standing.CURRENT,
    Role.SUPERSEDED: Standing.SUPERSEDED, Role.STALE: Standing.SUPERSEDED, Role.REVISED: Standing.SUPERSEDED,
    Role.MISPLACED: Standing.MISPLACED, Role.SLIP: Standing.MISPLACED,
    Role.DISOWNED: Standing.DISOWNED, Role.WITHDRAWN: Standing.WITHDRAWN,
}  # fmt: skip
"""What the role of a report in the figure of its own cell comes to; an echo is what it repeats."""


class Reconciler(Protocol):
    """What answers for figures: ``AnswerCache``."""

    def series(self, query: Query) -> Series: ...


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A figure to look for; blank where the text and the question say nothing."""

    count: Count
    measure: str
    population: str
    areas: str
    origin: str


def read_figures(text: str, query: Query, reference: Reference) -> list[Wanted]:
    """Return the figures of a text; what it leaves open is as the filters say.

    Raises QueryError for a text without a figure, and for one in no language that is read.
    """
    from service.ingest.draft import draft  # with all that reads texts

    areas = query.areas[0] if query.areas else ""
    whole = _read_number(text)
    if whole is not None:
        return [Wanted(whole, query.measure or "killed", query.population or "", areas, "")]
    wanted = [
        Wanted(
            each.count,
            each.measure or query.measure or "killed",
            query.population or each.population,
            areas or each.areas,
            each.origin,
        )
        for each in draft(text, reference, published_on=query.as_of)
    ]
    if not wanted:
        raise QueryError(
            sentence("text=%(text)s holds no count of people.", text=repr(text[:60])),
            fix='Give a sentence such as "683 civilians were killed in Latakia", or a number with area.',
        )
    return wanted[:MOST_FIGURES]


def find_candidates(pages: Iterable[pa.Table], wanted: list[Wanted]) -> pa.Table:
    """Return the reports (LEDGER_REPORT) that state one of the numbers, of any place and people.

    Raises QueryError for more than MOST_CANDIDATES of them.
    """
    numbers = [number for each in wanted if (number := _number(each.count)) is not None]
    kept, found = [LEDGER_REPORT.empty_table()], 0
    for page in pages:
        stated = pc.coalesce(page.column("number"), page.column("best"), page.column("low"))
        kept.append(page.filter(pc.is_in(stated, pa.array(numbers, pa.int64()))))
        found += kept[-1].num_rows
        if found > MOST_CANDIDATES:
            raise QueryError(
                sentence(
                    "More than %(most)s reports give such a number.",
                    most=f"{MOST_CANDIDATES:,}",
                ),
                fix="Name a crisis.",
            )
    return pa.concat_tables(kept)


def look_up(
    wanted: list[Wanted], candidates: pa.Table, query: Query, reference: Reference, answers: Reconciler
) -> pa.Table:
    """Return LOOKUP rows: of each figure the reports that match it best, or that nobody has given it."""
    reports = candidates.to_pylist()
    fates = _find_fates(reports, query, answers)
    labels = Labels.of(reference)
    rows = [
        row
        for number, each in enumerate(wanted, start=1)
        for row in _rows_of(number, each, reports, fates, labels)
    ]
    return pa.Table.from_pylist(rows, schema=LOOKUP)


@dataclasses.dataclass(frozen=True)
class _Fate:
    """What became of a report: its role, why, and the figure of its cell today."""

    role: Role
    reason: str
    best: int | None


def _rows_of(
    number: int, wanted: Wanted, reports: list[dict[str, Any]], fates: Mapping[str, _Fate], labels: Labels
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one figure: those of the reports that match it best, the ones that stand first."""
    stated = wanted.count.stated
    by_match: dict[Match, list[dict[str, Any]]] = {}
    for report in reports:
        by_match.setdefault(_match(wanted, report), []).append(report)
    match = min(by_match, key=list(Match).index, default=Match.NONE)
    if match is Match.NONE:
        yield {
            "figure": number, "figure_stated": stated, "standing": Standing.NEVER_SEEN, "match": Match.NONE,
            "answer": f"{stated}: no report here gives this figure.",
            "measure": wanted.measure, "population": wanted.population or None,
            "area_code": wanted.areas or None,
            "area_name": labels.places(wanted.areas) if wanted.areas else None,
        }  # fmt: skip
        return
    chosen, order = by_match[match], list(Standing)
    of_origin = _standings_of_cells(chosen, fates)
    standings = {report["report_id"]: _standing(report, of_origin, fates) for report in chosen}

    def place(report: Mapping[str, Any]) -> tuple[int, dt.date, str]:
        standing = standings[report["report_id"]]
        return order.index(standing), report["published_on"] or dt.date.max, report["report_id"]

    for report in sorted(chosen, key=place):
        standing, fate = standings[report["report_id"]], fates.get(report["report_id"])
        yield {
            **{name: report[name] for name in LOOKUP.names if name in report},
            "counted_to": stated_day(report),
            "figure": number,
            "figure_stated": stated,
            "standing": standing,
            "match": match,
            "answer": _tell(standing, match, report, fate, labels),
            "crisis": report["crisis_id"],
            "area_code": report["areas"],
            "area_name": labels.places(report["areas"]),
            "origin_name": labels.source(report["origin_id"]),
            "best": fate.best if fate else None,
        }


def _match(wanted: Wanted, report: Mapping[str, Any]) -> Match:
    """Return how well a report gives a figure."""
    if _number_of(report) != _number(wanted.count) or report["measure"] != wanted.measure:
        return Match.NONE
    is_same_place = not wanted.areas or report["areas"] == wanted.areas
    is_same_people = not wanted.population or report["population"] == wanted.population
    if is_same_place and is_same_people:
        return Match.SAME
    return Match.OTHER_PEOPLE if is_same_place else Match.OTHER_PLACE


def _standings_of_cells(
    chosen: list[dict[str, Any]], fates: Mapping[str, _Fate]
) -> dict[tuple[str, str], Standing]:
    """Return the best standing of a report of each crisis and place."""
    order = list(Standing)
    found: dict[tuple[str, str], Standing] = {}
    for report in chosen:
        fate, cell = fates.get(report["report_id"]), (report["crisis_id"], report["areas"])
        if fate is not None and fate.role in _STANDING_OF:
            own = _STANDING_OF[fate.role]
            found[cell] = min(found.get(cell, own), own, key=order.index)
    return found


def _standing(
    report: Mapping[str, Any], of_cells: Mapping[tuple[str, str], Standing], fates: Mapping[str, _Fate]
) -> Standing:
    """Return what a report is worth today; a copy is worth what the figure that it repeats is."""
    if report["withdrawn"] is not None:
        return Standing.WITHDRAWN
    if report["basis"] in TAKING_BACK:
        return Standing.RETRACTION
    fate = fates.get(report["report_id"])
    if fate is not None and fate.role in _STANDING_OF:
        return _STANDING_OF[fate.role]
    return of_cells.get((report["crisis_id"], report["areas"]), Standing.SUPERSEDED)


def _tell(
    standing: Standing, match: Match, report: Mapping[str, Any], fate: _Fate | None, labels: Labels
) -> str:
    """Return the answer about one report in a few sentences."""
    origin, place = labels.source(report["origin_id"]), labels.places(report["areas"])
    subject = labels.subject(report["measure"], report["population"], report["attributed_to"])
    day = stated_day(report) or "no stated day"
    told = f"{origin}: {report['count_stated']} {subject}, {place}, counted to {day}."
    if report["basis"] in TAKING_BACK:
        by = labels.source(report["source_id"])
        what = (
            "takes back what" if report["basis"] == Basis.RETRACTION else "no longer carries, of others, what"
        )
        told = f"{by} {what} {origin} was said to have given: {told.removeprefix(f'{origin}: ')}"
    if match is Match.OTHER_PLACE:
        told = f"Of another place. {told}"
    elif match is Match.OTHER_PEOPLE:
        told = f"Of other people. {told}"
    reason = report["withdrawn"] or standing.meaning
    if (
        standing not in (Standing.CURRENT, Standing.RETRACTION)
        and fate is not None
        and fate.role in _STANDING_OF
    ):
        reason = fate.reason or reason
    told += f" {standing.capitalize()}: {reason}."
    if fate and fate.best is not None and fate.best != _number_of(report):
        told += f" The figure there is now {fate.best:,}."
    return told


def _find_fates(reports: list[dict[str, Any]], query: Query, answers: Reconciler) -> dict[str, _Fate]:
    """Return what became of each report, by its id, in the latest figure of its own cell."""
    fates: dict[str, _Fate] = {}
    questions = sorted({(report["crisis_id"], report["measure"]) for report in reports})
    own = {report["report_id"]: report for report in reports}
    for crisis, measure in questions:
        areas = tuple(sorted({each["areas"] for each in reports if each["crisis_id"] == crisis}))
        series = answers.series(
            dataclasses.replace(
                query, crisis=crisis, measure=measure, areas=areas, population=None, attributed_to=None,
                period_start=ANY,
            )
        )  # fmt: skip
        latest = {_cell(row): row["best"] for row in series.figures().to_pylist()}
        is_asked = pc.and_(
            pc.is_in(series.points.column("report_id"), pa.array(sorted(own), pa.string())),
            pc.is_null(series.points.column("until")),
        )
        points = series.points.filter(is_asked).select([*_CELL, *_OF_A_POINT]).to_pylist()
        for point in sorted(points, key=_distance):
            if point["area_code"] == point["areas"]:
                best = latest.get(_cell(point))
                fate = _Fate(Role(point["role"]), point["reason"], best)
                fates.setdefault(point["report_id"], fate)
    return fates


_CELL = ("crisis", "area_code", "measure", "population", "attributed_to")
_OF_A_POINT = ("report_id", "role", "reason", "areas", "population_stated", "attributed_to_stated")


def _distance(point: Mapping[str, Any]) -> tuple[bool, bool]:
    """How far a point is from the cell that its report names: an origin may mean another by its word."""
    is_own = (point["population"], point["attributed_to"]) == (
        point["population_stated"], point["attributed_to_stated"],
    )  # fmt: skip
    return not is_own, point["role"] == Role.BOUND


def _cell(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _CELL)


def _number_of(report: Mapping[str, Any]) -> int | None:
    """The number of a report: as in its wording, else the least that is stated first."""
    return next((report[name] for name in ("number", "best", "low") if report[name] is not None), None)


def _number(count: Count) -> int | None:
    return next((value for value in (count.number, count.best, count.low) if value is not None), None)


def _read_number(text: str) -> Count | None:
    """Return the count that a text is as a whole, None for a sentence."""
    from service.ingest import Problem, parse_count

    try:
        return parse_count(text)
    except Problem:
        return None
