"""Where is the toll expected to settle, and how wide is the range that held such tolls nine times in ten?

First by the days of the cell itself that were first counted and later verified; else by what settled crises
of the same kind teach: by how much figures of that stage, age and size still grew; once the crisis has ended,
by how long after its end the figure was counted and how far the origins agree. Blank beyond what was learnt.
This module does not know how a figure was chosen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pyarrow as pa

from service.reconcile.calibration import CLASSES, EARLIER, ENDED, FLOOR, LATEST, Factors
from service.reconcile.claims import Claims
from service.reconcile.columns import (
    NONE,
    OPEN,
    Column,
    Marks,
    Rows,
    Whole,
    firsts,
    least_of_groups,
    most_of_groups,
    order,
    sizes,
)
from service.reconcile.figures import Figures
from service.reconcile.grid import Grid
from service.reconcile.kept import BLANK, BOUNDLESS

KEPT_FACTORS = 8
ENOUGH, RECENT, REMEMBERED = 10, 10, 100
"""So many days of a cell must have been verified later before they teach; the latest of them say in which
direction counts are off, all that are remembered say how far."""

STILL_MOVING = 7
"""Where a latest figure is older by so many days and nobody says when the crisis ended, it is not known
whether the toll is settled or nobody counts: all expected figures of the cell stay blank."""


@dataclasses.dataclass(frozen=True)
class Revisions:
    """Of cells (by number, in order) whose days were first counted and later verified: by how much to lift a
    count, half of the middle gap of the latest days, and a margin that held nine gaps in ten."""

    cell: Whole
    lift: Whole
    margin: Whole

    def of(self, cell: Whole) -> Rows:
        """Return ``lift``, ``margin`` and ``has_any`` of each of some cells."""
        known = np.append(self.cell, OPEN)
        at = np.searchsorted(known, cell)
        lift, margin = np.append(self.lift, 0)[at], np.append(self.margin, 0)[at]
        return {"lift": lift, "margin": margin, "has_any": known[at] == cell}


@dataclasses.dataclass(frozen=True)
class Like:
    """The factors of crises of one kind for rows that stand alike, for looking up.

    ``starts`` and ``ends`` are the first and last numbers of the classes of each of CLASSES; ``factors`` are
    by class for low, middle and high, NaN where nothing was learnt.
    """

    starts: tuple[Whole, ...]
    ends: tuple[Whole, ...]
    factors: Column

    @classmethod
    def of(cls, table: pa.Table) -> Like:
        starts = tuple(np.unique(table[f"{name}_from"].to_numpy()) for name in CLASSES)
        at = tuple(
            np.searchsorted(each, table[f"{name}_from"].to_numpy())
            for each, name in zip(starts, CLASSES, strict=True)
        )
        ends = tuple(np.full(len(each), np.iinfo(np.int64).min) for each in starts)
        for each, place, name in zip(ends, at, CLASSES, strict=True):
            np.maximum.at(each, place, table[f"{name}_to"].to_numpy())
        factors = np.full((*(len(each) for each in starts), 3), np.nan)
        for n, name in enumerate(("low", "middle", "high")):
            factors[(*at, n)] = table[name].to_numpy()
        return cls(starts, ends, factors)

    def of_figures(self, *values: Whole) -> Column:
        """Return the factors of some figures, (figures, 3); ``values`` are those of CLASSES."""
        at, is_beyond = [], np.zeros(len(values[0]), np.bool_)
        for each, starts, ends in zip(values, self.starts, self.ends, strict=True):
            at.append(np.maximum(np.searchsorted(starts, each, side="right") - 1, 0))
            is_beyond |= (each < starts[0]) | (each > ends[at[-1]])
        found: Column = self.factors[tuple(at)]
        return np.where(is_beyond[:, np.newaxis], np.nan, found)


@dataclasses.dataclass(frozen=True)
class Settling:
    """What settled crises teach, by kind and by how a row stands."""

    like: Mapping[tuple[str, str], Like]

    @classmethod
    def of(cls, table: pa.Table) -> Settling | None:
        """Return SETTLING as a look-up, or None where it is empty."""
        kind, standing = (np.array(table[name].to_pylist()) for name in ("kind", "standing"))
        keys = sorted(set(zip(kind.tolist(), standing.tolist(), strict=True)))
        like = {key: Like.of(table.filter(pa.array((kind == key[0]) & (standing == key[1])))) for key in keys}
        return cls(like) if like else None

    def of_figures(self, kind: str, standing: str, *values: Whole) -> Column:
        """Return the factors of some figures, (figures, 3); NaN beyond what was learnt."""
        like = self.like.get((kind, standing))
        return np.full((len(values[0]), 3), np.nan) if like is None else like.of_figures(*values)


@lru_cache(maxsize=KEPT_FACTORS)
def settling_of(factors: Factors) -> Settling | None:
    """Return what some factors teach, for looking up; None where they teach nothing."""
    return Settling.of(factors.settling)


@dataclasses.dataclass(frozen=True)
class Expected:
    """Where figures are expected to settle: BLANK where not known; (cells, days) like the figures."""

    low: Whole
    middle: Whole
    high: Whole


@dataclasses.dataclass(frozen=True)
class Clock:
    """The day of knowledge of each cell, and what is known of its crisis then: its ``kind`` ("": not known),
    the day it ``ended``, NONE where that is not known or it is not over, and whether the cell is of the
    MEASURE_LEARNT."""

    as_of: Whole
    kind: Column
    ended: Whole
    is_learnt: Marks

    @classmethod
    def of(cls, as_of: Whole, kind: Column, ended: Whole, is_learnt: Marks) -> Clock:
        """An end that is yet to come is none."""
        return cls(as_of, kind, np.where(ended < as_of, ended, NONE), is_learnt)


@dataclasses.dataclass(frozen=True)
class Figured:
    """Rows of which something is expected: ``cell`` and ``day`` (places in the tables), the ``size`` of the
    figure, or of the lower bound where ``is_floor``; ``is_latest``: none of the cell comes after it."""

    cell: Whole
    day: Whole
    size: Whole
    is_floor: Marks
    is_latest: Marks

    @classmethod
    def of(cls, figures: Figures, moved: Marks) -> Figured:
        """What somebody by name gives a figure of, or says at least so many of."""
        is_floor = (figures.best == BLANK) & (figures.low > 0) & figures.is_stated
        is_named = ~figures.is_nameless[:, np.newaxis]
        cell, day = np.nonzero(moved & is_named & ((figures.best != BLANK) | is_floor))
        size = np.where(is_floor, figures.low, figures.best)[cell, day]
        return cls(cell, day, size, is_floor[cell, day], day == _latest(moved)[cell])


@dataclasses.dataclass(frozen=True)
class Traits:
    """What is known of rows beside their figures, (cells, days) each: ``stage`` and ``apart`` as in SETTLING;
    ``verified``, the highest minimum that anybody has verified of the cell itself."""

    stage: Whole
    apart: Whole
    verified: Whole


def expect(  # noqa: PLR0917
    grid: Grid,
    figures: Figures,
    moved: Marks,
    traits: Traits,
    clock: Clock,
    settling: Settling | None,
    taught: Rows,
) -> Expected:
    """Return where the figures of crises are expected to settle, closed over days and from part to whole.

    ``moved`` marks the (cell, day) on which a row begins, which stands until the next one; ``taught`` is
    ``Revisions.of`` the cells. Never below a verified minimum of the cell or of anything inside it; what else
    is said, also by many, has been too much before: it may lie below ``low``.
    """
    rows = Figured.of(figures, moved)
    cell, day = rows.cell, rows.day
    factors = np.full((len(cell), 3), np.nan)
    if settling is not None:
        factors = _factors(rows, grid.date(cell, day), traits, clock, settling)
    is_taught = taught["has_any"][cell] & rows.is_latest & ~rows.is_floor
    is_known = is_taught | (~np.isnan(factors[:, 1]) & ~_is_quiet(grid, moved, clock)[cell])
    tables = []
    for n, (rounded, off) in enumerate(
        ((np.floor, -taught["margin"]), (np.rint, taught["lift"]), (np.ceil, taught["margin"]))
    ):
        value = rounded((rows.size + 1) * np.nan_to_num(factors[:, n], nan=1.0)).astype(np.int64) - 1
        value = np.where(is_taught, rows.size + off[cell], value)
        table = np.full(moved.shape, BLANK)
        table[cell[is_known], day[is_known]] = np.maximum(value[is_known], 0)
        tables.append(_close_rows(grid, figures, moved, table))
    low, middle, high = tables
    low = np.where(low == BLANK, BLANK, np.maximum(low, _most_inside(grid, figures, traits.verified)))
    middle = np.where(middle == BLANK, BLANK, np.maximum(middle, low))
    return Expected(low, middle, np.where(high == BLANK, BLANK, np.maximum(high, middle)))


def _is_quiet(grid: Grid, moved: Marks, clock: Clock) -> Marks:
    """Return of which cells nobody has said anything for long, nor whether the crisis is over.

    Then nothing is expected of their earlier days either: what would cap it is not known.
    """
    latest = grid.date(np.arange(len(moved)), _latest(moved))
    quiet: Marks = (clock.as_of - latest > STILL_MOVING) & (clock.ended == NONE)
    return quiet


def _latest(moved: Marks) -> Whole:
    """Return the day of the last row of each cell."""
    latest: Whole = moved.shape[1] - 1 - np.argmax(moved[:, ::-1], axis=1)
    return latest


def _most_inside(grid: Grid, figures: Figures, values: Whole) -> Whole:
    """Return the most of each cell and of all named ones inside it, by that day."""
    carried = ~figures.is_nameless[grid.inner] | (grid.inner == grid.outer)
    found = np.maximum.accumulate(values, axis=1)
    first = firsts(grid.outer[carried])
    found[grid.outer[carried][first]] = most_of_groups(found, grid.inner[carried], first)
    return found


def _factors(rows: Figured, on: Whole, traits: Traits, clock: Clock, settling: Settling) -> Column:
    """Return what settled crises teach of some rows, (rows, 3): NaN where nothing."""
    stage, apart = (table[rows.cell, rows.day] for table in (traits.stage, traits.apart))
    as_of, ended, kind = (told[rows.cell] for told in (clock.as_of, clock.ended, clock.kind))
    is_over = ended != NONE
    own = stage, as_of - on, rows.size, apart
    after = on - ended, as_of - ended, rows.size, apart
    found = np.full((len(on), 3), np.nan)
    for standing, values, standing_so in (
        (EARLIER, own, ~rows.is_latest),
        (LATEST, own, rows.is_latest & ~is_over),
        (ENDED, after, rows.is_latest & is_over),
    ):
        for ending, is_like in (("", ~rows.is_floor), (FLOOR, rows.is_floor)):
            alike = standing_so & is_like & clock.is_learnt[rows.cell]
            for name in np.unique(kind[alike]).tolist():
                some = np.flatnonzero(alike & (kind == name))
                found[some] = settling.of_figures(name, standing + ending, *(each[some] for each in values))
    return found


def _close_rows(grid: Grid, figures: Figures, moved: Marks, table: Whole) -> Whole:
    """Let each row stand until the next one, then close the order over days and from part to whole.

    What is expected of a later day, which is the surer, caps what is expected of earlier ones. Parts and
    whole are closed from both sides, and the middle is taken.
    """
    begun = np.maximum.accumulate(np.where(moved, np.arange(moved.shape[1]), 0), axis=1)
    table = np.take_along_axis(table, begun, axis=1)
    is_known = table != BLANK
    capped = np.where(is_known, table, BOUNDLESS)
    lowered = np.minimum.accumulate(capped[:, ::-1], axis=1)[:, ::-1]
    table = np.where(is_known, lowered, BLANK)
    carried = ~figures.is_nameless[grid.inner] & (grid.inner != grid.outer)
    inner, outer = grid.inner[carried], grid.outer[carried]
    if not len(inner):
        return table
    first = firsts(outer)
    raised = table.copy()
    raised[outer[first]] = np.maximum(table[outer[first]], most_of_groups(table, inner, first))
    held = grid.by_inner[carried[grid.by_inner]]
    first = firsts(grid.inner[held])
    parts = grid.inner[held][first]
    capped = np.where(is_known, table, BOUNDLESS)
    lowered = capped.copy()
    lowered[parts] = np.minimum(capped[parts], least_of_groups(capped, grid.outer[held], first))
    table = np.where(is_known, (raised + np.minimum(lowered, raised)) // 2, BLANK)
    # where some rows are blank on some days, the two orders can still disturb each other
    first = firsts(outer)
    for _ in range(2):
        table = np.where(is_known, np.maximum.accumulate(table, axis=1), BLANK)
        raised = np.maximum(table[outer[first]], most_of_groups(table, inner, first))
        table[outer[first]] = np.where(is_known[outer[first]], raised, BLANK)
    return table


def revisions_of(claims: Claims) -> Revisions:
    """Return what the days teach that were first counted and later verified."""
    cell, gap = _gaps(claims)
    first = firsts(cell)
    last = first + sizes(first, len(cell))
    is_enough = last - first >= ENOUGH
    first, last = first[is_enough], last[is_enough]
    lift, margin = np.zeros(len(first), np.int64), np.zeros(len(first), np.int64)
    for row, (begin, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        lift[row] = np.rint(np.median(gap[max(begin, end - RECENT) : end]) / 2)
        off = np.sort(np.abs(gap[max(begin, end - REMEMBERED) : end]))
        margin[row] = off[min(len(off), -(-9 * (len(off) + 1) // 10)) - 1]
    return Revisions(cell[first], lift, margin)


def _gaps(claims: Claims) -> tuple[Whole, Whole]:
    """The cells (from 0) of the days that were counted and later verified, by cell and day, and the gaps."""
    rows = claims.rows
    is_full = (
        (claims.disowned_by == NONE)
        & ~rows["is_increment"]
        & rows["is_exact"]
        & ~rows["is_undated"]
        & ~rows["is_anonymous"]
    )
    verified, counted = (
        _heaviest(claims, np.flatnonzero(is_full & (rows["is_verified"] == is_verified)))
        for is_verified in (True, False)
    )
    room = np.int64(1) << 32
    one, other = (
        rows["cell_id"][found] * room + rows["day"][found] + (room >> 1) for found in (verified, counted)
    )
    _, again, before = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    verified, counted = verified[again], counted[before]
    is_later = rows["known_on"][verified] > rows["known_on"][counted]
    verified, counted = verified[is_later], counted[is_later]
    return rows["cell_id"][verified] - 1, rows["said"][verified] - rows["said"][counted]


def _heaviest(claims: Claims, among: Whole) -> Whole:
    """Of each cell and day the row of the heaviest origin; of equals that of the lower number."""
    rows = claims.rows
    weight = claims.speakers.weight[rows["origin_no"][among]]
    by_weight = np.unique(weight, return_inverse=True)[1].astype(np.int64)
    sequence = order(rows["cell_id"][among], rows["day"][among], -by_weight, rows["said"][among])
    among = among[sequence]
    return among[firsts(rows["cell_id"][among], rows["day"][among])]
