"""Which of an origin's figures are accepted, one day after the other?

An anchor (exact, attested, with its day stated) may also lower the total; anything else must raise it. Once
an attested figure stands, a single copy may not raise it to more than double (and ten), and one whose day is
only inferred may not raise it at all. This module must not know how the figure of a day was chosen.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.columns import NONE, Rows, Whole, firsts
from service.reconcile.statements import Statements

SAID = (
    "cell_id", "origin_no", "day", "said", "lo", "hi", "best", "weight", "is_anonymous", "is_verified",
    "is_undated",
)  # fmt: skip
"""What is told of a figure from here on."""


@dataclasses.dataclass(frozen=True)
class Walked:
    """The chosen statements that were no slips, by cell, origin and day.

    ``rows``: SAID, ``statement``; of the figures before it the ``highest``, the ``highest_attested`` and the
    ``level`` that stood (NONE: none); whether it ``is_anchor``, ``is_leap``, ``is_accepted``. ``of_dated`` is
    the row of each day of the statements (-1: none).
    """

    rows: Rows
    of_dated: Whole


def walk(statements: Statements) -> Walked:
    """The chosen statements, each with what came before it and what became of it."""
    days = np.flatnonzero((statements.chosen >= 0) & ~statements.is_disowned)
    statement = statements.chosen[days]
    row = {name: column[statement] for name, column in statements.rows.items()}
    lo, is_attested, is_dated = row["lo"], row["is_attested"], ~row["is_day_inferred"]
    is_firm = row["exact"] & is_attested
    is_anchor = is_firm & is_dated
    begins = firsts(row["cell_id"], row["origin_no"])
    highest_attested = highest_before(np.where(is_attested, lo, NONE), begins)
    is_leap = ~is_attested & (highest_attested != NONE) & (lo > 2 * highest_attested + 10)
    is_after_firm = highest_before(np.where(is_firm, 0, NONE), begins) != NONE
    is_doubtful = is_leap | (~is_attested & ~is_dated & is_after_firm)
    begins_anew = is_anchor.copy()
    begins_anew[begins] = True
    level = highest_before(np.where(is_doubtful, NONE, lo), np.flatnonzero(begins_anew))
    of_dated = np.full(len(statements.chosen), -1)
    of_dated[days] = np.arange(len(days))
    found = {
        "statement": statement,
        "highest": highest_before(lo, begins),
        "highest_attested": highest_attested,
        "is_anchor": is_anchor,
        "is_leap": is_leap,
        "level": level,
        "is_accepted": is_anchor | (level == NONE) | ((lo > level) & ~is_doubtful),
    }
    return Walked({name: row[name] for name in SAID} | found, of_dated)


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
