"""How did each figure of an origin move as knowledge grew?

A figure is what an origin said of one cell and day, of days counted alone, or of one event. Between two days
of knowledge it moves only where a report of that very figure became known, so one pass over the reports, in
the order in which they became known, replays every day at once; nothing is reconciled, because an origin's
own words depend on no other's. It must not know how the movements are summed up, HTTP, files or the clock.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.claims import Claims
from service.reconcile.columns import (
    NONE,
    OPEN,
    Column,
    Marks,
    Rows,
    Whole,
    firsts,
    groups,
    key,
    order,
    sizes,
)
from service.reconcile.events import versions
from service.reconcile.statements import ECHO, group_statements

TOTAL, DAYS, EVENT = range(3)
"""What a figure is: a running total of one day, a count of days alone, or an event."""
CEILING, FLOOR, LOOSE, EXACT = range(4)
"""How a number is worded, what is heard first last."""
TENTH = 10
"""A figure that is within a tenth of another is near it, as for the grade ``corroborated``."""


@dataclasses.dataclass(frozen=True)
class FigureHistories:
    """The figures of named origins, a row each.

    ``origin`` and ``crisis`` number the words of the claims, ``cell`` (from 0) and ``day`` are those it was
    first said of. ``first`` and ``last`` are its numbers on the first and the last day of knowledge;
    ``first_on`` is that first day, ``settled_on`` the day of knowledge since which it has not moved.
    ``published_after`` is how many days after the last day it counts it was first published (NONE: no such
    day is stated). ``is_alone``: no other named origin has stated the cell, on any day, and stands by it.
    ``is_taken_back``: its origin has since disowned or dropped it, and gives no other number for it.
    """

    origin: Whole
    crisis: Whole
    cell: Whole
    day: Whole
    first: Whole
    last: Whole
    first_on: Whole
    settled_on: Whole
    published_after: Whole
    is_alone: Marks
    is_taken_back: Marks


@dataclasses.dataclass(frozen=True)
class TotalHistories:
    """The running totals that an origin gave for more than one day, a row each: the latest number on the
    first day of knowledge and on the last, and the days from then until it stayed within a tenth of that."""

    origin: Whole
    cell: Whole
    first: Whole
    last: Whole
    days: Whole


def replay_figures(claims: Claims) -> tuple[FigureHistories, TotalHistories]:
    """Return how every figure of the named origins moved, from the first day of knowledge to the last.

    Left out are models, totals whose day was inferred (they say of no day what it was), and numbers of
    outlets that are suspected copies. Of several numbers for one figure the one is heard that reconciliation
    hears (docs/methodology.md, 1 and 3).
    """
    rows = claims.rows
    kind = np.where(rows["event"] != NONE, EVENT, np.where(rows["is_increment"], DAYS, TOTAL))
    is_dated = (kind != TOTAL) | ~(rows["is_day_inferred"] | rows["is_undated"])
    is_own_word = ~rows["is_anonymous"] & ~_are_copies(claims)
    row = np.flatnonzero(is_own_word & ~rows["is_estimate"] & (rows["said"] != NONE) & is_dated)
    about = _about(claims, row, kind[row])
    sequence = order(*about, rows["known_at"][row], rows["report_no"][row])
    row, kind = row[sequence], kind[row[sequence]]
    first = firsts(*(values[sequence] for values in about))
    figure = groups(first, len(row))
    stands = claims.disowned_by[row] == NONE
    about_event = np.flatnonzero(kind == EVENT)
    version = np.zeros(len(row), np.int64)
    version[about_event] = versions(claims, row[about_event], figure[about_event])
    heard = _heard(_precedence(rows, row, kind, figure, version), figure, stands)
    known_on = rows["known_on"][row]
    last_of_day = np.append(firsts(figure, known_on), len(row))[1:] - 1
    at = last_of_day[heard[last_of_day] >= 0]  # from the first number that stands on
    of, on, said = figure[at], known_on[at], rows["said"][row[heard[at]]]
    cell = rows["cell_id"][row] - 1
    figures = FigureHistories(
        origin=rows["origin_no"][row[first]],
        crisis=claims.cells.named["crisis"].numbers[cell[first]],
        cell=cell[first],
        day=rows["day"][row[first]],
        **_movements(of, on, said, len(first)),
        published_after=_days_after(rows, row, figure, len(first)),
        is_alone=_count_origins(claims, is_own_word)[cell[first]] == 1,
        is_taken_back=np.bincount(figure[stands], minlength=len(first)) == 0,
    )
    is_total = (kind[at] == TOTAL) & ~claims.cells.are_of_stocks[cell[at]]
    totals = _replay_totals(rows, row[at][is_total], on[is_total], said[is_total])
    return figures, totals


def _are_copies(claims: Claims) -> Marks:
    """Whether each claim is a number that an outlet is thought to have taken from another origin."""
    if not claims.speakers.is_media.any():
        return np.zeros(len(claims.rows["said"]), np.bool_)
    statements = group_statements(claims)
    found: Marks = np.append(statements.status == ECHO, False)[statements.of_claim]
    return found


def _about(claims: Claims, row: Whole, kind: Whole) -> list[Whole]:
    """Return what tells figures apart: kind, origin, what is counted, and of which days or event.

    An event may move to another place; a count of days is named by its first and its last day.
    """
    rows, cell = claims.rows, claims.rows["cell_id"][row] - 1
    named = claims.cells.named
    people = [named[name].numbers for name in ("crisis", "measure", "population", "attributed_to")]
    places = order(*people)
    wherever = np.empty(len(claims.cells), np.int64)
    wherever[places] = groups(firsts(*(values[places] for values in people)), len(places))
    is_event = kind == EVENT
    return [
        kind,
        rows["origin_no"][row],
        np.where(is_event, wherever[cell], cell),
        np.where(is_event, rows["event"][row], np.where(kind == DAYS, rows["first_day"][row], 0)),
        np.where(is_event, 0, rows["day"][row]),
    ]


def _precedence(rows: Rows, row: Whole, kind: Whole, figure: Whole, version: Whole) -> Whole:
    """Return a rank for the number of each row as it was carried by then: of a figure's numbers the highest
    is heard.

    What the origin itself published comes before what others carry, its newest first. Of what others carry:
    of totals counts before bounds, exact counts before loose ones, what two outlets carry before what one
    does, then the higher; of days alone what two carry, then the newest; of events the newest ``version``.
    """
    said, source = rows["said"][row], rows["source_no"][row]
    by_number = order(figure, said, np.arange(len(row)))
    first = firsts(figure[by_number], said[by_number])
    place = np.empty_like(by_number)
    place[by_number] = np.arange(len(row))
    number = groups(first, len(row))

    def so_far(values: Whole) -> Whole:
        """The most of ``values`` (from 0 on) among the rows of the same number up to each."""
        most = np.maximum.accumulate(key(number, values[by_number])) - key(number, 0)
        found: Whole = most[place]
        return found

    known_at = rows["known_at"][row]
    since = known_at - known_at.min(initial=0)
    is_own = rows["is_own"][row]
    own = so_far(is_own.astype(np.int64))
    own_at = so_far(np.where(is_own, since, 0))
    earliest = since[by_number][first][number][place]
    is_carried = _count_carriers(number[place], source) >= 2
    worded = so_far(_wording(rows, row))
    newest = np.where(own > 0, own_at, earliest)
    keys = (
        np.where(kind == EVENT, 0, own),
        np.select([kind == TOTAL, kind == DAYS], [own_at, own | is_carried], version),
        np.select([kind == TOTAL, kind == DAYS], [worded, newest], 0),
        np.where(kind == TOTAL, is_carried, False),
        said,
    )
    in_order = order(*keys)
    rank = np.empty_like(in_order)
    rank[in_order] = np.arange(len(row))
    return rank


def _wording(rows: Rows, row: Whole) -> Whole:
    low, high = rows["lo"][row], rows["hi"][row]
    is_count = (high != OPEN) & (low > 0) & ~rows["is_verified"][row]
    return np.select(
        [rows["is_exact"][row] & ~rows["is_verified"][row], is_count, low > 0], [EXACT, LOOSE, FLOOR], CEILING
    )


def _count_carriers(number: Whole, source: Whole) -> Whole:
    """Return how many different sources have carried the number of each row, up to that row."""
    by_source = order(number, source, np.arange(len(number)))
    is_new = np.zeros(len(number), np.int64)
    is_new[by_source[firsts(number[by_source], source[by_source])]] = 1
    by_number = order(number, np.arange(len(number)))
    total = np.cumsum(is_new[by_number])
    first = firsts(number[by_number])
    before = np.repeat(total[first] - is_new[by_number][first], sizes(first, len(number)))
    found = np.empty_like(total)
    found[by_number] = total - before
    return found


def _heard(rank: Whole, figure: Whole, stands: Marks) -> Whole:
    """Return for each row the row whose number is heard of its figure by then; -1 where none stands yet."""
    most = np.maximum.accumulate(key(figure, np.where(stands, rank + 1, 0))) - key(figure, 0)
    row_of = np.empty(len(rank) + 1, np.int64)
    row_of[0] = -1
    row_of[rank + 1] = np.arange(len(rank))
    found: Whole = row_of[most]
    return found


def _movements(figure: Whole, on: Whole, said: Whole, figures: int) -> dict[str, Whole]:
    """Return the first and last number of each figure, and their days of knowledge (NONE: it has none).

    Rows are days of knowledge, sorted by figure and day.
    """
    found = {name: np.full(figures, NONE) for name in ("first", "last", "first_on", "settled_on")}
    if not len(figure):
        return found
    first = firsts(figure)
    last = first + sizes(first, len(figure)) - 1
    own = figure[first]
    is_move = np.zeros(len(figure), np.bool_)
    is_move[1:] = (figure[1:] == figure[:-1]) & (said[1:] != said[:-1])
    is_move[first] = True
    moved_at = np.maximum.accumulate(np.where(is_move, np.arange(len(figure)), 0))[last]
    found["first"][own], found["last"][own] = said[first], said[last]
    found["first_on"][own], found["settled_on"][own] = on[first], on[moved_at]
    return found


def _days_after(rows: Rows, row: Whole, figure: Whole, figures: int) -> Whole:
    """Return how many days after its last day each figure was first published; NONE where no page says."""
    is_dated = (rows["published_on"][row] != NONE) & ~rows["is_day_inferred"][row]
    after = np.full(figures, OPEN)
    days = rows["published_on"][row] - rows["day"][row]
    np.minimum.at(after, figure[is_dated], days[is_dated])
    return np.where(after == OPEN, NONE, after)


def _replay_totals(rows: Rows, row: Whole, on: Whole, said: Whole) -> TotalHistories:
    """Return how the latest number of each running total moved; rows are numbers of a day, as known ``on``
    some day."""
    cell, origin, day = rows["cell_id"][row] - 1, rows["origin_no"][row], rows["day"][row]
    sequence = order(origin, cell, on, day)
    cell, origin, day, on, said = (values[sequence] for values in (cell, origin, day, on, said))
    first = firsts(origin, cell)
    total = groups(first, len(cell))
    since = day.min(initial=0)
    newest_day = np.maximum.accumulate(key(total, day - since)) - key(total, -since)
    latest = np.maximum.accumulate(np.where(day == newest_day, np.arange(len(day)), 0))
    last_of_day = np.append(firsts(total, on), len(total))[1:] - 1
    of, on, number = total[last_of_day], on[last_of_day], said[latest[last_of_day]]
    first_known = firsts(of)
    last_known = first_known + sizes(first_known, len(of)) - 1
    end = number[last_known][of]
    is_far = TENTH * np.abs(number - end) > np.abs(end)
    after = np.maximum.accumulate(np.where(is_far, np.arange(len(of)) + 1, first_known[of]))[last_known]
    has_more = _has_several(total, day, len(first))
    return TotalHistories(
        origin=origin[first][has_more],
        cell=cell[first][has_more],
        first=number[first_known][has_more],
        last=number[last_known][has_more],
        days=(on[after] - on[first_known])[has_more],
    )


def _has_several(total: Whole, day: Whole, totals: int) -> Marks:
    """Whether each running total was given for more than one day."""
    least, most = np.full(totals, OPEN), np.full(totals, NONE)
    np.minimum.at(least, total, day)
    np.maximum.at(most, total, day)
    several: Marks = most > least
    return several


def _count_origins(claims: Claims, is_own_word: Marks) -> Column:
    """Return how many origins have stated each cell (from 0) in their own word and stand by it."""
    stands = is_own_word & (claims.disowned_by == NONE)
    cell, origin = claims.rows["cell_id"][stands] - 1, claims.rows["origin_no"][stands]
    in_order = order(cell, origin)
    pair = firsts(cell[in_order], origin[in_order])
    return np.bincount(cell[in_order][pair], minlength=len(claims.cells))
