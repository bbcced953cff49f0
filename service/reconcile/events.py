"""Which events does an origin list, and which row about each of them stands?

An event is one incident by its source's own key. The same event published again takes the place of what was
published before: its number, day and place. This module must not know of totals, nor what events come to.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, OPEN, Marks, Whole, firsts, groups, key, order
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
    publication for one cell the higher stands.
    """
    rows, cells = claims.rows, claims.cells
    cell, said = rows["cell_id"][claim] - 1, rows["said"][claim]
    population, areas = (cells.named[name].numbers[cell] for name in ("population", "areas"))
    version = _versions(claims, claim, event)
    is_newest = version == _most_of(version, event)
    place = key(event, areas)
    stands = version == _most_of(version, key(event, population))
    stands &= is_newest | np.isin(place, place[is_newest])
    sequence = order(event, cell, ~stands, -said)
    speaks = np.zeros(len(claim), np.bool_)
    speaks[sequence[firsts(event[sequence], cell[sequence])]] = True
    speaks &= stands
    heads = np.flatnonzero(speaks)
    replaced_by = np.full(len(claim), NONE)
    for same in (event, key(event, population), key(event, cell)):  # the nearest of the three is kept
        found = _row_with(same, heads)
        replaced_by = np.where(~speaks & (found != NONE), found, replaced_by)
    own_day, replacing = rows["day"][claim], np.maximum(replaced_by, 0)
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
    return replaced_by, _most_of(np.where(is_newest, own_day, NONE), event), fate


def _versions(claims: Claims, claim: Whole, event: Whole) -> Whole:
    """Return numbers that grow with the publication of each claim: what others carry first, each number as of
    the day on which it was first carried, then what the origin publishes itself."""
    rows = claims.rows
    is_own, known_at = rows["is_own"][claim], rows["known_at"][claim]
    keys = (event, rows["cell_id"][claim], rows["said"][claim], is_own)
    sequence = order(*keys, known_at)
    first = firsts(*(values[sequence] for values in keys))
    earliest = np.empty_like(known_at)
    earliest[sequence] = np.repeat(known_at[sequence[first]], np.diff(first, append=len(claim)))
    return key(is_own.astype(np.int64), np.where(is_own, known_at, earliest))


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
