"""What do settled crises teach about where a figure settles, and how often did its range hold?

``fit`` learns the factors that the service applies (``service/reconcile/expected.py``); ``coverage`` says how
often ranges held, with an interval that takes a crisis as the unit: figures of one crisis miss together.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pyarrow as pa

from service.reconcile.calibration import SETTLING

TAIL = 0.05
LEAST_TAIL = 0.01
STAGES = (3, 6, 10, 17, 33)
"""Days from the beginning of the count to the row's day, at which a new class of like figures begins."""
AGES = (1, 3, 7, 14, 30)
"""Days from the row's day to the day of knowledge, at which a new class of like figures begins."""
SIZES = (10, 40, 150)
LEAST_CASES, LEAST_CRISES = 100, 10
"""A class that fewer figures or fewer crises teach learns from the sizes beside it too."""
UNBOUNDED = 10**12
DRAWS = 1000


def fit(rows: pd.DataFrame) -> pa.Table:
    """Return SETTLING, learnt from rows of settled crises (crises.Run.rows).

    Every crisis counts the same within a class, however many figures it has. The last classes end where the
    knowledge of the settled crises does: nothing is said beyond it.
    """
    off, floor = (
        (np.log1p(rows[name]) - np.log1p(rows["best"])).to_numpy(float) for name in ("settled", "low")
    )
    at, old, size = (
        np.digitize(rows[name], starts)
        for name, starts in (("stage", STAGES), ("age", AGES), ("best", SIZES))
    )
    latest, crisis = rows["is_latest"].to_numpy(bool), rows["crisis_id"].to_numpy()
    last_stage, last_age = int(rows["stage"].max()), int(rows["age"].max())
    found = []
    for standing, i, j, k in np.ndindex(2, len(STAGES) + 1, len(AGES) + 1, len(SIZES) + 1):
        like = (latest == bool(standing)) & (at == i) & (old == j)
        group = like
        for reach in range(len(SIZES) + 1):
            group = like & (np.abs(size - k) <= reach)
            if group.sum() >= LEAST_CASES and len(set(crisis[group])) >= LEAST_CRISES:
                break
        if group.sum() < LEAST_CASES or len(set(crisis[group])) < LEAST_CRISES:
            continue
        factors = np.round(np.exp(_quantiles(off[group], floor[group], crisis[group])), 4)
        found.append([
            bool(standing), *_ends(STAGES, i, last_stage), *_ends(AGES, j, last_age),
            *_ends(SIZES, k, UNBOUNDED), *factors, int(group.sum()), len(set(crisis[group])),
        ])  # fmt: skip
    columns = zip(SETTLING, zip(*found, strict=True), strict=True)
    return pa.table({f.name: pa.array(column, f.type) for f, column in columns}, schema=SETTLING)


def _quantiles(off: np.ndarray, floor: np.ndarray, crisis: np.ndarray) -> np.ndarray:
    """The low, middle and high point, where the figures of every crisis weigh one together.

    Low is the 5 % point, and never above the figure: a count can be complete. The range never goes below the
    figure's own low (``floor``), so it misses more than 5 % on that side; high makes up for it: together they
    miss one in ten, as far as high can.
    """
    _, of = np.unique(crisis, return_inverse=True)
    crises = of.max() + 1
    weight = 1 / np.bincount(of)[of]
    sequence = np.argsort(off, kind="stable")
    ordered, reached = off[sequence], np.cumsum(weight[sequence])

    def point(crises_below: float) -> float:
        return float(ordered[min(np.searchsorted(reached, crises_below), len(off) - 1)])

    # the finite-sample rank: of one crisis more than there are, that missed on the side asked about
    low = min(point(max(TAIL * (crises + 1) - 1, 0)), 0.0)
    missed_below = (weight * (off < np.maximum(low, floor))).sum() / crises
    tail = max(2 * TAIL - missed_below, LEAST_TAIL)
    return np.array([low, point(crises / 2), max(point((1 - tail) * (crises + 1)), 0.0)])


def _ends(starts: tuple[int, ...], place: int, last: int) -> tuple[int, int]:
    """Return the first and last number of a class, none above ``last``."""
    bounds = (0, *starts, last + 1)
    return bounds[place], min(bounds[place + 1] - 1, last)


@dataclasses.dataclass(frozen=True)
class Coverage:
    """How often ranges held: the share, its 95 % interval by a bootstrap of crises, figures and crises."""

    share: float
    low: float
    high: float
    figures: int
    crises: int


def coverage(held: np.ndarray, crisis: np.ndarray) -> Coverage:
    """Return how often ranges held (``held``), crises being drawn anew as wholes for the interval."""
    if not len(held):
        return Coverage(np.nan, np.nan, np.nan, 0, 0)
    _, of = np.unique(crisis, return_inverse=True)
    hits, all_of = np.bincount(of, held), np.bincount(of)
    draws = np.random.default_rng(5).integers(0, len(all_of), (DRAWS, len(all_of)))
    shares = hits[draws].sum(axis=1) / all_of[draws].sum(axis=1)
    low, high = np.quantile(shares, [0.025, 0.975])
    return Coverage(float(held.mean()), float(low), float(high), len(held), len(all_of))
