"""How are the rules run over many crises?

Reports become claims and statements together; every crisis and measure is then reconciled by itself, and its
figures and evidence become rows. This module does not know where reports come from. Invariants: best, low and
high of a cell never fall from one day to the next, and no part is above its whole.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile import findings as noticed
from service.reconcile.calibration import ALONE, Factors, shipped
from service.reconcile.cells import NAMED, cell_table
from service.reconcile.claims import READ, Claims, read_claims
from service.reconcile.columns import (
    NONE,
    OPEN,
    Column,
    Whole,
    array,
    firsts,
    order,
    put_most,
    sum_of_groups,
)
from service.reconcile.consistency import KEPT
from service.reconcile.crisis import Crisis, DaySums, reconcile_crisis
from service.reconcile.evidence import carried_evidence, crisis_evidence
from service.reconcile.evidence_rows import concatenate
from service.reconcile.expected import Clock, Settling, expect, revisions_of
from service.reconcile.grades import CORROBORATED, GRADES, PROVISIONAL, PROVISIONAL_DAYS, SINGLE_SOURCE
from service.reconcile.grid import Grid
from service.reconcile.increments import sum_days
from service.reconcile.kept import BLANK
from service.reconcile.known import Known, Weights
from service.reconcile.methods import METHODS
from service.reconcile.reasons import ROLES, TAKES_BACK, reasons, reasons_of_retractions
from service.reconcile.result import Asked, Reconciled, combine
from service.reconcile.statements import HEARD, Statements, decode_origin, group_statements
from service.reconcile.words import Numbered
from service.reference.labels import Labels
from service.schema.records import Reference
from service.schema.report_rules import cut_as_of
from service.schema.tables import CELL, ESTIMATE, EVIDENCE
from service.vocabulary import Role

ROWS_A_PORTION = 100_000
"""About so many reports go through the steps together: memory then grows with the answer alone."""
EPOCH = dt.date(1970, 1, 1)
SETTLED_METHOD = "least-disagreement"
"""The method of which it was learnt where its figures settle."""


def reconcile(
    reports: pa.Table,
    reference: Reference,
    *,
    as_of: dt.date,
    method: str,
    calibration: Factors | None = None,
    weights: Weights = (),
    asked: Sequence[Asked] = (),
) -> Reconciled:
    """Reconcile ``reports`` (LEDGER_REPORT, any number of crises, all known by ``as_of``).

    Estimates come sorted by cell and date, evidence by cell, date and report id. ``method`` is a versioned
    name such as ``least-disagreement/2`` or ``latest:sohr/1``; ``calibration`` says where tolls are expected
    to settle: the shipped factors unless given; ``weights`` takes the place of shipped ones (see
    ``known.Weights``). Cells ``asked`` about are answered like all others, though nobody reported them.
    Rules: docs/methodology.md.
    """
    name, _, origin = method.partition("/")[0].partition(":")
    if name not in METHODS:
        raise KeyError(method)
    known = Known.of(reference, weights)
    factors = shipped() if calibration is None else calibration
    answers = []
    for portion in _portions(reports):
        run = _Run(portion, reference, known, origin, asked)
        answers.append(run.reconciled(name, (as_of - EPOCH).days, factors))
    together = combine(answers)
    return dataclasses.replace(together, findings=tuple(sorted(together.findings, key=noticed.in_order)))


def reconcile_days(
    reports: pa.Table, reference: Reference, *, days: Sequence[dt.date], method: str, weights: Weights = ()
) -> Iterator[tuple[dt.date, Reconciled]]:
    """``reconcile`` as of each of ``days`` in turn: for each day what was known of ``reports`` by then."""
    for day in days:
        yield day, reconcile(cut_as_of(reports, day), reference, as_of=day, method=method, weights=weights)


def _portions(reports: pa.Table) -> Iterator[pa.Table]:
    """The reports of whole crises, in the order of the crises' names, about ROWS_A_PORTION at a time."""
    reports = reports.select(READ)
    if len(reports) <= ROWS_A_PORTION:
        if len(reports):
            yield reports
        return
    crisis = Numbered.of(reports.column("crisis_id")).numbers
    if (np.diff(crisis) < 0).any():
        sequence = np.argsort(crisis, kind="stable")
        reports, crisis = reports.take(pa.array(sequence)), crisis[sequence]
    begins = np.append(np.flatnonzero(np.diff(crisis, prepend=-1)), len(reports)).tolist()
    start = 0
    for end, following in zip(begins[1:], [*begins[2:], None], strict=True):
        if following is None or following - start > ROWS_A_PORTION:
            yield reports.slice(start, end - start)
            start = end


class _Run:
    """Reports that go through the steps together."""

    def __init__(
        self, reports: pa.Table, reference: Reference, known: Known, alone: str, asked: Sequence[Asked]
    ) -> None:
        self.known = known
        self.claims: Claims = read_claims(reports, reference.crisis, known, alone)
        self.statements: Statements = group_statements(self.claims)
        self.added = sum_days(self.claims)
        self.revisions = revisions_of(self.claims)
        self.known_of = {
            row["crisis_id"]: (row["kind"], row["ended_on"])
            for row in reference.crisis.filter(
                pc.is_in(reference.crisis["crisis_id"], pa.array(self.claims.cells.named["crisis"].words))
            ).to_pylist()
        }
        """Of each crisis its kind and its last day; "" and None where they are not known."""
        speakers = self.claims.speakers
        self.weight = np.rint(speakers.weight * known.scale).astype(np.int64)
        self.is_heard = speakers.is_heard
        cells = self.claims.cells
        named = {
            name: [cells.named[name].words[n] for n in cells.named[name].numbers.tolist()] for name in NAMED
        }
        number = {cell: n for n, cell in enumerate(zip(*named.values(), cells.begins.tolist(), strict=True))}
        is_reported = np.zeros(len(cells), np.bool_)
        of, claims = self.statements.of_claim, self.claims
        is_taken_back = (claims.disowned_by != NONE) | np.append(self.statements.is_taken_back, False)[of]
        is_reported[claims.rows["cell_id"][~is_taken_back] - 1] = True
        is_answered = is_reported.copy()
        begins = []
        for cell in dict.fromkeys(asked):
            begin = NONE if cell.period_start is None else (cell.period_start - EPOCH).days
            areas = known.containment.regions.get(cell.areas, cell.areas)
            words = (cell.crisis_id, areas, cell.measure, cell.population, cell.attributed_to)
            if (*words, begin) in number:
                is_answered[number[*words, begin]] = True
            elif cell.crisis_id in cells.named["crisis"].words:
                for name, word in zip(NAMED, words, strict=True):
                    named[name].append(word)
                begins.append(begin)
        self.words: dict[str, list[str]] = named
        self.begins: Whole = np.concatenate([cells.begins, np.array(begins, np.int64)])
        self.is_reported = np.concatenate([is_reported, np.zeros(len(begins), np.bool_)])
        self.is_answered = np.concatenate([is_answered, np.ones(len(begins), np.bool_)])
        """Cells that a standing report is about, or somebody asks about: what was taken back names none."""

    def reconciled(self, method: str, as_of: int, factors: Factors) -> Reconciled:
        estimates, pieces, odd = [], [], []
        settling = Settling.of(factors.settling) if method == SETTLED_METHOD else None
        for cells, crisis in self._crises(method):
            estimates.append(self._estimate(cells, crisis, as_of, settling))
            pieces += crisis_evidence(crisis, self.statements, cells)
            odd.append(noticed.sums(crisis, cells))
        spoken = np.concatenate([piece["claim"] for piece in pieces]) if pieces else np.zeros(0, np.int64)
        pieces += carried_evidence(self.statements, self.claims, spoken)
        evidence = concatenate(pieces)
        rows = (
            {name: np.concatenate([part[name] for part in estimates]) for name in estimates[0]}
            if estimates
            else {}
        )
        names = cell_table(self.words, self.begins, Labels.of(self.known.reference))
        found = [
            *noticed.of_evidence(evidence, self.claims, names),
            *noticed.of_sums(odd, names, self.claims, self.statements.claim),
            *noticed.of_retractions(self.claims, names),
        ]
        return Reconciled(self._estimates(rows, names), self._evidence(evidence, names), tuple(found))

    def _crises(self, method: str) -> Iterator[tuple[Whole, Crisis]]:
        """Each crisis and measure: its cells, and what the accounts make of it."""
        group = _numbers(self.words["crisis"]) * (1 << 20) + _numbers(self.words["measure"])
        statements, extra = self.statements, self.added
        heard = self.is_heard[decode_origin(statements.origin)]
        heard &= statements.status == HEARD
        sums_heard = self.is_heard[extra["origin_no"]]
        by_group = np.argsort(group, kind="stable")
        first = firsts(group[by_group])
        of_statement = group[statements.cell] if len(statements) else group[:0]
        of_sum = group[extra["cell_id"] - 1] if len(extra["cell_id"]) else group[:0]
        in_order, sums_in_order = np.argsort(of_statement, kind="stable"), np.argsort(of_sum, kind="stable")
        local = np.zeros(len(group), np.int64)
        for begin, end in zip(first.tolist(), [*first[1:].tolist(), len(group)], strict=True):
            cells = np.sort(by_group[begin:end])
            cells = cells[self.is_answered[cells]]
            if not len(cells):
                continue
            local[cells] = np.arange(len(cells))
            rows = _run_of(of_statement, in_order, int(group[cells[0]]))
            rows = rows[heard[rows]]
            sums = _run_of(of_sum, sums_in_order, int(group[cells[0]]))
            sums = sums[sums_heard[sums]]
            if not len(rows) + len(sums):
                continue
            days = np.unique(np.concatenate([statements.day[rows], extra["day"][sums]]))
            words = {name: [self.words[name][c] for c in cells.tolist()] for name in NAMED}
            grid = Grid.of(words, self.begins[cells].tolist(), days, self.known.containment)
            claim = self.claims.first[extra["statement"][sums]]
            together = DaySums(
                local[extra["cell_id"][sums] - 1], extra["origin_no"][sums], extra["day"][sums],
                extra["lo"][sums], extra["is_running"][sums],
                extra["is_anonymous"][sums], claim,
            )  # fmt: skip
            yield (
                cells,
                reconcile_crisis(
                    grid,
                    statements,
                    rows,
                    local[statements.cell[rows]],
                    is_reported=self.is_reported[cells],
                    added=together,
                    weight=self.weight,
                    method=method,
                ),
            )

    def _estimate(
        self, cells: Whole, crisis: Crisis, as_of: int, settling: Settling | None
    ) -> dict[str, Column]:
        """The rows of one crisis and measure: one for each cell and day on which its figure moved."""
        figures, days = crisis.figures, crisis.grid.days
        reports, published = self._support(crisis, len(days))
        new = as_of - PROVISIONAL_DAYS
        is_firm = (crisis.grades == CORROBORATED) | (crisis.grades == SINGLE_SOURCE)
        grades = np.where(is_firm & (days > new) & (published > new), PROVISIONAL, crisis.grades)
        is_raised = crisis.raises.marks(figures.best.shape)
        shown = (figures.low != BLANK) | (figures.best != BLANK) | (figures.high != BLANK)
        shown &= days >= self.begins[cells][:, np.newaxis]  # NONE, not known, lies before all days
        moved = shown.copy()
        moved[:, 1:] &= ~shown[:, :-1] | np.logical_or.reduce(
            [
                values[:, 1:] != values[:, :-1]
                for values in (figures.low, figures.best, figures.high, grades, is_raised)
            ]
        )
        since = np.where(self.begins[cells] == NONE, days[np.argmax(shown, axis=1)], self.begins[cells])
        stage = days - since[:, np.newaxis]
        taught = self.revisions.of(cells)
        kind, ended = self.known_of.get(self.words["crisis"][int(cells[0])], ("", None))
        clock = Clock.of(kind, as_of, None if ended is None else (ended - EPOCH).days)
        apart = _apart(figures.low, figures.best, figures.high, crisis.origins)
        expected = expect(crisis.grid, figures, moved, stage, apart, clock, settling, taught)
        for values in (expected.low, expected.middle, expected.high):
            moved[:, 1:] |= shown[:, 1:] & (values[:, 1:] != values[:, :-1])
        # a ceiling that nothing holds any more ends: its row is blank, else a reader would carry it on
        moved[:, 1:] |= shown[:, :-1] & ~shown[:, 1:]
        row, day = np.nonzero(moved)
        served = {
            "low": figures.low, "best": figures.best, "high": figures.high, "expected_low": expected.low,
            "expected": expected.middle, "expected_high": expected.high,
        }  # fmt: skip
        return {
            "cell": cells[row],
            "date": days[day],
            **{name: _with_blanks(values[row, day], NONE) for name, values in served.items()},
            "grade": grades[row, day],
            "is_raised": is_raised[row, day],
            "origins": crisis.origins[row, day],
            "reports": reports[row, day],
        }  # fmt: skip

    def _support(self, crisis: Crisis, days: int) -> tuple[Whole, Whole]:
        """How many reports state each cell by each day (else its parts, else its wholes), and the newest
        publication."""
        kept = crisis.why == KEPT
        place = np.full(len(self.statements), -1)
        place[crisis.statement[kept]] = np.flatnonzero(kept)
        of = self.statements.of_claim
        claim = np.flatnonzero(of >= 0)
        claim = claim[place[of[claim]] >= 0]
        cell = crisis.local[place[of[claim]]]
        day = np.searchsorted(crisis.grid.days, self.statements.day[of[claim]])
        sums = crisis.added.cell * days + np.searchsorted(crisis.grid.days, crisis.added.day)
        slots = len(crisis.grid) * days
        own = np.bincount(np.concatenate([cell * days + day, sums]), minlength=slots).reshape(-1, days)
        published = np.full(own.shape, NONE)
        put_most(published, cell, day, self.claims.rows["public_on"][claim])
        own, published = np.cumsum(own, axis=1), np.maximum.accumulate(published, axis=1)
        grid = crisis.grid
        first = firsts(grid.outer)
        inside = sum_of_groups(own, grid.inner, first)
        around = sum_of_groups(own[:, -1:], grid.outer[grid.by_inner], firsts(grid.inner[grid.by_inner]))
        return np.where(own > 0, own, np.where(inside > 0, inside, around)), published

    def _estimates(self, rows: dict[str, Column], cells: pa.Table) -> pa.Table:
        if not rows:
            return ESTIMATE.empty_table()
        sequence = order(rows["cell"], rows["date"])
        found = {name: values[sequence] for name, values in rows.items()}
        grade = GRADES.take(pa.array(found["grade"]))
        return _in_words(found, {"grade": grade}, cells, ESTIMATE)

    def _evidence(self, rows: dict[str, Column], cells: pa.Table) -> pa.Table:
        claims = self.claims
        found = dict(rows)
        found["report"] = claims.rows["report_no"][rows["claim"]]
        found["origin_no"] = claims.rows["origin_no"][rows["claim"]]
        why = reasons(found, claims, cells)
        beside = self._beside()
        sequence = order(
            np.concatenate([rows["cell"], beside["cell"]]),
            np.concatenate([rows["date"], beside["date"]]),
            np.concatenate([found["report"], beside["report"]]),
            np.concatenate([-rows["weight"], beside["weight"]]),
        )
        names = ("cell", "date", "until", "weight", "low", "best", "high", "report", "origin_no")
        columns = {name: np.concatenate([found[name], beside[name]])[sequence] for name in names}
        taken_back = pa.array([TAKES_BACK] * len(claims.retractions["said"]), pa.int64())
        roles = [ROLES.take(pa.array(rows["kind"])), ROLES.take(taken_back)]
        roles.append(pa.array([str(Role.WITHDRAWN)] * len(claims.withdrawn["said"]), pa.string()))
        texts = {
            "report_id": claims.report.take(pa.array(columns["report"])),
            "origin_id": claims.speakers.source_id.take(pa.array(columns["origin_no"])),
            "role": pa.concat_arrays(roles).take(pa.array(sequence)),
            "reason": pa.concat_arrays(
                [why, reasons_of_retractions(claims), claims.why.cast(pa.string())]
            ).take(pa.array(sequence)),
        }
        return _in_words(columns, texts, cells, EVIDENCE)

    def _beside(self) -> dict[str, Column]:
        """The evidence of reports that claim nothing: retractions, and what was withdrawn."""
        claims = self.claims
        kinds = (claims.retractions, claims.withdrawn)
        rows = {name: np.concatenate([kind[name] for kind in kinds]) for name in claims.rows}
        blank = np.zeros(len(rows["said"]), np.int64)
        return {
            "cell": rows["cell_id"] - 1,
            "date": rows["day"],
            "until": blank + OPEN,
            "weight": blank,
            "low": rows["lo"],
            "best": rows["best"],
            "high": rows["hi"],
            "report": rows["report_no"],
            "origin_no": rows["origin_no"],
        }


def _apart(low: Whole, best: Whole, high: Whole, origins: Whole) -> Whole:
    """By how many percent of the figure the origins are apart; ALONE where one counts alone."""
    apart = 100 * np.maximum(high - np.maximum(low, 0), 0) // np.maximum(best, 1)
    return np.where(origins > 1, apart, ALONE)


def _with_blanks(values: Whole, blank: int) -> Whole:
    """Figures with the sign for a blank that tables know."""
    return np.where(values == BLANK, blank, values)


def _numbers(words: Sequence[str]) -> Whole:
    """Numbers of words in their order."""
    number = {word: n for n, word in enumerate(sorted(set(words)))}
    return np.array([number[word] for word in words], np.int64)


def _run_of(keys: Whole, in_order: Whole, key: int) -> Whole:
    """The rows with a key; ``in_order`` sorts the keys."""
    start, stop = (np.searchsorted(keys, key, side=side, sorter=in_order) for side in ("left", "right"))
    return np.sort(in_order[start:stop])


def _in_words(
    numbers: Mapping[str, Column], texts: Mapping[str, pa.Array], cells: pa.Table, schema: pa.Schema
) -> pa.Table:
    """Rows with the words of their cells, in the columns of ``schema``."""
    words = cells.take(pa.array(numbers["cell"])).select(CELL)
    columns = []
    for field in schema:
        if field.name in words.column_names:
            columns.append(words.column(field.name).cast(field.type))
        elif field.name in texts:
            columns.append(texts[field.name].cast(field.type))
        else:
            columns.append(array(numbers[field.name], field.type))
    return pa.table(columns, schema=schema)
