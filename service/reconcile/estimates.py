"""Which rows do the figures of crises come to: one for each cell and day on which a figure moved?

This module does not know how figures were chosen, nor how rows are written.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service.reconcile.calibration import ALONE
from service.reconcile.claims import Claims
from service.reconcile.columns import FIRST, NONE, Column, Marks, Whole, firsts, put_most, sum_of_groups
from service.reconcile.consistency import KEPT
from service.reconcile.crisis import Crises
from service.reconcile.expected import Clock, Revisions, Settling, Traits, expect
from service.reconcile.grades import CORROBORATED, PROVISIONAL, PROVISIONAL_DAYS, SINGLE_SOURCE
from service.reconcile.kept import BLANK
from service.reconcile.statements import Statements


@dataclasses.dataclass(frozen=True)
class Setting:
    """What rows are made by, beside figures: what all reports of the run say, and what settled crises
    teach."""

    claims: Claims
    statements: Statements
    revisions: Revisions
    settling: Settling | None
    is_of_stock: Marks
    """Which cells of the run are about a number that may fall."""


def estimate_rows(
    crises: Crises, cells: Whole, begins: Whole, clock: Clock, setting: Setting
) -> dict[str, Column]:
    """Return the rows of some crises, whose cells are ``cells`` of the run and count from ``begins`` on."""
    figures, dates = crises.figures, crises.grid.dates[crises.grid.block]
    reports, published = _support(crises, setting)
    is_firm = (crises.grades == CORROBORATED) | (crises.grades == SINGLE_SOURCE)
    new = clock.as_of[:, np.newaxis] - PROVISIONAL_DAYS
    grades = np.where(is_firm & (dates > new) & (published > new), PROVISIONAL, crises.grades)
    is_raised = crises.raises.marks(figures.best.shape)
    shown = (figures.low != BLANK) | (figures.best != BLANK) | (figures.high != BLANK)
    shown &= dates >= begins[:, np.newaxis]  # NONE, not known, lies before all days
    shown &= np.arange(crises.grid.days) >= _first_told(crises, begins)[:, np.newaxis]
    moved = shown.copy()
    moved[:, 1:] &= ~shown[:, :-1] | _changes(figures.low, figures.best, figures.high, grades, is_raised)
    since = np.where(begins == NONE, dates[np.arange(len(cells)), np.argmax(shown, axis=1)], begins)
    apart = _apart(np.maximum(figures.best, figures.low), figures.high, crises.origins)
    traits = Traits(dates - since[:, np.newaxis], apart, _verified(crises))
    taught = setting.revisions.of(cells)
    expected = expect(crises.grid, figures, moved, traits, clock, setting.settling, taught)
    moved[:, 1:] |= shown[:, 1:] & _changes(expected.low, expected.middle, expected.high)
    # a ceiling that nothing holds any more ends: its row is blank, else a reader would carry it on
    moved[:, 1:] |= shown[:, :-1] & ~shown[:, 1:]
    moved[setting.is_of_stock[cells], 0] = True  # of whose days each stands alone
    row, day = np.nonzero(moved)
    is_last = np.append((row[1:] != row[:-1]) | (dates[row, day][1:] != dates[row, day][:-1]), True)
    row, day = row[is_last[: len(row)]], day[is_last[: len(row)]]  # one row a date: what its last place says
    served = {
        "low": figures.low, "best": figures.best, "high": figures.high, "expected_low": expected.low,
        "expected": expected.middle, "expected_high": expected.high,
    }  # fmt: skip
    values = {name: np.where(shown[row, day], table[row, day], BLANK) for name, table in served.items()}
    return {
        "cell": cells[row],
        "date": dates[row, day],
        **{name: np.where(column == BLANK, NONE, column) for name, column in values.items()},
        "grade": grades[row, day],
        "is_raised": is_raised[row, day],
        "origins": crises.origins[row, day],
        "reports": reports[row, day],
    }  # fmt: skip


def _first_told(crises: Crises, begins: Whole) -> Whole:
    """The first day of each cell, from its beginning on, on which anything is counted to of it, of its parts
    or of its wholes. Days of other cells are none of its own, though a ceiling would hold on them too."""
    grid = crises.grid
    told = np.full((len(grid), grid.days + 1), grid.days)
    told[crises.local, crises.said_on] = crises.said_on
    told[crises.kept.cell, crises.kept.day] = crises.kept.day
    next_told = np.minimum.accumulate(told[:, ::-1], axis=1)[:, ::-1]
    begin = grid.day(np.arange(len(grid)), np.maximum(begins, FIRST))
    found = np.full(len(grid), grid.days)
    for cell, other in ((grid.outer, grid.inner), (grid.inner, grid.outer)):
        np.minimum.at(found, cell, next_told[other, begin[cell]])
    return found


def _changes(*tables: Column) -> Marks:
    """Where any of some tables differs from the day before; from the second day on."""
    found: Marks = np.logical_or.reduce([values[:, 1:] != values[:, :-1] for values in tables])
    return found


def _support(crises: Crises, setting: Setting) -> tuple[Whole, Whole]:
    """How many reports state each cell by each day (else its parts, else its wholes), and the newest
    publication."""
    grid, days = crises.grid, crises.grid.days
    kept = np.flatnonzero(crises.why == KEPT)
    of, claim = setting.statements.carriers_of(crises.statement[kept])
    cell, day = crises.local[kept][of], crises.said_on[kept][of]
    added = crises.added
    reports = np.concatenate([np.ones(len(cell), np.int64), added.reports])
    cell, day = (
        np.concatenate(pair) for pair in ((cell, added.cell), (day, grid.day(added.cell, added.day)))
    )
    own = np.bincount(cell * days + day, reports, len(grid) * days).astype(np.int64).reshape(-1, days)
    published = np.full(own.shape, NONE)
    public_on = setting.claims.rows["public_on"][np.concatenate([claim, added.claim])]
    put_most(published, cell, day, public_on)
    own, published = np.cumsum(own, axis=1), np.maximum.accumulate(published, axis=1)
    inside = sum_of_groups(own, grid.inner, firsts(grid.outer))
    around = sum_of_groups(own[:, -1:], grid.outer[grid.by_inner], firsts(grid.inner[grid.by_inner]))
    return np.where(own > 0, own, np.where(inside > 0, inside, around)), published


def _verified(crises: Crises) -> Whole:
    """The minimum that has been verified of each cell, to each day, by whoever has verified the most then."""
    kept, found = crises.kept, np.full(crises.figures.low.shape, BLANK)
    some = kept.is_verified & (kept.count == BLANK)
    put_most(found, kept.cell[some], kept.day[some], kept.low[some])
    return found


def _apart(size: Whole, high: Whole, origins: Whole) -> Whole:
    """By how many percent of the figure the origins go above it; ALONE where one counts alone."""
    apart = 100 * np.maximum(high - size, 0) // np.maximum(size, 1)
    return np.where(origins > 1, apart, ALONE)
