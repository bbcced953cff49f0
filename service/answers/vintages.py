"""How did a figure move as knowledge grew, and why?

A vintage is the series as it stood at one day of knowledge. Laid one after the other, they show when the
latest figure of each series moved and which reports had come since. It must not know about HTTP, files or
the clock.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service import effort
from service.answers.query import Query
from service.answers.selection import asked_cells, kept, looked_up
from service.answers.sentences import reasons_of
from service.answers.series import (
    BYTES_A_ROW,
    KEY,
    SECONDS_A_ROW,
    behind_figures,
    key_of,
    points_of,
    run_ends,
    tabulate,
)
from service.reconcile import Latest, Reconciled, reconcile_days
from service.schema.records import Reference
from service.schema.tables import CELL, SERIES
from service.sentence import (
    SEMICOLON,
    Listed,
    Named,
    Sentence,
    Value,
    as_sentence,
    join_sentences,
    many,
    message,
    sentence,
    span_of,
    write_terms,
)
from service.vocabulary import Basis, Grade, Role

Key = tuple[Any, ...]
Account = tuple[int | None, int | None, int]
Accounts = dict[Named | str, Account]
AGEING = tuple({Grade.PROVISIONAL, grade} for grade in (Grade.CORROBORATED, Grade.SINGLE_SOURCE))
OF_A_REPORT = (
    "report_id", "role", "weight", "origin_id", "origin_name", "count_stated", "account_low", "account_high",
    "best", "published_on", "published_by",
)  # fmt: skip
"""What a cause says of a report."""
_OF_AN_ACCOUNT = {
    "origin_id": "origin_id", "low": "account_low", "high": "account_high", "weight": "weight"
}  # fmt: skip
"""What evidence says of an account, and what a point calls it."""
VINTAGE = pa.schema(
    [
        SERIES.field("as_of"),
        *(SERIES.field(name) for name in ("crisis", "area_code", "area_name", "measure", "population")),
        *(SERIES.field(name) for name in ("attributed_to", "period_start", "date", "low", "best", "high")),
        pa.field("grade", pa.string()),
        pa.field("best_before", pa.int64()),
        pa.field("cause", pa.string(), nullable=False),
        SERIES.field("method"),
        pa.field("terms", pa.string(), nullable=False),
    ]
)
"""One row per series and day of knowledge on which its latest figure moved; ``cause`` says what had come, and
``terms`` what that sentence is made of (``service.sentence``). Where nothing of a series was left, its row
has the day of the figure that went, and neither a figure nor a grade."""


_OF_A_FIGURE = [name for name in VINTAGE.names if name in SERIES.names]


def days_of_knowledge(reports: pa.Table) -> list[dt.date]:
    """Return the days on which something about these reports (LEDGER_REPORT) became known, first to last."""
    days: list[dt.date] = sorted(pc.unique(reports.column("known_on")).to_pylist())
    return days


def reports_that_matter(reports: pa.Table, query: Query, reference: Reference) -> pa.Table:
    """Return the reports (LEDGER_REPORT) that the figures of a question depend on.

    Those of another measure tell nothing of it, but since when a crisis counts that is registered without a
    beginning, or that has counts of days before it; and on which day a number without any date is shown.
    """
    if query.measure is None:
        return reports
    is_of_measure = kept(reports, query, ("measure",))
    own = reports.filter(is_of_measure)
    crisis = reference.crisis.select(["crisis_id", "period_start"]).to_pylist()
    begins = {row["crisis_id"]: row["period_start"] for row in crisis}
    start = looked_up(own.column("crisis_id"), begins.get, pa.date32())
    first_day = pc.coalesce(own.column("period_start"), own.column("counted_to"))
    is_public = pc.or_kleene(
        pc.is_valid(own.column("published_on")), pc.equal(own.column("published_by"), own.column("known_on"))
    )
    is_dateless = pc.and_(own.column("counted_to_inferred"), pc.invert(pc.fill_null(is_public, False)))
    is_early = pc.and_(pc.equal(own.column("basis"), Basis.INCREMENT), pc.less(first_day, start))
    depends = pc.or_(pc.is_null(start), pc.or_(is_dateless, pc.fill_null(is_early, True)))
    crises = pc.unique(own.column("crisis_id").filter(depends))
    return reports.filter(pc.or_(is_of_measure, pc.is_in(reports.column("crisis_id"), crises)))


def vintages(reports: pa.Table, query: Query, reference: Reference) -> pa.Table:
    """Return VINTAGE rows of a question from all reports (LEDGER_REPORT) that it draws on.

    A crisis is reconciled as of each day on which something about it became known, and of each day nothing is
    kept but its latest figures and what is behind them, until the next one is laid beside it.
    """
    history = _History(query, reference, reports)
    tables = [VINTAGE.empty_table()]
    days = _days_with_news(reports)
    answers = reconcile_days(
        reports, reference, days, method=query.method, weights=query.weights, latest=history.latest
    )
    for (day, crises), answer in zip(days, answers, strict=True):
        tables.append(pa.Table.from_pylist(history.lay_beside(day, crises, answer), schema=VINTAGE))
    return pa.concat_tables(tables).combine_chunks()


def _days_with_news(reports: pa.Table) -> list[tuple[dt.date, set[str]]]:
    """Return each day of knowledge, and the crises of which anything became known."""
    days: dict[dt.date, set[str]] = {}
    news = reports.select(["known_on", "crisis_id"]).group_by(["known_on", "crisis_id"]).aggregate([])
    for row in news.to_pylist():
        days.setdefault(row["known_on"], set()).add(row["crisis_id"])
    return sorted(days.items())


class _History:
    """What was known of the series that a question is about, up to some day."""

    def __init__(self, query: Query, reference: Reference, reports: pa.Table) -> None:
        self._query, self._reference, self._reports = query, reference, reports
        source = reference.source
        self._names = dict(zip(source["source_id"].to_pylist(), source["name"].to_pylist(), strict=True))
        self.latest = Latest(partial(asked_cells, query=query), query.date_from, query.date_to)
        """What is wanted of each day."""
        self._figures: dict[Key, dict[str, Any]] = {}
        """The last row of each series, in the order in which they first had one; without a grade where
        nothing is left of it."""
        self._seen: dict[Key, set[str]] = {}
        """The reports that have ever been behind the last row of each series."""
        self._heard: dict[Key, pa.Table] = {}
        """The evidence that had weight when last there was a row of each series."""
        self._day_before: dict[str, dt.date] = {}
        """The last day, of each crisis, on which something about it became known."""

    def lay_beside(self, day: dt.date, crises: Collection[str], answer: Reconciled) -> list[dict[str, Any]]:
        """Return the rows of the series that moved by ``day``, of which these crises have this answer."""
        size = len(answer.estimates) + len(answer.evidence)
        effort.begin(seconds=size * SECONDS_A_ROW, memory=size * BYTES_A_ROW)
        query = dataclasses.replace(self._query, as_of=day)
        table = tabulate(answer.estimates, query, self._reference).select(_OF_A_FIGURE)
        figures = {key_of(figure): figure for figure in table.to_pylist()}
        gone = [
            key
            for key, last in self._figures.items()
            if key[0] in crises and key not in figures and last["grade"] is not None
        ]
        moved = [key for key, figure in figures.items() if self._has_moved(key, figure)]
        spans = _spans(answer.evidence)
        points = self._points(answer.evidence, [spans[key] for key in (*gone, *moved) if key in spans])
        behind = behind_figures(points.select([*KEY, "date", "until", *OF_A_REPORT]), query.date_to)
        ended = [self._end(key, behind.get(key, []), points, day) for key in gone]
        stepped = [self._step(key, figures[key], behind.get(key, [])) for key in moved]
        self._figures |= figures | dict(zip(gone, ended, strict=True))
        self._remember(figures, answer.evidence, spans)
        self._day_before |= dict.fromkeys(crises, day)
        return [*ended, *stepped]

    def _has_moved(self, key: Key, figure: dict[str, Any]) -> bool:
        old = self._figures.get(key)
        return old is None or _bounds(old) != _bounds(figure) or _is_judged_anew(old, figure)

    def _points(self, evidence: pa.Table, spans: Sequence[tuple[int, int]]) -> pa.Table:
        """Return the reports behind some series (POINT), whose evidence lies in these spans."""
        rows = [row for start, stop in spans for row in range(start, stop)]
        evidence = evidence.take(pa.array(rows, pa.int64()))
        is_behind = pc.is_in(self._reports.column("report_id"), evidence.column("report_id"))
        return points_of(evidence, self._reports.filter(is_behind), self._reference)

    def _end(self, key: Key, points: list[dict[str, Any]], every: pa.Table, day: dt.date) -> dict[str, Any]:
        """Return the row that says that nothing is left of a series, and why; ``points`` are those behind its
        last day, ``every`` all of some series."""
        old, new = self._figures[key], [p for p in points if p["report_id"] not in self._seen[key]]
        of_series = pa.array([key_of(point) == key for point in every.select(KEY).to_pylist()], pa.bool_())
        fates = None if new else reasons_of(every.filter(of_series).to_pylist())
        why = as_sentence(fates) if fates else cause(old, None, new)
        figure = dict.fromkeys(("low", "best", "high", "grade"))
        says = {"best_before": old["best"], "cause": why, "terms": write_terms(cause=why)}
        return {**old, **figure, **says, "as_of": day}

    def _step(self, key: Key, figure: dict[str, Any], points: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the row that says what moved a series to ``figure``, behind which are these points."""
        old, seen = self._figures.get(key), self._seen.get(key, set())
        day_before = self._day_before.get(key[0], dt.date.min)
        new = [p for p in points if p["report_id"] not in seen and not _was_public(p, day_before)]
        is_up = _rose(old, figure)
        moved_accounts = accounts_that_moved(self._heard_before(key), _accounts(points), is_up=is_up)
        why = cause(old, figure, new, moved_accounts)
        best_before = None if old is None else old["best"]
        return {**figure, "best_before": best_before, "cause": why, "terms": write_terms(cause=why)}

    def _heard_before(self, key: Key) -> Accounts:
        """Return what each origin said of a series that was heard when last there was a row of it."""
        heard = self._heard.get(key)
        rows = [] if heard is None else heard.to_pylist()
        name = self._names.get
        return _accounts([row | {"origin_name": name(row["origin_id"], row["origin_id"])} for row in rows])

    def _remember(
        self, figures: Collection[Key], evidence: pa.Table, spans: Mapping[Key, tuple[int, int]]
    ) -> None:
        """Keep which reports are behind these figures, and which of them have weight."""
        reports = evidence.column("report_id").to_pylist()
        for key in figures:
            start, stop = spans.get(key, (0, 0))
            self._seen.setdefault(key, set()).update(reports[start:stop])
        heard = evidence.filter(pc.greater(evidence.column("weight"), 0)).select([*CELL, *_OF_AN_ACCOUNT])
        heard = heard.rename_columns([*CELL, *_OF_AN_ACCOUNT.values()])
        places, heard = _spans(heard), heard.select([*_OF_AN_ACCOUNT.values()]).combine_chunks()
        for key in figures:
            start, stop = places.get(key, (0, 0))
            self._heard[key] = heard.slice(start, stop - start)


def _spans(evidence: pa.Table) -> dict[Key, tuple[int, int]]:
    """Return where the evidence (EVIDENCE, in its order) of each series lies."""
    ends = run_ends(evidence, CELL).to_pylist()
    starts = [0, *ends][: len(ends)]
    keys = evidence.select(CELL).take(pa.array(starts, pa.int64())).to_pylist()
    spans = zip(starts, ends, strict=True)
    return {tuple(key.values()): span for key, span in zip(keys, spans, strict=True)}


def _was_public(point: dict[str, Any], day: dt.date) -> bool:
    """Whether a report that a figure rests on was public by ``day`` already: it may speak only now, since
    another was taken back or has come, and is no news itself."""
    public_by = point["published_on"] or point["published_by"]
    return point["role"] in (Role.COUNTED, Role.BOUND) and public_by is not None and public_by <= day


def _accounts(points: list[dict[str, Any]]) -> Accounts:
    """Return what each origin that is heard says at least and at most, and its weight."""
    return {
        _origin(point): (point["account_low"], point["account_high"], point["weight"])
        for point in points
        if point["weight"] > 0
    }


def accounts_that_moved(before: Accounts, now: Accounts, *, is_up: bool) -> Sentence | None:
    """Return whose accounts, of those heard before, moved as the figure did, up or down: the heaviest, all of
    those that weigh alike; None where none did."""
    others = [o for o in now if o in before and _has_moved(before[o], now[o], is_up=is_up)]
    if not others:
        return None
    most = max(now[origin][2] for origin in others)
    moved = [
        sentence(ACCOUNT_MOVED, origin=origin, before=_range(*before[origin]), now=_range(*now[origin]))
        for origin in sorted(others, key=str)
        if now[origin][2] == most
    ]
    return reduce(lambda said, also: sentence(ACCOUNTS_MOVED, first=said, then=also), moved)


def _has_moved(before: Account, now: Account, *, is_up: bool) -> bool:
    """Whether an end of an account moved up, or down; without an end it lies above all numbers."""
    ends = ((low or 0, math.inf if high is None else high) for low, high, _ in (before, now))
    pairs = zip(*ends, strict=True)
    return any(new > old if is_up else new < old for old, new in pairs)


def _rose(old: dict[str, Any] | None, figure: dict[str, Any]) -> bool:
    """Whether a figure, or else a bound of it, is higher than before, or blank upward."""
    for name in ("best", "low", "high"):
        then, now = old and old[name], figure[name]
        if then != now:
            return then is None or now is None or now > then
    return True


def _range(low: int | None, high: int | None, _weight: int) -> Value:
    if high is None:
        return sentence("at least %(count)s", count=f"{low or 0:,}")
    return span_of(f"{low:,}", f"{high:,}") if low else sentence("at most %(count)s", count=f"{high:,}")


def _is_judged_anew(old: dict[str, Any], figure: dict[str, Any]) -> bool:
    """Whether the grade is another one. Between PROVISIONAL and what it would else be there may lie nothing
    but a week."""
    grades = {old["grade"], figure["grade"]}
    return len(grades) > 1 and grades not in AGEING


def _bounds(figure: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(figure[name] for name in ("low", "best", "high"))


CAUSES = (
    message("reports of other places or people of the crisis moved what it may be"),
    message("other reports of the crisis, or its reference data, changed"),
)
"""What moved a figure where no report of its own did."""
ACCOUNT_MOVED = message(
    "what %(origin)s says, taken together, leaves room for %(now)s; before for %(before)s"
)
ACCOUNTS_MOVED = message("%(first)s, and %(then)s")
"""What moved a figure where no new report has its numbers: a copy that changed how a number is worded, or a
report of a part or of another day."""
WITHDRAWN, TAKEN_BACK, FIRST, NEW, RAISED = (
    message("withdrawn: %(reports)s"),
    message("taken back: %(reports)s"),
    message("first report: %(reports)s"),
    message("new report: %(reports)s"),
    message("raised to parts of it: %(reports)s"),
)
"""What moved a figure; the reports are named after it."""


def cause(
    old: dict[str, Any] | None,
    figure: dict[str, Any] | None,
    new: list[dict[str, Any]],
    moved_accounts: Sentence | None = None,
) -> Sentence:
    """Return what moved the figure ``old`` to ``figure``, in a sentence; ``new`` are points of its series,
    ``moved_accounts`` says whose accounts have changed without them.

    Of several reports that came, the one whose count or bound the figure now is is named; where none is, what
    took a figure away, else the parts that raised it, else the accounts that moved, else the heaviest report.
    """
    speaking = [point for point in new if point["role"] in (Role.COUNTED, Role.BOUND) and point["weight"] > 0]
    mover = None
    if speaking and figure is not None:
        mover = max(speaking, key=lambda point: (*_moves(old, figure, point), point["weight"]))
    if mover and figure is not None and any(_moves(old, figure, mover)):
        return _has_come(old, mover, speaking)
    for role, verb in ((Role.WITHDRAWN, WITHDRAWN), (Role.RETRACTION, TAKEN_BACK), (Role.RAISED, RAISED)):
        points = [point for point in new if point["role"] == role]
        if points:
            return sentence(verb, reports=_list_reports(points))
    if moved_accounts or not mover:
        return moved_accounts or sentence(CAUSES[0])
    return _has_come(old, mover, speaking)


def _has_come(old: dict[str, Any] | None, mover: dict[str, Any], speaking: list[dict[str, Any]]) -> Sentence:
    """The sentence of the report that moved a figure, and of how many came beside it."""
    others = len({point["report_id"] for point in speaking} - {mover["report_id"]})
    moved = sentence(FIRST if old is None else NEW, reports=_list_reports([mover]))
    beside = many("(beside %(num)s more)", "(beside %(num)s more)", others) if others else ""
    return as_sentence(join_sentences(moved, beside))


def _moves(
    old: dict[str, Any] | None, figure: dict[str, Any], point: dict[str, Any]
) -> tuple[bool, bool, bool]:
    """Whether the figure is the point's own count, or its low or high is an end of the point's account."""
    has_moved = {
        name: figure[name] is not None and (old is None or old[name] != figure[name])
        for name in ("best", "low", "high")
    }
    return (
        has_moved["best"] and point["role"] == Role.COUNTED and point["best"] == figure["best"],
        has_moved["low"] and not has_moved["best"] and point["account_low"] == figure["low"],
        has_moved["high"]
        and not has_moved["best"]
        and figure["high"] in (point["best"], point["account_high"]),
    )


def _list_reports(points: list[dict[str, Any]]) -> Value:
    stated = dict.fromkeys((_origin(point), point["count_stated"]) for point in points)
    reports = [sentence("%(origin)s %(count)s", origin=origin, count=count) for origin, count in stated]
    names = Listed(tuple(reports[:3]), SEMICOLON)
    if len(reports) <= 3:
        return names
    return many("%(names)s and %(num)s more", "%(names)s and %(num)s more", len(reports) - 3, names=names)


def _origin(point: Mapping[str, Any]) -> Named:
    return Named("source", point["origin_id"], point["origin_name"])
