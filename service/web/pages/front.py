"""Which crises are there, and where does each stand? The page ``/``.

A row for each crisis, the one in which something was last recorded first: what its reports count most, of the
crisis as a whole, with its curve. The figures are rows of the ``Series``; it computes none.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from service.answers.crisis_place import place_of_crisis
from service.api import Ledger
from service.charts.sparkline import sparkline
from service.errors import CasualtyError
from service.reference.labels import Labels
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Grade, Measure
from service.web.locale import VARY_OF_FRONT
from service.web.pages.home import FILTERS, Pair, most_counted, write_home
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import render

log = logging.getLogger(__name__)

MOST_PLACES = 4
"""Places whose figures stand for a crisis that has none as a whole."""
MOST_CRISES = 40
"""Crises that are shown with a figure; of others the name."""

router = APIRouter(include_in_schema=False)


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where a crisis stands: its row, its first day, its places by name, what its reports are about
    (counted_cells.sql), and when something was last recorded; of those that are shown with a figure what it
    counts, and its rows."""

    crisis: dict[str, Any]
    starts: dt.date | None
    places: str
    cells: tuple[dict[str, Any], ...]
    changed_at: dt.datetime
    own_changed_at: dt.datetime | None
    measure: str = ""
    population: str = ""
    area: str = ""
    rows: tuple[dict[str, Any], ...] = ()
    each: tuple[dict[str, Any], ...] = ()
    """Where the crisis as a whole has no figure: the newest row of each place that it features."""

    @property
    def reports(self) -> int:
        return sum(cell["reports"] for cell in self.cells)

    @property
    def latest(self) -> dict[str, Any] | None:
        return self.rows[-1] if self.rows else None

    @property
    def grade_meaning(self) -> str:
        return Grade(self.latest["grade"]).meaning if self.latest else ""

    @property
    def measure_meaning(self) -> str:
        return Measure(self.measure).meaning

    @property
    def curve(self) -> Markup:
        """The curve of the figure and its range, without words: the page says them beside it."""
        return Markup(sparkline([(row["date"], row["low"], row["best"], row["high"]) for row in self.rows]))  # noqa: S704 (our own drawing, of numbers alone)


@router.get("/")
def show_front(request: Request) -> Response:
    ledger, question = read_question(request, FILTERS)
    reader = Reader.of(request)

    def write() -> str:
        if question or ledger.reference().crisis.num_rows < 2:
            return write_home(ledger, question, reader)
        return write_front(ledger, reader)

    return page_response(request, question, write, {"Vary": VARY_OF_FRONT})


def write_front(ledger: Ledger, reader: Reader) -> str:
    """Return the page of all crises."""
    labels = reader.labels(ledger.reference())
    standings = _standings(ledger, labels)
    return render(
        "front.html",
        reader,
        standings=standings[:MOST_CRISES],
        others=sorted(standings[MOST_CRISES:], key=lambda each: each.crisis["name"]),
        labels=labels,
        today=ledger.clock().date(),
        head=str(ledger.head),
    )


def warm_up(ledger: Ledger) -> None:
    """Do once what the first reader would otherwise wait for: imports, the current figures and the chart."""
    try:
        write_home(ledger, {}, Reader())
        write_front(ledger, Reader())
    except CasualtyError as error:
        log.info("Nothing to prepare: %s", error)


def _standings(ledger: Ledger, labels: Labels) -> list[Standing]:
    """Return where every crisis stands, the one that changed last first."""
    state, reference = ledger.answers.read_state.state, ledger.reference()
    cells: dict[str, list[dict[str, Any]]] = {}
    for cell in ledger.store.counted_cells().to_pylist():
        cells.setdefault(cell["crisis_id"], []).append(cell)
    starts = {row["crisis_id"]: row["period_start"] for row in ledger.ask("crises").table.to_pylist()}
    found = [
        Standing(
            crisis,
            starts.get(crisis["crisis_id"]),
            labels.list_places(str(crisis["featured_areas"] or crisis["whole_area"])),
            tuple(cells.get(crisis["crisis_id"], ())),
            state.crisis_recorded_at(crisis["crisis_id"]),
            state.own_recorded_at(crisis["crisis_id"]),
        )
        for crisis in reference.crisis.to_pylist()
    ]
    found.sort(key=lambda each: each.crisis["crisis_id"])
    found.sort(key=lambda each: (each.changed_at, each.reports), reverse=True)
    return [*(_with_figure(ledger, each) for each in found[:MOST_CRISES]), *found[MOST_CRISES:]]


def _area(crisis: dict[str, Any], cells: list[dict[str, Any]]) -> str:
    """Return the place set that stands for a crisis, where it names none and features none the one that most
    reports are about; "" where there is none."""
    if own := place_of_crisis(crisis):
        return own
    if crisis["featured_areas"]:
        return ""
    most = min(cells, key=lambda cell: (-cell["reports"], cell["areas"]), default={"areas": ""})
    return str(most["areas"])


def _with_figure(ledger: Ledger, standing: Standing) -> Standing:
    """Return the standing with what its reports count most, and the rows of the Series of that: the running
    total since it began."""
    crisis = standing.crisis["crisis_id"]
    reports: Counter[Pair] = Counter()
    for cell in standing.cells:
        reports[cell["measure"], cell["population"]] += cell["reports"]
    measure, population = most_counted(ledger, reports, crisis=crisis)
    counted = [
        cell for cell in standing.cells if (cell["measure"], cell["population"]) == (measure, population)
    ]
    area, rows = _area(standing.crisis, counted), []
    if area:
        query = ledger.query(crisis=crisis, area=area, measure=measure, population=population)
        table: pa.Table = ledger.answers.rows(query)[0].table
        rows = [row for row in table.to_pylist() if row["period_start"] in {None, standing.starts}]
    each = () if rows else tuple(_of_places(ledger, standing, measure, population))
    return dataclasses.replace(
        standing, measure=measure, population=population, area=area, rows=tuple(rows), each=each
    )


def _of_places(ledger: Ledger, standing: Standing, measure: str, population: str) -> Iterator[dict[str, Any]]:
    """Yield the newest row of the Series of each place that a crisis features, as far as it has one."""
    places = [area for area in str(standing.crisis["featured_areas"]).split(AREA_SEPARATOR) if area]
    if not places:
        return
    query = ledger.query(
        crisis=standing.crisis["crisis_id"], area=places[:MOST_PLACES], measure=measure, population=population
    )
    rows = ledger.answers.rows(query)[0].table.to_pylist()
    newest = {row["area_code"]: row for row in rows if row["period_start"] in {None, standing.starts}}
    yield from (newest[area] for area in places if area in newest)
