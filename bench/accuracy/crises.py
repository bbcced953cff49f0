"""How well do we answer in crises whose truth we made?

For every world and seed, on eight days from the second to the seventy-fifth, the service's figure of every
cell is put beside the baselines' figures of the same cell and the true toll on that day.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd

from bench.accuracy.baselines import BASELINES, OBJECT, newest
from bench.accuracy.gazetteer import places
from bench.accuracy.metrics import Score, exceeding_sums, score, violations
from bench.accuracy.said import Asked, ask, figure_or_floor, known_by
from bench.accuracy.simulation import DAYS as SIMULATED_DAYS
from bench.accuracy.simulation import POPULATIONS, START, Simulated, simulate
from bench.accuracy.worlds import World
from service.reconcile.calibration import Factors

DAYS = (2, 4, 7, 11, 17, 28, 45, 75)
LATE_DAYS = (150, 400)
"""Asked of crises that have ended, for what is expected long afterwards; the errors are those of DAYS."""
OURS, EXPECTED = "ours", "ours, expected"
SERVED_FIGURES = (OURS, EXPECTED)
FIGURES = (*SERVED_FIGURES, *BASELINES)
INSIDE = {"civilians": "all", "combatants": "all", "women": "civilians", "children": "civilians"}
assert set(INSIDE) | {"all"} == set(POPULATIONS)


@dataclasses.dataclass(frozen=True)
class Run:
    """``cells``: every cell of every crisis on every day asked (world, day, OBJECT, truth, the served figures
    and ranges, ``is_told``, one column per method). ``rows``: every row of every answer with its ``settled``
    toll: of the row that stands, the true toll of the day asked; of an earlier one, that of its own day.
    ``falls``: how often a figure fell from one day to the next within one answer."""

    cells: pd.DataFrame
    rows: pd.DataFrame
    reports: int
    falls: int

    def array(self, name: str) -> np.ndarray:
        return self.cells[name].to_numpy(float)


def run(
    worlds: Iterable[World], seeds: Iterable[int], *, tell: Callable[[str], None] = lambda _: None
) -> Run:
    """Simulate, ask, and put the figures side by side, as many settings at once as there are processors."""
    worlds, seeds = tuple(worlds), tuple(seeds)
    found: list[Run] = []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as workers:
        for world, each in zip(worlds, workers.map(_run_one, worlds, [seeds] * len(worlds)), strict=True):
            found.append(each)
            tell(f"{world.name}: {each.reports} reports")
    return Run(
        pd.concat([each.cells for each in found], ignore_index=True),
        pd.concat([each.rows for each in found], ignore_index=True),
        sum(each.reports for each in found),
        sum(each.falls for each in found),
    )


def _run_one(world: World, seeds: tuple[int, ...]) -> Run:
    """The crises of one setting."""
    simulated = simulate(world, seeds)
    cells, rows, falls = [], [], 0
    for day in days_of(world):
        on = START + dt.timedelta(day)
        asked = ask(simulated.reports, simulated.reference, on)
        falls += asked.falls
        rows.append(_settled(asked, simulated, day).assign(world=world.name, day=day))
        if day not in DAYS:
            continue
        beside = _beside(asked, newest(known_by(simulated.reports, on).to_pandas()))
        keys = zip(*(beside[column] for column in OBJECT), strict=True)
        truth = [simulated.truth[key][day] for key in keys]
        cells.append(beside.assign(world=world.name, day=day, truth=truth))
    return Run(
        pd.concat(cells, ignore_index=True),
        pd.concat(rows, ignore_index=True),
        simulated.reports.num_rows,
        falls,
    )


def learn(worlds: Iterable[World], seeds: Iterable[int], factors: Factors) -> pd.DataFrame:
    """Return the rows of every answer with their settled tolls, as in Run, found by ``factors``."""
    rows = []
    for world in worlds:
        simulated = simulate(world, tuple(seeds))
        for day in days_of(world):
            asked = ask(simulated.reports, simulated.reference, START + dt.timedelta(day), factors)
            rows.append(_settled(asked, simulated, day).assign(world=world.name, day=day))
    return pd.concat(rows, ignore_index=True)


def days_of(world: World) -> tuple[int, ...]:
    """Return the days on which a crisis of a world is asked about."""
    return DAYS if world.kind == "ongoing" else (*DAYS, *LATE_DAYS)


def _beside(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """The cells with a column for each method; whether a finding tells that their parts come to more."""
    cells = asked.cells
    keys = pd.MultiIndex.from_frame(cells[OBJECT])
    others = {name: method(rows).reindex(keys).to_numpy(float) for name, method in BASELINES.items()}
    ours = {OURS: figure_or_floor(cells), EXPECTED: figure_or_floor(cells, "expected")}
    return cells.assign(
        **ours, **others, is_told=np.array([key in asked.more_than_whole for key in keys], bool)
    )


def _settled(asked: Asked, simulated: Simulated, day: int) -> pd.DataFrame:
    """The rows with a count, and the toll at which each should settle."""
    is_said = asked.rows["best"].notna() | ((asked.rows["low"] > 0) & (asked.rows["origins"] > 0))
    rows = asked.rows[is_said].reset_index(drop=True)
    until = np.where(rows["is_latest"], day, day - rows["age"])
    keys = zip(*(rows[column] for column in OBJECT), strict=True)
    until = np.minimum(until, SIMULATED_DAYS - 1)
    settled = [float(simulated.truth[key][at]) for key, at in zip(keys, until.tolist(), strict=True)]
    return rows.assign(settled=settled, world_kind=simulated.world.kind)


# --- figures -----------------------------------------------------------------------------------------------


def scores(held: Run) -> dict[str, Score]:
    """Return the errors of every method over all cells and days."""
    return {name: score(held.array(name), held.array("truth")) for name in FIGURES}


def by(held: Run, column: str) -> pd.DataFrame:
    """Return the mean absolute error of every method per value of a column, and how many cells that is."""
    errors = {name: np.abs(held.array(name) - held.array("truth")) for name in FIGURES}
    table = pd.DataFrame(errors).groupby(held.cells[column].to_numpy(), sort=False)
    return table.mean().assign(cells=table.size())


def best_baseline(found: dict[str, Score]) -> str:
    """Return the baseline with the smallest mean absolute error, chosen with hindsight: the strictest
    comparison."""
    return min(BASELINES, key=lambda name: found[name].mae)


def contradictions(held: Run, worlds: Iterable[World]) -> dict[str, dict[str, int]]:
    """Return per method how often its figures contradict each other; expected figures among themselves."""
    found: dict[str, dict[str, int]] = {name: {} for name in FIGURES}
    for world in worlds:
        cells = held.cells[held.cells["world"] == world.name]
        for name in FIGURES:
            shown = "expected" if name == EXPECTED else name
            for kind, count in violations(cells, shown, parents_of(world), INSIDE).items():
                found[name][kind] = found[name].get(kind, 0) + count
    return found


def sums_told(held: Run, worlds: Iterable[World]) -> tuple[int, int]:
    """Return how many of our sums above their wholes a finding tells, and how many none does."""
    told = untold = 0
    for world in worlds:
        cells = held.cells[held.cells["world"] == world.name]
        wholes = exceeding_sums(cells, OURS, parents_of(world))
        told += int(wholes["is_told"].astype(bool).sum())
        untold += int((~wholes["is_told"].astype(bool)).sum())
    return told, untold


def parents_of(world: World) -> dict[str, str]:
    """Return the place that each place of a world lies in."""
    place = places(world)
    return {d: d.partition("D")[0] for d in place.districts} | dict.fromkeys(place.governorates, place.whole)
