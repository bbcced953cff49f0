"""What do parts say about a whole?

A contained cell's floor, and days counted alone, can only raise a floor of the whole. An origin with a total
of its own for the whole needs no voice through the parts, so it has one only until that total; and it has
one at a time, the highest. This module must not know how cells come to lie inside one another. Invariant:
per cell and origin, a bound is higher than those before it, and ends on the day on which the next begins.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.cells import Cells
from service.reconcile.columns import NONE, OPEN, Rows, Whole, firsts, groups, key, matches, order
from service.reconcile.walk import highest_before

TOLD = (
    "cell_id", "origin_no", "day", "said", "lo", "weight", "is_anonymous", "is_verified", "statement",
)  # fmt: skip
"""What a bound takes from the span, or the sum of days, that it comes from."""


def bounds(spans: Rows, added: Rows, cells: Cells) -> Rows:
    """A row per (cell, origin, day) on which the origin's highest floor from parts rises, in that order: from
    which part and statement, ``until`` which day, and with which ``voice`` (a weight).

    Spans are sorted by cell, origin and day. The part that days counted alone (``added``) belong to is the
    whole itself.
    """
    told = {name: np.concatenate([spans[name], added[name]]) for name in TOLD}
    told["day"][len(spans["day"]) :] += added["is_running"]  # a running sum is a floor once its day is over
    cell, row = _floors(told, len(spans["day"]), cells)
    since = _since(spans, cell, told["origin_no"][row])
    early = np.flatnonzero(told["day"][row] < since)
    early = early[_rising(cell[early], row[early], told)]
    bound = {name: column[row[early]] for name, column in told.items()}
    bound |= {"cell_id": cell[early], "part_id": bound["cell_id"]}
    following = np.append(bound["day"][1:], OPEN)[: len(early)]
    following[firsts(bound["cell_id"], bound["origin_no"])[1:] - 1] = OPEN
    bound["until"] = np.minimum(following, since[early])
    # a nameless claim about a part is shown, and moves nothing
    bound["voice"] = np.where(bound["is_anonymous"], 0, bound["weight"])
    return bound


def _floors(told: Rows, spans: int, cells: Cells) -> tuple[Whole, Whole]:
    """The cells that floors are about, and the rows they come from: of the spans, all that lie inside a cell;
    of the sums of days after them, each."""
    floor = np.flatnonzero(told["lo"] > 0)
    own = floor[np.searchsorted(floor, spans) :]
    inside = floor[: len(floor) - len(own)]
    pair, place = matches(cells.inner, told["cell_id"][inside])
    about = np.concatenate([cells.outer[pair], told["cell_id"][own]])
    return about, np.concatenate([inside[place], own])


def _since(spans: Rows, cell: Whole, origin: Whole) -> Whole:
    """From which day the origins have totals of their own for the cells, or OPEN."""
    totals = np.flatnonzero(~spans["is_first_days"])
    who = key(spans["cell_id"][totals], spans["origin_no"][totals])
    begins = firsts(who)
    known, since = np.append(who[begins], OPEN), np.append(spans["day"][totals[begins]], OPEN)
    asked = key(cell, origin)
    at = np.searchsorted(known, asked)
    return np.where(known[at] == asked, since[at], OPEN)


def _rising(cell: Whole, row: Whole, told: Rows) -> Whole:
    """Which of the floors that come from some rows are higher than all that their origin's parts said of the
    cell before, in order: one a day, of equal ones the weightiest."""
    origin, day, lo = (told[name][row] for name in ("origin_no", "day", "lo"))
    by_day = order(cell, origin, day)
    cell, origin, day, lo = (column[by_day] for column in (cell, origin, day, lo))
    first = firsts(cell, origin, day)
    highest = np.maximum.reduceat(lo, first)
    level = highest_before(highest, firsts(cell[first], origin[first]))
    of = groups(first, len(lo))
    rises = lo == np.where(highest > level, highest, NONE)[of]
    rising, of = by_day[rises], of[rises]
    weight, part, said = (told[name][row[rising]] for name in ("weight", "cell_id", "said"))
    weightiest: Whole = rising[order(of, -weight, part, said)[firsts(of)]]
    return weightiest
