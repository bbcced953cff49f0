"""How did a figure move as knowledge grew, and why?

A vintage is the series as it stood at one day of knowledge. Laid one after the other, they show when the
latest figure of each series moved and which reports had come since. It must not know about HTTP, files or
the clock.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from service.answers.sentences import reasons_of
from service.answers.series import KEY, Series, behind_figures, key_of
from service.schema.tables import SERIES
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
from service.vocabulary import Grade, Role

Account = tuple[int | None, int | None, int]
Accounts = dict[Named | str, Account]
AGEING = tuple({Grade.PROVISIONAL, grade} for grade in (Grade.CORROBORATED, Grade.SINGLE_SOURCE))
OF_A_REPORT = (
    "report_id", "role", "weight", "origin_id", "origin_name", "count_stated", "account_low", "account_high",
    "best", "published_on", "published_by",
)  # fmt: skip
"""What a cause says of a report."""
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


def days_of_knowledge(reports: pa.Table) -> list[dt.date]:
    """Return the days on which something about these reports (LEDGER_REPORT) became known, first to last."""
    days: list[dt.date] = sorted(pc.unique(reports.column("known_on")).to_pylist())
    return days


def vintages(answers: Sequence[Series]) -> pa.Table:
    """Return VINTAGE rows from the same question answered on one day of knowledge after another."""
    rows: list[dict[str, Any]] = []
    before: dict[tuple[Any, ...], dict[str, Any]] = {}
    reports_before: dict[tuple[Any, ...], set[str]] = {}
    accounts_before: dict[tuple[Any, ...], Accounts] = {}
    day_before = dt.date.min
    for answer in answers:
        points_of_days = answer.points.select([*KEY, "date", "until", *OF_A_REPORT])
        behind = behind_figures(points_of_days, answer.query.date_to)
        figures = {key_of(figure): figure for figure in answer.figures().to_pylist()}
        for key, last in before.items():
            if key not in figures and last["grade"] is not None:
                unseen = [p for p in behind.get(key, []) if p["report_id"] not in reports_before[key]]
                before[key] = _gone(last, unseen, answer)
                rows.append(before[key])
        for key, figure in figures.items():
            old = before.get(key)
            points = behind.get(key, [])
            accounts = _accounts(points)
            if old is None or _bounds(old) != _bounds(figure) or _is_judged_anew(old, figure):
                unseen = [p for p in points if p["report_id"] not in reports_before.get(key, set())]
                new = [point for point in unseen if not _was_public(point, day_before)]
                best_before = None if old is None else old["best"]
                was = accounts_before.get(key, {})
                moved_accounts = accounts_that_moved(was, accounts, is_up=_rose(old, figure))
                why = cause(old, figure, new, moved_accounts)
                rows.append(
                    {**figure, "best_before": best_before, "cause": why, "terms": write_terms(cause=why)}
                )
            before[key] = figure
            accounts_before[key] = accounts
            reports_before[key] = reports_before.get(key, set()) | {p["report_id"] for p in points}
        day_before = answer.as_of
    return pa.Table.from_pylist(rows, schema=VINTAGE)


def _gone(old: dict[str, Any], new: list[dict[str, Any]], answer: Series) -> dict[str, Any]:
    """Return the row that says that nothing is left of the figure ``old``, and why; ``new`` are the points of
    its series that have come."""
    of_series = pa.array([key_of(point) == key_of(old) for point in answer.points.select(KEY).to_pylist()])
    fates = None if new else reasons_of(answer.points.filter(of_series).to_pylist())
    why = as_sentence(fates) if fates else cause(old, None, new)
    figure = dict.fromkeys(("low", "best", "high", "grade"))
    says = {"best_before": old["best"], "cause": why, "terms": write_terms(cause=why)}
    return {**old, **figure, **says, "as_of": answer.as_of}


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
