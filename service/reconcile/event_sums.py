"""What do the events of an origin come to, in their own cells and in every cell that holds these?

Different events add up. What one event says of a whole is the most of what it says of the whole itself and of
disjoint parts of it. This module must not know which row about an event stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from service.reconcile.columns import Column, Whole, firsts, groups, key, order, put_most, spread
from service.reconcile.events import Events
from service.reconcile.grid import Block, Grid, Slices
from service.reconcile.increments import IncrementSums
from service.reconcile.kept import BLANK, BOUNDLESS, OF_EVENTS

EVENTS_AT_ONCE = 20_000
"""So many events are added up together: memory then grows with their sums alone."""
_OF_THE_LARGEST = ("cell", "origin", "day", "is_nameless", "largest", "claim")
_ADDED = ("low", "count", "least", "widest", "reports", "not_counted")


def add_events(grid: Grid, events: Events) -> tuple[IncrementSums, IncrementSums]:
    """Return what the standing ``events`` come to, whose cells are those of the grid: in cells that a claim
    of their origin is about, and in all others that hold these."""
    steps = [_steps(grid, some) for some in _portions(grid, events)]
    if not steps:
        return IncrementSums.none(), IncrementSums.none()
    rows = _added(steps)
    run = firsts(rows["cell"], rows["origin"])
    since = groups(run, len(rows["cell"]))
    total = {name: _running(rows[name], run, since) for name in _ADDED}
    sums = IncrementSums(
        cell=rows["cell"],
        origin=rows["origin"],
        day=rows["day"],
        low=total["low"],
        count=np.where(total["not_counted"] == 0, total["count"], BLANK),
        least=total["least"],
        widest=np.minimum(total["widest"], BOUNDLESS),
        is_nameless=rows["is_nameless"].astype(np.bool_),
        made_of=np.full(len(since), OF_EVENTS),
        reports=rows["reports"],
        claim=rows["claim"],
    )
    is_stated = np.isin(key(sums.cell, sums.origin), key(events.cell, events.origin))
    return sums.take(is_stated), sums.take(~is_stated)


def _portions(grid: Grid, events: Events) -> Iterator[Events]:
    """The rows of whole events of one crisis and measure, those of EVENTS_AT_ONCE at a time at most."""
    block = grid.block[events.cell]
    sequence = order(block, events.event)
    in_order, block = events.take(sequence), block[sequence]
    first = firsts(block, in_order.event)
    start = 0
    for at in range(1, len(first) + 1):
        is_last = at == len(first)
        if is_last or block[first[at]] != block[first[start]] or at - start == EVENTS_AT_ONCE:
            end = len(events) if is_last else first[at]
            yield in_order.take(np.arange(first[start], end))
            start = at


def _steps(grid: Grid, events: Events) -> dict[str, Column]:
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
    pair, cell = pair[cell >= 0], cell[cell >= 0]
    of, holding_slice = of[pair], holding_slice[pair]
    floor, counted = low[of, holding_slice], count[of, holding_slice]
    found = {
        "cell": cell + before,
        "origin": events.origin[head][of],
        "day": events.day[head][of],
        "low": floor,
        "largest": floor,
        "count": np.maximum(counted, floor),
        "least": least[of, holding_slice],
        "widest": np.minimum(widest[of, holding_slice], BOUNDLESS),
        "reports": np.ones(len(of), np.int64),
        "not_counted": (counted == BLANK).astype(np.int64),
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
    """The pieces as one, a row per (cell, origin, day); the claim is that of the largest event."""
    rows: Mapping[str, Column] = {
        name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]
    }
    sequence = order(rows["cell"], rows["origin"], rows["day"], rows["largest"])
    rows = {name: values[sequence] for name, values in rows.items()}
    first = firsts(rows["cell"], rows["origin"], rows["day"])
    last = np.append(first[1:], len(sequence))[: len(first)] - 1
    found = {name: rows[name][last] for name in _OF_THE_LARGEST}
    return found | {name: np.add.reduceat(rows[name], first) for name in _ADDED}


def _running(values: Whole, run: Whole, since: Whole) -> Whole:
    """The sum so far within each run."""
    total = np.cumsum(values)
    found: Whole = total - np.append(0, total)[run][since]
    return found
