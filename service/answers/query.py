"""What exactly is being asked?

Every way out (API, CLI, notebook, page) takes the same filters as loose text or values; here they become one
resolved ``Query``: names to codes, text to dates, defaults filled in. What cannot be understood raises a
``QueryError`` that names the filter, the value and the nearest valid ones; nothing is guessed.

This module must not know where the answer comes from, nor what time it is: ``today`` is an argument.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal, Unpack

from service.answers.filters import ANY, DAY, KEYWORDS, MOMENT, Filters
from service.answers.parameters import read_day, read_instant
from service.errors import QueryError, StoreError, UnknownName
from service.reference.containment import Containment
from service.reference.gazetteer import gazetteer_of
from service.reference.weights import Weights, read_weights
from service.schema.records import Reference
from service.sentence import did_you_mean, listed, sentence
from service.vocabulary import Dates, Measure

METHODS = {
    "least-disagreement": "the greatest stated count that more than half of the origins' weight supports",
    "median": "the middle one of the origins' counts, each counting alike",
    "range": "lowest and highest count only, without a best; nothing where one origin counts alone",
    "ucdp": "the count of the most reliable origin",
    "latest:ORIGIN": "what one origin alone says",
}
"""Named methods of reconciliation."""
METHOD_VERSION = "2"
"""The version at which all methods stand: the second edition, on the accounts of origins."""
DEFAULT_METHOD = f"least-disagreement/{METHOD_VERSION}"


@dataclasses.dataclass(frozen=True)
class Query:
    """A resolved question.

    ``areas`` are place sets (empty: every place); ``crisis``, ``measure``, ``population`` and ``source`` are
    None for "any"; ``attributed_to`` is "" for figures not split by responsibility and None for "any".
    ``date_from``/``date_to`` bound the day counted up to; ``as_of`` is the day of knowledge, ``dates``
    whether inferred days of publication count for it. ``period_start`` is the beginning of the running
    totals: None for each crisis's own, ``any`` for all. ``weights`` are those that are other than the shipped
    ones for this question.
    """

    as_of: dt.date
    areas: tuple[str, ...] = ()
    crisis: str | None = None
    measure: str | None = None
    population: str | None = None
    attributed_to: str | None = ""
    source: str | None = None
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    dates: Dates = Dates.ALL
    recorded_by: dt.datetime | None = None
    method: str = DEFAULT_METHOD
    period_start: dt.date | Literal["any"] | None = None
    weights: Weights = ()

    def filters(self) -> dict[str, Any]:
        """Return the filters, by keyword, that ask this question again."""
        other = {
            "area": list(self.areas),
            "attributed_to": ANY if self.attributed_to is None else self.attributed_to,
            "weights": dict(self.weights),
        }
        return {name: other[name] if name in other else getattr(self, name) for name in KEYWORDS}

    def meta(self) -> dict[str, Any]:
        """Return the filters as they were understood, by their names in a URL, for an answer's ``meta``."""
        return {KEYWORDS[keyword].name: value for keyword, value in self.filters().items()}

    @classmethod
    def from_meta(cls, meta: Mapping[str, Any]) -> Query:
        """Return the question that ``meta`` described, after it travelled as JSON."""
        as_of = read_day("as_of", meta["as_of"])
        if as_of is None:
            raise StoreError("The answer names no day of knowledge.", fix="Update the client or the service.")
        attributed_to, start = meta["attributed_to"], meta["period_start"]
        return cls(
            as_of=as_of,
            areas=tuple(meta["area"]),
            crisis=meta["crisis"],
            measure=meta["measure"],
            population=meta["population"],
            attributed_to=None if attributed_to == ANY else attributed_to,
            source=meta["source"],
            date_from=read_day("from", meta["from"]),
            date_to=read_day("to", meta["to"]),
            dates=Dates(meta.get("dates", Dates.ALL)),
            recorded_by=read_instant("recorded_by", meta["recorded_by"]),
            method=meta["method"],
            period_start=ANY if start == ANY else read_day("period_start", start),
            weights=tuple(sorted(meta.get("weights", {}).items())),
        )


AHEAD = dt.timedelta(days=1)
"""East of Greenwich a day begins before it does in UTC."""
MEASURES = tuple(str(measure) for measure in Measure)


def build_query(reference: Reference, *, today: dt.date, **filters: Unpack[Filters]) -> Query:
    """Resolve loose filters against ``reference``. Raises UnknownName, AmbiguousName or QueryError."""
    unknown = sorted(filters.keys() - KEYWORDS)
    if unknown:
        near = get_close_matches(unknown[0], KEYWORDS, n=1)
        fix = (
            did_you_mean((repr(near[0]),))
            if near
            else sentence("Filters are %(names)s.", names=listed(KEYWORDS))
        )
        raise QueryError(sentence("There is no filter %(unknown)s.", unknown=repr(unknown[0])), fix=fix)
    for keyword, value in filters.items():
        _check_type(keyword, value)
    area = filters.get("area")
    asked = [area] if isinstance(area, str) else list(area or ())
    gazetteer = gazetteer_of(reference)
    first, last = read_day("from", filters.get("date_from")), read_day("to", filters.get("date_to"))
    if first and last and first > last:
        raise QueryError(
            sentence("from=%(first)s lies after to=%(last)s.", first=first, last=last),
            fix="Swap the two dates.",
        )
    start = filters.get("period_start")
    populations, sources, crises = _names_of(reference)
    return Query(
        as_of=_day_of_knowledge(filters.get("as_of"), today),
        areas=tuple(dict.fromkeys(gazetteer.resolve_set(text) for text in asked if text.strip())),
        crisis=_one_of("crisis", filters.get("crisis"), crises),
        measure=_one_of("measure", filters.get("measure"), MEASURES),
        population=_one_of("population", filters.get("population"), populations),
        attributed_to=_attribution(filters.get("attributed_to")),
        source=_one_of("source", filters.get("source"), sources),
        date_from=first,
        date_to=last,
        dates=Dates(_one_of("dates", filters.get("dates"), [*Dates]) or Dates.ALL),
        recorded_by=read_instant("recorded_by", filters.get("recorded_by")),
        method=_method(filters.get("method"), sources),
        period_start=ANY if start == ANY else read_day("period_start", start),
        weights=read_weights(filters.get("weights"), sources),
    )


def _check_type(keyword: str, value: object) -> None:
    """Raise QueryError where a filter is given as what it never is, such as several crises in a list."""
    row = KEYWORDS[keyword]
    if value is None or isinstance(value, str) or keyword == "weights":
        return
    if row.schema in (DAY, MOMENT) or keyword == "period_start":
        if not isinstance(value, dt.date):
            raise QueryError(
                f"{row.name}={value!r} is no day.", fix="Write it as 2025-03-12, or give a date."
            )
    elif not row.repeatable:
        fix = "Give one, or leave it out for all."
        raise QueryError(f"{row.name}={value!r} is not one value in words.", fix=fix)
    elif not isinstance(value, Collection) or not all(isinstance(each, str) for each in value):
        fix = f"Give one, or a list of them, such as {row.example}."
        raise QueryError(f"{row.name}={value!r} is neither a value in words nor a list of these.", fix=fix)


def _day_of_knowledge(given: str | dt.date | None, today: dt.date) -> dt.date:
    """Return the day of knowledge, by default ``today`` (UTC). Raises QueryError for one that has begun
    nowhere on earth: what will be known then nobody can say."""
    day = read_day("as_of", given) or today
    if day > today + AHEAD:
        raise QueryError(
            sentence("as_of=%(day)s lies in the future; nobody knows yet what will be known then.", day=day),
            fix=sentence("Give a day up to today, %(today)s, or leave as_of out.", today=today),
        )
    return day


Names = dict[str, None]
"""Names in their order, quick to look up."""


@lru_cache(maxsize=8)
def _names_of(reference: Reference) -> tuple[Names, Names, Names]:
    """The populations, sources and crises of a reference."""
    return (
        dict.fromkeys(reference.population.column("population").to_pylist()),
        dict.fromkeys(reference.source.column("source_id").to_pylist()),
        dict.fromkeys(sorted(reference.crisis.column("crisis_id").to_pylist())),
    )


@lru_cache(maxsize=32_768)
def near_areas(reference: Reference, area: str) -> frozenset[str]:
    """Return an area, those that it lies in and those that lie in it."""
    containment = Containment.of(reference)
    return frozenset({area}) | containment.ancestors(area) | containment.descendants(area)


def crises_of(reference: Reference) -> Collection[str]:
    """The crises of a reference, in order."""
    return _names_of(reference)[2]


def one_cell(query: Query) -> Query:
    """Return the query if it names one place, measure and population. Raises QueryError naming what is
    missing."""
    given = {"area": query.areas, "measure": query.measure, "population": query.population}
    lacking = [name for name, value in given.items() if not value]
    if lacking or len(query.areas) > 1:
        wanted = ", ".join(lacking) or f"area (not {len(query.areas)})"
        raise QueryError(
            sentence(
                "This question is about one place, measure and population; it names no single %(wanted)s.",
                wanted=wanted,
            ),
            fix="Name one of each, for example area=Jableh, measure=killed, population=children.",
        )
    return query


def _attribution(value: str | None) -> str | None:
    if value is None:
        return ""
    return None if value.strip().lower() == ANY else value.strip().lower()


def _method(value: str | None, sources: Collection[str]) -> str:
    """The versioned name of a method. Raises UnknownName for another name, version or origin."""
    if not value:
        return DEFAULT_METHOD
    name, _, version = value.strip().partition("/")
    base, colon, origin = name.partition(":")
    known = (base in METHODS and not colon) or (base == "latest" and bool(origin))
    if not known:
        names = ", ".join(METHODS)
        raise UnknownName(
            sentence("method=%(value)s is not a method of this service.", value=repr(value)),
            fix=sentence("Use one of: %(names)s.", names=names),
        )
    if version not in ("", METHOD_VERSION):
        raise UnknownName(
            sentence(
                "%(name)s stands at %(method_version)s, not %(version)s.",
                name=name,
                method_version=METHOD_VERSION,
                version=repr(version),
            ),
            fix=sentence("Use %(name)s/%(method_version)s.", name=name, method_version=METHOD_VERSION),
        )
    if colon:
        name = f"latest:{_one_of('source', origin, sources)}"
    return f"{name}/{METHOD_VERSION}"


def _one_of(name: str, value: str | None, known: Collection[str]) -> str | None:
    if value is None or not value.strip() or value.strip().lower() == ANY:
        return None
    text = value.strip()
    if text in known:
        return str(text)
    folded = text.lower().replace(" ", "_").replace("-", "_")
    for candidate in known:
        if candidate.lower().replace("-", "_") == folded:
            return str(candidate)
    near = tuple(get_close_matches(text.lower(), [str(term) for term in known], n=3))
    listing = KEYWORDS[name].listed_by
    fix = did_you_mean(near) or sentence("The list of %(listing)s says which are.", listing=listing)
    raise UnknownName(
        sentence("%(name)s=%(value)s is not known here.", name=name, value=repr(value)),
        fix=fix,
        suggestions=near,
    )
