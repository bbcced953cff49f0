"""Which kinds of chart are there, and what is each of them asked?

One row per kind: its name, what it shows, its filters. The page, ``Ledger.chart``, ``casualty chart`` and
``/v1/charts`` are made from these rows, so that all of them draw the same; ``answers.pictures`` says how each
is drawn. It imports nothing heavy: it stands on the way of ``casualty --help``.
"""

from __future__ import annotations

import dataclasses
from difflib import get_close_matches
from enum import StrEnum

from service.answers import filters
from service.answers.filters import Filter
from service.errors import NotFound, UnknownName
from service.sentence import did_you_mean, listed, sentence


class ChartFormat(StrEnum):
    """A file that a chart can leave in; its value is the suffix without the dot."""

    SVG = "svg"
    PNG = "png"
    JSON = "json"
    """A Plotly figure."""
    HTML = "html"


CHART_MEDIA_TYPES = {
    ChartFormat.SVG: "image/svg+xml",
    ChartFormat.PNG: "image/png",
    ChartFormat.JSON: "application/json",
    ChartFormat.HTML: "text/html; charset=utf-8",
}


@dataclasses.dataclass(frozen=True)
class ChartKind:
    """One kind of chart; ``options`` are those it has beside the filters of a series."""

    name: str
    label: str
    """What a reader chooses it by."""
    summary: str
    options: tuple[Filter, ...]
    question: tuple[Filter, ...] = filters.SERIES

    @property
    def filters(self) -> tuple[Filter, ...]:
        return (*self.question, *self.options, filters.WIDTH, filters.LANGUAGE)

    @property
    def needs_two_crises(self) -> bool:
        return self.name == "against"

    def takes(self, wanted: Filter) -> bool:
        """Whether the kind has this filter."""
        return any(row.name == wanted.name for row in self.filters)


def _compare(meaning: str, example: str) -> Filter:
    return dataclasses.replace(filters.COMPARE, meaning=meaning, example=example)


_TABLE = (
    ChartKind(
        "trend", "Trend", "How the toll grew, place by place, with both ranges and every report.",
        (filters.AXIS, filters.SCALE),
    ),
    ChartKind(
        "origins", "Who says what", "Each origin's account as its own curve and interval, side by side.",
        (_compare("The ids of the origins to show. Default: the heaviest.", "sohr"), filters.SCALE),
    ),
    ChartKind(
        "known", "What was known when", "The curve as it stood on several days of knowledge.",
        (_compare("The days of knowledge to show. Default: some of all.", "2025-03-12"), filters.SCALE),
    ),
    ChartKind(
        "parts", "By part", "What a place's toll is made up of, where parts add up.", (),
    ),
    ChartKind(
        "increments", "Per day or week", "Events and increments as their origins list them.", (filters.PER,),
    ),
    ChartKind(
        "against", "Against another crisis", "Two crises aligned on their first day.",
        (_compare("The other crisis.", "libya-derna-2023-09"), filters.SCALE),
    ),
    ChartKind(
        "why", "Why this number", "The ends of all accounts on one axis with their weight, and the figure.",
        (), filters.EXPLAIN,
    ),
)  # fmt: skip
KINDS = {kind.name: kind for kind in _TABLE}
CHART_FILTERS = (
    *{row.name: row for kind in _TABLE for row in kind.filters if row.name != filters.COMPARE.name}.values(),
    filters.COMPARE,
)
"""The filters of all kinds, each once."""
DEFAULT_KIND = "trend"
EXPLORED = tuple(kind for kind in _TABLE if kind.question is filters.SERIES)
"""The kinds that take the filters of a series: what the explorer of a page offers."""
KIND = Filter(
    name="kind",
    meaning="Which kind of chart. Default: trend.",
    example="origins",
    schema={"type": "string", "enum": [kind.name for kind in EXPLORED]},
)


def chart_kind(name: str | None) -> ChartKind:
    """Return the row of a kind; without a name, that of the trend. Raises UnknownName."""
    if not name:
        return KINDS[DEFAULT_KIND]
    if name in KINDS:
        return KINDS[name]
    near = tuple(get_close_matches(name, KINDS, n=2))
    fix = did_you_mean(near) or sentence("There are %(names)s.", names=listed(KINDS))
    raise UnknownName(
        sentence("kind=%(name)s is no kind of chart.", name=repr(name)), fix=fix, suggestions=near
    )


def chart_format(suffix: str) -> ChartFormat:
    """Return the format of a suffix without its dot. Raises NotFound."""
    try:
        return ChartFormat(suffix.lower())
    except ValueError:
        raise NotFound(
            sentence("A chart does not come as %(suffix)s.", suffix=repr(suffix[:40])),
            fix=sentence("Use one of: %(formats)s.", formats=listed(ChartFormat)),
            suggestions=tuple(ChartFormat),
        ) from None
