"""What is the toll of a crisis, place by place? The page ``/crisis/ID``, and ``/`` with any filter.

Turns the filters of the address into a ``HomePage``: one ``Panel`` per place with its rows of the ``Series``,
the options of the form, and the addresses of everything that shows the same numbers. It computes no figure.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers.chart_kinds import ChartKind
from service.answers.crisis_place import place_of_crisis
from service.answers.expected_range import explain_blank
from service.answers.findings import aside
from service.answers.query import Query
from service.answers.sentences import tell_absence
from service.answers.series import Series
from service.api import Ledger
from service.errors import NotFound, QueryError, UnknownName
from service.reconcile.calibration import coverage_of_latest
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR
from service.sentence import sentence
from service.vocabulary import Grade, Measure
from service.web.pages import explorer, links
from service.web.pages.controls import (
    FORM_FIELDS,
    Choice,
    KnowledgeDays,
    compare_choices,
    crisis_choices,
    hidden_filters,
    knowledge_days,
    measure_choices,
    option_fields,
    population_choices,
)
from service.web.pages.discovery import dataset
from service.web.pages.explorer import Drawn, Explorer
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import render
from service.web.places import Place, places
from service.web.security_headers import FRAMES

FILTERS = explorer.FILTERS
DEFAULTS = ("killed", "all")
"""The measure and the population shown of a crisis that nobody has reported on."""
PAIR = ("measure", "population")
Pair = tuple[str, str]
"""A measure and a population."""
MOST_OFFERED = 30
"""Places that a reader can tick."""
MOST_PANELS, MOST_BESIDE, MOST_ASKED = 6, 4, 12
"""Places that are shown with their curves; wholes and places counted together that are shown beside them, and
so many of these that are looked at for a figure."""

OF_ONE_PLACE = ("parts", "against", "origins")
"""Kinds of chart that show one place where nobody chose any: parts add up to the whole of a crisis; crises
are compared by the place that stands for them, and of that most origins speak."""

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
    crisis: Mapping[str, Any]

    def explain_blank(self, row: dict[str, Any]) -> str:
        """Return why a row has no expected range; "" where it has one."""
        later = (each for each in self.rows if each["date"] > row["date"])
        is_latest = all(each["period_start"] != row["period_start"] for each in later)
        return explain_blank(row, self.crisis, is_latest=is_latest)

    @property
    def has_several_beginnings(self) -> bool:
        return len({row["period_start"] for row in self.rows}) > 1

    @property
    def grade_meaning(self) -> str:
        return Grade(self.latest["grade"]).meaning if self.latest else ""

    def address(self, path: str, **more: object) -> str:
        """The address of what else is known of the place, on whatever days."""
        return links.address(path, self.query, **{"from": None, "to": None, **more})


@dataclasses.dataclass(frozen=True)
class HomePage:
    """All that the template shows."""

    crisis: dict[str, Any]
    crisis_name: str
    series: Series
    explorer: Explorer
    chart: Drawn
    kinds: list[tuple[ChartKind, str, bool]]
    """Every kind of chart with its address and whether it is shown."""
    compared: tuple[Choice, ...]
    """What the chart could set side by side, and what it does."""
    panels: tuple[Panel, ...]
    beside: tuple[Panel, ...]
    """The crisis as a whole and what was counted of places together, where the reader chose no places."""
    crises: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    populations: tuple[Choice, ...]
    knowledge: KnowledgeDays
    places: tuple[Choice, ...]
    """The places that most reports are about, and those chosen."""
    chosen_areas: list[str]
    """The places the reader chose; none where the crisis' own are shown."""
    hidden_filters: tuple[tuple[str, str], ...]
    """Filters that no control shows: the form carries them along."""
    hidden_of_options: tuple[tuple[str, str], ...]
    """The same for the form that says how the chart is drawn."""
    recorded_by: str
    measure_meaning: str
    population_label: str
    rows_aside: dict[str, int]
    """How many rows are held, by verdict."""

    @property
    def query(self) -> Query:
        return self.series.query

    @property
    def kind(self) -> str:
        return self.explorer.kind.name

    @property
    def coverage(self) -> float | None:
        """The share that expected ranges of the latest figures held in simulated crises of this kind; None
        where no figure on the page has one."""
        if not self._expected:
            return None
        ended = self.crisis["ended_on"]
        return coverage_of_latest(
            self.crisis["kind"], is_over=ended is not None and ended < self.series.query.as_of
        )

    @property
    def is_expected_below(self) -> bool:
        """Whether an expected range on the page reaches below what the origins say."""
        return any(row["low"] is not None and row["expected_low"] < row["low"] for row in self._expected)

    @property
    def _expected(self) -> list[dict[str, Any]]:
        """The figures on the page, of any day, that have an expected range."""
        rows = chain.from_iterable(panel.rows for panel in (*self.panels, *self.beside))
        return [row for row in rows if row["expected"] is not None]

    def address(self, path: str, **more: object) -> str:
        return links.address(path, self.query, **more)

    def here(self, **more: object) -> str:
        """Return the address of this page with other filters."""
        return self.explorer.address(self.path, crisis=None, **more)

    @property
    def path(self) -> str:
        return path_of(self.crisis)

    def frame_address(self, reader: Reader) -> str:
        """Return the address of the chart as other pages may frame it."""
        language = None if reader.language.is_english else reader.code
        return self.explorer.address(f"{FRAMES}/{self.kind}", kind=None, language=language)

    def oembed_address(self, reader: Reader) -> str:
        """Return the address that tells other hosts how this page is embedded."""
        return f"{reader.host}/oembed?{urlencode({'url': f'{reader.host}{reader.here(self.here())}'})}"


def path_of(crisis: Mapping[str, Any]) -> str:
    """Return the path of a crisis' page."""
    return f"/crisis/{quote(crisis['crisis_id'])}"


@router.get("/crisis/{crisis_id}")
def show_crisis(request: Request, crisis_id: str) -> Response:
    ledger, question = read_question(request, FILTERS)
    reader = Reader.of(request)

    def write() -> str:
        try:
            ledger.query(crisis=crisis_id)
        except UnknownName as unknown:
            raise NotFound(unknown.message, fix=unknown.fix, suggestions=unknown.suggestions) from unknown
        return write_home(ledger, {**question, "crisis": crisis_id}, reader)

    return page_response(request, question, write)


def write_home(ledger: Ledger, question: dict[str, Any], reader: Reader) -> str:
    """Return the page of a crisis for the filters of ``question``."""
    home = home_page(ledger, question, reader)
    crisis_id, labels = home.crisis["crisis_id"], Labels.of(ledger.reference())
    about = dataset(
        home.crisis, home.series.starts.get(crisis_id), home.query, labels, host=reader.host,
        changed_at=ledger.answers.read_state.state.crisis_recorded_at(crisis_id),
    )  # fmt: skip
    return render("home.html", reader, home=home, host=reader.host, dataset=about)


def home_page(ledger: Ledger, question: dict[str, Any], reader: Reader) -> HomePage:
    """Return the home page for the filters of ``question``.

    Raises QueryError for more than MOST_PANELS places or for filters that the ledger cannot answer, NotFound
    for a ledger without a crisis.
    """
    question, kind, options = explorer.split(question)
    reference = ledger.reference()
    crisis = _crisis(ledger, question, reference)
    known = {name: question[name] for name in ("dates", "recorded_by") if name in question}
    every: pa.Table = ledger.reports(arrow=True, crisis=crisis["crisis_id"], **known)
    wanted = _with_defaults(ledger, question, crisis, every)
    if kind.name in OF_ONE_PLACE and "area" not in question:
        own = crisis["whole_area"] if kind.name == "parts" else place_of_crisis(crisis)
        wanted["area"] = [own or wanted["area"][0]]
    translation = reader.translation(reference)
    labels = translation.labels
    series = translation.series(ledger.answer(**wanted))
    query = series.query
    if len(query.areas) > MOST_PANELS:
        raise QueryError(
            sentence("The page shows at most %(most)s places at once.", most=MOST_PANELS),
            fix="Ask /v1/series for more of them.",
        )
    if query.measure is None or query.population is None:
        raise QueryError("The page shows one measure and one population at a time.", fix="Name one of each.")
    shown = series.area_order
    reports = every.filter(pc.is_in(every.column("areas"), pa.array(shown, pa.string()))) if shown else every
    chosen_areas = list(query.areas) if "area" in question else []
    beside = [] if chosen_areas else _beside(crisis, every, query)
    crises = crisis_choices(labels, reference, crisis["crisis_id"])
    if kind.name == "against" and not options.get("compare"):
        options = {**options, "compare": [choice.value for choice in crises if not choice.is_chosen][:1]}
    state = Explorer(query, kind, options)
    others = [choice.value for choice in crises if not choice.is_chosen]
    return HomePage(
        crisis=crisis,
        series=series,
        explorer=state,
        crisis_name=labels.crisis(crisis["crisis_id"]),
        chart=state.picture(ledger, wanted, reader.words),
        kinds=explorer.kind_links(state, path_of(crisis), crisis, others, chosen_areas),
        compared=compare_choices(state, series, crises),
        panels=_panels(series, crisis, reference, reader),
        beside=_with_figures(ledger, {**wanted, "area": beside}, crisis, reader) if beside else (),
        crises=crises,
        measures=measure_choices(reports, query.measure, labels),
        populations=population_choices(reports, query, labels),
        knowledge=knowledge_days(reports, query, ledger.clock().date()),
        places=_place_choices(every, wanted, chosen_areas, labels),
        chosen_areas=chosen_areas,
        hidden_filters=hidden_filters(state, [], shown={*FORM_FIELDS, "area"}),
        hidden_of_options=hidden_filters(state, chosen_areas, shown=option_fields(state)),
        recorded_by=links.recording_instant(ledger, query),
        measure_meaning=reader.words.say(Measure(query.measure).meaning),
        population_label=labels.heading(query.population),
        rows_aside=aside(ledger.store.held_rows(recorded_by=query.recorded_by)),
    )


def _with_defaults(
    ledger: Ledger, question: dict[str, Any], crisis: dict[str, Any], reports: pa.Table
) -> dict[str, Any]:
    """Return the question with what it leaves open: what is counted most in the crisis, and its places."""
    known = {name: question[name] for name in ("dates", "recorded_by", *PAIR) if name in question}
    pair = most_counted(ledger, count_pairs(reports), crisis=crisis["crisis_id"], **known)
    wanted = {**question, "crisis": crisis["crisis_id"], **dict(zip(PAIR, pair, strict=True))}
    wanted.setdefault("area", _default_areas(crisis, reports, wanted))
    return wanted


def _crisis(ledger: Ledger, question: Mapping[str, Any], reference: Reference) -> dict[str, Any]:
    """Return the row of the crisis asked for; without one, of that with most reports about the places asked
    for; without these, of that which features most places."""
    name = question.get("crisis")
    crisis_id = ledger.query(crisis=name).crisis if name is not None else None
    if crisis_id is None and question.get("area"):
        crisis_id = most_reported_crisis(ledger.reports(arrow=True, area=question["area"]))
    rows: list[dict[str, Any]] = reference.crisis.to_pylist()
    if not rows:
        raise NotFound(
            "This ledger holds no crisis yet.",
            fix="Hand in reports: on the page /submit, or with casualty ingest FILE.",
        )
    if crisis_id is not None:
        return next(row for row in rows if row["crisis_id"] == crisis_id)
    return min(rows, key=lambda row: (-len(row["featured_areas"].split(AREA_SEPARATOR)), row["crisis_id"]))


def most_counted(ledger: Ledger, reports: Mapping[Pair, int], **asked: Any) -> Pair:  # noqa: ANN401 - filters of any kind
    """Return the measure and the population of most ``reports``, of those that have a figure, the killed
    before others of as many; DEFAULTS where there is none. ``asked`` are filters: what of the two they name
    stays.
    """
    named = {name: value for name, value in asked.items() if value is not None}
    rows = ledger.answers.rows(ledger.query(**named))[0].latest().table
    figures = Counter(zip(*(rows[name].to_pylist() for name in PAIR), strict=True))
    reported = {pair: number for pair, number in reports.items() if pair in figures}
    counted = reported or figures  # what a source calls people may be read as it defines them
    order = {measure: place for place, measure in enumerate(Measure)}
    measure, population = min(
        counted, key=lambda pair: (-counted[pair], order.get(pair[0], len(order)), pair), default=DEFAULTS
    )
    return named.get("measure", measure), named.get("population", population)


def most_reported_crisis(reports: pa.Table) -> str | None:
    """Return the crisis that most of these reports (LEDGER_REPORT) are about; None where there are none."""
    counted = Counter(reports.column("crisis_id").to_pylist())
    return min(counted, key=lambda crisis: (-counted[crisis], crisis), default=None)


def count_pairs(reports: pa.Table) -> Counter[Pair]:
    """Return how many reports (LEDGER_REPORT) there are of each measure and population."""
    return Counter(zip(*(reports.column(name).to_pylist() for name in PAIR), strict=True))


def _place_choices(
    reports: pa.Table, wanted: dict[str, Any], chosen: list[str], labels: Labels
) -> tuple[Choice, ...]:
    """Return the places most reported on, and those ``chosen``, by name."""
    counted = _places_counted(reports, wanted)
    most = sorted(counted, key=lambda areas: (-counted[areas], areas))[:MOST_OFFERED]
    found = [Choice(areas, labels.places(areas), areas in chosen) for areas in {*most, *chosen}]
    return tuple(sorted(found, key=lambda choice: (not choice.is_chosen, choice.label)))


def _default_areas(crisis: dict[str, Any], reports: pa.Table, wanted: dict[str, Any]) -> list[str]:
    """Return the places a crisis features that anybody counted, else its whole area, else those reported on
    most; where nobody counted anything, what it features."""
    counted = _places_counted(reports, wanted)
    places = {area for areas in counted for area in areas.split(AREA_SEPARATOR)}
    featured, whole = str(crisis["featured_areas"]).split(AREA_SEPARATOR), [str(crisis["whole_area"])]
    for areas in (featured, whole):
        if known := [area for area in areas if area in places]:
            return known
    most = sorted(counted, key=lambda areas: (-counted[areas], areas))[:MOST_PANELS]
    return most or [area for area in featured if area] or whole


def _beside(crisis: dict[str, Any], reports: pa.Table, query: Query) -> list[str]:
    """Return the whole area of a crisis, and places that were counted together: those of the page first,
    then what most reports are about."""
    counted = _places_counted(reports, {"measure": query.measure, "population": query.population})
    together = [areas for areas in counted if AREA_SEPARATOR in areas]
    of_page = {areas for areas in together if set(areas.split(AREA_SEPARATOR)) <= set(query.areas)}
    most = sorted(together, key=lambda areas: (areas not in of_page, -counted[areas], areas))
    wholes = [crisis["whole_area"]] if crisis["whole_area"] else []
    return [areas for areas in (*wholes, *most) if areas not in query.areas][:MOST_ASKED]


def _with_figures(
    ledger: Ledger, wanted: dict[str, Any], crisis: dict[str, Any], reader: Reader
) -> tuple[Panel, ...]:
    """Return a panel for each of the places that has a figure."""
    reference = ledger.reference()
    series = reader.translation(reference).series(ledger.answer(**wanted))
    panels = _panels(series, crisis, reference, reader)
    return tuple(panel for panel in panels if panel.latest)[:MOST_BESIDE]


def _places_counted(reports: pa.Table, pair: Mapping[str, Any]) -> Counter[str]:
    """Return how many reports of a measure and a population there are about each place set."""
    for name in PAIR:
        reports = reports.filter(pc.equal(reports.column(name), pair[name]))
    return Counter(reports.column("areas").to_pylist())


def _panels(
    series: Series, crisis: dict[str, Any], reference: Reference, reader: Reader
) -> tuple[Panel, ...]:
    """Return one panel per place, also for those without a figure.

    Its latest figure is the running total since the crisis began, where there is one.
    """
    all_rows = series.table.to_pylist()
    panels = []
    for place in places(series.area_order, reference, reader.labels(reference)):
        rows = tuple(row for row in all_rows if row["area_code"] == place.code)
        start = series.starts.get(crisis["crisis_id"])
        main = [row for row in rows if row["period_start"] in {None, start}] or rows
        query = dataclasses.replace(series.query, areas=(place.code,))
        mine = series.points.filter(pc.equal(series.points["area_code"], place.code))
        absence = "" if main else tell_absence(mine, reader.words)
        panels.append(Panel(place, query, rows, main[-1] if main else None, absence, crisis))
    return tuple(panels)
