"""How far off was a figure, and did its range hold what it claimed to hold?

Pure functions over arrays; a missing figure is NaN and is left out, an open end is inf.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

NOMINAL = 0.90
KEYS = ["crisis_id", "day", "areas", "population"]


@dataclasses.dataclass(frozen=True)
class Score:
    """Errors of a figure against the truth."""

    n: int
    mae: float
    relative: float
    """Mean of |error| / max(truth, 1)."""
    bias: float


@dataclasses.dataclass(frozen=True)
class RangeScore:
    """What a range was worth."""

    n: int
    coverage: float
    width: float
    """Mean width of the closed ranges, in people."""
    winkler: float
    """Mean Winkler score of the closed ranges at 90 %: width + 20 x the distance by which the truth is
    missed."""
    open: float
    """Share of ranges without an upper end, which cover whatever lies above."""


def score(figure: np.ndarray, truth: np.ndarray) -> Score:
    """Errors over the places where there is a figure.

    >>> score(np.array([8.0, np.nan]), np.array([10.0, 5.0])).mae
    2.0
    """
    kept = ~np.isnan(figure)
    error = figure[kept] - truth[kept]
    if not len(error):
        return Score(0, np.nan, np.nan, np.nan)
    relative = np.abs(error) / np.maximum(truth[kept], 1)
    return Score(len(error), float(np.abs(error).mean()), float(relative.mean()), float(error.mean()))


def winkler(low: np.ndarray, high: np.ndarray, truth: np.ndarray, nominal: float = NOMINAL) -> np.ndarray:
    """The interval score (Winkler 1972; Gneiting & Raftery 2007): smaller is better, narrow and right is
    best.

    >>> winkler(np.array([4.0]), np.array([8.0]), np.array([9.0])).round(6).tolist()
    [24.0]
    """
    missed = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return (high - low) + 2 / (1 - nominal) * missed


def score_range(low: np.ndarray, high: np.ndarray, truth: np.ndarray) -> RangeScore:
    """Coverage of all ranges; width and Winkler score of those that are closed."""
    kept = ~np.isnan(low) & ~np.isnan(high)
    low, high, truth = low[kept], high[kept], truth[kept]
    if not len(low):
        return RangeScore(0, np.nan, np.nan, np.nan, np.nan)
    closed = np.isfinite(high)
    covered = (low <= truth) & (truth <= high)
    width = float((high - low)[closed].mean()) if closed.any() else np.nan
    value = float(winkler(low, high, truth)[closed].mean()) if closed.any() else np.nan
    return RangeScore(len(low), float(covered.mean()), width, value, float(1 - closed.mean()))


def violations(
    cells: pd.DataFrame, figure: str, area_parent: dict[str, str], population_parent: dict[str, str]
) -> dict[str, int]:
    """How often do figures contradict each other?

    ``cells``: crisis_id, day, areas, population and the figure. Counted: a child place or sub-population
    above its parent, children of one place that sum to more than it, and totals below those of the day
    asked before.
    """
    rows = cells[[*KEYS, figure]].dropna()
    above = 0
    for column, parents in (("areas", area_parent), ("population", population_parent)):
        inner = rows.assign(**{column: rows[column].map(parents)}).dropna(subset=[column])
        both = inner.merge(rows, on=KEYS, suffixes=("", "_parent"))
        above += int((both[figure] > both[f"{figure}_parent"]).sum())
    sums = len(exceeding_sums(cells, figure, area_parent))
    series = rows.sort_values("day").groupby(["crisis_id", "areas", "population"])[figure].diff()
    return {"child > parent": above, "sum > parent": sums, "falls": int((series < 0).sum())}


def exceeding_sums(cells: pd.DataFrame, figure: str, area_parent: dict[str, str]) -> pd.DataFrame:
    """Return the cells whose child places together have more than they."""
    inner = cells.assign(areas=cells["areas"].map(area_parent)).dropna(subset=["areas", figure])
    together = inner.groupby(KEYS)[figure].sum().rename("together")
    wholes = cells.join(together, on=KEYS)
    return wholes[wholes["together"] > wholes[figure]]
