"""Which filters may a request carry, and what did this one say?

One table of filters serves the parser, the OpenAPI description and the pages. A parameter that a route does
not know, a filter given twice, an over-long value or a control character is refused with a sentence; nothing
is dropped in silence. What a value *means* is not decided here but in ``service.answers.query``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from service.answers.citation import Style
from service.answers.query import ANY
from service.errors import QueryError, UnknownName
from service.vocabulary import Measure, Severity

LONGEST_VALUE = 400
UNPRINTED = re.compile("[\x00-\x1f\x7f\ufffd]")
"""Control characters, and what stands for broken UTF-8."""
MOST_AREAS = 100
MOST_ROWS = 100_000
SAID_BY_BLANK = frozenset({"attributed_to"})
"""Filters to which a blank is an answer: figures not split by responsibility."""
KEYWORDS = {"from": "date_from", "to": "date_to"}
"""Filters whose name in a URL cannot be a Python keyword argument."""


Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string", "maxLength": LONGEST_VALUE, "pattern": r"^[^\u0000-\u001f\u007f\ufffd]*$"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
HEAD = r"\d{1,18}-[0-9a-f]{12}"
SWITCH: Schema = {"type": "string", "enum": ["0", "1"]}


def listed(name: str) -> Schema:
    """A name out of a list that the ledger keeps; the format says which."""
    return {"type": "string", "format": name}


@dataclasses.dataclass(frozen=True)
class Filter:
    """One query parameter: its name in a URL, what it means, an example that works, and what it may hold."""

    name: str
    meaning: str
    example: str
    schema: Schema = dataclasses.field(default_factory=lambda: TEXT)
    repeatable: bool = False
    required: bool = False

    def parameter(self, *, shown: bool = False) -> dict[str, Any]:
        """The filter as an OpenAPI parameter, with its example where that is to be ``shown``."""
        schema = dict(self.schema)
        if self.repeatable:
            schema = {"type": "array", "items": schema, "maxItems": MOST_AREAS}
        example = [self.example] if self.repeatable else self.example
        return {
            "name": self.name,
            "in": "query",
            "required": self.required,
            "allowEmptyValue": not self.required,  # a blank is as good as nothing
            "description": self.meaning,
            "schema": schema,
            **({"example": example} if shown else {}),
        }


AREA = Filter(
    "area",
    "A place by code or name; several joined by | count together. Repeatable.",
    "SY06",
    listed("area"),
    repeatable=True,
)
MEASURE = Filter(
    "measure", "What is counted; /v1/measures lists the terms.", "killed",
    {"type": "string", "enum": [*(str(measure) for measure in Measure), ANY]},
)  # fmt: skip
POPULATION = Filter(
    "population", "Who is counted; /v1/populations lists the terms.", "civilians", listed("population")
)
ATTRIBUTED_TO = Filter(
    "attributed_to", "Whom the source holds responsible; blank: figures not split by that; any: all.", "any"
)
CRISIS = Filter("crisis", "The crisis; /v1/crises lists them.", "syria-coast-2025-03", listed("crisis"))
SOURCE = Filter("source", "Publisher or origin; /v1/sources lists them.", "sohr", listed("source"))
DATE_FROM = Filter("from", "First day counted up to, YYYY-MM-DD.", "2025-03-06", DAY)
DATE_TO = Filter("to", "Last day counted up to, YYYY-MM-DD.", "2025-03-31", DAY)
AS_OF = Filter(
    "as_of", "The day of knowledge: only what was public by then. Default: today.", "2025-03-12", DAY
)
RECORDED_BY = Filter(
    "recorded_by", "What this ledger held at that instant, YYYY-MM-DDTHH:MM:SSZ.", "2026-11-22T12:00:00Z",
    MOMENT,
)  # fmt: skip
METHOD = Filter(
    "method",
    "The method of reconciliation; /v1/methods lists them.",
    "least-disagreement/1",
    listed("method"),
)
PERIOD_START = Filter(
    "period_start",
    "Running totals that begin on that day; any: all. Default: the crisis's own beginning.",
    "any",
    {"anyOf": [DAY, {"const": ANY}]},
)
WEIGHTS = Filter(
    "weights",
    "Weights other than the shipped: kind:, standard: (in their place) or origin: (on top). Repeatable.",
    "kind:anonymous=0.1",
    listed("weights"),
    repeatable=True,
)
DATE = Filter(
    "date", "The day counted up to whose figure is asked about. Default: the latest.", "2025-03-12", DAY
)
SINCE = Filter(
    "since", "A head, a day (its beginning) or a moment of recording; what moved after it.", "2026-01-01",
    {"anyOf": [DAY, MOMENT, {"type": "string", "pattern": f"^{HEAD}$"}]}, required=True,
)  # fmt: skip
SEVERITY = Filter(
    "severity", "How much a finding matters.", "warning",
    {"type": "string", "enum": [str(severity) for severity in Severity]},
)  # fmt: skip
CHECK = Filter("check", "The code of the check that noticed it.", "counter_drop", listed("check"))
LIMIT = Filter(
    "limit", f"At most this many rows, 1 to {MOST_ROWS}; the Link header leads to the next ones.", "50",
    {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
)  # fmt: skip
CURSOR = Filter(
    "cursor", "Where the page before ended; the Link header carries it.", "",
    {"type": "string", "pattern": rf"^{HEAD}\.\d{{1,18}}$"},
)  # fmt: skip
WALK = dataclasses.replace(CURSOR, schema={"type": "string", "pattern": rf"^{HEAD}\.\d{{1,18}}\.\d{{1,18}}$"})
CITE = Filter(
    "cite", "The citation of the answer in place of it.", "bibtex",
    {"type": "string", "enum": [str(style) for style in Style]},
)  # fmt: skip
HXL = Filter("hxl", "1: a row of HXL hashtags under the header of CSV and XLSX.", "1", SWITCH)

CELLS = (AREA, MEASURE, POPULATION, ATTRIBUTED_TO, CRISIS)
SPAN = (DATE_FROM, DATE_TO)
KNOWLEDGE = (AS_OF, RECORDED_BY)
PAGE = (LIMIT, CURSOR)
SERIES = (*CELLS, PERIOD_START, *SPAN, *KNOWLEDGE, METHOD, WEIGHTS)
EXPLAIN = (*CELLS, PERIOD_START, DATE, *KNOWLEDGE, METHOD, WEIGHTS)


def read_filters(items: Iterable[tuple[str, str]], allowed: Sequence[Filter]) -> dict[str, Any]:
    """The filters as keyword arguments of the Ledger's verbs; blank ones are left out
    where a blank says nothing.

    Raises UnknownName for a parameter that is not allowed here, and QueryError for one given twice or with a
    value no filter can have.
    """
    known = {each.name: each for each in allowed}
    values: dict[str, Any] = {}
    for name, value in items:
        if name not in known:
            raise _unknown(name, known)
        _check_text(name, value)
        if not value.strip() and name not in SAID_BY_BLANK:
            continue
        keyword = KEYWORDS.get(name, name)
        if known[name].repeatable:
            values.setdefault(keyword, []).append(value)
            if len(values[keyword]) > MOST_AREAS:
                raise QueryError(
                    f"{name} is given more than {MOST_AREAS} times.", fix="Ask in several steps."
                )
        elif values.setdefault(keyword, value) != value:
            raise QueryError(f"{name} is given twice, with different values.", fix="Give it once.")
    return values


def key_of(asked: Mapping[str, Any]) -> Hashable:
    """What was asked, whatever the order in which the filters came."""
    return tuple(sorted((name, tuple(v) if isinstance(v, list) else v) for name, v in asked.items()))


def read_switch(name: str, text: str | None) -> bool:
    """Whether 1 was given (0 or nothing: no). Raises QueryError for anything else."""
    if text not in (None, "0", "1"):
        raise QueryError(f"{name}={text!r} is neither 0 nor 1.", fix=f"Write {name}=1.")
    return text == "1"


def read_limit(text: str | None) -> int | None:
    """The row limit, None where none was asked for. Raises QueryError unless it is 1 to MOST_ROWS."""
    if text is None:
        return None
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= limit <= MOST_ROWS:
        raise QueryError(
            f"limit={text!r} is no number of rows.", fix=f"Give a whole number, 1 to {MOST_ROWS}."
        )
    return limit


def read_day(name: str, text: str | None) -> dt.date | None:
    """A day, None where none was given. Raises QueryError unless it is written YYYY-MM-DD."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise QueryError(f"{name}={text!r} is not a date.", fix="Write it as YYYY-MM-DD.") from None


def _unknown(name: str, known: dict[str, Filter]) -> UnknownName:
    near = tuple(get_close_matches(name.lower(), known, n=3, cutoff=0.5))
    shown = repr(name[:60])
    if near:
        return UnknownName(
            f"{shown} is not a parameter here.", fix=f"Did you mean {' or '.join(near)}?", suggestions=near
        )
    listed = ", ".join(known) or "none"
    return UnknownName(f"{shown} is not a parameter here.", fix=f"Parameters here: {listed}.")


def _check_text(name: str, value: str) -> None:
    if len(value) > LONGEST_VALUE:
        raise QueryError(
            f"{name} is {len(value):,} characters long.", fix=f"Use at most {LONGEST_VALUE} characters."
        )
    if UNPRINTED.search(value):
        raise QueryError(
            f"{name} holds a control character or broken UTF-8.",
            fix="Send plain UTF-8, percent-encoded.",
        )
