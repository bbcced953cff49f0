"""Which report stands for an account, from which day to which, and why?

Of every account there is a row for each span of days in which its interval stays the same. This module does
not know of reports that stand for none.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.accounts import Accounts
from service.reconcile.columns import NONE, OPEN, Column, Marks, Whole, firsts, groups, order
from service.reconcile.crisis import Crises
from service.reconcile.evidence_rows import evidence_rows, open_ended
from service.reconcile.kept import BLANK, BOUNDLESS, OF_COUNTS, OF_DAYS, OF_EVENTS, Kept
from service.reconcile.reasons import (
    ALL_DAYS,
    ALL_EVENTS,
    CEILING,
    COUNT,
    DAYS,
    EVENTS,
    FLOOR,
    LOOSE,
    LOOSE_WHOLE,
    PART,
    SUM,
    TWO_COUNTS,
    WHOLE,
)
from service.reconcile.restarts import find_second_counts


@dataclasses.dataclass(frozen=True)
class _Spans:
    """Spans of days in which an account (``row``) says the same; ``day`` and ``end`` are places in the grid's
    days, the day of the end left out."""

    row: Whole
    day: Whole
    end: Whole
    low: Whole
    high: Whole


def account_rows(crises: Crises, kept: Kept) -> tuple[dict[str, Column], Marks]:
    """A row for each span of each account, and which kept statements speak in one of their own cell."""
    accounts, grid, days = crises.accounts, crises.grid, crises.grid.days
    row_of = account_row(crises, kept.cell, kept.origin)
    used = row_of >= 0
    spans = _spans(accounts, row_of[used], kept.day[used])
    own = _latest(row_of, kept.day, spans.row, spans.day, days)
    stands = _speakers(crises, kept, own, spans)
    kind = _kinds(kept, own, stands, spans)
    known = stands >= 0
    cell = accounts.cell[spans.row]
    end = grid.date(cell, np.minimum(spans.end, days - 1))
    about = np.where(np.isin(kind, (PART, SUM, WHOLE, LOOSE_WHOLE)), kept.cell[stands], NONE)
    about = np.where(kind == TWO_COUNTS, find_second_counts(grid, kept)[stands], about)
    found = evidence_rows(
        cell,
        grid.date(cell, spans.day),
        until=np.where(spans.end < days, end, OPEN),
        claim=kept.claim[stands],
        kind=kind,
        weight=accounts.weight[spans.row],
        low=spans.low,
        best=np.where(np.isin(kind, (COUNT, LOOSE, ALL_DAYS, ALL_EVENTS)), kept.count[own], NONE),
        high=open_ended(spans.high),
        about=about,
    )
    return {name: values[known] for name, values in found.items()}, used


def _spans(accounts: Accounts, row: Whole, day: Whole) -> _Spans:
    """The spans in which an account says the same, cut anew where it stated something (``row``, ``day``)."""
    days = accounts.low.shape[1]
    changes = np.ones((len(accounts.cell), days), np.bool_)
    changes[:, 1:] = (accounts.low[:, 1:] != accounts.low[:, :-1]) | (
        accounts.high[:, 1:] != accounts.high[:, :-1]
    )
    changes[row, day] = True
    row, day = np.nonzero(changes)
    end = np.append(day[1:], days)[: len(day)]
    end[np.append(row[1:] != row[:-1], True)[: len(row)]] = days
    low, high = accounts.low[row, day], accounts.high[row, day]
    says = (low > 0) | (high < BOUNDLESS)
    return _Spans(*(values[says] for values in (row, day, end, low, high)))


def _speakers(crises: Crises, kept: Kept, own: Whole, spans: _Spans) -> Whole:
    """The statement that stands for each span: of the cell itself, else of a part, else of a whole, or -1."""
    stands = own.copy()
    left = np.flatnonzero(own < 0)
    row = spans.row[left]
    is_asked = np.zeros(len(crises.accounts.cell) + 1, np.bool_)  # the last: what is in no account, -1
    is_asked[row] = True
    part = _most_of_parts(crises, kept, row, spans.day[left], is_asked)
    whole = _least_of_wholes(crises, kept, row, spans.high[left], is_asked)
    other = np.where(spans.low[left] > 0, part, whole)
    stands[left] = np.where(other < 0, np.maximum(part, whole), other)
    return stands


def _kinds(kept: Kept, own: Whole, stands: Whole, spans: _Spans) -> Whole:
    """Why the interval of each span is what it is: the kind of its reason."""
    is_own, is_low, made_of = own >= 0, spans.low > 0, kept.made_of[own]
    is_count = kept.count[own] != BLANK
    is_loose = is_own & (kept.high[own] < BOUNDLESS) & (spans.high > kept.high[own])
    return np.select(
        [
            is_own & (made_of == OF_COUNTS),
            is_own & (made_of == OF_EVENTS) & is_count,
            is_own & (made_of == OF_EVENTS),
            is_own & (made_of == OF_DAYS) & is_count,
            is_own & (made_of == OF_DAYS),
            is_loose & is_count & (spans.low == kept.low[own]),
            is_own & is_count,
            is_own & (kept.low[own] == 0),
            is_own,
            is_low & (kept.low[stands] == spans.low),
            is_low,
            kept.high[stands] == spans.high,
        ],
        [TWO_COUNTS, ALL_EVENTS, EVENTS, ALL_DAYS, DAYS, LOOSE, COUNT, CEILING, FLOOR, PART, SUM, WHOLE],
        LOOSE_WHOLE,
    )


def account_row(crises: Crises, cell: Whole, origin: Whole) -> Whole:
    """The account of each (cell, origin), or -1."""
    accounts = crises.accounts
    shift = np.int64(1) << 32
    keys = accounts.cell * shift + accounts.origin
    wanted = cell * shift + origin
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    return np.where(keys[at] == wanted, at, -1) if len(keys) else np.full(len(cell), -1)


def _latest(row_of: Whole, day_of: Whole, row: Whole, day: Whole, days: int) -> Whole:
    """For each (row, day) the last of the statements of that row counted to that day or before, or -1."""
    among = np.flatnonzero(row_of >= 0)
    keys = row_of[among] * (days + 1) + day_of[among]
    sequence = order(keys)
    among, keys = among[sequence], keys[sequence]
    at = np.searchsorted(keys, row * (days + 1) + day, side="right") - 1
    found = among[np.maximum(at, 0)] if len(among) else np.full(len(row), -1)
    return np.where((at >= 0) & (row_of[found] == row), found, -1) if len(among) else found


def _most_of_parts(crises: Crises, kept: Kept, row: Whole, day: Whole, is_asked: Marks) -> Whole:
    """For each (account, day) the statement of its origin inside the cell that says most by then, or -1;
    ``is_asked`` marks the accounts."""
    grid, days = crises.grid, crises.grid.days
    statement, whole = grid.wholes(kept.cell)
    account = account_row(crises, whole, kept.origin[statement])
    is_known = is_asked[account] & (kept.low[statement] > 0)
    statement, account = statement[is_known], account[is_known]
    sequence = order(account, kept.day[statement], kept.low[statement])
    statement, account = statement[sequence], account[sequence]
    if not len(statement):
        return np.full(len(row), -1)
    # the highest so far within each account: statements in the order of what they say, marked by their place
    by_low = order(kept.low[statement])
    rank = np.empty_like(by_low)
    rank[by_low] = np.arange(len(by_low))
    group = groups(firsts(account), len(account))
    most = np.maximum.accumulate(group * len(statement) + rank) - group * len(statement)
    highest = statement[by_low[most]]
    keys = account * (days + 1) + kept.day[statement]
    at = np.searchsorted(keys, row * (days + 1) + day, side="right") - 1
    return np.where((at >= 0) & (account[np.maximum(at, 0)] == row), highest[np.maximum(at, 0)], -1)


def _least_of_wholes(crises: Crises, kept: Kept, row: Whole, high: Whole, is_asked: Marks) -> Whole:
    """For each (account, ceiling) a statement of its origin about a whole that gives this ceiling, or, where
    it was overtaken, the highest one below; -1 where there is none. ``is_asked`` marks the accounts."""
    grid = crises.grid
    closed = np.flatnonzero(kept.high < BOUNDLESS)
    row_of_closed, part = grid.parts(kept.cell[closed])
    statement = closed[row_of_closed]
    account = account_row(crises, part, kept.origin[statement])
    is_known = is_asked[account]
    statement, account = statement[is_known], account[is_known]
    if not len(statement):
        return np.full(len(row), -1)
    sequence = order(account, kept.high[statement])
    statement, account = statement[sequence], account[sequence]
    shift = np.int64(1) << 40
    keys = account * shift + np.minimum(kept.high[statement], shift - 1)
    wanted = row * shift + np.minimum(high, shift - 1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    at = np.where(keys[at] == wanted, at, np.searchsorted(keys, wanted) - 1)
    return np.where((at >= 0) & (account[at] == row), statement[at], -1)
