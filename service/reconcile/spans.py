"""From which day to which does an origin's figure stand?

A figure without a named origin that equals what another origin has said is a suspected echo of it, and does
not stand. This module must not know what stands for a cell beside it.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.cells import Cells
from service.reconcile.columns import NONE, OPEN, Marks, Rows, Whole, firsts, key, matches, order
from service.reconcile.statements import Statements
from service.reconcile.walk import SAID, Walked

EARLIER, LATER = 14, 1
"""An echo may come so many days after what it echoes, and before it, since days are often inferred."""
TELLING = 50
"""So high a number is hardly met with twice by chance: it may be an echo of what was said of another cell."""


def echoes(walked: Walked, statements: Statements, cells: Cells) -> Whole:
    """Of each statement the origin that it is suspected to echo, or NONE."""
    found = np.full(len(statements.rows["said"]), NONE)
    row = walked.rows
    nameless = np.flatnonzero(row["is_anonymous"] & row["is_accepted"])
    if not len(nameless):
        return found
    told = statements.rows
    named = np.flatnonzero(
        ~told["is_anonymous"] & told["is_total"] & np.isin(told["said"], row["said"][nameless])
    )
    named = named[order(_about(told, named, cells))]
    row_no, place = matches(_about(row, nameless, cells), _about(told, named, cells))
    echo, origin = nameless[row_no], named[place]
    days = told["day"][origin] - row["day"][echo]
    is_elsewhere = told["cell_id"][origin] != row["cell_id"][echo]
    near = (days >= -EARLIER) & (days <= LATER) & (~is_elsewhere | (row["said"][echo] >= TELLING))
    echo, origin, is_elsewhere = echo[near], origin[near], is_elsewhere[near]
    first_last = order(echo, is_elsewhere, told["day"][origin], told["origin_no"][origin])[::-1]
    found[row["statement"][echo[first_last]]] = told["origin_no"][origin[first_last]]
    return found


def _about(rows: Rows, which: Whole, cells: Cells) -> Whole:
    """The crisis, measure and number of some rows, as one number."""
    cell = rows["cell_id"][which] - 1
    crisis, measure = cells.named["crisis"], cells.named["measure"]
    return key(crisis.numbers[cell] * len(measure.words) + measure.numbers[cell], rows["said"][which])


def spans(walked: Walked, echo_of: Whole, added: Rows) -> Rows:
    """A row for each figure that stands, by cell, origin and day: SAID, ``until`` (OPEN: to the end),
    ``statement``, and ``is_first_days``: days counted alone, summed up before the origin's first total.
    """
    stands = walked.rows["is_accepted"] & (echo_of[walked.rows["statement"]] == NONE)
    running = {name: walked.rows[name][stands] for name in (*SAID, "statement")}
    running["until"] = _until(running)
    running["is_first_days"] = np.zeros(len(running["day"]), np.bool_)
    if not len(added["day"]):
        return running
    early = _is_early(added, running)
    first_days = {name: added[name][early] for name in running if name in added} | {
        "until": added["day"][early] + 1,
        "is_undated": np.zeros(early.sum(), np.bool_),
        "is_first_days": np.ones(early.sum(), np.bool_),
    }
    both = {name: np.concatenate([column, first_days[name]]) for name, column in running.items()}
    places = order(both["cell_id"], both["origin_no"], both["day"])
    return {name: column[places] for name, column in both.items()}


def _until(running: Rows) -> Whole:
    """The day of the next figure of the same origin, or OPEN."""
    first = firsts(running["cell_id"], running["origin_no"])
    until = np.append(running["day"][1:], OPEN)[: len(running["day"])]
    until[first[1:] - 1] = OPEN
    return until


def _is_early(added: Rows, running: Rows) -> Marks:
    """Which sums without a gap end before their origin's first total, if it has any."""
    first = firsts(running["cell_id"], running["origin_no"])
    totals = key(running["cell_id"][first], running["origin_no"][first])
    row, place = matches(key(added["cell_id"], added["origin_no"]), totals)
    since = np.full(len(added["day"]), OPEN)
    since[row] = running["day"][first[place]]
    early: Marks = added["is_running"] & (added["day"] < since)
    return early
