"""What do the events of an origin come to, in their own cells and in every cell that holds these?

Different events add up. What one event says of a whole is the most of what it says of the whole itself and of
disjoint parts of it. This module must not know which row about an event stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from service.reconcile.columns import (
    LAST,
    Column,
    Marks,
    Whole,
    firsts,
    groups,
    key,
    numbered,
    order,
    put_most,
    spread,
)
from service.reconcile.events import Events
from service.reconcile.grid import Block, Grid, Slices
from service.reconcile.increments import IncrementSums
from service.reconcile.kept import BLANK, BOUNDLESS, OF_EVENTS

EVENTS_AT_ONCE = 20_000
"""So many events are added up together: memory then grows with their sums alone."""
_OF_THE_LARGEST = ("cell", "origin", "day", "until", "is_nameless", "largest", "claim")
_ADDED = ("low", "count", "least", "widest", "reports", "not_counted", "stated")


def add_events(grid: Grid, events: Events, until: Whole | None = None) -> tuple[IncrementSums, Marks]:
    """Return what the standing ``events`` come to, whose cells are those of the grid, and which of these sums
    are of cells that a claim of their origin is about: all others are of cells that hold such.

    Each event stands ``until`` a day (for good unless given), and is then about a cell for as long. A row
    where no event stands has 0 ``reports``.
    """
    is_for_good = until is None
    until = np.full(len(events), LAST) if until is None else until
    steps = [_steps(grid, events.take(some), until[some]) for some in _portions(grid, events)]
    if not steps:
        return IncrementSums.none(), np.zeros(0, np.bool_)
    rows = _added(steps)
    ends = np.flatnonzero(rows["until"] < LAST)
    every = np.append(np.arange(len(rows["cell"])), ends)
    on = np.append(rows["day"], rows["until"][ends])
    sign = np.repeat([1, -1], [len(rows["cell"]), len(ends)])
    sequence = order(rows["cell"][every], rows["origin"][every], on)
    every, on, sign = every[sequence], on[sequence], sign[sequence]
    cell, origin = rows["cell"][every], rows["origin"][every]
    last = np.append(firsts(cell, origin, on)[1:], len(every)) - 1
    run = firsts(cell, origin)
    since = groups(run, len(every))
    total = {name: _running(sign * rows[name][every], run, since)[last] for name in _ADDED}
    cell, origin, on = cell[last], origin[last], on[last]
    speaks = _latest(rows, cell, origin, on)
    sums = IncrementSums(
        cell=cell,
        origin=origin,
        day=on,
        low=total["low"],
        count=np.where(total["not_counted"] == 0, total["count"], BLANK),
        least=total["least"],
        widest=np.minimum(total["widest"], BOUNDLESS),
        is_nameless=rows["is_nameless"][speaks].astype(np.bool_),
        made_of=np.full(len(on), OF_EVENTS),
        reports=total["reports"],
        claim=rows["claim"][speaks],
    )
    is_stated = total["stated"] > 0
    if is_for_good:
        is_stated = np.isin(key(sums.cell, sums.origin), key(events.cell, events.origin))
    return sums, is_stated


def _latest(rows: Mapping[str, Column], cell: Whole, origin: Whole, on: Whole) -> Whole:
    """Return which of the rows speaks for a sum on a day: of those that stand longest the latest."""
    of = numbered(np.append(rows["cell"], cell), np.append(rows["origin"], origin))
    own, asked = of[: len(rows["cell"])], of[len(rows["cell"]) :]
    place = np.arange(len(own))
    longest = np.maximum.accumulate(key(numbered(own, rows["until"]), place)) & ((1 << 32) - 1)
    found: Whole = longest[np.searchsorted(key(own, rows["day"]), key(asked, on), side="right") - 1]
    return found


def _portions(grid: Grid, events: Events) -> Iterator[Whole]:
    """The rows of whole events of one crisis and measure, those of EVENTS_AT_ONCE at a time at most."""
    block = grid.block[events.cell]
    sequence = order(block, events.event)
    block, event = block[sequence], events.event[sequence]
    first = firsts(block, event)
    start = 0
    for at in range(1, len(first) + 1):
        is_last = at == len(first)
        if is_last or block[first[at]] != block[first[start]] or at - start == EVENTS_AT_ONCE:
            end = len(events) if is_last else first[at]
            yield sequence[first[start] : end]
            start = at


def _steps(grid: Grid, events: Events, until: Whole) -> dict[str, Column]:
    """What each event of one crisis and measure adds to each cell that holds it, added up by cell, origin and
    day."""
    block, before = grid.blocks[grid.block[events.cell[0]]], int(grid.first_cell(events.cell[:1])[0])
    place, slice_no = grid.place[events.cell], grid.slice_no[events.cell]
    at = key(events.event, place)
    sequence = order(at)
    first = firsts(at[sequence])
    row = np.empty(len(events), np.int64)
    row[sequence] = groups(first, len(events))
    head = sequence[first]
    low, count, least, widest, claim = _by_slice(block.slices, events, row, slice_no)
    says = np.zeros(low.shape, np.bool_)
    says[row, slice_no] = True
    of, holding_slice = np.nonzero(says | (low > 0))
    holders = block.places.holders
    depth = np.array([len(each) for each in holders])
    start = np.cumsum(depth) - depth
    own = place[head][of]
    pair, where = spread(start[own], start[own] + depth[own])
    holder = np.concatenate([np.array(each, np.int64) for each in holders])[where]
    cell = _cell_at(block)[holder, holding_slice[pair]]
    pair, holder, cell = pair[cell >= 0], holder[cell >= 0], cell[cell >= 0]
    of, holding_slice, own = of[pair], holding_slice[pair], own[pair]
    floor, counted = low[of, holding_slice], count[of, holding_slice]
    found = {
        "cell": cell + before,
        "origin": events.origin[head][of],
        "day": events.day[head][of],
        "until": until[head][of],
        "low": floor,
        "largest": floor,
        "count": np.maximum(counted, floor),
        "least": least[of, holding_slice],
        "widest": np.minimum(widest[of, holding_slice], BOUNDLESS),
        "reports": np.ones(len(of), np.int64),
        "not_counted": (counted == BLANK).astype(np.int64),
        "stated": ((holder == own) & says[of, holding_slice]).astype(np.int64),
        "is_nameless": events.is_nameless[head][of].astype(np.int64),
        "claim": claim[of],
    }
    return _added([found])


def _by_slice(
    slices: Slices, events: Events, row: Whole, slice_no: Whole
) -> tuple[Whole, Whole, Whole, Whole, Whole]:
    """Return tables of an event (``row``) by slice: floor, count (BLANK: none), and the ends of the wording,
    each the most of what is said of the slice itself and of disjoint parts of it; and a claim of each."""
    shape = int(row.max(initial=-1)) + 1, len(slices.all)
    low, least, widest = (np.zeros(shape, np.int64) for _ in range(3))
    count = np.full(shape, BLANK)
    for table, values in (
        (low, events.low),
        (count, events.count),
        (least, events.least),
        (widest, events.widest),
    ):
        put_most(table, row, slice_no, values)
    for holding, later in slices.later:  # the same people, counted from an earlier day on
        for table in (low, count, least, widest):
            np.maximum(table[:, holding], table[:, later], out=table[:, holding])
    for table in (low, least, widest):
        for whole, parts in slices.sums:
            np.maximum(table[:, whole], table[:, parts].sum(axis=1), out=table[:, whole])
    most = order(row, events.low)
    last = np.append(firsts(row[most])[1:], len(row)) - 1
    return low, count, least, widest, events.claim[most[last]]


def _cell_at(block: Block) -> Whole:
    """The cell of each place and slice, or -1."""
    found = np.full((len(block.places.sets), len(block.slices.all)), -1)
    found[block.place, block.slice_no] = np.arange(len(block))
    return found


def _added(pieces: list[dict[str, Column]]) -> dict[str, Column]:
    """The pieces as one, a row per (cell, origin, day, until); the claim is that of the largest event."""
    rows: Mapping[str, Column] = {
        name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]
    }
    keys = ("cell", "origin", "day", "until")
    sequence = order(*(rows[name] for name in (*keys, "largest")))
    rows = {name: values[sequence] for name, values in rows.items()}
    first = firsts(*(rows[name] for name in keys))
    last = np.append(first[1:], len(sequence))[: len(first)] - 1
    found = {name: rows[name][last] for name in _OF_THE_LARGEST}
    return found | {name: np.add.reduceat(rows[name], first) for name in _ADDED}


def _running(values: Whole, run: Whole, since: Whole) -> Whole:
    """The sum so far within each run."""
    total = np.cumsum(values)
    found: Whole = total - np.append(0, total)[run][since]
    return found
