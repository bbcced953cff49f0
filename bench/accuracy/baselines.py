"""What would others have answered from the same reports?

Each baseline sees what was public by a day as anyone without lineage would: the newest figure of each
publisher about each cell (one row per crisis, place set, population and source), the number in the wording
taken as it stands. CRH and GTM are the truth-discovery methods of Li et al. (SIGMOD 2014) and Zhao & Han
(QDB 2012), run over all cells of the day at once, since they learn how far each publisher can be trusted
from all that it said.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

OBJECT = ["crisis_id", "areas", "population"]
PRIORITY = {"verified": 0, "documented": 1, "official": 2, "estimate": 3, "unverified": 4}


def newest(reports: pd.DataFrame) -> pd.DataFrame:
    """The newest figure of each source about each cell: OBJECT, source_id, value, day, standard."""
    rows = reports[
        (reports["basis"] == "cumulative") & reports["number"].notna() & reports["withdrawn"].isna()
    ]
    rows = rows.sort_values(["known_on", "counted_to", "report_id"])
    rows = rows.groupby([*OBJECT, "source_id"], as_index=False).tail(1)
    return rows.assign(value=rows["number"].astype(float))


def last(rows: pd.DataFrame) -> pd.Series:
    """The figure published last."""
    return rows.sort_values(["known_on", "counted_to", "report_id"]).groupby(OBJECT)["value"].last()


def highest(rows: pd.DataFrame) -> pd.Series:
    """The largest figure."""
    return rows.groupby(OBJECT)["value"].max()


def mean(rows: pd.DataFrame) -> pd.Series:
    """The mean over publishers."""
    return rows.groupby(OBJECT)["value"].mean()


def median(rows: pd.DataFrame) -> pd.Series:
    """The median over publishers."""
    return rows.groupby(OBJECT)["value"].median()


def mode(rows: pd.DataFrame) -> pd.Series:
    """The most carried figure; of equally carried ones the largest."""
    counted = rows.groupby([*OBJECT, "value"], as_index=False).size()
    return counted.sort_values(["size", "value"]).groupby(OBJECT)["value"].last()


def priority(rows: pd.DataFrame) -> pd.Series:
    """The newest figure of the highest standard of proof (verified, documented, official, estimate, none)."""
    ranked = rows.assign(rank=-rows["standard"].map(PRIORITY).astype(float))
    return ranked.sort_values(["rank", "known_on", "counted_to", "report_id"]).groupby(OBJECT)["value"].last()


def crh(rows: pd.DataFrame, rounds: int = 20) -> pd.Series:
    """CRH for continuous data: truths are weighted medians, weights are minus the log of a publisher's
    share of the loss (absolute, in units of the cell's standard deviation, per claim)."""
    claim = _claims(rows)
    weight = np.ones(claim.sources)
    truth = _weighted_median(claim, weight[claim.source])
    spread = np.maximum(_by_object(claim, claim.value, np.std), 1e-9)
    for _ in range(rounds):
        loss = np.abs(claim.value - truth[claim.object]) / spread[claim.object]
        share = np.bincount(claim.source, loss, claim.sources) / np.bincount(
            claim.source, minlength=claim.sources
        )
        weight = -np.log(np.maximum(share, 1e-9) / max(share.sum(), 1e-9))
        truth = _weighted_median(claim, np.maximum(weight, 1e-9)[claim.source])
    return pd.Series(truth, index=claim.keys)


def gtm(rows: pd.DataFrame, rounds: int = 50, alpha: float = 10, beta: float = 10) -> pd.Series:
    """The Gaussian truth model by EM: claims ~ N(truth, variance of the publisher), inverse-gamma(alpha,
    beta) variances, truths ~ N(median, 1) after centring each cell on its median and scaling by its
    deviation. Claims more than ten times away from the median are left out, as the paper filters before it
    normalises."""
    claim = _claims(rows)
    centre = _by_object(claim, claim.value, np.median)
    ratio = (claim.value + 1) / (centre[claim.object] + 1)
    kept = (ratio < 10) & (ratio > 0.1)
    spread = np.maximum(_by_object(claim, np.where(kept, claim.value, centre[claim.object]), np.std), 1e-9)
    z = np.where(kept, (claim.value - centre[claim.object]) / spread[claim.object], 0)
    variance = np.ones(claim.sources)
    truth = np.zeros(len(claim.keys))
    for _ in range(rounds):
        precision = kept / variance[claim.source]
        truth = np.bincount(claim.object, precision * z) / (1 + np.bincount(claim.object, precision))
        residual = kept * (z - truth[claim.object]) ** 2
        said = np.bincount(claim.source, kept.astype(float), claim.sources)
        variance = (2 * beta + np.bincount(claim.source, residual, claim.sources)) / (2 * (alpha + 1) + said)
    return pd.Series(centre + truth * spread, index=claim.keys)


BASELINES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "last": last,
    "max": highest,
    "mean": mean,
    "median": median,
    "mode": mode,
    "priority list": priority,
    "CRH": crh,
    "GTM": gtm,
}


class _claims:
    """Publishers' claims as arrays, sorted by object."""

    def __init__(self, rows: pd.DataFrame) -> None:
        grouped = rows.sort_values([*OBJECT, "value", "source_id"]).set_index(OBJECT)
        self.keys = grouped.index.unique()
        self.object = self.keys.get_indexer(grouped.index)
        self.source, names = pd.factorize(grouped["source_id"], sort=True)
        self.sources = len(names)
        self.value = grouped["value"].to_numpy(float)
        self.starts = np.flatnonzero(np.diff(self.object, prepend=-1))


def _by_object(claim: _claims, value: np.ndarray, statistic: Callable[[np.ndarray], float]) -> np.ndarray:
    return np.array([statistic(part) for part in np.split(value, claim.starts[1:])])


def _weighted_median(claim: _claims, weight: np.ndarray) -> np.ndarray:
    """Per object the first value (claims are sorted by value) at which half of the weight is reached."""
    running = np.cumsum(weight)
    before = np.concatenate([[0], running])[claim.starts]
    total = np.bincount(claim.object, weight)
    reached = running - before[claim.object] >= total[claim.object] / 2 - 1e-12
    first = np.full(len(claim.keys), len(claim.value))
    np.minimum.at(first, claim.object[reached], np.flatnonzero(reached))
    return claim.value[first]
