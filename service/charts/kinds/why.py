"""Why this number? The ends of all accounts on one axis, each with its weight, and the figure among them.

The line of half of the weight is where more of it lies neither wholly above nor wholly below; the figure is
the greatest count stated that is not above it, or a count that stands where half of the weight lies anywhere
between two ends. Below stands what was set aside, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa

from service.charts.looks import looks
from service.charts.marks import Bounds, name_people
from service.charts.picture import Along, Dot, Entry, Look, Panel, Picture, Sample, Sign, Stroke
from service.charts.plan import Subject
from service.charts.style import LINE, MUTED
from service.charts.text import Words
from service.vocabulary import Role

ASIDE = (Role.MISPLACED, Role.SLIP, Role.STALE, Role.REVISED, Role.DISOWNED, Role.WITHDRAWN)
MOST_ASIDE, MOST_ACCOUNTS = 12, 24
FIGURE, HALF = Look(LINE, 2.2), Look(MUTED, 1.4, "7 5")
HEAVIEST = 9.0
"""Pixels of the line of the heaviest account."""

Account = tuple[str, str, int, int, int | None]
"""Origin id and name, weight, least and most."""


class Explained(Protocol):
    """What a picture needs of an ``Explanation``."""

    @property
    def row(self) -> dict[str, Any]: ...
    @property
    def points(self) -> pa.Table: ...
    @property
    def head(self) -> str: ...
    @property
    def sentences(self) -> tuple[str, ...]: ...


def why(explanation: Explained, words: Words, names: Mapping[str, str], *, is_alone: bool = True) -> Picture:
    """Return the accounts behind one figure; ``names`` of populations as a sentence has them. ``is_alone``:
    the sentences of the explanation stand in the picture, as nothing around it says them."""
    row, points = explanation.row, explanation.points.to_pylist()
    accounts = _accounts(points)
    aside = [point for point in points if point["role"] in ASIDE and _number(point) is not None]
    x = half_of_the_weight(accounts)
    bounds = Bounds(row["low"], row["best"], row["high"])
    ends = [end for account in accounts for end in account[3:] if end is not None]
    end = max([1, *ends, *bounds.numbers, *(_number(point) or 0 for point in aside)]) * 1.08
    subject = Subject(
        row["measure"], row["population"], row["attributed_to"],
        name_people(row["population"], names), name_people(row["attributed_to"], names),
    )  # fmt: skip
    panels = [_heard(accounts, bounds, x, end, words)] if accounts else []
    if aside:
        panels.append(_set_aside(aside, words))
    heading = words.say("Why %(figure)s", figure=words.count(bounds, words.people(subject)))
    about = words.join([row["area_name"], words.what(subject), words.counted_to(row["date"])])
    grade = words.grade(row["grade"], row["is_raised"])
    knowledge = f"{about}{words.say('; ')}{grade}. {words.as_known(row['as_of'])}"
    sentences = explanation.sentences if is_alone else ()
    heard = [name for _, name, *_ in accounts]
    key = [
        Entry(
            words.say("What an origin's statements leave room for"), "account", Sample.LINE, Look(MUTED, 5)
        ),
        Entry(words.say("Half of the weight"), "half", Sample.LINE, HALF),
    ]
    if row["best"] is not None:
        key.insert(0, Entry(words.say("The figure"), "figure", Sample.LINE, FIGURE))
    if aside:
        label = words.say("Set aside")
        key.append(Entry(label, "aside", Sample.MARKER, Look(MUTED), shape="x", is_filled=False))
    reasons = [
        f"{words.isolated(p['origin_name'])} {words.isolated(p['count_stated'])}: {p['reason']}"
        for p in aside[:MOST_ASIDE]
        if p["reason"]
    ]
    notes = [
        words.say("Before each name stands the weight of the origin; → it leaves more possible."),
        *sentences, *(dict.fromkeys(reasons) if is_alone else ()),
        *words.provenance(heard, row["as_of"], row["method"], explanation.head),
    ]  # fmt: skip
    return Picture(
        heading=heading,
        knowledge=knowledge,
        panels=tuple(panels),
        start=0,
        end=end,
        along=Along.COUNTS,
        key=tuple(key) if panels else (),
        notes=tuple(notes),
        said=" ".join([f"{heading}. {knowledge}.", *(sentences or _standings(panels))]),
    )


def _standings(panels: Sequence[Panel]) -> list[str]:
    return [f"{panel.title}: {panel.standing}." for panel in panels]


def _number(point: Mapping[str, Any]) -> int | None:
    return next((point[name] for name in ("best", "low", "high") if point[name] is not None), None)


def _accounts(points: Sequence[Mapping[str, Any]]) -> list[Account]:
    """The account of every origin that is heard, the highest first."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for point in points:
        if point["weight"] > 0:
            rows.setdefault(point["origin_id"], []).append(point)
    accounts: list[Account] = []
    for origin, of in rows.items():
        low = max((point["account_low"] or 0 for point in of), default=0)
        highs = [point["account_high"] for point in of if point["account_high"] is not None]
        high = max(low, min(highs)) if highs else None
        weight = max(point["weight"] for point in of)
        accounts.append((origin, of[0]["origin_name"], weight, low, high))
    return sorted(accounts, key=lambda account: (-account[3], -account[2], account[0]))


def half_of_the_weight(accounts: Sequence[Account]) -> int | None:
    """Return the smallest number of least weighted distance to all accounts; None where nobody is heard.

    >>> half_of_the_weight([("a", "A", 3, 10, 10), ("b", "B", 2, 40, 40)])
    10
    """
    ends = sorted({end for account in accounts for end in account[3:] if end is not None})
    for x in ends:
        above = sum(weight for _, _, weight, low, _ in accounts if low > x)
        below = sum(weight for _, _, weight, _, high in accounts if high is not None and high <= x)
        if below >= above:
            return x
    return ends[-1] if ends else None


def end_of_the_half(accounts: Sequence[Account], half: int) -> int:
    """Return the greatest number that is as near to all accounts as ``half``, the smallest.

    >>> end_of_the_half([("a", "A", 3, 10, 10), ("b", "B", 3, 40, 40)], 10)
    40
    """
    above = sum(weight for _, _, weight, low, _ in accounts if low > half)
    below = sum(weight for _, _, weight, _, high in accounts if high is not None and high <= half)
    later = [end for account in accounts for end in account[3:] if end is not None and end > half]
    return min(later, default=half) if above == below else half


def _heard(accounts: Sequence[Account], bounds: Bounds, half: int | None, end: float, words: Words) -> Panel:
    shown = accounts[:MOST_ACCOUNTS]
    heaviest = max(account[2] for account in shown)
    strokes: list[Stroke] = []
    signs: list[Sign] = []
    dots: list[Dot] = []
    for y, (origin, name, weight, low, high) in enumerate(shown):
        colour, symbol = looks([origin])[origin]
        until = end * 0.97 if high is None else high
        width = max(1.5, HEAVIEST * weight / heaviest)
        room = words.headline(Bounds(low, low if low == high else None, high))
        said = words.say("%(origin)s, weight %(weight)s: %(room)s", origin=name, weight=weight, room=room)
        strokes.append(Stroke(((low, y), (until, y)), Look(colour, width), origin))
        dots.append(Dot(low, y, said, colour, symbol, is_filled=True, group=origin))
        if high is None:
            signs.append(Sign(until, y + 0.16, "→", anchor="start"))
        elif high > low:
            dots.append(Dot(high, y, said, colour, symbol, is_filled=False, group=origin))
    last = len(shown) - 0.5
    if half is not None:
        strokes.append(Stroke(((half, -0.5), (half, last)), HALF, "half"))
    if bounds.best is not None:
        strokes.append(Stroke(((bounds.best, -0.5), (bounds.best, last)), FIGURE, "figure"))
    total = sum(account[2] for account in accounts)
    told = [
        words.say_many(
            "%(num)s heard, weight %(total)s in all", "%(num)s heard, weight %(total)s in all",
            len(accounts), total=words.number(total),
        )
    ]  # fmt: skip
    if half is not None:
        told.append(_say_half(half, end_of_the_half(accounts, half), words))
    told += _not_drawn(len(accounts) - len(shown), words)
    return Panel(
        title=words.say("What each origin's account leaves room for"),
        standing=words.say("; ").join(told),
        strokes=tuple(strokes), dots=tuple(dots), signs=tuple(signs), top=len(shown),
        rows=tuple(f"{weight} · {name}" for _, name, weight, _, _ in shown),
    )  # fmt: skip


def _say_half(least: int, most: int, words: Words) -> str:
    if most == least:
        return words.say("half of the weight lies at %(number)s", number=words.number(least))
    least_said, most_said = words.number(least), words.number(most)
    return words.say(
        "half of the weight lies anywhere from %(low)s to %(high)s", low=least_said, high=most_said
    )


def _set_aside(points: Sequence[Mapping[str, Any]], words: Words) -> Panel:
    shown = points[:MOST_ASIDE]
    told = [words.say_many("%(num)s report in no figure", "%(num)s reports in no figure", len(points))]
    told += _not_drawn(len(points) - len(shown), words)
    return Panel(
        title=words.say("Set aside"),
        standing=words.say("; ").join(told),
        dots=tuple(_aside_dots(shown, words)),
        rows=tuple(f"{point['origin_name']} · {words.term(point['role'])}" for point in shown),
        top=len(shown),
    )


def _not_drawn(number: int, words: Words) -> list[str]:
    """What is said of accounts or reports that are too many to be drawn; nothing for none."""
    if not number:
        return []
    return [words.say_many("%(num)s more is not drawn", "%(num)s more are not drawn", number)]


def _aside_dots(shown: Sequence[Mapping[str, Any]], words: Words) -> Iterator[Dot]:
    for y, point in enumerate(shown):
        role = words.term(point["role"])
        said = f"{point['origin_name']} {point['count_stated']} · {role} · {point['reason']}"
        yield Dot(_number(point) or 0, y, said, MUTED, "x", is_filled=False, group="aside",
                  report_id=point["report_id"])  # fmt: skip
