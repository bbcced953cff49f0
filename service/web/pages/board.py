"""What stands on the main page for a question?

Turns the filters of a URL into a ``Board``: one ``Panel`` per place with its own ``Series``, the choices of
the form, the days on which knowledge changed, and the addresses of everything that shows the same numbers.
It computes no figure: every number on the page is a cell of a Series.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from service.answers.findings import aside
from service.answers.query import DEFAULT_METHOD, Query
from service.answers.series import Series
from service.api import Ledger
from service.charts import alt_text, svg
from service.errors import NotFound, QueryError
from service.reconcile.calibration import CALIBRATED, range_method
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR
from service.vocabulary import Grade, Measure
from service.web.places import Place, places

DEFAULTS = {"measure": "killed", "population": "civilians"}
MOST_PANELS = 6


@dataclasses.dataclass(frozen=True)
class Choice:
    """One option of a control."""

    value: str
    label: str
    is_chosen: bool


@dataclasses.dataclass(frozen=True)
class Panel:
    """One place: what it is, its rows of the Series, and the last of them."""

    place: Place
    query: Query
    rows: tuple[dict[str, Any], ...]
    latest: dict[str, Any] | None

    @property
    def has_several_beginnings(self) -> bool:
        return len({row["period_start"] for row in self.rows}) > 1

    @property
    def grade_meaning(self) -> str:
        return Grade(self.latest["grade"]).meaning if self.latest else ""

    def address(self, path: str, **more: object) -> str:
        return address(path, self.query, **more)


@dataclasses.dataclass(frozen=True)
class Steps:
    """The days on which something about these places became known, and where among them we stand."""

    days: tuple[dt.date, ...]
    as_of: dt.date
    today: dt.date

    @property
    def position(self) -> int:
        """The index of the last day of knowledge that is not after ``as_of``."""
        return max(0, sum(day <= self.as_of for day in self.days) - 1)

    @property
    def earlier(self) -> dt.date | None:
        return max((day for day in self.days if day < self.as_of), default=None)

    @property
    def later(self) -> dt.date | None:
        return min((day for day in self.days if day > self.as_of), default=None)


@dataclasses.dataclass(frozen=True)
class Board:
    """The main page."""

    crisis: dict[str, Any]
    series: Series
    panels: tuple[Panel, ...]
    crises: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    populations: tuple[Choice, ...]
    steps: Steps
    asked_areas: list[str]
    """The places the reader asked for; none where the crisis' own are shown."""
    kept: tuple[tuple[str, str], ...]
    """Filters that no control shows: the form carries them along."""
    recorded_by: str
    measure_meaning: str
    population_label: str
    aside: dict[str, int]
    """How many rows are kept aside, by verdict."""

    @property
    def query(self) -> Query:
        return self.series.query

    @property
    def is_calibrated(self) -> bool:
        """Whether ranges are made to hold the settled figure, and not only what was said."""
        return range_method(self.query.method) == CALIBRATED

    @property
    def svg(self) -> Markup:
        """The static picture, for readers without JavaScript and until the live one is drawn."""
        return Markup(svg(self.series))  # noqa: S704 (our own drawing, which escapes the names in it)

    @property
    def caption(self) -> str:
        return alt_text(self.series)

    def address(self, path: str, **more: object) -> str:
        return address(path, self.query, **more)


def board(ledger: Ledger, asked: dict[str, Any]) -> Board:
    """The main page for the filters asked. Raises QueryError for what cannot be understood."""
    reference = ledger.reference()
    named = ledger.query(crisis=asked["crisis"]).crisis if "crisis" in asked else None
    crisis = _crisis(named, reference)
    wanted = {**DEFAULTS, **asked, "crisis": crisis["crisis_id"]}
    wanted.setdefault("area", _areas_of(crisis))
    series = ledger.answer(**wanted)
    query = series.query
    if len(query.areas) > MOST_PANELS:
        raise QueryError(
            f"The page shows at most {MOST_PANELS} places at once.", fix="Ask /v1/series for more of them."
        )
    if query.measure is None or query.population is None:
        raise QueryError("The page shows one measure and one population at a time.", fix="Name one of each.")
    about = _reports_about(ledger, series)
    asked_areas = list(query.areas) if "area" in asked else []
    return Board(
        crisis=crisis,
        series=series,
        panels=_panels(series, crisis, reference),
        crises=_crises(reference, crisis["crisis_id"]),
        measures=_measures(about, query.measure),
        populations=_populations(about, query, reference),
        steps=_steps(about, query, ledger.clock().date()),
        asked_areas=asked_areas,
        kept=_kept(query, asked_areas),
        recorded_by=instant(ledger, query),
        measure_meaning=Measure(query.measure).meaning,
        population_label=labels(reference)[query.population],
        aside=aside(ledger.store.held_rows(recorded_by=query.recorded_by)),
    )


def address(path: str, query: Query, **more: object) -> str:
    """The address under ``path`` that asks ``query``, its filters spelled out; ``more`` adds or replaces."""
    values: dict[str, object] = {
        "area": list(query.areas),
        "measure": query.measure,
        "population": query.population,
        "crisis": query.crisis,
        "as_of": query.as_of,
        "method": None if query.method == DEFAULT_METHOD else query.method,
        "recorded_by": f"{query.recorded_by.isoformat()}Z" if query.recorded_by else None,
        **more,
    }
    given = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(given, doseq=True, safe='|:')}"


def instant(ledger: Ledger, query: Query) -> str:
    """The state of the ledger as a time: whoever asks for it later is answered from the same entries."""
    moment = query.recorded_by
    if moment is None or moment > ledger.recorded_at:  # more may yet be recorded by then
        moment = ledger.moment(ledger.state(query))
    return f"{moment.isoformat()}Z"


def _crisis(asked: str | None, reference: Reference) -> dict[str, Any]:
    """The crisis asked for, else the one that features most places."""
    rows: list[dict[str, Any]] = reference.crisis.to_pylist()
    if not rows:
        raise NotFound("This ledger holds no crisis yet.", fix="Hand in reports with: casualty ingest FILE.")
    if asked is not None:
        return next(row for row in rows if row["crisis_id"] == asked)
    return min(rows, key=lambda row: (-len(row["featured_areas"].split(AREA_SEPARATOR)), row["crisis_id"]))


def _areas_of(crisis: dict[str, Any]) -> list[str]:
    """The places a crisis features, else its whole area, else every place."""
    shown = str(crisis["featured_areas"] or crisis["whole_area"])
    return shown.split(AREA_SEPARATOR) if shown else []


def _panels(series: Series, crisis: dict[str, Any], reference: Reference) -> tuple[Panel, ...]:
    """One panel per place, also for those without a figure."""
    rows = series.table.to_pylist()
    panels = []
    for place in places(series.area_order, reference):
        own = tuple(row for row in rows if row["area_code"] == place.code)
        main = [row for row in own if row["period_start"] in {None, crisis["period_start"]}] or own
        query = dataclasses.replace(series.query, areas=(place.code,))
        panels.append(Panel(place, query, own, main[-1] if main else None))
    return tuple(panels)


def _reports_about(ledger: Ledger, series: Series) -> pa.Table:
    """Every report about the places shown, known by today: what the controls can lead to."""
    query = series.query
    known: pa.Table = ledger.reports(arrow=True, crisis=query.crisis, recorded_by=query.recorded_by)
    return known.filter(pc.is_in(known.column("areas"), pa.array(series.area_order, pa.string())))


def _kept(query: Query, areas: Sequence[str]) -> tuple[tuple[str, str], ...]:
    address_of_them = address("", query, area=areas)
    shown = {"measure", "population", "crisis", "as_of"}
    return tuple(pair for pair in parse_qsl(address_of_them[1:]) if pair[0] not in shown)


def _crises(reference: Reference, chosen: str) -> tuple[Choice, ...]:
    rows = sorted(reference.crisis.to_pylist(), key=lambda row: str(row["name"]))
    return tuple(Choice(row["crisis_id"], row["name"], row["crisis_id"] == chosen) for row in rows)


def _measures(about: pa.Table, chosen: str) -> tuple[Choice, ...]:
    used = {*pc.unique(about.column("measure")).to_pylist(), chosen} - {""}
    return tuple(
        Choice(measure.value, measure.replace("_", " "), measure == chosen)
        for measure in Measure
        if measure in used
    )


def _populations(about: pa.Table, query: Query, reference: Reference) -> tuple[Choice, ...]:
    """The populations that reports about these places count, in the order of the taxonomy."""
    chosen = query.population
    counted = about.filter(pc.equal(about.column("measure"), query.measure))
    used = {*pc.unique(counted.column("population")).to_pylist(), chosen}
    named = labels(reference).items()
    return tuple(Choice(name, label, name == chosen) for name, label in named if name in used)


def labels(reference: Reference) -> dict[str, str]:
    """What each population is called, in the order of the taxonomy."""
    rows: Sequence[dict[str, str]] = reference.population.to_pylist()
    return {row["population"]: row["label"] for row in rows}


def _steps(about: pa.Table, query: Query, today: dt.date) -> Steps:
    keep = pc.and_(
        pc.equal(about.column("measure"), query.measure),
        pc.equal(about.column("population"), query.population),
    )
    days = sorted(pc.unique(about.filter(keep).column("known_on")).to_pylist())
    return Steps(tuple(days), query.as_of, today)
