"""What do the named methods make of the same accounts?

``least-disagreement`` and ``latest:ORIGIN`` take the figure as it is; ``median``, ``range`` and ``ucdp``
choose another count of those who state the cell. This module does not know how the order of figures is
closed.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.columns import Whole, firsts, groups, keys_by_size, put_most
from service.reconcile.figures import Figures
from service.reconcile.kept import BLANK, Kept

METHODS = frozenset({"least-disagreement", "latest", "median", "range", "ucdp"})


def apply_method(method: str, own: Kept, figures: Figures) -> None:
    """Put the count of a named method in the place of the default's, where anybody states a count of the
    cell."""
    if method not in ("median", "range", "ucdp") or not len(own.cell):
        return
    first = firsts(own.cell, own.origin)
    days = figures.best.shape[1]
    latest = np.full((len(first), days), BLANK)
    is_count = own.count != BLANK
    put_most(latest, groups(first, len(own.cell))[is_count], own.day[is_count], own.count[is_count])
    latest = np.maximum.accumulate(latest, axis=1)
    for cells, rows in keys_by_size(own.cell[first], days):
        counts, weight = latest[rows], own.weight[first][rows]
        stated = (counts != BLANK).sum(axis=1)
        has_count = stated > 0
        best = _median(counts, stated) if method == "median" else _heaviest(counts, weight)
        least = np.where(counts == BLANK, np.iinfo(np.int64).max, counts).min(axis=1)
        most = counts.max(axis=1)
        if method == "range":
            is_range = stated > 1
            figures.best[cells] = BLANK
            figures.low[cells] = np.where(is_range, least, np.where(has_count, BLANK, figures.low[cells]))
            figures.high[cells] = np.where(is_range, most, BLANK)
            continue
        figures.best[cells] = np.where(has_count, best, figures.best[cells])
        figures.low[cells] = np.where(has_count, np.minimum(least, best), figures.low[cells])
        figures.high[cells] = np.where(has_count, np.maximum(most, best), figures.high[cells])


def _median(counts: Whole, stated: Whole) -> Whole:
    """The middle one of the origins' counts, of two the lower: (cells, days)."""
    ordered = np.sort(counts, axis=1)
    at = counts.shape[1] - stated + (np.maximum(stated, 1) - 1) // 2
    return np.take_along_axis(ordered, np.minimum(at, counts.shape[1] - 1)[:, np.newaxis], axis=1)[:, 0]


def _heaviest(counts: Whole, weight: Whole) -> Whole:
    """The count of the origin that weighs most, of equals the lower: (cells, days)."""
    known = np.where(counts == BLANK, -1, weight[:, :, np.newaxis])
    is_heaviest = known == known.max(axis=1, keepdims=True)
    found = np.where(is_heaviest & (counts != BLANK), counts, np.iinfo(np.int64).max).min(axis=1)
    return np.where(found == np.iinfo(np.int64).max, BLANK, found)
