"""Which count has the smallest weighted total distance to the intervals of those who stand?

The total distance is convex and piecewise linear: it falls by the weight of every interval above a count and
rises by the weight of every interval below, so its minimum lies where the running slope first stops being
negative, and where it stops at zero it stays least until the next end.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa

from service.reconcile.columns import NONE, OPEN, Column, Marks, Whole, columns, firsts, table
from service.reconcile.standing import Standing

AGREED = pa.schema([("cell_id", pa.int32()), ("date", pa.date32()), ("best", pa.int64())])


@dataclasses.dataclass(frozen=True)
class Agreed:
    """The counts agreed on: at which moments, and whether they are not told."""

    moment: Whole
    best: Whole
    is_best_blank: bool = False

    @classmethod
    def read(cls, found: pa.Table, standing: Standing) -> Agreed:
        """Of AGREED rows."""
        rows = columns(found)
        return cls(
            standing.at(rows["cell_id"], rows["date"]), rows["best"], bool(rows["is_best_blank"].any())
        )

    def table(self, standing: Standing) -> pa.Table:
        """AGREED rows."""
        at = self.moment
        return table({"cell_id": standing.cell[at], "date": standing.date[at], "best": self.best}, AGREED)


def least_disagreement(standing: Standing) -> Agreed:
    """The count at every moment at which somebody with a weight stands."""
    weighs = standing["weight"] > 0
    leftmost, rightmost = standing.most(standing["lo"], weighs), standing.least(standing["hi"], weighs)
    # where all intervals meet, none disagrees with a count in all of them; only the others need the slope
    apart = leftmost > rightmost
    leftmost[apart], rightmost[apart] = _lowest(standing, weighs & apart[standing.moment], leftmost)
    last = standing.most(np.arange(len(weighs)), weighs & (standing["best"] != NONE))
    freshest = np.where(last == NONE, rightmost, standing["best"][np.maximum(last, 0)])
    best = np.where(leftmost < rightmost, np.clip(freshest, leftmost, rightmost), leftmost)
    moment = np.flatnonzero(standing.any(weighs))
    return Agreed(moment, _stated(standing, best)[moment])


def _lowest(standing: Standing, among: Marks, highest_floor: Whole) -> tuple[Whole, Whole]:
    """Where the distance stops falling and where it begins to rise, at each moment with rows ``among``."""
    lo, hi, weight, moment = (
        column[among] for column in (*map(standing.__getitem__, ("lo", "hi", "weight")), standing.moment)
    )
    # the ends at which it rises: both ends of an exact count in one, and none above the highest floor
    ends = (hi > lo) & (hi <= highest_floor[moment])
    x, of = np.concatenate([lo, hi[ends]]), np.concatenate([moment, moment[ends]])
    rise = np.concatenate([np.where(hi == lo, 2 * weight, weight), weight[ends]])
    order = np.argsort(of * (x.max(initial=0) + 1) + x, kind="stable")
    x, rise, first = x[order], rise[order], firsts(of[order])
    falling = np.add.reduceat(weight, firsts(moment))
    risen = np.cumsum(rise)
    after = risen - np.repeat(risen[first] - rise[first] + falling, np.diff(first, append=len(x)))
    return (
        np.minimum.reduceat(np.where(after >= 0, x, OPEN), first),
        np.minimum.reduceat(np.where(after > 0, x, OPEN), first),
    )


def _stated(standing: Standing, best: Whole) -> Whole:
    """The counts; in place of a loose ceiling, which takes part in the distance but is nobody's count, the
    nearer one of those that somebody gave next to it."""
    lo, hi, is_full, weighs = standing["lo"], standing["hi"], standing["is_full"], standing["weight"] > 0
    middle = best[standing.moment]
    nobodys = standing.any(~is_full & (hi == middle))
    nobodys &= ~standing.any(weighs & ((lo == middle) | (is_full & (hi == middle))))
    near = standing.only(nobodys)
    lo, hi, is_full, weighs = near["lo"], near["hi"], near["is_full"], near["weight"] > 0
    middle = best[nobodys][near.moment]
    below = np.maximum(near.most(lo, weighs & (lo < middle)), near.most(hi, weighs & is_full & (hi < middle)))
    above = np.minimum(
        near.least(lo, weighs & (lo > middle)), near.least(hi, weighs & is_full & (hi > middle))
    )
    further = near.total(near["weight"] * (_distance(near, above, OPEN) - _distance(near, below, NONE)))
    nearest = np.where(further <= 0, above, below)
    found = best.copy()
    found[nobodys] = np.where((nearest == OPEN) | (nearest == NONE), best[nobodys], nearest)
    return found


def _distance(standing: Standing, count: Whole, blank: int) -> Column:
    """How far each row's interval lies from a count of its moment; a blank is far from none."""
    x = count[standing.moment]
    return np.where(x == blank, 0, np.maximum(np.maximum(standing["lo"] - x, x - standing["hi"]), 0))
