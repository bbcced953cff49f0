"""What had each origin said about each cell by a given day, and what did we make of it?

``ask`` runs the service's own ``reconcile`` on what was public by a day, and gives one row per cell
(``Asked``) beside the statements that spoke for it (``Said``): the arrays that a range method may look at.
Nothing here knows the truth.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile import reconcile
from service.reconcile.calibration import Factors
from service.schema.records import Reference

METHOD = "least-disagreement/1"
NOWCAST = "nowcast/2"
ADDING_UP = "coherent/1"
SERVED = ["served_low", "served_best", "served_high"]
EXPECTED = ["nowcast_low", "nowcast", "nowcast_high"]
CELL = ["crisis_id", "areas", "population", "measure", "attributed_to", "period_start"]


@dataclasses.dataclass(frozen=True)
class Said:
    """Statements that stand on the day asked about, sorted by cell; ``cell`` indexes the rows of
    ``Asked``."""

    cell: np.ndarray
    count: np.ndarray
    """The figure as stated, or the end that was."""
    low: np.ndarray
    high: np.ndarray
    """inf where the statement is a floor only."""
    weight: np.ndarray
    age: np.ndarray
    """Days from the day counted to until the day asked about."""
    is_part: np.ndarray
    """A floor from a part of the place or population, or from some of the days."""
    origin: np.ndarray

    def of(self, keep: np.ndarray) -> Said:
        """The statements where ``keep`` is true."""
        return Said(**{f.name: getattr(self, f.name)[keep] for f in dataclasses.fields(self)})


@dataclasses.dataclass(frozen=True)
class Asked:
    """One row per cell with a figure: CELL, date, best, grade, the lowest and highest statement (low, high),
    ``stage`` (days from the beginning of the count), and what is served (served_low, served_high; nowcast,
    nowcast_low, nowcast_high); and what was said."""

    cells: pd.DataFrame
    said: Said


def known_by(reports: pa.Table, on: dt.date) -> pa.Table:
    """Reports that were public by the end of that day."""
    return reports.filter(pc.less_equal(reports["known_on"], pa.scalar(on)))


def ask(reports: pa.Table, reference: Reference, on: dt.date) -> Asked:
    """The newest figure of every cell on a day, from what was known that day; ``best`` blank: not asked."""
    known = known_by(reports, on)
    found = reconcile(known, reference, as_of=on, method=METHOD, calibration=Factors())
    cells = _newest(found.estimates, on)
    for method, names in ((METHOD, SERVED), (NOWCAST, EXPECTED)):
        served = reconcile(known, reference, as_of=on, method=method)
        cells = cells.join(_newest(served.estimates, on)[["low", "best", "high"]].set_axis(names, axis=1))
    cells = cells.drop(columns="served_best")
    cells = cells[cells["best"].notna()].reset_index()
    return Asked(cells, _said(found.evidence, known, cells, on))


def adding_up(reports: pa.Table, reference: Reference, on: dt.date, cells: pd.DataFrame) -> np.ndarray:
    """The figure of each of ``cells`` on that day by the method whose figures add up; NaN: it states none."""
    found = reconcile(known_by(reports, on), reference, as_of=on, method=ADDING_UP)
    best = _newest(found.estimates, on)["best"].reindex(pd.MultiIndex.from_frame(cells[CELL]))
    return best.to_numpy(float, na_value=np.nan)


def _newest(estimates: pa.Table, on: dt.date) -> pd.DataFrame:
    """The newest row of each cell on a day, by CELL, with its stage."""
    rows = estimates.filter(pc.less_equal(estimates["date"], pa.scalar(on))).to_pandas()
    groups = rows.sort_values([*CELL, "date"]).groupby(CELL, dropna=False, as_index=False)
    newest = groups.tail(1)
    stage = [(row.date - row.period_start).days for row in newest.itertuples()]
    return newest.set_index(CELL).assign(stage=stage)


def _said(evidence: pa.Table, known: pa.Table, cells: pd.DataFrame, on: dt.date) -> Said:
    standing = evidence.filter(
        pc.and_(
            pc.less_equal(evidence["date"], pa.scalar(on)),
            pc.or_kleene(pc.is_null(evidence["until"]), pc.greater(evidence["until"], pa.scalar(on))),
        )
    ).to_pandas()
    standing = standing[standing["role"].isin(["counted", "bound"]) & (standing["weight"] > 0)]
    about = known.select(
        ["report_id", "areas", "population", "counted_to", "basis", "low", "best", "high"]
    ).to_pandas()
    rows = standing.merge(about, on="report_id", suffixes=("", "_own"))
    rows["count"] = rows["best"].fillna(rows["low_own"]).fillna(rows["high_own"])
    rows = rows.merge(cells[CELL].reset_index(names="cell"), on=CELL).sort_values(["cell", "report_id"])
    return Said(
        cell=rows["cell"].to_numpy(np.int64),
        count=rows["count"].to_numpy(float),
        low=rows["low"].fillna(0).to_numpy(float),
        high=rows["high"].where(rows["role"] == "counted").fillna(np.inf).to_numpy(float),
        weight=rows["weight"].to_numpy(float),
        age=np.array([(on - day).days for day in rows["counted_to"]], dtype=float),
        is_part=(
            (rows["areas"] != rows["areas_own"])
            | (rows["population"] != rows["population_own"])
            | (rows["basis"] == "increment")
        ).to_numpy(bool),
        origin=rows["origin_id"].to_numpy(str),
    )
