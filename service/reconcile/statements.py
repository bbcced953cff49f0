"""What did each origin say, however many carried it?

Carriers of one number of one origin about one cell are one statement, which stands for the first day it was
counted to. Of several numbers for one day one is heard. This module does not know what an origin said of
other cells.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property

import numpy as np

from service.reconcile.claims import Claims
from service.reconcile.columns import (
    NONE,
    OPEN,
    Column,
    Marks,
    Whole,
    firsts,
    groups,
    key,
    order,
    sizes,
    spread,
)

SMALL = 20
"""A number up to this many is met with twice by chance: it is no sign of a copy."""
ECHO_DAYS = 7
"""A copy without its origin is counted to a day at most so far from that of the original."""
HEARD, REWORDED, ECHO, DISOWNED, REMOVED = range(5)
"""Whether a statement is heard, is another wording of one that is, is suspected to be another's number, was
taken back by its origin, or is given no longer by any who carried it."""


@dataclasses.dataclass(frozen=True)
class Statements:
    """The totals that origins stated, sorted by cell, origin and number.

    ``cell`` and ``origin`` are numbers (cells from 0), ``day`` is the first day counted to. ``low`` is the
    floor, ``high`` the ceiling (OPEN: none), ``count`` the number it votes for (NONE: only a bound),
    ``least`` and ``widest`` the ends of its wording ("about 1,600" leaves room for 1,614). ``carriers`` are
    distinct outlets; ``own_at`` is the minute at which the origin itself last published it (NONE: never), and
    ``own_days`` are the last two days to which it did (NONE: no such day), the last one first. A
    ``is_nameless`` statement is heard only where no named origin speaks. ``status`` is HEARD, REWORDED, ECHO,
    DISOWNED or REMOVED; ``echo_of`` the statement echoed (NONE otherwise); ``claim`` the first claim of each;
    ``of_claim`` the statement of each claim (-1: it counts single days).
    """

    cell: Whole
    origin: Whole
    day: Whole
    low: Whole
    high: Whole
    count: Whole
    least: Whole
    widest: Whole
    number: Whole
    carriers: Whole
    is_exact: Marks
    is_own: Marks
    own_at: Whole
    own_days: tuple[Whole, Whole]
    is_nameless: Marks
    is_verified: Marks
    is_undated: Marks
    status: Whole
    echo_of: Whole
    claim: Whole
    of_claim: Whole

    @property
    def is_taken_back(self) -> Marks:
        """Statements that their origin took back, and copies of these that name nobody; and those that no
        carrier gives any longer."""
        is_disowned: Marks = self.status == DISOWNED
        original: Marks = np.append(is_disowned, False)[np.maximum(self.echo_of, -1)]
        is_removed: Marks = self.status == REMOVED
        return is_disowned | original | is_removed

    def __len__(self) -> int:
        return len(self.cell)

    def carriers_of(self, rows: Whole) -> tuple[Whole, Whole]:
        """Return each of some statements with every claim that carries it: its place in ``rows``, and the
        claim."""
        sequence, first = self._by_statement
        row, at = spread(first[rows], first[rows + 1])
        return row, sequence[at]

    @cached_property
    def _by_statement(self) -> tuple[Whole, Whole]:
        """The claims in the order of their statements, and where those of each begin and the last end."""
        sequence = order(self.of_claim)
        return sequence, np.searchsorted(self.of_claim[sequence], np.arange(len(self) + 1))


def encode_origin(origin: Whole, is_model: Marks) -> Whole:
    """Return the numbers of origins, with numbers of their own below 0 where they speak by a model."""
    return np.where(is_model, -1 - origin, origin)


def decode_origin(origin: Whole) -> Whole:
    """Return the origin of each number, whether it counts or speaks by a model."""
    return np.where(origin < 0, -1 - origin, origin)


def group_statements(claims: Claims) -> Statements:
    """Return the statements of ``claims``; what an origin models stands apart from what it counts."""
    bulletin = _bulletin(claims)
    total = _totals_in_order(claims, bulletin)
    bulletin = bulletin[total]
    rows = {name: values[total] for name, values in claims.rows.items()}
    model, origin = rows["is_estimate"], rows["origin_no"]
    standing = _standing(claims)[total]
    first = firsts(rows["cell_id"], origin, model, rows["said"], standing, bulletin)
    of_claim = np.full(len(claims.rows["said"]), -1)
    of_claim[total] = groups(first, len(total))
    carriers = _count_distinct(of_claim[total], rows["source_no"], len(first))
    is_own = _any(rows["is_own"], first)
    is_late = (bulletin != NONE) & (rows["day"] > bulletin)
    heard = _wordings(rows, of_claim[total], len(first), ~is_late)
    found = Statements(
        cell=rows["cell_id"][first] - 1,
        origin=encode_origin(origin[first], model[first]),
        day=_first_day(claims, rows)[first],
        number=rows["said"][first].astype(np.int64),
        carriers=carriers,
        is_exact=rows["is_exact"][heard],
        is_own=is_own,
        own_at=_most(np.where(rows["is_own"], rows["known_at"], NONE), first),
        own_days=_last_own_days(rows, first, of_claim[total]),
        is_nameless=claims.speakers.is_anonymous[origin[first]] | model[first],
        is_verified=_all(rows["is_verified"], first),
        status=standing[first],
        echo_of=np.full(len(first), NONE),
        is_undated=_all(rows["is_undated"], first),
        claim=total[heard],
        of_claim=of_claim,
        **_bounds_of_wording(rows, first, heard),
    )
    status = _mark_reworded(found, claims.cells.are_of_stocks)
    found = dataclasses.replace(found, status=status)
    echo_of = _find_echoes(found, claims)
    return dataclasses.replace(found, status=np.where(echo_of != NONE, ECHO, status), echo_of=echo_of)


def _standing(claims: Claims) -> Whole:
    """The status of each claim before any is heard: REWORDED, or taken back."""
    taken_back = np.where(claims.is_removed, REMOVED, DISOWNED)
    return np.where(claims.disowned_by == NONE, REWORDED, taken_back)


def _first_day(claims: Claims, rows: Mapping[str, Column]) -> Whole:
    """The day each claim counts to, if need be the day by which it was public.

    A total without any date says only that so many had been counted before it was read, which is no day of
    the crisis: it stands behind the newest day that anybody counted to. ``Grid`` shows it on that day.
    """
    has_newest = claims.newest[rows["cell_id"] - 1] != NONE
    day: Whole = rows["day"] + (rows["is_dateless"] & has_newest)
    return day


def _last_own_days(rows: Mapping[str, Column], first: Whole, of: Whole) -> tuple[Whole, Whole]:
    """The last day to which the origin itself published each statement, and the day before it of these."""
    day = np.where(rows["is_own"] & ~rows["is_dateless"], rows["day"], NONE)
    last = _most(day, first)
    return last, _most(np.where(day < last[of], day, NONE), first)


def _totals_in_order(claims: Claims, bulletin: Whole) -> Whole:
    """The claims of totals, those of one statement together, the one that stands for it first.

    Among carriers of one day, one whose page shows its date stands before one that is dated by inference.
    """
    rows = claims.rows
    total = np.flatnonzero(~rows["is_increment"])
    cell, origin, said = (rows[name][total] for name in ("cell_id", "origin_no", "said"))
    day, is_undated = rows["day"][total], rows["is_undated"][total]
    is_inferred = rows["published_on"][total] == NONE
    first_of_each = (is_undated, day, ~rows["is_own"][total], is_inferred, rows["report_no"][total])
    standing = _standing(claims)[total]
    statement = (cell, origin, rows["is_estimate"][total], said, standing, bulletin[total])
    return total[order(*statement, *first_of_each)]


def _bulletin(claims: Claims) -> Whole:
    """The day of each claim that says anew of a stock how many there are on it: 100, then 80, then 100 are
    three statements. A copy whose day is only inferred may be late: it is one of the last claim of its number
    before it that says so anew. NONE where there is none, and for a running total."""
    of_stocks = claims.cells.are_of_stocks[claims.rows["cell_id"] - 1]
    is_total = of_stocks & ~claims.rows["is_increment"]
    total = np.flatnonzero(is_total)
    rows = {name: values[total] for name, values in claims.rows.items()}
    # what the origin itself publishes is no copy
    is_by_origin = rows["is_own"] & (rows["published_on"] != NONE)
    says_anew = ~rows["is_day_inferred"] | is_by_origin
    number = (rows["cell_id"], rows["origin_no"], rows["is_estimate"], rows["said"], _standing(claims)[total])
    sequence = order(*number, rows["day"], ~says_anew)
    first = firsts(*(values[sequence] for values in number))
    last = np.maximum.accumulate(np.where(says_anew[sequence], np.arange(len(total)), -1))
    has_one = last >= first[groups(first, len(total))]
    found = np.full(len(claims.rows["said"]), NONE)
    found[total[sequence]] = np.where(has_one, rows["day"][sequence][last], NONE)
    return found


def _wordings(rows: Mapping[str, Column], of: Whole, statements: int, votes: Marks) -> Whole:
    """The claim in whose wording each statement is heard.

    As the origin itself publishes it, else as most outlets carry it ("more than 2,300" twice before "about
    2,300" once), of those that have a vote; of wordings carried alike, an exact one before a loose one, a
    count before a bound, and the narrowest.
    """
    wording = ("lo", "hi", "best", "is_exact")
    sequence = order(of, *(rows[name] for name in wording))
    first = firsts(of[sequence], *(rows[name][sequence] for name in wording))
    group = np.empty_like(sequence)
    group[sequence] = groups(first, len(sequence))
    head = sequence[first]
    carriers = _count_distinct(group[votes], rows["source_no"][votes], len(head))
    is_own = _any(rows["is_own"][sequence], first)
    is_closed = (rows["hi"][head] != OPEN) & (rows["lo"][head] > 0)
    ranked = order(
        of[head], is_own, carriers, rows["is_exact"][head], is_closed, rows["lo"][head], -rows["hi"][head]
    )
    last = np.append(firsts(of[head][ranked])[1:], len(ranked)) - 1
    return head[ranked[last]] if statements else head


def _bounds_of_wording(rows: Mapping[str, Column], first: Whole, heard: Whole) -> dict[str, Whole]:
    """The floor, ceiling, vote and width of each statement, as its wording and standard give them."""
    low, high, middle, exact = (rows[name][heard] for name in ("lo", "hi", "best", "is_exact"))
    count = _votes(exact, low, middle, high)
    is_about = ~exact & (count != NONE) & (count == middle) & (middle > low)
    is_verified = _all(rows["is_verified"], first)
    is_open = is_verified | _all(rows["is_undated"], first)
    return {
        "low": np.maximum(np.where(is_about, middle, low), 0),
        "high": np.where(is_open, OPEN, high),
        "count": np.where(is_verified, NONE, count),
        "least": np.maximum(low, 0),
        "widest": np.where(is_open, OPEN, high),
    }


def _votes(exact: Marks, low: Whole, middle: Whole, high: Whole) -> Whole:
    """Return the number that each wording votes for, NONE for a bound.

    An exact number is its vote, "about N" and "nearly N" vote for N, "a–b" for a. "Nearly 1,500" has its
    number at the upper end; "up to 50" has no lower end and votes for nothing.
    """
    is_closed = high != OPEN
    is_about = ~exact & (middle != NONE) & is_closed & (middle > low) & ((middle < high) | (low > 0))
    is_range = is_closed & (low < high) & (low > 0)
    vote = np.where(is_about, middle, np.where(is_range, low, NONE))
    found: Whole = np.where(exact & is_closed, middle, vote)
    return found


def _mark_reworded(found: Statements, is_stock: Marks) -> Whole:
    """Return the status with the one statement of an origin that is HEARD for a cell and day.

    Its own publication, of several the newest; else counts before floors before bare ceilings, exact counts
    before loose ones, else what two outlets carry of what it did not publish itself, else the highest: a
    running total only grows within a day.
    A loose count that an exact one of that day or before lies within is another wording of it, of a stock
    (``is_stock``, by cell) as long as its origin has not counted otherwise since.
    """
    status = found.status.copy()
    sequence = order(
        found.cell, found.origin, found.day, found.status == REWORDED, found.is_own, found.own_at,
        found.count != NONE, found.low > 0, found.is_exact,
        np.where(found.is_own, 0, np.minimum(found.carriers, 2)), found.number,
    )  # fmt: skip
    first = firsts(found.cell[sequence], found.origin[sequence], found.day[sequence])
    last = sequence[first + sizes(first, len(sequence)) - 1]
    last = last[status[last] == REWORDED]
    status[last[~_are_roundings(found, last, is_stock[found.cell[last]])]] = HEARD
    return status


def _are_roundings(found: Statements, rows: Whole, is_stock: Marks) -> Marks:
    """Of ``rows``, sorted by cell, origin and day, the loose counts within whose width the origin's exact
    count by then lies: the highest of a total; of a stock the last, if none since differs from it."""
    is_exact = found.is_exact[rows] & (found.count[rows] != NONE)
    is_loose = ~found.is_exact[rows] & (found.count[rows] != NONE)
    exact = np.where(is_exact, found.number[rows], -1)
    of = groups(firsts(found.cell[rows], found.origin[rows]), len(rows))
    by_then = np.maximum.accumulate(key(of, exact + 1)) - key(of, 0) - 1
    last = np.maximum.accumulate(np.where(is_exact, np.arange(len(rows)), -1))
    has_last = (last >= 0) & (of[last] == of)
    by_then = np.where(is_stock, np.where(has_last, exact[last], -1), by_then)
    is_within = is_loose & (by_then >= found.least[rows]) & (by_then <= found.widest[rows])
    others = np.cumsum(is_loose & ~is_within)
    is_since = is_stock & has_last & (others > others[last])
    roundings: Marks = is_within & ~is_since
    return roundings


def _find_echoes(found: Statements, claims: Claims) -> Whole:
    """Return the statement whose number an outlet repeats without naming its origin, or NONE.

    Only nobody in particular and news media speaking for themselves are suspected, and only of a number that
    a named origin of another kind stated, within ECHO_DAYS, of the same crisis and measure: that very number,
    or of the same place, people and party one more or less ("over 39" is copied as 39 and as 40).
    """
    echo_of = np.full(len(found), NONE)
    origin = decode_origin(found.origin)
    is_outlet = claims.speakers.is_anonymous[origin] | claims.speakers.is_media[origin]
    suspects = np.flatnonzero(is_outlet & (found.number > SMALL) & (found.status == HEARD))
    originals = np.flatnonzero(
        ~is_outlet & np.isin(found.status, (HEARD, DISOWNED)) & (found.number > SMALL - 1)
    )
    if not len(suspects) or not len(originals):
        return echo_of
    crisis, measure = (claims.cells.named[name] for name in ("crisis", "measure"))
    about = crisis.numbers[found.cell] * len(measure.words) + measure.numbers[found.cell]
    same_cell = claims.cells.without_beginning[found.cell]
    sequence = order(found.status[originals], origin[originals])
    originals = originals[sequence]
    # the exact number last, so that it is the one named
    for group, off in ((same_cell, 1), (same_cell, -1), (about, 0)):
        original = _first_near(found, originals, suspects, group, off)
        echo_of[suspects] = np.where(original == NONE, echo_of[suspects], original)
    return echo_of


def _first_near(found: Statements, originals: Whole, suspects: Whole, group: Whole, off: int) -> Whole:
    """For each of ``suspects`` the first of ``originals`` of its group, within ECHO_DAYS, whose number is
    ``off`` more than its own; NONE where there is none."""
    numbers = np.unique(found.number[originals])
    wanted = found.number[suspects] + off
    slot = np.int64(1) << 22  # more than the days of any calendar
    earliest = found.day.min() - ECHO_DAYS

    def pair_of(rows: Whole, number: Whole) -> Whole:
        place = np.minimum(np.searchsorted(numbers, number), len(numbers) - 1)
        pair: Whole = group[rows] * len(numbers) + place
        return pair

    said, asked = pair_of(originals, found.number[originals]), pair_of(suspects, wanted)
    pairs = np.unique(said)  # by their place, for with the days a pair itself is more than a number holds
    keys = np.searchsorted(pairs, said) * slot + (found.day[originals] - earliest)
    sequence = order(keys)
    at = np.searchsorted(
        keys[sequence], np.searchsorted(pairs, asked) * slot + (found.day[suspects] - ECHO_DAYS - earliest)
    )
    row = sequence[np.minimum(at, len(sequence) - 1)]
    original = originals[row]
    is_near = (at < len(sequence)) & (said[row] == asked) & (found.number[original] == wanted)
    is_near &= found.day[original] <= found.day[suspects] + ECHO_DAYS
    return np.where(is_near, original, NONE)


def _count_distinct(group: Whole, value: Whole, groups_in_all: int) -> Whole:
    """Return how many different values each group has."""
    sequence = order(group, value)
    first = firsts(group[sequence], value[sequence])
    return np.bincount(group[sequence][first], minlength=groups_in_all)


def _any(values: Column, first: Whole) -> Column:
    return np.logical_or.reduceat(values, first) if len(first) else values[:0]


def _all(values: Column, first: Whole) -> Column:
    return np.logical_and.reduceat(values, first) if len(first) else values[:0]


def _most(values: Whole, first: Whole) -> Whole:
    return np.maximum.reduceat(values, first) if len(first) else values[:0]
