"""Which of an origin's own statements contradict each other, and which of them are set aside, why?

A count of a part, to some day, cannot exceed the same origin's count of the whole to that day or later, nor
an earlier count a later one. This module does not know what other origins say.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property

import numpy as np

from service.reconcile.ceilings import LOOSE_MORE, LOOSE_TIMES, Ceilings, account_ceilings
from service.reconcile.columns import (
    NONE,
    Marks,
    Whole,
    firsts,
    groups,
    key,
    matches,
    order,
    put_least,
    ranks,
    spread,
)
from service.reconcile.grid import Grid
from service.reconcile.kept import BOUNDLESS

KEPT, MISPLACED, SLIP, STALE, REVISED, OUTDATED, UNCONFIRMED = range(7)
SMALL = 20
MANY = 3
FAR_BELOW = 1.5
"""A count lies far below another that is so many times as high."""
MOST_PAIRS = 500_000
"""Contradictions of one origin that are looked at one by one; beyond, each statement is held against one
other."""


@dataclasses.dataclass(frozen=True)
class Stated:
    """The statements about the cells of a grid that may be heard, sorted by origin, cell and day; each has
    been said ``since`` a date."""

    origin: Whole
    cell: Whole
    day: Whole
    low: Whole
    high: Whole
    count: Whole
    number: Whole
    carriers: Whole
    is_own: Marks
    own_days: tuple[Whole, Whole]
    since: Whole

    @cached_property
    def attestation(self) -> Whole:
        """2: the origin's own publication, 1: carried by two or more, 0: by one."""
        return np.where(self.is_own, 2, (self.carriers >= 2).astype(np.int64))

    @cached_property
    def is_count(self) -> Marks:
        return self.count >= 0

    def of_account(self, grid: Grid) -> tuple[Whole, Whole]:
        """Return where the statements of each one's origin about its block begin and end."""
        first = firsts(self.origin, grid.block[self.cell])
        of = groups(first, len(self.cell))
        return first[of], np.append(first[1:], len(self.cell))[of]

    def alike(self, row: Whole, cell: Whole) -> Whole:
        """Return the first statement by which the origin of each ``row`` gives its number for a ``cell`` too,
        or -1."""
        code, in_order, sequence = self._by_figure
        wanted = code[row] + (cell - self.cell[row])
        at = np.minimum(np.searchsorted(in_order, wanted), max(len(in_order) - 1, 0))
        return np.where(in_order[at] == wanted, sequence[at], -1)

    @cached_property
    def _by_figure(self) -> tuple[Whole, Whole, Whole]:
        """A code of each statement's origin, number and cell; these codes in order, and whose they are."""
        code = key(ranks(key(self.origin, ranks(self.number))), self.cell)
        sequence = order(code)
        return code, code[sequence], sequence


def set_aside(grid: Grid, stated: Stated) -> tuple[Whole, Whole]:
    """Return for each statement KEPT or why it is set aside, and the statement that shows it (-1: none)."""
    why = np.zeros(len(stated.cell), np.int64)
    shown_by = np.full(len(stated.cell), -1)
    _mark_misplaced(grid, stated, why, shown_by)
    _mark_leaps(stated, why)
    _mark_revised(stated, why, shown_by)
    kept = np.flatnonzero(why == KEPT)
    higher, lower = _contradictions(grid, stated, kept)
    higher, lower = _mark_outdated(stated, higher, lower, why=why, shown_by=shown_by)
    if len(higher):
        _resolve(grid, stated, higher, lower, why=why, shown_by=shown_by)
        _mark_unconfirmed(stated, why)
    return why, shown_by


def last_words_below(stated: Stated, why: Whole) -> Whole:
    """Return for each statement the lower, UNCONFIRMED number that its origin itself last gave for the same
    cell; BOUNDLESS without one."""
    found = np.full(len(stated.cell), BOUNDLESS)
    row, lower = _below(stated, np.flatnonzero(why == UNCONFIRMED))
    np.minimum.at(found, row, stated.low[lower])
    return found


def _mark_unconfirmed(stated: Stated, why: Whole) -> None:
    """Tell from old figures what an origin itself last said of a cell, once, and lower than before: a slip or
    a correction, which nobody can know before it speaks again. What lies far below is a slip."""
    rows = np.flatnonzero(stated.is_own & stated.is_count)
    if not len(rows):
        return
    first = firsts(stated.origin[rows], stated.cell[rows])
    said = stated.own_days[0][rows]
    is_last = said == np.maximum.reduceat(said, first)[groups(first, len(rows))]
    row, lower = _below(stated, rows[is_last & (why[rows] == STALE)])
    why[lower[why[row] == KEPT]] = UNCONFIRMED


def _below(stated: Stated, some: Whole) -> tuple[Whole, Whole]:
    """Return every statement beside those of ``some`` that its origin gave of the same cell to that day or
    later, below it but not far."""
    code = key(ranks(stated.origin), stated.cell)
    row, at = matches(code, code[some])
    lower = some[at]
    is_below = (stated.day[lower] >= stated.day[row]) & (stated.high[lower] < stated.low[row])
    is_below &= stated.low[row] <= LOOSE_TIMES * stated.low[lower] + LOOSE_MORE
    return row[is_below], lower[is_below]


def _mark_misplaced(grid: Grid, stated: Stated, why: Whole, shown_by: Whole) -> None:
    """Set a whole's number aside that few give to a part of it, within a day, where many give it to the
    whole and the origin counts other parts too: by then, so that together they would be more than the whole,
    or ever, where its own counts of that part lie far below."""
    part = np.flatnonzero(~stated.is_own & stated.is_count & (stated.number > SMALL))
    part, outer = _outer_cells(grid, stated.cell, part)
    differs = grid.place[outer] != grid.place[stated.cell[part]]
    part, outer = part[differs], outer[differs]
    whole = stated.alike(part, outer)
    part, whole = part[whole >= 0], whole[whole >= 0]
    apart = grid.date(stated.cell[part], stated.day[part]) - grid.date(stated.cell[whole], stated.day[whole])
    is_copy = (np.abs(apart) <= 1) & (stated.carriers[whole] >= MANY)
    is_copy &= stated.carriers[whole] > 2 * stated.carriers[part]
    begin, end = stated.of_account(grid)
    for p, w in zip(part[is_copy].tolist(), whole[is_copy].tolist(), strict=True):
        mine = np.arange(begin[p], end[p])
        mine = mine[stated.is_count[mine]]
        others = mine[(stated.cell[mine] == stated.cell[p]) & (stated.number[mine] != stated.number[p])]
        siblings = _siblings(grid, stated, mine, p, w)
        counted_by_then = stated.day[siblings] <= max(stated.day[p], stated.day[w])
        if counted_by_then.any() or (len(siblings) and _lie_below(stated, others, p)):
            why[p], shown_by[p] = MISPLACED, w


def _lie_below(stated: Stated, others: Whole, part: int) -> bool:
    """Whether other counts of the same cell speak against one: a later one is lower, or all earlier ones far
    lower."""
    is_later = stated.day[others] >= stated.day[part]
    later, earlier = stated.number[others[is_later]], stated.number[others[~is_later]]
    number = stated.number[part]
    return bool((later < number).any() or (len(earlier) and (earlier * FAR_BELOW <= number).all()))


def _siblings(grid: Grid, stated: Stated, mine: Whole, part: int, whole: int) -> Whole:
    """Of an origin's counts ``mine`` those of other places of the whole, apart from the part, of the same
    people."""
    places = grid.blocks[grid.block[stated.cell[part]]].places
    here, around = int(grid.place[stated.cell[part]]), int(grid.place[stated.cell[whole]])
    of_the_same = mine[
        (grid.slice_no[stated.cell[mine]] == grid.slice_no[stated.cell[part]]) & (stated.low[mine] > 0)
    ]
    is_apart = {
        place: place not in (here, around)
        and places.holds(around, place)
        and places.are_disjoint(here, place)
        for place in {int(p) for p in grid.place[stated.cell[of_the_same]]}
    }
    found: Whole = of_the_same[[is_apart[int(p)] for p in grid.place[stated.cell[of_the_same]]]]
    return found


def _mark_leaps(stated: Stated, why: Whole) -> None:
    """Set a count aside that one outlet carries, more than double what the origin had counted before (some
    of it well attested), where no later one of its counts comes up to it."""
    rows = np.flatnonzero((why == KEPT) & stated.is_count)
    if not len(rows):
        return
    of = groups(firsts(stated.origin[rows], stated.cell[rows]), len(rows))
    before = _highest_before(of, stated.count[rows])
    after = _highest_before(of[-1] - of[::-1], stated.count[rows][::-1])[::-1]
    is_attested = stated.attestation[rows] > 0
    has_attested = _highest_before(of, np.where(is_attested, stated.count[rows], -1)) >= 0
    is_leap = ~is_attested & has_attested & (after < stated.low[rows])
    is_leap &= stated.low[rows] > LOOSE_TIMES * before + LOOSE_MORE
    why[rows[is_leap]] = SLIP


def _mark_revised(stated: Stated, why: Whole, shown_by: Whole) -> None:
    """Set an origin's own counts aside that lie above what it itself published to its last two days.

    However long it had counted more, its own last word is no old figure; one lower count may be a slip.
    """
    rows = np.flatnonzero((why == KEPT) & stated.is_count & stated.is_own)
    if not len(rows):
        return
    first = firsts(stated.origin[rows], stated.cell[rows])
    of = groups(first, len(rows))
    day, earlier = (days[rows] for days in stated.own_days)
    last = np.maximum.reduceat(day, first)[of]
    before = np.maximum.reduceat(np.where(day < last, day, earlier), first)[of]
    is_last_word = day >= before
    most = np.maximum.reduceat(np.where(is_last_word, stated.high[rows], 0), first)[of]
    is_revised = (before != NONE) & ~is_last_word & (stated.low[rows] > most)
    newest = np.full(len(first), -1)
    newest[of[day == last]] = rows[day == last]
    why[rows[is_revised]] = REVISED
    shown_by[rows[is_revised]] = newest[of][is_revised]


def _mark_outdated(
    stated: Stated, higher: Whole, lower: Whole, *, why: Whole, shown_by: Whole
) -> tuple[Whole, Whole]:
    """Of statements that contradict each other on one day of a stock, set the one aside that was said before
    the other; return the contradictions that are left."""
    apart = stated.since[higher] - stated.since[lower]
    is_one_day = stated.day[higher] == stated.day[lower]
    older, newer = np.where(apart < 0, higher, lower), np.where(apart < 0, lower, higher)
    is_outdated = is_one_day & (apart != 0)
    why[older[is_outdated]], shown_by[older[is_outdated]] = OUTDATED, newer[is_outdated]
    is_left = (why[higher] == KEPT) & (why[lower] == KEPT)
    return higher[is_left], lower[is_left]


def _highest_before(of: Whole, count: Whole) -> Whole:
    """The highest count before each row in its group; -1 for the first; ``of`` numbers groups in order."""
    rising = np.maximum.accumulate(key(of, count + 1)) - key(of, 0) - 1
    before = np.append(-1, rising[:-1])
    before[firsts(of)] = -1
    return before


def _contradictions(grid: Grid, stated: Stated, kept: Whole) -> tuple[Whole, Whole]:
    """Return pairs of kept statements of one origin of which the first says more than the second leaves room
    for."""
    closed = kept[stated.high[kept] < BOUNDLESS]
    if not len(closed):
        return closed, closed
    first = firsts(stated.origin[closed], stated.cell[closed])
    table = np.full((len(first), grid.days), BOUNDLESS)
    put_least(table, groups(first, len(closed)), stated.day[closed], stated.high[closed])
    table = np.minimum.accumulate(table[:, ::-1], axis=1)[:, ::-1]
    origin, cell = stated.origin[closed][first], stated.cell[closed][first]
    caps = account_ceilings(grid, Ceilings(origin, cell, table, standing=table))
    slots = len(grid) + 1
    at = np.minimum(
        np.searchsorted(caps.origin * slots + caps.cell, stated.origin[kept] * slots + stated.cell[kept]),
        max(len(caps.cell) - 1, 0),
    )
    has = (caps.origin[at] == stated.origin[kept]) & (caps.cell[at] == stated.cell[kept])
    involved = kept[has & (stated.low[kept] > caps.table[at, stated.day[kept]])]
    higher, outer = _outer_cells(grid, stated.cell, involved)
    keys = stated.origin[closed] * slots + stated.cell[closed]
    start, stop = (
        np.searchsorted(keys, stated.origin[higher] * slots + outer, side=side) for side in ("left", "right")
    )
    block = grid.block[stated.cell[higher]]
    is_much = (np.bincount(block, weights=stop - start, minlength=len(grid.blocks)) > MOST_PAIRS)[block]
    much = _one_each(stated, *(each[is_much] for each in (higher, start, stop)), closed=closed)
    higher, start, stop = (each[~is_much] for each in (higher, start, stop))
    row, at = spread(start, stop)
    lower, higher = closed[at], higher[row]
    is_broken = (stated.day[lower] >= stated.day[higher]) & (stated.high[lower] < stated.low[higher])
    return np.append(higher[is_broken], much[0]), np.append(lower[is_broken], much[1])


def _one_each(
    stated: Stated, higher: Whole, start: Whole, stop: Whole, *, closed: Whole
) -> tuple[Whole, Whole]:
    """Of too many contradictions: for each statement the one with the lowest ceiling."""
    found = []
    for statement, begin, end in zip(higher.tolist(), start.tolist(), stop.tolist(), strict=True):
        rows = closed[begin:end]
        rows = rows[stated.day[rows] >= stated.day[statement]]
        if len(rows):
            lowest = rows[np.argmin(stated.high[rows])]
            if stated.high[lowest] < stated.low[statement]:
                found.append((statement, int(lowest)))
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _resolve(grid: Grid, stated: Stated, higher: Whole, lower: Whole, *, why: Whole, shown_by: Whole) -> None:
    """Set statements aside until no pair contradicts: the least attested, then those in more contradictions.

    Of two that are still equal the earlier one of the same cell was revised; else both go.
    """
    every = len(stated.cell)
    account = groups(firsts(stated.origin, grid.block[stated.cell]), every)
    while len(higher):
        worst = _worst(stated, account, np.concatenate([higher, lower]))
        is_worst = np.zeros(every, np.bool_)
        is_worst[worst] = True
        # where both of a pair of the same cell would go, the later one is a revision of the earlier
        is_revision = is_worst[higher] & is_worst[lower] & (stated.cell[higher] == stated.cell[lower])
        is_spared = np.zeros(every, np.bool_)
        is_spared[lower[is_revision]] = True
        is_spared[higher[is_revision]] = False
        is_worst &= ~is_spared
        pairs = np.flatnonzero(is_worst[higher] | is_worst[lower])
        # the first pair that a statement is in says why it goes
        gone, first = np.unique(np.column_stack([higher[pairs], lower[pairs]]), return_index=True)
        gone, pair = gone[is_worst[gone]], pairs[first[is_worst[gone]] // 2]
        high, low = higher[pair], lower[pair]
        is_high = gone == high
        why[gone] = STALE
        why[gone[is_high]] = _why_higher(grid, stated, high[is_high], low[is_high])
        shown_by[gone] = np.where(is_high, low, _highest_above(stated, higher, lower)[gone])
        stays = ~is_worst[higher] & ~is_worst[lower]
        higher, lower = higher[stays], lower[stays]


def _highest_above(stated: Stated, higher: Whole, lower: Whole) -> Whole:
    """Return for each statement the highest one that it contradicts as the lower of a pair, of equal ones the
    latest; -1 without any."""
    found = np.full(len(stated.cell), -1)
    sequence = order(stated.low[higher], stated.day[higher], higher)
    found[lower[sequence]] = higher[sequence]
    return found


def _worst(stated: Stated, account: Whole, involved: Whole) -> Whole:
    """Of each account the least attested of the statements ``involved`` in contradictions, and of these those
    in most; a statement is named as often as it is involved."""
    room, times = len(involved) + 1, np.bincount(involved)
    involved = np.flatnonzero(times)
    rank = stated.attestation[involved] * room - times[involved]
    least = np.full(account[-1] + 1, 3 * room)
    np.minimum.at(least, account[involved], rank)
    found: Whole = involved[rank == least[account[involved]]]
    return found


def _why_higher(grid: Grid, stated: Stated, high: Whole, low: Whole) -> Whole:
    """Why each of some statements, named once, is set aside that says more than another of its origin leaves
    room for."""
    is_elsewhere = np.zeros(len(stated.cell), np.bool_)
    part, outer = _outer_cells(grid, stated.cell, high[stated.cell[high] != stated.cell[low]])
    differs = grid.place[outer] != grid.place[stated.cell[part]]
    part, outer = part[differs], outer[differs]
    is_elsewhere[part[stated.alike(part, outer) >= 0]] = True
    is_far = stated.low[high] > LOOSE_TIMES * stated.number[low] + LOOSE_MORE
    is_attested, shown = stated.attestation[high] > 0, stated.attestation[low] > 0
    is_revised = np.where(shown, is_attested | ~is_far, ~is_attested)
    return np.select([is_elsewhere[high], is_revised], [MISPLACED, REVISED], SLIP)


def _outer_cells(grid: Grid, cell: Whole, rows: Whole) -> tuple[Whole, Whole]:
    """Return each of some rows with every cell that holds its own."""
    row, outer = grid.wholes(cell[rows])
    return rows[row], outer
