"""Which events does an origin list, and which row about each of them stands?

An event is one incident by its source's own key. The same event published again takes the place of what was
published before: its number, day and place. This module must not know of totals, nor what events come to.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, OPEN, Marks, Whole, firsts, groups, key, numbered, order
from service.reconcile.kept import BLANK, BOUNDLESS
from service.reconcile.statements import encode_origin

STANDS, COPIED, RESTATED, MOVED, TWICE = range(5)
"""What became of a row: it counts, says the same as the one that does, gave another number before that, had
another place or day, or gave a lower number in the same publication."""


@dataclasses.dataclass(frozen=True)
class Events:
    """The claims about events, a row each: sorted by crisis and measure, origin, event and cell.

    ``claim`` is the place of the claim, ``cell`` that of its cell (from 0); ``event`` numbers the events,
    ``day`` is the last day of each. ``low`` is the floor, ``count`` the number that the claim votes for
    (BLANK: only a bound), ``least`` and ``widest`` the ends of its wording. ``fate`` is what became of it
    (STANDS ...), ``replaced_by`` the claim that took its place (NONE: it stands).
    """

    claim: Whole
    cell: Whole
    origin: Whole
    event: Whole
    day: Whole
    low: Whole
    count: Whole
    least: Whole
    widest: Whole
    is_nameless: Marks
    fate: Whole
    replaced_by: Whole

    def __len__(self) -> int:
        return len(self.claim)

    def take(self, rows: Whole | Marks) -> Events:
        return Events(**{f.name: getattr(self, f.name)[rows] for f in dataclasses.fields(self)})


def read_events(claims: Claims) -> Events:
    """Return the claims about events, those that stand and those that were replaced."""
    rows = claims.rows
    claim = np.flatnonzero((rows["event"] != NONE) & (claims.disowned_by == NONE))
    crisis, measure = (claims.cells.named[name].numbers for name in ("crisis", "measure"))
    cell = rows["cell_id"][claim] - 1
    speaker = encode_origin(rows["origin_no"], rows["is_estimate"])
    named = [crisis[cell], measure[cell], speaker[claim], rows["event"][claim]]
    sequence = order(*named, cell)
    claim = claim[sequence]
    event = groups(firsts(*(values[sequence] for values in named)), len(claim))
    replaced_by, day, fate = _newest(claims, claim, event)
    lo, hi = np.maximum(rows["lo"][claim], 0), rows["hi"][claim]
    vote = _votes(lo, rows["best"][claim], hi)
    is_verified = rows["is_verified"][claim]
    return Events(
        claim=claim,
        cell=rows["cell_id"][claim] - 1,
        origin=speaker[claim],
        event=event,
        day=day,
        low=np.where((vote != BLANK) & ~is_verified, vote, lo),
        count=np.where(is_verified, BLANK, vote),
        least=lo,
        widest=np.minimum(hi, BOUNDLESS),
        is_nameless=rows["is_anonymous"][claim] | rows["is_estimate"][claim],
        fate=fate,
        replaced_by=np.where(replaced_by == NONE, NONE, claim[np.maximum(replaced_by, 0)]),
    )


def _votes(low: Whole, middle: Whole, high: Whole) -> Whole:
    """Return the number that each claim votes for: its best, else the lower end of a range; BLANK for what is
    open above, and for "up to"."""
    is_up_to = (low == 0) & (middle == high) & (high > 0)
    return np.where((high == OPEN) | is_up_to, BLANK, middle)


def _newest(claims: Claims, claim: Whole, event: Whole) -> tuple[Whole, Whole, Whole]:
    """Return for each claim the row that took its place (NONE: it stands), the day of its event, and its
    fate.

    The newest publication of an event stands, its origin's own before what others carry of it. What it does
    not say of some people stands on from before while the place is the same. Of two numbers of one
    publication for one cell the higher stands, with its day.
    """
    rows, cells = claims.rows, claims.cells
    cell, said = rows["cell_id"][claim] - 1, rows["said"][claim]
    population, areas = (cells.named[name].numbers[cell] for name in ("population", "areas"))
    version = versions(claims, claim, event)
    is_newest = version == _most_of(version, event)
    place = key(event, areas)
    stands = version == _most_of(version, key(event, population))
    stands &= is_newest | np.isin(place, place[is_newest])
    own_day = rows["day"][claim]
    sequence = order(event, cell, ~stands, -said, rows["is_day_inferred"][claim], -own_day)
    speaks = np.zeros(len(claim), np.bool_)
    speaks[sequence[firsts(event[sequence], cell[sequence])]] = True
    speaks &= stands
    heads = np.flatnonzero(speaks)
    replaced_by = np.full(len(claim), NONE)
    for same in (event, key(event, population), key(event, cell)):  # the nearest of the three is kept
        found = _row_with(same, heads)
        replaced_by = np.where(~speaks & (found != NONE), found, replaced_by)
    replacing = np.maximum(replaced_by, 0)
    fate = np.select(
        [
            speaks,
            (said == said[replacing]) & (cell == cell[replacing]) & (own_day == own_day[replacing]),
            version == version[replacing],
            said != said[replacing],
        ],
        [STANDS, COPIED, TWICE, RESTATED],
        MOVED,
    )
    return replaced_by, _most_of(np.where(is_newest & speaks, own_day, NONE), event), fate


def versions(claims: Claims, claim: Whole, event: Whole) -> Whole:
    """Return numbers that grow with the publication of each ``claim`` about an ``event``: what others carry
    first, each number, place and day as of when it was first carried, then what the origin publishes itself.

    A copy of what another has replaced by then is not news. What a carrier comes back to is: it has said
    something else in between.
    """
    rows = claims.rows
    is_own, known_at = rows["is_own"][claim], rows["known_at"][claim]
    cell, is_inferred = rows["cell_id"][claim] - 1, rows["is_day_inferred"][claim]
    population = claims.cells.named["population"].numbers[cell]
    figure = numbered(event, cell, rows["said"][claim])
    # a day that was only inferred moves no event
    told = numbered(figure, np.where(is_inferred, NONE, rows["day"][claim]))
    first = np.where(is_inferred, _least_of(known_at, figure), _least_of(known_at, told))
    since, is_return = _runs(numbered(event, population, rows["source_no"][claim]), told, known_at)
    version = np.where(is_return, since, first)
    return key(is_own.astype(np.int64), np.where(is_own, known_at, version))


def _runs(speaker: Whole, told: Whole, known_at: Whole) -> tuple[Whole, Marks]:
    """Return since when the ``speaker`` (one source, of one event and population) has said what each row
    tells without saying anything else in between, and whether it had said the same before that."""
    issue = numbered(speaker, known_at)
    sequence = order(speaker, told, issue)
    number = issue[sequence]
    is_first = np.zeros(len(sequence), np.bool_)
    is_first[firsts(speaker[sequence], told[sequence])] = True
    start = np.flatnonzero(is_first | (np.diff(number, prepend=0) > 1))
    run = groups(start, len(sequence))
    since, is_return = np.empty_like(known_at), np.empty(len(sequence), np.bool_)
    since[sequence] = known_at[sequence][start][run]
    is_return[sequence] = ~is_first[start][run]
    return since, is_return


def _least_of(values: Whole, group: Whole) -> Whole:
    """Return for each row the least of the values of its group."""
    return -_most_of(-values, group)


def _most_of(values: Whole, group: Whole) -> Whole:
    """Return for each row the most of the values of its group."""
    sequence = order(group)
    first = firsts(group[sequence])
    found = np.empty_like(values)
    if len(values):
        most = np.maximum.reduceat(values[sequence], first)
        found[sequence] = np.repeat(most, np.diff(first, append=len(values)))
    return found


def _row_with(keys: Whole, heads: Whole) -> Whole:
    """Return for each row the first of the rows ``heads`` that has its key, or NONE."""
    if not len(heads):
        return np.full(len(keys), NONE)
    in_order = heads[np.argsort(keys[heads], kind="stable")]
    at = np.minimum(np.searchsorted(keys[in_order], keys), len(in_order) - 1)
    return np.where(keys[in_order[at]] == keys, in_order[at], NONE)
