"""Which of an origin's counts of the same days alone stands?

A stretch of days that an origin counts alone has one number: what it published last, up or down; where it has
published none itself, what two or more outlets carry, else what was carried last. This module must not know
what the days come to, nor of totals or events.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, OPEN, Marks, Whole, firsts, groups, key, order, sizes
from service.reconcile.statements import encode_origin

STRETCH = ("cell_id", "origin_no", "first_day", "day")
COUNTS, COPIED, LOWERED, RENEWED, TWICE, ADDED = range(6)
"""What became of a count of days: it stands, or is carried beside the one that does; its origin gave a lower
or a higher one later, or two on one day, of which the higher stands; or it was taken for another incident of
these days, and added."""


@dataclasses.dataclass(frozen=True)
class DayCounts:
    """The stretches of days that were counted alone, a row each, sorted by cell (from 1), origin, first day
    and last.

    ``begins`` is, by cell, the day from which it counts (NONE: not known).
    ``low`` is how many people they had (below 0: the origin took so many back), at least so many where it
    ``is_floor``, and ``claim`` what says so. For
    each claim about days alone, in ``claims``: its ``fate`` (COUNTS ...), and the ``heard`` number of its
    stretch.
    """

    begins: Whole
    cell_id: Whole
    origin_no: Whole
    first_day: Whole
    day: Whole
    low: Whole
    is_floor: Marks
    is_anonymous: Marks
    claim: Whole
    claims: Whole
    fate: Whole
    heard: Whole

    def __len__(self) -> int:
        return len(self.low)


def read_day_counts(claims: Claims) -> DayCounts:
    """Return the counts of days alone, and what became of each claim about them."""
    is_day = claims.rows["is_increment"] & (claims.rows["event"] == NONE)
    claim = np.flatnonzero(is_day & (claims.disowned_by == NONE))
    speaker = encode_origin(claims.rows["origin_no"], claims.rows["is_estimate"])
    rows = {**claims.rows, "origin_no": speaker}
    claim = claim[order(*(rows[name][claim] for name in (*STRETCH, "said", "source_no")))]
    row = {name: column[claim] for name, column in rows.items()}
    first = firsts(*(row[name] for name in (*STRETCH, "said")))
    number = groups(first, len(claim))
    is_own = np.logical_or.reduceat(row["is_own"], first)
    own_on = np.maximum.reduceat(np.where(row["is_own"], row["known_at"], NONE), first)
    since = np.where(is_own, own_on, np.minimum.reduceat(row["known_on"], first))
    is_other = np.zeros(len(claim), np.bool_)
    is_other[firsts(*(row[name] for name in (*STRETCH, "said", "source_no")))] = True
    is_carried = np.add.reduceat(is_other, first, dtype=np.int64) >= 2
    said = row["said"][first]
    stretch = groups(firsts(*(row[name][first] for name in STRETCH)), len(first))
    best_last = order(stretch, is_own, is_own | is_carried, since, said)
    heads = firsts(stretch[best_last])
    heard = best_last[heads + sizes(heads, len(best_last)) - 1]
    is_rival = is_own & (since == since[heard][stretch])
    is_rival[heard] = is_own[heard]
    together = _are_incidents(row["url"], number, stretch, is_rival)
    low = np.where(said < 0, said, np.maximum.reduceat(row["lo"], first))
    added = np.zeros(len(heard), np.int64)
    np.add.at(added, stretch[is_rival], low[is_rival])
    of = first[heard]
    is_heard = np.zeros(len(first), np.bool_)
    is_heard[heard] = True
    newest = said[heard][stretch]
    is_floor = np.minimum.reduceat(np.where(row["said"] < 0, 0, row["hi"]), first) == OPEN
    has_floor = np.zeros(len(heard), np.bool_)
    np.logical_or.at(has_floor, stretch[is_rival], is_floor[is_rival])
    fate = np.select(
        [is_heard, ~is_own, is_rival & together[stretch], is_rival, said > newest],
        [COUNTS, COPIED, ADDED, TWICE, LOWERED],
        RENEWED,
    )
    return DayCounts(
        begins=claims.cells.begins,
        **{name: row[name][of] for name in STRETCH},
        is_anonymous=row["is_anonymous"][of] | row["is_estimate"][of],
        low=np.where(together, added, low[heard]),
        is_floor=np.where(together, has_floor, is_floor[heard]),
        claim=claims.first[claims.statement[claim[of]]],
        claims=claim,
        fate=fate[number],
        heard=newest[number],
    )


def _are_incidents(url: Whole, number: Whole, stretch: Whole, is_rival: Marks) -> Marks:
    """Of each stretch whether its origin gave several numbers for it on one day, each at an address of its
    own: then they are different incidents, for one page has one number.

    ``url`` and ``number`` are by claim, the rest by number.
    """
    among = is_rival[number]
    pair = np.unique(key(np.where(url == NONE, 0, url + 1), number)[among])
    address, which = pair >> 32, pair & ((1 << 32) - 1)
    stretches = int(stretch.max(initial=-1)) + 1
    of = stretch[which]
    numbers = np.bincount(stretch[is_rival], minlength=stretches)
    pairs = np.bincount(of, minlength=stretches)
    addresses = np.bincount(np.unique(key(of, address)) >> 32, minlength=stretches)
    has_blank = np.bincount(of[address == 0], minlength=stretches) > 0
    found: Marks = (numbers > 1) & (pairs == addresses) & ~has_blank
    return found
