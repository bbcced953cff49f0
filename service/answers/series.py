"""What is shown for a question?

The one assembly of what every way out shows: estimates with names, sorted; the reports behind them; the
head and day of knowledge they hold for. API, CSV, Parquet, page, chart and notebook all show the same
``Series``, so they cannot differ.

This module must not know about HTTP, files or the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from service import effort
from service.answers.meta import meta_of_figures
from service.answers.query import Query
from service.answers.selection import DAYS, asked_cells, looked_up, select
from service.answers.sentences import reasons_of, tell_figure
from service.errors import NotFound, QueryError
from service.reconcile.reason_terms import reason_of
from service.reference.labels import Labels
from service.schema.records import Finding, Reference, finding_row, read_findings
from service.schema.report_rules import cut_as_of
from service.schema.tables import FINDING, POINT, SERIES
from service.sentence import join_sentences, sentence, write_terms
from service.vocabulary import Role

if TYPE_CHECKING:
    import pandas as pd

    from service.reconcile import Reconciled

SERIES_ORDER = [
    (name, "ascending")
    for name in ("crisis", "area_code", "measure", "population", "attributed_to", "period_start", "date")
]
END = dt.date.max - dt.timedelta(1)
SECONDS_A_ROW, BYTES_A_ROW = 12e-6, 1_200
"""What it takes to give a row of estimates or evidence its names: see ``make bench-cost``."""
KEY = ("crisis", "area_code", "measure", "population", "attributed_to", "period_start")
"""What tells one series from another."""
_ACCOUNT = {"low": "account_low", "high": "account_high"}
_SHOWN_AS = {"crisis_id": "crisis", "areas": "area_code"}
_TOLD_APART_BY = ("area_code", "measure", "population", "crisis")
_FROM_EVIDENCE = {"report_id", "origin_id", "measure", "population", "attributed_to", "period_start"}


@dataclasses.dataclass(frozen=True)
class Series:
    """The answer to one query: ``table`` (SERIES), ``points`` (POINT, the reports behind it), ``context``."""

    query: Query
    head: str
    table: pa.Table
    points: pa.Table
    context: pa.Table
    area_names: Mapping[str, str]
    """The name of each place set asked for, shown or stated in a report behind it, by its code."""
    population_names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The name of each population and attribution shown, as a sentence has it."""
    noticed: pa.Table = dataclasses.field(default_factory=FINDING.empty_table)
    """What was noticed about the reports of the crises shown (FINDING)."""
    starts: Mapping[str, dt.date | None] = dataclasses.field(default_factory=dict)
    """From which day on each crisis counts; None where nobody knows."""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed about the reports of the crises shown."""
        return read_findings(self.noticed.to_pylist())

    @property
    def as_of(self) -> dt.date:
        return self.query.as_of

    @property
    def method(self) -> str:
        return self.query.method

    @property
    def area_order(self) -> tuple[str, ...]:
        """Place sets in the order asked; without a filter, in the order of the table."""
        return self.query.areas or tuple(dict.fromkeys(self.table.column("area_code").to_pylist()))

    @property
    def meta(self) -> dict[str, Any]:
        """What the answer holds for: the query as understood, the day of knowledge, the head, the method."""
        return meta_of_figures(self.query, self.head)

    def frame(self) -> pd.DataFrame:
        """The table as a data frame: whole numbers stay whole (Int64), dates become timestamps."""
        return frame(self.table)

    def _repr_html_(self) -> str:
        from service.answers.html import series_html

        return series_html(self)

    def figures(self) -> pa.Table:
        """The latest row of each series (SERIES), in the same order."""
        return latest(self.table)


@dataclasses.dataclass(frozen=True)
class Explanation:
    """Why one figure is what it is: its ``row`` of the series, the reports behind it by role, findings."""

    query: Query
    head: str
    row: dict[str, Any]
    points: pa.Table
    findings: tuple[Finding, ...]
    sentences: tuple[str, ...]

    @property
    def meta(self) -> dict[str, Any]:
        """What the answer holds for, with the figure, the sentences and the findings."""
        return {
            **meta_of_figures(self.query, self.head),
            "figure": self.row,
            "sentences": list(self.sentences),
            "findings": [finding_row(finding) for finding in self.findings],
        }

    def frame(self) -> pd.DataFrame:
        return frame(self.points)

    def _repr_html_(self) -> str:
        from service.answers.html import explanation_html

        return explanation_html(self)


def frame(table: pa.Table) -> pd.DataFrame:
    """Return a pandas frame of ``table``: an unknown number stays unknown (Int64 with NA), never 0 or NaN;
    a list is a list of dicts, not an array."""
    import pandas as pd

    types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    result: pd.DataFrame = table.to_pandas(types_mapper=types.get, date_as_object=False)
    for field in table.schema:
        if pa.types.is_list(field.type):
            result[field.name] = pd.Series(table.column(field.name).to_pylist(), result.index, object)
    return result


def shape(table: pa.Table, arrow: bool) -> pd.DataFrame | pa.Table:
    """Return the rows as they were asked for: Arrow, or a data frame."""
    return table if arrow else frame(table)


def _starts(rows: pa.Table, answer: Reconciled) -> pa.Array:
    """The day from which the crisis of each row counts."""
    return looked_up(rows.column("crisis_id"), answer.starts.get, pa.date32())


def assemble(query: Query, answer: Reconciled, reports: pa.Table, reference: Reference, head: str) -> Series:
    """Return the ``Series`` for ``query`` from reconciled crises and the ledger's ``reports`` behind them."""
    estimates, evidence = (
        rows.filter(asked_cells(rows, _starts(rows, answer), query))
        for rows in (answer.estimates, answer.evidence)
    )
    estimates = select(estimates, query, DAYS)  # evidence of every day: spans reach into the days asked for
    rows = estimates.num_rows + evidence.num_rows
    effort.begin(seconds=rows * SECONDS_A_ROW, memory=rows * BYTES_A_ROW)
    shown = {area for some in (estimates, evidence) for area in pc.unique(some.column("areas")).to_pylist()}
    labels = Labels.of(reference)
    names = {areas: labels.places(areas) for areas in (*query.areas, *sorted(shown))}
    table = tabulate(estimates, query, reference)
    points = points_of(evidence, reports, reference)
    stated = set(pc.unique(points.column("areas")).to_pylist()) - names.keys()
    names |= {areas: labels.places(areas) for areas in sorted(stated)}
    return Series(
        query=query,
        head=head,
        table=table,
        points=points,
        context=_context(query, table, reference),
        area_names=names,
        population_names={name: labels.attribution(name) for name in _populations(table, points)},
        noticed=answer.findings,
        starts=answer.starts,
    )


def latest(table: pa.Table) -> pa.Table:
    """Return the last row of each series of ``table`` (SERIES, in its order)."""
    if not table.num_rows:
        return table
    ends = run_ends(table, [name for name, _ in SERIES_ORDER[:-1]])
    return table.take(pc.subtract(ends, 1))


def run_ends(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Return the place after each run of rows of ``table`` that have the same values in these columns."""
    rows = table.num_rows
    if not rows:
        return pa.array([], pa.int64())
    differs = pa.chunked_array([pa.array([False] * (rows - 1), pa.bool_())])
    for name in names:
        column = table.column(name)
        here, after = column.slice(0, rows - 1), column.slice(1)
        same = pc.fill_null(pc.equal(here, after), False)
        differs = pc.or_(differs, pc.invert(pc.or_(same, pc.and_(pc.is_null(here), pc.is_null(after)))))
    is_end = pa.chunked_array([*differs.chunks, pa.array([True])]).combine_chunks()
    return pc.add(pc.indices_nonzero(is_end).cast(pa.int64()), 1)


def tabulate(estimates: pa.Table, query: Query, reference: Reference) -> pa.Table:
    """Return the estimates (ESTIMATE) as a series shows them (SERIES), for the query's day and method."""
    table = _with_names(estimates, Labels.of(reference))
    table = table.append_column("method", pa.repeat(pa.scalar(query.method, pa.string()), len(table)))
    table = table.append_column("as_of", pa.repeat(pa.scalar(query.as_of, pa.date32()), len(table)))
    return table.select(SERIES.names).cast(SERIES).sort_by(SERIES_ORDER)


def explain(series: Series, date: dt.date | None = None) -> Explanation:
    """Return the explanation of the last figure on or before ``date`` (default: the latest).

    Raises NotFound if the query holds no figure, QueryError if it holds several series.
    """
    rows = series.table
    if date is not None:
        rows = rows.filter(pc.less_equal(rows.column("date"), pa.scalar(date, pa.date32())))
    latest = dataclasses.replace(series, table=rows).figures().to_pylist()
    if not latest:
        raise NotFound(
            _no_figure(series),
            fix="Widen the filters, ask for a later as_of, or ask bounds what other figures leave room for.",
        )
    if len(latest) > 1:
        one = ", ".join(sorted({"/".join(row[name] for name in _TOLD_APART_BY) for row in latest})[:6])
        raise QueryError(
            sentence("%(number)s figures match; only one can be explained at a time.", number=len(latest)),
            fix=sentence("Name area, measure, population and crisis; there are %(some)s …", some=one),
        )
    row = latest[0]
    until = [day for day in (date, series.query.date_to) if day is not None]
    points = covering(series.points, row, min(until, default=None))
    order = {role: place for place, role in enumerate(Role)}
    rank = pa.array([order[Role(role)] for role in points.column("role").to_pylist()], pa.int64())
    points = points.append_column("_rank", rank).sort_by(
        [
            ("_rank", "ascending"),
            ("weight", "descending"),
            ("counted_to", "descending"),
            ("report_id", "ascending"),
        ]
    )
    points = points.drop_columns(["_rank"])
    is_shown = pc.is_in(series.noticed.column("subject"), points.column("report_id"))
    findings = read_findings(series.noticed.filter(is_shown).to_pylist())
    return Explanation(
        series.query, series.head, row, points, findings, tell_figure(row, points, series.population_names)
    )


def _no_figure(series: Series) -> str:
    """Return that a question has no figure, and what became of the reports there have been."""
    none = sentence("No figure for this question as of %(as_of)s.", as_of=series.as_of)
    said = reasons_of(series.points.to_pylist())
    if said is None:
        return none
    return join_sentences(none, said if said.endswith("…") else sentence("%(reasons)s.", reasons=said))


def covering(points: pa.Table, row: dict[str, Any], on: dt.date | None = None) -> pa.Table:
    """Return the points behind a row of the series: those of its own cell whose span takes in the day ``on``.

    Without a day: the last one, with all that is known.
    """
    keep = _spanning(points, on or END)
    for column in ("crisis", "area_code", "measure", "population", "attributed_to"):
        keep = pc.and_(keep, pc.equal(points.column(column), row[column]))
    start = points.column("period_start")
    same = (
        pc.is_null(start)
        if row["period_start"] is None
        else pc.equal(start, pa.scalar(row["period_start"], pa.date32()))
    )
    return points.filter(pc.and_(keep, pc.fill_null(same, False)))


def behind_figures(
    points: pa.Table, on: dt.date | None = None
) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """Return the points behind each series' row ``on`` a day, by its key, as ``covering`` finds them."""
    points_of: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for point in points.filter(_spanning(points, on or END)).to_pylist():
        points_of.setdefault(key_of(point), []).append(point)
    return points_of


def key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the key of the series that a row or a point belongs to."""
    return tuple(row[name] for name in KEY)


def _spanning(points: pa.Table, on: dt.date) -> pa.Array:
    """Whether the span of each point takes in a day."""
    day = pa.scalar(on, pa.date32())
    until = pc.fill_null(points.column("until"), pa.scalar(dt.date.max, pa.date32()))
    return pc.and_(pc.less_equal(points.column("date"), day), pc.greater(until, day))


def _with_names(table: pa.Table, labels: Labels) -> pa.Table:
    """``table`` with the columns a reader sees: crisis, area_code, area_name."""
    shown = looked_up(table.column("areas"), labels.places, pa.string())
    return table.append_column("area_name", shown).rename_columns(
        [_SHOWN_AS.get(name, name) for name in [*table.column_names, "area_name"]]
    )


def points_of(evidence: pa.Table, reports: pa.Table, reference: Reference) -> pa.Table:
    """Return EVIDENCE joined with its reports and the names of their sources (POINT)."""
    stated = [name for name in POINT.names if name in reports.column_names and name not in _FROM_EVIDENCE]
    also = ["population", "attributed_to", "counted_to_inferred"]
    said = reports.select(["report_id", *stated, *also]).rename_columns(
        {
            "areas": "areas_of_report",
            "population": "population_stated",
            "attributed_to": "attributed_to_stated",
        }
    )
    spans = evidence.drop_columns(["best"])
    spans = spans.rename_columns([_ACCOUNT.get(name, name) for name in spans.column_names])
    named = _with_names(spans, Labels.of(reference))
    joined = named.join(said, keys="report_id", join_type="inner")
    sources = dict(
        zip(
            reference.source.column("source_id").to_pylist(),
            reference.source.column("name").to_pylist(),
            strict=True,
        )
    )
    for column in ("source", "origin"):
        name = looked_up(joined.column(f"{column}_id"), lambda id_: sources.get(id_, id_), pa.string())
        joined = joined.append_column(f"{column}_name", name)
    undated = pc.and_(joined.column("counted_to_inferred"), pc.is_null(joined.column("published_on")))
    joined = joined.append_column("is_undated", undated).rename_columns({"areas_of_report": "areas"})
    at = joined.column_names.index("counted_to")
    stated_day = pc.if_else(undated, pa.scalar(None, pa.date32()), joined.column("counted_to"))
    joined = joined.set_column(at, "counted_to", stated_day)
    order = [
        (name, "ascending") for name in ("crisis", "area_code", "measure", "population", "attributed_to")
    ]
    at = joined.column_names.index("terms")
    joined = joined.set_column(at, "terms", _terms(joined.column("terms"), Labels.of(reference)))
    return (
        joined.select(POINT.names)
        .cast(POINT)
        .sort_by([*order, ("date", "ascending"), ("report_id", "ascending")])
    )


def _terms(codes: pa.ChunkedArray, labels: Labels) -> pa.Array:
    """Return the terms of reasons from what they name (EVIDENCE), each different one once."""
    different = codes.combine_chunks().dictionary_encode()
    terms = [
        write_terms(reason=reason_of(each, labels)) if each else ""
        for each in different.dictionary.to_pylist()
    ]
    return pa.array(terms, pa.string()).take(different.indices)


def _populations(table: pa.Table, points: pa.Table) -> list[str]:
    """Return the populations and attributions that rows and points name, sorted."""
    columns = [rows.column(name) for rows in (table, points) for name in ("population", "attributed_to")]
    columns += [points.column(name) for name in ("population_stated", "attributed_to_stated")]
    return sorted({name for column in columns for name in pc.unique(column).to_pylist() if name})


def _context(query: Query, table: pa.Table, reference: Reference) -> pa.Table:
    """Dated context of the crises shown, up to the day of knowledge."""
    crises = pc.unique(table.column("crisis"))
    rows = cut_as_of(reference.context, query.as_of, column="on")
    return rows.filter(pc.is_in(rows.column("crisis_id"), crises)).sort_by(
        [("on", "ascending"), ("label", "ascending")]
    )
