"""What do settled crises teach about where a figure settles, and how often did its range hold?

``fit`` learns the factors that the service applies (``service/reconcile/expected.py``); ``margins`` says how
much wider ranges must be to hold in crises of a setting they were not learnt in, and ``widened`` makes them
so; ``coverage`` says how often ranges held, with an interval that takes a crisis as the unit: figures of one
crisis miss together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from service.reconcile.calibration import ALONE, EARLIER, ENDED, FLOOR, LATEST, SETTLING
from service.reconcile.expected import STILL_MOVING

TAIL = 0.05
LEAST_TAIL = 0.02
STAGES, AGES, SIZES, APART = (3, 6, 10, 17, 33), (1, 3, 7, 14, 30), (10, 40, 150), (0, 10, 50)
"""Where a new class of like figures begins: days from the beginning of the count to the row's day, days from
there to the day of knowledge, the figure, and percent by which the origins go above it."""
AFTER = (0, 4, 10, 21, 45)
"""The same of days from the end of the crisis to the row's day."""
LEAST_CASES, LEAST_CRISES = 100, 10
"""A class that fewer figures or fewer crises teach learns from those beside it too."""
AIM = 0.90
"""Of the rows of a setting that was not learnt from, so many are to be held."""
WIDEST, LEAST_REACH = 1.1, 0.01
"""High is raised to no higher power; a range that reaches less far has this to be widened."""
UNBOUNDED = 10**12
DRAWS = 1000
KINDS = ("", "sudden", "ongoing")
"""What is learnt apart: "" is all together, for crises whose kind is not known."""


@dataclasses.dataclass(frozen=True)
class Classing:
    """By what rows that stand alike are put into classes: the column of each of CLASSES, where its classes
    begin, and its least number; ``merges`` are the places of those that give way where few cases teach."""

    columns: tuple[str, ...]
    starts: tuple[tuple[int, ...], ...]
    least: tuple[int, ...]
    merges: tuple[int, ...]


_OPEN = ("stage", "age", "size", "apart")
CLASSING = {
    EARLIER: Classing(_OPEN, (STAGES, AGES, SIZES, ()), (0, 0, 0, ALONE), (2,)),
    LATEST: Classing(_OPEN, (STAGES, AGES, SIZES, APART), (0, 0, 0, ALONE), (3, 2)),
    ENDED: Classing(
        ("counted_after", "known_after", "size", "apart"),
        (AFTER, (), SIZES, APART),
        (-UNBOUNDED, 1, 0, ALONE),
        (2, 3),
    ),
}


def standing_of(rows: pd.DataFrame) -> np.ndarray:
    """Return how each row stands: EARLIER, LATEST or ENDED."""
    ended = np.where(rows["known_after"].notna(), ENDED, LATEST)
    ending = np.where(rows["is_floor"], FLOOR, "")
    return np.char.add(np.where(rows["is_latest"], ended, EARLIER), ending)


def fit(rows: pd.DataFrame) -> pa.Table:
    """Return SETTLING, learnt from rows of settled crises (crises.Run.rows).

    Every crisis counts the same within a class, however many figures it has. The last classes end where the
    knowledge of the settled crises does: nothing is said beyond it. A latest row whose crisis has ended
    teaches the class that does not know of the end, too. What stays blank teaches nothing.
    """
    is_blank = rows["is_latest"] & (rows["age"] > STILL_MOVING) & rows["known_after"].isna()
    rows = rows[~is_blank]
    found: list[list[object]] = []
    for kind in KINDS:
        of_kind = rows if not kind else rows[rows["world_kind"] == kind]
        for standing, classing in CLASSING.items():
            some = of_kind[of_kind["is_latest"] == (standing != EARLIER)]
            if standing == ENDED:
                some = some[some["known_after"].notna()]
            for ending in ("", FLOOR):
                like = some[some["is_floor"] == bool(ending)]
                found += [[kind, standing + ending, *row] for row in _fit_alike(like, classing)]
    columns = zip(SETTLING, zip(*found, strict=True), strict=True)
    return pa.table({f.name: pa.array(column, f.type) for f, column in columns}, schema=SETTLING)


def _fit_alike(rows: pd.DataFrame, classing: Classing) -> Iterator[list[object]]:
    """Yield the classes of rows that stand alike: their ends, factors, cases and crises."""
    if not len(rows):
        return
    off = _growth(rows["settled"], rows["size"])
    people = rows["size"].to_numpy(float) + 1
    values = [rows[name].to_numpy(float) for name in classing.columns]
    at = [np.digitize(each, starts) for each, starts in zip(values, classing.starts, strict=True)]
    last = [int(values[0].max()), int(values[1].max()), UNBOUNDED, UNBOUNDED]
    crisis = pd.factorize(rows["crisis_id"])[0]
    for place in np.ndindex(*(len(starts) + 1 for starts in classing.starts)):
        group = _like(at, place, classing.merges, crisis)
        if group is None:
            continue
        factors = np.round(np.exp(_quantiles(off[group], people[group], crisis[group])), 4)
        ends = [
            end
            for starts, least, each, most in zip(classing.starts, classing.least, place, last, strict=True)
            for end in _ends(starts, each, least, most)
        ]
        yield [*ends, *factors.tolist(), len(group), len(np.unique(crisis[group]))]


def _like(
    at: list[np.ndarray], place: tuple[int, ...], merges: tuple[int, ...], crisis: np.ndarray
) -> np.ndarray | None:
    """Return the rows of a class, of the classes beside it too where few teach; None where few do all the
    same."""
    reach = [0] * len(place)
    for widened in (None, *(m for m in merges for _ in range(4))):
        if widened is not None:
            reach[widened] += 1
        near = [np.abs(a - p) <= r for a, p, r in zip(at, place, reach, strict=True)]
        group: np.ndarray = np.flatnonzero(np.logical_and.reduce(near))
        if len(group) >= LEAST_CASES and len(np.unique(crisis[group])) >= LEAST_CRISES:
            return group
    return None


def _growth(settled: pd.Series[float], figure: pd.Series[float]) -> np.ndarray:
    """By how much figures still grew, as logarithms; a small count has room."""
    return np.log1p(settled.to_numpy(float)) - np.log1p(figure.to_numpy(float))


def _quantiles(off: np.ndarray, people: np.ndarray, crisis: np.ndarray) -> np.ndarray:
    """The low, middle and high point, where the figures of every crisis weigh one together.

    Middle is where the error in people is least: within its crisis a figure weighs as many as it counts.
    Low is the 5 % point, and never above the figure: a count can be complete. Where it therefore misses fewer
    than 5 % below, high may miss more above: together they miss one in ten.
    """
    _, of = np.unique(crisis, return_inverse=True)
    crises = of.max() + 1
    weight = 1 / np.bincount(of)[of]
    sequence = np.argsort(off, kind="stable")
    ordered, reached = off[sequence], np.cumsum(weight[sequence])

    def point(crises_below: float) -> float:
        return float(ordered[min(np.searchsorted(reached, crises_below), len(off) - 1)])

    low = min(point(TAIL * crises), 0.0)
    missed_below = (weight * (off < low)).sum() / crises
    tail = max(2 * TAIL - missed_below, LEAST_TAIL)
    share = people / np.bincount(of, people)[of]
    middle = ordered[np.searchsorted(np.cumsum(share[sequence]), crises / 2)]
    # the finite-sample rank: of one crisis more than there are, that missed on this side
    high = max(point((1 - tail) * (crises + 1)), 0.0)
    return np.array([low, min(max(middle, low), high), high])


def margins(served: pd.DataFrame) -> dict[tuple[str, str, int], float]:
    """Return, by kind, standing and place of the stage, the power to which ``high`` is to be raised.

    ``served``: rows of settled crises with the range that factors gave which were learnt in other settings.
    What misses low misses whatever high is; with it, one row in ten of a setting is to be missed, every
    setting counting the same.
    """
    served = served[served["expected"].notna()]
    standing = standing_of(served)
    up, reach = (_growth(served[name], served["size"]) for name in ("settled", "expected_high"))
    power = np.where(up <= 0, 0.0, up / np.maximum(reach, LEAST_REACH))
    power[(served["settled"] < served["expected_low"]).to_numpy()] = np.inf
    found = {}
    for kind in KINDS:
        is_kind = np.isin(served["world_kind"], KINDS[1:] if not kind else [kind])
        for like, classing in ((s + e, c) for s, c in CLASSING.items() for e in ("", FLOOR)):
            stage = np.digitize(served[classing.columns[0]].to_numpy(float), classing.starts[0])
            for place in range(len(classing.starts[0]) + 1):
                rows = np.flatnonzero(is_kind & (standing == like) & (stage == place))
                if len(rows) >= LEAST_CASES:
                    setting = pd.factorize(served["world"].to_numpy()[rows])[0]
                    found[kind, like, place] = _power(power[rows], setting)
    return found


def _power(power: np.ndarray, setting: np.ndarray) -> float:
    """The least power that holds AIM of the rows, as far as high can; 1 to WIDEST: nothing is narrowed."""
    weight = 1 / np.bincount(setting)[setting]
    sequence = np.argsort(power, kind="stable")
    reached = np.cumsum(weight[sequence]) / weight.sum()
    within = np.isfinite(power)
    share = min(AIM, weight[within].sum() / weight.sum() - LEAST_TAIL)
    return float(np.clip(power[sequence][np.searchsorted(reached, share)], 1.0, WIDEST))


def widened(learnt: pa.Table, by: Mapping[tuple[str, str, int], float]) -> pa.Table:
    """Return SETTLING with ``high`` raised by ``margins``, never below ``middle``."""
    rows = learnt.to_pylist()
    for row in rows:
        classing = CLASSING[row["standing"].removesuffix(FLOOR)]
        place = int(np.digitize(row["stage_from"], classing.starts[0]))
        power = by.get((row["kind"], row["standing"], place), 1.0)
        row["high"] = max(round(row["high"] ** power, 4), row["middle"])
    return pa.Table.from_pylist(rows, schema=SETTLING)


def _ends(starts: tuple[int, ...], place: int, least: int, last: int) -> tuple[int, int]:
    """Return the first and last number of a class, none above ``last``."""
    bounds = (least, *starts, last + 1)
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
