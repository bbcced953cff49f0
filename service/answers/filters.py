"""Which filters does a question have, and how is each of them written?

One row per filter: its name in a URL, its flag on the command line, its keyword in Python, what it means, an
example that works, and the schema of its values. Web parameters, OpenAPI, command-line options, both clients
and citations are made from these rows. It must not know FastAPI, Typer or Arrow, nor what a value stands for
in a ledger: ``service.answers.query`` decides that.

>>> KEYWORDS["date_from"].name, KEYWORDS["date_from"].flag
('from', '--from')
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, TypedDict

from service.language import LANGUAGES
from service.vocabulary import Dates, Measure, Severity

ANY: Final = "any"
"""The value that lets every value through; without it, some filters let only one through by default."""
LONGEST_VALUE = 400
"""How many characters a value may have."""
MOST_VALUES = 100
"""How many values a repeatable filter may have."""
MOST_ROWS = 100_000
"""How many rows a page may have."""

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string", "maxLength": LONGEST_VALUE, "pattern": r"^[^\u0000-\u001f\u007f\ufffd]*$"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
HEAD = r"\d{1,18}-[0-9a-f]{12}"
"""The pattern of a head: the number of the last entry, and the beginning of its hash."""
SWITCH: Schema = {"type": "string", "enum": ["0", "1"]}
"""On (1) or off (0)."""


class Style(StrEnum):
    """The formats of a citation that citation managers read."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"


def listed_name(name: str) -> Schema:
    """Return the schema of a name from a list that the ledger keeps; ``format`` says which list."""
    return {"type": "string", "format": name}


@dataclasses.dataclass(frozen=True)
class Filter:
    """One filter. ``keyword`` and ``flag`` follow from ``name`` where they are not given."""

    name: str
    meaning: str
    example: str
    schema: Schema = dataclasses.field(default_factory=lambda: TEXT)
    _: dataclasses.KW_ONLY
    keyword: str = ""
    flag: str = ""
    metavar: str = "WORD"
    """What the help of a command shows in place of a value."""
    listed_by: str = ""
    """The verb that lists the values."""
    repeatable: bool = False
    required: bool = False
    blank_is_a_value: bool = False
    """Whether a blank value has a meaning of its own. If not, a blank is the same as no value."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "keyword", self.keyword or self.name)
        object.__setattr__(self, "flag", self.flag or f"--{self.name.replace('_', '-')}")


AREA = Filter(
    name="area",
    meaning="A place by code or name; several joined by | are counted together.",
    example="SY06",
    schema=listed_name("area"),
    metavar="PLACE",
    listed_by="areas",
    repeatable=True,
)
MEASURE = Filter(
    name="measure",
    meaning="What is counted: killed, injured, …",
    example="killed",
    schema={"type": "string", "enum": [*(str(measure) for measure in Measure), ANY]},
    listed_by="measures",
)
POPULATION = Filter(
    name="population",
    meaning="Who is counted: all, civilians, …",
    example="civilians",
    schema=listed_name("population"),
    listed_by="populations",
)
ATTRIBUTED_TO = Filter(
    name="attributed_to",
    meaning="Whom the source holds responsible, or any. Default: figures not split by it.",
    example="any",
    blank_is_a_value=True,
)
CRISIS = Filter(
    name="crisis",
    meaning="One crisis only.",
    example="syria-coast-2025-03",
    schema=listed_name("crisis"),
    metavar="ID",
    listed_by="crises",
)
SOURCE = Filter(
    name="source",
    meaning="Reports this source published, or whose figure it is.",
    example="sohr",
    schema=listed_name("source"),
    metavar="ID",
    listed_by="sources",
)
DATE_FROM = Filter(
    name="from",
    meaning="First day counted up to, YYYY-MM-DD.",
    example="2025-03-06",
    schema=DAY,
    keyword="date_from",
    metavar="DAY",
)
DATE_TO = Filter(
    name="to",
    meaning="Last day counted up to, YYYY-MM-DD.",
    example="2025-03-31",
    schema=DAY,
    keyword="date_to",
    metavar="DAY",
)
AS_OF = Filter(
    name="as_of",
    meaning="The day of knowledge: only what was public by then. Default: today.",
    example="2025-03-12",
    schema=DAY,
    metavar="DAY",
)
DATES = Filter(
    name="dates",
    meaning="Days of publication: all, or stated: without those that are inferred. Default: all.",
    example="stated",
    schema={"type": "string", "enum": [str(dates) for dates in Dates]},
)
RECORDED_BY = Filter(
    name="recorded_by",
    meaning="What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now.",
    example="2026-11-22T12:00:00Z",
    schema=MOMENT,
    metavar="TIME",
)
METHOD = Filter(
    name="method",
    meaning="How to reconcile. Default: least-disagreement.",
    example="least-disagreement/2",
    schema=listed_name("method"),
    metavar="NAME",
    listed_by="methods",
)
PERIOD_START = Filter(
    name="period_start",
    meaning="Running totals that begin on that day, or any. Default: the crisis's own beginning.",
    example="any",
    schema={"anyOf": [DAY, {"const": ANY}]},
    metavar="DAY",
)
WEIGHTS = Filter(
    name="weights",
    meaning="A weight other than the shipped: kind: or standard: (in its place) or origin: (on top).",
    example="kind:anonymous=0.1",
    schema=listed_name("weights"),
    flag="--weight",
    metavar="W",
    repeatable=True,
)
QUESTION = (
    CRISIS, AREA, MEASURE, POPULATION, ATTRIBUTED_TO, SOURCE, DATE_FROM, DATE_TO, AS_OF, DATES, RECORDED_BY,
    METHOD, PERIOD_START, WEIGHTS,
)  # fmt: skip
"""The filters that make up a ``Query``, in the order in which an answer's ``meta`` names them."""
KEYWORDS = {each.keyword: each for each in QUESTION}

DATE = Filter(
    name="date",
    meaning="The day counted up to whose figure is meant. Default: the latest.",
    example="2025-03-12",
    schema=DAY,
    metavar="DAY",
)
SINCE = Filter(
    name="since",
    meaning="A head, a day (its beginning) or a moment of recording, in UTC; what moved after it.",
    example="2026-01-01",
    schema={"anyOf": [DAY, MOMENT, {"type": "string", "pattern": f"^{HEAD}$"}]},
    metavar="WHEN",
    required=True,
)
SEVERITY = Filter(
    name="severity",
    meaning="How much a finding matters.",
    example="warning",
    schema={"type": "string", "enum": [str(severity) for severity in Severity]},
)
CHECK = Filter(
    name="check", meaning="The code of the check that noticed it.", example="counter_drop",
    schema=listed_name("check"), metavar="CODE",
)  # fmt: skip
LIMIT = Filter(
    name="limit",
    meaning=f"At most this many rows, 1 to {MOST_ROWS}; the Link header leads to the next ones.",
    example="50",
    schema={"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
)
CURSOR = Filter(
    name="cursor",
    meaning="Where the page before ended; the Link header carries it.",
    example="",
    schema={"type": "string", "pattern": rf"^{HEAD}\.\d{{1,18}}$"},
)
WALK = dataclasses.replace(CURSOR, schema={"type": "string", "pattern": rf"^{HEAD}\.\d{{1,18}}\.\d{{1,18}}$"})
"""The cursor of rows that are read page by page: it names the entry and the row within it."""
CITE = Filter(
    name="cite",
    meaning="The citation of the answer in place of it.",
    example="bibtex",
    schema={"type": "string", "enum": [str(style) for style in Style]},
)
HXL = Filter(
    name="hxl",
    meaning="1: a row of HXL hashtags under the header of CSV and XLSX.",
    example="1",
    schema=SWITCH,
)

NOTES = Filter(
    name="notes",
    meaning="1: the notes as well, for who sends a key.",
    example="0",
    schema=SWITCH,
)
PASSAGE = Filter(
    name="text",
    meaning="A sentence with a figure, or the number alone, in English, French or Arabic.",
    example="683 civilians were killed in Latakia",
    metavar="SENTENCE",
    required=True,
)
ONE_REPORT = Filter(
    name="a",
    meaning="The id of a report, as in reports.",
    example="r46cf8bb1e6f571e4c92a",
    schema={"type": "string", "pattern": "^r[0-9a-f]{20}$"},
    metavar="REPORT",
    required=True,
)
OTHER_REPORT = dataclasses.replace(
    ONE_REPORT,
    name="b",
    keyword="b",
    flag="--b",
    meaning="The id of another report.",
    example="r0a85bcbad607db7f4311",
)
COMPARE = Filter(
    name="compare",
    meaning="What the chart sets side by side: ids of origins, days of knowledge, or another crisis.",
    example="sohr",
    repeatable=True,
)
AXIS = Filter(
    name="axis",
    meaning="Own: each panel has its own vertical axis; shared: all have one. Default: own.",
    example="shared",
    schema={"type": "string", "enum": ["own", "shared"]},
)
SCALE = Filter(
    name="scale",
    meaning="The vertical axis: linear or log. Default: linear.",
    example="log",
    schema={"type": "string", "enum": ["linear", "log"]},
)
PER = Filter(
    name="per",
    meaning="Bars for each day or each week. Default: by how long it lasts.",
    example="week",
    schema={"type": "string", "enum": ["day", "week"]},
)
NARROWEST, WIDEST = 300, 2000
WIDTH = Filter(
    name="width",
    meaning=f"How many pixels wide a picture is, {NARROWEST} to {WIDEST}. Default: 720.",
    example="360",
    schema={"type": "integer", "minimum": NARROWEST, "maximum": WIDEST},
    metavar="PIXELS",
)
LANGUAGE = Filter(
    name="language",
    meaning="The language of a picture's words. Default: en.",
    example="ar",
    schema={"type": "string", "enum": list(LANGUAGES)},
)
CHART_OPTIONS = (COMPARE, AXIS, SCALE, PER, WIDTH, LANGUAGE)

CELLS = (AREA, MEASURE, POPULATION, ATTRIBUTED_TO, CRISIS)
SPAN = (DATE_FROM, DATE_TO)
KNOWLEDGE = (AS_OF, DATES, RECORDED_BY)
SERIES = (*CELLS, PERIOD_START, *SPAN, *KNOWLEDGE, METHOD, WEIGHTS)
FIGURE = (*CELLS, PERIOD_START, *KNOWLEDGE, METHOD, WEIGHTS)
EXPLAIN = (*CELLS, PERIOD_START, DATE, *KNOWLEDGE, METHOD, WEIGHTS)
REPORTS = (*CELLS, SOURCE, *SPAN, *KNOWLEDGE)
REVISIONS = (*CELLS, SOURCE, *KNOWLEDGE)
LOOKUP = (PASSAGE, AREA, MEASURE, POPULATION, CRISIS, *KNOWLEDGE, METHOD)
DIFFERENCES = (ONE_REPORT, OTHER_REPORT, RECORDED_BY)


class Filters(TypedDict, total=False):
    """The keywords of ``QUESTION`` as type checkers read them: loose text or values.

    ``area`` is one or several codes or names; several joined by ``|`` are one place set. ``as_of`` defaults
    to today; ``dates`` to all, inferred days of publication too; ``attributed_to`` to figures not split by
    responsibility, ``period_start`` to each crisis's own beginning (``any``: all of them). ``source`` is a
    publisher or an origin. ``weights`` replace the shipped ones (see ``service.reference.weights``).
    """

    crisis: str | None
    area: str | Sequence[str] | None
    measure: str | None
    population: str | None
    attributed_to: str | None
    source: str | None
    date_from: str | dt.date | None
    date_to: str | dt.date | None
    as_of: str | dt.date | None
    dates: str | None
    recorded_by: str | dt.datetime | None
    method: str | None
    period_start: str | dt.date | None
    weights: str | Sequence[str] | Mapping[str, float] | None
