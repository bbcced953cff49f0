"""What did each origin say of each day, however many carried it?

Many carriers of one origin's figure are one statement; of those of a day one is chosen. This module must not
know what an origin said before or after.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.claims import STATEMENT, Claims
from service.reconcile.columns import (
    NONE,
    OPEN,
    Column,
    Marks,
    Rows,
    Whole,
    firsts,
    groups,
    key,
    order,
    sizes,
    spread,
)

DATED = ("cell_id", "origin_no", "day")


@dataclasses.dataclass(frozen=True)
class Statements:
    """The statements of the claims, in their order, and the days they are about (dated).

    ``rows``: STATEMENT, ``dated`` (the number of its day) and what its carriers make of it; where
    ``is_total`` is False it counts days alone, and the rest means nothing. ``true_cell`` is the cell of which
    a statement is a distorted copy, or NONE. Of each day: ``first`` its first statement, ``chosen`` the one
    its origin is heard with (-1: none), and whether that one ``is_disowned``.
    """

    rows: Rows
    true_cell: Whole
    first: Whole
    chosen: Whole
    is_disowned: Marks


def stated(claims: Claims) -> Statements:
    """The statements of the claims."""
    rows = _carried(claims)
    first = firsts(*(rows[name] for name in DATED))
    rows["dated"] = groups(first, len(rows["said"]))
    true_cell = _true_cells(rows, claims)
    chosen = _chosen(rows, true_cell, len(first))
    return Statements(rows, true_cell, first, chosen, _disowned(rows, chosen))


def _carried(claims: Claims) -> dict[str, Column]:
    """What the carriers of each statement make of it.

    "At least 1,383" or "about 1,383" in some copies of an exact 1,383 does not make it a floor.
    """
    claim, first = claims.rows, claims.first
    is_total = ~claim["is_increment"]
    is_own, is_exact = claim["is_own"] & is_total, claim["is_exact"] & is_total
    carriers, exact_carriers = _different(claims, is_total), _different(claims, is_exact)
    is_given = np.logical_or.reduceat(is_own, first)
    rows = {name: claim[name][first] for name in (*STATEMENT, "is_anonymous")}
    exact = np.where(
        is_given,
        np.logical_or.reduceat(is_own & is_exact, first),
        (exact_carriers >= 2) | (2 * exact_carriers >= carriers),
    )
    return rows | {
        "is_total": np.logical_or.reduceat(is_total, first),
        "carriers": carriers,
        "is_own": is_given,
        "exact": exact,
        "is_attested": is_given | (carriers >= 2),
        **{
            name: np.logical_and.reduceat(claim[name] | ~is_total, first)
            for name in ("is_day_inferred", "is_undated", "is_verified")
        },
        "last_known_on": np.maximum.reduceat(np.where(is_total, claim["known_on"], NONE), first),
        "weight": np.maximum.reduceat(np.where(is_total, claim["weight"], NONE), first),
        "lo": np.where(
            exact, rows["said"], np.minimum.reduceat(np.where(is_total, claim["lo"], OPEN), first)
        ),
        "hi": np.where(
            exact, rows["said"], np.maximum.reduceat(np.where(is_total, claim["hi"], NONE), first)
        ),
        "best": np.where(
            exact, rows["said"], np.maximum.reduceat(np.where(is_total, claim["best"], NONE), first)
        ),
    }


def _different(claims: Claims, where: Marks) -> Whole:
    """How many sources carry each statement, of the rows ``where``."""
    found: Whole = np.add.reduceat(where, claims.first, dtype=np.int64)
    several = np.flatnonzero(where & (found > 1)[claims.statement])
    statement, source = claims.statement[several], claims.rows["source_no"][several]
    places = order(statement, source)
    statement, source = statement[places], source[places]
    found[statement] = 0
    np.add.at(found, statement[firsts(statement, source)], 1)
    return found


def _true_cells(rows: Rows, claims: Claims) -> Whole:
    """Of which cell each statement is a distorted copy.

    The same number of the same origin about a wider place set of the same population, given by the origin
    itself or carried more widely: the narrower one is a distorted copy.
    """
    inner, outer = _alike(rows, claims)
    own, carriers, cell = rows["is_own"], rows["carriers"], rows["cell_id"]
    near = np.abs(rows["day"][outer] - rows["day"][inner]) <= 1
    near |= rows["is_day_inferred"][inner] | rows["is_day_inferred"][outer]
    near &= own[outer] | (carriers[outer] >= 2 * carriers[inner])
    inner, outer = inner[near], outer[near]
    areas = claims.cells.named["areas"].numbers
    lies = _is_among(key(cell[outer], cell[inner]), key(claims.cells.outer, claims.cells.inner))
    lies &= areas[cell[inner] - 1] != areas[cell[outer] - 1]
    inner, outer = inner[lies], outer[lies]
    best_last = order(inner, own[outer], carriers[outer], cell[outer])
    found = np.full(len(cell), NONE)
    found[inner[best_last]] = cell[outer[best_last]]
    return found


def _alike(rows: Rows, claims: Claims) -> tuple[Whole, Whole]:
    """Every statement that others alone carry, beside each of the same origin, crisis, population and number;
    where all of these are about one cell, none."""
    among = np.flatnonzero(rows["is_total"] & (rows["said"] > 0))
    cell, named = rows["cell_id"][among], claims.cells.named
    keys = [
        *(named[name].numbers[cell - 1] for name in ("crisis", "population")),
        *(rows[name][among] for name in ("origin_no", "said")),
    ]
    places = order(*keys)
    among, cell = among[places], cell[places]
    first = firsts(*(column[places] for column in keys))
    last = first + sizes(first, len(among)) - 1
    several = np.flatnonzero(cell[first] != cell[last])
    group, inner = spread(first[several], last[several] + 1)
    is_carried = ~rows["is_own"][among[inner]]
    group, inner = several[group[is_carried]], inner[is_carried]
    row, outer = spread(first[group], last[group] + 1)
    return among[inner[row]], among[outer]


def _is_among(keys: Whole, among: Whole) -> Marks:
    """Whether each key is one of the sorted ``among``."""
    if not len(among):
        return np.zeros(len(keys), np.bool_)
    found: Marks = among[np.minimum(np.searchsorted(among, keys), len(among) - 1)] == keys
    return found


def _chosen(rows: Rows, true_cell: Whole, days: int) -> Whole:
    """Of the figures that an origin is given for one day, which is heard.

    Its own publication, else exact ones, else the most carried; among those carried by at least two, the
    highest, since a running total only grows within a day.
    """
    found = np.full(days, -1)
    among = np.flatnonzero(rows["is_total"] & (true_cell == NONE))
    dated = rows["dated"][among]
    found[dated] = among
    among = among[(np.bincount(dated, minlength=days) > 1)[dated]]
    is_attested = rows["is_attested"][among]
    best_last = order(
        rows["dated"][among],
        ~rows["is_undated"][among],
        *(rows[name][among] for name in ("is_own", "exact", "is_attested")),
        np.where(is_attested, rows["said"][among], rows["carriers"][among]),
        *(rows[name][among] for name in ("last_known_on", "said")),
    )
    among = among[best_last]
    found[rows["dated"][among]] = among
    return found


def _disowned(rows: Rows, chosen: Whole) -> Marks:
    """On which days the chosen figure was a slip: carried by one only, and fallen below by two or more later
    figures of the same origin."""
    is_disowned = np.zeros(len(chosen), np.bool_)
    days = np.flatnonzero(chosen >= 0)
    row = {
        name: rows[name][chosen[days]]
        for name in ("cell_id", "origin_no", "lo", "exact", "is_day_inferred", "is_attested")
    }
    lo = np.where(row["exact"] & ~row["is_day_inferred"], row["lo"], OPEN)
    second = _second_lowest_after(lo, firsts(row["cell_id"], row["origin_no"]))
    is_disowned[days] = ~row["is_attested"] & (second < row["lo"])
    return is_disowned


def _second_lowest_after(values: Whole, begins: Whole) -> Whole:
    """Of each row the second lowest of the rows after it in its group, or OPEN; groups follow one another.

    >>> _second_lowest_after(np.array([3, 1, 4, 5, 9]), np.array([0, 4])).tolist() == [4, 5, OPEN, OPEN, OPEN]
    True
    """
    room = sizes(begins, len(values))
    left = np.repeat(begins + room, room) - np.arange(len(values)) - 1  # how many rows come after
    lowest, second = np.full(len(values), OPEN), np.full(len(values), OPEN)
    lowest[:-1] = np.where(left[:-1] > 0, values[1:], OPEN)
    reach = 1  # each row has seen as many rows after it; twice as many after each round
    while reach < room.max(initial=0):
        is_further = left[:-reach] >= reach
        other, other_second = (np.where(is_further, seen[reach:], OPEN) for seen in (lowest, second))
        higher = np.maximum(lowest[:-reach], other)
        lowest[:-reach] = np.minimum(lowest[:-reach], other)
        second[:-reach] = np.minimum(np.minimum(second[:-reach], other_second), higher)
        reach *= 2
    return second
