"""What did every report do for the figures of a cell, from which day to which, and why?

Of every account there is a row for each span of days in which its interval stays the same, on the report that
stands for it, with the origin's weight: from these anyone computes the figure again. All other reports have
rows without weight. This module does not know how figures are made of accounts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from service.reconcile.accounts import Accounts
from service.reconcile.ceilings import LOOSE_MORE, LOOSE_TIMES
from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, OPEN, Column, Marks, Whole, firsts, groups, order
from service.reconcile.consistency import KEPT, MISPLACED, REVISED, SLIP, STALE
from service.reconcile.crisis import Crisis
from service.reconcile.kept import BLANK, BOUNDLESS, Kept
from service.reconcile.reasons import (
    A_LEAP,
    A_SLIP,
    ALL_DAYS,
    COPY,
    COUNT,
    DAYS,
    FLOOR,
    LOWERED,
    NAMELESS,
    OLD,
    PART,
    RENEWED,
    SINGLE_DAYS,
    SUM,
    SUSPECTED,
    TAKEN_BACK,
    TAKEN_BACK_ECHO,
    WHOLE,
    WORDING,
    WRONG_PLACE,
)
from service.reconcile.statements import ECHO, REWORDED, Statements

_WHY = {MISPLACED: WRONG_PLACE, SLIP: A_SLIP, STALE: OLD, REVISED: LOWERED}
COLUMNS = (
    "cell",
    "date",
    "until",
    "claim",
    "kind",
    "weight",
    "low",
    "best",
    "high",
    "number",
    "origin",
    "about",
)
"""What a row of evidence consists of: ``claim`` is the place of the report's claim, ``kind`` that of its
reason; ``number``, ``origin`` and ``about`` (a cell) are what the reason names, NONE where nothing."""


@dataclasses.dataclass(frozen=True)
class _Spans:
    """Spans of days in which an account (``row``) says the same; ``day`` and ``end`` are places in the grid's
    days, the day of the end left out."""

    row: Whole
    day: Whole
    end: Whole
    low: Whole
    high: Whole


def crisis_evidence(crisis: Crisis, statements: Statements, cell_of: Whole) -> list[dict[str, Column]]:
    """Return pieces of evidence (COLUMNS) about one crisis and measure; ``cell_of`` numbers its cells."""
    kept = crisis.kept.take(_speaks(crisis.kept))
    spans, used = _account_rows(crisis, kept)
    pieces = [spans, _superseded_rows(crisis, kept), _unheard(crisis, kept, used), _aside(crisis, statements)]
    for piece in pieces:
        piece["cell"] = cell_of[piece["cell"]]
        piece["about"] = np.where(piece["about"] == NONE, NONE, cell_of[np.maximum(piece["about"], 0)])
    return pieces


def carried_evidence(statements: Statements, claims: Claims, spoken: Whole) -> list[dict[str, Column]]:
    """Return the evidence of claims that do not speak themselves: copies, other wordings, suspected echoes,
    single days.

    ``spoken`` are the claims that have evidence of their own already.
    """
    rows = claims.rows
    is_spoken = np.zeros(len(rows["day"]), np.bool_)
    is_spoken[spoken] = True
    left = np.flatnonzero(~is_spoken)
    statement = statements.of_claim[left]
    is_days = statement < 0
    status, echo_of, heard = (
        np.append(values, NONE)[statement]  # single days belong to none, -1: the last
        for values in (statements.status, statements.echo_of, _heard_number(statements))
    )
    is_taken_back = np.append(statements.is_taken_back, False)[statement]
    disowned_by = claims.disowned_by[left]
    by = np.append(claims.retractions["source_no"], NONE)[np.where(disowned_by == NONE, -1, disowned_by)]
    kind = np.select(
        [
            disowned_by != NONE,
            is_days,
            is_taken_back,
            status == ECHO,
            status == REWORDED,
        ],
        [TAKEN_BACK, SINGLE_DAYS, TAKEN_BACK_ECHO, SUSPECTED, WORDING],
        COPY,
    )
    echoed = np.append(statements.origin, NONE)[np.maximum(echo_of, 0)]
    origin = np.select(
        [kind == TAKEN_BACK, (kind == SUSPECTED) | (kind == TAKEN_BACK_ECHO)],
        [by, np.where(echoed < 0, -1 - echoed, echoed)],
        NONE,
    )
    number = np.where(kind == WORDING, heard, NONE)
    return [
        _rows(
            rows["cell_id"][left] - 1,
            rows["day"][left],
            claim=left,
            kind=kind,
            origin=origin,
            number=number,
            low=np.maximum(rows["lo"][left], 0),
            best=rows["best"][left],
            high=rows["hi"][left],
        )
    ]


def _heard_number(statements: Statements) -> Whole:
    """The number that is heard of each statement's origin, cell and day."""
    keys = (statements.cell, statements.origin, statements.day)
    sequence = order(*keys, statements.status)
    first = firsts(*(values[sequence] for values in keys))
    found = np.empty(len(statements), np.int64)
    found[sequence] = np.repeat(statements.number[sequence[first]], np.diff(first, append=len(sequence)))
    return found


def _speaks(kept: Kept) -> Marks:
    """All but sums of single days that a total of the same origin, cell and day or before reaches."""
    group = groups(firsts(kept.cell, kept.origin), len(kept.cell))
    shift = np.int64(1) << 40
    total = np.where(kept.is_sum, 0, np.minimum(kept.low, shift - 1))
    # a total of the same day stands behind its sum: looked at from the next row too
    reached = np.maximum.accumulate(group * shift + total) - group * shift
    is_same_day = np.zeros(len(group), np.bool_)
    is_same_day[:-1] = (group[1:] == group[:-1]) & (kept.day[1:] == kept.day[:-1])
    ahead = np.where(is_same_day, np.append(total[1:], 0)[: len(group)], 0)
    speaks: Marks = ~kept.is_sum | (kept.low > np.maximum(reached, ahead))
    return speaks


def _account_rows(crisis: Crisis, kept: Kept) -> tuple[dict[str, Column], Marks]:
    """A row for each span of each account, and which kept statements speak in one of their own cell."""
    accounts, days = crisis.accounts, len(crisis.grid.days)
    row_of = _account_row(crisis, kept.cell, kept.origin)
    used = row_of >= 0
    spans = _spans(accounts, row_of[used], kept.day[used])
    own = _latest(row_of, kept.day, spans.row, spans.day, days)
    stands = _speakers(crisis, kept, own, spans)
    kind = _kinds(kept, own, stands, spans)
    known = stands >= 0
    end = crisis.grid.days[np.minimum(spans.end, days - 1)]
    found = _rows(
        accounts.cell[spans.row],
        crisis.grid.days[spans.day],
        until=np.where(spans.end < days, end, OPEN),
        claim=kept.claim[stands],
        kind=kind,
        weight=accounts.weight[spans.row],
        low=spans.low,
        best=np.where((kind == COUNT) | (kind == ALL_DAYS), kept.count[own], NONE),
        high=_open(spans.high),
        about=np.where((kind == PART) | (kind == SUM) | (kind == WHOLE), kept.cell[stands], NONE),
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


def _speakers(crisis: Crisis, kept: Kept, own: Whole, spans: _Spans) -> Whole:
    """The statement that stands for each span: of the cell itself, else of a part, else of a whole, or -1."""
    part = _most_of_parts(crisis, kept, spans.row, spans.day, len(crisis.grid.days))
    whole = _least_of_wholes(crisis, kept, spans.row, spans.high)
    stands = np.where(own >= 0, own, np.where(spans.low > 0, part, whole))
    return np.where(stands < 0, np.maximum(part, whole), stands)


def _kinds(kept: Kept, own: Whole, stands: Whole, spans: _Spans) -> Whole:
    """Why the interval of each span is what it is: the kind of its reason."""
    is_own, is_low, is_sum = own >= 0, spans.low > 0, kept.is_sum[own]
    is_count = kept.count[own] != BLANK
    is_loose = is_own & (kept.high[own] < BOUNDLESS) & (spans.high > kept.high[own])
    return np.select(
        [
            is_own & is_sum & is_count,
            is_own & is_sum,
            is_loose & is_count & (spans.low == kept.low[own]),
            is_own & is_count,
            is_own,
            is_low & (kept.low[stands] == spans.low),
            is_low,
        ],
        [ALL_DAYS, DAYS, COUNT, COUNT, FLOOR, PART, SUM],
        WHOLE,
    )


def _account_row(crisis: Crisis, cell: Whole, origin: Whole) -> Whole:
    """The account of each (cell, origin), or -1."""
    accounts = crisis.accounts
    shift = np.int64(1) << 32
    keys = accounts.cell * shift + accounts.origin
    wanted = cell * shift + origin
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    return np.where(keys[at] == wanted, at, -1) if len(keys) else np.full(len(cell), -1)


def _latest(row_of: Whole, day_of: Whole, row: Whole, day: Whole, days: int) -> Whole:
    """For each (row, day) the last of the statements of that row counted to that day or before, or -1."""
    among = np.flatnonzero(row_of >= 0)
    keys = row_of[among] * (days + 1) + day_of[among]
    sequence = np.argsort(keys, kind="stable")
    among, keys = among[sequence], keys[sequence]
    at = np.searchsorted(keys, row * (days + 1) + day, side="right") - 1
    found = among[np.maximum(at, 0)] if len(among) else np.full(len(row), -1)
    return np.where((at >= 0) & (row_of[found] == row), found, -1) if len(among) else found


def _pairs(of: Whole, values: Whole, cell: Whole) -> tuple[Whole, Whole]:
    """Each statement with each cell that the sorted pairs ``of`` -> ``values`` give for its own cell."""
    start, stop = (np.searchsorted(of, cell, side=side) for side in ("left", "right"))
    room = stop - start
    row = np.repeat(np.arange(len(room)), room)
    return row, values[np.arange(len(row)) - (np.cumsum(room) - stop)[row]]


def _most_of_parts(crisis: Crisis, kept: Kept, row: Whole, day: Whole, days: int) -> Whole:
    """For each (account, day) the statement of its origin inside the cell that says most by then, or -1."""
    grid = crisis.grid
    by_inner = np.argsort(grid.inner, kind="stable")
    statement, outer = _pairs(grid.inner[by_inner], grid.outer[by_inner], kept.cell)
    account = _account_row(crisis, outer, kept.origin[statement])
    is_known = (account >= 0) & (kept.low[statement] > 0)
    statement, account = statement[is_known], account[is_known]
    sequence = order(account, kept.day[statement], kept.low[statement])
    statement, account = statement[sequence], account[sequence]
    if not len(statement):
        return np.full(len(row), -1)
    # the highest so far within each account: statements in the order of what they say, marked by their place
    rank = np.argsort(np.argsort(kept.low[statement], kind="stable"), kind="stable")
    group = groups(firsts(account), len(account))
    most = np.maximum.accumulate(group * len(statement) + rank) - group * len(statement)
    by_rank = np.argsort(rank, kind="stable")
    highest = statement[by_rank[most]]
    keys = account * (days + 1) + kept.day[statement]
    at = np.searchsorted(keys, row * (days + 1) + day, side="right") - 1
    return np.where((at >= 0) & (account[np.maximum(at, 0)] == row), highest[np.maximum(at, 0)], -1)


def _least_of_wholes(crisis: Crisis, kept: Kept, row: Whole, high: Whole) -> Whole:
    """For each (account, ceiling) a statement of its origin about a whole that gives this ceiling, or -1."""
    grid = crisis.grid
    closed = np.flatnonzero(kept.high < BOUNDLESS)
    statement, inner = _pairs(grid.outer, grid.inner, kept.cell[closed])
    statement = closed[statement]
    account = _account_row(crisis, inner, kept.origin[statement])
    is_known = account >= 0
    statement, account = statement[is_known], account[is_known]
    if not len(statement):
        return np.full(len(row), -1)
    sequence = order(account, kept.high[statement])
    statement, account = statement[sequence], account[sequence]
    shift = np.int64(1) << 40
    keys = account * shift + np.minimum(kept.high[statement], shift - 1)
    found = np.full(len(row), -1)
    for limit in ((high - LOOSE_MORE) // LOOSE_TIMES, high):
        wanted = row * shift + np.minimum(limit, shift - 1)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found = np.where(keys[at] == wanted, statement[at], found)
    return found


def _superseded_rows(crisis: Crisis, kept: Kept) -> dict[str, Column]:
    """Statements after their origin gave a newer figure of the same cell."""
    is_older = np.zeros(len(kept.cell), np.bool_)
    is_older[:-1] = (kept.cell[1:] == kept.cell[:-1]) & (kept.origin[1:] == kept.origin[:-1])
    of = np.flatnonzero(is_older & (_account_row(crisis, kept.cell, kept.origin) >= 0))
    return _rows(
        kept.cell[of],
        crisis.grid.days[kept.day[of + 1]],
        claim=kept.claim[of],
        kind=RENEWED,
        low=kept.low[of],
        best=kept.count[of],
        high=_open(kept.high[of]),
    )


def _unheard(crisis: Crisis, kept: Kept, used: Marks) -> dict[str, Column]:
    """Nameless claims where a named origin speaks."""
    of = np.flatnonzero(~used)
    return _rows(
        kept.cell[of],
        crisis.grid.days[kept.day[of]],
        claim=kept.claim[of],
        kind=NAMELESS,
        low=kept.low[of],
        best=kept.count[of],
        high=_open(kept.high[of]),
    )


def _aside(crisis: Crisis, statements: Statements) -> dict[str, Column]:
    """Statements that contradict their own origin."""
    of = np.flatnonzero(crisis.why != KEPT)
    rows, other = crisis.statement[of], crisis.shown_by[of]
    why = crisis.why[of]
    kind = np.array([_WHY[int(each)] for each in why], np.int64)
    kind = np.where((kind == A_SLIP) & (other < 0), A_LEAP, kind)
    shown = crisis.statement[np.maximum(other, 0)]
    number = np.where((other >= 0) & (kind != WRONG_PLACE), statements.number[shown], NONE)
    about = np.where((other >= 0) & (kind == WRONG_PLACE), crisis.local[np.maximum(other, 0)], NONE)
    return _rows(
        crisis.local[of],
        statements.day[rows],
        claim=statements.claim[rows],
        kind=kind,
        number=number,
        about=about,
        low=statements.low[rows],
        best=statements.count[rows],
        high=statements.high[rows],
    )


def _open(high: Whole) -> Whole:
    return np.where(high < BOUNDLESS, high, OPEN)


def _rows(cell: Whole, date: Whole, **given: Column | int) -> dict[str, Column]:
    """Rows of evidence; what is not given is blank."""
    blank = {"until": OPEN, "weight": 0, "number": NONE, "origin": NONE, "about": NONE, "best": NONE}
    found = {"cell": cell, "date": date} | {
        name: np.broadcast_to(np.asarray(value), len(cell)).copy() for name, value in (blank | given).items()
    }
    found["best"] = np.where(found["best"] == BLANK, NONE, found["best"])
    return found


def concatenate(pieces: Sequence[dict[str, Column]]) -> dict[str, Column]:
    """Pieces of evidence as one, in no order."""
    return {
        name: np.concatenate([piece[name] for piece in pieces]) if pieces else np.zeros(0, np.int64)
        for name in COLUMNS
    }
