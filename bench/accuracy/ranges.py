"""Which low and high go with a figure, given what each origin said?

Candidate range methods. Each is a pure function of a figure per cell (``best``), the statements behind it
(``Said``) and constants that were learnt from other, settled cases; none looks at the truth of the case asked
about. ``fit_*`` learns those constants. All work on the log scale, since counts err by factors, and none
gives a low below zero.

- ``spread``: Hartung & Knapp's (2001) variance of a weighted mean, with residuals clipped (robust), widened
  by the error that origins share, with Student's t for the few origins there are.
- ``conformal``: quantiles of how far figures of the same group (days since the first report x origins) lay
  from the truth in settled cases; split conformal with the finite-sample rank (Vovk et al. 2005), both
  tails apart.
- ``fit_calibration``: the same with other groups, days from the beginning of the count x size of the figure;
  the service applies these factors itself (``service/reconcile/ranges.py``).
- ``profile``: the counts whose total weighted disagreement exceeds the least by no more than a share.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa

from bench.accuracy.said import Said
from service.reconcile.calibration import CALIBRATION, COMPLETION

TAIL = 0.05
STAGES = (3, 6, 10, 17, 33)
"""Days from the beginning of the count at which a new class of like cases begins."""
SIZES = (10, 40, 150)
AGES = (1, 7)
"""Days since the day counted to at which a new class of like counts begins."""
NEAREST = 0.03
"""However close like counts came, one is not taken to come closer than by this (log scale)."""
UNBOUNDED = 10**12
GRID = np.exp(np.linspace(np.log(0.2), np.log(8), 121))
T95 = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812)
Range = tuple[np.ndarray, np.ndarray]


def students_t(freedom: np.ndarray) -> np.ndarray:
    """The 95th percentile of Student's t: tabled to 10 degrees of freedom, then z with Cornish-Fisher terms.

    >>> students_t(np.array([1, 3, 30])).round(3).tolist()
    [6.314, 2.353, 1.697]
    """
    z = 1.6448536
    v = np.maximum(freedom, 1)
    far = z + (z**3 + z) / (4 * v) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
    return np.where(v <= 10, np.array(T95)[np.minimum(v, 10).astype(int) - 1], far)


# --- robust between-origin spread --------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Spread:
    """What settled cases teach: the error (log scale) that all origins share, and that of a lone origin."""

    shared: float
    alone: float


def between(best: np.ndarray, said: Said) -> tuple[np.ndarray, np.ndarray]:
    """Per cell the Hartung-Knapp standard error of its origins around ``best`` and how many origins there
    are.

    A statement counts with the point of its interval nearest to ``best``'s far side: its middle if it is
    closed, its floor where that lies above ``best``. Residuals are clipped at log 2, so that one wild
    origin cannot open the range at will.
    """
    said = said.of(~said.is_part)
    centre = np.log1p(best)[said.cell]
    closed = np.isfinite(said.high)
    point = np.where(
        closed, (said.low + np.where(closed, said.high, 0)) / 2, np.maximum(said.low, best[said.cell])
    )
    counts = closed | (said.low > best[said.cell])
    residual = np.clip(np.log1p(point) - centre, -np.log(2), np.log(2))
    weight = said.weight * counts
    n = len(best)
    total = np.bincount(said.cell, weight, n)
    origins = np.bincount(said.cell, counts, n)
    squares = np.bincount(said.cell, weight * residual**2, n)
    error = np.sqrt(squares / np.maximum(total, 1e-9) / np.maximum(origins - 1, 1))
    return np.where(origins >= 2, error, 0.0), origins


def spread(best: np.ndarray, said: Said, learnt: Spread) -> Range:
    """best x/÷ exp(t sqrt(shared² + between²)); a lone origin gets its own learnt error."""
    error, origins = between(best, said)
    scale = np.where(origins >= 2, np.sqrt(learnt.shared**2 + error**2), learnt.alone)
    t = np.where(origins >= 2, students_t(origins + 1) / students_t(np.array([np.inf])), 1.0)
    return _around(best, -t * scale, t * scale)


def fit_spread(best: np.ndarray, said: Said, truth: np.ndarray) -> Spread:
    """The two errors that make the range cover nine in ten of the settled cases."""
    error, origins = between(best, said)
    off = np.abs(np.log1p(truth) - np.log1p(best))
    several = origins >= 2
    alone = float(np.quantile(off[~several], 0.9)) if (~several).any() else 1.0
    candidates = np.linspace(0.01, 2.5, 250)
    t = students_t(origins[several] + 1) / students_t(np.array([np.inf]))
    held = [(off[several] <= t * np.sqrt(c**2 + error[several] ** 2)).mean() for c in candidates]
    return Spread(float(candidates[min(int(np.searchsorted(held, 0.9)), 249)]), alone)


# --- conformal ---------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Conformal:
    """Per group the log factors below and above a figure that hold nine in ten; -1 stands for all groups."""

    factors: dict[int, tuple[float, float]]


def group_of(day: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """Cases that may teach each other: stage of the crisis (days since its first report) x origins (1,
    2, 3+)."""
    return np.digitize(day, [4, 8, 15, 35]) * 10 + np.clip(origins, 1, 3)


def conformal(best: np.ndarray, group: np.ndarray, learnt: Conformal) -> Range:
    """best times the learnt factors of its group (all groups where its own is unknown)."""
    pair = np.array([learnt.factors.get(int(g), learnt.factors[-1]) for g in group])
    return _around(best, pair[:, 0], pair[:, 1])


def fit_conformal(
    best: np.ndarray, group: np.ndarray, truth: np.ndarray, *, tail: float = TAIL, least: int = 60
) -> Conformal:
    """Quantiles of log(truth / figure) in settled cases; a group with fewer than ``least`` cases has none."""
    off = np.log1p(truth) - np.log1p(best)
    factors = {-1: tails(off, tail)}
    for g in np.unique(group):
        if (group == g).sum() >= least:
            factors[int(g)] = tails(off[group == g], tail)
    return Conformal(factors)


def tails(off: np.ndarray, tail: float = TAIL) -> tuple[float, float]:
    """The lower and upper conformal quantile: ranks ceil((n + 1)(1 - tail)) from either side."""
    ordered = np.sort(off)
    rank = min(int(np.ceil((len(ordered) + 1) * (1 - tail))), len(ordered))
    return float(-np.sort(-ordered)[rank - 1]), float(ordered[rank - 1])


def adapted(miss: float, wanted: float, was_missed: float, pace: float) -> float:
    """Adaptive conformal inference (Gibbs & Candès 2021): the next miss rate to aim at, after one more
    outcome."""
    return float(np.clip(miss + pace * (wanted - was_missed), 0.0, 0.5))


def fit_calibration(
    best: np.ndarray, stage: np.ndarray, truth: np.ndarray, closed: np.ndarray, *, least: int = 60
) -> pa.Table:
    """CALIBRATION: conformal factors by stage and size, from the figures with a ceiling (``closed``).

    Groups with fewer than ``least`` cases learn from the sizes beside them too.
    """
    off = np.log1p(truth) - np.log1p(best)
    at, size = np.digitize(stage, STAGES), np.digitize(best, SIZES)
    rows = []
    for i, j in np.ndindex(len(STAGES) + 1, len(SIZES) + 1):
        for reach in range(len(SIZES) + 1):
            group = (at == i) & (np.abs(size - j) <= reach)
            if (group & closed).sum() >= least:
                break
        below, above = tails(off[group & closed])
        factors = (np.exp(min(below, 0.0)), np.exp(max(above, 0.0)))
        rows.append([*_ends(STAGES, i), *_ends(SIZES, j), *np.round(factors, 4), int(group.sum())])
    return _columns(rows, CALIBRATION)


def fit_completion(
    count: np.ndarray, stage: np.ndarray, age: np.ndarray, truth: np.ndarray, *, least: int = 60
) -> pa.Table:
    """COMPLETION: the middle factor between one origin's count and the toll, by the stage it was counted at,
    its age and its size, and how near the counts so raised came in half of the cases.

    Groups with fewer than ``least`` cases learn from the sizes beside them too; without any there is no row.
    """
    off = np.log1p(truth) - np.log1p(count)
    at, old, size = np.digitize(stage, STAGES), np.digitize(age, AGES), np.digitize(count, SIZES)
    rows = []
    for i, j, k in np.ndindex(len(STAGES) + 1, len(AGES) + 1, len(SIZES) + 1):
        for reach in range(len(SIZES) + 1):
            group = (at == i) & (old == j) & (np.abs(size - k) <= reach)
            if group.sum() >= least:
                break
        if not group.any():
            continue
        lift = np.median(off[group])
        near = max(np.median(np.abs(off[group] - lift)), NEAREST)
        factors = np.round(np.exp([lift, near]), 4)
        rows.append([*_ends(STAGES, i), *_ends(AGES, j), *_ends(SIZES, k), *factors, int(group.sum())])
    return _columns(rows, COMPLETION)


def _columns(rows: list[list[float]], schema: pa.Schema) -> pa.Table:
    """Rows as a table of ``schema``."""
    columns = zip(schema, zip(*rows, strict=True), strict=True)
    return pa.table({f.name: pa.array(column, f.type) for f, column in columns}, schema=schema)


def _ends(starts: tuple[int, ...], place: int) -> tuple[int, int]:
    """First and last number of a class."""
    bounds = (0, *starts, UNBOUNDED + 1)
    return bounds[place], bounds[place + 1] - 1


# --- profile of the disagreement ---------------------------------------------------------------------------


def profile(best: np.ndarray, said: Said, share: float) -> Range:
    """Counts x with D(x) - D(best) <= share · W · best, where one more voice of mean weight stands at
    ``best``.

    The extra voice closes what only floors would leave open. Searched on a grid of 121 factors from 0.2 to 8.
    """
    excess = _excess(best, said)
    inside = excess <= share
    first = GRID[np.argmax(inside, axis=1)]
    last = GRID[len(GRID) - 1 - np.argmax(inside[:, ::-1], axis=1)]
    return np.floor(np.minimum(first, 1) * best), np.ceil(np.maximum(last, 1) * best)


def fit_profile(best: np.ndarray, said: Said, truth: np.ndarray) -> float:
    """The share at which nine in ten settled cases are covered."""
    excess = _excess(best, said)
    at = np.clip(np.searchsorted(GRID, (truth + 1) / (best + 1)), 0, len(GRID) - 1)
    return float(np.quantile(excess[np.arange(len(best)), at], 0.9))


def _excess(best: np.ndarray, said: Said) -> np.ndarray:
    """(cells x GRID) disagreement beyond the least, per unit of weight and of ``best``."""
    n = len(best)
    total = np.bincount(said.cell, said.weight, n)
    voices = np.maximum(np.bincount(said.cell, minlength=n), 1)
    mean = np.where(total > 0, total / voices, 1.0)
    columns = []
    for factor in np.concatenate([GRID, [1.0]]):
        x = (factor * best)[said.cell]
        distance = np.maximum(said.low - x, 0) + np.maximum(x - said.high, 0)
        columns.append(np.bincount(said.cell, said.weight * distance, n) + mean * np.abs(factor - 1) * best)
    table = np.stack(columns, axis=1)
    return (table[:, :-1] - table[:, -1:]) / ((total + mean) * np.maximum(best, 1))[:, None]


def _around(best: np.ndarray, below: np.ndarray, above: np.ndarray) -> Range:
    low = np.floor(np.expm1(np.log1p(best) + np.minimum(below, 0)) + 1e-9)
    high = np.ceil(np.expm1(np.log1p(best) + np.maximum(above, 0)) - 1e-9)
    return np.maximum(low, 0), high
