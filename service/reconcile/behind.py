"""Which report stands behind what a part says about a whole?

A bound has a number, and many may carry it, on several days. This module must not know how bounds were found.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.columns import Whole, firsts, groups, key, order
from service.reconcile.lineage import Lineage


def claims_behind(lineage: Lineage) -> Whole:
    """The claim that stands behind each bound, or -1.

    It is one of the part's claims of the same origin and number, counted to the bound's day or before: where
    the bound adds up days counted alone, one of those, else one with the same floor. Of these, one that
    stands for its statement, else the first to carry it; of several, that of the first report.

    Claims and bounds are sorted together by what they must share, and then by day; the best so far at a bound
    is the one behind it.
    """
    said, bounds = _alike(lineage), lineage.bounds
    claims, ranked = lineage.claims.rows, _ranked(lineage, said, bounds["statement"])
    days, none = np.flatnonzero(claims["is_increment"][ranked]), len(ranked)
    adds_up = bounds["part_id"] == bounds["cell_id"]
    said_by, lo, day = said[lineage.claims.statement[ranked]], claims["lo"][ranked], claims["day"][ranked]
    is_bound = np.arange(none + len(days) + len(adds_up)) >= none + len(days)
    shared = (
        np.concatenate([said_by, said_by[days], said[bounds["statement"]]]),
        np.concatenate([np.zeros(none, np.bool_), np.ones(len(days), np.bool_), adds_up]),
        np.concatenate([lo, np.zeros_like(days), np.where(adds_up, 0, bounds["lo"])]),
    )
    # a sum of days is a floor from the day after the last of them, on which its origin may count further
    counted_to = lineage.statements.rows["day"][bounds["statement"]]
    by_day = order(*shared, np.concatenate([day, day[days], counted_to]), is_bound)
    rank = np.concatenate([np.arange(none), days, np.full(len(adds_up), none)])
    best = _lowest_so_far(rank[by_day], firsts(*(column[by_day] for column in shared)))
    found = np.empty_like(rank)
    found[by_day] = best
    claim: Whole = np.append(ranked, -1)[found[is_bound]]
    return claim


def _alike(lineage: Lineage) -> Whole:
    """A number per statement: that of its cell, origin and count, whatever the day."""
    keys = [lineage.statements.rows[name] for name in ("cell_id", "origin_no", "said")]
    sequence = order(*keys)
    begins = firsts(*(column[sequence] for column in keys))
    number = np.empty_like(sequence)
    number[sequence] = groups(begins, len(sequence))
    return number


def _ranked(lineage: Lineage, said: Whole, asked: Whole) -> Whole:
    """The claims that say what some statements say, the best to stand behind them first."""
    is_asked = np.zeros(len(said), np.bool_)
    is_asked[said[asked]] = True
    claims = np.flatnonzero(is_asked[said][lineage.claims.statement])
    place = claims - lineage.stands_for[claims]
    return claims[np.argsort(key(place, lineage.claims.rows["report_no"][claims]))]


def _lowest_so_far(values: Whole, begins: Whole) -> Whole:
    """Of each row the lowest of its group so far; values are no less than 0, and groups follow one another.

    >>> _lowest_so_far(np.array([3, 1, 4, 9, 5]), np.array([0, 3])).tolist()
    [3, 1, 1, 9, 5]
    """
    step = values.max(initial=0) + 1  # each group lies lower than the one before
    lower = step * groups(begins, len(values))
    lowest: Whole = np.minimum.accumulate(values - lower) + lower
    return lowest
