"""Which columns do the tables have that pass between the packages?

Arrow schemas, one per table: reports, reference data, answers, findings. Conventions: a place set (``areas``)
is its area codes, sorted, unique, joined by ``|``; "not split by responsibility" is the empty string, never
NULL; an unknown number or date is NULL, never 0. Nothing here reads or writes anything.
"""

from __future__ import annotations

import pyarrow as pa

AREA_SEPARATOR = "|"

# --- reports ---------------------------------------------------------------------------------------------

REPORT_COLUMNS: tuple[pa.Field, ...] = (
    pa.field("report_id", pa.string(), nullable=False),
    pa.field("crisis_id", pa.string(), nullable=False),
    pa.field("source_id", pa.string(), nullable=False),
    pa.field("origin_id", pa.string(), nullable=False),
    pa.field("url", pa.string()),
    pa.field("published_on", pa.date32()),
    pa.field("published_time", pa.string()),
    pa.field("published_by", pa.date32()),
    pa.field("published_precision", pa.string()),
    pa.field("counted_to", pa.date32()),
    pa.field("counted_to_inferred", pa.bool_(), nullable=False),
    pa.field("counted_precision", pa.string()),
    pa.field("period_start", pa.date32()),
    pa.field("period_end", pa.date32()),
    pa.field("areas", pa.string(), nullable=False),
    pa.field("area_stated", pa.string(), nullable=False),
    pa.field("place_precision", pa.string()),
    pa.field("measure", pa.string(), nullable=False),
    pa.field("population", pa.string(), nullable=False),
    pa.field("attributed_to", pa.string(), nullable=False),
    pa.field("basis", pa.string(), nullable=False),
    pa.field("event", pa.string()),
    pa.field("low", pa.int64()),
    pa.field("best", pa.int64()),
    pa.field("high", pa.int64()),
    pa.field("number", pa.int64()),
    pa.field("count_stated", pa.string(), nullable=False),
    pa.field("standard", pa.string(), nullable=False),
    pa.field("note", pa.string(), nullable=False),
)
"""One report as accepted. ``number`` is the figure in the wording itself ("over 740" -> low 741, number
740): carriers of one statement are known by it. ``published_time`` is the time of day of publication as
stated, with its offset from UTC where there is one ("21:30-05:00"). ``published_by`` is the day by which a
report without a date of its own must have been public; ``note`` says on what ground. ``event`` is the
source's own key of the incident that the row is about (NULL: it is not about one). ``published_precision``
and ``counted_precision`` say how exactly the day of publication and the day counted to are known
(DatePrecision; NULL: there is no such day, or it was taken in before that was kept): the day is the last of
that week, month or year that is possible. ``place_precision`` (PlacePrecision) is the source's word for how
exactly it knows the place (NULL: it says nothing). None of the three names a report. ``counted_to`` is NULL
only where there is neither a count day, a period end nor any day of publication; the ledger then takes the
day of recording."""

REPORT = pa.schema(REPORT_COLUMNS)

IDENTITY = (
    "crisis_id", "source_id", "origin_id", "url", "published_on", "counted_to", "period_start", "period_end",
    "areas", "measure", "population", "attributed_to", "basis", "low", "best", "high", "count_stated",
    "standard",
)  # fmt: skip
"""The columns whose values make two rows the same report; ``report_id`` is their hash."""

LATER_IDENTITY = ("published_by", "event")
"""Columns that came after the first reports had their ids. They count in the hash only where they are given,
so that the ids of reports without them stay what they were. New ones are added at the end."""

LEDGER_REPORT = pa.schema(
    [
        *REPORT_COLUMNS,
        pa.field("known_on", pa.date32(), nullable=False),
        pa.field("recorded_at", pa.timestamp("us"), nullable=False),
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("withdrawn", pa.string()),
    ]
)
"""A report as the ledger hands it out. ``known_on`` is the day from which an as-of answer may use it:
``published_on``, else ``published_by``, else the day of recording. ``counted_to`` is never NULL here.
``seq`` is the submission that brought it, ``row`` its place in that document, ``withdrawn`` the reason it
was taken back (NULL: it stands)."""

LISTED_TOTAL = pa.schema(
    [
        *(LEDGER_REPORT.field(name) for name in ("crisis_id", "source_id", "origin_id", "areas")),
        *(LEDGER_REPORT.field(name) for name in ("measure", "population", "attributed_to", "period_start")),
    ]
)
"""A cell of which a source gives a running total. Without ``areas`` it names a column of its table."""

# --- reference data: one schema for the seed file, the registration and the query ------------------------

AREA = pa.schema(
    [
        pa.field("area_code", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("name_ar", pa.string(), nullable=False),
        pa.field("level", pa.string(), nullable=False),
        pa.field("parent_code", pa.string(), nullable=False),  # "" at the root
        pa.field("members", pa.string(), nullable=False),  # a region's area codes, joined by |; else ""
        pa.field("aliases", pa.string(), nullable=False),  # joined by |
        pa.field("lat", pa.float64()),
        pa.field("lon", pa.float64()),
    ]
)
SOURCE = pa.schema(
    [
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("name_ar", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("independence", pa.string(), nullable=False),
        pa.field("usual_standard", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("aliases", pa.string(), nullable=False),  # joined by |
        pa.field("counts_as", pa.string(), nullable=False),  # "said=meant" pairs joined by |
    ]
)
"""``counts_as`` is the origin's own definition where its carriers use another word for the same figure,
e.g. ``alawite_civilians=civilians``."""
POPULATION = pa.schema(
    [
        pa.field("population", pa.string(), nullable=False),
        pa.field("parent", pa.string(), nullable=False),  # "" for all
        pa.field("split", pa.string(), nullable=False),  # "" where siblings may share people
        pa.field("label", pa.string(), nullable=False),
        pa.field("label_ar", pa.string(), nullable=False),
        pa.field("definition", pa.string(), nullable=False),
    ]
)
"""Populations of one parent with the same ``split`` share no person: nobody is both a civilian and a
combatant, while a woman may be either. Together they may be fewer than the parent."""
CRISIS = pa.schema(
    [
        pa.field("crisis_id", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("name_ar", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),  # sudden | ongoing; "" where not known
        pa.field("period_start", pa.date32()),
        pa.field("ended_on", pa.date32()),
        pa.field("baseline_from", pa.date32()),
        pa.field("baseline_to", pa.date32()),
        pa.field("featured_areas", pa.string(), nullable=False),  # joined by |
        pa.field("whole_area", pa.string(), nullable=False),  # "" where there is none
        pa.field("about", pa.string(), nullable=False),
    ]
)
"""A running total whose stated beginning lies in ``baseline_from``..``baseline_to`` (or is not stated)
counts the same thing from ``period_start``; any other beginning is a count of its own. ``ended_on`` is the
last day of the violence or the disaster itself (NULL: it goes on, or nobody has said)."""
CONTEXT = pa.schema(
    [
        pa.field("crisis_id", pa.string(), nullable=False),
        pa.field("on", pa.date32(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
    ]
)
WEIGHT = pa.schema(
    [
        pa.field("dimension", pa.string(), nullable=False),  # kind | standard
        pa.field("term", pa.string(), nullable=False),
        pa.field("weight", pa.int64(), nullable=False),
    ]
)
MAPPING = pa.schema(
    [
        pa.field("mapping_id", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
    ]
)
"""A mapping of another layout: its TOML text. ``mapping_id`` is its name and the hash of that text. No figure
rests on it but by the reports that were read by it."""
REFERENCE_SCHEMAS: dict[str, pa.Schema] = {
    "area": AREA,
    "source": SOURCE,
    "population": POPULATION,
    "crisis": CRISIS,
    "context": CONTEXT,
    "weight": WEIGHT,
}
REFERENCE_KEYS: dict[str, tuple[str, ...]] = {
    "area": ("area_code",),
    "source": ("source_id",),
    "population": ("population",),
    "crisis": ("crisis_id",),
    "context": ("crisis_id", "on", "label"),
    "weight": ("dimension", "term"),
}


# --- answers ---------------------------------------------------------------------------------------------

CELL = ("crisis_id", "areas", "measure", "population", "attributed_to", "period_start")

CELL_COLUMNS: tuple[pa.Field, ...] = (
    pa.field("crisis_id", pa.string(), nullable=False),
    pa.field("areas", pa.string(), nullable=False),
    pa.field("measure", pa.string(), nullable=False),
    pa.field("population", pa.string(), nullable=False),
    pa.field("attributed_to", pa.string(), nullable=False),
    pa.field("period_start", pa.date32()),
)

ESTIMATE = pa.schema(
    [
        *CELL_COLUMNS,
        pa.field("date", pa.date32(), nullable=False),
        pa.field("low", pa.int64()),
        pa.field("best", pa.int64()),
        pa.field("high", pa.int64()),
        pa.field("expected_low", pa.int64()),
        pa.field("expected", pa.int64()),
        pa.field("expected_high", pa.int64()),
        pa.field("grade", pa.string(), nullable=False),
        pa.field("is_raised", pa.bool_(), nullable=False),
        pa.field("origins", pa.int64(), nullable=False),
        pa.field("reports", pa.int64(), nullable=False),
    ]
)
"""One row per cell and day on which its figure moved. NULL high: open above; NULL best: bounds only.
``is_raised``: the figure (best, or low where there is no best) stands above what was stated of the cell, at a
part of it or at the sum of its parts, whose reports have the role ``raised`` in the evidence of that day."""

EVIDENCE = pa.schema(
    [
        *CELL_COLUMNS,
        pa.field("date", pa.date32(), nullable=False),
        pa.field("until", pa.date32()),
        pa.field("report_id", pa.string(), nullable=False),
        pa.field("origin_id", pa.string(), nullable=False),
        pa.field("role", pa.string(), nullable=False),
        pa.field("weight", pa.int64(), nullable=False),
        pa.field("low", pa.int64()),
        pa.field("best", pa.int64()),
        pa.field("high", pa.int64()),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("terms", pa.string(), nullable=False),
    ]
)
"""What a report did for a cell's estimates, and from when to when: it plays ``role`` for every estimate day
in ``date`` <= day < ``until`` (NULL: to the end), standing for the interval low..high (NULL high: open).
Spans of one report and cell do not overlap, so joined with an estimate day this is one row per (estimate,
report) without being stored once per day; but ``raised`` stands beside the role that the report has in the
account of its origin. ``terms`` has what ``reason`` names, short
(``reconcile.reason_codes``); "" where it names nothing."""

SERIES = pa.schema(
    [
        pa.field("crisis", pa.string(), nullable=False),
        pa.field("area_code", pa.string(), nullable=False),
        pa.field("area_name", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("population", pa.string(), nullable=False),
        pa.field("attributed_to", pa.string(), nullable=False),
        pa.field("date", pa.date32(), nullable=False),
        pa.field("low", pa.int64()),
        pa.field("best", pa.int64()),
        pa.field("high", pa.int64()),
        pa.field("expected_low", pa.int64()),
        pa.field("expected", pa.int64()),
        pa.field("expected_high", pa.int64()),
        pa.field("grade", pa.string(), nullable=False),
        pa.field("is_raised", pa.bool_(), nullable=False),
        pa.field("origins", pa.int64(), nullable=False),
        pa.field("reports", pa.int64(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("as_of", pa.date32(), nullable=False),
        pa.field("period_start", pa.date32()),
    ]
)
"""A series row as every way out shows it. A place set of several areas keeps its joined code; ``as_of`` is
the day of knowledge; ``period_start`` tells running totals of different beginnings apart."""

POINT = pa.schema(
    [
        pa.field("crisis", pa.string(), nullable=False),
        pa.field("area_code", pa.string(), nullable=False),
        pa.field("area_name", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("population", pa.string(), nullable=False),
        pa.field("attributed_to", pa.string(), nullable=False),
        pa.field("period_start", pa.date32()),
        pa.field("date", pa.date32(), nullable=False),
        pa.field("until", pa.date32()),
        pa.field("report_id", pa.string(), nullable=False),
        pa.field("role", pa.string(), nullable=False),
        pa.field("weight", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("source_name", pa.string(), nullable=False),
        pa.field("origin_id", pa.string(), nullable=False),
        pa.field("origin_name", pa.string(), nullable=False),
        pa.field("published_on", pa.date32()),
        pa.field("published_by", pa.date32()),
        pa.field("published_precision", pa.string()),
        pa.field("counted_to", pa.date32()),
        pa.field("counted_precision", pa.string()),
        pa.field("areas", pa.string(), nullable=False),
        pa.field("area_stated", pa.string(), nullable=False),
        pa.field("place_precision", pa.string()),
        pa.field("population_stated", pa.string(), nullable=False),
        pa.field("attributed_to_stated", pa.string(), nullable=False),
        pa.field("is_undated", pa.bool_(), nullable=False),
        pa.field("account_low", pa.int64()),
        pa.field("account_high", pa.int64()),
        pa.field("low", pa.int64()),
        pa.field("best", pa.int64()),
        pa.field("high", pa.int64()),
        pa.field("count_stated", pa.string(), nullable=False),
        pa.field("basis", pa.string(), nullable=False),
        pa.field("event", pa.string()),
        pa.field("standard", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("note", pa.string(), nullable=False),
        pa.field("terms", pa.string(), nullable=False),
    ]
)
"""An evidence row joined with its report and the names a reader needs: what charts draw as markers and
``explain`` lists. ``date``..``until`` is the span of estimate days in which the report plays the role,
``counted_to`` its own day (blank where ``is_undated``: it gives none, and stands on the day by which it was
public, else on the newest day that a report of its crisis and measure names);
``published_by`` without ``published_on`` says that its day of publication is inferred;
``account_low``..``account_high`` is the interval of its origin's account that it stands for, with ``weight``;
``areas``, ``population_stated``, ``attributed_to_stated``, ``low``, ``best``, ``high`` are what the report
states."""

# --- what is found in documents ---------------------------------------------------------------------------

FINDING = pa.schema(
    [
        pa.field("code", pa.string(), nullable=False),
        pa.field("severity", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),
        pa.field("fix", pa.string(), nullable=False),
        pa.field("row", pa.int64()),
        pa.field("column", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("terms", pa.string(), nullable=False),
    ]
)
"""``terms`` has the messages and values of ``message`` and ``fix`` as JSON (``service.sentence``), "" where
each is a message by itself: by them a page says the finding in its language."""

HELD = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),  # quarantined | rejected
        pa.field("raw", pa.string(), nullable=False),  # the row as it stood, as a JSON object
    ]
)
"""Held rows: nothing that was handed in is lost."""

BATCH_REPORT = pa.schema([*REPORT_COLUMNS, pa.field("row", pa.int64(), nullable=False)])
