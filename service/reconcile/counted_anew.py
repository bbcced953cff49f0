"""Until when does what is added up one by one stand in the number of a stock?

An event, or a count of single days, says who went missing or had to leave. Who counts later how many there
are has counted those as well, or they are no longer among them. This module does not know what events and
days come to.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.cells import NAMED
from service.reconcile.claims import Claims
from service.reconcile.columns import LAST, NONE, Marks, Whole, firsts, key, numbered, order, spread
from service.reconcile.grid import Block
from service.reconcile.known import Known
from service.reconcile.statements import Statements, decode_origin


@dataclasses.dataclass(frozen=True)
class StockCounts:
    """The counts of stocks that bear a day, a row each.

    ``weight`` is by origin, ``is_named`` by row. ``inner`` and ``outer`` are cells of which one lies inside
    the other, itself included, sorted by inner, where anything is added up.
    """

    cell: Whole
    origin: Whole
    day: Whole
    is_named: Marks
    weight: Whole
    inner: Whole
    outer: Whole

    @classmethod
    def of(
        cls, claims: Claims, statements: Statements, heard: Whole, *, weight: Whole, known: Known
    ) -> StockCounts:
        """Return the counts among the statements that are ``heard``."""
        is_stock, newest = claims.cells.are_of_stocks, claims.newest
        row = heard[is_stock[statements.cell[heard]] & (statements.count[heard] != NONE)]
        cell, day = statements.cell[row], statements.day[row]
        is_dated = ~statements.is_undated[row]
        is_dated &= (newest[cell] == NONE) | (day <= newest[cell])
        row, cell, day = row[is_dated], cell[is_dated], day[is_dated]
        added = np.unique(claims.rows["cell_id"][claims.rows["is_increment"]]) - 1
        inner, outer = _pairs(claims, added[is_stock[added]], known) if len(row) else (row, row)
        return cls(cell, statements.origin[row], day, ~statements.is_nameless[row], weight, inner, outer)

    def until(self, cell: Whole, origin: Whole, day: Whole, is_nameless: Marks) -> tuple[Whole, Marks]:
        """Return until when what an origin adds to a cell on a day stands (LAST: still), and whether it was
        its own count that ended it.

        It stands until its origin counts the cell, or one that holds it, to that day or a later one, or until
        another of at least half its weight counts the cell to a later day.
        """
        start, stop = (np.searchsorted(self.inner, cell, side=side) for side in ("left", "right"))
        row, at = spread(start, stop)
        of = numbered(np.append(origin[row], self.origin), np.append(self.outer[at], self.cell))
        days = np.append(day[row] - 1, self.day)
        is_count = np.repeat([False, True], [len(row), len(self.cell)])
        own = np.full(len(cell), LAST)
        np.minimum.at(own, row, next_day(of, days, is_count)[: len(row)])
        heaviness = np.where(is_nameless, 0, self.weight[decode_origin(origin)])
        until = np.minimum(own, self.by_others(cell, day, heaviness))
        return until, own == until

    def by_others(self, cell: Whole, day: Whole, heaviness: Whole) -> Whole:
        """Return the first later day for which a named origin of at least half the ``heaviness`` counts each
        cell; LAST without any."""
        found = np.full(len(cell), LAST)
        ends = np.where(self.is_named, 2 * self.weight[decode_origin(self.origin)], -1)
        of, days = np.append(cell, self.cell), np.append(day, self.day)
        for least in np.unique(heaviness).tolist():
            is_heavy = np.append(np.zeros(len(cell), np.bool_), ends >= least)
            some = heaviness == least
            found[some] = next_day(of, days, is_heavy)[: len(cell)][some]
        return found


def next_day(group: Whole, day: Whole, counts: Marks) -> Whole:
    """For each row the first later day of the rows of its group that ``counts`` marks; LAST without any."""
    number = np.unique(group, return_inverse=True)[1]
    keys = np.unique(key(number[counts], day[counts]))
    at = np.searchsorted(keys, key(number, day), side="right")
    found = np.append(keys, len(number) << 32)[at] - key(number, 0)
    return np.where(found < LAST, found, LAST)


def _pairs(claims: Claims, cell: Whole, known: Known) -> tuple[Whole, Whole]:
    """Return each of some cells with every cell of its crisis and measure that holds it, itself too."""
    named, begins = claims.cells.named, claims.cells.begins
    group = numbered(named["crisis"].numbers, named["measure"].numbers)
    in_order = order(group)
    in_order = in_order[np.isin(group[in_order], group[cell])]
    pieces = [np.zeros((2, 0), np.int64)]
    for own in np.split(in_order, firsts(group[in_order])[1:]):
        words = (
            [named[name].words[n] for n in named[name].numbers[own].tolist()]
            for name in NAMED
            if name not in ("crisis", "measure")
        )
        block = Block.of(list(zip(*words, begins[own].tolist(), strict=True)), known.containment)
        pieces.append(np.stack([own[block.inner], own[block.outer]]))
    inner, outer = np.concatenate(pieces, axis=1)
    by_inner = order(inner)
    return inner[by_inner], outer[by_inner]
