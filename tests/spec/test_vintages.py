"""Vintages are worked out day by day, from what each day's latest figures rest on: the same comes out of
whole answers, laid side by side."""

import datetime as dt
import random
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from service.answers import vintages as rules
from service.answers.query import Query
from service.answers.sentences import reasons_of
from service.answers.series import assemble, behind_figures, key_of
from service.answers.vintages import (
    VINTAGE,
    accounts_that_moved,
    cause,
    days_of_knowledge,
    reports_that_matter,
    vintages,
)
from service.reconcile import Latest, reconcile, reconcile_days
from service.reconcile import days_of_knowledge as going_together
from service.schema.report_rules import cut_as_of
from service.schema.tables import CELL, LEDGER_REPORT
from service.sentence import as_sentence, write_terms
from tests.spec.histories import DAYS, PLACES, START, any_measure, small_world

RECORDED = dt.datetime(2025, 4, 1, 12)  # noqa: DTZ001 - UTC without a zone, as the ledger keeps it
REFERENCE = small_world(2)
QUESTIONS = {
    "all there is": {},
    "any beginning and party": {"period_start": "any", "attributed_to": None},
    "figures to a day": {"date_to": dt.date(2025, 3, 12)},
    "figures from a day": {"date_from": dt.date(2025, 3, 12)},
    "places": {"areas": ("C", "C1", "C11|C21"), "period_start": "any"},
    "a measure": {"measure": "missing", "period_start": "any", "attributed_to": None},
    "another method": {"method": "median/2"},
}


def draw_ledger(rng, crises=("crisis-0000", "crisis-0001")):
    """Reports of some crises, many of two measures, as the ledger hands them out, one in ten withdrawn."""
    stated = {row["report_id"]: row for crisis in 2 * crises for row in any_measure(rng, crisis)}
    rows = []
    for number, row in enumerate(stated.values()):
        known_on = row["published_on"] or RECORDED.date()
        told = {
            "known_on": known_on,
            "counted_to": row["counted_to"] or row.get("period_end") or known_on,
            "recorded_at": RECORDED,
            "seq": 1,
            "row": number,
            "withdrawn": "counted twice" if rng.random() < 0.1 else None,
        }
        rows.append({name: (row | told).get(name) for name in LEDGER_REPORT.names})
    return pa.Table.from_pylist(rows, schema=LEDGER_REPORT)


class PlainLoop:
    """The whole answers about one crisis, one day after the other, and what of each was so before."""

    def __init__(self, query):
        self.query, self.day_before = query, dt.date.min
        self.before, self.points, self.seen = {}, {}, {}

    def rows(self, own, day):
        """The rows of the series of which nothing is left, each with its place; and of those that moved."""
        result = reconcile(cut_as_of(own, day), REFERENCE, as_of=day, method=self.query.method)
        answer = assemble(replace(self.query, as_of=day), result, own, REFERENCE, "head")
        every, behind = answer.points.to_pylist(), behind_figures(answer.points, self.query.date_to)
        figures = {key_of(figure): figure for figure in answer.figures().to_pylist()}
        over = [key for key, old in self.before.items() if key not in figures and old["grade"]]
        ended = [
            self.end(key, behind.get(key, []), [point for point in every if key_of(point) == key], day)
            for key in over
        ]
        stepped = [self.step(key, figure, behind.get(key, [])) for key, figure in figures.items()]
        self.day_before = day
        return ended, [row for row in stepped if row]

    def end(self, key, points, every, day):
        old = self.before[key]
        new = [point for point in points if point["report_id"] not in self.seen[key]]
        why = cause(old, None, new) if new or not every else as_sentence(reasons_of(every))
        blank = dict.fromkeys(("low", "best", "high", "grade"))
        says = {"best_before": old["best"], "cause": why, "terms": write_terms(cause=why), "as_of": day}
        self.before[key] = old | blank | says
        return self.before[key]

    def step(self, key, figure, points):
        old, said, seen = self.before.get(key), self.points.get(key, []), self.seen.get(key, set())
        self.before[key], self.points[key] = figure, points
        self.seen[key] = seen | {point["report_id"] for point in points}
        if old and rules._bounds(old) == rules._bounds(figure) and not rules._is_judged_anew(old, figure):
            return None
        new = [p for p in points if p["report_id"] not in seen and not rules._was_public(p, self.day_before)]
        accounts = rules._accounts(said), rules._accounts(points)
        why = cause(old, figure, new, accounts_that_moved(*accounts, is_up=rules._rose(old, figure)))
        return figure | {"best_before": old and old["best"], "cause": why, "terms": write_terms(cause=why)}


def plain_vintages(reports, query):
    loops, places, rows = {}, {}, []
    for day in days_of_knowledge(reports):
        news = reports.filter(pc.equal(reports["known_on"], pa.scalar(day, pa.date32())))
        ended, stepped = [], []
        for crisis in sorted(set(news["crisis_id"].to_pylist())):
            loop = loops.setdefault(crisis, PlainLoop(query))
            own = loop.rows(reports.filter(pc.equal(reports["crisis_id"], crisis)), day)
            ended, stepped = ended + own[0], stepped + own[1]
        rows += [*sorted(ended, key=lambda row: places[key_of(row)]), *stepped]
        for loop in loops.values():
            for key in loop.before:
                places.setdefault(key, len(places))
    return pa.Table.from_pylist(rows, schema=VINTAGE)


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_vintages_are_what_whole_answers_laid_side_by_side_tell(asked):
    reports = draw_ledger(random.Random(repr(asked)))
    query = Query(as_of=dt.date(2025, 12, 31), **asked)
    found = vintages(reports_that_matter(reports, query, REFERENCE), query, REFERENCE)
    assert found == plain_vintages(reports, query)
    assert len(found)


def test_reports_of_another_measure_are_left_out_where_they_tell_nothing_of_the_one_asked_for():
    reports = draw_ledger(random.Random(34))
    query = Query(as_of=dt.date(2025, 12, 31), measure="missing")
    dated = reports.filter(pc.invert(reports["counted_to_inferred"]))
    own = dated.filter(pc.equal(dated["measure"], "missing"))
    assert 0 < len(own) < len(dated)
    assert reports_that_matter(dated, query, REFERENCE) == own
    unregistered = REFERENCE.crisis.set_column(
        REFERENCE.crisis.column_names.index("period_start"), "period_start", pa.nulls(2, pa.date32())
    )
    assert reports_that_matter(dated, query, replace(REFERENCE, crisis=unregistered)) == dated


def test_the_latest_figures_alone_are_those_of_the_whole_answer_with_what_holds_on_their_day():
    rng = random.Random(32)
    for _ in range(8):
        reports, as_of = draw_ledger(rng), dt.date(2025, 12, 31)
        first, last = sorted(START + dt.timedelta(rng.randrange(DAYS)) for _ in range(2))
        place = rng.choice(PLACES)
        latest = Latest(lambda cells, _starts, place=place: pc.equal(cells["areas"], place), first, last)
        whole = reconcile(reports, REFERENCE, as_of=as_of, method="least-disagreement/2")
        found = reconcile(reports, REFERENCE, as_of=as_of, method="least-disagreement/2", latest=latest)
        figures = {}
        for row in whole.estimates.to_pylist():
            if row["areas"] == place and row["date"] <= last:
                figures[cell_of(row)] = row
        figures = {cell: row for cell, row in figures.items() if row["date"] >= first}
        behind = [
            row
            for row in whole.evidence.to_pylist()
            if row["areas"] == place
            and (
                cell_of(row) not in figures
                or (row["date"] <= last and (row["until"] is None or row["until"] > last))
            )
        ]
        assert found.estimates.to_pylist() == list(figures.values())
        assert found.evidence.to_pylist() == behind
        assert found.starts == whole.starts


def cell_of(row):
    return tuple(row[name] for name in CELL)


def test_how_many_days_go_through_the_steps_together_changes_nothing(monkeypatch):
    reports, query = draw_ledger(random.Random(34)), Query(as_of=dt.date(2025, 12, 31))
    together = vintages(reports, query, REFERENCE)
    for size in (0, len(reports), 3 * len(reports)):
        monkeypatch.setattr(going_together, "REPORTS_TOGETHER", size)
        assert vintages(reports, query, REFERENCE) == together


def test_a_crisis_is_reconciled_only_on_days_on_which_something_of_it_became_known(monkeypatch):
    asked = []

    def counted(reports, reference, days, **how):
        asked.extend((day, *sorted(crises)) for day, crises in days)
        return reconcile_days(reports, reference, days, **how)

    monkeypatch.setattr(rules, "reconcile_days", counted)
    reports = draw_ledger(random.Random(33))
    vintages(reports, Query(as_of=dt.date(2025, 12, 31)), REFERENCE)
    known = zip(reports["known_on"].to_pylist(), reports["crisis_id"].to_pylist(), strict=True)
    assert {(day, crisis) for day, *crises in asked for crisis in crises} == set(known)
    assert len({crisis for _, *crises in asked for crisis in crises}) == 2
