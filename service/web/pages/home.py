"""What is the toll of a crisis, place by place? The page ``/``.

Turns the filters of the address into a ``HomePage``: one ``Panel`` per place with its rows of the ``Series``,
the options of the form, and the addresses of everything that shows the same numbers. It computes no figure.
"""

from __future__ import annotations

import dataclasses
import logging
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from service.answers import filters
from service.answers.findings import aside
from service.answers.query import Query
from service.answers.sentences import tell_absence
from service.answers.series import Series
from service.api import Ledger
from service.charts import alt_text, svg
from service.errors import CasualtyError, NotFound, QueryError
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Grade, Measure
from service.web.pages import links
from service.web.pages.controls import (
    Choice,
    KnowledgeDays,
    crisis_choices,
    hidden_filters,
    knowledge_days,
    measure_choices,
    population_choices,
)
from service.web.pages.page import base_address, page_response, read_question
from service.web.pages.templating import render
from service.web.places import Place, places

log = logging.getLogger(__name__)

FILTERS = (
    filters.AREA,
    filters.MEASURE,
    filters.POPULATION,
    filters.CRISIS,
    *filters.KNOWLEDGE,
    filters.METHOD,
)
DEFAULTS = ("killed", "all")
"""The measure and the population shown of a crisis that nobody has reported on."""
PAIR = ("measure", "population")
MOST_PANELS = 6

router = APIRouter(include_in_schema=False)


@dataclasses.dataclass(frozen=True)
class Panel:
    """One place: what it is, its rows of the Series, and the last of them."""

    place: Place
    query: Query
    rows: tuple[dict[str, Any], ...]
    latest: dict[str, Any] | None
    absence: str
    """Where there is no figure: what became of the reports that were there."""

    @property
    def has_several_beginnings(self) -> bool:
        return len({row["period_start"] for row in self.rows}) > 1

    @property
    def grade_meaning(self) -> str:
        return Grade(self.latest["grade"]).meaning if self.latest else ""

    def address(self, path: str, **more: object) -> str:
        return links.address(path, self.query, **more)


@dataclasses.dataclass(frozen=True)
class HomePage:
    """All that the template shows."""

    crisis: dict[str, Any]
    series: Series
    panels: tuple[Panel, ...]
    crises: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    populations: tuple[Choice, ...]
    knowledge: KnowledgeDays
    chosen_areas: list[str]
    """The places the reader chose; none where the crisis' own are shown."""
    hidden_filters: tuple[tuple[str, str], ...]
    """Filters that no control shows: the form carries them along."""
    recorded_by: str
    measure_meaning: str
    population_label: str
    rows_aside: dict[str, int]
    """How many rows are held, by verdict."""

    @property
    def query(self) -> Query:
        return self.series.query

    @property
    def svg(self) -> Markup:
        """The static picture, for readers without JavaScript and until the live one is drawn."""
        return Markup(svg(self.series))  # noqa: S704 (our own drawing, which escapes the names in it)

    @property
    def caption(self) -> str:
        return alt_text(self.series)

    def address(self, path: str, **more: object) -> str:
        return links.address(path, self.query, **more)


@router.get("/")
def show_home(request: Request) -> Response:
    ledger, question = read_question(request, FILTERS)

    def write() -> str:
        return render("home.html", home=home_page(ledger, question), host=base_address(request))

    return page_response(request, question, write)


def warm_up(ledger: Ledger) -> None:
    """Do once what the first reader would otherwise wait for: imports, the current figures and the chart."""
    try:
        home = home_page(ledger, {})
        render("home.html", home=home, host="")
        ledger.chart(area=home.query.areas, measure=home.query.measure, population=home.query.population)
    except CasualtyError as error:
        log.info("Nothing to prepare: %s", error)


def home_page(ledger: Ledger, question: dict[str, Any]) -> HomePage:
    """Return the home page for the filters of ``question``.

    Raises QueryError for more than MOST_PANELS places or for filters that the ledger cannot answer, NotFound
    for a ledger without a crisis.
    """
    reference = ledger.reference()
    crisis = _crisis(ledger, question.get("crisis"), reference)
    known = {name: question[name] for name in ("dates", "recorded_by") if name in question}
    every: pa.Table = ledger.reports(arrow=True, crisis=crisis["crisis_id"], **known)
    wanted = {**question, "crisis": crisis["crisis_id"]}
    wanted |= zip(PAIR, most_reported(every, ledger.query(**wanted)), strict=True)
    wanted.setdefault("area", _default_areas(crisis, every, wanted))
    series = ledger.answer(**wanted)
    query = series.query
    if len(query.areas) > MOST_PANELS:
        raise QueryError(
            f"The page shows at most {MOST_PANELS} places at once.", fix="Ask /v1/series for more of them."
        )
    if query.measure is None or query.population is None:
        raise QueryError("The page shows one measure and one population at a time.", fix="Name one of each.")
    shown = series.area_order
    reports = every.filter(pc.is_in(every.column("areas"), pa.array(shown, pa.string()))) if shown else every
    chosen_areas = list(query.areas) if "area" in question else []
    return HomePage(
        crisis=crisis,
        series=series,
        panels=_panels(series, crisis, reference),
        crises=crisis_choices(reference, crisis["crisis_id"]),
        measures=measure_choices(reports, query.measure),
        populations=population_choices(reports, query, reference),
        knowledge=knowledge_days(reports, query, ledger.clock().date()),
        chosen_areas=chosen_areas,
        hidden_filters=hidden_filters(query, chosen_areas),
        recorded_by=links.recording_instant(ledger, query),
        measure_meaning=Measure(query.measure).meaning,
        population_label=Labels.of(reference).heading(query.population),
        rows_aside=aside(ledger.store.held_rows(recorded_by=query.recorded_by)),
    )


def _crisis(ledger: Ledger, name: str | None, reference: Reference) -> dict[str, Any]:
    """Return the row of the crisis called ``name``; without one, of that which features most places."""
    crisis_id = ledger.query(crisis=name).crisis if name is not None else None
    rows: list[dict[str, Any]] = reference.crisis.to_pylist()
    if not rows:
        raise NotFound("This ledger holds no crisis yet.", fix="Hand in reports with: casualty ingest FILE.")
    if crisis_id is not None:
        return next(row for row in rows if row["crisis_id"] == crisis_id)
    return min(rows, key=lambda row: (-len(row["featured_areas"].split(AREA_SEPARATOR)), row["crisis_id"]))


def most_reported(reports: pa.Table, query: Query) -> tuple[str, str]:
    """Return the measure and the population that ``reports`` speak of most, as far as ``query`` names none;
    DEFAULTS where there are no such reports."""
    if query.measure is not None:
        reports = reports.filter(pc.equal(reports.column("measure"), query.measure))
    if query.population is not None:
        reports = reports.filter(pc.equal(reports.column("population"), query.population))
    counted = Counter(zip(*(reports.column(name).to_pylist() for name in PAIR), strict=True))
    measure, population = min(counted, key=lambda pair: (-counted[pair], pair), default=DEFAULTS)
    return query.measure or measure, query.population or population


def _default_areas(crisis: dict[str, Any], reports: pa.Table, wanted: dict[str, Any]) -> list[str]:
    """Return the places a crisis features, else its whole area, else those reported on most."""
    if areas := str(crisis["featured_areas"] or crisis["whole_area"]):
        return areas.split(AREA_SEPARATOR)
    for name in PAIR:
        reports = reports.filter(pc.equal(reports.column(name), wanted[name]))
    counted = Counter(reports.column("areas").to_pylist())
    return sorted(counted, key=lambda areas: (-counted[areas], areas))[:MOST_PANELS]


def _panels(series: Series, crisis: dict[str, Any], reference: Reference) -> tuple[Panel, ...]:
    """Return one panel per place, also for those without a figure.

    Its latest figure is the running total since the crisis began, where there is one.
    """
    all_rows = series.table.to_pylist()
    panels = []
    for place in places(series.area_order, reference):
        rows = tuple(row for row in all_rows if row["area_code"] == place.code)
        start = series.starts.get(crisis["crisis_id"])
        main = [row for row in rows if row["period_start"] in {None, start}] or rows
        query = dataclasses.replace(series.query, areas=(place.code,))
        mine = series.points.filter(pc.equal(series.points["area_code"], place.code))
        absence = "" if main else tell_absence(mine)
        panels.append(Panel(place, query, rows, main[-1] if main else None, absence))
    return tuple(panels)
