"""What do the events come to that stand in the number of a stock, from one day to the next?

They are added up before the days are laid out: laid out one by one, each would stand on every later day. This
module does not know what else stands on a day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from service.reconcile.batches import Told, grid_of
from service.reconcile.columns import LAST, Marks, Whole, firsts, order
from service.reconcile.event_sums import add_events
from service.reconcile.events import Events
from service.reconcile.grid import Cell
from service.reconcile.increments import IncrementSums
from service.reconcile.known import Known


@dataclasses.dataclass(frozen=True)
class EventSums:
    """Sums of events of stocks, each until before the day ``until`` (LAST: still)."""

    sums: IncrementSums
    until: Whole

    @classmethod
    def of(cls, sums: IncrementSums) -> EventSums:
        """Return sums that come with a row for each day on which one moves."""
        is_last = np.ones(len(sums.cell), np.bool_)
        is_last[:-1] = (sums.cell[1:] != sums.cell[:-1]) | (sums.origin[1:] != sums.origin[:-1])
        return cls(sums, np.where(is_last, LAST, np.append(sums.day[1:], LAST)[: len(is_last)]))

    def take(self, rows: Marks) -> EventSums:
        return EventSums(self.sums.take(rows), self.until[rows])

    def told(self, before: int) -> Told:
        """Return the rows, numbered from ``before`` on."""
        return Told(before + np.arange(len(self.until)), self.sums.cell, self.sums.day)


def add_stock_events(
    told: Told,
    until: Whole,
    events: Events,
    *,
    group: Whole,
    cells: Sequence[Cell],
    is_laid_out: Marks,
    known: Known,
) -> tuple[EventSums, EventSums]:
    """Return what the ``events`` that are ``told`` of stocks come to while they stand (``until``): in cells
    that a claim of their origin is about, and in all others that hold these.

    ``group`` and ``is_laid_out`` are by cell.
    """
    own = order(group)
    own = own[np.isin(group[own], group[told.cell]) & is_laid_out[own]]
    if not len(told.row):
        nothing = EventSums.of(IncrementSums.none())
        return nothing, nothing
    local = np.zeros(len(group), np.int64)
    local[own] = np.arange(len(own))
    listed = dataclasses.replace(events.take(told.row), cell=local[told.cell])
    about = Told(told.row, listed.cell, told.day)
    newest = np.full(len(own), LAST)
    grid = grid_of(group[own], [cells[cell] for cell in own.tolist()], [about], newest, known)
    sums, is_stated = add_events(grid, *_as_they_stand(listed, until))
    found = EventSums.of(dataclasses.replace(sums, cell=own[sums.cell]))
    return found.take(is_stated), found.take(~is_stated & (sums.reports > 0))


def _as_they_stand(events: Events, until: Whole) -> tuple[Events, Whole]:
    """Return the events with what stands of each until the same day: one of which some people are counted
    anew earlier than others is, from then on, another event of those who are left."""
    in_order = order(events.event, until)
    of, ends = events.event[in_order], until[in_order]
    head = firsts(of, ends)
    is_parted = np.zeros(len(of), np.bool_)
    is_parted[head] = True
    is_parted[firsts(of)] = False
    if not is_parted.any():
        return events, until
    pieces = [*_pieces(events, until)]
    rows = np.concatenate([rows for rows, *_ in pieces])
    number = np.repeat(np.arange(len(pieces)), [len(rows) for rows, *_ in pieces])
    since, end = (np.array([piece[at] for piece in pieces], np.int64)[number] for at in (1, 2))
    return dataclasses.replace(events.take(rows), event=number, day=since), end


def _pieces(events: Events, until: Whole) -> Iterator[tuple[Whole, int, int]]:
    """Yield, of each event, the rows that stand together, from which day on, and until when."""
    in_order = order(events.event, until)
    for rows in np.split(in_order, firsts(events.event[in_order])[1:]):
        since = int(events.day[rows[0]])
        for end in np.unique(until[rows]).tolist():
            if end > since:
                yield rows[until[rows] >= end], since, end
                since = end
