"""How are the rules run over many crises?

Reports become claims and statements together; every crisis and measure is then reconciled by itself, and its
figures and evidence become rows. This module does not know where reports come from. Invariants: best, low and
high of a running total never fall from one day to the next, and no part is above its whole.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile import findings as noticed
from service.reconcile.batches import Told, batches, part_groups
from service.reconcile.calibration import MEASURE_LEARNT, Factors, shipped
from service.reconcile.cells import NAMED, cell_table
from service.reconcile.claims import Claims, read_claims
from service.reconcile.columns import (
    LAST,
    NONE,
    Column,
    Marks,
    Whole,
    array,
    key,
    order,
    ranks,
)
from service.reconcile.cost import begin_reports
from service.reconcile.counted_anew import StockCounts
from service.reconcile.crisis import Crises, reconcile_crises
from service.reconcile.day_counts import read_day_counts
from service.reconcile.estimates import Setting, estimate_rows
from service.reconcile.events import read_events
from service.reconcile.evidence import AddedUp, carried_evidence, crisis_evidence, ended_evidence
from service.reconcile.evidence_rows import concatenate, evidence_rows, join_days, that_hold
from service.reconcile.expected import Clock, revisions_of, settling_of
from service.reconcile.grades import GRADES
from service.reconcile.grid import Cell
from service.reconcile.increments import sum_days
from service.reconcile.known import Known, Weights
from service.reconcile.latest import Latest
from service.reconcile.methods import METHODS
from service.reconcile.portions import portions_of_crises
from service.reconcile.reason_terms import reason_codes
from service.reconcile.reasons import REMOVES, ROLES, TAKES_BACK, WITHDRAWN, reasons
from service.reconcile.result import Asked, Reconciled, combine
from service.reconcile.statements import HEARD, Statements, decode_origin, group_statements
from service.reconcile.stock_events import EventSums, add_stock_events
from service.reconcile.stocks import drop_repeats, lay_out, read_standing
from service.reference.labels import Labels
from service.schema.records import Reference, findings_table
from service.schema.tables import CELL, ESTIMATE, EVIDENCE, FINDING
from service.vocabulary import is_stock

EPOCH = dt.date(1970, 1, 1)
Named = tuple[str, str, str, str, str, int]
"""A cell: its words, in the order of NAMED, and the day that it counts from."""
SETTLED_METHOD = "least-disagreement"
"""The method of which it was learnt where its figures settle."""


def reconcile(
    reports: pa.Table,
    reference: Reference,
    *,
    as_of: dt.date | Mapping[str, dt.date],
    method: str,
    calibration: Factors | None = None,
    weights: Weights = (),
    asked: Sequence[Asked] = (),
    latest: Latest | None = None,
) -> Reconciled:
    """Reconcile ``reports`` (LEDGER_REPORT, any number of crises, all known by ``as_of``, a day or one for
    each crisis).

    Estimates come sorted by cell and date, evidence by cell, date and report id. ``method`` is a versioned
    name such as ``least-disagreement/2`` or ``latest:sohr/1``; ``calibration`` says where tolls are expected
    to settle: the shipped factors unless given; ``weights`` takes the place of shipped ones (see
    ``known.Weights``). Cells ``asked`` about are answered like all others, though nobody reported them.
    Where only the ``latest`` figures are wanted, these rows and what is behind them are all that comes out,
    without findings. Rules: docs/methodology.md.
    """
    name, _, origin = method.partition("/")[0].partition(":")
    if name not in METHODS:
        raise KeyError(method)
    known = Known.of(reference, weights)
    factors = shipped() if calibration is None else calibration
    answers = []
    for portion in portions_of_crises(reports):
        begin_reports(len(portion))
        run = _Run(portion, reference, known, origin, asked)
        answers.append(run.reconciled(name, as_of, factors, latest))
    together = combine(answers)
    return dataclasses.replace(together, findings=together.findings.sort_by(noticed.ORDER))


class _Run:
    """Reports that go through the steps together."""

    def __init__(
        self, reports: pa.Table, reference: Reference, known: Known, alone: str, asked: Sequence[Asked]
    ) -> None:
        self.known = known
        self.claims: Claims = read_claims(reports, reference.crisis, known, alone)
        self.statements: Statements = group_statements(self.claims)
        self.day_counts = read_day_counts(self.claims)
        self.events = read_events(self.claims)
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
        self.counts = StockCounts.of(
            self.claims, self.statements, self._heard(), weight=self.weight, known=known
        )
        days = self.day_counts
        until, _ = self.counts.until(days.cell_id - 1, days.origin_no, days.day, days.is_anonymous)
        self.added = sum_days(days, until, self.claims.cells.are_of_stocks[days.cell_id - 1])
        self.told = self._told()
        self.standing = read_standing(self.claims, self.statements, self.added, self.counts, self.told)
        cells = self.claims.cells
        named = {
            name: [cells.named[name].words[n] for n in cells.named[name].numbers.tolist()] for name in NAMED
        }
        number = {cell: n for n, cell in enumerate(zip(*named.values(), cells.begins.tolist(), strict=True))}
        is_reported = np.zeros(len(cells), np.bool_)
        of, claims = self.statements.of_claim, self.claims
        is_taken_back = (claims.disowned_by != NONE) | np.append(self.statements.is_taken_back, False)[of]
        is_taken_back[self.events.claim[self.events.replaced_by != NONE]] = True
        is_reported[claims.rows["cell_id"][~is_taken_back] - 1] = True
        is_answered = is_reported.copy()
        begins = []
        for *words, begin in dict.fromkeys(
            (*self._asked(asked), *self._from_the_beginning(number, is_reported))
        ):
            if (*words, begin) in number:
                is_answered[number[*words, begin]] = True
            elif words[0] in cells.named["crisis"].words:
                for name, word in zip(NAMED, words, strict=True):
                    named[name].append(word)
                begins.append(begin)
        self.words: dict[str, list[str]] = named
        stocks = {word for word in set(named["measure"]) if is_stock(word)}
        self.is_of_stock = np.array([word in stocks for word in named["measure"]], np.bool_)
        self.begins: Whole = np.concatenate([cells.begins, np.array(begins, np.int64)])
        self.is_reported = np.concatenate([is_reported, np.zeros(len(begins), np.bool_)])
        self.is_answered = np.concatenate([is_answered, np.ones(len(begins), np.bool_)])
        """Cells that a standing report is about, or somebody asks about: what was taken back names none."""
        self.place: Whole = np.arange(len(self.begins))
        """The place of each cell in the order of rows: those asked about stand among the others."""
        if begins:
            begins_last = np.where(self.begins == NONE, LAST, self.begins)
            sequence = order(*(_numbers(named[name]) for name in NAMED), begins_last)
            self.place[sequence] = np.arange(len(sequence))

    def _asked(self, asked: Sequence[Asked]) -> Iterator[Named]:
        """The cells that somebody asks about."""
        for cell in asked:
            begin = NONE if cell.period_start is None else (cell.period_start - EPOCH).days
            areas = self.known.containment.regions.get(cell.areas, cell.areas)
            yield cell.crisis_id, areas, cell.measure, cell.population, cell.attributed_to, begin

    def _from_the_beginning(self, number: Mapping[Named, int], is_reported: Marks) -> Iterator[Named]:
        """Of cells reported from a later day on, those since their crisis began: who asks for its figures
        asks for these, and what counts from a later day is a part of them."""
        for cell, at in number.items():
            start = self.claims.starts[cell[0]]
            if is_reported[at] and NONE != start < cell[-1]:
                yield *cell[:-1], start

    def reconciled(
        self, method: str, as_of: dt.date | Mapping[str, dt.date], factors: Factors, latest: Latest | None
    ) -> Reconciled:
        estimates, pieces, odd = [], [], []
        settling = settling_of(factors) if method == SETTLED_METHOD else None
        setting = Setting(self.claims, self.statements, self.revisions, settling, self.is_of_stock)
        names = cell_table(self.words, self.begins, Labels.of(self.known.reference))
        starts = {
            crisis: None if start == NONE else EPOCH + dt.timedelta(start)
            for crisis, start in self.claims.starts.items()
        }
        is_asked = np.ones(len(self.begins), np.bool_) if latest is None else latest.asked(names, starts)
        for cells, until, crises in self._batches(method, is_asked):
            clock = self._clock(cells, as_of)
            estimates.append(estimate_rows(crises, cells, self.begins[cells], clock, setting))
            pieces += crisis_evidence(crises, self.statements, cells, until)
            if latest is None:
                odd.append(noticed.sums(crises, cells))
        pieces.append(ended_evidence(self.statements, self.added, self.standing))
        spoken = np.concatenate([piece["claim"] for piece in pieces])
        added_up = AddedUp.of(self.claims, self.day_counts, self.events, self.counts)
        pieces += carried_evidence(
            self.statements, self.day_counts, self.events, self.claims, spoken=spoken, added_up=added_up
        )
        evidence = join_days(that_hold(concatenate(pieces)), self.is_of_stock)
        rows = (
            {name: np.concatenate([part[name] for part in estimates]) for name in estimates[0]}
            if estimates
            else {}
        )
        figures, behind = self._figures(rows), self._behind(evidence)
        if latest is not None:
            figures = _take(figures, latest.figures(figures, is_asked))
            behind = _take(behind, latest.evidence(behind, is_asked, figures["cell"]))
        return Reconciled(
            self._estimates(figures, names),
            self._evidence(behind, names),
            FINDING.empty_table() if latest else self._findings(odd, evidence, names),
            starts,
        )

    def _findings(
        self, odd: Sequence[list[noticed.Told]], evidence: dict[str, Column], names: pa.Table
    ) -> pa.Table:
        others = [
            *noticed.of_sums(odd, names, self.claims, self.statements.claim),
            *noticed.of_people_taken_back(self.day_counts, self.claims, names),
            *noticed.of_retractions(self.claims, names),
        ]
        return pa.concat_tables([noticed.of_evidence(evidence, self.claims, names), findings_table(others)])

    def _batches(self, method: str, is_asked: Marks) -> Iterator[tuple[Whole, Whole, Crises]]:
        """Some crises and measures at a time, those of the cells asked about: their cells, until when each of
        these stands, and what the accounts make of them."""
        statements, added, events = self.statements, self.added, self.events
        group = ranks(key(_numbers(self.words["crisis"]), _numbers(self.words["measure"])))
        words = (self.words[name] for name in ("areas", "population", "attributed_to"))
        cells = list(zip(*words, self.begins.tolist(), strict=True))
        newest = np.concatenate(
            [self.claims.newest, np.full(len(group) - len(self.claims.newest), NONE)]
        )  # of cells only asked about, that of the others of their crisis and measure holds
        listed, held = self._stock_events(group, cells)
        added = added.beside(listed.sums)
        layout = lay_out(
            part_groups(group, cells, self.known),
            self.is_of_stock,
            self.is_answered,
            self.told,
            stand=self.standing,
            listed=((listed.told(len(self.added.cell)), listed.until), (held.told(0), held.until)),
        )
        cell = layout.cell
        is_named = self._named_stocks()
        laid_out = [cells[at] for at in cell.tolist()]
        is_wanted = np.isin(layout.group, layout.group[is_asked[cell]])
        told = [each.take(is_wanted[each.cell]) for each in layout.told]
        for batch in batches(
            layout.group, laid_out, layout.is_answered, told, newest=newest[cell], known=self.known
        ):
            yield (
                cell[batch.cells],
                layout.until[batch.cells],
                reconcile_crises(
                    batch.grid,
                    statements,
                    batch.statements,
                    is_reported=self.is_reported[cell[batch.cells]],
                    is_named=is_named[cell[batch.cells]],
                    added=dataclasses.replace(
                        added.take(batch.sums.row), cell=batch.sums.cell, day=batch.sums.day
                    ),
                    events=dataclasses.replace(
                        events.take(batch.events.row), cell=batch.events.cell, day=batch.events.day
                    ),
                    held=dataclasses.replace(
                        held.sums.take(batch.held.row), cell=batch.held.cell, day=batch.held.day
                    ),
                    weight=self.weight,
                    method=method,
                ),
            )

    def _named_stocks(self) -> Marks:
        """The cells of stocks of which a named origin speaks on any day."""
        found = np.zeros(len(self.begins), np.bool_)
        nameless = (self.statements.is_nameless, self.added.is_nameless, self.events.is_nameless)
        for told, is_nameless in zip(self.told, nameless, strict=True):
            found[told.cell[~is_nameless[told.row]]] = True
        return found & self.is_of_stock

    def _stock_events(self, group: Whole, cells: Sequence[Cell]) -> tuple[EventSums, EventSums]:
        """What the events of stocks come to while they stand."""
        told, events = self.told[2], self.events
        told = told.take(self.is_of_stock[told.cell])
        origin, is_nameless = events.origin[told.row], events.is_nameless[told.row]
        until, _ = self.counts.until(told.cell, origin, told.day, is_nameless)
        stands = until > told.day
        return add_stock_events(
            told.take(stands), until[stands], events,
            group=group, cells=cells, is_laid_out=self.is_of_stock & self.is_answered, known=self.known,
        )  # fmt: skip

    def _heard(self) -> Whole:
        """The statements that are heard."""
        statements = self.statements
        return np.flatnonzero(self.is_heard[decode_origin(statements.origin)] & (statements.status == HEARD))

    def _told(self) -> tuple[Told, Told, Told]:
        """The statements, the sums of single days and the events that are heard."""
        statements, added, events = self.statements, self.added, self.events
        rows = self._heard()
        sums = np.flatnonzero(self.is_heard[decode_origin(added.origin)])
        listed = np.flatnonzero(self.is_heard[decode_origin(events.origin)] & (events.replaced_by == NONE))
        return (
            Told(rows, statements.cell[rows], statements.day[rows]),
            Told(sums, added.cell[sums], added.day[sums]),
            Told(listed, events.cell[listed], events.day[listed]),
        )

    def _clock(self, cells: Whole, as_of: dt.date | Mapping[str, dt.date]) -> Clock:
        """The day of knowledge, and what is known of the crises of some cells."""
        crises = [self.words["crisis"][cell] for cell in cells.tolist()]
        days = [as_of if isinstance(as_of, dt.date) else as_of[crisis] for crisis in crises]
        known = [self.known_of.get(crisis, ("", None)) for crisis in crises]
        ended = [NONE if end is None else (end - EPOCH).days for _, end in known]
        is_learnt = [self.words["measure"][cell] == MEASURE_LEARNT for cell in cells.tolist()]
        kinds = np.array([kind for kind, _ in known])
        until = np.array([(day - EPOCH).days for day in days], np.int64)
        return Clock.of(until, kinds, np.array(ended, np.int64), np.array(is_learnt, np.bool_))

    def _figures(self, rows: dict[str, Column]) -> dict[str, Column]:
        """The rows of figures, in their order."""
        if not rows:
            return {name: np.zeros(0, np.int64) for name in ("cell", *ESTIMATE.names)}
        sequence = order(self.place[rows["cell"]], rows["date"])
        return drop_repeats(_take(rows, sequence), self.is_of_stock)

    def _behind(self, evidence: dict[str, Column]) -> dict[str, Column]:
        """The rows of evidence and of reports that claim nothing, in no order."""
        claims = self.claims
        said = {name: claims.rows[name][evidence["claim"]] for name in ("report_no", "origin_no")}
        pieces = (evidence | said, *self._claiming_nothing())
        return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}

    def _estimates(self, rows: dict[str, Column], cells: pa.Table) -> pa.Table:
        return _in_words(rows, {"grade": GRADES.take(pa.array(rows["grade"]))}, cells, ESTIMATE)

    def _evidence(self, rows: dict[str, Column], cells: pa.Table) -> pa.Table:
        claims = self.claims
        every = _take(rows, order(self.place[rows["cell"]], rows["date"], rows["report_no"], -rows["weight"]))
        words = {
            "report_id": claims.report.take(pa.array(every["report_no"])),
            "origin_id": claims.speakers.source_id.take(pa.array(every["origin_no"])),
            "role": ROLES.take(pa.array(every["kind"])),
            "reason": reasons(every, claims, cells),
            "terms": reason_codes(every, claims, cells),
        }
        return _in_words(every, words, cells, EVIDENCE)

    def _claiming_nothing(self) -> Iterator[dict[str, Column]]:
        """The evidence of reports that claim nothing: retractions, and what was withdrawn."""
        retractions = self.claims.retractions
        takes_back = np.where(retractions["is_removal"], REMOVES, TAKES_BACK)
        for kind, rows in ((takes_back, retractions), (WITHDRAWN, self.claims.withdrawn)):
            found = evidence_rows(
                rows["cell_id"] - 1,
                rows["day"],
                claim=np.arange(len(rows["day"])),
                kind=kind,
                low=rows["lo"],
                high=rows["hi"],
                origin=rows["origin_no"] if rows is retractions else NONE,
            )
            yield found | {name: rows[name] for name in ("best", "report_no", "origin_no")}


def _take(rows: dict[str, Column], places: Whole) -> dict[str, Column]:
    return {name: values[places] for name, values in rows.items()}


def _numbers(words: Sequence[str]) -> Whole:
    """Numbers of words in their order."""
    number = {word: n for n, word in enumerate(sorted(set(words)))}
    return np.array([number[word] for word in words], np.int64)


def _in_words(
    numbers: Mapping[str, Column], texts: Mapping[str, pa.Array], cells: pa.Table, schema: pa.Schema
) -> pa.Table:
    """Rows with the words of their cells, in the columns of ``schema``."""
    words = cells.select(CELL).take(pa.array(numbers["cell"]))
    columns = []
    for field in schema:
        if field.name in words.column_names:
            columns.append(words.column(field.name).cast(field.type))
        elif field.name in texts:
            columns.append(texts[field.name].cast(field.type))
        else:
            columns.append(array(numbers[field.name], field.type))
    return pa.table(columns, schema=schema)
