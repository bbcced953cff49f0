"""Which of an origin's figures are accepted, one day after the other?

An anchor (exact, attested, with its day stated) may also lower the total; anything else must raise it. Once
an attested figure stands, a single copy may not raise it to more than double (and ten), and one whose day is
only inferred may not raise it at all. This module must not know how the figure of a day was chosen.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from service.reconcile.columns import NONE, Marks, Whole, array, columns, firsts

DATED = """
SELECT cell_id, origin_no, day, said, lo, hi, best, weight, is_anonymous, is_verified, is_undated,
    is_attested, exact AND is_attested AS is_firm, exact AND is_attested AND NOT is_day_inferred AS is_anchor,
    NOT is_attested AND is_day_inferred AS is_lone_copy
FROM chosen ANTI JOIN disowned USING (cell_id, origin_no, day)
ORDER BY cell_id, origin_no, day
"""


def walk(dated: pa.Table) -> pa.Table:
    """The rows that DATED asks for, each with what came before it (blank: nothing) and what became of it."""
    row = columns(
        dated.select(["cell_id", "origin_no", "lo", "is_attested", "is_firm", "is_anchor", "is_lone_copy"])
    )
    lo, is_attested, is_anchor = row["lo"], row["is_attested"], row["is_anchor"]
    begins = firsts(row["cell_id"], row["origin_no"])
    highest_attested = highest_before(np.where(is_attested, lo, NONE), begins)
    is_leap = ~is_attested & (highest_attested != NONE) & (lo > 2 * highest_attested + 10)
    is_after_firm = highest_before(np.where(row["is_firm"], 0, NONE), begins) != NONE
    is_doubtful = is_leap | (row["is_lone_copy"] & is_after_firm)
    begins_anew = is_anchor.copy()
    begins_anew[begins] = True
    level = highest_before(np.where(is_doubtful, NONE, lo), np.flatnonzero(begins_anew))
    found: dict[str, Whole | Marks] = {
        "highest": highest_before(lo, begins),
        "highest_attested": highest_attested,
        "is_leap": is_leap,
        "level": level,
        "is_accepted": is_anchor | (level == NONE) | ((lo > level) & ~is_doubtful),
    }
    for name, values in found.items():
        dated = dated.append_column(name, array(values))
    return dated


def highest_before(values: Whole, begins: Whole) -> Whole:
    """Of each row the highest of the rows before it in its group, or NONE; groups follow one another.

    >>> highest_before(np.array([3, 1, 4, 5, 9]), np.array([0, 3])).tolist() == [NONE, 3, 3, NONE, 5]
    True
    """
    room = np.diff(begins, append=len(values))
    place = np.arange(len(values)) - np.repeat(begins, room)
    found = np.full(len(values), NONE)
    found[1:] = np.where(place[1:] > 0, values[:-1], NONE)
    reach = 1  # each row has seen as many rows before it; twice as many after each round
    while reach < room.max(initial=0):
        further = np.where(place[reach:] >= reach, found[:-reach], NONE)
        found[reach:] = np.maximum(found[reach:], further)
        reach *= 2
    return found
