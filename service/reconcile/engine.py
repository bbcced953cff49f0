"""How are the rules run?

A datum's way: report -> claim (its cell, interval, weight) -> statement (an origin's figure, however many
carried it) -> span (the days it stands) -> voice (with the floors that parts of the whole give) -> agreement
-> estimate; and back from every report to what it did (evidence). Each step is one SQL file.

This module must not know where reports come from. Invariants: an estimate has low <= best <= high where
given; each report of a cell has one role on each day; one origin has one voice per cell and day.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from service.model import CELL, ESTIMATE, EVIDENCE, REFERENCE_SCHEMAS, Finding, Reference
from service.reconcile.adding_up import settle
from service.reconcile.calibration import CALIBRATED, range_method, shipped
from service.vocabulary import Severity

STEPS = (
    "1_claim", "2_lineage", "3_bound", "4_voice", "{agreement}", "5_settled", "6_estimate", "6_contested",
    "{range}", "7_evidence", "8_noticed", "8_unsettled",
)  # fmt: skip
ADDING_UP = ("5_settled", "6_contested", "8_unsettled")
"""Steps of the method ``coherent`` alone."""
AGREEMENT = {
    "least-disagreement": "5_least_disagreement",
    "nowcast": "5_least_disagreement",
    "coherent": "5_least_disagreement",
    "latest": "5_least_disagreement",
    "median": "5_median",
    "range": "5_range",
    "ucdp": "5_ucdp",
}
"""The step in which the named methods differ. ``latest:ORIGIN`` hears that origin alone."""
CELLS = ", ".join(CELL)
KNOWLEDGE = pa.schema([pa.field("crisis_id", pa.string()), pa.field("as_of", pa.date32())])
ASKED_WEIGHT = pa.schema([pa.field("name", pa.string()), pa.field("weight", pa.float64())])
Weights = Sequence[tuple[str, float]]
ROWS_A_RUN = 500_000
MARK = "@"
"""Stands between an id and the day whose copy it names."""


@dataclasses.dataclass(frozen=True)
class Reconciled:
    """What came out: ``estimates`` (ESTIMATE), ``evidence`` (EVIDENCE), and what was noticed."""

    estimates: pa.Table
    evidence: pa.Table
    findings: tuple[Finding, ...]

    def of(self, crisis: str, reports: pa.Table) -> Reconciled:
        """The part about one crisis, whose reports these are."""
        own = set(reports.column("report_id").to_pylist())
        return Reconciled(
            estimates=self.estimates.filter(pc.equal(self.estimates.column("crisis_id"), crisis)),
            evidence=self.evidence.filter(pc.equal(self.evidence.column("crisis_id"), crisis)),
            findings=tuple(finding for finding in self.findings if finding.subject in own),
        )


def reconcile(
    reports: pa.Table,
    reference: Reference,
    *,
    as_of: dt.date,
    method: str,
    calibration: pa.Table | None = None,
    weights: Weights = (),
) -> Reconciled:
    """Reconcile ``reports`` (LEDGER_REPORT, any number of crises, all known by ``as_of``).

    Estimates come sorted by cell and date, evidence by cell, date and report id. ``method`` is a versioned
    name such as ``least-disagreement/1`` or ``latest:sohr/1``. ``calibration`` (CALIBRATION) says how wide a
    range must be: the shipped one unless given; with an empty one, ranges go from the lowest statement to the
    highest. ``weights`` takes the place of shipped ones (see ``asked_weights``). Rules: docs/methodology.md.
    """
    crises = pc.unique(reports.column("crisis_id"))
    return _run(
        reports,
        reference,
        dict.fromkeys(crises.to_pylist(), as_of),
        method,
        calibration=calibration,
        weights=weights,
    )


def reconcile_days(
    reports: pa.Table,
    reference: Reference,
    *,
    days: Sequence[dt.date],
    method: str,
    weights: Weights = (),
) -> Iterator[tuple[dt.date, Reconciled]]:
    """``reconcile`` as of each of ``days`` in turn: for each day what was known of ``reports`` by then.

    Since reconciliation never crosses a crisis, each day gets a copy of the crises of its own, and many days
    are one run; a run takes as many days as ROWS_A_RUN allows, and at least one.
    """
    portion: dict[dt.date, pa.Table] = {}
    for day in days:
        known = reports.filter(pc.less_equal(reports.column("known_on"), pa.scalar(day, pa.date32())))
        if portion and sum(map(len, portion.values())) + len(known) > ROWS_A_RUN:
            yield from _run_days(portion, reference, method, weights)
            portion = {}
        portion[day] = known
    yield from _run_days(portion, reference, method, weights)


def _run_days(
    known: dict[dt.date, pa.Table], reference: Reference, method: str, weights: Weights
) -> Iterator[tuple[dt.date, Reconciled]]:
    """One run over the reports known on each day."""
    copies = {day: _marked(reports, day, "crisis_id", "report_id") for day, reports in known.items()}
    crises = [reference.crisis.slice(0, 0), *(_marked(reference.crisis, day, "crisis_id") for day in known)]
    knowledge = {
        crisis: day
        for day, reports in copies.items()
        for crisis in pc.unique(reports.column("crisis_id")).to_pylist()
    }
    together = dataclasses.replace(reference, crisis=pa.concat_tables(crises))
    answer = _run(pa.concat_tables(copies.values()), together, knowledge, method, weights=weights)
    for day in known:
        yield day, _of_day(answer, day)


def _run(
    reports: pa.Table,
    reference: Reference,
    knowledge: dict[str, dt.date],
    method: str,
    *,
    calibration: pa.Table | None = None,
    weights: Weights = (),
) -> Reconciled:
    """One run of the steps; ``knowledge`` holds the day of knowledge of each crisis."""
    name, _, origin = method.partition("/")[0].partition(":")
    days = {"crisis_id": list(knowledge), "as_of": list(knowledge.values())}
    asked, scale = asked_weights(weights)
    given = {"origin": origin, "expected": name == "nowcast", "scale": scale}
    chosen = {
        "agreement": AGREEMENT[name],
        "range": "6_range" if range_method(method) == CALIBRATED else "6_spread",
    }
    if not reports.num_rows:  # nothing comes of nothing, and a run costs a tenth of a second
        return combine([])
    with _memory().cursor() as engine:
        engine.execute("SET enable_progress_bar = false")
        engine.register("report", reports)
        engine.register("knowledge", pa.table(days, schema=KNOWLEDGE))
        engine.register("calibration", shipped() if calibration is None else calibration)
        engine.register("asked_weight", asked)
        for table in REFERENCE_SCHEMAS:
            engine.register(table, getattr(reference, table))
        for step in STEPS:
            if step in ADDING_UP and name != "coherent":
                continue
            if step == ADDING_UP[0]:
                engine.register("settled", settle(engine, reference))
            for statement, needed in _statements(step.format(**chosen)):
                engine.execute(statement, {name: given[name] for name in needed})
        return Reconciled(
            estimates=_rows(engine, "estimate", "cell_id, date", ESTIMATE),
            evidence=_rows(engine, "evidence", "cell_id, date, report_id, role", EVIDENCE),
            findings=_findings(engine),
        )


@cache
def _memory() -> duckdb.DuckDBPyConnection:
    """The empty database whose cursors hold a run each: all that a run makes is temporary and goes with it.

    Opening it takes as long as a tenth of a small crisis. (A cursor, too, since the progress bar of the
    connection itself cannot be switched off inside some notebooks.)
    """
    return duckdb.connect(":memory:", config={"threads": 1})


def asked_weights(weights: Weights) -> tuple[pa.Table, int]:
    """Weights by name (``kind:media``, ``standard:verified``: in place of the shipped ones; ``origin:sohr``:
    on top), and the power of ten by which all weights are multiplied, so that theirs are whole numbers.

    >>> asked_weights((("kind:anonymous", 0.1), ("origin:sohr", 2.0)))[1]
    10
    """
    decimals = {"kind": 0, "standard": 0, "origin": 0}
    for name, weight in weights:
        dimension = name.partition(":")[0]
        decimals[dimension] = max(decimals[dimension], len(f"{weight:.3f}".rstrip("0").partition(".")[2]))
    names, values = [name for name, _ in weights], [float(weight) for _, weight in weights]
    return pa.table([names, values], schema=ASKED_WEIGHT), 10 ** sum(decimals.values())


def _marked(table: pa.Table, day: dt.date, *columns: str) -> pa.Table:
    """``table`` with the day written behind the ids in ``columns``."""
    for column in columns:
        marked = pc.binary_join_element_wise(table.column(column), f"{MARK}{day}", "")
        place = table.column_names.index(column)
        table = table.set_column(place, table.schema.field(column), marked)
    return table


def _of_day(answer: Reconciled, day: dt.date) -> Reconciled:
    """The part of ``answer`` about one day's copies, with the ids they were copied from."""
    mark = f"{MARK}{day}"

    def own(table: pa.Table, *columns: str) -> pa.Table:
        table = table.filter(pc.ends_with(table.column("crisis_id"), mark))
        for column in columns:
            plain = pc.utf8_slice_codeunits(table.column(column), 0, -len(mark))
            place = table.column_names.index(column)
            table = table.set_column(place, table.schema.field(column), plain)
        return table

    return Reconciled(
        estimates=own(answer.estimates, "crisis_id"),
        evidence=own(answer.evidence, "crisis_id", "report_id"),
        findings=tuple(
            dataclasses.replace(finding, subject=finding.subject.removesuffix(mark))
            for finding in answer.findings
            if finding.subject.endswith(mark)
        ),
    )


def combine(answers: Sequence[Reconciled]) -> Reconciled:
    """Several crises' answers as one; reconciliation itself never crosses a crisis."""
    return Reconciled(
        estimates=pa.concat_tables([ESTIMATE.empty_table(), *(a.estimates for a in answers)]),
        evidence=pa.concat_tables([EVIDENCE.empty_table(), *(a.evidence for a in answers)]),
        findings=tuple(finding for answer in answers for finding in answer.findings),
    )


@cache
def _statements(step: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The statements of one SQL file, comments kept, each with the names of its parameters."""
    text = (files("service.reconcile") / "sql" / f"{step}.sql").read_text(encoding="utf-8")
    return tuple(
        (statement.query, tuple(sorted(statement.named_parameters)))
        for statement in duckdb.extract_statements(text)
    )


def _rows(engine: duckdb.DuckDBPyConnection, table: str, order: str, schema: pa.Schema) -> pa.Table:
    spoken = {"low": "lo AS low", "high": "hi AS high"} if table == "evidence" else {}
    columns = ", ".join(spoken.get(name, f'"{name}"') for name in schema.names)
    # cells are numbered in the order of their columns, so sorting by the number is sorting by the words
    found = engine.sql(f"SELECT {columns} FROM {table} JOIN cell USING (cell_id) ORDER BY {order}")
    return found.to_arrow_table().select(schema.names).cast(schema)


def _findings(engine: duckdb.DuckDBPyConnection) -> tuple[Finding, ...]:
    rows = engine.execute("SELECT code, message, fix, subject FROM noticed ORDER BY ALL").fetchall()
    return tuple(
        Finding(code=code, severity=Severity.WARNING, message=message, fix=fix, subject=subject)
        for code, message, fix, subject in rows
    )
