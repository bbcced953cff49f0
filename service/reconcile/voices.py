"""Who speaks for a cell on a day, and with which interval?

An origin speaks through its own figures of the cell (spans), and through floors that parts of the cell give
(bounds). All carriers of a number stand behind it, whichever day they give. This module must not know who
stands on a day, nor what they agree on. Invariant: an origin has one voice of each kind per cell and day.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.claims import Claims
from service.reconcile.columns import (
    LAST,
    NONE,
    OPEN,
    Column,
    Rows,
    Whole,
    firsts,
    groups,
    key,
    order,
    sizes,
)
from service.reconcile.standing import picked

ALIKE = (
    "cell_id", "origin_no", "day", "until", "said", "lo", "is_anonymous", "is_verified", "statement",
)  # fmt: skip
"""The columns of spans and bounds that mean the same in both."""


def voices(spans: Rows, bounds: Rows, claims: Claims) -> Rows:
    """A row per voice, sorted by cell and day, the weightiest of a day last.

    ``overtaken_on`` is the day from which a total is a floor, ``is_heard`` whether the method hears the
    origin, ``reports`` and ``published_on`` tell how many stand behind it, and the newest of them.
    """
    voice = _spoken(spans, bounds)
    reports, published_on = _carried(claims)
    statement, origin = voice["statement"], voice["origin_no"]
    voice |= {"reports": reports[statement], "published_on": published_on[statement]}
    voice["is_heard"] = claims.speakers.is_heard[origin]
    voice["overtaken_on"] = _overtaken_on(voice)
    return voice


def _spoken(spans: Rows, bounds: Rows) -> dict[str, Column]:
    """What spans and bounds say, in order; whoever speaks through a part gives a floor and no more."""
    own, parts = len(spans["day"]), len(bounds["day"])
    told = {name: (spans[name], bounds[name]) for name in ALIKE} | {
        "part_id": (spans["cell_id"], bounds["part_id"]),
        "hi": (spans["hi"], np.full(parts, OPEN)),
        "best": (spans["best"], bounds["lo"]),
        "weight": (spans["weight"], bounds["voice"]),
        "is_undated": (spans["is_undated"], np.zeros(parts, np.bool_)),
        "is_first_days": (spans["is_first_days"], np.zeros(parts, np.bool_)),
        "is_part": (np.zeros(own, np.bool_), np.ones(parts, np.bool_)),
    }
    spoken = {name: np.concatenate(columns) for name, columns in told.items()}
    keys = (spoken[name] for name in ("cell_id", "day", "weight", "origin_no"))
    by_day = order(*keys, ~spoken["is_part"])
    spoken = picked(spoken, by_day)
    spoken["said_on"] = spoken.pop("day")
    return spoken


def _carried(claims: Claims) -> tuple[Whole, Whole]:
    """How many reports carry the number of each statement, of the same cell and origin and for whichever day,
    and when the last of them was published."""
    reports = sizes(claims.first, len(claims.statement))
    published_on = np.maximum.reduceat(claims.rows["published_on"], claims.first)
    keys = [claims.rows[name][claims.first] for name in ("cell_id", "origin_no", "said")]
    alike = order(*keys)
    first = firsts(*(column[alike] for column in keys))
    of = np.empty_like(alike)
    of[alike] = groups(first, len(alike))
    return np.add.reduceat(reports[alike], first)[of], np.maximum.reduceat(published_on[alike], first)[of]


def _overtaken_on(voice: Rows) -> Whole:
    """The day on which each total is overtaken, or OPEN.

    A total counted to one day is a full statement until something fresher of comparable weight comes from
    another origin: another full statement, or a floor above it. (Between an origin's figure and its next one
    all that comes is another's: it has no voice through parts once it has a total of its own.)
    """
    cell, said_on, hi, weight = (voice[name] for name in ("cell_id", "said_on", "hi", "weight"))
    fresh = np.flatnonzero(voice["is_heard"] & ~voice["is_anonymous"] & ~voice["is_undated"])
    total = np.flatnonzero(voice["is_heard"] & (hi != OPEN))
    when, until = key(cell[fresh], said_on[fresh]), key(cell, np.minimum(voice["until"], LAST))[total]
    start = np.searchsorted(when, key(cell[total], said_on[total]), side="right")
    is_followed = np.append(when, OPEN)[start] < until
    total, start, stop = total[is_followed], start[is_followed], np.searchsorted(when, until[is_followed])
    reach, half = np.where(hi[fresh] == OPEN, voice["lo"][fresh], OPEN), (weight[total] + 1) // 2
    overtaken_on = np.full(len(hi), OPEN)
    for least in np.unique(half):
        among = half == least
        comparable = np.where(weight[fresh] >= least, reach, NONE)
        at = _first_above(comparable, start[among], stop[among], hi[total[among]])
        is_found = at < stop[among]
        overtaken_on[total[among][is_found]] = said_on[fresh[at[is_found]]]
    return overtaken_on


def _first_above(values: Whole, start: Whole, stop: Whole, above: Whole) -> Whole:
    """In each range of places the first with a value ``above``; else the range's end.

    Of so many values in a row as a power of two the highest is worked out beforehand: a range then takes as
    many steps as its length has binary digits.

    >>> values, start, stop = np.array([3, 1, 5, 2]), np.array([1, 0, 3]), np.array([4, 2, 4])
    >>> _first_above(values, start, stop, np.array([2, 3, 2])).tolist()
    [2, 2, 4]
    """
    highest, reach = [values], 1
    while 2 * reach <= (stop - start).max(initial=0):
        highest.append(np.maximum(highest[-1][:-reach], highest[-1][reach:]))
        reach *= 2
    at = start.copy()
    for most in reversed(highest):
        fits = np.flatnonzero(at + reach <= stop)
        at[fits[most[at[fits]] <= above[fits]]] += reach
        reach //= 2
    return at
