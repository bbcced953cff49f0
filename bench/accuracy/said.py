"""What did the service answer about each cell by a given day?

``ask`` runs the service's own ``reconcile`` on what was public by a day. Nothing here knows the truth.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile import reconcile
from service.reconcile.calibration import ALONE, Factors
from service.schema.records import Reference, read_findings

METHOD = "least-disagreement/2"
CELL = ["crisis_id", "areas", "population", "measure", "attributed_to", "period_start"]
FIGURES = ["low", "best", "high", "expected_low", "expected", "expected_high"]
ORDERED = ["low", "best", "high"]
"""What may never fall from one day to the next within one answer."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """One answer: ``rows``, every row of every cell up to the day (CELL, date, FIGURES, grade, origins,
    ``stage``: days from the beginning of the count, ``age``: days from the row's date to the day asked,
    ``is_latest``: the row stands on the day asked; ``kind`` of the crisis; where it is known to have ended,
    ``counted_after`` and ``known_after``, days from its end to the row's date and the day asked; ``apart``);
    ``falls`` within the answer; ``more_than_whole``, the
    (crisis, place, population) of which a finding says that their parts came to more."""

    rows: pd.DataFrame
    falls: int
    more_than_whole: frozenset[tuple[str, str, str]]

    @property
    def cells(self) -> pd.DataFrame:
        """The row that stands on the day asked, of every cell of which at least a lower bound is known."""
        return self.rows[self.rows["is_latest"] & self.rows["low"].notna()].reset_index(drop=True)


def known_by(reports: pa.Table, on: dt.date) -> pa.Table:
    """Return the reports that were public by the end of that day."""
    return reports.filter(pc.less_equal(reports["known_on"], pa.scalar(on)))


def ask(reports: pa.Table, reference: Reference, on: dt.date, calibration: Factors | None = None) -> Asked:
    """Return the answer of a day, from what was known that day; by the shipped factors unless given."""
    known = known_by(reports, on)
    answer = reconcile(known, reference, as_of=on, method=METHOD, calibration=calibration)
    estimates = answer.estimates.filter(pc.less_equal(answer.estimates["date"], pa.scalar(on)))
    rows = estimates.to_pandas().sort_values([*CELL, "date"], ignore_index=True)
    day, begin = pd.to_datetime(rows["date"]), pd.to_datetime(rows["period_start"])
    rows = rows.assign(
        **{name: rows[name].astype(float) for name in FIGURES},
        stage=(day - begin).dt.days,
        age=(pd.Timestamp(on) - day).dt.days,
        is_latest=~rows.duplicated(CELL, keep="last"),
    )
    crisis = reference.crisis.to_pandas().set_index("crisis_id")
    ended = pd.to_datetime(rows["crisis_id"].map(crisis["ended_on"]))
    ended = ended.where(ended < pd.Timestamp(on))
    size = rows["best"].fillna(rows["low"])
    above = 100 * (rows["high"].fillna(0) - size).clip(lower=0) // size.clip(lower=1)
    rows = rows.assign(
        kind=rows["crisis_id"].map(crisis["kind"]),
        counted_after=(day - ended).dt.days,
        known_after=(pd.Timestamp(on) - ended).dt.days,
        apart=np.where(rows["origins"] > 1, above, ALONE),
        is_floor=rows["best"].isna(),
        size=size,
    )
    return Asked(rows, _falls(rows), _more_than_whole(answer.findings, known))


def _falls(rows: pd.DataFrame) -> int:
    """Count how often low, best or high is smaller than on an earlier day of the same cell and answer."""
    cell = rows.groupby(CELL, dropna=False, sort=False)
    return sum(int((rows[name] < cell[name].cummax()).sum()) for name in ORDERED)


def _more_than_whole(findings: pa.Table, reports: pa.Table) -> frozenset[tuple[str, str, str]]:
    """Return the wholes (crisis, place, population) whose parts a finding says come to more than they."""
    crisis = dict(zip(reports["report_id"].to_pylist(), reports["crisis_id"].to_pylist(), strict=True))
    found = set()
    for finding in read_findings(findings.to_pylist()):
        if finding.code == "more_than_its_whole":
            place, _, rest = finding.message.partition(" (")
            population = rest.partition(")")[0].replace(" ", "_")
            found.add((crisis[finding.subject], place, population))
    return frozenset(found)


def figure_or_floor(cells: pd.DataFrame, name: str = "best") -> np.ndarray:
    """Return the figure ``name`` of each cell; where it is blank the figure, and where that is blank too the
    lower bound, which is all that is then served."""
    return cells[name].fillna(cells["best"]).fillna(cells["low"]).to_numpy(float)
