"""How are the rules run?

A datum's way: report -> claim (its cell, interval, weight) -> statement (an origin's figure, however many
carried it) -> span (the days it stands) -> voice (with the floors that parts of the whole give) -> agreement
-> estimate; and back from every report to what it did (evidence). Each step is one SQL file; from the
voices to the figures, where the rows are most, columns in memory (``standing``, ``agreement``, ``figures``).

This module must not know where reports come from. Invariants: an estimate has low <= best <= high where
given; each report of a cell has one role on each day; one origin has one voice per cell and day.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.model import CELL, ESTIMATE, EVIDENCE, Finding, Reference
from service.reconcile.adding_up import settle
from service.reconcile.agreement import Agreed, least_disagreement
from service.reconcile.calibration import CALIBRATED, Factors, range_method, shipped
from service.reconcile.columns import columns, days
from service.reconcile.figures import PROVISIONAL_DAYS, figures
from service.reconcile.standing import FRESHEST_LAST, VOICES, Standing, stand
from service.reconcile.steps import Engine, an_engine
from service.reconcile.walk import DATED, walk
from service.reconcile.words import IDS, READ, Words, worded
from service.vocabulary import Basis, Severity

AGREEMENT = dict.fromkeys(("least-disagreement", "latest", "nowcast", "coherent")) | {
    "median": "5_median",
    "range": "5_range",
    "ucdp": "5_ucdp",
}
"""Of methods that agree otherwise than by least disagreement, the step. ``latest:ORIGIN`` hears it alone."""
CELLS = f"SELECT crisis_no, {', '.join(CELL[1:])} FROM cell ORDER BY cell_id"
AGREED = "SELECT cell_id, date, best, is_best_blank FROM {} ORDER BY cell_id, date"
SETTLED = f"FROM settled_active ORDER BY cell_id, date, said_on, {FRESHEST_LAST}"
EVIDENCES = (
    "SELECT * RENAME (lo AS low, hi AS high) FROM evidence ORDER BY cell_id, date, report_no, role, until"
)
ESTIMATES = "FROM estimate ORDER BY cell_id, date"
NOTICED = "SELECT code, message, fix, subject FROM noticed"
ASKED_WEIGHT = pa.schema([pa.field("name", pa.string()), pa.field("weight", pa.float64())])
Weights = Sequence[tuple[str, float]]
ROWS_A_RUN = 500_000
ROWS_A_PORTION = 100_000
"""About so many reports go through the steps together: what they work on then fits the processor's cache, and
the memory needed grows with the answer alone."""
PORTIONS_AT_ONCE = min(4, os.cpu_count() or 1)
FEW = 5_000
"""Up to so many reports DuckDB takes longer to look for the best plan than the second best takes to run."""
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
    calibration: Factors | None = None,
    weights: Weights = (),
) -> Reconciled:
    """Reconcile ``reports`` (LEDGER_REPORT, any number of crises, all known by ``as_of``).

    Estimates come sorted by cell and date, evidence by cell, date and report id. ``method`` is a versioned
    name such as ``least-disagreement/1`` or ``latest:sohr/1``. ``calibration`` says how wide a range must be
    and what a count misses: the shipped one unless given; without factors, ranges go from the lowest
    statement to the highest. ``weights`` takes the place of shipped ones (see ``asked_weights``). Rules:
    docs/methodology.md.
    """
    factors = shipped() if calibration is None else calibration
    crises = pc.unique(reports.column("crisis_id")).to_pylist()
    return _run(reports, _Rules(reference, dict.fromkeys(crises, as_of), method, factors, weights))


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
    rules = _Rules(together, knowledge, method, shipped(), weights)
    answer = _run(pa.concat_tables(copies.values()), rules)
    for day in known:
        yield day, _of_day(answer, day)


@dataclasses.dataclass(frozen=True)
class _Rules:
    """What a run goes by, beside its reports. ``knowledge`` holds the day of knowledge of each crisis."""

    reference: Reference
    knowledge: Mapping[str, dt.date]
    method: str
    calibration: Factors
    weights: Weights


def _run(reports: pa.Table, rules: _Rules) -> Reconciled:
    """The answer about all ``reports``; where they are many, found portion by portion, several at once."""
    portions = list(_portions(reports))
    if len(portions) < 2:
        return combine([_reconciled(portion, rules) for portion in portions])
    with ThreadPoolExecutor(PORTIONS_AT_ONCE) as pool:
        together = combine(list(pool.map(_reconciled, portions, itertools.repeat(rules))))
    return dataclasses.replace(together, findings=tuple(sorted(together.findings, key=_told)))


def _portions(reports: pa.Table) -> Iterator[pa.Table]:
    """The reports of whole crises, in the order of the crises' names, about ROWS_A_PORTION at a time.

    Reconciliation never crosses a crisis and its answer is sorted by crisis first, so the answers to the
    portions, one after the other, are the answer to all.
    """
    reports = reports.select([*IDS, *READ])
    if len(reports) <= ROWS_A_PORTION:
        if len(reports):  # nothing comes of nothing, and a run costs a tenth of a second
            yield reports
        return
    crisis = pc.rank(reports.column("crisis_id"), tiebreaker="dense").to_numpy()
    if (np.diff(crisis.astype(np.int64)) < 0).any():
        order = np.argsort(crisis, kind="stable")
        reports, crisis = reports.take(pa.array(order)), crisis[order]
    begins = np.append(np.flatnonzero(np.diff(crisis, prepend=0)), len(reports))
    start = 0
    for end, following in itertools.pairwise([*begins[1:].tolist(), None]):
        if following is None or following - start > ROWS_A_PORTION:
            yield reports.slice(start, end - start)
            start = end


def _reconciled(reports: pa.Table, rules: _Rules) -> Reconciled:
    """The answer about reports that go through the steps together."""
    name, _, origin = rules.method.partition("/")[0].partition(":")
    words = Words.of(reports)
    inputs = {
        "report": words.numbered(reports),
        "called": words.called(origin),
        "crisis": words.crises(rules.reference, rules.knowledge),
    }
    with an_engine(is_small=len(reports) < FEW) as engine:
        engine.know("0_known", _known(rules))
        with engine.run(**inputs):
            for step in ("1_claim", "2_lineage"):
                engine.step(step)
            engine.add("walked", walk(engine.read(DATED)))
            is_any_increment = Basis.INCREMENT in pc.unique(reports.column("basis")).to_pylist()
            for step in ("2_added" if is_any_increment else "2_none_added", "2_span", "3_bound", "4_voice"):
                engine.step(step)
            cells = engine.read(CELLS)
            as_of = inputs["crisis"].column("as_of").take(cells.column("crisis_no"))
            standing, agreed = _agreed(engine, name, rules.reference)
            engine.add("figure", figures(standing, agreed, days(as_of) - PROVISIONAL_DAYS))
            for step in _from_figures(name):
                engine.step(step)
            estimates, evidence, noticed = map(engine.read, (ESTIMATES, EVIDENCES, NOTICED))
    cells = worded(cells, crisis_id=("crisis_no", words.crisis))
    evidence = worded(evidence, report_id=("report_no", words.report), origin_id=("origin_no", words.speaker))
    return Reconciled(
        estimates=_in_words(estimates, cells, ESTIMATE),
        evidence=_in_words(evidence, cells, EVIDENCE),
        findings=_findings(worded(noticed, report_id=("subject", words.report))),
    )


def _known(rules: _Rules) -> dict[str, object]:
    """What the steps go by from run to run."""
    asked, scale = asked_weights(rules.weights)
    tables = {name: getattr(rules.reference, name) for name in ("area", "population", "source", "weight")}
    factors = {"calibration": rules.calibration.range, "completion": rules.calibration.completion}
    return {**tables, **factors, "asked_weight": asked, "scale": scale}


def _agreed(engine: Engine, name: str, reference: Reference) -> tuple[Standing, Agreed]:
    """Who stands on which day, and what the method makes of it."""
    step = AGREEMENT[name]
    standing = stand(engine.read(VOICES))
    if name not in ("least-disagreement", "latest"):
        engine.add("active", standing.table())
    if step:
        engine.step(step)
        return standing, Agreed.read(engine.read(AGREED.format("agreed")), standing)
    agreed = least_disagreement(standing)
    if name == "coherent":
        engine.add("agreed", agreed.table(standing))
        engine.add("settled", settle(engine.read, reference))
        engine.step("5_settled")
        standing = Standing(columns(engine.read(SETTLED)))
        agreed = Agreed.read(engine.read(AGREED.format("settled_agreed")), standing)
    return standing, agreed


def _from_figures(name: str) -> Iterator[str]:
    """The steps from the figures to the answer, in order, each the name of its SQL file."""
    yield "6_range" if range_method(name) == CALIBRATED else "6_spread"
    if name == "coherent":
        yield "6_contested"
    if name == "nowcast":
        yield "6_expected"
    yield from ("7_evidence", "8_noticed")
    if name == "coherent":
        yield "8_unsettled"


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


def _in_words(found: pa.Table, cells: pa.Table, schema: pa.Schema) -> pa.Table:
    """``found`` with the words of its cells in place of their numbers.

    Cells are numbered from 1 in the order of their words, so what is sorted by one is sorted by the other.
    """
    words = cells.take(pc.subtract(found.column("cell_id"), 1))
    columns = {name: found.column(name) for name in schema.names if name not in words.column_names}
    columns |= dict(zip(words.column_names, words.columns, strict=True))
    return pa.table(
        {name: columns[name].cast(schema.field(name).type) for name in schema.names}, schema=schema
    )


def _findings(noticed: pa.Table) -> tuple[Finding, ...]:
    columns = (noticed.column(name).to_pylist() for name in ("code", "message", "fix", "report_id"))
    found = (
        Finding(code=code, severity=Severity.WARNING, message=message, fix=fix, subject=subject)
        for code, message, fix, subject in zip(*columns, strict=True)
    )
    return tuple(sorted(found, key=_told))


def _told(finding: Finding) -> tuple[str, str, str, str]:
    """What findings are sorted by."""
    return finding.code, finding.message, finding.fix, finding.subject
