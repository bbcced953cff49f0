"""How many people each day or week? Events and increments as their origins list them, by their last day.

These are what origins list, origin by origin; they are not reconciled with one another. A rise of a running
total is no increment: it says when people were counted, not when they died.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from service.charts.looks import looks
from service.charts.picture import Band, Entry, Look, Panel, Picture, Sample, Spot, at, outline
from service.charts.plan import DAY, Drawable, draw_up
from service.charts.style import tint
from service.charts.text import Words
from service.language import message
from service.vocabulary import Basis, Role

GONE = frozenset({
    Role.WITHDRAWN, Role.RETRACTION, Role.DISOWNED, Role.ECHO, Role.MISPLACED, Role.SLIP, Role.REVISED,
})  # fmt: skip
"""Roles of reports that are nobody's increment any more, or another's."""
LONGEST_BY_DAY = 90
"""Days beyond which bars are weeks where nobody says which."""
SHARE = "0.55"
_PER = {
    "day": message("%(heading)s per day, as origins list them"),
    "week": message("%(heading)s per week, as origins list them"),
}
_MOST = {
    "day": message("%(total)s listed in all; the most in a day: %(most)s"),
    "week": message("%(total)s listed in all; the most in a week: %(most)s"),
}


def increments(series: Drawable, words: Words, *, per: str = "") -> Picture:
    """Return events and increments of a series' places; ``per``: day or week."""
    plan = draw_up(series)
    listed = _listed(series)
    days = [day for of in listed.values() for day in of]
    if not days:
        heading = words.say(
            "No events or increments for this question as of %(day)s", day=words.day(plan.as_of)
        )
        return Picture(heading, words.knowledge(plan), (), 0, 1, said=f"{heading}.")
    first, last = min(days), max(days)
    per = per or ("day" if (last - first).days <= LONGEST_BY_DAY else "week")
    heading = words.say(_PER[per], heading=words.heading(plan))
    names = {point["origin_id"]: point["origin_name"] for point in series.points.to_pylist()}
    panels, entries = [], []
    several = len({area for area, _ in listed}) > 1
    for (area, origin), of in sorted(
        listed.items(), key=lambda item: (item[0][0], -sum(item[1].values()), item[0])
    ):
        look = looks([origin])[origin]
        bars = _bars(of, per)
        title = words.join([names[origin], series.area_names.get(area, area)]) if several else names[origin]
        panels.append(_panel(title, bars, origin, words, per=per))
        entries.append(Entry(names[origin], origin, Sample.BAND, Look(look[0]), fill=tint(look[0], SHARE)))
    width = DAY * (7 if per == "week" else 1)
    notes = [
        words.say(
            "Each bar sums what an origin lists by the last day of its period; "
            "origins are not reconciled here."
        ),
        *words.provenance(dict.fromkeys(names[o] for _, o in listed), plan.as_of, plan.method, plan.head),
    ]
    return Picture(
        heading=heading,
        knowledge=words.knowledge(plan),
        panels=tuple(panels),
        start=at(first - width),
        end=at(max(last + width, min(last + 2 * width, plan.as_of + DAY))),
        key=tuple(dict.fromkeys(entries)),
        notes=tuple(notes),
        said=" ".join([f"{heading}.", *(f"{panel.title}: {panel.standing}." for panel in panels)]),
    )


def _listed(series: Drawable) -> dict[tuple[str, str], dict[dt.date, int]]:
    """People by area and origin, then by day; what several carried counts once.

    Events of an origin add up wherever they lie inside the place; an increment counts only where it is about
    the place and the people asked for, since others may lie within it.
    """
    seen: dict[tuple[Any, ...], int] = {}
    for point in series.points.to_pylist():
        if point["basis"] != Basis.INCREMENT or point["role"] in GONE:
            continue
        is_own = point["areas"] == point["area_code"] and point["population_stated"] == point["population"]
        count = point["best"] if point["best"] is not None else point["low"]
        if count is None or not (point["event"] or is_own):
            continue
        what = point["event"] or (point["low"], point["best"], point["high"])
        day = point["counted_to"] or point["date"]
        seen[point["area_code"], point["origin_id"], day, what] = count
    listed: dict[tuple[str, str], dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for (area, origin, day, _), count in seen.items():
        listed[area, origin][day] += count
    return listed


def _bars(of: dict[dt.date, int], per: str) -> dict[dt.date, int]:
    bars: dict[dt.date, int] = defaultdict(int)
    for day, count in of.items():
        bars[day - DAY * day.weekday() if per == "week" else day] += count
    return dict(sorted(bars.items()))


def _panel(title: str, bars: dict[dt.date, int], origin: str, words: Words, *, per: str) -> Panel:
    colour, _ = looks([origin])[origin]
    width = 7 if per == "week" else 1
    bands, spots = [], []
    for day, count in bars.items():
        x0 = at(day)
        bar = outline([(x0 + 0.08 * width, x0 + 0.92 * width, 0, count)])
        bands.append(Band(bar, tint(colour, SHARE), origin, Look(colour, 1.0)))
        when = words.day(day)
        if per == "week":
            when = words.say("the week from %(day)s", day=when)
        spots.append(Spot(x0, x0 + width, count, f"{title}: {words.join([words.number(count), when])}"))
    total, most = sum(bars.values()), max(bars.values())
    told = words.say(_MOST[per], total=words.number(total), most=words.number(most))
    return Panel(title, told, tuple(bands), spots=tuple(spots), top=most)
