"""How does a question become the picture of its kind, and the bytes of a file?

For each row of ``answers.chart_kinds`` the function that asks a ledger what the picture needs and hands it to
``service.charts``. The ledger may be at hand or elsewhere: only its verbs are used. It must not know HTTP.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc

from service import effort
from service.answers.chart_kinds import ChartFormat, ChartKind, chart_kind
from service.answers.crisis_place import place_of_crisis
from service.answers.filters import NARROWEST, WIDEST
from service.answers.parameters import read_day
from service.answers.parts import ELSEWHERE
from service.answers.series import Explanation, Series
from service.answers.translation import NamedLedger, TranslatedLedger
from service.charts.files import write_picture
from service.charts.kinds.against import Side, against
from service.charts.kinds.increments import increments
from service.charts.kinds.known import known
from service.charts.kinds.origins import origins
from service.charts.kinds.parts import parts
from service.charts.kinds.trend import trend
from service.charts.kinds.why import why
from service.charts.limits import within_axes
from service.charts.picture import Picture
from service.charts.text import Words
from service.errors import QueryError
from service.language import ENGLISH, LANGUAGES
from service.schema.tables import AREA_SEPARATOR
from service.sentence import either, listed, sentence

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_PANELS = 200
"""How many panels one picture may have."""
MOST_DAYS = 12
"""How many days of knowledge one picture may compare."""
USUAL_DAYS = 6
SECONDS_A_MARK, BYTES_A_MARK = 50e-6, 3_000
"""What it takes to draw a row of the series or a report behind it."""
USUAL_WIDTH = 720

Question = dict[str, Any]


class ChartedLedger(Protocol):
    """What a ledger must have to be drawn."""

    @property
    def answer(self) -> Callable[..., Series]: ...
    @property
    def explain(self) -> Callable[..., Explanation]: ...
    @property
    def parts(self) -> Callable[..., Any]: ...
    @property
    def reports(self) -> Callable[..., Any]: ...
    @property
    def crises(self) -> Callable[..., Any]: ...


def picture_of(ledger: ChartedLedger, kind: str | None, question: Mapping[str, Any], words: Words) -> Picture:
    """Return the picture of a kind for the filters of ``question`` by keyword (None: not given).

    Raises UnknownName for a kind that there is not, QueryError for an option that the kind does not have and
    for a question that cannot be drawn as asked.
    """
    chosen = chart_kind(kind)
    if not words.language.is_english:
        ledger = TranslatedLedger(cast("NamedLedger", ledger), words)
    given = {name: value for name, value in question.items() if value not in (None, [], ())}
    _check_options(chosen, given)
    picture = within_axes(_DRAW[chosen.name](ledger, given, words), words)
    if len(picture.panels) > MOST_PANELS:
        raise QueryError(
            sentence(
                "The chart would have %(panels)s panels; %(most_panels)s are the most.",
                panels=f"{len(picture.panels):,}",
                most_panels=MOST_PANELS,
            ),
            fix="Name places, a measure or a population.",
        )
    return picture


def chart_figure(ledger: ChartedLedger, *, kind: str | None = None, **question: Any) -> go.Figure:  # noqa: ANN401
    """Return the chart as a Plotly figure."""
    from service.charts.interactive import figure

    words = Words(read_language(question.pop("language", None)))
    question.pop("width", None)
    return figure(picture_of(ledger, kind, question, words), words)


def chart_file(
    ledger: ChartedLedger,
    fmt: ChartFormat,
    *,
    kind: str | None = None,
    address: str | None = None,
    source: str = "",
    **question: Any,  # noqa: ANN401 - filters of any kind
) -> bytes:
    """Return the chart as a file; ``address``: where the pages of its reports stand; ``source``: the page
    that one in a frame is from."""
    words = Words(read_language(question.pop("language", None)))
    width = read_width(question.pop("width", None))
    picture = picture_of(ledger, kind, question, words)
    return write_picture(picture, fmt, words, width=width, address=address, source=source)


def read_width(given: str | int | None) -> int:
    """Return the width of a picture in pixels. Raises QueryError for what is no such width."""
    if given is None:
        return USUAL_WIDTH
    text = str(given)
    width = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not NARROWEST <= width <= WIDEST:
        raise QueryError(
            sentence("width=%(text)s is no width of a picture.", text=repr(text)),
            fix=sentence("Give %(narrowest)s to %(widest)s pixels.", narrowest=NARROWEST, widest=WIDEST),
        )
    return width


def read_language(given: str | None) -> str:
    """Return the code of a language. Raises QueryError for one that there is not."""
    if given is not None and given not in LANGUAGES:
        raise QueryError(
            sentence("language=%(given)s is not spoken here.", given=repr(given[:40])),
            fix=sentence("Use %(languages)s.", languages=either(LANGUAGES)),
        )
    return given or ENGLISH


def _check_options(kind: ChartKind, given: Mapping[str, Any]) -> None:
    """Raise QueryError for an option of another kind, or a word that the option does not know."""
    from service.answers.filters import CHART_OPTIONS

    for option in CHART_OPTIONS:
        value = given.get(option.keyword)
        if value is None:
            continue
        if not kind.takes(option):
            names = ", ".join(row.name for row in kind.options) or "none"
            raise QueryError(
                sentence(
                    "A chart of the kind %(name)s has no %(option)s.", name=kind.name, option=option.name
                ),
                fix=sentence("It has: %(names)s.", names=names),
            )
        words = option.schema.get("enum")
        if words and value not in words:
            raise QueryError(
                sentence("%(name)s=%(value)s is not known here.", name=option.name, value=repr(value)),
                fix=sentence("Use %(words)s.", words=either(words)),
            )


def _split(question: Question, *options: str) -> tuple[Question, dict[str, Any]]:
    """Return the filters, and the options of the chart."""
    filters = {name: value for name, value in question.items() if name not in options}
    return filters, {name: question.get(name) for name in options}


def _series(ledger: ChartedLedger, filters: Question) -> Series:
    """Return the series, having said what it takes to draw it."""
    series = ledger.answer(**filters)
    marks = series.table.num_rows + series.points.num_rows
    effort.begin(seconds=marks * SECONDS_A_MARK, memory=marks * BYTES_A_MARK)
    return series


def _trend(ledger: ChartedLedger, question: Question, words: Words) -> Picture:
    filters, options = _split(question, "axis", "scale")
    series = _series(ledger, filters)
    return trend(series, words, is_shared=options["axis"] == "shared", is_log=options["scale"] == "log")


def _origins(ledger: ChartedLedger, question: Question, words: Words) -> Picture:
    filters, options = _split(question, "compare", "scale")
    wanted = _listed(options["compare"])
    series = _series(ledger, filters)
    heard = {*series.points.column("origin_id").to_pylist()}
    unknown = [origin for origin in wanted if origin not in heard]
    if unknown and heard:
        raise QueryError(
            sentence("compare=%(unknown)s is no origin that says anything here.", unknown=repr(unknown[0])),
            fix=sentence("Origins here: %(origins)s.", origins=listed(sorted(heard)[:12])),
        )
    return origins(series, words, wanted=wanted, is_log=options["scale"] == "log")


def _known(ledger: ChartedLedger, question: Question, words: Words) -> Picture:
    filters, options = _split(question, "compare", "scale")
    latest = _series(ledger, filters)
    given = (read_day("compare", day) for day in _listed(options["compare"]))
    days = [day for day in given if day is not None]
    if len(days) > MOST_DAYS:
        raise QueryError(
            sentence(
                "%(number)s days are compared; %(most_days)s are the most.",
                number=len(days),
                most_days=MOST_DAYS,
            ),
            fix="Name fewer.",
        )
    if not days:
        days = [*_days_of_knowledge(ledger, filters, latest)]
    earlier = [_series(ledger, {**filters, "as_of": day}) for day in sorted({*days} - {latest.as_of})]
    if not _listed(options["compare"]):
        earlier = [
            one
            for one, following in pairwise([*earlier, latest])
            if not _curve(one).equals(_curve(following))
        ]
    return known([*earlier, latest], words, is_log=options["scale"] == "log")


def _curve(series: Series) -> pa.Table:
    """What a series says, whenever it was known."""
    return series.table.drop_columns(["as_of"])


def _days_of_knowledge(ledger: ChartedLedger, filters: Question, latest: Series) -> Sequence[dt.date]:
    """Some of the days on which something about these became known, the first and the last among them."""
    names = ("crisis", "measure", "population", "as_of", "dates", "recorded_by")
    asked = {name: filters[name] for name in names if name in filters}
    reports: pa.Table = ledger.reports(arrow=True, **asked)
    behind = latest.points.column("report_id")
    reports = reports.filter(pc.is_in(reports.column("report_id"), value_set=pc.unique(behind)))
    days: list[dt.date] = sorted(pc.unique(reports.column("known_on")).to_pylist())
    if len(days) <= USUAL_DAYS:
        return days
    return [days[round(n * (len(days) - 1) / (USUAL_DAYS - 1))] for n in range(USUAL_DAYS)]


def _parts(ledger: ChartedLedger, question: Question, words: Words) -> Picture:
    rows: pa.Table = ledger.parts(arrow=True, **{k: v for k, v in question.items() if k not in _SPAN})
    listed = rows.to_pylist()
    whole = listed[0]["area_code"]
    inner = dict.fromkeys(row["area_code"] for row in listed if row["share"] not in ("whole", ELSEWHERE))
    series = _series(ledger, {**question, "area": [whole, *inner]})
    return parts(series, listed, words)


def _increments(ledger: ChartedLedger, question: Question, words: Words) -> Picture:
    filters, options = _split(question, "per")
    return increments(_series(ledger, filters), words, per=options["per"] or "")


def _against(ledger: ChartedLedger, question: Question, words: Words) -> Picture:
    filters, options = _split(question, "compare", "scale")
    others = _listed(options["compare"])
    if len(others) != 1 or "crisis" not in filters:
        raise QueryError(
            "Two crises are compared: one is named by crisis, the other by compare.",
            fix="Name both, for example crisis=syria-coast-2025-03 and compare=libya-derna-2023-09.",
        )
    rows = {row["crisis_id"]: row for row in ledger.crises(arrow=True).to_pylist()}
    sides = (
        _side(ledger, filters, str(filters["crisis"]), rows),
        _side(ledger, {k: v for k, v in filters.items() if k != "area"}, str(others[0]), rows),
    )
    return against(sides, words, is_log=options["scale"] == "log")


def _side(ledger: ChartedLedger, filters: Question, crisis: str, rows: Mapping[str, Any]) -> Side:
    """One of two crises: of the places asked for, else the one that stands for it, else what it features."""
    row = rows.get(crisis)
    if row is None:
        raise QueryError(
            sentence("There is no crisis %(crisis)s.", crisis=repr(crisis[:80])),
            fix=sentence("There are %(names)s.", names=listed(sorted(rows)[:8])),
        )
    filters = {**filters, "crisis": crisis}
    wanted = [filters["area"]] if "area" in filters else [
        area.split(AREA_SEPARATOR) for area in (place_of_crisis(row), row["featured_areas"]) if area
    ]  # fmt: skip
    series = None
    for areas in wanted or [None]:
        series = _series(ledger, filters | ({"area": areas} if areas else {}))
        if series.table.num_rows:
            break
    if series is None:
        raise QueryError(sentence("%(crisis)s has no place to chart.", crisis=crisis), fix="Name an area.")
    return Side(series, row["name"], row["period_start"])


def _why(ledger: ChartedLedger, question: Question, words: Words) -> Picture:
    explanation = ledger.explain(**question)
    series = ledger.answer(**{name: value for name, value in question.items() if name != "date"})
    return why(explanation, words, series.population_names)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - one value or several
    if value is None:
        return []
    return [value] if isinstance(value, str | dt.date) else list(value)


_SPAN = ("date_from", "date_to")
_DRAW: dict[str, Callable[[ChartedLedger, Question, Words], Picture]] = {
    "trend": _trend,
    "origins": _origins,
    "known": _known,
    "parts": _parts,
    "increments": _increments,
    "against": _against,
    "why": _why,
}
