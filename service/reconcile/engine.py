"""How are the rules run?

A datum's way: report -> claim (its cell, interval, weight) -> statement (an origin's figure, however many
carried it) -> span (the days it stands) -> voice (with the floors that parts of the whole give) -> agreement
-> figure -> estimate; and back from every report to what it did (evidence). Each step is columns in memory, a
module of its own; what only some methods need is SQL (``methods``).

This module must not know where reports come from. Invariants: an estimate has low <= best <= high where
given; each report of a cell has one role on each day; one origin has one voice per cell and day.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.calibration import Factors, shipped
from service.reconcile.cells import Cells
from service.reconcile.claims import READ, claimed
from service.reconcile.columns import Whole
from service.reconcile.evidence import evidence
from service.reconcile.figures import PROVISIONAL_DAYS, figures
from service.reconcile.findings import findings, in_order, noticed
from service.reconcile.known import Known, Weights
from service.reconcile.lineage import Lineage
from service.reconcile.methods import METHODS
from service.reconcile.standing import stand
from service.reconcile.steps import an_engine
from service.reconcile.voices import voices
from service.reconcile.words import Numbered
from service.schema.records import Finding, Reference
from service.schema.report_rules import cut_as_of
from service.schema.tables import CELL, ESTIMATE, EVIDENCE

ROWS_A_RUN = 500_000
ROWS_A_PORTION = 100_000
"""About so many reports go through the steps together: what they work on then fits the processor's cache, and
the memory needed grows with the answer alone."""
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
    statement to the highest. ``weights`` takes the place of shipped ones (see ``known.Weights``). Rules:
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
        known = cut_as_of(reports, day)
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
    """The answer about all ``reports``; where they are many, found portion by portion."""
    together = combine([_reconciled(portion, rules) for portion in _portions(reports)])
    return dataclasses.replace(together, findings=tuple(sorted(together.findings, key=in_order)))


def _portions(reports: pa.Table) -> Iterator[pa.Table]:
    """The reports of whole crises, in the order of the crises' names, about ROWS_A_PORTION at a time.

    Reconciliation never crosses a crisis and its answer is sorted by crisis first, so the answers to the
    portions, one after the other, are the answer to all.
    """
    reports = reports.select(READ)
    if len(reports) <= ROWS_A_PORTION:
        if len(reports):
            yield reports
        return
    crisis = Numbered.of(reports.column("crisis_id")).numbers
    if (np.diff(crisis) < 0).any():
        order = np.argsort(crisis, kind="stable")
        reports, crisis = reports.take(pa.array(order)), crisis[order]
    begins = np.append(np.flatnonzero(np.diff(crisis, prepend=-1)), len(reports))
    start = 0
    for end, following in itertools.pairwise([*begins[1:].tolist(), None]):
        if following is None or following - start > ROWS_A_PORTION:
            yield reports.slice(start, end - start)
            start = end


def _reconciled(reports: pa.Table, rules: _Rules) -> Reconciled:
    """The answer about reports that go through the steps together."""
    name, _, origin = rules.method.partition("/")[0].partition(":")
    known = Known.of(rules.reference, rules.weights)
    claims = claimed(reports, rules.reference.crisis, known, origin)
    lineage = Lineage.of(claims)
    said = voices(lineage.spans, lineage.bounds, claims)
    new_after = _days_of_knowledge(rules.knowledge, claims.cells) - PROVISIONAL_DAYS
    with an_engine(is_small=len(reports) < FEW) as engine:
        method = METHODS[name](name, claims, rules.reference, rules.calibration, engine)
        standing, agreed = method.agreed(stand(said))
        estimate = method.estimated(figures(standing, agreed, new_after), lineage.walked.rows)
        found = evidence(lineage, said)
        told = pa.concat_tables([noticed(lineage, found), *method.noticed()])
    cells = claims.cells.table.select(CELL)
    return Reconciled(
        estimates=_in_words(estimate, cells, ESTIMATE),
        evidence=_in_words(found.table(claims), cells, EVIDENCE),
        findings=findings(told, claims.report),
    )


def _days_of_knowledge(knowledge: Mapping[str, dt.date], cells: Cells) -> Whole:
    """The day of knowledge of each cell's crisis."""
    crises = cells.named["crisis"]
    days = np.array([knowledge[crisis] for crisis in crises.words], "datetime64[D]")
    return days.astype(np.int64)[crises.numbers]


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
