"""How is a figure told, in sentences?

The figure, who it rests on, and what stood beside it, from the row of a series and the points behind it. It
must not know how figures are chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa

from service.language import Translator
from service.reconcile.reason_terms import message_of
from service.reconcile.reasons import COUNTED_ANEW
from service.sentence import SEMICOLON, Listed, Named, Sentence, locate, only, read_terms, sentence
from service.vocabulary import Basis, Grade, Role, counts_people, spell_out

ENGLISH_WORDS = Translator("en")

SET_ASIDE = (Role.MISPLACED, Role.SLIP, Role.STALE, Role.REVISED, Role.DISOWNED)
"""What reports did that contradict their own origin or were taken back by it."""
MOST_ACCOUNTS = 5
"""How many accounts of others are told; the rest are counted."""
MOST_REASONS = 3
"""How many reasons are told of why there is no figure."""


def tell_figure(
    row: dict[str, Any],
    points: pa.Table,
    names: Mapping[str, str],
    words: Translator = ENGLISH_WORDS,
    name_of: Callable[[Named], str] = str,
) -> tuple[str, ...]:
    """Return what a person would be told first of a row (SERIES) with its ``points`` (POINT); ``names`` are
    those of populations, ``name_of`` gives what places and people are called that a reason names."""
    by_role: dict[str, list[dict[str, Any]]] = {role: [] for role in Role}
    for point in points.to_pylist():
        by_role[point["role"]].append(point)
    lines = [_first_sentence(row, names, words)]
    if row["grade"] == Grade.SINGLE_SOURCE and (row["origins"] or 0) > 1:
        many = words.say_many(
            "%(num)s origin states the cell", "%(num)s origins state the cell", row["origins"]
        )
        lines.append(f"{many}{words.say('; ')}{words.say(Grade.SINGLE_SOURCE.meaning)}.")
    lines += [_counted(point, words) for point in by_role[Role.COUNTED]]
    if (left := _count_left(row, by_role)) is not None:
        lines.append(_earlier_count(left, words))
    bounds = [point for point in by_role[Role.BOUND] if point["weight"] > 0]
    if bounds:
        accounts = [
            f"{words.isolated(point['origin_name'])} {_interval(point, words)}"
            for point in bounds[:MOST_ACCOUNTS]
        ]
        if more := len(bounds) - len(accounts):
            accounts.append(words.say_many("and %(num)s more", "and %(num)s more", more))
        said = words.say("; ").join(accounts)
        lines.append(words.say("What others say leaves room for: %(accounts)s.", accounts=said))
    lines += [
        _counted_anew(point, cell, words, name_of)
        for point in bounds
        if (cell := _second_count(point)) is not None
    ]
    raised = {words.tell(_named_cell(point), name_of) for point in by_role[Role.RAISED]}
    if raised:
        parts = words.say("; ").join(sorted(raised))
        lines.append(words.say("Raised to what its parts say: %(parts)s.", parts=parts))
    for point in by_role[Role.RETRACTION]:
        said = point["count_stated"] or words.say("what was said before")
        lines.append(
            words.say(
                "Taken back, says %(source)s: %(figure)s of %(origin)s.",
                source=point["source_name"], figure=said, origin=point["origin_name"],
            )
        )  # fmt: skip
    unfit = [point for role in SET_ASIDE for point in by_role[role]]
    beside = _beside(len(by_role[Role.ECHO]), len(by_role[Role.SUPERSEDED]), len(unfit), words)
    return tuple([*lines, beside] if beside else lines)


def _first_sentence(row: Mapping[str, Any], names: Mapping[str, str], words: Translator) -> str:
    """Return the sentence that gives the figure of a row, its range and its grade."""
    parts = [row["area_name"], words.say(spell_out(row["measure"]))]
    if counts_people(row["measure"]):
        parts.append(names.get(row["population"], spell_out(row["population"])))
    grade = words.say(spell_out(row["grade"]))
    return words.say(
        "%(about)s, counted to %(day)s: %(figure)s (%(range)s), %(grade)s.",
        about=words.join(parts),
        day=words.plain_day(row["date"]),
        figure=tell_headline(row, words),
        range=tell_range(row, words),
        grade=words.say("%(grade)s, raised", grade=grade) if row["is_raised"] else grade,
    )


def _counted(point: Mapping[str, Any], words: Translator) -> str:
    """Return the sentence of a report that counts: whose it is, what it says, up to which day."""
    who = point["origin_name"]
    if point["source_id"] != point["origin_id"]:
        who = words.say("%(origin)s, carried by %(source)s", origin=who, source=point["source_name"])
    said = _dated_count(point, words)
    if point["published_on"] is None and point["published_by"] is not None:
        day = words.plain_day(point["published_by"])
        said += " " + words.say("(dated by inference: public by %(day)s at the latest)", day=day)
    return words.say("Counted: %(origin)s: %(said)s.", origin=who, said=said)


def _dated_count(point: Mapping[str, Any], words: Translator) -> str:
    """Return what a report says, and up to which day."""
    count, day = _stated(point, words), point["counted_to"]
    if day is None:
        return words.say("%(count)s, counted to no stated day", count=count)
    return words.say("%(count)s, counted to %(day)s", count=count, day=words.plain_day(day))


def _count_left(row: Mapping[str, Any], by_role: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any] | None:
    """Return the report whose number the figure of a row is although its origin has given another since; None
    where a count that stands gives it, or parts of the cell do."""
    if row["best"] is None or row["is_raised"]:
        return None
    if any(row["best"] in _numbers(point) for point in by_role[Role.COUNTED]):
        return None
    return next((point for point in by_role[Role.SUPERSEDED] if point["best"] == row["best"]), None)


def _numbers(point: Mapping[str, Any]) -> tuple[int | None, ...]:
    """Return the numbers that a report may count: its own, or what its origin's days or events come to."""
    is_sum = point["basis"] == Basis.INCREMENT or point["event"] is not None
    return (point["account_low"],) if is_sum else (point["best"], point["low"])


def _earlier_count(point: Mapping[str, Any], words: Translator) -> str:
    """Return the sentence of a count that the figure is, though its origin has given another since."""
    return words.say(
        "The figure is an earlier count, of %(origin)s: %(count)s; it has said something newer since.",
        origin=words.isolated(point["origin_name"]),
        count=_dated_count(point, words),
    )


def _second_count(point: Mapping[str, Any]) -> Sentence | None:
    """Return the cell of the second of two counts that a point adds up, if it does."""
    reason = reason_of(point)
    is_anew = isinstance(reason, Sentence) and reason.message == message_of(COUNTED_ANEW)
    return only(reason.values["cell"]) if is_anew and isinstance(reason, Sentence) else None


def _counted_anew(
    point: Mapping[str, Any], cell: Sentence, words: Translator, name_of: Callable[[Named], str]
) -> str:
    """Return the sentence of an origin that ended its count and began another: what the second says, since
    when, and what both come to."""
    return words.say(
        "%(origin)s began to count anew: %(count)s (%(cell)s); with its count that ended, at least %(sum)s.",
        origin=words.isolated(point["origin_name"]),
        count=str(point["count_stated"]),
        cell=words.tell(cell, name_of),
        sum=words.number(point["account_low"] or 0),
    )


def _beside(copies: int, superseded: int, unfit: int, words: Translator) -> str:
    """Return the sentence of what stood beside the reports that count; "" where nothing did."""
    parts = []
    if copies:
        parts.append(
            words.say_many(
                "%(num)s copy of figures already counted", "%(num)s copies of figures already counted", copies
            )
        )
    if superseded:
        parts.append(words.say_many("%(num)s superseded figure", "%(num)s superseded figures", superseded))
    if unfit:
        parts.append(words.say_many("%(num)s figure set aside", "%(num)s figures set aside", unfit))
    return words.say("Beside them: %(figures)s.", figures=words.join(parts)) if parts else ""


def tell_range(row: Mapping[str, Any], words: Translator = ENGLISH_WORDS) -> str:
    """Return the range of a row (SERIES) in words, as pages and sentences have it."""
    low, best, high = row["low"], row["best"], row["high"]
    if low is None and high is None:
        return words.say("range unknown")
    if best is None and high is not None:
        return words.say("no best figure; at most %(high)s", high=words.number(high))
    if high is None:
        if best is None:
            return words.say("no best figure, open above")
        return words.say("%(low)s or more, open above", low=words.number(low))
    if low is None:
        return words.say("at most %(count)s", count=words.number(high))
    return _tell_both(low, high, words)


def _tell_both(low: int, high: int, words: Translator) -> str:
    if low == high:
        return words.say("no range: every bound is %(number)s", number=words.number(low))
    return words.say("range %(low)s to %(high)s", low=words.number(low), high=words.number(high))


def tell_absence(points: pa.Table, words: Translator = ENGLISH_WORDS) -> str:
    """Return why nothing stands where reports have been: what became of those of ``points`` (POINT); "" where
    there are none."""
    said = reasons_of(points.to_pylist())
    return "" if said is None else words.tell(said) if said.endswith("…") else f"{words.tell(said)}."


def reasons_of(points: Iterable[Mapping[str, Any]]) -> Sentence | None:
    """Return what became of the reports of ``points`` (POINT), the first few; None where there are none."""
    reasons = dict.fromkeys(locate(point["origin_name"], _fate(point)) for point in points)
    if not reasons:
        return None
    first = Listed(tuple(reasons)[:MOST_REASONS], SEMICOLON)
    return sentence("%(reasons)s …", reasons=first) if len(reasons) > MOST_REASONS else only(first)


def _fate(point: Mapping[str, Any]) -> str:
    """Return what became of a report: its reason, after "withdrawn" where an editor gave it."""
    reason = reason_of(point)
    return sentence("withdrawn: %(reason)s", reason=reason) if point["role"] == Role.WITHDRAWN else reason


def reason_of(point: Mapping[str, Any]) -> str:
    """Return the reason of a point (POINT) as a sentence that knows its parts."""
    plain: str = point["reason"]
    return read_terms(point["terms"] or "").get("reason", plain)


def _named_cell(point: Mapping[str, Any]) -> str:
    """Return the cell that the reason of a point names; the whole reason where it names none."""
    reason = reason_of(point)
    cell = reason.values.get("cell") if isinstance(reason, Sentence) else None
    return reason if cell is None else only(cell)


def tell_headline(row: Mapping[str, Any], words: Translator = ENGLISH_WORDS) -> str:
    """Return the figure of a row: its best, else the least that it may be."""
    if row["best"] is not None:
        return words.number(row["best"])
    if row["low"] is None:
        return words.say("unknown")
    return words.say("at least %(count)s", count=words.number(row["low"]))


def _stated(point: Mapping[str, Any], words: Translator) -> str:
    """Return what a counted report says; of one that stands for a sum, what the sum comes to."""
    if point["basis"] != Basis.INCREMENT:
        return str(point["count_stated"])
    return f"{words.number(point['account_low'] or 0)} ({point['reason']})"


def _interval(point: Mapping[str, Any], words: Translator) -> str:
    """Return the interval of an account in words: ``at least 31``, ``at most 1,616``, ``67 to 658``."""
    low, high = point["account_low"] or 0, point["account_high"]
    if high is None:
        return words.say("at least %(count)s", count=words.number(low))
    if not low:
        return words.say("at most %(count)s", count=words.number(high))
    return words.say("%(low)s to %(high)s", low=words.number(low), high=words.number(high))
