"""How well do we answer in crises whose truth we made?

For every world and seed, on eight days from the second to the seventy-fifth, the service's figure of every
cell is put beside the baselines' figures of the same cell and the true toll on that day. Range methods
learn on ``TUNING`` and are scored on ``HELD_OUT``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from bench.accuracy.baselines import BASELINES, OBJECT, newest
from bench.accuracy.gazetteer import places
from bench.accuracy.metrics import RangeScore, Score, score, score_range, violations
from bench.accuracy.ranges import (
    Conformal,
    Range,
    adapted,
    between,
    conformal,
    fit_conformal,
    fit_profile,
    fit_spread,
    group_of,
    profile,
    spread,
)
from bench.accuracy.said import Said, adding_up, ask, known_by
from bench.accuracy.simulation import POPULATIONS, START, simulate
from bench.accuracy.worlds import World

DAYS = (2, 4, 7, 11, 17, 28, 45, 75)
OURS, EXPECTED, ADDED = "ours", "ours, nowcast", "ours, adding up"
SERVED_FIGURES = (OURS, EXPECTED, ADDED)
FIGURES = (*SERVED_FIGURES, *BASELINES)
SERVED = "as served: conformal by stage and size"
SERVED_EXPECTED = "as served with nowcast"
PACE = 0.3
"""How far one settled crisis moves the miss rate aimed at, of the distance by which it was off."""


@dataclasses.dataclass(frozen=True)
class Run:
    """Every cell of every crisis on every day asked: ``cells`` (world, day, OBJECT, truth, low, high and one
    column per method) and what had been said about it."""

    cells: pd.DataFrame
    said: Said
    reports: int

    def array(self, name: str) -> np.ndarray:
        return self.cells[name].to_numpy(float)


def run(
    worlds: Iterable[World],
    seeds: Iterable[int],
    *,
    with_adding_up: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Run:
    """Simulate, ask, and put the figures side by side; those that add up only where that is asked for."""
    seeds = tuple(seeds)
    cells: list[pd.DataFrame] = []
    said: list[Said] = []
    reports = rows = 0
    for world in worlds:
        began = time.perf_counter()
        simulated = simulate(world, seeds)
        reports += simulated.reports.num_rows
        for day in DAYS:
            on = START + dt.timedelta(day)
            asked = ask(simulated.reports, simulated.reference, on)
            beside = _beside(asked.cells, newest(known_by(simulated.reports, on).to_pandas()))
            if with_adding_up:
                added = adding_up(simulated.reports, simulated.reference, on, asked.cells)
                beside = beside.assign(
                    **{ADDED: np.where(np.isnan(added), beside[OURS], added)}, adds_up=~np.isnan(added)
                )
            keys = zip(*(beside[column] for column in OBJECT), strict=True)
            beside = beside.assign(world=world.name, day=day, truth=[simulated.truth[k][day] for k in keys])
            cells.append(beside)
            said.append(dataclasses.replace(asked.said, cell=asked.said.cell + rows))
            rows += len(beside)
        tell(f"{world.name}: {simulated.reports.num_rows} reports, {time.perf_counter() - began:.0f} s")
    together = Said(
        **{
            f.name: np.concatenate([getattr(s, f.name) for s in said])
            for f in dataclasses.fields(Said)
        }
    )  # fmt: skip
    return Run(pd.concat(cells, ignore_index=True), together, reports)


def _beside(cells: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    keys = pd.MultiIndex.from_frame(cells[OBJECT])
    others = {name: method(rows).reindex(keys).to_numpy(float) for name, method in BASELINES.items()}
    ours = {OURS: cells["best"].astype(float), EXPECTED: cells["nowcast"].astype(float)}
    return cells.assign(**ours, **others)


# --- figures -----------------------------------------------------------------------------------------------


def scores(held: Run) -> dict[str, Score]:
    """Errors of every method over all cells and days."""
    return {name: score(held.array(name), held.array("truth")) for name in FIGURES}


def by(held: Run, column: str) -> pd.DataFrame:
    """Mean absolute error of every method per value of a column, and how many cells that is."""
    errors = {name: np.abs(held.array(name) - held.array("truth")) for name in FIGURES}
    table = pd.DataFrame(errors).groupby(held.cells[column].to_numpy(), sort=False)
    return table.mean().assign(cells=table.size())


def best_baseline(found: dict[str, Score]) -> str:
    """The baseline with the smallest mean absolute error, chosen with hindsight: the strictest comparison."""
    return min(BASELINES, key=lambda name: found[name].mae)


def contradictions(held: Run, worlds: Iterable[World]) -> dict[str, dict[str, int]]:
    """Per method how often its figures contradict each other."""
    found: dict[str, dict[str, int]] = {name: {} for name in FIGURES}
    inside = {"civilians": "all", "combatants": "all", "women": "civilians", "children": "civilians"}
    assert set(inside) | {"all"} == set(POPULATIONS)
    for world in worlds:
        place = places(world)
        parents = {d: d.partition("D")[0] for d in place.districts} | dict.fromkeys(
            place.governorates, place.whole
        )
        cells = held.cells[held.cells["world"] == world.name]
        for name in FIGURES:
            shown = cells[cells["adds_up"]] if name == ADDED else cells
            for kind, count in violations(shown, name, parents, inside).items():
                found[name][kind] = found[name].get(kind, 0) + count
    return found


# --- ranges ------------------------------------------------------------------------------------------------


def ranged(tuned: Run, held: Run) -> dict[str, Range]:
    """Low and high of every range method for the held-out cells, learnt on the tuning cells."""
    best, truth, said = tuned.array(OURS), tuned.array("truth"), tuned.said
    figure = held.array(OURS)
    group = group_of(tuned.array("day"), between(best, said)[1])
    asked = group_of(held.array("day"), between(figure, held.said)[1])

    def learn(tail: float) -> Conformal:
        return fit_conformal(best, group, truth, tail=tail)

    return {
        "lowest-highest": (held.array("low"), np.nan_to_num(held.array("high"), nan=np.inf)),
        "spread (Hartung-Knapp)": spread(figure, held.said, fit_spread(best, said, truth)),
        "profile of disagreement": profile(figure, held.said, fit_profile(best, said, truth)),
        "conformal by day and origins": conformal(figure, asked, learn(0.05)),
        "the same, adaptive": _adaptive(held, figure, asked, learn),
        SERVED: (held.array("served_low"), np.nan_to_num(held.array("served_high"), nan=np.inf)),
        SERVED_EXPECTED: (held.array("nowcast_low"), np.nan_to_num(held.array("nowcast_high"), nan=np.inf)),
    }  # fmt: skip


def _adaptive(held: Run, figure: np.ndarray, asked: np.ndarray, learn: Callable[[float], Conformal]) -> Range:
    """Conformal, crisis after crisis of one world: once a crisis is settled, its misses move the rate aimed
    at in the next (``learn`` gives the factors for a tail)."""
    low, high = np.full(len(figure), np.nan), np.full(len(figure), np.nan)
    crises = held.cells["crisis_id"].to_numpy()
    for world in held.cells["world"].unique():
        miss = 0.1
        for crisis in sorted(held.cells.loc[held.cells["world"] == world, "crisis_id"].unique()):
            at = np.flatnonzero(crises == crisis)
            low[at], high[at] = conformal(figure[at], asked[at], learn(miss / 2))
            now = held.array("truth")[at]
            miss = adapted(miss, 0.1, float(((now < low[at]) | (now > high[at])).mean()), PACE)
    return low, high


def range_scores(held: Run, found: dict[str, Range]) -> dict[str, RangeScore]:
    """Coverage of every range method over all held-out cells; width and Winkler score over those whose range
    is closed as served, so that all are scored on the same."""
    truth = held.array("truth")
    closed = np.isfinite(found[SERVED][1])
    scored = {}
    for name, (low, high) in found.items():
        same = score_range(low[closed], high[closed], truth[closed])
        scored[name] = dataclasses.replace(
            score_range(low, high, truth), width=same.width, winkler=same.winkler
        )
    return scored


def coverage_by_world(held: Run, found: dict[str, Range]) -> pd.DataFrame:
    """Share of cells whose truth lies in the range, per held-out world."""
    truth = held.array("truth")
    inside = {name: (low <= truth) & (truth <= high) for name, (low, high) in found.items()}
    return pd.DataFrame(inside).groupby(held.cells["world"].to_numpy(), sort=False).mean()
