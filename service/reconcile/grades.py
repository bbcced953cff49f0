"""How well is each figure supported?

By the accounts: do independent origins of weight meet, does a good part of the weight lie wholly above
another, is there one origin only? This module does not know how figures are shown.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.accounts import Accounts
from service.reconcile.columns import Marks, Whole, firsts, groups, keys_by_size, put_most, texts
from service.reconcile.figures import Figures
from service.reconcile.kept import BLANK, BOUNDLESS, Kept
from service.reconcile.own_days import days_of_change, portions
from service.reconcile.raises import Raises
from service.reconcile.sums import TENTH, Sums
from service.vocabulary import Grade

_GRADES = (Grade.INFERRED, Grade.CONTESTED, Grade.CORROBORATED, Grade.SINGLE_SOURCE, Grade.PROVISIONAL)
INFERRED, CONTESTED, CORROBORATED, SINGLE_SOURCE, PROVISIONAL = range(len(_GRADES))
GRADES = texts(_GRADES)
PROVISIONAL_DAYS = 7
FIFTH = 5


def grade(
    accounts: Accounts, own: Kept, figures: Figures, *, sums: Sums, raises: Raises, changes: Marks
) -> tuple[Whole, Whole]:
    """Return the grade (a place in GRADES) and how many origins state the cell, both (cells, days).

    ``changes`` are those of ``figures.figure``.
    """
    shape = figures.best.shape
    stating, meeting = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    apart = np.zeros(shape, np.bool_)
    starts = np.arange(shape[0] + 1)
    account_start, own_start = (np.searchsorted(each.cell, starts) for each in (accounts, own))
    changes = changes | days_of_change((figures.best,), starts[:-1], shape[0])
    for some in portions(changes, np.diff(account_start)):
        best = figures.best[some.cell[:, np.newaxis], some.day]
        stated, met = _agreement(own.of_portion(some, own_start), best)
        stating[some.cell], meeting[some.cell] = some.on_all_days(stated), some.on_all_days(met)
        lies_apart = _apart(accounts.of_portion(some, account_start), some.shape[0])
        apart[some.cell] = some.on_all_days(lies_apart)
    # a low below a best that stands is raised in peace: a part may have so many of the whole
    is_raised = raises.marks(shape) | sums.is_raised
    found = np.select(
        [
            stating == 0,
            apart | figures.is_pushed | sums.is_at_odds | is_raised,
            meeting >= 2,
        ],
        [INFERRED, CONTESTED, CORROBORATED],
        SINGLE_SOURCE,
    )
    return found, stating


def _agreement(own: Kept, best: Whole) -> tuple[Whole, Whole]:
    """How many origins state each cell by each day, and how many of weight come near its figure."""
    stating, meeting = np.zeros(best.shape, np.int64), np.zeros(best.shape, np.int64)
    first = firsts(own.cell, own.origin)
    if len(first):
        cell, weight = own.cell[first], own.weight[first]
        begins = np.minimum.reduceat(own.day, first)
        has_begun = np.arange(best.shape[1]) >= begins[:, np.newaxis]
        heaviest = np.zeros(best.shape, np.int64)
        put_most(heaviest, cell, begins, weight)
        heaviest = np.maximum.accumulate(heaviest, axis=1)
        meets = _meets(own, first, best) & (2 * weight[:, np.newaxis] >= heaviest[cell])
        for cells, rows in keys_by_size(cell, best.shape[1]):
            stating[cells], meeting[cells] = has_begun[rows].sum(axis=1), meets[rows].sum(axis=1)
    return stating, meeting


def _meets(own: Kept, first: Whole, best: Whole) -> Marks:
    """Of each (cell, origin) and day whether one of the origin's counts by then lies within a tenth of the
    figure. Within a tenth of 0 is 0 alone."""
    of = groups(first, len(own.cell))
    table = np.zeros((len(first), best.shape[1]), np.int64)  # one more than each count: a count of 0 is one
    is_count = own.count != BLANK
    put_most(table, of[is_count], own.day[is_count], own.count[is_count] + 1)
    table = np.maximum.accumulate(table, axis=1)
    best = best[own.cell[first]]
    nearest = _greatest_up_to(table, best + best // TENTH + 1) - 1
    meets: Marks = (best != BLANK) & (nearest >= 0) & (TENTH * nearest >= (TENTH - 1) * best)
    return meets


def _greatest_up_to(rising: Whole, most: Whole) -> Whole:
    """For each row and day the greatest of its rising values by then that is not above ``most``; 0 if none
    is."""
    rows, days = rising.shape
    room = np.int64(1) << 40
    shift = np.arange(rows, dtype=np.int64)[:, np.newaxis] * room
    values, limits = np.minimum(rising, room - 1) + shift, np.clip(most, 0, room - 2) + shift
    at = np.searchsorted(values.ravel(), limits.ravel(), side="right").reshape(rising.shape)
    at = np.minimum(at - 1 - np.arange(rows)[:, np.newaxis] * days, np.arange(days))
    return np.where(at >= 0, np.take_along_axis(rising, np.maximum(at, 0), axis=1), 0)


def _apart(accounts: Accounts, cells: int) -> Marks:
    """Where, of those who disagree with anybody, a fifth of the weight lies wholly, and by more than a tenth,
    above a fifth of it. Who leaves room for all the others takes no side."""
    days = accounts.low.shape[1]
    found = np.zeros((cells, days), np.bool_)
    for some, rows in keys_by_size(accounts.cell, days):
        if rows.shape[1] < 2:
            continue
        low, high = accounts.low[rows], accounts.high[rows]
        takes_side = (low > high.min(axis=1, keepdims=True)) | (high < low.max(axis=1, keepdims=True))
        weight = np.where(takes_side, accounts.weight[rows][:, :, np.newaxis], 0)
        below, above = _reached(high, weight), -_reached(-low, weight)
        is_apart = (below < BOUNDLESS) & (TENTH * (above - below) > below)
        found[some] = is_apart & takes_side.any(axis=1)
    return found


def _reached(values: Whole, weight: Whole) -> Whole:
    """The least value up to which a fifth of the weight lies: (cells, days), of (cells, origins, days)."""
    sequence = np.argsort(values, axis=1, kind="stable")
    passed = np.cumsum(np.take_along_axis(weight, sequence, axis=1), axis=1)
    at = np.argmax((FIFTH * passed >= passed[:, -1:]) & (passed > 0), axis=1)
    found: Whole = np.take_along_axis(
        np.take_along_axis(values, sequence, axis=1), at[:, np.newaxis], axis=1
    )[:, 0]
    return found
